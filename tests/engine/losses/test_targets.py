"""Targets that a loss is not made for are found, with row and column."""

from __future__ import annotations

import numpy as np
import pytest

from engine import LANGUAGES
from engine.losses.targets import ANY, DISTRIBUTIONS, METRICS, PROBABILITIES, SIGNS, SUM_TOLERANCE, Misfit
from tests.engine.helpers import cases

KINDS = {kind.name: kind for kind in (ANY, PROBABILITIES, DISTRIBUTIONS, SIGNS)}

FITTING = {
    "any numbers": (ANY, [[-3.0, 1e300], [0.0, 7.5]]),
    "from 0 to 1": (PROBABILITIES, [[0.0, 1.0], [0.25, -0.0]]),
    "rows of probabilities": (DISTRIBUTIONS, [[0.2, 0.3, 0.5], [0.0, 1.0, 0.0]]),
    "rows typed with few decimals": (DISTRIBUTIONS, [[0.3333333, 0.3333333, 0.3333333]]),
    "one column of certainty": (DISTRIBUTIONS, [[1.0], [1.0]]),
    "signs": (SIGNS, [[-1.0, 1.0], [1.0, 1.0]]),
}
MISFITS = {
    "above 1": (PROBABILITIES, [[0.0, 1.0], [0.5, 1.5]], Misfit(1, 1, 1.5)),
    "below 0": (PROBABILITIES, [[0.0, -0.1], [2.0, 1.0]], Misfit(0, 1, -0.1)),
    "a row that is no distribution": (DISTRIBUTIONS, [[0.5, 0.5], [0.5, 0.25]], Misfit(1, None, 0.75)),
    "a negative share": (DISTRIBUTIONS, [[0.5, 0.5], [1.5, -0.5]], Misfit(1, 0, 1.5)),
    "a share, not a sign": (SIGNS, [[1.0, -1.0], [0.5, 1.0]], Misfit(1, 0, 0.5)),
    "a 0 among signs": (SIGNS, [[1.0, 0.0], [-1.0, 1.0]], Misfit(0, 1, 0.0)),
}


@pytest.mark.parametrize(("kind", "y"), **cases(FITTING))
def test_targets_of_the_kind_are_let_through(kind, y):
    assert kind.misfit(np.array(y)) is None


@pytest.mark.parametrize(("kind", "y", "misfit"), **cases(MISFITS))
def test_the_first_target_that_is_not_of_the_kind_is_found_with_row_and_column(kind, y, misfit):
    assert kind.misfit(np.array(y)) == misfit


@pytest.mark.parametrize("kind", [PROBABILITIES, DISTRIBUTIONS, SIGNS], ids=lambda kind: kind.name)
def test_what_is_no_number_is_of_no_such_kind(kind):
    found = kind.misfit(np.array([[1.0, np.nan]]))
    assert found is not None
    assert (found.row, found.column) == (0, 1)


@pytest.mark.parametrize("off", [-2, -0.5, 0.5, 2])
def test_a_row_may_miss_1_by_the_tolerance_and_no_more(off):
    y = np.array([[0.5, 0.5 + off * SUM_TOLERANCE]])
    assert (DISTRIBUTIONS.misfit(y) is None) == (abs(off) < 1)


@pytest.mark.parametrize("kind", **cases(KINDS))
def test_a_kind_of_targets_says_in_every_language_what_it_is_and_has_a_metric(kind):
    assert all(kind.label[language] for language in LANGUAGES)
    assert kind.metric in METRICS
