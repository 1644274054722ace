"""A spec compiled to a flat program: operation calls in order, every name assigned once.

    z1 = affine(W1, a0, b1)      forward, layer 1
    ...
    loss = mse(a2, y)            loss
    da2 = mse_da(a2, y)          backward, layer 2
    ...
    W2_new = sgd(W2, ...)        update, layer 2

The backward calls are not written by hand: they follow from the derivatives that the forward operations declare. The
update calls follow from the stages that the optimizer declares (updates.py). Nothing here is special about a kind of
layer, a loss or an optimizer, and nothing here computes a number.

    calls, updates      what a program is made of; its update phase
    plan                the program compiled over memory
    trace, evaluate     the numbers of one step; the forward pass outside training
    cost                what a run would take, before anything is allocated
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from engine.layers import Step
from engine.layers.regularisers import penalty
from engine.losses import LOSSES
from engine.program.calls import (
    BACKWARD,
    BATCH,
    COMPUTED,
    FORWARD,
    LOSS,
    PARAMETER,
    RANDOM,
    Builder,
    Call,
    Value,
    result_shape,
)
from engine.program.updates import Updates
from engine.rules.ops import Op, gradient_of
from engine.rules.rule import Rule, Shape
from engine.spec import ExperimentSpec, layer_parts


@dataclass(frozen=True, eq=False)
class Program:
    """The calls of one step, in order, and every name with its shape for a batch of `batch` examples.

    `carries` maps what is kept from step to step, parameters and the optimizer's memory, to the names of their next
    values; a frozen parameter has none. `settings` are the numbers of the spec by name, `starts` the first values of
    memory. `masks` are the values drawn anew in every step, with their width and probability of a 0.
    """

    calls: tuple[Call, ...]
    values: Mapping[str, Value]
    ops: Mapping[str, Op]
    parameters: tuple[str, ...]
    carries: Mapping[str, str]
    settings: Mapping[str, float]
    starts: Mapping[str, float]
    masks: Mapping[str, tuple[int, float]]
    batch: int

    @cached_property
    def updates(self) -> Mapping[str, str]:
        """Parameter to the name of its new value; a frozen parameter has none."""
        return {name: self.carries[name] for name in self.carries if name in self.parameters}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name, in order."""
        return tuple(self.values)

    @cached_property
    def fresh(self) -> tuple[str, ...]:
        """What is given anew in every step beside the batch: the masks, and the number of the step."""
        return (*self.masks, *(("t",) if self.counts_steps else ()))

    @cached_property
    def counts_steps(self) -> bool:
        """Does anything read the number of the step?"""
        return "t" in self.settings

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
            value.name: (batch, *value.shape[1:]) if value.source in (BATCH, RANDOM) else value.shape
            for value in self.values.values()
            if value.call is None
        }
        for call in self.calls:
            known[call.writes] = result_shape(self.ops[call.op], call.bind, known)
        return known


def compile_program(spec: ExperimentSpec) -> Program:
    """The program of one step of the experiment; experiments that differ in numbers alone share it.

    Gradients are taken back from the loss, call by call in reverse, through the derivatives each operation
    declares; what does not reach the loss, or has no parameter before it, gets none.
    """
    return compiled(spec.outline)


@lru_cache(maxsize=64)
def compiled(spec: ExperimentSpec) -> Program:
    """The program of an outline."""
    build = Builder(spec.batch)
    last = len(spec.layers)
    build.given("a0", (spec.batch, spec.widths[0]), BATCH)
    steps: list[tuple[int, Step]] = []
    masks: dict[str, tuple[int, float]] = {}
    parameters: list[str] = []
    for k, parts in enumerate(layer_parts(spec), start=1):
        for name, start in parts.parameters.items():
            build.given(name, start.shape, PARAMETER)
            parameters.append(name)
        for name, (width, probability) in parts.masks.items():
            build.given(name, (spec.batch, width), RANDOM)
            masks[name] = (width, probability)
        steps += [(k, step) for step in parts.steps]
    build.given("y", (spec.batch, spec.widths[-1]), BATCH)
    frozen = {f"{stem}{k}" for k, layer in enumerate(spec.layers, start=1) for stem in layer.frozen}
    updates = Updates(spec, build, [name for name in parameters if name not in frozen])

    for k, step in steps:
        build.call(step.op, step.bind, step.writes, FORWARD, k)
    output = spec.layers[-1].activation.kind
    loss = LOSSES[spec.loss.kind].require_op(spec.loss.values, spec.reduction, spec.fused, output)
    (reads,) = loss.derivatives
    build.call(loss, {reads: f"{reads}{last}", "y": "y"}, "loss", LOSS, None)
    weights = [name for name in parameters if name.startswith("W")]
    if spec.penalised:
        bind = {f"W{i}": name for i, name in enumerate(weights)} | {name: name for name in ("l1", "l2")}
        build.call(penalty(len(weights), spec.penalised), bind, "penalty", LOSS, None)
    differentiate(build, last, updates)
    updates.finish()
    return Program(
        calls=tuple(build.calls),
        values=build.values,
        ops=build.ops,
        parameters=tuple(parameters),
        carries=updates.carries,
        settings=updates.settings,
        starts=updates.starts,
        masks=masks,
        batch=spec.batch,
    )


def differentiate(build: Builder, last: int, updates: Updates) -> None:
    """Append the backward calls: reverse order, one gradient for every differentiable value that leads to the loss.

    Where updates are made layer by layer, each follows its gradient, and what comes after reads the new parameters.
    """
    now: dict[str, str] = {}
    for call in tuple(reversed([call for call in build.calls if call.writes != "penalty"])):
        upstream = gradient_of(call.writes)
        if call.phase != LOSS and upstream not in build.values:
            continue
        op = build.ops[call.op]
        names = {**call.bind, op.rule.result: call.writes, gradient_of(op.rule.result): upstream}
        for slot, derivative in _parameters_first(build, op, call):
            read = call.bind[slot]
            if build.values[read].source not in (PARAMETER, COMPUTED):
                continue
            layer = last if call.phase == LOSS else build.values[read].layer
            for aid, helper in derivative.aids.items():
                names[aid] = f"{aid}{layer}"
                if names[aid] not in build.values:
                    build.call(helper, {s: names[s] for s in helper.slots}, names[aid], BACKWARD, layer)
            bind = {s: now.get(names[s], names[s]) for s in derivative.slots}
            build.call(derivative, bind, gradient_of(read), BACKWARD, layer)
            if build.values[read].source == PARAMETER:
                now |= updates.arrived(read)


def _parameters_first(build: Builder, op: Op, call: Call) -> Iterable[tuple[str, Op]]:
    """The derivatives of a call in their order, those by parameters before the one the error goes on through."""
    return sorted(op.derivatives.items(), key=lambda item: build.values[call.bind[item[0]]].source != PARAMETER)
