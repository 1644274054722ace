"""Optimizers: how a parameter follows from itself, its gradient and the settings of the step.

An update is elementwise, so the same kernel serves weights and biases, one at a time or all laid end to end. Only
the rule is written per rank, because a weight has two indices and a bias one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.expression import Expr, operands
from engine.ops import Do, Op
from engine.registry import Entry, Param, Registry, Text
from engine.rule import Array, Rule

parameter, gradient, learning_rate = operands("parameter gradient learning_rate")

LETTERS: dict[int, tuple[str, ...]] = {1: ("j",), 2: ("j", "i")}
SUFFIX = {1: "_bias", 2: ""}


@dataclass(frozen=True, eq=False)
class Optimizer(Entry):
    """An optimizer: `update(rank)` is the operation that gives a parameter's new value."""

    value: Callable[[tuple[str, ...]], Expr] | None = None
    kernel: Callable[..., None] | None = None

    def update(self, rank: int) -> Op:
        """The update of a parameter with `rank` axes (1 or 2)."""
        return self._updates[rank]

    @cached_property
    def _updates(self) -> dict[int, Op]:
        assert self.value is not None
        assert self.kernel is not None
        return {
            rank: Op(
                self.name + SUFFIX[rank],
                self.label,
                self.summary,
                self.source,
                Rule("new", letters, self.value(letters)),
                self.kernel,
                elementwise=True,
            )
            for rank, letters in LETTERS.items()
        }


def _sgd(do: Do, out: Array, parameter: Array, gradient: Array, learning_rate: Array) -> None:
    change = do.scratch(parameter.shape)
    do(np.multiply, gradient, learning_rate, change)
    do(np.subtract, parameter, change, out)


OPTIMIZERS: Registry[Optimizer] = Registry(
    "optimizer",
    Optimizer(
        "sgd",
        Text("Gradient descent", "梯度下降"),
        Text(
            "Every parameter moves against its gradient, by the learning rate times the gradient.",
            "每个参数沿梯度的反方向移动，移动量为学习率乘以梯度。",
        ),
        r"W \leftarrow W - \eta\,\frac{\partial L}{\partial W}",
        "Goodfellow, Bengio & Courville, Deep Learning (2016), section 8.3.1",
        (
            Param(
                "learning_rate",
                "number",
                0.01,
                Text("Learning rate η", "学习率 η"),
                minimum=0.0,
                step=0.01,
            ),
        ),
        value=lambda at: parameter[at] - learning_rate[()] * gradient[at],
        kernel=_sgd,
    ),
)
