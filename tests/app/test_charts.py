"""Charts: every one of every kind of run is a figure for Plotly, in both languages, without colours of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import engine
from app import models_figures as models
from app.charts import CHARTS, OPTIONS
from app.plots import Question

TOKENS = Path(__file__).resolve().parents[2] / "static/css/tokens.css"

RUNS: dict[str, dict[str, Any]] = {
    "regression": {"epochs": 60},
    "classes, test examples, penalty, mini-batches": {
        "data": {"kind": "circles", "examples": 40, "test_fraction": 0.25},
        "layers": [{"units": 4, "activation": "relu"}, {"units": 3, "activation": "tanh"}, {"units": 1}],
        "loss": "binary_cross_entropy",
        "optimizer": {"kind": "adam", "learning_rate": 0.05},
        "penalty": {"l2": 0.01},
        "batch_size": 8,
        "epochs": 12,
    },
    "several classes": {
        "data": {"kind": "blobs", "examples": 30, "centres": 3},
        "layers": [{"units": 4, "activation": "sigmoid"}, {"units": 3}],
        "loss": "softmax_cross_entropy",
        "epochs": 20,
    },
    "one layer that diverges": {
        "layers": [{"units": 1}],
        "optimizer": {"kind": "sgd", "learning_rate": 30.0},
        "epochs": 300,
    },
    "one step": {"data": {"kind": "xor"}, "layers": [{"units": 1}], "epochs": 1},
    "all frozen": {"data": {"kind": "xor"}, "layers": [{"units": 1, "frozen": ["W", "b"]}], "epochs": 3},
}


def opened(document: dict[str, Any]) -> engine.Run:
    return engine.open_run(engine.ExperimentSpec.from_json(document))


def questions() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every chart of every run, with every choice of one option and the usual ones of the others."""
    for name, document in RUNS.items():
        run = opened(document)
        for chart in CHARTS.values():
            if not chart.applies(run):
                continue
            choices = {option.name: [choice.value for choice in option.choices(run)] for option in chart.options}
            usual = {option: values[0] for option, values in choices.items()}
            seen = []
            for option, values in (*choices.items(), ("", [""])):
                for value in values:
                    chosen = usual | ({option: value} if option else {})
                    if chosen not in seen:
                        seen.append(chosen)
                        yield name, chart.name, chosen


QUESTIONS = list(questions())
COLOUR = re.compile(r"(color-mix\(in oklab, var\(--[\w-]+\) \d+%, (var\(--[\w-]+\)|transparent)\)|var\(--[\w-]+\))")
PROPERTIES = set(re.findall(r"^  (--[\w-]+):", TOKENS.read_text(encoding="utf-8"), re.MULTILINE))


