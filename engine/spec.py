"""The experiment spec: everything a run depends on, as one immutable, hashable value.

It is checked when it is made; each error names the field, the value and what is allowed. `from_json` completes
absent fields with their documented defaults; `to_json` gives the completed spec back as plain data, so that
`from_json(to_json(spec)) == spec`. Nothing here allocates more than the spec itself holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from engine.activations import ACTIVATIONS
from engine.data_spec import DataSpec, data_of, extent
from engine.errors import ABSENT, SpecError, safe
from engine.fields import (
    Choice,
    boolean_of,
    choice_of,
    list_of,
    name_of,
    number_of,
    object_of,
    one_of,
    whole_of,
)
from engine.initializers import INITIALIZERS
from engine.layers import LAYERS
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.rule import Shape

Nested = tuple[Any, ...] | float
MAX_SEED = 2**53 - 1


@dataclass(frozen=True)
class LayerSpec:
    """One layer: its kind, width, activation, and which of its parameters exist and may change."""

    kind: str
    units: int
    activation: str
    bias: bool = True
    frozen: tuple[str, ...] = ()
    initializer: Choice | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "kind": self.kind,
            "units": self.units,
            "activation": self.activation,
            "bias": self.bias,
            "frozen": list(self.frozen),
            "initializer": self.initializer.to_json() if self.initializer else None,
        }


@dataclass(frozen=True)
class ExperimentSpec:
    """A whole experiment. Make it with `from_json`, which completes and checks it."""

    data: DataSpec
    layers: tuple[LayerSpec, ...]
    loss: str
    optimizer: Choice
    initializer: Choice
    parameters: tuple[tuple[str, Nested], ...]
    batch_size: int | None
    shuffle: bool
    epochs: int
    seed: int

    @staticmethod
    def from_json(data: object) -> ExperimentSpec:
        """The spec that plain data describes, completed and checked.

        Raises SpecError naming the field, what it holds and what is allowed.
        """
        return _spec(data)

    def to_json(self) -> dict[str, Any]:
        """The completed spec as plain data."""
        return {
            "data": self.data.to_json(),
            "layers": [layer.to_json() for layer in self.layers],
            "loss": self.loss,
            "optimizer": self.optimizer.to_json(),
            "initializer": self.initializer.to_json(),
            "parameters": {name: _lists(value) for name, value in self.parameters},
            "batch_size": self.batch_size,
            "shuffle": self.shuffle,
            "epochs": self.epochs,
            "seed": self.seed,
        }

    @cached_property
    def extent(self) -> tuple[int, int, int]:
        """Examples, inputs and outputs of the data."""
        return extent(self.data)

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """Units of every layer, the inputs first."""
        return (self.extent[1], *(layer.units for layer in self.layers))

    @property
    def batch(self) -> int:
        """Examples in a batch (the last one of an epoch may be smaller)."""
        return min(self.batch_size or self.extent[0], self.extent[0])

    @property
    def batches_per_epoch(self) -> int:
        """Steps in one pass through the data."""
        return -(-self.extent[0] // self.batch)

    @property
    def steps(self) -> int:
        """Steps of the whole run."""
        return self.epochs * self.batches_per_epoch

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.__dataclass_fields__))

    def __hash__(self) -> int:
        """The hash of all fields, computed once."""
        return self._hash

    def trajectory(self) -> ExperimentSpec:
        """The spec without its length: runs that agree in this share all their work."""
        return replace(self, epochs=1)


DEFAULTS: dict[str, Any] = {
    "data": {"kind": "uniform"},
    "layers": [
        {"kind": "dense", "units": 4, "activation": "sigmoid"},
        {"kind": "dense", "units": 1, "activation": "sigmoid"},
    ],
    "loss": "mse",
    "optimizer": {"kind": "sgd"},
    "initializer": {"kind": "uniform"},
    "parameters": {},
    "batch_size": None,
    "shuffle": True,
    "epochs": 1000,
    "seed": 0,
}
"""What absent fields of a spec are taken to be: together, the seed experiment.

