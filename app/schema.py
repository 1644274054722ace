"""The only place where what a client sends is read: the body of a POST and the parameters of an address.

Raw bytes become plain data strictly: what JSON readers usually wave through (NaN, duplicate names, numbers that
overflow, lone surrogates) is refused with a problem that says so, and no nesting or size can stall the reader. What an
experiment spec may hold is the engine's business; what it may cost is checked here, before anything is allocated.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

import engine
from app.errors import BadParameter, FieldError, Problem, interrupted, no_such_step
from app.i18n import LANGUAGES, language_of
from app.settings import Settings

MAX_NUMBER_LENGTH = 400
MAX_INTEGER_DIGITS = 19
MAX_COUNT = 10**9
"""Of steps asked for at once; how many come is a setting."""

CHARSETS = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030"}
"""Encodings of a CSV text, as it may be sent, and how they are read."""

_JSON_TYPE = re.compile(r"application/(?:[\w.+-]+\+)?json", re.ASCII)
_CHARSET = re.compile(r'charset="?utf-8"?', re.IGNORECASE)
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_STEP = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_PLACE = r"(?:0|[1-9][0-9]{0,17})"
_ADDRESS = re.compile(rf"([A-Za-z][A-Za-z0-9_]{{0,39}})\[({_PLACE}(?:,{_PLACE}){{0,3}})\]", re.ASCII)
_RUN = re.compile(r"[0-9a-f]{32}", re.ASCII)
_LINK = re.compile(r"https?://[!-~]+", re.ASCII)


# The body


async def read_body(request: Request, settings: Settings) -> bytes:
    """A body of JSON: 415 if it is not, 413 if it is too large, 408 if it does not end."""
    check_content_type(request.headers)
    return await receive_body(request, settings)


async def receive_body(request: Request, settings: Settings) -> bytes:
    """The body, counted as it arrives: 413 if it is too large, 408 if it does not end."""
    declared = request.headers.get("content-length", "")
    if _WHOLE.fullmatch(declared) and int(declared) > settings.max_body_bytes:
        raise _too_large(settings)
    body = bytearray()
    try:
        async with asyncio.timeout(settings.body_seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > settings.max_body_bytes:
                    raise _too_large(settings)
    except TimeoutError:
        raise Problem("body-timeout", f"The body has to arrive within {settings.body_seconds:g} seconds.") from None
    except ClientDisconnect:
        raise interrupted() from None
    return bytes(body)


def check_content_type(headers: Mapping[str, str]) -> None:
    """Refuse a body that does not call itself plain JSON in UTF-8."""
    media_type, *parameters = (part.strip() for part in headers.get("content-type", "").lower().split(";"))
    charsets = [part for part in parameters if part.startswith("charset")]
    if not _JSON_TYPE.fullmatch(media_type) or not all(map(_CHARSET.fullmatch, charsets)):
        raise Problem("unsupported-media-type", "Send Content-Type: application/json, in UTF-8.")
    _check_encoding(headers)


def _check_encoding(headers: Mapping[str, str]) -> None:
    """Refuse a body that is compressed."""
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem(
            "unsupported-media-type",
            "Send the body as it is, without a Content-Encoding.",
            headers={"Accept-Encoding": "identity"},
        )


def _too_large(settings: Settings) -> Problem:
    return Problem(
        "body-too-large",
        f"A body may have {settings.max_body_bytes} bytes.",
        maximum=settings.max_body_bytes,
        setting="max_body_bytes",
    )


def parse_json(body: bytes, max_depth: int) -> Any:
    """Plain data from bytes that are JSON to the letter; a specific 400 otherwise."""
    _check_depth(body, max_depth)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem("invalid-json", f"The body is not UTF-8: byte {error.start} begins no character.") from None
    try:
        data = json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_float,
            parse_int=_integer,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Problem("invalid-json", f"{error.msg} ({where}).") from None
    if "\\u" in text:
        _check_text(data)
    return data


def _check_depth(body: bytes, max_depth: int) -> None:
    depth = 0
    for token in _STRUCTURE.finditer(body):
        first = body[token.start()]
        if first in b"[{":
            depth += 1
            if depth > max_depth:
                raise Problem(
                    "too-deep",
                    f"Lists and objects may be nested {max_depth} deep.",
                    maximum=max_depth,
                    setting="max_depth",
                )
        elif first in b"]}":
            depth -= 1


def _unsafe(detail: str, kind: str = "number", allowed: str = "a finite number") -> Problem:
    return Problem("unsafe-json", detail, [FieldError("", kind, allowed)])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _unsafe("An object has the same name twice.", "object", "every name once")
    return result


def _float(literal: str) -> float:
    if len(literal) > MAX_NUMBER_LENGTH:
        raise _unsafe(f"A number may be written with {MAX_NUMBER_LENGTH} characters.")
    value = float(literal)
    if value in (float("inf"), float("-inf")):
        raise _unsafe("A number is beyond the range of float64.")
    return value


def _integer(literal: str) -> int:
    if len(literal) > MAX_INTEGER_DIGITS + 1:
        raise _unsafe(f"A whole number may have {MAX_INTEGER_DIGITS} digits.")
    return int(literal)


def _constant(literal: str) -> NoReturn:
    raise _unsafe("NaN and Infinity are not JSON numbers.")


def _check_text(data: Any) -> None:
    """Refuse half characters: a \\ud800 without its partner."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and _SURROGATE.search(value):
            raise _unsafe("A text holds half of a character (a lone surrogate).", "string", "whole characters")


