"""The examples of an experiment as arrays: made, coded, given as features, parted into training and test, scaled.

Nothing is learned from the test part: scaling is fitted on the training part alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.data.data_spec import DataSpec, InlineData, chosen_features, held_out_count
from engine.data.dataset import Range, coded_outputs, numbered
from engine.data.datasets import DATASETS
from engine.data.features import features_of, input_names
from engine.fields import Choice
from engine.registry import Text
from engine.rules.rule import Array
from engine.streams import DATA, NOISE, SPLIT, stream

Rows = npt.NDArray[np.int64]
MARGIN = 0.1
"""A picture of examples given outright leaves this share of their range free on every side."""


@dataclass(frozen=True, eq=False)
class DataSplit:
    """All examples, read-only. `x` (examples, inputs) and `y` (examples, outputs) are what training sees.

    Example i of the training part is row `rows[i]` of the whole set, and likewise for the test part. `inputs` are the
    inputs as they were before features were taken and scaled: `x = (feature - offsets) / scales`. `labels` are class
    numbers and `classes` their names, where there are classes. `plane` is where the points lie, a range for each of
    one or two inputs; empty for more.
    """

    x: Array
    y: Array
    x_test: Array
    y_test: Array
    rows: Rows
    test_rows: Rows
    inputs: Array
    inputs_test: Array
    labels: Rows | None
    labels_test: Rows | None
    feature_names: tuple[str, ...]
    offsets: Array
    scales: Array
    classes: tuple[Text, ...]
    input_names: tuple[Text, ...]
    output_names: tuple[Text, ...]
    plane: tuple[Range, ...]

    @property
    def nbytes(self) -> int:
        """Memory that the examples take."""
        return sum(array.nbytes for array in (self.x, self.y, self.x_test, self.y_test, self.inputs, self.inputs_test))

    def prepare(self, inputs: Array) -> Array:
        """What the network is given for inputs (examples, inputs) of anyone's choosing."""
        plain = self.feature_names == input_names(self.inputs.shape[1])
        return _scaled(inputs if plain else features_of(inputs, self.feature_names), self.offsets, self.scales)

    def unscaled(self, x: Array) -> Array:
        """The features that are `x` once scaled."""
        with np.errstate(over="ignore"):
            return _within_range(x * self.scales + self.offsets)

    def edited(self, x: Array, y: Array) -> DataSplit:
        """The same examples with other numbers in the training part: inputs and classes follow where they can."""
        rows, labels = (x != self.x).any(axis=1), self.labels
        inputs = self.inputs
        if rows.any() and self.feature_names == input_names(inputs.shape[1]):
            inputs = np.where(rows[:, None], self.unscaled(x), inputs)
        if labels is not None:
            changed = (y != self.y).any(axis=1)
            middle = (self.y.min() + self.y.max()) / 2
            decided = y.argmax(axis=1) if y.shape[1] > 1 else (y[:, 0] > middle).astype(np.int64)
            labels = _frozen(np.where(changed, decided, labels))
        return replace(self, x=_numbers(x), y=_numbers(y), inputs=_numbers(inputs), labels=labels)


@dataclass(frozen=True, eq=False)
class _Whole:
    """All examples before they are parted."""

    inputs: Array
    y: Array
    labels: Rows | None
    classes: tuple[Text, ...]
    input_names: tuple[Text, ...]
    output_names: tuple[Text, ...]
    plane: tuple[Range, ...]


def make_split(data: DataSpec, seed: int) -> DataSplit:
    """The examples that a spec's `data` and `seed` stand for: the same two give the same bits."""
    whole = _given(data) if isinstance(data, InlineData) else _made(data, seed)
    chosen = chosen_features(data)
    train, test = _parts(data, len(whole.inputs), seed)
    raw = whole.inputs if chosen is None else features_of(whole.inputs, chosen)
    offsets, scales = fit(raw[train], data.values["scaling"])
    x = _scaled(raw, offsets, scales)
    inputs, inputs_test = _numbers(whole.inputs[train]), _numbers(whole.inputs[test])
    as_they_are = x is whole.inputs
    return DataSplit(
        x=inputs if as_they_are else _numbers(x[train]),
        y=_numbers(whole.y[train]),
        x_test=inputs_test if as_they_are else _numbers(x[test]),
        y_test=_numbers(whole.y[test]),
        rows=_frozen(train),
        test_rows=_frozen(test),
        inputs=inputs,
        inputs_test=inputs_test,
        labels=None if whole.labels is None else _frozen(whole.labels[train]),
        labels_test=None if whole.labels is None else _frozen(whole.labels[test]),
        feature_names=input_names(raw.shape[1]) if chosen is None else chosen,
        offsets=_numbers(offsets),
        scales=_numbers(scales),
        classes=whole.classes,
        input_names=whole.input_names,
        output_names=whole.output_names,
        plane=whole.plane,
    )


