"""Optimizers: how a parameter follows from itself, its gradient, the optimizer's memory and the settings of the step.

An update is one or more stages, each a named assignment: Adam writes m_W2_new, v_W2_new, mhat_W2, vhat_W2 and W2_new.
Stages are elementwise, so the same kernel serves weights and biases, one at a time or all laid end to end. Only the
rule is written per rank, because a weight has two indices and a bias one. Memory starts at zero; ε stands outside the
root, as in PyTorch, except where an optimizer's paper has it inside (Adadelta).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.expression import Expr, Number, operands, sign, sqrt
from engine.ops import Do, Op
from engine.registry import Entry, Param, Registry, Text
from engine.rule import Array, Rule

LETTERS: dict[int, tuple[str, ...]] = {1: ("j",), 2: ("j", "i")}
SUFFIX = {1: "_bias", 2: ""}
PARAMETER, GRADIENT, NEW = "parameter", "gradient", "new"

Kernel = Callable[..., None]

(parameter, gradient, learning_rate, momentum, rho, beta1, beta2, epsilon, weight_decay, t, m, v, u, move) = operands(
    "parameter gradient learning_rate momentum rho beta1 beta2 epsilon weight_decay t m v u move"
)
(m_new, v_new, mhat, vhat, mu, mu_next, mu_product, mu_product_new, momentum_decay) = operands(
    "m_new v_new mhat vhat mu mu_next mu_product mu_product_new momentum_decay"
)
_rate, _w, _rho, _beta1, _beta2, _eps = (each[()] for each in (learning_rate, momentum, rho, beta1, beta2, epsilon))
_decay, _t, _psi = weight_decay[()], t[()], momentum_decay[()]
_mu, _mu_next, _product, _product_new = mu[()], mu_next[()], mu_product[()], mu_product_new[()]


@dataclass(frozen=True, eq=False)
class Stage:
    """One assignment of an update, for every parameter: `writes` names the slot it gives a value.

    `value` is the rule of the element at the given letters. "new" is the parameter after the step; a name that ends
    in _new is the memory of that name after the step; any other is an intermediate value.
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


# Kernels. Each reads its operands before it first writes `out` over one of them, or only at the same place.


def _sgd(do: Do, out: Array, parameter: Array, gradient: Array, learning_rate: Array) -> None:
    change = do.scratch(parameter.shape)
    do(np.multiply, gradient, learning_rate, change)
    do(np.subtract, parameter, change, out)


def _velocity(do: Do, out: Array, v: Array, gradient: Array, momentum: Array) -> None:
    do(np.multiply, v, momentum, out)
    do(np.add, out, gradient, out)


def _along_velocity(do: Do, out: Array, parameter: Array, v_new: Array, learning_rate: Array) -> None:
    _sgd(do, out, parameter, v_new, learning_rate)


def _nesterov(
    do: Do, out: Array, parameter: Array, gradient: Array, v_new: Array, learning_rate: Array, momentum: Array
) -> None:
    ahead = do.scratch(parameter.shape)
    do(np.multiply, v_new, momentum, ahead)
    do(np.add, gradient, ahead, ahead)
    do(np.multiply, ahead, learning_rate, ahead)
    do(np.subtract, parameter, ahead, out)


def _sum_of_squares(do: Do, out: Array, v: Array, gradient: Array) -> None:
    square = do.scratch(v.shape)
    do(np.multiply, gradient, gradient, square)
    do(np.add, v, square, out)


def _mean(do: Do, out: Array, old: Array, fresh: Array, decay: Array) -> None:
    """out = decay·old + (1 − decay)·fresh; `fresh` may be scratch."""
    part, share = do.scratch(old.shape), do.scratch(())
    do(np.subtract, do.constant(1.0), decay, share)
    do(np.multiply, fresh, share, part)
    do(np.multiply, old, decay, out)
    do(np.add, out, part, out)


