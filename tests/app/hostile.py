"""Requests made by chance: experiments with something wrong in most of them, and calls drawn from the OpenAPI document.

The same number always makes the same request.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from app.openapi_examples import CSV, REQUESTS, SPEC
from tests.app.bodies import corpus
from tests.engine.random_specs import random_spec

Plain = dict[str, Any]

WRONG: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 3.5, -0.0, 5e-324, 1e308, 2**31, 2**53, 2**63, 10**18, -(10**18)),
    *("", "mse", "0", "NaN", "\u0000", "\u202e", "<script>", "../../x", "x" * 300, [], [[]], [None], [1e308] * 5, {}),
    *({"kind": "sgd"}, {"kind": "xor", "noise": 1}, {"kind": {"kind": "x"}}, [{"units": 10**9}], [[[[[[1]]]]]]),
)
TEXTS = (
    *(
        "",
        "0",
        "-1",
        "1",
        "2",
        "3",
        "007",
        "1.5",
        "1e5",
        "99999999999999999999",
        "²",
        "٣",
        "NaN",
        "loss",
        "W1",
        "W1,W1",
    ),
    *("delta2", "a2", "0,0", "0,0,0", "en", "zh", "xx", "train", "test", "\x00", "\r\nx: y", "<script>", "\u202e", "é"),
    *("x" * 5_000, ",", ",,,", "null", "true", "[0]", "../..", "%00", "a=b&c", "\ufffd", "0" * 300),
)


def specs(count: int, start: int = 0) -> Iterator[Plain]:
    """Random experiments; in most of them, up to three places hold something else."""
    for nth in range(start, start + count):
        draw = random.Random(nth)
        spec: Plain = copy.deepcopy(random_spec(nth))
        for _ in range(draw.choice((0, 0, 1, 2, 3))):
            _spoil(spec, draw)
        yield spec


def _spoil(part: Any, draw: random.Random) -> None:
    """Put something else into one place, somewhere inside."""
    places = list(part) if isinstance(part, dict) else list(range(len(part)))
    if not places or draw.random() < 0.1:
        if isinstance(part, dict):
            part[draw.choice(("kind", "units", "extra", "", "epochs"))] = copy.deepcopy(draw.choice(WRONG))
        return
    place = draw.choice(places)
    if isinstance(part[place], (dict, list)) and draw.random() < 0.6:
        _spoil(part[place], draw)
    elif draw.random() < 0.15:
        del part[place]
    else:
        part[place] = copy.deepcopy(draw.choice(WRONG))


@dataclass(frozen=True)
class Case:
    """One request, and the operation of the document that it is meant for."""

    operation: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None


def cases(document: Plain, run: str, count: int, start: int = 0) -> Iterator[Case]:
    """Calls of every operation in turn, with parameters that fit, nearly fit, or do not fit at all."""
    found = [
        (path, method, operation)
        for path, methods in sorted(document["paths"].items())
        for method, operation in sorted(methods.items())
    ]
    spoilt = list(corpus().values())
    for nth in range(start, start + count):
        draw = random.Random(nth)
        path, method, operation = found[nth % len(found)]
        example = {**REQUESTS[operation["operationId"]], "run": run}
        query = []
        for parameter in operation.get("parameters", []):
            name = parameter["name"]
            value = _value(parameter, example, draw)
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", quote(value or "0", safe=""))
            elif parameter["in"] == "query" and value is not None:
                query += [(name, value)] * (2 if draw.random() < 0.02 else 1)
        if draw.random() < 0.05:
            query.append((draw.choice(("x", "", "lang", "names")), draw.choice(TEXTS)))
        if query:
            path += "?" + urlencode(query)
        yield Case(
            operation["operationId"], method.upper(), path, _headers(operation, draw), _body(operation, draw, spoilt)
        )


def _value(parameter: Plain, example: Plain, draw: random.Random) -> str | None:
    """A text for a parameter; None leaves it out."""
    chance = draw.random()
    name, schema = parameter["name"], parameter["schema"]
    if name in example and chance < 0.55:
        value = example[name]
        return ",".join(map(str, value)) if isinstance(value, list) else str(value)
    if chance < 0.65 and not parameter.get("required"):
        return None
    if schema.get("enum") and chance < 0.85:
        return str(draw.choice(schema["enum"]))
    if schema.get("type") in ("integer", "number") and chance < 0.85:
        low = schema.get("minimum", 0)
        return str(draw.choice((low, low - 1, low + 1, schema.get("maximum", 10), schema.get("maximum", 10) + 1)))
    return draw.choice(TEXTS)


def _headers(operation: Plain, draw: random.Random) -> dict[str, str]:
    headers = {}
    if draw.random() < 0.4:
        forms = [form for answer in operation["responses"].values() for form in answer.get("content", {})]
        headers["accept"] = draw.choice((*forms, "*/*", "text/html;q=0", "image/png", ",", "a" * 300))
    if operation.get("requestBody"):
        right = list(operation["requestBody"]["content"])
        headers["content-type"] = draw.choice((*right * 6, "text/plain", "application/json; charset=utf-16", "x"))
    if draw.random() < 0.1:
        headers[draw.choice(("if-none-match", "accept-language", "accept-encoding", "origin", "range"))] = draw.choice(
            ("*", '""', "zh", "gzip;q=2", "null", "http://127.0.0.1", "bytes=0-1,2-3", "x" * 2_000)
        )
    return headers


def _body(operation: Plain, draw: random.Random, spoilt: list[bytes]) -> bytes | None:
    if not operation.get("requestBody"):
        return None
    if draw.random() < 0.3:
        return draw.choice(spoilt)
    if operation["operationId"] == "readCsv":
        return draw.choice((json.dumps(CSV).encode(), CSV["text"].encode()))
    spec = copy.deepcopy(SPEC)
    if draw.random() < 0.7:
        _spoil(spec, draw)
    return json.dumps(spec).encode()


def fault(case: Case, document: Plain, status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """What is wrong with an answer; None, if it is one that the document promises."""
    operation = next(
        operation
        for methods in document["paths"].values()
        for operation in methods.values()
        if operation["operationId"] == case.operation
    )
    if status >= 500 and status != 503:
        return f"{status}"
    if str(status) not in operation["responses"]:
        return None if status == 404 else f"{status} is not in the document"
    declared = operation["responses"][str(status)].get("content", {})
    form = headers.get("content-type", "").partition(";")[0]
    if body and form not in declared:
        return f"{status} in the form {form}, which is not in the document"
    if status >= 400:
        problem = json.loads(body)
        if problem["status"] != status or not problem["type"].startswith("urn:backscope:problem:"):
            return f"{status} with a problem of another kind"
    return None
