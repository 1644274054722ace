"""Registries and their entries: unique names, complete descriptions, and refusals that list what there is."""

from __future__ import annotations

import re

import numpy as np
import pytest

from engine import LANGUAGES, Entry, Param, Registry, SpecError, Text, UnknownNameError, all_ops, catalog
from engine.activations import ACTIVATIONS
from engine.catalog import REGISTRIES
from engine.data.datasets import DATASETS
from engine.layers import LAYERS
from engine.layers.initializers import INITIALIZERS
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.optimizers.schedules import SCHEDULES
from engine.optimizers.stages import LETTERS
from engine.streams import DATA, NOISE, ORDER, SPLIT, WEIGHTS, stream
from tests.engine.helpers import cases, operand_shapes

ENTRIES = {f"{kind} {entry.name}": entry for kind, entries in catalog().items() for entry in entries}
every_entry = pytest.mark.parametrize("entry", **cases(ENTRIES))
EMPTY = Text("", "")


def entry(name):
    return Entry(name, EMPTY, EMPTY, "", "")


def test_a_name_that_is_taken_is_refused_when_it_is_added():
    registry = Registry("thing", entry("one"))
    with pytest.raises(ValueError, match="thing: one"):
        registry.add(entry("one"))
    with pytest.raises(ValueError, match="thing: two"):
        Registry("thing", entry("two"), entry("two"))


@pytest.mark.parametrize("name", ["two", "", "ONE", None, 3, [], {}, "\ud800" * 100], ids=lambda name: ascii(name)[:12])
def test_an_unknown_name_is_refused_with_the_names_there_are(name):
    registry = Registry("thing", entry("one"), entry("three"))
    with pytest.raises(UnknownNameError) as error:
        registry[name]
    assert error.value.names == ("one", "three")
    assert "one, three" in error.value.message
    assert len(error.value.message) < 400
    assert error.value.message.isprintable()
    assert name not in registry
    assert registry.get(name) is None


def test_a_registry_is_a_mapping_in_the_order_of_its_entries():
    registry = Registry("thing", entry("b"), entry("a"))
    assert list(registry) == ["b", "a"]
    assert len(registry) == 2
    assert [one.name for one in registry.values()] == ["b", "a"]
    assert "a" in registry


@every_entry
def test_an_entry_describes_itself_in_every_language(entry):
    assert re.fullmatch(r"[a-z][a-z0-9_-]*", entry.name), "a name is a word in small letters"
    for language in LANGUAGES:
        assert entry.label[language].strip()
        summary = entry.summary[language].strip()
        assert summary.endswith("。" if language == "zh" else ".")
    assert re.search("[\u4e00-\u9fff]", entry.summary.zh)
    assert not re.search("[\u4e00-\u9fff]", entry.summary.en + entry.label.en)
    assert entry.formula.strip()
    assert entry.formula.count("{") == entry.formula.count("}")
    assert len(entry.source) > 10, "a source says where to look it up"


@every_entry
def test_a_parameter_describes_itself_in_every_language(entry):
    assert len({param.name for param in entry.params}) == len(entry.params)
    for param in entry.params:
        assert param.kind in ("integer", "number", "boolean", "choice", "array", "features")
        assert entry.param(param.name) is param
        for language in LANGUAGES:
            assert param.label[language].strip()
        assert param.allowed
        assert param.choices or param.kind != "choice"
        assert not param.choices or param.kind in ("choice", "features")
        assert len(param.choice_labels) in (0, len(param.choices))
        for label in param.choice_labels:
            assert label.en.strip()
            assert label.zh.strip()
    with pytest.raises(UnknownNameError, match=entry.name):
        entry.param("nothing")


def test_the_catalog_has_every_registry():
    assert set(catalog()) == set(REGISTRIES)
    for name, registry in REGISTRIES.items():
        assert catalog()[name] == tuple(registry.values())
    assert (REGISTRIES["layers"], REGISTRIES["activations"], REGISTRIES["losses"]) == (LAYERS, ACTIVATIONS, LOSSES)
    assert (REGISTRIES["datasets"], REGISTRIES["initializers"]) == (DATASETS, INITIALIZERS)


@pytest.mark.parametrize("op", **cases(all_ops()))
def test_an_operation_describes_itself_in_every_language(op):
    for language in LANGUAGES:
        assert op.label[language].strip()
        assert op.summary[language].strip()
    assert re.search("[\u4e00-\u9fff]", op.summary.zh)
    assert op.source
    assert op.slots == op.rule.slots


def test_what_the_first_catalogue_must_hold():
    assert {"identity", "sigmoid", "tanh", "relu", "softmax"} <= set(ACTIVATIONS)
    assert {"mse", "half_squared_error", "binary_cross_entropy", "softmax_cross_entropy"} <= set(LOSSES)
    optimizers = "sgd momentum nesterov adagrad rmsprop adadelta adam adamw nadam lion"
    assert set(optimizers.split()) <= set(OPTIMIZERS)
    assert {"constant", "step", "exponential", "cosine", "warmup"} <= set(SCHEDULES)
    assert {"uniform", "zeros"} <= set(INITIALIZERS)
    assert {"uniform", "xor"} <= set(DATASETS)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_names_activations_that_exist(name):
    assert set(LOSSES[name].natural_activations) <= set(ACTIVATIONS)
    assert LOSSES[name].reads in ("a", "z")
    assert LOSSES[name].reads in LOSSES[name].require_op().slots