# CSV


@dataclass(frozen=True, slots=True)
class SentCsv:
    """How a CSV text that is the body itself is to be read: its encoding, and the options of the address."""

    charset: str | None
    options: Mapping[str, Any]


def csv_sent(request: Request) -> SentCsv | None:
    """What the headers and the address say of a CSV text that is the body itself; None where the body is JSON.

    415 for anything else.
    """
    media_type, *parameters = (part.strip() for part in request.headers.get("content-type", "").lower().split(";"))
    if media_type != "text/csv":
        Query(request)
        check_content_type(request.headers)
        return None
    _check_encoding(request.headers)
    told = dict(part.partition("=")[::2] for part in parameters)
    charset = told.pop("charset", "").strip('"') or None
    header = told.pop("header", None)
    if told or charset not in (None, *CHARSETS) or header not in (None, "present", "absent"):
        raise Problem(
            "unsupported-media-type", f"Of text/csv: header=present or absent; charset={', '.join(CHARSETS)}."
        )
    query = Query(request, *engine.CSV_OPTIONS)
    options = query.csv_options()
    if header and "header" not in options:
        options["header"] = header == "present"
    return SentCsv(charset, options)


def read_csv(body: bytes, sent: SentCsv | None, settings: Settings) -> engine.CsvData:
    """The examples of a body: a CSV text, or JSON with the text and its options."""
    most = {"most_characters": settings.max_body_bytes, "most_numbers": settings.max_data}
    if sent is not None:
        text = _decoded(body, sent.charset)
        with parameters_of_the_address():
            return engine.read_csv(text, engine.csv_options("", sent.options), **most)
    data = parse_json(body, settings.max_depth)
    try:
        if not isinstance(data, dict):
            raise engine.SpecError("body", data, "an object with the fields text, " + ", ".join(engine.CSV_OPTIONS))
        if not isinstance(data.get("text"), str):
            raise engine.SpecError("text", data.get("text"), "the CSV text")
        options = engine.csv_options("", {name: value for name, value in data.items() if name != "text"})
        return engine.read_csv(data["text"], options, **most)
    except engine.SpecError as error:
        detail = f"{error.field}: {error.kind}; allowed: {error.allowed}"
        raise Problem("invalid-csv", detail, [FieldError(error.field, error.kind, error.allowed)]) from None


