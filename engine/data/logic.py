"""Data sets of bits: gates of two inputs, parity and mirror symmetry. Every row of the truth table is there."""

from __future__ import annotations

import numpy as np

from engine.data.dataset import (
    Dataset,
    Made,
    Make,
    Params,
    Range,
    classification,
    examples,
    moved,
    noise,
    turns,
    whole,
)
from engine.registry import Param, Text
from engine.rules.rule import Array

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
BITS = Text("Bits", "位数")
MOST_BITS = 16


def _gate(truth: tuple[int, int, int, int]) -> Make:
    def make(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
        rows = turns(int(params["examples"]), 4)
        return moved(CORNERS[rows], noise, params), np.array(truth)[rows]

    return make


def _gate_entry(
    name: str, truth: tuple[int, int, int, int], label: Text, summary: Text, formula: str, source: str
) -> Dataset:
    return Dataset(
        name,
        label,
        summary,
        formula,
        source,
        (examples(4), noise(0.0, 1.0), *classification(2, 0.0)),
        task="classification",
        size=lambda params: (int(params["examples"]), 2),
        count=2,
        make=_gate(truth),
        input_names=(Text("first bit", "第一位"), Text("second bit", "第二位")),
        plane=lambda params: ((-0.5, 1.5), (-0.5, 1.5)),
    )


def all_bits(bits: int) -> Array:
    """Every vector of so many bits, in the order of the numbers they write, the first bit the largest.

    >>> all_bits(2).tolist()
    [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    """
    numbers = np.arange(2**bits)[:, None]
    return (numbers >> np.arange(bits)[::-1] & 1).astype(np.float64)


def _parity(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    x = all_bits(int(params["bits"]))
    return moved(x, noise, params), x.sum(axis=1).astype(np.int64) % 2


def _symmetry(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    x = all_bits(int(params["bits"]))
    return moved(x, noise, params), (x == x[:, ::-1]).all(axis=1).astype(np.int64)


def _bits_size(params: Params) -> tuple[int, int]:
    return 2 ** int(params["bits"]), int(params["bits"])


def _bits_plane(params: Params) -> tuple[Range, ...]:
    return ((-0.5, 1.5),) * 2 if params["bits"] == 2 else ()


def _bits_params(default: int, least: int) -> tuple[Param, ...]:
    bits = whole("bits", default, BITS.en, BITS.zh, least, MOST_BITS)
    return (bits, noise(0.0, 1.0), *classification(None, 0.0))


SETS = (
    _gate_entry(
        "xor",
        (0, 1, 1, 0),
        Text("XOR", "异或"),
        Text(
            "The four rows of exclusive or: 1 where the inputs differ. No network without a hidden layer can learn it.",
            "异或的四行真值表：两个输入不同则为 1。没有隐藏层的网络学不会它。",
        ),
        r"y = x_0 \oplus x_1",
        "Rumelhart, Hinton & Williams, in Parallel Distributed Processing (1986), chapter 8",
    ),
    _gate_entry(
        "and",
        (0, 0, 0, 1),
        Text("AND", "与"),
        Text(
            "The four rows of and: 1 where both inputs are 1. One line separates them, so one unit is enough.",
            "“与”的四行真值表：两个输入都为 1 时为 1。一条直线就能分开，因此一个神经元就够了。",
        ),
        r"y = x_0 \wedge x_1",
        "McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity (1943)",
    ),
    _gate_entry(
        "or",
        (0, 1, 1, 1),
        Text("OR", "或"),
        Text(
            "The four rows of or: 1 where at least one input is 1. One line separates them, so one unit is enough.",
            "“或”的四行真值表：至少一个输入为 1 时为 1。一条直线就能分开，因此一个神经元就够了。",
        ),
        r"y = x_0 \vee x_1",
        "McCulloch & Pitts, A logical calculus of the ideas immanent in nervous activity (1943)",
    ),
    Dataset(
        "parity",
        Text("Parity", "奇偶校验"),
        Text(
            "Every vector of n bits: class 1 where the number of ones is odd. Changing any one bit changes the answer, "
            "which makes it hard.",
            "所有 n 位二进制向量：1 的个数为奇数则属于类别 1。任何一位改变都会改变答案，因此很难学。",
        ),
        r"y = \sum_i x_i \bmod 2",
        "Rumelhart, Hinton & Williams, in Parallel Distributed Processing (1986), chapter 8",
        _bits_params(4, 1),
        task="classification",
        size=_bits_size,
        count=2,
        make=_parity,
        class_names=lambda params: (Text("even", "偶"), Text("odd", "奇")),
        plane=_bits_plane,
    ),
    Dataset(
        "symmetry",
        Text("Mirror symmetry", "镜像对称"),
        Text(
            "Every vector of n bits: class 1 where it reads the same from both ends. With six bits, the 64 vectors "
            "from which two hidden units learned the task in 1986.",
            "所有 n 位二进制向量：正读反读相同则属于类别 1。六位时即 1986 年论文中两个隐藏神经元所学的 64 个向量。",
        ),
        r"y = [x_i = x_{n-1-i} \text{ for all } i]",
        "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, Nature 323 (1986)",
        _bits_params(6, 2),
        task="classification",
        size=_bits_size,
        count=2,
        make=_symmetry,
        class_names=lambda params: (Text("asymmetric", "不对称"), Text("symmetric", "对称")),
        plane=_bits_plane,
    ),
)
