"""Data as JSON: the examples of a run, all of them or some rows, and what a CSV text was read as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import engine
from app.encode import Plain, dumps, tensors
from app.errors import BadParameter

PARTS = ("train", "test")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one part of the data: the first of them, and how many there are to be; None for as many as fit."""

    part: str
    start: int = 0
    count: int | None = None


def data(run: str, step: int, split: engine.DataSplit, in_all: int, language: str, rows: Rows | None = None) -> bytes:
    """The examples as a step sees them, on the scale of the data; or some rows of one part, as the network is given
    them too.
    """
    parts = {
        "train": (split.inputs, split.x, split.y, split.rows, split.labels),
        "test": (split.inputs_test, split.x_test, split.y_test, split.test_rows, split.labels_test),
    }
    document: Plain = {"run": run, "step": step, "language": language}
    if rows is None:
        arrays = {
            prefix + name: array
            for part, prefix in (("train", ""), ("test", "test_"))
            for name, array in _named(*parts[part]).items()
            if name != "given"
        }
    else:
        whole = _named(*parts[rows.part])
        total = len(whole["rows"])
        if rows.start > total:
            raise BadParameter("start", "number", f"a whole number from 0 to {total}")
        each = sum(array[:1].size for array in whole.values())
        fits = max(1, in_all // max(1, each))
        stop = min(total, rows.start + min(fits, fits if rows.count is None else rows.count))
        arrays = {name: array[rows.start : stop] for name, array in whole.items()}
        document |= {"part": rows.part, "start": rows.start, "count": stop - rows.start, "total": total}
    values, truncated = tensors(arrays, in_all, in_all)
    document |= {
        "values": values,
        "classes": [name[language] for name in split.classes],
        "input_names": [name[language] for name in split.input_names],
        "output_names": [name[language] for name in split.output_names],
        "features": list(split.feature_names),
        "plane": [list(span) for span in split.plane],
    }
    if truncated:
        document["truncated"] = True
    return dumps(document)


def _named(inputs: Any, given: Any, targets: Any, rows: Any, labels: Any) -> dict[str, Any]:
    """The arrays of a part by name; labels only where there are classes."""
    arrays = {"inputs": inputs, "given": given, "targets": targets, "rows": rows}
    return arrays if labels is None else {**arrays, "labels": labels}


def csv(found: engine.CsvData) -> bytes:
    """The examples of a CSV text, ready for a spec, and what was found on the way."""
    roles = {column.number: "input" for column in found.inputs} | {column.number: "target" for column in found.targets}
    classes = found.data.classes or ()
    return dumps(
        {
            "data": found.data.to_json(),
            "columns": [
                {"number": column.number, "name": column.name, "role": roles.get(column.number, "unused")}
                for column in found.columns
            ],
            "classes": [{"name": name, "count": count} for name, count in zip(classes, found.counts, strict=True)],
            "rows": found.rows,
            "outputs": found.outputs,
            "dropped": list(found.dropped),
            "delimiter": found.delimiter,
            "header": found.header,
            "decimal": found.decimal,
        }
    )
