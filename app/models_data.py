"""The shapes of answers about data, for the OpenAPI document and for tests."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from app.models import Number, Shape, Tensor


class Data(Shape):
    """The training and the test examples as a step sees them; or some rows of one part.

    `values` has, for both, `inputs` on the scale of the data, `targets`, `rows` of the whole data set, and where there
    are classes the `labels`, numbers of classes. Rows of one part have `given` besides: what the network is given.
    """

    run: str
    step: int
    language: str
    part: Literal["train", "test"] | None = None
    start: int | None = Field(default=None, description="The first row of the part.")
    count: int | None = Field(default=None, description="How many rows these are.")
    total: int | None = Field(default=None, description="How many rows the part has.")
    values: dict[str, Tensor]
    classes: list[str] = Field(description="Names of the classes; empty where there are none.")
    input_names: list[str]
    output_names: list[str]
    features: list[str] = Field(description="What the network is given of the inputs.")
    plane: list[list[Number]] = Field(description="Where the points lie, for one or two inputs.")
    truncated: Literal[True] | None = None


class CsvColumn(Shape):
    """A column of a CSV text."""

    number: int = Field(description="From 1.")
    name: str
    role: Literal["input", "target", "unused"]


class CsvClass(Shape):
    """A class, and how many examples have it."""

    name: str
    count: int


class Csv(Shape):
    """What a CSV text was read as."""

    data: dict[str, Any] = Field(description="The `data` of a spec.")
    columns: list[CsvColumn]
    classes: list[CsvClass] = Field(description="Empty where the targets are numbers.")
    rows: int = Field(description="How many examples there are.")
    outputs: int = Field(description="Units of an output layer for these targets.")
    dropped: list[int] = Field(description="Numbers of the rows left out, from 1, the header not counted.")
    delimiter: str
    header: bool
    decimal: Literal[".", ","]
