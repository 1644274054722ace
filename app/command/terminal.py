"""The terminal: two streams, a language, colours where somebody looks, and a bar that shows progress."""

from __future__ import annotations

import re
import shutil
import sys
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TextIO

from app.i18n import DEFAULT, language_of
from engine import Text

LANGUAGE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
STYLES = {
    "bold": "1",
    "faint": "2",
    "good": "32",
    "bad": "31",
    "forward": "34",
    "loss": "35",
    "backward": "31",
    "update": "33",
}
BAR = 24
REDRAWN_SECONDS = 0.1
_PIECES = re.compile(r"[\u2e80-\u9fff][\u3000-\u303f\uff00-\uffef]*|[^\s\u2e80-\u9fff]+\s*|\s+")
"""What a line is not cut inside of: a Chinese character with the punctuation after it, or a word."""


class Trouble(Exception):
    """Something that ends the command with a word to whoever called it."""

    def __init__(self, message: str, status: int = 2) -> None:
        super().__init__(message)
        self.status = status


def language_from(environment: Mapping[str, str]) -> str:
    """The language that the environment asks for, as other commands understand it."""
    for name in LANGUAGE_VARIABLES:
        if value := environment.get(name):
            return language_of(value.partition(".")[0].partition("@")[0]) or DEFAULT
    return DEFAULT


@dataclass(frozen=True)
class Terminal:
    """Where a command writes, and how."""

    out: TextIO
    err: TextIO
    language: str = DEFAULT
    colour: bool = False
    """On `out`."""
    width: int | None = None
    """Of `out`, where it is a terminal."""
    live: bool = False
    """May a line of `err` be written over?"""

    @staticmethod
    def of(environment: Mapping[str, str]) -> Terminal:
        """The terminal of this process."""
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:  # a sign that the terminal lacks is no reason to stop
                reconfigure(errors="replace")
        looked_at = sys.stdout.isatty()
        plain = "NO_COLOR" in environment or environment.get("TERM") == "dumb"
        return Terminal(
            sys.stdout,
            sys.stderr,
            language_from(environment),
            looked_at and not plain,
            shutil.get_terminal_size().columns if looked_at else None,
            sys.stderr.isatty() and environment.get("TERM") != "dumb",
        )

    def text(self, text: Text, **values: object) -> str:
        """A text in the language of the terminal, its places filled in."""
        return text[self.language].format(**values)

    def say(self, line: str = "") -> None:
        """A line of the answer."""
        print(line, file=self.out)

    def warn(self, line: str) -> None:
        """A line about the answer."""
        print(line, file=self.err)

    def style(self, kind: str, text: str) -> str:
        """A text in a style, where there are colours."""
        return f"\x1b[{STYLES[kind]}m{text}\x1b[0m" if self.colour else text


def columns(text: str) -> int:
    """How many columns a text takes; Chinese characters take two each."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def padded(text: str, width: int, *, right: bool = False) -> str:
    """A text filled up with spaces to a width."""
    gap = " " * max(0, width - columns(text))
    return gap + text if right else text + gap


def table(rows: list[list[str]], right: tuple[bool, ...]) -> list[str]:
    """Rows as lines whose columns stand below one another, to the right where `right` says so."""
    widths = [max(columns(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            padded(cell, width, right=side) for cell, width, side in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]


class Progress:
    """A bar on the error stream, where that is a terminal; nothing elsewhere."""

    def __init__(self, terminal: Terminal, whole: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._terminal = terminal
        self._whole = max(1, whole)
        self._clock = clock
        self._drawn = -REDRAWN_SECONDS
        self._shown = False

    def at(self, done: int, note: str = "") -> None:
        """Show how far it has come; a line is not drawn more often than an eye can follow."""
        now = self._clock()
        if not self._terminal.live or (done < self._whole and now - self._drawn < REDRAWN_SECONDS):
            return
        self._drawn, self._shown = now, True
        full = BAR * min(done, self._whole) // self._whole
        bar = "█" * full + "░" * (BAR - full)
        print(f"\r\x1b[K{bar} {done}/{self._whole} {note}", end="", file=self._terminal.err, flush=True)

    def clear(self) -> None:
        """Take the bar away."""
        if self._shown:
            print("\r\x1b[K", end="", file=self._terminal.err, flush=True)
            self._shown = False


def wrapped(text: str, width: int) -> list[str]:
    """A text as lines of at most so many columns, cut at spaces or between Chinese characters."""
    lines: list[str] = []
    line = ""
    for piece in _PIECES.findall(text):
        if line and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines
