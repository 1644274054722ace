"""The API described for people: `/docs`, `/redoc`, and the OpenAPI document they are drawn from.

Their scripts are files of installed packages and of ours, so that these pages work without the internet and need no
inline script either.
"""

from __future__ import annotations

import jinja2
from fastapi import APIRouter, FastAPI, Request, Response

from app import encode
from app.answers import REVALIDATE, Answer
from app.assets import Assets, asset_dir
from app.compute import Stop
from app.negotiation import JSON
from app.runs import Services
from app.vendor import Vendor

HTML = "text/html; charset=utf-8"
OPENAPI = "/openapi.json"


def routes(app: FastAPI, services: Services, assets: Assets, vendor: Vendor) -> APIRouter:
    """The document and its two pages."""
    router = APIRouter(include_in_schema=False)
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(asset_dir("templates")), autoescape=True, undefined=jinja2.StrictUndefined
    )

    @router.get(OPENAPI)
    async def openapi(request: Request) -> Response:
        def build(_: Stop) -> Answer:
            return Answer(encode.dumps(app.openapi()), JSON, cache_control=REVALIDATE)

        return await services.send(("openapi",), build, request)

    def page(name: str) -> None:
        @router.get(f"/{name}")
        async def show(request: Request) -> Response:
            def build(_: Stop) -> Answer:
                template = templates.get_template(f"{name}.html")
                body = template.render(asset=assets.url, vendor=vendor.urls, openapi=OPENAPI)
                return Answer(body.encode(), HTML, cache_control=REVALIDATE)

            return await services.send((name,), build, request)

    page("docs")
    page("redoc")
    return router
