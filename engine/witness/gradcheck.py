"""Gradient check: differences of the loss against backpropagation.

The witness is independent of every derivative in the engine: it moves one number a little both ways, runs only the
forward pass and the loss from there on, and divides. It works for parameters and for any intermediate value, so an
error term can be checked as well as a gradient.

Two central differences, over h and h/2, are combined so that their error falls with h^4 (Richardson). Where they do
not agree, h is made smaller: the function bends sharply there. Where the slopes on the two sides stay different
however small h is, the number sits on a kink (relu at z = 0), and backpropagation is right if it gives a slope between
the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, nan

import numpy as np

from engine.errors import AddressError, Cancelled
from engine.program import Program
from engine.program.calls import BACKWARD
from engine.program.plan import Plan
from engine.rules.ops import gradient_of
from engine.rules.rule import Array
from engine.threads import one_thread
from engine.training import Stop, Trajectory

STEPS = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
"""Values of h for numbers up to 1, in proportion for larger ones; the first that serves is used."""
EPSILON = STEPS[0]
RELATIVE_TOLERANCE = 1e-6
ENTRIES_PER_ARRAY = 256
"""Larger arrays are checked at this many places, spread evenly; the result says how many."""


@dataclass(frozen=True)
class Slope:
    """The slope of the loss along one number, by differences. `noise` is what rounding may make of it.

    `left` and `right` are the one-sided slopes; `kink` says that they differ.
    """

    value: float
    left: float
    right: float
    kink: bool
    epsilon: float
    noise: float

    def error(self, claimed: float) -> float:
        """How far a claimed slope is from this one; from the nearer side, where there are two."""
        if not self.kink:
            return abs(claimed - self.value)
        low, high = sorted((self.left, self.right))
        return max(low - claimed, claimed - high, 0.0)


@dataclass(frozen=True)
class WorstEntry:
    """The entry of an array where the two disagree most."""

    index: tuple[int, ...]
    backprop: float
    difference: float
    error: float


@dataclass(frozen=True)
class ArrayCheck:
    """How one gradient array compares. `relative_error` is the norm of the disagreement over the larger norm;
    `kinks` counts the entries that sit on a kink of the loss. Of every entry that was checked, `places` has where it
    stands in the flattened array, and `backprop` and `differences` what the two say.
    """

    name: str
    parameter: str
    size: int
    checked: int
    relative_error: float
    passed: bool
    worst: WorstEntry
    places: tuple[int, ...]
    backprop: tuple[float, ...]
    differences: tuple[float, ...]
    kinks: int = 0


@dataclass(frozen=True)
class GradientCheck:
    """The check of a step: one entry per parameter array, worst first.

    `stand_ins` are the gradients that no difference can bear witness to, because a surrogate stands in for the slope of
    a function on their way back.
    """

    step: int
    epsilon: float
    arrays: tuple[ArrayCheck, ...]
    stand_ins: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Did every array pass?"""
        return all(array.passed for array in self.arrays)


@dataclass(frozen=True)
class Difference:
    """A central difference beside the number it checks. `error` is their distance; on a kink of the loss, the distance
    from the nearer of the two slopes.
    """

    value: float
    error: float
    epsilon: float
    passed: bool
    kink: bool = False


def check(trajectory: Trajectory, step: int, stop: Stop = None) -> GradientCheck:
    """Check the gradient of every parameter at a step. One thread at a time."""
    with np.errstate(all="ignore"), one_thread:
        plan = trajectory.full(step, stop)
        there = [name for name in trajectory.program.parameters if gradient_of(name) in trajectory.program.values]
        apart = stand_ins(trajectory.program)
        gradients = {name: plan.arrays[gradient_of(name)].copy() for name in there if gradient_of(name) not in apart}
        arrays = [
            _check_array(plan, name, gradient, lambda: stop is not None and stop())
            for name, gradient in gradients.items()
        ]
    beyond = tuple(gradient_of(name) for name in there if gradient_of(name) in apart)
    return GradientCheck(step, EPSILON, tuple(sorted(arrays, key=_badness, reverse=True)), beyond)


def stand_ins(program: Program) -> frozenset[str]:
    """The gradients and error terms that a surrogate has a part in: its own result, and all that follows from it."""
    found: set[str] = set()
    for call in program.calls:
        if call.phase == BACKWARD and (program.ops[call.op].surrogate or not found.isdisjoint(call.reads)):
            found.add(call.writes)
    return frozenset(found)


