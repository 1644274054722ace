"""Smooth rectifiers: like relu far from 0, without its corner. None overflows where its value is a number."""

from __future__ import annotations

from math import inf, log, pi, sqrt

import numpy as np

from engine.activations.activation import DEEP_LEARNING, FLAT, A, Curve, Z, elementwise
from engine.registry import Param, Text
from engine.rules.expression import Number, absolute, exp, larger, log1p, smaller, tanh
from engine.rules.expression import erf as erf_of
from engine.rules.expression import sqrt as sqrt_of
from engine.rules.ops import Do
from engine.rules.rule import Array
from engine.rules.special import erf

# gelu


def _gelu(do: Do, out: Array, z: Array) -> None:
    do(np.divide, z, do.constant(sqrt(2)), out)
    do(erf, out, out)
    do(np.add, do.constant(1.0), out, out)
    do(np.multiply, out, do.constant(0.5), out)
    do(np.multiply, z, out, out)


def _gelu_delta(do: Do, out: Array, da: Array, z: Array) -> None:
    bell = do.scratch(z.shape)
    do(np.multiply, z, z, bell)
    do(np.multiply, bell, do.constant(-0.5), bell)
    do(np.exp, bell, bell)
    do(np.multiply, z, bell, bell)
    do(np.divide, bell, do.constant(sqrt(2 * pi)), bell)
    do(np.divide, z, do.constant(sqrt(2)), out)
    do(erf, out, out)
    do(np.add, do.constant(1.0), out, out)
    do(np.multiply, out, do.constant(0.5), out)
    do(np.add, out, bell, out)
    do(np.multiply, da, out, out)


_BELOW = (1 + erf_of(Z / sqrt_of(Number(2)))) / 2
_DENSITY = exp(-(Z**2) / 2) / sqrt_of(2 * Number(pi))

CUBIC = 0.044715
"""Of the approximation by tanh, fitted by its authors."""
FARTHEST = 1000.0
"""z² is held to this in the slope of that form: beyond it the factor 1 − tanh² is exactly 0, and 0·∞ would be NaN."""


def _inner(do: Do, out: Array, z: Array) -> None:
    """tanh(√(2/π)·(z + 0.044715·z³))."""
    do(np.multiply, z, z, out)
    do(np.multiply, out, z, out)
    do(np.multiply, do.constant(CUBIC), out, out)
    do(np.add, z, out, out)
    do(np.multiply, do.constant(sqrt(2 / pi)), out, out)
    do(np.tanh, out, out)


def _gelu_tanh(do: Do, out: Array, z: Array) -> None:
    _inner(do, out, z)
    do(np.add, do.constant(1.0), out, out)
    do(np.multiply, out, do.constant(0.5), out)
    do(np.multiply, z, out, out)


def _gelu_tanh_delta(do: Do, out: Array, da: Array, z: Array) -> None:
    one, half = do.constant(1.0), do.constant(0.5)
    inner, square = do.scratch(z.shape), do.scratch(z.shape)
    _inner(do, inner, z)
    do(np.multiply, z, z, square)
    do(np.minimum, square, do.constant(FARTHEST), out=square)
    do(np.multiply, do.constant(3 * CUBIC), square, square)
    do(np.add, one, square, square)
    do(np.multiply, inner, inner, out)
    do(np.subtract, one, out, out)
    do(np.multiply, out, z, out)
    do(np.multiply, out, square, out)
    do(np.divide, out, do.constant(sqrt(2 * pi)), out)
    do(np.add, one, inner, inner)
    do(np.multiply, inner, half, inner)
    do(np.add, inner, out, out)
    do(np.multiply, da, out, out)


_INNER = tanh(sqrt_of(2 / Number(pi)) * (Z + Number(CUBIC) * Z**3))

_GELU_ACTIVE = (-2.286, inf)
_GELU = {
    "exact": Curve(Z * _BELOW, _gelu, _BELOW + Z * _DENSITY, _gelu_delta, _GELU_ACTIVE),
    "tanh": Curve(
        Z * ((1 + _INNER) / 2),
        _gelu_tanh,
        (1 + _INNER) / 2
        + (1 - _INNER**2) * Z * (1 + 3 * Number(CUBIC) * smaller(Z**2, FARTHEST)) / sqrt_of(2 * Number(pi)),
        _gelu_tanh_delta,
        _GELU_ACTIVE,
        Text(
            "The error that arrives at the activation, times the slope of the activation function at z. In it z² is "
            "held to 1000, where the slope no longer changes, so that no z is too large.",
            "传到激活值的误差，乘以激活函数在 z 处的斜率。其中 z² 以 1000 为上限（此时斜率已不再变化），"
            "因此再大的 z 也不会出错。",
        ),
    ),
}

