"""Planes through the parameters of a step: random directions, those training moved in, single weights, a line.

All parameters end to end are one vector, theta; a plane is spanned by vectors as long as it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from engine.errors import SpecError
from engine.program import Program
from engine.program.trace import read_only
from engine.rules.rule import Array, Shape
from engine.streams import LANDSCAPE, stream

MOST_KEPT = 10_000_000
"""Numbers of the way of training that are held at a time, to find its main directions."""

Way = Mapping[int, Callable[[], Array]]
"""Steps of the way of training, in order, and how to have the parameters before each, end to end."""


@dataclass(frozen=True, eq=False)
class Plane:
    """One or two directions through the parameters of a step, each as long as all parameters end to end.

    `kind` is "random", "path", "weights" or "line". `origin` is where theta itself lies: the values of the weights, or
    zero.
    """

    kind: str
    names: tuple[str, ...]
    directions: Array
    origin: tuple[float, ...]


def flat(program: Program, parameters: Mapping[str, Array]) -> Array:
    """All parameters end to end, in the program's order."""
    return np.concatenate([parameters[name].reshape(-1) for name in program.parameters])


def places(program: Program) -> dict[str, tuple[int, Shape]]:
    """Where every parameter begins in the flat vector, and its shape."""
    found, start = {}, 0
    for name in program.parameters:
        shape = program.values[name].shape
        found[name] = (start, shape)
        start += prod(shape)
    return found


def random_plane(program: Program, theta: Array, spec_seed: int, draw: int = 0) -> Plane:
    """Two random directions, normalised filter by filter: the part that belongs to one unit's incoming weights is as
    long as those weights are. Biases and parameters that are not trained stay as they are.

    Li, Xu, Taylor, Studer & Goldstein, Visualizing the Loss Landscape of Neural Nets (2018), section 4.
    """
    directions = np.zeros((2, theta.size))
    for k in range(2):
        generator = stream(spec_seed, LANDSCAPE, draw, k)
        for name, (start, shape) in places(program).items():
            drawn = generator.normal(size=shape)
            if len(shape) != 2 or name not in program.updates:
                continue
            weights = theta[start : start + prod(shape)].reshape(shape)
            scale = float(np.max(np.abs(weights))) or 1.0  # in units of it, no square overflows
            drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
            with np.errstate(all="ignore"):
                drawn *= np.linalg.norm(weights / scale, axis=1, keepdims=True) * scale
            directions[k, start : start + prod(shape)] = drawn.reshape(-1)
    return Plane("random", ("random 1", "random 2"), read_only(directions), (0.0, 0.0))


def weight_plane(program: Program, theta: Array, addresses: Sequence[tuple[str, tuple[int, ...]]]) -> Plane:
    """The directions of two (or one) single parameters; coordinates are their values.

    Raises SpecError for what is no parameter of the run, or twice the same.
    """
    known = places(program)
    offsets = []
    for name, index in addresses:
        if name not in known:
            raise SpecError("weights", name, "parameters among " + ", ".join(known))
        start, shape = known[name]
        if len(index) != len(shape) or not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
            spans = ", ".join(f"0 to {n - 1}" for n in shape)
            raise SpecError("weights", list(index), f"{name} with indices {spans}")
        offsets.append(start + int(np.ravel_multi_index(index, shape)))
    if len(set(offsets)) != len(offsets):
        raise SpecError("weights", len(offsets), "two different parameters")
    directions = np.zeros((len(offsets), theta.size))
    directions[np.arange(len(offsets)), offsets] = 1.0
    names = tuple(f"{name}[{','.join(map(str, index))}]" for name, index in addresses)
    return Plane("weights", names, read_only(directions), tuple(float(theta[offset]) for offset in offsets))


def path_plane(theta: Array, way: Way) -> Plane:
    """The two directions in which training moved most: the first principal components of the way, seen from theta.

    Li et al. (2018), section 7. Where training did not move, a direction is zero.
    """
    fewer = max(1, len(way) * theta.size // MOST_KEPT)
    moved = [parameters() - theta for parameters in list(way.values())[::fewer]]
    rows = np.array([row for row in moved if np.isfinite(row).all()]).reshape(-1, theta.size)
    scale = float(np.max(np.abs(rows), initial=0.0)) or 1.0
    directions = np.zeros((2, theta.size))
    if len(rows):
        _, lengths, found = np.linalg.svd(rows / scale, full_matrices=False)
        for k, direction in enumerate(found[:2]):
            if lengths[k] > len(rows) * np.finfo(float).eps * lengths[0]:
                directions[k] = direction * np.sign(direction[np.argmax(np.abs(direction))])
    return Plane("path", ("component 1", "component 2"), read_only(directions), (0.0, 0.0))


def line_between(theta: Array, other: Array, step: int) -> Plane:
    """The line to the parameters of another step: 0 is here, 1 is there."""
    return Plane("line", (f"step {step}",), read_only((other - theta)[np.newaxis]), (0.0,))


def project(plane: Plane, moved: Array) -> tuple[Array, float]:
    """The plane's coordinates (relative to its origin) nearest to a movement from theta, by least squares.

    Beside them the share of the movement's squared length that they cover; no movement at all is covered.
    """
    scale = float(np.max(np.abs(moved), initial=0.0))
    if scale == 0:
        return np.zeros(len(plane.names)), 1.0
    moved = moved / scale  # so that squares cannot overflow
    coordinates = np.linalg.lstsq(plane.directions.T, moved, rcond=None)[0]
    return coordinates * scale, float(np.sum((coordinates @ plane.directions) ** 2) / np.sum(moved**2))
