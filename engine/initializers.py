"""Initial weights. Biases start at zero; explicit arrays in the spec override both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.registry import Entry, Param, Registry, Text
from engine.rule import Array, Shape

Params = Mapping[str, float | int | bool | str]


@dataclass(frozen=True, eq=False)
class Initializer(Entry):
    """`draw(generator, shape, params)` gives a layer's first weights, shape (n_out, n_in)."""

    draw: Callable[[np.random.Generator, Shape, Params], Array] = lambda generator, shape, params: np.zeros(shape)


def _uniform(generator: np.random.Generator, shape: Shape, params: Params) -> Array:
    return generator.uniform(float(params["low"]), float(params["high"]), shape)


def _zeros(generator: np.random.Generator, shape: Shape, params: Params) -> Array:
    return np.zeros(shape)


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
        (
            Param("low", "number", -1.0, Text("Low", "下限"), minimum=-1e6, maximum=1e6, step=0.1),
            Param("high", "number", 1.0, Text("High", "上限"), minimum=-1e6, maximum=1e6, step=0.1),
        ),
        draw=_uniform,
        check=lambda params: None if params["low"] <= params["high"] else "high: at least low",
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
