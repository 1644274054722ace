"""What optimizers are made of: stages, each a named assignment of an update, and the ones that several share.

A stage's kernel is elementwise, so it serves weights and biases, one at a time or all laid end to end. Only the rule is
written per rank, because a weight has two indices and a bias one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from engine.optimizers import kernels
from engine.optimizers.kernels import Kernel
from engine.registry import Entry, Param, Text
from engine.rules.expression import Expr, operands
from engine.rules.ops import Op
from engine.rules.rule import Rule

LETTERS: dict[int, tuple[str, ...]] = {1: ("j",), 2: ("j", "i")}
SUFFIX = {1: "_bias", 2: ""}
PARAMETER, GRADIENT, NEW = "parameter", "gradient", "new"

(parameter, gradient, learning_rate, momentum, rho, beta1, beta2, epsilon, weight_decay, t, m, v, u, move) = operands(
    "parameter gradient learning_rate momentum rho beta1 beta2 epsilon weight_decay t m v u move"
)
(m_new, v_new, mhat, vhat, mu, mu_next, mu_product, mu_product_new, momentum_decay) = operands(
    "m_new v_new mhat vhat mu mu_next mu_product mu_product_new momentum_decay"
)
RATE, MOMENTUM, RHO, BETA1, BETA2, EPSILON = (
    each[()] for each in (learning_rate, momentum, rho, beta1, beta2, epsilon)
)
DECAY, T, PSI = weight_decay[()], t[()], momentum_decay[()]
MU, MU_NEXT, PRODUCT, PRODUCT_NEW = mu[()], mu_next[()], mu_product[()], mu_product_new[()]


@dataclass(frozen=True, eq=False)
class Stage:
    """One assignment of an update, for every parameter: `writes` names the slot it gives a value.

    `value` is the rule of the element at the given letters. "new" is the parameter after the step; a name that ends
    in new_value is the memory of that name after the step; any other is an intermediate value.
    """

    writes: str
    label: Text
    summary: Text
    value: Callable[[tuple[str, ...]], Expr]
    kernel: Kernel


@dataclass(frozen=True, eq=False)
class Once:
    """One assignment of an update that is the same for all parameters: a number, not an array."""

    writes: str
    label: Text
    summary: Text
    value: Expr
    kernel: Kernel


@dataclass(frozen=True, eq=False)
class Optimizer(Entry):
    """An optimizer: what it remembers of every parameter, and the stages of a step, in order.

    `memory` are the slots kept for every parameter, zero at first; `counters` single numbers kept from step to step,
    with their first values; `once` what is computed once a step, before the stages.
    """

    stages: tuple[Stage, ...] = ()
    memory: tuple[str, ...] = ()
    once: tuple[Once, ...] = ()
    counters: tuple[tuple[str, float], ...] = ()

    def update(self, stage: Stage, rank: int) -> Op:
        """The operation of a stage for a parameter with `rank` axes (1 or 2)."""
        return self.updates[stage.writes, rank]

    def single(self, once: Once) -> Op:
        """The operation of what is computed once a step."""
        return self.singles[once.writes]

    @cached_property
    def updates(self) -> dict[tuple[str, int], Op]:
        """Every stage's operation, by what it writes and the rank of the parameter."""
        return {
            (stage.writes, rank): Op(
                self.name + ("" if stage.writes == NEW else f"_{stage.writes}") + SUFFIX[rank],
                stage.label,
                stage.summary,
                self.source,
                Rule(stage.writes, letters, stage.value(letters)),
                stage.kernel,
                elementwise=True,
            )
            for stage in self.stages
            for rank, letters in LETTERS.items()
        }

    @cached_property
    def singles(self) -> dict[str, Op]:
        """The operations of what is computed once a step, by what they write."""
        return {
            once.writes: Op(
                f"{self.name}_{once.writes}",
                once.label,
                once.summary,
                self.source,
                Rule(once.writes, (), once.value),
                once.kernel,
            )
            for once in self.once
        }


