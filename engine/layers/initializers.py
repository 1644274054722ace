"""Initial weights. Biases start at zero; explicit arrays in the spec override both.

A weight matrix is (n_out, n_in): `n_in` numbers come into each of `n_out` units. Normal draws are plain: none is cut
off or drawn again, so the variance is exactly the one stated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from engine.registry import Entry, Param, Registry, Text
from engine.rules.rule import Array, Shape

Params = Mapping[str, float | int | bool | str]
Draw = Callable[["np.random.Generator", Shape, Params], Array]  # quoted, so that importing loads no generators


@dataclass(frozen=True, eq=False)
class Initializer(Entry):
    """`draw(generator, shape, params)` gives a layer's first weights, shape (n_out, n_in)."""

    draw: Draw = lambda generator, shape, params: np.zeros(shape)


def _uniform(generator: np.random.Generator, shape: Shape, params: Params) -> Array:
    return generator.uniform(float(params["low"]), float(params["high"]), shape)


def _zeros(generator: np.random.Generator, shape: Shape, params: Params) -> Array:
    return np.zeros(shape)


def _constant(generator: np.random.Generator, shape: Shape, params: Params) -> Array:
    return np.full(shape, float(params["value"]))


def _normal(generator: np.random.Generator, shape: Shape, params: Params) -> Array:
    return float(params["mean"]) + float(params["std"]) * generator.standard_normal(shape)


def _normal_with(variance: Callable[[int, int], float]) -> Draw:
    """Normal draws around 0 whose variance depends on (n_in, n_out)."""

    def draw(generator: np.random.Generator, shape: Shape, params: Params) -> Array:
        n_out, n_in = shape
        return sqrt(variance(n_in, n_out)) * generator.standard_normal(shape)

    return draw


def _uniform_with(variance: Callable[[int, int], float]) -> Draw:
    """Even draws from [−s, s) with that variance: a third of s² is the variance of such a draw."""

    def draw(generator: np.random.Generator, shape: Shape, params: Params) -> Array:
        n_out, n_in = shape
        s = sqrt(3 * variance(n_in, n_out))
        return generator.uniform(-s, s, shape)

    return draw


def _glorot(n_in: int, n_out: int) -> float:
    return 2 / (n_in + n_out)


def _he(n_in: int, n_out: int) -> float:
    return 2 / n_in


def _lecun(n_in: int, n_out: int) -> float:
    return 1 / n_in


def _orthogonal(generator: np.random.Generator, shape: Shape, params: Params) -> Array:
    n_out, n_in = shape
    basis = orthonormal_columns(generator.standard_normal((max(shape), min(shape))))
    return float(params["gain"]) * np.ascontiguousarray(basis if n_out >= n_in else basis.T)


def orthonormal_columns(columns: Array) -> Array:
    """The orthonormal basis Q of A = QR whose R has a positive diagonal, which makes it the only one.

    Of normal draws A, that Q is spread evenly over all such bases. Householder's reflections, in sums that depend on
    no library: LAPACK's bits change with the number of threads.

    Shapes
        columns  (m, n), m ≥ n, of full rank
        returns  (m, n)
    """
    m, n = columns.shape
    rest = np.array(columns, dtype=np.float64)
    basis = np.eye(m, n)
    reflections: list[Array] = []
    for k in range(n):
        v = rest[k:, k].copy()
        v[0] += np.copysign(np.sqrt(np.add.reduce(v * v)), v[0])
        _reflect(rest[k:, k:], v)
        reflections.append(v)
    for k in reversed(range(n)):
        _reflect(basis[k:, k:], reflections[k])
    return basis * np.where(np.diagonal(rest) < 0, -1.0, 1.0)


def _reflect(block: Array, v: Array) -> None:
    """Reflect every column of a block, in place, in the plane across v."""
    scale = 2 / np.add.reduce(v * v)
    block -= np.multiply.outer(scale * v, np.einsum("i,ij->j", v, block))


def _weight_param(name: str, default: float, en: str, zh: str, minimum: float = -1e6) -> Param:
    return Param(name, "number", default, Text(en, zh), minimum=minimum, maximum=1e6, step=0.1)


