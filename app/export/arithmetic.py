"""The scalar rule of an operation as a line of array code: `a0 @ W1.T + b1`.

The rule is read in its JSON form, the one that travels to the browser. Every part of an expression is written together
with the letters that its axes count; parts meet by broadcasting, and a sum over the product of two matrices is a matrix
product. What the engine can compute can therefore be written down, whatever is added to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import engine

Node = Mapping[str, Any]

SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
"""How tightly a piece of code holds together."""
RELATIONS = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "=": "=="}


@dataclass(frozen=True)
class Dialect:
    """How a library spells things. `lift` makes an array of a number where a function wants one; without `where`, it
    is numbers rather than arrays that are worked with.
    """

    functions: Mapping[str, str]
    total: Callable[[str, tuple[int, ...] | None], str]
    largest: Callable[[str, tuple[int, ...]], str]
    where: str
    count: str
    numbers: Mapping[str, str] | None = None
    """Functions of plain numbers, where those of arrays do not take them."""
    lift: Callable[[str], str] = lambda code: code
    turn: Callable[[str, list[int]], str] = lambda code, axes: (
        f"{code}.T" if axes == [1, 0] else f"{code}.transpose({axes})"
    )


@dataclass(frozen=True)
class Part:
    """A piece of code, the letters its axes count, and how tightly it holds together."""

    code: str
    axes: tuple[str, ...] = ()
    holds: int = ATOM
    constant: bool = False
    """Is it made of numbers alone?"""

    def within(self, least: int) -> str:
        """The code, in brackets if it holds less tightly."""
        return self.code if self.holds >= least else f"({self.code})"


@dataclass
class Writer:
    """Writes the rule of one call: names for slots, and the letters in one order."""

    dialect: Dialect
    bind: Mapping[str, str]
    letters: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    """Code for the extent of a letter."""

    def write(self, rule: engine.Rule) -> str:
        """The right side of the assignment that the rule describes."""
        data = rule.to_json()
        self.letters = list(data["at"])
        self._note(data["body"])
        return self.align([self.part(data["body"])], tuple(data["at"]))[0].code

    def _note(self, node: Node) -> None:
        """Remember the letters in the order they are bound in, and where their extents are to be had."""
        if node["kind"] in ("sum", "maximum") and node["over"] not in self.letters:
            self.letters.append(node["over"])
        if node["kind"] == "element":
            for axis, letter in enumerate(node["at"]):
                if letter not in self.letters:
                    self.letters.append(letter)
                self.places.setdefault(letter, _extent(self.bind[node["of"]], axis))
        for child in _children(node):
            self._note(child)

    def part(self, node: Node) -> Part:
        """An expression as code."""
        kind = node["kind"]
        made: Part = getattr(self, f"_{kind}")(node)
        return made

    def align(self, parts: Sequence[Part], axes: tuple[str, ...] | None = None) -> list[Part]:
        """The parts so that they meet by broadcasting, over all letters of any of them in the common order."""
        if axes is None:
            found = {letter for part in parts for letter in part.axes}
            axes = tuple(letter for letter in self.letters if letter in found)
        return [self._spread(part, axes) for part in parts]

    def _spread(self, part: Part, axes: tuple[str, ...]) -> Part:
        ordered = tuple(letter for letter in axes if letter in part.axes)
        if ordered != part.axes:
            turned = [part.axes.index(letter) for letter in ordered]
            code = self.dialect.turn(part.within(ATOM), turned)
            part = Part(code, ordered)
        if not ordered or axes[-len(ordered) :] == ordered:
            return Part(part.code, axes if not ordered else part.axes, part.holds, part.constant)
        first = axes.index(ordered[0])
        index = ", ".join(":" if letter in ordered else "None" for letter in axes[first:])
        return Part(f"{part.within(ATOM)}[{index}]", axes)

    def _union(self, parts: Sequence[Part]) -> tuple[str, ...]:
        found = {letter for part in parts for letter in part.axes}
        return tuple(letter for letter in self.letters if letter in found)

    # One method for each kind of node

    def _number(self, node: Node) -> Part:
        value = float(node["value"])
        code = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        return Part(code, (), SIGN if value < 0 else ATOM, constant=True)

    def _element(self, node: Node) -> Part:
        return Part(self.bind[node["of"]], tuple(node["at"]))

    def _size(self, node: Node) -> Part:
        return Part(_extent(self.bind[node["of"]], node["axis"]))

    def _index(self, node: Node) -> Part:
        return Part(f"{self.dialect.count}({self.places[node['name']]})", (node["name"],))

    def _named(self, node: Node) -> Part:
        return self.part(node["of"])

    def _add(self, node: Node) -> Part:
        parts = [self.part(term["of"] if term["kind"] == "negate" else term) for term in node["terms"]]
        code = ""
        for k, (term, part) in enumerate(zip(node["terms"], self.align(parts), strict=True)):
            negative = term["kind"] == "negate"
            text = part.within(PRODUCT) if negative or (k and part.holds == SIGN) else part.code
            if k and part.holds == SIGN:
                text = f"({part.code})"
            code += f" {'-' if negative else '+'} {text}" if k else f"{'-' if negative else ''}{text}"
        return Part(code, self._union(parts), SUM, _constant(parts))

    def _negate(self, node: Node) -> Part:
        inside = self.part(node["of"])
        return Part(f"-{inside.within(POWER)}", inside.axes, SIGN, inside.constant)

    def _multiply(self, node: Node) -> Part:
        parts = [self.part(factor) for factor in node["factors"]]
        code = " * ".join(part.within(POWER) for part in self.align(parts))
        return Part(code, self._union(parts), PRODUCT, _constant(parts))

    def _divide(self, node: Node) -> Part:
        parts = [self.part(node["top"]), self.part(node["bottom"])]
        top, bottom = self.align(parts)
        return Part(f"{top.within(PRODUCT)} / {bottom.within(POWER)}", self._union(parts), PRODUCT, _constant(parts))

    def _power(self, node: Node) -> Part:
        parts = [self.part(node["base"]), self.part(node["exponent"])]
        base, exponent = self.align(parts)
        return Part(f"{base.within(ATOM)} ** {exponent.within(ATOM)}", self._union(parts), POWER)

    def _call(self, node: Node) -> Part:
        parts = [self.part(argument) for argument in node["of"]]
        function = node["function"]
        if _constant(parts):
            named = self.dialect.functions if self.dialect.numbers is None else self.dialect.numbers
            return Part(f"{named[function]}({', '.join(part.code for part in parts)})", constant=True)
        arguments = [self._lifted(part) if len(parts) > 1 else part.code for part in self.align(parts)]
        return Part(f"{self.dialect.functions[function]}({', '.join(arguments)})", self._union(parts))

    def _choose(self, node: Node) -> Part:
        parts = [self.part(node[name]) for name in ("left", "right", "then", "otherwise")]
        left, right, then, otherwise = self.align(parts)
        condition = f"{left.code} {RELATIONS[node['relation']]} {right.code}"
        if not self.dialect.where:
            return Part(f"({then.code} if {condition} else {otherwise.code})")
        code = f"{self.dialect.where}({condition}, {self._lifted(then)}, {self._lifted(otherwise)})"
        return Part(code, self._union(parts))

    def _lifted(self, part: Part) -> str:
        """A number as an array, where a function wants one."""
        return self.dialect.lift(part.code) if part.constant else part.code

    def _sum(self, node: Node) -> Part:
        product = self._matrix_product(node)
        return product or self._gathered(node, "sum")

    def _maximum(self, node: Node) -> Part:
        return self._gathered(node, "maximum")

    def _gathered(self, node: Node, kind: str) -> Part:
        """A sum or maximum over one letter or, nested straight inside one another, over several."""
        over = []
        inside = node
        while inside["kind"] == kind:
            over.append(inside["over"])
            inside = inside["body"]
            if kind == "sum" and inside["kind"] == kind and self._matrix_product(inside):
                break
        body = self.part(inside)
        places = tuple(body.axes.index(letter) for letter in over)
        axes = tuple(letter for letter in body.axes if letter not in over)
        if kind == "maximum":
            return Part(self.dialect.largest(body.code, places), axes)
        return Part(self.dialect.total(body.code, None if not axes else places), axes)

    def _matrix_product(self, node: Node) -> Part | None:
        """A sum over the product of two matrices' elements as a matrix product, if that is what it is."""
        body = node["body"]
        if body["kind"] != "multiply" or len(body["factors"]) != 2:
            return None
        left, right = body["factors"]
        over = node["over"]
        for factor in (left, right):
            if factor["kind"] != "element" or len(factor["at"]) != 2 or over not in factor["at"]:
                return None
        (row,) = (letter for letter in left["at"] if letter != over)
        (column,) = (letter for letter in right["at"] if letter != over)
        if row == column:
            return None
        if self.letters.index(row) > self.letters.index(column):
            left, right, row, column = right, left, column, row
        first, second = self.bind[left["of"]], self.bind[right["of"]]
        first = first if left["at"][1] == over else self.dialect.turn(first, [1, 0])
        second = second if right["at"][0] == over else self.dialect.turn(second, [1, 0])
        return Part(f"{first} @ {second}", (row, column), PRODUCT)


