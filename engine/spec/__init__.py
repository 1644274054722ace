"""The experiment spec: everything a run depends on, as one immutable, hashable value.

It is checked when it is made; each error names the field, the value and what is allowed. `from_json` completes
absent fields with their documented defaults; `to_json` gives the completed spec back as plain data, so that
`from_json(to_json(spec)) == spec`. Nothing here allocates more than the spec itself holds.

    layer_spec, edits   the parts of a spec that have checks of their own (that of the data is in `engine.data`)
    notes               remarks on what is allowed, and probably not meant
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from engine.data.data_spec import DataSpec, InlineData, data_of, extent
from engine.data.datasets import DATASETS
from engine.errors import SpecError, safe
from engine.fields import (
    Choice,
    boolean_of,
    choice_of,
    choice_or_name,
    list_of,
    number_of,
    object_of,
    whole_of,
)
from engine.layers import Parts
from engine.layers.initializers import INITIALIZERS
from engine.layers.regularisers import CLIP_LIMIT, PENALTIES, Penalised
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.optimizers.schedules import SCHEDULES
from engine.registry import Param, Text
from engine.rules.rule import Shape
from engine.spec.edits import Edit, Editable, edits_of
from engine.spec.layer_spec import LayerSpec, layer_of, parts_of

Nested = tuple[Any, ...] | float
NUMBER_BYTES = 40
CELL_BYTES = 200
"""What a number of a spec takes in memory, and an edited cell, roughly."""
MAX_SEED = 2**53 - 1
UPDATE_ORDERS = ("together", "layer_by_layer")

OPTIONS: dict[str, tuple[Param, ...]] = {
    "reduction": (
        Param(
            "reduction",
            "choice",
            "mean",
            Text("Loss of the batch", "批量损失"),
            choices=("mean", "sum"),
            choice_labels=(Text("mean", "平均"), Text("sum", "求和")),
        ),
    ),
    "fused": (Param("fused", "boolean", True, Text("Output activation and loss in one", "输出激活与损失合并计算")),),
    "update_order": (
        # "layer_by_layer" is a mistake some tutorials make: the error goes on through weights that have moved already.
        Param(
            "update_order",
            "choice",
            UPDATE_ORDERS[0],
            Text("Order of the updates", "更新顺序"),
            choices=UPDATE_ORDERS,
            choice_labels=(Text("all at once", "同时更新"), Text("layer by layer", "逐层更新")),
        ),
    ),
    "clip": tuple(
        replace(CLIP_LIMIT, name=name, default=None, label=label)
        for name, label in (
            ("value", Text("Limit of every gradient", "每个梯度的阈值")),
            ("norm", Text("Limit of all gradients together", "全部梯度范数的阈值")),
        )
    ),
    "penalty": tuple(PENALTIES.values()),
}
"""The parameters of the fields that are not a choice from a registry, by field."""


@dataclass(frozen=True)
class PenaltySpec:
    """Rates of the penalties on weights: l1·Σ|w| + ½·l2·Σw²."""

    l1: float = 0.0
    l2: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"l1": self.l1, "l2": self.l2}


@dataclass(frozen=True)
class ClipSpec:
    """Gradient clipping: every gradient cut off at `value`, or all together brought down to `norm`; at most one."""

    value: float | None = None
    norm: float | None = None

    @property
    def limit(self) -> float | None:
        """The limit, whichever it is."""
        return self.norm if self.value is None else self.value

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"value": self.value, "norm": self.norm}


@dataclass(frozen=True)
class ExperimentSpec:
    """A whole experiment. Make it with `from_json`, which completes and checks it."""

    data: DataSpec
    layers: tuple[LayerSpec, ...]
    loss: Choice
    reduction: str
    fused: bool
    optimizer: Choice
    schedule: Choice
    clip: ClipSpec
    penalty: PenaltySpec
    update_order: str
    initializer: Choice
    parameters: tuple[tuple[str, Nested], ...]
    batch_size: int | None
    shuffle: bool
    epochs: int
    seed: int
    edits: tuple[Edit, ...] = ()

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
            "loss": self.loss.to_short_json(),
            "reduction": self.reduction,
            "fused": self.fused,
            "optimizer": self.optimizer.to_json(),
            "schedule": self.schedule.to_json(),
            "clip": self.clip.to_json(),
            "penalty": self.penalty.to_json(),
            "update_order": self.update_order,
            "initializer": self.initializer.to_json(),
            "parameters": {name: _lists(value) for name, value in self.parameters},
            "batch_size": self.batch_size,
            "shuffle": self.shuffle,
            "epochs": self.epochs,
            "seed": self.seed,
            "edits": [edit.to_json() for edit in self.edits],
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

    def batch_at(self, step: int) -> int:
        """Examples in the batch of a step."""
        n, batch = self.extent[0], self.batch
        return batch if batch == n else min(batch, n - step % self.batches_per_epoch * batch)

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

    def shortened(self, epochs: int) -> ExperimentSpec:
        """The experiment as far as after so many epochs, if it has more."""
        return replace(self, epochs=min(epochs, self.epochs))

    @cached_property
    def _one_epoch(self) -> ExperimentSpec:
        return replace(self, epochs=1)

    @cached_property
    def outline(self) -> ExperimentSpec:
        """All that the program of a step depends on: another spec, whose data has the same shape and no more."""
        sizes = {"examples": self.batch, "inputs": self.widths[0], "outputs": self.widths[-1]}
        return replace(
            self,
            data=Choice("uniform", tuple({**DATASETS["uniform"].defaults, **sizes}.items())),
            parameters=(),
            batch_size=None,
            shuffle=True,
            epochs=1,
            seed=0,
            edits=(),
        )

    @cached_property
    def nbytes(self) -> int:
        """Memory that the numbers written out in it take, about."""
        written = self.data.count if isinstance(self.data, InlineData) else 0
        given = sum(_count(value) for _, value in self.parameters)
        return NUMBER_BYTES * (written + given) + CELL_BYTES * sum(len(edit.cells) for edit in self.edits)

    def trajectory(self) -> ExperimentSpec:
        """The spec without its length: runs that agree in this share all their work."""
        return self if self.epochs == 1 else self._one_epoch

    def trunk(self) -> ExperimentSpec:
        """The spec without its last edit: both runs are the same before that edit's step."""
        return replace(self, edits=self.edits[:-1])

    @property
    def penalised(self) -> Penalised:
        """Which penalties count."""
        return Penalised(self.penalty.l1 > 0, self.penalty.l2 > 0)


