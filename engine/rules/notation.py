"""Formulas: an expression typeset as LaTeX or MathML, with letters, with concrete indices, or with numbers.

An expression is first laid out as a small tree of marks (rows, fractions, subscripts), then either printer writes that
tree. Every mark that stands for a node of the rule carries the node's id: "e" for the whole, "e.0" for its first part,
"e.0@3" for the term of a sum where the letter is 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
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
from engine.rules.marks import Mark, brackets, identifier, index_parts, letter, operator, row, scripts, spell
from engine.rules.quantities import format_address, parse_name
from engine.rules.rule import Array, Environment, Rule, branch

UNROLLED = 6
"""Sums of at most this many terms are written out when numbers are put in; of longer ones, the ends."""


def number(value: float, node: str = "", address: str = "", digits: int = 5) -> Mark:
    """A number to so many significant digits; a power of ten is typeset as one."""
    head, power, exponent = show_number(value, digits).partition("·10^")
    if not power:
        return Mark("n", head, node=node, address=address)
    ten = Mark("sup", parts=(Mark("n", "10"), Mark("n", exponent)))
    return Mark("row", parts=(Mark("n", head), operator("·"), ten), node=node, address=address)


def show_number(value: float, digits: int = 5) -> str:
    """A number for people: significant digits, a real minus sign, a power of ten where it is needed."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "−∞"
    text = f"{value + 0.0:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    if exponent:
        text = f"{mantissa}·10^{int(exponent)}"
    return text.replace("-", "−")


def symbol(name: str, index: tuple[str, ...], language: str = "en", node: str = "", address: str = "") -> Mark:
    """The symbol of a program's name: δ with layer above and indices below; ∂L/∂W for a gradient."""
    quantity, layer = parse_name(name)
    base, own_below, own_above = spell(quantity.symbol)
    above = own_above + (f"({layer})" if layer is not None and quantity.layered else "")
    if quantity.new:
        above += " new" if language == "en" else " 新"
    mark = scripts(base, ",".join(part for part in (own_below, quantity.of or "", *index) if part), above.strip())
    if quantity.over is not None:
        mark = Mark("frac", parts=(row(operator("∂"), identifier("L")), row(operator("∂"), mark)), style="derivative")
    return Mark(mark.kind, mark.text, mark.parts, node, address, mark.style)


