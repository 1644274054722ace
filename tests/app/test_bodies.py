"""Bodies no honest client sends: every one is refused with a specific problem, at once, and never with a 500."""

from __future__ import annotations

import json
import time

import pytest

from tests.app.bodies import INVALID, NOT_JSON, REFUSED, TOO_DEEP, TOO_LARGE, UNSAFE, layers


@pytest.fixture
def api(one_api):
    """The client all tests of this file share."""
    return one_api


@pytest.mark.parametrize(
    ("status", "body"),
    [pytest.param(status, body, id=name) for status, bodies in REFUSED.items() for name, body in bodies.items()],
)
def test_a_bad_body_is_refused_at_once_and_nothing_of_it_is_repeated(api, status, body):
    api.get("/healthz")
    started = time.process_time()  # of this process: others may keep the machine busy
    answer = api.post("/api/v1/runs", content=body, headers={"content-type": "application/json"})
    assert time.process_time() - started < 1
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"]
    assert len(answer.content) < 2_000
    for secret in ("passwd", "<script>", "999999", "ud800", "Infinity\\"):
        assert secret not in answer.text


@pytest.mark.parametrize(
    ("bodies", "codes"),
    [
        pytest.param(NOT_JSON, {"invalid-json"}, id="not JSON"),
        pytest.param(UNSAFE, {"unsafe-json"}, id="unsafe"),
        pytest.param(TOO_DEEP, {"too-deep"}, id="too deep"),
        pytest.param(INVALID, {"invalid-spec"}, id="invalid"),
        pytest.param(TOO_LARGE, {"limit-exceeded"}, id="too large"),
    ],
)
def test_the_problem_says_which_kind_of_bad_it_is(api, bodies, codes):
    headers = {"content-type": "application/json"}
    found = {
        name: api.post("/api/v1/runs", content=body, headers=headers).json()["type"].rpartition(":")[2]
        for name, body in bodies.items()
    }
    assert {name: code for name, code in found.items() if code not in codes} == {}


def test_an_invalid_spec_names_the_field_its_kind_and_what_is_allowed(api):
    problem = api.post("/api/v1/runs", content=layers("four", 1), headers={"content-type": "application/json"}).json()
    (error,) = problem["errors"]
    assert error["field"] == "layers[0].units"
    assert error["kind"] == "string"
    assert "whole number" in error["allowed"]
    assert "four" not in json.dumps(problem)


def test_a_spec_over_a_limit_names_limit_value_maximum_and_setting(make_api):
    api = make_api(max_steps=100)
    problem = api.post("/api/v1/runs", json={"epochs": 101}).json()
    assert {name: problem[name] for name in ("status", "limit", "value", "maximum", "setting")} == {
        "status": 422,
        "limit": "steps",
        "value": 101,
        "maximum": 100,
        "setting": "max_steps",
    }
    assert problem["errors"][0]["field"] == "epochs"
    assert api.post("/api/v1/runs", json={"epochs": 100}).status_code == 201