DEFAULTS: dict[str, Any] = {
    "data": {"kind": "uniform"},
    "layers": [
        {"kind": "dense", "units": 4, "activation": "sigmoid"},
        {"kind": "dense", "units": 1, "activation": "sigmoid"},
    ],
    "loss": "mse",
    "reduction": "mean",
    "fused": True,
    "optimizer": {"kind": "sgd"},
    "schedule": {"kind": "constant"},
    "clip": {"value": None, "norm": None},
    "penalty": {"l1": 0.0, "l2": 0.0},
    "update_order": "together",
    "initializer": {"kind": "uniform"},
    "parameters": {},
    "batch_size": None,
    "shuffle": True,
    "epochs": 1000,
    "seed": 0,
    "edits": [],
}
"""What absent fields of a spec are taken to be: together, the seed experiment.

Where `layers` is absent, the last of the default layers has as many units as the data has outputs.
"""


def _spec(data: object) -> ExperimentSpec:
    fields = object_of("spec", data, DEFAULTS)
    chosen = {name: fields.get(name, default) for name, default in DEFAULTS.items()}
    source = data_of("data", chosen["data"])
    layers = list_of("layers", chosen["layers"], layer_of, "a list of at least one layer", least=1)
    if "layers" not in fields:
        layers = (*layers[:-1], replace(layers[-1], units=extent(source)[2]))
    spec = ExperimentSpec(
        data=source,
        layers=layers,
        loss=choice_or_name("loss", chosen["loss"], LOSSES),
        reduction=str(OPTIONS["reduction"][0].check("reduction", chosen["reduction"])),
        fused=boolean_of("fused", chosen["fused"]),
        optimizer=choice_of("optimizer", chosen["optimizer"], OPTIMIZERS),
        schedule=choice_of("schedule", chosen["schedule"], SCHEDULES),
        clip=_clip("clip", chosen["clip"]),
        penalty=_penalty("penalty", chosen["penalty"]),
        update_order=str(OPTIONS["update_order"][0].check("update_order", chosen["update_order"])),
        initializer=choice_of("initializer", chosen["initializer"], INITIALIZERS),
        parameters=(),
        batch_size=None
        if chosen["batch_size"] is None
        else whole_of("batch_size", chosen["batch_size"], 1, None, "null for the full batch, or "),
        shuffle=boolean_of("shuffle", chosen["shuffle"]),
        epochs=whole_of("epochs", chosen["epochs"], 1, None),
        seed=whole_of("seed", chosen["seed"], 0, MAX_SEED),
    )
    _check_together(spec)
    spec = replace(spec, parameters=_parameters("parameters", chosen["parameters"], spec))
    return replace(spec, edits=edits_of("edits", chosen["edits"], _editable(spec)))


