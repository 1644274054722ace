"""Data sets measured in the world, read from files that come with installed packages."""

from __future__ import annotations

import numpy as np

from engine.data.dataset import Dataset, Made, Make, Params, classification, examples, moved, noise, numbered
from engine.data.tables import DIGITS, IRIS, Table, cells, numbers
from engine.registry import Text
from engine.rules.rule import Array

SPECIES = {
    "setosa": Text("setosa", "山鸢尾"),
    "versicolor": Text("versicolor", "变色鸢尾"),
    "virginica": Text("virginica", "维吉尼亚鸢尾"),
}
IRIS_INPUTS = (
    Text("sepal length, cm", "萼片长（厘米）"),
    Text("sepal width, cm", "萼片宽（厘米）"),
    Text("petal length, cm", "花瓣长（厘米）"),
    Text("petal width, cm", "花瓣宽（厘米）"),
)
PIXELS = 64


def _some(table: Table, x: Array, classes: Array) -> Make:
    """As many rows of a table as are asked for, drawn at random, in the order of the table."""

    def make(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
        rows = np.sort(points.permutation(table.rows)[: int(params["examples"])])
        return moved(x[rows], noise, params), classes[rows]

    return make


def _iris(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    classes = np.array([list(SPECIES).index(row[4]) for row in cells(IRIS)])
    return _some(IRIS, numbers(IRIS, 0, 4), classes)(points, noise, params)


def _digits(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    classes = numbers(DIGITS, PIXELS, PIXELS + 1)[:, 0].astype(np.int64)
    return _some(DIGITS, numbers(DIGITS, 0, PIXELS) / 16, classes)(points, noise, params)


SETS = (
    Dataset(
        "iris",
        Text("Iris", "鸢尾花"),
        Text(
            "150 flowers of three species, four lengths of each in centimetres. One species stands apart, two overlap.",
            "三种鸢尾花共 150 朵，每朵四个长度（厘米）。一种明显分开，另两种略有重叠。",
        ),
        r"x \in \mathbb{R}^4, \; y \in \{0, 1, 2\}",
        "Fisher, The use of multiple measurements in taxonomic problems (1936); the file comes with Plotly",
        (examples(IRIS.rows, IRIS.rows), noise(0.0), *classification(None, 0.2)),
        task="classification",
        size=lambda params: (int(params["examples"]), 4),
        count=3,
        make=_iris,
        class_names=lambda params: tuple(SPECIES.values()),
        input_names=IRIS_INPUTS,
        table=IRIS,
    ),
    Dataset(
        "digits",
        Text("Handwritten digits", "手写数字"),
        Text(
            "1797 digits written by hand, 8 by 8 pixels each, from 0 (paper) to 1 (ink). Needs the extra: pip install "
            "'backscope[datasets]'.",
            "1797 个手写数字，每个 8×8 像素，0 为纸、1 为墨。需要附加包 backscope[datasets]。",
        ),
        r"x \in [0, 1]^{64}, \; y \in \{0, \ldots, 9\}",
        "Alpaydin & Kaynak, Optical Recognition of Handwritten Digits (1998); the file comes with scikit-learn",
        (examples(500, DIGITS.rows), noise(0.0), *classification(None, 0.2)),
        task="classification",
        size=lambda params: (int(params["examples"]), PIXELS),
        count=10,
        make=_digits,
        class_names=lambda params: numbered(10),
        input_names=tuple(
            Text(f"row {row}, column {column}", f"第 {row} 行第 {column} 列") for row in range(8) for column in range(8)
        ),
        table=DIGITS,
    ),
)
