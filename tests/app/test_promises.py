"""Promises that no part can keep alone: nothing goes out, and what is not in the address changes no answer."""

from __future__ import annotations

import random
import socket
import time
from importlib.metadata import requires

import pytest

from app.openapi_examples import REQUESTS, SPEC, run

TRIALS = 200
SAYINGS = {
    "accept-charset": ["utf-16", "*"],
    "cache-control": ["no-cache", "max-age=0", "only-if-cached"],
    "cookie": ["session=1", "lang=zh; theme=dark", "\x00"],
    "forwarded": ["for=1.2.3.4;host=evil.example;proto=https"],
    "if-modified-since": ["Wed, 21 Oct 2015 07:28:00 GMT", "never"],
    "if-none-match": ['"0"', 'W/"0"', ","],
    "if-range": ['"0"'],
    "origin": ["https://evil.example", "null"],
    "pragma": ["no-cache"],
    "range": ["bytes=0-10", "bytes=5-", "bytes=" + ",".join(f"{k}-{k}" for k in range(1_500))],
    "referer": ["https://evil.example/"],
    "user-agent": ["", "x" * 1_000, "<script>"],
    "x-forwarded-host": ["evil.example"],
    "x-forwarded-proto": ["https"],
    "x-http-method-override": ["DELETE"],
    "x-original-url": ["/other"],
}
"""Headers that an answer must not depend on."""


def addresses(api) -> list[str]:
    """An address of every route that answers a GET, from the examples of the document."""
    identity, _ = run()
    api.post("/api/v1/runs", json=SPEC)
    found = []
    for path, methods in api.get("/openapi.json").json()["paths"].items():
        if "get" not in methods or path.endswith("/events"):
            continue
        given = {"run": identity, **REQUESTS[methods["get"]["operationId"]]}
        query = "&".join(
            f"{name}={','.join(map(str, value)) if isinstance(value, list) else value}"
            for name, value in given.items()
            if name != "run" and f"{{{name}}}" not in path
        )
        found.append(f"{path.format(**given)}?{query}" if query else path.format(**given))
    return [*found, "/", "/compare", "/docs", "/redoc", "/openapi.json"]


def test_no_request_makes_the_server_reach_out(api, monkeypatch):
    tried = []

    def refuse(self, address, *_):
        tried.append(address)
        raise OSError("no connection leaves this server")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **_: tried.append(asked) or [])
    answers = {address: api.get(address).status_code for address in addresses(api)}
    assert answers == dict.fromkeys(answers, 200)
    assert tried == []


def test_headers_that_say_nothing_of_the_answer_change_no_byte_of_it(api):
    plain = {"accept-encoding": "identity", "accept-language": "en"}
    for address in addresses(api):
        if "/health" in address:
            continue
        expected = api.get(address, headers=plain)
        draw = random.Random(address)
        for _ in range(TRIALS // 20):
            chosen = draw.sample(sorted(SAYINGS), draw.randrange(1, len(SAYINGS)))
            said = {name: draw.choice(SAYINGS[name]) for name in chosen}
            answer = api.get(address, headers={**plain, **said})
            assert (answer.status_code, answer.content) == (200, expected.content), (address, said)
            assert answer.headers == expected.headers, (address, said)


@pytest.mark.parametrize("ranges", [1, 10_000])
def test_parts_of_an_answer_are_not_cut_out_however_many_are_asked_for(api, ranges):
    header = "bytes=" + ",".join(f"{k}-{k + 1}" for k in range(ranges))
    whole = api.get("/openapi.json")
    started = time.perf_counter()
    answer = api.get("/openapi.json", headers={"range": header})
    assert time.perf_counter() - started < 1
    assert (answer.status_code, answer.content) == (200, whole.content)


def test_no_parser_of_forms_is_required():
    assert [name for name in requires("backscope") if "multipart" in name] == []
