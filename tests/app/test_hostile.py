"""Requests made by chance and by malice, on every route: no answer but those the document promises.

The large sizes are in tests/benchmarks/server/inputs.py.
"""

from __future__ import annotations

import json

import pytest

from app.openapi_examples import SPEC
from tests.app.bodies import corpus
from tests.app.hostile import cases, fault, specs
from tests.app.test_openapi import all_routes


@pytest.fixture
def api(one_api):
    """The client all tests of this file share."""
    return one_api


@pytest.fixture
def document(api):
    return api.get("/openapi.json").json()


def test_calls_drawn_from_the_document_get_the_answers_it_promises(api, document):
    run = api.post("/api/v1/runs", json=SPEC).json()["id"]
    wrong, statuses = [], set()
    for case in cases(document, run, 1_000):
        answer = api.request(case.method, case.path, headers=case.headers, content=case.body)
        statuses.add(answer.status_code)
        found = fault(case, document, answer.status_code, answer.headers, answer.content)
        if found:
            wrong.append(f"{found}: {case.method} {case.path[:200]} {dict(case.headers)} {(case.body or b'')[:200]!r}")
    assert wrong == []
    assert statuses >= {200, 404, 406, 415, 422}


def test_experiments_made_by_chance_run_or_are_refused(api):
    taken = 0
    for spec in specs(150):
        posted = api.post("/api/v1/runs", json=spec)
        assert posted.status_code in (200, 201, 422), (posted.text, json.dumps(spec))
        if posted.status_code == 422:
            continue
        taken += 1
        run, last = posted.headers["location"], posted.json()["steps"] - 1
        for path in ("steps/0", f"steps/{min(last, 20)}", "steps/0/explain?name=loss", "steps/0/check"):
            answer = api.get(f"{run}/{path}")
            assert answer.status_code == 200, (answer.text, path, json.dumps(spec))
            json.loads(answer.content, parse_constant=pytest.fail)
    assert 30 < taken < 120


def test_the_corpus_is_large():
    assert len(corpus()) >= 200


def test_every_body_of_the_corpus_on_every_route_is_no_fault_of_the_server(api):
    run = api.post("/api/v1/runs", json=SPEC).json()["id"]
    routes = {(route.path, method) for route in all_routes(api.app) for method in route.methods}
    paths = {path.replace("{run}", run).replace("{step}", "0") for path, _ in routes}
    assert len(paths) > 30
    bodies = list(corpus().values())
    for place, path in enumerate(sorted(paths)):
        posts = (path, "POST") in routes
        for body in bodies if posts else bodies[place::30]:
            for method in ("POST",) if posts else ("POST", "PUT"):
                answer = api.request(method, path, content=body, headers={"content-type": "application/json"})
                assert answer.status_code < 500, (path, method, body[:200])
                assert posts or answer.status_code in (404, 405)
