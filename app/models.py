"""The shapes of the answers, for the OpenAPI document and for tests. Answers are not made from these: see encode.py."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType

NonFinite = Literal["NaN", "Infinity", "-Infinity"]
Number = TypeAliasType("Number", float | NonFinite)
"""A float64; what JSON has no number for is a string."""
Nested = TypeAliasType("Nested", "Number | list[Nested]")
"""Numbers in lists, one level of lists per axis; a bare number for a scalar."""

Phase = Literal["forward", "loss", "backward", "update"]
Axis = Literal["example", "unit", "input", "output"]


class Shape(BaseModel):
    """Base of all answers: nothing but what is declared."""

    model_config = ConfigDict(extra="forbid", strict=True)


class FieldProblem(Shape):
    """One field that is wrong."""

    field: str = Field(description="Path of the field: `layers[0].units`, or the name of a parameter.")
    kind: str = Field(description="JSON kind of what was found; `absent` where nothing was.")
    allowed: str


class ProblemDocument(BaseModel):
    """Every error, as RFC 9457 has it. It never repeats what was sent."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:backscope:problem:invalid-spec",
                    "title": "The experiment spec is not valid",
                    "status": 422,
                    "detail": "layers[0].units: string; allowed: a whole number of at least 1",
                    "errors": [
                        {"field": "layers[0].units", "kind": "string", "allowed": "a whole number of at least 1"}
                    ],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem]
    limit: str | None = None
    value: int | None = None
    maximum: int | None = None
    setting: str | None = None
    row: int | None = Field(default=None, description="Row of a CSV text, the header not counted, from 1.")
    line: int | None = Field(default=None, description="Line of a CSV text, from 1.")
    column: int | None = Field(default=None, description="Column of a CSV text, from 1.")
    column_name: str | None = None
    reference: str | None = None


class Layer(Shape):
    """One layer; layer 0 is the input."""

    layer: int
    kind: str
    units: int
    activation: str | None = None
    activation_label: str | None = Field(default=None, description="Its name for people.")
    activation_params: dict[str, float | int | bool | str] | None = None
    parameters: list[str] | None = None


class Symbol(Shape):
    """How a name is typeset: its letter, the parameter it belongs to, whether it is a derivative or a new value."""

    letter: str
    of: str | None
    derivative: bool
    new: bool
    layered: bool


class ValueInfo(Shape):
    """What a name of the program stands for."""

    quantity: str
    layer: int | None
    shape: list[int]
    axes: list[Axis]
    source: Literal["batch", "parameter", "slot", "setting", "random", "computed"]
    phase: Phase | None
    label: str
    meaning: str
    symbol: Symbol


class Frame(Shape):
    """One assignment of a step."""

    index: int
    phase: Phase
    layer: int | None
    op: str
    reads: list[str]
    writes: str


class Call(Frame):
    """One assignment of the program: `writes = op(bind)`."""

    bind: dict[str, str] = Field(description="Slot of the operation to name of the program.")


class Flat(Shape):
    """Where an activation's slope is next to nothing; null where it is nowhere so on that side."""

    below: float | None
    above: float | None


class Op(Shape):
    """An operation with the formula of one element of its result."""

    name: str
    label: str
    summary: str
    source: str
    rule: dict[str, Any] = Field(description="The scalar rule: `result`, `at` and the expression `body`.")
    flat: Flat | None = Field(description="Of an activation: at and beyond which z a unit is saturated or off.")
    surrogate: str | None = Field(description="What stands in for the slope of a function that has none of use.")


class Program(Shape):
    """The assignments of one step, in order."""

    calls: list[Call]
    ops: dict[str, Op]


class Parameters(Shape):
    """Weights and biases."""

    count: int
    names: list[str]


class Cost(Shape):
    """What the run costs, computed from the spec alone."""

    parameters: int
    values: int = Field(description="Numbers in the trace of one step.")
    steps: int
    work: int = Field(description="Multiply-adds of the whole run.")
    data: int = Field(description="Numbers in the data set.")


class Note(Shape):
    """A remark about a field of the spec."""

    field: str
    text: str


class Links(Shape):
    """Addresses of what belongs to the run; `{step}` is a number."""

    self: str
    steps: str
    history: str


class Published(Shape):
    """A number printed elsewhere."""

    address: str
    step: int
    printed: str = Field(description="Digit for digit.")
    note: str
    misprint: bool = Field(description="Is it not what its own source's rule gives? The note says why.")


class Run(Shape):
    """A run: the completed spec, and all that is known before any step of it is computed."""

    id: str
    engine: str
    language: str
    spec: dict[str, Any]
    steps: int
    epochs: int
    batches_per_epoch: int
    examples: int
    parameters: Parameters
    layers: list[Layer]
    values: dict[str, ValueInfo]
    program: Program
    cost: Cost
    limits: dict[str, int]
    published: list[Published] = Field(description="What the source of this worked example prints, if it is one.")
    notes: list[Note]
    links: Links


