"""The update phase: every optimizer against its textbook loop, schedules, penalties, clipping, and their order."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, sqrt

import numpy as np
import pytest

from engine import SpecError
from engine.examples import EXAMPLES
from engine.optimizers import OPTIMIZERS
from engine.optimizers.schedules import SCHEDULES
from engine.program import compiled
from tests.engine.helpers import assert_close, cases, check_rule, dense, fresh_run, make_spec, operands_for, small

# One step of every optimizer for one number: (parameter, gradient, memory, t) gives the new parameter.


def _sgd(p, g, s, t, lr):
    return p - lr * g


def _momentum(p, g, s, t, lr):
    s["v"] = 0.9 * s.get("v", 0.0) + g
    return p - lr * s["v"]


def _nesterov(p, g, s, t, lr):
    s["v"] = 0.9 * s.get("v", 0.0) + g
    return p - lr * (g + 0.9 * s["v"])


def _adagrad(p, g, s, t, lr):
    s["v"] = s.get("v", 0.0) + g * g
    return p - lr * g / (np.sqrt(s["v"]) + 1e-10)


def _rmsprop(p, g, s, t, lr):
    s["v"] = 0.99 * s.get("v", 0.0) + 0.01 * g * g
    return p - lr * g / (np.sqrt(s["v"]) + 1e-8)


def _adadelta(p, g, s, t, lr):
    s["v"] = 0.9 * s.get("v", 0.0) + 0.1 * g * g
    move = np.sqrt(s.get("u", 0.0) + 1e-6) / np.sqrt(s["v"] + 1e-6) * g
    s["u"] = 0.9 * s.get("u", 0.0) + 0.1 * move * move
    return p - lr * move


def _moments(g, s, t):
    s["m"] = 0.9 * s.get("m", 0.0) + 0.1 * g
    s["v"] = 0.999 * s.get("v", 0.0) + 0.001 * g * g
    return s["m"] / (1 - 0.9**t), np.sqrt(s["v"] / (1 - 0.999**t)) + 1e-8


def _adam(p, g, s, t, lr):
    top, bottom = _moments(g, s, t)
    return p - lr * top / bottom


def _adamw(p, g, s, t, lr):
    top, bottom = _moments(g, s, t)
    return p - lr * 0.01 * p - lr * top / bottom


def _nadam(p, g, s, t, lr):
    _, bottom = _moments(g, s, t)
    mu, ahead = (0.9 * (1 - 0.5 * 0.96 ** (k * 0.004)) for k in (t, t + 1))
    s["product"] = s.get("product", 1.0) * mu
    top = (1 - mu) * g / (1 - s["product"]) + ahead * s["m"] / (1 - s["product"] * ahead)
    return p - lr * top / bottom


def _lion(p, g, s, t, lr):
    m = s.get("m", 0.0)
    s["m"] = 0.99 * m + 0.01 * g
    return p - lr * np.sign(0.9 * m + 0.1 * g)


REFERENCE = {name: globals()[f"_{name}"] for name in OPTIMIZERS}
NETWORK = {"data": small(2, 1, 5), "layers": [dense(3, "tanh"), dense(1, "sigmoid")], "epochs": 60}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_is_its_textbook_loop(name):
    run = fresh_run({**NETWORK, "optimizer": {"kind": name}})
    memory = {parameter: {} for parameter in run.program.parameters}
    rate = run.spec.optimizer.values["learning_rate"]
    expected = run.state_at(0)
    for step in range(40):
        found = run.trace(step)
        for parameter in run.program.parameters:
            gradient = found.values[f"d{parameter}"]
            expected[parameter] = REFERENCE[name](expected[parameter], gradient, memory[parameter], step + 1, rate)
            assert_close(
                f"{name}, step {step}, {parameter}", found.values[f"{parameter}_new"], expected[parameter], 1e-11
            )


# Classic mistakes, put in on purpose: the comparison above has to notice each one


def _late_t(do, out, v_new, beta2, t):
    present, before = do.scratch(()), do.scratch(())
    do(np.add, t, do.constant(1.0), before)
    do(np.power, beta2, before, present)
    do(np.subtract, do.constant(1.0), present, present)
    do(np.divide, v_new, present, out)


def _uncorrected(do, out, m_new, beta1, t):
    do(np.copyto, out, m_new)


def _epsilon_inside(do, out, parameter, mhat, vhat, learning_rate, epsilon):
    bottom = do.scratch(parameter.shape)
    do(np.add, vhat, epsilon, bottom)
    do(np.sqrt, bottom, bottom)
    do(np.divide, mhat, bottom, bottom)
    do(np.multiply, bottom, learning_rate, bottom)
    do(np.subtract, parameter, bottom, out)


def _uphill(do, out, parameter, gradient, learning_rate):
    change = do.scratch(parameter.shape)
    do(np.multiply, gradient, learning_rate, change)
    do(np.add, parameter, change, out)


def _old_velocity(do, out, v, gradient, momentum):
    do(np.add, v, gradient, out)


FAULTS = {
    "Adam's t is one too late": ("adam", "vhat", _late_t),
    "Adam without bias correction": ("adam", "mhat", _uncorrected),
    "Adam's epsilon inside the root": ("adam", "new", _epsilon_inside),
    "uphill instead of down": ("sgd", "new", _uphill),
    "a velocity that never fades": ("momentum", "v_new", _old_velocity),
}


@pytest.mark.parametrize(("name", "writes", "kernel"), **cases(FAULTS))
def test_a_mistake_in_an_optimizer_is_noticed(name, writes, kernel, monkeypatch):
    updates = OPTIMIZERS[name].updates
    for key in [key for key in updates if key[0] == writes]:
        monkeypatch.setitem(updates, key, replace(updates[key], kernel=kernel))
    op = updates[writes, 1]
    compiled.cache_clear()
    try:
        with pytest.raises(AssertionError, match="norm of the difference"):
            test_every_optimizer_is_its_textbook_loop(name)
        with pytest.raises(AssertionError):
            check_rule(op, {**operands_for(op, 0), **({"t": np.array(2.0)} if "t" in op.slots else {})})
    finally:
        monkeypatch.undo()
        compiled.cache_clear()


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if OPTIMIZERS[name].memory])
def test_training_without_looking_keeps_the_same_memory_as_tracing_every_step(name):
    run = fresh_run({**NETWORK, "optimizer": {"kind": name}, "penalty": {"l2": 0.01}, "clip": {"norm": 0.1}})
    carried = {}
    for step in range(30):
        found = run.trace(step)
        for kept, new in carried.items():
            assert found.values[kept].tobytes() == new.tobytes(), f"{kept} before step {step}"
        carried = {kept: found.values[new] for kept, new in run.program.carries.items()}
    straight = fresh_run({**NETWORK, "optimizer": {"kind": name}, "penalty": {"l2": 0.01}, "clip": {"norm": 0.1}})
    last = straight.trace(30)
    for kept, new in carried.items():
        assert last.values[kept].tobytes() == new.tobytes(), kept


def test_the_first_step_of_adam_is_about_as_long_as_the_learning_rate():
    found = fresh_run({**NETWORK, "optimizer": {"kind": "adam", "learning_rate": 0.125}}).trace(0)
    for name in ("W1", "W2", "b1", "b2"):
        moved = np.abs(found.values[f"{name}_new"] - found.values[name])
        # |g|/(|g| + ε) falls short of 1 by ε/|g|.
        assert np.allclose(moved, 0.125, rtol=1e-3)


RATES = {
    "constant": ({}, lambda k: 1.0),
    "step": ({"every": 10, "factor": 0.5}, lambda k: 0.5 ** (k // 10)),
    "exponential": ({"factor": 0.9}, lambda k: 0.9**k),
    "cosine": ({"steps": 20, "low": 0.1}, lambda k: 0.1 + 0.9 * (1 + cos(pi * min(k, 20) / 20)) / 2),
    "warmup": ({"steps": 8}, lambda k: min(1.0, (k + 1) / 8)),
    "warmup_cosine": (
        {"steps": 30, "warmup": 10},
        lambda k: (k + 1) / 10 if k < 10 else (1 + cos(pi * min(k - 10, 20) / 20)) / 2,
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_gives_the_rate_of_every_step(name):
    params, rate = RATES[name]
    optimizer = {"kind": "sgd", "learning_rate": 1.0}
    run = fresh_run({**NETWORK, "optimizer": optimizer, "schedule": {"kind": name, **params}})
    for step in (*range(0, 45, 3), 44, 7):
        found = run.trace(step)
        assert float(found.values["learning_rate"]) == pytest.approx(rate(step), rel=1e-12, abs=1e-12), step
        expected = found.values["W1"] - rate(step) * found.values["dW1"]
        assert_close(f"step {step}", found.values["W1_new"], expected, 1e-11)


@pytest.mark.parametrize(
    ("kind", "name"), [("step", "every"), ("cosine", "steps"), ("warmup", "steps"), ("warmup_cosine", "steps")]
)
def test_a_schedule_longer_than_any_number_is_refused_by_name(kind, name):
    with pytest.raises(SpecError) as error:
        make_spec({"schedule": {"kind": kind, name: 10**400}})
    assert error.value.field == f"schedule.{name}"
    assert "to 1e+12" in error.value.allowed


def test_a_warm_up_as_long_as_the_schedule_is_refused():
    with pytest.raises(SpecError) as error:
        make_spec({"schedule": {"kind": "warmup_cosine", "steps": 5, "warmup": 5}})
    assert error.value.field == "schedule.warmup"


def test_penalties_are_apart_from_the_loss_and_pull_weights_and_not_biases():
    plain = fresh_run(NETWORK).trace(0).values
    found = fresh_run({**NETWORK, "penalty": {"l1": 0.25, "l2": 0.5}}).trace(0).values
    weights = [found["W1"], found["W2"]]
    assert float(found["loss"]) == float(plain["loss"])
    size = 0.25 * sum(np.abs(w).sum() for w in weights) + 0.25 * sum((w**2).sum() for w in weights)
    assert float(found["penalty"]) == pytest.approx(size, rel=1e-13)
    for name in ("W1", "W2"):
        assert found[f"d{name}"].tobytes() == plain[f"d{name}"].tobytes()
        pulled = found[f"d{name}"] + 0.25 * np.sign(found[name]) + 0.5 * found[name]
        assert_close(name, found[f"g_{name}"], pulled, 1e-13)
    assert "g_b1" not in found
    assert found["b1_new"].tobytes() == plain["b1_new"].tobytes()


def test_the_gradient_with_the_penalty_is_the_slope_of_loss_and_penalty_together():
    document = {**NETWORK, "penalty": {"l1": 0.1, "l2": 0.2}}
    start = fresh_run(document).trace(0).values

    def total(shift):
        moved = np.array(start["W1"])
        moved[1, 0] += shift
        given = {"W1": moved.tolist(), "W2": start["W2"].tolist()}
        found = fresh_run({**document, "parameters": given}).trace(0).values
        return float(found["loss"]) + float(found["penalty"])

    slope = (total(1e-6) - total(-1e-6)) / 2e-6
    assert start["g_W1"][1, 0] == pytest.approx(slope, rel=1e-7)


def test_clipping_by_value_cuts_every_gradient_off():
    found = fresh_run({**NETWORK, "clip": {"value": 0.002}}).trace(0).values
    cut = 0
    for name in ("W1", "b1", "W2", "b2"):
        expected = np.clip(found[f"d{name}"], -0.002, 0.002)
        cut += int((expected != found[f"d{name}"]).sum())
        assert found[f"clipped_{name}"].tobytes() == expected.tobytes()
        assert_close(name, found[f"{name}_new"], found[name] - 0.01 * expected, 1e-14)
    assert cut > 0


@pytest.mark.parametrize("limit", [1e-3, 1e3])
def test_clipping_by_norm_brings_all_gradients_down_together(limit):
    found = fresh_run({**NETWORK, "clip": {"norm": limit}}).trace(0).values
    gradients = [found[f"d{name}"] for name in ("W1", "b1", "W2", "b2")]
    norm = sqrt(sum(float((g**2).sum()) for g in gradients))
    scale = min(1.0, limit / (norm + 1e-6))
    assert float(found["gradient_norm"]) == pytest.approx(norm, rel=1e-13)
    assert float(found["clip_scale"]) == pytest.approx(scale, rel=1e-13)
    assert_close("W1", found["clipped_W1"], scale * found["dW1"], 1e-13)


WRONG = {
    "two limits": ({"clip": {"value": 1, "norm": 1}}, "clip.norm"),
    "a limit of zero": ({"clip": {"value": 0}}, "clip.value"),
    "a negative penalty": ({"penalty": {"l1": -1}}, "penalty.l1"),
    "a penalty of another name": ({"penalty": {"l3": 1}}, "penalty.l3"),
    "clipping by norm, layer by layer": ({"clip": {"norm": 1}, "update_order": "layer_by_layer"}, "clip.norm"),
    "another order": ({"update_order": "backwards"}, "update_order"),
    "dropout in the output layer": ({"layers": [dense(1) | {"dropout": 0.5}]}, "layers[0].dropout"),
    "dropout of everything": ({"layers": [dense(2) | {"dropout": 1}, dense(1)]}, "layers[0].dropout"),
    "unfused without its activation": (
        {"loss": "binary_cross_entropy", "fused": False, "layers": [dense(1, "tanh")]},
        "fused",
    ),
}


@pytest.mark.parametrize(("document", "field"), **cases(WRONG))
def test_what_does_not_go_together_is_refused_with_its_field(document, field):
    with pytest.raises(SpecError) as error:
        make_spec(document)
    assert error.value.field == field


# The two orders of update, on the worked example that has been confused by them


def mazur(order):
    return fresh_run({**EXAMPLES["mazur"].spec, "update_order": order})


def test_both_orders_agree_on_the_new_weights_of_the_output_layer_and_not_on_the_error_that_goes_on():
    together, one_by_one = mazur("together").trace(0), mazur("layer_by_layer").trace(0)
    assert one_by_one.values["W2_new"].tobytes() == together.values["W2_new"].tobytes()
    expected = one_by_one.values["delta2"] @ one_by_one.values["W2_new"]
    assert_close("da1", one_by_one.values["da1"], expected, 1e-15)
    assert_close("da1", together.values["da1"], together.values["delta2"] @ together.values["W2"], 1e-15)
    reads = {call.writes: call.reads for call in one_by_one.frames}
    assert "W2_new" in reads["da1"]


@pytest.mark.parametrize(
    ("order", "loss"), [("together", 0.2910277736935993), ("layer_by_layer", 0.2910279239054420)], ids=str
)
def test_the_loss_after_one_update_belongs_to_its_order(order, loss):
    assert mazur(order).trace(1).loss == pytest.approx(loss, rel=1e-14)


def test_the_gradient_check_finds_the_wrong_order_out():
    assert mazur("together").check(0).passed
    assert not mazur("layer_by_layer").check(0).passed


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_layer_by_layer_training_without_looking_is_tracing_every_step(name):
    document = {**NETWORK, "optimizer": {"kind": name}, "update_order": "layer_by_layer", "penalty": {"l2": 0.01}}
    looked, straight = fresh_run(document), fresh_run(document)
    for step in range(12):
        new = {kept: looked.trace(step).values[after] for kept, after in looked.program.carries.items()}
        now = looked.trace(step + 1).values
        for kept, value in new.items():
            assert now[kept].tobytes() == value.tobytes(), f"{kept} after step {step}"
    assert straight.trace(12).values["W1"].tobytes() == looked.trace(12).values["W1"].tobytes()
