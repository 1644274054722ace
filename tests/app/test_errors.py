"""One shape for every error, and a 500 that tells nothing."""

from __future__ import annotations

import pytest

import engine
from app.errors import MEDIA_TYPE, PROBLEMS, FieldError, Problem, from_engine
from app.models import ProblemDocument

PROVOKED = {
    "a body that is not JSON": (
        400,
        "POST",
        "/api/v1/runs",
        {"content": b"{", "headers": {"content-type": "application/json"}},
    ),
    "an address that leads nowhere": (404, "GET", "/api/v1/nothing", {}),
    "a page that is not there": (404, "GET", "/nothing", {}),
    "a file that is not there": (404, "GET", "/static/0/nothing.js", {}),
    "an unknown run": (404, "GET", f"/api/v1/runs/{'0' * 32}", {}),
    "DELETE": (405, "DELETE", "/api/v1/catalog", {}),
    "GET where only POST is": (405, "GET", "/api/v1/runs", {}),
    "PUT below a run": (405, "PUT", f"/api/v1/runs/{'0' * 32}", {}),
    "OPTIONS": (405, "OPTIONS", "/api/v1/runs", {}),
    "a method nobody knows": (405, "BREW", "/", {}),
    "an answer that is not JSON": (406, "GET", "/api/v1/catalog", {"headers": {"accept": "text/csv"}}),
    "a body without a type": (415, "POST", "/api/v1/runs", {"content": b"{}"}),
    "an invalid spec": (422, "POST", "/api/v1/runs", {"json": {"layers": "x"}}),
    "a parameter nobody knows": (422, "GET", "/api/v1/catalog?x=1", {}),
}


@pytest.mark.parametrize(("status", "method", "path", "more"), PROVOKED.values(), ids=PROVOKED.keys())
def test_every_error_has_the_one_shape(api, status, method, path, more):
    answer = api.request(method, path, **more)
    assert answer.status_code == status
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    document = answer.json()
    ProblemDocument.model_validate(document)
    assert document["status"] == status
    assert document["type"].startswith("urn:backscope:problem:")
    assert {"title", "detail", "errors"} <= document.keys()


@pytest.mark.parametrize(
    ("path", "allowed"), [("/api/v1/runs", "POST"), ("/api/v1/catalog", "GET, HEAD"), ("/", "GET, HEAD")]
)
def test_a_405_says_what_is_allowed(api, path, allowed):
    assert api.delete(path).headers["allow"] == allowed


@pytest.mark.parametrize(
    "place", ["", "/steps/0", "/steps/0/check", "/steps/0/explain?name=loss", "/history", "/diagnosis"]
)
def test_a_fault_of_ours_is_a_500_that_leaks_nothing_but_a_reference_to_the_log(
    api, xor_run, monkeypatch, caplog, place
):
    def fail(spec):
        raise RuntimeError("secret at /home/somebody/x.py")

    monkeypatch.setattr(engine, "open_run", fail)
    monkeypatch.setattr(engine, "compile_program", fail)
    # Asked for in Chinese, so that no answer is there already from posting the run.
    answer = api.get(f"{xor_run}{place}", headers={"accept-language": "zh"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "content-security-policy" in answer.headers
    document = answer.json()
    ProblemDocument.model_validate(document)
    assert "secret" not in answer.text
    assert "/" not in answer.text
    assert document["reference"] in caplog.text
    assert "secret at" in caplog.text
    monkeypatch.undo()
    assert api.get(f"{xor_run}{place}").status_code == 200


def test_hostile_addresses_make_one_line_in_the_log(api, monkeypatch, caplog):
    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr("app.describe.catalog", fail)
    api.get("/api/v1/catalog?lang=en", headers={"accept": "application/json"})
    api.get("/x%0d%0aERROR%20forged%1b[31m" + "a" * 5_000)
    for record in caplog.records:
        line = record.getMessage()
        assert "\n" not in line
        assert "\x1b" not in line
        assert len(line) < 400


def test_every_engine_error_becomes_a_problem():
    errors = [
        (engine.SpecError("layers[0].units", "x", "a whole number"), 422, "layers[0].units"),
        (engine.LimitError("parameters", 10**400, 10, "layers"), 422, "layers"),
        (engine.StepError(7, 5), 404, "step"),
        (engine.AddressError("z1[9,9]", "z1 with indices 0 to 3, 0 to 1"), 422, "index"),
    ]
    for error, status, field in errors:
        problem = from_engine(error)
        assert problem.status == status
        assert problem.errors[0].field == field
        ProblemDocument.model_validate_json(problem.response().body)
    assert from_engine(engine.Cancelled(3)).status == 503


def test_a_503_asks_to_come_back_and_not_everybody_at_once():
    waits = {from_engine(engine.Cancelled(3)).response().headers["retry-after"] for _ in range(200)}
    assert waits == {"1", "2", "3"}


def test_whatever_is_in_a_problem_can_be_sent():
    problem = Problem("invalid-spec", "half \ud800 a character, \x00, 中文", [FieldError("\udfff", "string", "x")])
    assert problem.response().body.isascii()


def test_every_problem_has_a_status_that_fits_and_a_title():
    for code, (status, title) in PROBLEMS.items():
        assert 400 <= status < 600
        assert title
        assert code == code.lower()


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/*", "text/html;q=0.9, */*;q=0.1", ""])
def test_any_accept_header_that_takes_json_gets_it(api, accept):
    assert api.get("/api/v1/catalog", headers={"accept": accept}).status_code == 200
