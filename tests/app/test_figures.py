"""Figures over the API: histories, metrics, surfaces, landscapes, diagnoses; each beside what the engine says."""

from __future__ import annotations

import json
import tracemalloc

import numpy as np
import pytest

import engine
from app import models_figures as models

PLAYGROUND = {
    "data": {"kind": "inline", "x": [[0.1 * i, (-1) ** i, 1 - 0.2 * i] for i in range(12)], "y": [[1, 0], [0, 1]] * 6},
    "layers": [{"units": 5, "activation": "relu"}, {"units": 3, "activation": "tanh"}, {"units": 2}],
    "loss": "softmax_cross_entropy",
    "optimizer": {"kind": "sgd", "learning_rate": 0.5},
    "batch_size": 5,
    "epochs": 30,
    "seed": 3,
}


@pytest.fixture
def playground_run(open_run) -> str:
    """Three inputs, two classes, mini-batches: ninety steps."""
    return open_run(PLAYGROUND)


@pytest.fixture(scope="module")
def playground():
    """The same run, asked directly."""
    return engine.open_run(engine.ExperimentSpec.from_json(PLAYGROUND))


# History


def test_a_history_has_the_losses_of_the_traces(api, xor_run):
    found = models.History.model_validate_json(api.get(f"{xor_run}/history?points=5").text)
    assert found.steps == [0, 4, 9, 14, 19]
    for step, loss in zip(found.steps, found.loss, strict=True):
        assert loss == api.get(f"{xor_run}/steps/{step}").json()["loss"]
    assert {"a1", "a2", "delta1", "delta2", "dW1", "dW2"} <= found.norms.keys()
    assert all(len(norms) == 5 for norms in found.norms.values())
    stretch = api.get(f"{xor_run}/history?start=3&stop=6").json()
    assert (stretch["start"], stretch["stop"], stretch["steps"]) == (3, 6, [3, 4, 5])


def test_a_history_has_what_is_asked_for_and_nothing_else(api, playground_run, playground):
    answer = api.get(f"{playground_run}/history?points=4&include=train,saturated,dead,quantiles,ratios")
    found = models.History.model_validate_json(answer.text)
    assert set(answer.json()) == {
        *("run", "start", "stop", "steps", "train", "quantiles", "ratios", "dead", "saturated"),
    }
    wanted = playground.history(found.steps, include=("train", "quantiles", "ratios", "dead", "saturated"))
    assert found.train.loss == wanted.train.loss.tolist()
    assert found.train.accuracy == wanted.train.accuracy.tolist()
    assert found.train.r2 is None
    assert found.quantiles.levels == [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0]
    assert found.quantiles.values["delta1"] == wanted.quantiles["delta1"].tolist()
    assert found.ratios["W2"] == wanted.ratios["W2"].tolist()
    assert found.dead["a1"] == wanted.dead["a1"].tolist()
    assert found.saturated["a2"] == wanted.saturated["a2"].tolist()


def test_parts_may_be_named_in_any_order(api, xor_run):
    one = api.get(f"{xor_run}/history?include=loss,norms")
    assert one.content == api.get(f"{xor_run}/history?include=norms,loss").content
    assert set(one.json()) == {"run", "start", "stop", "steps", "loss", "norms"}


def test_a_history_has_as_many_points_as_an_answer_has_room_for(make_api):
    api = make_api(max_response_numbers=200)
    run = api.post("/api/v1/runs", json={}).headers["location"]
    assert len(api.get(f"{run}/history?include=loss").json()["steps"]) == 100
    found = api.get(f"{run}/history?points=100&include=quantiles").json()
    numbers = sum(len(row) for rows in found["quantiles"]["values"].values() for row in rows)
    assert 100 < numbers <= 200
    assert found["steps"][0] == 0
    assert found["steps"][-1] == 999


# Metrics


