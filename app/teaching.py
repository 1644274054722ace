"""What helps people understand what they see: the glossary and the built-in lessons, which ride in the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response

from app import describe, encode
from app.answers import REVALIDATE, Answer
from app.api import PREFIX, Asked
from app.compute import Stop
from app.openapi import document
from app.runs import Services, require_json
from app.schema import Query, one_of_them

Plain = dict[str, Any]

MATERIAL = Path(__file__).resolve().with_name("material")


@cache
def material(name: str) -> Any:
    """A file of the material, as plain data. Its texts are in every language."""
    return encode.loads(MATERIAL.joinpath(name).read_bytes())


def glossary(language: str) -> Plain:
    """Every term in one language: what it is, its formula, and where to see it."""
    found = material("glossary.json")
    return {
        "language": language,
        "groups": [{"id": group["id"], "title": group["title"][language]} for group in found["groups"]],
        "entries": [term(entry, language) for entry in found["entries"]],
    }


def term(entry: Plain, language: str) -> Plain:
    """One term of the glossary."""
    return {
        "id": entry["id"],
        "group": entry["group"],
        "symbol": _formula(entry["symbol"] or None),
        "name": entry["name"][language],
        "names": entry["name"],
        "text": entry["text"][language],
        "formula": _formula(entry["formula"]),
        "where": entry["where"][language],
        "show": entry["show"],
        **{part: entry.get(part, []) for part in ("quantities", "fields", "phases", "see")},
    }


def lesson_names() -> tuple[str, ...]:
    """The built-in lessons, in the order in which they are taught."""
    return tuple(material("lessons.json"))


def lessons(language: str) -> Plain:
    """What lessons there are, in one language."""
    return {
        "language": language,
        "lessons": [
            {
                "id": name,
                "title": found["title"][language],
                "summary": found["summary"][language],
                "minutes": found["minutes"],
                "steps": len(found["steps"]),
            }
            for name in lesson_names()
            for found in (material(f"lessons/{name}.json"),)
        ],
    }


def _formula(latex: str | None) -> Plain | None:
    return None if latex is None else {"latex": latex, "mathml": describe.latex_to_mathml(latex)}


def routes(services: Services) -> APIRouter:
    """The routes of the material."""
    router = APIRouter(prefix=PREFIX, tags=["teaching"])

    @router.get("/glossary", **document("getGlossary"))
    async def get_glossary(request: Request) -> Response:
        require_json(request)
        asked = Asked(request, Query(request, "lang"))

        def build(_: Stop) -> Answer:
            body = encode.dumps(glossary(asked.language))
            return Answer(body, cache_control=REVALIDATE, vary=asked.vary, language=asked.language)

        return await services.send(("glossary", asked.language, asked.vary), build, request)

    @router.get("/lessons", **document("getLessons"))
    async def get_lessons(request: Request) -> Response:
        require_json(request)
        asked = Asked(request, Query(request, "lang"))

        def build(_: Stop) -> Answer:
            body = encode.dumps(lessons(asked.language))
            return Answer(body, cache_control=REVALIDATE, vary=asked.vary, language=asked.language)

        return await services.send(("lessons", asked.language, asked.vary), build, request)

    @router.get("/lessons/{lesson}", **document("getLesson"))
    async def get_lesson(request: Request) -> Response:
        require_json(request)
        Query(request)
        name = one_of_them(request.path_params["lesson"], lesson_names())

        def build(_: Stop) -> Answer:
            return Answer(encode.dumps(material(f"lessons/{name}.json")), cache_control=REVALIDATE, vary="Accept")

        return await services.send(("lesson", name), build, request)

    return router
