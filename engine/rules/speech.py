"""A rule in words, with its numbers, in English and Chinese: what a screen reader says of one element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import pi

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
from engine.rules.quantities import EXAMPLE, INPUT, UNIT, parse_name
from engine.rules.rule import Environment

SPOKEN_TERMS = 4
"""Longer sums are cut here, and the sentence says by how much."""


@dataclass(frozen=True)
class Words:
    """The phrases of one language. `{x}`, `{y}` stand for spoken parts.

    `negative` is for a number below zero, `minus` for taking away, so that the two never sound alike; `bracket` marks
    where a part begins and ends, since nobody hears a comma.
    """

    negative: str
    power_of_ten: str
    opposite: str
    plus: str
    minus: str
    times: str
    over: str
    square: str
    power: str
    bracket: str
    functions: Mapping[str, str]
    largest: str
    list_and: str
    more: str
    is_: str
    given: str
    unit: str
    example: str
    layer: str
    source: str


WORDS = {
    "en": Words(
        negative="negative {x}",
        power_of_ten="{x} times 10 to the {y}",
        opposite="the negative of {x}",
        plus=", plus ",
        minus=", minus ",
        times=" times ",
        over="{x} divided by {y}",
        square="{x} squared",
        power="{x} to the power of {y}",
        bracket="open bracket {x} close bracket",
        functions={
            "exp": "e to the power of {x}",
            "expm1": "open bracket e to the power of {x}, minus 1 close bracket",
            "log": "the natural logarithm of {x}",
            "log1p": "the natural logarithm of open bracket 1 plus {x} close bracket",
            "tanh": "the hyperbolic tangent of {x}",
            "erf": "the error function of {x}",
            "sqrt": "the square root of {x}",
            "sin": "the sine of {x}",
            "cos": "the cosine of {x}",
            "abs": "the absolute value of {x}",
            "sign": "the sign of {x}",
            "floor": "{x} rounded down",
            "max": "the larger of {x} and {y}",
            "min": "the smaller of {x} and {y}",
        },
        largest="the largest of {x}",
        list_and=" and ",
        more=", and {n} more terms",
        is_="{subject}: {x}; that is {value}.",
        given="{subject} is {value}.",
        unit=" of unit {j}",
        example=", example {n}",
        layer=" in layer {l}",
        source=" from unit {i}",
    ),
    "zh": Words(
        negative="负 {x}",
        power_of_ten="{x} 乘以 10 的 {y} 次方",
        opposite="{x} 的相反数",
        plus="，加 ",
        minus="，减 ",
        times=" 乘以 ",
        over="{x} 除以 {y}",
        square="{x} 的平方",
        power="{x} 的 {y} 次方",
        bracket="左括号 {x} 右括号",
        functions={
            "exp": "e 的 {x} 次方",
            "expm1": "左括号 e 的 {x} 次方，减 1 右括号",
            "log": "{x} 的自然对数",
            "log1p": "左括号 1 加 {x} 右括号 的自然对数",
            "tanh": "{x} 的双曲正切",
            "erf": "{x} 的误差函数",
            "sqrt": "{x} 的平方根",
            "sin": "{x} 的正弦",
            "cos": "{x} 的余弦",
            "abs": "{x} 的绝对值",
            "sign": "{x} 的符号",
            "floor": "{x} 向下取整",
            "max": "{x} 与 {y} 中较大的数",
            "min": "{x} 与 {y} 中较小的数",
        },
        largest="{x} 中最大的数",
        list_and=" 和 ",
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
    words = WORDS[language]
    text = show_number(abs(value), 4)
    head, power, exponent = text.partition("·10^")
    if power:
        of_ten = words.negative.format(x=exponent[1:]) if exponent.startswith("−") else exponent
        text = words.power_of_ten.format(x=head, y=of_ten)
    return words.negative.format(x=text) if value < 0 else text


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
    """Says expressions with the numbers of an environment in them, so that no two calculations sound alike."""

    environment: Environment
    language: str

    def say(self, expr: Expr, at: Mapping[str, int]) -> str:
        """The expression in words."""
        words = WORDS[self.language]
        match expr:
            case Number(value) if value == pi:
                return "π"
            case Number() | Element() | Size() | Index():
                return speak_number(float(self.environment.value(expr, at)), self.language)
            case Named(_, of):
                return self.say(of, at)
            case Negate(of):
                return words.opposite.format(x=self.part(of, at))
            case Multiply(factors):
                return words.times.join(self.part(factor, at) for factor in factors)
            case Divide(top, bottom):
                return words.over.format(x=self.part(top, at), y=self.part(bottom, at))
            case Power(base, exponent) if exponent == Number(2):
                return words.square.format(x=self.part(base, at))
            case Power(base, exponent):
                return words.power.format(x=self.part(base, at), y=self.part(exponent, at))
            case Call(function, of):
                spoken = [self.part(argument, at) for argument in of]
                return words.functions[function].format(x=spoken[0], y=spoken[-1])
            case Choose(left, relation, right, then, otherwise):
                holds = float(self.environment.value(Choose(left, relation, right, Number(1), Number(0)), at)) == 1
                return self.say(then if holds else otherwise, at)
            case Add(terms):
                return self._added(terms, at)
            case Sum(over, body):
                return self._listed(over, body, at, words.plus, words.plus)
            case Maximum(over, body):
                return words.largest.format(x=self._listed(over, body, at, ", ", words.list_and))
        raise TypeError(f"not an expression: {expr!r}")

    def part(self, expr: Expr, at: Mapping[str, int]) -> str:
        """The expression as a part of another: in brackets unless it is a single number."""
        while isinstance(expr, Named):
            expr = expr.of
        if isinstance(expr, Choose):
            holds = Choose(expr.left, expr.relation, expr.right, Number(1), Number(0))
            return self.part(expr.then if float(self.environment.value(holds, at)) == 1 else expr.otherwise, at)
        spoken = self.say(expr, at)
        single = isinstance(expr, (Number, Element, Size, Index))
        return spoken if single else WORDS[self.language].bracket.format(x=spoken)

    def _term(self, expr: Expr, at: Mapping[str, int]) -> str:
        """The expression as a term of a sum: only another sum needs brackets there."""
        inside = expr.of if isinstance(expr, Named) else expr
        return self.part(inside, at) if isinstance(inside, (Add, Choose)) else self.say(inside, at)

    def _added(self, terms: tuple[Expr, ...], at: Mapping[str, int]) -> str:
        words = WORDS[self.language]
        text = ""
        for k, term in enumerate(terms):
            if isinstance(term, Negate) and k:
                text += words.minus + self._term(term.of, at)
            elif isinstance(term, Sum):
                text += (words.plus if k else "") + self.say(term, at)
            else:
                text += (words.plus if k else "") + self._term(term, at)
        return text

    def _listed(self, over: str, body: Expr, at: Mapping[str, int], comma: str, last: str) -> str:
        extent = self.environment.extents[over]
        parts = [self._term(body, {**at, over: i}) for i in range(min(extent, SPOKEN_TERMS))]
        if extent > len(parts):
            return comma.join(parts) + WORDS[self.language].more.format(n=extent - len(parts))
        return comma.join(parts[:-1]) + last + parts[-1] if len(parts) > 1 else parts[0]


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
