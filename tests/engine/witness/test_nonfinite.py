"""Why a number is not finite: each cause made on purpose, and the first of several found."""

from __future__ import annotations

import numpy as np
import pytest

from engine import LANGUAGES, UnknownNameError
from engine.rules.expression import (
    Choose,
    Expr,
    Maximum,
    Named,
    Number,
    Sum,
    absolute,
    exp,
    larger,
    log,
    log1p,
    operands,
)
from engine.rules.rule import Rule
from engine.witness.nonfinite import CAUSES, Cause, causes, said, say_all

a, b, v = operands("a b v")
_a, _b, _v = a["n"], b["n"], v["n", "i"]
HUGE = 1e308
inf = float("inf")

CASES: dict[str, tuple[Expr, float, float, list[str]]] = {
    "sum": (_a + _b, HUGE, HUGE, ["sum_overflow"]),
    "difference": (_a - _b, -HUGE, HUGE, ["sum_overflow"]),
    "product": (_a * _b, HUGE, -10.0, ["product_overflow"]),
    "the last factor": (_a * _b * 3, 1e300, 8e7, ["product_overflow"]),
    "quotient": (_a / _b, HUGE, 1e-5, ["quotient_overflow"]),
    "square": (_a**2 + _b, 1e200, 1.0, ["square_overflow"]),
    "power": (_a**3 + _b, -1e200, 1.0, ["power_overflow"]),
    "exp": (exp(_a) + _b, 710.0, 1.0, ["exp_overflow"]),
    "division by zero": (_a / _b, 1.0, 0.0, ["division_by_zero"]),
    "a negative power of zero": (_a**-1 + _b, 0.0, 1.0, ["division_by_zero"]),
    "zero over zero": (_a / _b, 0.0, 0.0, ["zero_over_zero"]),
    "log of zero": (log(_a) + _b, 0.0, 1.0, ["log_of_zero"]),
    "log of one less one": (log1p(_a) + _b, -1.0, 1.0, ["log_of_zero"]),
    "log of a negative number": (log(_a) + _b, -2.0, 1.0, ["outside_domain"]),
    "a fractional power of a negative number": (_a**0.5 + _b, -2.0, 1.0, ["outside_domain"]),
    "infinity less infinity": (exp(_a) - exp(_b), 800.0, 900.0, ["exp_overflow", "infinity_minus_infinity"]),
    "zero times infinity": (_a * exp(_b), 0.0, 1000.0, ["exp_overflow", "zero_times_infinity"]),
    "infinity over infinity": (exp(_a) / (1 + exp(_a)) + _b, 800.0, 0.0, ["exp_overflow", "infinity_over_infinity"]),
    "an operand that was lost before": (_a + _b, 1.0, inf, ["carried"]),
    "through a name, a sign and a function": (Named("slope", -absolute(_a * _b)), HUGE, HUGE, ["product_overflow"]),
    "through the larger of two": (larger(_a * _a, _b), 1e200, 1.0, ["product_overflow"]),
    "through the branch that is taken": (
        Choose(_a, ">", Number(0), _a * _b, _a / (_b - _b)),
        HUGE,
        HUGE,
        ["product_overflow"],
    ),
    "a finite part that swallows an infinity does not count": (
        1 / (1 + exp(_a)) + exp(_b),
        1000.0,
        720.0,
        ["exp_overflow"],
    ),
}


@pytest.mark.parametrize(("body", "x", "y", "codes"), CASES.values(), ids=CASES)
def test_every_cause_is_recognised(body, x, y, codes):
    rule = Rule("c", ("n",), body)
    values = {"a": np.array([1.0, x]), "b": np.array([2.0, y])}
    operands_ = {slot: values[slot] for slot in rule.slots}
    found = causes(rule, {slot: f"{slot}1" for slot in rule.slots}, operands_, (1,))
    assert [cause.code for cause in found] == codes
    with np.errstate(all="ignore"):
        value = rule.evaluate(operands_, (1,))
    assert np.array_equal(found[-1].result, value, equal_nan=True) or np.isnan(value) == np.isnan(found[-1].result)
    for language in LANGUAGES:
        text = say_all(found, language)
        assert "{" not in text
        assert text


def test_the_swallowed_infinity_is_not_the_cause():
    rule = Rule("c", ("n",), 1 / (1 + exp(_a)) + exp(_b))
    (cause,) = causes(rule, {"a": "a1", "b": "b1"}, {"a": np.array([1000.0]), "b": np.array([720.0])}, (0,))
    assert cause.operands == (720.0,)


def test_the_term_of_a_sum_where_it_goes_too_far_is_found():
    rule = Rule("c", ("n",), Sum("i", _v))
    values = np.array([[1e308, -1e308, 1e308, 9e307, 1.0]])
    (cause,) = causes(rule, {"v": "v1"}, {"v": values}, (0,))
    assert (cause.code, cause.operands) == ("sum_overflow", (1e308, 9e307))


def test_a_sum_that_overflows_both_ways_is_told_in_order():
    rule = Rule("c", ("n",), Sum("i", _v * _v * _v))
    values = np.array([[1.0, 1e200, -1e200]])
    found = causes(rule, {"v": "v1"}, {"v": values}, (0,))
    assert [cause.code for cause in found] == ["product_overflow", "infinity_minus_infinity"]
    assert np.isnan(found[-1].result)


def test_sums_inside_sums_and_maxima_are_looked_into():
    (w,) = operands("w")
    rule = Rule("c", (), Sum("n", Sum("i", (w["n", "i"] - Maximum("k", w["n", "k"])) ** 2)))
    values = np.array([[1.0, 2.0], [1e200, -1e200]])
    (cause,) = causes(rule, {"w": "z1"}, {"w": values}, ())
    assert (cause.code, cause.operands) == ("square_overflow", (-2e200, 2.0))


def test_a_million_terms_take_no_longer_than_vectors_do():
    rule = Rule("c", (), Sum("n", Sum("i", _v**2)))
    values = np.full((1000, 1000), 1e152)
    (cause,) = causes(rule, {"v": "v1"}, {"v": values}, ())
    assert cause.code == "sum_overflow"


def test_where_the_rule_stays_finite_the_order_of_additions_is_named():
    rule = Rule("c", ("n",), Sum("i", _v))
    (cause,) = causes(rule, {"v": "v1"}, {"v": np.array([[1e308, -1e308, 1e308]])}, (0,))
    assert cause.code == "on_the_way"


def test_every_cause_has_words_in_every_language():
    for code in CAUSES:
        for language in LANGUAGES:
            text = Cause(code, (1e308, -2.0), inf, "z1[0,1]").say(language)
            assert text
            assert "{" not in text
    with pytest.raises(UnknownNameError):
        Cause("sum_overflow", (1.0, 2.0), inf).say("fr")


def test_a_cause_reads_as_a_person_would_say_it():
    cause = Cause("product_overflow", (1.5e200, -2e155), -inf)
    assert cause.say("en") == "1.5·10²⁰⁰ times −2·10¹⁵⁵ goes beyond the largest number a double can hold (1.798·10³⁰⁸)"
    assert cause.say("zh") == "1.5·10²⁰⁰ 乘以 −2·10¹⁵⁵ 超出了双精度浮点数能表示的最大值（1.798·10³⁰⁸）"
    assert said(inf, "en") == "infinity"
    assert said(-inf, "zh") == "负无穷大"
    assert said(float("nan"), "en") == "not a number"
