"""The shape all losses share: one output's part, added up over the batch, and divided once.

A `Form` says what one output of one example adds to a loss and how steep that is; `loss_op` makes the operation of it,
with its gradient. The mean over the batch is taken here and nowhere else, so every gradient that follows carries its
1/n already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.registry import Text
from engine.rules.expression import Expr, Sum, operands
from engine.rules.ops import Do, Op, derived
from engine.rules.rule import Array, Rule

MEAN, SUM = REDUCTIONS = ("mean", "sum")
OUTPUTS, EXAMPLES = PER = ("outputs", "examples")
"""What a mean is taken over: every output of every example, or the examples."""

(y,) = operands("y")


@dataclass(frozen=True, eq=False)
class Form:
    """One way to write a loss.

    `reads` is what it compares with the targets y: the outputs "a" or the logits "z". `part` is what one output of one
    example adds; it may look along its row, as softmax does. `slope` is how steeply the row's parts rise together.
    `parts` and `slopes` are the kernels of the two. The sum of the parts is divided by `over`, and the slope multiplied
    by `gain`: apart, because the number joins the divisor. `summary` is for the operation, where it has to say other
    things than the loss.
    """

    reads: str
    part: Expr
    parts: Callable[..., None]
    slope: Expr
    slopes: Callable[..., None]
    slope_summary: Text
    over: float = 1.0
    gain: float = 1.0
    summary: Text | None = None


@dataclass(frozen=True)
class Words:
    """What an operation is called, and what it says of itself."""

    name: str
    label: Text
    summary: Text
    source: str
    suffix: str = ""
    """What tells a variant's names from those of the default: `:sum`."""


SUMMED = Text(
    "Here the parts are added up over the batch, not averaged.",
    "这里把各部分在整个批量上相加，不取平均。",
)
DIVIDED = {
    OUTPUTS: Text(
        "Divided by the number of outputs in the batch, for the mean.", "再除以批量中输出的总个数，因为损失取平均。"
    ),
    EXAMPLES: Text("Divided by the number of examples, for the mean.", "再除以样本数，因为损失取平均。"),
    SUM: Text(
        "Divided by nothing, as the loss is the sum over the batch.", "不再除以任何数，因为损失是整个批量上的总和。"
    ),
}


def loss_op(words: Words, form: Form, per: str, reduction: str) -> Op:
    """A loss as an operation, with its gradient by what it reads beside the targets."""
    mean = reduction == MEAN
    result = "delta" if form.reads == "z" else "da"
    added = Sum("n", Sum("j", form.part))
    slope = form.slope if form.gain == 1 else form.gain * form.slope
    derivative = Op(
        derived(words.name, result) + words.suffix,
        Text(f"Gradient of {words.label.en[0].lower()}{words.label.en[1:]}", f"{words.label.zh}的梯度"),
        together(form.slope_summary, DIVIDED[per if mean else SUM]),
        words.source,
        Rule(result, ("n", "j"), slope / _count(per) if mean else slope),
        _gradient_kernel(form, per, mean),
    )
    bottom = _over(form.over, _count(per)) if mean else form.over
    return Op(
        words.name + words.suffix,
        words.label,
        words.summary if mean else together(words.summary, SUMMED),
        words.source,
        Rule("loss", (), added if bottom == 1 else added / bottom),
        _value_kernel(form, per, mean),
        {form.reads: derivative},
    )


def together(first: Text, second: Text) -> Text:
    """Two sentences, one after the other."""
    return Text(f"{first.en} {second.en}", f"{first.zh}{second.zh}")


def _count(per: str) -> Expr:
    return y.size(0) * y.size(1) if per == OUTPUTS else y.size(0)


def _over(factor: float, count: Expr) -> Expr:
    return count if factor == 1 else factor * count


def _divisor(targets: Array, per: str, mean: bool) -> float:
    if not mean:
        return 1.0
    return float(targets.size if per == OUTPUTS else len(targets))


def _value_kernel(form: Form, per: str, mean: bool) -> Callable[..., None]:
    def kernel(do: Do, out: Array, **operands: Array) -> None:
        parts = do.scratch(operands["y"].shape)
        form.parts(do, parts, **operands)
        do(np.add.reduce, parts.reshape(-1), 0, None, out)
        divisor = form.over * _divisor(operands["y"], per, mean)
        if divisor != 1:
            do(np.divide, out, do.constant(divisor), out)

    return kernel


def _gradient_kernel(form: Form, per: str, mean: bool) -> Callable[..., None]:
    def kernel(do: Do, out: Array, **operands: Array) -> None:
        form.slopes(do, out, **operands)
        divisor = _divisor(operands["y"], per, mean)
        if form.gain != 1:
            do(np.multiply, out, do.constant(form.gain / divisor), out)
        elif divisor != 1:
            do(np.divide, out, do.constant(divisor), out)

    return kernel
