"""The batch of a step once more, with new parameters: the real change of the loss beside the one foretold."""

from __future__ import annotations

import numpy as np
import pytest

import engine
from engine.spec import ExperimentSpec

PLAIN = {
    "data": {"kind": "uniform", "examples": 12, "inputs": 3, "outputs": 2},
    "layers": [{"units": 4, "activation": "tanh"}, {"units": 2, "activation": "sigmoid"}],
    "optimizer": {"kind": "sgd", "learning_rate": 0.1},
    "epochs": 6,
}
RUNS = {
    "full batch": PLAIN,
    "mini-batches, the last one smaller": {**PLAIN, "batch_size": 5},
    "momentum": {**PLAIN, "optimizer": {"kind": "momentum", "learning_rate": 0.05}},
    "Adam with a penalty and clipping": {
        **PLAIN,
        "optimizer": {"kind": "adam", "learning_rate": 0.01},
        "penalty": {"l1": 0.01, "l2": 0.1},
        "clip": {"norm": 0.5, "value": None},
    },
    "dropout": {**PLAIN, "layers": [{"units": 4, "activation": "tanh", "dropout": 0.5}, {"units": 2}]},
    "a frozen layer": {
        **PLAIN,
        "layers": [{"units": 4, "activation": "tanh", "frozen": ["W", "b"]}, {"units": 2, "activation": "sigmoid"}],
    },
}


def opened(spec):
    return engine.open_run(ExperimentSpec.from_json(spec))


@pytest.mark.parametrize("spec", RUNS.values(), ids=RUNS)
def test_all_is_left_as_it_was(spec):
    run, untouched = opened(spec), opened({**spec, "seed": 0})
    for step in (1, 3):
        before = {name: run.trace(step).values[name].copy() for name in run.program.values}
        run.aftermath(step)
        after = run.trace(step)
        for name, array in before.items():
            assert np.array_equal(array, after.values[name], equal_nan=True), name
    assert run.trace(4).loss == untouched.trace(4).loss


@pytest.mark.parametrize(
    "spec", [spec for name, spec in RUNS.items() if name != "dropout"], ids=[n for n in RUNS if n != "dropout"]
)
def test_the_values_are_those_of_a_step_that_begins_with_the_new_parameters(spec):
    run = opened(spec)
    for step in (0, 2):
        found, trace = run.aftermath(step), run.trace(step)
        given = {name: trace.values.get(f"{name}_new", trace.values[name]) for name in run.program.parameters}
        again = engine.open_run(
            ExperimentSpec.from_json(
                {
                    **spec,
                    "data": {
                        "kind": "inline",
                        "x": trace.values["a0"].tolist(),
                        "y": trace.values["y"].tolist(),
                    },
                    "parameters": {name: array.tolist() for name, array in given.items()},
                    "batch_size": None,
                }
            )
        ).trace(0)
        assert found.rows.tolist() == list(trace.batch)
        for name, array in found.values.items():
            np.testing.assert_allclose(array, again.values[name], rtol=1e-12, atol=1e-15, err_msg=name)
        assert found.loss == (trace.loss, float(found.values["loss"]))
        with pytest.raises(ValueError, match="read-only"):
            found.values["loss"][...] = 0


def test_with_dropout_the_same_units_are_left_out():
    run = opened(RUNS["dropout"])
    found, trace = run.aftermath(2), run.trace(2)
    assert np.array_equal(found.values["h1"] == 0, trace.values["h1"] == 0)
    assert (trace.values["h1"] == 0).any()


def test_plain_gradient_descent_is_foretold_as_minus_the_rate_times_the_squared_gradient():
    run = opened(PLAIN)
    trace, found = run.trace(3), run.aftermath(3)
    squares = {name: float((trace.values[f"d{name}"] ** 2).sum()) for name in run.program.parameters}
    assert found.predicted == pytest.approx(-0.1 * sum(squares.values()), rel=1e-12)
    assert found.shares == pytest.approx({name: -0.1 * square for name, square in squares.items()}, rel=1e-12)
    assert found.penalty is None
    assert found.change == found.loss[1] - found.loss[0]


@pytest.mark.parametrize("spec", RUNS.values(), ids=RUNS)
def test_a_small_update_does_what_is_foretold(spec):
    optimizer = {**spec["optimizer"], "learning_rate": 1e-6}
    found = opened({**spec, "optimizer": optimizer}).aftermath(2)
    assert found.change == pytest.approx(found.predicted, rel=2e-3)
    assert found.predicted < 0


def test_in_a_step_of_an_edited_run_the_edit_is_in_force():
    edited = opened({**PLAIN, "edits": [{"step": 2, "set": {"W1[0,0]": 0.9}}]})
    assert edited.aftermath(1).loss == opened(PLAIN).aftermath(1).loss
    assert edited.aftermath(2).loss != opened(PLAIN).aftermath(2).loss
    assert edited.aftermath(2).loss[0] == edited.trace(2).loss


def test_what_diverges_is_not_an_error():
    wild = opened(
        {**PLAIN, "layers": [{"units": 3}, {"units": 2}], "optimizer": {"kind": "sgd", "learning_rate": 1e300}}
    )
    found = wild.aftermath(1)
    assert not np.isfinite(found.change)
    with pytest.raises(engine.StepError):
        wild.aftermath(wild.steps)