def test_metrics_are_those_of_the_engine_at_any_step_and_at_the_end(api, playground_run, playground):
    for step in (0, 41, 90):
        answer = api.get(f"{playground_run}/steps/{step}/metrics")
        found = models.Metrics.model_validate_json(answer.text)
        wanted = playground.metrics(step)["train"]
        assert found.train.loss == wanted.loss
        assert found.train.accuracy == wanted.accuracy
        assert found.train.confusion[0].counts.data == wanted.confusion[0].counts.tolist()
        assert sum(found.train.confusion[0].actual) == 12
        assert found.test is None
        assert (found.flow is None) == (step == 90)
    flow = models.Metrics.model_validate_json(api.get(f"{playground_run}/steps/41/metrics").text).flow
    assert [layer.layer for layer in flow.layers] == [1, 2, 3]
    assert flow.ratio == playground.flow(41).ratio


def test_the_batch_after_the_update_is_the_engines_beside_what_was_foretold(api, playground_run, playground):
    expected, trace = playground.aftermath(4), playground.trace(4)
    whole = models.Aftermath.model_validate_json(api.get(f"{playground_run}/steps/4/after").text)
    assert whole.batch == list(trace.batch)
    assert (whole.loss.before, whole.loss.after) == expected.loss
    assert whole.loss.before == trace.loss
    assert (whole.predicted, whole.change) == (expected.predicted, expected.change)
    assert whole.penalty is None
    assert whole.shares == expected.shares
    assert np.array_equal(whole.values["z3"].data, expected.values["z3"])
    some = api.get(f"{playground_run}/steps/4/after?examples=2,0&names=z3,loss").json()
    assert some["batch"] == [trace.batch[2], trace.batch[0]]
    assert some["values"].keys() == {"z3", "loss"}
    assert np.array_equal(some["values"]["z3"]["data"], expected.values["z3"][[2, 0]])
    for query, field in (("examples=7", "examples"), ("names=dW1", "names")):
        refused = api.get(f"{playground_run}/steps/4/after?{query}")
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == field
    assert api.get(f"{playground_run}/steps/90/after").status_code == 404


def test_metrics_of_numbers_have_r_squared(api, seed_run):
    found = models.Metrics.model_validate_json(api.get(f"{seed_run}/steps/0/metrics").text).train
    assert (found.accuracy, found.confusion) == (None, [])
    assert (
        found.r2 == found.r2_outputs[0] == engine.open_run(engine.ExperimentSpec.from_json({})).metrics(0)["train"].r2
    )


def test_a_matrix_of_many_classes_is_summarised(make_api):
    api = make_api(max_array_numbers=3)
    run = api.post("/api/v1/runs", json=PLAYGROUND).headers["location"]
    counts = models.Metrics.model_validate_json(api.get(f"{run}/steps/0/metrics").text).train.confusion[0].counts
    assert counts.truncated
    assert counts.shape == [2, 2]
    assert counts.summary.finite == 4


# Surface


def test_a_surface_is_what_the_engine_says(api, playground_run, playground):
    answer = api.get(f"{playground_run}/steps/90/surface?names=a1,z3&inputs=2,0&resolution=6&at=3")
    found = models.Surface.model_validate_json(answer.text)
    wanted = playground.surface(90, ["a1", "z3"], engine.Grid((2, 0), 6, at=3))
    assert [(axis.input, axis.name) for axis in found.axes] == [(2, "x2"), (0, "x0")]
    assert found.axes[0].values == wanted.axes[0].values.tolist()
    assert found.held == wanted.held == {"x1": -1.0}
    assert found.values.keys() == {"a1", "z3"}
    for name, tensor in found.values.items():
        assert tensor.data == wanted.values[name].tolist()
    assert found.labels == [0, 1]
    assert found.regions.data == wanted.regions.tolist()
    assert "units" not in answer.json()


def test_units_and_bounds_of_a_surface_may_be_chosen(api, seed_run):
    found = api.get(f"{seed_run}/steps/0/surface?name=a1&unit=3,0&resolution=2&low=-1,-2.5&high=1,2e0").json()
    assert found["units"] == [3, 0]
    assert found["values"]["a1"]["shape"] == [2, 2, 2]
    assert [axis["values"] for axis in found["axes"]] == [[-1.0, 1.0], [-2.5, 2.0]]
    line = api.get(f"{seed_run}/steps/0/surface?name=z2&inputs=1&resolution=4").json()
    assert line["values"]["z2"]["shape"] == [1, 4]
    assert len(line["held"]) == 1


