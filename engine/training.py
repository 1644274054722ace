"""Iterations: the parameters at any step, and the trace of any step.

A run is a value, so everything here is a function of the spec and the step; what is kept (checkpoints, the compiled
plans) only saves work. A step is reached by loading the nearest checkpoint before it and replaying from there with
the same compiled code, so the order of questions cannot change an answer.
"""

from __future__ import annotations

import threading
from bisect import bisect_right, insort
from collections.abc import Callable

import numpy as np

from engine.errors import Cancelled
from engine.initializers import INITIALIZERS
from engine.plan import Plan, state_layout, zeros_aligned
from engine.program import Program, compile_program
from engine.rule import Array
from engine.spec import ExperimentSpec
from engine.split import make_split
from engine.streams import ORDER, WEIGHTS, stream
from engine.trace import Trace, read_only

Stop = Callable[[], bool] | None

CHECKPOINT_BYTES = 64 * 2**20
"""Memory for the checkpoints of one run."""
CHECKPOINT_OVERHEAD = 256
"""Bytes a checkpoint takes beside its numbers: the array object and its places in the tables."""
FIRST_SPACING = 32
"""Steps between checkpoints, until there are more than the memory holds; then every other one is dropped."""
POLL_MULTIPLICATIONS = 10_000_000
"""How much work is done between two looks at whether the caller still wants it."""


def initial_parameters(spec: ExperimentSpec, program: Program) -> dict[str, Array]:
    """Every parameter before step 0: given outright, drawn by the layer's initializer, or zero for a bias."""
    given = dict(spec.parameters)
    parameters: dict[str, Array] = {}
    for name in program.parameters:
        value = program.values[name]
        layer = value.layer
        assert layer is not None
        if name in given:
            parameters[name] = np.array(given[name], dtype=np.float64)
        elif len(value.shape) == 1:
            parameters[name] = np.zeros(value.shape)
        else:
            choice = spec.layers[layer - 1].initializer or spec.initializer
            generator = stream(spec.seed, WEIGHTS, layer)
            parameters[name] = INITIALIZERS[choice.kind].draw(generator, value.shape, choice.values)
    return parameters


