"""The parameters of addresses, described: for the OpenAPI document."""

from __future__ import annotations

from typing import Any

import engine

Plain = dict[str, Any]


def parameter(name: str, place: str, description: str, schema: Plain, *, required: bool = False) -> Plain:
    """One parameter; those of the path are always required."""
    required = required or place == "path"
    return {"name": name, "in": place, "description": description, "schema": schema, "required": required}


def some(of: Plain) -> Plain:
    """A list without repetitions."""
    return {"type": "array", "items": of, "uniqueItems": True}


def comma(given: Plain) -> Plain:
    """The same, as a list with commas between its entries."""
    return {**given, "style": "form", "explode": False}


WHOLE: Plain = {"type": "integer", "minimum": 0}
ARRAY: Plain = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$"}

RUN = parameter("run", "path", "Id of the run.", {"type": "string", "pattern": "^[0-9a-f]{32}$"})
STEP = parameter("step", "path", "Number of the step, from 0.", WHOLE)
SCHEMA = parameter(
    "name",
    "path",
    "Which schema.",
    {
        "enum": [
            f"{name}.json"
            for name in ("spec", "trace", "steps", "run", "parameters", "problem", "experiment", "lesson")
        ]
    },
)
LESSON = parameter("lesson", "path", "Which lesson.", {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"})
LANG = parameter("lang", "query", "Language of the texts; else Accept-Language decides.", {"enum": ["en", "zh"]})
EXAMPLES = comma(parameter("examples", "query", "Rows of the batch, in this order.", some(WHOLE)))
NAMES = comma(parameter("names", "query", "Arrays; naming one lifts the size bound of its own.", some(ARRAY)))
PHASE = parameter("phase", "query", "Frames of one phase, and the arrays they touch.", {"enum": list(engine.PHASES)})
NAME = parameter("name", "query", "Name of an array: `delta1`.", ARRAY, required=True)
INDEX = comma(
    parameter("index", "query", "One index per axis: `0,2`; left out for a scalar.", {"type": "array", "items": WHOLE})
)
START = parameter("start", "query", "First step.", {**WHOLE, "default": 0})
STOP = parameter("stop", "query", "The step after the last; all steps if absent.", {"type": "integer", "minimum": 1})
COUNT = parameter("count", "query", "How many steps.", {"type": "integer", "minimum": 1, "default": 20})
EXPORT = [
    parameter(
        "format",
        "query",
        "The form of the file.",
        {"enum": ["json", "csv", "npz", "safetensors", "html", "py", "ipynb"]},
        required=True,
    ),
    parameter(
        "what",
        "query",
        "What of the run: the trace of a step, the weights before it, or figures over all steps (csv alone).",
        {"enum": ["trace", "weights", "history"]},
    ),
    parameter("step", "query", "The step; the first one that a page holds.", {**WHOLE, "default": 0}),
    parameter(
        "count",
        "query",
        "How many steps a page holds, or a program checks itself against.",
        {"type": "integer", "minimum": 1, "default": 10},
    ),
    parameter("points", "query", "Points of a history.", {"type": "integer", "minimum": 2, "default": 1000}),
    EXAMPLES,
    NAMES,
    PHASE,
    parameter("framework", "query", "Of a program.", {"enum": ["numpy", "torch", "keras"], "default": "numpy"}),
    LANG,
]
TO = parameter("to", "query", "The last step; that of the run if absent.", WHOLE)
POINTS = parameter(
    "points",
    "query",
    "At most so many steps, evenly spaced, the first and last among them.",
    {"type": "integer", "minimum": 2, "default": 200},
)

INCLUDE = comma(
    parameter("include", "query", "Which figures; of those, all that the run has.", some({"enum": list(engine.PARTS)}))
)
INCLUDE["schema"]["default"] = list(engine.USUAL)

MOMENT = parameter(
    "step",
    "path",
    "Number of the step whose parameters are looked at, before it changes them; or the number of all "
    "steps, for the end of the run.",
    WHOLE,
)
RESOLUTION: Plain = {"type": "integer", "minimum": 2}
NUMBERS: Plain = {"type": "array", "items": {"type": "number"}}
ADDRESS: Plain = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9_]*\[[0-9]+(,[0-9]+)*\]$"}

SURFACE = [
    parameter("name", "query", "Name of an array of the forward pass: `a2`. This or `names`.", ARRAY),
    comma(parameter("names", "query", "Several arrays of the forward pass: `a1,a2`.", some(ARRAY))),
    comma(parameter("unit", "query", "Units of these arrays, in this order; all if absent.", some(WHOLE))),
    comma(
        parameter(
            "inputs",
            "query",
            "The input along the columns and the one along the rows; one alone gives a line. The first two if absent.",
            some(WHOLE),
        )
    ),
    parameter("resolution", "query", "Points along each input.", {**RESOLUTION, "default": 50}),
    parameter("at", "query", "Row of a training example whose other inputs are kept; their means if absent.", WHOLE),
    comma(parameter("low", "query", "Where each input begins; a little before the data if absent.", NUMBERS)),
    comma(parameter("high", "query", "Where each input ends; a little beyond the data if absent.", NUMBERS)),
    parameter(
        "digits",
        "query",
        "Significant digits of the values; all if absent.",
        {"type": "integer", "minimum": 1, "maximum": 17},
    ),
]
DATA_STEP = parameter(
    "step", "query", "The step whose data are shown; edits may have changed them.", {**WHOLE, "default": 0}
)
ROWS = [
    parameter("part", "query", "Rows of one part alone; both parts, whole, if absent.", {"enum": ["train", "test"]}),
    parameter("start", "query", "The first row of the part.", {**WHOLE, "default": 0}),
    parameter("count", "query", "How many rows; as many as fit if absent.", {"type": "integer", "minimum": 1}),
]
_COLUMNS: Plain = {
    "type": "array",
    "items": {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 1}]},
    "minItems": 1,
    "uniqueItems": True,
}
CSV_PARAMETERS = [
    parameter("delimiter", "query", "What parts the cells; found if absent.", {"type": "string", "maxLength": 1}),
    parameter("header", "query", "Does the first row name the columns? Found if absent.", {"type": "boolean"}),
    parameter("decimal", "query", "What parts whole and fraction of a number; found if absent.", {"enum": [".", ","]}),
    comma(parameter("targets", "query", "Columns by name, or by number from 1; the last if absent.", _COLUMNS)),
    comma(parameter("inputs", "query", "Columns likewise; all that are no targets if absent.", _COLUMNS)),
    parameter(
        "missing",
        "query",
        "What becomes of a row with a missing value.",
        {"enum": ["refuse", "drop"], "default": "refuse"},
    ),
    parameter(
        "task",
        "query",
        "Are the targets classes? Words are, and numbers are not, if absent.",
        {"enum": ["classification", "regression"]},
    ),
]
CHART = parameter("chart", "path", "Name of the chart.", {"type": "string"})
CHART_PARAMETERS = [
    parameter("step", "query", "The step to show, for a chart of one step.", {**WHOLE, "default": 0}),
    parameter(
        "points",
        "query",
        "At most so many steps, for a chart over training.",
        {"type": "integer", "minimum": 2, "default": 400},
    ),
    parameter(
        "epochs",
        "query",
        "As if the run had so many epochs: for a run that is being computed, what there is of it. All of it if absent.",
        {"type": "integer", "minimum": 1},
    ),
    parameter("quantity", "query", "What to show of all layers, in the chart `layers`.", {"type": "string"}),
    parameter("values", "query", "Which array, in the chart `distribution`.", ARRAY),
    parameter("plane", "query", "Which plane, in the chart `landscape`.", {"enum": ["path", "random", "line"]}),
    parameter(
        "set", "query", "Which examples, in the charts `landscape` and `confusion`.", {"enum": ["train", "test"]}
    ),
]
LANDSCAPE = [
    parameter(
        "plane",
        "query",
        "Two random directions, normalised unit by unit; the two in which training moved most; one or "
        "two single parameters; or the line to another step.",
        {"enum": ["random", "path", "weights", "line"], "default": "random"},
    ),
    parameter("draw", "query", "Which random directions.", {**WHOLE, "default": 0}),
    parameter("x", "query", "A parameter, `W1[0,1]`, where plane=weights.", ADDRESS),
    parameter("y", "query", "A second parameter, where plane=weights.", ADDRESS),
    parameter("to", "query", "The step that is 1 on the line, where plane=line.", WHOLE),
    parameter("set", "query", "Whose loss it is.", {"enum": ["train", "test"], "default": "train"}),
    parameter("resolution", "query", "Points along each direction.", {**RESOLUTION, "default": 25}),
    parameter(
        "span",
        "query",
        "How far to go each way, in units of the directions; as far as training went if absent.",
        {"type": "number", "exclusiveMinimum": 0},
    ),
    parameter("path", "query", "Points of the way of training.", {**WHOLE, "default": 50}),
]
DIAGNOSIS = [
    parameter(
        "monitor",
        "query",
        "The figure that early stopping watches; the test loss if absent, or the training loss "
        "where there are no test examples.",
        {"enum": list(engine.MONITORS)},
    ),
    parameter("patience", "query", "Epochs without improvement.", {"type": "integer", "minimum": 1, "default": 10}),
    parameter(
        "min_delta",
        "query",
        "What counts as an improvement is larger than this.",
        {"type": "number", "minimum": 0, "default": 0},
    ),
    parameter("goal", "query", "The figure to reach: where it is first as good as this.", {"type": "number"}),
]
