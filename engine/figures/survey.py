"""What was seen of a run's steps: each is looked at once, from the beginning on, and what was seen is remembered.

A run with an edit takes over what its trunk has seen of the steps they share.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from engine.errors import Cancelled
from engine.figures import health
from engine.figures.sets import TRAIN, Sets
from engine.program.evaluate import Stop
from engine.rules.rule import Array
from engine.training import Trajectory


@dataclass(frozen=True)
class DeadUnit:
    """The first unit that no training example wakes, and the step at whose beginning that is so."""

    step: int
    name: str
    layer: int
    unit: int


class Survey:
    """What was seen of a run, from its beginning on. One thread at a time.

    `losses` has the loss of every step that was looked at. `first_bad` is the first step with a number that is not
    finite, `lost` the first whose parameters are not: nothing new can happen after it, and the survey ends. It does not
    hold the trajectory it is about, so that it goes when that goes.
    """

    def __init__(self, trajectory: Trajectory) -> None:
        self.losses = array("d")
        self.first_bad: int | None = None
        self.lost: int | None = None
        self.dead_unit: DeadUnit | None = None
        self._watched: dict[str, tuple[array[float], array[float]]] = {}
        self._flats = [flat for flat in health.flats(trajectory.program) if flat.dies]
        self._sets = Sets(trajectory, [flat.z for flat in self._flats])

    @property
    def position(self) -> int:
        """The next step to look at."""
        return len(self.losses)

    def go(self, trajectory: Trajectory, steps: int, stop: Stop = None) -> None:
        """Look at every step before `steps`. Raises Cancelled when `stop` says so; what was seen is kept."""
        if trajectory.trunk is not None and self.position < trajectory.start:
            self._take_over(trajectory.trunk, min(steps, trajectory.start), stop)
        while self.position < steps and self.lost is None:
            if stop is not None and stop():
                raise Cancelled(self.position)
            self._look(trajectory, self.position, stop)

    def _take_over(self, trunk: Trajectory, steps: int, stop: Stop) -> None:
        """Everything that the trunk's survey knows of the steps before `steps`; what it did not reach was lost."""
        survey = survey_of(trunk)
        survey.go(trunk, steps, stop)
        seen = survey.losses[:steps]
        self.losses = seen + array("d", [math.nan]) * (steps - len(seen))
        self.first_bad = survey.first_bad if survey.first_bad is not None and survey.first_bad < steps else None
        dead = survey.dead_unit
        self.dead_unit = dead if dead is not None and dead.step < steps else None

    def _look(self, trajectory: Trajectory, step: int, stop: Stop) -> None:
        plan = trajectory.full(step, stop)
        if self._flats and self.dead_unit is None and step % trajectory.spec.batches_per_epoch == 0:
            self.dead_unit = self._find_dead(trajectory, step, plan.arrays, stop)
        if not np.isfinite(plan.block).all():
            self.first_bad = step if self.first_bad is None else self.first_bad
            if not all(np.isfinite(plan.arrays[name]).all() for name in trajectory.program.parameters):
                self.lost = step
        self.losses.append(float(plan.arrays["loss"]))

    def _find_dead(self, trajectory: Trajectory, step: int, arrays: Mapping[str, Array], stop: Stop) -> DeadUnit | None:
        values = self._sets.values(TRAIN, trajectory.owner(step), arrays, arrays, stop)
        for flat in self._flats:
            units = np.flatnonzero(flat.dead(values[flat.z]))
            if units.size:
                return DeadUnit(step, flat.name, flat.layer, int(units[0]))
        return None

    def watch(
        self, trajectory: Trajectory, examples: str, epochs: int, stop: Stop = None
    ) -> tuple[Sequence[float], Sequence[float]]:
        """Loss and accuracy of a set of examples before every epoch and after the last: epochs + 1 figures each."""
        per_epoch = trajectory.spec.batches_per_epoch
        if examples not in self._watched:
            self._watched[examples] = (array("d"), array("d"))
            if trajectory.trunk is not None:
                shared = min(epochs, (trajectory.start - 1) // per_epoch)
                seen = survey_of(trajectory.trunk).watch(trajectory.trunk, examples, shared, stop)
                self._watched[examples] = (array("d", seen[0]), array("d", seen[1]))
        losses, accuracies = self._watched[examples]
        while len(losses) <= epochs:
            step = len(losses) * per_epoch
            trajectory.go(step, stop)
            owner = trajectory.owner(step)
            values = self._sets.values(examples, owner, trajectory.layout.views(trajectory.state), None, stop)
            accuracy = self._sets.judge(examples, owner).accuracy(values[self._sets.scores])
            losses.append(float(values["loss"]))
            accuracies.append(math.nan if accuracy is None else accuracy)
        return losses[: epochs + 1], accuracies[: epochs + 1]


_surveys: WeakKeyDictionary[Trajectory, Survey] = WeakKeyDictionary()


def survey_of(trajectory: Trajectory) -> Survey:
    """What is known of a trajectory so far. Call it under the trajectory's lock."""
    found = _surveys.get(trajectory)
    if found is None:
        found = _surveys[trajectory] = Survey(trajectory)
    return found