@pytest.mark.parametrize("shape", [(1, 1), (4, 2), (1, 9), (30, 50)], ids=str)
@pytest.mark.parametrize("name", INITIALIZERS)
def test_an_initializer_draws_the_shape_it_is_asked_for_and_the_same_again(name, shape):
    params = {param.name: param.default for param in INITIALIZERS[name].params}
    drawn = INITIALIZERS[name].draw(stream(5, WEIGHTS, 1), shape, params)
    assert drawn.shape == shape
    assert drawn.dtype == np.float64
    assert np.isfinite(drawn).all()
    assert drawn.tobytes() == INITIALIZERS[name].draw(stream(5, WEIGHTS, 1), shape, params).tobytes()


def test_every_purpose_seed_and_place_has_a_stream_of_its_own():
    places = [
        (DATA,),
        (SPLIT,),
        (NOISE,),
        *((WEIGHTS, layer) for layer in range(1, 9)),
        *((ORDER, epoch) for epoch in range(50)),
    ]
    seen = {}
    for seed in range(20):
        for place in places:
            drawn = stream(seed, *place).random(2).tobytes()
            assert drawn not in seen, f"seed {seed} {place} is seed {seen[drawn]}"
            seen[drawn] = (seed, place)


def test_an_update_is_the_same_arithmetic_for_weights_and_biases():
    generator = np.random.default_rng(0)
    for name in OPTIMIZERS:
        for stage in OPTIMIZERS[name].stages:
            bias, weight = (OPTIMIZERS[name].update(stage, rank) for rank in LETTERS)
            assert bias.kernel is weight.kernel
            flat = {
                slot: np.array(generator.uniform(0.1, 0.9, (6,) if shape else ()))
                for slot, shape in operand_shapes(bias).items()
            }
            square = {slot: array.reshape(2, 3) if array.shape else array for slot, array in flat.items()}
            assert bias(**flat).tobytes() == weight(**square).tobytes()


ALLOWED = {
    "whole, from": (Param("p", "integer", 1, EMPTY, minimum=1), "a whole number of at least 1"),
    "whole, between": (Param("p", "integer", 1, EMPTY, minimum=1, maximum=9), "a whole number from 1 to 9"),
    "number": (Param("p", "number", 1.0, EMPTY), "a finite number"),
    "number, above": (Param("p", "number", 1.0, EMPTY, minimum=0, exclusive_minimum=True), "a finite number above 0"),
    "number, up to": (Param("p", "number", 1.0, EMPTY, maximum=2), "a finite number of at most 2"),
    "number, above and up to": (
        Param("p", "number", 1.0, EMPTY, minimum=0, maximum=1, exclusive_minimum=True),
        "a finite number above 0 up to 1",
    ),
    "boolean": (Param("p", "boolean", True, EMPTY), "true or false"),
    "choice": (Param("p", "choice", "a", EMPTY, choices=("a", "b")), "a, b"),
}


@pytest.mark.parametrize(("param", "allowed"), **cases(ALLOWED))
def test_a_parameter_says_in_words_what_it_may_be(param, allowed):
    assert param.allowed == allowed
    assert param.check("here", param.default) == param.default
    with pytest.raises(SpecError) as error:
        param.check("here", object())
    assert (error.value.field, error.value.allowed) == ("here", allowed)


def test_an_exclusive_minimum_is_excluded():
    param = Param("p", "number", 1.0, EMPTY, minimum=0.0, exclusive_minimum=True)
    assert param.check("p", 1e-300) == 1e-300
    for value in (0, 0.0, -0.0, -1):
        with pytest.raises(SpecError):
            param.check("p", value)


@pytest.mark.parametrize("language", ["", "de", None, "en "])
def test_a_text_has_the_languages_of_the_project_and_no_other(language):
    assert Text("yes", "是")["zh"] == "是"
    with pytest.raises(UnknownNameError, match="en, zh"):
        Text("yes", "是")[language]


TUNED = Entry(
    "huber",
    EMPTY,
    EMPTY,
    "",
    "",
    (Param("delta", "number", 1.0, EMPTY), Param("steps", "integer", 3, EMPTY), Param("fast", "boolean", False, EMPTY)),
)
SPELLINGS = {
    "nothing given": (None, "huber"),
    "the default given": ({"delta": 1.0}, "huber"),
    "the default, given as a whole number": ({"delta": 1}, "huber"),
    "another": ({"delta": 2.0}, "huber(delta=2)"),
    "a small one": ({"delta": 1e-9}, "huber(delta=1e-09)"),
    "one with many digits": ({"delta": 0.1 + 0.2}, "huber(delta=0.30000000000000004)"),
    "two, in the order of the parameters": ({"fast": True, "delta": 0.5}, "huber(delta=0.5, fast=True)"),
}


@pytest.mark.parametrize(("given", "name"), **cases(SPELLINGS))
def test_a_name_is_spelled_with_the_parameters_that_are_not_at_their_defaults(given, name):
    assert TUNED.spelled(given) == name


def test_parameters_are_completed_with_their_defaults_and_an_unknown_one_is_refused():
    assert TUNED.complete({"steps": 4}) == {"delta": 1.0, "steps": 4, "fast": False}
    with pytest.raises(UnknownNameError, match="delta, steps, fast"):
        TUNED.complete({"speed": 1})


def test_no_chinese_text_of_an_operation_has_a_space_between_two_chinese_characters():
    texts = [text.zh for op in all_ops().values() for text in (op.label, op.summary)]
    assert len(texts) > 200
    assert [
        text for text in texts if re.search(r"[\u3000-\u9fff\uff00-\uffef] [\u3000-\u9fff\uff00-\uffef]", text)
    ] == []
