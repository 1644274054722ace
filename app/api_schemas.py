"""JSON Schemas of what goes in and out, at addresses that stay: for editors, validators and generators of code."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

import engine
from app import encode, models, openapi_spec
from app.answers import REVALIDATE, Answer
from app.api import PREFIX
from app.assets import asset_dir
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
FILES = ("experiment", "lesson")
"""Files that people keep and write by hand. The page checks them by the same schemas, the spec aside."""
NAMES = ("spec", *MODELS, *FILES)


def file_schema(name: str) -> dict[str, Any]:
    """The schema of a file, with all that a spec in it may hold."""
    found: dict[str, Any] = encode.loads(asset_dir("static").joinpath("guide", f"{name}.schema.json").read_bytes())
    for holder in (found, *found.get("$defs", {}).values()):
        if "spec" in holder.get("properties", {}):
            holder["properties"]["spec"] |= openapi_spec.spec_schema()
    return found


def json_schema(name: str) -> dict[str, Any]:
    """The schema of this name, complete in itself."""
    if name in FILES:
        found = file_schema(name)
    else:
        found = openapi_spec.spec_schema() if name == "spec" else MODELS[name].model_json_schema()
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
