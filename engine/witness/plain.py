"""Arithmetic as plain text, for a terminal: `z1[0,2] = 0.27*0.64 + (-0.46)*0.27 + 0.1`.

Values go by their addresses, so that what is printed can be asked for again, and numbers are written so that they can
be copied into a calculator. The terms are those of explain.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.program import Program
from engine.program.trace import Trace
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
from engine.rules.notation import UNROLLED
from engine.rules.quantities import format_address
from engine.rules.rule import RELATIONS, Environment
from engine.witness.explain import MOST_CELLS, join, parts_of

At = Mapping[str, int | str]

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
"""How tightly the parts of a text hold together; a looser part inside a tighter one gets brackets."""

FUNCTIONS = {"log": "ln"}
NOT = {">": "≯", ">=": "≱", "<": "≮", "<=": "≰", "=": "≠"}
"""Relations that do not hold; NaN is neither above a number nor at most as large."""
CONDITION = {"en": "{} if {}, else {}", "zh": "若 {1} 则 {0}，否则 {2}"}


@dataclass(frozen=True)
class Line:
    """One term on the way to a number: how it joins the ones before, in symbols and in numbers, its value, and the
    total after it. `count` is more than 1 where the rest of a long sum is taken together.
    """

    operation: str
    symbols: str
    numbers: str
    value: float
    running: float
    role: str | None = None
    count: int = 1


@dataclass(frozen=True)
class Account:
    """A number with its arithmetic; `numbers` and `lines` are empty for what was given or is too broad to write."""

    address: str
    value: float
    numbers: str = ""
    lines: tuple[Line, ...] = ()


def plain_number(value: float, digits: int = 5) -> str:
    """A number to so many significant digits, as every program reads it."""
    text = f"{value + 0.0:.{digits}g}"
    mantissa, power, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if power else {"nan": "NaN"}.get(text, text)


def plain_formula(program: Program, name: str, language: str = "en") -> str:
    """The equation of a computed value, in letters: `z1[n,j] = Σi W1[j,i]*a0[n,i] + b1[j]`."""
    call = program.written[name]
    rule = program.rule(call)
    at = {letter: letter for letter in rule.at}
    body = _Text(call.bind, language).write(rule.body, at)
    return f"{_address(name, rule.at)} = {body}"


def account(
    trace: Trace, name: str, index: Sequence[int], language: str = "en", *, digits: int = 5, most: int = 256
) -> Account:
    """A number of a trace, the arithmetic that leads to it, and its terms, the first `most` of them one by one.

    Raises AddressError if the trace has no such number.
    """
    place = tuple(index)
    value = trace.cell(name, place)
    address = format_address(name, place)
    call = trace.program.written.get(name)
    if call is None:
        return Account(address, value)
    rule = trace.program.rule(call)
    values = trace.operands(call)
    environment = Environment(values, rule.extents({slot: array.shape for slot, array in values.items()}))
    if rule.breadth(environment.extents) > MOST_CELLS:
        return Account(address, value)
    at = dict(zip(rule.at, place, strict=True))
    symbols = _Text(call.bind, language, digits)
    numbers = _Text(call.bind, language, digits, environment)
    with np.errstate(all="ignore"):
        lines: list[Line] = []
        running: float | None = None
        before = 0.0
        left: list[float] = []
        for part in parts_of(rule.body, at, environment, "e", None):
            found = float(environment.value(part.expr, part.at))
            running = join(part.operation, running, found)
            if part.operation in "+−" and len(lines) >= most:
                left.append(running)
                continue
            if left:
                lines.append(Line("+", "…", "…", left[-1] - before, left[-1], None, len(left)))
                left = []
            text = numbers.write(part.expr, part.at)
            lines.append(Line(part.operation, symbols.write(part.expr, part.at), text, found, running, part.role))
            before = running
        if left:
            lines.append(Line("+", "…", "…", left[-1] - before, left[-1], None, len(left)))
        return Account(address, value, numbers.write(rule.body, at), tuple(lines))


def _address(name: str, at: Sequence[str]) -> str:
    return f"{name}[{','.join(at)}]" if at else name


@dataclass(frozen=True)
class _Text:
    """Writes expressions: with addresses, or with numbers where there is an environment."""

    bind: Mapping[str, str]
    language: str = "en"
    digits: int = 5
    environment: Environment | None = None

    def write(self, expr: Expr, at: At) -> str:
        """The text of an expression where the letters stand for `at`: numbers, or letters."""
        return self._text(expr, at)[0]

    def _within(self, expr: Expr, at: At, least: int) -> str:
        """The text, in brackets if it holds together less tightly than `least`."""
        text, held = self._text(expr, at)
        return text if held >= least else f"({text})"

    def _number(self, value: float) -> tuple[str, int]:
        text = plain_number(value, self.digits)
        return text, SIGN if text.startswith("-") else ATOM

    def _value(self, expr: Expr, at: At) -> float:
        assert self.environment is not None
        return float(self.environment.value(expr, {k: v for k, v in at.items() if isinstance(v, int)}))

    def _text(self, expr: Expr, at: At) -> tuple[str, int]:
        match expr:
            case Number(value):
                return self._number(value)
            case Element(of, letters):
                if self.environment is not None:
                    return self._number(self._value(expr, at))
                return _address(self.bind[of], [str(at[letter]) for letter in letters]), ATOM
            case Size(of, axis):
                return ("NK"[axis] if self.environment is None else str(self.environment.values[of].shape[axis])), ATOM
            case Index(name):
                return str(at[name]), ATOM
            case Named(_, of):
                return self._text(of, at)
            case Sum(over, body) if self.environment is not None:
                return self._unrolled(over, body, at)
            case Maximum() if self.environment is not None:
                return self._number(self._value(expr, at))
            case Sum(over, body) | Maximum(over, body):
                sign = f"Σ{over} " if isinstance(expr, Sum) else f"max{over} "
                return sign + self._within(body, {**at, over: over}, PRODUCT), SIGN
            case Add(terms):
                return self._added(terms, at), SUM
            case Negate(of):
                return f"-{self._within(of, at, POWER)}", SIGN
            case Multiply(factors):
                return "*".join(self._within(factor, at, POWER) for factor in factors), PRODUCT
            case Divide(top, bottom):
                return f"{self._within(top, at, PRODUCT)} / {self._within(bottom, at, POWER)}", PRODUCT
            case Power(base, exponent):
                return f"{self._within(base, at, ATOM)}^{self._within(exponent, at, ATOM)}", POWER
            case Call(function, of):
                return self._called(function, of, at), ATOM
            case Choose():
                return self._chosen(expr, at)
        raise TypeError(f"not an expression: {expr!r}")

    def _unrolled(self, over: str, body: Expr, at: At) -> tuple[str, int]:
        assert self.environment is not None
        extent = self.environment.extents[over]
        if extent == 1:
            return self._text(body, {**at, over: 0})
        shown = range(extent) if extent <= UNROLLED else (*range(UNROLLED - 2), extent - 1)
        parts: list[str] = []
        before = -1
        for i in shown:
            if i != before + 1:
                parts.append("…")
            parts.append(self._summand(body, {**at, over: i}))
            before = i
        return " + ".join(parts), SUM

    def _summand(self, expr: Expr, at: At) -> str:
        text, held = self._text(expr, at)
        return f"({text})" if held == SUM or (held == SIGN and text.startswith("-")) else text

    def _added(self, terms: tuple[Expr, ...], at: At) -> str:
        text = ""
        for k, term in enumerate(terms):
            negative = isinstance(term, Negate)
            inside = term.of if isinstance(term, Negate) else term
            # A sum among the terms needs no brackets; a minus straight after a sign does.
            flat = isinstance(inside, Sum) and not negative
            part = self._text(inside, at)[0] if flat or (k == 0 and not negative) else self._summand(inside, at)
            text += f" {'-' if negative else '+'} {part}" if k else f"{'-' if negative else ''}{part}"
        return text

    def _called(self, function: str, of: tuple[Expr, ...], at: At) -> str:
        arguments = [self._text(part, at)[0] for part in of]
        if function == "abs":
            return f"|{arguments[0]}|"
        if function == "log1p":
            return f"ln(1 + {self._summand(of[0], at)})"
        return f"{FUNCTIONS.get(function, function)}({', '.join(arguments)})"

    def _chosen(self, expr: Choose, at: At) -> tuple[str, int]:
        left, right = (self._text(part, at)[0] for part in (expr.left, expr.right))
        sign = {">=": "≥", "<=": "≤"}.get(expr.relation, expr.relation)
        if self.environment is None:
            then, otherwise = (self._text(part, at)[0] for part in (expr.then, expr.otherwise))
            return CONDITION[self.language].format(then, f"{left} {sign} {right}", otherwise), SUM
        holds = bool(RELATIONS[expr.relation](self._value(expr.left, at), self._value(expr.right, at)))
        chosen = self._within(expr.then if holds else expr.otherwise, at, POWER)
        return f"{chosen} [{left} {sign if holds else NOT[expr.relation]} {right}]", ATOM
