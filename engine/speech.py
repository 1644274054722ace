"""A rule in words, with its numbers, in English and Chinese: what a screen reader says of one element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.expression import (
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
from engine.notation import show_number
from engine.quantities import EXAMPLE, INPUT, UNIT, parse_name
from engine.rule import Environment

SPOKEN_TERMS = 4
"""Longer sums are cut here, and the sentence says by how much."""


@dataclass(frozen=True)
class Words:
    """The phrases of one language. `{x}`, `{y}` stand for spoken parts."""

    minus: str
    plus: str
    less: str
    times: str
    over: str
    square: str
    power: str
    exp: str
    log: str
    function: str
    largest: str
    negative: str
    group: str
    more: str
    is_: str
    given: str
    unit: str
    example: str
    layer: str
    source: str


WORDS = {
    "en": Words(
        minus="minus {x}",
        plus=", plus ",
        less=", minus ",
        times=" times ",
        over="{x}, divided by {y}",
        square="{x} squared",
        power="{x} to the power of {y}",
        exp="e to the power of {x}",
        log="the natural logarithm of {x}",
        function="{f} of {x}",
        largest="the largest of {x}",
        negative="minus {x}",
        group="the quantity {x}",
        more=", and {n} more terms",
        is_="{subject}: {x}; that is {value}.",
        given="{subject} is {value}.",
        unit=" of unit {j}",
        example=", example {n}",
        layer=" in layer {l}",
        source=" from unit {i}",
    ),
    "zh": Words(
        minus="负 {x}",
        plus="，加 ",
        less="，减 ",
        times=" 乘以 ",
        over="{x}，除以 {y}",
        square="{x} 的平方",
        power="{x} 的 {y} 次方",
        exp="e 的 {x} 次方",
        log="{x} 的自然对数",
        function="{f}（{x}）",
        largest="{x} 中的最大值",
        negative="负的 {x}",
        group="括号 {x}",
        more="，以及另外 {n} 项",
        is_="{subject}：{x}；等于 {value}。",
        given="{subject}为 {value}。",
        unit="神经元 {j} 的",
        example="样本 {n}，",
        layer="第 {l} 层",
        source="（来自神经元 {i}）",
    ),
}


def speak_number(value: float, language: str) -> str:
    """A number as it is read aloud, to four digits."""
    text = show_number(abs(value), 4)
    head, power, exponent = text.partition("·10^")
    if power:
        of_ten = exponent.replace("−", "minus " if language == "en" else "负 ")
        text = f"{head} times 10 to the {of_ten}" if language == "en" else f"{head} 乘以 10 的 {of_ten} 次方"
    return WORDS[language].minus.format(x=text) if value < 0 else text


def subject(name: str, index: tuple[int, ...], language: str) -> str:
    """What a cell is, in words: "pre-activation of unit 2 in layer 1, example 0"."""
    quantity, layer = parse_name(name)
    words = WORDS[language]
    place = dict(zip(quantity.axes, index, strict=True))
    example = words.example.format(n=place[EXAMPLE]) if EXAMPLE in place else ""
    where = words.layer.format(l=layer) if layer is not None and quantity.layered else ""
    unit = words.unit.format(j=place[UNIT]) if UNIT in place else ""
    source = words.source.format(i=place[INPUT]) if INPUT in place else ""
    label = quantity.label[language]
    if language == "en":
        return f"{label[0].upper()}{label[1:]}{unit}{where}{source}{example}"
    return f"{example}{where}{unit}{label}{source}"


@dataclass(frozen=True)
class Speaker:
    """Says expressions with the numbers of an environment in them."""

    environment: Environment
    language: str

    def say(self, expr: Expr, at: Mapping[str, int], inside: bool = False) -> str:
        """The expression in words; `inside` a product or power, sums are marked as a group."""
        words = WORDS[self.language]
        match expr:
            case Number() | Element() | Size() | Index():
                return speak_number(float(self.environment.value(expr, at)), self.language)
            case Named(_, of):
                return self.say(of, at, inside)
            case Negate(of):
                return words.negative.format(x=self.say(of, at, True))
            case Multiply(factors):
                return words.times.join(self.say(factor, at, True) for factor in factors)
            case Divide(top, bottom):
                return words.over.format(x=self.say(top, at), y=self.say(bottom, at, True))
            case Power(base, exponent):
                x = self.say(base, at, True)
                if exponent == Number(2):
                    return words.square.format(x=x)
                return words.power.format(x=x, y=self.say(exponent, at, True))
            case Call(function, of):
                spoken = ", ".join(self.say(part, at) for part in of)
                known = {"exp": words.exp, "log": words.log}.get(function, words.function)
                return known.format(x=spoken, f=function)
            case Choose(left, relation, right, then, otherwise):
                from_rule = Choose(left, relation, right, Number(1), Number(0))
                holds = float(self.environment.value(from_rule, at)) == 1
                return self.say(then if holds else otherwise, at, inside)
            case Add() | Sum() | Maximum():
                joined = self._joined(expr, at)
                return words.group.format(x=joined) if inside else joined
        raise TypeError(f"not an expression: {expr!r}")

    def _joined(self, expr: Expr, at: Mapping[str, int]) -> str:
        words = WORDS[self.language]
        if isinstance(expr, Add):
            text = ""
            for k, term in enumerate(expr.terms):
                negative = isinstance(term, Negate)
                spoken = self.say(term.of if isinstance(term, Negate) else term, at)
                sign = words.less if negative else words.plus
                text += (words.negative.format(x=spoken) if negative else spoken) if k == 0 else sign + spoken
            return text
        assert isinstance(expr, (Sum, Maximum))
        extent = self.environment.extents[expr.over]
        shown = range(min(extent, SPOKEN_TERMS))
        parts = [self.say(expr.body, {**at, expr.over: i}, isinstance(expr.body, (Add, Sum))) for i in shown]
        rest = words.more.format(n=extent - len(parts)) if extent > len(parts) else ""
        joined = (words.plus if isinstance(expr, Sum) else ", ").join(parts) + rest
        return joined if isinstance(expr, Sum) else words.largest.format(x=joined)


def sentence(
    environment: Environment | None,
    expr: Expr | None,
    at: Mapping[str, int],
    cell: tuple[str, tuple[int, ...]],
    value: float,
    language: str,
) -> str:
    """The sentence for a cell: what it is, how it came about, what it came to."""
    words = WORDS[language]
    what = subject(*cell, language)
    shown = speak_number(value, language)
    if environment is None or expr is None:
        return words.given.format(subject=what, value=shown)
    return words.is_.format(subject=what, x=Speaker(environment, language).say(expr, at), value=shown)
