"""Sentences: one for every number, in every language, that can only be heard one way."""

from __future__ import annotations

import re

import numpy as np
import pytest

from engine import LANGUAGES, QUANTITIES, explain
from engine.rules.expression import Call, absolute, exp, expm1, floor, larger, log, log1p, operands, smaller, sqrt, tanh
from engine.rules.rule import FUNCTIONS, Environment
from engine.rules.speech import SPOKEN_TERMS, WORDS, Speaker, speak_number, subject
from tests.engine.helpers import SPECS, cases, dense, fresh_run, registry_specs, small

DOCUMENTS = {name: document for name, document in (registry_specs() | SPECS).items() if document}
ENDS = {"en": ".", "zh": "。"}
STRANGE = {"layers": [dense(3, "relu"), dense(1)], "optimizer": {"kind": "sgd", "learning_rate": 1e300}}


def sentences(document, language, step=0):
    """The sentence of the first and last cell of every value of a step."""
    trace = fresh_run(document).trace(step)
    for name, array in trace.values.items():
        for index in {tuple(0 for _ in array.shape), tuple(extent - 1 for extent in array.shape)}:
            yield name, index, explain(trace, name, index, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("document", **cases(DOCUMENTS | {"diverging": STRANGE}))
def test_every_number_has_a_sentence(document, language):
    for name, index, found in sentences(document, language):
        said = found.sentence
        where = f"{name}{index}: {said}"
        assert said.endswith(ENDS[language]), where
        assert said.count(ENDS[language]) == 1 or language == "en", where
        assert not re.search(r"[{}\[\]_\\^·−]|  |None", said), where
        assert speak_number(found.value, language) in said, where
        assert said.startswith(subject(name, index, language)), where


@pytest.mark.parametrize("document", **cases(DOCUMENTS))
def test_a_sentence_uses_words_not_code(document):
    for name, index, found in sentences(document, "en"):
        assert not re.search(r"log1p|\babs\b|\bexp\b|\bmax\b", found.sentence), f"{name}{index}: {found.sentence}"
    for name, index, found in sentences(document, "zh"):
        english = set(re.findall(r"[A-Za-z]{2,}", found.sentence)) - {"tanh", "NaN"}
        assert not english, f"{name}{index}: {english} in {found.sentence}"


@pytest.mark.parametrize("document", **cases(DOCUMENTS))
def test_no_sign_is_said_twice(document):
    for language, twice in (("en", r"\bminus,? minus\b"), ("zh", r"负的? ?负")):
        for name, index, found in sentences(document, language):
            assert not re.search(twice, found.sentence), f"{name}{index}: {found.sentence}"


SUBJECTS = {
    ("z1", (0, 2)): ("Pre-activation of unit 2 in layer 1, example 0", "样本 0，第 1 层神经元 2 的净输入"),
    ("a0", (3, 1)): ("Input of unit 1 in layer 0, example 3", "样本 3，第 0 层神经元 1 的输入"),
    ("y", (3, 0)): ("Target of unit 0, example 3", "样本 3，神经元 0 的目标"),
    ("b2", (0,)): ("Bias of unit 0 in layer 2", "第 2 层神经元 0 的偏置"),
    ("W1", (3, 1)): ("Weight of unit 3 in layer 1 from unit 1", "第 1 层神经元 3 的权重（来自神经元 1）"),
    ("delta2", (9, 0)): ("Error term of unit 0 in layer 2, example 9", "样本 9，第 2 层神经元 0 的误差项"),
    ("loss", ()): ("Loss", "损失"),
    ("learning_rate", ()): ("Learning rate", "学习率"),
}


@pytest.mark.parametrize(("cell", "said"), SUBJECTS.items(), ids=[cell[0] for cell in SUBJECTS])
def test_a_cell_is_called_by_what_it_is_and_where_it_stands(cell, said):
    assert (subject(*cell, "en"), subject(*cell, "zh")) == said


def test_every_quantity_has_words_in_every_language():
    assert set(WORDS) == set(LANGUAGES)
    for quantity in QUANTITIES.values():
        for language in LANGUAGES:
            assert quantity.label[language].strip()
            assert quantity.meaning[language].strip().endswith(ENDS[language])
    labels = [quantity.label.zh for quantity in QUANTITIES.values()]
    assert len(labels) == len(set(labels)), "two quantities have the same name"


@pytest.mark.parametrize(
    ("value", "digits"),
    [(0.5, "0.5"), (12.0, "12"), (0.123456, "0.1235"), (0.0, "0"), (-0.0, "0"), (1e-7, "1"), (2.5e9, "2.5")],
)
def test_a_number_is_said_with_four_digits(value, digits):
    for language in LANGUAGES:
        said, opposite = speak_number(value, language), speak_number(-value, language)
        assert re.match(rf"{re.escape(digits)}(?!\d)", said), said
        assert (said != opposite) == (value != 0), f"{value} and its opposite sound alike"
        assert opposite.endswith(said)
    assert "10" in speak_number(1e-7, "en")
    assert "minus 7" in speak_number(1e-7, "en") or "negative 7" in speak_number(1e-7, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_finite_can_be_said(language):
    said = [speak_number(value, language) for value in (np.nan, np.inf, -np.inf)]
    assert len(set(said)) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_sums_are_cut_and_the_rest_counted(language):
    found = fresh_run({"data": small(SPOKEN_TERMS + 7, 1, 2), "layers": [dense(1)]}).explain(0, "z1", (0, 0), language)
    assert "7" in found.sentence
    times = WORDS[language].times.strip()
    assert found.sentence.count(times) == SPOKEN_TERMS
    short = fresh_run({"data": small(SPOKEN_TERMS, 1, 2), "layers": [dense(1)]}).explain(0, "z1", (0, 0), language)
    assert short.sentence.count(times) == SPOKEN_TERMS


def test_a_sentence_says_what_it_is_how_it_came_about_and_what_it_came_to():
    run = fresh_run(
        {
            "data": {"kind": "inline", "x": [[2.0]], "y": [[9.0]]},
            "layers": [dense(1)],
            "parameters": {"W1": [[3.0]], "b1": [1.0]},
        }
    )
    assert run.explain(0, "z1", (0, 0)).sentence == (
        "Pre-activation of unit 0 in layer 1, example 0: 3 times 2, plus 1; that is 7."
    )
    assert run.explain(0, "z1", (0, 0), "zh").sentence == "样本 0，第 1 层神经元 0 的净输入：3 乘以 2，加 1；等于 7。"
    assert run.explain(0, "W1", (0, 0)).sentence == "Weight of unit 0 in layer 1 from unit 0 is 3."
    assert run.explain(0, "W1", (0, 0), "zh").sentence == "第 1 层神经元 0 的权重（来自神经元 0）为 3。"


# Heard one way only: the words for an expression are distinct from the words for the other ways to put the brackets.

a, z = (operand["n", "j"] for operand in operands("a z"))
PAIRS = {
    "a product of a sum": (a * (z + 1), a * z + 1),
    "a quotient of a sum": ((a + z) / 3, a + z / 3),
    "a quotient less a number": (a / z - 1, (a / (z - 1))),
    "a quotient by a product": (a / (z * 3), a / z * 3),
    "a power of a sum": ((a + z) ** 2, a + z**2),
    "a power of a product": ((a * z) ** 2, a * z**2),
    "the exponential of a sum": (exp(a + z), exp(a) + z),
    "the exponential of a product": (exp(a * z), exp(a) * z),
    "the exponential of a quotient": (exp(a / z), exp(a) / z),
    "the logarithm of a sum": (log(a + z), log(a) + z),
    "the logarithm of a product": (log(a * z), log(a) * z),
    "the logarithm of one more": (log1p(a), log(a)),
    "the logarithm of one more than a sum": (log1p(a + z), log1p(a) + z),
    "a function of a sum": (tanh(a + z), tanh(a) + z),
    "a function of a product": (tanh(a * z), tanh(a) * z),
    "an absolute value of a difference": (absolute(a - z), absolute(a) - z),
    "the larger of two": (larger(a, z), larger(z, a)),
    "the larger of a sum": (larger(a, z + 1), larger(a, z) + 1),
    "a power less one": (a * expm1(z), a * exp(z) - 1),
    "the smaller or the larger": (smaller(a, z), larger(a, z)),
    "the root of a sum": (sqrt(a + z), sqrt(a) + z),
    "a sum rounded down": (floor(a + z), a + floor(z)),
    "less a difference": (a - (z - 1), a - z - 1),
    "less a sum": (a - (z + 1), a - z + 1),
    "the negative of a sum": (-(a + z), -a + z),
    "the negative of a square": (-(a**2), (-a) ** 2),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("one", "other"), **cases(PAIRS))
def test_two_different_calculations_sound_different(one, other, language):
    values = {"a": np.array([[2.0]]), "z": np.array([[5.0]])}
    speaker = Speaker(Environment(values, {"n": 1, "j": 1}), language)
    heard = [re.sub(r"[,，;；]", "", speaker.say(expr, {"n": 0, "j": 0})) for expr in (one, other)]
    assert heard[0].split() != heard[1].split(), f"both are said as: {heard[0]}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_function_has_words_of_its_own(language):
    assert set(WORDS[language].functions) == set(FUNCTIONS)
    speaker = Speaker(Environment({"a": np.array([[2.0]]), "z": np.array([[5.0]])}, {"n": 1, "j": 1}), language)
    said = {speaker.say(Call(name, (a, z)), {"n": 0, "j": 0}) for name in FUNCTIONS}
    assert len(said) == len(FUNCTIONS)
