"""The shapes of the answers about figures, for the OpenAPI document and for tests."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from app.models import Cause, Number, Phase, Shape, Tensor


class Quantiles(Shape):
    """For each array and step the quantiles at `levels`, from the smallest number to the largest."""

    levels: list[float]
    values: dict[str, list[list[Number]]]


class Figures(Shape):
    """Figures of a set of examples, one for each step; accuracy and R² where they mean something."""

    loss: list[Number]
    accuracy: list[Number] | None = None
    r2: list[Number] | None = None


class History(Shape):
    """Figures of a run at some steps; of what was asked for, all that the run has."""

    run: str
    start: int
    stop: int
    steps: list[int]
    loss: list[Number] | None = Field(default=None, description="Loss of the step's batch.")
    penalty: list[Number] | None = Field(default=None, description="Penalty of the parameters before the step.")
    norms: dict[str, list[Number]] | None = Field(
        default=None, description="Euclidean norm of each z, a, delta and dW."
    )
    quantiles: Quantiles | None = None
    ratios: dict[str, list[Number]] | None = Field(
        default=None, description="Norm of each parameter's change over its own norm."
    )
    dead: dict[str, list[Number]] | None = Field(
        default=None, description="Share of a layer's units that no training example wakes."
    )
    saturated: dict[str, list[Number]] | None = Field(
        default=None, description="Share of a layer's activations where its function is nearly flat."
    )
    train: Figures | None = None
    test: Figures | None = None


class Change(Shape):
    """A number before the update and after it."""

    before: Number
    after: Number


class Aftermath(Shape):
    """The batch of a step once more, with the parameters after it: forward values and loss, all else as it was."""

    run: str
    step: int
    batch: list[int]
    loss: Change
    penalty: Change | None
    predicted: Number = Field(
        description="What the gradient says the loss and the penalty together change by: the sum of g·Δθ, which is "
        "−η‖g‖² for plain gradient descent."
    )
    change: Number = Field(description="How much they really changed.")
    shares: dict[str, Number] = Field(description="The part of each parameter array in what is predicted.")
    values: dict[str, Tensor]
    truncated: Literal[True] | None = None


class Confusion(Shape):
    """How often each class was taken for which. `output` is null where all outputs together name one class."""

    output: int | None
    labels: list[int]
    counts: Tensor = Field(description="Rows are actual classes, columns predicted ones.")
    actual: list[int]
    predicted: list[int]


class SetMetrics(Shape):
    """The figures of one set of examples; null where they mean nothing."""

    examples: int
    loss: Number
    accuracy: Number | None
    r2: Number | None
    r2_outputs: list[Number | None] | None
    undecided: int = Field(description="Decisions that could not be made because an output is no number.")
    confusion: list[Confusion]


class LayerSize(Shape):
    """Root mean squares of a layer."""

    layer: int
    a: Number
    delta: Number | None
    dW: Number | None


class Flow(Shape):
    """How signals and errors change from layer to layer, first layer first."""

    layers: list[LayerSize]
    ratio: Number | None = Field(description="Error terms of the first layer over those of the last.")
    factor: Number | None = Field(description="What they are multiplied by in each layer, on the average.")
    verdict: Literal["vanishing", "steady", "exploding"] | None


class Metrics(Shape):
    """How good a network is, with the parameters before a step."""

    run: str
    step: int
    train: SetMetrics
    test: SetMetrics | None
    flow: Flow | None = Field(description="Null at the end of the run, where there is no step.")


class SurfaceAxis(Shape):
    """One input, and the values it takes."""

    input: int
    name: str
    values: list[Number]


class Surface(Shape):
    """Values of units over a grid."""

    run: str
    step: int
    axes: list[SurfaceAxis] = Field(description="Columns, then rows; columns alone over a line.")
    held: dict[str, Number] = Field(description="Values of the other inputs.")
    values: dict[str, Tensor] = Field(description="By name: units, then rows, then columns.")
    middles: dict[str, Number] = Field(
        description="By name: the value that parts a unit's two sides, where z is 0 or where two classes meet."
    )
    labels: list[int]
    regions: Tensor | None = Field(description="Number of the class each point is given, -1 for none.")
    units: list[int] | None = Field(default=None, description="Units that were asked for.")
    truncated: Literal[True] | None = None


class ChartChoice(Shape):
    """A value of an option."""

    value: str
    label: str


class ChartOption(Shape):
    """Something to choose about a chart; the first choice is the usual one."""

    name: str
    label: str
    choices: list[ChartChoice]


class ChartInfo(Shape):
    """A chart that a run has."""

    name: str
    label: str
    summary: str
    at_step: bool = Field(description="Does it show one step, and not all of training?")
    whole: bool = Field(description="Does it need all of training to have been computed?")
    options: list[ChartOption]


class Charts(Shape):
    """The charts a run has."""

    run: str
    language: str
    charts: list[ChartInfo]


class Chart(Shape):
    """A chart as Plotly takes it. Colours are custom properties of the page: `var(--loss)`."""

    run: str
    chart: str
    step: int
    language: str
    data: list[dict[str, Any]]
    layout: dict[str, Any]
    sentence: str = Field(description="What there is to see.")
    warning: str = Field(description="In a word or two what should give pause; empty if nothing.")
    scales: bool = Field(description="May the vertical axis be linear or logarithmic?")


class LandscapeAxis(Shape):
    """One direction: the coordinates along it, and that of the parameters themselves."""

    name: str
    origin: Number
    values: list[Number]


class Path(Shape):
    """The way of training, seen on the plane."""

    steps: list[int]
    coordinates: list[list[Number]]
    inside: list[Number] = Field(
        description="Share of the squared distance from the parameters that lies in the plane."
    )
    loss: list[Number] = Field(description="Loss of the parameters as they were.")


class Landscape(Shape):
    """The loss over a plane."""

    run: str
    step: int
    plane: Literal["random", "path", "weights", "line"]
    axes: list[LandscapeAxis]
    loss: Tensor = Field(description="Rows are the second axis, columns the first.")
    penalty: Tensor | None
    path: Path
    examples: int = Field(description="Examples that were evaluated.")
    of: int = Field(description="Examples there are.")


class NonFinite(Shape):
    """The first number that is not finite, and why."""

    step: int
    name: str
    index: list[int]
    address: str
    value: Number
    op: str | None
    phase: Phase | None
    causes: list[Cause] = Field(description="What happened first, then what followed from it.")
    spread: list[str] = Field(description="Other arrays of the step with numbers that are not finite.")
    last_finite: int | None
    sentence: str


class DeadUnit(Shape):
    """The first unit that no training example wakes."""

    step: int
    layer: int
    name: str
    unit: int


class LossDrop(Shape):
    """Between which steps the loss fell most; means over an epoch where it has several batches."""

    step: int
    until: int
    before: Number
    after: Number


class Best(Shape):
    """The best figure seen until training stopped."""

    epoch: int
    step: int
    value: Number


class Stopped(Shape):
    """Where patience ran out, or the goal was reached."""

    epoch: int
    step: int


class EarlyStopping(Shape):
    """When training would have stopped, had somebody watched."""

    monitor: str
    monitors: list[str] = Field(description="Figures that can be watched in this run.")
    patience: int
    min_delta: float
    best: Best
    stopped: Stopped | None
    goal: float | None
    reached: Stopped | None


class Diagnosis(Shape):
    """What happened in a run; null where nothing did."""

    run: str
    language: str
    steps: int
    non_finite: NonFinite | None
    dead_unit: DeadUnit | None
    loss_drop: LossDrop | None
    early_stopping: EarlyStopping
