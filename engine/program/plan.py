"""A program bound to memory and compiled: straight-line NumPy calls over arrays that are allocated once.

Nothing is computed twice over in another form here. Every operation's own kernel is run once against a recorder,
which notes the NumPy calls it makes; the record is written out as one Python function without look-ups, names or
allocations. `run_full` makes every value of a step; `run_steps` makes only what the parameters need, many steps at a
time, and its calls are a subset of the former's on arrays of the same shapes, so both give the same bits.

Memory is laid out for that:

    state     what is kept from step to step: parameters end to end in the order of their updates, the optimizer's
              memory in the same order, single numbers, frozen parameters; shared by all plans of a run
    values    everything computed; whatever calls of one group read or write lies in the state's order, end to end
    inputs    a0 and y of the batch, masks, and the settings, one array each

Because parameters, memory and gradients lie end to end, a stage of an update is one elementwise call on the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod
from types import CodeType
from typing import Any

import numpy as np

from engine.program import Program
from engine.program.calls import BATCH, FORWARD, LOSS, PARAMETER, RANDOM, SLOT, Call
from engine.rules.ops import Op
from engine.rules.rule import Array, Shape

PIECE = 32768
"""Numbers of an elementwise update that are taken at a time: a few arrays of them fit into a core's second cache."""
ALIGNMENT = 8
"""Arrays start at multiples of this many floats (64 bytes), save inside a block laid end to end."""

Instruction = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class Recorder:
    """Notes the calls a kernel makes instead of making them. Scratch and constants are shared between kernels."""

    def __init__(self) -> None:
        self.instructions: list[Instruction] = []
        self._scratch: dict[tuple[Shape, type, int], Array] = {}
        self._taken: dict[tuple[Shape, type], int] = {}
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

    def scratch(self, shape: Shape, dtype: type = float) -> Array:
        """An array that no other request of the same kernel gets; the next kernel may."""
        nth = self._taken.get((shape, dtype), 0)
        self._taken[shape, dtype] = nth + 1
        return self._scratch.setdefault((shape, dtype, nth), np.zeros(shape, dtype))

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

    def view(self, block: Array, name: str) -> Array:
        """A named array as a view of the block."""
        offset, shape = self.offsets[name], self.shapes[name]
        return block[offset : offset + prod(shape)].reshape(shape)

    def views(self, block: Array) -> dict[str, Array]:
        """Every named array as a view of the block."""
        return {name: self.view(block, name) for name in self.offsets}


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


def grouped(program: Program) -> list[list[Call]]:
    """The calls in an order in which those of a group stand together; a call without one is a group of its own.

    The calls of a group are the same operation on different arrays, none of which reads what another of them writes,
    so they may be done at the place of the first.
    """
    groups: dict[str, list[Call]] = {}
    for call in program.calls:
        groups.setdefault(call.group or f"#{call.index}", []).append(call)
    return list(groups.values())


def _spans(program: Program) -> list[tuple[str, ...]]:
    """The names that should lie end to end, so that the calls of a group can be done as one."""
    spans: list[tuple[str, ...]] = []
    placed: set[str] = set()
    for group in grouped(program):
        if group[0].group is None:
            continue
        columns = [[call.bind[slot] for call in group] for slot in group[0].bind] + [[call.writes for call in group]]
        for column in columns:
            names = tuple(dict.fromkeys(column))
            if len(names) == len(column) and not placed & set(names):
                spans.append(names)
                placed |= set(names)
    return spans


def state_layout(program: Program) -> Layout:
    """What is kept from step to step: the spans of the updates first, then the rest one by one."""
    kept = [value.name for value in program.values.values() if value.source in (PARAMETER, SLOT)]
    spans = [span for span in _spans(program) if all(name in kept for name in span)]
    rest = [name for name in kept if not any(name in span for span in spans)]
    shapes = {name: program.values[name].shape for name in kept}
    return lay_out([*spans, *((name,) for name in rest)], shapes)


