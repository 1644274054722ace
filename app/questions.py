"""What figures are asked for, read from an address, and what they would cost, before anything is allocated."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import prod

import engine
from app.charts import CHARTS, OPTIONS
from app.encode_data import PARTS, Rows
from app.errors import BadParameter, FieldError, Problem
from app.plots import Chart
from app.schema import MAX_COUNT, Query
from app.settings import Settings

DEFAULT_POINTS = 200
DEFAULT_RESOLUTION = 50
DEFAULT_PATIENCE = 10
CHART_POINTS = 400
PLANES = ("random", "path", "weights", "line")
SETS = ("train", "test")
USUAL_VIEW = engine.LandscapeView()
FEWEST_EXAMPLES = 32
"""A landscape is evaluated on so many examples at least, if there are as many."""


def points_that_fit(asked: int, program: engine.Program, include: Collection[str], settings: Settings) -> int:
    """As many points of a history as were asked for, or as an answer has room for."""
    return max(2, min(asked, settings.max_response_numbers // engine.history_width(program, include)))


def names_asked(query: Query) -> tuple[str, tuple[str, ...]]:
    """Which parameter names the values of a surface, `name` or `names`, and the names."""
    names = query.names()
    if names is None:
        return "name", (query.name(),)
    if query.has("name"):
        raise BadParameter("names", "array", "either name or names")
    return "names", names


def rows_asked(query: Query) -> Rows | None:
    """`part`, `start` and `count`: rows of one part of the data, or None for all there is."""
    part = query.one_of("part", PARTS)
    start, count = query.whole("start", 0, MAX_COUNT), query.whole("count", 1, MAX_COUNT)
    if part is not None:
        return Rows(part, start or 0, count)
    if start is not None or count is not None:
        raise BadParameter("part", "absent", f"{' or '.join(PARTS)}, where start or count is given")
    return None


def grid_asked(query: Query, settings: Settings) -> engine.Grid:
    """The grid of a surface."""
    return engine.Grid(
        query.wholes("inputs", "one input, or two different ones: 0,1") or (),
        query.whole("resolution", 2, settings.max_resolution) or DEFAULT_RESOLUTION,
        query.whole("at", 0, settings.max_data),
        query.numbers("low", "a number for each input: -6,-6"),
        query.numbers("high", "a number for each input: 6,6"),
    )


def require_surface_within(
    program: engine.Program,
    names: Sequence[str],
    units: Sequence[int] | None,
    grid: engine.Grid,
    settings: Settings,
) -> None:
    """LimitError if a surface would take more numbers or more work than the settings allow."""
    points = grid.resolution ** (len(grid.inputs) or min(2, program.values["a0"].shape[1]))
    widths = (len(units) if units is not None else program.values[name].shape[1] for name in names)
    _require("values", points * sum(widths), settings.max_values)
    _require("figure_work", points * _parameters(program), settings.max_figure_work)


def view_asked(query: Query, settings: Settings) -> engine.LandscapeView:
    """The landscape that is asked for."""
    plane = query.one_of("plane", PLANES) or USUAL_VIEW.kind
    first, second = query.address("x"), query.address("y")
    to = query.whole("to", 0, settings.max_steps)
    for name, given, belongs in (("x", first, "weights"), ("y", second, "weights"), ("to", to, "line")):
        if given is not None and plane != belongs:
            raise BadParameter(name, "string", f"nothing, unless plane={belongs}")
    if plane == "weights" and first is None:
        raise BadParameter("x", "absent", "the address of a parameter: W1[0,1]")
    if plane == "line" and to is None:
        raise BadParameter("to", "absent", "the step the line leads to")
    span = query.number("span", "a number above 0")
    if span is not None and span <= 0:
        raise BadParameter("span", "number", "a number above 0")
    path = query.whole("path", 0, settings.max_points)
    return engine.LandscapeView(
        kind=plane,
        draw=query.whole("draw", 0, 10**6) or 0,
        weights=tuple(address for address in (first, second) if address is not None),
        to=to or 0,
        examples=query.one_of("set", SETS) or USUAL_VIEW.examples,
        resolution=query.whole("resolution", 2, settings.max_resolution) or USUAL_VIEW.resolution,
        span=span,
        path=USUAL_VIEW.path if path is None else path,
        work=settings.max_figure_work,
    )


def require_view_within(view: engine.LandscapeView, spec: engine.ExperimentSpec, settings: Settings) -> None:
    """422 if the run does not reach the step a line leads to; LimitError if the landscape would take too much work."""
    if view.to > spec.steps:
        raise BadParameter("to", "number", f"0 to {spec.steps}")
    directions = 1 if view.kind == "line" else len(view.weights) if view.kind == "weights" else 2
    points = view.resolution**directions + view.path
    _require("figure_work", points * engine.cost(spec).parameters * FEWEST_EXAMPLES, settings.max_figure_work)


def least_improvement(query: Query) -> float:
    """`min_delta`: by how much a figure has to improve to count."""
    found = query.number("min_delta", "a number of at least 0") or 0.0
    if found < 0:
        raise BadParameter("min_delta", "number", "a number of at least 0")
    return found


def chart_asked(name: str, query: Query) -> Chart:
    """The chart of an address; 404 if there is none, 422 for a parameter it does not have."""
    chart = CHARTS.get(name)
    if chart is None:
        allowed = ", ".join(CHARTS)
        raise Problem("not-found", f"chart: allowed: {allowed}", [FieldError("chart", "string", allowed)])
    own = {option.name for option in chart.options} | {"step" if chart.at_step else "points"}
    for parameter in ("step", "points", *OPTIONS):
        if query.has(parameter) and parameter not in own:
            raise BadParameter(parameter, "string", f"nothing: the chart {name} does not have it")
    return chart


def chosen(chart: Chart, run: engine.Run, given: Mapping[str, str | None]) -> dict[str, str]:
    """What is chosen of each option, the usual where nothing is; 404 if the run does not have the chart, 422 for what
    it does not offer.
    """
    if not chart.applies(run):
        raise Problem("not-found", f"This run has no chart {chart.name}; /charts lists those it has.")
    found = {}
    for option in chart.options:
        values = [choice.value for choice in option.choices(run)]
        value = given.get(option.name) or values[0]
        if value not in values:
            raise BadParameter(option.name, "string", ", ".join(values))
        found[option.name] = value
    return found


def _require(limit: str, value: int, maximum: int) -> None:
    if value > maximum:
        raise engine.LimitError(limit, value, maximum, "resolution")


def _parameters(program: engine.Program) -> int:
    return sum(prod(program.values[name].shape) for name in program.parameters)
