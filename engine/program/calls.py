"""What a program is made of: assignments and the values they name, and the builder that puts them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.rules.ops import Op
from engine.rules.quantities import Quantity, parse_name
from engine.rules.rule import Shape

FORWARD, LOSS, BACKWARD, UPDATE = PHASES = ("forward", "loss", "backward", "update")
BATCH, PARAMETER, SLOT, SETTING, RANDOM, COMPUTED = SOURCES = (
    *("batch", "parameter", "slot", "setting", "random", "computed"),
)


@dataclass(frozen=True)
class Call:
    """One assignment: `writes = op(bind)`. `bind` maps the operation's slots to names, in the slots' order.

    Calls of one `group` are the same elementwise operation on different arrays: they may be done as one.
    """

    index: int
    phase: str
    layer: int | None
    op: str
    bind: Mapping[str, str]
    writes: str
    group: str | None = None

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The names it reads, each once."""
        return tuple(dict.fromkeys(self.bind.values()))


@dataclass(frozen=True)
class Value:
    """One name of a program. `source` is one of SOURCES: from the batch of the step, a parameter, a slot of the
    optimizer's memory, a setting, drawn at random for the step, or computed by `call`.
    """

    name: str
    quantity: Quantity
    layer: int | None
    shape: Shape
    source: str
    call: Call | None = None

    @property
    def phase(self) -> str | None:
        """The phase that computes it, if one does."""
        return self.call.phase if self.call else None


def result_shape(op: Op, bind: Mapping[str, str], known: Mapping[str, Shape]) -> Shape:
    return op.rule.shape({slot: known[name] for slot, name in bind.items()})


class Builder:
    """Collects calls and values while a program is put together."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.calls: list[Call] = []
        self.values: dict[str, Value] = {}
        self.ops: dict[str, Op] = {}
        self._shapes: dict[str, Shape] = {}

    def given(self, name: str, shape: Shape, source: str) -> None:
        """A value that no call computes."""
        if name not in self.values:
            quantity, layer = parse_name(name)
            self.values[name] = Value(name, quantity, layer, shape, source)
            self._shapes[name] = shape

    def call(
        self,
        op: Op,
        bind: Mapping[str, str],
        writes: str,
        phase: str,
        layer: int | None,
        group: str | None = None,
    ) -> Call:
        """Append `writes = op(bind)`."""
        if writes in self.values:
            raise ValueError(f"{writes} is assigned twice")
        if self.ops.setdefault(op.name, op) is not op:
            raise ValueError(f"two operations are called {op.name}")
        ordered = {slot: bind[slot] for slot in op.slots}
        call = Call(len(self.calls), phase, layer, op.name, ordered, writes, group)
        shape = result_shape(op, ordered, self._shapes)
        quantity, of_layer = parse_name(writes)
        self.calls.append(call)
        self.values[writes] = Value(writes, quantity, of_layer, shape, COMPUTED, call)
        self._shapes[writes] = shape
        return call
