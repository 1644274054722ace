"""What a network makes of every point of its input plane, or of a line through it.

Two inputs (or one) run over a grid on the scale of the data; the others are held still. A grid point goes the way an
example goes: features and scaling first, then the network, outside training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from engine.data.split import DataSplit
from engine.errors import SpecError, UnknownNameError
from engine.figures.metrics import Judge, Task, task_of
from engine.losses.targets import CLASSES
from engine.program import Program
from engine.program.calls import FORWARD
from engine.program.evaluate import Evaluator, Stop, scores_of
from engine.program.trace import read_only
from engine.rules.quantities import EXAMPLE
from engine.rules.rule import Array

MARGIN = 0.1
"""How far the grid goes beyond the data, as a share of its width."""


@dataclass(frozen=True, eq=False)
class Axis:
    """One input and the values it takes, ascending, on the scale of the data."""

    input: int
    name: str
    values: Array


@dataclass(frozen=True)
class Grid:
    """Which inputs run, how finely, and what holds the others. Without `inputs`, the first two; or the only one.

    `at` is the row of a training example whose other inputs are kept; None keeps them at the mean of all training
    examples. `low` and `high` bound the axes; None is the range of the data, training and test, with a margin.
    """

    inputs: tuple[int, ...]
    resolution: int
    at: int | None = None
    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None


@dataclass(frozen=True, eq=False)
class Surface:
    """Values over a grid: `values[name]` is (units, rows, columns), or (units, columns) over a line.

    Column i is at `axes[0].values[i]`, row j at `axes[1].values[j]`. `held` has every other input's value. `middles`
    has for every name the value that parts a unit's two sides: what it is where z is 0, or where two classes meet.
    `regions` has the number of the class a point is given, -1 where an output is no number; None where no class is
    decided on, or several at once.
    """

    axes: tuple[Axis, ...]
    held: Mapping[str, float]
    values: Mapping[str, Array]
    middles: Mapping[str, float]
    labels: tuple[int, ...]
    regions: Array | None


def surface_names(program: Program) -> tuple[str, ...]:
    """The values that can be mapped: what the forward pass makes of each example."""
    return tuple(
        call.writes
        for call in program.calls
        if call.phase == FORWARD and EXAMPLE in program.values[call.writes].quantity.axes
    )


def surface(
    program: Program,
    loss: str,
    split: DataSplit,
    parameters: Mapping[str, Array],
    names: Sequence[str],
    grid: Grid,
    units: Sequence[int] | None = None,
    stop: Stop = None,
) -> Surface:
    """The values called `names` over a grid, of all units or of those given.

    Raises SpecError for inputs, rows or bounds that cannot be, UnknownNameError for a value that is not of the forward
    pass, Cancelled when `stop` says so.
    """
    known = surface_names(program)
    for name in names:
        if name not in known:
            raise UnknownNameError("name", name, known)
        for unit in units or ():
            if not 0 <= unit < program.values[name].shape[1]:
                raise SpecError("unit", unit, f"0 to {program.values[name].shape[1] - 1}, the units of {name}")
    axes, held, points = lay_out(split, grid)
    scores = scores_of(program)
    evaluator = Evaluator(program, points, None, dict.fromkeys((*names, scores)))
    evaluator.load(parameters)
    found = evaluator.run(stop)
    shape = tuple(len(axis.values) for axis in reversed(axes))
    chosen = slice(None) if units is None else list(units)
    values = {
        name: read_only(np.ascontiguousarray(found[name].T[chosen]).reshape(-1, *shape))
        for name in dict.fromkeys(names)
    }
    task = task_of(loss, program, split.y)
    middles = {name: middle(program, task, name) for name in values}
    regions = None
    if task.decide is not None:
        decided = Judge(task, split.y).decisions(found[scores])
        if decided.shape[1] == 1:
            regions = read_only(decided[:, 0].astype(np.int64).reshape(shape))
    return Surface(axes, held, values, middles, task.labels, regions)


def middle(program: Program, task: Task, name: str) -> float:
    """The value that parts the two sides of a unit: the threshold of its two classes, or what it is where z is 0."""
    if name == scores_of(program) and task.decide is not None and task.decide != CLASSES:
        return task.threshold
    call = program.written[name]
    if call.layer is not None and "a" in call.bind and call.bind["a"] == f"a{call.layer}":
        call = program.written[call.bind["a"]]  # dropout passes on the activation of its own layer
    if "z" not in call.bind:
        return 0.0
    op = program.ops[call.op]
    width = program.values[call.writes].shape[1]
    operands = {slot: np.zeros((1, width) if slot == "z" else (width,)) for slot in op.slots}
    return float(op(**operands)[0, 0])


def lay_out(split: DataSplit, grid: Grid) -> tuple[tuple[Axis, ...], dict[str, float], Array]:
    """The axes of a grid, the values that are held, and every grid point as the network is given it, row by row."""
    inputs, examples = split.inputs.shape[1], split.inputs
    grid = grid if grid.inputs else replace(grid, inputs=tuple(range(min(2, inputs))))
    _check(grid, inputs, len(examples))
    axes = []
    for k, chosen in enumerate(grid.inputs):
        low, high = _range(split, chosen)
        low = low if grid.low is None else grid.low[k]
        high = high if grid.high is None else grid.high[k]
        axes.append(Axis(chosen, f"x{chosen}", read_only(np.linspace(low, high, grid.resolution))))
    rest = examples.mean(axis=0) if grid.at is None else examples[grid.at]
    points = np.tile(rest, (prod(len(axis.values) for axis in axes), 1))
    for axis, across in zip(axes, np.meshgrid(*(axis.values for axis in axes)), strict=True):
        points[:, axis.input] = across.reshape(-1)
    held = {f"x{i}": float(rest[i]) for i in range(inputs) if i not in grid.inputs}
    return tuple(axes), held, split.prepare(points)


def _range(split: DataSplit, chosen: int) -> tuple[float, float]:
    """From where to where an input runs: over the plane of the data, or over all examples with a margin."""
    if chosen < len(split.plane):
        low, high = split.plane[chosen]
        return float(low), float(high)
    column = np.concatenate([split.inputs[:, chosen], split.inputs_test[:, chosen]])
    least, most = float(column.min()), float(column.max())
    margin = MARGIN * (most - least) or 1.0
    return least - margin, most + margin


def _check(grid: Grid, inputs: int, examples: int) -> None:
    if len(grid.inputs) > 2 or len(set(grid.inputs)) != len(grid.inputs):
        raise SpecError("inputs", list(grid.inputs), "one input, or two different ones")
    for chosen in grid.inputs:
        if not 0 <= chosen < inputs:
            raise SpecError("inputs", chosen, f"0 to {inputs - 1}")
    if grid.at is not None and not 0 <= grid.at < examples:
        raise SpecError("at", grid.at, f"0 to {examples - 1}, the rows of the training examples")
    for name, bounds in (("low", grid.low), ("high", grid.high)):
        if bounds is not None and len(bounds) != len(grid.inputs):
            raise SpecError(name, list(bounds), "a number for each input")
    if grid.low and grid.high and not all(low < high for low, high in zip(grid.low, grid.high, strict=True)):
        raise SpecError("high", list(grid.high), "numbers above those of low")
