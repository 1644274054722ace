"""Routes for what a run comes to, beside its traces: history, metrics, surfaces, landscapes, diagnosis.

Below a run id these never change either; they are computed in a thread, stopped when nobody waits, and kept.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

import engine
from app import describe_charts, encode, encode_data, encode_figures, questions, schema
from app.answers import Answer
from app.api import PREFIX, Asked, run_and_step
from app.charts import OPTIONS
from app.compute import Stop
from app.openapi import document
from app.plots import Question
from app.runs import Services, require_json
from app.schema import Query


def routes(services: Services) -> APIRouter:
    """All routes of figures."""
    router = APIRouter(prefix=PREFIX, tags=["figures"])
    settings = services.settings

    @router.get("/runs/{run}/history", **document("getHistory"))
    async def get_history(request: Request) -> Response:
        require_json(request)
        run = schema.run_id(request.path_params["run"])
        query = Query(request, "start", "stop", "points", "include")
        asked = query.whole("points", 2, settings.max_points) or questions.DEFAULT_POINTS
        include = query.some_of("include", engine.PARTS) or engine.USUAL
        spec = await services.spec(run)
        start, stop = query.span(spec.steps)

        def build(stopped: Stop) -> Answer:
            opened = engine.open_run(spec)
            points = questions.points_that_fit(asked, opened.program, include, settings)
            found = opened.history(schema.sample_steps(start, stop, points), stopped, include)
            return Answer(encode_figures.history(run, found, start, stop, include), vary="Accept")

        return await services.send((run, "history", start, stop, asked, include), build, request)

    @router.get("/runs/{run}/steps/{step}/metrics", **document("getMetrics"))
    async def get_metrics(request: Request) -> Response:
        require_json(request)
        run, step = run_and_step(request)
        Query(request)
        spec = await services.spec(run)
        schema.check_moment(step, spec.steps)

        def build(stop: Stop) -> Answer:
            opened = engine.open_run(spec)
            found = opened.metrics(step, stop)
            flow = opened.flow(step, stop) if step < spec.steps else None
            body = encode_figures.metrics(run, step, found, flow, settings.max_array_numbers)
            return Answer(body, vary="Accept")

        return await services.send((run, "metrics", step), build, request)

    @router.get("/runs/{run}/steps/{step}/after", **document("getAfter"))
    async def get_after(request: Request) -> Response:
        require_json(request)
        run, step = run_and_step(request)
        query = Query(request, "examples", "names")
        examples, names = query.examples(), query.names()
        spec = await services.spec(run)
        schema.check_step(step, spec.steps)

        def build(stop: Stop) -> Answer:
            opened = engine.open_run(spec)
            found = opened.aftermath(step, stop)
            for name in names or ():
                schema.check_name(name, found.values, "names")
            body = encode_figures.aftermath(run, opened.program, found, examples, names, settings.max_array_numbers)
            return Answer(body, vary="Accept")

        return await services.send((run, "after", step, examples, names), build, request)

    @router.get("/runs/{run}/steps/{step}/surface", **document("getSurface"))
    async def get_surface(request: Request) -> Response:
        require_json(request)
        run, step = run_and_step(request)
        query = Query(request, "name", "names", "unit", "inputs", "resolution", "at", "low", "high", "digits")
        field, names = questions.names_asked(query)
        units = query.wholes("unit", "numbers of units: 0,2")
        digits = query.whole("digits", 1, 17)
        grid = questions.grid_asked(query, settings)
        spec = await services.spec(run)
        schema.check_moment(step, spec.steps)

        def build(stop: Stop) -> Answer:
            opened = engine.open_run(spec)
            for name in names:
                schema.check_name(name, engine.surface_names(opened.program), field)
            questions.require_surface_within(opened.program, names, units, grid, settings)
            with schema.parameters_of_the_address():
                found = opened.surface(step, names, grid, units, stop)
            body = encode_figures.surface(run, step, found, units, settings.max_response_numbers, digits)
            return Answer(body, vary="Accept")

        return await services.send((run, "surface", step, names, units, grid, digits), build, request)

    @router.get("/runs/{run}/data", **document("getData"))
    async def get_data(request: Request) -> Response:
        require_json(request)
        run = schema.run_id(request.path_params["run"])
        query = Query(request, "step", "part", "start", "count", "lang")
        step, asked = query.whole("step", 0, settings.max_steps) or 0, Asked(request, query)
        rows = questions.rows_asked(query)
        spec = await services.spec(run)
        schema.check_moment(step, spec.steps)

        def build(_: Stop) -> Answer:
            split = engine.open_run(spec).data(step)
            body = encode_data.data(run, step, split, settings.max_response_numbers, asked.language, rows)
            return Answer(body, vary=asked.vary, language=asked.language)

        return await services.send((run, "data", step, rows, asked.language, asked.vary), build, request)

    @router.get("/runs/{run}/steps/{step}/landscape", **document("getLandscape"))
    async def get_landscape(request: Request) -> Response:
        require_json(request)
        run, step = run_and_step(request)
        query = Query(request, "plane", "draw", "x", "y", "to", "set", "resolution", "span", "path")
        view = questions.view_asked(query, settings)
        spec = await services.spec(run)
        schema.check_moment(step, spec.steps)
        questions.require_view_within(view, spec, settings)

        def build(stop: Stop) -> Answer:
            with schema.parameters_of_the_address():
                found = engine.open_run(spec).landscape(step, view, stop)
            return Answer(encode_figures.landscape(run, step, found, settings.max_response_numbers), vary="Accept")

        return await services.send((run, "landscape", step, view), build, request)

    @router.get("/runs/{run}/charts", **document("getCharts"))
    async def get_charts(request: Request) -> Response:
        require_json(request)
        run = schema.run_id(request.path_params["run"])
        asked = Asked(request, Query(request, "lang"))
        spec = await services.spec(run)

        def build(_: Stop) -> Answer:
            found = describe_charts.charts(run, engine.open_run(spec), asked.language)
            return Answer(encode.dumps(found), vary=asked.vary, language=asked.language)

        return await services.send((run, "charts", asked.language, asked.vary), build, request)

    @router.get("/runs/{run}/charts/{chart}", **document("getChart"))
    async def get_chart(request: Request) -> Response:
        require_json(request)
        run = schema.run_id(request.path_params["run"])
        query = Query(request, "step", "points", "epochs", *OPTIONS, "lang")
        asked = Asked(request, query)
        chart = questions.chart_asked(request.path_params["chart"], query)
        step = query.whole("step", 0, settings.max_steps) or 0
        points = query.whole("points", 2, settings.max_points) or questions.CHART_POINTS
        epochs = query.whole("epochs", 1, settings.max_steps)
        spec = await services.spec(run)
        schema.check_moment(step, spec.steps)
        known = spec.shortened(epochs) if epochs else spec
        if step > known.steps:
            known = spec
        given = tuple((option.name, query.word(option.name)) for option in chart.options)

        def build(stop: Stop) -> Answer:
            opened = engine.open_run(known)
            chosen = questions.chosen(chart, opened, dict(given))
            question = Question(
                opened, step, points, chosen, asked.language, settings.max_figure_work, stop, spec.steps
            )
            body = encode_figures.chart(run, chart.name, step, chart.build(question), asked.language)
            return Answer(body, vary=asked.vary, language=asked.language)

        key = (run, "chart", chart.name, step, points, known.epochs, given, asked.language, asked.vary)
        return await services.send(key, build, request)

    @router.get("/runs/{run}/diagnosis", **document("getDiagnosis"))
    async def get_diagnosis(request: Request) -> Response:
        require_json(request)
        run = schema.run_id(request.path_params["run"])
        query = Query(request, "monitor", "patience", "min_delta", "goal", "lang")
        asked = Asked(request, query)
        monitor = query.one_of("monitor", engine.MONITORS)
        patience = query.whole("patience", 1, settings.max_steps) or questions.DEFAULT_PATIENCE
        min_delta = questions.least_improvement(query)
        goal = query.number("goal")
        spec = await services.spec(run)

        def build(stop: Stop) -> Answer:
            opened = engine.open_run(spec)
            if monitor is not None:
                schema.check_name(monitor, opened.monitors, "monitor")
            found = opened.diagnosis(stop)
            stopping = opened.stopping(monitor, patience, min_delta, goal, stop)
            body = encode_figures.diagnosis(
                run, found, stopping, opened.monitors, spec.batches_per_epoch, asked.language
            )
            return Answer(body, vary=asked.vary, language=asked.language)

        key = (run, "diagnosis", monitor, patience, min_delta, goal, asked.language, asked.vary)
        return await services.send(key, build, request)

    return router