def difference(
    trajectory: Trajectory, step: int, name: str, index: tuple[int, ...], stop: Stop = None
) -> Difference | None:
    """The central difference of the loss for one gradient or error term; None for values that are no derivative, or
    that follow from a surrogate's.

    Raises AddressError if the index does not fit the array.
    """
    target = differentiated(trajectory.program, name)
    if target is None or name in stand_ins(trajectory.program):
        return None
    with np.errstate(all="ignore"), one_thread:
        plan = trajectory.full(step, stop)
        array = plan.arrays[target]
        if len(index) != array.ndim or not all(0 <= i < n for i, n in zip(index, array.shape, strict=True)):
            raise AddressError(f"{name}{list(index)}", f"{name} with indices below {list(array.shape)}")
        claimed = float(plan.arrays[name][index])
        call = trajectory.program.written.get(target)
        again = plan.run_from(call.index) if call else plan.run_to_loss
        slope = slope_along(plan, array, index, again)
    if not isfinite(slope.value):
        return None
    error = slope.error(claimed)
    passed = error <= RELATIVE_TOLERANCE * max(abs(slope.value), abs(claimed)) + slope.noise
    return Difference(slope.value, error, slope.epsilon, passed, slope.kink)


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
    slopes: list[Slope] = []
    for place in places:
        if stopped():
            raise Cancelled(0)
        slopes.append(slope_along(plan, array, _index(int(place), array), plan.run_to_loss))
    claimed = gradient.reshape(-1)[places]
    errors = np.array([slope.error(float(value)) for slope, value in zip(slopes, claimed, strict=True)])
    found = np.array([slope.value for slope in slopes])
    worst = int(np.argmax(np.where(np.isnan(errors), inf, errors)))
    largest = max(float(np.linalg.norm(found)), float(np.linalg.norm(claimed)))
    error = float(np.linalg.norm(errors))
    noise = float(np.linalg.norm([slope.noise for slope in slopes]))
    return ArrayCheck(
        name=gradient_of(name),
        parameter=name,
        size=array.size,
        checked=len(places),
        relative_error=0.0 if largest == 0 else error / largest,
        passed=error <= RELATIVE_TOLERANCE * largest + noise,
        worst=WorstEntry(
            _index(int(places[worst]), array), float(claimed[worst]), float(found[worst]), float(errors[worst])
        ),
        places=tuple(places.tolist()),
        backprop=tuple(claimed.tolist()),
        differences=tuple(found.tolist()),
        kinks=sum(slope.kink for slope in slopes),
    )


def _index(place: int, array: Array) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(place, array.shape))


def slope_along(plan: Plan, array: Array, index: tuple[int, ...], run: Callable[[], None]) -> Slope:
    """The slope of the loss along array[index]. `run` computes the loss from the array; all is left as it was."""
    before = float(array[index])

    def loss_at(moved: float) -> float:
        array[index] = moved
        run()
        return float(plan.arrays["loss"])

    here = loss_at(before)
    scale = max(1.0, abs(before))
    if not isfinite(scale * here):
        return Slope(nan, nan, nan, False, EPSILON, 0.0)
    for relative in STEPS:
        h = relative * scale
        up, above, down, below = before + h, before + h / 2, before - h, before - h / 2
        at_up, at_above, at_below, at_down = loss_at(up), loss_at(above), loss_at(below), loss_at(down)
        noise = 16 * float(np.finfo(float).eps) * max(abs(here), abs(at_up), abs(at_down), 1e-3) / h
        wide, narrow = (at_up - at_down) / (up - down), (at_above - at_below) / (above - below)
        right, left = (at_above - here) / (above - before), (here - at_below) / (before - below)
        bend_wide = abs((at_up - here) / (up - before) - (here - at_down) / (before - down))
        kink = abs(right - left) > 0.75 * bend_wide and abs(right - left) > 10 * noise
        agree = abs(wide - narrow) <= 1e-5 * max(abs(wide), abs(narrow)) + noise
        if agree and not kink:
            break
    loss_at(before)
    return Slope(narrow if kink else (4 * narrow - wide) / 3, left, right, kink, h, noise)


def _badness(array: ArrayCheck) -> float:
    return array.relative_error if isfinite(array.relative_error) else inf
