"""Why a number is not finite: the first operation of its rule that left the doubles, and what came of it.

The rule of the number is walked from the inside out with the operands it had. Where finite numbers meet and the result
is not finite, that is the cause; where an infinity then meets another, or a zero, and gives NaN, that is told as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import UnknownNameError
from engine.registry import LANGUAGES, Text
from engine.rules.expression import (
    Add,
    Call,
    Choose,
    Divide,
    Element,
    Expr,
    Index,
    Maximum,
    Multiply,
    Named,
    Negate,
    Number,
    Power,
    Size,
    Sum,
)
from engine.rules.notation import show_number
from engine.rules.quantities import format_address
from engine.rules.rule import FUNCTIONS, RELATIONS, Array, Rule

LARGEST = Text("the largest number a double can hold (1.798·10³⁰⁸)", "双精度浮点数能表示的最大值（1.798·10³⁰⁸）")

CAUSES: Mapping[str, Text] = {
    "sum_overflow": Text("{a} plus {b} goes beyond {largest}", "{a} 加 {b} 超出了{largest}"),
    "product_overflow": Text("{a} times {b} goes beyond {largest}", "{a} 乘以 {b} 超出了{largest}"),
    "quotient_overflow": Text("{a} divided by {b} goes beyond {largest}", "{a} 除以 {b} 超出了{largest}"),
    "square_overflow": Text("the square of {a} goes beyond {largest}", "{a} 的平方超出了{largest}"),
    "power_overflow": Text("{a} to the power of {b} goes beyond {largest}", "{a} 的 {b} 次方超出了{largest}"),
    "exp_overflow": Text("e to the power of {a} goes beyond {largest}", "e 的 {a} 次方超出了{largest}"),
    "function_overflow": Text("{name} of {a} goes beyond {largest}", "{name}({a}) 超出了{largest}"),
    "division_by_zero": Text("{a} divided by zero has no finite value", "{a} 除以零没有有限的值"),
    "zero_over_zero": Text("zero divided by zero is not a number", "零除以零不是数"),
    "log_of_zero": Text("the logarithm of zero is minus infinity", "零的对数是负无穷"),
    "infinity_minus_infinity": Text("infinity minus infinity is not a number", "无穷减无穷不是数"),
    "zero_times_infinity": Text("zero times infinity is not a number", "零乘以无穷不是数"),
    "infinity_over_infinity": Text("infinity divided by infinity is not a number", "无穷除以无穷不是数"),
    "outside_domain": Text("{name} of {a} is not a number", "{name}({a}) 不是数"),
    "carried": Text("it is made from {address}, which is {a} already", "它由 {address} 算出，而后者已经是{a}"),
    "given": Text("it came in that way", "它一开始就是这样"),
    "on_the_way": Text("a total on the way to it went beyond {largest}", "计算途中的某个和超出了{largest}"),
}
"""Every cause by its code. {a} and {b} are the numbers that met."""

_WORDS = {
    "inf": Text("infinity", "无穷大"),
    "-inf": Text("minus infinity", "负无穷大"),
    "nan": Text("not a number", "非数（NaN）"),
}
_THEN = Text("; after that, {cause}", "；随后{cause}")
_RAISED = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class Cause:
    """What happened in one place: a code of CAUSES, the numbers that met, and what came out."""

    code: str
    operands: tuple[float, ...]
    result: float
    name: str = ""

    def say(self, language: str) -> str:
        """The cause in words."""
        if language not in LANGUAGES:
            raise UnknownNameError("language", language, LANGUAGES)
        a, b = (*(said(value, language) for value in self.operands), "", "")[:2]
        text = CAUSES[self.code][language]
        return text.format(a=a, b=b, name=self.name, address=self.name, largest=LARGEST[language])


def say_all(causes: Sequence[Cause], language: str) -> str:
    """A chain of causes as one clause."""
    first, *rest = (cause.say(language) for cause in causes)
    return first + "".join(_THEN[language].format(cause=text) for text in rest)


def said(value: float, language: str) -> str:
    """A number in a sentence."""
    if not np.isfinite(value):
        return _WORDS[str(float(value))][language]
    head, power, exponent = show_number(value, 4).partition("·10^")
    return f"{head}·10{exponent.translate(_RAISED)}" if power else head


def causes(rule: Rule, bind: Mapping[str, str], operands: Mapping[str, Array], index: Sequence[int]) -> list[Cause]:
    """Why the element at `index`, which is not finite, is not: the first cause, then what followed from it.

    `bind` maps the rule's slots to names, for the addresses of operands that were not finite themselves.
    """
    extents = rule.extents({slot: array.shape for slot, array in operands.items()})
    finder = _Finder(operands, extents, bind)
    with np.errstate(all="ignore"):
        value, found = finder.follow(rule.body, dict(zip(rule.at, map(int, index), strict=True)))
    if found:
        return found
    return [Cause("on_the_way", (), float(value))]


Place = Mapping[str, "int | Array"]
"""What each letter stands for: one index, or many at once."""


@dataclass(frozen=True, eq=False)
class _Finder:
    """Operands and extents; values of whole sums are worked out at once, not term by term."""

    operands: Mapping[str, Array]
    extents: Mapping[str, int]
    bind: Mapping[str, str]

    def value(self, expr: Expr, at: Place) -> Array:
        """The value of an expression where letters may stand for many indices at once."""
        match expr:
            case Number(number):
                return np.asarray(number)
            case Element(of, letters):
                return np.asarray(self.operands[of][tuple(at[letter] for letter in letters)])
            case Size(of, axis):
                return np.asarray(float(self.operands[of].shape[axis]))
            case Index(name):
                return np.asarray(at[name], dtype=np.float64)
            case Sum(_, body):
                return np.asarray(np.cumsum(self._terms(expr, at), axis=-1)[..., -1] if body else 0.0)
            case Maximum():
                return np.asarray(np.max(self._terms(expr, at), axis=-1))
            case Negate(of) | Named(_, of):
                inside = self.value(of, at)
                return -inside if isinstance(expr, Negate) else inside
            case Choose(left, relation, right, then, otherwise):
                holds = RELATIONS[relation](self.value(left, at), self.value(right, at))
                return np.where(holds, self.value(then, at), self.value(otherwise, at))
            case Call(function, of):
                return np.asarray(FUNCTIONS[function](*(self.value(part, at) for part in of)))
        joined = self.value(expr.children[0], at)
        for part in expr.children[1:]:
            joined = _JOIN[type(expr)](joined, self.value(part, at))
        return np.asarray(joined)

    def _terms(self, expr: Sum | Maximum, at: Place) -> Array:
        """The terms of a sum or maximum along a last axis of their own."""
        inner = {
            letter: place[..., np.newaxis] if isinstance(place, np.ndarray) else place for letter, place in at.items()
        }
        count = self.extents[expr.over]
        terms = self.value(expr.body, {**inner, expr.over: np.arange(count)})
        shape = np.broadcast_shapes(terms.shape, (count,))
        return np.broadcast_to(terms, shape)

    def follow(self, expr: Expr, at: Place) -> tuple[float, list[Cause]]:
        """The value of an expression at one place, and if it is not finite, why."""
        value = float(self.value(expr, at))
        if np.isfinite(value):
            return value, []
        match expr:
            case Element(of, letters):
                address = format_address(self.bind[of], tuple(int(at[letter]) for letter in letters))
                return value, [Cause("carried", (value,), value, address)]
            case Negate(of) | Named(_, of):
                return value, self.follow(of, at)[1]
            case Choose(left, relation, right, then, otherwise):
                holds = RELATIONS[relation](self.value(left, at), self.value(right, at))
                return value, self.follow(then if holds else otherwise, at)[1]
            case Sum(over, body):
                return value, self._joined(self._terms(expr, at), Add, lambda k: self.follow(body, {**at, over: k})[1])
            case Maximum(over, body):
                first = int(np.argmin(np.isfinite(self._terms(expr, at))))
                return value, self.follow(body, {**at, over: first})[1]
            case Call(function, of):
                given = [self.follow(part, at) for part in of]
                inside = [cause for _, found in given for cause in found]
                known = [operand for operand, _ in given]
                return value, inside + _called(function, known, value, bool(inside))
        parts = np.array([float(self.value(part, at)) for part in expr.children])
        return value, self._joined(parts, type(expr), lambda k: self.follow(expr.children[k], at)[1])

    @staticmethod
    def _joined(parts: Array, kind: type[Expr], why: Callable[[int], list[Cause]]) -> list[Cause]:
        """Why parts joined left to right are not finite: the first that is not, and where joining made it worse."""
        totals = np.cumsum(parts) if kind is Add else np.array(_running(parts, kind))
        worse = _badness(totals)
        before = np.maximum(np.concatenate(([0], worse[:-1])), _badness(parts))
        met = [int(k) for k in np.flatnonzero(worse[1:] > before[1:]) + 1]
        bad = np.flatnonzero(~np.isfinite(parts))
        found = why(int(bad[0])) if bad.size and (not met or bad[0] <= met[0]) else []
        return [*found, *(_met(kind, float(totals[k - 1]), float(parts[k]), float(totals[k])) for k in met)]


_JOIN: Mapping[type[Expr], Callable[..., Array]] = {
    Add: np.add,
    Multiply: np.multiply,
    Divide: np.divide,
    Power: np.power,
}


def _running(parts: Array, kind: type[Expr]) -> list[np.float64]:
    totals = [parts[0]]
    for part in parts[1:]:
        totals.append(_JOIN[kind](totals[-1], part))
    return totals


def _badness(values: Array) -> Array:
    """0 for a finite number, 1 for an infinity, 2 for NaN."""
    return np.where(np.isnan(values), 2, np.where(np.isinf(values), 1, 0))


def _met(kind: type[Expr], a: float, b: float, result: float) -> Cause:
    """The cause where a and b met."""
    if kind is Add:
        code = "infinity_minus_infinity" if np.isnan(result) else "sum_overflow"
    elif kind is Multiply:
        code = "zero_times_infinity" if np.isnan(result) else "product_overflow"
    elif kind is Divide:
        if b == 0:
            code = "zero_over_zero" if a == 0 else "division_by_zero"
        else:
            code = "infinity_over_infinity" if np.isnan(result) else "quotient_overflow"
    elif np.isnan(result):
        return Cause("outside_domain", (a,), result, "power")
    elif a == 0:
        code, a = "division_by_zero", 1.0
    else:
        code = "square_overflow" if b == 2 else "power_overflow"
    return Cause(code, (a, b), result)


def _called(function: str, operands: Sequence[float], value: float, carried: bool) -> list[Cause]:
    """The cause in a function, unless it only passes on what it was given."""
    worst = max(int(_badness(np.asarray(operand))) for operand in operands)
    if carried and int(_badness(np.asarray(value))) <= worst:
        return []
    name = {"log": "ln", "log1p": "ln(1 + …)"}.get(function, function)
    if np.isnan(value):
        return [Cause("outside_domain", tuple(operands), value, name)]
    if function == "exp":
        return [Cause("exp_overflow", tuple(operands), value)]
    if function in ("log", "log1p"):
        return [Cause("log_of_zero", tuple(operands), value)]
    return [Cause("function_overflow", tuple(operands), value, name)]