class Plan:
    """One program, for one batch size, over one state block. Not safe for use by two threads at once."""

    def __init__(
        self,
        program: Program,
        batch: int,
        layout: Layout,
        state: Array,
        settings: Mapping[str, float] | None = None,
    ) -> None:
        self.program = program
        self.batch = batch
        shapes = program.shapes(batch)
        spans = [span for span in _spans(program) if all(name in program.written for name in span)]
        rest = [name for name in program.written if not any(name in span for span in spans)]
        self.layout = lay_out([*spans, *((name,) for name in rest)], shapes)
        self.block = zeros_aligned(self.layout.size)
        self.inputs = {
            value.name: zeros_aligned(prod(shapes[value.name])).reshape(shapes[value.name])
            for value in program.values.values()
            if value.source in (BATCH, RANDOM)
        }
        self.settings = {name: np.array(value) for name, value in (settings or program.settings).items()}
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
            call.index: self._record(call, self.arrays) for call in program.calls if call.phase in (FORWARD, LOSS)
        }

    def _record(self, call: Call, arrays: Mapping[str, Array]) -> list[Instruction]:
        operands = {slot: arrays[name] for slot, name in call.bind.items()}
        return self._recorder.record(self.program.ops[call.op], arrays[call.writes], operands)

    def _instructions(self, needed: set[int], in_place: bool) -> list[Instruction]:
        """The calls of a step, those of a group as one where their arrays lie end to end.

        In place, what is kept from step to step is written straight over its old value. That is safe where no call
        reads the old value after its new one is written, and no kernel reads an operand after it has begun to write
        over it; both are checked here.
        """
        carries = self.program.carries if in_place else {}
        home = {new: name for name, new in carries.items()}
        arrays = {**self.arrays, **{new: self.arrays[name][...] for name, new in carries.items()}}
        overwritten: set[str] = set()
        instructions: list[Instruction] = []
        for group in grouped(self.program):
            calls = [call for call in group if call.index in needed]
            stale = {name for call in calls for name in call.reads if name in overwritten}
            if stale:
                raise ValueError(f"{calls[0].op} reads {sorted(stale)} after the new value is written over it")
            joined = self._joined(calls, home) if len(calls) > 1 else None
            if joined is None:
                for call in calls:
                    instructions += self._checked(call, self._record(call, arrays), home, arrays)
            else:
                for out, operands in pieces(*joined):
                    record = self._recorder.record(self.program.ops[calls[0].op], out, operands)
                    instructions += record
                    if calls[0].writes in home:
                        _require_order(calls[0].op, record, out, operands)
            overwritten |= {home[call.writes] for call in calls if call.writes in home}
        return instructions

    def _checked(
        self, call: Call, record: list[Instruction], home: Mapping[str, str], arrays: Mapping[str, Array]
    ) -> list[Instruction]:
        if call.writes in home:
            operands = {slot: arrays[name] for slot, name in call.bind.items()}
            _require_order(call.op, record, arrays[call.writes], operands)
        return record

    def _joined(self, calls: Sequence[Call], home: Mapping[str, str]) -> tuple[Array, dict[str, Array]] | None:
        """What the calls write and read as single arrays, or None where they do not lie end to end."""
        out = self._together([home.get(call.writes, call.writes) for call in calls])
        operands: dict[str, Array] = {}
        for slot in calls[0].bind:
            found = self._together([home.get(call.bind[slot], call.bind[slot]) for call in calls])
            if found is None:
                return None
            operands[slot] = found
        return None if out is None else (out, operands)

    def _together(self, names: Sequence[str]) -> Array | None:
        """Several arrays that lie end to end as one vector, or the one number that they all are."""
        if len(set(names)) == 1:
            return self.arrays[names[0]] if self.arrays[names[0]].shape == () else None
        if not names:
            return None
        for layout, block in ((self._state_layout, self._state), (self.layout, self.block)):
            if all(name in layout.offsets for name in names):
                ends = [layout.offsets[name] + prod(layout.shapes[name]) for name in names]
                follows = all(layout.offsets[name] == end for name, end in zip(names[1:], ends, strict=False))
                return block[layout.offsets[names[0]] : ends[-1]] if follows else None
        return None

    @cached_property
    def run_full(self) -> Callable[[], None]:
        """Compute every value of the step; the state stays as it is, the new parameters stand beside it."""
        return assemble(self._instructions({call.index for call in self.program.calls}, in_place=False))

    @cached_property
    def carry(self) -> Callable[[], None]:
        """Take the step whose every value has been computed: what is kept takes its new value."""
        home = {new: name for name, new in self.program.carries.items()}
        copies: list[Instruction] = []
        for group in grouped(self.program):
            kept = {call.writes: home[call.writes] for call in group if call.writes in home}
            olds, news = self._together(list(kept.values())), self._together(list(kept))
            if olds is not None and news is not None:
                copies.append((np.copyto, (olds, news), {}))
            else:
                copies += [(np.copyto, (self.arrays[name], self.arrays[new]), {}) for new, name in kept.items()]
        return assemble(copies)

    @cached_property
    def run_to_loss(self) -> Callable[[], None]:
        """Compute the forward pass and the loss."""
        return self.run_from(-1)

    def run_from(self, index: int) -> Callable[[], None]:
        """Compute what of the forward pass and the loss comes after call `index`."""
        return assemble([i for at in sorted(self.segments) if at > index for i in self.segments[at]])

    @cached_property
    def run_steps(self) -> Callable[[int], None]:
        """Take so many steps on the present batch, computing only what the parameters need."""
        body = self._instructions(_needed(self.program), in_place=True)
        if self.program.counts_steps:
            step = self.settings["t"]
            body.append((np.add, (step, self._recorder.constant(1.0), step), {}))
        return assemble(body, repeated=True)

    def load(self, inputs: Mapping[str, Array]) -> None:
        """Put a batch, and its masks, in place."""
        for name, array in inputs.items():
            np.copyto(self.inputs[name], array)

    def set_step(self, step: int) -> None:
        """Tell the plan the number of the step, counted from 0."""
        if self.program.counts_steps:
            self.settings["t"][...] = step + 1


