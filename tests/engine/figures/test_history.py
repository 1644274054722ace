"""History: every figure beside the same figure worked out from traces, whatever the windows and the order."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Cancelled
from engine.figures import history
from engine.figures.history import LEVELS, PARTS, norm, quantiles
from engine.rules.ops import gradient_of
from tests.engine.helpers import SPECS, assert_close, cases, dense, fresh_run, small

RICH = {
    "dropout, penalty, memory and edits": {
        "data": small(2, 1, 9),
        "layers": [dense(4, "relu", dropout=0.5), dense(1)],
        "optimizer": {"kind": "adam", "learning_rate": 0.05},
        "penalty": {"l1": 0.01, "l2": 0.02},
        "edits": [
            {"step": 10, "set": {"W1[0,0]": 5.0, "x[3,0]": 1.5, "y[3,0]": 0}},
            {"step": 20, "learning_rate": 0.1},
        ],
        "epochs": 60,
    },
    "an edit in the middle of an epoch": {
        "data": small(2, 1, 9),
        "layers": [dense(4, "tanh"), dense(1)],
        "optimizer": {"kind": "momentum", "learning_rate": 0.2},
        "batch_size": 4,
        "edits": [{"step": 7, "set": {"b1[2]": -3.0, "x[8,1]": 4.0}}],
        "epochs": 20,
    },
}
every_spec = pytest.mark.parametrize("document", **cases({**SPECS, **RICH}))

DEEP = {
    "data": small(2, 1, 9),
    "layers": [dense(6, "relu"), dense(5, "tanh"), dense(4, "sigmoid"), dense(1)],
    "optimizer": {"kind": "sgd", "learning_rate": 0.5},
    "initializer": {"kind": "uniform", "low": -4, "high": 4},
    "seed": 3,
}


def some_steps(run):
    return sorted({0, 1, 2, 9, 10, run.steps // 3, run.steps - 1})


@every_spec
def test_norms_quantiles_and_ratios_are_those_of_the_traces(document):
    run = fresh_run(document)
    steps = some_steps(run)
    found = run.history(steps, include=PARTS)
    traces = [run.trace(step) for step in steps]
    measured = [
        name for name in run.program.written if run.program.values[name].quantity.key in ("z", "a", "delta", "dW")
    ]
    assert list(found.norms) == list(found.quantiles) == measured
    for name in measured:
        arrays = [trace.values[name] for trace in traces]
        assert_close(f"norm of {name}", found.norms[name], [np.linalg.norm(array) for array in arrays], 1e-14)
        wanted = [np.quantile(array, LEVELS) for array in arrays]
        assert_close(f"quantiles of {name}", found.quantiles[name], wanted, 1e-14)
    assert list(found.ratios) == list(run.program.updates)
    for name, new in run.program.updates.items():
        changes = [trace.values[new] - trace.values[name] for trace in traces]
        for k, (change, trace) in enumerate(zip(changes, traces, strict=True)):
            size = np.linalg.norm(trace.values[name])
            wanted = np.linalg.norm(change) / size if size else np.inf
            assert_close(f"ratio of {name}", found.ratios[name][k], wanted, 1e-12)


@every_spec
def test_the_training_figures_are_the_metrics_of_each_step(document):
    run = fresh_run(document)
    steps = some_steps(run)
    found = run.history(steps, include=("train",)).train
    wanted = [run.metrics(step)["train"] for step in steps]
    assert found.loss.tolist() == [metrics.loss for metrics in wanted]
    for figure in ("accuracy", "r2"):
        column, single = getattr(found, figure), [getattr(metrics, figure) for metrics in wanted]
        assert (column is None) == (single[0] is None), figure
        if column is not None:
            assert column.tolist() == single, figure


def test_in_full_batches_the_training_loss_is_the_loss_of_the_step():
    found = fresh_run({}).history((0, 10, 999), include=("loss", "train"))
    assert found.train.loss.tolist() == found.loss.tolist()


def test_dead_and_saturated_units_are_counted_over_all_training_examples():
    for batch_size in (None, 4):
        run = fresh_run({**DEEP, "batch_size": batch_size, "epochs": 60})
        steps = some_steps(run)
        found = run.history(steps, include=("dead", "saturated"))
        assert list(found.dead) == ["a1"]
        assert list(found.saturated) == ["a2", "a3"]
        for k, step in enumerate(steps):
            parameters, a = run.state_at(step), run.trajectory.x
            z1 = a @ parameters["W1"].T + parameters["b1"]
            z2 = np.maximum(z1, 0) @ parameters["W2"].T + parameters["b2"]
            z3 = np.tanh(z2) @ parameters["W3"].T + parameters["b3"]
            assert found.dead["a1"][k] == np.mean([(z1[:, j] <= 0).all() for j in range(6)])
            assert found.saturated["a2"][k] == np.mean(np.abs(z2) >= 2.179)
            assert found.saturated["a3"][k] == np.mean(np.abs(z3) >= 4.357)
        assert found.dead["a1"].max() > 0
        assert found.saturated["a2"].max() > 0


def test_the_penalty_stands_beside_the_loss_and_is_that_of_the_trace():
    run = fresh_run(RICH["dropout, penalty, memory and edits"])
    steps = some_steps(run)
    assert run.history(steps).penalty.tolist() == [float(run.trace(step).values["penalty"]) for step in steps]
    assert fresh_run({}).history((0,)).penalty is None


def test_only_what_is_asked_for_is_there():
    run = fresh_run(DEEP)
    nothing = run.history((0, 1), include=())
    assert nothing.steps == (0, 1)
    assert (nothing.loss.size, nothing.train, nothing.test, nothing.penalty) == (0, None, None, None)
    assert not any((nothing.norms, nothing.quantiles, nothing.ratios, nothing.dead, nothing.saturated))
    for part in ("norms", "quantiles", "ratios", "dead", "saturated", "train"):
        found = run.history((0, 1), include=(part,))
        there = {other for other in PARTS if other not in ("loss", "penalty") and getattr(found, other)}
        assert there == {part}


def test_without_test_examples_there_are_no_test_figures():
    assert fresh_run({}).history((0,), include=("test",)).test is None


@pytest.mark.parametrize("window", [1, 700, 10**6])
def test_windows_of_any_size_give_the_same_bits(window, monkeypatch):
    run, alone = fresh_run({**DEEP, "batch_size": 4, "epochs": 20}), fresh_run({**DEEP, "batch_size": 4, "epochs": 20})
    steps = range(0, 60, 3)
    singles = [alone.history((step,), include=PARTS) for step in reversed(steps)][::-1]
    monkeypatch.setattr(history, "WINDOW_NUMBERS", window)
    found = run.history(steps, include=PARTS)
    for part in ("norms", "quantiles", "ratios", "dead", "saturated"):
        for name, column in getattr(found, part).items():
            wanted = np.concatenate([getattr(single, part)[name] for single in singles])
            assert column.tobytes() == wanted.tobytes(), f"{part} of {name}"


def test_the_history_leaves_the_run_as_it_was():
    run, untouched = fresh_run(DEEP), fresh_run(DEEP)
    run.history(range(0, 50, 7), include=PARTS)
    for name, array in run.trace(30).values.items():
        assert array.tobytes() == untouched.trace(30).values[name].tobytes(), name


def test_a_diverged_run_has_a_history_like_any_other():
    run = fresh_run({"layers": [dense(1)], "optimizer": {"kind": "sgd", "learning_rate": 30.0}})
    found = run.history((0, 78, 300, 999), include=PARTS)
    assert np.isfinite(found.loss[0])
    assert found.loss[1] == np.inf
    assert np.isnan(found.loss[3])
    assert np.isfinite(found.norms["z1"][1]), "the norm of numbers whose squares overflow"
    assert np.isnan(found.quantiles["z1"][3]).all()
    assert np.isnan(found.train.loss[3])


@pytest.mark.parametrize("steps", [(0, 900), range(500)], ids=["far apart", "every one"])
def test_a_history_can_be_cancelled(steps):
    asked = []
    with pytest.raises(Cancelled):
        fresh_run({}).history(steps, lambda: asked.append(1) or len(asked) > 2, PARTS)


def test_norms_neither_overflow_nor_vanish_on_the_way():
    rows = np.array([[3e200, 4e200], [3e-200, 4e-200], [0.0, 0.0], [np.inf, 1.0], [np.nan, np.inf]])
    found = norm(rows)
    assert_close("norms", found[:3], [5e200, 5e-200, 0.0], 1e-15)
    assert found[3] == np.inf
    assert np.isnan(found[4])


def test_quantiles_of_one_number_and_of_infinities():
    assert quantiles(np.array([[7.0]])).tolist() == [[7.0] * 7]
    found = quantiles(np.array([[-np.inf, 0.0, np.inf, np.inf], [1.0, np.nan, 2.0, 3.0]]))
    assert found[0, 0] == -np.inf
    assert found[0, -1] == np.inf
    assert not np.isnan(found[0, 1:]).any()
    assert np.isnan(found[1]).all()


def test_gradients_and_error_terms_are_among_what_is_measured():
    run = fresh_run({})
    assert {gradient_of("z1"), gradient_of("W2")} <= set(run.history((0,)).norms)
