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
STOPPING_PARAMS = (MONITOR, PATIENCE, MIN_DELTA)
"""What early stopping can be told."""


@dataclass(frozen=True)
class EarlyStopping:
    """When training would have stopped, had somebody watched.

    `best` is the place of the best figure seen until then, `stopped` the place at which patience ran out, or None if it
    never did. Places count the figures, from 0.
    """

    monitor: str
    patience: int
    min_delta: float
    best: int
    best_value: float
    stopped: int | None


def early_stopping(
    figures: Sequence[float], monitor: str = "test_loss", patience: int = 10, min_delta: float = 0.0
) -> EarlyStopping:
    """Watch figures, one per epoch: stop at the first that ends `patience` epochs in a row without improvement.

    A figure improves on the best so far if it is better by more than `min_delta`; one that is not a number never does.
    The first figure counts as the best until another improves on it.

    >>> early_stopping([5, 4, 3, 3.5, 3.4, 2], patience=2)
    EarlyStopping(monitor='test_loss', patience=2, min_delta=0.0, best=2, best_value=3.0, stopped=4)

    Raises SpecError for a monitor, a patience or a difference that cannot be, and for no figures at all.
    """
    if monitor not in LOWER_IS_BETTER:
        raise SpecError("monitor", monitor, "one of " + ", ".join(MONITORS))
    patience = int(PATIENCE.check("patience", patience))
    min_delta = float(MIN_DELTA.check("min_delta", min_delta))
    if not len(figures):
        raise SpecError("figures", [], "at least one figure")
    sign = 1.0 if LOWER_IS_BETTER[monitor] else -1.0
    best = 0
    for place in range(1, len(figures)):
        gain = sign * (figures[best] - figures[place])
        if gain > min_delta or (isnan(figures[best]) and not isnan(figures[place])):
            best = place
        if place - best >= patience:
            return EarlyStopping(monitor, patience, min_delta, best, float(figures[best]), place)
    return EarlyStopping(monitor, patience, min_delta, best, float(figures[best]), None)
