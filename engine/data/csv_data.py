"""CSV text becomes examples: one pure function, whose errors name the row and the column.

What was found on the way, the delimiter, the header, the rows left out, is told back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from engine.data.csv_table import (
    DELIMITER_ALLOWED,
    MISSING,
    MISSING_WORDS,
    Column,
    CsvError,
    Row,
    Table,
    is_delimiter,
    is_missing,
    tabulate,
)
from engine.data.data_spec import LONGEST_NAME, InlineData, data_of, extent
from engine.errors import LimitError, SpecError
from engine.fields import list_of, object_of, one_of
from engine.losses.targets import MOST_CLASSES

MOST_CHARACTERS = 10_000_000
MOST_NUMBERS = 2_000_000


@dataclass(frozen=True)
class CsvOptions:
    """How a text is to be read; None where the text decides.

    `targets` and `inputs` are columns, by name or by number from 1: the last, and all others, where nothing is said.
    `missing` says whether a row with a missing value is refused or dropped; `task` whether the targets are classes.
    """

    delimiter: str | None = None
    header: bool | None = None
    decimal: str | None = None
    targets: tuple[str | int, ...] | None = None
    inputs: tuple[str | int, ...] | None = None
    missing: str = "refuse"
    task: str | None = None


CSV_OPTIONS = tuple(CsvOptions.__dataclass_fields__)


@dataclass(frozen=True, eq=False)
class CsvData:
    """What a text was read as: the examples, and what was found on the way.

    `rows` is how many examples there are, `dropped` the numbers of the rows that were left out. `counts` has how many
    examples each class has.
    """

    data: InlineData
    columns: tuple[Column, ...]
    inputs: tuple[Column, ...]
    targets: tuple[Column, ...]
    counts: tuple[int, ...]
    rows: int
    dropped: tuple[int, ...]
    delimiter: str
    header: bool
    decimal: str

    @property
    def outputs(self) -> int:
        """How many units an output layer for these targets has."""
        return extent(self.data)[2]


def csv_options(field: str, value: Mapping[str, Any]) -> CsvOptions:
    """Options from plain data; SpecError naming what is wrong. `field` is the path before their names, or empty."""
    given = object_of(field or "spec", value, CSV_OPTIONS)
    prefix = f"{field}." if field else ""

    def choice(name: str, allowed: tuple[str, ...], default: str | None) -> str | None:
        return default if given.get(name) is None else one_of(prefix + name, given[name], allowed)

    def columns(name: str) -> tuple[str | int, ...] | None:
        if given.get(name) is None:
            return None
        allowed = "a list of at least one column, by name or by number from 1"
        return list_of(prefix + name, given[name], _column, allowed, least=1)

    header = given.get("header")
    if header is not None and not isinstance(header, bool):
        raise SpecError(prefix + "header", header, "true, false, or null to find out")
    return CsvOptions(
        delimiter=_delimiter(prefix + "delimiter", given.get("delimiter")),
        header=header,
        decimal=choice("decimal", (".", ","), None),
        targets=columns("targets"),
        inputs=columns("inputs"),
        missing=choice("missing", ("refuse", "drop"), "refuse") or "refuse",
        task=choice("task", ("classification", "regression"), None),
    )


def _delimiter(field: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not is_delimiter(value):
        raise SpecError(field, value, f"{DELIMITER_ALLOWED}; null to find out")
    return value


def _column(field: str, value: object) -> str | int:
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value
    raise SpecError(field, value, "the name of a column, or its number from 1")


def read_csv(
    text: str,
    options: CsvOptions = CsvOptions(),
    most_characters: int = MOST_CHARACTERS,
    most_numbers: int = MOST_NUMBERS,
) -> CsvData:
    """The examples a CSV text holds.

    Numbers are inputs; the last column is the target, a number or a class in words.

    >>> found = read_csv("length,width,kind\\n1.5,2,short\\n7,3,long\\n")
    >>> found.data.x, found.data.labels, found.data.classes
    (((1.5, 2.0), (7.0, 3.0)), (1, 0), ('long', 'short'))

    Raises CsvError for text that is no such table, SpecError for options that do not fit it, LimitError for text that
    is too long: before anything is made of it.
    """
    if len(text) > most_characters:
        raise LimitError("characters", len(text), most_characters, "text")
    table = tabulate(text.removeprefix("\ufeff"), options.delimiter, options.header, options.decimal, most_numbers)
    targets = _chosen("targets", options.targets, table.columns) or table.columns[-1:]
    rest = tuple(column for column in table.columns if column not in targets)
    inputs = _chosen("inputs", options.inputs, table.columns) or rest
    if not inputs:
        raise SpecError("targets", [column.number for column in targets], "fewer columns, so that inputs are left")
    twice = next((column for column in inputs if column in targets), None)
    if twice:
        raise SpecError("inputs", twice.name, "columns that are not targets")
    rows, dropped = _complete(table, inputs, targets, options)
    return _examples(table, rows, dropped, inputs, targets, options)


def _chosen(field: str, wanted: tuple[str | int, ...] | None, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns that are asked for, in the order they are asked for; none where nothing is said."""
    found: list[Column] = []
    for at, which in enumerate(wanted or ()):
        matching = [column for column in columns if which in (column.number, column.name)]
        if not matching:
            names = ", ".join(column.name for column in columns[:20])
            raise SpecError(f"{field}[{at}]", which, f"1 to {len(columns)}, or one of the columns: {names}")
        if matching[0] in found:
            raise SpecError(f"{field}[{at}]", which, "every column once")
        found.append(matching[0])
    return tuple(found)


