"""The application, put together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from threadpoolctl import threadpool_limits

from app import (
    api,
    api_data,
    api_events,
    api_export,
    api_schemas,
    api_stretches,
    documentation,
    errors,
    figures,
    pages,
    sharing,
    teaching,
)
from app.assets import Assets, asset_dir
from app.export.build import Tools
from app.guard import Guard
from app.openapi import generator
from app.runs import Services
from app.settings import Settings
from app.texts import Texts
from app.vendor import Vendor

API_VERSION = "1.0"

log = logging.getLogger("backscope")


def create_app(settings: Settings | None = None) -> FastAPI:
    """A server's application. It reads nothing from the disk but its own files until the first request."""
    settings = settings or Settings()
    if settings.blas_threads:
        # Threads gain nothing on small layers, and their number can change the last bits of a product.
        threadpool_limits(settings.blas_threads, user_api="blas")
    services = Services(settings)
    assets = Assets(asset_dir("static"))
    vendor = Vendor(settings.data_dir)
    texts = Texts()
    site = pages.Pages(assets, vendor, texts)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        services.close()

    app = FastAPI(
        title="Backscope",
        version=API_VERSION,
        lifespan=lifespan,
        openapi_url=None,  # documentation.py has it, and its pages without a CDN
        redirect_slashes=False,  # a redirect would be built from what the client sent
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
    )
    app.state.services = services
    app.state.assets = assets
    app.state.vendor = vendor
    app.openapi = generator(app)  # type: ignore[method-assign]
    app.include_router(api.routes(services))
    app.include_router(figures.routes(services))
    app.include_router(api_data.routes(services))
    app.include_router(api_stretches.routes(services))
    app.include_router(api_events.routes(services))
    app.include_router(api_schemas.routes(services))
    app.include_router(teaching.routes(services))
    app.include_router(api_export.routes(services, Tools(site, assets, vendor, texts)))
    app.include_router(api.health_routes(services))
    app.include_router(sharing.routes(services))
    app.include_router(documentation.routes(app, services, assets, vendor))
    app.include_router(pages.routes(services, site, assets, vendor, texts))
    errors.install(app, site.problem, log)
    app.add_middleware(
        Guard,
        allowed_hosts=settings.allowed_hosts,
        allowed_origins=settings.allowed_origins,
        shortcuts=services.shortcuts,
    )
    return app
