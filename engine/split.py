"""The examples of an experiment as arrays, the training part and the test part apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data_spec import DataSpec, InlineData
from engine.datasets import DATASETS
from engine.registry import Text
from engine.rule import Array
from engine.streams import DATA, stream

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DataSplit:
    """All examples, read-only. `x` (examples, inputs) and `y` (examples, outputs) are what training sees.

    Example i of the training part is row `rows[i]` of the whole set, and likewise for the test part. What a network
    is given is `(feature - offsets) / scales`. `classes` names the classes, where there are some.
    """

    x: Array
    y: Array
    x_test: Array
    y_test: Array
    rows: Rows
    test_rows: Rows
    feature_names: tuple[str, ...]
    offsets: Array
    scales: Array
    classes: tuple[Text, ...] = ()


def make_split(data: DataSpec, seed: int) -> DataSplit:
    """The examples that a spec's `data` and `seed` stand for: the same two give the same bits."""
    if isinstance(data, InlineData):
        x, y = np.array(data.x), np.array(data.y)
    else:
        x, y = DATASETS[data.kind].make(stream(seed, DATA), data.values)
    inputs, outputs = x.shape[1], y.shape[1]
    return DataSplit(
        x=_frozen(x),
        y=_frozen(y),
        x_test=_frozen(np.empty((0, inputs))),
        y_test=_frozen(np.empty((0, outputs))),
        rows=_frozen_rows(np.arange(len(x))),
        test_rows=_frozen_rows(np.arange(0)),
        feature_names=tuple(f"x{i}" for i in range(inputs)),
        offsets=_frozen(np.zeros(inputs)),
        scales=_frozen(np.ones(inputs)),
    )


def _frozen(array: Array) -> Array:
    made = np.ascontiguousarray(array, dtype=np.float64)
    made.flags.writeable = False
    return made


def _frozen_rows(rows: Rows) -> Rows:
    rows.flags.writeable = False
    return rows
