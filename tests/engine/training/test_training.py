"""Training: any step in any order, from any thread, gives the same bits; and they are the bits of plain training."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine import Cancelled, History, StepError, Trajectory, compile_program, open_run, state_at
from engine.rules.ops import gradient_of
from engine.training.kept import Kept
from tests.engine.helpers import (
    SPECS,
    assert_close,
    assert_same_bits,
    assert_same_trace,
    cases,
    dense,
    fresh_run,
    make_spec,
    small,
)

every_spec = pytest.mark.parametrize("document", **cases(SPECS))


# Any order, the same bits


@pytest.mark.parametrize("order", [(0, 500, 999), (999, 500, 0), (500, 0, 999), (999, 0, 500, 500, 0, 999)], ids=str)
def test_steps_0_500_and_999_of_the_seed_run_are_the_same_bytes_in_any_order(order):
    wanted = {step: fresh_run({}).trace(step) for step in (0, 500, 999)}
    run = fresh_run({})
    for step in order:
        assert_same_trace(f"step {step}", run.trace(step), wanted[step])


@every_spec
def test_states_are_the_same_bytes_in_any_order(document):
    straight, jumping = fresh_run(document), fresh_run(document)
    last = min(straight.steps, 200)
    states = [straight.state_at(step) for step in range(last + 1)]
    steps = list(range(last + 1))
    random.Random(0).shuffle(steps)
    for step in steps:
        assert_same_bits(f"step {step}", jumping.state_at(step), states[step])


@every_spec
def test_tracing_every_step_equals_training_without_looking(document):
    looked, blind = fresh_run(document), fresh_run(document)
    last = min(looked.steps, 120)
    for step in range(last):
        found = looked.trace(step)
        updates = looked.program.updates
        after = {name: found.values[updates.get(name, name)] for name in looked.program.parameters}
        assert_same_bits(f"after step {step}", after, looked.state_at(step + 1))
    assert_same_bits(f"after {last} steps", looked.state_at(last), blind.state_at(last))


@every_spec
def test_whatever_was_asked_before_makes_no_difference(document):
    run, untouched = fresh_run(document), fresh_run(document)
    last = min(run.steps, 100) - 1
    name, index = ("W1", (0, 0))
    run.check(last)
    run.history(range(last))
    run.explain(last, gradient_of(name), index)
    run.explain(0, "loss", ())
    assert_same_trace("the last step", run.trace(last), untouched.trace(last))
    run.explain(last // 2, "delta1", (0, 0))
    run.check(0)
    assert_same_trace("the last step again", run.trace(last), untouched.trace(last))
    assert_same_bits("the end", run.state_at(last + 1), untouched.state_at(last + 1))


@pytest.mark.parametrize("budget", [0, 1_000, 5_000], ids=lambda budget: f"{budget} bytes")
@every_spec
def test_thinned_checkpoints_stay_within_their_budget_and_give_the_same_bits(document, budget):
    document = {**document, "epochs": 1000}
    thin, plain = fresh_run(document, checkpoint_bytes=budget), fresh_run(document)
    checkpoints = thin.trajectory.checkpoints
    allowed = max(budget, 2 * checkpoints.nbytes)
    last = min(thin.steps, 1500)
    for step in (last, last // 3, last - 1, 7, last // 2, last):
        assert_same_bits(f"step {step}", thin.state_at(step), plain.state_at(step))
        assert checkpoints.nbytes <= allowed, f"{checkpoints.nbytes} bytes of checkpoints, {allowed} allowed"
        held = sum(state.nbytes for state in checkpoints.states.values())
        assert held <= checkpoints.nbytes, "the checkpoints hold more than they say"


def test_checkpoints_lie_on_a_grid_that_widens_as_memory_runs_out():
    run = fresh_run({"epochs": 10_000}, checkpoint_bytes=4_000)
    run.state_at(10_000)
    steps, spacing = run.trajectory.checkpoints.steps, run.trajectory.checkpoints.spacing
    assert len(steps) > 2
    assert steps == list(range(0, 10_001, spacing))
    assert run.trajectory.checkpoints.before(spacing - 1) == 0
    assert run.trajectory.checkpoints.before(spacing) == spacing


def test_a_step_near_a_checkpoint_is_not_computed_from_the_beginning():
    run = fresh_run({"epochs": 10_000})
    run.state_at(10_000)
    advanced = []
    trajectory = run.trajectory
    advance = trajectory._advance
    trajectory._advance = lambda step: (advanced.append(step - trajectory.position), advance(step))[1]
    for step in (9_999, 5_000, 1, 7_777):
        advanced.clear()
        run.state_at(step)
        assert sum(advanced) < trajectory.checkpoints.spacing, f"step {step} took {sum(advanced)} steps of work"


# Batches


BATCHES = {
    "even": (12, 4, True),
    "a smaller last batch": (11, 4, True),
    "a last batch of one": (9, 4, True),
    "one at a time": (5, 1, True),
    "all but one": (7, 6, True),
    "in order": (11, 4, False),
    "full batch": (6, None, True),
    "a batch larger than the data": (6, 60, True),
}


@pytest.mark.parametrize(("examples", "size", "shuffle"), **cases(BATCHES))
def test_every_epoch_is_a_permutation_of_the_data_and_no_batch_crosses_epochs(examples, size, shuffle):
    spec = make_spec({"data": small(2, 1, examples), "batch_size": size, "shuffle": shuffle, "epochs": 4})
    run = fresh_run(spec)
    orders = []
    for epoch in range(4):
        first = epoch * spec.batches_per_epoch
        batches = [run.trace(first + nth).batch for nth in range(spec.batches_per_epoch)]
        assert [len(batch) for batch in batches[:-1]] == [spec.batch] * (len(batches) - 1)
        assert sum(map(len, batches)) == examples
        orders.append(tuple(row for batch in batches for row in batch))
        assert sorted(orders[-1]) == list(range(examples))
    if not shuffle or size is None or size >= examples:
        assert set(orders) == {tuple(range(examples))}
    else:
        assert len(set(orders)) > 1, "every epoch has the same order"


@pytest.mark.parametrize(("examples", "size", "shuffle"), **cases(BATCHES))
def test_the_inputs_of_a_trace_are_the_rows_its_batch_names(examples, size, shuffle):
    run = fresh_run({"data": small(2, 1, examples), "batch_size": size, "shuffle": shuffle, "epochs": 2})
    for step in range(run.steps):
        found = run.trace(step)
        assert found.values["a0"].tolist() == [run.trajectory.x[row].tolist() for row in found.batch]
        assert found.values["y"].tolist() == [run.trajectory.y[row].tolist() for row in found.batch]


def test_a_batch_depends_on_spec_and_step_alone():
    document = {"data": small(2, 1, 11), "batch_size": 4, "epochs": 30}
    straight = fresh_run(document)
    wanted = [straight.trace(step).batch for step in range(straight.steps)]
    other = fresh_run(document)
    for step in random.Random(1).sample(range(straight.steps), straight.steps):
        assert other.trace(step).batch == wanted[step], f"step {step}"
    longer = fresh_run({**document, "epochs": 10**12})
    assert longer.trace(17).batch == wanted[17]


def test_order_weights_and_data_have_streams_of_their_own():
    base = {"data": small(2, 1, 8), "batch_size": 4}
    run = fresh_run(base)
    other_net = fresh_run({**base, "layers": [dense(9, "relu"), dense(3), dense(1)]})
    assert run.trajectory.x.tobytes() == other_net.trajectory.x.tobytes()
    assert run.trace(5).batch == other_net.trace(5).batch
    deeper = fresh_run({**base, "layers": [dense(4, "sigmoid"), dense(1), dense(1)]})
    assert deeper.state_at(0)["W1"].tobytes() == run.state_at(0)["W1"].tobytes()
    more_data = fresh_run({**base, "data": small(2, 1, 9)})
    assert more_data.state_at(0)["W1"].tobytes() == run.state_at(0)["W1"].tobytes()
    another_seed = fresh_run({**base, "seed": 1})
    assert another_seed.trajectory.x.tobytes() != run.trajectory.x.tobytes()
    assert another_seed.state_at(0)["W1"].tobytes() != run.state_at(0)["W1"].tobytes()


def test_initial_weights_are_drawn_from_the_stated_range_and_biases_are_zero():
    before = state_at(make_spec({"layers": [dense(50, "tanh"), dense(1)]}), 0)
    assert -1 <= before["W1"].min() < -0.9 < 0.9 < before["W1"].max() < 1
    assert not before["b1"].any()
    zeros = state_at(make_spec({"initializer": {"kind": "zeros"}}), 0)
    assert not any(array.any() for array in zeros.values())
    mixed = state_at(make_spec({"layers": [dense(4, initializer={"kind": "zeros"}), dense(1)]}), 0)
    assert not mixed["W1"].any()
    assert mixed["W2"].any()


# Runs


def test_runs_that_differ_in_length_alone_share_their_work():
    short, long = open_run(make_spec({"epochs": 10})), open_run(make_spec({"epochs": 500}))
    assert short.trajectory is long.trajectory
    assert (short.steps, long.steps) == (10, 500)
    assert_same_trace("step 9", short.trace(9), long.trace(9))
    with pytest.raises(StepError) as error:
        short.trace(10)
    assert (error.value.step, error.value.last) == (10, 9)
    long.trace(10)


@pytest.mark.parametrize("step", [-1, 1000, 10**30, 0.0, 1.5, True, None, "0"], ids=repr)
def test_a_step_outside_the_run_is_refused(step):
    run = open_run(make_spec({}))
    for ask in (run.trace, run.check, lambda k: run.history([0, k]), lambda k: run.explain(k, "loss", ())):
        with pytest.raises(StepError) as error:
            ask(step)
        assert error.value.last == 999
        assert "999" in error.value.message
    if step == 1000:
        assert run.state_at(step)["W1"].shape == (4, 2)
    else:
        with pytest.raises(StepError):
            run.state_at(step)


def test_several_threads_at_once_get_the_bytes_one_gets_alone():
    documents = [SPECS["seed"], SPECS["relu"], SPECS["softmax and cross-entropy in mini-batches"]]
    specs = [make_spec({**document, "seed": 77}) for document in documents]
    wanted = [{step: fresh_run(spec).trace(step) for step in range(0, 200, 20)} for spec in specs]
    ready = threading.Barrier(8)

    def ask(thread):
        ready.wait()
        choose = random.Random(thread)
        for _ in range(30):
            which, step = choose.randrange(len(specs)), choose.randrange(0, 200, 20)
            run = open_run(specs[which])
            assert_same_trace(f"spec {which}, step {step}", run.trace(step), wanted[which][step])
            before = {name: wanted[which][step].values[name] for name in run.program.parameters}
            assert_same_bits(f"state {step}", run.state_at(step), before)
            if choose.random() < 0.2:
                assert run.check(step).step == step
            if choose.random() < 0.2:
                assert np.isfinite(run.history(range(0, step, 20)).loss).all()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(ask, thread) for thread in range(8)]:
            done.result()


def test_a_run_that_nobody_asked_for_lately_is_forgotten_and_comes_back_the_same(monkeypatch):
    monkeypatch.setattr("engine.run.kept", Kept(most_runs=3))
    first = open_run(make_spec({"seed": 123}))
    before = first.trace(40)
    for seed in range(200, 206):
        open_run(make_spec({"seed": seed}))
    again = open_run(make_spec({"seed": 123}))
    assert again.trajectory is not first.trajectory
    assert_same_trace("step 40", again.trace(40), before)


def test_runs_kept_ready_are_bounded_in_bytes(monkeypatch):
    monkeypatch.setattr("engine.run.kept", Kept(most_bytes=1))
    run = open_run(make_spec({"seed": 321}))
    assert open_run(make_spec({"seed": 321})).trajectory is run.trajectory, "the last one asked for is always kept"
    open_run(make_spec({"seed": 322}))
    assert open_run(make_spec({"seed": 321})).trajectory is not run.trajectory


# Cancelling


def stop_after(looks):
    """A stop that says so when it has been asked so many times."""
    left = iter(range(looks))
    return lambda: next(left, None) is None


@every_spec
def test_cancelled_work_is_kept_and_the_rest_gives_the_same_bits(document):
    document = {**document, "epochs": 1000}
    run, plain = fresh_run(document), fresh_run(document)
    last = run.steps
    reached = []
    for looks in (1, 2, 3):
        with pytest.raises(Cancelled) as error:
            run.state_at(last, stop_after(looks))
        reached.append(error.value.step)
        assert run.trajectory.position == error.value.step
    assert 0 < reached[0] < reached[1] < reached[2] < last
    assert_same_bits("the end", run.state_at(last), plain.state_at(last))


def test_every_question_can_be_cancelled():
    run = fresh_run({"epochs": 100_000})
    for ask in (
        lambda: run.trace(99_999, stop_after(1)),
        lambda: run.state_at(99_999, stop_after(1)),
        lambda: run.history([0, 99_999], stop_after(1)),
        lambda: run.explain(99_999, "delta1", (0, 0), stop=stop_after(1)),
        lambda: run.check(99_999, stop_after(1)),
        lambda: run.check(0, stop_after(3)),
    ):
        with pytest.raises(Cancelled):
            ask()


@pytest.mark.parametrize("width", [4, 200], ids=lambda width: f"{width} wide")
def test_the_caller_is_asked_often_enough(width):
    run = fresh_run({"data": small(width, width, 50), "layers": [dense(width, "tanh"), dense(width)], "epochs": 5000})
    looks = []
    wanted = 2000 if width == 4 else 30
    run.state_at(wanted, lambda: bool(looks.append(run.trajectory.position)))
    work = 3 * 50 * 2 * width * width
    most = max(np.diff([*looks, wanted])) * work
    assert most <= max(10_000_000, work), f"{most:.0f} multiplications between two looks"


# Divergence


DIVERGING = {
    f"{activation} {loss} {rate:g}": {
        "data": small(2, 2, 4),
        "layers": [dense(3, activation), dense(3, activation), dense(2)],
        "loss": loss,
        "optimizer": {"kind": "sgd", "learning_rate": rate},
        "epochs": 60,
        "batch_size": batch,
    }
    for rate, batch in ((1e30, None), (1e300, 3), (1.7e308, None), (50.0, 3))
    for activation in ("identity", "sigmoid", "tanh", "relu", "softmax")
    for loss in ("mse", "half_squared_error", "binary_cross_entropy", "softmax_cross_entropy")
}


@pytest.mark.parametrize("document", **cases(DIVERGING))
def test_divergence_neither_raises_nor_warns(document):
    run = fresh_run(document)
    with np.errstate(all="raise"):
        for step in (0, 1, 2, 5, 59, 3):
            found = run.trace(step)
            assert isinstance(found.loss, float)
        run.state_at(60)
        run.history(range(60))
        run.check(59)
        for name in ("z1", "delta1", "dW1", "W1_new", "W1", "loss"):
            index = tuple(0 for _ in found.values[name].shape)
            for language in ("en", "zh"):
                assert run.explain(59, name, index, language).sentence


def test_a_diverging_run_goes_on_and_stays_reproducible():
    document = DIVERGING["identity mse 1e+30"]
    run, other = fresh_run(document), fresh_run(document)
    losses = run.history(range(60)).loss
    assert np.isfinite(losses[0])
    assert not np.isfinite(losses[-1])
    for step in (59, 2, 30):
        assert_same_trace(f"step {step}", other.trace(step), run.trace(step))


def test_enormous_parameters_and_inputs_neither_raise_nor_warn():
    run = fresh_run(
        {
            "data": {"kind": "inline", "x": [[1e308, -1e308], [1e-308, 0.0]], "y": [[1e308], [-1e308]]},
            "layers": [dense(2, "relu"), dense(1)],
            "parameters": {"W1": [[1e308, 1e308], [-1e308, 1e-308]], "W2": [[1e308, -1e308]]},
        }
    )
    with np.errstate(all="raise"):
        for step in (0, 1, 10):
            found = run.trace(step)
            run.check(step)
            for name, array in found.values.items():
                for index in np.ndindex(*array.shape):
                    run.explain(step, name, index)


# Traces


@every_spec
def test_arrays_of_a_trace_are_read_only_and_its_own(document):
    run = fresh_run(document)
    found = run.trace(0)
    kept = {name: array.copy() for name, array in found.values.items()}
    for name, array in found.values.items():
        assert array.dtype == np.float64, name
        assert array.flags.c_contiguous, name
        assert not array.flags.writeable, name
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
        if array.base is not None:
            with pytest.raises(ValueError, match="WRITEABLE"):
                array.flags.writeable = True
    run.state_at(run.steps)
    run.check(0)
    assert_same_bits("after training on", found.values, kept)
    for array in run.state_at(0).values():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


# Against a textbook


def f(name, z):
    """Activations as a textbook writes them."""
    if name == "softmax":
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    if name == "sigmoid":
        return 1 / (1 + np.exp(-z))
    return {"identity": z, "tanh": np.tanh(z), "relu": z * (z > 0)}[name]


def pulled_back(name, z, da):
    """δ = da · f′(z), with the full Jacobian for softmax."""
    a = f(name, z)
    if name == "softmax":
        return np.array([(np.diag(p) - np.outer(p, p)) @ d for p, d in zip(a, da, strict=True)])
    slope = {"identity": np.ones_like(z), "sigmoid": a * (1 - a), "tanh": 1 - a**2, "relu": (z > 0) * 1.0}[name]
    return da * slope


def textbook_step(document, x, y, parameters):
    """One step of gradient descent in the plainest NumPy: the loss, and the parameters after it."""
    layers, rate = document["layers"], document["optimizer"]["learning_rate"]
    a, zs, activations = x, [], [x]
    for k, layer in enumerate(layers, start=1):
        z = a @ parameters[f"W{k}"].T + parameters.get(f"b{k}", 0.0)
        a = f(layer["activation"], z)
        zs.append(z)
        activations.append(a)
    n, units = y.shape
    if document["loss"] == "mse":
        loss, da = np.mean((a - y) ** 2), 2 * (a - y) / (n * units)
    elif document["loss"] == "half_squared_error":
        loss, da = np.mean(0.5 * np.sum((a - y) ** 2, axis=1)), (a - y) / n
    elif document["loss"] == "binary_cross_entropy":
        p = 1 / (1 + np.exp(-z))
        loss, delta = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), (p - y) / (n * units)
    else:
        p = f("softmax", z)
        loss, delta = -np.sum(y * np.log(p)) / n, (p * y.sum(axis=1, keepdims=True) - y) / n
    after = dict(parameters)
    for k in range(len(layers), 0, -1):
        if k < len(layers) or document["loss"] in ("mse", "half_squared_error"):
            delta = pulled_back(layers[k - 1]["activation"], zs[k - 1], da)
        da = delta @ parameters[f"W{k}"]
        for stem, gradient in (("W", delta.T @ activations[k - 1]), ("b", delta.sum(axis=0))):
            if f"{stem}{k}" in parameters and stem not in layers[k - 1]["frozen"]:
                after[f"{stem}{k}"] = parameters[f"{stem}{k}"] - rate * gradient
    return loss, after


@every_spec
def test_training_agrees_with_a_textbook_loop(document):
    run = fresh_run(document)
    completed = run.spec.to_json()
    parameters = dict(run.state_at(0))
    steps = min(run.steps, 100)
    losses = []
    for step in range(steps):
        rows = list(run.trace(step).batch)
        loss, parameters = textbook_step(completed, run.trajectory.x[rows], run.trajectory.y[rows], parameters)
        losses.append(loss)
    assert_close("losses", run.history(range(steps)).loss, losses, 1e-12)
    for name, array in run.state_at(steps).items():
        assert_close(f"{name} after {steps} steps", array, parameters[name], 1e-11)


# History


@every_spec
def test_history_tells_the_losses_and_norms_of_the_traces(document):
    run = fresh_run(document)
    steps = sorted({0, 1, run.steps // 3, run.steps - 1})
    history = run.history(steps)
    assert isinstance(history, History)
    assert history.steps == tuple(steps)
    traces = [run.trace(step) for step in steps]
    assert history.loss.tolist() == [found.loss for found in traces]
    depth = len(run.spec.layers)
    wanted = {f"{stem}{k}" for stem in ("z", "a", "delta", "dW") for k in range(1, depth + 1)}
    assert set(history.norms) == wanted
    for name, norms in history.norms.items():
        assert_close(f"norm of {name}", norms, [np.linalg.norm(found.values[name]) for found in traces], 1e-14)


def test_a_program_is_compiled_once_and_traces_share_it():
    spec = make_spec({})
    # Other tests may have pushed the run's program out of the cache: then its run would keep one of its own.
    fresh = Trajectory(spec.trajectory())
    assert fresh.trace(0).program is fresh.trace(1).program is compile_program(spec.trajectory())


def test_a_trajectory_says_how_much_memory_it_holds():
    trajectory = Trajectory(make_spec({}))
    before = trajectory.nbytes
    trajectory.go(1000)
    assert trajectory.nbytes > before
    assert trajectory.nbytes < 1_000_000