def _mean_of_squares(do: Do, out: Array, old: Array, fresh: Array, decay: Array) -> None:
    """out = decay·old + (1 − decay)·fresh²."""
    square = do.scratch(old.shape)
    do(np.multiply, fresh, fresh, square)
    _mean(do, out, old, square, decay)


def _scaled(
    do: Do, out: Array, parameter: Array, step: Array, size: Array, learning_rate: Array, epsilon: Array
) -> None:
    """out = parameter − learning_rate·step/(√size + ε)."""
    bottom, top = do.scratch(parameter.shape), do.scratch(parameter.shape)
    do(np.sqrt, size, bottom)
    do(np.add, bottom, epsilon, bottom)
    do(np.multiply, step, learning_rate, top)
    do(np.divide, top, bottom, top)
    do(np.subtract, parameter, top, out)


def _rmsprop_v(do: Do, out: Array, v: Array, gradient: Array, rho: Array) -> None:
    _mean_of_squares(do, out, v, gradient, rho)


def _by_root(
    do: Do, out: Array, parameter: Array, gradient: Array, v_new: Array, learning_rate: Array, epsilon: Array
) -> None:
    _scaled(do, out, parameter, gradient, v_new, learning_rate, epsilon)


def _adadelta_move(do: Do, out: Array, gradient: Array, u: Array, v_new: Array, epsilon: Array) -> None:
    bottom = do.scratch(u.shape)
    do(np.add, v_new, epsilon, bottom)
    do(np.sqrt, bottom, bottom)
    do(np.add, u, epsilon, out)
    do(np.sqrt, out, out)
    do(np.divide, out, bottom, out)
    do(np.multiply, out, gradient, out)


def _adadelta_u(do: Do, out: Array, u: Array, move: Array, rho: Array) -> None:
    _mean_of_squares(do, out, u, move, rho)


def _along_move(do: Do, out: Array, parameter: Array, move: Array, learning_rate: Array) -> None:
    _sgd(do, out, parameter, move, learning_rate)


def _adam_m(do: Do, out: Array, m: Array, gradient: Array, beta1: Array) -> None:
    _mean(do, out, m, gradient, beta1)


def _adam_v(do: Do, out: Array, v: Array, gradient: Array, beta2: Array) -> None:
    _mean_of_squares(do, out, v, gradient, beta2)


def _corrected(do: Do, out: Array, memory: Array, decay: Array, t: Array) -> None:
    """out = memory/(1 − decay^t)."""
    present = do.scratch(())
    do(np.power, decay, t, present)
    do(np.subtract, do.constant(1.0), present, present)
    do(np.divide, memory, present, out)


def _mhat(do: Do, out: Array, m_new: Array, beta1: Array, t: Array) -> None:
    _corrected(do, out, m_new, beta1, t)


def _vhat(do: Do, out: Array, v_new: Array, beta2: Array, t: Array) -> None:
    _corrected(do, out, v_new, beta2, t)


def _adam(do: Do, out: Array, parameter: Array, mhat: Array, vhat: Array, learning_rate: Array, epsilon: Array) -> None:
    _scaled(do, out, parameter, mhat, vhat, learning_rate, epsilon)


def _decayed(do: Do, out: Array, parameter: Array, learning_rate: Array, weight_decay: Array) -> None:
    """out = parameter − learning_rate·weight_decay·parameter, as one scratch that the caller goes on with."""
    share = do.scratch(())
    do(np.multiply, learning_rate, weight_decay, share)
    do(np.multiply, parameter, share, out)
    do(np.subtract, parameter, out, out)


def _adamw(
    do: Do,
    out: Array,
    parameter: Array,
    mhat: Array,
    vhat: Array,
    learning_rate: Array,
    weight_decay: Array,
    epsilon: Array,
) -> None:
    left = do.scratch(parameter.shape)
    _decayed(do, left, parameter, learning_rate, weight_decay)
    _scaled(do, out, left, mhat, vhat, learning_rate, epsilon)