def _decoded(body: bytes, charset: str | None) -> str:
    """The text of a body: in UTF-8 where nothing is said, or what a byte order mark says."""
    marked = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        return body.decode(CHARSETS[charset or marked])
    except UnicodeDecodeError as error:
        allowed = f"text in {charset or marked}; say charset={', '.join(CHARSETS)} in the Content-Type if it is another"
        detail = f"byte {error.start} begins no character; allowed: {allowed}"
        raise Problem("invalid-csv", detail, [FieldError("text", "string", allowed)]) from None


# The experiment spec


def parse_spec(body: bytes, settings: Settings) -> engine.ExperimentSpec:
    """The spec a body describes: checked by the engine, and within what this server allows."""
    return check_spec(parse_json(body, settings.max_depth), settings)


def check_spec(data: object, settings: Settings) -> engine.ExperimentSpec:
    """The spec that plain data describes, in the same way."""
    layers = data.get("layers") if isinstance(data, dict) else None
    if isinstance(layers, list) and len(layers) > settings.max_layers:
        raise engine.LimitError("layers", len(layers), settings.max_layers, "layers")
    spec = engine.ExperimentSpec.from_json(data)
    check_cost(engine.cost(spec), settings)
    return spec


LIMITED = {
    "parameters": "layers",
    "data": "data",
    "values": "layers",
    "steps": "epochs",
    "work": "epochs",
}
"""What a spec costs, and the field that usually makes it cost that much."""


def check_cost(cost: engine.Cost, settings: Settings) -> None:
    """LimitError if the spec costs more than the settings allow. Whole numbers only; nothing is allocated."""
    for limit, field in LIMITED.items():
        value, maximum = getattr(cost, limit), getattr(settings, f"max_{limit}")
        if value > maximum:
            raise engine.LimitError(limit, value, maximum, field)


# The address


def run_id(text: str) -> str:
    """The id of a run; 404 if it cannot be one."""
    if not _RUN.fullmatch(text):
        raise unknown_run()
    return text


def schema_name(text: str, known: Iterable[str]) -> str:
    """The name of a schema in an address such as `spec.json`; 404 if there is none."""
    name = text.removesuffix(".json")
    if name == text or name not in known:
        raise Problem("not-found", "There are the schemas " + ", ".join(f"{each}.json" for each in known) + ".")
    return name


def one_of_them(name: str, known: Iterable[str]) -> str:
    """A name in an address that is one of some; 404 if it is not."""
    if name not in known:
        raise Problem("not-found", "There are " + ", ".join(known) + ".")
    return name


def unknown_run() -> Problem:
    """The 404 of an id that nobody posted a spec for."""
    return Problem("unknown-run", "Post the spec to /api/v1/runs; the answer has its id.")


def step_number(text: str) -> int:
    """The number of a step, as the address spells it."""
    if not _STEP.fullmatch(text) or text == "-0":
        kind = "number" if re.fullmatch(r"-?[0-9.]+", text, re.ASCII) else "string"
        raise BadParameter("step", kind, "a whole number, without leading zeros")
    return int(text)


def check_step(step: int, steps: int) -> None:
    """404 if a run of so many steps does not have it."""
    if not 0 <= step < steps:
        raise no_such_step(steps - 1)


def check_moment(step: int, steps: int) -> None:
    """404 if a run of so many steps has no such moment: the beginning of a step, or the end of the run."""
    if not 0 <= step <= steps:
        raise no_such_step(steps)


def check_name(name: str, names: Iterable[str], field: str = "name") -> None:
    """422 if a run has no array of this name."""
    known = tuple(names)
    if name not in known:
        raise BadParameter(field, "string", ", ".join(known))


@contextmanager
def parameters_of_the_address() -> Iterator[None]:
    """What the engine finds wrong in here came from the address, not from a spec: a 422 that names the parameter."""
    try:
        yield
    except engine.SpecError as error:
        raise BadParameter(error.field, error.kind, error.allowed) from None


