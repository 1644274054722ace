"""The page's files: found in the wheel or the checkout, read once, and served under a digest of their content.

Every file is under `/static/{digest}/…`, where the digest covers all of them; so a module's relative imports stay
within one version, and everything may be cached for ever. What is not in the map does not exist: no path from a
request ever reaches the disk.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import logging
from pathlib import Path

from app.answers import Answer

log = logging.getLogger("backscope.assets")

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""What is served, by the end of its name; other files of the folder are not."""

INCOMPRESSIBLE = (".png", ".woff2", ".ico")


def asset_dir(name: str) -> Path:
    """The folder `static` or `templates`: inside the package in a wheel, beside it in a checkout."""
    inside = Path(str(importlib.resources.files("app"))) / name
    beside = Path(__file__).resolve().parent.parent / name
    for folder in (inside, beside):
        if folder.is_dir():
            return folder
    raise RuntimeError(f"The folder {name} is missing; it belongs at {inside} or {beside}. Install Backscope again.")


class Assets:
    """The files of a folder, in memory."""

    def __init__(self, folder: Path) -> None:
        found = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.suffix in TYPES and path.is_file()
        }
        content = hashlib.sha256()
        for name, body in found.items():
            content.update(f"{name}\0{len(body)}\0".encode())
            content.update(body)
        self.digest = content.hexdigest()[:16]
        self._answers = {
            name: Answer(body, TYPES[Path(name).suffix], compressible=not name.endswith(INCOMPRESSIBLE))
            for name, body in found.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """Every file there is."""
        return tuple(self._answers)

    def url(self, name: str) -> str:
        """The address of a file."""
        if name not in self._answers:
            log.warning("the page asks for %s, which is not among its files", name)
        return f"/static/{self.digest}/{name}"

    def find(self, digest: str, name: str) -> Answer | None:
        """The file at an address of this version, or None."""
        return self._answers.get(name) if digest == self.digest else None
