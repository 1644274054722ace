"""Answers of the API as what Python has for them, and what a program gives as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Plain = dict[str, Any]


def arrays(body: bytes) -> dict[str, Array]:
    """The arrays of a safetensors file, read-only and without a copy."""
    start = 8 + int.from_bytes(body[:8], "little")
    header = json.loads(body[8:start])
    header.pop("__metadata__", None)
    found = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        found[name] = np.frombuffer(body[start + first : start + last], "<f8").reshape(entry["shape"])
    return found


def arrays_by_step(body: bytes) -> dict[int, dict[str, Array]]:
    """The arrays of several steps: `3/z1` is `z1` of step 3."""
    found: dict[int, dict[str, Array]] = {}
    for key, array in arrays(body).items():
        step, _, name = key.partition("/")
        found.setdefault(int(step), {})[name] = array
    return found


def columns(document: Plain, prefix: str = "") -> dict[str, Array]:
    """Every list of numbers in a history, by its path: `loss`, `norms.z1`, `training.accuracy`."""
    found: dict[str, Array] = {}
    for name, value in document.items():
        if isinstance(value, dict):
            found |= columns(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value:
            try:
                found[f"{prefix}{name}"] = np.array(value, dtype=np.float64)
            except (ValueError, TypeError):
                continue
    return found


def events(pieces: Iterable[bytes]) -> Iterator[tuple[str, Plain]]:
    """The events of a stream: their kind and data. A comment, which keeps a connection alive, is none."""
    text = b""
    for piece in pieces:
        text += piece
        while b"\n\n" in text:
            block, _, text = text.partition(b"\n\n")
            fields = dict(line.partition(": ")[::2] for line in block.decode().splitlines())
            if "event" in fields:
                yield fields["event"], json.loads(fields["data"])


def number(value: float | str) -> float:
    """A number of the API, where Infinity and NaN are texts."""
    return float(value)


def body(spec: Mapping[str, Any]) -> bytes:
    """An experiment as JSON; arrays may stand in it as they are."""
    return json.dumps(spec, default=_listed, allow_nan=False).encode()


def _listed(value: Any) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} has no place in an experiment")
