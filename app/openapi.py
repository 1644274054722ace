"""The OpenAPI document: what each route takes and gives, with a request schema generated from the engine's catalogue.

The routes read raw requests (see schema.py), so what the framework cannot see is written here, once per operation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from app import binary, models, models_data, models_figures, openapi_examples
from app.errors import MEDIA_TYPE, PROBLEMS
from app.models_catalog import Catalog
from app.models_teaching import Glossary, Lessons
from app.openapi_parameters import (
    CHART,
    CHART_PARAMETERS,
    COUNT,
    CSV_PARAMETERS,
    DATA_STEP,
    DIAGNOSIS,
    EXAMPLES,
    EXPORT,
    INCLUDE,
    INDEX,
    LANDSCAPE,
    LANG,
    LESSON,
    MOMENT,
    NAME,
    NAMES,
    PHASE,
    POINTS,
    ROWS,
    RUN,
    SCHEMA,
    START,
    STEP,
    STOP,
    SURFACE,
    TO,
)
from app.openapi_spec import spec_schema
from app.settings import settings_table

Plain = dict[str, Any]

REF = "#/components/schemas/"
DESCRIPTION = """Forward and backward passes of neural networks, one number at a time.

Post an experiment spec to `/api/v1/runs`; everything below the id that comes back is a pure function of the spec and
the step: it never changes, and may be cached for ever. Errors are RFC 9457 problem documents.

