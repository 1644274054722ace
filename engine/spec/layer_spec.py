"""The `layers` of a spec: what each layer is asked to be, and what it then adds to a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.activations import ACTIVATIONS
from engine.errors import ABSENT
from engine.fields import Choice, choice_of, choice_or_name, list_of, name_of, object_of, one_of
from engine.layers import LAYERS, Parts, Place
from engine.layers.initializers import INITIALIZERS

FIELDS = ("kind", "units", "activation", "bias", "frozen", "initializer", "dropout")


@dataclass(frozen=True)
class LayerSpec:
    """One layer: its kind, width, activation, which of its parameters exist and may change, and its dropout."""

    kind: str
    units: int
    activation: Choice
    bias: bool = True
    frozen: tuple[str, ...] = ()
    initializer: Choice | None = None
    dropout: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "kind": self.kind,
            "units": self.units,
            "activation": self.activation.to_short_json(),
            "bias": self.bias,
            "frozen": list(self.frozen),
            "initializer": self.initializer.to_json() if self.initializer else None,
            "dropout": self.dropout,
        }

    @property
    def stems(self) -> tuple[str, ...]:
        """The stems of its parameters' names: W, b, and what its activation learns."""
        learned = tuple(each.slot for each in ACTIVATIONS[self.activation.kind].learned)
        return ("W", *(("b",) if self.bias else ()), *learned)


def layer_of(field: str, value: object) -> LayerSpec:
    """The layer that plain data describes, completed and checked."""
    fields = object_of(field, value, FIELDS)
    kind = LAYERS[name_of(f"{field}.kind", fields.get("kind", "dense"), LAYERS)]
    initializer = fields.get("initializer")
    layer = LayerSpec(
        kind=kind.name,
        units=int(kind.param("units").check(f"{field}.units", fields.get("units", ABSENT))),
        activation=choice_or_name(f"{field}.activation", fields.get("activation", "identity"), ACTIVATIONS),
        bias=bool(kind.param("bias").check(f"{field}.bias", fields.get("bias", True))),
        initializer=None if initializer is None else choice_of(f"{field}.initializer", initializer, INITIALIZERS),
        dropout=float(kind.param("dropout").check(f"{field}.dropout", fields.get("dropout", 0.0))),
    )
    return _frozen(f"{field}.frozen", fields, layer)


def _frozen(field: str, fields: Mapping[str, Any], layer: LayerSpec) -> LayerSpec:
    stems = layer.stems
    given = list_of(
        field,
        fields.get("frozen", []),
        lambda at, name: one_of(at, name, stems),
        f"a list of names among {', '.join(stems)}",
    )
    frozen = tuple(name for name in stems if name in given)
    return LayerSpec(layer.kind, layer.units, layer.activation, layer.bias, frozen, layer.initializer, layer.dropout)


@lru_cache(maxsize=1024)
def parts_of(layer: LayerSpec, number: int, n_in: int, source: str, jacobian: bool = False) -> Parts:
    """What layer `number`, reading the value `source` with `n_in` units, adds to a program.

    With `jacobian` the derivative of its activation is taken through the whole Jacobian, where it has one.
    """
    activation = ACTIVATIONS[layer.activation.kind]
    place = Place(
        layer=number,
        source=source,
        n_in=n_in,
        units=layer.units,
        activation=activation.require_op(layer.activation.values, jacobian=jacobian),
        learned=tuple((each.slot, each.start) for each in activation.learned),
        bias=layer.bias,
        dropout=layer.dropout,
    )
    return LAYERS[layer.kind].parts(place)