def plain(part: Any) -> Any:
    """The figure with a colour in the place of every custom property; every other colour is found out."""
    if isinstance(part, dict):
        return {key: plain(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [plain(value) for value in part]
    if isinstance(part, str) and COLOUR.fullmatch(part):
        assert set(re.findall(r"--[\w-]+", part)) <= PROPERTIES, part
        return "#123456"
    if isinstance(part, str):
        assert not re.search(r"#[0-9a-fA-F]{3}|rgba?\((?!0,0,0,0\))|var\(", part), part
    return part


@pytest.mark.parametrize(("name", "chart", "chosen"), QUESTIONS, ids=lambda part: str(part).replace(" ", "-"))
def test_every_chart_is_a_figure_that_plotly_takes(name, chart, chosen):
    run = opened(RUNS[name])
    sentences = {}
    for language in engine.LANGUAGES:
        question = Question(run, run.steps // 2, 50, chosen, language, 10**9, lambda: False)
        found = CHARTS[chart].build(question)
        figure = go.Figure(data=plain(found.data), layout=plain(found.layout))
        assert figure.data
        assert found.sentence
        assert "{" not in found.sentence + json.dumps([trace.get("name") for trace in found.data])
        sentences[language] = found.sentence
    assert re.search(r"[\u4e00-\u9fff]", sentences["zh"])
    assert not re.search(r"[\u4e00-\u9fff]", sentences["en"])


def test_every_chart_is_shown_by_some_run_and_every_option_is_known():
    assert {chart for _, chart, _ in QUESTIONS} == set(CHARTS)
    assert set(OPTIONS) == {option for _, _, chosen in QUESTIONS for option in chosen}
    for name, chart in CHARTS.items():
        assert chart.name == name
        for text in (chart.label, chart.summary):
            assert text.en
            assert text.zh


@pytest.fixture
def circles(open_run) -> str:
    return open_run(RUNS["classes, test examples, penalty, mini-batches"])


def test_a_run_lists_the_charts_it_has_with_their_choices(api, circles, seed_run):
    found = models.Charts.model_validate_json(api.get(f"{circles}/charts?lang=zh").text)
    assert [chart.name for chart in found.charts] == [name for name in CHARTS if name != "r2"]
    options = {
        chart.name: {option.name: [c.value for c in option.choices] for option in chart.options}
        for chart in found.charts
    }
    assert options["confusion"] == {"set": ["train", "test"]}
    assert options["layers"] == {"quantity": ["delta", "a", "dW", "ratio"]}
    assert "delta3" in options["distribution"]["values"]
    there = [chart["name"] for chart in api.get(f"{seed_run}/charts?lang=en").json()["charts"]]
    assert "confusion" not in there
    assert {"loss", "r2", "depth"} <= set(there)


def test_a_chart_shows_the_figures_of_the_history(api, circles):
    run = opened(RUNS["classes, test examples, penalty, mini-batches"])
    answer = api.get(f"{circles}/charts/loss?points=7&lang=en")
    found = models.Chart.model_validate_json(answer.text)
    history = run.history([int(step) for step in found.data[0]["x"]], include=("loss", "penalty", "train", "test"))
    by_name = {trace["name"]: trace["y"] for trace in found.data}
    assert list(by_name) == ["each batch", "training", "test", "training and penalty"]
    assert np.allclose(by_name["each batch"], history.loss, rtol=1e-5)
    assert np.allclose(by_name["training"], history.train.loss, rtol=1e-5)
    assert np.allclose(by_name["test"], history.test.loss, rtol=1e-5)
    assert np.allclose(by_name["training and penalty"], history.train.loss + history.penalty, rtol=1e-5)
    assert found.scales
    assert len(found.data[0]["x"]) == 7
    assert answer.headers["content-language"] == "en"
    assert "immutable" in answer.headers["cache-control"]


def test_a_confusion_matrix_is_that_of_the_metrics(api, circles):
    found = api.get(f"{circles}/charts/confusion?step=45&set=test").json()
    metrics = api.get(f"{circles}/steps/45/metrics").json()["test"]
    (matrix,) = found["data"]
    counts = metrics["confusion"][0]["counts"]["data"]
    assert matrix["customdata"] == counts
    for row, shares in zip(counts, matrix["z"], strict=True):
        assert sum(map(abs, shares)) == pytest.approx(1.0 if sum(row) else 0.0)
    assert len(matrix["x"]) == 2


def test_what_is_no_number_is_a_gap(api, open_run):
    run = open_run(RUNS["one layer that diverges"])
    losses = api.get(f"{run}/charts/loss?points=300").json()["data"][0]["y"]
    assert None in losses
    assert all(value is None or isinstance(value, float) for value in losses)
    assert api.get(f"{run}/charts/depth?step=299").status_code == 200
    assert api.get(f"{run}/charts/landscape?step=299").status_code == 200


def built(document: dict[str, Any], chart: str, step: int = 0, language: str = "en", **chosen: str) -> Any:
    run = opened(document)
    usual = {option.name: option.choices(run)[0].value for option in CHARTS[chart].options}
    return CHARTS[chart].build(Question(run, step, 60, usual | chosen, language, 10**9, lambda: False))


def deep(activation: str, **more: Any) -> dict[str, Any]:
    layers = [*[{"units": 8, "activation": activation}] * 6, {"units": 1, "activation": "sigmoid"}]
    return {"data": {"kind": "circles"}, "layers": layers, "loss": "binary_cross_entropy", "epochs": 20, **more}


WRONGS = {
    "vanishing": (deep("sigmoid"), ("depth", "layers"), "Vanishing", "梯度消失"),
    "exploding": (
        deep("relu", initializer={"kind": "normal", "std": 3.0}, optimizer={"kind": "sgd", "learning_rate": 1e-9}),
        ("depth", "layers"),
        "Exploding",
        "梯度爆炸",
    ),
    "diverging": (RUNS["one layer that diverges"], ("loss", "r2", "layers", "distribution"), "Diverging", "发散"),
    "overfitting": (
        {
            "data": {"kind": "moons", "examples": 40, "noise": 0.35, "test_fraction": 0.5},
            "layers": [{"units": 24, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
            "loss": "binary_cross_entropy",
            "optimizer": {"kind": "adam", "learning_rate": 0.05},
            "epochs": 300,
        },
        ("loss",),
        "Overfitting",
        "过拟合",
    ),
}


@pytest.mark.parametrize(("document", "charts", "en", "zh"), WRONGS.values(), ids=WRONGS)
def test_a_chart_says_in_a_word_what_goes_wrong(document, charts, en, zh):
    for chart in charts:
        assert built(document, chart).warning == en, chart
        assert built(document, chart, language="zh").warning == zh, chart


def test_nothing_is_wrong_with_a_training_that_goes_well():
    well = deep("tanh", initializer={"kind": "glorot_uniform"})
    for chart in ("loss", "depth", "layers"):
        assert not built(well, chart).warning, chart


def test_sizes_over_training_are_those_over_depth_whatever_the_width_and_the_batch():
    document = {**RUNS["classes, test examples, penalty, mini-batches"], "batch_size": 7}
    run = opened(document)
    for quantity in ("a", "delta", "dW"):
        curves = built(document, "layers", quantity=quantity).data
        steps = curves[0]["x"]
        assert len({run.spec.batch_at(step) for step in steps}) == 2, "the last batch of an epoch is smaller"
        for at, step in enumerate(steps):
            sizes = [getattr(layer, quantity) for layer in run.flow(step).layers]
            assert [curve["y"][at] for curve in curves] == pytest.approx(sizes, rel=1e-5)


def test_an_error_that_is_zero_is_said_to_be(api, open_run):
    dead = {
        "data": {"kind": "xor"},
        "layers": [{"units": 3, "activation": "relu"}, {"units": 1}],
        "parameters": {"b1": [-9.0, -9.0, -9.0]},
        "epochs": 2,
    }
    found = api.get(f"{open_run(dead)}/charts/depth?lang=en").json()
    assert "no error reaches layer 1" in found["sentence"]
    assert [note["text"] for note in found["layout"]["annotations"]] == ["δ = 0"]
    errors = next(trace for trace in found["data"] if trace["name"] == "|δ|")
    assert errors["y"][0] is None
    assert errors["meta"]["exact"][0] == 0


def test_while_a_run_is_computed_a_chart_shows_what_there_is_on_the_axis_of_the_whole(api, circles):
    whole = api.get(f"{circles}/charts/loss?lang=en").json()
    part = api.get(f"{circles}/charts/loss?lang=en&epochs=3").json()
    assert part["data"][1]["x"] == list(range(12))
    assert part["data"][1]["y"] == whole["data"][1]["y"][:12]
    assert part["layout"]["xaxis"]["range"] == whole["layout"]["xaxis"]["range"]
    way = api.get(f"{circles}/charts/landscape?step=9&epochs=3").json()
    assert next(trace for trace in way["data"] if trace.get("meta"))["customdata"][-1][0] == 12
    assert api.get(f"{circles}/charts/landscape?step=40&epochs=3").status_code == 200
    assert api.get(f"{circles}/charts/loss?epochs=99").json()["data"] == whole["data"]


WRONG = {
    "loss?epochs=0": "epochs",
    "loss?step=1": "step",
    "loss?plane=path": "plane",
    "loss?points=1": "points",
    "depth?points=3": "points",
    "confusion?set=all": "set",
    "layers?quantity=speed": "quantity",
    "layers?quantity=../x": "quantity",
    "distribution?values=delta9": "values",
    "landscape?plane=weights": "plane",
    "landscape?kind=path": "query",
}


@pytest.mark.parametrize(("address", "field"), WRONG.items(), ids=WRONG)
def test_a_bad_parameter_is_a_422_that_names_it(api, circles, address, field):
    answer = api.get(f"{circles}/charts/{address}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field


def test_a_chart_that_is_not_there_is_a_404(api, seed_run):
    answer = api.get(f"{seed_run}/charts/pie")
    assert answer.status_code == 404
    assert answer.json()["errors"] == [{"field": "chart", "kind": "string", "allowed": ", ".join(CHARTS)}]
    assert api.get(f"{seed_run}/charts/confusion").status_code == 404
    assert api.get(f"{seed_run}/charts/depth?step=1001").status_code == 404
    assert api.get(f"/api/v1/runs/{'0' * 32}/charts").status_code == 404