def test_a_surface_that_does_not_fit_is_summarised(make_api):
    api = make_api(max_response_numbers=150)
    run = api.post("/api/v1/runs", json={}).headers["location"]
    found = models.Surface.model_validate_json(api.get(f"{run}/steps/0/surface?names=a1,a2&resolution=10").text)
    assert found.truncated
    assert found.values["a1"].truncated
    assert found.values["a1"].summary.finite == 400
    assert np.shape(found.values["a2"].data) == (1, 10, 10)


def test_digits_make_a_surface_lighter_and_no_different_to_the_eye(api, seed_run):
    full = api.get(f"{seed_run}/steps/7/surface?names=a1,z2&resolution=9")
    short = api.get(f"{seed_run}/steps/7/surface?names=a1,z2&resolution=9&digits=3")
    assert len(short.content) < 0.5 * len(full.content)
    for name, tensor in short.json()["values"].items():
        exact = np.array(full.json()["values"][name]["data"])
        assert np.allclose(tensor["data"], exact, rtol=5.1e-3, atol=0)
    assert short.json()["middles"] == full.json()["middles"] == {"a1": 0.5, "z2": 0.0}


# Landscape


@pytest.mark.parametrize(
    ("query", "view"),
    [
        ("resolution=5&path=3", engine.LandscapeView(resolution=5, path=3)),
        ("draw=2&resolution=3&span=0.5&path=0", engine.LandscapeView(draw=2, resolution=3, span=0.5, path=0)),
        ("plane=path&resolution=3&path=4", engine.LandscapeView("path", resolution=3, path=4)),
        (
            "plane=weights&x=W1[0,2]&y=b3[1]&resolution=3&path=2",
            engine.LandscapeView("weights", weights=(("W1", (0, 2)), ("b3", (1,))), resolution=3, path=2),
        ),
        ("plane=line&to=90&resolution=5&path=2", engine.LandscapeView("line", to=90, resolution=5, path=2)),
    ],
    ids=["random", "another draw", "path", "weights", "line"],
)
def test_a_landscape_is_what_the_engine_says(api, playground_run, playground, query, view):
    found = models.Landscape.model_validate_json(api.get(f"{playground_run}/steps/30/landscape?{query}").text)
    wanted = playground.landscape(30, view)
    assert found.plane == view.kind
    assert found.loss.data == wanted.loss.tolist()
    assert [axis.values for axis in found.axes] == [axis.tolist() for axis in wanted.axes]
    assert [axis.name for axis in found.axes] == list(wanted.plane.names)
    assert found.path.steps == list(wanted.path.steps)
    assert found.path.coordinates == wanted.path.coordinates.tolist()
    assert (found.examples, found.of) == (12, 12)


# Diagnosis


def test_a_diagnosis_tells_a_lost_run_in_words(api, open_run, diverging):
    run = open_run(diverging)
    texts = {}
    for language in ("en", "zh"):
        answer = api.get(f"{run}/diagnosis?lang={language}")
        found = models.Diagnosis.model_validate_json(answer.text)
        assert found.language == answer.headers["content-language"] == language
        lost = found.non_finite
        trace = api.get(f"{run}/steps/{lost.step}").json()["values"][lost.name]["data"]
        for i in lost.index:
            trace = trace[i]
        assert trace == lost.value
        assert isinstance(lost.value, str)
        texts[language] = lost.sentence
        assert lost.causes[0].text in lost.sentence
    assert texts["en"] != texts["zh"]
    assert found.steps == 12


def test_a_diagnosis_of_a_sound_run(api, playground_run, playground):
    found = models.Diagnosis.model_validate_json(api.get(f"{playground_run}/diagnosis").text)
    wanted = playground.diagnosis()
    assert found.non_finite is None
    assert found.dead_unit is None or found.dead_unit.model_dump() == vars(wanted.dead_unit)
    assert (found.loss_drop.step, found.loss_drop.until) == (wanted.loss_drop.step, wanted.loss_drop.until)
    stopping = found.early_stopping
    assert (stopping.monitor, stopping.monitors) == ("train_loss", ["train_loss", "train_accuracy"])
    assert stopping.best.step == 3 * stopping.best.epoch


