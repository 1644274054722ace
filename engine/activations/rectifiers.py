"""Rectifiers: activations that pass positive z on and hold negative z back, with a corner at 0.

At the kink of a function that has one, the slope is that of its left side, as in PyTorch: relu'(0) = 0.
"""

from __future__ import annotations

from functools import partial
from math import inf, log

import numpy as np

from engine.activations.activation import DA, DEEP_LEARNING, FLAT, Activation, Curve, Learned, Values, Z, elementwise
from engine.registry import Param, Text
from engine.rules.expression import Choose, Expr, Named, Number, Sum, exp, expm1, larger, lift, operands, smaller
from engine.rules.ops import Do, Op, derived
from engine.rules.rule import Array, Rule
from engine.rules.special import where_positive

(alpha,) = operands("alpha")
ALPHA = alpha["j"]


def _if_positive(then: Expr | float, otherwise: Expr | float) -> Expr:
    return Choose(Z, ">", Number(0), lift(then), lift(otherwise))


# relu


def _relu(do: Do, out: Array, z: Array) -> None:
    do(np.maximum, z, do.constant(0.0), out=out)


def _relu_delta(do: Do, out: Array, da: Array, z: Array) -> None:
    do(np.greater, z, do.constant(0.0), out)
    do(np.multiply, da, out, out)


RELU = elementwise(
    "relu",
    Text("ReLU", "ReLU"),
    Text(
        "Passes positive z on and blocks the rest; its slope at 0 is taken as 0.",
        "正的 z 原样通过，其余为零；在 0 处的斜率取 0。",
    ),
    r"a = \max(0, z)",
    DEEP_LEARNING + "6.3.1",
    Curve(larger(Z, 0), _relu, _if_positive(1, 0), _relu_delta, (0.0, inf)),
)


# leaky_relu: the slope is from (0, 1], so the larger of z and slope·z is the right one of the two, NaN included.


def _leaky_relu(slope: float, do: Do, out: Array, z: Array) -> None:
    do(np.multiply, z, do.constant(slope), out)
    do(np.maximum, z, out, out=out)


def _leaky_relu_delta(slope: float, do: Do, out: Array, da: Array, z: Array) -> None:
    do(np.greater, z, do.constant(0.0), out)
    do(np.maximum, out, do.constant(slope), out=out)
    do(np.multiply, da, out, out)


def _leaky_relu_curve(values: Values) -> Curve:
    slope = values["slope"]
    return Curve(
        _if_positive(Z, Number(slope) * Z),
        partial(_leaky_relu, slope),
        _if_positive(1, slope),
        partial(_leaky_relu_delta, slope),
    )


LEAKY_RELU = elementwise(
    "leaky_relu",
    Text("Leaky ReLU", "带泄漏 ReLU"),
    Text(
        "Like ReLU, but lets a little of negative z through, so that no unit stops learning. At 0 the slope is that "
        "of the negative side.",
        "类似 ReLU，但让负的 z 也通过一小部分，神经元因此不会停止学习。在 0 处取负半轴的斜率。",
    ),
    r"a = \max(0, z) + s\,\min(0, z)",
    "Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models (2013), section 2",
    _leaky_relu_curve,
    params=(
        Param(
            "slope",
            "number",
            0.01,
            Text("Slope for negative z", "负半轴斜率"),
            minimum=0.0,
            maximum=1.0,
            exclusive_minimum=True,
            step=0.01,
        ),
    ),
)


# prelu


def _prelu(do: Do, out: Array, z: Array, alpha: Array) -> None:
    do(np.multiply, alpha, z, out)
    do(where_positive, z, z, out, out)


def _prelu_delta(do: Do, out: Array, da: Array, z: Array, alpha: Array) -> None:
    do(where_positive, z, do.constant(1.0), alpha, out)
    do(np.multiply, da, out, out)


def _prelu_dalpha(do: Do, out: Array, da: Array, z: Array) -> None:
    shares = do.scratch(z.shape)
    do(np.minimum, z, do.constant(0.0), out=shares)
    do(np.multiply, da, shares, shares)
    do(np.dot, do.ones(len(z)), shares, out)


_PRELU_LABEL = Text("PReLU", "PReLU")
_PRELU_SUMMARY = Text(
    "A leaky ReLU whose slope for negative z is learned, one for each unit, beginning at 0.25. At 0 the slope is that "
    "of the negative side.",
    "负半轴斜率可学习的带泄漏 ReLU，每个神经元一个，初值为 0.25。在 0 处取负半轴的斜率。",
)
_PRELU_SOURCE = "He, Zhang, Ren & Sun, Delving deep into rectifiers (2015), section 2.1, equation 1"