def _extent(name: str, axis: int) -> str:
    return f"len({name})" if axis == 0 else f"{name}.shape[{axis}]"


def _constant(parts: Sequence[Part]) -> bool:
    return all(part.constant for part in parts)


def _children(node: Node) -> list[Node]:
    found = []
    for value in node.values():
        if isinstance(value, Mapping):
            found.append(value)
        elif isinstance(value, list):
            found += [each for each in value if isinstance(each, Mapping)]
    return found


def statement(program: engine.Program, call: engine.Call, dialect: Dialect) -> str:
    """One assignment of a program as a line of code."""
    return f"{call.writes} = {Writer(dialect, call.bind).write(program.rule(call))}"


def _numpy_total(code: str, places: tuple[int, ...] | None) -> str:
    if places is None:
        return f"np.sum({code})"
    return f"np.sum({code}, axis={places[0] if len(places) == 1 else places})"


NUMPY = Dialect(
    functions={
        **{name: f"np.{name}" for name in ("exp", "expm1", "log", "log1p", "tanh", "sqrt", "sin", "cos")},
        "abs": "np.abs",
        "sign": "np.sign",
        "floor": "np.floor",
        "max": "np.maximum",
        "min": "np.minimum",
        "erf": "erf",
    },
    total=_numpy_total,
    largest=lambda code, places: f"np.max({code}, axis={places[0] if len(places) == 1 else places})",
    where="np.where",
    count="np.arange",
)

