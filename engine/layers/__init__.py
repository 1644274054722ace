"""Kinds of layer. A layer is a function from its place and options to parameter shapes and calls.

`dense` is the only kind so far: z = a W^T + b, then an activation, then dropout where it is asked for.

    initializers    what parameters begin with
    regularisers    penalties, clipping, dropout
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.layers.regularisers import dropout
from engine.registry import Entry, Param, Registry, Text
from engine.rules.expression import Sum, operands
from engine.rules.ops import Do, Op
from engine.rules.rule import Array, Rule, Shape

a, W, b, delta = operands("a W b delta")

_SOURCE = "Goodfellow, Bengio & Courville, Deep Learning (2016), sections 6.1 and 6.5"


def _affine(do: Do, out: Array, a: Array, W: Array, b: Array) -> None:
    do(np.dot, a, W.T, out)
    do(np.add, out, b, out)


def _linear(do: Do, out: Array, a: Array, W: Array) -> None:
    do(np.dot, a, W.T, out)


def _affine_dW(do: Do, out: Array, delta: Array, a: Array) -> None:
    do(np.dot, delta.T, a, out)


def _affine_db(do: Do, out: Array, delta: Array) -> None:
    do(np.dot, do.ones(len(delta)), delta, out)


def _affine_da(do: Do, out: Array, delta: Array, W: Array) -> None:
    do(np.dot, delta, W, out)


AFFINE_DW = Op(
    "affine_dW",
    Text("Gradient of a weight", "权重的梯度"),
    Text(
        "Over the examples of the batch, δ of the unit the weight leads to times the activation it starts from, added.",
        "对批量中的每个样本，把权重所指向神经元的 δ 与出发处的激活值相乘，再求和。",
    ),
    _SOURCE,
    Rule("dW", ("j", "i"), Sum("n", delta["n", "j"] * a["n", "i"])),
    _affine_dW,
)
AFFINE_DB = Op(
    "affine_db",
    Text("Gradient of a bias", "偏置的梯度"),
    Text("δ of the unit, added over the examples of the batch.", "该神经元的 δ 在批量的所有样本上求和。"),
    _SOURCE,
    Rule("db", ("j",), Sum("n", delta["n", "j"])),
    _affine_db,
)
AFFINE_DA = Op(
    "affine_da",
    Text("Error carried back", "误差回传"),
    Text(
        "Every outgoing wire brings back δ of the unit it leads to, times its weight; the shares are added.",
        "每条输出连线把所指向神经元的 δ 乘以权重传回，各份相加。",
    ),
    _SOURCE,
    Rule("da", ("n", "i"), Sum("j", W["j", "i"] * delta["n", "j"])),
    _affine_da,
)
AFFINE = Op(
    "affine",
    Text("Weighted sum", "加权求和"),
    Text(
        "Every activation of the layer before, times its weight; added, plus the bias.",
        "上一层的每个激活值乘以对应的权重，求和后再加偏置。",
    ),
    _SOURCE,
    Rule("z", ("n", "j"), Sum("i", W["j", "i"] * a["n", "i"]) + b["j"]),
    _affine,
    {"W": AFFINE_DW, "b": AFFINE_DB, "a": AFFINE_DA},
)
LINEAR = Op(
    "linear",
    Text("Weighted sum without bias", "加权求和（无偏置）"),
    Text(
        "Every activation of the layer before, times its weight, added.",
        "上一层的每个激活值乘以对应的权重，再求和。",
    ),
    _SOURCE,
    Rule("z", ("n", "j"), Sum("i", W["j", "i"] * a["n", "i"])),
    _linear,
    {"W": AFFINE_DW, "a": AFFINE_DA},
)


@dataclass(frozen=True)
class Step:
    """One assignment of a forward pass: `writes = op(bind)`."""

    op: Op
    bind: dict[str, str]
    writes: str


@dataclass(frozen=True)
class Place:
    """Where a layer stands in a network, and what it is asked to be.

    `source` is the name of the value it reads; `learned` the slots of what its activation learns, with their first
    values.
    """

    layer: int
    source: str
    n_in: int
    units: int
    activation: Op
    learned: tuple[tuple[str, float], ...]
    bias: bool
    dropout: float


@dataclass(frozen=True)
class Start:
    """A parameter's shape and what its elements are at first; None where the initializer draws them."""

    shape: Shape
    value: float | None = None


@dataclass(frozen=True)
class Parts:
    """What a layer adds to a program: its parameters, its forward assignments, and the value it passes on.

    `masks` are values drawn anew in every step, by name: their width and the probability of a 0.
    """

    parameters: dict[str, Start]
    steps: tuple[Step, ...]
    output: str
    masks: dict[str, tuple[int, float]]


@dataclass(frozen=True, eq=False)
class LayerKind(Entry):
    """A kind of layer: `parts` gives what it adds to a program, `multiplications` about what one example costs."""

    parts: Callable[[Place], Parts] = lambda place: Parts({}, (), place.source, {})
    multiplications: Callable[[int, int], int] = lambda n_in, units: 0


def _dense(place: Place) -> Parts:
    k = place.layer
    z, out = f"z{k}", f"a{k}"
    parameters = {f"W{k}": Start((place.units, place.n_in))}
    bind = {"W": f"W{k}", "a": place.source}
    if place.bias:
        parameters[f"b{k}"] = Start((place.units,), 0.0)
        bind["b"] = f"b{k}"
    activate = {"z": z}
    for slot, start in place.learned:
        parameters[f"{slot}{k}"] = Start((place.units,), start)
        activate[slot] = f"{slot}{k}"
    steps = [Step(AFFINE if place.bias else LINEAR, bind, z), Step(place.activation, activate, out)]
    if not place.dropout:
        return Parts(parameters, tuple(steps), out, {})
    mask, kept = f"mask{k}", f"h{k}"
    steps.append(Step(dropout(place.dropout), {"a": out, "mask": mask}, kept))
    return Parts(parameters, tuple(steps), kept, {mask: (place.units, place.dropout)})


LAYERS: Registry[LayerKind] = Registry(
    "layer kind",
    LayerKind(
        "dense",
        Text("Dense", "全连接"),
        Text("Every unit reads every unit of the layer before.", "每个神经元读取上一层的全部神经元。"),
        r"\mathbf{z} = \mathbf{W}\mathbf{a} + \mathbf{b}",
        _SOURCE,
        (
            Param("units", "integer", 4, Text("Units", "神经元个数"), minimum=1, step=1),
            Param("bias", "boolean", True, Text("Bias", "偏置")),
            Param(
                "dropout",
                "number",
                0.0,
                Text("Dropout", "随机失活"),
                minimum=0.0,
                maximum=0.95,
                step=0.05,
            ),
        ),
        parts=_dense,
        multiplications=lambda n_in, units: n_in * units,
    ),
)
