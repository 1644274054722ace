"""The `data` of a spec: a data set of the registry with its parameters, or examples given outright.

Read, checked and written back here; the arrays are made in `split`. Nothing here allocates more than the spec itself
holds, so that sizes of any magnitude can be told, and refused, before anything is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf, isfinite
from typing import Any

from engine.data.dataset import SCALING, TARGETS, coded_outputs, features, held_out
from engine.data.datasets import DATASETS
from engine.data.features import check_features, input_names, parse_feature
from engine.data.tables import MissingTableError
from engine.errors import ABSENT, SpecError
from engine.fields import Choice, choice_of, list_of, number_of, object_of
from engine.losses.targets import MOST_CLASSES

Rows = tuple[tuple[float, ...], ...]
Labels = tuple[int, ...]
Names = tuple[str, ...]

INLINE_PARAMS = (held_out(0.0), SCALING, features())
"""What examples given outright can be told besides."""
INLINE_FIELDS = (
    *("kind", "x", "y", "x_test", "y_test"),
    *(param.name for param in INLINE_PARAMS),
    *("targets", "classes", "x_names", "y_names"),
)
LONGEST_NAME = 100


@dataclass(frozen=True)
class InlineData:
    """Examples given outright: x has a row for each example, and y a row too; or `labels` the number of its class.

    `x_test` and `y_test` (or `labels_test`) are for testing alone; without them `test_fraction` of the rows are.
    `targets` says how class numbers become targets, and is None where there are none. The names are for people.
    """

    x: Rows
    y: Rows
    labels: Labels = ()
    x_test: Rows = ()
    y_test: Rows = ()
    labels_test: Labels = ()
    test_fraction: float = 0.0
    scaling: str = "none"
    features: Names | None = None
    targets: str | None = None
    classes: Names | None = None
    x_names: Names | None = None
    y_names: Names | None = None

    @property
    def class_count(self) -> int | None:
        """How many classes there are; None where y has rows of numbers."""
        if self.targets is None:
            return None
        return len(self.classes) if self.classes else max(2, 1 + max((*self.labels, *self.labels_test)))

    @property
    def count(self) -> int:
        """How many numbers are written out."""
        width = len(self.x[0]) + (len(self.y[0]) if self.y else 1)
        return (len(self.x) + len(self.x_test)) * width

    @property
    def values(self) -> dict[str, Any]:
        """The options, by name, as a data set of the registry has them."""
        return {param.name: getattr(self, param.name) for param in INLINE_PARAMS} | {"targets": self.targets}

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        targets = {"y": self.labels or self.y, "y_test": self.labels_test or self.y_test or None}
        fields = {name: targets[name] if name in targets else getattr(self, name) for name in INLINE_FIELDS[1:]}
        return {"kind": "inline", **{name: _plain(value) for name, value in fields.items()}} | {
            "x_test": _plain(self.x_test) or None
        }


DataSpec = Choice | InlineData


def data_of(field: str, value: object) -> DataSpec:
    """The data that plain data describes, completed and checked; SpecError naming what is wrong."""
    if isinstance(value, Mapping) and value.get("kind") == "inline":
        return _inline(field, value)
    data = choice_of(field, value, DATASETS, ("inline",))
    entry = DATASETS[data.kind]
    if data.values["features"] is not None:
        check_features(f"{field}.features", data.values["features"], entry.size(data.values)[1])
    if entry.table and not entry.table.installed:
        raise SpecError(f"{field}.kind", data.kind, MissingTableError(entry.table).allowed)
    return data


def extent(data: DataSpec) -> tuple[int, int, int]:
    """Training examples, inputs and outputs of the data, in whole numbers of any size; nothing is made."""
    examples, inputs, outputs = _whole_extent(data)
    if isinstance(data, InlineData) and data.x_test:
        return len(data.x), inputs, outputs
    return examples - held_out_count(examples, data.values["test_fraction"]), inputs, outputs


def held_out_count(examples: int, fraction: float) -> int:
    """How many of so many examples are for testing: the nearest whole number, and never all of them."""
    return min(round(Fraction(fraction) * examples), examples - 1)


def size(data: DataSpec) -> int:
    """How many numbers have to be made: inputs, features where there are any, and targets, of all examples."""
    examples, inputs, outputs = _whole_extent(data)
    raw = 0 if chosen_features(data) is None else raw_inputs(data)
    return examples * (raw + inputs + outputs)


def chosen_features(data: DataSpec) -> Names | None:
    """The features the network is given; None where they are the inputs as they are."""
    chosen: Names | None = data.values["features"]
    if chosen is None or (len(chosen) == raw_inputs(data) and chosen == input_names(len(chosen))):
        return None
    return chosen


def raw_inputs(data: DataSpec) -> int:
    """How many inputs there are, before features are taken."""
    return len(data.x[0]) if isinstance(data, InlineData) else DATASETS[data.kind].size(data.values)[1]


def _whole_extent(data: DataSpec) -> tuple[int, int, int]:
    """Examples of both parts, what the network is given, and outputs."""
    if isinstance(data, InlineData):
        examples, classes = len(data.x) + len(data.x_test), data.class_count
        outputs = len(data.y[0]) if classes is None else coded_outputs(classes, data.targets)
    else:
        entry = DATASETS[data.kind]
        examples, outputs = entry.size(data.values)[0], entry.counted(data.values)
        if entry.task == "classification":
            outputs = coded_outputs(outputs, data.values["targets"])
    chosen = data.values["features"]
    return examples, raw_inputs(data) if chosen is None else len(chosen), outputs


# Examples given outright


def _inline(field: str, value: Mapping[str, Any]) -> InlineData:
    fields = object_of(field, value, INLINE_FIELDS)
    x = _rows(f"{field}.x", fields.get("x", ABSENT))
    y, labels = _targets(f"{field}.y", fields.get("y", ABSENT), len(x))
    options = {
        param.name: param.check(f"{field}.{param.name}", fields.get(param.name, param.default))
        for param in INLINE_PARAMS
    }
    data = InlineData(
        x,
        y,
        labels,
        **options,
        targets=_coding(f"{field}.targets", fields.get("targets"), bool(labels)),
        x_names=_names(f"{field}.x_names", fields.get("x_names"), len(x[0])),
        y_names=_names(f"{field}.y_names", fields.get("y_names"), len(y[0]) if y else 1),
    )
    data = _with_test(field, data, fields)
    if data.features is not None:
        check_features(f"{field}.features", data.features, len(x[0]))
    _check_finite(field, data)
    return _with_classes(f"{field}.classes", data, fields.get("classes"))


def _targets(field: str, value: object, rows: int) -> tuple[Rows, Labels]:
    """Rows of targets, or class numbers; the other is empty."""
    if isinstance(value, (list, tuple)) and value and type(value[0]) is int:
        labels = list_of(field, value, _class, "")
        if len(labels) != rows:
            raise SpecError(field, value, f"a list of {rows} classes, one for each row of x")
        return (), labels
    found = _rows(field, value)
    if len(found) != rows:
        raise SpecError(field, value, f"a list of {rows} rows, one for each row of x")
    return found, ()


def _class(field: str, value: object) -> int:
    if type(value) is not int or not 0 <= value < MOST_CLASSES:
        raise SpecError(field, value, f"a class: a whole number from 0 to {MOST_CLASSES - 1}")
    return value


def _coding(field: str, value: object, labelled: bool) -> str | None:
    """How class numbers become targets; None where there are no class numbers."""
    if labelled:
        return str(TARGETS.check(field, TARGETS.default if value is None else value))
    if value is not None:
        raise SpecError(field, value, "null where y has rows of numbers: they are the targets")
    return None


def _with_test(field: str, data: InlineData, fields: Mapping[str, Any]) -> InlineData:
    """The data with the rows for testing that are given, which have to be like those of x and y."""
    if fields.get("x_test") is None:
        if fields.get("y_test") is not None:
            raise SpecError(f"{field}.x_test", fields.get("x_test", ABSENT), "a list of rows, as y_test is given")
        return data
    x = _rows(f"{field}.x_test", fields["x_test"], len(data.x[0]))
    y, labels = _targets(f"{field}.y_test", fields.get("y_test", ABSENT), len(x))
    if bool(labels) != bool(data.labels):
        raise SpecError(f"{field}.y_test", fields["y_test"], "classes, as in y" if y else "rows of numbers, as in y")
    if y and len(y[0]) != len(data.y[0]):
        raise SpecError(f"{field}.y_test[0]", list(y[0]), f"{len(data.y[0])} numbers, as in y")
    if data.test_fraction:
        raise SpecError(f"{field}.test_fraction", data.test_fraction, "0 where x_test is given")
    return replace(data, x_test=x, y_test=y, labels_test=labels)


def _with_classes(field: str, data: InlineData, value: object) -> InlineData:
    """The data with the names of its classes, of which there have to be enough."""
    if value is None:
        return data
    if data.class_count is None:
        outputs = len(data.y[0])
        return replace(data, classes=_names(field, value, 2 if outputs == 1 else outputs))
    given = len(value) if isinstance(value, (list, tuple)) else 0
    if not data.class_count <= given <= MOST_CLASSES:
        raise SpecError(field, value, f"a list of {data.class_count} to {MOST_CLASSES} names; y counts classes from 0")
    return replace(data, classes=_names(field, value, given))


def _names(field: str, value: object, count: int) -> Names | None:
    if value is None:
        return None
    allowed = f"a list of {count} names" if count > 1 else "a list of one name"
    names = list_of(field, value, _name, allowed, least=count)
    if len(names) != count:
        raise SpecError(field, value, allowed)
    return names


def _name(field: str, value: object) -> str:
    if isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable() and value.strip() == value:
        return value
    raise SpecError(field, value, f"a text of 1 to {LONGEST_NAME} printable characters")


def _check_finite(field: str, data: InlineData) -> None:
    """Refuse rows whose features, or whose distances once they are to be scaled, are beyond float64."""
    if data.features is None and data.scaling == "none":
        return
    largest = [max(abs(number) for number in column) for column in zip(*data.x, *data.x_test, strict=True)]
    for at, name in enumerate(data.features or ()):
        feature = parse_feature(name)
        assert feature is not None
        if not feature.stays_finite(largest):
            raise SpecError(f"{field}.features[{at}]", name, "a feature that float64 can hold for all of these rows")
    if data.features is None and not all(isfinite(2 * number) for number in largest):
        raise SpecError(f"{field}.scaling", data.scaling, "none, as the rows span more than float64 can hold")


def _rows(field: str, value: object, width: int | None = None) -> Rows:
    rows = list_of(field, value, _row, "a list of at least one row of numbers", least=1)
    like = "in the first row" if width is None else "in x"
    width = len(rows[0]) if width is None else width
    for i, row in enumerate(rows):
        if len(row) != width:
            raise SpecError(f"{field}[{i}]", list(row), f"{width} numbers, as {like}")
    return rows


def _row(field: str, value: object) -> tuple[float, ...]:
    """A row of numbers; the common case at once, any other number by number to find what is wrong."""
    if isinstance(value, (list, tuple)) and value and all(type(number) in (int, float) for number in value):
        try:
            row = tuple(number + 0.0 for number in value)
        except OverflowError:
            row = (inf,)
        if all(map(isfinite, row)):
            return row
    return list_of(field, value, number_of, "a list of at least one number", least=1)


def _plain(value: object) -> Any:
    return [_plain(part) for part in value] if isinstance(value, tuple) else value