INITIALIZERS: Registry[Initializer] = Registry(
    "initializer",
    Initializer(
        "uniform",
        Text("Uniform", "均匀分布"),
        Text(
            "Weights drawn evenly from low (included) to high (excluded).",
            "权重在下限（含）到上限（不含）之间均匀抽取。",
        ),
        r"W_{ji} \sim U[\text{low}, \text{high})",
        "The tutorial network: weights uniform in [−1, 1)",
        (_weight_param("low", -1.0, "Low", "下限"), _weight_param("high", 1.0, "High", "上限")),
        check=lambda params: None if params["low"] <= params["high"] else "high: at least low",
        draw=_uniform,
    ),
    Initializer(
        "normal",
        Text("Normal", "正态分布"),
        Text(
            "Weights drawn from a bell curve with a given mean and standard deviation; far values are kept.",
            "权重按给定均值和标准差从正态分布抽取；不截断，远离均值的值也保留。",
        ),
        r"W_{ji} \sim N(\text{mean}, \text{std}^2)",
        "Goodfellow, Bengio & Courville, Deep Learning (2016), section 8.4",
        (
            _weight_param("mean", 0.0, "Mean", "均值"),
            _weight_param("std", 0.5, "Standard deviation", "标准差", minimum=0),
        ),
        draw=_normal,
    ),
    Initializer(
        "glorot_uniform",
        Text("Glorot, uniform", "Glorot 均匀"),
        Text(
            "Even draws with variance 2/(n_in + n_out): a compromise that keeps both the signals going forward and the "
            "gradients going back about as large as they were. Made for tanh. Also called Xavier.",
            "均匀抽取，方差为 2/(n_in + n_out)：在前向信号与反向梯度之间取折中，使两者的大小逐层大致不变。"
            "为 tanh 而设计，又称 Xavier 初始化。",
        ),
        r"W_{ji} \sim U\left[-\sqrt{\frac{6}{n_{in} + n_{out}}}, \sqrt{\frac{6}{n_{in} + n_{out}}}\right)",
        "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010), eq. 16",
        draw=_uniform_with(_glorot),
    ),
    Initializer(
        "glorot_normal",
        Text("Glorot, normal", "Glorot 正态"),
        Text(
            "Normal draws, none cut off, with the variance of Glorot and Bengio, 2/(n_in + n_out). Also called Xavier.",
            "正态抽取（不截断），方差为 Glorot 与 Bengio 给出的 2/(n_in + n_out)。又称 Xavier 初始化。",
        ),
        r"W_{ji} \sim N\left(0, \frac{2}{n_{in} + n_{out}}\right)",
        "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010), eq. 12",
        draw=_normal_with(_glorot),
    ),
    Initializer(
        "he_uniform",
        Text("He, uniform", "He 均匀"),
        Text(
            "Even draws with variance 2/n_in. The 2 makes up for the half of its inputs that a ReLU sets to 0.",
            "均匀抽取，方差为 2/n_in。其中的 2 用来补偿被 ReLU 置零的那一半输入。",
        ),
        r"W_{ji} \sim U\left[-\sqrt{\frac{6}{n_{in}}}, \sqrt{\frac{6}{n_{in}}}\right)",
        "He, Zhang, Ren & Sun, Delving Deep into Rectifiers (2015), section 2.2, with an even distribution",
        draw=_uniform_with(_he),
    ),
    Initializer(
        "he_normal",
        Text("He, normal", "He 正态"),
        Text(
            "Normal draws, none cut off, with variance 2/n_in: the choice for ReLU. Also called Kaiming.",
            "正态抽取（不截断），方差为 2/n_in：配合 ReLU 使用。又称 Kaiming 初始化。",
        ),
        r"W_{ji} \sim N\left(0, \frac{2}{n_{in}}\right)",
        "He, Zhang, Ren & Sun, Delving Deep into Rectifiers (2015), equation 10",
        draw=_normal_with(_he),
    ),
    Initializer(
        "lecun_normal",
        Text("LeCun, normal", "LeCun 正态"),
        Text(
            "Normal draws, none cut off, with variance 1/n_in: a unit's sum is then as spread out as one of its "
            "inputs. The choice for SELU.",
            "正态抽取（不截断），方差为 1/n_in：这样神经元的加权和与单个输入的离散程度相同。配合 SELU 使用。",
        ),
        r"W_{ji} \sim N\left(0, \frac{1}{n_{in}}\right)",
        "LeCun, Bottou, Orr & Müller, Efficient BackProp (1998), section 4.6",
        draw=_normal_with(_lecun),
    ),
    Initializer(
        "orthogonal",
        Text("Orthogonal", "正交"),
        Text(
            "Rows (or columns, where there are fewer) at right angles, each as long as the gain: a layer that neither "
            "stretches nor squeezes. All such matrices are equally likely.",
            "各行（若列数较少则为各列）两两垂直，长度都等于增益：这样的层既不放大也不压缩。所有这样的矩阵机会均等。",
        ),
        r"W W^T = \text{gain}^2 I",
        "Saxe, McClelland & Ganguli, Exact solutions to the nonlinear dynamics of learning in deep linear neural "
        "networks (2014)",
        (_weight_param("gain", 1.0, "Gain", "增益", minimum=0),),
        draw=_orthogonal,
    ),
    Initializer(
        "constant",
        Text("Constant", "常数"),
        Text(
            "Every weight starts at the same value. All units of a layer then stay alike for ever.",
            "所有权重从同一个值开始。同一层的神经元将永远相同。",
        ),
        r"W_{ji} = \text{value}",
        "Goodfellow, Bengio & Courville, Deep Learning (2016), section 8.4",
        (_weight_param("value", 0.5, "Value", "值"),),
        draw=_constant,
    ),
    Initializer(
        "zeros",
        Text("Zeros", "全零"),
        Text(
            "Every weight starts at 0. All units of a layer then stay alike for ever: which is why weights are drawn "
            "at random.",
            "所有权重从 0 开始。同一层的神经元将永远相同：这说明了权重为何要随机初始化。",
        ),
        "W_{ji} = 0",
        "Goodfellow, Bengio & Courville, Deep Learning (2016), section 8.4",
        draw=_zeros,
    ),
)
