"""Activations that keep a between bounds: sigmoid, tanh and their kin, the bell, the wave and the step.

The slope is written in whatever the backward pass has at hand: sigmoid and tanh have it from their own value a. Where
a function has a kink, its slope there is stated, and is PyTorch's.
"""

from __future__ import annotations

from math import inf, nextafter

import numpy as np

from engine.activations.activation import DEEP_LEARNING, A, Curve, Z, elementwise
from engine.registry import Param, Text
from engine.rules.expression import Choose, Expr, Number, absolute, cos, exp, larger, lift, sin, smaller, tanh
from engine.rules.ops import Do
from engine.rules.rule import Array


def _identity(do: Do, out: Array, z: Array) -> None:
    do(np.copyto, out, z)


def _identity_delta(do: Do, out: Array, da: Array) -> None:
    do(np.copyto, out, da)


IDENTITY = elementwise(
    "identity",
    Text("identity", "恒等"),
    Text("Passes z on as it is.", "原样输出 z。"),
    "a = z",
    DEEP_LEARNING + "6.2.2.1",
    Curve(Z, _identity, lift(1), _identity_delta),
)


def _sigmoid(do: Do, out: Array, z: Array) -> None:
    one = do.constant(1.0)
    do(np.negative, z, out)
    do(np.exp, out, out)
    do(np.add, out, one, out)
    do(np.divide, one, out, out)


def _sigmoid_delta(do: Do, out: Array, da: Array, a: Array) -> None:
    do(np.subtract, do.constant(1.0), a, out)
    do(np.multiply, a, out, out)
    do(np.multiply, da, out, out)


_SIGMOID_ACTIVE = (-4.357, 4.357)

SIGMOID = elementwise(
    "sigmoid",
    Text("sigmoid", "sigmoid"),
    Text(
        "Squeezes z into (0, 1); flat at both ends, where units learn slowly.",
        "把 z 压缩到 (0, 1)；两端平坦，神经元在那里学得很慢。",
    ),
    r"a = \frac{1}{1 + e^{-z}}",
    DEEP_LEARNING + "6.2.2.2",
    Curve(1 / (1 + exp(-Z)), _sigmoid, A * (1 - A), _sigmoid_delta, _SIGMOID_ACTIVE),
)


def _tanh(do: Do, out: Array, z: Array) -> None:
    do(np.tanh, z, out)


def _tanh_delta(do: Do, out: Array, da: Array, a: Array) -> None:
    do(np.multiply, a, a, out)
    do(np.subtract, do.constant(1.0), out, out)
    do(np.multiply, da, out, out)


TANH = elementwise(
    "tanh",
    Text("tanh", "tanh"),
    Text("Squeezes z into (−1, 1), centred on zero.", "把 z 压缩到 (−1, 1)，以零为中心。"),
    r"a = \tanh z",
    DEEP_LEARNING + "6.3.2",
    Curve(tanh(Z), _tanh, 1 - A**2, _tanh_delta, (-2.179, 2.179)),
)


def _softsign(do: Do, out: Array, z: Array) -> None:
    do(np.abs, z, out)
    do(np.add, do.constant(1.0), out, out)
    do(np.divide, z, out, out)


def _softsign_delta(do: Do, out: Array, da: Array, z: Array) -> None:
    one = do.constant(1.0)
    do(np.abs, z, out)
    do(np.add, one, out, out)
    do(np.multiply, out, out, out)
    do(np.divide, one, out, out)
    do(np.multiply, da, out, out)


SOFTSIGN = elementwise(
    "softsign",
    Text("Softsign", "Softsign"),
    Text(
        "Squeezes z into (−1, 1) like tanh, but nears its bounds far more slowly.",
        "与 tanh 一样把 z 压缩到 (−1, 1)，但趋近边界要慢得多。",
    ),
    r"a = \frac{z}{1 + |z|}",
    "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010), section 3",
    Curve(Z / (1 + absolute(Z)), _softsign, 1 / (1 + absolute(Z)) ** 2, _softsign_delta, (-3.473, 3.473)),
)