GELU = elementwise(
    "gelu",
    Text("GELU", "GELU"),
    Text(
        "z times the probability that a standard normal number is below z: a smooth ReLU with a dip below 0. The form "
        "by tanh is an approximation many models use.",
        "z 乘以标准正态变量小于 z 的概率：平滑的 ReLU，在负半轴略微下凹。tanh 形式是许多模型采用的近似。",
    ),
    r"a = z\,\Phi(z)",
    "Hendrycks & Gimpel, Gaussian error linear units (2016), section 2",
    lambda values: _GELU[values["form"]],
    params=(
        Param(
            "form",
            "choice",
            "exact",
            Text("Form", "形式"),
            choices=("exact", "tanh"),
            choice_labels=(Text("exact", "精确"), Text("by tanh", "tanh 近似")),
        ),
    ),
)


# silu and softplus


def _silu(do: Do, out: Array, z: Array) -> None:
    do(np.negative, z, out)
    do(np.exp, out, out)
    do(np.add, do.constant(1.0), out, out)
    do(np.divide, z, out, out)


def _silu_delta(do: Do, out: Array, da: Array, z: Array, a: Array) -> None:
    one, rest = do.constant(1.0), do.scratch(z.shape)
    do(np.exp, z, rest)
    do(np.add, one, rest, rest)
    do(np.divide, a, rest, rest)
    do(np.negative, z, out)
    do(np.exp, out, out)
    do(np.add, one, out, out)
    do(np.divide, one, out, out)
    do(np.add, out, rest, out)
    do(np.multiply, da, out, out)


SILU = elementwise(
    "silu",
    Text("SiLU (swish)", "SiLU（swish）"),
    Text(
        "z times the sigmoid of z, also called swish: a smooth ReLU with a dip below 0.",
        "z 乘以 sigmoid(z)，又称 swish：平滑的 ReLU，在负半轴略微下凹。",
    ),
    r"a = \frac{z}{1 + e^{-z}}",
    "Elfwing, Uchibe & Doya, Sigmoid-weighted linear units, Neural Networks 107 (2018); as swish in Ramachandran, "
    "Zoph & Le, Searching for activation functions (2017)",
    Curve(Z / (1 + exp(-Z)), _silu, 1 / (1 + exp(-Z)) + A / (1 + exp(Z)), _silu_delta, (-3.93, inf)),
)


def _softplus(do: Do, out: Array, z: Array) -> None:
    ramp = do.scratch(z.shape)
    do(np.abs, z, out)
    do(np.negative, out, out)
    do(np.exp, out, out)
    do(np.log1p, out, out)
    do(np.maximum, z, do.constant(0.0), out=ramp)
    do(np.add, ramp, out, out)


def _softplus_delta(do: Do, out: Array, da: Array, z: Array) -> None:
    one = do.constant(1.0)
    do(np.negative, z, out)
    do(np.exp, out, out)
    do(np.add, one, out, out)
    do(np.divide, one, out, out)
    do(np.multiply, da, out, out)


SOFTPLUS = elementwise(
    "softplus",
    Text("Softplus", "Softplus"),
    Text(
        "A smooth ReLU, ln(1 + e^z), in a form that cannot overflow; its slope is the sigmoid. PyTorch puts z itself "
        "for z above 20, which changes less than 3e-9.",
        "平滑的 ReLU，即 ln(1 + e^z)，采用不会溢出的写法；其斜率就是 sigmoid。"
        "PyTorch 在 z 大于 20 时直接取 z，差别小于 3e-9。",
    ),
    r"a = \ln(1 + e^{z})",
    "Dugas, Bengio, Bélisle, Nadeau & Garcia, Incorporating second-order functional knowledge for better option "
    "pricing (2001); " + DEEP_LEARNING + "3.10",
    Curve(
        larger(Z, 0) + log1p(exp(-absolute(Z))),
        _softplus,
        1 / (1 + exp(-Z)),
        _softplus_delta,
        (log(FLAT / (1 - FLAT)), inf),
    ),
)
