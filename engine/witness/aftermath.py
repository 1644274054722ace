"""What an update was good for: the batch of a step once more, with the parameters that the step has made.

Everything else stays as it was, the examples that dropout left out included, so the two differ by the update alone.
Beside the loss as it came out stands the loss that the gradient foretold: to first order a change Δθ of the parameters
changes the loss by g·Δθ, which for plain gradient descent is −η‖g‖².
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum, isfinite

import numpy as np

from engine.errors import Cancelled
from engine.program.calls import FORWARD, LOSS
from engine.program.trace import read_only
from engine.rules.ops import gradient_of
from engine.rules.rule import Array
from engine.threads import one_thread
from engine.training import Stop, Trajectory


@dataclass(frozen=True, eq=False)
class Aftermath:
    """The batch of a step with the parameters after it. `values` are those of the forward pass and the loss.

    `loss` and `penalty` are before and after; without a penalty the latter is None. `predicted` is what the gradient
    of their sum says its change is, and `shares` what each parameter array has in that.
    """

    step: int
    rows: Array
    values: Mapping[str, Array]
    loss: tuple[float, float]
    penalty: tuple[float, float] | None
    predicted: float
    shares: Mapping[str, float]

    @property
    def batch(self) -> tuple[int, ...]:
        """The row numbers of the examples in the data."""
        return tuple(self.rows.tolist())

    @property
    def change(self) -> float:
        """How much the loss and the penalty together really changed."""
        (before, after), (light, heavy) = self.loss, self.penalty or (0.0, 0.0)
        return (after - before) + (heavy - light)


def aftermath(trajectory: Trajectory, step: int, stop: Stop = None) -> Aftermath:
    """Take the batch of a step through the network again. One thread at a time; all is left as it was."""
    program = trajectory.program
    made = [call.writes for call in program.calls if call.phase in (FORWARD, LOSS)]
    with np.errstate(all="ignore"), one_thread:
        plan = trajectory.full(step, stop)
        if stop is not None and stop():
            raise Cancelled(0)
        arrays = plan.arrays
        moved = [name for name in program.parameters if f"{name}_new" in arrays]
        before = {name: arrays[name].copy() for name in moved}
        were = {name: float(arrays[name]) for name in ("loss", "penalty") if name in made}
        shares = {name: _share(arrays, name) for name in moved}
        rows = trajectory.rows(step).copy()
        try:
            for name in moved:
                arrays[name][...] = arrays[f"{name}_new"]
            plan.run_to_loss()
            values = {name: read_only(arrays[name].copy()) for name in made}
        finally:
            for name in moved:
                arrays[name][...] = before[name]
            plan.run_to_loss()
    pairs = {name: (were[name], float(values[name])) for name in were}
    return Aftermath(step, rows, values, pairs["loss"], pairs.get("penalty"), _sum(shares.values()), shares)


def _share(arrays: Mapping[str, Array], name: str) -> float:
    """g·Δ of one parameter array. Where there is a penalty, its part is in the gradient that the update uses."""
    gradient = arrays.get(f"g_{name}", arrays.get(gradient_of(name)))
    if gradient is None:
        return 0.0
    return float(np.sum(gradient * (arrays[f"{name}_new"] - arrays[name])))


def _sum(values: Iterable[float]) -> float:
    listed = list(values)
    return fsum(listed) if all(map(isfinite, listed)) else float(sum(listed))
