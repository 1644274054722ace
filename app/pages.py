"""The pages a person sees, and the files they are made of."""

from __future__ import annotations

import threading
from collections.abc import Callable

import jinja2
from fastapi import APIRouter, Request, Response

import engine
from app import describe
from app.answers import GZIP_LEVEL, REVALIDATE, Answer, accepts_gzip
from app.assets import Assets, asset_dir
from app.errors import Problem
from app.i18n import HTML_LANG, messages, negotiate
from app.runs import Services
from app.schema import is_embedded, page_language
from app.texts import Texts
from app.vendor import Vendor

HTML = "text/html; charset=utf-8"
API_PATHS = ("/api/", "/healthz", "/openapi.json")
SMALLEST, SMALL = 9, 6
"""What every visitor waits for is compressed once, and as far as it goes."""


class Pages:
    """The templates with all that they are given. A page is rendered once per language."""

    def __init__(self, assets: Assets, vendor: Vendor, texts: Texts) -> None:
        self._assets = assets
        self._texts = texts
        self._vendor = vendor
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(asset_dir("templates")),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )
        self._lock = threading.Lock()
        self._index: dict[tuple[str, str, bool], Answer] = {}

    def index(self, language: str, vary: str, embedded: bool = False) -> Answer:
        """The page in a language; as a part of another page if asked. Not for the event loop: the first is rendered."""
        with self._lock:
            key = (language, vary, embedded)
            if key not in self._index:
                body = self.render(
                    "index.html",
                    language,
                    catalog=describe.catalog(language),
                    seed=seed(),
                    texts=self._texts.folder,
                    embedded=embedded,
                ).encode()
                answer = Answer(body, HTML, cache_control=REVALIDATE, vary=vary, language=HTML_LANG[language])
                answer.compress(SMALLEST)
                self._index[key] = answer
            return self._index[key]

    def compare(self, language: str, vary: str) -> Answer:
        """Two runs side by side, in a language."""
        body = self.render("compare.html", language, start="compare.js").encode()
        return Answer(body, HTML, cache_control=REVALIDATE, vary=vary, language=HTML_LANG[language])

    def problem(self, request: Request, problem: Problem) -> Response | None:
        """A page that says what went wrong, where a person would read it; None where a program would."""
        accept = request.headers.get("accept", "")
        if request.url.path.startswith(API_PATHS) or "text/html" not in accept or request.method != "GET":
            return None
        language = negotiate(request.headers.get("accept-language", ""))
        text = messages(language)
        title, detail = problem.title, problem.detail
        if problem.status == 404 and "error.404.title" in text.texts:
            title, detail = text("error.404.title"), text("error.404.detail")
        body = self.render("error.html", language, status=problem.status, title=title, detail=detail)
        headers = {
            **problem.headers,
            "Cache-Control": "no-store",
            "Content-Language": HTML_LANG[language],
            "Vary": "Accept, Accept-Language",
        }
        return Response(body, problem.status, headers, HTML)

    def render(self, template: str, language: str, *, start: str = "main.js", **more: object) -> str:
        """A template with all that the page is given."""
        text = messages(language)
        given: dict[str, object] = {
            "lang": language,
            "html_lang": HTML_LANG[language],
            "messages": text.spoken,
            "t": text,
            "asset": self._assets.url,
            "modules": self._assets.needed_by(start),
            "vendor": self._vendor.urls,
            "engine_version": engine.ENGINE_VERSION,
        }
        return self._templates.get_template(template).render({**given, **more})


def seed() -> dict[str, object]:
    """The experiment that opens first, completed."""
    return describe.completed({})


def routes(services: Services, pages: Pages, assets: Assets, vendor: Vendor, texts: Texts) -> APIRouter:
    """The page, its files and the vendored ones."""
    router = APIRouter(include_in_schema=False)

    async def in_thread(make: Callable[[], Answer | None], request: Request, level: int = GZIP_LEVEL) -> Response:
        answer = await services.workers.on_disk(make)
        if answer is None:
            raise nothing_here()
        return await sent(answer, request, level)

    async def sent(answer: Answer, request: Request, level: int = GZIP_LEVEL) -> Response:
        if not answer.compressed and accepts_gzip(request):
            await services.workers.on_disk(lambda: answer.compress(level))
        return answer.response(request)

    @router.get("/")
    async def index(request: Request) -> Response:
        asked = page_language(request)
        language = asked or negotiate(request.headers.get("accept-language", ""))
        vary = "" if asked else "Accept-Language"
        embedded = is_embedded(request.scope["query_string"])
        return await in_thread(lambda: pages.index(language, vary, embedded), request)

    @router.get("/compare")
    async def compare(request: Request) -> Response:
        asked = page_language(request)
        language = asked or negotiate(request.headers.get("accept-language", ""))
        return await in_thread(lambda: pages.compare(language, "" if asked else "Accept-Language"), request)

    @router.get("/static/{digest}/{name:path}")
    async def static(request: Request) -> Response:
        answer = assets.find(request.path_params["digest"], request.path_params["name"])
        if answer is None:
            raise nothing_here()
        return await sent(answer, request, SMALLEST)

    @router.get("/texts/{digest}/{name}")
    async def text(request: Request) -> Response:
        digest, name = request.path_params["digest"], request.path_params["name"]
        return await in_thread(lambda: texts.find(digest, name), request)

    @router.get("/vendor/{name}")
    async def vendored(request: Request) -> Response:
        name = request.path_params["name"]
        return await in_thread(lambda: vendor.make(name), request, SMALL)

    return router


def nothing_here() -> Problem:
    """The 404 of a file that is not there."""
    return Problem("not-found", "There is no such file.")
