"""Data sets with numbers as targets: random numbers, a linear function of any inputs, curves over a line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.data.dataset import Dataset, Made, Params, Range, examples, noise, number, regression, whole
from engine.registry import Param, Text
from engine.rules.rule import Array


def _uniform(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    rows = int(params["examples"])
    return points.random((rows, int(params["inputs"]))), points.random((rows, int(params["outputs"])))


def _linear(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    weights = np.array(params["weights"])
    x = points.uniform(-1, 1, (int(params["examples"]), len(weights)))
    exact = (x * weights).sum(axis=1, keepdims=True) + float(params["bias"])
    return x, moved_targets(exact, noise, params)


def moved_targets(exact: Array, noise: np.random.Generator, params: Params) -> Array:
    """Targets with normal noise added."""
    return exact + float(params["noise"]) * noise.standard_normal(exact.shape)


CURVES: dict[str, tuple[Text, Callable[[Array], Array]]] = {
    "sine": (Text("sine", "正弦"), np.sin),
    "cosine": (Text("cosine", "余弦"), np.cos),
    "step": (Text("step at 0", "在 0 处的阶跃"), lambda x: np.where(x >= 0, 1.0, 0.0)),
    "absolute": (Text("absolute value", "绝对值"), np.abs),
    "quadratic": (Text("x squared", "x 的平方"), np.square),
    "cubic": (Text("x cubed", "x 的立方"), lambda x: x * x * x),
    "sinc": (Text("sinc, sin πx / πx", "sinc，即 sin πx / πx"), np.sinc),
    "gaussian": (Text("bell curve", "钟形曲线"), lambda x: np.exp(-x * x)),
    "exponential": (Text("exponential", "指数函数"), np.exp),
    "sawtooth": (Text("sawtooth", "锯齿波"), lambda x: x - np.floor(x)),
}
MOST_X = 100.0


def _function(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    x = np.linspace(float(params["low"]), float(params["high"]), int(params["examples"]))[:, None]
    return x, moved_targets(np.asarray(CURVES[params["function"]][1](x)), noise, params)


def _uniform_plane(params: Params) -> tuple[Range, ...]:
    return ((0.0, 1.0),) * params["inputs"] if params["inputs"] <= 2 else ()


def _linear_plane(params: Params) -> tuple[Range, ...]:
    count = len(params["weights"])
    return ((-1.0, 1.0),) * count if count <= 2 else ()


SETS = (
    Dataset(
        "uniform",
        Text("Uniform random", "均匀随机"),
        Text(
            "Inputs and targets drawn evenly from [0, 1). There is nothing to learn but the mean of the targets.",
            "输入和目标都在 [0, 1) 上均匀抽取。除了目标的平均值，没有别的规律可学。",
        ),
        r"x, y \sim U[0, 1)",
        "The tutorial network: 100 examples, 2 inputs, 1 target",
        (
            examples(100),
            whole("inputs", 2, "Inputs", "输入个数"),
            whole("outputs", 1, "Outputs", "输出个数"),
            *regression(None, 0.0),
        ),
        size=lambda params: (int(params["examples"]), int(params["inputs"])),
        count="outputs",
        unit_targets=True,
        make=_uniform,
        plane=_uniform_plane,
    ),
    Dataset(
        "linear",
        Text("Linear", "线性"),
        Text(
            "A weighted sum of the inputs and a bias, with noise. One unit without activation can find the weights "
            "again.",
            "输入的加权和加上偏置，并带噪声。一个没有激活函数的神经元就能把这些权重找回来。",
        ),
        r"y = w \cdot x + b + \text{noise}",
        "Legendre, Nouvelles méthodes pour la détermination des orbites des comètes (1805), on least squares",
        (
            examples(100),
            Param("weights", "array", (2.0, -1.0), Text("Weights, one for each input", "权重（每个输入一个）")),
            number("bias", 0.5, "Bias", "偏置", -1e6, 1e6),
            noise(0.1),
            *regression(None, 0.2),
        ),
        size=lambda params: (int(params["examples"]), len(params["weights"])),
        make=_linear,
        plane=_linear_plane,
    ),
    Dataset(
        "function",
        Text("Curve", "曲线"),
        Text(
            "One input, evenly spaced, and a function of it: sine, step, square and others. To watch units add up to a "
            "curve.",
            "单个输入等距取点，目标是它的函数：正弦、阶跃、平方等。用来观察神经元如何叠加成一条曲线。",
        ),
        r"y = f(x_0) + \text{noise}",
        "Cybenko, Approximation by superpositions of a sigmoidal function (1989), on what a network can approximate",
        (
            Param(
                "function",
                "choice",
                "sine",
                Text("Function", "函数"),
                choices=tuple(CURVES),
                choice_labels=tuple(label for label, _ in CURVES.values()),
            ),
            examples(50),
            number("low", -3.0, "From x =", "x 起点", -MOST_X, MOST_X),
            number("high", 3.0, "To x =", "x 终点", -MOST_X, MOST_X),
            noise(0.0),
            *regression(1, 0.2),
        ),
        check=lambda params: None if params["low"] < params["high"] else "high: above low",
        size=lambda params: (int(params["examples"]), 1),
        make=_function,
        plane=lambda params: ((float(params["low"]), float(params["high"])),),
    ),
)
