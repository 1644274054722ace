"""The trace of a step: every array once, read-only, and the frames that made them in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.errors import AddressError
from engine.program import Program
from engine.program.calls import Call
from engine.program.plan import Layout
from engine.rules.quantities import format_address
from engine.rules.rule import Array, Cell


class Values(Mapping[str, Array]):
    """Arrays by name, in the order of `names`: some given, the others cut out of blocks when they are asked for."""

    def __init__(
        self, names: tuple[str, ...], given: dict[str, Array], blocks: tuple[tuple[Layout, Array], ...]
    ) -> None:
        self._names = names
        self._made = given
        self._blocks = blocks

    def __getitem__(self, name: str) -> Array:
        """The array called `name`, read-only."""
        found = self._made.get(name)
        if found is None:
            for layout, block in self._blocks:
                if name in layout.offsets:
                    found = self._made[name] = layout.view(block, name)
                    break
            else:
                raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        """The names, in order."""
        return iter(self._names)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._names)


@dataclass(frozen=True, eq=False)
class Trace:
    """One step, complete: what went in, every intermediate value, and the parameters that come out.

    `rows` holds the row numbers of the examples in the data. `values` maps every name of the program to a
    read-only float64 array. `program` tells how each was computed; its calls, in order, are the frames.
    """

    step: int
    rows: Array
    values: Mapping[str, Array]
    program: Program

    @cached_property
    def batch(self) -> tuple[int, ...]:
        """The row numbers of the examples in the data."""
        return tuple(self.rows.tolist())

    @property
    def frames(self) -> tuple[Call, ...]:
        """The assignments of the step, in order."""
        return self.program.calls

    @property
    def loss(self) -> float:
        """The loss of the batch before the update."""
        return float(self.values["loss"])

    def cell(self, name: str, index: tuple[int, ...]) -> float:
        """One number.

        Raises AddressError if the trace has no such name, or the index does not fit its shape.
        """
        array = self.values.get(name)
        if array is None:
            raise AddressError(name, "one of " + ", ".join(self.values))
        if len(index) != array.ndim or not all(0 <= i < n for i, n in zip(index, array.shape, strict=True)):
            spans = ", ".join(f"0 to {n - 1}" for n in array.shape)
            allowed = f"{name} with indices {spans}" if spans else f"{name} without an index"
            raise AddressError(format_address(name, index), allowed)
        return float(array[index])

    def operands(self, call: Call) -> dict[str, Array]:
        """The arrays a call reads, by slot."""
        return {slot: self.values[name] for slot, name in call.bind.items()}

    def reads(self, name: str, index: tuple[int, ...], most: int | None = None) -> list[Cell]:
        """The cells that the number at name[index] was computed from; none for what was given."""
        self.cell(name, index)
        call = self.program.written.get(name)
        if call is None:
            return []
        shapes = {slot: array.shape for slot, array in self.operands(call).items()}
        return [(call.bind[slot], at) for slot, at in self.program.rule(call).reads(shapes, index, most)]


def read_only(array: Array) -> Array:
    """The array itself, which nothing can write to from now on."""
    array.flags.writeable = False
    return array
