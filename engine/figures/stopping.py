"""Early stopping, as a property of figures that are known: nothing is trained here, and nothing is cut short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from engine.errors import SpecError
from engine.registry import Param, Text

LOWER_IS_BETTER = {"train_loss": True, "test_loss": True, "train_accuracy": False, "test_accuracy": False}
MONITORS = tuple(LOWER_IS_BETTER)

MONITOR = Param(
    "monitor",
    "choice",
    None,
    Text(
        "Figure to watch (absent: test loss, or training loss without test examples)",
        "监视的指标（不填则为测试损失；没有测试样本时为训练损失）",
    ),
    choices=MONITORS,
    choice_labels=(
        Text("training loss", "训练损失"),
        Text("test loss", "测试损失"),
        Text("training accuracy", "训练准确率"),
        Text("test accuracy", "测试准确率"),
    ),
)
PATIENCE = Param("patience", "integer", 10, Text("Patience", "耐心"), minimum=1, step=1, unit="epochs")
MIN_DELTA = Param(
    "min_delta", "number", 0.0, Text("Least improvement", "最小改进"), minimum=0.0, step=0.001, scale="log"
)
GOAL = Param("goal", "number", None, Text("Goal", "目标值"), step=0.01)
STOPPING_PARAMS = (MONITOR, PATIENCE, MIN_DELTA, GOAL)
"""What early stopping can be told."""


@dataclass(frozen=True)
class EarlyStopping:
    """When training would have stopped, had somebody watched.

    `best` is the place of the best figure seen until then, `stopped` the place at which patience ran out, or None if it
    never did. `reached` is the first place at which the figure is as good as `goal`, or None. Places count the figures,
    from 0.
    """

    monitor: str
    patience: int
    min_delta: float
    best: int
    best_value: float
    stopped: int | None
    goal: float | None = None
    reached: int | None = None


def early_stopping(
    figures: Sequence[float],
    monitor: str = "test_loss",
    patience: int = 10,
    min_delta: float = 0.0,
    goal: float | None = None,
) -> EarlyStopping:
    """Watch figures, one per epoch: stop at the first that ends `patience` epochs in a row without improvement.

    A figure improves on the best so far if it is better by more than `min_delta`; one that is not a number never does.
    The first figure counts as the best until another improves on it. A goal is looked for among all of them.

    >>> found = early_stopping([5, 4, 3, 3.5, 3.4, 2], patience=2, goal=4)
    >>> found.best, found.best_value, found.stopped, found.reached
    (2, 3.0, 4, 1)

    Raises SpecError for a monitor, a patience or a difference that cannot be, and for no figures at all.
    """
    if monitor not in LOWER_IS_BETTER:
        raise SpecError("monitor", monitor, "one of " + ", ".join(MONITORS))
    patience = int(PATIENCE.check("patience", patience))
    min_delta = float(MIN_DELTA.check("min_delta", min_delta))
    if not len(figures):
        raise SpecError("figures", [], "at least one figure")
    sign = 1.0 if LOWER_IS_BETTER[monitor] else -1.0
    reached = None
    if goal is not None:
        goal = float(GOAL.check("goal", goal))
        reached = next((place for place, figure in enumerate(figures) if sign * (goal - figure) >= 0), None)
    best = 0
    for place in range(1, len(figures)):
        gain = sign * (figures[best] - figures[place])
        if gain > min_delta or (isnan(figures[best]) and not isnan(figures[place])):
            best = place
        if place - best >= patience:
            stopped: int | None = place
            break
    else:
        stopped = None
    return EarlyStopping(monitor, patience, min_delta, best, float(figures[best]), stopped, goal, reached)
