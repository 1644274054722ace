"""What surrounds every answer: security headers, the host check."""

from __future__ import annotations

import asyncio
import re

import pytest

from app.guard import host_allowed

ALLOWED = frozenset({"localhost", "teacher.local"})
GOOD_HOSTS = [
    "localhost",
    "LOCALHOST",
    "localhost:8765",
    "localhost.",
    "teacher.local:80",
    "127.0.0.1",
    "127.0.0.1:8765",
    "192.168.1.20:8765",
    "10.0.0.1",
    "[::1]",
    "[::1]:8765",
    "[fe80::1]:80",
]
BAD_HOSTS = [
    "",
    "evil.com",
    "10.evil.com",
    "192.168.1.20.evil.com",
    "localhost.evil.com",
    "evil.com:8765",
    "localhost:1@evil.com",
    "localhost:evil",
    "localhost,evil.com",
    "localhost evil.com",
    "localhost/evil",
    "evil.com#localhost",
    "evillocalhost",
    "127.0.0.1.nip.io",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "[::1",
    "[::1].evil.com",
    "[::1]evil",
    "[localhost]",
    "[::1]:80:80",
    "::1",
    "xn--localhost",
    "localhost..",
    "teacher",
    "\xff",
    "localhost\x00",
    "localhost:80:80",
]


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_addresses_and_known_names_are_let_in(host):
    assert host_allowed(host, ALLOWED)


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_every_other_name_is_turned_away(host):
    assert not host_allowed(host, ALLOWED)


def test_a_request_by_a_wrong_name_is_a_421_problem(make_api):
    api = make_api(allowed_hosts=("localhost",))
    assert api.get("/healthz", headers={"host": "localhost:1"}).status_code == 200
    for path in ("/", "/api/v1/catalog", "/static/x/y.js", "/docs", "/healthz"):
        answer = api.get(path, headers={"host": "evil.example"})
        assert answer.status_code == 421
        assert answer.headers["content-type"] == "application/problem+json"
        assert "evil" not in answer.text
        assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("hosts", [[], [b"localhost", b"evil.com"], [b"localhost", b"localhost"]])
def test_a_request_has_one_host(make_api, call, hosts):
    app = make_api(allowed_hosts=("localhost",)).app
    headers = [(b"accept", b"*/*"), *((b"host", host) for host in hosts)]
    assert asyncio.run(call(app, "/healthz", raw_headers=headers)).status == 421


def test_every_answer_of_every_route_has_the_security_headers(api, xor_run):
    paths = ["/", "/nothing", "/api/v1/catalog", "/api/v1/nothing", "/healthz", "/openapi.json", "/docs", "/redoc"]
    paths += [xor_run, f"{xor_run}/steps/0", f"{xor_run}/steps/99", "/vendor/nothing", "/static/0/x.css"]
    paths += [f"/static/{api.app.state.assets.digest}/{name}" for name in api.app.state.assets.names[:3]]
    for path in paths:
        answer = api.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["referrer-policy"] == "no-referrer", path
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'self'", path
        assert policy["object-src"] == policy["base-uri"] == "'none'", path
        if path not in ("/docs", "/redoc"):
            assert policy["script-src"] == policy["style-src"] == "'self'", path
        assert "http" not in answer.headers["content-security-policy"], path


def test_no_page_may_have_inline_scripts_and_only_the_documentation_makes_styles(api):
    for path in ("/docs", "/redoc"):
        policy = api.get(path).headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "style-src 'self' 'unsafe-inline'" in policy
        assert not re.search(r"<script(?![^>]*\bsrc=)", api.get(path).text)
    assert "unsafe" not in api.get("/docs/").headers["content-security-policy"]
    assert "unsafe" not in api.get("/").headers["content-security-policy"]


def frame_ancestors(answer):
    policy = answer.headers["content-security-policy"]
    return next((part.strip() for part in policy.split(";") if part.strip().startswith("frame-ancestors")), None)


def test_only_the_page_that_asks_to_be_embedded_may_be_framed_by_others(api, xor_run):
    assert frame_ancestors(api.get("/?embed=1")) is None
    assert frame_ancestors(api.get("/?lang=zh&embed=1")) is None
    others = ["/", "/?embed=0", "/?embed=11", "/?embed", "/docs?embed=1", "/nothing?embed=1", f"{xor_run}?embed=1"]
    for path in others:
        assert frame_ancestors(api.get(path)) == "frame-ancestors 'self'", path
    plain, embedded = (api.get(path).headers["content-security-policy"] for path in ("/", "/?embed=1"))
    assert "css/embed.css" in api.get("/?embed=1").text
    assert "css/embed.css" not in api.get("/").text
    assert embedded == plain.replace("; frame-ancestors 'self'", "")
