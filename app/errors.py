"""The one shape of every error: an RFC 9457 problem document.

    {"type": "urn:backscope:problem:invalid-spec", "title": …, "status": 422, "detail": …,
     "errors": [{"field": "layers[0].units", "kind": "string", "allowed": "a whole number of at least 1"}]}

A problem names the field, the JSON kind of what was found and what is allowed. It never repeats what was sent, and a
500 says nothing but that it happened and under which id the log has it.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

import engine

QUERY = "=&,%+-._~[]"
"""What a query may hold as it is."""
MEDIA_TYPE = "application/problem+json"
URN = "urn:backscope:problem:"

PROBLEMS: dict[str, tuple[int, str]] = {
    "invalid-json": (400, "The body is not JSON"),
    "unsafe-json": (400, "The body is JSON that cannot be taken literally"),
    "too-deep": (400, "The body is nested too deeply"),
    "interrupted": (400, "The client went away"),
    "foreign-origin": (403, "The request comes from a page elsewhere"),
    "not-found": (404, "There is nothing at this address"),
    "unknown-run": (404, "There is no run with this id"),
    "no-such-step": (404, "The run has no such step"),
    "method-not-allowed": (405, "The method does not fit this address"),
    "not-acceptable": (406, "No answer in a form you accept"),
    "outdated-run": (410, "The run cannot be read any more"),
    "body-timeout": (408, "The body took too long"),
    "body-too-large": (413, "The body is too large"),
    "unsupported-media-type": (415, "The body must be JSON"),
    "misdirected-request": (421, "This server does not go by that name"),
    "invalid-spec": (422, "The experiment spec is not valid"),
    "invalid-csv": (422, "The CSV text cannot be read"),
    "limit-exceeded": (422, "The experiment is larger than this server allows"),
    "not-expressible": (422, "The other library has no words for a part of the experiment"),
    "invalid-parameter": (422, "A parameter of the address is not valid"),
    "internal-error": (500, "Something went wrong here"),
    "busy": (503, "The server is busy"),
    "deadline": (503, "Not ready yet"),
    "not-kept": (507, "The experiment cannot be kept"),
}
"""Every problem type with its status and title; the OpenAPI document lists them from here."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is wrong: where, the JSON kind of what was found, and what is allowed."""

    field: str
    kind: str
    allowed: str