def _check_together(spec: ExperimentSpec) -> None:
    """Refuse what is right field by field and wrong together."""
    outputs, last = spec.extent[2], len(spec.layers) - 1
    output = spec.layers[last]
    if output.units != outputs:
        raise SpecError(f"layers[{last}].units", output.units, f"{safe(outputs)}, the number of outputs in the data")
    if output.dropout:
        raise SpecError(f"layers[{last}].dropout", output.dropout, "0 in the output layer, which the loss reads")
    natural = LOSSES[spec.loss.kind].unfused_activations
    if not spec.fused and natural and output.activation.kind not in natural:
        raise SpecError("fused", spec.fused, f"true, or an output layer with activation {' or '.join(natural)}")
    if spec.update_order != UPDATE_ORDERS[0] and spec.clip.norm is not None:
        raise SpecError("clip.norm", spec.clip.norm, f"null where update_order is {spec.update_order}")


def _clip(field: str, value: object) -> ClipSpec:
    fields = object_of(field, value, ("value", "norm"))
    clip = ClipSpec(
        *(
            None if fields.get(name) is None else float(CLIP_LIMIT.check(f"{field}.{name}", fields[name]))
            for name in ("value", "norm")
        )
    )
    if clip.value is not None and clip.norm is not None:
        raise SpecError(f"{field}.norm", clip.norm, f"null where {field}.value is a number")
    return clip


def _penalty(field: str, value: object) -> PenaltySpec:
    fields = object_of(field, value, PENALTIES)
    return PenaltySpec(
        *(float(param.check(f"{field}.{name}", fields.get(name, 0.0))) for name, param in PENALTIES.items())
    )


def _editable(spec: ExperimentSpec) -> Editable:
    """What an edit of this run may set."""
    optimizer = OPTIMIZERS[spec.optimizer.kind]
    parameters = parameter_shapes(spec)
    memory = {f"{slot}_{name}": shape for name, shape in parameters.items() for slot in optimizer.memory}
    examples, inputs, outputs = spec.extent
    return Editable(
        {**parameters, **memory, "x": (examples, inputs), "y": (examples, outputs)},
        {
            **{param.name: param for param in optimizer.params},
            **{name: param for name, param in PENALTIES.items() if getattr(spec.penalty, name)},
            **({} if spec.clip.limit is None else {CLIP_LIMIT.name: CLIP_LIMIT}),
        },
        spec.steps,
    )


def layer_parts(spec: ExperimentSpec) -> list[Parts]:
    """What every layer adds to a program, in order; each reads what the one before it gives."""
    parts: list[Parts] = []
    source = "a0"
    for number, layer in enumerate(spec.layers, start=1):
        last = number == len(spec.layers)
        parts.append(parts_of(layer, number, spec.widths[number - 1], source, last and not spec.fused))
        source = parts[-1].output
    return parts


def parameter_shapes(spec: ExperimentSpec) -> dict[str, Shape]:
    """The shape of every parameter, layer by layer: W (n_out, n_in) and, where there is one, b (n_out,)."""
    return {name: start.shape for parts in layer_parts(spec) for name, start in parts.parameters.items()}


def _parameters(field: str, value: object, spec: ExperimentSpec) -> tuple[tuple[str, Nested], ...]:
    shapes = parameter_shapes(spec)
    given = object_of(field, value, shapes)
    return tuple((name, _nested(f"{field}.{name}", given[name], shapes[name])) for name in shapes if name in given)


def _nested(field: str, value: object, shape: Shape) -> Nested:
    if not shape:
        return number_of(field, value)
    allowed = f"a list of {safe(shape[0])}" + (f", each of shape {list(shape[1:])}" if shape[1:] else " numbers")
    if not isinstance(value, (list, tuple)) or len(value) != shape[0]:
        raise SpecError(field, value, allowed)
    return tuple(_nested(f"{field}[{i}]", part, shape[1:]) for i, part in enumerate(value))


def _count(value: Nested) -> int:
    return sum(map(_count, value)) if isinstance(value, tuple) else 1


def _lists(value: Nested) -> Any:
    return [_lists(part) for part in value] if isinstance(value, tuple) else value
