"""Losses that measure how far the outputs a are from the targets y, as forms (forms.py).

All are functions of the difference a − y, but for hinge, which asks how far y·a is on the right side.
"""

from __future__ import annotations

import numpy as np

from engine.losses.forms import Form
from engine.registry import Text
from engine.rules.expression import Choose, Expr, Number, absolute, exp, larger, lift, log, log1p, operands, sign, tanh
from engine.rules.ops import Do
from engine.rules.rule import Array

a, y = operands("a y")
_a, _y = a["n", "j"], y["n", "j"]
_apart = _a - _y

LN_2 = float(np.log1p(1.0))
"""The natural logarithm of 2, to the bit that log1p gives, so that log cosh 0 is 0."""


def squared_error() -> Form:
    """(a − y)²."""
    return Form(
        "a",
        _apart**2,
        _squares,
        _apart,
        _differences,
        Text("Twice the difference of output and target.", "输出与目标之差的两倍。"),
        gain=2.0,
    )


def half_squared_error() -> Form:
    """½(a − y)²."""
    return Form(
        "a",
        _apart**2,
        _squares,
        _apart,
        _differences,
        Text("The difference of output and target.", "输出与目标之差。"),
        over=2.0,
    )


def absolute_error() -> Form:
    """|a − y|."""
    return Form(
        "a",
        absolute(_apart),
        _distances,
        sign(_apart),
        _signs,
        Text(
            "1 where the output is above its target, −1 where it is below, and 0 where they are equal.",
            "输出高于目标取 1，低于目标取 −1，相等取 0。",
        ),
    )


def huber(delta: float) -> Form:
    """½(a − y)² up to a distance of delta, and the tangent there beyond."""

    def parts(do: Do, out: Array, a: Array, y: Array) -> None:
        within, half = do.scratch(out.shape), do.scratch(out.shape)
        do(np.subtract, a, y, out)
        do(np.minimum, out, do.constant(delta), out=within)
        do(np.maximum, within, do.constant(-delta), out=within)
        do(np.multiply, within, do.constant(0.5), half)
        do(np.subtract, out, half, out)
        do(np.multiply, out, within, out)

    def slopes(do: Do, out: Array, a: Array, y: Array) -> None:
        do(np.subtract, a, y, out)
        do(np.minimum, out, do.constant(delta), out=out)
        do(np.maximum, out, do.constant(-delta), out=out)

    def scaled(line: Expr) -> Expr:
        return line if delta == 1 else delta * line

    distance, edge = absolute(_apart), Number(delta)
    return Form(
        "a",
        Choose(distance, "<", edge, _apart**2 / 2, scaled(distance - delta / 2)),
        parts,
        Choose(distance, "<", edge, _apart, scaled(sign(_apart))),
        slopes,
        Text(
            "The difference of output and target, or the threshold with its sign where the difference is larger.",
            "输出与目标之差；差的绝对值超过阈值时，取带符号的阈值。",
        ),
    )


def log_cosh() -> Form:
    """ln cosh(a − y)."""
    return Form(
        "a",
        absolute(_apart) + log1p(exp(-(2 * absolute(_apart)))) - log(lift(2)),
        _log_cosh,
        tanh(_apart),
        _tanh,
        Text(
            "The hyperbolic tangent of the difference of output and target.",
            "输出与目标之差的双曲正切。",
        ),
    )


def hinge() -> Form:
    """max(0, 1 − y·a)."""
    return Form(
        "a",
        larger(1 - _y * _a, 0),
        _shortfalls,
        -_y * Choose(_y * _a, "<", Number(1), Number(1), Number(0)),
        _towards_the_margin,
        Text(
            "−y where y·a is below 1; 0 where it is 1 or more.",
            "y·a 小于 1 时为 −y；不小于 1 时为 0。",
        ),
    )


def _differences(do: Do, out: Array, a: Array, y: Array) -> None:
    do(np.subtract, a, y, out)


def _squares(do: Do, out: Array, a: Array, y: Array) -> None:
    do(np.subtract, a, y, out)
    do(np.multiply, out, out, out)


def _distances(do: Do, out: Array, a: Array, y: Array) -> None:
    do(np.subtract, a, y, out)
    do(np.abs, out, out)


def _signs(do: Do, out: Array, a: Array, y: Array) -> None:
    do(np.subtract, a, y, out)
    do(np.sign, out, out)


def _log_cosh(do: Do, out: Array, a: Array, y: Array) -> None:
    bend = do.scratch(out.shape)
    do(np.subtract, a, y, out)
    do(np.abs, out, out)
    do(np.multiply, out, do.constant(-2.0), bend)
    do(np.exp, bend, bend)
    do(np.log1p, bend, bend)
    do(np.add, out, bend, out)
    do(np.subtract, out, do.constant(LN_2), out)


def _tanh(do: Do, out: Array, a: Array, y: Array) -> None:
    do(np.subtract, a, y, out)
    do(np.tanh, out, out)


def _shortfalls(do: Do, out: Array, a: Array, y: Array) -> None:
    do(np.multiply, y, a, out)
    do(np.subtract, do.constant(1.0), out, out)
    do(np.maximum, out, do.constant(0.0), out=out)


def _towards_the_margin(do: Do, out: Array, a: Array, y: Array) -> None:
    below = do.scratch(out.shape)
    do(np.multiply, y, a, below)
    do(np.less, below, do.constant(1.0), below)
    do(np.negative, y, out)
    do(np.multiply, out, below, out)
