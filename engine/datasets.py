"""Data sets: inputs x and targets y, made from their parameters and the seed, or given in the spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from engine.registry import Entry, Param, Registry, Text
from engine.rule import Array

Params = Mapping[str, float | int | bool | str]
Extent = tuple[int, int, int]
"""Examples, inputs, outputs."""


@dataclass(frozen=True, eq=False)
class Dataset(Entry):
    """`extent(params)` tells the sizes without making anything; `make(generator, params)` gives x and y."""

    extent: Callable[[Params], Extent] = lambda params: (0, 0, 0)
    make: Callable[[np.random.Generator, Params], tuple[Array, Array]] = lambda generator, params: (
        np.zeros((0, 0)),
        np.zeros((0, 0)),
    )


def _uniform_extent(params: Params) -> Extent:
    return int(params["examples"]), int(params["inputs"]), int(params["outputs"])


def _uniform(generator: np.random.Generator, params: Params) -> tuple[Array, Array]:
    examples, inputs, outputs = _uniform_extent(params)
    return generator.random((examples, inputs)), generator.random((examples, outputs))


def _xor(generator: np.random.Generator, params: Params) -> tuple[Array, Array]:
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return x, np.array([[0.0], [1.0], [1.0], [0.0]])


def _size(name: str, default: int, en: str, zh: str) -> Param:
    return Param(name, "integer", default, Text(en, zh), minimum=1, step=1)


DATASETS: Registry[Dataset] = Registry(
    "data set",
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
            _size("examples", 100, "Examples", "样本数"),
            _size("inputs", 2, "Inputs", "输入个数"),
            _size("outputs", 1, "Outputs", "输出个数"),
        ),
        extent=_uniform_extent,
        make=_uniform,
    ),
    Dataset(
        "xor",
        Text("XOR", "异或"),
        Text(
            "The four rows of exclusive or: 1 where the inputs differ. No network without a hidden layer can learn it.",
            "异或的四行真值表：两个输入不同则为 1。没有隐藏层的网络学不会它。",
        ),
        r"y = x_0 \oplus x_1",
        "Rumelhart, Hinton & Williams, in Parallel Distributed Processing (1986), chapter 8",
        extent=lambda params: (4, 2, 1),
        make=_xor,
    ),
)