class _Checkpoints:
    """States by step, thinned out as they grow over the memory they may take."""

    def __init__(self, state: Array, most_bytes: int) -> None:
        self.each = state.nbytes + CHECKPOINT_OVERHEAD
        self.most = max(2, most_bytes // self.each)
        self.spacing = FIRST_SPACING
        self.states: dict[int, Array] = {0: state.copy()}
        self.steps = [0]

    def before(self, step: int) -> int:
        """The last checkpoint at or before a step."""
        return self.steps[bisect_right(self.steps, step) - 1]

    def offer(self, step: int, state: Array) -> None:
        """Keep the state if it falls on the grid and is new."""
        if step % self.spacing or step in self.states:
            return
        self.states[step] = state.copy()
        insort(self.steps, step)
        while len(self.steps) > self.most:
            self.spacing *= 2
            self.states = {k: kept for k, kept in self.states.items() if k % self.spacing == 0}
            self.steps = sorted(self.states)

    @property
    def nbytes(self) -> int:
        """Memory the states take."""
        return len(self.states) * self.each


class Trajectory:
    """The states that follow from a spec, however long the run is: data, plans, checkpoints.

    One thread at a time works in it (`lock`). The state block always holds the parameters before step `position`.
    """

    def __init__(self, spec: ExperimentSpec, checkpoint_bytes: int = CHECKPOINT_BYTES) -> None:
        self.spec = spec
        self.program = compile_program(spec)
        self.split = make_split(spec.data, spec.seed)
        self.x, self.y = self.split.x, self.split.y
        self.layout = state_layout(self.program)
        self.state = zeros_aligned(self.layout.size)
        views = self.layout.views(self.state)
        for name, value in initial_parameters(spec, self.program).items():
            np.copyto(views[name], value)
        self.position = 0
        self.checkpoints = _Checkpoints(self.state, checkpoint_bytes)
        self.lock = threading.RLock()
        self._plans: dict[int, Plan] = {}
        self._order: tuple[int, Array] | None = None
        self._loaded: tuple[int, int] | None = None
        work = 3 * spec.batch * sum(a * b for a, b in zip(spec.widths, spec.widths[1:], strict=False))
        self._chunk = max(1, min(1024, POLL_MULTIPLICATIONS // max(1, work)))

    @property
    def nbytes(self) -> int:
        """Memory held by data, plans and checkpoints, about."""
        plans = sum(plan.block.nbytes for plan in tuple(self._plans.values()))
        return self.x.nbytes + self.y.nbytes + self.state.nbytes + plans + self.checkpoints.nbytes

    def rows(self, step: int) -> Array:
        """The rows of the data that make up the batch of a step: a function of (spec, step) alone."""
        n, batch = self.spec.extent[0], self.spec.batch
        if batch == n:
            return np.arange(n)
        epoch, nth = divmod(step, self.spec.batches_per_epoch)
        if not self.spec.shuffle:
            return np.arange(nth * batch, min((nth + 1) * batch, n))
        if self._order is None or self._order[0] != epoch:
            self._order = (epoch, stream(self.spec.seed, ORDER, epoch).permutation(n))
        return self._order[1][nth * batch : (nth + 1) * batch]

    def plan(self, step: int) -> Plan:
        """The compiled plan for a step, with its batch in place."""
        n, batch = self.spec.extent[0], self.spec.batch
        if batch == n:
            size, key = n, 0
        else:
            nth = step % self.spec.batches_per_epoch
            size, key = min(batch, n - nth * batch), step
        if size not in self._plans:
            self._plans[size] = Plan(self.program, size, self.layout, self.state)
        plan = self._plans[size]
        if self._loaded != (size, key):
            rows = self.rows(step)
            plan.load(self.x[rows], self.y[rows])
            self._loaded = (size, key)
        return plan

    def go(self, step: int, stop: Stop = None) -> None:
        """Bring the state to a step, from where it stands or from the nearest checkpoint.

        Raises Cancelled when `stop` says so; the work done until then is kept.
        """
        start = self.checkpoints.before(step)
        if not start <= self.position <= step:
            np.copyto(self.state, self.checkpoints.states[start])
            self.position = start
        with np.errstate(all="ignore"):
            while self.position < step:
                if stop is not None and stop():
                    raise Cancelled(self.position)
                spacing = self.checkpoints.spacing
                grid = self.position + spacing - self.position % spacing
                self._advance(min(step, grid, self.position + self._chunk))
                self.checkpoints.offer(self.position, self.state)

    def _advance(self, step: int) -> None:
        if self.spec.batch == self.spec.extent[0]:
            self.plan(self.position).run_steps(step - self.position)
        else:
            for k in range(self.position, step):
                self.plan(k).run_steps(1)
        self.position = step

    def full(self, step: int, stop: Stop = None) -> Plan:
        """Go to a step and compute every value of it; the state stays before the step."""
        self.go(step, stop)
        plan = self.plan(step)
        with np.errstate(all="ignore"):
            plan.run_full()
        return plan

    def trace(self, step: int, stop: Stop = None) -> Trace:
        """The trace of a step, in memory of its own."""
        plan = self.full(step, stop)
        rows = self.rows(step)
        values: dict[str, Array] = {
            "a0": read_only(self.x if len(rows) == len(self.x) else self.x[rows]),
            "y": read_only(self.y if len(rows) == len(self.y) else self.y[rows]),
            **{name: read_only(np.array(value)) for name, value in self.program.settings.items()},
            **self.layout.views(read_only(self.state.copy())),
            **plan.layout.views(read_only(plan.block.copy())),
        }
        ordered = {name: values[name] for name in self.program.values}
        return Trace(step, tuple(int(row) for row in rows), ordered, self.program)

    def parameters(self, step: int, stop: Stop = None) -> dict[str, Array]:
        """The parameters before a step, in memory of their own."""
        self.go(step, stop)
        views = self.layout.views(read_only(self.state.copy()))
        return {name: views[name] for name in self.program.parameters}
