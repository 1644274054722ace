"""Data sets: each makes what it says it makes, and noise moves nothing that it should not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine import SpecError
from engine.data.curves import CURVES
from engine.data.data_spec import data_of
from engine.data.dataset import coded_outputs
from engine.data.datasets import DATASETS
from engine.data.logic import all_bits
from engine.data.playground import HILLS
from engine.registry import Param
from tests.engine.helpers import cases

NOISY = [name for name, entry in DATASETS.items() if any(param.name == "noise" for param in entry.params)]


def params_of(name, **given):
    """The parameters of a data set, most at their defaults."""
    return {param.name: given.get(param.name, param.default) for param in DATASETS[name].params}


def make(name, seed=5, **given):
    """Inputs, and targets or classes."""
    points, noise = np.random.default_rng([seed, 0]), np.random.default_rng([seed, 1])
    return DATASETS[name].make(points, noise, params_of(name, **given))


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_makes_what_it_says_and_the_same_again(name):
    entry, params = DATASETS[name], params_of(name)
    examples, inputs = entry.size(params)
    x, y = make(name)
    assert x.shape == (examples, inputs)
    assert np.isfinite(x).all()
    classes = entry.classes(params)
    if entry.task == "classification":
        assert y.shape == (examples,)
        assert set(y.tolist()) == set(range(entry.counted(params)))
        assert len(classes) == entry.counted(params) >= 2
        assert len({label.en for label in classes}) == len({label.zh for label in classes}) == len(classes)
    else:
        assert entry.task == "regression"
        assert y.shape == (examples, entry.counted(params))
        assert np.isfinite(y).all()
        assert classes == ()
    again = make(name)
    assert (x.tobytes(), y.tobytes()) == (again[0].tobytes(), again[1].tobytes())


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_says_where_its_points_are_and_what_they_measure(name):
    entry, params = DATASETS[name], params_of(name)
    inputs = entry.size(params)[1]
    x, _ = make(name)
    plane = entry.plane(params)
    assert len(plane) == (inputs if inputs <= 2 else 0)
    for column, (low, high) in zip(x.T, plane, strict=False):
        assert low < high
        assert np.mean((column >= low) & (column <= high)) > 0.95
        assert np.ptp(column) > 0.3 * (high - low), "the points fill their picture"
    assert len(entry.input_names) in (0, inputs)


@pytest.mark.parametrize("name", DATASETS)
def test_every_set_has_the_options_that_make_sense_for_it(name):
    entry = DATASETS[name]
    names = [param.name for param in entry.params]
    assert {"test_fraction", "scaling", "features"} <= set(names)
    assert ("targets" in names) == (entry.task == "classification")
    assert {"examples", "bits"} & set(names)
    assert ("noise" in names) == (name != "uniform")
    features = entry.param("features")
    inputs = entry.size(params_of(name))[1]
    if features.default is not None:
        assert features.default == tuple(f"x{i}" for i in range(inputs))
        assert set(features.default) <= set(features.choices)
        data_of("data", {"kind": name, "features": list(features.choices)})


@pytest.mark.parametrize("name", NOISY)
def test_noise_moves_points_along_fixed_lines_and_nothing_else(name):
    """More noise moves what it moves further the same way; two sets that differ in noise alone are otherwise equal."""
    (x0, y0), (x1, y1), (x2, y2) = (make(name, noise=level) for level in (0.0, 0.2, 0.4))
    one, two = x1 - x0, x2 - x0
    if name.startswith("playground_") and name not in ("playground_gaussians", "playground_spiral"):
        assert not one.any(), "noise changes labels, and the points stay where they are"
        assert not np.array_equal(y0, y2)
    elif DATASETS[name].task == "regression":
        assert not one.any()
        np.testing.assert_allclose(y2 - y0, 2 * (y1 - y0), atol=1e-12)
        assert (y1 != y0).all()
    else:
        assert np.array_equal(y0, y2)
        factor = np.linalg.norm(two) / np.linalg.norm(one)
        assert factor > 1.2
        np.testing.assert_allclose(two, factor * one, atol=1e-12)


EXTENDABLE = ["linear", "xor", "and", "or", "circles", "moons", "blobs", "playground_circle", "playground_xor"]


@pytest.mark.parametrize("name", [*EXTENDABLE, "spirals", "playground_gaussians", "playground_plane"])
def test_a_larger_set_begins_with_the_smaller_one(name):
    (x, y), (more_x, more_y) = make(name, examples=7), make(name, examples=12)
    assert (x.tobytes(), y.tobytes()) == (more_x[:7].tobytes(), more_y[:7].tobytes())


@pytest.mark.parametrize("name", DATASETS)
def test_another_seed_makes_another_set_where_anything_is_drawn(name):
    drawn = "noise" if name in NOISY else None
    x, y = make(name, 1, **({drawn: 0.3} if drawn else {}))
    other_x, other_y = make(name, 2, **({drawn: 0.3} if drawn else {}))
    assert not (np.array_equal(x, other_x) and np.array_equal(y, other_y))


# What each set is


GATES = {"xor": [0, 1, 1, 0], "and": [0, 0, 0, 1], "or": [0, 1, 1, 1]}


@pytest.mark.parametrize(("name", "truth"), GATES.items())
def test_a_gate_is_its_truth_table(name, truth):
    x, classes = make(name)
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert classes.tolist() == truth
    assert make(name, examples=6)[1].tolist() == [*truth, *truth[:2]]


def test_bits_count_upwards():
    assert all_bits(3).tolist() == [[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)]
    assert len({tuple(row) for row in all_bits(6)}) == 64


@pytest.mark.parametrize("bits", [1, 2, 5])
def test_parity_is_the_number_of_ones_modulo_two(bits):
    x, classes = make("parity", bits=bits)
    assert len(x) == 2**bits
    assert classes.tolist() == [sum(map(int, row)) % 2 for row in x]


def test_of_the_64_vectors_of_six_bits_8_are_symmetric():
    x, classes = make("symmetry")
    assert len(x) == 64
    symmetric = [row == row[::-1] for row in x.tolist()]
    assert classes.tolist() == symmetric
    assert sum(symmetric) == 8


def test_linear_targets_are_the_weighted_sum_and_the_noise_is_as_large_as_said():
    x, y = make("linear", weights=(3.0, -2.0, 0.5), bias=-1.0, noise=0.0)
    np.testing.assert_allclose(y[:, 0], 3 * x[:, 0] - 2 * x[:, 1] + 0.5 * x[:, 2] - 1, atol=1e-15)
    x, noisy = make("linear", examples=20_000, noise=0.25)
    errors = noisy[:, 0] - (2 * x[:, 0] - x[:, 1] + 0.5)
    assert abs(errors.std() - 0.25) < 0.01


CURVE_POINTS = {
    "sine": (1.0, math.sin(1.0)),
    "cosine": (1.0, math.cos(1.0)),
    "step": (0.0, 1.0),
    "absolute": (-2.5, 2.5),
    "quadratic": (-1.5, 2.25),
    "cubic": (-1.5, -3.375),
    "sinc": (0.5, 2 / math.pi),
    "gaussian": (-1.0, math.exp(-1)),
    "exponential": (2.0, math.exp(2)),
    "sawtooth": (-1.25, 0.75),
}


@pytest.mark.parametrize("curve", CURVES)
def test_a_curve_is_the_function_it_is_called_after(curve):
    at, value = CURVE_POINTS[curve]
    x, y = make("function", function=curve, examples=2, low=at, high=at + 1)
    assert x[:, 0].tolist() == [at, at + 1]
    assert y[0, 0] == pytest.approx(value, abs=1e-15)


def test_a_curve_is_sampled_evenly_from_low_to_high():
    x, _ = make("function", examples=5, low=-1.0, high=3.0)
    assert x[:, 0].tolist() == [-1, 0, 1, 2, 3]
    assert make("function", examples=1)[0].tolist() == [[-3.0]]
    with pytest.raises(SpecError) as error:
        data_of("data", {"kind": "function", "low": 1, "high": 1})
    assert error.value.field == "data.high"


def test_circles_lie_on_their_radii():
    x, inner = make("circles", noise=0.0, factor=0.3)
    np.testing.assert_allclose(np.hypot(*x.T), np.where(inner == 1, 0.3, 1.0), atol=1e-15)
    assert np.bincount(inner).tolist() == [100, 100]


def test_moons_are_half_circles_that_reach_into_each_other():
    x, lower = make("moons", noise=0.0)
    for moon, centre, up in ((0, (0, 0), 1), (1, (1, 0.5), -1)):
        away = x[lower == moon] - centre
        np.testing.assert_allclose(np.hypot(*away.T), 1, atol=1e-14)
        assert (up * away[:, 1] >= -1e-15).all()


@pytest.mark.parametrize("centres", [2, 3, 7])
def test_blobs_are_centred_evenly_on_a_circle(centres):
    exact, of = make("blobs", noise=0.0, centres=centres, examples=10 * centres)
    assert len(np.unique(exact.round(9), axis=0)) == centres
    np.testing.assert_allclose(np.hypot(*exact.T), 3, atol=1e-14)
    assert np.bincount(of).tolist() == [10] * centres
    x, _ = make("blobs", noise=0.5, centres=centres, examples=20_000)
    spread = x - make("blobs", noise=0.0, centres=centres, examples=20_000)[0]
    assert abs(spread.std() - 0.5) < 0.01


@pytest.mark.parametrize("arms", [2, 5])
def test_spirals_wind_as_far_as_they_are_told(arms):
    x, arm = make("spirals", noise=0.0, arms=arms, turns=2.0, examples=50 * arms)
    along = (np.hypot(*x.T) - 0.1) / 0.9
    assert ((along >= 0) & (along < 1)).all()
    angle = 2 * math.pi * (2 * along + arm / arms)
    np.testing.assert_allclose(np.exp(1j * np.arctan2(x[:, 1], x[:, 0])), np.exp(1j * angle), atol=1e-12)
    assert np.bincount(arm).tolist() == [50] * arms


def test_the_circle_of_the_playground_is_a_disc_and_a_ring():
    x, inside = make("playground_circle")
    radius = np.hypot(*x.T)
    assert (radius[inside == 1] < 2.5).all()
    assert ((radius[inside == 0] >= 3.5) & (radius[inside == 0] <= 5)).all()
    assert np.bincount(inside).tolist() == [250, 250]


def test_the_quadrants_of_the_playground_keep_away_from_the_axes():
    x, same = make("playground_xor")
    assert np.abs(x).min() >= 0.3
    assert np.abs(x).max() <= 5.3
    assert same.tolist() == ((x[:, 0] > 0) == (x[:, 1] > 0)).tolist()


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.25, 2.25), (0.5, 4.0)])
def test_the_gaussians_of_the_playground_widen_with_noise(noise, variance):
    x, upper = make("playground_gaussians", examples=20_000, noise=noise)
    away = x - np.where(upper == 1, 2, -2)[:, None]
    assert abs(away.mean()) < 0.05
    assert abs(away.var() / variance - 1) < 0.05


def test_the_spiral_of_the_playground_has_two_opposite_arms():
    x, arm = make("playground_spiral")
    np.testing.assert_allclose(x[arm == 0], -x[arm == 1], atol=1e-12)
    radius = np.hypot(*x[arm == 1].T)
    np.testing.assert_allclose(radius, 5 * np.arange(250) / 250, atol=1e-12)
    np.testing.assert_allclose(x[arm == 1][:, 0], radius * np.sin(1.75 * 2 * np.pi * radius / 5), atol=1e-12)


def test_the_plane_of_the_playground_rises_by_a_tenth():
    x, y = make("playground_plane")
    np.testing.assert_allclose(y[:, 0], (x[:, 0] + x[:, 1]) / 10, atol=1e-15)


def test_the_hills_of_the_playground_are_cones_up_and_down():
    x, y = make("playground_multi_gaussian")
    for (x0, x1), height in zip(x.tolist(), y[:, 0].tolist(), strict=True):
        cones = [sign * max(0.0, 1 - math.hypot(x0 - a, x1 - b) / 2) for a, b, sign in HILLS.tolist()]
        assert height == pytest.approx(max(cones, key=abs), abs=1e-12)
    assert y.min() < -0.8
    assert y.max() > 0.8


def test_iris_is_the_published_table():
    x, species = make("iris")
    assert x[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert np.bincount(species).tolist() == [50, 50, 50]
    assert x.mean(axis=0).round(3).tolist() == [5.843, 3.054, 3.759, 1.199]
    few, _ = make("iris", examples=20)
    assert len({tuple(row) for row in few.tolist()} - {tuple(row) for row in x.tolist()}) == 0


def test_digits_are_1797_pictures_from_paper_to_ink():
    x, digit = make("digits", examples=1797)
    assert np.bincount(digit).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (x.min(), x.max()) == (0, 1)
    assert x[0, :8].tolist() == [0, 0, 5 / 16, 13 / 16, 9 / 16, 1 / 16, 0, 0]


OUTPUTS = {
    "two classes as 0 and 1": (2, "zero_one", 1),
    "two classes as signs": (2, "signs", 1),
    "two classes, one output each": (2, "one_hot", 2),
    "three classes as 0 and 1": (3, "zero_one", 3),
    "three classes as signs": (3, "signs", 3),
    "three classes, one output each": (3, "one_hot", 3),
}


@pytest.mark.parametrize(("classes", "coding", "outputs"), **cases(OUTPUTS))
def test_two_classes_need_one_output_and_more_need_one_each(classes, coding, outputs):
    assert coded_outputs(classes, coding) == outputs


def test_options_are_described_for_people():
    for entry in DATASETS.values():
        for param in entry.params:
            assert isinstance(param, Param)
            assert len(param.choice_labels) == len(param.choices)
