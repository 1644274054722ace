"""Requests on behalf of other pages: refused where they change something, and readable only where it was allowed."""

from __future__ import annotations

import itertools

import pytest

ORIGINS = {
    "http://127.0.0.1": True,
    "https://127.0.0.1": True,
    "null": False,
    "": False,
    "http://evil.example": False,
    "http://127.0.0.1.evil.example": False,
    "http://127.0.0.1:8000": False,
    "http://127.0.0.1@evil.example": False,
    "http://evil.example/http://127.0.0.1": False,
    "HTTP://127.0.0.1": False,
    "127.0.0.1": False,
    "file://": False,
    "http://localhost": False,
}
SITES = {None: True, "same-origin": True, "none": True, "same-site": False, "cross-site": False}


@pytest.mark.parametrize(("origin", "welcome"), ORIGINS.items())
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded", None])
def test_only_our_own_page_may_post(one_api, xor, origin, welcome, content_type):
    headers = {"origin": origin, **({} if content_type is None else {"content-type": content_type})}
    answer = one_api.post("/api/v1/runs", content=b"{}", headers=headers)
    if not welcome:
        assert answer.status_code == 403
        assert answer.json()["type"].endswith("foreign-origin")
    else:
        assert answer.status_code in ((200, 201) if content_type == "application/json" else (415,))
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(("site", "welcome"), SITES.items())
def test_a_browser_that_says_where_a_request_comes_from_is_believed(one_api, site, welcome):
    headers = {"content-type": "application/json", **({} if site is None else {"sec-fetch-site": site})}
    answer = one_api.post("/api/v1/runs", content=b"{}", headers=headers)
    assert (answer.status_code in (200, 201)) is welcome


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_two_origins_are_none(one_api, method):
    own = "http://127.0.0.1"
    answer = one_api.request(method, "/api/v1/runs", headers=[("origin", own), ("origin", own)])
    assert answer.status_code == 403


def test_reading_is_free_but_other_pages_are_not_let_in_on_it(one_api):
    answer = one_api.get("/api/v1/catalog", headers={"origin": "http://evil.example", "sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert one_api.options("/api/v1/runs", headers={"origin": "http://evil.example"}).status_code == 405


def test_an_origin_that_was_allowed_may_post_and_read(make_api, xor):
    lesson = "https://lesson.example"
    api = make_api(allowed_origins=(lesson,))
    before = api.options("/api/v1/runs", headers={"origin": lesson, "access-control-request-method": "POST"})
    assert before.status_code == 204
    assert before.headers["access-control-allow-origin"] == lesson
    assert "content-type" in before.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in before.headers
    posted = api.post("/api/v1/runs", json=xor, headers={"origin": lesson, "sec-fetch-site": "cross-site"})
    assert posted.status_code == 201
    assert posted.headers["access-control-allow-origin"] == lesson
    step = api.get(f"{posted.headers['location']}/steps/0", headers={"origin": lesson})
    assert step.headers["access-control-allow-origin"] == lesson
    assert step.headers["cross-origin-resource-policy"] == "cross-origin"
    assert [value for value in step.headers.get_list("vary") if "Origin" in value]
    for other in ("https://lesson.example.evil", "http://lesson.example", "null", "https://LESSON.example"):
        answer = api.get("/api/v1/catalog", headers={"origin": other})
        assert "access-control-allow-origin" not in answer.headers
        assert [value for value in answer.headers.get_list("vary") if "Origin" in value]
        assert api.post("/api/v1/runs", json=xor, headers={"origin": other}).status_code == 403


def test_hosts_and_origins_are_both_looked_at(make_api):
    api = make_api(allowed_hosts=("localhost", "127.0.0.1"))
    for host, origin in itertools.product(
        ("127.0.0.1", "localhost", "localhost:80", "evil.example"), (None, "http://localhost", "http://evil.example")
    ):
        headers = {"host": host, "content-type": "application/json", **({"origin": origin} if origin else {})}
        status = api.post("/api/v1/runs", content=b"{}", headers=headers).status_code
        if host == "evil.example":
            assert status == 421
        elif origin is None or origin == f"http://{host}":
            assert status in (200, 201)
        else:
            assert status == 403
