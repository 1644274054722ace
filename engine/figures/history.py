"""Figures of a run at some of its steps: loss, metrics, and per layer how large and how alive everything is.

Each asked step is computed in full once. What is measured of its arrays is measured for many steps at a time: the
arrays wait in a window of bounded size, and one call on the window gives the figures of all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.errors import Cancelled
from engine.figures import health
from engine.figures.metrics import Judge
from engine.figures.sets import SETS, TEST, TRAIN, Sets, has_test
from engine.program import Program
from engine.program.evaluate import Stop
from engine.program.plan import Plan
from engine.program.trace import read_only
from engine.rules.rule import Array
from engine.training import Trajectory

PARTS = ("loss", "penalty", "norms", "quantiles", "ratios", "train", "test", "dead", "saturated")
USUAL = ("loss", "penalty", "norms")
MEASURED = ("z", "a", "delta", "dW")
"""Quantities with norms and quantiles."""
LEVELS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""The quantiles that are given: from the smallest number over the median to the largest."""
WINDOW_NUMBERS = 1_000_000
"""Numbers that wait to be measured."""


@dataclass(frozen=True, eq=False)
class Figures:
    """Loss, accuracy and R² of a set of examples, with the parameters before each step. What does not apply is None."""

    loss: Array
    accuracy: Array | None
    r2: Array | None


@dataclass(frozen=True, eq=False)
class History:
    """Figures of a run at some steps; what was not asked for, or does not apply, is empty or None.

    `loss` is that of the step's batch, `penalty` that of the parameters before the step. `norms` has the Euclidean norm
    of each z, a, delta and dW, `quantiles` a row of LEVELS for each step. `ratios` is the norm of a parameter's change
    over its own norm. `dead` is the share of a layer's units that no training example wakes, `saturated` the share of
    its activations over the training examples where the function is nearly flat.
    """

    steps: tuple[int, ...]
    loss: Array
    norms: Mapping[str, Array] = field(default_factory=dict)
    penalty: Array | None = None
    quantiles: Mapping[str, Array] = field(default_factory=dict)
    ratios: Mapping[str, Array] = field(default_factory=dict)
    dead: Mapping[str, Array] = field(default_factory=dict)
    saturated: Mapping[str, Array] = field(default_factory=dict)
    train: Figures | None = None
    test: Figures | None = None


def history(
    trajectory: Trajectory, steps: Sequence[int], include: Collection[str] = USUAL, stop: Stop = None
) -> History:
    """The figures named in `include` (of PARTS) at the given steps, which should ascend. One thread at a time."""
    program, points = trajectory.program, len(steps)
    columns: dict[str, Array] = {name: np.empty(points) for name in ("loss", "penalty") if name in program.values}
    arrays = _Arrays(program, points, include)
    units = _Units(program, points, include)
    sets = Sets(trajectory, units.reads)
    judged = {name: _Judged(points) for name in SETS if name in include and (name == TRAIN or has_test(trajectory))}
    for i, step in enumerate(steps):
        if stop is not None and stop():
            raise Cancelled(step)
        plan = trajectory.full(step, stop)
        for name, column in columns.items():
            column[i] = plan.arrays[name]
        arrays.take(i, plan)
        owner = trajectory.owner(step)
        for examples in SETS:
            if examples not in judged and not (units and examples == TRAIN):
                continue
            seen = sets.values(examples, owner, plan.arrays, plan.arrays, stop)
            if examples == TRAIN:
                units.take(i, seen)
            if examples in judged:
                judged[examples].take(i, sets.judge(examples, owner), seen[sets.scores], float(seen["loss"]))
    arrays.finish()
    return History(
        tuple(steps),
        read_only(columns["loss"]) if "loss" in include else _NOTHING,
        penalty=read_only(columns["penalty"]) if "penalty" in columns and "penalty" in include else None,
        norms=arrays.norms,
        quantiles=arrays.quantiles,
        ratios=arrays.ratios,
        dead=units.dead,
        saturated=units.saturated,
        train=judged[TRAIN].figures if TRAIN in judged else None,
        test=judged[TEST].figures if TEST in judged else None,
    )


def history_width(program: Program, include: Collection[str]) -> int:
    """How many numbers one step of such a history has at most."""
    measured = sum(program.values[name].quantity.key in MEASURED for name in program.written)
    layers = sum(program.values[name].quantity.key == "a" for name in program.written)
    widths = {
        "norms": measured,
        "quantiles": measured * len(LEVELS),
        "ratios": len(program.updates),
        "train": 3,
        "test": 3,
        "dead": layers,
        "saturated": layers,
    }
    return 1 + sum(widths.get(part, 1) for part in include)


_NOTHING = read_only(np.empty(0))


