"""One number explained: its formula, the same with numbers, its terms and where they came from, and its proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.errors import UnknownNameError
from engine.program.calls import Call
from engine.program.trace import Trace
from engine.registry import LANGUAGES
from engine.rules.expression import Add, Divide, Expr, Multiply, Named, Negate, Sum
from engine.rules.marks import row
from engine.rules.notation import Formula, rule_formula, symbol, to_latex, to_mathml
from engine.rules.quantities import format_address, parse_name
from engine.rules.rule import Environment, cells
from engine.rules.speech import sentence
from engine.witness.gradcheck import Difference
from engine.witness.nonfinite import Cause, causes

MOST_TERMS = 256
"""Of longer sums the first so many terms are listed, and the rest as one."""
MOST_CELLS = 100_000
"""A number made of more cells than this is not evaluated cell by cell: its formula is given, its terms are not."""
RULE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Term:
    """One step on the way to a number.

    `operation` says how the term joins what came before: "+", "−", "×", "÷", or "=" for the only one. `running` is
    the total after it. `addresses` are the cells it reads. `count` is more than 1 where the rest of a long sum is
    taken together.
    """

    id: str
    operation: str
    addresses: tuple[str, ...]
    latex: str
    latex_values: str
    mathml: str
    value: float
    running: float
    role: str | None = None
    count: int = 1


@dataclass(frozen=True)
class RuleWitness:
    """The scalar rule evaluated on its own, beside the number in the trace."""

    value: float
    error: float
    passed: bool


@dataclass(frozen=True)
class Explanation:
    """Everything there is to say about one number of a trace.

    `causes` says of a number that is not finite why it is not: what happened first, then what followed from it.
    """

    step: int
    name: str
    index: tuple[int, ...]
    value: float
    call: Call | None
    latex: str
    mathml: str
    latex_values: str
    mathml_values: str
    terms: tuple[Term, ...]
    sentence: str
    meaning: str
    rule: RuleWitness | None
    difference: Difference | None = None
    causes: tuple[Cause, ...] = ()

    @property
    def address(self) -> str:
        """The cell: delta1[0,2]."""
        return format_address(self.name, self.index)

    def witnessed_by(self, difference: Difference | None) -> Explanation:
        """The same with a central difference beside it."""
        return replace(self, difference=difference)


@dataclass(frozen=True)
class Part:
    """A term before it is typeset."""

    operation: str
    expr: Expr
    at: Mapping[str, int]
    node: str
    role: str | None


def explain(trace: Trace, name: str, index: Sequence[int], language: str = "en") -> Explanation:
    """Explain the number at name[index] of a trace, in one of LANGUAGES.

    Raises AddressError if the trace has no such number, UnknownNameError for another language.
    """
    if language not in LANGUAGES:
        raise UnknownNameError("language", language, LANGUAGES)
    place = tuple(index)
    value = trace.cell(name, place)
    call = trace.program.written.get(name)
    meaning = parse_name(name)[0].meaning[language]
    if call is None:
        mark = symbol(name, tuple(map(str, place)), language, address=format_address(name, place))
        said = sentence(None, None, {}, (name, place), value, language)
        latex, mathml = to_latex(mark), to_mathml(mark)
        return Explanation(trace.step, name, place, value, None, latex, mathml, latex, mathml, (), said, meaning, None)
    rule = trace.program.rule(call)
    operands = trace.operands(call)
    environment = Environment(operands, rule.extents({slot: array.shape for slot, array in operands.items()}))
    at = dict(zip(rule.at, place, strict=True))
    within_reach = rule.breadth(environment.extents) <= MOST_CELLS
    with np.errstate(all="ignore"):
        alone = float(environment.value(rule.body, at)) if within_reach else value
        terms = tuple(_terms(call, environment, rule.body, at, language)) if within_reach else ()
        symbolic = rule_formula(rule, call.bind, name, index=place, language=language)
        numeric = rule_formula(rule, call.bind, name, index=place, language=language, values=operands)
        said = sentence(environment, rule.body, at, (name, place), value, language)
    why = () if np.isfinite(value) or not within_reach else tuple(causes(rule, call.bind, operands, place))
    error = 0.0 if alone == value or (np.isnan(alone) and np.isnan(value)) else abs(alone - value)
    return Explanation(
        step=trace.step,
        name=name,
        index=place,
        value=value,
        call=call,
        latex=to_latex(symbolic),
        mathml=to_mathml(symbolic),
        latex_values=to_latex(numeric),
        mathml_values=to_mathml(numeric),
        terms=terms,
        sentence=said,
        meaning=meaning,
        rule=RuleWitness(alone, error, error <= RULE_TOLERANCE * _scale(value, terms)) if within_reach else None,
        causes=why,
    )


def _scale(value: float, terms: Sequence[Term]) -> float:
    """The size that rounding goes by: that of the number itself, or of a larger total on the way to it."""
    on_the_way = (size for term in terms if term.operation in "+−" for size in (term.value, term.running))
    return max(abs(size) for size in (0.0, value, *on_the_way) if np.isfinite(size))


def parts_of(expr: Expr, at: Mapping[str, int], env: Environment, node: str, role: str | None) -> Iterator[Part]:
    """The terms of an expression in order: a sum's summands, a product's factors, a quotient's top then bottom."""
    match expr:
        case Named(name, of):
            yield from parts_of(of, at, env, f"{node}.0", name)
        case Add(terms):
            for k, term in enumerate(terms):
                minus = isinstance(term, Negate)
                inside = term.of if isinstance(term, Negate) else term
                where = f"{node}.{k}.0" if minus else f"{node}.{k}"
                if isinstance(inside, Sum) and not minus:
                    yield from parts_of(inside, at, env, where, role)
                else:
                    yield Part("−" if minus else "+", inside, at, where, role)
        case Sum(over, body):
            for i in range(env.extents[over]):
                inner = {**at, over: i}
                if isinstance(body, Sum):
                    yield from parts_of(body, inner, env, f"{node}@{i}", role)
                else:
                    yield Part("+", body, inner, f"{node}@{i}", role)
        case Multiply(factors):
            for k, factor in enumerate(factors):
                named = factor.role if isinstance(factor, Named) else role
                inside = factor.of if isinstance(factor, Named) else factor
                where = f"{node}.{k}.0" if isinstance(factor, Named) else f"{node}.{k}"
                yield Part("×", inside, at, where, named)
        case Divide(top, bottom):
            yield from parts_of(top, at, env, f"{node}.0", role)
            yield Part("÷", bottom, at, f"{node}.1", role)
        case _:
            yield Part("=", expr, at, node, role)


