"""What helps people understand what they see: the glossary, which rides in the package, in the language asked for."""

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
from app.schema import Query

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

    return router
