"""What a notebook shows of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any


@dataclass(frozen=True)
class Shown:
    """Some steps of a run, as a notebook shows them: a page that steps, or a picture where frames are not shown."""

    title: str
    make_page: Callable[[], str]
    make_picture: Callable[[], str]
    height: int

    @cached_property
    def page(self) -> str:
        """The page, complete in itself."""
        return self.make_page()

    @cached_property
    def picture(self) -> str:
        """The network at the first of the steps, as SVG."""
        return self.make_picture()

    def __repr__(self) -> str:
        """What it shows, where there is only text."""
        return self.title

    def _repr_html_(self) -> str:
        style = f"width:100%;height:{self.height}px;border:1px solid #8884;border-radius:6px"
        title, page = escape(self.title, quote=True), escape(self.page, quote=True)
        return f'<iframe title="{title}" srcdoc="{page}" style="{style}"></iframe>'

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "image/svg+xml": self.picture, "text/plain": self.title}
