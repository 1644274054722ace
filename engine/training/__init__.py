"""Iterations: the parameters at any step, and the trace of any step.

A run is a value, so everything here is a function of the spec and the step; what is kept (checkpoints, the compiled
plans) only saves work. A step is reached by loading the nearest checkpoint before it and replaying from there with
the same compiled code, so the order of questions cannot change an answer.

    checkpoints     states kept along a run
    kept            trajectories kept ready for the next question
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from engine.data.split import DataSplit, make_split
from engine.errors import Cancelled
from engine.layers.initializers import INITIALIZERS
from engine.layers.regularisers import draw_mask
from engine.program import Program, compile_program
from engine.program.plan import Plan, state_layout, zeros_aligned
from engine.program.trace import Trace, Values, read_only
from engine.program.updates import BASE_RATE, RATE, STEP
from engine.rules.rule import Array
from engine.spec import ExperimentSpec, layer_parts
from engine.streams import DROPOUT, ORDER, WEIGHTS, stream
from engine.threads import one_thread
from engine.training.checkpoints import CHECKPOINT_BYTES, Checkpoints

Stop = Callable[[], bool] | None

TRAJECTORY_BYTES = 64 * 2**10
"""What a trajectory takes beside its numbers: its plans, mostly."""
POLL_MULTIPLICATIONS = 10_000_000
"""How much work is done between two looks at whether the caller still wants it."""


def edited_data(data: DataSplit, spec: ExperimentSpec) -> DataSplit:
    """The examples with the inputs and targets that the last edit of the spec sets."""
    return data.edited(_with_cells(data.x, "x", spec), _with_cells(data.y, "y", spec))


def _with_cells(array: Array, name: str, spec: ExperimentSpec) -> Array:
    cells = [(index, value) for of, index, value in spec.edits[-1].cells if of == name]
    if not cells:
        return array
    changed = np.array(array)
    for index, value in cells:
        changed[index] = value
    return read_only(changed)


def edited_settings(trunk: Trajectory, spec: ExperimentSpec) -> dict[str, float]:
    """The settings with those that the last edit of the spec sets."""
    edited = dict(spec.edits[-1].settings)
    if BASE_RATE in trunk.settings and RATE in edited:
        edited[BASE_RATE] = edited.pop(RATE)
    return {name: edited.get(name, value) for name, value in trunk.settings.items()}


def initial_state(spec: ExperimentSpec, program: Program) -> dict[str, Array]:
    """Everything that is kept from step to step, before step 0.

    A parameter is given outright, drawn by the layer's initializer, or starts at its own value (a bias at zero); the
    optimizer's memory starts where the optimizer says.
    """
    given = dict(spec.parameters)
    state = {name: np.full(program.values[name].shape, start) for name, start in program.starts.items()}
    for layer, (settings, parts) in enumerate(zip(spec.layers, layer_parts(spec), strict=True), start=1):
        for name, start in parts.parameters.items():
            if name in given:
                state[name] = np.array(given[name], dtype=np.float64)
            elif start.value is not None:
                state[name] = np.full(start.shape, start.value)
            else:
                choice = settings.initializer or spec.initializer
                generator = stream(spec.seed, WEIGHTS, layer)
                state[name] = INITIALIZERS[choice.kind].draw(generator, start.shape, choice.values)
    return state


class Trajectory:
    """The states that follow from a spec, however long the run is: data, plans, checkpoints.

    A spec with edits grows from another one: before `start`, the step of its last edit, everything is asked of its
    `trunk`, the same run without that edit. One thread at a time works in it, its trunk and their other branches
    (`lock`). The state block always holds the state before step `position`.
    """

    def __init__(
        self,
        spec: ExperimentSpec,
        checkpoint_bytes: int = CHECKPOINT_BYTES,
        trunk: Trajectory | None = None,
    ) -> None:
        self.spec = spec
        self.program = compile_program(spec)
        self.trunk = (trunk or Trajectory(spec.trunk(), checkpoint_bytes)) if spec.edits else None
        self.start = spec.edits[-1].step if spec.edits else 0
        self.split: DataSplit
        self.split = make_split(spec.data, spec.seed) if self.trunk is None else edited_data(self.trunk.split, spec)
        self.settings = dict(self.program.settings) if self.trunk is None else edited_settings(self.trunk, spec)
        self.layout = state_layout(self.program)
        self.state = zeros_aligned(self.layout.size)
        self.position = self.start
        self.checkpoints: Checkpoints | None = None
        self.lock: threading.RLock = threading.RLock() if self.trunk is None else self.trunk.lock
        self._checkpoint_bytes = checkpoint_bytes
        self._plans: dict[int, Plan] = {}
        self._order: tuple[int, Array] | None = None
        self._loaded: tuple[int, int] | None = None
        self._computed: tuple[int, Plan] | None = None
        self._constant = {name: read_only(np.array(value)) for name, value in self.settings.items() if name != STEP}
        self._given_bytes = spec.nbytes + self.split.nbytes
        self._all_rows = read_only(np.arange(spec.extent[0]))
        work = 3 * spec.batch * sum(a * b for a, b in zip(spec.widths, spec.widths[1:], strict=False))
        self._chunk = max(1, min(1024, POLL_MULTIPLICATIONS // max(1, work)))
        self._alike = spec.batch == spec.extent[0] and not self.program.masks
        if self.trunk is None:
            self._begin(None)

    @property
    def x(self) -> Array:
        """The inputs of the training examples."""
        return self.split.x

    @property
    def y(self) -> Array:
        """The targets of the training examples."""
        return self.split.y

    @property
    def nbytes(self) -> int:
        """Memory held by the spec, data, plans and checkpoints, about."""
        plans = sum(plan.block.nbytes for plan in tuple(self._plans.values()))
        kept = self.checkpoints.nbytes if self.checkpoints else 0
        return TRAJECTORY_BYTES + self._given_bytes + self.state.nbytes + plans + kept

    def owner(self, step: int) -> Trajectory:
        """The trajectory whose data and settings are in force at a step: this one, or the one it grew from."""
        return self if self.trunk is None or step >= self.start else self.trunk.owner(step)

    def rows(self, step: int) -> Array:
        """The rows of the data that make up the batch of a step: a function of (spec, step) alone."""
        n, batch = self.spec.extent[0], self.spec.batch
        if batch == n:
            return self._all_rows
        epoch, nth = divmod(step, self.spec.batches_per_epoch)
        if not self.spec.shuffle:
            return self._all_rows[nth * batch : min((nth + 1) * batch, n)]
        if self._order is None or self._order[0] != epoch:
            self._order = (epoch, stream(self.spec.seed, ORDER, epoch).permutation(n))
        return self._order[1][nth * batch : (nth + 1) * batch]

    def masks(self, step: int, batch: int) -> dict[str, Array]:
        """The dropout masks of a step: a function of (spec, step) alone."""
        drawn = {}
        for name, (width, probability) in self.program.masks.items():
            layer = self.program.values[name].layer
            assert layer is not None
            drawn[name] = draw_mask(stream(self.spec.seed, DROPOUT, layer, step), (batch, width), probability)
        return drawn

    def plan(self, step: int) -> Plan:
        """The compiled plan for a step, with its batch, its masks and its number in place."""
        size = self.spec.batch_at(step)
        if size not in self._plans:
            self._plans[size] = Plan(self.program, size, self.layout, self.state, self.settings)
        plan = self._plans[size]
        key = (size, 0 if self._alike else step)
        if self._loaded != key:
            rows = self.rows(step)
            plan.load({"a0": self.x[rows], "y": self.y[rows], **self.masks(step, size)})
            self._loaded = key
        plan.set_step(step)
        return plan

    def _begin(self, stop: Stop) -> Checkpoints:
        """Put the first state in place: the initial one, or the trunk's with the edit made."""
        if self.checkpoints is None:
            views = self.layout.views(self.state)
            if self.trunk is None:
                for name, value in initial_state(self.spec, self.program).items():
                    np.copyto(views[name], value)
            else:
                self.trunk.go(self.start, stop)
                np.copyto(self.state, self.trunk.state)
                for name, index, number in self.spec.edits[-1].cells:
                    if name in views:
                        views[name][index] = number
            self.position = self.start
            self.checkpoints = Checkpoints(self.start, self.state, self._checkpoint_bytes)
        return self.checkpoints

    def go(self, step: int, stop: Stop = None) -> None:
        """Bring the state to a step, from where it stands or from the nearest checkpoint.

        Raises Cancelled when `stop` says so; the work done until then is kept.
        """
        if self.trunk is not None and step < self.start:
            self.trunk.go(step, stop)
            np.copyto(self.state, self.trunk.state)
            self.position = step
            return
        checkpoints = self._begin(stop)
        nearest = checkpoints.before(step)
        if not nearest <= self.position <= step:
            np.copyto(self.state, checkpoints.states[nearest])
            self.position = nearest
        if self.position == step:
            return
        if self._computed is not None and self._computed[0] == self.position:
            # Every value of the step was computed already, its new parameters too.
            self._computed[1].carry()
            self.position += 1
            checkpoints.offer(self.position, self.state)
        self._computed = None
        if self.position == step:
            return
        with np.errstate(all="ignore"), one_thread:
            while self.position < step:
                if stop is not None and stop():
                    raise Cancelled(self.position)
                self._advance(min(step, checkpoints.next_after(self.position), self.position + self._chunk))
                checkpoints.offer(self.position, self.state)

    def _advance(self, step: int) -> None:
        if self._alike:
            self.plan(self.position).run_steps(step - self.position)
        else:
            for k in range(self.position, step):
                self.plan(k).run_steps(1)
        self.position = step

    def full(self, step: int, stop: Stop = None) -> Plan:
        """Go to a step and compute every value of it; the state stays before the step."""
        self.go(step, stop)
        if self.trunk is not None and step < self.start:
            return self.trunk.full(step, stop)
        plan = self.plan(step)
        with np.errstate(all="ignore"), one_thread:
            plan.run_full()
        self._computed = (step, plan)
        return plan

    def trace(self, step: int, stop: Stop = None) -> Trace:
        """The trace of a step, in memory of its own."""
        if self.trunk is not None and step < self.start:
            return self.trunk.trace(step, stop)
        plan = self.full(step, stop)
        rows = self.rows(step)
        if self.spec.batch == self.spec.extent[0]:
            given = {"a0": self.x, "y": self.y, **self._constant}
        else:
            given = {"a0": read_only(self.x[rows]), "y": read_only(self.y[rows]), **self._constant}
        for name in self.program.fresh:
            given[name] = read_only(plan.arrays[name].copy())
        blocks = (
            (self.layout, read_only(self.state.copy())),
            (plan.layout, read_only(plan.block.copy())),
        )
        return Trace(step, rows, Values(self.program.names, given, blocks), self.program)

    def parameters(self, step: int, stop: Stop = None) -> dict[str, Array]:
        """The parameters before a step, in memory of their own."""
        self.go(step, stop)
        views = self.layout.views(read_only(self.state.copy()))
        return {name: views[name] for name in self.program.parameters}