def pieces(out: Array, operands: Mapping[str, Array]) -> Iterator[tuple[Array, dict[str, Array]]]:
    """An elementwise call on long vectors as calls on pieces of them, which are still in the cache from one NumPy call
    of the kernel to the next. Elements do not depend on one another, so the bits are the same.
    """
    for start in range(0, out.size, PIECE):
        part = slice(start, start + PIECE)
        yield out[part], {slot: array[part] if array.shape else array for slot, array in operands.items()}


def _require_order(op: str, record: Sequence[Instruction], out: Array, operands: Mapping[str, Array]) -> None:
    """ValueError if a kernel that writes over one of its operands reads it after it has begun to write."""
    first = next(i for i, (_, args, named) in enumerate(record) if _holds(args, named, out))
    stale = [array for array in operands.values() if array is not out and np.shares_memory(array, out)]
    for _, args, named in record[first + 1 :]:
        if any(_holds(args, named, array) for array in stale):
            raise ValueError(f"{op} reads an operand after it has begun to write over it")


def _holds(args: Sequence[Any], named: Mapping[str, Any], array: Array) -> bool:
    return any(arg is array for arg in (*args, *named.values()))


def _needed(program: Program) -> set[int]:
    """The calls that what is kept from step to step depends on."""
    wanted = set(program.carries.values())
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
    exec(_code(source), scope)
    run: Callable[..., None] = scope["make"](**bound)
    return run


@lru_cache(maxsize=512)
def _code(source: str) -> CodeType:
    """The source compiled. Plans of experiments that differ in numbers alone have the same."""
    return compile(source, "<plan>", "exec")
