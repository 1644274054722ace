"""Several steps in one call, and the parameters between two steps. Both may be had as JSON or as arrays."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

import engine
from app import binary, encode, schema
from app.answers import Answer
from app.api import FORMS, PHASES, PREFIX, attached, run_and_step
from app.compute import Stop
from app.negotiation import JSON, preferred
from app.openapi import document
from app.runs import Services
from app.schema import Query
from app.stretch import stretch

DEFAULT_COUNT = 20


def routes(services: Services) -> APIRouter:
    """The routes of stretches."""
    router = APIRouter(prefix=PREFIX, tags=["runs"])
    settings = services.settings

    @router.get("/runs/{run}/steps", **document("getSteps"))
    async def get_steps(request: Request) -> Response:
        media_type = preferred(request, FORMS)
        run = schema.run_id(request.path_params["run"])
        query = Query(request, "start", "count", "examples", "names", "phase")
        selection = encode.Selection(query.examples(), query.names(), query.phase(PHASES))
        spec = await services.spec(run)
        start, count = query.stretch(spec.steps, DEFAULT_COUNT)

        def build(stop: Stop) -> Answer:
            most = min(count, settings.max_stretch)
            found = stretch(engine.open_run(spec), start, most, selection, settings.max_response_numbers, stop)
            following = found.following(count)
            headers = {} if following is None else {"link": _next(run, following, selection)}
            if media_type != JSON:
                return attached(media_type, f"steps-{start}", found.arrays(), binary.about(run, start), headers)
            per_array, in_all = settings.max_array_numbers, settings.max_response_numbers
            body = encode.steps(run, start, found.traces, selection, per_array, in_all)
            return Answer(body, vary="Accept", headers=headers)

        return await services.send((run, "steps", start, count, selection, media_type), build, request)

    @router.get("/runs/{run}/steps/{step}/parameters", **document("getParameters"))
    async def get_parameters(request: Request) -> Response:
        media_type = preferred(request, FORMS)
        run, step = run_and_step(request)
        query = Query(request, "names")
        names = query.names()
        spec = await services.spec(run)
        schema.check_moment(step, spec.steps)

        def build(stop: Stop) -> Answer:
            found = engine.open_run(spec).state_at(step, stop)
            arrays = encode.named(found, names)
            if media_type != JSON:
                return attached(media_type, f"parameters-{step}", arrays, binary.about(run, step))
            body = encode.parameters(
                run,
                step,
                arrays,
                per_array=settings.max_array_numbers if names is None else settings.max_response_numbers,
                in_all=settings.max_response_numbers,
            )
            return Answer(body, vary="Accept")

        return await services.send((run, "parameters", step, names, media_type), build, request)

    return router


def _next(run: str, following: tuple[int, int], selection: encode.Selection) -> str:
    """The Link header that leads to the rest."""
    start, count = following
    asked: dict[str, str | int] = {"start": start, "count": count}
    if selection.examples is not None:
        asked["examples"] = ",".join(map(str, selection.examples))
    if selection.names is not None:
        asked["names"] = ",".join(selection.names)
    if selection.phase is not None:
        asked["phase"] = selection.phase
    return f'<{PREFIX}/runs/{run}/steps?{urlencode(asked, safe=",")}>; rel="next"'