@dataclass(frozen=True)
class Formula:
    """How to lay out the body of a rule: names for slots, indices for letters, and numbers if they are wanted."""

    bind: Mapping[str, str]
    language: str = "en"
    values: Mapping[str, Array] | None = None
    environment: Environment | None = None

    def lay_out(self, expr: Expr, at: Mapping[str, int | str], node: str = "e") -> Mark:
        """The marks of an expression where the letters stand for `at` (numbers, or the letters themselves)."""
        match expr:
            case Number(value):
                return Mark("i", "π", node=node) if value == pi else number(value, node)
            case Element(of, letters):
                return self._element(of, letters, at, node)
            case Size(of, axis):
                return self._size(of, axis, node)
            case Index(name):
                index = str(at[name])
                return Mark("n", index, node=node) if index.isdecimal() else replace(letter(index), node=node)
            case Sum(over, body) if self.environment is not None:
                return self._unrolled(over, body, at, node)
            case Maximum() if self.environment is not None:
                return number(self._number(expr, at), node)
            case Sum(over, body) | Maximum(over, body):
                inner = self.lay_out(body, {**at, over: over}, f"{node}.0")
                if isinstance(body, Add):
                    inner = brackets(inner)
                big = operator("∑") if isinstance(expr, Sum) else identifier("max")
                return row(Mark("under", parts=(big, letter(over))), inner, node=node)
            case Add(terms):
                return self._added(terms, at, node)
            case Multiply(factors):
                return self._multiplied(factors, at, node)
            case Negate(of):
                inner = self.lay_out(of, at, f"{node}.0")
                inner = brackets(inner) if isinstance(of, Add) or self._shows_minus(of, at) else inner
                return row(operator("−"), inner, node=node)
            case Named(role, of):
                inner = self.lay_out(of, at, f"{node}.0")
                return row(inner, node=node, style=f"role-{role}")
            case Divide(top, bottom):
                above, below = self.lay_out(top, at, f"{node}.0"), self.lay_out(bottom, at, f"{node}.1")
                return Mark("frac", parts=(above, below), node=node)
            case Power(base, exponent):
                inner = self.lay_out(base, at, f"{node}.0")
                marked = inner.kind in ("row", "sup", "subsup", "frac")
                if marked or not isinstance(base, (Element, Number)) or self._shows_minus(base, at):
                    inner = brackets(inner)
                return Mark("sup", parts=(inner, self.lay_out(exponent, at, f"{node}.1")), node=node)
            case Call(function, of):
                return self._called(function, of, at, node)
            case Choose():
                return self._chosen(expr, at, node)
        raise TypeError(f"not an expression: {expr!r}")

    def _number(self, expr: Expr, at: Mapping[str, int | str]) -> float:
        assert self.environment is not None
        return float(self.environment.value(expr, {k: v for k, v in at.items() if isinstance(v, int)}))

    def _bare(self, expr: Expr, at: Mapping[str, int | str]) -> Expr:
        """What is written of an expression: without its name, and of a choice already made the branch taken."""
        if isinstance(expr, Named):
            return self._bare(expr.of, at)
        taken = branch(expr, at) if isinstance(expr, Choose) else None
        return expr if taken is None else self._bare(taken, at)

    def _shows_minus(self, expr: Expr, at: Mapping[str, int | str]) -> bool:
        """Will the expression be written with a minus sign in front?"""
        expr = self._bare(expr, at)
        if isinstance(expr, Number):
            return expr.value < 0
        if isinstance(expr, (Element, Maximum)) and self.environment is not None:
            return show_number(self._number(expr, at)).startswith("−")
        return isinstance(expr, Negate)

    def _element(self, of: str, letters: tuple[str, ...], at: Mapping[str, int | str], node: str) -> Mark:
        index = tuple(at[letter] for letter in letters)
        whole = all(isinstance(i, int) for i in index)
        address = format_address(self.bind[of], tuple(int(i) for i in index)) if whole else ""
        if self.environment is not None and whole:
            return number(self._number(Element(of, letters), at), node, address)
        return symbol(self.bind[of], tuple(map(str, index)), self.language, node, address)

    def _size(self, of: str, axis: int, node: str) -> Mark:
        if self.environment is not None:
            return Mark("n", str(self.environment.values[of].shape[axis]), node=node)
        return Mark("i", "N" if axis == 0 else "K", node=node, style="size")

    def _unrolled(self, over: str, body: Expr, at: Mapping[str, int | str], node: str) -> Mark:
        assert self.environment is not None
        extent = self.environment.extents[over]
        shown = range(extent) if extent <= UNROLLED else (*range(UNROLLED - 2), extent - 1)
        parts: list[Mark] = []
        before = -1
        for i in shown:
            if parts:
                parts.append(operator("+"))
            if i != before + 1:
                parts += [operator("…"), operator("+")]
            inner_at = {**at, over: i}
            inner = self.lay_out(body, inner_at, f"{node}@{i}")
            lone_minus = parts and self._begins_with_minus(body, inner_at)
            parts.append(brackets(inner) if lone_minus or isinstance(body, Add) else inner)
            before = i
        return row(*parts, node=node, style="sum")

    def _added(self, terms: tuple[Expr, ...], at: Mapping[str, int | str], node: str) -> Mark:
        parts: list[Mark] = []
        for k, term in enumerate(terms):
            negative = isinstance(term, Negate)
            inside = term.of if isinstance(term, Negate) else term
            where = f"{node}.{k}.0" if negative else f"{node}.{k}"
            mark = self.lay_out(inside, at, where)
            leads = k == 0 and not negative
            if isinstance(self._bare(inside, at), Add) or (not leads and self._begins_with_minus(inside, at)):
                mark = brackets(mark)
            if negative:
                parts.append(operator("−"))
            elif k:
                parts.append(operator("+"))
            parts.append(mark)
        return row(*parts, node=node)

    def _begins_with_minus(self, expr: Expr, at: Mapping[str, int | str]) -> bool:
        """Would it read badly straight after a plus or minus sign? (A factor with a sign is bracketed anyway.)"""
        bare = self._bare(expr, at)
        if isinstance(bare, Sum) and self.environment is not None:
            return self._begins_with_minus(bare.body, {**at, bare.over: 0})
        return not isinstance(bare, (Multiply, Sum)) and self._shows_minus(bare, at)

    def _multiplied(self, factors: tuple[Expr, ...], at: Mapping[str, int | str], node: str) -> Mark:
        parts: list[Mark] = []
        for k, factor in enumerate(factors):
            mark = self.lay_out(factor, at, f"{node}.{k}")
            bare = self._bare(factor, at)
            compound = isinstance(bare, (Add, Sum, Maximum, Negate, Choose))
            nested = isinstance(factor, Named) and isinstance(bare, Multiply)
            if compound or nested or self._shows_minus(factor, at):
                mark = brackets(mark)
            if parts:
                parts.append(operator("·"))
            parts.append(mark)
        return row(*parts, node=node)

    def _called(self, function: str, of: tuple[Expr, ...], at: Mapping[str, int | str], node: str) -> Mark:
        args = [self.lay_out(part, at, f"{node}.{k}") for k, part in enumerate(of)]
        if function == "exp":
            return Mark("sup", parts=(identifier("e"), args[0]), node=node)
        if function == "expm1":
            power = Mark("sup", parts=(identifier("e"), args[0]))
            return row(operator("("), power, operator("−"), Mark("n", "1"), operator(")"), node=node)
        if function == "abs":
            return row(operator("|"), args[0], operator("|"), node=node)
        if function == "sqrt":
            return Mark("sqrt", parts=(args[0],), node=node)
        if function == "floor":
            return row(operator("⌊"), args[0], operator("⌋"), node=node)
        if function == "log1p":
            return row(identifier("ln"), brackets(row(Mark("n", "1"), operator("+"), args[0])), node=node)
        spread: list[Mark] = []
        for arg in args:
            spread += [operator(","), arg] if spread else [arg]
        name = {"log": "ln", "sign": "sgn"}.get(function, function)
        return row(identifier(name), brackets(row(*spread)), node=node)

    def _chosen(self, expr: Choose, at: Mapping[str, int | str], node: str) -> Mark:
        taken = branch(expr, at)
        if taken is not None:
            return row(self.lay_out(taken, at, f"{node}.{2 if taken is expr.then else 3}"), node=node)
        left, right, then, otherwise = (self.lay_out(part, at, f"{node}.{k}") for k, part in enumerate(expr.children))
        if_word, else_word = {"en": ("if\u00a0", "otherwise"), "zh": ("若\u00a0", "否则")}[self.language]
        sign = {">=": "≥"}.get(expr.relation, expr.relation)
        condition = row(Mark("text", if_word), left, operator(sign), right)
        cases = Mark("table", parts=(row(then, condition), row(otherwise, Mark("text", else_word))))
        return row(operator("{"), cases, node=node)


