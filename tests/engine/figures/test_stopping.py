"""Early stopping, followed by hand."""

from __future__ import annotations

from math import inf, nan

import pytest

from engine import SpecError, UnknownNameError
from engine.figures.diagnosis import monitors, stopping
from engine.figures.stopping import MONITORS, early_stopping
from engine.figures.survey import survey_of
from tests.engine.helpers import SPECS, fresh_run

TABLE = {
    # figures, patience, min_delta -> best, stopped
    "still falling": ([5, 4, 3, 2], 2, 0.0, 3, None),
    "patience runs out": ([5, 4, 3, 3.5, 3.4, 2], 2, 0.0, 2, 4),
    "just in time": ([5, 4, 3, 3.5, 2.9, 3, 3], 2, 0.0, 4, 6),
    "an equal figure is no improvement": ([3, 3, 3], 2, 0.0, 0, 2),
    "too small an improvement": ([3, 2.95, 2.85], 5, 0.1, 2, None),
    "small steps add up against the best": ([3, 2.95, 2.9, 2.85], 9, 0.12, 3, None),
    "not a number never improves": ([3, nan, nan, 1], 2, 0.0, 0, 2),
    "a number is better than none": ([nan, 4, 5, 6], 2, 0.0, 1, 3),
    "from infinity down": ([inf, 7, 8, 9], 2, 0.0, 1, 3),
    "one figure": ([1.5], 1, 0.0, 0, None),
}


@pytest.mark.parametrize(("figures", "patience", "min_delta", "best", "stopped"), TABLE.values(), ids=TABLE)
def test_losses_are_watched_as_by_hand(figures, patience, min_delta, best, stopped):
    found = early_stopping(figures, "test_loss", patience, min_delta)
    assert (found.best, found.stopped) == (best, stopped)
    assert found.best_value == figures[best]


def test_of_accuracies_the_larger_is_better():
    found = early_stopping([0.5, 0.8, 0.7, 0.75], "train_accuracy", 2)
    assert (found.best, found.best_value, found.stopped) == (1, 0.8, 3)


def test_a_goal_is_reached_by_the_first_figure_that_is_as_good():
    assert early_stopping([5, nan, 3, 4, 1], patience=2, goal=3).reached == 2
    assert early_stopping([0.5, 0.8, 0.9], "train_accuracy", goal=0.85).reached == 2
    assert early_stopping([5, 4], goal=3).reached is None
    assert early_stopping([5, 4, 4, 4, 2], patience=1, goal=2) == early_stopping([5, 4, 4, 4, 2], patience=1, goal=2.0)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"goal": nan}, "goal"),
        ({"patience": 0}, "patience"),
        ({"min_delta": -1.0}, "min_delta"),
        ({"min_delta": nan}, "min_delta"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(wrong, field):
    with pytest.raises(SpecError) as caught:
        early_stopping([1.0], **{"monitor": "test_loss", **wrong})
    assert caught.value.field == field


def test_unknown_monitors_and_no_figures_are_refused():
    with pytest.raises(SpecError, match=", ".join(MONITORS)):
        early_stopping([1.0], "speed")
    with pytest.raises(SpecError, match="at least one figure"):
        early_stopping([])


def test_a_run_is_watched_before_every_epoch_and_after_the_last():
    run = fresh_run({**SPECS["one example at a time"], "epochs": 12})
    trajectory = run.trajectory
    wanted = [run.metrics(4 * epoch)["train"].loss for epoch in range(13)]
    losses, accuracies = survey_of(trajectory).watch(trajectory, "train", 12)
    assert list(losses) == wanted
    assert len(accuracies) == 13
    assert stopping(trajectory, 12, "train_loss", 3) == early_stopping(wanted, "train_loss", 3)
    assert stopping(trajectory, 5, "train_loss", 3) == early_stopping(wanted[:6], "train_loss", 3)
    assert run.stopping(patience=3).monitor == "train_loss"


def test_a_monitor_the_run_does_not_have_is_refused_with_those_it_has():
    run = fresh_run({"epochs": 3})
    assert monitors(run.trajectory) == ("train_loss",)
    with pytest.raises(UnknownNameError) as caught:
        run.stopping("test_loss")
    assert caught.value.names == ("train_loss",)
    assert monitors(fresh_run({"data": {"kind": "xor"}, "epochs": 3}).trajectory) == ("train_loss", "train_accuracy")