class Query:
    """The parameters of an address: each known, each once, each what it may be; a 422 says which is not."""

    def __init__(self, request: Request, *known: str) -> None:
        self._values: dict[str, str] = {}
        allowed = ", ".join(known) or "no parameters"
        try:
            text = request.scope["query_string"].decode("ascii")
            pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=20)
        except ValueError:
            raise BadParameter("query", "string", allowed) from None
        for name, value in pairs:
            if name not in known:
                raise BadParameter("query", "string", allowed)
            if name in self._values:
                raise BadParameter(name, "array", "once")
            self._values[name] = value

    def language(self) -> str | None:
        """`lang`: the language asked for, or None."""
        if (text := self._values.get("lang")) is None:
            return None
        language = language_of(text) if len(text) <= 35 else None
        if language is None:
            raise BadParameter("lang", "string", " or ".join(LANGUAGES))
        return language

    def has(self, name: str) -> bool:
        """Is the parameter there?"""
        return name in self._values

    def csv_options(self) -> dict[str, Any]:
        """The options of a CSV text: lists with commas between their entries, true and false as words."""
        options: dict[str, Any] = dict(self._values)
        for name in ("targets", "inputs"):
            if name in options:
                options[name] = [int(part) if _WHOLE.fullmatch(part) else part for part in options[name].split(",")]
        if "header" in options:
            options["header"] = {"true": True, "false": False}.get(options["header"], options["header"])
        return options

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number within bounds, or None."""
        if (text := self._values.get(name)) is None:
            return None
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            kind = "number" if re.fullmatch(r"-?[0-9.]+", text, re.ASCII) else "string"
            raise BadParameter(name, kind, f"a whole number from {least} to {most}")
        return int(text)

    def span(self, steps: int) -> tuple[int, int]:
        """`start` and `stop` of a stretch of so many steps: all of them where nothing is said."""
        start = self.whole("start", 0, steps - 1) or 0
        stop = self.whole("stop", start + 1, steps)
        return start, steps if stop is None else stop

    def stretch(self, steps: int, usual: int) -> tuple[int, int]:
        """`start` and `count`: so many steps of a run that has `steps`; the usual number where nothing is said."""
        start = self.whole("start", 0, steps - 1) or 0
        count = self.whole("count", 1, MAX_COUNT)
        return start, min(usual if count is None else count, steps - start)

    def required(self, name: str, choices: tuple[str, ...]) -> str:
        """One of some words, which has to be there."""
        found = self.one_of(name, choices)
        if found is None:
            raise BadParameter(name, "absent", ", ".join(choices))
        return found

    def moment(self, steps: int, *, at_the_end: bool) -> int:
        """`step`: one of so many, the first where nothing is said; or the end of the run, where that is asked about."""
        return self.whole("step", 0, steps if at_the_end else steps - 1) or 0

    def until(self, steps: int) -> int:
        """The step after `to`, the last of a stretch from the beginning; all steps where nothing is said."""
        last = self.whole("to", 0, steps - 1)
        return steps if last is None else last + 1

    def examples(self) -> tuple[int, ...] | None:
        """`examples`: rows of the batch, each once, or None."""
        if (text := self._values.get("examples")) is None:
            return None
        allowed = "rows of the batch, each once: 0,3"
        rows = self._wholes("examples", text, allowed)
        if len(set(rows)) != len(rows):
            raise BadParameter("examples", "array", allowed)
        return rows

    def index(self) -> tuple[int, ...]:
        """`index`: one whole number per axis; empty for a scalar."""
        text = self._values.get("index", "")
        return self._wholes("index", text, "whole numbers, one per axis: 0,2") if text else ()

    @staticmethod
    def _wholes(name: str, text: str, allowed: str) -> tuple[int, ...]:
        parts = text.split(",")
        if not all(map(_WHOLE.fullmatch, parts)):
            raise BadParameter(name, "string", allowed)
        return tuple(map(int, parts))

    def names(self) -> tuple[str, ...] | None:
        """`names`: names of arrays, each once, or None."""
        if (text := self._values.get("names")) is None:
            return None
        names = tuple(text.split(","))
        if not all(map(_NAME.fullmatch, names)) or len(set(names)) != len(names):
            raise BadParameter("names", "string", "names of arrays, each once: z1,delta1")
        return names

    def name(self) -> str:
        """`name`: the name of an array; required."""
        text = self._values.get("name")
        if text is None or not _NAME.fullmatch(text):
            raise BadParameter("name", "absent" if text is None else "string", "the name of an array: delta1")
        return text

    def link(self, most: int) -> str:
        """`link`: an address of a page, in ASCII as browsers spell it; required."""
        text = self._values.get("link")
        if text is None or not _LINK.fullmatch(text) or len(text) > most:
            kind = "absent" if text is None else "string"
            raise BadParameter("link", kind, f"an address that begins with http, of at most {most} characters")
        return text

    def phase(self, phases: tuple[str, ...]) -> str | None:
        """`phase`: one of the phases, or None."""
        return self.one_of("phase", phases)

    def one_of(self, name: str, choices: Iterable[str]) -> str | None:
        """One of some words, or None."""
        text = self._values.get(name)
        if text is not None and text not in choices:
            raise BadParameter(name, "string", ", ".join(choices))
        return text

    def word(self, name: str) -> str | None:
        """A short word, or None; what it may be depends on the run."""
        text = self._values.get(name)
        if text is not None and not _NAME.fullmatch(text):
            raise BadParameter(name, "string", "one of the choices that are listed")
        return text

    def some_of(self, name: str, choices: tuple[str, ...]) -> tuple[str, ...] | None:
        """Some words out of several, each once, in the order of the choices; or None."""
        if (text := self._values.get(name)) is None:
            return None
        chosen = text.split(",")
        if len(set(chosen)) != len(chosen) or not set(chosen) <= set(choices):
            raise BadParameter(name, "string", "some of " + ", ".join(choices) + ", each once")
        return tuple(choice for choice in choices if choice in chosen)

    def wholes(self, name: str, allowed: str) -> tuple[int, ...] | None:
        """Whole numbers, or None; `allowed` says what they should be."""
        text = self._values.get(name)
        return None if text is None else self._wholes(name, text, allowed)

    def number(self, name: str, allowed: str = "a finite number") -> float | None:
        """A number, or None."""
        found = self.numbers(name, allowed)
        if found is not None and len(found) != 1:
            raise BadParameter(name, "array", allowed)
        return found[0] if found else None

    def numbers(self, name: str, allowed: str) -> tuple[float, ...] | None:
        """Finite numbers, or None."""
        if (text := self._values.get(name)) is None:
            return None
        parts = text.split(",")
        if not all(map(_NUMBER.fullmatch, parts)) or not all(map(isfinite, map(float, parts))):
            raise BadParameter(name, "string", allowed)
        return tuple(float(part) + 0.0 for part in parts)

    def address(self, name: str) -> tuple[str, tuple[int, ...]] | None:
        """The address of a cell, `W1[0,1]`, as a name and an index; or None."""
        if (text := self._values.get(name)) is None:
            return None
        match = _ADDRESS.fullmatch(text)
        if not match:
            raise BadParameter(name, "string", "the address of a parameter: W1[0,1]")
        return match[1], tuple(map(int, match[2].split(",")))


def sample_steps(start: int, stop: int, points: int) -> tuple[int, ...]:
    """So many steps from `start` to before `stop`, evenly spaced, the first and the last among them."""
    last = stop - start - 1
    if last < points:
        return tuple(range(start, stop))
    return tuple(start + i * last // (points - 1) for i in range(points))


def last_event(request: Request) -> int:
    """The id of the last event that a client has heard of, as it says when it comes back; -1 for a new one."""
    text = request.headers.get("last-event-id", "")
    return int(text) if _WHOLE.fullmatch(text) else -1


def is_embedded(query_string: bytes) -> bool:
    """Is the page asked for as a part of another page: `?embed=1`?"""
    return b"embed=1" in query_string.split(b"&")


def page_language(request: Request) -> str | None:
    """The language a page is asked for in its address; None for none, or for one there is not."""
    return language_of(request.query_params.get("lang", "")[:35])
