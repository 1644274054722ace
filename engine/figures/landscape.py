"""The loss around the parameters of a step: over two directions, and the way that training took, seen on that plane.

A point of the plane is `theta + x * first + y * second`, where theta is all parameters of the step end to end. The
directions are random and normalised filter by filter, or those in which training moved most, or single weights, or the
line to another step. Everything works on arrays of its own; a run is asked for its parameters and otherwise left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from engine.errors import Cancelled
from engine.figures.planes import Plane, Way, line_between, path_plane, places, project, random_plane, weight_plane
from engine.program import Program
from engine.program.evaluate import Evaluator, Stop
from engine.program.trace import read_only
from engine.rules.rule import Array
from engine.threads import one_thread

WORK = 20_000_000_000
"""Multiplications that one landscape may take, about; where they would be more, fewer examples are evaluated."""
FEWEST_EXAMPLES = 32
ROOM = 0.15
"""A plane reaches so much further than the way of training."""


@dataclass(frozen=True, eq=False)
class Path:
    """Where training passed: the plane's coordinates nearest to the parameters of some steps, by least squares.

    `inside` is the share of the squared distance from the origin that lies in the plane, for each of them: 1 where the
    plane holds the point itself. `loss` is that of the parameters as they were, not of the point in the plane.
    """

    steps: tuple[int, ...]
    coordinates: Array
    inside: Array
    loss: Array


@dataclass(frozen=True, eq=False)
class Landscape:
    """The loss over a plane: `loss[j, i]` at `axes[0][i]`, `axes[1][j]`; over a line, `loss[i]`.

    `penalty` stands beside it where the run has one. `examples` of the set's `of` examples were used.
    """

    plane: Plane
    axes: tuple[Array, ...]
    loss: Array
    penalty: Array | None
    path: Path
    examples: int
    of: int


@dataclass(frozen=True)
class LandscapeView:
    """Which landscape is asked for: the `kind` of plane, with the `draw` of random directions, the `weights`, or the
    step the line leads `to`; the set of `examples`, "train" or "test"; the points along each direction; how far to go
    each way, in units of the directions (None: as far as training went, and at least 1); how many points of the way of
    training to show; and how many multiplications it may take, about.
    """

    kind: str = "random"
    draw: int = 0
    weights: tuple[tuple[str, tuple[int, ...]], ...] = ()
    to: int = 0
    examples: str = "train"
    resolution: int = 25
    span: float | None = None
    path: int = 50
    work: int = WORK


def plane_of(
    program: Program, theta: Array, view: LandscapeView, spec_seed: int, way: Way, there: Array | None = None
) -> Plane:
    """The plane a view asks for; `there` is the other end of a line."""
    if view.kind == "path":
        with one_thread:
            return path_plane(theta, way)
    if view.kind == "weights":
        return weight_plane(program, theta, view.weights)
    if view.kind == "line":
        assert there is not None
        return line_between(theta, there, view.to)
    return random_plane(program, theta, spec_seed, view.draw)


def spread(last: int, points: int) -> list[int]:
    """So many steps from 0 to `last`, evenly spaced, both among them; none at all for no points."""
    return sorted({i * last // max(1, points - 1) for i in range(points)})


def landscape(
    program: Program,
    x: Array,
    y: Array,
    theta: Array,
    plane: Plane,
    view: LandscapeView,
    way: Way,
    settings: Mapping[str, float] | None = None,
    stop: Stop = None,
) -> Landscape:
    """The loss on a grid over a plane through theta, and the way of training on it: `way` gives the parameters of some
    steps, which are asked for one after the other and not kept.

    Raises Cancelled when `stop` says so, between two points.
    """
    points = view.resolution ** len(plane.names)
    used = _examples(program, len(x), points + len(way), view.work)
    names = ("loss", "penalty") if "penalty" in program.written else ("loss",)
    evaluator = Evaluator(program, x[used], y[used], names)
    evaluator.set(settings or {})

    def heights_at(flat_parameters: Array) -> list[float]:
        if stop is not None and stop():
            raise Cancelled(0)
        evaluator.theta[:] = flat_parameters
        values = evaluator.run(stop)
        return [float(values[name]) for name in names]

    with np.errstate(all="ignore"), one_thread:
        path = _path(plane, theta, way, lambda there: heights_at(there)[0])
        axes = _axes(plane, view, path.coordinates - np.array(plane.origin))
        shape = tuple(len(axis) for axis in reversed(axes))
        heights = np.empty((len(names), *shape))
        for place in np.ndindex(*shape):
            there = theta
            for direction, axis, i in zip(plane.directions, axes, reversed(place), strict=True):
                there = there + axis[i] * direction
            heights[:, *place] = heights_at(there)
        shown = tuple(read_only(axis + start) for axis, start in zip(axes, plane.origin, strict=True))
    return Landscape(
        plane,
        shown,
        read_only(heights[0]),
        read_only(heights[1]) if "penalty" in names else None,
        path,
        len(used),
        len(x),
    )


def _path(
    plane: Plane, theta: Array, way: Mapping[int, Callable[[], Array]], loss_at: Callable[[Array], float]
) -> Path:
    """The way on the plane; steps whose parameters are not finite are left out."""
    steps, coordinates, inside, loss = [], [], [], []
    if not np.isfinite(plane.directions).all():
        way = {}
    for step, parameters in way.items():
        there = parameters()
        if not np.isfinite(there - theta).all():
            continue
        nearest, covered = project(plane, there - theta)
        steps.append(step)
        coordinates.append(nearest + np.array(plane.origin))
        inside.append(covered)
        loss.append(loss_at(there))
    laid = np.array(coordinates).reshape(len(steps), len(plane.names))
    return Path(tuple(steps), read_only(laid), read_only(np.array(inside)), read_only(np.array(loss)))


def _axes(plane: Plane, view: LandscapeView, coordinates: Array) -> list[Array]:
    """The grid along each direction, relative to theta.

    A line reaches from before its one end to beyond its other. A random plane reaches equally far all round. Otherwise
    each direction takes in the whole way of training, with some room.
    """
    if plane.kind == "line":
        beyond = 0.5 if view.span is None else view.span
        return [np.linspace(-beyond, 1 + beyond, view.resolution)]
    if view.span is not None or plane.kind == "random":
        reach = view.span or max(1.0, (1 + ROOM) * float(np.max(np.abs(coordinates), initial=0.0)))
        return [np.linspace(-reach, reach, view.resolution) for _ in plane.names]
    axes = []
    for k in range(len(plane.names)):
        low, high = float(np.min(coordinates[:, k], initial=0.0)), float(np.max(coordinates[:, k], initial=0.0))
        room = ROOM * (high - low) or 1.0
        axes.append(np.linspace(low - room, high + room, view.resolution))
    return axes


def _examples(program: Program, examples: int, points: int, work: int) -> Array:
    """The rows to evaluate on: all, or as many as the work allows, evenly spaced."""
    each = sum(prod(shape) for _, shape in places(program).values())
    affordable = max(FEWEST_EXAMPLES, work // max(1, each * points))
    if affordable >= examples:
        return np.arange(examples)
    return np.unique(np.linspace(0, examples - 1, affordable).astype(np.intp))
