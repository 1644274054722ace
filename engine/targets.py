"""Targets: what a loss can be held against, and class numbers as rows of targets.

Every loss declares one kind of targets. `misfit` finds the first target that is not of the kind; `require` turns it
into an error that names the row and the column; `prepared` gives the targets as the loss reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import SpecError
from engine.registry import Text
from engine.rule import Array

REGRESSION, BINARY, SIGN, CLASSES = METRICS = ("regression", "binary", "sign", "classes")
"""What tells how well outputs fit targets: R² of numbers, or the share of right answers; those are yes or no as 1 or 0
or as 1 or −1 for each output, or one class of several.
"""

SUM_TOLERANCE = 1e-6
"""How far from 1 the sum of a row of probabilities may be: they are often typed, or stored in single precision."""
MOST_CLASSES = 1000
"""Class numbers become rows of this many targets at most."""


@dataclass(frozen=True)
class Misfit:
    """A target that does not fit: its row, its column (None where the row as a whole is wrong), and why."""

    row: int
    column: int | None
    value: float
    allowed: str

    def error(self, field: str) -> SpecError:
        """The misfit as an error about a field that holds the targets."""
        if self.column is None:
            return SpecError(f"{field}[{self.row}]", self.value, self.allowed)
        return SpecError(f"{field}[{self.row}][{self.column}]", self.value, self.allowed)


@dataclass(frozen=True, eq=False)
class Targets:
    """A kind of targets. `metric`, one of METRICS, tells how well they are met; `classes` says that class numbers make
    sense as such targets.
    """

    name: str
    label: Text
    metric: str
    classes: bool
    misfit: Callable[[Array], Misfit | None]
    prepared: Callable[[Array], Array] = lambda y: y

    def require(self, field: str, y: Array) -> None:
        """Raise SpecError, naming row and column, if `y` (examples, outputs) holds a target that is not of the kind."""
        found = self.misfit(y)
        if found:
            raise found.error(field)


def _first(wrong: Array, y: Array, allowed: str) -> Misfit | None:
    """The first place where `wrong` holds, row by row."""
    places = np.argwhere(wrong)
    if not len(places):
        return None
    row, column = map(int, places[0])
    return Misfit(row, column, float(y[row, column]), allowed)


def _not_from_0_to_1(y: Array) -> Misfit | None:
    return _first(~((y >= 0) & (y <= 1)), y, "a number from 0 to 1: the loss takes targets for probabilities")


def _not_probabilities(y: Array) -> Misfit | None:
    misfit = _not_from_0_to_1(y)
    if misfit:
        return misfit
    totals = y.sum(axis=1)
    rows = np.flatnonzero(np.abs(totals - 1) > SUM_TOLERANCE)
    if not len(rows):
        return None
    row = int(rows[0])
    return Misfit(row, None, float(totals[row]), "targets that add up to 1: the loss takes a row for probabilities")


def _not_signs(y: Array) -> Misfit | None:
    misfit = _first(~np.isin(y, (-1.0, 0.0, 1.0)), y, "-1 for no or 1 for yes; or 0 and 1, if no target is -1")
    if misfit or not (y == -1).any():
        return misfit
    return _first(y == 0, y, "-1 or 1: elsewhere in these targets -1 stands for no")


def _signs(y: Array) -> Array:
    return np.where(y == 0, -1.0, y)


ANY = Targets("any", Text("any numbers", "任意数"), REGRESSION, False, lambda y: None)
PROBABILITIES = Targets(
    "probabilities", Text("numbers from 0 to 1", "0 到 1 之间的数"), BINARY, False, _not_from_0_to_1
)
DISTRIBUTIONS = Targets(
    "distributions",
    Text("probabilities that add up to 1 in every row, or class numbers", "每行是和为 1 的概率，或类别编号"),
    CLASSES,
    True,
    _not_probabilities,
)
SIGNS = Targets(
    "signs",
    Text("−1 or 1 (0 counts as −1), or class numbers", "−1 或 1（0 视为 −1），或类别编号"),
    SIGN,
    True,
    _not_signs,
    _signs,
)


def one_hot(field: str, numbers: Sequence[object], classes: int | None = None) -> tuple[tuple[float, ...], ...]:
    """Class numbers as rows of targets: 1 in the column of the class, 0 elsewhere.

    `classes` is how many there are, from 1 to MOST_CLASSES; absent, one more than the largest number. Equal classes
    share one row in memory, so that a long list of them stays small.

    >>> one_hot("y", [2, 0, 1, 2])
    ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))

    Raises SpecError naming the row whose number is no class.
    """
    most = MOST_CLASSES if classes is None else classes
    if not 1 <= most <= MOST_CLASSES:
        raise ValueError(f"{most} classes")
    if not numbers:
        raise SpecError(field, [], "a list of at least one class number")
    known: list[int] = []
    for row, number in enumerate(numbers):
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < most:
            raise SpecError(f"{field}[{row}]", number, f"a class: a whole number from 0 to {most - 1}")
        known.append(number)
    width = max(known) + 1 if classes is None else classes
    rows = [tuple(float(column == of) for column in range(width)) for of in range(width)]
    return tuple(rows[number] for number in known)
