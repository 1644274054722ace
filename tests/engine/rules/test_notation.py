"""Formulas: well-formed whatever the numbers, and what they should be for the operations we know."""

from __future__ import annotations

import re
from itertools import product
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from engine import LANGUAGES, compile_program, explain
from engine.rules.expression import (
    Call,
    Choose,
    Element,
    Index,
    Number,
    cos,
    erf,
    expm1,
    floor,
    operands,
    sign,
    sin,
    smaller,
    sqrt,
)
from engine.rules.marks import letter
from engine.rules.notation import UNROLLED, Formula, rule_formula, show_number, symbol, to_latex, to_mathml
from engine.rules.rule import FUNCTIONS, Environment
from tests.engine.helpers import (
    SPECS,
    cases,
    dense,
    fresh_run,
    make_spec,
    operand_shapes,
    registry_specs,
    small,
)

MATHML = "{http://www.w3.org/1998/Math/MathML}"


def calls():
    """One call of every operation, with its program."""
    found = {}
    for document in (SPECS | registry_specs()).values():
        program = compile_program(make_spec(document))
        for call in program.calls:
            found.setdefault(call.op, (program, call))
    return found


CALLS = calls()
FILLINGS = {
    "usual": lambda draw, shape: draw.normal(size=shape),
    "negative": lambda draw, shape: -draw.random(shape),
    "zeros": lambda draw, shape: np.zeros(shape),
    "minus zeros": lambda draw, shape: -np.zeros(shape),
    "tiny": lambda draw, shape: draw.normal(size=shape) * 1e-9,
    "huge": lambda draw, shape: draw.normal(size=shape) * 1e12,
    "whole": lambda draw, shape: np.round(draw.normal(size=shape) * 10),
    "not finite": lambda draw, shape: draw.choice([np.nan, np.inf, -np.inf, 1.5], shape),
}
every_call = pytest.mark.parametrize(("program", "call"), **cases(CALLS))


def plain(latex):
    """LaTeX with single spaces."""
    return re.sub(r"\s+", " ", latex).strip()


def check_latex(latex):
    depth = 0
    for character in re.sub(r"\\[{}]", "", latex):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0, f"braces: {latex}"
    assert depth == 0, f"braces: {latex}"
    assert latex.count("(") == latex.count(")"), f"brackets: {latex}"
    assert latex.count("|") % 2 == 0, f"bars: {latex}"
    assert latex.count(r"\begin{") == latex.count(r"\end{")
    assert "--" not in latex
    assert "None" not in latex
    assert "$" not in latex
    outside = re.sub(r"\\text\{[^}]*\}", "", latex)
    assert outside.isascii(), f"a symbol is left over: {outside}"


def check_signs(latex):
    """No sign or operator directly before a minus sign."""
    clash = re.search(r"(?:[-+]|\\cdot|\\frac\{[^{}]*\}\{[^{}]*\}\s*-)\s*-", latex)
    assert not clash, f"{clash[0]!r} in {latex}"


