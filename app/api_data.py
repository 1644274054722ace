"""The route that makes examples of CSV text. Nothing is kept: the examples travel in the answer and the next spec."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app import encode_data, schema
from app.api import PREFIX
from app.compute import Stop
from app.negotiation import JSON
from app.openapi import document
from app.runs import Services, require_json


def routes(services: Services) -> APIRouter:
    """All routes of data that belong to no run."""
    router = APIRouter(prefix=PREFIX, tags=["data"])
    settings = services.settings

    @router.post("/data/csv", **document("readCsv"))
    async def read_csv(request: Request) -> Response:
        require_json(request)
        sent = schema.csv_sent(request)
        body = await schema.receive_body(request, settings)

        def work(_: Stop) -> bytes:
            return encode_data.csv(schema.read_csv(body, sent, settings))

        found = await services.compute(work, request)
        return Response(found, 200, {"Cache-Control": "no-store"}, JSON)

    return router