SCALARS = Dialect(
    functions={
        **{name: f"math.{name}" for name in ("exp", "expm1", "log", "log1p", "tanh", "sqrt", "sin", "cos")},
        "floor": "math.floor",
        "erf": "math.erf",
        "abs": "abs",
        "max": "max",
        "min": "min",
    },
    total=lambda code, places: code,
    largest=lambda code, places: code,
    where="",
    count="",
)
"""Numbers rather than arrays: what a schedule or a correction of bias is made of."""


TORCH = Dialect(
    functions={
        **{name: f"torch.{name}" for name in ("exp", "expm1", "log", "log1p", "tanh", "sqrt", "sin", "cos")},
        **{name: f"torch.{name}" for name in ("abs", "sign", "floor", "erf")},
        "max": "torch.maximum",
        "min": "torch.minimum",
    },
    total=lambda code, places: f"torch.sum({code})" if places is None else f"torch.sum({code}, dim={_dims(places)})",
    largest=lambda code, places: f"torch.amax({code}, dim={_dims(places)})",
    where="torch.where",
    count="torch.arange",
    numbers=SCALARS.functions,
    lift=lambda code: f"torch.tensor(float({code}))",
    turn=lambda code, axes: f"{code}.T" if axes == [1, 0] else f"{code}.permute({axes})",
)


def _dims(places: tuple[int, ...]) -> int | tuple[int, ...]:
    return places[0] if len(places) == 1 else places


KERAS = Dialect(
    functions={
        **{name: f"ops.{name}" for name in ("exp", "expm1", "log", "log1p", "tanh", "sqrt", "sin", "cos")},
        **{name: f"ops.{name}" for name in ("abs", "sign", "floor", "erf")},
        "max": "ops.maximum",
        "min": "ops.minimum",
    },
    total=lambda code, places: f"ops.sum({code})" if places is None else f"ops.sum({code}, axis={_dims(places)})",
    largest=lambda code, places: f"ops.max({code}, axis={_dims(places)})",
    where="ops.where",
    count="ops.arange",
    numbers=SCALARS.functions,
    lift=lambda code: f'ops.cast({code}, "float64")',
    turn=lambda code, axes: f"ops.transpose({code}, {axes})",
)