A server for one person allows more than one that is shared (`backscope serve --profile shared`), and whoever runs it
may set every limit (`backscope serve --help`). A run's document has the limits of its server.
"""


LIMITED = ("experiment", "answer", "work", "memory")
"""Groups of settings that bound what a client may ask for, or what is kept of it."""

OPERATIONS: dict[str, tuple[str, str, type[BaseModel] | None, list[Plain], tuple[int, ...]]] = {
    "createRun": (
        "Post an experiment",
        "The same spec always gives the same id: 201 the first time, 200 after that.",
        models.Run,
        [LANG],
        (400, 403, 406, 408, 413, 415, 422, 503),
    ),
    "getRun": (
        "A run",
        "The completed spec, the program of a step, and what every name stands for.",
        models.Run,
        [RUN, LANG],
        (404, 406, 422, 503),
    ),
    "getStep": (
        "The trace of a step",
        "Every array of the step and the assignments that made them. An array above the server's limits is left out, "
        "with a summary in its place.",
        models.Trace,
        [RUN, STEP, EXAMPLES, NAMES, PHASE],
        (404, 406, 422, 503),
    ),
    "getSteps": (
        "Several steps in a row",
        "So many steps from `start` on, or as many as one answer may hold: then `Link: rel=next` leads to the rest.",
        models.Steps,
        [RUN, START, COUNT, EXAMPLES, NAMES, PHASE],
        (404, 406, 422, 503),
    ),
    "getParameters": (
        "The parameters before a step",
        "Weights and biases. The number of steps itself stands for the end of the run.",
        models.ParameterValues,
        [RUN, MOMENT, NAMES],
        (404, 406, 422, 503),
    ),
    "explainNumber": (
        "One number explained",
        "Its formula, the same with numbers, the terms and where they come from, a sentence, and two witnesses.",
        models.Explanation,
        [RUN, STEP, NAME, INDEX, LANG],
        (404, 406, 422, 503),
    ),
    "checkGradients": (
        "Gradient check of a step",
        "Central differences of the loss against backpropagation, per parameter array, worst first.",
        models.GradientCheck,
        [RUN, STEP],
        (404, 406, 422, 503),
    ),
    "getAfter": (
        "The batch after the update",
        "The examples of a step once more, with the parameters that it has made, and the change of the loss that the "
        "gradient foretold beside the real one.",
        models_figures.Aftermath,
        [RUN, STEP, EXAMPLES, NAMES],
        (404, 406, 422, 503),
    ),
    "getHistory": (
        "Figures over steps",
        "Evenly spaced steps of a stretch of the run: loss and penalty, metrics of the training and the test examples, "
        "and layer by layer norms, quantiles, update ratios and the shares of dead and saturated units.",
        models_figures.History,
        [RUN, START, STOP, POINTS, INCLUDE],
        (404, 406, 422, 503),
    ),
    "getMetrics": (
        "How good a network is",
        "Loss, accuracy, R² and confusion matrix of the training and the test examples, with the parameters before a "
        "step; and how signals and errors change from layer to layer.",
        models_figures.Metrics,
        [RUN, MOMENT],
        (404, 406, 422, 503),
    ),
    "getSurface": (
        "Units over the input plane",
        "What the network makes of every point of a plane of two inputs, or of a line along one, on the scale of the "
        "data; and the class each point is given.",
        models_figures.Surface,
        [RUN, MOMENT, *SURFACE],
        (404, 406, 422, 503),
    ),
    "getData": (
        "The data of a run",
        "The training and the test examples as they are before features are taken and scaled, with names; or some rows "
        "of one part, as the network is given them too.",
        models_data.Data,
        [RUN, DATA_STEP, *ROWS, LANG],
        (404, 406, 422, 503),
    ),
    "readCsv": (
        "Examples from CSV text",
        "A table of numbers, the last column of numbers or of words for classes, becomes the `data` of a spec. The "
        "text is the body itself, with options in the address; or a field of a JSON body, with the options beside it. "
        "What cannot be read is named by row, line and column.",
        models_data.Csv,
        CSV_PARAMETERS,
        (400, 403, 406, 408, 413, 415, 422, 503),
    ),
    "getCharts": (
        "The charts of a run",
        "Those that mean something for it, with what can be chosen about each.",
        models_figures.Charts,
        [RUN, LANG],
        (404, 406, 422, 503),
    ),
    "getChart": (
        "A chart",
        "Traces and layout as Plotly takes them, and in a sentence what there is to see.",
        models_figures.Chart,
        [RUN, CHART, *CHART_PARAMETERS, LANG],
        (404, 406, 422, 503),
    ),
    "getLandscape": (
        "Loss around the parameters",
        "The loss on a plane through the parameters, and the way of training on it. Where it would take too long, "
        "fewer examples are evaluated, evenly spread; the answer says how many.",
        models_figures.Landscape,
        [RUN, MOMENT, *LANDSCAPE],
        (404, 406, 422, 503),
    ),
    "getDiagnosis": (
        "What happened in a run",
        "The first number that is not finite and why, in words; the first dead unit; the largest drop of the loss; and "
        "when early stopping would have ended training. Every step is looked at once; what was seen is kept.",
        models_figures.Diagnosis,
        [RUN, *DIAGNOSIS, LANG],
        (404, 406, 422, 503),
    ),
    "getEvents": (
        "Follow a run while it is computed",
        "Server-sent events until step `to` is reached: `history` with losses, `progress` and `done`. The id of an "
        "event is the step it has come to; a client that comes back with Last-Event-ID hears the rest. All that was "
        "computed is kept, and the work stops when the last listener has gone.",
        None,
        [RUN, TO, POINTS],
        (404, 406, 422, 503),
    ),
    "exportRun": (
        "A run as a file",
        "`json`: a step with its experiment. `csv`: a table. `npz`, `safetensors`: weights, or a step. `html`: one "
        "file that steps offline, with the views of the page. `py`, `ipynb`: a program in NumPy, PyTorch or Keras that "
        "reproduces the first losses; a 422 names the part of an experiment that a library has no words for.",
        None,
        [RUN, *EXPORT],
        (404, 422, 503),
    ),
    "getCatalog": (
        "What an experiment can be made of",
        "Layers, activations, losses, optimizers, initializers, data sets and ready examples, with ranges.",
        Catalog,
        [LANG],
        (406, 422, 503),
    ),
    "getGlossary": (
        "Every term, with its formula and where to see it",
        "What the page shows when somebody points at a symbol; lessons may refer to terms by their ids.",
        Glossary,
        [LANG],
        (406, 422, 503),
    ),
    "getLessons": (
        "The built-in lessons",
        "Guided lessons on the page; anybody can write more, in the same format.",
        Lessons,
        [LANG],
        (406, 422, 503),
    ),
    "getLesson": (
        "A built-in lesson",
        "The file itself, in every language, as `/api/v1/schemas/lesson.json` describes it: a pattern for your own.",
        None,
        [LESSON],
        (404, 406, 422, 503),
    ),
    "getSchema": (
        "JSON Schema of an experiment, of a trace, and of the rest",
        "Complete in itself, in the dialect of 2020-12, and always at this address.",
        None,
        [SCHEMA],
        (404, 406, 422, 503),
    ),
    "getHealth": ("Is the server well?", "For monitors.", models.Health, [], (422,)),
    "healthz": ("Is the server well?", "The same under its usual name.", models.Health, [], (422,)),
}


IN_FORMS = ("getStep", "getSteps", "getParameters")
"""Operations whose arrays may be had as binary files."""


EXPORTED = (
    *("application/json", "text/csv", "application/x-npz", "application/vnd.safetensors"),
    *("text/html", "text/x-python", "application/x-ipynb+json"),
)
FILE: Plain = {"schema": {"type": "string", "format": "binary"}}
SCHEMA_TYPE = "application/schema+json"
EVENT_STREAM = "text/event-stream"


def document(operation: str) -> Plain:
    """What a route tells the framework about itself."""
    summary, description, model, parameters, statuses = OPERATIONS[operation]
    responses: dict[int | str, Plain] = {
        200: {"model": model, "description": "The answer."},
        **{status: _problem(status) for status in sorted({*statuses, 405, 421, 500})},
    }
    if operation in IN_FORMS:
        content = responses[200].setdefault("content", {})
        for form in binary.FORMATS.values():
            content[form.media_type] = FILE
    if operation == "getSchema":
        responses[200] = {"description": "The schema.", "content": {SCHEMA_TYPE: {"schema": {"type": "object"}}}}
    if operation == "exportRun":
        responses[200] = {
            "description": "The file.",
            "content": {
                form: {
                    "schema": {"type": "object"} if form.endswith("json") else {"type": "string", "format": "binary"}
                }
                for form in EXPORTED
            },
        }
    if operation == "getLesson":
        responses[200] = {"description": "The lesson.", "content": {"application/json": {"schema": {"type": "object"}}}}
    if operation == "getEvents":
        responses[200] = {
            "description": "The stream.",
            "content": {EVENT_STREAM: {"schema": {"type": "string"}, "example": openapi_examples.EVENTS}},
        }
        responses[204] = {"description": "The client has heard all there is."}
    if operation == "createRun":
        responses[200] = {"model": model, "description": "The run was known already."}
        responses[201] = {
            "model": model,
            "description": "A new run.",
            "headers": {"Location": {"description": "Address of the run.", "schema": {"type": "string"}}},
        }
    elif "run" in {parameter["name"] for parameter in parameters}:
        responses[307] = {"description": "An older version gave the run this id; `Location` has the one of today."}
        responses[304] = {"description": "Unchanged: the ETag is that of If-None-Match. Answers are immutable."}
    extra: Plain = {"parameters": parameters} if parameters else {}
    if operation == "createRun":
        extra["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": REF + "ExperimentSpec"}}},
        }
    if operation == "readCsv":
        extra["requestBody"] = {"required": True, "content": _csv_bodies()}
    return {
        "operation_id": operation,
        "summary": summary,
        "description": description,
        "response_model": None,
        **({} if model else {"response_class": Response}),  # else the framework adds JSON to what it answers
        "responses": responses,
        "openapi_extra": extra,
    }


def _csv_bodies() -> Plain:
    """The two forms of a CSV text: as it is, or in JSON with its options."""
    options = {each["name"]: each["schema"] for each in CSV_PARAMETERS}
    named: Plain = {"type": "object", "properties": {"text": {"type": "string"}, **options}, "required": ["text"]}
    return {
        "text/csv": {"schema": {"type": "string"}, "example": openapi_examples.CSV["text"]},
        "application/json": {"schema": {**named, "additionalProperties": False}, "example": openapi_examples.CSV},
    }


def _problem(status: int) -> Plain:
    titles = [title for found, title in PROBLEMS.values() if found == status]
    return {
        "description": "; ".join(titles) + ".",
        "content": {MEDIA_TYPE: {"schema": {"$ref": REF + models.ProblemDocument.__name__}}},
    }


def _limits() -> str:
    """The limits in both profiles, as a table."""
    rows = ["| limit | what it bounds | one person | shared |", "|---|---|---|---|"]
    for each in settings_table():
        if each.group in LIMITED:
            own, shared = each.show(each.own), each.show(each.own if each.shared is None else each.shared)
            rows.append(f"| `{each.flag}` | {each.about.en} | {own} | {shared} |")
    return "\n".join(["", *rows, ""])


def generator(app: FastAPI) -> Callable[[], Plain]:
    """The function that makes the document of an application, once."""

    @cache
    def make() -> Plain:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=DESCRIPTION + _limits(),
            routes=app.routes,
            tags=[
                {"name": "runs", "description": "Experiments and their steps."},
                {"name": "figures", "description": "What a run comes to: histories, metrics, surfaces, landscapes."},
                {"name": "data", "description": "Examples of one's own."},
                {"name": "exports", "description": "Runs as files."},
                {"name": "schemas", "description": "JSON Schemas of what goes in and out."},
                {"name": "teaching", "description": "The glossary, and lessons on the page."},
                {"name": "health", "description": "The server itself."},
            ],
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        problem = models.ProblemDocument.model_json_schema(ref_template=REF + "{model}")
        schemas.update(problem.pop("$defs"))
        schemas["ProblemDocument"] = problem
        schemas["ExperimentSpec"] = spec_schema()
        paths = made["paths"]
        posted = paths["/api/v1/runs"]["post"]["requestBody"]["content"]["application/json"]
        posted["examples"] = openapi_examples.posted()
        answers = openapi_examples.answers()
        identity, _ = openapi_examples.run()
        for operation in (operation for methods in paths.values() for operation in methods.values()):
            name = operation["operationId"]
            values = {"run": identity, **openapi_examples.REQUESTS[name]}
            operation["parameters"] = [
                {**each, "example": values[each["name"]]} if each["name"] in values else each
                for each in operation.get("parameters", [])
            ]
            if name in answers:
                operation["responses"]["200"]["content"]["application/json"]["example"] = answers[name]
        return made

    return make
