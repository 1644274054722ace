"""Losses for probabilities, as forms (forms.py): fused with the activation that makes the probabilities, or not.

Fused, a form reads the logits z and applies sigmoid or softmax itself; the activation's derivative cancels against the
logarithm's, and nothing overflows. Unfused, it reads the outputs a as they are. There a logarithm of 0 can occur, once
an output has been rounded to exactly 0 or 1: infinities and NaN follow, and that is what fusing is for.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.losses.forms import Form
from engine.registry import Text
from engine.rules.expression import Choose, Expr, Maximum, Number, Sum, absolute, exp, larger, log, log1p, operands
from engine.rules.ops import Do
from engine.rules.rule import Array

a, y, z = operands("a y z")
_a, _y, _z = a["n", "j"], y["n", "j"], z["n", "j"]

_log_normaliser = Maximum("k", z["n", "k"]) + log(Sum("k", exp(z["n", "k"] - Maximum("m", z["n", "m"]))))
_softmax = exp(_z - Maximum("k", z["n", "k"])) / Sum("k", exp(z["n", "k"] - Maximum("m", z["n", "m"])))


def binary_from_logits() -> Form:
    """−(y ln σ(z) + (1 − y) ln(1 − σ(z)))."""
    return Form(
        "z",
        larger(_z, 0) - _y * _z + log1p(exp(-absolute(_z))),
        _binary_from_logits,
        1 / (1 + exp(-_z)) - _y,
        _sigmoid_less_target,
        Text(
            "Sigmoid of z less the target: the slope of the sigmoid has cancelled.",
            "sigmoid(z) 减去目标：sigmoid 的斜率已经约掉。",
        ),
    )


def binary_from_outputs() -> Form:
    """−(y ln a + (1 − y) ln(1 − a))."""
    return Form(
        "a",
        -(_y * log(_a) + (1 - _y) * log(1 - _a)),
        _binary_from_outputs,
        (_a - _y) / (_a * (1 - _a)),
        _binary_slopes,
        Text(
            "The difference of output and target, over a·(1 − a): the slope of the sigmoid, which will cancel it.",
            "输出与目标之差除以 a·(1 − a)；这个分母就是 sigmoid 的斜率，下一步会与之相消。",
        ),
        summary=Text(
            "For yes-or-no targets, one for each output, compared with the outputs a as probabilities. Not finite once "
            "an output is rounded to exactly 0 or 1.",
            "用于是非型目标，每个输出一个，把输出 a 当作概率与之比较。输出一旦舍入为 0 或 1，结果便不再有限。",
        ),
    )


def categorical_from_logits(label_smoothing: float) -> Form:
    """−y ln softmax(z), with the targets moved towards evenness by the share `label_smoothing`."""
    smoothed = _smoothed(label_smoothing)

    def parts(do: Do, out: Array, z: Array, y: Array) -> None:
        _surprises(do, out, z)
        do(np.multiply, smoothed(do, y), out, out)

    def slopes(do: Do, out: Array, z: Array, y: Array) -> None:
        _softmax_less_targets(do, out, z, smoothed(do, y))

    here, along = _targets(label_smoothing, _y), _targets(label_smoothing, y["n", "k"])
    return Form(
        "z",
        here * (_log_normaliser - _z),
        parts,
        _softmax * Sum("k", along) - here,
        slopes,
        Text(
            "Softmax of z less the target: the derivative of softmax has cancelled. The sum of the target row is 1 "
            "where the targets are probabilities.",
            "softmax(z) 减去目标：softmax 的导数已经约掉。目标为概率时，该行目标之和为 1。",
        ),
    )


def categorical_from_outputs(label_smoothing: float) -> Form:
    """−y ln a."""
    smoothed = _smoothed(label_smoothing)

    def parts(do: Do, out: Array, a: Array, y: Array) -> None:
        do(np.log, a, out)
        do(np.multiply, smoothed(do, y), out, out)
        do(np.negative, out, out)

    def slopes(do: Do, out: Array, a: Array, y: Array) -> None:
        do(np.divide, smoothed(do, y), a, out)
        do(np.negative, out, out)

    target = _targets(label_smoothing, _y)
    return Form(
        "a",
        -(target * log(_a)),
        parts,
        -(target / _a),
        slopes,
        Text("The negative of the target over the output.", "目标除以输出，再取相反数。"),
        summary=Text(
            "For one class of several, compared with the outputs a as probabilities, in nats. Not finite once an "
            "output is rounded to exactly 0.",
            "用于多分类，把输出 a 当作概率与目标比较，单位是奈特。输出一旦舍入为 0，结果便不再有限。",
        ),
    )


def categorical_from_log_outputs(label_smoothing: float) -> Form:
    """−y a, where a is the logarithm of a probability already."""
    smoothed = _smoothed(label_smoothing)

    def parts(do: Do, out: Array, a: Array, y: Array) -> None:
        do(np.multiply, smoothed(do, y), a, out)
        do(np.negative, out, out)

    def slopes(do: Do, out: Array, y: Array) -> None:
        do(np.negative, smoothed(do, y), out)

    target = _targets(label_smoothing, _y)
    return Form(
        "a",
        -(target * _a),
        parts,
        -target,
        slopes,
        Text("The negative of the target.", "目标的相反数。"),
        summary=Text(
            "For one class of several, compared with the outputs a as logarithms of probabilities, in nats.",
            "用于多分类，把输出 a 当作概率的对数与目标比较，单位是奈特。",
        ),
    )


def divergence_from_logits() -> Form:
    """y (ln y − ln softmax(z)), and 0 where y is 0."""
    return Form(
        "z",
        _unless_0(_y * log(_y)) + _y * (_log_normaliser - _z),
        _divergence_from_logits,
        _softmax * Sum("k", y["n", "k"]) - _y,
        _softmax_less_targets,
        Text(
            "Softmax of z less the target, as for cross-entropy: the two losses differ by the entropy of the targets, "
            "which z does not change.",
            "softmax(z) 减去目标，与交叉熵相同：两种损失只差目标自身的熵，而它与 z 无关。",
        ),
    )


def divergence_from_outputs() -> Form:
    """y (ln y − ln a), and 0 where y is 0."""
    return Form(
        "a",
        _unless_0(_y * (log(_y) - log(_a))),
        _divergence_from_outputs,
        -(_y / _a),
        _minus_ratio,
        Text("The negative of the target over the output.", "目标除以输出，再取相反数。"),
        summary=Text(
            "How far the outputs a, as probabilities, are from those of the targets, in nats. Infinite once an output "
            "is rounded to exactly 0 and its target is not 0.",
            "把输出 a 当作概率，衡量它与目标分布的差异，单位是奈特。输出一旦舍入为 0 而目标不为 0，结果就是无穷大。",
        ),
    )


def divergence_from_log_outputs() -> Form:
    """y (ln y − a), where a is the logarithm of a probability already, and 0 where y is 0."""
    return Form(
        "a",
        _unless_0(_y * (log(_y) - _a)),
        _divergence_from_log_outputs,
        -_y,
        _minus_target,
        Text("The negative of the target.", "目标的相反数。"),
        summary=Text(
            "How far the outputs a, as logarithms of probabilities, are from the targets, in nats.",
            "把输出 a 当作概率的对数，衡量它与目标分布的差异，单位是奈特。",
        ),
    )


def _unless_0(part: Expr) -> Expr:
    """The part, and 0 where the target is 0: 0 ln 0 counts as 0."""
    return Choose(_y, "=", Number(0), Number(0), part)


def _targets(label_smoothing: float, target: Expr) -> Expr:
    if not label_smoothing:
        return target
    return (1 - label_smoothing) * target + label_smoothing / y.size(1)


def _smoothed(label_smoothing: float) -> Callable[[Do, Array], Array]:
    """The targets as the loss takes them, in memory of their own if they are changed."""

    def smoothed(do: Do, y: Array) -> Array:
        if not label_smoothing:
            return y
        moved = do.scratch(y.shape)
        do(np.multiply, y, do.constant(1 - label_smoothing), moved)
        do(np.add, moved, do.constant(label_smoothing / y.shape[1]), moved)
        return moved

    return smoothed


def _binary_from_logits(do: Do, out: Array, z: Array, y: Array) -> None:
    product = do.scratch(z.shape)
    do(np.abs, z, out)
    do(np.negative, out, out)
    do(np.exp, out, out)
    do(np.log1p, out, out)
    do(np.maximum, z, do.constant(0.0), out=product)
    do(np.add, out, product, out)
    do(np.multiply, y, z, product)
    do(np.subtract, out, product, out)


def _sigmoid_less_target(do: Do, out: Array, z: Array, y: Array) -> None:
    one = do.constant(1.0)
    do(np.negative, z, out)
    do(np.exp, out, out)
    do(np.add, out, one, out)
    do(np.divide, one, out, out)
    do(np.subtract, out, y, out)


def _binary_from_outputs(do: Do, out: Array, a: Array, y: Array) -> None:
    one, no, share = do.constant(1.0), do.scratch(a.shape), do.scratch(a.shape)
    do(np.log, a, out)
    do(np.multiply, y, out, out)
    do(np.subtract, one, a, no)
    do(np.log, no, no)
    do(np.subtract, one, y, share)
    do(np.multiply, share, no, no)
    do(np.add, out, no, out)
    do(np.negative, out, out)


def _binary_slopes(do: Do, out: Array, a: Array, y: Array) -> None:
    slope = do.scratch(a.shape)
    do(np.subtract, do.constant(1.0), a, slope)
    do(np.multiply, a, slope, slope)
    do(np.subtract, a, y, out)
    do(np.divide, out, slope, out)


def _surprises(do: Do, out: Array, z: Array) -> None:
    """−ln softmax(z), row by row."""
    largest, total = do.scratch((len(z), 1)), do.scratch((len(z), 1))
    do(np.maximum.reduce, z, 1, None, largest, True)
    do(np.subtract, z, largest, out)
    do(np.exp, out, out)
    do(np.add.reduce, out, 1, None, total, True)
    do(np.log, total, total)
    do(np.add, total, largest, total)
    do(np.subtract, total, z, out)


def _softmax_less_targets(do: Do, out: Array, z: Array, y: Array) -> None:
    row = do.scratch((len(z), 1))
    do(np.maximum.reduce, z, 1, None, row, True)
    do(np.subtract, z, row, out)
    do(np.exp, out, out)
    do(np.add.reduce, out, 1, None, row, True)
    do(np.divide, out, row, out)
    do(np.add.reduce, y, 1, None, row, True)
    do(np.multiply, out, row, out)
    do(np.subtract, out, y, out)


def _divergence_from_logits(do: Do, out: Array, z: Array, y: Array) -> None:
    certainty = do.scratch(y.shape)
    do(np.log, y, certainty)
    do(np.multiply, y, certainty, certainty)
    _clear_where_0(do, certainty, y)
    _surprises(do, out, z)
    do(np.multiply, y, out, out)
    do(np.add, certainty, out, out)


def _divergence_from_outputs(do: Do, out: Array, a: Array, y: Array) -> None:
    expected = do.scratch(y.shape)
    do(np.log, y, expected)
    do(np.log, a, out)
    do(np.subtract, expected, out, out)
    do(np.multiply, y, out, out)
    _clear_where_0(do, out, y)


def _divergence_from_log_outputs(do: Do, out: Array, a: Array, y: Array) -> None:
    do(np.log, y, out)
    do(np.subtract, out, a, out)
    do(np.multiply, y, out, out)
    _clear_where_0(do, out, y)


def _clear_where_0(do: Do, out: Array, y: Array) -> None:
    """0 in `out` wherever the target is 0, whatever was there."""
    zero, places = do.constant(0.0), do.scratch(y.shape)
    do(np.equal, y, zero, places)
    do(np.putmask, out, places, zero)


def _minus_ratio(do: Do, out: Array, a: Array, y: Array) -> None:
    do(np.divide, y, a, out)
    do(np.negative, out, out)


def _minus_target(do: Do, out: Array, y: Array) -> None:
    do(np.negative, y, out)
