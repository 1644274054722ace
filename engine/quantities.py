"""The quantities a program names, one row each: axes, how to read them, how to typeset them, what they mean.

`z2` is the quantity z of layer 2. The page, the formulas, the sentences and the API take all they say about a name
from here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.errors import UnknownNameError
from engine.registry import Text

EXAMPLE, UNIT, INPUT = "example", "unit", "input"
ELEMENT_LETTERS = {EXAMPLE: "n", UNIT: "j", INPUT: "i"}


@dataclass(frozen=True)
class Quantity:
    """One kind of named value.

    `axes` says what each axis counts. `symbol` is how it is typeset without layer and index: "z", "δ"; a gradient
    is a quotient ∂L/∂ of `over`'s symbol instead. `new` marks a value after the update.
    """

    key: str
    axes: tuple[str, ...]
    label: Text
    meaning: Text
    symbol: str
    over: str | None = None
    new: bool = False
    layered: bool = True


def _q(
    key: str,
    axes: tuple[str, ...],
    label: Text,
    meaning: Text,
    symbol: str,
    *,
    over: str | None = None,
    new: bool = False,
    layered: bool = True,
) -> tuple[str, Quantity]:
    return key, Quantity(key, axes, label, meaning, symbol, over, new, layered)


_CELL = (EXAMPLE, UNIT)
_WIRE = (UNIT, INPUT)

QUANTITIES: dict[str, Quantity] = dict(
    [
        _q(
            "x",
            _CELL,
            Text("input", "输入"),
            Text("An input of the network, from the data.", "网络的输入，来自数据。"),
            "a",
        ),
        _q(
            "y",
            _CELL,
            Text("target", "目标"),
            Text("What the output should be, from the data.", "输出应当达到的值，来自数据。"),
            "y",
            layered=False,
        ),
        _q(
            "a",
            _CELL,
            Text("activation", "激活值"),
            Text(
                "What the unit passes on: its activation function applied to z.",
                "神经元传给下一层的值：激活函数作用于 z。",
            ),
            "a",
        ),
        _q(
            "z",
            _CELL,
            Text("pre-activation", "净输入"),
            Text(
                "What arrives at the unit: the weighted sum of the layer before, plus the bias.",
                "到达神经元的净输入：上一层的加权和再加偏置。",
            ),
            "z",
        ),
        _q(
            "W",
            _WIRE,
            Text("weight", "权重"),
            Text(
                "How strongly a unit listens to one of the layer before, and with which sign.",
                "神经元对上一层某个神经元的响应强度与正负。",
            ),
            "W",
        ),
        _q(
            "b",
            (UNIT,),
            Text("bias", "偏置"),
            Text(
                "What the unit adds to its weighted sum, whatever the input.",
                "无论输入如何，神经元都加上的常数。",
            ),
            "b",
        ),
        _q(
            "loss",
            (),
            Text("loss", "损失"),
            Text(
                "How far the outputs are from the targets, over the whole batch: the number that training lowers.",
                "整个批量上输出与目标的差距：训练要减小的就是这个数。",
            ),
            "L",
            layered=False,
        ),
        _q(
            "learning_rate",
            (),
            Text("learning rate", "学习率"),
            Text("How far an update moves along the gradient.", "每次更新沿梯度移动多远。"),
            "η",
            layered=False,
        ),
        _q(
            "da",
            _CELL,
            Text("error arriving at the activation", "激活值处的误差"),
            Text(
                "How much the loss changes when this activation grows a little.",
                "激活值略微增大时，损失变化多少。",
            ),
            "a",
            over="a",
        ),
        _q(
            "delta",
            _CELL,
            Text("error term", "误差项"),
            Text(
                "How much the loss changes when z of this unit grows a little.",
                "该神经元的 z 略微增大时，损失变化多少。",
            ),
            "δ",
        ),
        _q(
            "dW",
            _WIRE,
            Text("gradient of a weight", "权重梯度"),
            Text(
                "How much the loss changes when this weight grows a little.",
                "该权重略微增大时，损失变化多少。",
            ),
            "W",
            over="W",
        ),
        _q(
            "db",
            (UNIT,),
            Text("gradient of a bias", "偏置梯度"),
            Text("How much the loss changes when this bias grows a little.", "该偏置略微增大时，损失变化多少。"),
            "b",
            over="b",
        ),
        _q(
            "W_new",
            _WIRE,
            Text("weight after the update", "更新后权重"),
            Text("The weight the next step begins with.", "下一步开始时使用的权重。"),
            "W",
            new=True,
        ),
        _q(
            "b_new",
            (UNIT,),
            Text("bias after the update", "更新后偏置"),
            Text("The bias the next step begins with.", "下一步开始时使用的偏置。"),
            "b",
            new=True,
        ),
    ]
)

_NAME = re.compile(r"(?P<stem>[A-Za-z]+?)(?P<layer>\d+)(?P<new>_new)?")


def parse_name(name: str) -> tuple[Quantity, int | None]:
    """The quantity and layer of a program's name.

    >>> quantity, layer = parse_name("W2_new")
    >>> quantity.key, layer
    ('W_new', 2)

    Raises UnknownNameError for a name no program uses.
    """
    plain = QUANTITIES.get(name)
    if plain is not None and not plain.layered:
        return plain, None
    match = _NAME.fullmatch(name)
    if match:
        layer = int(match["layer"])
        key = "x" if name == "a0" else match["stem"] + (match["new"] or "")
        if key in QUANTITIES and QUANTITIES[key].layered:
            return QUANTITIES[key], layer
    raise UnknownNameError("name", name, QUANTITIES)


def format_address(name: str, index: tuple[int, ...]) -> str:
    """How a cell is spelled everywhere: `delta1[0,2]`, and `loss` for a scalar."""
    return f"{name}[{','.join(map(str, index))}]" if index else name
