"""Examples for the OpenAPI document: a request for every operation, and what the server answers to it.

The answers are made by the engine when the document is asked for, so they cannot go out of date; a test sends every
request and compares.
"""

from __future__ import annotations

from typing import Any

import engine
from app import describe_charts, encode, encode_data, encode_figures
from app.charts import CHARTS
from app.identity import run_id
from app.plots import Figure, Question
from app.stretch import stretch

Plain = dict[str, Any]

SPEC: Plain = {
    "data": {"kind": "xor"},
    "layers": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
    "epochs": 3,
}
"""The experiment of all examples: small enough that its answers can be read."""
CSV: Plain = {
    "text": "length;width;kind\n1,5;2;long\n0,5;?;short\n0,75;1;short\n",
    "missing": "drop",
}
"""The CSV text of the examples, with a decimal comma and a gap."""
POSTED = "small"
"""Its name among the examples of a request."""

REQUESTS: dict[str, Plain] = {
    "createRun": {},
    "getRun": {},
    "getStep": {"step": 0, "examples": [0], "names": ["loss", "delta2"], "phase": "backward"},
    "getSteps": {"start": 0, "count": 2, "names": ["loss", "W2"]},
    "getParameters": {"step": 3, "names": ["W2", "b2"]},
    "explainNumber": {"step": 0, "name": "delta2", "index": [0, 0]},
    "checkGradients": {"step": 0},
    "getAfter": {"step": 0, "examples": [0], "names": ["a2", "loss"]},
    "getHistory": {"start": 0, "stop": 3, "points": 2},
    "getMetrics": {"step": 0},
    "getSurface": {"step": 0, "name": "a2", "resolution": 3},
    "getData": {"step": 0, "part": "train", "start": 1, "count": 2},
    "readCsv": {"missing": "drop"},
    "getCharts": {},
    "getChart": {"chart": "confusion", "step": 3},
    "getLandscape": {"step": 0, "resolution": 3, "path": 2},
    "getDiagnosis": {},
    "getEvents": {"to": 2, "points": 2},
    "exportRun": {"format": "json", "step": 1, "names": ["W1", "delta2"]},
    "getCatalog": {"lang": "zh"},
    "getGlossary": {"lang": "zh"},
    "getLessons": {"lang": "zh"},
    "getLesson": {"lesson": "one-neuron"},
    "getSchema": {"name": "trace.json"},
    "getHealth": {},
    "healthz": {},
}
"""The parameters of the example request, by operation; `run` is always the experiment above."""


def run() -> tuple[str, engine.Run]:
    """The example's run and its id."""
    spec = engine.ExperimentSpec.from_json(SPEC)
    return run_id(spec), engine.open_run(spec)


def posted() -> Plain:
    """Examples of a request that creates a run: the small one, and the built-in experiments."""
    built_in = {
        entry.name: {"summary": entry.label["en"], "value": getattr(entry, "spec", {})}
        for entry in engine.catalog()["examples"]
    }
    return {POSTED: {"summary": "A small network", "value": SPEC}, **built_in}


def answers() -> dict[str, Plain]:
    """What the server answers to the example requests, by operation; long answers are left out."""
    identity, opened = run()
    spec, most = opened.spec, 10**9
    two = stretch(opened, 0, 2, encode.Selection(names=("loss", "W2")), most, lambda: False)
    made = {
        "getStep": encode.trace(identity, opened.trace(0), encode.Selection((0,), ("loss", "delta2"), "backward")),
        "getSteps": encode.steps(identity, 0, two.traces, two.selection, most, most),
        "getParameters": encode.parameters(identity, 3, encode.named(opened.state_at(3), ("W2", "b2")), most, most),
        "explainNumber": encode.explanation(identity, 0, opened.explain(0, "delta2", (0, 0))),
        "checkGradients": encode.check(identity, opened.check(0)),
        "getAfter": encode_figures.aftermath(identity, opened.program, opened.aftermath(0), (0,), ("a2", "loss"), most),
        "getHistory": encode_figures.history(identity, opened.history((0, 2)), 0, 3, engine.USUAL),
        "getMetrics": encode_figures.metrics(identity, 0, opened.metrics(0), opened.flow(0), most),
        "getSurface": encode_figures.surface(
            identity, 0, opened.surface(0, ["a2"], engine.Grid((0, 1), 3)), None, most
        ),
        "getData": encode_data.data(identity, 0, opened.data(0), most, "en", encode_data.Rows("train", 1, 2)),
        "readCsv": encode_data.csv(engine.read_csv(CSV["text"], engine.csv_options("", {"missing": CSV["missing"]}))),
        "getCharts": encode.dumps(describe_charts.charts(identity, opened, "en")),
        "getChart": encode_figures.chart(identity, "confusion", 3, _confusion(opened), "en"),
        "getLandscape": encode_figures.landscape(
            identity, 0, opened.landscape(0, engine.LandscapeView(resolution=3, path=2)), most
        ),
        "getDiagnosis": encode_figures.diagnosis(
            identity, opened.diagnosis(), opened.stopping(), opened.monitors, spec.batches_per_epoch, "en"
        ),
    }
    return {operation: encode.loads(body) for operation, body in made.items()}


def _confusion(opened: engine.Run) -> Figure:
    return CHARTS["confusion"].build(Question(opened, 3, 2, {"set": "train"}, "en", 0, lambda: False))


EVENTS = """event: history
data: {"steps":[0,1,2],"loss":[0.75,0.5,0.25]}
id: 2
retry: 2000

event: progress
data: {"step":2,"to":2}
id: 2

event: done
data: {"step":2}
id: 2

"""
"""What a stream of events looks like."""