def _nadam_mu(offset: float) -> Kernel:
    def kernel(do: Do, out: Array, beta1: Array, t: Array, momentum_decay: Array) -> None:
        if offset:
            do(np.add, t, do.constant(offset), out)
            do(np.multiply, out, momentum_decay, out)
        else:
            do(np.multiply, t, momentum_decay, out)
        do(np.power, do.constant(0.96), out, out)
        do(np.multiply, do.constant(0.5), out, out)
        do(np.subtract, do.constant(1.0), out, out)
        do(np.multiply, beta1, out, out)

    return kernel


def _nadam_product(do: Do, out: Array, mu_product: Array, mu: Array) -> None:
    do(np.multiply, mu_product, mu, out)


def _nadam_move(
    do: Do, out: Array, gradient: Array, m_new: Array, mu: Array, mu_next: Array, mu_product_new: Array
) -> None:
    ahead, one = do.scratch(gradient.shape), do.constant(1.0)
    now, later, missing = do.scratch(()), do.scratch(()), do.scratch(())
    do(np.subtract, one, mu_product_new, missing)
    do(np.subtract, one, mu, now)
    do(np.divide, now, missing, now)
    do(np.multiply, mu_product_new, mu_next, missing)
    do(np.subtract, one, missing, missing)
    do(np.divide, mu_next, missing, later)
    do(np.multiply, gradient, now, out)
    do(np.multiply, m_new, later, ahead)
    do(np.add, out, ahead, out)


def _nadam(
    do: Do, out: Array, parameter: Array, move: Array, vhat: Array, learning_rate: Array, epsilon: Array
) -> None:
    _scaled(do, out, parameter, move, vhat, learning_rate, epsilon)


def _lion_move(do: Do, out: Array, m: Array, gradient: Array, beta1: Array) -> None:
    _mean(do, out, m, gradient, beta1)
    do(np.sign, out, out)


def _lion(do: Do, out: Array, parameter: Array, move: Array, learning_rate: Array, weight_decay: Array) -> None:
    left, change = do.scratch(parameter.shape), do.scratch(parameter.shape)
    _decayed(do, left, parameter, learning_rate, weight_decay)
    do(np.multiply, move, learning_rate, change)
    do(np.subtract, left, change, out)


def _lion_m(do: Do, out: Array, m: Array, gradient: Array, beta2: Array) -> None:
    _mean(do, out, m, gradient, beta2)


# Stages that several optimizers share.

_NEW = Text("New value", "新值")


def _new(summary: Text, value: Callable[[tuple[str, ...]], Expr], kernel: Kernel) -> Stage:
    return Stage(NEW, _NEW, summary, value, kernel)


_VELOCITY = Stage(
    "v_new",
    Text("Velocity", "速度"),
    Text(
        "What is left of the velocity, plus the gradient.",
        "保留下来的速度加上梯度。",
    ),
    lambda at: _w * v[at] + gradient[at],
    _velocity,
)
_ADAM_M = Stage(
    "m_new",
    Text("Running mean of the gradient", "梯度的滑动平均"),
    Text(
        "The part β₁ of the old mean, and the rest from the gradient of this step.",
        "旧均值占 β₁，其余来自本步的梯度。",
    ),
    lambda at: _beta1 * m[at] + (1 - _beta1) * gradient[at],
    _adam_m,
)
_ADAM_V = Stage(
    "v_new",
    Text("Running mean of the squared gradient", "梯度平方的滑动平均"),
    Text(
        "The part β₂ of the old mean, and the rest from the square of the gradient of this step.",
        "旧均值占 β₂，其余来自本步梯度的平方。",
    ),
    lambda at: _beta2 * v[at] + (1 - _beta2) * gradient[at] ** 2,
    _adam_v,
)
_MHAT = Stage(
    "mhat",
    Text("Bias correction of m", "m 的偏差修正"),
    Text(
        "m began at zero and is too small at first; this makes up for it.",
        "m 从零开始，起初偏小；这一步予以修正。",
    ),
    lambda at: m_new[at] / (1 - _beta1**_t),
    _mhat,
)
_VHAT = Stage(
    "vhat",
    Text("Bias correction of v", "v 的偏差修正"),
    Text(
        "v began at zero and is too small at first; this makes up for it.",
        "v 从零开始，起初偏小；这一步予以修正。",
    ),
    lambda at: v_new[at] / (1 - _beta2**_t),
    _vhat,
)
_AGAINST = Text(
    "The parameter moves against its gradient, by the learning rate times the gradient.",
    "参数沿梯度的反方向移动，移动量为学习率乘以梯度。",
)
_BY_ROOT = Text(
    "The gradient over the root of its mean square: every parameter moves by about the learning rate.",
    "梯度除以其均方根：每个参数的移动量大约都是学习率。",
)


