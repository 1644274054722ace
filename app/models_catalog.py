"""The shape of the catalogue, for the OpenAPI document and for tests."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from app.models import Formula, Published, Shape


class Param(Shape):
    """One parameter of an entry."""

    name: str
    label: str
    kind: Literal["integer", "number", "boolean", "choice", "array", "features"]
    default: Any
    minimum: float | None
    maximum: float | None
    exclusive_minimum: bool
    step: float | None
    scale: Literal["linear", "log", "to_one"] = Field(
        description="How a control counts: by `step`, over 1, 2, 5, 10 and so on, or so for what is missing to 1."
    )
    unit: str | None
    choices: list[str]
    choice_labels: list[str] = Field(description="For people, one for each choice; empty where the names will do.")


class Entry(Shape):
    """One thing an experiment can be made of."""

    name: str
    label: str
    summary: str
    formula: Formula
    source: str
    params: list[Param]


class Learned(Shape):
    """A parameter that an activation brings into its layer, learned like a weight."""

    name: str = Field(description="As `frozen` of a layer names it, and before the layer's number in a trace.")
    label: str


class Activation(Entry):
    """An activation function."""

    learned: list[Learned]


class Dataset(Entry):
    """A data set, with its sizes as they are by default."""

    task: Literal["classification", "regression"]
    inputs: int
    classes: int | str | None = Field(description="How many, or the parameter that says it; null for regression.")
    outputs: int | str | None = Field(description="Targets of a regression likewise; null for classification.")
    input_names: list[str]
    class_names: list[str]
    plane: list[tuple[float, float]] = Field(description="Where the points lie, for one or two inputs.")
    installed: bool = Field(description="Is the file there, where it comes as a file?")


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
    activations: list[Activation]
    losses: list[Entry]
    optimizers: list[Entry]
    schedules: list[Entry]
    initializers: list[Entry]
    datasets: list[Dataset]
    inline: list[Param] = Field(description="What examples given outright can be told besides.")
    examples: list[Example]
    options: dict[str, list[Param]]
    early_stopping: list[Param] = Field(description="What can be asked of a run's diagnosis; it is no part of a spec.")
