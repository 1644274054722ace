"""Expressions over the elements of arrays: what scalar rules are written in.

`Sum("i", W["j", "i"] * a["n", "i"]) + b["j"]` is such an expression: operands are named by slot and indexed by
letters, and the arithmetic operators build larger expressions from smaller ones. Nodes are plain frozen values;
what can be done with them is in rule.py (evaluate), notation.py (typeset) and speech.py (say).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Expr:
    """A node of an expression. The arithmetic operators build larger ones."""

    @property
    def children(self) -> tuple[Expr, ...]:
        """The parts, in reading order."""
        return ()

    def __add__(self, other: Expr | float) -> Expr:
        """self + other."""
        return Add((*_addends(self), *_addends(lift(other))))

    def __radd__(self, other: float) -> Expr:
        """other + self."""
        return lift(other) + self

    def __sub__(self, other: Expr | float) -> Expr:
        """self - other."""
        return Add((*_addends(self), Negate(lift(other))))

    def __rsub__(self, other: float) -> Expr:
        """other - self."""
        return lift(other) - self

    def __mul__(self, other: Expr | float) -> Expr:
        """self * other."""
        return Multiply((*_factors(self), *_factors(lift(other))))

    def __rmul__(self, other: float) -> Expr:
        """other * self."""
        return lift(other) * self

    def __truediv__(self, other: Expr | float) -> Expr:
        """self / other."""
        return Divide(self, lift(other))

    def __rtruediv__(self, other: float) -> Expr:
        """other / self."""
        return Divide(lift(other), self)

    def __pow__(self, other: Expr | float) -> Expr:
        """self ** other."""
        return Power(self, lift(other))

    def __neg__(self) -> Expr:
        """-self."""
        return Negate(self)


def lift(value: Expr | float) -> Expr:
    """A number as an expression; an expression as it is."""
    return value if isinstance(value, Expr) else Number(value)


def _addends(expr: Expr) -> tuple[Expr, ...]:
    return expr.terms if isinstance(expr, Add) else (expr,)


def _factors(expr: Expr) -> tuple[Expr, ...]:
    return expr.factors if isinstance(expr, Multiply) else (expr,)


@dataclass(frozen=True, slots=True)
class Number(Expr):
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Element(Expr):
    """One element of an operand, at indices given by letters: W[j,i]."""

    of: str
    at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Size(Expr):
    """How many entries an operand has along an axis."""

    of: str
    axis: int


@dataclass(frozen=True, slots=True)
class Index(Expr):
    """An index letter used as a number."""

    name: str


@dataclass(frozen=True, slots=True)
class Sum(Expr):
    """The sum of `body` over every value of the letter `over`, added left to right."""

    over: str
    body: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        """The summand."""
        return (self.body,)


@dataclass(frozen=True, slots=True)
class Maximum(Expr):
    """The largest value of `body` over every value of the letter `over`."""

    over: str
    body: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        """What is compared."""
        return (self.body,)


@dataclass(frozen=True, slots=True)
class Add(Expr):
    """Terms added left to right; a Negate among them is read as a minus."""

    terms: tuple[Expr, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        """The terms."""
        return self.terms


@dataclass(frozen=True, slots=True)
class Negate(Expr):
    """The negative of `of`."""

    of: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        """What is negated."""
        return (self.of,)


@dataclass(frozen=True, slots=True)
class Multiply(Expr):
    """Factors multiplied left to right."""

    factors: tuple[Expr, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        """The factors."""
        return self.factors


@dataclass(frozen=True, slots=True)
class Divide(Expr):
    """top over bottom."""

    top: Expr
    bottom: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        """Top, then bottom."""
        return (self.top, self.bottom)


@dataclass(frozen=True, slots=True)
class Power(Expr):
    """base to the exponent."""

    base: Expr
    exponent: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        """Base, then exponent."""
        return (self.base, self.exponent)


@dataclass(frozen=True, slots=True)
class Call(Expr):
    """A function of FUNCTIONS applied to arguments."""

    function: str
    of: tuple[Expr, ...]

    @property
    def children(self) -> tuple[Expr, ...]:
        """The arguments."""
        return self.of


@dataclass(frozen=True, slots=True)
class Choose(Expr):
    """`then` where left relation right holds, else `otherwise`."""

    left: Expr
    relation: str
    right: Expr
    then: Expr
    otherwise: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        """Left, right, then, otherwise."""
        return (self.left, self.right, self.then, self.otherwise)

    @property
    def by_place(self) -> bool:
        """Do the indices alone decide, as in a Kronecker delta?"""
        return not any(isinstance(node, (Element, Size)) for side in (self.left, self.right) for node in walk(side))


@dataclass(frozen=True, slots=True)
class Named(Expr):
    """A part with a role a reader should see: the error that arrives, the slope it meets."""

    role: str
    of: Expr

    @property
    def children(self) -> tuple[Expr, ...]:
        """What has the role."""
        return (self.of,)


@dataclass(frozen=True, slots=True)
class Operand:
    """A slot, indexed by letters to give an Element."""

    name: str

    def __getitem__(self, at: str | tuple[str, ...]) -> Element:
        """The element at the given letters; `()` for a scalar."""
        return Element(self.name, (at,) if isinstance(at, str) else at)

    def size(self, axis: int) -> Size:
        """The extent of an axis."""
        return Size(self.name, axis)


def operands(names: str) -> tuple[Operand, ...]:
    """Slots by name: `a, W, b = operands("a W b")`."""
    return tuple(Operand(name) for name in names.split())


def exp(of: Expr) -> Call:
    """e to the power of `of`."""
    return Call("exp", (of,))


def expm1(of: Expr) -> Call:
    """exp(of) - 1, exact for small `of`."""
    return Call("expm1", (of,))


def log(of: Expr) -> Call:
    """The natural logarithm."""
    return Call("log", (of,))


def log1p(of: Expr) -> Call:
    """log(1 + of), exact for small `of`."""
    return Call("log1p", (of,))


def tanh(of: Expr) -> Call:
    """The hyperbolic tangent."""
    return Call("tanh", (of,))


def erf(of: Expr) -> Call:
    """The error function, (2/√π)·∫ exp(−t²) dt from 0 to `of`."""
    return Call("erf", (of,))


def sqrt(of: Expr) -> Call:
    """The square root."""
    return Call("sqrt", (of,))


def sin(of: Expr) -> Call:
    """The sine, of an angle in radians."""
    return Call("sin", (of,))


def cos(of: Expr) -> Call:
    """The cosine, of an angle in radians."""
    return Call("cos", (of,))


def sign(of: Expr) -> Call:
    """1 above zero, −1 below, 0 at zero."""
    return Call("sign", (of,))


def floor(of: Expr) -> Call:
    """The largest whole number that is not above `of`."""
    return Call("floor", (of,))


def absolute(of: Expr) -> Call:
    """The absolute value."""
    return Call("abs", (of,))


def larger(left: Expr, right: Expr | float) -> Call:
    """The larger of two."""
    return Call("max", (left, lift(right)))


def smaller(left: Expr, right: Expr | float) -> Call:
    """The smaller of two."""
    return Call("min", (left, lift(right)))


def walk(expr: Expr) -> Iterator[Expr]:
    """Every node, parents first, in reading order."""
    yield expr
    for child in expr.children:
        yield from walk(child)


_KINDS: dict[str, type[Expr]] = {
    kind.__name__.lower(): kind
    for kind in (
        *(Number, Element, Size, Index, Sum, Maximum, Add, Negate),
        *(Multiply, Divide, Power, Call, Choose, Named),
    )
}


def expr_to_json(expr: Expr) -> dict[str, Any]:
    """An expression as plain data: its kind, then its fields by name."""

    def plain(value: Any) -> Any:
        if isinstance(value, Expr):
            return expr_to_json(value)
        return [plain(part) for part in value] if isinstance(value, tuple) else value

    return {"kind": type(expr).__name__.lower()} | {
        name: plain(getattr(expr, name)) for name in type(expr).__dataclass_fields__
    }


def expr_from_json(data: Mapping[str, Any]) -> Expr:
    """The expression that `expr_to_json` wrote."""

    def rich(value: Any) -> Any:
        if isinstance(value, Mapping):
            return expr_from_json(value)
        return tuple(rich(part) for part in value) if isinstance(value, list) else value

    return _KINDS[data["kind"]](**{name: rich(value) for name, value in data.items() if name != "kind"})
