"""Targets that do not fit a loss are found and named; class numbers become rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import LANGUAGES, SpecError
from engine.targets import (
    ANY,
    DISTRIBUTIONS,
    MOST_CLASSES,
    PROBABILITIES,
    SIGNS,
    SUM_TOLERANCE,
    one_hot,
)
from tests.engine.helpers import cases

KINDS = {kind.name: kind for kind in (ANY, PROBABILITIES, DISTRIBUTIONS, SIGNS)}

FITTING = {
    "any numbers": (ANY, [[-3.0, 1e300], [0.0, 7.5]]),
    "from 0 to 1": (PROBABILITIES, [[0.0, 1.0], [0.25, -0.0]]),
    "rows of probabilities": (DISTRIBUTIONS, [[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]]),
    "rows typed with few decimals": (DISTRIBUTIONS, [[0.3333333, 0.3333333, 0.3333333]]),
    "one column of certainty": (DISTRIBUTIONS, [[1.0], [1.0]]),
    "signs": (SIGNS, [[-1.0, 1.0], [1.0, 1.0]]),
    "noes and yeses": (SIGNS, [[0.0, 1.0], [1.0, 0.0]]),
}
MISFITS = {
    "above 1": (PROBABILITIES, [[0.0, 1.0], [0.5, 1.5]], "y[1][1]", 1.5, "from 0 to 1"),
    "below 0": (PROBABILITIES, [[0.0, -0.1], [2.0, 1.0]], "y[0][1]", -0.1, "from 0 to 1"),
    "not a number": (PROBABILITIES, [[np.nan]], "y[0][0]", None, "from 0 to 1"),
    "a row that is no distribution": (DISTRIBUTIONS, [[0.5, 0.5], [0.5, 0.4]], "y[1]", 0.9, "add up to 1"),
    "a negative share": (DISTRIBUTIONS, [[0.5, 0.5], [1.5, -0.5]], "y[1][0]", 1.5, "from 0 to 1"),
    "a share, not a sign": (SIGNS, [[1.0, -1.0], [0.5, 1.0]], "y[1][0]", 0.5, "-1 for no or 1 for yes"),
    "a 0 among signs": (SIGNS, [[1.0, 0.0], [-1.0, 1.0]], "y[0][1]", 0.0, "elsewhere in these targets"),
}


@pytest.mark.parametrize(("kind", "y"), **cases(FITTING))
def test_targets_of_the_kind_are_let_through(kind, y):
    assert kind.misfit(np.array(y)) is None
    kind.require("y", np.array(y))


@pytest.mark.parametrize(("kind", "y", "field", "value", "allowed"), **cases(MISFITS))
def test_the_first_target_that_is_not_of_the_kind_is_named_with_row_and_column(kind, y, field, value, allowed):
    with pytest.raises(SpecError) as error:
        kind.require("y", np.array(y))
    assert error.value.field == field
    assert allowed in error.value.allowed
    if value is not None:
        assert error.value.value == pytest.approx(value)
        assert f"got {value:g}" in error.value.message


@pytest.mark.parametrize("off", [-2, -0.5, 0.5, 2])
def test_a_row_may_miss_1_by_the_tolerance_and_no_more(off):
    y = np.array([[0.5, 0.5 + off * SUM_TOLERANCE]])
    assert (DISTRIBUTIONS.misfit(y) is None) == (abs(off) < 1)


def test_noes_become_minus_ones_and_nothing_else_changes():
    y = np.array([[0.0, 1.0], [1.0, 0.0]])
    assert SIGNS.prepared(y).tolist() == [[-1.0, 1.0], [1.0, -1.0]]
    assert y.tolist() == [[0.0, 1.0], [1.0, 0.0]], "the targets given stay as they are"
    assert SIGNS.prepared(SIGNS.prepared(y)).tolist() == [[-1.0, 1.0], [1.0, -1.0]]
    for kind in (ANY, PROBABILITIES, DISTRIBUTIONS):
        assert kind.prepared(y) is y


@pytest.mark.parametrize("kind", **cases(KINDS))
def test_a_kind_of_targets_says_in_every_language_what_it_takes(kind):
    assert all(kind.label[language] for language in LANGUAGES)
    assert ("class" in kind.label.en) == kind.classes
    assert ("类别" in kind.label.zh) == kind.classes


@given(st.lists(st.integers(0, 12), min_size=1, max_size=40), st.none() | st.integers(13, 20))
def test_a_row_has_its_1_in_the_column_of_its_class(numbers, classes):
    rows = np.array(one_hot("y", numbers, classes))
    assert rows.shape == (len(numbers), classes or max(numbers) + 1)
    assert rows.argmax(axis=1).tolist() == numbers
    assert (rows.sum(axis=1) == 1).all()
    for kind in (DISTRIBUTIONS, PROBABILITIES, SIGNS):
        assert kind.misfit(rows) is None


NO_CLASSES = {
    "negative": ([0, 1, -1], None, "y[2]"),
    "not whole": ([0, 1.5], None, "y[1]"),
    "true": ([True, 1], None, "y[0]"),
    "a word": ([0, "cat"], None, "y[1]"),
    "a row": ([0, [1]], None, "y[1]"),
    "nothing": ([None], None, "y[0]"),
    "as many as there are": ([0, 3], 3, "y[1]"),
    "more than there may be": ([0, MOST_CLASSES], None, "y[1]"),
    "astronomical": ([0, 10**30], None, "y[1]"),
}


@pytest.mark.parametrize(("numbers", "classes", "field"), **cases(NO_CLASSES))
def test_a_number_that_is_no_class_is_refused_with_its_row(numbers, classes, field):
    with pytest.raises(SpecError) as error:
        one_hot("y", numbers, classes)
    assert error.value.field == field
    assert error.value.allowed == f"a class: a whole number from 0 to {(classes or MOST_CLASSES) - 1}"


def test_no_class_numbers_at_all_are_refused():
    with pytest.raises(SpecError, match="at least one class number"):
        one_hot("y", [])


@pytest.mark.parametrize("classes", [0, -1, MOST_CLASSES + 1])
def test_there_are_no_fewer_than_one_class_and_no_more_than_the_most(classes):
    with pytest.raises(ValueError, match="classes"):
        one_hot("y", [0], classes)


def test_a_long_list_of_class_numbers_takes_little_memory():
    rows = one_hot("y", [MOST_CLASSES - 1, *range(10)] * 10_000)
    assert len({id(row) for row in rows}) == 11
