"""Features: what a network is given instead of the inputs as they are. Polynomials and waves of them, by name.

    x0   x0^2   x0*x1   x0^2*x1   sin(x0)   cos(2*x0)

Every feature has one name and no other: factors come in the order of the inputs, a power is 2 to 9, and the factor in
a wave 2 to 99.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import isfinite

import numpy as np

from engine.errors import SpecError
from engine.rules.rule import Array

_INPUT = r"x(?:0|[1-9][0-9]{0,8})"
_FACTOR = re.compile(rf"({_INPUT})(?:\^([2-9]))?", re.ASCII)
_PRODUCT = re.compile(rf"{_INPUT}(?:\^[2-9])?(?:\*{_INPUT}(?:\^[2-9])?)*", re.ASCII)
_WAVE = re.compile(rf"(sin|cos)\((?:([2-9]|[1-9][0-9])\*)?({_INPUT})\)", re.ASCII)
_WAVES = {"sin": np.sin, "cos": np.cos}


@dataclass(frozen=True)
class Feature:
    """A product of powers of inputs, given as (input, power); or a wave of one input times `times`."""

    name: str
    factors: tuple[tuple[int, int], ...]
    wave: str | None = None
    times: int = 1

    def of(self, x: Array) -> Array:
        """The feature of every row of x."""
        if self.wave:
            return np.asarray(_WAVES[self.wave](self.times * x[:, self.factors[0][0]]))
        product = np.ones(len(x))
        for column, power in self.factors:
            for _ in range(power):
                product = product * x[:, column]
        return product

    def stays_finite(self, largest: Sequence[float]) -> bool:
        """Is it finite, and the distance of any two such values too, where no input is larger than its `largest`?"""
        if self.wave:
            return isfinite(self.times * largest[self.factors[0][0]])
        product = 1.0
        for column, power in self.factors:
            for _ in range(power):
                product *= max(1.0, largest[column])
        return isfinite(2 * product)


@lru_cache(maxsize=1024)
def parse_feature(name: str) -> Feature | None:
    """The feature of that name; None if it is no feature's.

    >>> parse_feature("x0^2*x3").factors
    ((0, 2), (3, 1))
    >>> parse_feature("x3*x0") is None
    True
    """
    if len(name) > 100:
        return None
    wave = _WAVE.fullmatch(name)
    if wave:
        return Feature(name, ((int(wave[3][1:]), 1),), wave[1], int(wave[2] or 1))
    if not _PRODUCT.fullmatch(name):
        return None
    factors = tuple((int(factor[1][1:]), int(factor[2] or 1)) for factor in _FACTOR.finditer(name))
    ascending = all(a < b for (a, _), (b, _) in pairwise(factors))
    return Feature(name, factors) if ascending else None


def check_features(field: str, names: Sequence[str], inputs: int) -> None:
    """Raise SpecError naming the first that is no feature of so many inputs."""
    for at, name in enumerate(names):
        feature = parse_feature(name)
        if feature is None or any(column >= inputs for column, _ in feature.factors):
            last = f"x0 to x{inputs - 1}" if inputs > 1 else "x0"
            raise SpecError(f"{field}[{at}]", name, f"a feature of {last}: x0, x0^2, x0*x1, sin(x0) or cos(2*x0)")


def features_of(x: Array, names: Sequence[str]) -> Array:
    """The features of every row of x, a column for each name.

    >>> features_of(np.array([[2.0, 3.0]]), ("x1", "x0^2*x1")).tolist()
    [[3.0, 12.0]]
    """
    columns = []
    for name in names:
        feature = parse_feature(name)
        assert feature is not None, name
        columns.append(feature.of(x))
    return np.stack(columns, axis=1)


def input_names(inputs: int) -> tuple[str, ...]:
    """The names of the inputs as they are."""
    return tuple(f"x{i}" for i in range(inputs))
