"""Units that learn nothing: dead ones, which no example wakes, and saturated ones, where the activation is nearly flat.

Where that is, every activation says itself, by bounds of z (`Op.active`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from engine.program import Program
from engine.program.calls import FORWARD
from engine.rules.ops import Op, gradient_of
from engine.rules.rule import Array

NOWHERE = (-np.inf, np.inf)
"""The bounds of an activation that is flat nowhere."""


@dataclass(frozen=True)
class Flat:
    """Where one layer's activation is flat: at `z` up to `low` and from `high` on.

    `name` is the activation. `dies` says that it is exactly flat there, so that a unit that is there for every example
    is dead. `saturates` says that being there is saturation, and not just being off as with relu.
    """

    name: str
    z: str
    layer: int
    low: float
    high: float
    dies: bool
    saturates: bool

    def where(self, z: Array) -> Array:
        """Which units are flat, by example. NaN is nowhere."""
        return np.asarray((z <= self.low) | (z >= self.high))

    def dead(self, z: Array) -> Array:
        """Which units no example wakes."""
        return np.asarray(self.where(z).all(axis=0))


def flats(program: Program) -> list[Flat]:
    """Every layer whose activation is flat somewhere and is passed on the way back."""
    found = []
    for call in program.calls:
        if call.phase != FORWARD or call.layer is None or "z" not in call.bind:
            continue
        op, z = program.ops[call.op], call.bind["z"]
        derivative, back = op.derivatives.get("z"), program.written.get(gradient_of(z))
        if derivative is not None and back is not None and back.op == derivative.name and op.active != NOWHERE:
            low, high = op.active
            dies, saturates = _character(op)
            found.append(Flat(call.writes, z, call.layer, low, high, dies, saturates))
    return found


@cache
def _character(op: Op) -> tuple[bool, bool]:
    """Whether an activation is exactly flat outside its bounds, and whether being there is saturation."""
    low, high = op.active
    sides = [bound for bound in (low - 1.0, high + 1.0) if np.isfinite(bound)]
    beyond = np.array(sides or [0.0])[:, np.newaxis]
    values = {"z": beyond, op.rule.result: op(z=beyond), gradient_of(op.rule.result): np.ones_like(beyond)}
    derivative = op.derivatives["z"]
    exactly = not derivative(**{slot: values[slot] for slot in derivative.slots}).any()
    return exactly, len(sides) == 2 or not exactly
