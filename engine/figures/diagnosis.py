"""What happened in a run: the first number that is not finite and why, the first dead unit, the largest loss drop.

All of it needs every step to have been looked at once: see survey.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import UnknownNameError
from engine.figures.metrics import task_of
from engine.figures.sets import SETS, TRAIN, has_test
from engine.figures.stopping import EarlyStopping, early_stopping
from engine.figures.survey import DeadUnit, survey_of
from engine.program.calls import Call
from engine.program.evaluate import Stop
from engine.registry import Text
from engine.rules.quantities import format_address
from engine.rules.speech import subject
from engine.training import Trajectory
from engine.witness import nonfinite

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
        loss_drop=largest_drop(survey.losses[:steps], trajectory.spec.batches_per_epoch),
    )


def stopping(
    trajectory: Trajectory,
    epochs: int,
    monitor: str | None = None,
    patience: int = 10,
    min_delta: float = 0.0,
    goal: float | None = None,
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
    return early_stopping(losses if figure == "loss" else accuracies, monitor, patience, min_delta, goal)


def monitors(trajectory: Trajectory) -> tuple[str, ...]:
    """The figures that can be watched: those of test examples and accuracies only where there are such."""
    classes = task_of(trajectory.spec.loss.kind, trajectory.program, trajectory.split.y).decide is not None
    return tuple(
        f"{examples}_{figure}"
        for examples in SETS
        for figure in ("loss", "accuracy")
        if (examples == TRAIN or has_test(trajectory)) and (figure == "loss" or classes)
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


def largest_drop(losses: Sequence[float], steps_per_epoch: int) -> LossDrop | None:
    """The largest fall of the loss from one epoch to the next, from the losses of all steps. Epochs that are not
    complete do not count.
    """
    epochs = len(losses) // steps_per_epoch
    known = np.asarray(losses[: epochs * steps_per_epoch]).reshape(epochs, steps_per_epoch)
    with np.errstate(all="ignore"):
        means = known.mean(axis=1) if epochs else np.empty(0)
        drops = means[:-1] - means[1:]
    drops[~np.isfinite(drops)] = 0.0
    if not drops.size or drops.max() <= 0:
        return None
    k = int(np.argmax(drops))
    return LossDrop(k * steps_per_epoch, (k + 1) * steps_per_epoch, float(means[k]), float(means[k + 1]))
