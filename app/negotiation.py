"""Which form of an answer a client wants, by its Accept header."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.requests import Request

from app.errors import Problem

JSON = "application/json"
LONGEST = 1_000
"""Of an Accept header; what is beyond is not read."""

_QUALITY = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)


def wants_json(request: Request) -> bool:
    """Does the client plainly want JSON, so that there is nothing to weigh?"""
    return request.headers.get("accept", "*/*") in (JSON, "*/*")


def preferred(request: Request, offers: Sequence[str]) -> str:
    """The offer that the client likes best, the first of those it likes alike; 406 if it accepts none."""
    accept = request.headers.get("accept", "*/*")[:LONGEST].lower()
    ranges = [_range(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    best = max(offers, key=lambda offer: _weight(offer, ranges))
    if _weight(best, ranges) <= 0:
        raise Problem("not-acceptable", f"Answers are {', '.join(offers)}.")
    return best


def _range(part: str) -> tuple[str, float]:
    media_range, *parameters = part.replace(" ", "").split(";")
    qualities = [float(found[1]) for each in parameters if (found := _QUALITY.fullmatch(each))]
    return media_range, qualities[0] if qualities else 1.0


def _weight(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """How much the client likes an offer: what the most specific of its ranges says."""
    kind = offer.partition("/")[0]
    for fitting in (offer, f"{kind}/*", "*/*"):
        found = [quality for media_range, quality in ranges if media_range == fitting]
        if found:
            return max(found)
    return 0.0
