"""The error function of arrays against the standard library's of one number, and its laws."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from engine.rules.special import BLOCK, FAR, NEAR, erf

GRID = np.concatenate([np.linspace(-7, 7, 40_001), *(sign * np.logspace(-320, 3, 5_001) for sign in (1.0, -1.0))])
UNITS = 2.0
"""In the last place."""


def test_it_equals_the_standard_librarys_over_a_dense_grid():
    wanted = np.array([math.erf(x) for x in GRID])
    off = np.abs(erf(GRID) - wanted) / np.spacing(np.abs(wanted))
    worst = int(off.argmax())
    assert off[worst] <= UNITS, (
        f"erf({GRID[worst]!r}) is {erf(GRID)[worst]!r}, not {wanted[worst]!r}: {off[worst]} units"
    )


def test_it_does_so_where_one_approximation_takes_over_from_the_other():
    for joint in (NEAR, FAR, 4.0):
        around = joint + np.arange(-200, 201) * np.spacing(joint)
        wanted = np.array([math.erf(x) for x in around])
        assert (np.abs(erf(around) - wanted) <= UNITS * np.spacing(wanted)).all(), f"around {joint}"


ENDS = [(0.0, 0.0), (np.inf, 1.0), (1e308, 1.0), (5e-324, 5e-324)]


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(("x", "value"), ENDS, ids=str)
def test_at_the_ends_it_is_exact_and_keeps_the_sign_of_zero(x, value, sign):
    found = float(erf(np.array([sign * x]))[0])
    assert (found, math.copysign(1, found)) == (sign * value, sign)


def test_nan_stays_nan_and_nothing_else_becomes_it():
    found = erf(np.array([np.nan, 1.0, -np.inf, 1e-310]))
    assert np.isnan(found).tolist() == [True, False, False, False]


def test_it_is_odd_to_the_bit_and_never_falls():
    x = np.sort(np.abs(GRID))
    assert (erf(-x) == -erf(x)).all()
    assert (np.diff(erf(np.linspace(-7, 7, 3001))) >= 0).all()


def test_no_number_makes_it_warn():
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        erf(np.array([np.inf, -np.inf, 1e308, 0.0, -0.0, 5e-324, np.nan, 27.0, 1e-200]))


@pytest.mark.parametrize("size", [0, 1, 7, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_an_element_has_the_same_bits_whatever_its_neighbours(size):
    x = np.random.default_rng(size).normal(size=size) * 2
    alone = np.array([erf(number) for number in x[:: max(1, size // 50)]])
    assert (erf(x)[:: max(1, size // 50)] == alone).all()


def test_it_writes_where_it_is_told_to():
    x = np.random.default_rng(0).normal(size=(3, 4))
    wanted = erf(x)
    out = np.full((3, 4), np.nan)
    assert erf(x, out) is out
    assert (out == wanted).all()
    spread = np.full((3, 8), np.nan)[:, ::2]
    erf(x, spread)
    assert (spread == wanted).all()
    assert (erf(x.T) == wanted.T).all()
    erf(x, x)
    assert (x == wanted).all()


def test_a_number_gives_a_number():
    assert erf(0.5).shape == ()
    assert float(erf(0.5)) == pytest.approx(math.erf(0.5), rel=1e-15)
