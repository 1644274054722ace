"""How good a network's outputs are: loss, accuracy, R², confusion matrix, as the loss and the targets call for.

What counts as right depends on the loss and the targets. Where targets name classes (0 and 1, -1 and +1, a row with a
single 1), outputs are turned into classes and compared; where the loss is one of regression, the share of the targets'
variance that the outputs explain is given as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.losses import LOSSES
from engine.losses.targets import BINARY, CLASSES, REGRESSION, SIGN
from engine.program import Program
from engine.program.evaluate import scores_of
from engine.program.trace import read_only
from engine.rules.rule import Array


@dataclass(frozen=True)
class Task:
    """What outputs are compared by.

    `decide` is "binary" (each output above a threshold or not), "sign", "classes" (the largest output), or None where
    the targets are no classes. `threshold` is where the two classes of one output meet. `labels` are the classes as the
    targets write them. `explains` says whether R² means something.
    """

    decide: str | None
    threshold: float
    labels: tuple[int, ...]
    explains: bool


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often each class was taken for which: counts[actual, predicted]. `output` is None where all outputs together
    name one class. Examples whose outputs are not numbers are in no column.
    """

    output: int | None
    labels: tuple[int, ...]
    counts: Array

    @property
    def actual(self) -> Array:
        """How many examples of each class were given a class."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def predicted(self) -> Array:
        """How often each class was predicted."""
        return np.asarray(self.counts.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Metrics:
    """The figures of one set of examples. What does not apply is None, and `confusion` empty.

    `r2` is of all outputs together (the squares are added over all of them); `r2_outputs` of each. An output whose
    targets are all alike has none. `undecided` counts decisions that could not be made because an output is no number;
    they count as wrong.
    """

    examples: int
    loss: float
    accuracy: float | None = None
    r2: float | None = None
    r2_outputs: tuple[float | None, ...] | None = None
    confusion: tuple[Confusion, ...] = ()
    undecided: int = 0


def task_of(loss: str, program: Program, y: Array) -> Task:
    """What the outputs are compared by, from the loss and the targets it is trained on."""
    kind = LOSSES[loss].metric
    logits = scores_of(program).startswith("z")
    decide = _classes_of(kind, y)
    threshold = 0.5 if decide == BINARY and not (logits and kind == BINARY) else 0.0
    labels = {BINARY: (0, 1), SIGN: (-1, 1), CLASSES: tuple(range(y.shape[1])), None: ()}[decide]
    return Task(decide, threshold, labels, kind == REGRESSION)


def _classes_of(kind: str, y: Array) -> str | None:
    """How targets name classes, if they do. One 1 in every row of several names one class of several."""
    if kind == CLASSES:
        return CLASSES if y.shape[1] > 1 else BINARY
    if kind == REGRESSION:
        kind = BINARY if np.isin(y, (0.0, 1.0)).all() else SIGN if np.isin(y, (-1.0, 1.0)).all() else REGRESSION
    if kind == REGRESSION:
        return None
    one_of_several = y.shape[1] > 1 and np.isin(y, (-1.0, 0.0, 1.0)).all() and (np.sum(y == 1, axis=1) == 1).all()
    return CLASSES if one_of_several else kind


class Judge:
    """Judges outputs against one set of targets. What the targets alone decide is worked out once."""

    def __init__(self, task: Task, y: Array) -> None:
        self.task = task
        self._actual = _meant(task, y)
        self._scale = float(np.max(np.abs(y), initial=0.0)) or 1.0  # in units of it, no square overflows
        self._y = y / self._scale
        differs = np.ptp(y, axis=0) > 0
        self._spread = np.where(differs, np.sum((self._y - self._y.mean(axis=0)) ** 2, axis=0), 0.0).tolist()

    @property
    def decides(self) -> bool:
        """Are the targets classes?"""
        return self._actual is not None

    @property
    def explains(self) -> bool:
        """Has some output targets that differ, and the loss the sense to explain them?"""
        return self.task.explains and sum(self._spread) > 0

    def accuracy(self, scores: Array) -> float | None:
        """The share of decisions that are right, if there is anything to decide."""
        return None if self._actual is None else float(np.mean(self.decisions(scores) == self._actual))

    def r_squared(self, scores: Array) -> float | None:
        """1 - (squared error) / (squared distance of the targets from their mean), over all outputs together."""
        return _explained(float(np.sum(self._errors(scores))), sum(self._spread)) if self.task.explains else None

    def r_squared_of_each(self, scores: Array) -> tuple[float | None, ...] | None:
        """The same for each output."""
        if not self.task.explains:
            return None
        errors = np.sum(self._errors(scores), axis=0)
        return tuple(_explained(float(error), spread) for error, spread in zip(errors, self._spread, strict=True))

    def _errors(self, scores: Array) -> Array:
        return np.asarray((self._y - scores / self._scale) ** 2)

    def decisions(self, scores: Array) -> Array:
        """The number of the class predicted, (examples, decisions); -1 where an output is no number.

        Of equal outputs the first wins; an output on the threshold counts as below it.
        """
        if self.task.decide == CLASSES:
            lost = np.isnan(scores).any(axis=1)
            return np.where(lost, -1, np.argmax(np.where(lost[:, np.newaxis], 0.0, scores), axis=1))[:, np.newaxis]
        return np.where(np.isnan(scores), -1, scores > self.task.threshold)

    def measure(self, scores: Array, loss: float) -> Metrics:
        """All figures of outputs whose loss is known."""
        with np.errstate(all="ignore"):
            r2, r2_outputs = self.r_squared(scores), self.r_squared_of_each(scores)
        found = Metrics(len(self._y), loss, r2=r2, r2_outputs=r2_outputs)
        if self._actual is None:
            return found
        predicted = self.decisions(scores)
        together = self.task.decide == CLASSES or predicted.shape[1] == 1
        return replace(
            found,
            accuracy=float(np.mean(predicted == self._actual)),
            confusion=tuple(
                Confusion(None if together else j, self.task.labels, self._counts(predicted[:, j], j))
                for j in range(predicted.shape[1])
            ),
            undecided=int(np.count_nonzero(predicted < 0)),
        )

    def _counts(self, predicted: Array, decision: int) -> Array:
        assert self._actual is not None
        n, known = len(self.task.labels), predicted >= 0
        places = self._actual[known, decision] * n + predicted[known]
        return read_only(np.bincount(places.astype(np.intp), minlength=n * n).reshape(n, n))


def _meant(task: Task, y: Array) -> Array | None:
    """The number of the class each target names, (examples, decisions)."""
    if task.decide is None:
        return None
    if task.decide == CLASSES:
        return np.asarray(np.argmax(y, axis=1)[:, np.newaxis])
    return np.asarray(y > (0.0 if task.decide == SIGN else 0.5), dtype=np.intp)


def _explained(error: float, spread: float) -> float | None:
    return 1.0 - error / spread if spread > 0 else None
