"""What the lessons claim in words is what the engine computes: every sentence that a number could prove wrong."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import isclose, log
from typing import Any

import numpy as np
import pytest

import engine
from tests.app.test_lessons import lesson

LN2 = log(2)


@cache
def experiment(name: str, at: int) -> engine.Run:
    """The experiment of a step of a lesson, counted from 0."""
    specs = [step["set"]["spec"] for step in lesson(name)["steps"][: at + 1] if "spec" in step.get("set", {})]
    return engine.open_run(engine.ExperimentSpec.from_json(specs[-1]))


def values(name: str, at: int, step: int = 0) -> dict[str, Any]:
    """Every array of a step of training."""
    return dict(experiment(name, at).trace(step).values)


def loss(name: str, at: int, step: int) -> float:
    return float(values(name, at, step)["loss"])


def test_one_neuron_multiplies_adds_and_bends():
    v = values("one-neuron", 0)
    assert v["z1"][0, 0] == 0.5 - 0.5 + 0.25
    assert engine.open_run(
        engine.ExperimentSpec.from_json({**lesson("one-neuron")["steps"][0]["set"]["spec"], "parameters": {
            "W1": [[0, 0]], "b1": [0],
        }})
    ).trace(0).values["a1"][0, 0] == 0.5  # fmt: skip


def test_delta_is_how_wrong_times_how_ready_to_change():
    v = values("what-delta-means", 0)
    assert v["a2"][0, 0] < v["y"][0, 0], "the output should go up"
    slope = v["a1"] * (1 - v["a1"])
    assert abs(slope[0, 0] / slope[0, 1] - 1) < 0.05, "their slopes are nearly the same"
    assert abs(v["da1"][0, 1]) > abs(v["da1"][0, 0]), "the larger weight brings the larger share"
    assert isclose(v["da1"][0, 0], v["delta2"][0, 0] * v["W2"][0, 0])
    assert isclose(v["delta2"][0, 0], v["da2"][0, 0] * v["a2"][0, 0] * (1 - v["a2"][0, 0]))
    assert isclose(v["dW2"][0, 0], v["delta2"][0, 0] * v["a1"][0, 0])
    assert v["dW2"][0, 0] < 0 < v["W2_new"][0, 0] - v["W2"][0, 0]
    for name in ("W1", "b1", "W2", "b2"):
        moved = np.asarray(v[f"{name}_new"]) - v[name]
        assert ((moved == 0) | (np.sign(moved) == -np.sign(v[f"d{name}"]))).all(), "each against its own gradient"
    assert np.asarray(v["dW1"]).any()


@pytest.mark.parametrize("at", [0, 6])
def test_without_a_bend_between_lines_nothing_beats_perhaps(at):
    assert isclose(loss("why-hidden-layers", at, 1999), LN2, abs_tol=1e-3)
    assert isclose(loss("why-hidden-layers", at, 1000), loss("why-hidden-layers", at, 1999), abs_tol=1e-2)
    outputs = np.asarray(values("why-hidden-layers", at, 1999)["a2" if at else "a1"])
    assert np.abs(outputs - 0.5).max() < 0.01, "it says perhaps to everything"


def test_two_hidden_units_become_neither_and_both():
    v = values("why-hidden-layers", 3, 1999)
    assert np.asarray(v["a0"]).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    neither, both = np.asarray(v["a1"]).T
    assert neither[0] > 0.9 > -0.9 > neither[1:].max()
    assert both[3] > 0.9 > -0.85 > both[:3].max()
    assert (np.asarray(v["a2"])[:, 0] > 0.5).tolist() == [False, True, True, False]
    straight = values("why-hidden-layers", 6)
    assert [v[name].shape for name in ("W1", "W2")] == [straight[name].shape for name in ("W1", "W2")]


def test_error_vanishes_through_sigmoids_and_gets_through_tanh():
    v = values("vanishing-gradients", 0)
    assert np.abs(v["W1"]).max() <= 1
    size = [np.abs(np.asarray(v[f"delta{layer}"])[1]).max() for layer in range(1, 6)]
    assert size == sorted(size), "smaller at every layer on the way back"
    assert np.abs(v["dW5"]).mean() / np.abs(v["dW1"]).mean() > 100, "hundreds of times more slowly"
    assert isclose(loss("vanishing-gradients", 2, 999), LN2, abs_tol=1e-2)
    assert loss("vanishing-gradients", 4, 300) < 0.05 > 10 * loss("vanishing-gradients", 4, 999)


def test_zeros_never_move_and_equal_weights_stay_alike():
    v = values("vanishing-gradients", 5, 999)
    for layer in range(1, 6):
        assert not np.asarray(v[f"W{layer}"]).any()
    v = values("vanishing-gradients", 6, 999)
    for layer in range(1, 5):
        assert np.ptp(v[f"W{layer}"], axis=0).max() == 0, "three units that do the work of one"
    assert np.ptp(values("vanishing-gradients", 6)["da4"][1]) == 0


def rated(rate: float) -> engine.Run:
    spec = lesson("learning-rate")["steps"][0]["set"]["spec"]
    return engine.open_run(
        engine.ExperimentSpec.from_json({**spec, "optimizer": {"kind": "sgd", "learning_rate": rate}})
    )


def losses(rate: float, count: int) -> list[float]:
    return [float(rated(rate).trace(step).values["loss"]) for step in range(count)]


def weights(rate: float, count: int) -> list[float]:
    return [float(rated(rate).trace(step).values["W1"][0, 0]) for step in range(count)]


def test_below_the_limit_it_arrives_above_it_it_flies_off():
    assert losses(0.05, 5) == sorted(losses(0.05, 5), reverse=True)
    assert 0.45 < weights(0.05, 2)[1] / 2 < 0.5, "nearly half the way to 2"
    zigzag = weights(0.2, 6)
    assert all((one - 2) * (other - 2) < 0 for one, other in pairwise(zigzag)), "to and fro"
    assert losses(0.2, 6) == sorted(losses(0.2, 6), reverse=True), "every jump ends a little lower"
    gradient = float(rated(0.1).trace(0).values["dW1"][0, 0])
    assert isclose(2 / (-gradient / 2), 0.2143, abs_tol=5e-5), "the limit, twice the best of all"
    assert losses(0.2142, 3)[2] < losses(0.2142, 3)[0]
    assert losses(0.2144, 3)[2] > losses(0.2144, 3)[0]
    assert losses(0.22, 1000)[999] > 1e6
    assert np.isnan(losses(0.5, 1000)[999])
    assert isclose(2 / -gradient, 0.107, abs_tol=5e-4)
    assert isclose(weights(2 / -gradient, 2)[1], 2), "it lands on 2 in a single step"
