"""What an npz or safetensors file of ours says about itself. Only the command reads files; the server never does.

The arrays are left alone: whoever made the file says which experiment and step they belong to, and both are computed
again from that.
"""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np

from app.binary import ABOUT

MOST_BYTES = 64 * 2**20
"""Of the text that tells what the arrays are."""
ZIP = b"PK"


def about(body: bytes) -> dict[str, str] | None:
    """What a container says of its arrays; None if it is none, and {} if it says nothing."""
    if body.startswith(ZIP):
        return _npz(body)
    length = int.from_bytes(body[:8], "little")
    if 2 <= length <= min(len(body) - 8, MOST_BYTES) and body[8:9] == b"{":
        return _texts(body[8 : 8 + length], "__metadata__")
    return None


def _npz(body: bytes) -> dict[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entry = archive.getinfo(f"{ABOUT}.npy")
            if entry.file_size > MOST_BYTES:
                return {}
            text = np.lib.format.read_array(io.BytesIO(archive.read(entry)), allow_pickle=False)
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, EOFError):
        return {}
    return _texts(str(text).encode(errors="replace"), None)


def _texts(text: bytes, inside: str | None) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if inside is not None:
        found = found.get(inside) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)}
