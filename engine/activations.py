"""Activation functions: a = f(z), with the error term delta = da * f'(z) beside each.

The slope is written in whatever the backward pass has at hand: sigmoid and tanh have it from their own value a.
Subgradients are stated where f has a kink: relu'(0) = 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.expression import Choose, Expr, Maximum, Named, Number, Sum, exp, larger, lift, operands, tanh
from engine.ops import Do, Op
from engine.registry import Entry, Registry, Text
from engine.rule import Array, Rule

a, z, da = operands("a z da")

_DEEP_LEARNING = "Goodfellow, Bengio & Courville, Deep Learning (2016), section "


@dataclass(frozen=True, eq=False)
class Activation(Entry):
    """An activation function as an operation; `elementwise` unless a unit's value depends on its neighbours'."""

    op: Op | None = None
    learned: tuple[Any, ...] = ()

    @property
    def elementwise(self) -> bool:
        """Does a[n,j] depend on z[n,j] alone?"""
        return self.require_op().elementwise

    def require_op(self, params: object = None, jacobian: bool = False) -> Op:
        """The operation a = f(z)."""
        assert self.op is not None
        return self.op


_DELTA_SUMMARY = Text(
    "The error that arrives at the activation, times the slope of the activation function at z.",
    "传到激活值的误差，乘以激活函数在 z 处的斜率。",
)


def _activation(
    name: str,
    label: Text,
    summary: Text,
    formula: str,
    source: str,
    value: Expr,
    kernel: Callable[..., None],
    slope: Expr,
    delta_kernel: Callable[..., None],
) -> Activation:
    """An elementwise activation from its value in z[n,j] and its slope in z[n,j] and a[n,j]."""
    delta = Op(
        f"{name}_delta",
        Text(f"Error term through {label.en}", f"经 {label.zh} 的误差项"),
        _DELTA_SUMMARY,
        source,
        Rule("delta", ("n", "j"), Named("error", da["n", "j"]) * Named("slope", slope)),
        delta_kernel,
        elementwise=True,
    )
    op = Op(
        name,
        label,
        summary,
        source,
        Rule("a", ("n", "j"), value),
        kernel,
        {"z": delta},
        elementwise=True,
    )
    return Activation(name, label, summary, formula, source, op=op)


_z, _a = z["n", "j"], a["n", "j"]


def _identity(do: Do, out: Array, z: Array) -> None:
    do(np.copyto, out, z)


def _identity_delta(do: Do, out: Array, da: Array) -> None:
    do(np.copyto, out, da)


def _sigmoid(do: Do, out: Array, z: Array) -> None:
    one = do.constant(1.0)
    do(np.negative, z, out)
    do(np.exp, out, out)
    do(np.add, out, one, out)
    do(np.divide, one, out, out)


def _sigmoid_delta(do: Do, out: Array, da: Array, a: Array) -> None:
    do(np.subtract, do.constant(1.0), a, out)
    do(np.multiply, a, out, out)
    do(np.multiply, da, out, out)


def _tanh(do: Do, out: Array, z: Array) -> None:
    do(np.tanh, z, out)


def _tanh_delta(do: Do, out: Array, da: Array, a: Array) -> None:
    do(np.multiply, a, a, out)
    do(np.subtract, do.constant(1.0), out, out)
    do(np.multiply, da, out, out)


def _relu(do: Do, out: Array, z: Array) -> None:
    do(np.maximum, z, do.constant(0.0), out=out)


def _relu_delta(do: Do, out: Array, da: Array, z: Array) -> None:
    do(np.greater, z, do.constant(0.0), out)
    do(np.multiply, da, out, out)


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


_SOFTMAX_SOURCE = _DEEP_LEARNING + "6.2.2.3"

SOFTMAX_DELTA = Op(
    "softmax_delta",
    Text("Error term through softmax", "经 softmax 的误差项"),
    Text(
        "Every output of softmax depends on every z of its row, so the errors of the whole row arrive here.",
        "softmax 的每个输出都依赖同一行的所有 z，所以整行的误差都会传到这里。",
    ),
    _SOFTMAX_SOURCE,
    Rule(
        "delta",
        ("n", "j"),
        Named("slope", _a) * Named("error", da["n", "j"] - Sum("k", da["n", "k"] * a["n", "k"])),
    ),
    _softmax_delta,
)

SOFTMAX_SUMMARY = Text(
    "Turns a row of numbers into probabilities. The row's largest z is taken off first, so that exp stays finite.",
    "把一行数变成概率。先减去该行最大的 z，使 exp 不会溢出。",
)
SOFTMAX = Op(
    "softmax",
    Text("softmax", "softmax"),
    SOFTMAX_SUMMARY,
    _SOFTMAX_SOURCE,
    Rule(
        "a",
        ("n", "j"),
        exp(_z - Maximum("k", z["n", "k"])) / Sum("k", exp(z["n", "k"] - Maximum("m", z["n", "m"]))),
    ),
    _softmax,
    {"z": SOFTMAX_DELTA},
)

ACTIVATIONS: Registry[Activation] = Registry(
    "activation",
    _activation(
        "identity",
        Text("identity", "恒等"),
        Text("Passes z on as it is.", "原样输出 z。"),
        "a = z",
        _DEEP_LEARNING + "6.2.2.1",
        _z,
        _identity,
        lift(1),
        _identity_delta,
    ),
    _activation(
        "sigmoid",
        Text("sigmoid", "sigmoid"),
        Text(
            "Squeezes z into (0, 1); flat at both ends, where units learn slowly.",
            "把 z 压缩到 (0, 1)；两端平坦，神经元在那里学得很慢。",
        ),
        r"a = \frac{1}{1 + e^{-z}}",
        _DEEP_LEARNING + "6.2.2.2",
        1 / (1 + exp(-_z)),
        _sigmoid,
        _a * (1 - _a),
        _sigmoid_delta,
    ),
    _activation(
        "tanh",
        Text("tanh", "tanh"),
        Text("Squeezes z into (−1, 1), centred on zero.", "把 z 压缩到 (−1, 1)，以零为中心。"),
        r"a = \tanh z",
        _DEEP_LEARNING + "6.3.2",
        tanh(_z),
        _tanh,
        1 - _a**2,
        _tanh_delta,
    ),
    _activation(
        "relu",
        Text("ReLU", "ReLU"),
        Text(
            "Passes positive z on and blocks the rest; its slope at 0 is taken as 0.",
            "正的 z 原样通过，其余为零；在 0 处的斜率取 0。",
        ),
        r"a = \max(0, z)",
        _DEEP_LEARNING + "6.3.1",
        larger(_z, 0),
        _relu,
        Choose(_z, ">", Number(0), Number(1), Number(0)),
        _relu_delta,
    ),
    Activation(
        "softmax",
        Text("softmax", "softmax"),
        SOFTMAX_SUMMARY,
        r"a_j = \frac{e^{z_j}}{\sum_k e^{z_k}}",
        _SOFTMAX_SOURCE,
        op=SOFTMAX,
    ),
)
