"""A run taken out of the server as a file."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

import engine
from app import schema
from app.answers import Answer
from app.api import PHASES, PREFIX, Asked
from app.compute import Stop
from app.encode import Selection
from app.export import build
from app.openapi import document
from app.runs import Services
from app.schema import Query


def routes(services: Services, tools: build.Tools) -> APIRouter:
    """The route of exports."""
    router = APIRouter(prefix=PREFIX, tags=["exports"])
    settings = services.settings

    @router.get("/runs/{run}/export", **document("exportRun"))
    async def export_run(request: Request) -> Response:
        run = schema.run_id(request.path_params["run"])
        query = Query(
            *(request, "format", "what", "step", "count", "points"),
            *("examples", "names", "phase", "framework", "lang"),
        )
        kind = query.required("format", tuple(build.FORMS))
        form = build.FORMS[kind]
        asked = Asked(request, query)
        spec = await services.spec(run)
        what = query.one_of("what", form.holds) or form.holds[0]
        wanted = build.Wanted(
            form=kind,
            what=what,
            step=query.moment(spec.steps, at_the_end=what == build.WEIGHTS),
            count=query.whole("count", 1, settings.max_stretch),
            points=query.whole("points", 2, settings.max_points) or build.Wanted.points,
            selection=Selection(query.examples(), query.names(), query.phase(PHASES)),
            framework=query.one_of("framework", tuple(build.FRAMEWORKS)) or build.Wanted.framework,
            language=asked.language if form.in_languages else "en",
        )
        vary = asked.vary_by_language if form.in_languages else ""

        def make(stop: Stop) -> Answer:
            return build.answer(engine.open_run(spec), wanted, settings, tools, vary, stop)

        return await services.send((run, "export", wanted, vary), make, request)

    return router
