"""Edits: a run changed by hand shares its past, goes its own way from there, and gives the same bits always."""

from __future__ import annotations

import numpy as np
import pytest

from engine import ExperimentSpec, SpecError, open_run
from tests.engine.helpers import assert_same_trace, cases, dense, fresh_run, make_spec, small

DOCUMENT = {
    "data": small(2, 1, 6),
    "layers": [dense(3, "tanh") | {"dropout": 0.25}, dense(1, "sigmoid")],
    "optimizer": {"kind": "adam", "learning_rate": 0.05},
    "penalty": {"l2": 0.01},
    "clip": {"norm": 5.0},
    "batch_size": 4,
    "epochs": 60,
}
EDITS = {
    "a weight": {"set": {"W1[1,0]": 0.75}},
    "a bias and a weight": {"set": {"b2[0]": -1, "W2[0,2]": 2.5}},
    "the optimizer's memory": {"set": {"m_W1[0,0]": 9.0, "v_W1[0,0]": 0.5}},
    "an input": {"set": {"x[3,1]": 4.5}},
    "a target": {"set": {"y[0,0]": 0.0}},
    "the learning rate": {"learning_rate": 0.5},
    "other settings": {"beta1": 0.5, "l2": 0.3, "clip_limit": 0.01},
}


@pytest.mark.parametrize("edit", **cases(EDITS))
def test_a_run_with_an_edit_shares_its_past_and_goes_its_own_way_from_there(edit):
    plain, edited = fresh_run(DOCUMENT), fresh_run({**DOCUMENT, "edits": [{"step": 20, **edit}]})
    for step in (25, 19, 0, 20):
        one, other = plain.trace(step), edited.trace(step)
        if step < 20:
            assert_same_trace(f"step {step}", other, one)
    assert edited.trace(40).values["W1"].tobytes() != plain.trace(40).values["W1"].tobytes()


def test_an_edit_is_made_before_its_step():
    run = fresh_run({**DOCUMENT, "edits": [{"step": 7, "set": {"W1[1,0]": 0.75}}]})
    assert run.state_at(7)["W1"][1, 0] == 0.75
    assert run.trace(7).values["W1"][1, 0] == 0.75
    assert run.trace(6).values["W1_new"][1, 0] != 0.75


def test_an_edited_setting_stays():
    run = fresh_run({**DOCUMENT, "edits": [{"step": 5, "learning_rate": 0.5}, {"step": 9, "learning_rate": 0.25}]})
    rates = [float(run.trace(step).values["learning_rate"]) for step in (4, 5, 8, 9, 30)]
    assert rates == [0.05, 0.5, 0.5, 0.25, 0.25]


def test_an_edited_rate_is_the_base_of_a_schedule():
    schedule = {"kind": "exponential", "factor": 0.5}
    run = fresh_run({**DOCUMENT, "schedule": schedule, "edits": [{"step": 2, "learning_rate": 8.0}]})
    assert float(run.trace(1).values["learning_rate"]) == 0.05 * 0.5
    assert float(run.trace(3).values["learning_rate"]) == 8.0 * 0.5**3


def test_an_edited_example_stays_edited_in_every_batch_it_comes_into():
    run = fresh_run({**DOCUMENT, "edits": [{"step": 6, "set": {"x[3,1]": 4.5}}]})
    for step in range(3, 14):
        found = run.trace(step)
        for place, row in enumerate(found.batch):
            if row == 3:
                assert (found.values["a0"][place, 1] == 4.5) == (step >= 6)


def test_edits_of_one_step_are_taken_together_and_the_later_one_counts():
    edits = [{"step": 9, "set": {"W1[0,0]": 1}}, {"step": 4, "learning_rate": 1}, {"step": 9, "set": {"W1[0,0]": 2}}]
    spec = make_spec({**DOCUMENT, "edits": edits})
    assert spec.to_json()["edits"] == [{"step": 4, "learning_rate": 1.0}, {"step": 9, "set": {"W1[0,0]": 2.0}}]
    assert ExperimentSpec.from_json(spec.to_json()) == spec


def test_several_edits_give_the_same_bits_in_whatever_order_steps_are_asked_for():
    edits = [{"step": 5, "set": {"W1[0,0]": 1}}, {"step": 30, "learning_rate": 0.3}, {"step": 31, "set": {"b1[0]": 2}}]
    document = {**DOCUMENT, "edits": edits}
    forward, backward, kept = fresh_run(document), fresh_run(document), open_run(make_spec(document))
    steps = [0, 4, 5, 6, 29, 30, 31, 45, 79]
    asked = {step: backward.trace(step) for step in reversed(steps)}
    for step in steps:
        assert_same_trace(f"step {step}", asked[step], forward.trace(step))
        assert_same_trace(f"step {step}", kept.trace(step), forward.trace(step))


