"""CSV text as a table of cells: the delimiter, the header and the decimal mark found where they are not given.

The csv module does the tokenising. Rows of data count from 1, the header not among them; lines count from 1 as an
editor counts them; columns count from 1. Nothing is guessed that the text does not show.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.data.data_spec import LONGEST_NAME
from engine.errors import EngineError, LimitError, safe

DELIMITERS = (",", ";", "\t", "|", " ")
"""Looked for where none is given; the first that does best is taken."""
SAMPLE = 50
"""How many rows are looked at to find the delimiter."""
SAMPLE_CHARACTERS = 200_000
MOST_COLUMNS = 10_000
MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "?", "-"})
MISSING_WORDS = MISSING - {"none", "-"}
"""What stands for a value that is missing, among numbers and among words, in small letters."""
_LONGEST_MISSING = max(map(len, MISSING))

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)
_COMMA_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)(?:[eE][+-]?[0-9]{1,4})?", re.ASCII)
_SEPARATOR_LINE = re.compile(r"sep=(.)\Z", re.IGNORECASE)


class CsvError(EngineError):
    """Text that is no table of numbers: in which row, line and column (from 1; None where it is none), and why."""

    def __init__(
        self, allowed: str, found: object, row: int | None = None, line: int | None = None, column: Column | None = None
    ) -> None:
        self.allowed = allowed
        self.row, self.line = row, line
        self.column = column.number if column else None
        self.column_name = column.name if column else None
        parts = [f"row {row} (line {line})" if row and line else f"line {line}" if line else ""]
        parts.append(f"column {column.number} ({safe(column.name)})" if column else "")
        self.where = ", ".join(filter(None, parts)) or "text"
        super().__init__(f"{self.where}: got {safe(found)}; allowed: {allowed}")


DELIMITER_ALLOWED = "one character that is no letter, digit, quote, sign or point"


def is_delimiter(text: str) -> bool:
    """Can it part cells?"""
    return len(text) == 1 and (text.isprintable() or text == "\t") and not (text.isalnum() or text in "\"'.+-")


def is_missing(cell: str, among: frozenset[str] = MISSING) -> bool:
    """Does a cell say that there is no value?"""
    return len(cell) <= _LONGEST_MISSING and cell.lower() in among


@dataclass(frozen=True)
class Column:
    """A column: its number, from 1, and its name."""

    number: int
    name: str


@dataclass(frozen=True)
class Row:
    """A row of data, its cells stripped; its number among the rows and the line it begins on."""

    number: int
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Tokens of the text: the columns, and the rows of data, all equally long."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    delimiter: str
    header: bool
    decimal: str

    @property
    def mark(self) -> str:
        """How numbers are written."""
        return "with a decimal comma" if self.decimal == "," else "with a decimal point"

    def number(self, cell: str) -> float | None:
        """The cell as a number; None if it is none, infinite if it is beyond float64."""
        return _number(cell, self.decimal)


def tabulate(text: str, delimiter: str | None, header: bool | None, decimal: str | None, most_numbers: int) -> Table:
    """The table that a text holds; CsvError where it holds none, LimitError where it holds too many cells."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    skipped = 0
    said = _SEPARATOR_LINE.match(lines[0])
    if said:
        lines, skipped = lines[1:], 1
    if said and not is_delimiter(said[1]):
        raise CsvError(f"after sep=, {DELIMITER_ALLOWED}", said[1], line=1)
    delimiter = delimiter or (said[1] if said else _find_delimiter(lines))
    found = list(_bounded(_tokens(lines, delimiter, skipped), most_numbers))
    if not found:
        raise CsvError("at least one row of cells", text[:40])
    found = _without_empty_end(found)
    width = len(found[0].cells)
    even = [row for row in found if len(row.cells) == width]
    decimal = decimal or _find_decimal(even, delimiter)
    header = _is_header(even, decimal) if header is None else header
    _check_even(found[header:], width)
    names = found[0].cells if header else ("",) * width
    rows = tuple(Row(i, row.line, row.cells) for i, row in enumerate(found[header:], start=1))
    if not rows:
        raise CsvError("at least one row of data under the header", text[:40])
    if width < 2:
        raise CsvError("at least two columns: an input and a target; give the delimiter if it is another", text[:40])
    return Table(_columns(names), rows, delimiter, header, decimal)


def _tokens(lines: Sequence[str], delimiter: str, skipped: int = 0) -> Iterator[Row]:
    """The rows that hold anything; numbered later."""
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, skipinitialspace=True, strict=True)
    end = skipped
    try:
        for cells in reader:
            start, end = end + 1, reader.line_num + skipped
            stripped = tuple(cell.strip() for cell in cells)
            if delimiter == " " and stripped and not stripped[-1]:
                stripped = stripped[:-1]
            if any(stripped):
                yield Row(0, start, stripped)
    except csv.Error:
        allowed = (
            f"cells of at most {csv.field_size_limit()} characters; quotes closed, doubled inside, then a delimiter"
        )
        raise CsvError(allowed, lines[end - skipped][:40], line=end + 1) from None


