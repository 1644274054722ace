"""Losses, with their gradients: one number for how far the outputs are from the targets.

The mean over the batch is taken here and nowhere else, so every gradient that follows carries its 1/n already.
`reads` says whether a loss compares the outputs `a` with the targets, or takes the logits `z`: the latter write the
last layer's error term at once, with no slope of an activation in between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.expression import Expr, Maximum, Operand, Sum, absolute, exp, larger, log, log1p, operands
from engine.ops import Do, Op
from engine.registry import Entry, Registry, Text
from engine.rule import Array, Rule

a, y, z = operands("a y z")
_a, _y, _z = a["n", "j"], y["n", "j"], z["n", "j"]


@dataclass(frozen=True, eq=False)
class Loss(Entry):
    """A loss as an operation. `reads` is "a" or "z"."""

    reads: str = "a"
    op: Op | None = None
    natural_activations: tuple[str, ...] = ()

    def require_op(self) -> Op:
        """The operation that computes the loss."""
        assert self.op is not None
        return self.op


def _loss(
    name: str,
    label: Text,
    summary: Text,
    formula: str,
    source: str,
    value: Expr,
    kernel: Callable[..., None],
    gradient: Expr,
    gradient_kernel: Callable[..., None],
    gradient_summary: Text,
    natural_activations: tuple[str, ...] = (),
) -> Loss:
    """A loss and its gradient with respect to what it reads beside the targets."""
    reads = "z" if any(slot == "z" for slot in Rule("loss", (), value).slots) else "a"
    result = "delta" if reads == "z" else "da"
    derivative = Op(
        f"{name}_{result}",
        Text(f"Gradient of {label.en.lower()}", f"{label.zh}的梯度"),
        gradient_summary,
        source,
        Rule(result, ("n", "j"), gradient),
        gradient_kernel,
    )
    op = Op(name, label, summary, source, Rule("loss", (), value), kernel, {reads: derivative})
    return Loss(name, label, summary, formula, source, reads=reads, op=op, natural_activations=natural_activations)


def _count(of: Operand) -> Expr:
    return of.size(0) * of.size(1)


def _total(do: Do, out: Array, parts: Array, divisor: float) -> None:
    """out = the sum of all parts over the divisor."""
    do(np.add.reduce, parts.reshape(-1), 0, None, out)
    do(np.divide, out, do.constant(divisor), out)


def _mse(do: Do, out: Array, a: Array, y: Array) -> None:
    parts = do.scratch(a.shape)
    do(np.subtract, a, y, parts)
    do(np.multiply, parts, parts, parts)
    _total(do, out, parts, a.size)


def _mse_da(do: Do, out: Array, a: Array, y: Array) -> None:
    do(np.subtract, a, y, out)
    do(np.multiply, out, do.constant(2.0 / a.size), out)


def _half_squared_error(do: Do, out: Array, a: Array, y: Array) -> None:
    parts = do.scratch(a.shape)
    do(np.subtract, a, y, parts)
    do(np.multiply, parts, parts, parts)
    _total(do, out, parts, 2.0 * len(a))


def _half_squared_error_da(do: Do, out: Array, a: Array, y: Array) -> None:
    do(np.subtract, a, y, out)
    do(np.divide, out, do.constant(float(len(a))), out)


def _binary_cross_entropy(do: Do, out: Array, z: Array, y: Array) -> None:
    parts, product = do.scratch(z.shape), do.scratch(z.shape)
    do(np.abs, z, parts)
    do(np.negative, parts, parts)
    do(np.exp, parts, parts)
    do(np.log1p, parts, parts)
    do(np.maximum, z, do.constant(0.0), out=product)
    do(np.add, parts, product, parts)
    do(np.multiply, y, z, product)
    do(np.subtract, parts, product, parts)
    _total(do, out, parts, z.size)


def _binary_cross_entropy_delta(do: Do, out: Array, z: Array, y: Array) -> None:
    one = do.constant(1.0)
    do(np.negative, z, out)
    do(np.exp, out, out)
    do(np.add, out, one, out)
    do(np.divide, one, out, out)
    do(np.subtract, out, y, out)
    do(np.divide, out, do.constant(float(z.size)), out)


def _softmax_cross_entropy(do: Do, out: Array, z: Array, y: Array) -> None:
    parts, largest, total = do.scratch(z.shape), do.scratch((len(z), 1)), do.scratch((len(z), 1))
    do(np.maximum.reduce, z, 1, None, largest, True)
    do(np.subtract, z, largest, parts)
    do(np.exp, parts, parts)
    do(np.add.reduce, parts, 1, None, total, True)
    do(np.log, total, total)
    do(np.add, total, largest, total)
    do(np.subtract, total, z, parts)
    do(np.multiply, y, parts, parts)
    _total(do, out, parts, float(len(z)))


def _softmax_cross_entropy_delta(do: Do, out: Array, z: Array, y: Array) -> None:
    row = do.scratch((len(z), 1))
    do(np.maximum.reduce, z, 1, None, row, True)
    do(np.subtract, z, row, out)
    do(np.exp, out, out)
    do(np.add.reduce, out, 1, None, row, True)
    do(np.divide, out, row, out)
    do(np.add.reduce, y, 1, None, row, True)
    do(np.multiply, out, row, out)
    do(np.subtract, out, y, out)
    do(np.divide, out, do.constant(float(len(z))), out)


_log_normaliser = Maximum("k", z["n", "k"]) + log(Sum("k", exp(z["n", "k"] - Maximum("m", z["n", "m"]))))
_softmax = exp(_z - Maximum("k", z["n", "k"])) / Sum("k", exp(z["n", "k"] - Maximum("m", z["n", "m"])))

LOSSES: Registry[Loss] = Registry(
    "loss",
    _loss(
        "mse",
        Text("Mean squared error", "均方误差"),
        Text(
            "The mean of (a − y)² over every output of every example.",
            "对所有样本的所有输出，取 (a − y)² 的平均值。",
        ),
        r"L = \frac{1}{NK}\sum_n\sum_j (a_{nj} - y_{nj})^2",
        "torch.nn.MSELoss and keras.losses.MeanSquaredError, documentation: mean over every element",
        Sum("n", Sum("j", (_a - _y) ** 2)) / _count(a),
        _mse,
        2 * (_a - _y) / _count(a),
        _mse_da,
        Text(
            "Twice the difference of output and target, over the number of outputs in the batch.",
            "输出与目标之差的两倍，除以批量中输出的总个数。",
        ),
    ),
    _loss(
        "half_squared_error",
        Text("Half squared error", "半平方误差"),
        Text(
            "Half the squared distance of outputs and targets, averaged over the examples. Textbooks use it because "
            "the ½ cancels the 2 of the derivative.",
            "输出与目标之间距离平方的一半，在样本上取平均。教科书常用它，因为 ½ 与求导得到的 2 相消。",
        ),
        r"L = \frac{1}{N}\sum_n \frac{1}{2}\lVert a_n - y_n\rVert^2",
        "Rumelhart, Hinton & Williams, Nature 323 (1986), equation 3, as a mean over the examples",
        Sum("n", Sum("j", (_a - _y) ** 2)) / (2 * a.size(0)),
        _half_squared_error,
        (_a - _y) / a.size(0),
        _half_squared_error_da,
        Text(
            "The difference of output and target, over the number of examples.",
            "输出与目标之差，除以样本数。",
        ),
    ),
    _loss(
        "binary_cross_entropy",
        Text("Binary cross-entropy", "二元交叉熵"),
        Text(
            "For yes-or-no targets, one for each output, averaged over every output of every example. It takes z and "
            "applies the sigmoid itself, in a form that cannot overflow.",
            "用于是非型目标，每个输出一个，对所有样本的所有输出取平均。它直接读取 z，自行作用 sigmoid，且不会溢出。",
        ),
        r"L = -\frac{1}{NK}\sum_n\sum_j \left[y\ln\sigma(z) + (1-y)\ln(1-\sigma(z))\right]",
        "torch.nn.BCEWithLogitsLoss, documentation; Goodfellow, Bengio & Courville (2016), section 6.2.2.2",
        Sum("n", Sum("j", larger(_z, 0) - _y * _z + log1p(exp(-absolute(_z))))) / _count(z),
        _binary_cross_entropy,
        (1 / (1 + exp(-_z)) - _y) / _count(z),
        _binary_cross_entropy_delta,
        Text(
            "Sigmoid of z less the target, over the number of outputs: the slope of the sigmoid has cancelled.",
            "sigmoid(z) 减去目标，再除以输出的总个数：sigmoid 的斜率已经约掉。",
        ),
        ("sigmoid", "identity"),
    ),
    _loss(
        "softmax_cross_entropy",
        Text("Softmax cross-entropy", "softmax 交叉熵"),
        Text(
            "For one class of several: target rows hold probabilities that sum to 1. Averaged over the examples, in "
            "nats. It takes z and applies softmax itself.",
            "用于多分类：目标的每一行是和为 1 的概率。在样本上取平均，单位是奈特。它直接读取 z，自行作用 softmax。",
        ),
        r"L = -\frac{1}{N}\sum_n\sum_j y_{nj}\ln\mathrm{softmax}(z_n)_j",
        "Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.2.2.3; torch.nn.CrossEntropyLoss",
        Sum("n", Sum("j", _y * (_log_normaliser - _z))) / z.size(0),
        _softmax_cross_entropy,
        (_softmax * Sum("k", y["n", "k"]) - _y) / z.size(0),
        _softmax_cross_entropy_delta,
        Text(
            "Softmax of z less the target, over the number of examples: the derivative of softmax has cancelled. "
            "The sum of the target row is 1 where the targets are probabilities.",
            "softmax(z) 减去目标，再除以样本数：softmax 的导数已经约掉。目标为概率时，该行目标之和为 1。",
        ),
        ("softmax", "identity"),
    ),
)
