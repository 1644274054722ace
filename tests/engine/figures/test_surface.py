"""Surfaces: every point of the grid is what the network makes of that input."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Cancelled, Grid, SpecError, UnknownNameError, surface_names
from engine.figures.surface import lay_out
from engine.program.evaluate import evaluate
from tests.engine.helpers import SPECS, assert_close, assert_same_bits, cases, dense, fresh_run, small

THREE_INPUTS = SPECS["softmax and cross-entropy in mini-batches"]


@pytest.mark.parametrize("document", **cases(SPECS))
def test_every_point_is_what_the_network_makes_of_that_input(document):
    run = fresh_run(document)
    inputs = run.program.values["a0"].shape[1]
    chosen = (inputs - 1, 0) if inputs > 1 else (0,)
    found = run.surface(3, surface_names(run.program), Grid(chosen, 4))
    parameters, mean = run.state_at(3), run.trajectory.x.mean(axis=0)
    for place in np.ndindex(*(4 for _ in chosen)):
        x = mean.copy()
        for axis, i in zip(found.axes, reversed(place), strict=True):
            x[axis.input] = axis.values[i]
        wanted = evaluate(run.program, parameters, x[np.newaxis])
        for name, values in found.values.items():
            assert_close(f"{name} at {place}", values[(slice(None), *place)], wanted[name][0], 1e-12, floor=1e-3)


def test_the_grid_covers_the_plane_the_data_lie_in():
    run = fresh_run({"data": {"kind": "circles", "examples": 40}, "layers": [dense(1)], "epochs": 1})
    found = run.surface(0, ["a1"], Grid((1, 0), 7))
    for axis in found.axes:
        low, high = run.trajectory.split.plane[axis.input]
        assert_close(axis.name, axis.values, np.linspace(low, high, 7), 1e-12)
    assert [axis.name for axis in found.axes] == ["x1", "x0"]


def test_of_many_inputs_the_grid_reaches_a_little_beyond_the_data_test_examples_among_them():
    x = [[float(i), 2.0 * i, 5.0] for i in range(10)]
    run = fresh_run(
        {
            "data": {"kind": "inline", "x": x, "y": [[0.0]] * 10, "x_test": [[20.0, 0.0, 5.0]], "y_test": [[0.0]]},
            "layers": [dense(1)],
            "epochs": 1,
        }
    )
    found = run.surface(0, ["a1"], Grid((0, 2), 3))
    assert_close("x0", found.axes[0].values, [-2, 10, 22], 1e-12)
    assert_close("x2", found.axes[1].values, [4, 5, 6], 1e-12)


def test_bounds_may_be_given_and_a_constant_input_gets_room():
    run = fresh_run({"data": {"kind": "inline", "x": [[2, 5]], "y": [[0]]}, "epochs": 2})
    found = run.surface(0, ["z1"], Grid((1, 0), 3, low=(-1.0, -2.0), high=(1.0, 2.0)))
    assert [axis.values.tolist() for axis in found.axes] == [[-1, 0, 1], [-2, 0, 2]]
    assert [axis.input for axis in found.axes] == [1, 0]
    alone = run.surface(0, ["z1"], Grid((0,), 3))
    assert alone.axes[0].values.tolist() == [1, 2, 3]


def test_the_other_inputs_are_held_at_their_means_or_at_an_example():
    run = fresh_run(THREE_INPUTS)
    x = run.trajectory.x
    assert run.surface(0, ["a3"], Grid((0, 2), 3)).held == {"x1": pytest.approx(x[:, 1].mean())}
    assert run.surface(0, ["a3"], Grid((1,), 3, at=4)).held == {"x0": x[4, 0], "x2": x[4, 2]}


def test_without_a_choice_the_first_two_inputs_run_or_the_only_one():
    assert [axis.input for axis in fresh_run(THREE_INPUTS).surface(0, ["z1"], Grid((), 2)).axes] == [0, 1]
    assert [axis.input for axis in fresh_run(SPECS["one number"]).surface(0, ["z1"], Grid((), 2)).axes] == [0]


def test_units_may_be_picked():
    run = fresh_run({})
    every = run.surface(5, ["a1", "z2"], Grid((0, 1), 6))
    assert every.values["a1"].shape == (4, 6, 6)
    picked = run.surface(5, ["a1"], Grid((0, 1), 6), [3, 1])
    assert picked.values["a1"].tobytes() == every.values["a1"][[3, 1]].tobytes()


@pytest.mark.parametrize("scaling", ["none", "standard", "minmax"])
@pytest.mark.parametrize("features", [None, ["x1", "x0*x1", "sin(x0)"]])
def test_a_grid_lies_over_the_inputs_and_goes_the_way_of_an_example(scaling, features):
    data = {**small(2, 1, 8), "scaling": scaling, "features": features, "test_fraction": 0.25}
    run = fresh_run({"data": data, "epochs": 2})
    split = run.trajectory.split
    axes, _, points = lay_out(split, Grid((0, 1), 5))
    for k, axis in enumerate(axes):
        assert axis.name == f"x{k}"
        assert (axis.values[0], axis.values[-1]) == split.plane[k]
    across, up = np.meshgrid(axes[0].values, axes[1].values)
    grid = np.stack([across.reshape(-1), up.reshape(-1)], axis=1)
    given = grid if features is None else np.stack([grid[:, 1], grid[:, 0] * grid[:, 1], np.sin(grid[:, 0])], axis=1)
    assert_close("points", points * split.scales + split.offsets, given, 1e-12)
    whole = run.surface(0, ["a2"], Grid((0, 1), 5))
    assert_close(
        "a2", whole.values["a2"][0].reshape(-1), evaluate(run.program, run.state_at(0), points)["a2"][:, 0], 1e-14
    )


FEATURES = {
    "data": {
        "kind": "circles",
        "examples": 30,
        "test_fraction": 0.2,
        "scaling": "standard",
        "features": ["x0", "x0^2", "x0*x1", "sin(x1)"],
    },
    "layers": [dense(3, "tanh"), dense(1)],
    "loss": "binary_cross_entropy",
    "epochs": 5,
}


def test_a_point_goes_through_features_and_scaling_like_an_example():
    run = fresh_run(FEATURES)
    split = run.trajectory.split
    axes, held, points = lay_out(split, Grid((0, 1), 4))
    assert held == {}
    across, up = np.meshgrid(axes[0].values, axes[1].values)
    x0, x1 = across.reshape(-1), up.reshape(-1)
    raw = np.stack([x0, x0**2, x0 * x1, np.sin(x1)], axis=1)
    assert_close("points", points, (raw - split.offsets) / split.scales, 1e-12)
    found = run.surface(3, ["z2"], Grid((0, 1), 4))
    wanted = evaluate(run.program, run.state_at(3), points)["z2"][:, 0]
    assert_close("z2", found.values["z2"][0].reshape(-1), wanted, 1e-14)


def test_examples_lie_where_their_inputs_say_and_edited_ones_where_they_were_moved():
    document = {
        "data": {"kind": "circles", "examples": 30, "scaling": "standard"},
        "layers": [dense(1)],
        "epochs": 9,
        "edits": [{"step": 4, "set": {"x[2,1]": 0.5}}],
    }
    trajectory = fresh_run(document).trajectory
    before, after = (trajectory.owner(step).split.inputs for step in (3, 4))
    split = trajectory.split
    assert_close("moved", after[2, 1], 0.5 * split.scales[1] + split.offsets[1], 1e-12)
    assert after[2, 0] == pytest.approx(before[2, 0])
    assert np.delete(after, 2, axis=0).tobytes() == np.delete(before, 2, axis=0).tobytes()


MIDDLES = {
    "sigmoid": ({"layers": [dense(2, "sigmoid"), dense(1)]}, {"z1": 0.0, "a1": 0.5, "z2": 0.0, "a2": 0.0}),
    "dropout": ({"layers": [dense(2, "sigmoid", dropout=0.5), dense(1)]}, {"h1": 0.5}),
    "relu": ({"layers": [dense(2, "relu"), dense(1)]}, {"a1": 0.0}),
    "softmax": ({"layers": [dense(4, "softmax"), dense(1)]}, {"a1": 0.25}),
    "two classes by mse": ({"data": {"kind": "xor"}, "layers": [dense(1)]}, {"a1": 0.5, "z1": 0.0}),
    "two classes by logits": (
        {"data": {"kind": "xor"}, "layers": [dense(1, "sigmoid")], "loss": "binary_cross_entropy"},
        {"a1": 0.5, "z1": 0.0},
    ),
}


@pytest.mark.parametrize(("document", "middles"), MIDDLES.values(), ids=MIDDLES)
def test_the_middle_of_a_unit_is_where_its_two_sides_meet(document, middles):
    found = fresh_run({**document, "epochs": 1}).surface(0, list(middles), Grid((), 2)).middles
    assert found == pytest.approx(middles)


def test_regions_are_the_classes_that_points_are_given():
    run = fresh_run(THREE_INPUTS)
    found = run.surface(80, ["z3"], Grid((0, 1), 9))
    assert found.labels == (0, 1, 2)
    assert found.regions.tolist() == np.argmax(found.values["z3"], axis=0).tolist()
    assert len(np.unique(found.regions)) > 1
    xor = fresh_run({**SPECS["one example at a time"], "epochs": 500})
    found = xor.surface(2000, ["a2"], Grid((0, 1), 9))
    assert found.regions.tolist() == (found.values["a2"][0] > 0.5).astype(int).tolist()
    assert fresh_run({}).surface(0, ["a2"], Grid((0, 1), 3)).regions is None


def test_a_lost_network_has_surfaces_without_numbers_and_without_classes():
    run = fresh_run(
        {"data": {"kind": "xor"}, "layers": [dense(1)], "optimizer": {"kind": "sgd", "learning_rate": 30.0}}
    )
    found = run.surface(run.steps, ["a1"], Grid((0, 1), 3))
    assert np.isnan(found.values["a1"]).all()
    assert (found.regions == -1).all()


WRONG = {
    "no such input": (Grid((0, 2), 3), None, "inputs"),
    "the same twice": (Grid((1, 1), 3), None, "inputs"),
    "three": (Grid((0, 1, 0), 3), None, "inputs"),
    "no such example": (Grid((0, 1), 3, at=100), None, "at"),
    "a bound too few": (Grid((0, 1), 3, low=(0.0,)), None, "low"),
    "the wrong way round": (Grid((0, 1), 3, low=(0.0, 1.0), high=(1.0, 1.0)), None, "high"),
    "no such unit": (Grid((0, 1), 3), [1], "unit"),
}


@pytest.mark.parametrize(("grid", "units", "field"), WRONG.values(), ids=WRONG)
def test_a_grid_that_cannot_be_is_refused(grid, units, field):
    with pytest.raises(SpecError) as caught:
        fresh_run({}).surface(0, ["a2"], grid, units)
    assert caught.value.field == field


def test_only_values_of_the_forward_pass_have_a_surface():
    run = fresh_run({})
    assert surface_names(run.program) == ("z1", "a1", "z2", "a2")
    for name in ("delta1", "W1", "loss", "a0"):
        with pytest.raises(UnknownNameError):
            run.surface(0, [name], Grid((0, 1), 3))


def test_a_surface_leaves_the_run_as_it_was_and_can_be_cancelled():
    run, untouched = fresh_run({}), fresh_run({})
    run.surface(9, ["a1"], Grid((0, 1), 30))
    assert_same_bits("step 10", run.trace(10).values, untouched.trace(10).values)
    with pytest.raises(Cancelled):
        run.surface(9, ["a1"], Grid((0, 1), 3), stop=lambda: True)


def test_the_same_point_has_the_same_bits_on_every_grid_of_the_same_size_whatever_was_asked_before():
    run, other = fresh_run({}), fresh_run({})
    run.history(range(0, 100, 9))
    assert_same_bits(
        "a1", run.surface(20, ["a1"], Grid((0, 1), 9)).values, other.surface(20, ["a1"], Grid((0, 1), 9)).values
    )
