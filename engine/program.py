"""A spec compiled to a flat program: operation calls in order, every name assigned once.

    z1 = affine(W1, a0, b1)      forward, layer 1
    ...
    loss = mse(a2, y)            loss
    da2 = mse_da(a2, y)          backward, layer 2
    ...
    W2_new = sgd(W2, ...)        update, layer 2

The backward calls are not written by hand: they follow from the derivatives that the forward operations declare.
Nothing here is special about a kind of layer, a loss or an optimizer, and nothing here computes a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from engine.activations import ACTIVATIONS
from engine.layers import LAYERS, Place, Step
from engine.losses import LOSSES
from engine.ops import Op, gradient_of
from engine.optimizers import OPTIMIZERS
from engine.quantities import Quantity, parse_name
from engine.rule import Rule, Shape
from engine.spec import ExperimentSpec

FORWARD, LOSS, BACKWARD, UPDATE = PHASES = ("forward", "loss", "backward", "update")

SETTINGS = ("learning_rate",)
"""Optimizer parameters that a program names as values of the step."""


@dataclass(frozen=True)
class Call:
    """One assignment: `writes = op(bind)`. `bind` maps the operation's slots to names, in the slots' order."""

    index: int
    phase: str
    layer: int | None
    op: str
    bind: Mapping[str, str]
    writes: str

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The names it reads, each once."""
        return tuple(dict.fromkeys(self.bind.values()))


@dataclass(frozen=True)
class Value:
    """One name of a program. `source` is "batch", "parameter", "setting" or "computed"; `call` computes it."""

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


@dataclass(frozen=True, eq=False)
class Program:
    """The calls of one step, in order, and every name with its shape for a batch of `batch` examples."""

    calls: tuple[Call, ...]
    values: Mapping[str, Value]
    ops: Mapping[str, Op]
    parameters: tuple[str, ...]
    updates: Mapping[str, str]
    """Parameter to the name of its new value; a frozen parameter has none."""
    settings: Mapping[str, float]
    batch: int

    @cached_property
    def written(self) -> Mapping[str, Call]:
        """Every computed name and the call that writes it."""
        return {call.writes: call for call in self.calls}

    def rule(self, call: Call) -> Rule:
        """The scalar rule of a call's operation."""
        return self.ops[call.op].rule

    def shapes(self, batch: int) -> dict[str, Shape]:
        """The shape of every value for a batch of `batch` examples."""
        known = {
            value.name: (batch, *value.shape[1:]) if value.source == "batch" else value.shape
            for value in self.values.values()
            if value.call is None
        }
        for call in self.calls:
            known[call.writes] = _shape(self.ops[call.op], call.bind, known)
        return known


def _shape(op: Op, bind: Mapping[str, str], known: Mapping[str, Shape]) -> Shape:
    return op.rule.shape({slot: known[name] for slot, name in bind.items()})


class _Builder:
    """Collects calls and values while a program is put together."""

    def __init__(self, batch: int) -> None:
        self.batch = batch
        self.calls: list[Call] = []
        self.values: dict[str, Value] = {}
        self.ops: dict[str, Op] = {}

    def given(self, name: str, shape: Shape, source: str) -> None:
        """A value that no call computes."""
        quantity, layer = parse_name(name)
        self.values[name] = Value(name, quantity, layer, shape, source)

    def call(self, op: Op, bind: Mapping[str, str], writes: str, phase: str, layer: int | None) -> Call:
        """Append `writes = op(bind)`."""
        if writes in self.values:
            raise ValueError(f"{writes} is assigned twice")
        ordered = {slot: bind[slot] for slot in op.slots}
        call = Call(len(self.calls), phase, layer, op.name, ordered, writes)
        shape = _shape(op, ordered, {name: value.shape for name, value in self.values.items()})
        quantity, of_layer = parse_name(writes)
        self.calls.append(call)
        self.ops[op.name] = op
        self.values[writes] = Value(writes, quantity, of_layer, shape, "computed", call)
        return call


@lru_cache(maxsize=64)
def compile_program(spec: ExperimentSpec) -> Program:
    """The program of one step of the experiment.

    Gradients are taken back from the loss, call by call in reverse, through the derivatives each operation
    declares; what does not reach the loss, or has no parameter before it, gets none.
    """
    build = _Builder(spec.batch)
    last = len(spec.layers)
    build.given("a0", (spec.batch, spec.widths[0]), "batch")
    steps: list[tuple[int, Step]] = []
    parameters: list[str] = []
    frozen: set[str] = set()
    for k, layer in enumerate(spec.layers, start=1):
        activation = ACTIVATIONS[layer.activation].require_op()
        place = Place(k, spec.widths[k - 1], layer.units, activation, layer.bias)
        parts = LAYERS[layer.kind].parts(place)
        for name, shape in parts.parameters.items():
            build.given(name, shape, "parameter")
            parameters.append(name)
        frozen |= {f"{stem}{k}" for stem in layer.frozen}
        steps += [(k, step) for step in parts.steps]
    build.given("y", (spec.batch, spec.widths[-1]), "batch")
    settings = {name: float(value) for name, value in spec.optimizer.params if name in SETTINGS}
    for name in settings:
        build.given(name, (), "setting")

    for k, step in steps:
        build.call(step.op, step.bind, step.writes, FORWARD, k)
    loss = LOSSES[spec.loss]
    build.call(loss.require_op(), {loss.reads: f"{loss.reads}{last}", "y": "y"}, "loss", LOSS, None)
    _differentiate(build, last)
    updates = _update(build, OPTIMIZERS[spec.optimizer.kind].update, frozen)
    return Program(tuple(build.calls), build.values, build.ops, tuple(parameters), updates, settings, spec.batch)


def _differentiate(build: _Builder, last: int) -> None:
    """Append the backward calls: reverse order, one gradient for every differentiable value that leads to the loss."""
    for call in tuple(reversed(build.calls)):
        upstream = gradient_of(call.writes)
        if call.phase != LOSS and upstream not in build.values:
            continue
        op = build.ops[call.op]
        names = {**call.bind, op.rule.result: call.writes, gradient_of(op.rule.result): upstream}
        for slot, derivative in op.derivatives.items():
            read = call.bind[slot]
            if build.values[read].source in ("batch", "setting"):
                continue
            layer = last if call.phase == LOSS else build.values[read].layer
            bind = {slot: names[slot] for slot in derivative.slots}
            build.call(derivative, bind, gradient_of(read), BACKWARD, layer)


def _update(build: _Builder, update: Callable[[int], Op], frozen: set[str]) -> dict[str, str]:
    """Append the update of every parameter with a gradient that is not frozen, in the order of the gradients."""
    of = {gradient_of(name): name for name, value in build.values.items() if value.source == "parameter"}
    updates = {}
    for gradient in tuple(build.values):
        name = of.get(gradient)
        if name is None or name in frozen:
            continue
        op = update(len(build.values[name].shape))
        bind = {"parameter": name, "gradient": gradient} | {s: s for s in op.slots if s in SETTINGS}
        build.call(op, bind, f"{name}_new", UPDATE, build.values[name].layer)
        updates[name] = f"{name}_new"
    return updates
