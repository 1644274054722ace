"""Activations that mix the units of a layer: softmax and its logarithm.

Every output depends on every z of its row. The way back is written with the row's sum, in which the Jacobian has been
multiplied out; or, where it is asked for, with the Jacobian J[n,k,j] = da_k/dz_j as a value of its own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.activations.activation import DA, DEEP_LEARNING, A, Activation, Values, Z, a, apart, da, z
from engine.registry import Text
from engine.rules.expression import Choose, Expr, Index, Maximum, Named, Number, Sum, exp, log, operands
from engine.rules.ops import Do, Op
from engine.rules.rule import Array, Rule

(J,) = operands("J")
_LARGEST = Maximum("k", z["n", "k"])
_TOTAL = Sum("k", exp(z["n", "k"] - Maximum("m", z["n", "m"])))
_SAME = (Index("k"), "=", Index("j"))


def _softmax(do: Do, out: Array, z: Array) -> None:
    row = do.scratch((len(z), 1))
    do(np.maximum.reduce, z, 1, None, row, True)
    do(np.subtract, z, row, out)
    do(np.exp, out, out)
    do(np.add.reduce, out, 1, None, row, True)
    do(np.divide, out, row, out)


def _softmax_delta(do: Do, out: Array, da: Array, a: Array) -> None:
    row = do.scratch((len(a), 1))
    do(np.multiply, da, a, out)
    do(np.add.reduce, out, 1, None, row, True)
    do(np.subtract, da, row, out)
    do(np.multiply, out, a, out)


def _softmax_jacobian(do: Do, out: Array, a: Array) -> None:
    diagonal = np.einsum("nkk->nk", out)
    do(np.negative, a[:, np.newaxis, :], out)
    do(np.add, diagonal, do.constant(1.0), diagonal)
    do(np.multiply, a[:, :, np.newaxis], out, out)


def _log_softmax(do: Do, out: Array, z: Array) -> None:
    row, powers = do.scratch((len(z), 1)), do.scratch(z.shape)
    do(np.maximum.reduce, z, 1, None, row, True)
    do(np.subtract, z, row, out)
    do(np.exp, out, powers)
    do(np.add.reduce, powers, 1, None, row, True)
    do(np.log, row, row)
    do(np.subtract, out, row, out)


def _log_softmax_delta(do: Do, out: Array, da: Array, a: Array) -> None:
    row = do.scratch((len(a), 1))
    do(np.add.reduce, da, 1, None, row, True)
    do(np.exp, a, out)
    do(np.multiply, out, row, out)
    do(np.subtract, da, out, out)


def _log_softmax_jacobian(do: Do, out: Array, a: Array) -> None:
    powers = do.scratch(a.shape)
    diagonal = np.einsum("nkk->nk", out)
    do(np.exp, a, powers)
    do(np.negative, powers[:, np.newaxis, :], out)
    do(np.add, diagonal, do.constant(1.0), diagonal)


def _through_jacobian(do: Do, out: Array, da: Array, J: Array) -> None:
    do(np.matmul, da[:, np.newaxis, :], J, out[:, np.newaxis, :])


def _row_wise(
    name: str,
    label: Text,
    summary: Text,
    formula: str,
    source: str,
    value: Expr,
    kernel: Callable[..., None],
    delta: Expr,
    delta_kernel: Callable[..., None],
    jacobian: Expr,
    jacobian_kernel: Callable[..., None],
) -> Activation:
    """An activation of a whole row, with its Jacobian."""
    whole = Op(
        f"{name}_jacobian",
        Text(f"Jacobian of {label.en}", f"{label.zh} 的雅可比矩阵"),
        Text(
            "How much output k of an example changes when z of unit j grows a little, for every k and j.",
            "对每个 k 和 j：神经元 j 的 z 略微增大时，该样本的第 k 个输出变化多少。",
        ),
        source,
        Rule("J", ("n", "k", "j"), jacobian),
        jacobian_kernel,
    )
    through = Op(
        f"{name}_delta:jacobian",
        Text(f"Error term through the Jacobian of {label.en}", f"经{apart(label.zh)}雅可比矩阵的误差项"),
        Text(
            "z of a unit moves every output of its row: each output's error times how much it moves, added.",
            "一个神经元的 z 会影响该行的所有输出：把每个输出的误差乘以它随 z 的变化率，再求和。",
        ),
        source,
        Rule("delta", ("n", "j"), Sum("k", Named("error", da["n", "k"]) * Named("slope", J["n", "k", "j"]))),
        _through_jacobian,
        aids={"J": whole},
    )
    multiplied_out = Op(
        f"{name}_delta",
        Text(f"Error term through {label.en}", f"经{apart(label.zh)}的误差项"),
        Text(
            f"Every output of {label.en} depends on every z of its row, so the errors of the whole row arrive here.",
            f"{label.zh} 的每个输出都依赖同一行的所有 z，所以整行的误差都会传到这里。",
        ),
        source,
        Rule("delta", ("n", "j"), delta),
        delta_kernel,
    )

    def build(spelled: str, values: Values, jacobian: bool) -> Op:
        return Op(
            f"{name}:jacobian" if jacobian else name,
            label,
            summary,
            source,
            Rule("a", ("n", "j"), value),
            kernel,
            {"z": through if jacobian else multiplied_out},
        )

    return Activation(name, label, summary, formula, source, build=build)


SOFTMAX = _row_wise(
    "softmax",
    Text("softmax", "softmax"),
    Text(
        "Turns a row of numbers into probabilities. The row's largest z is taken off first, so that exp stays finite.",
        "把一行数变成概率。先减去该行最大的 z，使 exp 不会溢出。",
    ),
    r"a_j = \frac{e^{z_j}}{\sum_k e^{z_k}}",
    DEEP_LEARNING + "6.2.2.3",
    exp(Z - _LARGEST) / _TOTAL,
    _softmax,
    Named("slope", A) * Named("error", DA - Sum("k", da["n", "k"] * a["n", "k"])),
    _softmax_delta,
    a["n", "k"] * (Choose(*_SAME, Number(1), Number(0)) - A),
    _softmax_jacobian,
)

LOG_SOFTMAX = _row_wise(
    "log_softmax",
    Text("log-softmax", "对数 softmax"),
    Text(
        "The logarithm of softmax, computed without forming the probabilities, so that none becomes ln 0. Its outputs "
        "are at most 0.",
        "softmax 的对数，直接计算而不先求概率，因此不会出现 ln 0。输出都不大于 0。",
    ),
    r"a_j = z_j - \ln \sum_k e^{z_k}",
    DEEP_LEARNING + "6.2.2.3; torch.nn.LogSoftmax, documentation",
    Z - _LARGEST - log(_TOTAL),
    _log_softmax,
    DA - exp(A) * Sum("k", da["n", "k"]),
    _log_softmax_delta,
    Choose(*_SAME, 1 - exp(a["n", "k"]), -exp(A)),
    _log_softmax_jacobian,
)
