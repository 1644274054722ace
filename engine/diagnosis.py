"""What happened in a run: the first number that is not finite and why, the first dead unit, the largest loss drop.

All of it needs every step to have been looked at once. A `Survey` walks a run from its beginning, remembers what it
saw, and goes on from there the next time; where the parameters themselves are lost (not finite, and no edit mends
them), nothing more can happen, and it stops.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from engine import health, nonfinite
from engine.calls import Call
from engine.errors import UnknownNameError
from engine.evaluate import Evaluator, Stop
from engine.history import sees_all
from engine.metrics import Measurer, task_of
from engine.quantities import format_address
from engine.registry import Text
from engine.rule import Array
from engine.speech import subject
from engine.stopping import EarlyStopping, early_stopping
from engine.training import Trajectory

_SENTENCE = Text(
    "{subject} is {value} in step {step}: {why}.",
    "第 {step} 步，{subject}变成{value}：{why}。",
)
_LAST = Text(" Until step {last} every number was finite.", "到第 {last} 步为止，所有的数都是有限的。")
_FIRST = Text(" It is so from the first step on.", "从第一步起就是这样。")


@dataclass(frozen=True)
class NonFinite:
    """The first number of a run that is not finite: where, and the chain of causes.

    `spread` names the other values of the step that are not finite either; `last_finite` is the step before, or None.
    """

    step: int
    name: str
    index: tuple[int, ...]
    value: float
    call: Call | None
    causes: tuple[nonfinite.Cause, ...]
    spread: tuple[str, ...]

    @property
    def last_finite(self) -> int | None:
        """The last step in which every number was finite."""
        return self.step - 1 if self.step else None

    @property
    def address(self) -> str:
        """The cell."""
        return format_address(self.name, self.index)

    def say(self, language: str) -> str:
        """All of it in words."""
        sentence = _SENTENCE[language].format(
            subject=subject(self.name, self.index, language),
            value=nonfinite.said(self.value, language),
            step=self.step,
            why=nonfinite.say_all(self.causes, language),
        )
        last = self.last_finite
        return sentence + (_FIRST[language] if last is None else _LAST[language].format(last=last))


@dataclass(frozen=True)
class DeadUnit:
    """The first unit that no training example wakes, and the step at whose beginning that is so."""

    step: int
    name: str
    layer: int
    unit: int


@dataclass(frozen=True)
class LossDrop:
    """Between which steps the loss fell most. With several batches in an epoch, losses are means over an epoch."""

    step: int
    until: int
    before: float
    after: float


@dataclass(frozen=True)
class Diagnosis:
    """What there is to say about a run; None where there is nothing."""

    steps: int
    non_finite: NonFinite | None
    dead_unit: DeadUnit | None
    loss_drop: LossDrop | None


class Survey:
    """What was seen of a run's steps, from its beginning on. One thread at a time.

    It does not hold the trajectory it is about, so that it goes when that goes.
    """

    def __init__(self, trajectory: Trajectory) -> None:
        self.position = 0
        self.losses = array("d")
        """The loss of every epoch: the mean over its batches."""
        self.first_bad: int | None = None
        self.lost: int | None = None
        self.dead_unit: DeadUnit | None = None
        self.watched: dict[str, tuple[array[float], array[float]]] = {}
        self._epoch_total = 0.0
        self._slopes = [slope for slope in health.slopes(trajectory.program) if slope.dies]
        self._whole = sees_all(trajectory)
        self._evaluator: Evaluator | None = None

    def go(self, trajectory: Trajectory, steps: int, stop: Stop = None) -> None:
        """Look at every step before `steps`. Raises Cancelled when `stop` says so; what was seen is kept."""
        per_epoch = trajectory.spec.batches_per_epoch
        while self.position < steps and self.lost is None:
            step = self.position
            plan = trajectory.full(step, stop)
            if step % per_epoch == 0 and self._slopes and self.dead_unit is None:
                self.dead_unit = self._dead_unit(trajectory, step, plan.arrays)
            self._epoch_total += float(plan.arrays["loss"])
            if (step + 1) % per_epoch == 0:
                self.losses.append(self._epoch_total / per_epoch)
                self._epoch_total = 0.0
            if not np.isfinite(plan.block).all():
                self.first_bad = step if self.first_bad is None else self.first_bad
                if not np.isfinite(trajectory.state).all():
                    self.lost = step
            self.position = step + 1

    def _dead_unit(self, trajectory: Trajectory, step: int, arrays: Mapping[str, Array]) -> DeadUnit | None:
        values = {**arrays, **self._training_values(trajectory, arrays)}
        for slope in self._slopes:
            units = np.flatnonzero(health.dead(slope.of(values)))
            if units.size:
                return DeadUnit(step, slope.name, slope.layer, int(units[0]))
        return None

    def _training_values(self, trajectory: Trajectory, arrays: Mapping[str, Array]) -> Mapping[str, Array]:
        if self._whole:
            return {}
        if self._evaluator is None:
            program, split = trajectory.program, trajectory.split
            read = {name for slope in self._slopes for name in slope.reads}.difference(program.parameters)
            self._evaluator = Evaluator(program, split.x, None, sorted(read))
        self._evaluator.load(arrays)
        return self._evaluator.run()

    def watch(
        self, trajectory: Trajectory, examples: str, epochs: int, stop: Stop = None
    ) -> tuple[Sequence[float], Sequence[float]]:
        """Loss and accuracy of a set of examples before every epoch and after the last: epochs + 1 figures each."""
        losses, accuracies = self.watched.setdefault(examples, (array("d"), array("d")))
        if len(losses) <= epochs:
            split = trajectory.split
            task = task_of(trajectory.spec.loss.kind, trajectory.program, split.y)
            x, y = (split.x, split.y) if examples == "train" else (split.x_test, split.y_test)
            measurer = Measurer(trajectory.program, task, x, y)
            views = trajectory.layout.views(trajectory.state)
            while len(losses) <= epochs:
                trajectory.go(len(losses) * trajectory.spec.batches_per_epoch, stop)
                loss, accuracy, _ = measurer.figures(views)
                losses.append(loss)
                accuracies.append(math.nan if accuracy is None else accuracy)
        return losses[: epochs + 1], accuracies[: epochs + 1]


_surveys: WeakKeyDictionary[Trajectory, Survey] = WeakKeyDictionary()


def survey_of(trajectory: Trajectory) -> Survey:
    """What is known of a trajectory so far. Call it under the trajectory's lock."""
    found = _surveys.get(trajectory)
    if found is None:
        found = _surveys[trajectory] = Survey(trajectory)
    return found


