"""A program bound to memory and compiled: straight-line NumPy calls over arrays that are allocated once.

Nothing is computed twice over in another form here. Every operation's own kernel is run once against a recorder,
which notes the NumPy calls it makes; the record is written out as one Python function without look-ups, names or
allocations. `run_full` makes every value of a step; `run_steps` makes only what the parameters need, many steps at a
time, and its calls are a subset of the former's on arrays of the same shapes, so both give the same bits.

Memory is laid out for that:

    state     parameters end to end in the order of their updates, frozen ones last; shared by all plans of a run
    values    everything computed; the gradients and the new parameters in the state's order, end to end
    inputs    a0 and y of the batch, and the settings, one array each

Because parameters and gradients lie end to end, the updates of all parameters are one elementwise call on the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from engine.ops import Op, gradient_of
from engine.program import FORWARD, LOSS, UPDATE, Call, Program
from engine.rule import Array, Shape

ALIGNMENT = 8
"""Arrays start at multiples of this many floats (64 bytes), save inside a block laid end to end."""

Instruction = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class Recorder:
    """Notes the calls a kernel makes instead of making them. Scratch and constants are shared between kernels."""

    def __init__(self) -> None:
        self.instructions: list[Instruction] = []
        self._scratch: dict[tuple[Shape, int], Array] = {}
        self._taken: dict[Shape, int] = {}
        self._constants: dict[float, Array] = {}
        self._ones: dict[int, Array] = {}

    def record(self, op: Op, out: Array, operands: Mapping[str, Array]) -> list[Instruction]:
        """The calls by which `op` computes `out` from the operands."""
        self.instructions = []
        self._taken = {}
        op.kernel(self, out, **operands)
        return self.instructions

    def __call__(self, function: Callable[..., Any], *args: Any, **named: Any) -> None:
        """Note one call."""
        self.instructions.append((function, args, named))

    def scratch(self, shape: Shape) -> Array:
        """An array that no other request of the same kernel gets; the next kernel may."""
        nth = self._taken.get(shape, 0)
        self._taken[shape] = nth + 1
        return self._scratch.setdefault((shape, nth), np.zeros(shape))

    def constant(self, value: float) -> Array:
        """The constant as a 0-d array."""
        return self._constants.setdefault(value, np.array(value, dtype=np.float64))

    def ones(self, length: int) -> Array:
        """A vector of ones."""
        return self._ones.setdefault(length, np.ones(length))


@dataclass(frozen=True)
class Layout:
    """Where named arrays lie in one block of floats."""

    offsets: Mapping[str, int]
    shapes: Mapping[str, Shape]
    size: int

    def views(self, block: Array) -> dict[str, Array]:
        """Every named array as a view of the block."""
        return {
            name: block[offset : offset + prod(self.shapes[name])].reshape(self.shapes[name])
            for name, offset in self.offsets.items()
        }

    def span(self, block: Array, names: Sequence[str]) -> Array:
        """The names' arrays, which lie end to end, as one vector."""
        last = names[-1]
        return block[self.offsets[names[0]] : self.offsets[last] + prod(self.shapes[last])]


