"""Units that learn nothing: dead ones, which no example wakes, and saturated ones, where the activation is nearly flat.

Both are read off the slope f'(z), which comes from the operation's own derivative: the error term that an error of 1
would give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from engine.calls import FORWARD
from engine.ops import Op, gradient_of
from engine.program import Program
from engine.rule import Array

FLAT = 0.05
"""A slope below this share of the steepest one counts as saturated."""
_PROBE = np.linspace(-20.0, 20.0, 401)[:, np.newaxis]


@dataclass(frozen=True, eq=False)
class Slope:
    """The slope of one layer's activation: which operation gives it, from which named values.

    `dies` says that the function is exactly flat on one side, so that units can die; `flat` is the slope below which
    it is nearly flat, or None for a function that is nowhere (or exactly) so.
    """

    name: str
    layer: int
    op: Op
    bind: Mapping[str, str]
    dies: bool
    flat: float | None

    def of(self, values: Mapping[str, Array]) -> Array:
        """f'(z) for every example and unit."""
        operands = {slot: values[name] for slot, name in self.bind.items()}
        (error,) = (slot for slot in self.op.slots if slot not in self.bind)
        return np.asarray(self.op(**operands, **{error: np.ones(values[self.name].shape)}))

    @property
    def reads(self) -> tuple[str, ...]:
        """The values it is made of."""
        return tuple(dict.fromkeys((self.name, *self.bind.values())))


def slopes(program: Program) -> list[Slope]:
    """The slope of every layer whose activation acts on each unit alone and is passed on the way back."""
    found = []
    for call in program.calls:
        if call.phase != FORWARD or call.layer is None or "z" not in call.bind:
            continue
        derivative = program.ops[call.op].derivatives.get("z")
        back = program.written.get(gradient_of(call.bind["z"]))
        if derivative is None or back is None or back.op != derivative.name or not _unit_by_unit(derivative):
            continue
        result = program.ops[call.op].rule.result
        bind = {
            slot: {**call.bind, result: call.writes}[slot] for slot in derivative.slots if slot != gradient_of(result)
        }
        dies, flat = _character(program.ops[call.op])
        found.append(Slope(call.writes, call.layer, derivative, bind, dies, flat))
    return found


def dead(slopes_of_layer: Array) -> Array:
    """Which units have no slope at all over the examples."""
    return np.asarray(~np.any(slopes_of_layer, axis=0))


def saturated(slope: Slope, slopes_of_layer: Array) -> Array:
    """Where, by example and unit, the function is nearly flat."""
    return np.asarray(np.abs(slopes_of_layer) < (slope.flat or 0.0))


def _unit_by_unit(derivative: Op) -> bool:
    """Does an error term depend on its own unit alone?"""
    return derivative.elementwise


@cache
def _character(op: Op) -> tuple[bool, float | None]:
    """Whether a function can leave a unit dead, and the slope below which it is nearly flat."""
    derivative = op.derivatives["z"]
    values = {"z": _PROBE, op.rule.result: op(z=_PROBE), gradient_of(op.rule.result): np.ones_like(_PROBE)}
    steep = np.abs(derivative(**{slot: values[slot] for slot in derivative.slots}))
    flat_left = not steep[_PROBE < -1].any()
    if flat_left:
        return True, None
    lowest = FLAT * float(steep.max())
    return False, lowest if float(steep.min()) < lowest else None
