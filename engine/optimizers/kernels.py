"""The kernels of updates: NumPy calls that take every parameter a step further.

Each reads its operands before it first writes `out` over one of them, or only at the same place, so that what is kept
from step to step may be written straight over its old value.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.rules.ops import Do
from engine.rules.rule import Array

Kernel = Callable[..., None]


def sgd(do: Do, out: Array, parameter: Array, gradient: Array, learning_rate: Array) -> None:
    change = do.scratch(parameter.shape)
    do(np.multiply, gradient, learning_rate, change)
    do(np.subtract, parameter, change, out)


def velocity(do: Do, out: Array, v: Array, gradient: Array, momentum: Array) -> None:
    do(np.multiply, v, momentum, out)
    do(np.add, out, gradient, out)


def along_velocity(do: Do, out: Array, parameter: Array, v_new: Array, learning_rate: Array) -> None:
    sgd(do, out, parameter, v_new, learning_rate)


def nesterov(
    do: Do, out: Array, parameter: Array, gradient: Array, v_new: Array, learning_rate: Array, momentum: Array
) -> None:
    ahead = do.scratch(parameter.shape)
    do(np.multiply, v_new, momentum, ahead)
    do(np.add, gradient, ahead, ahead)
    do(np.multiply, ahead, learning_rate, ahead)
    do(np.subtract, parameter, ahead, out)


def sum_of_squares(do: Do, out: Array, v: Array, gradient: Array) -> None:
    square = do.scratch(v.shape)
    do(np.multiply, gradient, gradient, square)
    do(np.add, v, square, out)


def mean(do: Do, out: Array, old: Array, fresh: Array, decay: Array) -> None:
    """out = decay·old + (1 − decay)·fresh; `fresh` may be scratch."""
    part, share = do.scratch(old.shape), do.scratch(())
    do(np.subtract, do.constant(1.0), decay, share)
    do(np.multiply, fresh, share, part)
    do(np.multiply, old, decay, out)
    do(np.add, out, part, out)


def mean_of_squares(do: Do, out: Array, old: Array, fresh: Array, decay: Array) -> None:
    """out = decay·old + (1 − decay)·fresh²."""
    square = do.scratch(old.shape)
    do(np.multiply, fresh, fresh, square)
    mean(do, out, old, square, decay)


def scaled(
    do: Do, out: Array, parameter: Array, step: Array, size: Array, learning_rate: Array, epsilon: Array
) -> None:
    """out = parameter − learning_rate·step/(√size + ε)."""
    bottom, top = do.scratch(parameter.shape), do.scratch(parameter.shape)
    do(np.sqrt, size, bottom)
    do(np.add, bottom, epsilon, bottom)
    do(np.multiply, step, learning_rate, top)
    do(np.divide, top, bottom, top)
    do(np.subtract, parameter, top, out)


def rmsprop_v(do: Do, out: Array, v: Array, gradient: Array, rho: Array) -> None:
    mean_of_squares(do, out, v, gradient, rho)


def by_root(
    do: Do, out: Array, parameter: Array, gradient: Array, v_new: Array, learning_rate: Array, epsilon: Array
) -> None:
    scaled(do, out, parameter, gradient, v_new, learning_rate, epsilon)


def adadelta_move(do: Do, out: Array, gradient: Array, u: Array, v_new: Array, epsilon: Array) -> None:
    bottom = do.scratch(u.shape)
    do(np.add, v_new, epsilon, bottom)
    do(np.sqrt, bottom, bottom)
    do(np.add, u, epsilon, out)
    do(np.sqrt, out, out)
    do(np.divide, out, bottom, out)
    do(np.multiply, out, gradient, out)


def adadelta_u(do: Do, out: Array, u: Array, move: Array, rho: Array) -> None:
    mean_of_squares(do, out, u, move, rho)


def along_move(do: Do, out: Array, parameter: Array, move: Array, learning_rate: Array) -> None:
    sgd(do, out, parameter, move, learning_rate)


def adam_m(do: Do, out: Array, m: Array, gradient: Array, beta1: Array) -> None:
    mean(do, out, m, gradient, beta1)


def adam_v(do: Do, out: Array, v: Array, gradient: Array, beta2: Array) -> None:
    mean_of_squares(do, out, v, gradient, beta2)


def corrected(do: Do, out: Array, memory: Array, decay: Array, t: Array) -> None:
    """out = memory/(1 − decay^t)."""
    present = do.scratch(())
    do(np.power, decay, t, present)
    do(np.subtract, do.constant(1.0), present, present)
    do(np.divide, memory, present, out)


def mhat(do: Do, out: Array, m_new: Array, beta1: Array, t: Array) -> None:
    corrected(do, out, m_new, beta1, t)


def vhat(do: Do, out: Array, v_new: Array, beta2: Array, t: Array) -> None:
    corrected(do, out, v_new, beta2, t)


def adam(do: Do, out: Array, parameter: Array, mhat: Array, vhat: Array, learning_rate: Array, epsilon: Array) -> None:
    scaled(do, out, parameter, mhat, vhat, learning_rate, epsilon)


def decayed(do: Do, out: Array, parameter: Array, learning_rate: Array, weight_decay: Array) -> None:
    """out = parameter − learning_rate·weight_decay·parameter, as one scratch that the caller goes on with."""
    share = do.scratch(())
    do(np.multiply, learning_rate, weight_decay, share)
    do(np.multiply, parameter, share, out)
    do(np.subtract, parameter, out, out)


def adamw(
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
    decayed(do, left, parameter, learning_rate, weight_decay)
    scaled(do, out, left, mhat, vhat, learning_rate, epsilon)


def nadam_mu(offset: float) -> Kernel:
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


def nadam_product(do: Do, out: Array, mu_product: Array, mu: Array) -> None:
    do(np.multiply, mu_product, mu, out)


def nadam_move(
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


def nadam(do: Do, out: Array, parameter: Array, move: Array, vhat: Array, learning_rate: Array, epsilon: Array) -> None:
    scaled(do, out, parameter, move, vhat, learning_rate, epsilon)


def lion_move(do: Do, out: Array, m: Array, gradient: Array, beta1: Array) -> None:
    mean(do, out, m, gradient, beta1)
    do(np.sign, out, out)


def lion(do: Do, out: Array, parameter: Array, move: Array, learning_rate: Array, weight_decay: Array) -> None:
    left, change = do.scratch(parameter.shape), do.scratch(parameter.shape)
    decayed(do, left, parameter, learning_rate, weight_decay)
    do(np.multiply, move, learning_rate, change)
    do(np.subtract, left, change, out)


def lion_m(do: Do, out: Array, m: Array, gradient: Array, beta2: Array) -> None:
    mean(do, out, m, gradient, beta2)
