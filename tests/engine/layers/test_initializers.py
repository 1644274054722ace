"""Initial weights: the published variances, met by many seeded draws, and what holds exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from engine import ExperimentSpec, state_at
from engine.layers.initializers import INITIALIZERS, orthonormal_columns
from tests.engine.helpers import cases, dense, small

N_IN, N_OUT = 400, 250
VARIANCES = {
    "glorot_uniform": 2 / (N_IN + N_OUT),
    "glorot_normal": 2 / (N_IN + N_OUT),
    "he_uniform": 2 / N_IN,
    "he_normal": 2 / N_IN,
    "lecun_normal": 1 / N_IN,
}


def draw(name, shape, seed=0, **params):
    """The weights an initializer draws, its other parameters at their defaults."""
    defaults = {param.name: param.default for param in INITIALIZERS[name].params}
    return INITIALIZERS[name].draw(np.random.default_rng(seed), shape, defaults | params)


def check_spread(drawn, mean, variance, excess):
    """Mean and variance are within five standard errors of what they should be.

    `excess` is the fourth moment over the squared variance, less one: 2 for normal draws, 0.8 for even ones.
    """
    n = drawn.size
    assert abs(drawn.mean() - mean) <= 5 * math.sqrt(variance / n), f"mean {drawn.mean()}"
    found = ((drawn - mean) ** 2).mean()
    assert abs(found / variance - 1) <= 5 * math.sqrt(excess / n), f"variance {found}, published {variance}"


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", VARIANCES)
def test_the_variance_is_the_published_one(name, seed):
    even = name.endswith("uniform")
    check_spread(draw(name, (N_OUT, N_IN), seed), 0, VARIANCES[name], 0.8 if even else 2)


def test_the_check_of_the_variance_notices_one_that_is_a_hundredth_off():
    drawn = draw("he_normal", (N_OUT, N_IN), 0)
    with pytest.raises(AssertionError, match="variance"):
        check_spread(drawn * math.sqrt(1.03), 0, VARIANCES["he_normal"], 2)
    with pytest.raises(AssertionError, match="mean"):
        check_spread(drawn + 0.02 * drawn.std(), 0, VARIANCES["he_normal"], 2)


@pytest.mark.parametrize("name", [name for name in VARIANCES if name.endswith("uniform")])
def test_even_draws_fill_the_interval_whose_variance_they_have_and_never_leave_it(name):
    edge = math.sqrt(3 * VARIANCES[name])
    drawn = draw(name, (N_OUT, N_IN))
    assert drawn.min() >= -edge
    assert drawn.max() < edge
    assert min(-drawn.min(), drawn.max()) > 0.999 * edge


@pytest.mark.parametrize("name", [*(name for name in VARIANCES if name.endswith("normal")), "normal"])
def test_normal_draws_are_not_cut_off(name):
    drawn = draw(name, (N_OUT, N_IN))
    beyond = np.mean(np.abs(drawn) > 2 * drawn.std())
    assert abs(beyond - 0.0455) < 0.004, "a normal draw is beyond two standard deviations 4.55 % of the time"
    assert np.abs(drawn).max() > 4 * drawn.std()


@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (1, 7), (5, 2)], ids=str)
@pytest.mark.parametrize("name", VARIANCES)
def test_the_variance_counts_inputs_and_outputs_the_right_way_round(name, shape):
    n_out, n_in = shape
    variance = {"glorot": 2 / (n_in + n_out), "he": 2 / n_in, "lecun": 1 / n_in}[name.partition("_")[0]]
    generator = np.random.default_rng(3)
    unit = generator.uniform(-1, 1, shape) * math.sqrt(3) if "uniform" in name else generator.standard_normal(shape)
    np.testing.assert_allclose(draw(name, shape, seed=3), math.sqrt(variance) * unit, rtol=1e-14)


def test_a_normal_draw_has_the_mean_and_deviation_asked_for():
    check_spread(draw("normal", (N_OUT, N_IN), mean=3.0, std=0.25), 3, 0.0625, 2)
    assert (draw("normal", (3, 4), mean=3.0, std=0.0) == 3).all()


def test_a_uniform_draw_lies_between_low_and_high():
    drawn = draw("uniform", (N_OUT, N_IN), low=2.0, high=5.0)
    check_spread(drawn, 3.5, 9 / 12, 0.8)
    assert (drawn.min() >= 2, drawn.max() < 5) == (True, True)


def test_constants_are_constant():
    assert (draw("constant", (3, 5), value=-0.125) == -0.125).all()
    assert (draw("zeros", (3, 5)) == 0).all()


SHAPES = [(1, 1), (1, 6), (6, 1), (2, 4), (4, 2), (5, 5), (40, 30), (30, 40)]


@pytest.mark.parametrize("gain", [1.0, 1.5, 0.0])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_orthogonal_weights_are_orthogonal_along_their_shorter_side(shape, gain):
    W = draw("orthogonal", shape, gain=gain)
    product = W @ W.T if shape[0] <= shape[1] else W.T @ W
    np.testing.assert_allclose(product, gain**2 * np.eye(min(shape)), atol=1e-14)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape[0] >= shape[1]], ids=str)
def test_the_basis_is_the_one_with_a_positive_diagonal(shape):
    columns = np.random.default_rng(1).standard_normal(shape)
    basis = orthonormal_columns(columns)
    triangle = basis.T @ columns
    np.testing.assert_allclose(np.tril(triangle, -1), 0, atol=1e-13)
    assert (np.diagonal(triangle) > 0).all()
    q, r = np.linalg.qr(columns)
    np.testing.assert_allclose(basis, q * np.sign(np.diagonal(r)), atol=1e-13)
    np.testing.assert_allclose(orthonormal_columns(columns * np.arange(1, shape[1] + 1)), basis, atol=1e-13)


def test_the_operands_of_a_basis_are_left_as_they_were():
    columns = np.random.default_rng(1).standard_normal((4, 3))
    before = columns.copy()
    orthonormal_columns(columns)
    assert (columns == before).all()


def test_orthogonal_weights_turn_either_way_and_either_sign():
    drawn = [draw("orthogonal", (2, 2), seed) for seed in range(400)]
    for share in (np.mean([W[0, 0] > 0 for W in drawn]), np.mean([np.linalg.det(W) > 0 for W in drawn])):
        assert 0.4 < share < 0.6


def test_orthogonal_weights_do_not_depend_on_the_number_of_threads():
    found = set()
    for threads in (1, 2, 4):
        with threadpool_limits(threads, user_api="blas"):
            found.add(draw("orthogonal", (260, 520)).tobytes())
    assert len(found) == 1


@pytest.mark.parametrize("name", **cases({name: name for name in INITIALIZERS}))
def test_every_layer_draws_from_a_stream_of_its_own(name):
    document = {"data": small(3, 1), "layers": [dense(3), dense(3), dense(1)], "initializer": {"kind": name}}
    one = state_at(ExperimentSpec.from_json(document), 0)
    wider = {**document, "layers": [dense(7), dense(3), dense(1)]}
    other = state_at(ExperimentSpec.from_json(wider), 0)
    assert one["W3"].tobytes() == other["W3"].tobytes(), "a wider first layer leaves the last one's weights"
    if name not in ("zeros", "constant"):
        assert one["W1"].tobytes() != one["W2"].tobytes()
