"""Arrays as bytes: safetensors for anyone, npz for NumPy. The same arrays always give the same bytes.

Both are written here rather than by their libraries, which order or date what they write as they please; an answer that
is kept by its address has to be the same from every server. Nothing here reads what a client sends.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

import engine
from app.identity import canonical

Array = npt.NDArray[np.float64]
Arrays = Mapping[str, Array]
About = Mapping[str, str]

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every file in an npz: the earliest that the format knows."""
ALIGNMENT = 8
ABOUT = "__about__"
"""The entry of an npz that says what the arrays are: a text in JSON."""


@dataclass(frozen=True)
class Format:
    """A container: its media type, the end of a file's name, and how it is written."""

    media_type: str
    suffix: str
    pack: Callable[[Arrays, About], bytes]


def about(run: str, step: int, spec: engine.ExperimentSpec | None = None) -> dict[str, str]:
    """What a container says of its arrays, as texts by name."""
    found = {"engine": engine.ENGINE_VERSION, "run": run, "step": str(step)}
    return found if spec is None else {**found, "spec": canonical(spec.to_json()).decode()}


def safetensors(arrays: Arrays, about: About) -> bytes:
    """Arrays in a safetensors file, in the order given, float64 throughout."""
    header: dict[str, object] = {"__metadata__": dict(about)} if about else {}
    start = 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F64", "shape": list(array.shape), "data_offsets": [start, start + array.nbytes]}
        start += array.nbytes
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    parts = (np.ascontiguousarray(array, dtype="<f8").tobytes() for array in arrays.values())
    return b"".join((len(text).to_bytes(8, "little"), text, *parts))


def npz(arrays: Arrays, about: About) -> bytes:
    """Arrays in an uncompressed npz file, in the order given."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        texts = {ABOUT: np.array(json.dumps(dict(about), separators=(",", ":")))} if about else {}
        for name, array in {**arrays, **texts}.items():
            one = io.BytesIO()
            np.lib.format.write_array(one, np.asarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", LONG_AGO), one.getvalue())
    return made.getvalue()


FORMATS: dict[str, Format] = {
    "safetensors": Format("application/vnd.safetensors", ".safetensors", safetensors),
    "npz": Format("application/x-npz", ".npz", npz),
}
