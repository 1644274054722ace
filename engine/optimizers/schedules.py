"""Learning-rate schedules: the learning rate of step t from the base learning rate, t counted from 1.

A schedule is one scalar assignment at the head of the update, `learning_rate = …`; a constant one is none at all, and
the learning rate is then a plain setting. All are closed forms, so any step has its rate without the steps before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import pi
from typing import Any

import numpy as np

from engine.registry import Entry, Param, Registry, Text, variant_name
from engine.rules.expression import Choose, Expr, Number, cos, floor, lift, operands, smaller
from engine.rules.ops import Do, Op
from engine.rules.rule import Array, Rule

base_learning_rate, t = operands("base_learning_rate t")
_base, _t = base_learning_rate[()], t[()]

Params = Mapping[str, Any]
LONGEST = 10**12
"""Steps that a schedule may stretch over: more than any run has, and still exact as floating-point numbers."""


@dataclass(frozen=True, eq=False)
class Schedule(Entry):
    """A schedule: `value` and `kernel` for given parameters; neither where the rate never changes."""

    value: Callable[[Params], Expr] | None = None
    kernel: Callable[[Params], Callable[..., None]] | None = None

    def op(self, params: Params) -> Op | None:
        """The operation that gives the learning rate of a step, or None for a constant one."""
        return None if self.value is None else _op(self, tuple(params.items()))


@lru_cache(maxsize=256)
def _op(schedule: Schedule, params: tuple[tuple[str, Any], ...]) -> Op:
    assert schedule.value is not None
    assert schedule.kernel is not None
    values = dict(params)
    return Op(
        variant_name(f"schedule_{schedule.name}", schedule.params, values),
        schedule.label,
        schedule.summary,
        schedule.source,
        Rule("learning_rate", (), schedule.value(values)),
        schedule.kernel(values),
    )


def _step_kernel(params: Params) -> Callable[..., None]:
    def kernel(do: Do, out: Array, base_learning_rate: Array, t: Array) -> None:
        do(np.subtract, t, do.constant(1.0), out)
        do(np.divide, out, do.constant(float(params["every"])), out)
        do(np.floor, out, out)
        do(np.power, do.constant(float(params["factor"])), out, out)
        do(np.multiply, base_learning_rate, out, out)

    return kernel


def _exponential_kernel(params: Params) -> Callable[..., None]:
    def kernel(do: Do, out: Array, base_learning_rate: Array, t: Array) -> None:
        do(np.subtract, t, do.constant(1.0), out)
        do(np.power, do.constant(float(params["factor"])), out, out)
        do(np.multiply, base_learning_rate, out, out)

    return kernel


def _half_wave(do: Do, out: Array, base: Array, low: float, done: Array, steps: float) -> None:
    """out = low + (base − low)·(1 + cos(π·min(done, steps)/steps))/2."""
    span = do.scratch(())
    do(np.minimum, done, do.constant(steps), out=out)
    do(np.multiply, do.constant(pi), out, out)
    do(np.divide, out, do.constant(steps), out)
    do(np.cos, out, out)
    do(np.add, do.constant(1.0), out, out)
    do(np.subtract, base, do.constant(low), span)
    do(np.multiply, span, out, out)
    do(np.divide, out, do.constant(2.0), out)
    do(np.add, do.constant(low), out, out)


def _wave(done: Expr, low: float, steps: float) -> Expr:
    return Number(low) + (_base - Number(low)) * (1 + cos(Number(pi) * smaller(done, steps) / steps)) / 2


def _cosine_kernel(params: Params) -> Callable[..., None]:
    def kernel(do: Do, out: Array, base_learning_rate: Array, t: Array) -> None:
        done = do.scratch(())
        do(np.subtract, t, do.constant(1.0), done)
        _half_wave(do, out, base_learning_rate, float(params["low"]), done, float(params["steps"]))

    return kernel


def _warmup_kernel(params: Params) -> Callable[..., None]:
    def kernel(do: Do, out: Array, base_learning_rate: Array, t: Array) -> None:
        do(np.divide, t, do.constant(float(params["steps"])), out)
        do(np.minimum, do.constant(1.0), out, out=out)
        do(np.multiply, base_learning_rate, out, out)

    return kernel


def _warmup_cosine_kernel(params: Params) -> Callable[..., None]:
    warmup, steps = float(params["warmup"]), float(params["steps"])

    def kernel(do: Do, out: Array, base_learning_rate: Array, t: Array) -> None:
        rising, done, up = do.scratch(()), do.scratch(()), do.scratch((), bool)
        do(np.subtract, t, do.constant(1.0 + warmup), done)
        _half_wave(do, out, base_learning_rate, float(params["low"]), done, steps - warmup)
        do(np.multiply, base_learning_rate, t, rising)
        do(np.divide, rising, do.constant(warmup), rising)
        # Not ">" the other way round: for a t that is no number the rule takes the rising branch too.
        do(np.greater, t, do.constant(warmup), up)
        do(np.logical_not, up, up)
        do(np.copyto, out, rising, where=up)

    return kernel


def _steps(name: str, default: int, en: str, zh: str, minimum: int = 1) -> Param:
    return Param(
        name, "integer", default, Text(en, zh), minimum=minimum, maximum=LONGEST, step=1, scale="log", unit="steps"
    )


def _low() -> Param:
    return Param("low", "number", 0.0, Text("Lowest rate", "最低学习率"), minimum=0.0, step=0.001, scale="log")


_FACTOR = Text("Factor γ", "衰减因子 γ")
_SGDR = "Loshchilov & Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017), equation 5"

SCHEDULES: Registry[Schedule] = Registry(
    "schedule",
    Schedule(
        "constant",
        Text("Constant", "恒定"),
        Text("The learning rate stays as it is.", "学习率保持不变。"),
        r"\eta_t = \eta_0",
        "Goodfellow, Bengio & Courville, Deep Learning (2016), section 8.3.1",
    ),
    Schedule(
        "step",
        Text("Step decay", "阶梯衰减"),
        Text(
            "The learning rate is multiplied by a factor every so many steps.",
            "每隔若干步，学习率乘以一个因子。",
        ),
        r"\eta_t = \eta_0\,\gamma^{\lfloor (t-1)/s \rfloor}",
        "torch.optim.lr_scheduler.StepLR, documentation",
        (
            _steps("every", 100, "Every", "间隔"),
            Param("factor", "number", 0.5, _FACTOR, minimum=0.0, maximum=10.0, step=0.05),
        ),
        value=lambda p: _base * Number(p["factor"]) ** floor((_t - 1) / p["every"]),
        kernel=_step_kernel,
    ),
    Schedule(
        "exponential",
        Text("Exponential decay", "指数衰减"),
        Text("The learning rate is multiplied by a factor in every step.", "每一步学习率都乘以一个因子。"),
        r"\eta_t = \eta_0\,\gamma^{\,t-1}",
        "torch.optim.lr_scheduler.ExponentialLR, documentation",
        (Param("factor", "number", 0.999, _FACTOR, minimum=0.0, maximum=10.0, step=0.001, scale="to_one"),),
        value=lambda p: _base * Number(p["factor"]) ** (_t - 1),
        kernel=_exponential_kernel,
    ),
    Schedule(
        "cosine",
        Text("Cosine", "余弦退火"),
        Text(
            "Down to the lowest rate along half a wave of the cosine; it stays there.",
            "沿余弦半个周期下降到最低学习率，之后保持不变。",
        ),
        r"\eta_t = \eta_{\min} + \tfrac12(\eta_0 - \eta_{\min})\left(1 + \cos\frac{\pi (t-1)}{T}\right)",
        _SGDR,
        (_steps("steps", 1000, "Steps", "步数"), _low()),
        value=lambda p: _wave(_t - 1, p["low"], p["steps"]),
        kernel=_cosine_kernel,
    ),
    Schedule(
        "warmup",
        Text("Warm-up", "预热"),
        Text(
            "The learning rate grows evenly from the first step on, and then stays.",
            "学习率从第一步起均匀增大，之后保持不变。",
        ),
        r"\eta_t = \eta_0 \min(1, t/s)",
        "Goyal et al., Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour (2017), section 2.2",
        (_steps("steps", 100, "Steps", "步数"),),
        value=lambda p: _base * smaller(lift(1), _t / p["steps"]),
        kernel=_warmup_kernel,
    ),
    Schedule(
        "warmup_cosine",
        Text("Warm-up, then cosine", "预热后余弦退火"),
        Text(
            "The learning rate grows evenly, then falls to the lowest rate along half a wave of the cosine.",
            "学习率先均匀增大，再沿余弦半个周期下降到最低学习率。",
        ),
        r"\eta_t = \eta_0\,t/s \ (t \le s),\ \text{then cosine}",
        "Goyal et al. (2017), section 2.2, and " + _SGDR,
        (
            _steps("steps", 1000, "Steps in all", "总步数", 2),
            _steps("warmup", 100, "Steps of warm-up", "预热步数"),
            _low(),
        ),
        check=lambda p: None if p["warmup"] < p["steps"] else f"warmup: a whole number below steps ({p['steps']})",
        value=lambda p: Choose(
            _t,
            ">",
            Number(p["warmup"]),
            _wave(_t - (1 + p["warmup"]), p["low"], p["steps"] - p["warmup"]),
            _base * _t / p["warmup"],
        ),
        kernel=_warmup_cosine_kernel,
    ),
)
