"""The short way gives what the long way gives, and is taken only where the address says everything."""

from __future__ import annotations

import pytest

from app import shortcut

PLAIN = {"accept-encoding": "identity"}


@pytest.fixture
def routed(api, monkeypatch) -> list[str]:
    """The paths of all requests that were routed, so far."""
    paths: list[str] = []
    original = type(api.app.router).__call__

    async def noting(self, scope, receive, send):
        paths.append(scope.get("path", ""))
        await original(self, scope, receive, send)

    monkeypatch.setattr(type(api.app.router), "__call__", noting)
    return paths


@pytest.mark.parametrize(
    "place", ["/steps/0", "/steps/0?names=z1", "/history", "/steps/0/check", "/steps/0/explain?name=loss&lang=zh"]
)
def test_the_second_request_for_an_answer_is_not_routed_and_gets_the_same(api, xor_run, routed, place):
    first = api.get(xor_run + place, headers=PLAIN)
    routed.clear()
    second = api.get(xor_run + place, headers=PLAIN)
    assert (second.status_code, second.content, second.headers) == (200, first.content, first.headers)
    again = api.get(xor_run + place, headers={**PLAIN, "if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = api.head(xor_run + place, headers=PLAIN)
    assert (head.status_code, head.content, head.headers) == (200, b"", first.headers)
    assert routed == []


@pytest.mark.parametrize("place", ["", "/steps/0/explain?name=loss"])
def test_what_depends_on_the_language_header_goes_the_long_way(api, xor_run, routed, place):
    for language in ("en", "zh", "en"):
        answer = api.get(xor_run + place, headers={"accept-language": language})
        assert answer.headers["content-language"] == language
        assert routed.pop()


def test_a_request_that_must_be_refused_is_refused_all_the_same(make_api, xor):
    api = make_api(allowed_hosts=("localhost",))
    run = api.post("/api/v1/runs", json=xor).headers["location"]
    assert [api.get(f"{run}/steps/0").status_code for _ in range(2)] == [200, 200]
    assert api.get(f"{run}/steps/0", headers={"accept": "text/csv"}).status_code == 406
    assert api.get(f"{run}/steps/0", headers={"host": "evil.example"}).status_code == 421
    assert api.delete(f"{run}/steps/0").status_code == 405
    assert api.get(f"{run}/steps/0?x=1").status_code == 422


def test_an_answer_that_made_room_is_computed_again(make_api, xor):
    api = make_api(cache_bytes=60_000)
    run = api.post("/api/v1/runs", json=xor).headers["location"]
    first = [api.get(f"{run}/steps/{step}").content for step in range(20)]
    assert len(api.app.state.services.cache) < 20
    assert [api.get(f"{run}/steps/{step}").content for step in range(20)] == first


def test_the_addresses_remembered_are_bounded(api, xor_run, monkeypatch):
    monkeypatch.setattr(shortcut, "MOST_ADDRESSES", 3)
    monkeypatch.setattr(shortcut, "LONGEST_ADDRESS", 100)
    for step in range(6):
        assert api.get(f"{xor_run}/steps/{step}").status_code == 200
    assert api.get(f"{xor_run}/steps/6?names=z1,a1,z2,a2,loss,delta1,delta2,dW1,dW2,db1,db2").status_code == 200
    kept = [path.rpartition("/")[2] for path, _ in api.app.state.services.shortcuts._keys]
    assert kept == ["3", "4", "5"]
