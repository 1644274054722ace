"""The shapes of the glossary and of the list of lessons, for the OpenAPI document and for tests."""

from __future__ import annotations

from pydantic import Field

from app.models import Formula, Shape


class TermGroup(Shape):
    """A part of the glossary."""

    id: str
    title: str


class GlossaryEntry(Shape):
    """One term: what it is, its formula, and where to see it on the page."""

    id: str
    group: str
    symbol: Formula | None
    name: str
    names: dict[str, str] = Field(description="The name in every language.")
    text: str
    formula: Formula | None
    where: str
    show: str | None = Field(description="A pointer to it, as lessons have it: `number:delta`.")
    quantities: list[str] = Field(description="Quantities of a trace that it is about; `*` is any ending.")
    fields: list[str] = Field(description="Last parts of the paths of a spec that it is about.")
    phases: list[str]
    see: list[str] = Field(description="Other terms.")


class Glossary(Shape):
    """Every term."""

    language: str
    groups: list[TermGroup]
    entries: list[GlossaryEntry]


class LessonInfo(Shape):
    """A built-in lesson."""

    id: str
    title: str
    summary: str
    minutes: float
    steps: int


class Lessons(Shape):
    """The built-in lessons, in the order in which they are taught."""

    language: str
    lessons: list[LessonInfo]
