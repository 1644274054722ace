"""The small tree that a formula is laid out as before it is printed as LaTeX or MathML: letters, rows, scripts.

A letter is taken apart into what it is typeset from: m̂ is m under a hat, β₁ is β with a 1 below. Fonts for mathematics
have the parts and not the whole.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_HAT = "\u0302"
_BELOW = "₀₁₂₃₄₅₆₇₈₉"
_ABOVE = {"⁺": "+", "′": "′"}
_INDEX = re.compile(r"(?P<n>\d+)|(?P<i>[A-Za-zα-ω][₀-₉]*)(?!\w)|(?P<text>[^\W\d]+)|(?P<o>[^\w\s])")


@dataclass(frozen=True)
class Mark:
    """A piece of typeset mathematics. `kind` is a MathML element's name without its m, "row", or "index" for what
    stands above or below a letter.
    """

    kind: str
    text: str = ""
    parts: tuple[Mark, ...] = ()
    node: str = ""
    address: str = ""
    style: str = ""


def row(*parts: Mark, node: str = "", style: str = "") -> Mark:
    """Marks in a row."""
    return Mark("row", parts=parts, node=node, style=style)


def operator(text: str) -> Mark:
    """An operator or a bracket."""
    return Mark("o", text)


def identifier(text: str) -> Mark:
    """A letter or a word."""
    return Mark("i", text)


def brackets(inside: Mark) -> Mark:
    """A mark in round brackets."""
    return row(operator("("), inside, operator(")"))


def scripts(base: Mark, below: str, above: str) -> Mark:
    """A letter with what stands below and above it, where there is anything."""
    low, high = Mark("index", below), Mark("index", above)
    if below and above:
        return Mark("subsup", parts=(base, low, high))
    if below:
        return Mark("sub", parts=(base, low))
    return Mark("sup", parts=(base, high)) if above else base


def spell(letter: str) -> tuple[Mark, str, str]:
    """A letter's base, and the marks that belong below and above it.

    >>> spell("β₁")[1], spell("μ⁺")[2], spell("m̂")[0].kind
    ('1', '+', 'over')
    """
    signs = unicodedata.normalize("NFD", letter)
    below = "".join(str(_BELOW.index(sign)) for sign in signs if sign in _BELOW)
    above = "".join(_ABOVE[sign] for sign in signs if sign in _ABOVE)
    base = _base("".join(sign for sign in signs if sign not in _BELOW and sign not in _ABOVE and sign != _HAT))
    return (Mark("over", parts=(base, operator("^"))) if _HAT in signs else base), below, above


def letter(text: str) -> Mark:
    """A letter with its own marks and no others."""
    return scripts(*spell(text))


def index_parts(text: str) -> tuple[Mark, ...]:
    """What stands above or below a letter, piece by piece: numbers, letters, signs and words."""
    found = ((str(piece.lastgroup), piece[0]) for piece in _INDEX.finditer(text))
    return tuple(letter(text) if kind == "i" else Mark(kind, text) for kind, text in found)


def _base(text: str) -> Mark:
    """A word is one identifier; of other signs each is its own."""
    if text.isascii() and text.isalpha():
        return identifier(text)
    marks = tuple(identifier(sign) if sign.isalpha() else operator(sign) for sign in text)
    return marks[0] if len(marks) == 1 else row(*marks)