def lay_out(groups: Iterable[Sequence[str]], shapes: Mapping[str, Shape]) -> Layout:
    """Give every name a place: the names of a group end to end, every group aligned."""
    offsets: dict[str, int] = {}
    end = 0
    for group in groups:
        end = -(-end // ALIGNMENT) * ALIGNMENT
        for name in group:
            offsets[name] = end
            end += prod(shapes[name])
    return Layout(offsets, {name: shapes[name] for name in offsets}, end)


def zeros_aligned(size: int) -> Array:
    """A block of zeros that starts on a 64-byte boundary, with every page touched."""
    raw = np.empty(size + ALIGNMENT)
    start = (-raw.ctypes.data // 8) % ALIGNMENT
    block = raw[start : start + size]
    block.fill(0.0)
    return block


def state_layout(program: Program) -> Layout:
    """Parameters that are updated, in the order of their updates; then the frozen ones."""
    updated = tuple(program.updates)
    frozen = tuple(name for name in program.parameters if name not in program.updates)
    shapes = {name: program.values[name].shape for name in program.parameters}
    return lay_out([group for group in (updated, frozen) if group], shapes)


class Plan:
    """One program, for one batch size, over one state block. Not safe for use by two threads at once."""

    def __init__(self, program: Program, batch: int, layout: Layout, state: Array) -> None:
        self.program = program
        self.batch = batch
        shapes = program.shapes(batch)
        updated = tuple(program.updates)
        grouped = [tuple(map(gradient_of, updated)), tuple(program.updates.values())] if updated else []
        rest = [name for name in program.written if not any(name in group for group in grouped)]
        self.layout = lay_out([*grouped, *((name,) for name in rest)], shapes)
        self.block = zeros_aligned(self.layout.size)
        self.inputs = {
            value.name: zeros_aligned(prod(shapes[value.name])).reshape(shapes[value.name])
            for value in program.values.values()
            if value.source == "batch"
        }
        self.settings = {name: np.array(value) for name, value in program.settings.items()}
        self.arrays: dict[str, Array] = {
            **self.inputs,
            **self.settings,
            **layout.views(state),
            **self.layout.views(self.block),
        }
        self._state_layout = layout
        self._state = state
        self._recorder = Recorder()
        self.segments = {
            call.index: self._record(program.ops[call.op], call) for call in program.calls if call.phase != UPDATE
        }

    def _record(self, op: Op, call: Call) -> list[Instruction]:
        operands = {slot: self.arrays[name] for slot, name in call.bind.items()}
        return self._recorder.record(op, self.arrays[call.writes], operands)

    def _updates(self, in_place: bool) -> list[Instruction]:
        """The updates of all parameters, those of one kernel taken together.

        In place, the new parameters are written straight over the old ones; that is safe because every kernel
        of an update writes its result in its last call (checked here).
        """
        instructions: list[Instruction] = []
        calls = [call for call in self.program.calls if call.phase == UPDATE]
        while calls:
            op = self.program.ops[calls[0].op]
            group = [call for call in calls if self.program.ops[call.op].kernel is op.kernel]
            calls = [call for call in calls if call not in group]
            operands = {slot: self._together([call.bind[slot] for call in group]) for slot in op.slots}
            out = self._together([call.writes for call in group])
            record = self._recorder.record(op, out, operands)
            if in_place:
                if any(arg is out for _, args, named in record[:-1] for arg in (*args, *named.values())):
                    raise ValueError(f"{op.name} writes its result before its last call")
                record = self._recorder.record(op, operands["parameter"], operands)
            instructions += record
        return instructions

    def _together(self, names: list[str]) -> Array:
        """The arrays of several calls laid end to end as one, or the one array they all share."""
        if len(set(names)) == 1:
            return self.arrays[names[0]].reshape(-1) if self.arrays[names[0]].shape else self.arrays[names[0]]
        if names[0] in self._state_layout.offsets:
            return self._state_layout.span(self._state, names)
        return self.layout.span(self.block, names)

    @cached_property
    def run_full(self) -> Callable[[], None]:
        """Compute every value of the step; the state stays as it is, the new parameters stand beside it."""
        forward_and_back = [i for index in sorted(self.segments) for i in self.segments[index]]
        return assemble([*forward_and_back, *self._updates(in_place=False)])

    @cached_property
    def run_to_loss(self) -> Callable[[], None]:
        """Compute the forward pass and the loss."""
        return assemble(
            [i for call in self.program.calls if call.phase in (FORWARD, LOSS) for i in self.segments[call.index]]
        )

    def run_from(self, index: int) -> Callable[[], None]:
        """Compute what of the forward pass and the loss comes after call `index`."""
        return assemble(
            [
                instruction
                for call in self.program.calls[index + 1 :]
                if call.phase in (FORWARD, LOSS)
                for instruction in self.segments[call.index]
            ]
        )

    @cached_property
    def run_steps(self) -> Callable[[int], None]:
        """Take so many steps on the present batch, computing only what the parameters need."""
        needed = _needed(self.program)
        body = [i for index in sorted(self.segments) if index in needed for i in self.segments[index]]
        return assemble([*body, *self._updates(in_place=True)], repeated=True)

    def load(self, x: Array, y: Array) -> None:
        """Put a batch in place."""
        np.copyto(self.inputs["a0"], x)
        np.copyto(self.inputs["y"], y)


def _needed(program: Program) -> set[int]:
    """The calls that some update depends on."""
    wanted = {name for call in program.calls if call.phase == UPDATE for name in call.reads}
    needed = set()
    for call in reversed(program.calls):
        if call.writes in wanted:
            needed.add(call.index)
            wanted |= set(call.reads)
    return needed


def assemble(instructions: Sequence[Instruction], repeated: bool = False) -> Callable[..., None]:
    """Straight-line code for the instructions, as a function; with `repeated`, a function of how many times."""
    names: dict[int, str] = {}
    bound: dict[str, Any] = {}

    def name(value: Any) -> str:
        if id(value) not in names:
            names[id(value)] = f"v{len(names)}"
            bound[names[id(value)]] = value
        return names[id(value)]

    def line(instruction: Instruction) -> str:
        function, args, named = instruction
        given = [*map(name, args), *(f"{key}={name(value)}" for key, value in named.items())]
        return f"{name(function)}({', '.join(given)})"

    lines = [line(instruction) for instruction in instructions]
    body = "\n            ".join(lines or ["pass"])
    head = "count" if repeated else ""
    times = "count" if repeated else "1"
    source = f"""
def make({", ".join(bound)}):
    def run({head}):
        for _ in range({times}):
            {body}
    return run
"""
    scope: dict[str, Any] = {}
    exec(compile(source, "<plan>", "exec"), scope)
    run: Callable[..., None] = scope["make"](**bound)
    return run
