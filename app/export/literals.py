"""Arrays written into source code: as lists where a person may want to read them, packed where nobody would."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import numpy.typing as npt

from app.encode import nested

Array = npt.NDArray[np.float64]

MOST_WRITTEN = 600
"""Numbers of an array that is written out; a larger one is packed."""
WIDTH = 100
UNPACK = '''def unpacked(text, *shape):
    """An array of float64 from zlib and base64."""
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), "<f8").reshape(shape).copy()'''


def is_packed(array: Array) -> bool:
    """Is the array too large to be written out?"""
    return array.size > MOST_WRITTEN


def literal(name: str, array: Array) -> list[str]:
    """Lines that assign an array to a name, with every bit of every number."""
    if is_packed(array):
        text = base64.b64encode(zlib.compress(np.ascontiguousarray(array, "<f8").tobytes(), 6)).decode()
        pieces = [f'    "{text[at : at + WIDTH]}"' for at in range(0, len(text), WIDTH)]
        return [f"{name} = unpacked(", *pieces[:-1], f"{pieces[-1]},", f"    {', '.join(map(str, array.shape))},", ")"]
    rows = nested(array)
    if array.ndim < 2:
        return _wrapped(f"{name} = np.array([", [_number(value) for value in rows], "])")
    lines = [line for row in rows for line in _wrapped("    [", list(map(_number, row)), "],")]
    short = ", ".join(f"[{', '.join(map(_number, row))}]" for row in rows)
    alone = f"{name} = np.array([{short}])"
    return [alone] if len(alone) <= WIDTH else [f"{name} = np.array([", *lines, "])"]


def numbers(name: str, values: list[float]) -> list[str]:
    """Lines that assign a list of numbers to a name."""
    return _wrapped(f"{name} = [", [_number(_plain(value)) for value in values], "]")


def _plain(value: float) -> float | str:
    return nested(np.array(value)) if not np.isfinite(value) else value


def _number(value: float | str) -> str:
    return f'float("{value}")' if isinstance(value, str) else repr(float(value))


def _wrapped(start: str, parts: list[str], end: str) -> list[str]:
    alone = f"{start}{', '.join(parts)}{end}"
    if len(alone) <= WIDTH:
        return [alone]
    margin = " " * (len(start) - len(start.lstrip()) + 3)
    lines, line = [start], margin
    for part in parts:
        if len(line) + len(part) > WIDTH:
            lines.append(line)
            line = margin
        line += f" {part},"
    return [*lines, line, margin[:-3] + end]