def rule_formula(
    rule: Rule,
    bind: Mapping[str, str],
    writes: str,
    *,
    index: tuple[int, ...] | None = None,
    language: str = "en",
    values: Mapping[str, Array] | None = None,
) -> Mark:
    """The whole equation of a call: `writes[index] = body`.

    Without `index` the letters stay; with `values` (operands by slot) the right side has numbers in it.
    """
    at: dict[str, int | str] = {letter: letter for letter in rule.at}
    if index is not None:
        at |= dict(zip(rule.at, index, strict=True))
    environment = None
    if values is not None:
        environment = Environment(values, rule.extents({slot: array.shape for slot, array in values.items()}))
    body = Formula(bind, language, values, environment).lay_out(rule.body, at)
    left = symbol(
        writes,
        tuple(str(at[letter]) for letter in rule.at),
        language,
        address=format_address(writes, index) if index is not None else "",
    )
    return row(left, operator("="), body)


def to_mathml(mark: Mark) -> str:
    """A mark as a complete <math> element. Node ids are in data-node, cells in data-address."""
    return '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' + _mathml(mark) + "</math>"


def _mathml(mark: Mark) -> str:
    attributes = "".join(
        f' {key}="{escape(value)}"'
        for key, value in (("data-node", mark.node), ("data-address", mark.address), ("class", mark.style))
        if value
    )
    if mark.kind == "o":
        stretchy = "true" if mark.text == "{" else "false"
        return f'<mo stretchy="{stretchy}"{attributes}>{escape(mark.text)}</mo>'
    if mark.kind in ("i", "n", "text"):
        tag = {"i": "mi", "n": "mn", "text": "mtext"}[mark.kind]
        return f"<{tag}{attributes}>{escape(mark.text)}</{tag}>"
    if mark.kind == "over":
        return f'<mover accent="true"{attributes}>{"".join(map(_mathml, mark.parts))}</mover>'
    if mark.kind == "index":
        return _index(mark.text)
    if mark.kind == "table":
        rows = "".join(
            "<mtr>" + "".join(f"<mtd>{_mathml(part)}</mtd>" for part in line.parts) + "</mtr>" for line in mark.parts
        )
        return f"<mtable{attributes}>{rows}</mtable>"
    return f"<m{mark.kind}{attributes}>{''.join(map(_mathml, mark.parts))}</m{mark.kind}>"