# Stages that several optimizers share.

_NEW = Text("New value", "新值")


def new_value(summary: Text, value: Callable[[tuple[str, ...]], Expr], kernel: Kernel) -> Stage:
    return Stage(NEW, _NEW, summary, value, kernel)


VELOCITY = Stage(
    "v_new",
    Text("Velocity", "速度"),
    Text(
        "What is left of the velocity, plus the gradient.",
        "保留下来的速度加上梯度。",
    ),
    lambda at: MOMENTUM * v[at] + gradient[at],
    kernels.velocity,
)
MEAN = Stage(
    "m_new",
    Text("Running mean of the gradient", "梯度的滑动平均"),
    Text(
        "The part β₁ of the old mean, and the rest from the gradient of this step.",
        "旧均值占 β₁，其余来自本步的梯度。",
    ),
    lambda at: BETA1 * m[at] + (1 - BETA1) * gradient[at],
    kernels.adam_m,
)
MEAN_SQUARE = Stage(
    "v_new",
    Text("Running mean of the squared gradient", "梯度平方的滑动平均"),
    Text(
        "The part β₂ of the old mean, and the rest from the square of the gradient of this step.",
        "旧均值占 β₂，其余来自本步梯度的平方。",
    ),
    lambda at: BETA2 * v[at] + (1 - BETA2) * gradient[at] ** 2,
    kernels.adam_v,
)
MEAN_CORRECTED = Stage(
    "mhat",
    Text("Bias correction of m", "m 的偏差修正"),
    Text(
        "m began at zero and is too small at first; this makes up for it.",
        "m 从零开始，起初偏小；这一步予以修正。",
    ),
    lambda at: m_new[at] / (1 - BETA1**T),
    kernels.mhat,
)
MEAN_SQUARE_CORRECTED = Stage(
    "vhat",
    Text("Bias correction of v", "v 的偏差修正"),
    Text(
        "v began at zero and is too small at first; this makes up for it.",
        "v 从零开始，起初偏小；这一步予以修正。",
    ),
    lambda at: v_new[at] / (1 - BETA2**T),
    kernels.vhat,
)
AGAINST = Text(
    "The parameter moves against its gradient, by the learning rate times the gradient.",
    "参数沿梯度的反方向移动，移动量为学习率乘以梯度。",
)
BY_ROOT = Text(
    "The gradient over the root of its mean square: every parameter moves by about the learning rate.",
    "梯度除以其均方根：每个参数的移动量大约都是学习率。",
)


def rate_param(default: float) -> Param:
    step = 0.01 if default >= 0.01 else 0.001
    return Param(
        "learning_rate", "number", default, Text("Learning rate η", "学习率 η"), minimum=0.0, step=step, scale="log"
    )


def share_param(name: str, default: float, label: Text) -> Param:
    """A part between 0 (included) and 1: the engine takes 1 too, where nothing is ever forgotten."""
    return Param(name, "number", default, label, minimum=0.0, maximum=1.0, step=0.01, scale="to_one")


def epsilon_param(default: float) -> Param:
    return Param("epsilon", "number", default, Text("ε", "ε"), minimum=0.0, maximum=1.0, step=1e-8, scale="log")


MOMENTUM_PARAM = share_param("momentum", 0.9, Text("Momentum μ", "动量系数 μ"))
BETA1_PARAM = share_param("beta1", 0.9, Text("β₁, for m", "β₁（用于 m）"))
BETA2_PARAM = share_param("beta2", 0.999, Text("β₂, for v", "β₂（用于 v）"))


def decay_param(default: float) -> Param:
    return Param(
        "weight_decay",
        "number",
        default,
        Text("Weight decay λ", "权重衰减 λ"),
        minimum=0.0,
        maximum=1e3,
        step=0.01,
        scale="log",
    )