def _rate_param(default: float) -> Param:
    step = 0.01 if default >= 0.01 else 0.001
    return Param("learning_rate", "number", default, Text("Learning rate η", "学习率 η"), minimum=0.0, step=step)


def _share(name: str, default: float, label: Text) -> Param:
    """A part between 0 (included) and 1: the engine takes 1 too, where nothing is ever forgotten."""
    return Param(name, "number", default, label, minimum=0.0, maximum=1.0, step=0.01)


def _small(default: float) -> Param:
    return Param("epsilon", "number", default, Text("ε", "ε"), minimum=0.0, maximum=1.0, step=1e-8)


_MOMENTUM = _share("momentum", 0.9, Text("Momentum μ", "动量系数 μ"))
_BETA1 = _share("beta1", 0.9, Text("β₁, for m", "β₁（用于 m）"))
_BETA2 = _share("beta2", 0.999, Text("β₂, for v", "β₂（用于 v）"))


def _weight_decay(default: float) -> Param:
    return Param(
        "weight_decay", "number", default, Text("Weight decay λ", "权重衰减 λ"), minimum=0.0, maximum=1e3, step=0.01
    )


_ADAM_SOURCE = "Kingma & Ba, Adam: A Method for Stochastic Optimization (2015), algorithm 1"

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
        (_rate_param(0.01),),
        stages=(_new(_AGAINST, lambda at: parameter[at] - _rate * gradient[at], _sgd),),
    ),
    Optimizer(
        "momentum",
        Text("Momentum", "动量法"),
        Text(
            "A velocity gathers the gradients of many steps, so that the way along a valley is fast and the zigzag "
            "across it averages out.",
            "速度累积多步的梯度：沿山谷方向加速，横向的来回振荡相互抵消。",
        ),
        r"v \leftarrow \mu v + \frac{\partial L}{\partial W},\quad W \leftarrow W - \eta v",
        "Goodfellow, Bengio & Courville, Deep Learning (2016), section 8.3.2, with v as in torch.optim.SGD",
        (_rate_param(0.01), _MOMENTUM),
        stages=(
            _VELOCITY,
            _new(
                Text("The parameter moves against the velocity.", "参数沿速度的反方向移动。"),
                lambda at: parameter[at] - _rate * v_new[at],
                _along_velocity,
            ),
        ),
        memory=("v",),
    ),
    Optimizer(
        "nesterov",
        Text("Nesterov momentum", "Nesterov 动量"),
        Text(
            "Momentum that looks ahead: the gradient is added to where the velocity is about to lead.",
            "向前看的动量法：把梯度加在速度即将到达之处。",
        ),
        r"v \leftarrow \mu v + g,\quad W \leftarrow W - \eta\,(g + \mu v)",
        "Sutskever, Martens, Dahl & Hinton, ICML (2013), in the form of torch.optim.SGD with nesterov=True",
        (_rate_param(0.01), _MOMENTUM),
        stages=(
            _VELOCITY,
            _new(
                Text(
                    "The parameter moves against the gradient and the velocity that follows from it.",
                    "参数沿梯度与由其更新的速度之和的反方向移动。",
                ),
                lambda at: parameter[at] - _rate * (gradient[at] + _w * v_new[at]),
                _nesterov,
            ),
        ),
        memory=("v",),
    ),
    Optimizer(
        "adagrad",
        Text("Adagrad", "Adagrad"),
        Text(
            "Adds up the squares of all gradients; parameters with large gradients slow down, for ever.",
            "累加全部梯度的平方；梯度大的参数会越走越慢。",
        ),
        r"v \leftarrow v + g^2,\quad W \leftarrow W - \eta\,\frac{g}{\sqrt{v} + \varepsilon}",
        "Duchi, Hazan & Singer, JMLR 12 (2011), in the form of torch.optim.Adagrad",
        (_rate_param(0.01), _small(1e-10)),
        stages=(
            Stage(
                "v_new",
                Text("Sum of the squared gradients", "梯度平方之和"),
                Text("The sum so far, plus the square of the gradient.", "此前的和加上梯度的平方。"),
                lambda at: v[at] + gradient[at] ** 2,
                _sum_of_squares,
            ),
            _new(
                Text(
                    "The gradient over the root of the sum of its squares.",
                    "梯度除以其平方和的平方根。",
                ),
                lambda at: parameter[at] - _rate * gradient[at] / (sqrt(v_new[at]) + _eps),
                _by_root,
            ),
        ),
        memory=("v",),
    ),
    Optimizer(
        "rmsprop",
        Text("RMSprop", "RMSprop"),
        Text(
            "Adagrad that forgets: a running mean of squared gradients instead of their sum.",
            "会遗忘的 Adagrad：用梯度平方的滑动平均代替总和。",
        ),
        r"v \leftarrow \rho v + (1 - \rho) g^2,\quad W \leftarrow W - \eta\,\frac{g}{\sqrt{v} + \varepsilon}",
        "Hinton, Neural Networks for Machine Learning (2012), lecture 6e, in the form of torch.optim.RMSprop",
        (_rate_param(0.01), _share("rho", 0.99, Text("ρ, for v", "ρ（用于 v）")), _small(1e-8)),
        stages=(
            Stage(
                "v_new",
                Text("Running mean of the squared gradient", "梯度平方的滑动平均"),
                Text(
                    "The part ρ of the old mean, and the rest from the square of the gradient of this step.",
                    "旧均值占 ρ，其余来自本步梯度的平方。",
                ),
                lambda at: _rho * v[at] + (1 - _rho) * gradient[at] ** 2,
                _rmsprop_v,
            ),
            _new(
                _BY_ROOT,
                lambda at: parameter[at] - _rate * gradient[at] / (sqrt(v_new[at]) + _eps),
                _by_root,
            ),
        ),
        memory=("v",),
    ),
    Optimizer(
        "adadelta",
        Text("Adadelta", "Adadelta"),
        Text(
            "RMSprop whose step size comes from the size of its own past moves, so that no learning rate need be "
            "chosen. ε stands inside the roots.",
            "步长由自身过去的移动量决定的 RMSprop，无需选择学习率。ε 在根号内。",
        ),
        r"d = \frac{\sqrt{u + \varepsilon}}{\sqrt{v + \varepsilon}}\,g,\quad W \leftarrow W - \eta d",
        "Zeiler, ADADELTA: An Adaptive Learning Rate Method (2012), algorithm 1",
        (_rate_param(1.0), _share("rho", 0.9, Text("ρ, for v and u", "ρ（用于 v 和 u）")), _small(1e-6)),
        stages=(
            Stage(
                "v_new",
                Text("Running mean of the squared gradient", "梯度平方的滑动平均"),
                Text(
                    "The part ρ of the old mean, and the rest from the square of the gradient of this step.",
                    "旧均值占 ρ，其余来自本步梯度的平方。",
                ),
                lambda at: _rho * v[at] + (1 - _rho) * gradient[at] ** 2,
                _rmsprop_v,
            ),
            Stage(
                "move",
                Text("Move", "移动量"),
                Text(
                    "The gradient, scaled from the size of past gradients to the size of past moves.",
                    "把梯度从以往梯度的尺度换算到以往移动量的尺度。",
                ),
                lambda at: sqrt(u[at] + _eps) / sqrt(v_new[at] + _eps) * gradient[at],
                _adadelta_move,
            ),
            Stage(
                "u_new",
                Text("Running mean of the squared move", "移动量平方的滑动平均"),
                Text(
                    "The part ρ of the old mean, and the rest from the square of this move.",
                    "旧均值占 ρ，其余来自本次移动量的平方。",
                ),
                lambda at: _rho * u[at] + (1 - _rho) * move[at] ** 2,
                _adadelta_u,
            ),
            _new(
                Text("The parameter moves against the move.", "参数沿移动量的反方向移动。"),
                lambda at: parameter[at] - _rate * move[at],
                _along_move,
            ),
        ),
        memory=("v", "u"),
    ),
    Optimizer(
        "adam",
        Text("Adam", "Adam"),
        Text(
            "Momentum and RMSprop together, corrected for their start at zero. The first step of every parameter is "
            "about as long as the learning rate.",
            "动量与 RMSprop 的结合，并修正从零开始的偏差。每个参数的第一步大约等于学习率。",
        ),
        r"W \leftarrow W - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
        _ADAM_SOURCE,
        (_rate_param(0.001), _BETA1, _BETA2, _small(1e-8)),
        stages=(
            _ADAM_M,
            _ADAM_V,
            _MHAT,
            _VHAT,
            _new(
                _BY_ROOT,
                lambda at: parameter[at] - _rate * mhat[at] / (sqrt(vhat[at]) + _eps),
                _adam,
            ),
        ),
        memory=("m", "v"),
    ),
    Optimizer(
        "adamw",
        Text("AdamW", "AdamW"),
        Text(
            "Adam with decoupled weight decay: every parameter, biases too, shrinks by a part of itself, apart from "
            "the gradient.",
            "带解耦权重衰减的 Adam：每个参数（含偏置）都按自身比例缩小，与梯度无关。",
        ),
        r"W \leftarrow W - \eta\lambda W - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
        "Loshchilov & Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2, as torch.optim.AdamW",
        (_rate_param(0.001), _BETA1, _BETA2, _small(1e-8), _weight_decay(0.01)),
        stages=(
            _ADAM_M,
            _ADAM_V,
            _MHAT,
            _VHAT,
            _new(
                Text(
                    "The parameter shrinks by the decay, and moves as in Adam.",
                    "参数先按衰减缩小，再像 Adam 一样移动。",
                ),
                lambda at: parameter[at] - _rate * _decay * parameter[at] - _rate * mhat[at] / (sqrt(vhat[at]) + _eps),
                _adamw,
            ),
        ),
        memory=("m", "v"),
    ),
    Optimizer(
        "nadam",
        Text("NAdam", "NAdam"),
        Text(
            "Adam with Nesterov's look ahead, and a momentum that warms up.",
            "带 Nesterov 前瞻的 Adam，动量系数逐步预热。",
        ),
        r"W \leftarrow W - \eta\,\frac{\frac{1-\mu_t}{1-\prod\mu}g + \frac{\mu_{t+1}}{1-\prod\mu\,\mu_{t+1}}m}"
        r"{\sqrt{\hat v} + \varepsilon}",
        "Dozat, Incorporating Nesterov Momentum into Adam (2016), as torch.optim.NAdam",
        (
            _rate_param(0.002),
            _BETA1,
            _BETA2,
            _small(1e-8),
            Param(
                "momentum_decay",
                "number",
                0.004,
                Text("Momentum decay ψ", "动量衰减 ψ"),
                minimum=0.0,
                maximum=1.0,
                step=0.001,
            ),
        ),
        once=(
            Once(
                "mu",
                Text("Momentum of this step", "本步的动量系数"),
                Text("β₁, reached from below as the steps go on.", "随步数增加，从下方趋近 β₁。"),
                _beta1 * (1 - 0.5 * Number(0.96) ** (_t * _psi)),
                _nadam_mu(0.0),
            ),
            Once(
                "mu_next",
                Text("Momentum of the next step", "下一步的动量系数"),
                Text("The same for the step after this.", "下一步的同一个量。"),
                _beta1 * (1 - 0.5 * Number(0.96) ** ((_t + 1) * _psi)),
                _nadam_mu(1.0),
            ),
            Once(
                "mu_product_new",
                Text("Product of the momenta", "动量系数之积"),
                Text("The momenta of all steps so far, multiplied.", "截至本步各步动量系数的乘积。"),
                _product * _mu,
                _nadam_product,
            ),
        ),
        stages=(
            _ADAM_M,
            _ADAM_V,
            Stage(
                "move",
                Text("Look ahead", "前瞻"),
                Text(
                    "The gradient and the mean that it leads to, each corrected for the start at zero.",
                    "梯度与由其更新的均值，分别修正从零开始的偏差。",
                ),
                lambda at: (
                    gradient[at] * ((1 - _mu) / (1 - _product_new))
                    + m_new[at] * (_mu_next / (1 - _product_new * _mu_next))
                ),
                _nadam_move,
            ),
            _VHAT,
            _new(
                _BY_ROOT,
                lambda at: parameter[at] - _rate * move[at] / (sqrt(vhat[at]) + _eps),
                _nadam,
            ),
        ),
        memory=("m", "v"),
        counters=(("mu_product", 1.0),),
    ),
    Optimizer(
        "lion",
        Text("Lion", "Lion"),
        Text(
            "Keeps only a running mean and moves by its sign: every parameter moves by the learning rate, up or down.",
            "只保留一个滑动平均，并按其符号移动：每个参数都上移或下移一个学习率。",
        ),
        r"W \leftarrow W - \eta\,(\mathrm{sign}(\beta_1 m + (1-\beta_1) g) + \lambda W)",
        "Chen et al., Symbolic Discovery of Optimization Algorithms (2023), algorithm 2",
        (
            _rate_param(0.0001),
            _BETA1,
            _share("beta2", 0.99, Text("β₂, for m", "β₂（用于 m）")),
            _weight_decay(0.0),
        ),
        stages=(
            Stage(
                "move",
                Text("Sign of the move", "移动的符号"),
                Text(
                    "Only the sign is kept of the old mean and the gradient together.",
                    "旧均值与梯度合在一起，只保留符号。",
                ),
                lambda at: sign(_beta1 * m[at] + (1 - _beta1) * gradient[at]),
                _lion_move,
            ),
            _new(
                Text(
                    "The parameter shrinks by the decay, and moves by the learning rate.",
                    "参数先按衰减缩小，再移动一个学习率。",
                ),
                lambda at: parameter[at] - _rate * _decay * parameter[at] - _rate * move[at],
                _lion,
            ),
            Stage(
                "m_new",
                Text("Running mean of the gradient", "梯度的滑动平均"),
                Text(
                    "The part β₂ of the old mean, and the rest from the gradient of this step.",
                    "旧均值占 β₂，其余来自本步的梯度。",
                ),
                lambda at: _beta2 * m[at] + (1 - _beta2) * gradient[at],
                _lion_m,
            ),
        ),
        memory=("m",),
    ),
)