def _made(data: Choice, seed: int) -> _Whole:
    entry = DATASETS[data.kind]
    inputs, made = entry.make(stream(seed, DATA), stream(seed, NOISE), data.values)
    classes = entry.classes(data.values)
    labels = made.astype(np.int64) if classes else None
    y = made if labels is None else coded(labels, len(classes), data.values["targets"])
    return _Whole(
        inputs,
        y,
        labels,
        classes,
        entry.input_names or _texts(input_names(inputs.shape[1])),
        _output_names(classes, y.shape[1]),
        entry.plane(data.values),
    )


def _given(data: InlineData) -> _Whole:
    inputs = np.array((*data.x, *data.x_test), dtype=np.float64)
    classes = _texts(data.classes) if data.classes else numbered(data.class_count or 0)
    if data.labels:
        labels = np.array((*data.labels, *data.labels_test), dtype=np.int64)
        y = coded(labels, len(classes), data.targets)
    else:
        labels, y = None, np.array((*data.y, *data.y_test), dtype=np.float64)
    return _Whole(
        inputs,
        y,
        labels,
        classes,
        _texts(data.x_names or input_names(inputs.shape[1])),
        _texts(data.y_names)
        if data.y_names and len(data.y_names) == y.shape[1]
        else _output_names(classes, y.shape[1]),
        ranges(inputs) if inputs.shape[1] <= 2 else (),
    )


def coded(labels: Rows, classes: int, coding: str | None) -> Array:
    """Class numbers as targets: one for two classes unless each is to have its own, 1 for yes and 0 or −1 for no.

    >>> coded(np.array([0, 1]), 2, "signs").tolist(), coded(np.array([2]), 3, "zero_one").tolist()
    ([[-1.0], [1.0]], [[0.0, 0.0, 1.0]])
    """
    columns = np.array([1]) if coded_outputs(classes, coding) == 1 else np.arange(classes)
    return np.where(labels[:, None] == columns, 1.0, -1.0 if coding == "signs" else 0.0)


def _parts(data: DataSpec, examples: int, seed: int) -> tuple[Rows, Rows]:
    """The rows of the training part and of the test part, each in order.

    A larger test part holds all of a smaller one.
    """
    if isinstance(data, InlineData) and data.x_test:
        return np.arange(len(data.x)), np.arange(len(data.x), examples)
    count = held_out_count(examples, data.values["test_fraction"])
    if count == 0:
        return np.arange(examples), np.arange(0)
    order = stream(seed, SPLIT).permutation(examples)
    return np.sort(order[count:]), np.sort(order[:count])


def fit(x: Array, scaling: str) -> tuple[Array, Array]:
    """Offset and scale of every column: mean and deviation, or least and range. A constant column keeps its scale.

    Computed on columns divided by their largest number, so that nothing overflows on the way.
    """
    if scaling == "none":
        return np.zeros(x.shape[1]), np.ones(x.shape[1])
    largest = np.abs(x).max(axis=0)
    largest = np.where(largest > 0, largest, 1.0)
    unit = x / largest
    if scaling == "standard":
        offset = unit.mean(axis=0)
        scale = np.sqrt(((unit - offset) ** 2).mean(axis=0))
    else:
        offset = unit.min(axis=0)
        scale = unit.max(axis=0) - offset
    constant = x.max(axis=0) == x.min(axis=0)
    scales = scale * largest
    return np.where(constant, x[0], offset * largest), np.where(constant | (scales == 0), 1.0, scales)


def _scaled(x: Array, offsets: Array, scales: Array) -> Array:
    if not offsets.any() and (scales == 1).all():
        return x
    with np.errstate(over="ignore"):
        return _within_range((x - offsets) / scales)


def _within_range(array: Array) -> Array:
    """Numbers beyond float64, which only rows for testing and edits can lead to, as the largest there are."""
    return array if np.isfinite(array).all() else np.nan_to_num(array)


def ranges(inputs: Array) -> tuple[Range, ...]:
    """The range of every column, and some room on either side."""
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    room = np.where(high > low, MARGIN * high - MARGIN * low, 1.0)
    most = np.finfo(np.float64).max
    with np.errstate(over="ignore"):
        low, high = np.clip(low - room, -most, most), np.clip(high + room, -most, most)
    return tuple((float(a), float(b)) for a, b in zip(low, high, strict=True))


def _output_names(classes: tuple[Text, ...], outputs: int) -> tuple[Text, ...]:
    """An output is named by the class it stands for."""
    if len(classes) == outputs:
        return classes
    return (classes[1],) if len(classes) == 2 and outputs == 1 else _texts(tuple(f"y{i}" for i in range(outputs)))


def _texts(names: tuple[str, ...]) -> tuple[Text, ...]:
    return tuple(Text(name, name) for name in names)


def _numbers(array: Array) -> Array:
    made = np.ascontiguousarray(array, dtype=np.float64)
    made.flags.writeable = False
    return made


def _frozen(rows: Rows) -> Rows:
    rows.flags.writeable = False
    return rows
