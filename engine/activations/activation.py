"""What an activation function is: a = f(z), with the error term delta = da * f'(z) beside it.

An elementwise activation is declared as a `Curve`: its value and its slope as expressions in the unit's own z (and a),
a kernel for each. From that come both operations. Activations with parameters give a curve for their values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any

from engine.registry import Entry, Param, Text
from engine.rules.expression import Expr, Maximum, Named, Sum, operands, walk
from engine.rules.ops import Op, derived
from engine.rules.rule import Rule

a, z, da = operands("a z da")
A, Z, DA = a["n", "j"], z["n", "j"], da["n", "j"]
"""The activation, the pre-activation and the error of one unit on one example."""

DEEP_LEARNING = "Goodfellow, Bengio & Courville, Deep Learning (2016), section "

Values = Mapping[str, Any]
"""A value for every parameter of an entry."""
Kernel = Callable[..., None]

FLAT = 0.05
"""Where the slope is below this share of the steepest, an activation is called flat: a unit there hardly learns."""
EVERYWHERE = (-inf, inf)

DELTA_SUMMARY = Text(
    "The error that arrives at the activation, times the slope of the activation function at z.",
    "传到激活值的误差，乘以激活函数在 z 处的斜率。",
)


@dataclass(frozen=True)
class Learned:
    """A parameter that an activation brings into its layer, one number for each unit, learned like a weight."""

    slot: str
    start: float
    label: Text
    meaning: Text


@dataclass(frozen=True, eq=False)
class Activation(Entry):
    """An activation function. `build` makes its operation: from the name it is to have, a value for every parameter,
    and whether the derivative should go through the Jacobian where it has one.

    `learned` are the parameters it brings into its layer: slots of the operation beside z. Where a unit learns next to
    nothing is said by the operation (`Op.active`).
    """

    build: Callable[[str, Values, bool], Op] | None = None
    learned: tuple[Learned, ...] = ()

    def require_op(self, params: Values | None = None, jacobian: bool = False) -> Op:
        """The operation a = f(z), the same object each time. Parameters not given have their defaults.

        With `jacobian`, the derivative of an activation that mixes units reads their Jacobian J, which it asks for as
        an aid, and so shows what is otherwise cancelled. Elementwise activations have none.

        Raises SpecError for a value a parameter may not have, UnknownNameError for a parameter there is not.
        """
        values = {
            name: self.param(name).check(f"{self.name}.{name}", value) for name, value in self.complete(params).items()
        }
        return _built(self, tuple(values.items()), jacobian and not self.elementwise)

    @property
    def elementwise(self) -> bool:
        """Does a unit's activation depend on no other unit's z?"""
        body = _built(self, tuple(self.complete().items()), False).rule.body
        return not any(isinstance(node, (Sum, Maximum)) for node in walk(body))


def apart(name: str) -> str:
    """A name within a Chinese sentence: a space parts Latin letters from Chinese characters, and nothing else.

    >>> apart("ReLU"), apart("恒等"), apart("对数 softmax")
    (' ReLU ', '恒等', '对数 softmax ')
    """
    return " " * name[0].isascii() + name + " " * name[-1].isascii()


@lru_cache(maxsize=1024)
def _built(entry: Activation, values: tuple[tuple[str, Any], ...], jacobian: bool) -> Op:
    assert entry.build is not None
    params = dict(values)
    return entry.build(entry.spelled(params), params, jacobian)


@dataclass(frozen=True)
class Curve:
    """An elementwise function: `value` in z[n,j], `slope` in z[n,j] and a[n,j], and a kernel for the value and for the
    error times the slope. `active` are the bounds of z between which it is not flat (`FLAT`).

    `surrogate` says in words what `slope` is, where it is not the function's own.
    """

    value: Expr
    kernel: Kernel
    slope: Expr
    delta_kernel: Kernel
    active: tuple[float, float] = EVERYWHERE
    delta_summary: Text = DELTA_SUMMARY
    surrogate: Text | None = None


def unit_op(name: str, label: Text, summary: Text, source: str, curve: Curve) -> Op:
    """The operation of an elementwise activation, with its derivative."""
    delta = Op(
        derived(name, "delta"),
        Text(f"Error term through {label.en}", f"经{apart(label.zh)}的误差项"),
        curve.delta_summary,
        source,
        Rule("delta", ("n", "j"), Named("error", DA) * Named("slope", curve.slope)),
        curve.delta_kernel,
        elementwise=True,
        surrogate=curve.surrogate,
    )
    return Op(
        name,
        label,
        summary,
        source,
        Rule("a", ("n", "j"), curve.value),
        curve.kernel,
        {"z": delta},
        elementwise=True,
        active=curve.active,
    )


def elementwise(
    name: str,
    label: Text,
    summary: Text,
    formula: str,
    source: str,
    curve: Curve | Callable[[Values], Curve],
    params: tuple[Param, ...] = (),
) -> Activation:
    """An elementwise activation from its curve, or from what gives the curve for the values of its parameters."""

    def build(spelled: str, values: Values, jacobian: bool) -> Op:
        chosen = curve if isinstance(curve, Curve) else curve(values)
        return unit_op(spelled, label, summary, source, chosen)

    return Activation(name, label, summary, formula, source, params, build=build)
