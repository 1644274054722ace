"""The scalar rule: the arithmetic of one element of an operation's result, as a value.

`z[n,j] = sum over i of W[j,i]*a[n,i], plus b[j]` is written

    Rule("z", ("n", "j"), Sum("i", W["j", "i"] * a["n", "i"]) + b["j"])

From this one declaration come the shape of the result, the element's value, the cells it reads, its terms, its
formula (notation.py), its sentence (speech.py) and its JSON. Operands are named by slot (`W`, `a`); a call of the
operation binds slots to the names of a program (`W1`, `a0`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from engine.errors import ShapeError
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
    expr_from_json,
    expr_to_json,
    walk,
)
from engine.rules.special import erf

Array = np.ndarray
Shape = tuple[int, ...]
Cell = tuple[str, tuple[int, ...]]
"""A slot (or a program's name) and an index into it."""

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "tanh": np.tanh,
    "erf": erf,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "max": np.maximum,
    "min": np.minimum,
}
RELATIONS = {">": np.greater, ">=": np.greater_equal, "<": np.less, "=": np.equal}


@dataclass(frozen=True)
class Rule:
    """The arithmetic of the element `result[at]`."""

    result: str
    at: tuple[str, ...]
    body: Expr
    slots: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Find the slots, and refuse letters that nothing gives an extent."""
        named = [n for n in walk(self.body) if isinstance(n, (Element, Size))]
        object.__setattr__(self, "slots", tuple(dict.fromkeys(n.of for n in named)))
        placed = {letter for n in named if isinstance(n, Element) for letter in n.at}
        bound = {n.over for n in walk(self.body) if isinstance(n, (Sum, Maximum))} | set(self.at)
        if bound - placed or placed - bound:
            raise ValueError(f"{self.result}: letters {sorted(bound ^ placed)} are bound or used, not both")

    def extents(self, shapes: Mapping[str, Shape]) -> dict[str, int]:
        """How many values each letter takes, from the operands' shapes.

        Raises ShapeError if an operand has the wrong number of axes, or two operands disagree about a letter.
        """
        found: dict[str, tuple[int, str]] = {}
        for node in walk(self.body):
            if not isinstance(node, Element):
                continue
            shape = shapes[node.of]
            if len(shape) != len(node.at):
                raise ShapeError(f"{self.result}: {node.of} {shape} should have {len(node.at)} axes")
            for letter, extent in zip(node.at, shape, strict=True):
                known, by = found.setdefault(letter, (extent, node.of))
                if known != extent:
                    raise ShapeError(f"{self.result}: {node.of} {shape} does not fit {by} {shapes[by]}")
        return {letter: extent for letter, (extent, _) in found.items()}

    def breadth(self, extents: Mapping[str, int]) -> int:
        """About how many cells one element of the result reads."""
        free = [
            prod(extents[letter] for letter in node.at if letter not in self.at)
            for node in walk(self.body)
            if isinstance(node, Element)
        ]
        return sum(free)

    def shape(self, shapes: Mapping[str, Shape]) -> Shape:
        """The shape of the result, from the operands' shapes."""
        extents = self.extents(shapes)
        return tuple(extents[letter] for letter in self.at)

    def evaluate(self, values: Mapping[str, Array], index: Sequence[int]) -> float:
        """The element at `index`, computed from the rule alone, in float64.

        Overflow, 0/0 and the like give infinities and NaN, as in the arrays.
        """
        env = Environment(values, self.extents({slot: values[slot].shape for slot in self.slots}))
        with np.errstate(all="ignore"):
            return float(env.value(self.body, dict(zip(self.at, index, strict=True))))

    def reads(self, shapes: Mapping[str, Shape], index: Sequence[int], most: int | None = None) -> list[Cell]:
        """The cells the element at `index` reads, in reading order, each once; the first `most` of them."""
        extents = self.extents(shapes)
        seen: dict[Cell, None] = {}
        for cell in cells(self.body, dict(zip(self.at, index, strict=True)), extents):
            seen[cell] = None
            if most is not None and len(seen) >= most:
                break
        return list(seen)

    def to_json(self) -> dict[str, Any]:
        """The rule as plain data, for another evaluator."""
        return {"result": self.result, "at": list(self.at), "body": expr_to_json(self.body)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Rule:
        """The rule that `to_json` wrote."""
        return Rule(data["result"], tuple(data["at"]), expr_from_json(data["body"]))


def cells(
    expr: Expr,
    at: Mapping[str, int],
    extents: Mapping[str, int],
    seen: set[tuple[int, ...]] | None = None,
) -> Iterator[Cell]:
    """The cells an expression reads, by slot, in reading order. One may come twice, but no sum or maximum is gone
    through twice at the same place (`seen` keeps those).

    Both branches of a choice count, since the numbers decide which is taken; where the indices do, only that one.
    """
    seen = set() if seen is None else seen
    if isinstance(expr, Element):
        yield expr.of, tuple(at[letter] for letter in expr.at)
    elif isinstance(expr, (Sum, Maximum)):
        place = (id(expr), *(at[letter] for letter in free_letters(expr)))
        if place not in seen:
            seen.add(place)
            for i in range(extents[expr.over]):
                yield from cells(expr.body, {**at, expr.over: i}, extents, seen)
    elif isinstance(expr, Choose) and (taken := branch(expr, at)) is not None:
        yield from cells(taken, at, extents, seen)
    else:
        for child in expr.children:
            yield from cells(child, at, extents, seen)


def branch(expr: Choose, at: Mapping[str, Any]) -> Expr | None:
    """The branch that is taken where the letters stand for `at`; None if that takes more than indices to tell.

    A letter may stand for itself, in a formula that is not about one place: then there is nothing to tell yet.
    """
    letters = {*free_letters(expr.left), *free_letters(expr.right)}
    if not expr.by_place or any(isinstance(at[letter], str) for letter in letters):
        return None
    nowhere = Environment({}, {})
    holds = RELATIONS[expr.relation](nowhere.value(expr.left, at), nowhere.value(expr.right, at))
    return expr.then if holds else expr.otherwise


@dataclass(frozen=True, eq=False)
class Environment:
    """Operands by slot and the extent of every letter: all that evaluating an expression needs.

    Sums and maxima are worked out once for every setting of the letters they depend on: a softmax asks for the same
    row maximum again and again.
    """

    values: Mapping[str, Array]
    extents: Mapping[str, int]
    _known: dict[tuple[int, ...], np.float64] = field(default_factory=dict)
    _letters: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def value(self, expr: Expr, at: Mapping[str, int]) -> np.float64:
        """The value of an expression where the letters stand for the indices `at`.

        Sums and products go left to right. Call it inside `np.errstate(all="ignore")`.
        """
        match expr:
            case Number(value):
                return np.float64(value)
            case Element(of, letters):
                return np.float64(self.values[of][tuple(at[letter] for letter in letters)])
            case Size(of, axis):
                return np.float64(self.values[of].shape[axis])
            case Index(name):
                return np.float64(at[name])
            case Sum() | Maximum():
                node = id(expr)
                if node not in self._letters:
                    self._letters[node] = free_letters(expr)
                key = (node, *(at[letter] for letter in self._letters[node]))
                if key not in self._known:
                    self._known[key] = self._gathered(expr, at)
                return self._known[key]
            case Add(terms):
                total = self.value(terms[0], at)
                for term in terms[1:]:
                    total = total + self.value(term, at)
                return total
            case Multiply(factors):
                product = self.value(factors[0], at)
                for factor in factors[1:]:
                    product = product * self.value(factor, at)
                return product
            case Negate(of) | Named(_, of):
                inside = self.value(of, at)
                return -inside if isinstance(expr, Negate) else inside
            case Divide(top, bottom):
                return self.value(top, at) / self.value(bottom, at)
            case Power(base, exponent):
                return np.float64(self.value(base, at) ** self.value(exponent, at))
            case Call(function, of):
                return np.float64(FUNCTIONS[function](*(self.value(part, at) for part in of)))
            case Choose(left, relation, right, then, otherwise):
                holds = RELATIONS[relation](self.value(left, at), self.value(right, at))
                return self.value(then if holds else otherwise, at)
        raise TypeError(f"not an expression: {expr!r}")

    def _gathered(self, expr: Sum | Maximum, at: Mapping[str, int]) -> np.float64:
        parts = (self.value(expr.body, {**at, expr.over: i}) for i in range(self.extents[expr.over]))
        if isinstance(expr, Sum):
            return sum(parts, np.float64(0.0))
        largest = np.float64(-np.inf)
        for part in parts:
            largest = np.maximum(largest, part)
        return largest


def free_letters(expr: Expr) -> tuple[str, ...]:
    """The letters an expression needs a value for, sorted: those it uses and does not bind itself."""
    if isinstance(expr, Element):
        return tuple(sorted(set(expr.at)))
    if isinstance(expr, Index):
        return (expr.name,)
    letters = {letter for child in expr.children for letter in free_letters(child)}
    if isinstance(expr, (Sum, Maximum)):
        letters.discard(expr.over)
    return tuple(sorted(letters))