class _Arrays:
    """Norms, quantiles and ratios of the arrays of many steps: they are copied into windows, and measured together."""

    def __init__(self, program: Program, points: int, include: Collection[str]) -> None:
        measured = [name for name in program.written if program.values[name].quantity.key in MEASURED]
        self._updates = dict(program.updates) if "ratios" in include else {}
        self._measured = measured if {"norms", "quantiles"} & set(include) else []
        self._names = [*self._measured, *self._updates, *self._updates.values()]
        self._windows: dict[int, _Window] = {}
        self.norms = {name: np.empty(points) for name in measured if "norms" in include}
        self.quantiles = {name: np.empty((points, len(LEVELS))) for name in measured if "quantiles" in include}
        self.ratios = {name: np.empty(points) for name in self._updates}
        self._points = points

    def take(self, i: int, plan: Plan) -> None:
        """Copy what is measured of a step."""
        if not self._names:
            return
        window = self._windows.get(plan.batch)
        if window is None:
            window = self._windows[plan.batch] = _Window({n: plan.arrays[n] for n in self._names}, self._points)
        window.add(i, plan.arrays)
        if window.is_full:
            self._measure(window)

    def finish(self) -> None:
        """Measure what still waits."""
        for window in self._windows.values():
            if window.places:
                self._measure(window)

    def _measure(self, window: _Window) -> None:
        places, rows = window.places, window.rows()
        with np.errstate(all="ignore"):
            for name in self.norms:
                self.norms[name][places] = norm(rows[name])
            for name in self.quantiles:
                self.quantiles[name][places] = quantiles(rows[name])
            for name, new in self._updates.items():
                self.ratios[name][places] = norm(rows[new] - rows[name]) / norm(rows[name])
        window.places = []


class _Window:
    """Room for the arrays of some steps, one row for each step."""

    def __init__(self, arrays: Mapping[str, Array], points: int) -> None:
        numbers = sum(array.size for array in arrays.values())
        self._room = max(1, min(points, WINDOW_NUMBERS // max(1, numbers)))
        self._rows = {name: np.empty((self._room, *array.shape)) for name, array in arrays.items()}
        self.places: list[int] = []

    @property
    def is_full(self) -> bool:
        """Is there no room for another step?"""
        return len(self.places) == self._room

    def add(self, place: int, arrays: Mapping[str, Array]) -> None:
        """Copy the arrays of a step."""
        k = len(self.places)
        for name, rows in self._rows.items():
            rows[k] = arrays[name]
        self.places.append(place)

    def rows(self) -> dict[str, Array]:
        """What was copied: name to (steps, numbers)."""
        count = len(self.places)
        return {name: rows[:count].reshape(count, -1) for name, rows in self._rows.items()}


class _Units:
    """Shares of dead and saturated units, layer by layer."""

    def __init__(self, program: Program, points: int, include: Collection[str]) -> None:
        flats = health.flats(program)
        self._dying = [flat for flat in flats if flat.dies and "dead" in include]
        self._saturating = [flat for flat in flats if flat.saturates and "saturated" in include]
        self.dead = {flat.name: np.empty(points) for flat in self._dying}
        self.saturated = {flat.name: np.empty(points) for flat in self._saturating}

    def __bool__(self) -> bool:
        """Is there anything to look at?"""
        return bool(self.reads)

    @property
    def reads(self) -> list[str]:
        """The values that have to be known of the training examples."""
        return [flat.z for flat in (*self._dying, *self._saturating)]

    def take(self, i: int, values: Mapping[str, Array]) -> None:
        """Look at the values of the training examples at a step."""
        for flat in self._dying:
            self.dead[flat.name][i] = np.mean(flat.dead(values[flat.z]))
        for flat in self._saturating:
            self.saturated[flat.name][i] = np.mean(flat.where(values[flat.z]))


class _Judged:
    """Figures of one set of examples at many steps."""

    def __init__(self, points: int) -> None:
        self._loss, self._accuracy, self._r2 = (np.empty(points) for _ in range(3))
        self._decides = self._explains = False

    def take(self, i: int, judge: Judge, scores: Array, loss: float) -> None:
        """Judge the outputs of a step."""
        self._decides, self._explains = judge.decides, self._explains or judge.explains
        self._loss[i] = loss
        with np.errstate(all="ignore"):
            self._accuracy[i] = _or_nan(judge.accuracy(scores))
            self._r2[i] = _or_nan(judge.r_squared(scores))

    @property
    def figures(self) -> Figures:
        """What was found."""
        return Figures(
            read_only(self._loss),
            read_only(self._accuracy) if self._decides else None,
            read_only(self._r2) if self._explains else None,
        )


def norm(rows: Array) -> Array:
    """The Euclidean norm of each row; squares neither overflow nor vanish on the way."""
    largest = np.max(np.abs(rows), axis=1)
    usual = (largest > 0) & (largest < np.inf)
    scale = np.where(usual, largest, 1.0)[:, np.newaxis]
    with np.errstate(all="ignore"):
        return np.asarray(np.where(usual, largest * np.sqrt(np.sum((rows / scale) ** 2, axis=1)), largest))


def quantiles(rows: Array) -> Array:
    """The LEVELS of each row, by linear interpolation between its sorted numbers; NaN where the row has one."""
    ordered = np.sort(rows, axis=1)
    places = np.array(LEVELS) * (rows.shape[1] - 1)
    low = np.floor(places).astype(np.intp)
    below, above = ordered[:, low], ordered[:, np.minimum(low + 1, rows.shape[1] - 1)]
    part = places - low
    with np.errstate(all="ignore"):
        between = np.where((part == 0) | np.isinf(below), below, below + (above - below) * part)
    return np.asarray(np.where(np.isnan(ordered[:, -1:]), np.nan, between))


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
