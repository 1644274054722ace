"""Evaluation outside training: the forward pass of the trace, bit for bit, for any examples, in blocks or not."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Cancelled
from engine.program import FORWARD, LOSS
from engine.program.evaluate import Evaluator, evaluate, scores_of
from tests.engine.helpers import SPECS, assert_close, assert_same_bits, cases, dense, fresh_run, make_spec, small

FULL_BATCH = {name: document for name, document in SPECS.items() if "batch_size" not in document}


@pytest.mark.parametrize("document", **cases(FULL_BATCH))
def test_for_the_training_examples_the_values_are_the_bits_of_the_trace(document):
    run = fresh_run(document)
    for step in (0, 7):
        trace = run.trace(step)
        found = evaluate(run.program, run.state_at(step), trace.values["a0"], trace.values["y"])
        wanted = {call.writes: trace.values[call.writes] for call in run.program.calls if call.phase in (FORWARD, LOSS)}
        assert_same_bits(f"step {step}", found, wanted)


def by_rules(run, parameters, x, y):
    """The forward pass element by element, from the scalar rules alone."""
    values = {**parameters, "a0": x, "y": y}
    for call in run.program.calls:
        if call.phase not in (FORWARD, LOSS):
            continue
        rule = run.program.rule(call)
        operands = {slot: values[name] for slot, name in call.bind.items()}
        shape = rule.shape({slot: array.shape for slot, array in operands.items()})
        values[call.writes] = np.array([rule.evaluate(operands, index) for index in np.ndindex(*shape)]).reshape(shape)
    return values


@pytest.mark.parametrize("document", **cases(SPECS))
def test_other_examples_are_evaluated_as_the_scalar_rules_say(document):
    run = fresh_run(document)
    generator = np.random.default_rng(4)
    inputs, outputs = run.program.values["a0"].shape[1], run.program.values["y"].shape[1]
    x = generator.normal(size=(3, inputs))
    y = np.eye(outputs)[generator.integers(outputs, size=3)]
    parameters = run.state_at(3)
    wanted = by_rules(run, parameters, x, y)
    for name, array in evaluate(run.program, parameters, x, y).items():
        assert_close(name, array, wanted[name], 1e-12, floor=1e-3)


@pytest.mark.parametrize("block_numbers", [1, 60, 10**6])
def test_blocks_of_any_size_give_the_same_values_and_one_loss(block_numbers):
    run = fresh_run(SPECS["softmax and cross-entropy in mini-batches"])
    split, parameters = run.trajectory.split, run.state_at(5)
    evaluator = Evaluator(run.program, split.x, split.y, block_numbers=block_numbers)
    assert evaluator.in_one_block == (block_numbers == 10**6)
    evaluator.load(parameters)
    found = evaluator.run()
    wanted = by_rules(run, parameters, split.x, split.y)
    assert {"z1", "a3", "loss"} <= set(found)
    for name, array in found.items():
        assert_close(name, array, wanted[name], 1e-12)


def test_only_what_the_named_values_need_is_computed():
    run = fresh_run(SPECS["relu"])
    split = run.trajectory.split
    found = evaluate(run.program, run.state_at(0), split.x, names=["a1"])
    assert list(found) == ["a1"]
    evaluator = Evaluator(run.program, split.x, split.y, ["loss"])
    assert list(evaluator.values) == ["loss"]
    assert len(evaluator._forward) == 6


def test_outside_training_nothing_is_left_out():
    run = fresh_run({"layers": [dense(4, "tanh", dropout=0.5), dense(1)], "data": small(2, 1, 6)})
    found = evaluate(run.program, run.state_at(0), run.trajectory.x, run.trajectory.y)
    assert_same_bits("h1", {"h": found["h1"]}, {"h": found["a1"]})
    wanted = found["h1"] @ run.state_at(0)["W2"].T + run.state_at(0)["b2"]
    assert_close("z2", found["z2"], wanted, 1e-14)
    assert not run.trace(0).values["h1"].all(), "in training some are"


def test_the_penalty_is_there_and_follows_its_settings():
    run = fresh_run({"penalty": {"l2": 0.5}})
    split, parameters = run.trajectory.split, run.state_at(3)
    assert float(evaluate(run.program, parameters, split.x, split.y)["penalty"]) == float(
        run.trace(3).values["penalty"]
    )
    evaluator = Evaluator(run.program, split.x, split.y, ["penalty"])
    evaluator.load(parameters)
    evaluator.set({"l2": 2.0})
    weights = np.concatenate([parameters["W1"].reshape(-1), parameters["W2"].reshape(-1)])
    assert_close("penalty", evaluator.run()["penalty"], weights @ weights, 1e-14)


def test_without_targets_there_is_no_loss():
    run = fresh_run({})
    assert list(evaluate(run.program, run.state_at(0), run.trajectory.x)) == ["z1", "a1", "z2", "a2"]


def test_parameters_may_be_changed_as_one_vector():
    run = fresh_run({})
    split = run.trajectory.split
    evaluator = Evaluator(run.program, split.x, split.y, ["loss"])
    evaluator.load(run.state_at(0))
    before = float(evaluator.run()["loss"])
    there = evaluator.theta.copy()
    evaluator.theta[:] = there + 1.0
    assert float(evaluator.run()["loss"]) != before
    assert evaluator.parameters["W1"][0, 0] == there[0] + 1.0
    evaluator.theta[:] = there
    assert float(evaluator.run()["loss"]) == before


def test_an_evaluation_touches_no_run():
    run, untouched = fresh_run({}), fresh_run({})
    split = run.trajectory.split
    parameters = run.state_at(10)
    evaluator = Evaluator(run.program, split.x, split.y)
    evaluator.load(parameters)
    evaluator.theta[:] = 5.0
    evaluator.run()
    assert_same_bits("parameters", parameters, untouched.state_at(10))
    assert_same_bits("step 12", run.trace(12).values, untouched.trace(12).values)


def test_what_is_returned_cannot_be_written_to():
    run = fresh_run({})
    found = evaluate(run.program, run.state_at(0), run.trajectory.x)
    with pytest.raises(ValueError, match="read-only"):
        found["a1"][0, 0] = 1.0


def test_a_long_evaluation_can_be_cancelled_between_blocks():
    run = fresh_run({})
    split = run.trajectory.split
    asked = []
    evaluator = Evaluator(run.program, split.x, split.y, block_numbers=100)
    with pytest.raises(Cancelled):
        evaluator.run(lambda: asked.append(1) or len(asked) > 3)
    assert len(asked) == 4


def test_the_loss_reads_the_last_outputs_or_the_last_logits():
    assert scores_of(fresh_run({}).program) == "a2"
    xor = make_spec(SPECS["one example at a time"])
    assert scores_of(fresh_run(xor).program) == "z2"
