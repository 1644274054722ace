"""What a built-in experiment says of itself, and a figure as its source prints it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import Any

from engine.registry import Entry, Text

NO_NOTE = Text("", "")


@dataclass(frozen=True)
class Published:
    """A figure as its source prints it, digit for digit: where it is found in our trace, and what is to be said of it.

    A misprint is a figure that is not what its own source's rule gives; the note says why.
    """

    step: int
    address: str
    printed: str
    note: Text = NO_NOTE
    misprint: bool = False

    def agrees(self, ours: float) -> bool:
        """Is the printed figure ours, rounded or cut off to as many digits as were printed?

        >>> Published(0, "loss", "0.30").agrees(0.2984), Published(0, "loss", "0.300").agrees(0.2984)
        (True, False)
        """
        exact, shown = Decimal(ours), Decimal(self.printed)
        if not exact.is_finite():
            return False
        places = Decimal(1).scaleb(int(shown.as_tuple().exponent))
        return shown in (exact.quantize(places), exact.quantize(places, ROUND_DOWN))


@dataclass(frozen=True, eq=False)
class Example(Entry):
    """An experiment spec, and the published figures it should reproduce."""

    spec: Mapping[str, Any] = field(default_factory=dict)
    published: tuple[Published, ...] = ()
