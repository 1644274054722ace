"""The shape of the catalogue, for the OpenAPI document and for tests."""

from __future__ import annotations

from typing import Any, Literal

from app.models import Formula, Shape


class Param(Shape):
    """One parameter of an entry."""

    name: str
    label: str
    kind: Literal["integer", "number", "boolean", "choice", "array"]
    default: Any
    minimum: float | None
    maximum: float | None
    exclusive_minimum: bool
    step: float | None
    unit: str | None
    choices: list[str]


class Entry(Shape):
    """One thing an experiment can be made of."""

    name: str
    label: str
    summary: str
    formula: Formula
    source: str
    params: list[Param]


class Published(Shape):
    """A number printed elsewhere."""

    address: str
    step: int
    printed: str | float
    note: str


class Example(Entry):
    """A ready experiment."""

    spec: dict[str, Any]
    published: list[Published]


class Catalog(Shape):
    """Everything an experiment can be made of."""

    engine: str
    language: str
    conventions: dict[str, str]
    layers: list[Entry]
    activations: list[Entry]
    losses: list[Entry]
    optimizers: list[Entry]
    schedules: list[Entry]
    initializers: list[Entry]
    datasets: list[Entry]
    examples: list[Example]
    options: dict[str, list[Param]]
