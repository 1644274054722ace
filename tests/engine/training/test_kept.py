"""Trajectories kept ready: by number, by memory, and what an edited run grows from with it."""

from __future__ import annotations

from engine.training.kept import Kept
from tests.engine.helpers import make_spec


def seeds(kept):
    """The seeds of the trajectories, the least recently asked for first."""
    return [spec.seed for spec in kept._trajectories]


def test_the_least_recently_asked_for_go_first():
    kept = Kept(most_runs=3)
    for seed in (1, 2, 3, 1, 4):
        kept.trajectory(make_spec({"seed": seed}))
    assert seeds(kept) == [3, 1, 4]


def test_what_grew_after_it_was_asked_for_is_weighed_when_the_next_comes():
    kept = Kept(most_bytes=1_000_000)
    long = kept.trajectory(make_spec({"seed": 1}))
    kept.trajectory(make_spec({"seed": 2}))
    long.go(100_000)
    assert long.nbytes > 1_000_000
    kept.trajectory(make_spec({"seed": 3}))
    assert seeds(kept) == [2, 3]
    assert kept.nbytes < 1_000_000


def test_growth_is_weighed_though_nothing_new_comes():
    kept = Kept(most_bytes=1_500_000)
    for seed in (1, 2, 3):
        kept.trajectory(make_spec({"seed": seed}))
    for seed in (1, 2, 3):
        kept.trajectory(make_spec({"seed": seed})).go(50_000)
    kept.trajectory(make_spec({"seed": 3}))
    assert kept.nbytes <= 1_500_000
    assert seeds(kept)[-1] == 3


def test_numbers_written_out_in_a_spec_weigh():
    rows = [[float(k), 0.0] for k in range(500)]
    inline = make_spec({"data": {"kind": "inline", "x": rows, "y": [[1.0]] * 500}})
    drawn = make_spec({"data": {"kind": "uniform", "examples": 500, "inputs": 2, "outputs": 1}})
    found = Kept().trajectory(inline).nbytes - Kept().trajectory(drawn).nbytes
    assert found >= inline.nbytes > 500 * 3 * 32


def test_what_an_edited_run_grows_from_is_kept_as_long_as_the_run():
    kept = Kept(most_runs=3)
    edited = make_spec({"seed": 1, "edits": [{"step": 2, "set": {"W1[0,0]": 0.5}}]})
    trunk = kept.trajectory(edited).trunk
    for seed in (2, 3, 4):
        kept.trajectory(make_spec({"seed": seed}))
        assert kept.trajectory(edited).trunk is trunk
    assert seeds(kept) == [4, 1, 1]


def test_letting_all_go_leaves_nothing():
    kept = Kept()
    kept.trajectory(make_spec({}))
    kept.clear()
    assert (len(kept), kept.nbytes) == (0, 0)