def test_early_stopping_takes_its_parameters_from_the_address(api, playground_run, playground):
    found = api.get(f"{playground_run}/diagnosis?monitor=train_accuracy&patience=2&min_delta=0.01").json()[
        "early_stopping"
    ]
    wanted = playground.stopping("train_accuracy", 2, 0.01)
    assert (found["monitor"], found["patience"], found["min_delta"]) == ("train_accuracy", 2, 0.01)
    assert found["best"]["value"] == wanted.best_value
    assert (found["stopped"] and found["stopped"]["epoch"]) == wanted.stopped
    assert found["stopped"]["step"] == 3 * wanted.stopped
    assert (found["goal"], found["reached"]) == (None, None)


def test_a_goal_is_looked_for(api, playground_run, playground):
    losses = [playground.metrics(3 * epoch)["train"].loss for epoch in range(playground.spec.epochs + 1)]
    goal = sum(losses[:2]) / 2
    found = api.get(f"{playground_run}/diagnosis?monitor=train_loss&goal={goal}").json()["early_stopping"]
    epoch = next(epoch for epoch, loss in enumerate(losses) if loss <= goal)
    assert (found["goal"], found["reached"]) == (goal, {"epoch": epoch, "step": 3 * epoch})
    assert api.get(f"{playground_run}/diagnosis?goal=much").status_code == 422


# What is refused


WRONG = {
    "data?step=1.5": "step",
    "data?steps=1": "query",
    "steps/0/surface?name=a1&digits=0": "digits",
    "steps/0/surface?name=a1&digits=18": "digits",
    "history?include=": "include",
    "history?include=loss,loss": "include",
    "history?include=speed": "include",
    "history?include=loss,": "include",
    "steps/0/metrics?set=train": "query",
    "steps/0/surface": "name",
    "steps/0/surface?name=": "name",
    "steps/0/surface?name=delta1": "name",
    "steps/0/surface?name=W1": "name",
    "steps/0/surface?names=a1,W1": "names",
    "steps/0/surface?name=a1&names=a1": "names",
    "steps/0/surface?name=a1&unit=4": "unit",
    "steps/0/surface?name=a1&unit=-1": "unit",
    "steps/0/surface?name=a1&inputs=0,2": "inputs",
    "steps/0/surface?name=a1&inputs=0,0": "inputs",
    "steps/0/surface?name=a1&inputs=0,1,0": "inputs",
    "steps/0/surface?name=a1&inputs=": "inputs",
    "steps/0/surface?name=a1&resolution=1": "resolution",
    "steps/0/surface?name=a1&resolution=501": "resolution",
    "steps/0/surface?name=a1&resolution=ten": "resolution",
    "steps/0/surface?name=a1&at=100": "at",
    "steps/0/surface?name=a1&at=mean": "at",
    "steps/0/surface?name=a1&low=0": "low",
    "steps/0/surface?name=a1&low=0,nan": "low",
    "steps/0/surface?name=a1&high=1,1e999": "high",
    "steps/0/surface?name=a1&low=0,0&high=1,0": "high",
    "steps/0/surface?name=a1&low=0x1,0": "low",
    "steps/0/landscape?plane=flat": "plane",
    "steps/0/landscape?plane=weights": "x",
    "steps/0/landscape?plane=weights&x=W1": "x",
    "steps/0/landscape?plane=weights&x=W1[0]": "weights",
    "steps/0/landscape?plane=weights&x=W1[9,0]": "weights",
    "steps/0/landscape?plane=weights&x=V1[0,0]": "weights",
    "steps/0/landscape?plane=weights&x=W1[0,0]&y=W1[0,0]": "weights",
    "steps/0/landscape?plane=weights&x=W1[00,0]": "x",
    "steps/0/landscape?x=W1[0,0]": "x",
    "steps/0/landscape?plane=line": "to",
    "steps/0/landscape?plane=line&to=1001": "to",
    "steps/0/landscape?to=3": "to",
    "steps/0/landscape?span=0": "span",
    "steps/0/landscape?span=-1": "span",
    "steps/0/landscape?span=1,2": "span",
    "steps/0/landscape?set=all": "set",
    "steps/0/landscape?set=test": "examples",
    "steps/0/landscape?resolution=1": "resolution",
    "steps/0/landscape?path=-1": "path",
    "diagnosis?monitor=speed": "monitor",
    "diagnosis?monitor=test_loss": "monitor",
    "diagnosis?monitor=train_accuracy": "monitor",
    "diagnosis?patience=0": "patience",
    "diagnosis?min_delta=-0.1": "min_delta",
    "diagnosis?min_delta=Infinity": "min_delta",
    "diagnosis?lang=fr": "lang",
}


