"""The quantities a program names, one row each: axes, how to read them, how to typeset them, what they mean.

`z2` is the quantity z of layer 2, `m_W2` the optimizer's memory m of the weights of layer 2. The page, the formulas,
the sentences and the API take all they say about a name from here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from engine.errors import UnknownNameError
from engine.registry import Text

EXAMPLE, UNIT, INPUT, OUTPUT = "example", "unit", "input", "output"


@dataclass(frozen=True)
class Quantity:
    """One kind of named value.

    `axes` says what each axis counts. `symbol` is how it is typeset without layer and index: "z", "δ"; a gradient
    is a quotient ∂L/∂ of `over`'s symbol instead. `new` marks a value after the update. `of` is the symbol of the
    parameter that a value of the update belongs to: the W of m_W2.
    """

    key: str
    axes: tuple[str, ...]
    label: Text
    meaning: Text
    symbol: str
    over: str | None = None
    new: bool = False
    layered: bool = True
    of: str | None = None


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
        _q(
            "alpha",
            (UNIT,),
            Text("learned slope", "可学习斜率"),
            Text(
                "The slope of the unit for negative z, learned like a weight.",
                "z 为负时该神经元的斜率，与权重一样由训练得到。",
            ),
            "α",
        ),
        _q(
            "mask",
            _CELL,
            Text("dropout mask", "随机失活掩码"),
            Text(
                "1 where the unit takes part in this step, 0 where it is left out; drawn from the seed and the step.",
                "1 表示该神经元参与本步，0 表示被丢弃；由随机种子和步数决定。",
            ),
            "r",
        ),
        _q(
            "h",
            _CELL,
            Text("activation after dropout", "随机失活后的激活值"),
            Text(
                "What is left of the activation after dropout, scaled up so that its expectation stays the same.",
                "随机失活后保留的激活值，并放大以保持期望不变。",
            ),
            "h",
        ),
        _q(
            "J",
            (EXAMPLE, OUTPUT, UNIT),
            Text("Jacobian of the activation", "激活函数的雅可比矩阵"),
            Text(
                "How much the first unit's activation changes when z of the second grows a little.",
                "第二个神经元的 z 略微增大时，第一个神经元的激活值变化多少。",
            ),
            "J",
        ),
        _q(
            "dalpha",
            (UNIT,),
            Text("gradient of a learned slope", "可学习斜率的梯度"),
            Text("How much the loss changes when this slope grows a little.", "该斜率略微增大时，损失变化多少。"),
            "α",
            over="alpha",
        ),
        _q(
            "dh",
            _CELL,
            Text("error arriving after dropout", "随机失活后的误差"),
            Text(
                "How much the loss changes when the activation after dropout grows a little.",
                "随机失活后的激活值略微增大时，损失变化多少。",
            ),
            "h",
            over="h",
        ),
        _q(
            "alpha_new",
            (UNIT,),
            Text("learned slope after the update", "更新后的可学习斜率"),
            Text("The slope the next step begins with.", "下一步开始时使用的斜率。"),
            "α",
            new=True,
        ),
        *(
            _q(key, (), label, meaning, mark, new=key.endswith("_new"), layered=False)
            for key, label, meaning, mark in (
                (
                    "penalty",
                    Text("penalty", "惩罚项"),
                    Text(
                        "What large weights cost on top of the loss; training lowers the sum of the two.",
                        "较大权重在损失之外付出的代价；训练减小的是二者之和。",
                    ),
                    "R",
                ),
                (
                    "l1",
                    Text("L1 rate", "L1 系数"),
                    Text("How much every unit of |W| costs.", "每单位 |W| 的代价。"),
                    "λ₁",
                ),
                ("l2", Text("L2 rate", "L2 系数"), Text("How much ½W² costs.", "½W² 的代价系数。"), "λ₂"),
                (
                    "base_learning_rate",
                    Text("base learning rate", "基础学习率"),
                    Text("What the schedule starts from.", "学习率调度的起点。"),
                    "η₀",
                ),
                (
                    "t",
                    Text("step, counted from 1", "步数（从 1 起）"),
                    Text("The number of this update.", "本次更新的序号。"),
                    "t",
                ),
                (
                    "momentum",
                    Text("momentum", "动量系数"),
                    Text("The part of the velocity that lives on to the next step.", "速度保留到下一步的比例。"),
                    "μ",
                ),
                (
                    "rho",
                    Text("decay ρ", "衰减率 ρ"),
                    Text(
                        "The part of the running mean that lives on to the next step.", "滑动平均保留到下一步的比例。"
                    ),
                    "ρ",
                ),
                (
                    "beta1",
                    Text("decay β₁", "衰减率 β₁"),
                    Text("The part of m that lives on to the next step.", "m 保留到下一步的比例。"),
                    "β₁",
                ),
                (
                    "beta2",
                    Text("decay β₂", "衰减率 β₂"),
                    Text(
                        "The part of the second memory that lives on to the next step.",
                        "第二个状态保留到下一步的比例。",
                    ),
                    "β₂",
                ),
                (
                    "epsilon",
                    Text("epsilon", "ε"),
                    Text("A small number that keeps the quotient finite.", "防止除以零的小常数。"),
                    "ε",
                ),
                (
                    "weight_decay",
                    Text("weight decay", "权重衰减"),
                    Text(
                        "The part of itself that a parameter loses in every step, times the learning rate.",
                        "参数每步衰减的比例，实际还要乘以学习率。",
                    ),
                    "λ",
                ),
                (
                    "momentum_decay",
                    Text("momentum decay ψ", "动量衰减 ψ"),
                    Text("How fast the warm-up of the momentum ends.", "动量系数预热的快慢。"),
                    "ψ",
                ),
                (
                    "clip_limit",
                    Text("clipping limit", "裁剪阈值"),
                    Text("How large a gradient may become.", "梯度允许的最大值。"),
                    "c",
                ),
                (
                    "gradient_norm",
                    Text("norm of all gradients", "全部梯度的范数"),
                    Text("The length of the vector of all gradients.", "由全部梯度组成的向量的长度。"),
                    "‖g‖",
                ),
                (
                    "clip_scale",
                    Text("clipping factor", "裁剪系数"),
                    Text(
                        "What every gradient is multiplied by; below 1 when they are too long.",
                        "所有梯度共同乘以的系数；过长时小于 1。",
                    ),
                    "s",
                ),
                (
                    "mu",
                    Text("momentum of this step", "本步的动量系数"),
                    Text("The warmed-up momentum of this step.", "预热后的本步动量系数。"),
                    "μ",
                ),
                (
                    "mu_next",
                    Text("momentum of the next step", "下一步的动量系数"),
                    Text("The warmed-up momentum of the step after this.", "预热后的下一步动量系数。"),
                    "μ⁺",
                ),
                (
                    "mu_product",
                    Text("product of the momenta", "动量系数之积"),
                    Text("The momenta of all steps before this, multiplied.", "此前各步动量系数的乘积。"),
                    "Πμ",
                ),
                (
                    "mu_product_new",
                    Text("product of the momenta after this step", "本步后的动量系数之积"),
                    Text("The momenta of all steps up to this, multiplied.", "截至本步各步动量系数的乘积。"),
                    "Πμ",
                ),
            )
        ),
    ]
)

PARTS: dict[str, Quantity] = dict(
    [
        _q(
            "g",
            (),
            Text("gradient with the penalty", "含惩罚项的梯度"),
            Text(
                "The gradient of loss and penalty together: what the optimizer goes by.",
                "损失与惩罚项之和的梯度：优化器依据的就是它。",
            ),
            "g",
        ),
        _q(
            "clipped",
            (),
            Text("clipped gradient", "裁剪后的梯度"),
            Text("The gradient after clipping: what the optimizer goes by.", "裁剪后的梯度：优化器依据的就是它。"),
            "ĝ",
        ),
        _q(
            "m",
            (),
            Text("running mean m", "滑动平均 m"),
            Text("The optimizer's memory of past gradients.", "优化器对过去梯度的记忆。"),
            "m",
        ),
        _q(
            "v",
            (),
            Text("memory v", "状态 v"),
            Text(
                "The optimizer's memory: a velocity, or a running mean of squares.",
                "优化器的记忆：速度，或平方的滑动平均。",
            ),
            "v",
        ),
        _q(
            "u",
            (),
            Text("memory u", "状态 u"),
            Text("The optimizer's running mean of squared moves.", "优化器对移动量平方的滑动平均。"),
            "u",
        ),
        _q(
            "mhat",
            (),
            Text("m without its bias", "偏差修正后的 m"),
            Text("m divided by what is missing because it began at zero.", "除以因从零开始而缺少的部分之后的 m。"),
            "m̂",
        ),
        _q(
            "vhat",
            (),
            Text("v without its bias", "偏差修正后的 v"),
            Text("v divided by what is missing because it began at zero.", "除以因从零开始而缺少的部分之后的 v。"),
            "v̂",
        ),
        _q(
            "move",
            (),
            Text("move", "移动量"),
            Text("Where the optimizer wants to go, before the learning rate.", "乘以学习率之前，优化器要移动的量。"),
            "d",
        ),
    ]
)
"""Values of the update that belong to a parameter, by the stem of their names: m_W2 is the m of W2."""

_NAME = re.compile(r"(?P<stem>[A-Za-z]+?)(?P<layer>\d+)(?P<new>_new)?")
_PART = re.compile(r"(?P<stem>[A-Za-z]+)_(?P<parameter>[A-Za-z]+)(?P<layer>\d+)(?P<new>_new)?")


@lru_cache(maxsize=4096)
def parse_name(name: str) -> tuple[Quantity, int | None]:
    """The quantity and layer of a program's name.

    >>> quantity, layer = parse_name("W2_new")
    >>> quantity.key, layer
    ('W_new', 2)
    >>> parse_name("m_W2")[0].of
    'W'

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
    match = _PART.fullmatch(name)
    if match and match["stem"] in PARTS and match["parameter"] in QUANTITIES:
        return _part(PARTS[match["stem"]], QUANTITIES[match["parameter"]], bool(match["new"])), int(match["layer"])
    raise UnknownNameError("name", name, (*QUANTITIES, *PARTS))


def _part(part: Quantity, parameter: Quantity, new: bool) -> Quantity:
    """A value of the update as it belongs to a parameter: axes and symbol are the parameter's."""
    after = Text(f"{part.label.en} after the step", f"本步后的{part.label.zh}") if new else part.label
    return replace(
        part,
        key=f"{part.key}_{parameter.key}" + ("_new" if new else ""),
        axes=parameter.axes,
        label=Text(f"{after.en} of a {parameter.label.en}", f"{parameter.label.zh}的{after.zh}"),
        of=parameter.symbol,
        new=new,
    )


def format_address(name: str, index: tuple[int, ...]) -> str:
    """How a cell is spelled everywhere: `delta1[0,2]`, and `loss` for a scalar."""
    return f"{name}[{','.join(map(str, index))}]" if index else name