def test_a_branch_and_its_trunk_share_the_work_they_have_in_common():
    spec = make_spec({**DOCUMENT, "seed": 4242})
    trunk = open_run(spec)
    trunk.state_at(50)
    branch = open_run(make_spec({**DOCUMENT, "seed": 4242, "edits": [{"step": 40, "set": {"W1[0,0]": 1}}]}))
    assert branch.trajectory.trunk is trunk.trajectory
    assert branch.trace(39).values["W1"].tobytes() == trunk.trace(39).values["W1"].tobytes()


def test_everything_that_can_be_asked_of_a_run_can_be_asked_on_both_sides_of_an_edit():
    run = fresh_run({**DOCUMENT, "edits": [{"step": 20, "set": {"W1[0,0]": 1.5}}]})
    for step in (19, 20):
        explained = run.explain(step, "delta1", (0, 1))
        assert explained.rule.passed
        assert explained.difference.passed
        assert run.check(step).passed
    history = run.history([18, 19, 20, 21])
    assert [float(loss) for loss in history.loss] == [run.trace(step).loss for step in (18, 19, 20, 21)]


WRONG = {
    "no list": ({"step": 1}, "edits"),
    "too many": ([{"step": 1, "learning_rate": 1}] * 201, "edits"),
    "no step": ([{"set": {"b1[0]": 1}}], "edits[0].step"),
    "a step after the end": ([{"step": 120, "learning_rate": 1}], "edits[0].step"),
    "nothing to set": ([{"step": 1}], "edits[0]"),
    "an unknown setting": ([{"step": 1, "momentum": 1}], "edits[0].momentum"),
    "a setting out of range": ([{"step": 1, "beta1": 2}], "edits[0].beta1"),
    "an array that is computed": ([{"step": 1, "set": {"z1[0,0]": 1}}], "edits[0].set"),
    "no index": ([{"step": 1, "set": {"W1": 1}}], "edits[0].set"),
    "an index outside": ([{"step": 1, "set": {"W1[3,0]": 1}}], "edits[0].set.W1"),
    "too many indices": ([{"step": 1, "set": {"b1[0,0]": 1}}], "edits[0].set.b1"),
    "no number": ([{"step": 1, "set": {"b1[0]": "1"}}], "edits[0].set.b1"),
    "a row outside the data": ([{"step": 1, "set": {"x[6,0]": 1}}], "edits[0].set.x"),
    "cells that are no object": ([{"step": 1, "set": [1]}], "edits[0].set"),
}


@pytest.mark.parametrize(("edits", "field"), **cases(WRONG))
def test_a_wrong_edit_is_refused_with_its_place(edits, field):
    with pytest.raises(SpecError) as error:
        make_spec({**DOCUMENT, "edits": edits})
    assert error.value.field == field


# Dropout, which the runs above have


def test_a_mask_depends_on_the_seed_the_layer_and_the_step_alone():
    run = fresh_run(DOCUMENT)
    first = run.trace(3).values["mask1"]
    run.trace(50)
    assert run.trace(3).values["mask1"].tobytes() == first.tobytes()
    assert run.trace(4).values["mask1"].tobytes() != first.tobytes()
    assert set(np.unique(first)) <= {0.0, 1.0}


def test_what_is_dropped_passes_nothing_on_and_gets_no_error():
    found = fresh_run(DOCUMENT).trace(2).values
    assert (found["mask1"] == 0).any()
    assert np.array_equal(found["h1"], found["a1"] * found["mask1"] / 0.75)
    assert (found["delta1"][found["mask1"] == 0] == 0).all()


def test_the_share_of_dropped_units_is_the_probability_and_the_expectation_stays():
    document = {"data": small(1, 1, 200), "layers": [dense(50) | {"dropout": 0.3}, dense(1)], "epochs": 40}
    run = fresh_run(document)
    masks = [run.trace(step).values["mask1"] for step in range(40)]
    kept = float(np.mean(masks))
    assert kept == pytest.approx(0.7, abs=4 * (0.21 / (40 * 200 * 50)) ** 0.5)


def test_the_order_in_which_an_edit_is_written_makes_no_other_run():
    one = {"step": 3, "set": {"b1[0]": 2, "W1[1,0]": 1, "W1[0,1]": 0.5}, "beta2": 0.9, "beta1": 0.5}
    other = [
        {"step": 3, "beta1": 0.5, "set": {"W1[0,1]": 0.5, "W1[1,0]": 1}},
        {"step": 3, "set": {"b1[0]": 2}, "beta2": 0.9},
    ]
    first, second = make_spec({**DOCUMENT, "edits": [one]}), make_spec({**DOCUMENT, "edits": other})
    assert first == second
    assert open_run(first).trajectory is open_run(second).trajectory


@pytest.mark.parametrize("address", ["W1[00,1]", "W1[\u0661,0]", "W1[0, 1]", "W1[-1,0]"])
def test_a_number_has_one_address(address):
    with pytest.raises(SpecError) as error:
        make_spec({**DOCUMENT, "edits": [{"step": 3, "set": {address: 1}}]})
    assert error.value.field == "edits[0].set"
