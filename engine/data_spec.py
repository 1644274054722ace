"""The `data` of a spec: a data set of the registry with its parameters, or examples given outright.

Read, checked and written back here; the arrays are made in `split`. Nothing here allocates more than the spec itself
holds, so that sizes of any magnitude can be told, and refused, before anything is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

from engine.datasets import DATASETS
from engine.errors import ABSENT, SpecError
from engine.fields import Choice, choice_of, list_of, number_of, object_of

Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class InlineData:
    """Examples given outright: x has a row for each example, and y too."""

    x: Rows
    y: Rows

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": "inline", "x": [list(row) for row in self.x], "y": [list(row) for row in self.y]}


DataSpec = Choice | InlineData


def data_of(field: str, value: object) -> DataSpec:
    """The data that plain data describes, completed and checked; SpecError naming what is wrong."""
    if isinstance(value, Mapping) and value.get("kind") == "inline":
        fields = object_of(field, value, ("kind", "x", "y"))
        x = _rows(f"{field}.x", fields.get("x", ABSENT))
        y = _rows(f"{field}.y", fields.get("y", ABSENT))
        if len(x) != len(y):
            raise SpecError(f"{field}.y", list(y), f"a list of {len(x)} rows, one for each row of x")
        return InlineData(x, y)
    return choice_of(field, value, DATASETS, ("inline",))


def extent(data: DataSpec) -> tuple[int, int, int]:
    """Training examples, inputs and outputs of the data, in whole numbers of any size; nothing is made."""
    if isinstance(data, InlineData):
        return len(data.x), len(data.x[0]), len(data.y[0])
    return DATASETS[data.kind].extent(data.values)


def _rows(field: str, value: object) -> Rows:
    rows = list_of(field, value, _row, "a list of at least one row of numbers", least=1)
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise SpecError(f"{field}[{i}]", list(row), f"{len(rows[0])} numbers, as in the first row")
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
