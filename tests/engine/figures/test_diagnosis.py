"""What happened in a run, against an oracle that looks at the trace of every step from the first on."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from engine import Cancelled
from engine.figures import survey
from engine.figures.diagnosis import LossDrop, diagnose, largest_drop
from engine.figures.survey import DeadUnit, survey_of
from tests.engine.helpers import SPECS, assert_same_bits, cases, dense, fresh_run, small


def diverging(generator: np.random.Generator) -> dict:
    """A small experiment with a learning rate that is far too large."""
    depth = int(generator.integers(1, 4))
    activations = ["identity", "relu", "tanh", "sigmoid"]
    layers = [dense(int(generator.integers(1, 4)), str(generator.choice(activations))) for _ in range(depth - 1)]
    loss = str(generator.choice(["mse", "half_squared_error", "mse", "binary_cross_entropy"]))
    return {
        "data": small(2, 1, int(generator.integers(1, 6))),
        "layers": [*layers, dense(1, str(generator.choice(["identity", "relu"])))],
        "loss": loss,
        "optimizer": {"kind": "sgd", "learning_rate": float(10 ** generator.uniform(2, 9))},
        "initializer": {"kind": "uniform", "low": -3, "high": 3},
        "batch_size": [None, 2][int(generator.integers(2))],
        "epochs": 60,
        "seed": int(generator.integers(1000)),
    }


def oracle(run):
    """The first step, name and cell that is not finite, from the traces."""
    for step in range(run.steps):
        for name, array in run.trace(step).values.items():
            bad = np.argwhere(~np.isfinite(np.atleast_1d(array)))
            if len(bad):
                return step, name, tuple(map(int, bad[0])) if array.ndim else ()
    return None


@pytest.mark.parametrize("seed", range(60))
def test_the_first_number_that_is_not_finite_is_the_one_that_looking_at_every_trace_finds(seed):
    document = diverging(np.random.default_rng([seed, 5]))
    found = fresh_run(document).diagnosis().non_finite
    wanted = oracle(fresh_run(document))
    assert (found and (found.step, found.name, found.index)) == wanted, document
    if found is None:
        return
    assert not np.isfinite(found.value)
    assert found.last_finite == (found.step - 1 if found.step else None)
    assert found.causes[0].code not in ("carried", "given"), "the first number cannot have it from another"
    assert found.name not in found.spread
    for language in ("en", "zh"):
        assert "{" not in found.say(language)


def test_enough_of_the_random_runs_diverge_to_mean_something():
    lost = [fresh_run(diverging(np.random.default_rng([seed, 5]))).diagnosis().non_finite for seed in range(60)]
    assert sum(found is not None for found in lost) > 20
    assert len({found.causes[0].code for found in lost if found}) >= 2
    assert len({found.name for found in lost if found}) >= 3


def test_a_single_layer_that_overshoots_is_told_as_it_happened():
    run = fresh_run({"layers": [dense(1)], "optimizer": {"kind": "sgd", "learning_rate": 30.0}})
    found = run.diagnosis().non_finite
    assert (found.address, found.step, found.value) == ("loss", 78, np.inf)
    assert found.causes[0].code in ("square_overflow", "sum_overflow")
    assert found.say("en").startswith("Loss is infinity in step 78: ")
    assert found.say("en").endswith(" Until step 77 every number was finite.")
    assert found.say("zh").startswith("第 78 步，损失变成无穷大：")
    assert found.say("zh").endswith("到第 77 步为止，所有的数都是有限的。")


def test_a_number_that_comes_in_too_large_is_told_of_the_first_step():
    run = fresh_run({"data": {"kind": "inline", "x": [[1e300]], "y": [[0]]}, "layers": [dense(1)], "epochs": 3})
    found = run.diagnosis().non_finite
    assert (found.step, found.name, found.last_finite) == (0, "loss", None)
    assert found.say("en").endswith(" It is so from the first step on.")


@pytest.mark.parametrize("document", **cases(SPECS))
def test_a_run_that_stays_finite_has_nothing_to_find(document):
    found = fresh_run({**document, "epochs": min(document.get("epochs", 50), 50)}).diagnosis()
    assert found.non_finite is None


RELU = {
    "data": small(2, 1, 9),
    "layers": [dense(3, "relu"), dense(3, "relu"), dense(1)],
    "optimizer": {"kind": "sgd", "learning_rate": 0.9},
    "epochs": 80,
}


@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize("seed", range(6))
def test_the_first_dead_unit_is_found_at_the_beginning_of_its_epoch(seed, batch_size):
    run = fresh_run({**RELU, "seed": seed, "batch_size": batch_size})
    found = run.diagnosis().dead_unit
    wanted = None
    for epoch in range(80):
        step = epoch * run.spec.batches_per_epoch
        parameters = run.state_at(step)
        z1 = run.trajectory.x @ parameters["W1"].T + parameters["b1"]
        z2 = np.maximum(z1, 0) @ parameters["W2"].T + parameters["b2"]
        asleep = [(layer, int(j)) for layer, z in ((1, z1), (2, z2)) for j in np.flatnonzero((z <= 0).all(axis=0))]
        if asleep:
            layer, unit = asleep[0]
            wanted = DeadUnit(step, f"a{layer}", layer, unit)
            break
    assert found == wanted


def test_the_dead_units_of_these_runs_do_not_all_die_at_once():
    found = [fresh_run({**RELU, "seed": seed}).diagnosis().dead_unit for seed in range(6)]
    assert any(unit and unit.step > 0 for unit in found)


@pytest.mark.parametrize("document", **cases(SPECS))
def test_the_largest_drop_is_that_of_the_losses_of_the_traces(document):
    run = fresh_run({**document, "epochs": 30})
    found = run.diagnosis().loss_drop
    per_epoch = run.spec.batches_per_epoch
    losses = [float(np.mean([run.trace(e * per_epoch + b).loss for b in range(per_epoch)])) for e in range(30)]
    drops = [before - after for before, after in pairwise(losses)]
    if max(drops) <= 0:
        assert found is None
        return
    k = int(np.argmax(drops))
    assert (found.step, found.until) == (k * per_epoch, (k + 1) * per_epoch)
    assert found.before - found.after == pytest.approx(max(drops))


def test_losses_that_are_not_finite_do_not_count_as_a_drop_and_unfinished_epochs_do_not_either():
    assert largest_drop([3.0, np.inf, 2.0, 1.0, np.nan, 0.0], 1).step == 2
    assert largest_drop([1.0, 2.0], 1) is None
    assert largest_drop([1.0], 1) is None
    assert largest_drop([], 1) is None
    assert largest_drop([5.0, 3.0, 2.0, 1.0, 0.0], 2) == LossDrop(0, 2, 4.0, 1.5)


def test_shorter_and_longer_runs_share_what_was_seen_and_keep_to_their_length():
    document = {"layers": [dense(1)], "optimizer": {"kind": "sgd", "learning_rate": 30.0}}
    run = fresh_run(document)
    assert diagnose(run.trajectory, 1000).non_finite.step == 78
    assert diagnose(run.trajectory, 50).non_finite is None
    assert diagnose(run.trajectory, 79).non_finite.step == 78
    assert survey_of(run.trajectory).position < 1000, "a run whose parameters are lost is not walked to its end"


def test_what_was_seen_before_a_cancellation_is_not_looked_at_again():
    run = fresh_run({"epochs": 3000})
    asked = []
    with pytest.raises(Cancelled):
        run.diagnosis(lambda: asked.append(1) or len(asked) > 1000)
    position = survey_of(run.trajectory).position
    assert position > 500
    seen = []
    full = run.trajectory.full
    run.trajectory.full = lambda step, stop=None: (seen.append(step), full(step, stop))[1]
    found = run.diagnosis()
    assert seen[0] == position
    assert found == fresh_run({"epochs": 3000}).diagnosis()


EDITED = {
    **RELU,
    "batch_size": 4,
    "epochs": 40,
    "edits": [
        {"step": 31, "set": {"W1[0,0]": -50.0, "W1[0,1]": -50.0, "b1[0]": -50.0}},
        {"step": 70, "learning_rate": 1e9},
    ],
}


def test_an_edited_run_is_seen_as_if_it_had_been_looked_at_from_the_beginning():
    run = fresh_run(EDITED)
    found = run.diagnosis()
    wanted = oracle(fresh_run(EDITED))
    assert (found.non_finite.step, found.non_finite.name, found.non_finite.index) == wanted
    assert found.non_finite.step > 70
    sleeping = fresh_run({**EDITED, "edits": EDITED["edits"][:1]}).diagnosis().dead_unit
    before = fresh_run({**EDITED, "edits": []}).diagnosis().dead_unit
    assert sleeping == (before if before and before.step <= 31 else DeadUnit(33, "a1", 1, 0))


def test_an_edited_run_takes_over_what_its_trunk_has_seen():
    run = fresh_run(EDITED)
    trunk = run.trajectory.trunk
    survey_of(trunk).go(trunk, 120)
    looked = []
    full = run.trajectory.full
    run.trajectory.full = lambda step, stop=None: (looked.append(step), full(step, stop))[1]
    found = run.diagnosis()
    assert looked[0] == 70
    assert found == fresh_run(EDITED).diagnosis()
    losses = survey_of(run.trajectory).losses
    assert list(losses[:90]) == fresh_run(EDITED).history(range(90)).loss.tolist()


def test_an_edit_that_mends_a_lost_run_starts_it_anew():
    lost = {"layers": [dense(1)], "optimizer": {"kind": "sgd", "learning_rate": 30.0}, "epochs": 500}
    mended = {
        **lost,
        "edits": [{"step": 400, "set": {"W1[0,0]": 0.1, "W1[0,1]": 0.1, "b1[0]": 0}, "learning_rate": 0.1}],
    }
    run = fresh_run(mended)
    found = run.diagnosis()
    assert found.non_finite.step == 78
    assert survey_of(run.trajectory).position == 500
    assert np.isnan(survey_of(run.trajectory).losses[390])
    assert np.isfinite(survey_of(run.trajectory).losses[499])


def test_early_stopping_of_an_edited_run_sees_the_edited_data():
    document = {**EDITED, "edits": [{"step": 31, "set": {"y[0,0]": 9.0}}]}
    run = fresh_run(document)
    losses, _ = survey_of(run.trajectory).watch(run.trajectory, "train", 40)
    assert list(losses) == [run.metrics(3 * epoch)["train"].loss for epoch in range(41)]


def test_a_diagnosis_leaves_the_run_as_it_was():
    run, untouched = fresh_run(RELU), fresh_run(RELU)
    run.diagnosis()
    run.stopping()
    assert_same_bits("step 40", run.trace(40).values, untouched.trace(40).values)


def test_surveys_go_with_their_trajectories():
    run = fresh_run({"epochs": 5})
    run.diagnosis()
    count = len(survey._surveys)
    del run
    assert len(survey._surveys) < count
