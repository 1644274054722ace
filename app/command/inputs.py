"""Reading what a command is given: an experiment, a trace that carries one, or a table of examples."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import engine
from app import schema
from app.command import containers, table, texts
from app.command.terminal import Terminal, Trouble
from app.errors import Problem
from app.settings import ENVIRONMENT, Settings

STANDARD_INPUT = "-"
TABLES = (".csv", ".tsv", ".tab")
MOST_BYTES = 256 * 2**20
"""Of a file with a trace; an experiment is bound by the setting."""


@dataclass(frozen=True)
class Opened:
    """An experiment, and where it came from; a trace says which step, and what its loss is."""

    name: str
    spec: engine.ExperimentSpec
    step: int | None = None
    loss: object = None


def examples() -> dict[str, Mapping[str, Any]]:
    """The built-in experiments by name."""
    return {entry.name: getattr(entry, "spec", {}) for entry in engine.catalog()["examples"]}


def read(source: str, settings: Settings, terminal: Terminal) -> Opened:
    """What a file, the name of an example or `-` stands for. Trouble says why it cannot be used."""
    if source != STANDARD_INPUT and not Path(source).exists():
        known = examples()
        if source not in known:
            raise Trouble(terminal.text(texts.NO_FILE, name=shown(source), examples=", ".join(known)))
        return Opened(source, engine.ExperimentSpec.from_json(known[source]))
    name = terminal.text(texts.STANDARD_INPUT) if source == STANDARD_INPUT else shown(source)
    try:
        return _understood(name, source, _bytes(source, name, terminal), settings, terminal)
    except (Problem, engine.EngineError) as error:
        raise Trouble(why(name, error, terminal)) from None


def _understood(name: str, source: str, body: bytes, settings: Settings, terminal: Terminal) -> Opened:
    described = containers.about(body)
    if described is not None:
        if "spec" not in described:
            raise Trouble(terminal.text(texts.NO_SPEC_IN_TRACE, name=name))
        spec = schema.parse_spec(described["spec"].encode(), settings)
        return Opened(name, spec, _step(described.get("step", ""), spec, name, terminal))
    if _is_table(source, body):
        return Opened(name, schema.check_spec(table.experiment(_text(body)), settings))
    data = schema.parse_json(body, settings.max_depth)
    if isinstance(data, dict) and "frames" in data:
        if "spec" not in data:
            raise Trouble(terminal.text(texts.NO_SPEC_IN_TRACE, name=name))
        spec = schema.check_spec(data["spec"], settings)
        return Opened(name, spec, _step(str(data.get("step")), spec, name, terminal), data.get("loss"))
    return Opened(name, schema.check_spec(data, settings))


def _is_table(source: str, body: bytes) -> bool:
    """A table goes by the end of its file's name; from standard input, by not beginning as JSON does."""
    if source == STANDARD_INPUT:
        return body.lstrip()[:1] not in (b"{", b"[", b"")
    return Path(source).suffix.lower() in TABLES


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("invalid-csv", f"The text is not UTF-8: byte {error.start} begins no character.") from None


def _step(text: str, spec: engine.ExperimentSpec, name: str, terminal: Terminal) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18 or int(text) >= spec.steps:
        raise Trouble(terminal.text(texts.NOT_OURS, name=name))
    return int(text)


def _bytes(source: str, name: str, terminal: Terminal) -> bytes:
    try:
        if source == STANDARD_INPUT:
            body = _at_most(sys.stdin.buffer)
        else:
            with Path(source).open("rb") as file:
                body = _at_most(file)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise Trouble(terminal.text(texts.CANNOT_READ, name=name, reason=reason)) from None
    if len(body) > MOST_BYTES:
        raise Trouble(terminal.text(texts.TOO_LARGE, name=name, most=MOST_BYTES))
    return body


def _at_most(file: BinaryIO) -> bytes:
    return file.read(MOST_BYTES + 1)


def shown(name: str) -> str:
    """A name from outside as a line may hold it."""
    return name if name.isprintable() and len(name) <= 200 else ascii(name[:200])


def why(name: str, error: Problem | engine.EngineError, terminal: Terminal) -> str:
    """What is wrong with a thing of this name, in one line."""
    if isinstance(error, engine.LimitError):
        variable = f"{ENVIRONMENT}MAX_{error.limit.upper()}"
        hint = terminal.text(texts.LIMIT_HINT, variable=variable)
        return terminal.text(texts.INVALID, name=name, detail=f"{error.message}. {hint}")
    detail = error.detail if isinstance(error, Problem) else error.message
    return terminal.text(texts.INVALID, name=name, detail=detail)