def _index(text: str) -> str:
    pieces = index_parts(text)
    if len(pieces) == 1:
        return _mathml(pieces[0])
    apart = ('<mspace width="0.2em"/>' if k and piece.kind == "text" else "" for k, piece in enumerate(pieces))
    return f"<mrow>{''.join(gap + _mathml(piece) for gap, piece in zip(apart, pieces, strict=True))}</mrow>"


_LATEX_WORDS = {
    "∑": r"\sum", "·": r"\cdot ", "−": "-", "∂": r"\partial ", "…": r"\dots ", "≥": r"\ge ", "{": r"\{",
    "∞": r"\infty ", "δ": r"\delta ", "η": r"\eta ", "π": r"\pi ", "max": r"\max ", "min": r"\min ", "ln": r"\ln ",
    "tanh": r"\tanh ", "sin": r"\sin ", "cos": r"\cos ", "erf": r"\operatorname{erf} ",
    "sgn": r"\operatorname{sgn} ", "⌊": r"\lfloor ", "⌋": r"\rfloor ", "α": r"\alpha ", "ε": r"\varepsilon ",
    "ρ": r"\rho ", "μ": r"\mu ", "λ": r"\lambda ", "ψ": r"\psi ", "β": r"\beta ", "Π": r"\Pi ", "‖": r"\Vert ",
    "′": r"\prime ",
}  # fmt: skip


def to_latex(mark: Mark) -> str:
    """A mark as LaTeX."""
    parts = [to_latex(part) for part in mark.parts] if mark.kind != "table" else []
    match mark.kind:
        case "o" | "i":
            return _LATEX_WORDS.get(mark.text, mark.text)
        case "n":
            return mark.text.replace("−", "-").replace("∞", r"\infty")
        case "text":
            return rf"\text{{{mark.text.replace(chr(0xA0), ' ')}}}"
        case "index":
            pieces = index_parts(mark.text)
            words = any(piece.kind == "text" for piece in pieces)
            return rf"\text{{{mark.text}}}" if words else "".join(map(to_latex, pieces))
        case "over":
            return rf"\hat{{{parts[0]}}}"
        case "frac":
            return rf"\frac{{{parts[0]}}}{{{parts[1]}}}"
        case "sqrt":
            return rf"\sqrt{{{parts[0]}}}"
        case "sub":
            return f"{parts[0]}_{{{parts[1]}}}"
        case "sup":
            return f"{{{parts[0]}}}^{{{parts[1]}}}"
        case "subsup":
            return f"{parts[0]}_{{{parts[1]}}}^{{{parts[2]}}}"
        case "under":
            return f"{parts[0]}_{{{parts[1]}}} "
        case "table":
            lines = r" \\ ".join(" & ".join(to_latex(cell) for cell in line.parts) for line in mark.parts)
            return rf"\begin{{array}}{{ll}}{lines}\end{{array}}"
    return " ".join(parts) if len(parts) > 1 else "".join(parts)
