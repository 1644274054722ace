"""One number explained: its terms lead to it, its addresses are its reads, its witnesses agree."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from engine import LANGUAGES, AddressError, UnknownNameError, explain, format_address
from engine.activations import ACTIVATIONS
from engine.program import compiled
from engine.witness.explain import MOST_TERMS
from tests.engine.helpers import (
    SPECS,
    cases,
    dense,
    fresh_run,
    indices,
    registry_specs,
    small,
)

SMALL = registry_specs() | {name: document for name, document in SPECS.items() if document}


def cells_of(trace):
    """Every cell of a trace; of an axis longer than three, the first two and the last."""
    for name, array in trace.values.items():
        for index in indices(array.shape):
            if all(i < 2 or i == extent - 1 for i, extent in zip(index, array.shape, strict=True)):
                yield name, index


@pytest.mark.parametrize("document", **cases(SMALL))
def test_every_value_of_a_program_can_be_explained(document):
    run = fresh_run(document)
    trace = run.trace(min(2, run.steps - 1))
    for name, index in cells_of(trace):
        found = explain(trace, name, index)
        where = format_address(name, index)
        assert found.address == where
        assert (found.step, found.name, found.index) == (trace.step, name, index)
        assert found.value == trace.cell(name, index)
        assert found.call is trace.program.written.get(name)
        assert found.meaning
        if found.call is None:
            assert (found.terms, found.rule, found.difference) == ((), None, None)
            assert found.latex == found.latex_values
            continue
        assert found.rule.passed, f"{where}: rule {found.rule.value!r}, trace {found.value!r}"
        assert found.rule.error == abs(found.rule.value - found.value)
        check_terms(found, where)
        check_addresses(found, trace, where)


def check_terms(found, where):
    """Each running total follows from the one before, and the last is the value."""
    assert found.terms, f"{where} has no terms"
    assert len({term.id for term in found.terms}) == len(found.terms), f"{where}: two terms have one id"
    running = None
    for nth, term in enumerate(found.terms):
        start = 1.0 if term.operation in "×÷" else 0.0
        before = start if running is None else running
        with np.errstate(all="ignore"):
            after = {
                "+": lambda a, b: a + b,
                "−": lambda a, b: a - b,
                "×": lambda a, b: a * b,
                "÷": lambda a, b: a / b,
                "=": lambda a, b: b,
            }[term.operation](np.float64(before), np.float64(term.value))
        assert term.running == pytest.approx(float(after), rel=1e-15, nan_ok=True), f"{where}, term {nth}: {term}"
        assert (term.operation == "=") <= (nth == 0), f"{where}: '=' comes first or not at all"
        assert term.latex
        assert term.latex_values
        assert term.count >= 1
        running = term.running
    leads = running == pytest.approx(found.value, rel=1e-12, abs=1e-15, nan_ok=True)
    assert leads, f"{where}: the terms lead to {running!r}, the value is {found.value!r}"


def check_addresses(found, trace, where):
    """The cells of the terms are the cells the number was computed from."""
    declared = [format_address(*cell) for cell in trace.reads(found.name, found.index)]
    told = [address for term in found.terms for address in term.addresses]
    assert list(dict.fromkeys(told)) == declared, f"{where}: terms tell of {told}, the rule reads {declared}"
    for term in found.terms:
        assert len(set(term.addresses)) == len(term.addresses)


@pytest.mark.parametrize("document", **cases({name: SMALL[name] for name in SPECS if name in SMALL}))
def test_a_derivative_is_explained_with_a_difference_that_agrees(document):
    run = fresh_run(document)
    step = min(2, run.steps - 1)
    trace = run.trace(step)
    for name, index in cells_of(trace):
        found = run.explain(step, name, index)
        if found.call is not None and found.call.phase == "backward":
            assert found.difference.passed, f"{found.address} is {found.value!r}, difference {found.difference}"
        else:
            assert found.difference is None, f"{found.address} is no derivative"


def test_the_seed_experiment_is_explained_at_its_last_step():
    run = fresh_run({})
    trace = run.trace(999)
    for name, index in cells_of(trace):
        for language in LANGUAGES:
            found = run.explain(999, name, index, language)
            assert found.rule is None or found.rule.passed
            assert found.difference is None or found.difference.passed, f"{found.address}: {found.difference}"


def test_an_error_term_is_error_times_slope():
    run = fresh_run({})
    found = run.explain(3, "delta1", (0, 2))
    trace = run.trace(3)
    assert [(term.operation, term.role) for term in found.terms] == [("×", "error"), ("×", "slope")]
    error, slope = found.terms
    assert error.value == trace.cell("da1", (0, 2))
    a = trace.cell("a1", (0, 2))
    assert slope.value == a * (1 - a)
    assert error.addresses == ("da1[0,2]",)
    assert slope.addresses == ("a1[0,2]",)


def test_a_weighted_sum_has_a_term_for_every_wire_and_one_for_the_bias():
    found = fresh_run({}).explain(0, "z2", (5, 0))
    assert [term.addresses for term in found.terms] == [
        *((f"W2[0,{i}]", f"a1[5,{i}]") for i in range(4)),
        ("b2[0]",),
    ]
    assert {term.operation for term in found.terms} == {"+"}


def test_a_mean_is_a_sum_and_a_division():
    found = fresh_run({"data": small(2, 1, 3)}).explain(0, "loss", ())
    assert [term.operation for term in found.terms] == ["+", "+", "+", "÷"]
    assert found.terms[-1].value == 3
    assert found.terms[-1].addresses == ()


def test_a_new_parameter_is_the_old_one_less_a_share_of_its_gradient():
    found = fresh_run({}).explain(0, "W1_new", (3, 1))
    assert [(term.operation, term.addresses) for term in found.terms] == [
        ("+", ("W1[3,1]",)),
        ("−", ("learning_rate", "dW1[3,1]")),
    ]


def test_of_a_very_long_sum_the_rest_is_taken_together():
    run = fresh_run({"data": small(MOST_TERMS + 50, 1, 2), "layers": [dense(1)]})
    found = run.explain(0, "z1", (1, 0))
    assert len(found.terms) == MOST_TERMS + 1
    rest = found.terms[-1]
    assert rest.count == 51
    assert rest.running == pytest.approx(found.value, rel=1e-12)
    assert sum(term.value for term in found.terms) == pytest.approx(found.value, rel=1e-10)


def test_a_very_long_mean_keeps_its_division():
    found = fresh_run({"data": small(1, 1, MOST_TERMS + 9), "layers": [dense(1)]}).explain(0, "loss", ())
    assert [term.operation for term in found.terms[-2:]] == ["+", "÷"]
    assert found.terms[-2].count == 9
    assert found.terms[-1].running == pytest.approx(found.value, rel=1e-12)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("document", **cases({name: SMALL[name] for name in list(SMALL)[::3]}))
def test_numbers_are_the_same_in_every_language(document, language):
    run = fresh_run(document)
    trace = run.trace(0)
    for name, index in cells_of(trace):
        found, english = explain(trace, name, index, language), explain(trace, name, index, "en")
        assert found.sentence
        assert [(t.id, t.operation, t.addresses, t.value, t.running, t.role) for t in found.terms] == [
            (t.id, t.operation, t.addresses, t.value, t.running, t.role) for t in english.terms
        ]
        if language != "en":
            assert found.sentence != english.sentence
            assert found.meaning != english.meaning


def test_a_number_that_is_not_finite_is_explained_like_any_other():
    document = {"layers": [dense(3, "relu"), dense(1)], "optimizer": {"kind": "sgd", "learning_rate": 1e300}}
    run = fresh_run(document)
    seen, codes = set(), set()
    for step in (1, 2, 3):
        trace = run.trace(step)
        for name, index in cells_of(trace):
            found = run.explain(step, name, index)
            if math.isfinite(found.value):
                assert found.causes == ()
                continue
            seen.add(str(found.value))
            assert found.rule is None or found.rule.passed, f"{found.address}: {found.value} and {found.rule}"
            assert bool(found.causes) == (found.call is not None), f"{found.address} has no cause"
            codes |= {cause.code for cause in found.causes}
            # What was carried on from another number is to be seen at that number.
            lost = [format_address(*cell) for cell in trace.reads(name, index) if not math.isfinite(trace.cell(*cell))]
            assert {cause.name for cause in found.causes if cause.code == "carried"} <= set(lost)
            assert not lost or found.causes[0].name in lost, f"{found.address}: {found.causes}, while {lost} are lost"
    assert seen == {"nan", "inf", "-inf"}
    assert len(codes - {"carried"}) > 1


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("z3", (0, 0)),
        ("", ()),
        ("z1", ()),
        ("z1", (0,)),
        ("z1", (0, 0, 0)),
        ("z1", (0, 4)),
        ("z1", (100, 0)),
        ("z1", (-1, 0)),
        ("loss", (0,)),
        ("b1", (0, 0)),
        ("a" * 1000, ()),
        ("\ud800", ()),
    ],
)
def test_a_number_that_is_not_there_is_refused(name, index):
    run = fresh_run({})
    for ask in (lambda: run.explain(0, name, index), lambda: run.trace(0).reads(name, index)):
        with pytest.raises(AddressError) as error:
            ask()
        assert len(error.value.message) < 400
        assert error.value.message.isprintable()


@pytest.mark.parametrize("language", ["", "fr", "EN", "zh-CN", None])
def test_a_language_that_is_not_there_is_refused(language):
    with pytest.raises(UnknownNameError, match="en, zh"):
        fresh_run({}).explain(0, "loss", (), language)


def test_the_rule_is_a_witness_for_tiny_numbers_too(monkeypatch):
    """In a deep sigmoid network the first error terms are near 1e-10: half as much again must not pass as rounding."""
    document = {"data": small(2, 1, 4), "layers": [*(dense(2, "sigmoid") for _ in range(14)), dense(1, "sigmoid")]}
    name, index = "delta1", (0, 0)
    right = fresh_run(document).explain(0, name, index)
    assert 0 < abs(right.value) < 1e-9
    assert right.rule.passed
    op = ACTIVATIONS["sigmoid"].require_op()
    delta = op.derivatives["z"]

    def half_as_much_again(do, out, da, a):
        delta.kernel(do, out, da, a)
        do(np.multiply, out, do.constant(1.5), out)

    monkeypatch.setitem(op.derivatives, "z", replace(delta, kernel=half_as_much_again))
    compiled.cache_clear()
    try:
        wrong = fresh_run(document).explain(0, name, index)
    finally:
        monkeypatch.undo()
        compiled.cache_clear()
    assert not wrong.rule.passed, f"rule {wrong.rule.value!r} passes for {wrong.value!r}"
