"""Targets: which ones a loss is made for, and the first that is not of the kind.

A loss computes with any targets, and shows what comes of it; which ones it is made for is said here, so that a run can
say so too (notes.py), and so that success is told by the right figure (metrics.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.registry import Text
from engine.rules.rule import Array

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
    """A target that is not of the kind: its row, its column, its value; or a row (`column` None) and its sum."""

    row: int
    column: int | None
    value: float


@dataclass(frozen=True, eq=False)
class Targets:
    """A kind of targets. `metric`, one of METRICS, tells how well they are met; `misfit` finds the first target in
    y (examples, outputs) that is not of the kind.
    """

    name: str
    label: Text
    metric: str
    misfit: Callable[[Array], Misfit | None]


def _first(wrong: Array, y: Array) -> Misfit | None:
    """The first place where `wrong` holds, row by row."""
    places = np.argwhere(wrong)
    if not len(places):
        return None
    row, column = map(int, places[0])
    return Misfit(row, column, float(y[row, column]))


def _not_from_0_to_1(y: Array) -> Misfit | None:
    return _first(~((y >= 0) & (y <= 1)), y)


def _not_adding_up_to_1(y: Array) -> Misfit | None:
    misfit = _not_from_0_to_1(y)
    if misfit:
        return misfit
    totals = y.sum(axis=1)
    rows = np.flatnonzero(np.abs(totals - 1) > SUM_TOLERANCE)
    return Misfit(int(rows[0]), None, float(totals[rows[0]])) if len(rows) else None


def _not_signs(y: Array) -> Misfit | None:
    return _first(~np.isin(y, (-1.0, 1.0)), y)


ANY = Targets("any", Text("any numbers", "任意数"), REGRESSION, lambda y: None)
PROBABILITIES = Targets("probabilities", Text("numbers from 0 to 1", "0 到 1 之间的数"), BINARY, _not_from_0_to_1)
DISTRIBUTIONS = Targets(
    "distributions",
    Text("probabilities that add up to 1 in every row", "每行和为 1 的概率"),
    CLASSES,
    _not_adding_up_to_1,
)
SIGNS = Targets("signs", Text("−1 or 1", "−1 或 1"), SIGN, _not_signs)