def _build_prelu(name: str, values: Values, jacobian: bool) -> Op:
    by_alpha = Op(
        derived(name, "dalpha"),
        Text("Gradient of a learned slope", "可学习斜率的梯度"),
        Text(
            "Over the examples where z of the unit is negative: the error that arrives, times z; added.",
            "对该神经元 z 为负的每个样本，把传来的误差乘以 z，再求和。",
        ),
        _PRELU_SOURCE,
        Rule("dalpha", ("j",), Sum("n", Named("error", DA) * Named("slope", smaller(Z, 0)))),
        _prelu_dalpha,
    )
    by_z = Op(
        derived(name, "delta"),
        Text("Error term through PReLU", "经 PReLU 的误差项"),
        Text(
            "The error that arrives at the activation, times the slope there: 1 for positive z, else the learned one.",
            "传到激活值的误差乘以该处的斜率：z 为正时是 1，否则是学到的斜率。",
        ),
        _PRELU_SOURCE,
        Rule("delta", ("n", "j"), Named("error", DA) * Named("slope", _if_positive(1, ALPHA))),
        _prelu_delta,
    )
    return Op(
        name,
        _PRELU_LABEL,
        _PRELU_SUMMARY,
        _PRELU_SOURCE,
        Rule("a", ("n", "j"), _if_positive(Z, ALPHA * Z)),
        _prelu,
        {"alpha": by_alpha, "z": by_z},
    )


PRELU = Activation(
    "prelu",
    _PRELU_LABEL,
    _PRELU_SUMMARY,
    r"a_j = \max(0, z_j) + \alpha_j \min(0, z_j)",
    _PRELU_SOURCE,
    build=_build_prelu,
    learned=(
        Learned(
            "alpha",
            0.25,
            Text("Learned slope", "可学习斜率"),
            Text(
                "The slope of the unit for negative z, learned like a weight.",
                "z 为负时该神经元的斜率，与权重一样由训练得到。",
            ),
        ),
    ),
)


# elu and selu


def _times(factor: float, expr: Expr) -> Expr:
    """The product, without a factor of 1."""
    return expr if factor == 1 else Number(factor) * expr


def _elu(alpha: float, scale: float, do: Do, out: Array, z: Array) -> None:
    do(np.minimum, z, do.constant(0.0), out=out)
    do(np.expm1, out, out)
    do(np.multiply, do.constant(alpha), out, out)
    do(where_positive, z, z, out, out)
    if scale != 1:
        do(np.multiply, do.constant(scale), out, out)


def _elu_delta(alpha: float, scale: float, do: Do, out: Array, da: Array, z: Array) -> None:
    do(np.minimum, z, do.constant(0.0), out=out)
    do(np.exp, out, out)
    do(np.multiply, do.constant(alpha), out, out)
    do(where_positive, z, do.constant(1.0), out, out)
    if scale != 1:
        do(np.multiply, do.constant(scale), out, out)
    do(np.multiply, da, out, out)


def _elu_curve(values: Values) -> Curve:
    alpha = values["alpha"]
    return Curve(
        _if_positive(Z, _times(alpha, expm1(Z))),
        partial(_elu, alpha, 1.0),
        _if_positive(1, _times(alpha, exp(Z))),
        partial(_elu_delta, alpha, 1.0),
        (min(0.0, log(FLAT * max(1.0, alpha) / alpha)) if alpha else 0.0, inf),
    )


ELU = elementwise(
    "elu",
    Text("ELU", "ELU"),
    Text(
        "Passes positive z on; negative z bends smoothly towards −α. At 0 the slope is that of the negative side, α.",
        "正的 z 原样通过；负的 z 平滑地趋于 −α。在 0 处取负半轴的斜率 α。",
    ),
    r"a = \max(0, z) + \min(0, \alpha(e^{z} - 1))",
    "Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by exponential linear units (2016), "
    "section 3",
    _elu_curve,
    params=(Param("alpha", "number", 1.0, Text("α", "α"), minimum=0.0, maximum=10.0, step=0.1),),
)

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
"""With these, means of 0 and variances of 1 reproduce themselves from layer to layer."""

SELU = elementwise(
    "selu",
    Text("SELU", "SELU"),
    Text(
        "A scaled ELU, made so that activations keep mean 0 and variance 1 from layer to layer. At 0 the slope is that "
        "of the negative side, about 1.758.",
        "经过缩放的 ELU，使各层激活值保持均值 0、方差 1。在 0 处取负半轴的斜率，约 1.758。",
    ),
    r"a = \lambda\left(\max(0, z) + \min(0, \alpha(e^{z} - 1))\right)",
    "Klambauer, Unterthiner, Mayr & Hochreiter, Self-normalizing neural networks (2017), equation 2",
    Curve(
        Number(SELU_SCALE) * _if_positive(Z, Number(SELU_ALPHA) * expm1(Z)),
        partial(_elu, SELU_ALPHA, SELU_SCALE),
        Number(SELU_SCALE) * _if_positive(1, Number(SELU_ALPHA) * exp(Z)),
        partial(_elu_delta, SELU_ALPHA, SELU_SCALE),
        (log(FLAT), inf),
    ),
)
