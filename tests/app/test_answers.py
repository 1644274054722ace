"""Sending: ETag, 304, gzip, HEAD; below a run id everything may be kept for ever."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from starlette.requests import Request

from app.answers import GZIP_FROM, IMMUTABLE, Answer, accepts_gzip, is_near, matches

PLAIN = {"accept-encoding": "identity"}
BELOW_A_RUN = [
    "",
    "?lang=zh",
    "/steps/0",
    "/steps/3?names=z1&examples=0,2&phase=forward",
    "/steps/3/explain?name=delta1&index=0,1",
    "/steps/3/explain?name=delta1&index=0,1&lang=zh",
    "/steps/3/check",
    "/history",
    "/history?start=2&stop=9&points=3",
    "/history?points=4&include=train,quantiles,ratios,dead,saturated",
    "/steps/20/metrics",
    "/steps/3/surface?name=a1&unit=1&resolution=5",
    "/steps/3/landscape?resolution=3&path=2",
    "/diagnosis?lang=zh&patience=2",
    "/data?lang=zh&step=3",
]


@pytest.mark.parametrize("place", BELOW_A_RUN)
def test_below_a_run_an_answer_never_changes_and_may_be_kept_by_anyone(api, xor_run, place):
    first, second = (api.get(xor_run + place, headers=PLAIN) for _ in range(2))
    assert first.status_code == 200
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["cache-control"] == IMMUTABLE == "public, max-age=31536000, immutable"
    assert not first.headers["etag"].startswith("W/")


@pytest.mark.parametrize("place", [*BELOW_A_RUN, None])
def test_who_has_an_answer_gets_a_304_without_a_body(api, xor_run, place):
    path = "/api/v1/catalog" if place is None else xor_run + place
    for headers in (PLAIN, {"accept-encoding": "gzip"}):
        first = api.get(path, headers=headers)
        tag = first.headers["etag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = api.get(path, headers={**headers, "if-none-match": known})
            assert again.status_code == 304, known
            assert again.content == b""
            assert again.headers["cache-control"] == first.headers["cache-control"]
            assert again.headers["vary"] == first.headers["vary"]
            assert "content-length" not in again.headers
        assert api.get(path, headers={**headers, "if-none-match": tag}).headers["etag"] == tag
        assert api.get(path, headers={**headers, "if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/v1/catalog", "/healthz", "/docs", "/api/v1/nothing"])
def test_head_is_get_without_the_body(api, path):
    for headers in (PLAIN, {"accept-encoding": "gzip"}):
        got, head = api.get(path, headers=headers), api.head(path, headers=headers)
        assert head.status_code == got.status_code
        assert head.content == b""
        assert head.headers == got.headers


@pytest.mark.parametrize(
    ("client", "headers", "near"),
    [
        (("127.0.0.1", 1), {}, True),
        (("::1", 1), {}, True),
        (("127.0.0.1", 1), {"x-forwarded-for": "192.0.2.1"}, False),
        (("127.0.0.1", 1), {"via": "1.1 proxy"}, False),
        (("192.168.1.7", 1), {}, False),
        (("testclient", 1), {}, False),
        (None, {}, False),
    ],
)
def test_what_stays_on_this_machine_is_not_compressed_for_the_journey(client, headers, near):
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert is_near(Request({"type": "http", "headers": raw, "client": client})) is near


def test_a_client_on_this_machine_gets_computed_answers_as_they_are_and_files_compressed(api, xor_run, call):
    headers = {"accept-encoding": "gzip"}
    near = asyncio.run(call(api.app, f"{xor_run}/steps/17", headers=headers))
    again = asyncio.run(call(api.app, f"{xor_run}/steps/17", headers=headers))
    assert near.status == again.status == 200
    assert "content-encoding" not in near.headers | again.headers
    assert asyncio.run(call(api.app, "/", headers=headers)).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("place", BELOW_A_RUN)
def test_head_below_a_run_is_get_without_the_body(api, xor_run, place):
    got, head = api.get(xor_run + place, headers=PLAIN), api.head(xor_run + place, headers=PLAIN)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers
    assert int(head.headers["content-length"]) == len(got.content)


def test_the_compressed_form_has_the_same_content_and_an_etag_of_its_own(api, seed_run):
    plain = api.get(f"{seed_run}/steps/0", headers=PLAIN)
    packed = api.get(f"{seed_run}/steps/0", headers={"accept-encoding": "br, gzip;q=0.5"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) * 0.6
    assert packed.headers["etag"] == plain.headers["etag"][:-1] + '-gzip"'
    assert "Accept-Encoding" in plain.headers["vary"]
    assert plain.headers["vary"] == packed.headers["vary"]


def test_gzip_is_the_same_every_time():
    body = bytes(range(256)) * 20
    one, other = Answer(body), Answer(body)
    one.compress()
    other.compress()
    request = make_request("gzip")
    assert one.response(request).body == other.response(request).body
    assert gzip.decompress(one.response(request).body) == body


def test_a_small_answer_is_not_compressed():
    small = Answer(b"x" * (GZIP_FROM - 1))
    assert small.compressed
    small.compress()
    assert small.response(make_request("gzip")).body == small.body


def make_request(accept_encoding: str) -> Request:
    return Request({"type": "http", "method": "GET", "headers": [(b"accept-encoding", accept_encoding.encode())]})


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip", True),
        ("GZip, br", True),
        ("br, gzip;q=0.1", True),
        ("*", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("identity", False),
        ("gzipped", False),
    ],
)
def test_accept_encoding_is_read_with_its_weights(header, expected):
    assert accepts_gzip(make_request(header)) is expected


def test_if_none_match_is_read_as_a_list_of_tags():
    assert matches('"a"', '"a"', '"b"') == '"a"'
    assert matches('W/"b" , "c"', '"a"', '"b"') == '"b"'
    assert matches("*", '"a"') == '"a"'
    assert matches("a", '"a"') is None
    assert matches("", '"a"') is None
