"""Gradient check: central differences of the loss against backpropagation.

The witness is independent of every derivative in the engine: it moves one number a little both ways, runs only the
forward pass and the loss from there on, and divides. It works for parameters and for any intermediate value, so an
error term can be checked as well as a gradient.

A finite step is taken across kinks too: where relu's z lies within `epsilon` of 0, the two sides differ and the check
says so. With losses near 1, rounding limits the agreement to about 1e-11.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from engine.errors import AddressError, Cancelled
from engine.ops import gradient_of
from engine.plan import Plan
from engine.program import Program
from engine.rule import Array
from engine.training import Stop, Trajectory

EPSILON = 1e-5
RELATIVE_TOLERANCE = 1e-6
ENTRIES_PER_ARRAY = 256
"""Larger arrays are checked at this many places, spread evenly; the result says how many."""


@dataclass(frozen=True)
class WorstEntry:
    """The entry of an array where the two disagree most."""

    index: tuple[int, ...]
    backprop: float
    difference: float
    error: float


@dataclass(frozen=True)
class ArrayCheck:
    """How one gradient array compares. `relative_error` is the norm of the disagreement over the larger norm."""

    name: str
    parameter: str
    size: int
    checked: int
    relative_error: float
    passed: bool
    worst: WorstEntry


@dataclass(frozen=True)
class GradientCheck:
    """The check of a step: one entry per parameter array, worst first."""

    step: int
    epsilon: float
    arrays: tuple[ArrayCheck, ...]

    @property
    def passed(self) -> bool:
        """Did every array pass?"""
        return all(array.passed for array in self.arrays)


@dataclass(frozen=True)
class Difference:
    """A central difference beside the number it checks. `error` is their absolute distance."""

    value: float
    error: float
    epsilon: float
    passed: bool


def check(trajectory: Trajectory, step: int, stop: Stop = None) -> GradientCheck:
    """Check the gradient of every parameter at a step. One thread at a time."""
    with np.errstate(all="ignore"):
        plan = trajectory.full(step, stop)
        gradients = {
            name: plan.arrays[gradient_of(name)].copy()
            for name in trajectory.program.parameters
            if gradient_of(name) in trajectory.program.values
        }
        arrays = [
            _check_array(plan, name, gradient, lambda: stop is not None and stop())
            for name, gradient in gradients.items()
        ]
    return GradientCheck(step, EPSILON, tuple(sorted(arrays, key=_badness, reverse=True)))


def difference(
    trajectory: Trajectory, step: int, name: str, index: tuple[int, ...], stop: Stop = None
) -> Difference | None:
    """The central difference of the loss for one gradient or error term; None for values that are no derivative.

    Raises AddressError if the index does not fit the array.
    """
    target = differentiated(trajectory.program, name)
    if target is None:
        return None
    with np.errstate(all="ignore"):
        plan = trajectory.full(step, stop)
        array = plan.arrays[target]
        if len(index) != array.ndim or not all(0 <= i < n for i, n in zip(index, array.shape, strict=True)):
            raise AddressError(f"{name}{list(index)}", f"{name} with indices below {list(array.shape)}")
        claimed = float(plan.arrays[name][index])
        call = trajectory.program.written.get(target)
        again = plan.run_from(call.index) if call else plan.run_to_loss
        value = _central(plan, array, index, again)
        plan.run_to_loss()
        error = abs(value - claimed)
        passed = error <= RELATIVE_TOLERANCE * max(abs(value), abs(claimed)) + _floor(plan, 1)
    return Difference(value, error, EPSILON, bool(passed)) if isfinite(value) else None


def differentiated(program: Program, name: str) -> str | None:
    """The value whose derivative of the loss is called `name`: z1 for delta1, W2 for dW2."""
    value = program.values.get(name)
    if value is None or value.source != "computed":
        return None
    for other in program.values:
        if gradient_of(other) == name:
            return other
    return None


def _check_array(plan: Plan, name: str, gradient: Array, stopped: Callable[[], bool]) -> ArrayCheck:
    array = plan.arrays[name]
    places = np.unique(np.linspace(0, array.size - 1, min(array.size, ENTRIES_PER_ARRAY)).astype(int))
    found = np.full(len(places), np.nan)
    for i, place in enumerate(places):
        if stopped():
            raise Cancelled(0)
        found[i] = _central(plan, array, tuple(map(int, np.unravel_index(place, array.shape))), plan.run_to_loss)
    claimed = gradient.reshape(-1)[places]
    errors = np.abs(found - claimed)
    worst = int(np.argmax(np.where(np.isnan(errors), inf, errors)))
    largest = max(float(np.linalg.norm(found)), float(np.linalg.norm(claimed)))
    error = float(np.linalg.norm(errors))
    relative = error / largest if largest > 0 else 0.0
    return ArrayCheck(
        name=gradient_of(name),
        parameter=name,
        size=array.size,
        checked=len(places),
        relative_error=relative,
        passed=bool(error <= RELATIVE_TOLERANCE * largest + _floor(plan, len(places))),
        worst=WorstEntry(
            tuple(map(int, np.unravel_index(places[worst], array.shape))),
            float(claimed[worst]),
            float(found[worst]),
            float(errors[worst]),
        ),
    )


def _central(plan: Plan, array: Array, index: tuple[int, ...], run: Callable[[], None]) -> float:
    """(loss(x + e) - loss(x - e)) / 2e, leaving the number as it was."""
    before = float(array[index])
    array[index] = up = before + EPSILON
    run()
    above = float(plan.arrays["loss"])
    array[index] = down = before - EPSILON
    run()
    below = float(plan.arrays["loss"])
    array[index] = before
    return (above - below) / (up - down) if up != down else float("nan")


def _floor(plan: Plan, entries: int) -> float:
    """What rounding alone may make of the disagreement."""
    scale = abs(float(plan.arrays["loss"]))
    return 50 * np.finfo(float).eps * max(scale, 1e-3) / EPSILON * entries**0.5 if isfinite(scale) else 0.0


def _badness(array: ArrayCheck) -> float:
    return array.relative_error if isfinite(array.relative_error) else inf