def diagnose(trajectory: Trajectory, steps: int, stop: Stop = None) -> Diagnosis:
    """What happened in the first so many steps. One thread at a time."""
    survey = survey_of(trajectory)
    survey.go(trajectory, steps, stop)
    bad = survey.first_bad
    dead = survey.dead_unit
    return Diagnosis(
        steps=steps,
        non_finite=non_finite_in(trajectory, bad, stop) if bad is not None and bad < steps else None,
        dead_unit=dead if dead is not None and dead.step < steps else None,
        loss_drop=largest_drop(survey.losses, trajectory.spec.batches_per_epoch, steps),
    )


def stopping(
    trajectory: Trajectory,
    epochs: int,
    monitor: str | None = None,
    patience: int = 10,
    min_delta: float = 0.0,
    stop: Stop = None,
) -> EarlyStopping:
    """When training of so many epochs would have stopped early. Places count epochs.

    `monitor` is one of `monitors`; by default the loss of the test examples, or of the training examples where there
    are no others. Raises UnknownNameError for a monitor the run does not have.
    """
    known = monitors(trajectory)
    if monitor is None:
        monitor = "test_loss" if "test_loss" in known else "train_loss"
    if monitor not in known:
        raise UnknownNameError("monitor", monitor, known)
    examples, _, figure = monitor.partition("_")
    losses, accuracies = survey_of(trajectory).watch(trajectory, examples, epochs, stop)
    return early_stopping(losses if figure == "loss" else accuracies, monitor, patience, min_delta)


def monitors(trajectory: Trajectory) -> tuple[str, ...]:
    """The figures that can be watched: those of test examples and accuracies only where there are such."""
    split = trajectory.split
    classes = task_of(trajectory.spec.loss.kind, trajectory.program, split.y).decide is not None
    sets = ("train", "test") if len(split.x_test) else ("train",)
    return tuple(
        f"{examples}_{figure}" for examples in sets for figure in ("loss", "accuracy") if figure == "loss" or classes
    )


def non_finite_in(trajectory: Trajectory, step: int, stop: Stop = None) -> NonFinite | None:
    """The first number of a step that is not finite, in the order in which the step computes them, and why."""
    plan = trajectory.full(step, stop)
    program = trajectory.program
    bad = [name for name in program.values if not np.isfinite(plan.arrays[name]).all()]
    if not bad:
        return None
    name, *spread = bad
    array_ = plan.arrays[name]
    place = np.unravel_index(int(np.argmin(np.isfinite(array_))), array_.shape)
    index = tuple(int(i) for i in place)
    value = float(array_[index])
    call = program.written.get(name)
    if call is None:
        found = [nonfinite.Cause("given", (), value)]
    else:
        operands = {slot: plan.arrays[of] for slot, of in call.bind.items()}
        found = nonfinite.causes(program.rule(call), call.bind, operands, index)
    return NonFinite(step, name, index, value, call, tuple(found), tuple(spread))


def largest_drop(losses: Sequence[float], steps_per_epoch: int, steps: int) -> LossDrop | None:
    """The largest fall of the loss from one epoch to the next, of those within so many steps."""
    known = np.asarray(losses[: steps // steps_per_epoch])
    with np.errstate(all="ignore"):
        drops = known[:-1] - known[1:]
    drops[~np.isfinite(drops)] = 0.0
    if not drops.size or drops.max() <= 0:
        return None
    k = int(np.argmax(drops))
    return LossDrop(k * steps_per_epoch, (k + 1) * steps_per_epoch, float(known[k]), float(known[k + 1]))
