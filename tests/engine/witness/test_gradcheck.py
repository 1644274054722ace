"""The gradient check: it passes what is right, and it is itself able to fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import AddressError, Cancelled
from engine.layers import AFFINE
from engine.program import compile_program, compiled
from engine.rules.ops import gradient_of
from engine.witness.gradcheck import ENTRIES_PER_ARRAY, RELATIVE_TOLERANCE, difference, differentiated
from tests.engine.helpers import (
    SPECS,
    assert_same_bits,
    assert_same_trace,
    cases,
    dense,
    fresh_run,
    indices,
    make_spec,
    registry_specs,
    small,
)


def shown(check):
    """A check in one line per array, for a failure to print."""
    return "\n".join(f"{a.name}: {a.relative_error:.3g}, worst {a.worst}, {a.kinks} kinks" for a in check.arrays)


@pytest.mark.parametrize("document", **cases(SPECS | registry_specs()))
def test_the_gradients_of_every_step_pass(document):
    run = fresh_run(document)
    for step in sorted({0, 1 % run.steps, run.steps // 2, run.steps - 1}):
        check = run.check(step)
        assert check.passed, f"step {step}\n{shown(check)}"
        assert check.step == step
        there = {gradient_of(name) for name in run.program.parameters if gradient_of(name) in run.program.values}
        assert {array.name for array in check.arrays} == there
        missing = {gradient_of(name) for name in run.program.parameters} - there
        assert missing <= {"dalpha2"}, "a loss that reads z passes the last activation by, and nothing else"
        assert [array.parameter for array in check.arrays] == [array.name[1:] for array in check.arrays]
        errors = [array.relative_error for array in check.arrays]
        assert errors == sorted(errors, reverse=True), "worst is not first"
        for array in check.arrays:
            assert array.size == array.checked == run.trace(step).values[array.parameter].size
            assert array.passed


def test_the_worst_entry_is_the_one_that_disagrees_most():
    run = fresh_run({})
    gradient = run.trace(7).values["dW1"]
    (found,) = (array for array in run.check(7).arrays if array.name == "dW1")
    apart = {}
    for index in indices(gradient.shape):
        with run.trajectory.lock:
            apart[index] = difference(run.trajectory, 7, "dW1", index).error
    assert found.worst.index == max(apart, key=apart.get)
    assert found.worst.backprop == gradient[found.worst.index]
    assert found.worst.error == pytest.approx(abs(found.worst.backprop - found.worst.difference))


def test_every_entry_that_was_checked_is_told_with_both_numbers():
    run = fresh_run({})
    trace = run.trace(7)
    for array in run.check(7).arrays:
        gradient = trace.values[array.name].reshape(-1)
        assert array.places == tuple(range(gradient.size))
        assert array.backprop == tuple(gradient.tolist())
        apart = np.abs(np.array(array.backprop) - np.array(array.differences))
        assert apart.max() == pytest.approx(array.worst.error)


@pytest.mark.parametrize("document", **cases(SPECS))
def test_every_derivative_of_a_step_agrees_with_its_difference(document):
    document = document or {"data": small(2, 1, 5)}
    run = fresh_run(document)
    found = run.trace(0)
    for call in found.frames:
        for index in indices(found.values[call.writes].shape):
            with run.trajectory.lock:
                beside = difference(run.trajectory, 0, call.writes, index)
            if call.phase == "backward":
                claimed = found.cell(call.writes, index)
                assert beside.passed, f"{call.writes}{index} is {claimed!r}, differences {beside}"
                assert beside.value == pytest.approx(claimed, rel=1e-6, abs=1e-9) or beside.kink
            else:
                assert beside is None, f"{call.writes} is no derivative of the loss"


def test_what_a_derivative_is_taken_by_is_told_by_its_name():
    program = compile_program(make_spec({}))
    found = {name: differentiated(program, name) for name in program.values}
    assert {name: of for name, of in found.items() if of} == {
        "delta1": "z1",
        "delta2": "z2",
        "da1": "a1",
        "da2": "a2",
        "dW1": "W1",
        "dW2": "W2",
        "db1": "b1",
        "db2": "b2",
    }
    assert differentiated(program, "nothing") is None


@pytest.mark.parametrize("document", **cases(SPECS))
def test_a_check_leaves_everything_as_it_was(document):
    run, untouched = fresh_run(document), fresh_run(document)
    step = min(5, run.steps - 1)
    before = run.trace(step)
    run.check(step)
    with run.trajectory.lock:
        difference(run.trajectory, step, "delta1", (0, 0))
        difference(run.trajectory, step, "dW1", (0, 0))
    assert_same_trace("after the check", run.trace(step), before)
    assert_same_bits("the next state", run.state_at(step + 1), untouched.state_at(step + 1))


@pytest.mark.parametrize("address", [(0,), (0, 2), (4, 0), (-1, 0), (0, 0, 0), ()], ids=str)
def test_an_index_that_does_not_fit_is_refused(address):
    run = fresh_run({})
    with run.trajectory.lock, pytest.raises(AddressError, match="dW1"):
        difference(run.trajectory, 0, "dW1", address)


def off_by(factor, entry=None):
    """The gradient of a weight, wrong by a factor, in all its entries or in one."""

    right = AFFINE.derivatives["W"]

    def kernel(do, out, **operands):
        right.kernel(do, out, **operands)
        part = out if entry is None else out[entry : entry + 1, :1]
        do(np.multiply, part, np.array(factor), part)

    return replace(right, kernel=kernel)


@pytest.mark.parametrize("entry", [None, 0, 1], ids=["every entry", "the first entry", "another entry"])
@pytest.mark.parametrize("factor", [1.001, 0.999, -1.0, 0.0])
@pytest.mark.parametrize("activation", ["tanh", "relu", "softmax"])
def test_the_check_rejects_a_gradient_that_is_wrong_by_a_thousandth(monkeypatch, activation, factor, entry):
    document = {"data": small(2, 2, 6), "layers": [dense(3, activation), dense(2)], "seed": 1}
    right = fresh_run(document)
    assert right.trace(3).values["dW1"].all(), "a unit is dead, so nothing can be wrong with its gradient"
    assert right.check(3).passed
    compiled.cache_clear()
    monkeypatch.setitem(AFFINE.derivatives, "W", off_by(factor, entry))
    try:
        check = fresh_run(document).check(3)
    finally:
        compiled.cache_clear()
    wrong = {array.name for array in check.arrays if not array.passed}
    assert wrong == {"dW1", "dW2"}, shown(check)
    assert not check.passed
    assert check.arrays[0].relative_error > RELATIVE_TOLERANCE


@pytest.mark.parametrize("seed", range(5))
def test_a_network_of_relus_passes_at_every_step(seed):
    layers = [dense(16, "relu"), dense(16, "relu"), dense(1)]
    run = fresh_run({"layers": layers, "optimizer": {"kind": "sgd", "learning_rate": 0.1}, "seed": seed})
    for step in range(0, 1000, 100):
        check = run.check(step)
        assert check.passed, f"step {step}\n{shown(check)}"


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3, 1e5], ids=lambda scale: f"inputs near {scale:g}")
@pytest.mark.parametrize("activation", ["identity", "sigmoid", "tanh", "relu", "softmax"])
def test_inputs_that_nobody_scaled_pass_too(activation, scale):
    draw = np.random.default_rng(0)
    x, y = draw.normal(size=(5, 2)) * scale, draw.random((5, 2))
    run = fresh_run(
        {
            "data": {"kind": "inline", "x": x.tolist(), "y": y.tolist()},
            "layers": [dense(3, activation), dense(2)],
            "initializer": {"kind": "uniform", "low": -1 / max(scale, 1), "high": 1 / max(scale, 1)},
        }
    )
    check = run.check(0)
    assert check.passed, shown(check)


def test_on_a_kink_any_slope_between_the_two_sides_passes():
    """relu at z = 0 exactly: from the left the loss is flat, from the right it has slope 2(a − y) = −2."""
    run = fresh_run(
        {
            "data": {"kind": "inline", "x": [[1.0]], "y": [[1.0]]},
            "layers": [dense(1, "relu")],
            "parameters": {"W1": [[0.0]], "b1": [0.0]},
        }
    )
    check = run.check(0)
    assert check.passed, shown(check)
    for array in check.arrays:
        assert array.kinks == 1
        assert array.worst.backprop == 0.0
    with run.trajectory.lock:
        beside = difference(run.trajectory, 0, "delta1", (0, 0))
    assert beside.kink
    assert beside.passed
    assert beside.value == pytest.approx(-1.0, abs=1e-3)


def test_on_a_kink_a_slope_beyond_both_sides_fails(monkeypatch):
    compiled.cache_clear()
    wrong = replace(AFFINE.derivatives["W"], kernel=lambda do, out, delta, a: do(np.copyto, out, np.array(0.5)))
    monkeypatch.setitem(AFFINE.derivatives, "W", wrong)
    try:
        check = fresh_run(
            {
                "data": {"kind": "inline", "x": [[1.0]], "y": [[1.0]]},
                "layers": [dense(1, "relu")],
                "parameters": {"W1": [[0.0]], "b1": [0.0]},
            }
        ).check(0)
    finally:
        compiled.cache_clear()
    assert {array.name: array.passed for array in check.arrays} == {"dW1": False, "db1": True}, shown(check)


def test_large_arrays_are_checked_at_places_spread_over_all_of_them():
    run = fresh_run({"data": small(40, 1, 3), "layers": [dense(20, "tanh"), dense(1)]})
    check = run.check(0)
    assert check.passed, shown(check)
    sizes = {array.name: (array.size, array.checked) for array in check.arrays}
    assert sizes == {"dW1": (800, ENTRIES_PER_ARRAY), "db1": (20, 20), "dW2": (20, 20), "db2": (1, 1)}


def test_frozen_parameters_are_checked_as_well():
    run = fresh_run(SPECS["all frozen"])
    assert {array.parameter for array in run.check(0).arrays} == {"W1", "b1", "W2", "b2"}


def test_a_gradient_that_is_zero_everywhere_passes():
    run = fresh_run({"initializer": {"kind": "zeros"}})
    check = run.check(0)
    assert check.passed, shown(check)
    (hidden,) = (array for array in check.arrays if array.name == "dW1")
    assert hidden.relative_error <= 1e-3
    assert hidden.worst.backprop == 0.0


def test_a_diverged_step_is_reported_as_such():
    run = fresh_run({"layers": [dense(3, "relu"), dense(1)], "optimizer": {"kind": "sgd", "learning_rate": 1e300}})
    check = run.check(20)
    assert not check.passed
    for array in check.arrays:
        assert np.isnan(array.relative_error), f"{array.name} failed with an error of {array.relative_error}"
    with run.trajectory.lock:
        assert difference(run.trajectory, 20, "dW1", (0, 0)) is None


def test_a_cancelled_check_leaves_everything_as_it_was():
    run, untouched = fresh_run({}), fresh_run({})
    looks = iter(range(3))
    with pytest.raises(Cancelled):
        run.check(0, lambda: next(looks, None) is None)
    assert_same_trace("step 0", run.trace(0), untouched.trace(0))


STEPS_OF_ITS_OWN = {
    "data": small(2, 1, 5),
    "layers": [
        dense(3, "tanh"),
        {"units": 3, "activation": {"kind": "step", "surrogate": "straight_through"}},
        dense(1, "tanh"),
    ],
}


def test_where_a_surrogate_stands_in_there_is_nothing_to_compare_and_the_check_says_so():
    run = fresh_run(STEPS_OF_ITS_OWN)
    check = run.check(0)
    assert check.passed
    assert {array.name for array in check.arrays} == {"dW3", "db3"}
    assert check.stand_ins == ("dW1", "db1", "dW2", "db2")
    trace = run.trace(0)
    assert np.abs(trace.values["dW1"]).max() > 0, "the surrogate lets an error through"
    for name, index in (("delta2", (0, 1)), ("da1", (0, 0)), ("dW1", (0, 0))):
        assert run.explain(0, name, index).difference is None
        assert run.explain(0, name, index).rule.passed
    assert run.explain(0, "da2", (0, 1)).difference.passed


def test_the_step_as_it_is_needs_no_surrogate_and_lets_nothing_through():
    run = fresh_run(STEPS_OF_ITS_OWN | {"layers": [dense(3, "tanh"), dense(3, "step"), dense(1, "tanh")]})
    check = run.check(0)
    assert check.passed
    assert not check.stand_ins
    assert not run.trace(0).values["dW1"].any()
