"""A program's forward pass outside training: any examples, any parameters, in bounded memory.

The kernels are those of the program, recorded once and compiled as in plan.py, over arrays of their own; so an
evaluation touches no run. What is random in training (dropout) is replaced by what its operation declares for outside
of it.

Examples go through in blocks, and a value is kept whole only if it was asked for or the loss reads it. The loss is
then taken once over all examples, by its own operation, so no rule for joining losses of blocks is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod

import numpy as np

from engine.errors import Cancelled
from engine.program import Program
from engine.program.calls import FORWARD, LOSS, Call
from engine.program.plan import Recorder, assemble, zeros_aligned
from engine.program.trace import read_only
from engine.rules.ops import Op
from engine.rules.rule import Array, Shape
from engine.threads import one_thread

Stop = Callable[[], bool] | None
_Code = tuple[dict[str, Array], Callable[[], None]]
"""Arrays, and what computes them."""

BLOCK_NUMBERS = 1_000_000
"""Numbers that the values of a block of examples may take, about."""


def outside_training(op: Op) -> Op:
    """What an operation is when nothing is being trained: itself, unless it declares something else."""
    inference: Op | None = getattr(op, "inference", None)
    return inference or op


def scores_of(program: Program) -> str:
    """The value that the loss compares with the targets: the last z or a."""
    return next(name for name in program.written["loss"].bind.values() if name != "y")


class Evaluator:
    """The values called `names` for given examples; the parameters may be changed between runs.

    Without `names`, every forward value, and with targets y the loss and the penalty as well. `theta` holds all
    parameters end to end in the program's order, and `parameters` are views of it. One thread at a time.
    """

    def __init__(
        self,
        program: Program,
        x: Array,
        y: Array | None = None,
        names: Iterable[str] | None = None,
        block_numbers: int = BLOCK_NUMBERS,
    ) -> None:
        self.program = program
        self.examples = len(x)
        calls = _needed(program, names, y is not None)
        wanted = tuple(call.writes for call in calls) if names is None else tuple(dict.fromkeys(names))
        self._forward = [call for call in calls if call.phase == FORWARD]
        whole = [call for call in calls if call.phase == LOSS]
        self.theta, self.parameters = _parameters(program)
        self.settings = {name: np.array(value) for name, value in program.settings.items()}
        self._recorder = Recorder()
        self._codes: dict[int, _Code] = {}

        x = np.ascontiguousarray(x, dtype=np.float64)
        self._rows = min(len(x), max(1, block_numbers // self._width()))
        block, _ = self._code(self._rows)
        read = {name for call in whole for name in call.reads}
        self._kept = tuple(name for name in block if name not in program.parameters and name in read | set(wanted))
        self._whole: dict[str, Array] = {"a0": x}
        for name in self._kept:
            if self.in_one_block:
                self._whole[name] = block[name]
            elif name != "a0":
                self._whole[name] = np.empty((len(x), *block[name].shape[1:]))
        if self.in_one_block:
            np.copyto(block["a0"], x)
        if y is not None:
            self._whole["y"] = np.ascontiguousarray(y, dtype=np.float64)
        self._whole, self._take_loss = self._compile(whole, {**self.parameters, **self.settings, **self._whole})
        self.values: Mapping[str, Array] = {name: self._whole[name] for name in wanted}

    @property
    def in_one_block(self) -> bool:
        """Do all examples go through at once?"""
        return self._rows == self.examples

    def load(self, parameters: Mapping[str, Array]) -> None:
        """Put parameters in place."""
        for name, array in self.parameters.items():
            np.copyto(array, parameters[name])

    def set(self, settings: Mapping[str, float]) -> None:
        """Set what is not as the program has it."""
        for name, value in settings.items():
            self.settings[name][...] = value

    def run(self, stop: Stop = None) -> Mapping[str, Array]:
        """The values for the parameters in place, in memory that the next run writes over.

        Raises Cancelled when `stop` says so, between two blocks.
        """
        with np.errstate(all="ignore"), one_thread:
            for start in range(0, self.examples, self._rows):
                if stop is not None and stop():
                    raise Cancelled(0)
                self._run_block(start, min(start + self._rows, self.examples))
            self._take_loss()
        return self.values

    def _run_block(self, start: int, end: int) -> None:
        block, run = self._code(end - start)
        if self.in_one_block:
            run()
            return
        np.copyto(block["a0"], self._whole["a0"][start:end])
        run()
        for name in self._kept:
            if name != "a0":
                self._whole[name][start:end] = block[name]

    def _code(self, rows: int) -> _Code:
        """The forward pass for so many examples, with the arrays it works on."""
        if rows not in self._codes:
            n_in = self.program.values["a0"].shape[1]
            given = {"a0": zeros_aligned(rows * n_in).reshape(rows, n_in), **self.parameters}
            self._codes[rows] = self._compile(self._forward, given)
        return self._codes[rows]

    def _width(self) -> int:
        """Numbers that the forward pass makes of one example."""
        shapes: dict[str, Shape] = {name: array.shape for name, array in self.parameters.items()}
        shapes["a0"] = (1, self.program.values["a0"].shape[1])
        for call in self._forward:
            op, bind = _outside(self.program, call)
            shapes[call.writes] = op.rule.shape({slot: shapes[name] for slot, name in bind.items()})
        return sum(prod(shape) for name, shape in shapes.items() if name not in self.parameters)

    def _compile(self, calls: Sequence[Call], given: Mapping[str, Array]) -> _Code:
        arrays = dict(given)
        instructions = []
        for call in calls:
            op, bind = _outside(self.program, call)
            operands = {slot: arrays[name] for slot, name in bind.items()}
            shape = op.rule.shape({slot: array.shape for slot, array in operands.items()})
            arrays[call.writes] = zeros_aligned(prod(shape)).reshape(shape)
            instructions += self._recorder.record(op, arrays[call.writes], operands)
        return arrays, assemble(instructions)


def evaluate(
    program: Program,
    parameters: Mapping[str, Array],
    x: Array,
    y: Array | None = None,
    names: Iterable[str] | None = None,
    stop: Stop = None,
) -> dict[str, Array]:
    """The values called `names` (every one, if none are named) for the examples x, read-only.

    The loss and the penalty are there if the targets y are.
    """
    evaluator = Evaluator(program, x, y, names)
    evaluator.load(parameters)
    return {name: read_only(array.copy()) for name, array in evaluator.run(stop).items()}


def _outside(program: Program, call: Call) -> tuple[Op, dict[str, str]]:
    op = outside_training(program.ops[call.op])
    first = next(iter(call.bind.values()))
    return op, {slot: call.bind.get(slot, first) for slot in op.slots}


def _needed(program: Program, names: Iterable[str] | None, with_targets: bool) -> list[Call]:
    """The calls of the forward pass and the loss that the names depend on, in order; all of them, if names is None."""
    possible = [call for call in program.calls if call.phase == FORWARD or (call.phase == LOSS and with_targets)]
    if names is None:
        return possible
    wanted = set(names)
    needed = []
    for call in reversed(possible):
        if call.writes in wanted:
            needed.append(call)
            wanted |= set(_outside(program, call)[1].values())
    return needed[::-1]


def _parameters(program: Program) -> tuple[Array, dict[str, Array]]:
    """All parameters in one vector, and each as a view of it."""
    shapes = {name: program.values[name].shape for name in program.parameters}
    theta = zeros_aligned(sum(map(prod, shapes.values())))
    views: dict[str, Array] = {}
    start = 0
    for name, shape in shapes.items():
        views[name] = theta[start : start + prod(shape)].reshape(shape)
        start += prod(shape)
    return theta, views
