"""What a run would cost, from the spec alone: whole-number arithmetic of any size, nothing is allocated."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from engine.data.data_spec import size
from engine.errors import LimitError
from engine.layers import LAYERS
from engine.program import compile_program
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
    """The cost of a spec, counted over its program; a program holds shapes and no numbers."""
    program = compile_program(spec)
    sizes = {name: prod(value.shape) for name, value in program.values.items()}
    parameters = sum(sizes[name] for name in program.parameters)
    kept = parameters + sum(sizes[name] for name in program.starts)
    products = sum(
        LAYERS[layer.kind].multiplications(n_in, layer.units)
        for n_in, layer in zip(spec.widths, spec.layers, strict=False)
    )
    return Cost(
        parameters=parameters,
        values=sum(sizes.values()),
        steps=spec.steps,
        work=spec.epochs * (3 * products * spec.extent[0] + spec.batches_per_epoch * 2 * kept),
        data=size(spec.data),
    )


def require_within(spec: ExperimentSpec, limits: dict[str, int]) -> Cost:
    """The cost, if no figure of it is above its limit; LimitError naming the first that is."""
    found = cost(spec)
    for name, maximum in limits.items():
        value = getattr(found, name)
        if value > maximum:
            raise LimitError(name, value, maximum, FIELDS[name])
    return found