def _complete(
    table: Table, inputs: tuple[Column, ...], targets: tuple[Column, ...], options: CsvOptions
) -> tuple[list[Row], tuple[int, ...]]:
    """The rows with a value in every column that is used, and the numbers of those that are dropped."""
    words = {column for column in targets if _holds_words(table, column, options)}
    used = [(column, MISSING_WORDS if column in words else MISSING) for column in (*inputs, *targets)]
    kept: list[Row] = []
    dropped: list[int] = []
    for row in table.rows:
        gap = next((column for column, among in used if is_missing(row.cells[column.number - 1], among)), None)
        if gap is None:
            kept.append(row)
        elif options.missing == "drop":
            dropped.append(row.number)
        else:
            what = "a class" if gap in words else "a finite number"
            allowed = f"{what}; rows with a missing value can be dropped"
            raise CsvError(allowed, row.cells[gap.number - 1], row.number, row.line, gap)
    if not kept:
        raise CsvError("at least one row without a missing value", f"{len(dropped)} rows")
    return kept, tuple(dropped)


def _holds_words(table: Table, column: Column, options: CsvOptions) -> bool:
    """Is it a column of classes: asked for, or words wherever there is anything?"""
    if options.task:
        return options.task == "classification"
    cells = [row.cells[column.number - 1] for row in table.rows]
    present = [cell for cell in cells if not is_missing(cell, MISSING_WORDS)]
    return bool(present) and all(table.number(cell) is None for cell in present)


def _examples(
    table: Table,
    rows: Sequence[Row],
    dropped: tuple[int, ...],
    inputs: tuple[Column, ...],
    targets: tuple[Column, ...],
    options: CsvOptions,
) -> CsvData:
    number = f"a finite number {table.mark}"
    x = _numbers(table, rows, inputs, f"{number}; columns of words can be left out of the inputs")
    document: dict[str, Any] = {"kind": "inline", "x": x, "x_names": [column.name for column in inputs]}
    counts: tuple[int, ...] = ()
    if all(_holds_words(table, column, options) for column in targets):
        labels, classes, counts = _classes(table, rows, targets)
        document |= {"y": labels, "classes": classes}
    else:
        document["y"] = _numbers(table, rows, targets, f"{number}, as in other rows; or classification as the task")
    document["y_names"] = [column.name for column in targets]
    data = data_of("data", document)
    assert isinstance(data, InlineData)
    found = (table.delimiter, table.header, table.decimal)
    return CsvData(data, table.columns, inputs, targets, counts, len(rows), dropped, *found)


def _numbers(
    table: Table, rows: Sequence[Row], columns: Sequence[Column], allowed: str
) -> tuple[tuple[float, ...], ...]:
    places = [column.number - 1 for column in columns]
    found = []
    for row in rows:
        numbers = [table.number(row.cells[place]) for place in places]
        for column, value in zip(columns, numbers, strict=True):
            if value is None or not isfinite(value):
                raise CsvError(allowed, row.cells[column.number - 1], row.number, row.line, column)
        found.append(tuple(numbers))
    return tuple(found)  # type: ignore[arg-type]  # all of them are numbers


def _classes(
    table: Table, rows: Sequence[Row], targets: tuple[Column, ...]
) -> tuple[list[int], list[str], tuple[int, ...]]:
    """The class of every row, the names of the classes in order, and how many rows each has."""
    if len(targets) > 1:
        raise SpecError("targets", [column.name for column in targets], "one column where the targets are classes")
    column = targets[0]
    cells = [row.cells[column.number - 1] for row in rows]
    order = _order(table.number)
    names = sorted(set(cells), key=order)
    if len(names) > MOST_CLASSES:
        raise CsvError(f"at most {MOST_CLASSES} different classes", f"{len(names)} classes", column=column)
    if len(names) < 2:
        raise CsvError("at least two different classes", cells[0], rows[0].number, rows[0].line, column)
    for row, cell in zip(rows, cells, strict=True):
        if len(cell) > LONGEST_NAME or not cell.isprintable():
            allowed = f"a class of at most {LONGEST_NAME} printable characters"
            raise CsvError(allowed, cell, row.number, row.line, column)
    of = {name: i for i, name in enumerate(names)}
    labels = [of[cell] for cell in cells]
    counted = Counter(labels)
    return labels, names, tuple(counted[i] for i in range(len(names)))


def _order(number: Callable[[str], float | None]) -> Callable[[str], tuple[bool, float, str]]:
    """Numbers by size, then words by their letters."""

    def key(name: str) -> tuple[bool, float, str]:
        value = number(name)
        return (value is None, value or 0.0, name)

    return key