class Histogram(Shape):
    """Twenty bars over the finite numbers of an array."""

    edges: list[Number]
    counts: list[int]


class Summary(Shape):
    """What is said of an array that was too large: of its finite numbers, save for their count."""

    min: Number | None
    max: Number | None
    mean: Number | None
    norm: Number | None
    finite: int
    histogram: Histogram | None


class Tensor(Shape):
    """An array: its numbers, or a summary where `truncated` is true."""

    shape: list[int]
    data: Nested | None = None
    truncated: Literal[True] | None = None
    summary: Summary | None = None


class Trace(Shape):
    """One step: every array, and the assignments that made them, in order."""

    run: str
    step: int
    engine: str
    conventions: dict[str, str]
    batch: list[int] = Field(description="Rows of the data set, one for each example in `values`.")
    loss: Number
    values: dict[str, Tensor]
    frames: list[Frame]
    examples: list[int] | None = Field(default=None, description="Rows of the batch that were asked for.")
    truncated: Literal[True] | None = Field(default=None, description="Some array was left out for its size.")
    spec: dict[str, Any] | None = Field(default=None, description="The experiment, in a trace saved to a file.")


class Step(Shape):
    """One step among several: its batch and its numbers."""

    step: int
    batch: list[int] | None = Field(default=None, description="Its batch, where the steps have not all the same.")
    loss: Number
    values: dict[str, Tensor]
    examples: list[int] | None = None
    truncated: Literal[True] | None = None


class Steps(Shape):
    """Several steps in a row; what they share is said once. `Link: rel="next"` leads to the rest."""

    run: str
    start: int
    count: int = Field(description="Steps in this answer; there may be fewer than were asked for.")
    engine: str
    conventions: dict[str, str]
    frames: list[Frame]
    batch: list[int] | None = Field(default=None, description="The batch of every step, where it is the same.")
    steps: list[Step]


class ParameterValues(Shape):
    """The parameters before a step."""

    run: str
    step: int
    engine: str
    values: dict[str, Tensor]
    truncated: Literal[True] | None = None


class Formula(Shape):
    """A formula in two notations."""

    latex: str
    mathml: str | None


class Term(Shape):
    """One step on the way to a number."""

    id: str
    operation: str
    addresses: list[str]
    latex: str
    values_latex: str
    mathml: str
    value: Number
    running: Number = Field(description="The total after this term.")
    role: str | None
    count: int


class RuleWitness(Shape):
    """The scalar rule, evaluated on its own."""

    value: Number
    error: Number
    passed: bool


class DifferenceWitness(RuleWitness):
    """The central difference of the loss."""

    epsilon: float


class Witnesses(Shape):
    """Independent proofs of the number."""

    rule: RuleWitness | None
    difference: DifferenceWitness | None


class Cause(Shape):
    """What happened in one place to a number that is not finite."""

    code: str
    address: str | None = Field(description="The number it was carried on from, if it was.")
    operands: list[Number]
    result: Number
    text: str


class Explanation(Shape):
    """One number explained."""

    run: str
    step: int
    name: str
    index: list[int]
    address: str
    value: Number
    op: str | None
    formula: Formula
    values: Formula
    terms: list[Term]
    sentence: str
    meaning: str
    causes: list[Cause] = Field(
        description="Why the number is not finite, if it is not: what happened first comes first."
    )
    witnesses: Witnesses


class Worst(Shape):
    """The entry where backpropagation and the difference disagree most."""

    index: list[int]
    backprop: Number
    difference: Number
    error: Number


class CheckedEntries(Shape):
    """Every entry that was checked: where it stands in the flattened array, and what the two say of it."""

    places: list[int]
    backprop: list[Number]
    difference: list[Number]


class ArrayCheck(Shape):
    """The check of one gradient array."""

    name: str
    parameter: str
    size: int
    checked: int
    relative_error: Number
    passed: bool
    worst: Worst
    entries: CheckedEntries


class GradientCheck(Shape):
    """Central differences against backpropagation, worst array first."""

    run: str
    step: int
    epsilon: float
    arrays: list[ArrayCheck]
    stand_ins: list[str] = Field(
        description="Gradients not checked: a stated surrogate stands in for a function's slope on their way back."
    )
    passed: bool


class Health(Shape):
    """Whether the server is well."""

    status: Literal["ok"]
    engine: str
    shared: Annotated[
        Literal["none", "up", "down"], Field(description="The store that several servers share; down costs nothing.")
    ]
    store: Annotated[Literal["disk", "memory"], Field(description="Where specs are kept; memory ends with the server.")]
