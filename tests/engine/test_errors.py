"""Errors: one tree, messages that can be shown whatever was sent."""

from __future__ import annotations

import inspect
import math

import pytest

import engine
from engine import AddressError, Cancelled, EngineError, LimitError, ShapeError, SpecError, StepError, UnknownNameError
from engine.errors import ABSENT, kind_of, safe

SAFE = {
    "text": ("abc", "'abc'"),
    "long text": ("a" * 100, "'" + "a" * 40 + "'…"),
    "quotes": ("it's", '"it\'s"'),
    "a lone surrogate": ("\ud800", r"'\ud800'"),
    "terminal codes": ("\x1b[2J", r"'\x1b[2J'"),
    "another script": ("δ", r"'\u03b4'"),
    "null": (None, "null"),
    "true": (True, "true"),
    "false": (False, "false"),
    "a number": (3, "3"),
    "a decimal": (0.1, "0.1"),
    "not a number": (math.nan, "nan"),
    "a list": ([1, 2], "a list of 2"),
    "a tuple": ((), "a list of 0"),
    "an object": ({"secret": 1}, "an object"),
    "something else": (object(), "an object"),
}


@pytest.mark.parametrize(("value", "shown"), SAFE.values(), ids=list(SAFE))
def test_any_value_has_a_short_printable_form(value, shown):
    assert safe(value) == shown


@pytest.mark.parametrize("digits", [1, 29, 31, 400, 100_000])
def test_a_whole_number_of_any_length_has_a_short_form_at_once(digits):
    for sign in (1, -1):
        shown = safe(sign * 10 ** (digits - 1))
        assert len(shown) < 50
        assert shown.isprintable()
    assert safe(-(10**5)) == "-100000"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        *[(None, "null"), (True, "boolean"), (False, "boolean"), (0, "number"), (1.5, "number"), ("", "string")],
        *[([], "array"), ((), "array"), ({}, "object"), (object(), "object"), (10**999, "number")],
    ],
    ids=lambda part: part if isinstance(part, str) and part else None,
)
def test_a_kind_is_the_one_json_has(value, kind):
    assert kind_of(value) == kind
    assert SpecError("field", value, "x").kind == kind


def test_what_is_not_there_is_absent():
    error = SpecError("layers[0].units", ABSENT, "a whole number")
    assert (error.kind, error.message) == ("absent", "layers[0].units: got nothing; allowed: a whole number")


ERRORS = {
    "spec": (SpecError("seed", -1, "a whole number"), "seed: got -1; allowed: a whole number"),
    "unknown name": (UnknownNameError("loss", "x", ["a", "b"]), "loss: got 'x'; allowed: a, b"),
    "shape": (ShapeError("z: W (2, 3) does not fit a (1, 4)"), "z: W (2, 3) does not fit a (1, 4)"),
    "step": (StepError(12, 9), "step: got 12; allowed: 0 to 9"),
    "address": (AddressError("q9[1]", "one of a, b"), "address: got 'q9[1]'; allowed: one of a, b"),
    "limit": (LimitError("steps", 11, 10, "epochs"), "epochs: steps would be 11; allowed: at most 10"),
    "cancelled": (Cancelled(7), "stopped at step 7"),
}


@pytest.mark.parametrize(("error", "message"), ERRORS.values(), ids=list(ERRORS))
def test_a_message_names_the_place_what_was_found_and_what_is_allowed(error, message):
    assert isinstance(error, EngineError)
    assert error.message == str(error) == message


def test_every_error_of_the_engine_is_in_the_tree_and_public():
    from engine import errors

    raised = {
        name: kind
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, Exception) and kind.__module__ == errors.__name__
    }
    for name, kind in raised.items():
        assert issubclass(kind, EngineError)
        assert getattr(engine, name) is kind
        assert name in engine.__all__
    assert {type(error).__name__ for error, _ in ERRORS.values()} == set(raised) - {"EngineError"}
