"""Server-sent events of the API: a run computed up to a step, with its losses on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request, Response

from app import encode, schema
from app.api import PREFIX
from app.courses import News
from app.errors import Problem
from app.events import BEAT, MEDIA_TYPE, EventStream, event
from app.guard import HEAD
from app.negotiation import preferred
from app.openapi import document
from app.questions import DEFAULT_POINTS
from app.runs import Services
from app.schema import Query

RETRY_MILLISECONDS = 2_000


def routes(services: Services) -> APIRouter:
    """The route of events."""
    router = APIRouter(prefix=PREFIX, tags=["runs"])
    settings = services.settings

    @router.get("/runs/{run}/events", **document("getEvents"))
    async def get_events(request: Request) -> Response:
        preferred(request, (MEDIA_TYPE,))
        run = schema.run_id(request.path_params["run"])
        query = Query(request, "to", "points")
        points = query.whole("points", 2, settings.max_points) or DEFAULT_POINTS
        spec = await services.spec(run)
        steps = schema.sample_steps(0, query.until(spec.steps), points)
        after = schema.last_event(request)
        if after >= steps[-1]:
            return Response(status_code=204)  # a browser that has heard it all does not come back after this
        if request.scope.get(HEAD):
            return EventStream.headers_alone()
        course, leave = services.courses.join(run, spec, steps)

        async def told() -> AsyncIterator[bytes]:
            retry: int | None = RETRY_MILLISECONDS
            reached = after
            try:
                async for news in course.listen(reached, settings.heartbeat_seconds):
                    if news is None:
                        yield BEAT
                        continue
                    reached = news.reached
                    for kind, body in _bodies(news, steps[-1]):
                        yield event(kind, body, reached, retry)
                        retry = None
            except Problem as problem:
                yield event("error", encode.dumps(problem.document()), reached, RETRY_MILLISECONDS)

        return EventStream(told(), leave, settings.stall_seconds)

    return router


def _bodies(news: News, last: int) -> list[tuple[str, bytes]]:
    """The events that tell the news."""
    told = []
    if news.points:
        told.append(("history", encode.points(news.points)))
    told.append(("progress", encode.dumps({"step": news.reached, "to": last})))
    if news.done:
        told.append(("done", encode.dumps({"step": last})))
    return told