def _hard_sigmoid(do: Do, out: Array, z: Array) -> None:
    do(np.add, z, do.constant(3.0), out)
    do(np.maximum, out, do.constant(0.0), out=out)
    do(np.minimum, out, do.constant(6.0), out=out)
    do(np.divide, out, do.constant(6.0), out)


def _hard_sigmoid_delta(do: Do, out: Array, da: Array, z: Array) -> None:
    do(np.abs, z, out)
    do(np.less, out, do.constant(3.0), out)
    do(np.divide, out, do.constant(6.0), out)
    do(np.multiply, da, out, out)


HARD_SIGMOID = elementwise(
    "hard_sigmoid",
    Text("Hard sigmoid", "硬 sigmoid"),
    Text(
        "A sigmoid of three straight lines: 0 up to z = −3, 1 from z = 3 on. At both kinks the slope is taken as 0. "
        "PyTorch rounds the slope 1/6 to single precision, which differs by 3e-8 of itself.",
        "由三段直线组成的 sigmoid：z 不大于 −3 时为 0，不小于 3 时为 1。在两个拐点处斜率取 0。"
        "PyTorch 把斜率 1/6 舍入为单精度，相对差别约 3e-8。",
    ),
    r"a = \frac{\min(\max(z + 3, 0), 6)}{6}",
    "Howard et al., Searching for MobileNetV3 (2019), section 5.2; torch.nn.Hardsigmoid, documentation",
    Curve(
        smaller(larger(Z + 3, 0), 6) / 6,
        _hard_sigmoid,
        Choose(absolute(Z), "<", Number(3), Number(1) / 6, Number(0)),
        _hard_sigmoid_delta,
        (-3.0, 3.0),
    ),
)


def _hard_tanh(do: Do, out: Array, z: Array) -> None:
    do(np.maximum, z, do.constant(-1.0), out=out)
    do(np.minimum, out, do.constant(1.0), out=out)


def _hard_tanh_delta(do: Do, out: Array, da: Array, z: Array) -> None:
    do(np.abs, z, out)
    do(np.less, out, do.constant(1.0), out)
    do(np.multiply, da, out, out)


HARD_TANH = elementwise(
    "hard_tanh",
    Text("Hard tanh", "硬 tanh"),
    Text(
        "Passes z on, held between −1 and 1. At both kinks the slope is taken as 0.",
        "原样输出 z，但限制在 −1 与 1 之间。在两个拐点处斜率取 0。",
    ),
    r"a = \min(\max(z, -1), 1)",
    DEEP_LEARNING + "6.3.3",
    Curve(
        smaller(larger(Z, -1), 1),
        _hard_tanh,
        Choose(absolute(Z), "<", Number(1), Number(1), Number(0)),
        _hard_tanh_delta,
        (-1.0, 1.0),
    ),
)


def _sine(do: Do, out: Array, z: Array) -> None:
    do(np.sin, z, out)


def _sine_delta(do: Do, out: Array, da: Array, z: Array) -> None:
    do(np.cos, z, out)
    do(np.multiply, da, out, out)


SINE = elementwise(
    "sine",
    Text("Sine", "正弦"),
    Text(
        "A wave: it never levels off, and units can follow fine detail. z is an angle in radians.",
        "波形函数：永不趋于平坦，神经元能拟合精细的变化。z 是以弧度计的角。",
    ),
    r"a = \sin z",
    "Sitzmann, Martel, Bergman, Lindell & Wetzstein, Implicit neural representations with periodic activation "
    "functions (2020), section 3",
    Curve(sin(Z), _sine, cos(Z), _sine_delta),
)


def _gaussian(do: Do, out: Array, z: Array) -> None:
    do(np.multiply, z, z, out)
    do(np.negative, out, out)
    do(np.exp, out, out)


def _gaussian_delta(do: Do, out: Array, da: Array, a: Array, z: Array) -> None:
    do(np.multiply, a, z, out)
    do(np.multiply, out, do.constant(-2.0), out)
    do(np.multiply, da, out, out)


