"""A step, weights, or the figures of a run as a table for a spreadsheet: one number, or one step, a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import engine
from app.binary import Array
from app.encode import Selection

HEAD = "name,index0,index1,index2,value\n"
AXES = 3


def trace_csv(found: engine.Trace, selection: Selection) -> str:
    """Every number of a step, or those selected; rows of the batch keep their numbers."""
    rows = selection.rows(found)
    spans = {
        name: [rows if axis == "example" else range(extent) for axis, extent in zip(axes, array.shape, strict=True)]
        for name, array in selection.arrays(found).items()
        for axes in [found.program.values[name].quantity.axes]
    }
    return HEAD + "".join(_lines(selection.arrays(found), spans))


def arrays_csv(arrays: Mapping[str, Array]) -> str:
    """Every number of some arrays."""
    return HEAD + "".join(_lines(arrays, {name: [range(n) for n in array.shape] for name, array in arrays.items()}))


def _lines(arrays: Mapping[str, Array], spans: Mapping[str, Sequence[Sequence[int]]]) -> Iterator[str]:
    for name, array in arrays.items():
        for index, value in zip(product(*spans[name]), array.reshape(-1), strict=True):
            places = [*map(str, index), *[""] * (AXES - len(index))]
            yield f"{name},{','.join(places)},{float(value)!r}\n"
