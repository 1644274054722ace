"""Accept: the form the client likes best, and no other."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from app.errors import Problem
from app.negotiation import preferred

OFFERS = ("application/json", "application/vnd.safetensors", "application/x-npz")


def asked(accept: str | None) -> Request:
    headers = [] if accept is None else [(b"accept", accept.encode("latin-1"))]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, 0),
        ("", 0),
        ("*/*", 0),
        ("application/*", 0),
        ("application/json", 0),
        ("APPLICATION/JSON", 0),
        ("application/x-npz", 2),
        ("application/vnd.safetensors, */*", 0),
        ("application/vnd.safetensors, */*;q=0.1", 1),
        ("application/json;q=0.5, application/x-npz", 2),
        ("application/json; q=0, */*", 1),
        ("text/html, application/json;q=0.9, */*;q=0.8", 0),
        ("application/json;charset=utf-8", 0),
        ("text/html;q=nonsense, application/x-npz;q=0.5", 2),
        ("application/x-npz;q=0.001", 2),
    ],
)
def test_the_best_liked_form_is_chosen(accept, form):
    assert preferred(asked(accept), OFFERS) == OFFERS[form]


@pytest.mark.parametrize(
    "accept", ["text/html", "text/*", "application/json;q=0", "application/xml, image/*", "*/*;q=0"]
)
def test_a_client_that_accepts_none_is_told_what_there_is(accept):
    with pytest.raises(Problem) as caught:
        preferred(asked(accept), OFFERS)
    assert caught.value.code == "not-acceptable"
    assert all(offer in caught.value.detail for offer in OFFERS)


def test_a_header_without_end_costs_nothing():
    assert preferred(asked("application/json," + "x/y," * 100_000), OFFERS) == OFFERS[0]