GAUSSIAN = elementwise(
    "gaussian",
    Text("Gaussian", "高斯"),
    Text(
        "A bell: 1 at z = 0, and nearly 0 once z is far from it on either side.",
        "钟形函数：z = 0 时为 1，向两侧远离时几乎为 0。",
    ),
    r"a = e^{-z^2}",
    DEEP_LEARNING + "6.3.3, radial basis function units",
    Curve(exp(-(Z**2)), _gaussian, -(2 * A * Z), _gaussian_delta, (-2.147, 2.147)),
)


def _step(do: Do, out: Array, z: Array) -> None:
    do(np.greater, z, do.constant(0.0), out)


def _step_delta_zero(do: Do, out: Array, da: Array) -> None:
    do(np.multiply, da, do.constant(0.0), out)


def _step_delta_straight_through(do: Do, out: Array, da: Array, z: Array) -> None:
    do(np.abs, z, out)
    do(np.less_equal, out, do.constant(1.0), out)
    do(np.multiply, da, out, out)


def _step_delta_sigmoid(do: Do, out: Array, da: Array, z: Array) -> None:
    one, rest = do.constant(1.0), do.scratch(z.shape)
    do(np.negative, z, out)
    do(np.exp, out, out)
    do(np.add, one, out, out)
    do(np.divide, one, out, out)
    do(np.exp, z, rest)
    do(np.add, one, rest, rest)
    do(np.divide, one, rest, rest)
    do(np.multiply, out, rest, out)
    do(np.multiply, da, out, out)


_STEP: Expr = Choose(Z, ">", Number(0), Number(1), Number(0))

_JUST_BEYOND_ONE = nextafter(1.0, 2.0)
_SURROGATES = {
    "zero": Curve(_STEP, _step, Number(0), _step_delta_zero, (inf, -inf)),
    "straight_through": Curve(
        _STEP,
        _step,
        Choose(Number(1), ">=", absolute(Z), Number(1), Number(0)),
        _step_delta_straight_through,
        (-_JUST_BEYOND_ONE, _JUST_BEYOND_ONE),
        surrogate=Text(
            "The step has no slope of use. This one is 1 where |z| is at most 1, and 0 elsewhere: the error passes "
            "straight through.",
            "阶跃函数没有可用的斜率。这里在 |z| 不超过 1 时取 1，其余取 0：误差直接穿过。",
        ),
    ),
    "sigmoid": Curve(
        _STEP,
        _step,
        1 / (1 + exp(-Z)) * (1 / (1 + exp(Z))),
        _step_delta_sigmoid,
        _SIGMOID_ACTIVE,
        surrogate=Text(
            "The step has no slope of use. This is the slope of the sigmoid, which the step is an abrupt form of.",
            "阶跃函数没有可用的斜率。这里用 sigmoid 的斜率代替：阶跃可看作陡峭的 sigmoid。",
        ),
    ),
}

STEP = elementwise(
    "step",
    Text("Step", "阶跃"),
    Text(
        "1 where z is above 0, else 0: the unit of the perceptron. Its slope is 0 everywhere (taken as 0 at the jump "
        "too), so nothing before it learns, unless a surrogate stands in for the slope on the way back: 1 where |z| is "
        "at most 1 (straight-through), or the slope of the sigmoid.",
        "z 大于 0 时为 1，否则为 0：感知机的神经元。它的斜率处处为 0（跳变处也取 0），前面的层学不到任何东西，"
        "除非反向传播时用替代斜率：|z| 不超过 1 时取 1（直通估计），或用 sigmoid 的斜率。",
    ),
    r"a = [z > 0]",
    "McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity (1943); straight-through as in "
    "Courbariaux, Hubara, Soudry, El-Yaniv & Bengio, Binarized neural networks (2016), section 1.3; surrogates in "
    "Neftci, Mostafa & Zenke, Surrogate gradient learning in spiking neural networks (2019)",
    lambda values: _SURROGATES[values["surrogate"]],
    params=(
        Param(
            "surrogate",
            "choice",
            "zero",
            Text("Slope on the way back", "反向传播用的斜率"),
            choices=("zero", "straight_through", "sigmoid"),
            choice_labels=(
                Text("0, as it is", "0（真实斜率）"),
                Text("straight-through", "直通估计"),
                Text("of the sigmoid", "sigmoid 的斜率"),
            ),
        ),
    ),
)
