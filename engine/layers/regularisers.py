"""What holds training back on purpose: penalties on large weights, gradient clipping, dropout.

A penalty is a number of its own beside the loss, so that dW stays the gradient of the data loss; the gradient the
optimizer goes by, with the penalty's part, is g_W. Clipped gradients are named too. Dropout is inverted: what is kept
is scaled up, and outside training every unit takes part unscaled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.registry import Param, Text
from engine.rules.expression import Expr, Number, Operand, Sum, absolute, larger, operands, sign, smaller, sqrt
from engine.rules.ops import Do, Op
from engine.rules.rule import Array, Rule, Shape

_DEEP_LEARNING = "Goodfellow, Bengio & Courville, Deep Learning (2016), section "
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LETTERS: dict[int, tuple[str, ...]] = {1: ("j",), 2: ("j", "i")}

a, mask, dh, W, gradient, l1, l2 = operands("a mask dh W gradient l1 l2")
gradient_norm, clip_scale, clip_limit = operands("gradient_norm clip_scale clip_limit")
_l1, _l2, _limit, _norm, _scale = l1[()], l2[()], clip_limit[()], gradient_norm[()], clip_scale[()]

NORM_EPSILON = 1e-6
"""Added to the norm before dividing by it, as torch.nn.utils.clip_grad_norm_ does."""


PENALTIES: dict[str, Param] = {
    "l1": Param(
        "l1", "number", 0.0, Text("L1 rate λ₁", "L1 系数 λ₁"), minimum=0.0, maximum=1e6, step=0.001, scale="log"
    ),
    "l2": Param(
        "l2", "number", 0.0, Text("L2 rate λ₂", "L2 系数 λ₂"), minimum=0.0, maximum=1e6, step=0.001, scale="log"
    ),
}
CLIP_LIMIT = Param(
    "clip_limit",
    "number",
    1.0,
    Text("Limit of the gradient", "梯度的阈值"),
    minimum=0.0,
    exclusive_minimum=True,
    step=0.1,
    scale="log",
)


@dataclass(frozen=True)
class Penalised:
    """Which penalties a run has: parts that are zero throughout are left out of every formula."""

    l1: bool
    l2: bool

    def __bool__(self) -> bool:
        """Is there any?"""
        return self.l1 or self.l2

    @property
    def suffix(self) -> str:
        """Tells the operations apart."""
        return "l1" * self.l1 + "_" * (self.l1 and self.l2) + "l2" * self.l2


PENALTY_KINDS = (Penalised(True, False), Penalised(False, True), Penalised(True, True))


def _over(operand: Operand, rank: int, nth: int, body: Callable[[Expr], Expr]) -> Expr:
    """The sum over every element of the nth operand; each has letters of its own, because their sizes differ."""
    letters = tuple(letter + str(nth + 1).translate(SUBSCRIPTS) for letter in LETTERS[rank])
    total = body(operand[letters])
    for letter in reversed(letters):
        total = Sum(letter, total)
    return total


def _plus(parts: Sequence[Expr]) -> Expr:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


@lru_cache(maxsize=256)
def penalty(count: int, kinds: Penalised) -> Op:
    """The penalty of `count` weight matrices, slots W0, W1, …: l1·Σ|w| + ½·l2·Σw²."""
    slots = [Operand(f"W{k}") for k in range(count)]
    parts: list[Expr] = []
    if kinds.l1:
        parts.append(_l1 * _plus([_over(slot, 2, k, absolute) for k, slot in enumerate(slots)]))
    if kinds.l2:
        parts.append(_l2 * _plus([_over(slot, 2, k, lambda w: w**2) for k, slot in enumerate(slots)]) / 2)

    def kernel(do: Do, out: Array, **given: Array) -> None:
        total, part = do.scratch(()), do.scratch(())
        weights = [given[slot.name].reshape(-1) for slot in slots]
        if kinds.l1:
            for k, flat in enumerate(weights):
                sizes = do.scratch(flat.shape)
                do(np.abs, flat, sizes)
                do(np.add.reduce, sizes, 0, None, part if k else total)
                if k:
                    do(np.add, total, part, total)
            do(np.multiply, given["l1"], total, out)
        if kinds.l2:
            for k, flat in enumerate(weights):
                do(np.dot, flat, flat, part if k else total)
                if k:
                    do(np.add, total, part, total)
            do(np.multiply, given["l2"], total, total)
            do(np.divide, total, do.constant(2.0), total)
            do(np.add if kinds.l1 else np.copyto, *((out, total, out) if kinds.l1 else (out, total)))

    return Op(
        f"penalty_{kinds.suffix}_{count}",
        Text("Penalty on the weights", "权重惩罚项"),
        Text(
            "The size of all weights, times a rate: what large weights cost. Biases are left out.",
            "全部权重的大小乘以系数：较大权重的代价。不含偏置。",
        ),
        _DEEP_LEARNING + "7.1",
        Rule("penalty", (), _plus(parts)),
        kernel,
    )


@lru_cache(maxsize=8)
def penalised_gradient(kinds: Penalised) -> Op:
    """The gradient of loss and penalty with respect to a weight: dW + l1·sign(W) + l2·W."""
    at = ("j", "i")
    value: Expr = gradient[at]
    if kinds.l1:
        value = value + _l1 * sign(W[at])
    if kinds.l2:
        value = value + _l2 * W[at]

    def kernel(do: Do, out: Array, gradient: Array, W: Array, **rates: Array) -> None:
        part = do.scratch(W.shape)
        if kinds.l1:
            do(np.sign, W, part)
            do(np.multiply, rates["l1"], part, part)
            do(np.add, gradient, part, out)
        if kinds.l2:
            do(np.multiply, rates["l2"], W, part)
            do(np.add, out if kinds.l1 else gradient, part, out)

    return Op(
        f"penalised_gradient_{kinds.suffix}",
        Text("Gradient with the penalty", "含惩罚项的梯度"),
        Text(
            "The gradient of the loss, plus what the penalty adds: it pulls the weight towards zero.",
            "损失的梯度加上惩罚项的贡献：后者把权重拉向零。",
        ),
        _DEEP_LEARNING + "7.1",
        Rule("g", at, value),
        kernel,
        elementwise=True,
    )


def _clip_value(do: Do, out: Array, gradient: Array, clip_limit: Array) -> None:
    low = do.scratch(())
    do(np.negative, clip_limit, low)
    do(np.minimum, gradient, clip_limit, out=out)
    do(np.maximum, out, low, out=out)


def _clip_norm(do: Do, out: Array, gradient: Array, clip_scale: Array) -> None:
    do(np.multiply, gradient, clip_scale, out)


def _clipped(name: str, summary: Text, value: Callable[[Expr], Expr], kernel: Callable[..., None]) -> dict[int, Op]:
    return {
        rank: Op(
            name + ("_bias" if rank == 1 else ""),
            Text("Clipped gradient", "裁剪后的梯度"),
            summary,
            _DEEP_LEARNING + "10.11.1",
            Rule("clipped", at, value(gradient[at])),
            kernel,
            elementwise=True,
        )
        for rank, at in LETTERS.items()
    }


CLIP_VALUE = _clipped(
    "clip_value",
    Text(
        "The gradient, cut off where its size is over the limit; its sign stays.",
        "绝对值超过阈值的梯度被截断到阈值，符号不变。",
    ),
    lambda g: larger(smaller(g, _limit), -_limit),
    _clip_value,
)
CLIP_NORM = _clipped(
    "clip_norm",
    Text(
        "The gradient times the factor that brings all gradients together down to the limit.",
        "所有梯度乘以同一个系数，使全部梯度的范数不超过阈值。",
    ),
    lambda g: g * _scale,
    _clip_norm,
)


@lru_cache(maxsize=256)
def norm_of(ranks: tuple[int, ...]) -> Op:
    """The Euclidean length of all gradients together, slots g0, g1, …"""
    slots = [Operand(f"g{k}") for k in range(len(ranks))]

    def kernel(do: Do, out: Array, **given: Array) -> None:
        part = do.scratch(())
        for k, slot in enumerate(slots):
            flat = given[slot.name].reshape(-1)
            do(np.dot, flat, flat, part if k else out)
            if k:
                do(np.add, out, part, out)
        do(np.sqrt, out, out)

    return Op(
        "gradient_norm_" + "".join(map(str, ranks)),
        Text("Norm of all gradients", "全部梯度的范数"),
        Text(
            "The root of the sum of the squares of every gradient of the network.",
            "网络中每个梯度的平方之和再开方。",
        ),
        _DEEP_LEARNING + "10.11.1",
        Rule(
            "gradient_norm",
            (),
            sqrt(_plus([_over(slot, ranks[k], k, lambda g: g**2) for k, slot in enumerate(slots)])),
        ),
        kernel,
    )


def _clip_scale(do: Do, out: Array, gradient_norm: Array, clip_limit: Array) -> None:
    do(np.add, gradient_norm, do.constant(NORM_EPSILON), out)
    do(np.divide, clip_limit, out, out)
    do(np.minimum, out, do.constant(1.0), out=out)


CLIP_SCALE = Op(
    "clip_scale",
    Text("Clipping factor", "裁剪系数"),
    Text(
        "The limit over the norm of all gradients, but at most 1: short gradients stay as they are.",
        "阈值除以全部梯度的范数，但不超过 1：范数未超过阈值时，梯度保持不变。",
    ),
    "torch.nn.utils.clip_grad_norm_, documentation; " + _DEEP_LEARNING + "10.11.1",
    Rule("clip_scale", (), smaller(_limit / (_norm + Number(NORM_EPSILON)), 1)),
    _clip_scale,
)

_DROPOUT_SOURCE = "Srivastava et al., Dropout, JMLR 15 (2014), section 10 (inverted form)"


@lru_cache(maxsize=256)
def dropout(probability: float) -> Op:
    """Inverted dropout: what the mask keeps is divided by the chance of being kept."""
    kept = 1.0 - probability

    def kernel(do: Do, out: Array, a: Array, mask: Array) -> None:
        do(np.multiply, a, mask, out)
        do(np.divide, out, do.constant(kept), out)

    def back(do: Do, out: Array, dh: Array, mask: Array) -> None:
        do(np.multiply, dh, mask, out)
        do(np.divide, out, do.constant(kept), out)

    at = ("n", "j")
    return Op(
        f"dropout(probability={probability:g})",
        Text("Dropout", "随机失活"),
        Text(
            "A unit that is left out passes on 0; one that is kept is scaled up, so that the expectation is the same.",
            "被丢弃的神经元输出 0；保留的神经元按比例放大，使期望不变。",
        ),
        _DROPOUT_SOURCE,
        Rule("h", at, a[at] * mask[at] / kept),
        kernel,
        {
            "a": Op(
                f"dropout_da(probability={probability:g})",
                Text("Error through dropout", "经随机失活的误差"),
                Text(
                    "A unit that was left out gets no error; that of one that was kept is scaled up like its value.",
                    "被丢弃的神经元得不到误差；保留的神经元的误差按同样比例放大。",
                ),
                _DROPOUT_SOURCE,
                Rule("da", at, dh[at] * mask[at] / kept),
                back,
            )
        },
        inference=IDENTITY_AFTER,
    )


def _pass(do: Do, out: Array, a: Array) -> None:
    do(np.copyto, out, a)


IDENTITY_AFTER = Op(
    "dropout_off",
    Text("Dropout, outside training", "随机失活（非训练时）"),
    Text("Outside training every unit takes part.", "非训练时全部神经元都参与计算。"),
    _DROPOUT_SOURCE,
    Rule("h", ("n", "j"), a["n", "j"]),
    _pass,
)


def draw_mask(generator: np.random.Generator, shape: Shape, probability: float) -> Array:
    """1 where a unit is kept, 0 where it is left out, each with its probability and apart from the others."""
    return (generator.random(shape) >= probability).astype(np.float64)
