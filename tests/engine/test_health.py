"""Slopes of activations: what they are, which functions let units die, and which flatten."""

from __future__ import annotations

import numpy as np
import pytest

from engine import health
from tests.engine.helpers import SPECS, assert_close, cases, dense, fresh_run, small


@pytest.mark.parametrize("document", **cases(SPECS))
def test_slopes_are_the_derivative_of_the_activation_by_differences(document):
    run = fresh_run(document)
    trace = run.trace(2)
    for slope in health.slopes(run.program):
        call = run.program.written[slope.name]
        op, z = run.program.ops[call.op], trace.values[call.bind["z"]]
        h = 1e-6
        differences = (op(z=z + h) - op(z=z - h)) / (2 * h)
        assert_close(slope.name, slope.of(trace.values), differences, 1e-8, floor=1.0)


def test_only_layers_whose_slope_is_used_on_the_way_back_have_one():
    run = fresh_run({**SPECS["softmax and cross-entropy in mini-batches"]})
    assert [slope.name for slope in health.slopes(run.program)] == ["a1", "a2"]


@pytest.mark.parametrize(
    ("activation", "dies"), [("relu", True), ("sigmoid", False), ("tanh", False), ("identity", False)]
)
def test_units_die_where_the_function_is_exactly_flat_on_the_left(activation, dies):
    run = fresh_run({"data": small(2, 1), "layers": [dense(3, activation), dense(1)]})
    assert health.slopes(run.program)[0].dies == dies


@pytest.mark.parametrize(
    ("activation", "flat"), [("relu", None), ("identity", None), ("tanh", 0.05), ("sigmoid", 0.0125)]
)
def test_the_threshold_of_saturation_is_a_share_of_the_steepest_slope(activation, flat):
    run = fresh_run({"data": small(2, 1), "layers": [dense(3, activation), dense(1)]})
    found = health.slopes(run.program)[0].flat
    assert found == (None if flat is None else pytest.approx(flat, rel=1e-3))


def test_a_unit_is_dead_if_no_example_gives_it_a_slope():
    assert health.dead(np.array([[0.0, 1.0, 0.0], [0.0, 0.0, -0.0]])).tolist() == [True, False, True]