class Problem(Exception):
    """An answer that is an error. `members` are further members of the document."""

    def __init__(
        self,
        code: str,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.status, self.title = PROBLEMS[code]
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.members = members

    def document(self) -> dict[str, Any]:
        """The problem as plain data."""
        return {
            "type": URN + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "errors": [{"field": e.field, "kind": e.kind, "allowed": e.allowed} for e in self.errors],
            **self.members,
        }

    def response(self) -> Response:
        """The problem as an answer. Plain ASCII JSON: whatever text is in it, it can be sent."""
        return Response(
            json.dumps(self.document()),
            self.status,
            {"Cache-Control": "no-store", "Content-Language": "en", **self.headers},
            MEDIA_TYPE,
        )


class Moved(Exception):
    """A run that an older version gave another id: no error, but an answer that leads to the new one."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(new)
        self._old = old
        self._new = new

    def response(self, request: Request) -> Response:
        """The way there: the same address with the new id. Not for ever: the next version may name it anew."""
        path = quote(request.url.path.replace(self._old, self._new, 1))
        query = request.scope["query_string"].decode("latin-1")
        location = f"{path}?{quote(query, safe=QUERY)}" if query else path
        headers = {"Location": location, "Cache-Control": "no-store"}
        return Response(json.dumps({"run": self._new}), 307, headers, "application/json")


class BadParameter(Problem):
    """A parameter of the address that is not what it may be."""

    def __init__(self, field: str, kind: str, allowed: str) -> None:
        super().__init__("invalid-parameter", f"{field}: allowed: {allowed}", [FieldError(field, kind, allowed)])


def try_later(code: str, detail: str) -> Problem:
    """A 503 that asks to come back in a moment; not everybody in the same moment."""
    return Problem(code, detail, headers={"Retry-After": str(random.randint(1, 3))})


def from_engine(error: engine.EngineError) -> Problem:
    """What the engine refused, as a problem."""
    if isinstance(error, engine.LimitError):
        return Problem(
            "limit-exceeded",
            error.message,
            [FieldError(error.field, "number", f"{error.limit} at most {error.maximum}")],
            limit=error.limit,
            value=_bounded(error.value),
            maximum=error.maximum,
            setting=f"max_{error.limit}",
        )
    if isinstance(error, engine.SpecError):
        detail = f"{error.field}: {error.kind}; allowed: {error.allowed}"
        return Problem("invalid-spec", detail, [FieldError(error.field, error.kind, error.allowed)])
    if isinstance(error, engine.CsvError):
        return Problem(
            "invalid-csv",
            f"{error.where}: allowed: {error.allowed}",
            [FieldError("text", "string", error.allowed)],
            row=error.row,
            line=error.line,
            column=error.column,
            column_name=error.column_name,
        )
    if isinstance(error, engine.StepError):
        return no_such_step(error.last)
    if isinstance(error, engine.AddressError):
        return BadParameter("index", "string", error.allowed)
    if isinstance(error, engine.Cancelled):
        return deadline()
    raise error


def no_such_step(last: int) -> Problem:
    """The 404 of a step outside the run."""
    allowed = f"0 to {last}"
    return Problem("no-such-step", f"step: allowed: {allowed}", [FieldError("step", "number", allowed)])


def interrupted() -> Problem:
    """The answer to a client that has gone; only the log sees it."""
    return Problem("interrupted", "The connection was closed before the answer was ready.")


def deadline() -> Problem:
    """The 503 of a computation that needs longer than one request may take."""
    return try_later("deadline", "This takes longer than one request may. What was computed is kept: ask again.")


def _bounded(value: int) -> int | None:
    """A number that can be written down, or None."""
    return value if value.bit_length() <= 1024 else None


def from_http(error: HTTPException) -> Problem:
    """What the framework refused, as a problem."""
    headers = dict(error.headers or {})
    if error.status_code == 405:
        allowed = {method.strip() for method in headers.get("Allow", "").split(",") if method.strip()}
        if "GET" in allowed:
            allowed.add("HEAD")
        headers["Allow"] = ", ".join(sorted(allowed))
        return Problem("method-not-allowed", f"Allowed here: {headers['Allow']}.", headers=headers)
    code = next((name for name, (status, _) in PROBLEMS.items() if status == error.status_code), None)
    if code is None:
        code = "internal-error" if error.status_code >= 500 else "not-found"
    if code == "not-found":
        return Problem(code, "The address leads nowhere. The API is described at /docs.")
    return Problem(code, PROBLEMS[code][1] + ".", headers=headers)


def internal_error(reference: str) -> Problem:
    """The 500: nothing but the reference under which the log tells more."""
    return Problem("internal-error", "This is our mistake, not yours. The log has it.", reference=reference)


Page = Callable[[Request, Problem], Response | None]
"""Makes the page of a problem for a person, or None where the problem document is the answer."""


def install(app: FastAPI, page: Page, log: logging.Logger) -> None:
    """Answer every error of the application with a problem."""

    def answer(request: Request, problem: Problem) -> Response:
        if problem.status >= 500:
            log.info("%s for %s %.100r", problem.code, request.method, request.url.path)
        return page(request, problem) or problem.response()

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer(request, error)

    async def on_moved(request: Request, error: Exception) -> Response:
        assert isinstance(error, Moved)
        return error.response(request)

    async def on_engine_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, engine.EngineError)
        return answer(request, from_engine(error))

    async def on_http_exception(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answer(request, from_http(error))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(Moved, on_moved)
    app.add_exception_handler(engine.EngineError, on_engine_error)
    app.add_exception_handler(HTTPException, on_http_exception)
