"""Texts of the parts of the page that are loaded when they are first used, each a file of its own.

Like the page's other files they stand under a digest of their content, and may be kept for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property

from app import encode
from app.answers import Answer
from app.i18n import LANGUAGES, part_texts, parts


class Texts:
    """`guide.en.json` and its like. Read from the catalogues on first use; not for the event loop."""

    @cached_property
    def _answers(self) -> Mapping[str, Answer]:
        return {
            f"{part}.{language}.json": Answer(encode.dumps(dict(part_texts(part, language))))
            for part in parts()
            for language in LANGUAGES
        }

    @cached_property
    def digest(self) -> str:
        """Changes with any of the texts."""
        content = hashlib.sha256()
        for name, answer in self._answers.items():
            content.update(f"{name}\0{answer.etag}\0".encode())
        return content.hexdigest()[:16]

    @property
    def folder(self) -> str:
        """The address that the names of the files are added to."""
        return f"/texts/{self.digest}/"

    def find(self, digest: str, name: str) -> Answer | None:
        """The file at an address of this version, or None."""
        return self._answers.get(name) if digest == self.digest else None
