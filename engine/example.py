"""What a built-in experiment says of itself, and a figure as its source prints it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.registry import Entry, Text

NO_NOTE = Text("", "")


@dataclass(frozen=True)
class Published:
    """A figure as its source prints it: where it is found in our trace, and what the source says."""

    step: int
    address: str
    printed: float
    note: Text = NO_NOTE


@dataclass(frozen=True, eq=False)
class Example(Entry):
    """An experiment spec, and the published figures it should reproduce."""

    spec: Mapping[str, Any] = field(default_factory=dict)
    published: tuple[Published, ...] = ()
