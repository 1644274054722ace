"""Expressions: built by arithmetic, walked in reading order, and the same again after JSON."""

from __future__ import annotations

import json
import math
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.expression import (
    Add,
    Call,
    Choose,
    Divide,
    Element,
    Index,
    Maximum,
    Multiply,
    Named,
    Negate,
    Number,
    Power,
    Size,
    Sum,
    absolute,
    cos,
    erf,
    exp,
    expm1,
    expr_from_json,
    expr_to_json,
    floor,
    larger,
    lift,
    log,
    log1p,
    operands,
    sign,
    sin,
    smaller,
    sqrt,
    tanh,
    walk,
)
from engine.rules.rule import FUNCTIONS, RELATIONS, Environment, Rule
from tests.engine.helpers import cases

a, b = (operand["n"] for operand in operands("a b"))

BUILT = {
    "a + b": (a + b, Add((a, b))),
    "a - b": (a - b, Add((a, Negate(b)))),
    "a + b - 1": (a + b - 1, Add((a, b, Negate(Number(1))))),
    "1 + a": (1 + a, Add((Number(1), a))),
    "1 - a": (1 - a, Add((Number(1), Negate(a)))),
    "a * b * 2": (a * b * 2, Multiply((a, b, Number(2)))),
    "2 * a": (2 * a, Multiply((Number(2), a))),
    "a / b": (a / b, Divide(a, b)),
    "1 / a": (1 / a, Divide(Number(1), a)),
    "a ** 2": (a**2, Power(a, Number(2))),
    "-a": (-a, Negate(a)),
    "a * (1 - a)": (a * (1 - a), Multiply((a, Add((Number(1), Negate(a)))))),
    "a - (b - 1)": (a - (b - 1), Add((a, Negate(Add((b, Negate(Number(1)))))))),
}


@pytest.mark.parametrize(("built", "meant"), **cases(BUILT))
def test_arithmetic_builds_the_expression_it_reads_as(built, meant):
    assert built == meant
    assert hash(built) == hash(meant)
    assert lift(built) is built


VALUES = {
    "a sum": (Sum("n", a), 6.0),
    "a maximum": (Maximum("n", b), 30.0),
    "a difference": (a - b, -9.0),
    "a quotient": (b / a, 10.0),
    "a power": (b**2, 100.0),
    "a size": (a * operands("a")[0].size(0), 3.0),
    "an index": (a * Index("n"), 0.0),
    "exp": (exp(a), math.e),
    "expm1": (expm1(a), math.expm1(1)),
    "log": (log(b), math.log(10)),
    "log1p": (log1p(a), math.log(2)),
    "tanh": (tanh(a), math.tanh(1)),
    "erf": (erf(a), math.erf(1)),
    "sqrt": (sqrt(b), math.sqrt(10)),
    "the root of a negative": (sqrt(a - b), math.nan),
    "sin": (sin(b), math.sin(10)),
    "cos": (cos(b), math.cos(10)),
    "sign": (sign(a - b), -1.0),
    "the sign of nothing": (sign(a - a), 0.0),
    "floor": (floor(b / 4), 2.0),
    "floor of a negative": (floor(-b / 4), -3.0),
    "absolute": (absolute(a - b), 9.0),
    "the smaller": (smaller(b, a), 1.0),
    "the smaller of a number": (smaller(a, 0), 0.0),
    "the larger": (larger(a, b), 10.0),
    "the larger of a number": (larger(a, 0), 1.0),
    "a choice that holds": (Choose(a, ">", Number(0), b, a), 10.0),
    "a choice that does not": (Choose(a, "<", Number(0), b, a), 1.0),
    "a name": (Named("error", a), 1.0),
    "a quotient by zero": (a / (a - a), math.inf),
    "zero by zero": ((a - a) / (a - a), math.nan),
    "an overflow": (exp(b * 100), math.inf),
    "a sum inside a sum": (Sum("n", Sum("n", a)), 18.0),
}
"""Where a = (1, 2, 3), b = (10, 20, 30) and n = 0."""


@pytest.mark.parametrize(("expr", "value"), **cases(VALUES))
def test_an_expression_has_the_value_arithmetic_gives(expr, value):
    arrays = {"a": np.array([1.0, 2.0, 3.0]), "b": np.array([10.0, 20.0, 30.0])}
    with np.errstate(all="ignore"):
        assert float(Environment(arrays, {"n": 3}).value(expr, {"n": 0})) == pytest.approx(value, nan_ok=True)


elements = st.builds(Element, st.sampled_from(["a", "b"]), st.just(("n",)))
leaves = (
    elements | st.builds(Number, st.integers(-5, 5) | st.floats(-5, 5)) | st.just(Index("n")) | st.just(Size("a", 0))
)


def grown(parts):
    """Larger expressions from smaller ones, of every kind."""
    some = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Add, some),
        st.builds(Multiply, some),
        st.builds(Negate, parts),
        st.builds(Divide, parts, parts),
        st.builds(Power, parts, parts),
        st.builds(Named, st.sampled_from(["error", "slope"]), parts),
        st.builds(Sum, st.just("n"), parts),
        st.builds(Maximum, st.just("n"), parts),
        st.builds(Choose, parts, st.sampled_from(sorted(RELATIONS)), parts, parts, parts),
        st.builds(
            lambda f, one, two: Call(f, (one, two) if f in ("max", "min") else (one,)),
            st.sampled_from(sorted(FUNCTIONS)),
            parts,
            parts,
        ),
    )


expressions = st.recursive(leaves, grown, max_leaves=12)


@given(expressions)
def test_an_expression_survives_json(expr):
    text = json.dumps(expr_to_json(expr), allow_nan=False)
    again = expr_from_json(json.loads(text))
    assert again == expr
    assert json.dumps(expr_to_json(again)) == text


@given(expressions, st.integers(0, 2))
def test_any_expression_has_a_value_or_nan_and_never_raises_or_warns(expr, n):
    arrays = {"a": np.array([1.0, -2.0, 0.0]), "b": np.array([1e300, np.inf, np.nan])}
    with np.errstate(all="ignore"):
        assert isinstance(float(Environment(arrays, {"n": 3}).value(expr, {"n": n})), float)


@given(expressions)
def test_every_part_is_walked_once_parents_first(expr):
    def count(node):
        return 1 + sum(map(count, node.children))

    walked = list(walk(expr))
    assert walked[0] is expr
    assert len(walked) == count(expr)


def test_the_examples_use_every_function():
    used = {node.function for expr, _ in VALUES.values() for node in walk(expr) if isinstance(node, Call)}
    assert used == set(FUNCTIONS)


def test_an_expression_of_unknown_kind_is_refused():
    with pytest.raises(KeyError):
        expr_from_json({"kind": "magic"})
    with pytest.raises(TypeError):
        expr_from_json({"kind": "number", "value": 1, "more": 2})


def test_expressions_are_immutable():
    with pytest.raises((FrozenInstanceError, AttributeError)):
        a.of = "b"


def test_slots_are_named_in_reading_order():
    assert Rule("z", ("n",), b * a + b).slots == ("b", "a")
    assert Rule("z", ("n",), a / operands("c")[0].size(0)).slots == ("a", "c")
