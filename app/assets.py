"""The page's files: found in the wheel or the checkout, read once, and served under a digest of their content.

Every file is under `/static/{digest}/…`, where the digest covers all of them; so a module's relative imports stay
within one version, and everything may be cached for ever. What is not in the map does not exist: no path from a
request ever reaches the disk. Scripts and styles travel without the comments and the indentation that their authors
read: a third less for a school's Wi-Fi to carry, and every line keeps its number.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import logging
import re
from pathlib import Path
from posixpath import join, normpath

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

SHEETS = (
    *(
        "tokens",
        "base",
        "fields",
        "page",
        "faces",
        "help",
        "controls",
        "player",
        "timeline",
        "training",
        "stage",
        "why",
    ),
)
"""The style sheets that every page has, in the order in which they count."""
ALL_SHEETS = "css/all.css"
"""The address of all of them in one: what they have in common is compressed once."""

GZIP_FROM = 400
"""A page is many small files, compressed once: half of each is saved for everyone who opens it."""

_COMMENT_LINES = re.compile(r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*$", re.MULTILINE | re.DOTALL)
"""A comment that has its lines to itself."""
_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
_IMPORT = re.compile(r"""^(?:import\b|export\b|\})[^"'();]*["'](\.[^"'\n]+)["'];""", re.MULTILINE)
"""What a module needs before it can run. `import()` is not among it: that is fetched when it is first used."""


def asset_dir(name: str) -> Path:
    """The folder `static` or `templates`: inside the package in a wheel, beside it in a checkout."""
    inside = Path(str(importlib.resources.files("app"))) / name
    beside = Path(__file__).resolve().parent.parent / name
    for folder in (inside, beside):
        if folder.is_dir():
            return folder
    raise RuntimeError(f"The folder {name} is missing; it belongs at {inside} or {beside}. Install Backscope again.")


def lean(name: str, body: bytes) -> bytes:
    """A file as it is sent. It means the same as long as no quoted text spans lines, which a test sees to."""
    if not name.endswith((".css", ".js")):
        return body
    text = _COMMENT_LINES.sub(lambda comment: "\n" * comment[0].count("\n"), body.decode())
    return _INDENTATION.sub("", text).encode()


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
            name: Answer(
                lean(name, body),
                TYPES[Path(name).suffix],
                compressible=not name.endswith(INCOMPRESSIBLE),
                gzip_from=GZIP_FROM,
            )
            for name, body in found.items()
        }
        sheets = [self._answers[name].body for each in SHEETS if (name := f"css/{each}.css") in self._answers]
        self._joined = {ALL_SHEETS: Answer(b"\n".join(sheets), TYPES[".css"])}

    @property
    def names(self) -> tuple[str, ...]:
        """Every file there is."""
        return tuple(self._answers)

    def url(self, name: str) -> str:
        """The address of a file."""
        if name not in self._answers and name not in self._joined:
            log.warning("the page asks for %s, which is not among its files", name)
        return f"/static/{self.digest}/{name}"

    def find(self, digest: str, name: str) -> Answer | None:
        """The file at an address of this version, or None."""
        return self._answers.get(name, self._joined.get(name)) if digest == self.digest else None

    def named(self, name: str) -> Answer:
        """A file by its name; there has to be one."""
        return self._answers[name]

    def needed_by(self, start: str) -> list[str]:
        """A module and every module that has to be there before it runs, each once."""
        needed = [start]
        for name in needed:
            answer = self._answers.get(name)
            for path in _IMPORT.findall(answer.body.decode()) if answer else ():
                target = normpath(join(name, "..", path))
                if target not in needed:
                    needed.append(target)
        return needed