Where `layers` is absent, the last of the default layers has as many units as the data has outputs.
"""


def _spec(data: object) -> ExperimentSpec:
    fields = object_of("spec", data, DEFAULTS)
    chosen = {name: fields.get(name, default) for name, default in DEFAULTS.items()}
    source = data_of("data", chosen["data"])
    layers = list_of("layers", chosen["layers"], _layer, "a list of at least one layer", least=1)
    if "layers" not in fields:
        layers = (*layers[:-1], replace(layers[-1], units=extent(source)[2]))
    initializer = choice_of("initializer", chosen["initializer"], INITIALIZERS)
    spec = ExperimentSpec(
        data=source,
        layers=layers,
        loss=name_of("loss", chosen["loss"], LOSSES),
        optimizer=choice_of("optimizer", chosen["optimizer"], OPTIMIZERS),
        initializer=initializer,
        parameters=(),
        batch_size=None
        if chosen["batch_size"] is None
        else whole_of("batch_size", chosen["batch_size"], 1, None, "null for the full batch, or "),
        shuffle=boolean_of("shuffle", chosen["shuffle"]),
        epochs=whole_of("epochs", chosen["epochs"], 1, None),
        seed=whole_of("seed", chosen["seed"], 0, MAX_SEED),
    )
    outputs = spec.extent[2]
    if layers[-1].units != outputs:
        raise SpecError(
            f"layers[{len(layers) - 1}].units",
            layers[-1].units,
            f"{safe(outputs)}, the number of outputs in the data",
        )
    return replace(spec, parameters=_parameters("parameters", chosen["parameters"], spec))


def parameter_shapes(spec: ExperimentSpec) -> dict[str, Shape]:
    """The shape of every parameter, layer by layer: W (n_out, n_in) and, where there is one, b (n_out,)."""
    shapes: dict[str, Shape] = {}
    for k, layer in enumerate(spec.layers, start=1):
        shapes[f"W{k}"] = (layer.units, spec.widths[k - 1])
        if layer.bias:
            shapes[f"b{k}"] = (layer.units,)
    return shapes


def _parameters(field: str, value: object, spec: ExperimentSpec) -> tuple[tuple[str, Nested], ...]:
    shapes = parameter_shapes(spec)
    given = object_of(field, value, shapes)
    return tuple((name, _nested(f"{field}.{name}", given[name], shapes[name])) for name in shapes if name in given)


def _layer(field: str, value: object) -> LayerSpec:
    fields = object_of(field, value, ("kind", "units", "activation", "bias", "frozen", "initializer"))
    kind = LAYERS[name_of(f"{field}.kind", fields.get("kind", "dense"), LAYERS)]
    initializer = fields.get("initializer")
    chosen = None if initializer is None else choice_of(f"{field}.initializer", initializer, INITIALIZERS)
    bias = bool(kind.param("bias").check(f"{field}.bias", fields.get("bias", True)))
    parameters = ("W", "b") if bias else ("W",)
    frozen = list_of(
        f"{field}.frozen",
        fields.get("frozen", []),
        lambda at, name: one_of(at, name, parameters),
        f"a list of names among {', '.join(parameters)}",
    )
    return LayerSpec(
        kind=kind.name,
        units=int(kind.param("units").check(f"{field}.units", fields.get("units", ABSENT))),
        activation=name_of(f"{field}.activation", fields.get("activation", "identity"), ACTIVATIONS),
        bias=bias,
        frozen=tuple(name for name in parameters if name in frozen),
        initializer=chosen,
    )


def _nested(field: str, value: object, shape: Shape) -> Nested:
    if not shape:
        return number_of(field, value)
    allowed = f"a list of {safe(shape[0])}" + (f", each of shape {list(shape[1:])}" if shape[1:] else " numbers")
    if not isinstance(value, (list, tuple)) or len(value) != shape[0]:
        raise SpecError(field, value, allowed)
    return tuple(_nested(f"{field}[{i}]", part, shape[1:]) for i, part in enumerate(value))


def _lists(value: Nested) -> Any:
    return [_lists(part) for part in value] if isinstance(value, tuple) else value
