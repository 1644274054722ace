"""What a run would cost, from the spec alone: whole-number arithmetic of any size, nothing is allocated."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import LimitError
from engine.layers import LAYERS
from engine.losses import LOSSES
from engine.spec import ExperimentSpec


@dataclass(frozen=True)
class Cost:
    """parameters: numbers to be learned. values: numbers in one step's trace. steps: of the whole run. work:
    multiplications and additions of the whole run. data: numbers in the data set.
    """

    parameters: int
    values: int
    steps: int
    work: int
    data: int


FIELDS = {"parameters": "layers", "values": "batch_size", "steps": "epochs", "work": "epochs", "data": "data"}
"""The field of the spec to look at when a figure is too large."""


def cost(spec: ExperimentSpec) -> Cost:
    """The cost of a spec."""
    counts = [
        LAYERS[layer.kind].count(n_in, layer.units, layer.bias)
        for n_in, layer in zip(spec.widths, spec.layers, strict=False)
    ]
    parameters = sum(count for count, _ in counts)
    products = sum(count for _, count in counts)
    frozen = sum(
        layer.units * n_in * ("W" in layer.frozen) + layer.units * ("b" in layer.frozen)
        for n_in, layer in zip(spec.widths, spec.layers, strict=False)
    )
    per_example = spec.widths[0] + spec.widths[-1] + 4 * sum(spec.widths[1:])
    if LOSSES[spec.loss].reads == "z":
        per_example -= spec.widths[-1]
    examples, inputs, outputs = spec.extent
    return Cost(
        parameters=parameters,
        values=3 * parameters - frozen + spec.batch * per_example + 2,
        steps=spec.steps,
        work=spec.epochs * (3 * products * examples + spec.batches_per_epoch * 2 * parameters),
        data=examples * (inputs + outputs),
    )


def require_within(spec: ExperimentSpec, limits: dict[str, int]) -> Cost:
    """The cost, if no figure of it is above its limit; LimitError naming the first that is."""
    found = cost(spec)
    for name, maximum in limits.items():
        value = getattr(found, name)
        if value > maximum:
            raise LimitError(name, value, maximum, FIELDS[name])
    return found