def check_mathml(mathml):
    assert "--" not in mathml
    assert "−−" not in mathml
    tree = ET.fromstring(mathml)
    assert tree.tag == f"{MATHML}math"
    nodes = [element.get("data-node") for element in tree.iter() if element.get("data-node")]
    assert len(nodes) == len(set(nodes)), f"a node id comes twice: {sorted(n for n in nodes if nodes.count(n) > 1)}"
    arity = {"msqrt": 1, "mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3}
    for element in tree.iter():
        kind = element.tag.removeprefix(MATHML)
        assert len(element) == arity.get(kind, len(element)), f"{kind} has {len(element)} parts"
        if kind == "mi":
            assert len(element.text) == 1 or element.text.isascii(), f"{element.text} is no single letter"
        if kind in ("mi", "mn", "mo", "mtext"):
            assert element.text, f"an empty {kind} in {mathml}"
            assert not len(element)
        else:
            assert not (element.text or "").strip(), f"text straight inside {kind}"
    return tree


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("index", [False, True], ids=["letters", "indices"])
@every_call
def test_a_formula_is_well_formed(program, call, index, language):
    rule = program.rule(call)
    place = tuple(0 for _ in rule.at) if index else None
    mark = rule_formula(rule, call.bind, call.writes, index=place, language=language)
    check_latex(to_latex(mark))
    check_signs(to_latex(mark))
    check_mathml(to_mathml(mark))


@pytest.mark.parametrize("sizes", [{"n": 2, "j": 2, "i": 3}, {"n": 1, "j": 9, "i": 1}], ids=["small", "wide"])
@pytest.mark.parametrize("fill", **cases(FILLINGS))
@every_call
def test_a_formula_with_numbers_is_well_formed_whatever_the_numbers(program, call, fill, sizes):
    draw = np.random.default_rng(1)
    op = program.ops[call.op]
    for _ in range(4):
        values = {slot: np.array(fill(draw, shape)) for slot, shape in operand_shapes(op, sizes).items()}
        with np.errstate(all="ignore"):
            mark = rule_formula(op.rule, call.bind, call.writes, index=tuple(0 for _ in op.rule.at), values=values)
        check_latex(to_latex(mark))
        check_signs(to_latex(mark))
        check_mathml(to_mathml(mark))


@every_call
def test_a_formula_with_numbers_has_no_letters_left(program, call):
    op = program.ops[call.op]
    draw = np.random.default_rng(0)
    values = {slot: np.array(draw.normal(size=shape)) for slot, shape in operand_shapes(op).items()}
    mark = rule_formula(op.rule, call.bind, call.writes, index=tuple(0 for _ in op.rule.at), values=values)
    right = mark.parts[2]
    words = {element.text for element in ET.fromstring(to_mathml(right)).iter(f"{MATHML}mi")}
    assert words <= {"e", "π", "ln", "max", "min", "tanh", "sin", "cos", "erf", "sgn"}, (
        f"{sorted(words)} in {to_latex(right)}"
    )


@every_call
def test_what_a_formula_points_at_is_what_the_number_reads(program, call):
    """Cells in data-address are cells the rule reads; with numbers in it and short sums, all of them."""
    op = program.ops[call.op]
    shapes = operand_shapes(op, {"n": 2, "j": 3, "i": 2})
    values = {slot: np.full(shape, 0.5) for slot, shape in shapes.items()}
    index = tuple(0 for _ in op.rule.at)
    declared = {
        f"{call.bind[slot]}[{','.join(map(str, at))}]" if at else call.bind[slot]
        for slot, at in op.rule.reads(shapes, index)
    }
    for given in (None, values):
        mark = rule_formula(op.rule, call.bind, call.writes, index=index, values=given)
        tree = ET.fromstring(to_mathml(mark.parts[2]))
        told = {element.get("data-address") for element in tree.iter() if element.get("data-address")}
        assert told <= declared, f"{told - declared} is not read"
        if given is not None:
            assert told == declared, f"{declared - told} is read and not shown"


@pytest.mark.parametrize("document", **cases({name: SPECS[name] for name in SPECS if SPECS[name]}))
def test_the_terms_of_an_explanation_are_nodes_of_its_formula(document):
    run = fresh_run(document)
    trace = run.trace(0)
    for call in trace.frames:
        found = explain(trace, call.writes, tuple(0 for _ in trace.values[call.writes].shape))
        tree = check_mathml(found.mathml_values)
        check_latex(found.latex_values)
        check_signs(found.latex_values)
        nodes = {element.get("data-node") for element in tree.iter()}
        sums = [extent for array in trace.operands(call).values() for extent in array.shape]
        if max(sums, default=0) <= UNROLLED:
            assert {term.id for term in found.terms} <= nodes, f"{found.address}: {[t.id for t in found.terms]}"
        for term in found.terms:
            check_latex(term.latex)
            check_latex(term.latex_values)
            check_mathml(term.mathml)


def test_long_sums_are_cut_in_the_middle_and_keep_their_last_term():
    found = fresh_run({"data": small(UNROLLED + 5, 1, 2), "layers": [dense(1)]}).explain(0, "z1", (0, 0))
    assert found.latex_values.count(r"\dots") == 1
    nodes = re.findall(r'data-node="(e\.0@\d+)"', found.mathml_values)
    assert nodes == [*(f"e.0@{i}" for i in range(UNROLLED - 2)), f"e.0@{UNROLLED + 4}"]
    short = fresh_run({"data": small(UNROLLED, 1, 2), "layers": [dense(1)]}).explain(0, "z1", (0, 0))
    assert r"\dots" not in short.latex_values


LATEX = {
    "affine": r"z_{n,j}^{(1)} = \sum_{i} W_{j,i}^{(1)} \cdot a_{n,i}^{(0)} + b_{j}^{(1)}",
    "linear": r"z_{n,j}^{(2)} = \sum_{i} W_{j,i}^{(2)} \cdot a_{n,i}^{(1)}",
    "identity": r"a_{n,j}^{(1)} = z_{n,j}^{(1)}",
    "sigmoid": r"a_{n,j}^{(1)} = \frac{1}{1 + {e}^{- z_{n,j}^{(1)}}}",
    "tanh": r"a_{n,j}^{(2)} = \tanh ( z_{n,j}^{(2)} )",
    "relu": r"a_{n,j}^{(1)} = \max ( z_{n,j}^{(1)} , 0 )",
    "sigmoid_delta": (
        r"\delta _{n,j}^{(2)} = \frac{\partial L}{\partial a_{n,j}^{(2)}}"
        r" \cdot ( a_{n,j}^{(2)} \cdot ( 1 - a_{n,j}^{(2)} ) )"
    ),
    "tanh_delta": r"\delta _{n,j}^{(2)} = \frac{\partial L}{\partial a_{n,j}^{(2)}} \cdot ( 1 - {( a_{n,j}^{(2)} )}^{2} )",  # noqa: E501
    "affine_dW": r"\frac{\partial L}{\partial W_{j,i}^{(2)}} = \sum_{n} \delta _{n,j}^{(2)} \cdot a_{n,i}^{(1)}",
    "affine_db": r"\frac{\partial L}{\partial b_{j}^{(2)}} = \sum_{n} \delta _{n,j}^{(2)}",
    "affine_da": r"\frac{\partial L}{\partial a_{n,i}^{(1)}} = \sum_{j} W_{j,i}^{(2)} \cdot \delta _{n,j}^{(2)}",
    "sgd": r"W_{j,i}^{\text{(2) new}} = W_{j,i}^{(2)} - \eta \cdot \frac{\partial L}{\partial W_{j,i}^{(2)}}",
    "sgd_bias": r"b_{j}^{\text{(2) new}} = b_{j}^{(2)} - \eta \cdot \frac{\partial L}{\partial b_{j}^{(2)}}",
}


@pytest.mark.parametrize("name", sorted(LATEX))
def test_the_formula_of_a_known_operation_is_the_textbook_one(name):
    program, call = CALLS[name]
    assert plain(to_latex(rule_formula(program.rule(call), call.bind, call.writes))) == LATEX[name]


def test_a_count_has_another_letter_than_every_index():
    for program, call in CALLS.values():
        tree = ET.fromstring(to_mathml(rule_formula(program.rule(call), call.bind, call.writes)))
        counts = {element.text for element in tree.iter() if element.get("class") == "size"}
        indices = {
            inside.text
            for kind, own in (("msub", 1), ("msup", 1), ("msubsup", 1))
            for element in tree.iter(f"{MATHML}{kind}")
            for script in element[own:]
            for inside in script.iter(f"{MATHML}mi")
        }
        assert not counts & indices, f"{call.op}: {counts & indices} counts and numbers at once"


def test_words_in_a_formula_stand_apart_from_what_follows():
    program, call = CALLS["relu_delta"]
    for language, word in (("en", "if"), ("zh", "若")):
        mark = rule_formula(program.rule(call), call.bind, call.writes, language=language)
        apart = rf"\\text\{{{word}[ ~]\}}|\\text\{{{word}\}}\s*(?:\\[ ,;:]|~|\\quad)"
        assert re.search(apart, to_latex(mark)), to_latex(mark)


def formula_with(expr, **values):
    """LaTeX of an expression with numbers in it."""
    arrays = {name: np.array(value) for name, value in values.items()}
    names = {"a": "a1", "z": "z1"}
    return plain(to_latex(Formula(names, "en", arrays, Environment(arrays, {})).lay_out(expr, {"n": 0, "j": 0})))


a, z = (operand["n", "j"] for operand in operands("a z"))
NUMERIC = {
    "minus a negative": (1 - a, {"a": -0.5}, "1 - ( -0.5 )"),
    "plus a negative": (z + a, {"a": -0.5, "z": 2.0}, "2 + ( -0.5 )"),
    "a leading negative": (a + z, {"a": -0.5, "z": 2.0}, "-0.5 + 2"),
    "times a negative": (z * a, {"a": -0.5, "z": 2.0}, r"2 \cdot ( -0.5 )"),
    "a negative to a power": (a**2, {"a": -0.5}, "{( -0.5 )}^{2}"),
    "a small number to a power": (a**2, {"a": 2.5e-7}, r"{( 2.5 \cdot {10}^{-7} )}^{2}"),
    "the negative of a negative": (-a, {"a": -0.5}, "- ( -0.5 )"),
    "a sum inside a product": (z * (1 - a), {"a": 0.5, "z": 2.0}, r"2 \cdot ( 1 - 0.5 )"),
    "the negative of a sum": (-(z + a), {"a": 0.5, "z": 2.0}, "- ( 2 + 0.5 )"),
    "a sum inside a sum": (z - (1 - a), {"a": 0.5, "z": 2.0}, "2 - ( 1 - 0.5 )"),
    "a sum over a product": ((z - a) / (z * a), {"a": 0.5, "z": 2.0}, r"\frac{2 - 0.5}{2 \cdot 0.5}"),
    "a root": (z * sqrt(a + z), {"a": 0.5, "z": 2.0}, r"2 \cdot \sqrt{0.5 + 2}"),
    "a root to a power": (sqrt(a) ** 3, {"a": 0.5}, r"{( \sqrt{0.5} )}^{3}"),
    "a number rounded down": (floor(a) ** 3, {"a": -0.5}, r"{( \lfloor -0.5 \rfloor )}^{3}"),
    "the error function": (erf(a), {"a": -0.5}, r"\operatorname{erf} ( -0.5 )"),
    "a sign": (-sign(a), {"a": -0.5}, r"- \operatorname{sgn} ( -0.5 )"),
    "sine and cosine": (sin(a) - cos(a), {"a": -0.5}, r"\sin ( -0.5 ) - \cos ( -0.5 )"),
    "the smaller": (smaller(a, 0), {"a": -0.5}, r"\min ( -0.5 , 0 )"),
    "a Kronecker delta": (
        Choose(Index("n"), "=", Index("j"), Number(1), Number(0)),
        {"a": 0.5},
        "1",
    ),
    "a Kronecker delta in a sum": (
        z - Choose(Index("n"), "<", Index("j"), Number(1), -(a + 1)) * z,
        {"a": 0.5, "z": 2.0},
        r"2 - ( - ( 0.5 + 1 ) ) \cdot 2",
    ),
    "less one": (z * expm1(-a), {"a": 0.5, "z": 2.0}, r"2 \cdot ( {e}^{- 0.5} - 1 )"),
    "a circle's number": (a * Number(np.pi), {"a": 0.5}, r"0.5 \cdot \pi"),
    "minus zero": (1 - a, {"a": -0.0}, "1 - 0"),
    "infinity": (1 - a, {"a": np.inf}, r"1 - \infty"),
    "minus infinity": (1 - a, {"a": -np.inf}, r"1 - ( -\infty )"),
    "not a number": (z * a, {"a": np.nan, "z": 2.0}, r"2 \cdot NaN"),
}


@pytest.mark.parametrize(("expr", "values", "latex"), **cases(NUMERIC))
def test_numbers_are_bracketed_where_they_must_be(expr, values, latex):
    assert formula_with(expr, **{name: [[value]] for name, value in values.items()}) == latex


def test_a_choice_by_indices_is_made_once_they_are_known():
    kronecker = a * Choose(Index("n"), "=", Index("j"), Number(1), -z)
    shown = {
        at: plain(to_latex(Formula({"a": "a1", "z": "z1"}).lay_out(kronecker, dict(zip("nj", at, strict=True)))))
        for at in (("n", "j"), ("n", 1), (1, 1), (0, 1))
    }
    assert r"\text{if } n = j" in shown["n", "j"]
    assert r"\text{if } n = 1" in shown["n", 1]
    assert shown[1, 1] == r"a_{1,1}^{(1)} \cdot 1"
    assert shown[0, 1] == r"a_{0,1}^{(1)} \cdot ( - z_{0,1}^{(1)} )"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_typeset_well_formed(name):
    call = Call(name, (a, z) if name in ("max", "min") else (a,))
    mark = Formula({"a": "a1", "z": "z1"}).lay_out(call, {"n": "n", "j": "j"})
    check_latex(to_latex(mark))
    check_mathml(to_mathml(mark))


def test_a_constant_below_zero_is_bracketed_too():
    assert formula_with(Element("a", ("n", "j")) * Number(-2.0), a=[[3.0]]) == r"3 \cdot ( -2 )"


NUMBERS = [
    (0.0, "0"),
    (-0.0, "0"),
    (1.0, "1"),
    (-1.0, "−1"),
    (0.1, "0.1"),
    (1 / 3, "0.33333"),
    (-2 / 3, "−0.66667"),
    (12345.0, "12345"),
    (123456.0, "1.2346·10^5"),
    (0.0001, "0.0001"),
    (0.00001234, "1.234·10^−5"),
    (1e100, "1·10^100"),
    (1e-300, "1·10^−300"),
    (0.999999, "1"),
    (-0.000000099999, "−9.9999·10^−8"),
    (float("inf"), "∞"),
    (float("-inf"), "−∞"),
    (float("nan"), "NaN"),
]


@pytest.mark.parametrize(("value", "shown"), NUMBERS, ids=str)
def test_a_number_is_shown_with_a_real_minus_sign_and_powers_of_ten(value, shown):
    assert show_number(value) == shown


SYMBOLS = {
    ("z1", ("n", "j")): r"z_{n,j}^{(1)}",
    ("a0", ("0", "1")): r"a_{0,1}^{(0)}",
    ("y", ("n", "j")): r"y_{n,j}",
    ("b12", ("3",)): r"b_{3}^{(12)}",
    ("loss", ()): "L",
    ("learning_rate", ()): r"\eta",
    ("delta2", ("0", "2")): r"\delta _{0,2}^{(2)}",
    ("da1", ("n", "i")): r"\frac{\partial L}{\partial a_{n,i}^{(1)}}",
    ("dW2", ("j", "i")): r"\frac{\partial L}{\partial W_{j,i}^{(2)}}",
    ("db2", ()): r"\frac{\partial L}{\partial {b}^{(2)}}",
    ("W2_new", ("j", "i")): r"W_{j,i}^{\text{(2) new}}",
}


LETTERS = {
    "m̂": ('<mover accent="true"><mi>m</mi><mo stretchy="false">^</mo></mover>', r"\hat{m}"),
    "β₁": ("<msub><mi>β</mi><mn>1</mn></msub>", r"\beta _{1}"),
    "η₀": ("<msub><mi>η</mi><mn>0</mn></msub>", r"\eta _{0}"),
    "μ⁺": ('<msup><mi>μ</mi><mo stretchy="false">+</mo></msup>', r"{\mu }^{+}"),
    "Πμ": ("<mrow><mi>Π</mi><mi>μ</mi></mrow>", r"\Pi \mu"),
    "‖g‖": (
        '<mrow><mo stretchy="false">‖</mo><mi>g</mi><mo stretchy="false">‖</mo></mrow>',
        r"\Vert g \Vert",
    ),
    "δ": ("<mi>δ</mi>", r"\delta"),
}


@pytest.mark.parametrize("text", LETTERS)
def test_a_letter_is_typeset_from_its_parts(text):
    mathml, latex = LETTERS[text]
    assert to_mathml(letter(text)).removesuffix("</math>").partition(">")[2] == mathml
    assert plain(to_latex(letter(text))) == latex


def test_a_memory_says_above_and_below_what_it_is_of():
    mathml = to_mathml(symbol("m_W2_new", ("0", "1")))
    inside = mathml.partition(">")[2].removesuffix("</math>")
    below = '<mrow><mi>W</mi><mo stretchy="false">,</mo><mn>0</mn><mo stretchy="false">,</mo><mn>1</mn></mrow>'
    assert below in inside
    assert '<mn>2</mn><mo stretchy="false">)</mo><mspace width="0.2em"/><mtext>new</mtext></mrow>' in inside


@pytest.mark.parametrize(("name", "index"), SYMBOLS, ids=lambda part: part if isinstance(part, str) else "")
def test_a_name_has_its_symbol(name, index):
    assert plain(to_latex(symbol(name, index))) == SYMBOLS[name, index]


def test_a_new_value_is_marked_in_the_language_of_the_reader():
    assert "新" in to_latex(symbol("W2_new", ("j", "i"), "zh"))
    for language, text in product(LANGUAGES, ("z1", "delta1", "loss")):
        assert to_latex(symbol(text, (), language)) == to_latex(symbol(text, ()))
