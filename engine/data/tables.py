"""Data sets that come as files in installed packages. The only module of the engine that reads files.

The packages are not imported; their files are found through their metadata. Each is read once and kept.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution

import numpy as np

from engine.errors import EngineError
from engine.rules.rule import Array

Cells = tuple[tuple[str, ...], ...]


class MissingTableError(EngineError):
    """A file that is not installed, or cannot be read; `allowed` says what to install."""

    def __init__(self, table: Table, what: str = "the file is not installed") -> None:
        self.table = table
        self.allowed = f"a data set that is installed; {table.name} comes with {table.package}: {table.install}"
        super().__init__(f"{table.name}: {what}; it comes with {table.package}: {table.install}")


@dataclass(frozen=True)
class Table:
    """A compressed CSV file of a package: where it is, whether its first row is a header, and its size."""

    name: str
    package: str
    install: str
    path: str
    header: bool
    rows: int
    columns: int

    @property
    def installed(self) -> bool:
        """Is the file there?"""
        try:
            return bool(distribution(self.package).locate_file(self.path).is_file())  # type: ignore[attr-defined]
        except PackageNotFoundError:
            return False


IRIS = Table(
    "iris", "plotly", "pip install plotly", "plotly/package_data/datasets/iris.csv.gz", header=True, rows=150, columns=6
)
DIGITS = Table(
    "digits",
    "scikit-learn",
    "pip install 'backscope[datasets]'",
    "sklearn/datasets/data/digits.csv.gz",
    header=False,
    rows=1797,
    columns=65,
)


@cache
def cells(table: Table) -> Cells:
    """The cells of a table, its header left out. MissingTableError if it is not there or not what it should be."""
    if not table.installed:
        raise MissingTableError(table)
    place = str(distribution(table.package).locate_file(table.path))
    try:
        with gzip.open(place, "rt", encoding="utf-8", newline="") as file:
            rows = tuple(tuple(row) for row in csv.reader(file) if row)[table.header :]
    except (OSError, EOFError, ValueError, zlib.error, csv.Error):
        raise MissingTableError(table, "the file cannot be read") from None
    if len(rows) != table.rows or any(len(row) != table.columns for row in rows):
        raise MissingTableError(table, "the file is not the one that is known")
    return rows


@cache
def numbers(table: Table, first: int, last: int) -> Array:
    """The columns from `first` to before `last` as numbers, read-only."""
    try:
        found = np.array([[float(cell) for cell in row[first:last]] for row in cells(table)])
    except ValueError:
        raise MissingTableError(table, "the file is not the one that is known") from None
    found.flags.writeable = False
    return found
