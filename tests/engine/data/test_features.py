"""Features: one name for each, and each what its name says."""

from __future__ import annotations

import numpy as np
import pytest

from engine import SpecError
from engine.data.features import check_features, features_of, input_names, parse_feature

X = np.array([[0.5, -2.0, 3.0], [1.5, 0.25, -1.0]])
NAMED = {
    "x0": X[:, 0],
    "x2": X[:, 2],
    "x1^2": X[:, 1] ** 2,
    "x0^9": X[:, 0] ** 9,
    "x0*x1": X[:, 0] * X[:, 1],
    "x0^2*x1*x2^3": X[:, 0] ** 2 * X[:, 1] * X[:, 2] ** 3,
    "sin(x0)": np.sin(X[:, 0]),
    "cos(x1)": np.cos(X[:, 1]),
    "sin(2*x0)": np.sin(2 * X[:, 0]),
    "cos(99*x2)": np.cos(99 * X[:, 2]),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_feature_is_what_its_name_says(name):
    np.testing.assert_allclose(features_of(X, (name,))[:, 0], NAMED[name], rtol=1e-14)


def test_features_are_columns_in_the_order_of_their_names():
    found = features_of(X, tuple(NAMED))
    assert found.shape == (2, len(NAMED))
    np.testing.assert_allclose(found, np.stack(list(NAMED.values()), axis=1), rtol=1e-14)
    assert features_of(X, input_names(3)).tolist() == X.tolist()


NOT_FEATURES = [
    *("", "x", "y0", "x00", "x01", "X0", "x-1", "x0 ", " x0", "x0\n", "x 0", "x０", "0", "1"),
    *("x0^1", "x0^0", "x0^10", "x0^-2", "x0^", "x0**2", "x0*", "*x0", "x1*x0", "x0*x0", "x0*x1*x1", "2*x0", "x0+x1"),
    *("sin(x0", "sin x0", "sin(1*x0)", "sin(0*x0)", "sin(02*x0)", "sin(100*x0)", "sin(2*x0*x1)", "tan(x0)", "Sin(x0)"),
    *("sin(x0)*x1", "exp(x0)", "x0;x1", "x" + "9" * 10, "x0*" * 50 + "x1", "sin(x0^2)", "__import__('os')"),
]


@pytest.mark.parametrize("name", NOT_FEATURES, ids=range(len(NOT_FEATURES)))
def test_what_is_no_feature_is_refused(name):
    assert parse_feature(name) is None
    with pytest.raises(SpecError) as error:
        check_features("data.features", ["x0", name], 10**9)
    assert error.value.field == "data.features[1]"


def test_a_feature_of_an_input_that_is_not_there_is_refused():
    check_features("data.features", ["x1", "x0*x1", "sin(x1)"], 2)
    for name in ("x2", "x0*x2", "sin(x2)", "x2^2"):
        with pytest.raises(SpecError) as error:
            check_features("data.features", [name], 2)
        assert error.value.field == "data.features[0]"
        assert "x0 to x1" in error.value.allowed
    with pytest.raises(SpecError, match="a feature of x0: "):
        check_features("data.features", ["x1"], 1)


def test_a_feature_knows_when_it_would_leave_the_range_of_numbers():
    cube = parse_feature("x0^3")
    assert cube.stays_finite([1e102])
    assert not cube.stays_finite([1e103])
    assert not parse_feature("x0*x1").stays_finite([1e200, 1e200])
    assert parse_feature("x0*x1").stays_finite([1e200, 1e-200])
    assert parse_feature("sin(x0)").stays_finite([1e308])
    assert not parse_feature("sin(99*x0)").stays_finite([1e307])
