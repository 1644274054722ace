"""Reading what a client sends: the body as a stream, JSON to the letter, and the parameters of an address."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import schema
from app.errors import Problem

JSON = {"content-type": "application/json"}

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def outcome(body: bytes, max_depth: int) -> int:
    try:
        schema.parse_json(body, max_depth)
    except Problem as problem:
        return problem.status
    return 200


@given(DOCUMENTS)
def test_every_honest_document_is_read_as_it_is(document):
    for ensure_ascii in (True, False):
        body = json.dumps(document, ensure_ascii=ensure_ascii).encode()
        assert schema.parse_json(body, max_depth=60) == document


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    assert outcome(body, 32) in (200, 400)


@given(st.text('[]{}"\\:,1ae. \n', max_size=200))
def test_anything_made_of_json_marks_is_read_or_refused(text):
    assert outcome(text.encode(), 8) in (200, 400)


def test_nesting_is_counted_outside_of_texts_only():
    assert schema.parse_json(b'["[[[[", "\\"[[", {"]": 1}]', max_depth=2) == ["[[[[", '"[[', {"]": 1}]
    with pytest.raises(Problem, match="2 deep"):
        schema.parse_json(b'["[", [[1]]]', max_depth=2)


@pytest.fixture
def api(one_api):
    """The client all tests of this file share."""
    return one_api


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": ""},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/jsonp"},
        {"content-type": "application/json, text/plain"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {"content-type": "application/json", "content-encoding": "br"},
    ],
    ids=str,
)
def test_a_body_that_is_not_plain_json_by_its_headers_is_a_415(api, headers):
    answer = api.post("/api/v1/runs", content=b"{}", headers=headers)
    assert answer.status_code == 415
    assert answer.json()["type"] == "urn:backscope:problem:unsupported-media-type"


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON", "application/json; charset=UTF-8", "application/vnd.spec+json"],
)
def test_json_by_any_of_its_names_is_read(api, content_type):
    assert api.post("/api/v1/runs", content=b"{}", headers={"content-type": content_type}).status_code in (200, 201)


def test_a_body_over_the_limit_is_a_413_by_its_declared_length(make_api):
    api = make_api(max_body_bytes=1_000)
    answer = api.post("/api/v1/runs", content=b" " * 1_001, headers=JSON)
    assert answer.status_code == 413
    assert answer.json()["maximum"] == 1_000
    assert api.post("/api/v1/runs", content=b"{}".ljust(1_000), headers=JSON).status_code == 201


@pytest.mark.parametrize("declared", [None, "10", "-1", "ten", "1e3"])
def test_an_endless_body_is_a_413_as_soon_as_it_is_too_long_whatever_it_declares(make_api, call, declared):
    received = 0

    async def receive():
        nonlocal received
        received += 1
        return {"type": "http.request", "body": b" " * 100, "more_body": True}

    app = make_api(max_body_bytes=1_000).app
    headers = JSON | ({"content-length": declared} if declared else {})
    reply = asyncio.run(call(app, "/api/v1/runs", method="POST", headers=headers, receive=receive))
    assert reply.status == 413
    assert received == 11


def test_a_body_that_stops_arriving_is_a_408(make_api, call):
    async def receive():
        await asyncio.sleep(60)

    app = make_api(body_seconds=0.05).app
    reply = asyncio.run(call(app, "/api/v1/runs", method="POST", headers=JSON, receive=receive))
    assert reply.status == 408


def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_error(make_api, call):
    messages = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])

    async def receive():
        return next(messages)

    reply = asyncio.run(call(make_api().app, "/api/v1/runs", method="POST", headers=JSON, receive=receive))
    assert reply.status == 400


BAD_QUERIES = {
    "steps/0?examples=": "examples",
    "steps/0?examples=-1": "examples",
    "steps/0?examples=1.0": "examples",
    "steps/0?examples=0,,1": "examples",
    "steps/0?examples=0,0": "examples",
    "steps/0?examples=0;1": "examples",
    "steps/0?examples=%D9%A3": "examples",
    "steps/0?examples=100": "examples",
    "steps/0?examples=99999999999999999999": "examples",
    "steps/0?names=": "names",
    "steps/0?names=nothing": "names",
    "steps/0?names=z1,z1": "names",
    "steps/0?names=z1,../../x": "names",
    "steps/0?names=%00": "names",
    "steps/0?phase=sideways": "phase",
    "steps/0?phase=": "phase",
    "steps/0?phase=forward&phase=backward": "phase",
    "steps/0?lang=en": "query",
    "steps/0?example=0": "query",
    "steps/0?%ff=1": "query",
    "steps/0?names=%ff": "query",
    "steps/0/explain": "name",
    "steps/0/explain?name=": "name",
    "steps/0/explain?name=nothing&index=0": "name",
    "steps/0/explain?name=delta1": "index",
    "steps/0/explain?name=delta1&index=0": "index",
    "steps/0/explain?name=delta1&index=0,0,0": "index",
    "steps/0/explain?name=delta1&index=0,4": "index",
    "steps/0/explain?name=delta1&index=100,0": "index",
    "steps/0/explain?name=delta1&index=-1,0": "index",
    "steps/0/explain?name=delta1&index=0,x": "index",
    "steps/0/explain?name=loss&index=0": "index",
    "steps/0/explain?name=loss&lang=fr": "lang",
    "steps/0/explain?name=loss&lang=": "lang",
    "steps/0/explain?name=loss&lang=" + "zh-" * 1_000: "lang",
    "steps/0/check?deep=1": "query",
    "history?points=1": "points",
    "history?points=0": "points",
    "history?points=10001": "points",
    "history?points=many": "points",
    "history?points=1e3": "points",
    "history?start=-1": "start",
    "history?start=1000": "start",
    "history?stop=0": "stop",
    "history?stop=1001": "stop",
    "history?start=10&stop=10": "stop",
    "history?start=007": "start",
    "?lang=de": "lang",
    "?language=en": "query",
}


@pytest.mark.parametrize(("address", "field"), BAD_QUERIES.items(), ids=[name[:60] for name in BAD_QUERIES])
def test_a_bad_parameter_is_a_422_that_names_it_and_what_is_allowed(api, seed_run, address, field):
    answer = api.get(f"{seed_run}{'' if address.startswith('?') else '/'}{address}")
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert error["kind"]
    assert error["allowed"]


@pytest.mark.parametrize("step", ["1000", "-1", "99999999999999999"])
def test_a_step_outside_the_run_is_a_404_with_the_allowed_range(api, seed_run, step):
    for rest in ("", "/check", "/explain?name=loss"):
        answer = api.get(f"{seed_run}/steps/{step}{rest}")
        assert answer.status_code == 404
        assert answer.json()["errors"] == [{"field": "step", "kind": "number", "allowed": "0 to 999"}]


@pytest.mark.parametrize("step", ["first", "1.5", "1e2", "007", "-0", "+1", "0x1", "%D9%A3", "%20", "9" * 400, "%00"])
def test_a_step_that_is_no_whole_number_is_a_422(api, seed_run, step):
    answer = api.get(f"{seed_run}/steps/{step}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "step"


@pytest.mark.parametrize("run", ["0" * 32, "x", "0" * 31, "A" * 32, "%2e%2e", "0" * 5_000, "' OR 1=1 --", "%00"])
def test_an_unknown_run_is_a_404(api, run):
    for rest in ("", "/steps/0", "/history", "/steps/0/check", "/steps/0/explain?name=loss"):
        answer = api.get(f"/api/v1/runs/{run}{rest}")
        assert answer.status_code == 404
        assert answer.json()["type"] == "urn:backscope:problem:unknown-run"


@given(
    st.integers(0, 10**6).flatmap(lambda start: st.tuples(st.just(start), st.integers(start + 1, 2 * 10**6))),
    st.integers(2, 1_000),
)
def test_sampled_steps_ascend_evenly_from_the_first_to_the_last(stretch, points):
    start, stop = stretch
    steps = schema.sample_steps(start, stop, points)
    assert steps[0] == start
    assert steps[-1] == stop - 1
    assert len(steps) == min(points, stop - start)
    gaps = {after - before for before, after in pairwise(steps)}
    assert all(gap > 0 for gap in gaps)
    assert not gaps or max(gaps) - min(gaps) <= 1


@given(st.text(max_size=60), st.sampled_from(["steps/0", "history", "steps/0/explain", "steps/0/check", ""]))
def test_no_address_below_a_run_ever_fails(one_api, text, place):
    run = one_api.post("/api/v1/runs", json={}).headers["location"]
    answer = one_api.get(f"{run}/{place}", params={"names": text, "index": text, "name": "loss"})
    assert answer.status_code in (404, 422)
    answer = one_api.get(f"{run}/steps/0/explain", params={"name": text, "index": text})
    assert answer.status_code == 422
