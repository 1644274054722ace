"""How signals and errors change from layer to layer in one step: whether they vanish, hold or explode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.program import Program
from engine.rules.ops import gradient_of
from engine.rules.rule import Array

VANISHING, STEADY, EXPLODING = VERDICTS = ("vanishing", "steady", "exploding")
VANISHED, EXPLODED = 1e-2, 1e2
"""An error term that reaches the first layer at less than VANISHED of its size at the last has vanished, at more than
EXPLODED exploded."""


@dataclass(frozen=True)
class LayerSize:
    """How large the numbers of a layer are: root mean squares, so that wide and narrow layers compare."""

    layer: int
    a: float
    delta: float | None
    dW: float | None


@dataclass(frozen=True)
class Flow:
    """The sizes layer by layer, first layer first. `ratio` is the error term's size at the first layer over that at the
    last, `factor` what it is multiplied by in each layer on the average; None where there is no way back, or one layer.
    """

    layers: tuple[LayerSize, ...]
    ratio: float | None
    factor: float | None
    verdict: str | None


def flow(program: Program, values: Mapping[str, Array]) -> Flow:
    """The flow of one step, from its values."""
    depth = max(value.layer or 0 for value in program.values.values())

    def size(name: str) -> float | None:
        return root_mean_square(values[name]) if name in values else None

    layers = tuple(
        LayerSize(k, size(f"a{k}") or 0.0, size(gradient_of(f"z{k}")), size(gradient_of(f"W{k}")))
        for k in range(1, depth + 1)
    )
    back = [layer for layer in layers if layer.delta is not None]
    if len(back) < 2 or not back[-1].delta:
        return Flow(layers, None, None, None)
    with np.errstate(all="ignore"):
        ratio = float(np.float64(back[0].delta) / np.float64(back[-1].delta))
        factor = float(ratio ** (1 / (len(back) - 1)))
    if np.isnan(ratio):
        return Flow(layers, None, None, None)
    verdict = VANISHING if ratio < VANISHED else EXPLODING if ratio > EXPLODED else STEADY
    return Flow(layers, ratio, factor, verdict)


def root_mean_square(array: Array) -> float:
    """The root of the mean square; squares neither overflow nor vanish on the way."""
    largest = float(np.max(np.abs(array)))
    if not 0 < largest < np.inf:
        return largest
    return largest * float(np.sqrt(np.mean((array / largest) ** 2)))