@pytest.mark.parametrize(("address", "field"), WRONG.items(), ids=WRONG)
def test_a_bad_parameter_is_a_422_that_names_it_and_what_is_allowed(one_api, address, field):
    run = one_api.post("/api/v1/runs", json={}).headers["location"]
    answer = one_api.get(f"{run}/{address}")
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert error["kind"]
    assert error["allowed"]


@pytest.mark.parametrize("figure", ["metrics", "surface?name=a1", "landscape"])
def test_a_moment_outside_the_run_is_a_404_with_the_allowed_range(api, seed_run, figure):
    assert api.get(f"{seed_run}/steps/1000/{figure}").status_code == 200
    for step in (1001, -1):
        answer = api.get(f"{seed_run}/steps/{step}/{figure}")
        assert answer.status_code == 404
        assert answer.json()["errors"] == [{"field": "step", "kind": "number", "allowed": "0 to 1000"}]


def test_a_figure_that_would_cost_too_much_is_refused_before_anything_is_allocated(make_api):
    wide = {"layers": [{"units": 900}, {"units": 900}, {"units": 1}], "data": {"kind": "uniform", "examples": 4}}
    api = make_api(max_figure_work=10**9, max_values=3 * 10**6)
    run = api.post("/api/v1/runs", json=wide).headers["location"]
    api.get(f"{run}/steps/0/surface?name=a3&resolution=2")
    tracemalloc.start()
    for question, limit in (
        ("surface?name=a3&resolution=100", "max_figure_work"),
        ("surface?names=a1,a2&resolution=45", "max_values"),
        ("landscape?resolution=10", "max_figure_work"),
    ):
        answer = api.get(f"{run}/steps/0/{question}")
        assert answer.status_code == 422, answer.text
        problem = answer.json()
        assert problem["type"] == "urn:backscope:problem:limit-exceeded"
        assert (problem["setting"], problem["errors"][0]["field"]) == (limit, "resolution")
        assert problem["value"] > problem["maximum"]
    assert tracemalloc.get_traced_memory()[1] < 1_500_000
    tracemalloc.stop()
    assert api.get(f"{run}/steps/0/surface?name=a1&unit=3&resolution=30").status_code == 200


def test_a_figure_that_is_not_ready_in_time_is_a_503_and_a_retry_gets_further(make_api):
    run = make_api().post("/api/v1/runs", json={"epochs": 8_000, "seed": 78}).headers["location"]
    api = make_api(deadline_seconds=0.05)
    statuses = [api.get(f"{run}/diagnosis").status_code]
    assert statuses == [503]
    while statuses[-1] == 503 and len(statuses) < 1_000:
        statuses.append(api.get(f"{run}/diagnosis").status_code)
    assert statuses[-1] == 200


def test_figures_do_not_depend_on_what_was_asked_before(make_api):
    questions = [
        "history?points=5&include=quantiles,train",
        "steps/70/surface?name=a2&resolution=4",
        "steps/20/landscape?resolution=3&path=3",
        "diagnosis",
        "steps/90/metrics",
    ]
    bodies = []
    for order in (questions, questions[::-1]):
        engine.run.kept.clear()
        api = make_api(cache_bytes=0)
        run = api.post("/api/v1/runs", json=PLAYGROUND).headers["location"]
        bodies.append({question: json.dumps(api.get(f"{run}/{question}").json()) for question in order})
    assert bodies[0] == bodies[1]