def _terms(call: Call, env: Environment, body: Expr, at: Mapping[str, int], language: str) -> Iterator[Term]:
    parts = list(parts_of(body, at, env, "e", None))
    divisors = [part for part in parts if part.operation == "÷"]
    summands = parts[: len(parts) - len(divisors)]
    running: float | None = None
    for part in summands[:MOST_TERMS]:
        running = join(part.operation, running, float(env.value(part.expr, part.at)))
        yield _term(call, env, part, running, language=language)
    rest = summands[MOST_TERMS:]
    if rest:
        total = running if running is not None else 0.0
        for part in rest:
            total = join(part.operation, total, float(env.value(part.expr, part.at)))
        yield Term(
            "rest",
            "+",
            (),
            r"\dots",
            r"\dots",
            to_mathml(row()),
            total - (running or 0.0),
            total,
            None,
            len(rest),
        )
        running = total
    for part in divisors:
        running = join("÷", running, float(env.value(part.expr, part.at)))
        yield _term(call, env, part, running, language=language)


def _term(call: Call, env: Environment, part: Part, running: float, language: str) -> Term:
    symbolic = Formula(call.bind, language).lay_out(part.expr, part.at, part.node)
    numeric = Formula(call.bind, language, env.values, env).lay_out(part.expr, part.at, part.node)
    return Term(
        id=part.node,
        operation=part.operation,
        addresses=tuple(_addresses(call, env, part.expr, part.at)),
        latex=to_latex(symbolic),
        latex_values=to_latex(numeric),
        mathml=to_mathml(symbolic),
        value=float(env.value(part.expr, part.at)),
        running=running,
        role=part.role,
    )


def _addresses(call: Call, env: Environment, expr: Expr, at: Mapping[str, int]) -> dict[str, None]:
    return {format_address(call.bind[slot], index): None for slot, index in cells(expr, at, env.extents)}


def join(operation: str, running: float | None, value: float) -> float:
    """The total after one more term, in IEEE arithmetic."""
    if running is None:
        return -value if operation == "−" else value
    left, right = np.float64(running), np.float64(value)
    match operation:
        case "−":
            return float(left - right)
        case "×":
            return float(left * right)
        case "÷":
            return float(left / right)
    return float(left + right)
