"""Landscapes: heights are losses of moved parameters, directions are as stated, the way is where training was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController

from engine import Cancelled, LandscapeView, SpecError
from engine.figures.planes import flat, places, project, random_plane
from engine.program.evaluate import evaluate
from tests.engine.helpers import SPECS, assert_close, assert_same_bits, cases, dense, fresh_run, small

every_spec = pytest.mark.parametrize("document", **cases(SPECS))
VIEWS = {
    "random": LandscapeView("random", resolution=5, path=4),
    "path": LandscapeView("path", resolution=5, path=6),
    "weights": LandscapeView("weights", weights=(("W1", (0, 0)), ("b1", (0,))), resolution=5, path=4),
    "one weight": LandscapeView("weights", weights=(("W1", (0, 0)),), resolution=5, path=4),
    "line": LandscapeView("line", to=1, resolution=5, path=4),
}


def short(document):
    return fresh_run({**document, "epochs": min(document.get("epochs", 30), 30)})


def unflat(program, theta):
    return {
        name: theta[start : start + int(np.prod(shape))].reshape(shape)
        for name, (start, shape) in places(program).items()
    }


def loss_at(run, theta):
    return float(evaluate(run.program, unflat(run.program, theta), run.trajectory.x, run.trajectory.y)["loss"])


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
@pytest.mark.parametrize("document", **cases({name: SPECS[name] for name in ("relu", "one example at a time")}))
def test_every_height_is_the_loss_with_the_parameters_moved_there(document, view):
    run = short(document)
    found = run.landscape(10, view)
    theta = flat(run.program, run.state_at(10))
    assert found.loss.shape == tuple(len(axis) for axis in reversed(found.axes))
    for place in np.ndindex(*found.loss.shape):
        there = theta.copy()
        for k, i in enumerate(reversed(place)):
            there += (found.axes[k][i] - found.plane.origin[k]) * found.plane.directions[k]
        assert_close(f"loss at {place}", found.loss[place], loss_at(run, there), 1e-10, floor=1e-6)


@every_spec
def test_random_directions_are_as_long_as_the_weights_of_each_unit(document):
    run = short(document)
    parameters = run.state_at(5)
    plane = random_plane(run.program, flat(run.program, parameters), 0)
    for direction in plane.directions:
        for name, array in unflat(run.program, direction).items():
            if array.ndim == 2 and name in run.program.updates:
                wanted = np.linalg.norm(parameters[name], axis=1)
                assert_close(name, np.linalg.norm(array, axis=1), wanted, 1e-12)
            else:
                assert not array.any(), name


def test_directions_follow_from_the_seed_and_the_draw_alone():
    theta = flat(fresh_run({}).program, fresh_run({}).state_at(5))
    program = fresh_run({}).program
    first = random_plane(program, theta, 0).directions
    assert first.tobytes() == random_plane(program, theta, 0).directions.tobytes()
    assert not np.allclose(first[0], first[1])
    assert not np.allclose(first, random_plane(program, theta, 0, 1).directions)
    assert not np.allclose(first, random_plane(program, theta, 1).directions)


@every_spec
def test_the_slope_at_the_middle_is_the_gradient_of_backpropagation_along_the_direction(document):
    run = short({**document, "batch_size": None})
    trace = run.trace(4)
    h = 1e-5
    found = run.landscape(4, LandscapeView("random", resolution=3, span=h, path=0))
    gradient = np.concatenate(
        [trace.values.get(f"d{name}", np.zeros(shape)).reshape(-1) for name, (_, shape) in places(run.program).items()]
    )
    along = (found.loss[1, 2] - found.loss[1, 0]) / (2 * h), (found.loss[2, 1] - found.loss[0, 1]) / (2 * h)
    assert_close("slopes", along, found.plane.directions @ gradient, 1e-5, floor=1e-3)
    assert_close("middle", found.loss[1, 1], trace.loss, 1e-12)


def test_over_two_weights_the_axes_are_their_values_and_the_way_is_theirs():
    run = short(SPECS["relu"])
    found = run.landscape(30, LandscapeView("weights", weights=(("W1", (0, 1)), ("b3", (1,))), path=7))
    assert found.plane.names == ("W1[0,1]", "b3[1]")
    end = run.state_at(30)
    assert found.plane.origin == (end["W1"][0, 1], end["b3"][1])
    for step, (x, y) in zip(found.path.steps, found.path.coordinates, strict=True):
        parameters = run.state_at(step)
        assert_close(f"step {step}", (x, y), (parameters["W1"][0, 1], parameters["b3"][1]), 1e-9, floor=1e-3)
        for axis, value in zip(found.axes, (x, y), strict=True):
            assert axis[0] < value < axis[-1]


@pytest.mark.parametrize("kind", ["random", "path"])
def test_the_way_lies_where_least_squares_puts_it(kind):
    run = short(SPECS["relu"])
    found = run.landscape(30, LandscapeView(kind, path=5))
    theta = flat(run.program, run.state_at(30))
    assert found.path.steps == (0, 7, 15, 22, 30)
    for step, coordinates, inside, loss in zip(
        found.path.steps, found.path.coordinates, found.path.inside, found.path.loss, strict=True
    ):
        there = flat(run.program, run.state_at(step))
        moved, directions = there - theta, found.plane.directions
        wanted = np.linalg.solve(directions @ directions.T, directions @ moved)
        assert_close(f"step {step}", coordinates, wanted, 1e-8, floor=1e-6)
        left = moved - coordinates @ directions
        if step < 30:
            assert inside == pytest.approx(1 - (left @ left) / (moved @ moved), abs=1e-9)
        assert_close(f"loss of step {step}", loss, loss_at(run, there), 1e-12)
    assert found.path.inside[-1] == 1.0


def test_the_plane_of_the_way_holds_more_of_it_than_any_other():
    run = fresh_run({**SPECS["one example at a time"], "epochs": 200})
    way = run.landscape(run.steps, LandscapeView("path", path=20))
    theta = flat(run.program, run.state_at(run.steps))
    far = np.array([np.sum((flat(run.program, run.state_at(step)) - theta) ** 2) for step in way.path.steps])
    for draw in range(5):
        drawn = run.landscape(run.steps, LandscapeView("random", draw=draw, path=20, resolution=2))
        assert way.path.inside @ far > drawn.path.inside @ far
    length = np.linalg.norm(way.plane.directions, axis=1)
    assert_close("length", length, [1, 1], 1e-12)
    assert abs(way.plane.directions[0] @ way.plane.directions[1]) < 1e-12
    for k, axis in enumerate(way.axes):
        assert axis[0] < way.path.coordinates[:, k].min() <= way.path.coordinates[:, k].max() < axis[-1]


def test_the_line_goes_from_here_to_there():
    run = short(SPECS["relu"])
    found = run.landscape(0, LandscapeView("line", to=30, resolution=5, path=2))
    assert found.axes[0].tolist() == [-0.5, 0, 0.5, 1, 1.5]
    ends = loss_at(run, flat(run.program, run.state_at(0))), loss_at(run, flat(run.program, run.state_at(30)))
    assert_close("ends", (found.loss[1], found.loss[3]), ends, 1e-12)
    assert_close("way", found.path.coordinates[:, 0], (0, 1), 1e-12)
    assert found.path.inside.tolist() == pytest.approx([1.0, 1.0])


def test_the_penalty_stands_beside_the_loss_with_the_rate_of_the_step():
    document = {"penalty": {"l2": 0.5}, "edits": [{"step": 10, "l2": 2.0}], "epochs": 20}
    run = fresh_run(document)
    for step, rate in ((5, 0.5), (15, 2.0)):
        found = run.landscape(step, LandscapeView(resolution=3, path=0))
        parameters = run.state_at(step)
        weights = np.concatenate([parameters["W1"].reshape(-1), parameters["W2"].reshape(-1)])
        assert_close("penalty", found.penalty[1, 1], rate * weights @ weights / 2, 1e-12)
    assert fresh_run({}).landscape(0, LandscapeView(resolution=3, path=0)).penalty is None


def test_a_run_that_does_not_move_has_a_landscape_all_the_same():
    run = fresh_run(SPECS["all frozen"])
    for kind in ("path", "random"):
        found = run.landscape(0, LandscapeView(kind, resolution=3, path=3))
        assert np.ptp(found.loss) == 0
        assert found.path.inside.tolist() == [1.0, 1.0, 1.0]
    line = run.landscape(0, LandscapeView("line", to=3, resolution=3, path=3))
    assert np.ptp(line.loss) == 0


def test_from_a_lost_step_there_is_nothing_to_see_and_lost_steps_are_left_out_of_the_way():
    document = {"layers": [dense(1)], "optimizer": {"kind": "sgd", "learning_rate": 30.0}, "epochs": 300}
    run = fresh_run(document)
    lost = run.landscape(300, LandscapeView(resolution=3, path=5))
    assert np.isnan(lost.loss).all()
    assert lost.path.steps == ()
    for view in (LandscapeView("random", resolution=3, path=5), LandscapeView("line", to=300, resolution=3, path=5)):
        assert np.isfinite(run.landscape(150, view).path.coordinates).all(), "huge weights, and a line to lost ones"
    early = run.landscape(20, LandscapeView("path", resolution=3, path=5))
    assert early.path.steps == (0, 75, 150)
    assert np.isfinite(early.path.coordinates).all()


def test_a_large_experiment_is_evaluated_on_examples_evenly_spread():
    run = fresh_run({"data": small(2, 1, 400), "epochs": 3})
    found = run.landscape(0, LandscapeView(resolution=3, path=0, work=17 * 9 * 100))
    assert (found.examples, found.of) == (100, 400)
    rows = np.unique(np.linspace(0, 399, 100).astype(int))
    x, y = run.trajectory.x[rows], run.trajectory.y[rows]
    assert_close("middle", found.loss[1, 1], evaluate(run.program, run.state_at(0), x, y)["loss"], 1e-12)


@pytest.mark.parametrize(
    "weights",
    [(("W9", (0, 0)),), (("W1", (4, 0)),), (("W1", (0,)),), (("b1", (0,)), ("b1", (0,)))],
    ids=["no such parameter", "no such unit", "an index too few", "the same twice"],
)
def test_weights_the_run_does_not_have_are_refused(weights):
    with pytest.raises(SpecError) as caught:
        fresh_run({}).landscape(0, LandscapeView("weights", weights=weights))
    assert caught.value.field == "weights"


def test_test_examples_the_run_does_not_have_are_refused():
    with pytest.raises(SpecError, match="no test examples"):
        fresh_run({}).landscape(0, LandscapeView(examples="test"))


def test_a_landscape_leaves_the_run_as_it_was_and_can_be_cancelled():
    run, untouched = fresh_run({}), fresh_run({})
    for view in VIEWS.values():
        run.landscape(9, view)
    assert_same_bits("step 10", run.trace(10).values, untouched.trace(10).values)
    asked = []
    with pytest.raises(Cancelled):
        run.landscape(9, LandscapeView(resolution=50, path=0), lambda: asked.append(1) or len(asked) > 20)
    assert len(asked) == 21


def test_no_movement_is_covered_and_huge_ones_do_not_overflow():
    run = fresh_run({})
    plane = random_plane(run.program, flat(run.program, run.state_at(0)), 0)
    coordinates, inside = project(plane, np.zeros(plane.directions.shape[1]))
    assert (coordinates.tolist(), inside) == ([0.0, 0.0], 1.0)
    coordinates, inside = project(plane, 1e300 * plane.directions[1])
    assert_close("coordinates", coordinates, [0, 1e300], 1e-9)
    assert inside == pytest.approx(1.0)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_weights_near_the_largest_number_overflow_without_a_warning(view):
    run = short({**SPECS["relu"], "edits": [{"step": 10, "set": {"W1[0,0]": 1.7e308, "W2[0,0]": -1.7e308}}]})
    found = run.landscape(10, view)
    assert not np.isfinite(found.loss).all()


def test_the_plane_of_a_wide_network_is_the_same_from_every_thread():
    document = {
        "data": {"kind": "uniform", "examples": 40, "inputs": 40},
        "layers": [dense(300, "tanh"), dense(1, "identity")],
        "optimizer": {"kind": "adam"},
        "epochs": 60,
    }
    view = LandscapeView(kind="path", resolution=2)
    libraries = ThreadpoolController().select(user_api="blas").lib_controllers
    before = [library.get_num_threads() for library in libraries]
    found = {}
    try:
        for threads in (1, 2):
            for library in libraries:
                library.set_num_threads(threads)
            with ThreadPoolExecutor(1) as pool:
                found[threads] = pool.submit(fresh_run(document).landscape, 5, view).result()
    finally:
        for library, threads in zip(libraries, before, strict=True):
            library.set_num_threads(threads)
    assert_same_bits("directions", {"": found[1].plane.directions}, {"": found[2].plane.directions})
    assert_same_bits("way", {"": found[1].path.coordinates}, {"": found[2].path.coordinates})
    assert_same_bits("loss", {"": found[1].loss}, {"": found[2].loss})