def _bounded(rows: Iterator[Row], most_numbers: int) -> Iterator[Row]:
    """The rows, as long as they have no more columns and cells than there may be."""
    cells = 0
    for row in rows:
        if len(row.cells) > MOST_COLUMNS:
            raise CsvError(f"at most {MOST_COLUMNS} columns", f"{len(row.cells)} columns", line=row.line)
        cells += len(row.cells)
        if cells > most_numbers:
            raise LimitError("data", cells, most_numbers, "text")
        yield row


def _sample(lines: Sequence[str]) -> list[str]:
    """The first lines, bounded in number and in length."""
    sample: list[str] = []
    room = SAMPLE_CHARACTERS
    for line in lines[: 4 * SAMPLE]:
        sample.append(line[:room])
        room -= len(line)
        if room <= 0:
            break
    return sample


def _find_delimiter(lines: Sequence[str]) -> str:
    """The delimiter with which the first rows are most even and numeric, then widest; a comma if none parts them."""
    sample = _sample(lines)

    def score(delimiter: str) -> tuple[float, float, int]:
        rows: list[Row] = []
        try:
            for row in _tokens(sample, delimiter):
                rows.append(row)
                if len(rows) == SAMPLE:
                    break
        except CsvError:
            pass  # a quoted cell may reach beyond the sample
        widths = Counter(len(row.cells) for row in rows)
        width, even = widths.most_common(1)[0] if rows else (0, 0)
        if width < 2:
            return (0.0, 0.0, 0)
        cells = [cell for row in rows for cell in row.cells]
        numeric = sum(_number(cell, ".") is not None or _number(cell, ",") is not None for cell in cells)
        evenness = even / len(rows)
        return (evenness * numeric / len(cells), evenness, width)

    return max(DELIMITERS, key=score)


def _without_empty_end(rows: list[Row]) -> list[Row]:
    """Rows without the column that a delimiter at the end of every line makes."""
    width = len(rows[0].cells)
    if width > 1 and all(len(row.cells) == width and not row.cells[-1] for row in rows):
        return [Row(row.number, row.line, row.cells[:-1]) for row in rows]
    return rows


def _check_even(rows: Sequence[Row], width: int) -> None:
    for number, row in enumerate(rows, start=1):
        if len(row.cells) != width:
            allowed = f"{width} cells, as in the first line; a cell that holds the delimiter has to be in quotes"
            raise CsvError(allowed, f"{len(row.cells)} cells", number, row.line)


def _find_decimal(rows: Sequence[Row], delimiter: str) -> str:
    """A comma where it is not the delimiter, numbers are written with it, and none with a point."""
    if delimiter == ",":
        return "."
    cells = [cell for row in rows for cell in row.cells]
    commas = any("," in cell and _COMMA_NUMBER.fullmatch(cell) for cell in cells)
    points = any("." in cell and _NUMBER.fullmatch(cell) for cell in cells)
    return "," if commas and not points else "."


def _is_header(rows: Sequence[Row], decimal: str) -> bool:
    """Are there only words in the first row, over a column of numbers?"""
    first, rest = rows[0], rows[1:]
    if not rest or any(_number(cell, decimal) is not None for cell in first.cells):
        return False
    return any(
        not is_missing(first.cells[at])
        and all(_number(row.cells[at], decimal) is not None for row in rest if not is_missing(row.cells[at]))
        and any(not is_missing(row.cells[at]) for row in rest)
        for at in range(len(first.cells))
    )


def _columns(names: Sequence[str]) -> tuple[Column, ...]:
    """Columns with a name each: printable, not too long, and no two alike."""
    columns: list[Column] = []
    taken: set[str] = set()
    again: dict[str, int] = {}
    for number, given in enumerate(names, start=1):
        plain = "".join(letter if letter.isprintable() else " " for letter in given).strip()
        name = plain[: LONGEST_NAME - 10].strip() or f"column {number}"
        again[name] = again.get(name, 0) + 1
        unlike = name if again[name] == 1 else f"{name} ({again[name]})"
        while unlike in taken:
            again[name] += 1
            unlike = f"{name} ({again[name]})"
        taken.add(unlike)
        columns.append(Column(number, unlike))
    return tuple(columns)


def _number(cell: str, decimal: str) -> float | None:
    plain = cell if cell.isascii() else cell.replace("\u2212", "-")
    if decimal == ",":
        return float(plain.replace(",", ".")) if _COMMA_NUMBER.fullmatch(plain) else None
    return float(plain) if _NUMBER.fullmatch(plain) else None
