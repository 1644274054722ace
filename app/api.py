"""The REST API, version 1. A route reads the address, asks the engine in a thread, and sends what encode.py made.

Below a run id nothing ever changes, so every answer there may be kept for ever.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

import engine
from app import binary, describe, encode, schema
from app.answers import REVALIDATE, Answer
from app.compute import Stop
from app.i18n import negotiate
from app.negotiation import JSON, preferred
from app.openapi import document
from app.runs import Services, require_json
from app.schema import Query

PREFIX = "/api/v1"
PHASES = ("forward", "loss", "backward", "update")
FORMS = (JSON, *(form.media_type for form in binary.FORMATS.values()))
"""The forms that arrays may be had in."""


class Asked:
    """The language of an answer, and whether the address or only the Accept-Language header asked for it."""

    def __init__(self, request: Request, query: Query) -> None:
        explicit = query.language()
        self.language = explicit or negotiate(request.headers.get("accept-language", ""))
        self.vary = "Accept" if explicit else "Accept, Accept-Language"
        self.vary_by_language = "" if explicit else "Accept-Language"


def routes(services: Services) -> APIRouter:
    """All routes of the API."""
    router = APIRouter(prefix=PREFIX, tags=["runs"])
    settings = services.settings

    def describe_run(run: str, spec: engine.ExperimentSpec, asked: Asked) -> Callable[[Stop], Answer]:
        def build(_: Stop) -> Answer:
            program = engine.compile_program(spec.trajectory())  # runs of any length share it
            found = describe.run(run, spec, program, settings.limits, asked.language)
            return Answer(encode.dumps(found), vary=asked.vary, language=asked.language)

        return build

    @router.post("/runs", status_code=201, **document("createRun"))
    async def create_run(request: Request) -> Response:
        require_json(request)
        asked = Asked(request, Query(request, "lang"))
        posted = await services.post(await schema.read_body(request, settings), request)
        key = (posted.run, "run", asked.language, asked.vary)
        answer = await services.answer(key, describe_run(posted.run, posted.spec, asked), request)
        return answer.created(request, 201 if posted.new else 200, f"{PREFIX}/runs/{posted.run}", posted.kept)

    @router.get("/runs/{run}", **document("getRun"))
    async def get_run(request: Request) -> Response:
        require_json(request)
        run = schema.run_id(request.path_params["run"])
        asked = Asked(request, Query(request, "lang"))
        spec = await services.spec(run)
        key = (run, "run", asked.language, asked.vary)
        return await services.send(key, describe_run(run, spec, asked), request)

    @router.get("/runs/{run}/steps/{step}", **document("getStep"))
    async def get_step(request: Request) -> Response:
        media_type = preferred(request, FORMS)
        run, step = run_and_step(request)
        query = Query(request, "examples", "names", "phase")
        selection = encode.Selection(query.examples(), query.names(), query.phase(PHASES))
        key = (run, "step", step, selection, media_type)
        spec = await services.spec(run)
        schema.check_step(step, spec.steps)

        def build(stop: Stop) -> Answer:
            found = engine.open_run(spec).trace(step, stop)
            if media_type != JSON:
                return attached(media_type, f"step-{step}", selection.arrays(found), binary.about(run, step))
            body = encode.trace(
                run,
                found,
                selection,
                per_array=settings.max_array_numbers,
                in_all=settings.max_response_numbers,
            )
            return Answer(body, vary="Accept")

        return await services.send(key, build, request)

    @router.get("/runs/{run}/steps/{step}/explain", **document("explainNumber"))
    async def explain_number(request: Request) -> Response:
        require_json(request)
        run, step = run_and_step(request)
        query = Query(request, "name", "index", "lang")
        name, index, asked = query.name(), query.index(), Asked(request, query)
        spec = await services.spec(run)
        schema.check_step(step, spec.steps)

        def build(stop: Stop) -> Answer:
            opened = engine.open_run(spec)
            schema.check_name(name, opened.program.values)
            found = opened.explain(step, name, index, asked.language, stop)
            body = encode.explanation(run, step, found, asked.language)
            return Answer(body, vary=asked.vary, language=asked.language)

        return await services.send((run, "explain", step, name, index, asked.language, asked.vary), build, request)

    @router.get("/runs/{run}/steps/{step}/check", **document("checkGradients"))
    async def check_gradients(request: Request) -> Response:
        require_json(request)
        run, step = run_and_step(request)
        Query(request)
        spec = await services.spec(run)
        schema.check_step(step, spec.steps)

        def build(stop: Stop) -> Answer:
            return Answer(encode.check(run, engine.open_run(spec).check(step, stop)), vary="Accept")

        return await services.send((run, "check", step), build, request)

    @router.get("/catalog", **document("getCatalog"))
    async def get_catalog(request: Request) -> Response:
        require_json(request)
        asked = Asked(request, Query(request, "lang"))

        def build(_: Stop) -> Answer:
            body = encode.dumps(describe.catalog(asked.language))
            return Answer(body, cache_control=REVALIDATE, vary=asked.vary, language=asked.language)

        return await services.send(("catalog", asked.language, asked.vary), build, request)

    return router


def health_routes(services: Services) -> APIRouter:
    """Whether the server is well, under the two names that are asked for."""
    router = APIRouter(tags=["health"])

    async def health(request: Request) -> Response:
        Query(request)
        found = {
            "status": "ok",
            "engine": engine.ENGINE_VERSION,
            "store": "disk" if services.store.on_disk else "memory",
            "shared": services.shared.state(),
        }
        return Response(encode.dumps(found), 200, {"Cache-Control": "no-store"}, "application/json")

    router.add_api_route("/healthz", health, methods=["GET"], **document("healthz"))
    router.add_api_route(f"{PREFIX}/health", health, methods=["GET"], **document("getHealth"))
    return router


def run_and_step(request: Request) -> tuple[str, int]:
    """The run and the step that the address names."""
    return schema.run_id(request.path_params["run"]), schema.step_number(request.path_params["step"])


def attached(
    media_type: str,
    name: str,
    arrays: binary.Arrays,
    about: binary.About,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Arrays as a file."""
    form = next(each for each in binary.FORMATS.values() if each.media_type == media_type)
    disposition = {"content-disposition": f'attachment; filename="{name}{form.suffix}"'}
    body = form.pack(arrays, about)
    return Answer(body, media_type, vary="Accept", compressible=False, headers={**disposition, **(headers or {})})
