"""JSON Schemas of what goes in and out, at addresses that stay: for editors, validators and generators of code."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

import engine
from app import encode, models, openapi
from app.answers import REVALIDATE, Answer
from app.api import PREFIX
from app.compute import Stop
from app.negotiation import JSON, preferred
from app.openapi import document
from app.runs import Services
from app.schema import Query, schema_name

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MEDIA_TYPE = "application/schema+json"
MODELS: dict[str, type[BaseModel]] = {
    "trace": models.Trace,
    "steps": models.Steps,
    "run": models.Run,
    "parameters": models.ParameterValues,
    "problem": models.ProblemDocument,
}
NAMES = ("spec", *MODELS)


def json_schema(name: str) -> dict[str, Any]:
    """The schema of this name, complete in itself."""
    found = openapi.spec_schema() if name == "spec" else MODELS[name].model_json_schema()
    return {
        "$schema": DIALECT,
        "$id": f"{PREFIX}/schemas/{name}.json",
        "$comment": f"API 1, engine {engine.ENGINE_VERSION}",
        **found,
    }


def routes(services: Services) -> APIRouter:
    """The route of schemas."""
    router = APIRouter(prefix=PREFIX, tags=["schemas"])

    @router.get("/schemas/{name}", **document("getSchema"))
    async def get_schema(request: Request) -> Response:
        preferred(request, (MEDIA_TYPE, JSON))
        name = schema_name(request.path_params["name"], NAMES)
        Query(request)

        def build(_: Stop) -> Answer:
            return Answer(encode.dumps(json_schema(name)), MEDIA_TYPE, cache_control=REVALIDATE, vary="Accept")

        return await services.send(("schema", name), build, request)

    return router
