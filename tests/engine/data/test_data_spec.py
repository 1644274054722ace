"""The `data` of a spec: completed, written back, and every mistake named before anything is made."""

from __future__ import annotations

import json
import tracemalloc
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import SpecError
from engine.data.data_spec import chosen_features, data_of, extent, held_out_count, raw_inputs, size
from engine.data.datasets import DATASETS
from tests.engine.helpers import cases, choices, inline_data


@given(choices(DATASETS) | inline_data())
def test_data_survive_json(document):
    data = data_of("data", document)
    text = json.dumps(data.to_json(), allow_nan=False)
    again = data_of("data", json.loads(text))
    assert (again, hash(again)) == (data, hash(data))
    assert json.dumps(again.to_json()) == text


@pytest.mark.parametrize("name", DATASETS)
def test_a_completed_data_set_has_every_parameter(name):
    completed = data_of("data", {"kind": name}).to_json()
    assert list(completed) == ["kind", *(param.name for param in DATASETS[name].params)]
    assert completed == json.loads(json.dumps(completed))


def test_completed_inline_data_have_every_field():
    assert data_of("data", {"kind": "inline", "x": [[1]], "y": [[2]]}).to_json() == {
        "kind": "inline",
        "x": [[1.0]],
        "y": [[2.0]],
        "x_test": None,
        "y_test": None,
        "test_fraction": 0.0,
        "scaling": "none",
        "features": None,
        "targets": None,
        "classes": None,
        "x_names": None,
        "y_names": None,
    }
    labelled = data_of(
        "data", {"kind": "inline", "x": [[1], [2]], "y": [0, 1], "x_test": [[3]], "y_test": [1]}
    ).to_json()
    assert (labelled["y"], labelled["y_test"], labelled["targets"]) == ([0, 1], [1], "zero_one")


def test_no_features_are_the_inputs_of_a_set_that_has_few():
    assert data_of("data", {"kind": "circles", "features": None}).to_json()["features"] == ["x0", "x1"]
    assert data_of("data", {"kind": "iris", "features": None}).to_json()["features"] is None
    assert chosen_features(data_of("data", {"kind": "circles"})) is None
    assert chosen_features(data_of("data", {"kind": "circles", "features": ["x1", "x0"]})) == ("x1", "x0")


EXTENTS = {
    "as they are": ({"kind": "uniform", "examples": 100, "inputs": 2, "outputs": 3}, (100, 2, 3), 500),
    "a test part": ({"kind": "uniform", "test_fraction": 0.25}, (75, 2, 1), 300),
    "features": ({"kind": "circles", "examples": 10, "test_fraction": 0, "features": ["x0^2"]}, (10, 1, 1), 40),
    "one output each": ({"kind": "xor", "targets": "one_hot"}, (4, 2, 2), 16),
    "classes from a parameter": ({"kind": "spirals", "examples": 10, "arms": 5, "test_fraction": 0}, (10, 2, 5), 70),
    "inputs from a list": ({"kind": "linear", "weights": [1, 2, 3, 4], "test_fraction": 0}, (100, 4, 1), 500),
    "bits": ({"kind": "parity", "bits": 16}, (65536, 16, 1), 65536 * 17),
    "rows for testing": (
        {"kind": "inline", "x": [[1], [2]], "y": [[1], [2]], "x_test": [[3]], "y_test": [[4]]},
        (2, 1, 1),
        6,
    ),
    "class numbers": ({"kind": "inline", "x": [[1], [2]], "y": [0, 4]}, (2, 1, 5), 12),
    "two classes": ({"kind": "inline", "x": [[1], [2]], "y": [0, 0]}, (2, 1, 1), 4),
    "named classes": ({"kind": "inline", "x": [[1], [2]], "y": [0, 1], "classes": ["a", "b", "c"]}, (2, 1, 3), 8),
    "enormous": (
        {"kind": "uniform", "examples": 10**30, "inputs": 10**20, "outputs": 10**19, "test_fraction": 0.5},
        (10**30 // 2, 10**20, 10**19),
        10**30 * (10**20 + 10**19),
    ),
}


@pytest.mark.parametrize(("document", "wanted", "numbers"), **cases(EXTENTS))
def test_sizes_are_told_without_making_anything(document, wanted, numbers):
    tracemalloc.start()
    try:
        data = data_of("data", document)
        assert (extent(data), size(data)) == (wanted, numbers)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_features_do_not_hide_how_many_inputs_have_to_be_made():
    data = data_of("data", {"kind": "uniform", "inputs": 10**18, "features": ["x0"]})
    assert extent(data) == (100, 1, 1)
    assert raw_inputs(data) == 10**18
    assert size(data) > 10**20


@given(st.integers(1, 10**25), st.floats(0, 0.9))
def test_the_nearest_whole_number_is_held_out_and_never_all(examples, fraction):
    count = held_out_count(examples, fraction)
    assert 0 <= count < examples
    assert abs(count - Fraction(fraction) * examples) <= Fraction(1, 2) or count == examples - 1


def test_a_fraction_is_taken_as_it_is_written():
    assert [held_out_count(10, tenth / 10) for tenth in range(10)] == list(range(10))
    assert [held_out_count(100, percent / 100) for percent in range(91)] == list(range(91))


def inline(**fields):
    return {"kind": "inline", "x": [[1, 2], [3, 4]], "y": [[1], [0]], **fields}


def labelled(**fields):
    return inline(**{"y": [0, 1], **fields})


MISTAKES: dict[str, tuple[object, str, str, str]] = {
    "fraction: 1": ({"kind": "circles", "test_fraction": 1}, "data.test_fraction", "number", "0.9"),
    "fraction: negative": ({"kind": "circles", "test_fraction": -0.1}, "data.test_fraction", "number", "0 to"),
    "scaling: unknown": ({"kind": "circles", "scaling": "log"}, "data.scaling", "string", "minmax"),
    "targets: unknown": ({"kind": "circles", "targets": "words"}, "data.targets", "string", "one_hot"),
    "targets: of a regression": ({"kind": "linear", "targets": "signs"}, "data.targets", "string", "weights"),
    "noise: negative": ({"kind": "moons", "noise": -1}, "data.noise", "number", "0 to"),
    "examples: more than there are": ({"kind": "iris", "examples": 151}, "data.examples", "number", "150"),
    "bits: too many": ({"kind": "parity", "bits": 17}, "data.bits", "number", "16"),
    "arms: one": ({"kind": "spirals", "arms": 1}, "data.arms", "number", "2"),
    "function: unknown": ({"kind": "function", "function": "tan"}, "data.function", "string", "sine"),
    "function: no width": ({"kind": "function", "low": 2, "high": 1}, "data.high", "number", "above low"),
    "weights: none": ({"kind": "linear", "weights": []}, "data.weights", "array", "at least one"),
    "weights: a number": ({"kind": "linear", "weights": 2}, "data.weights", "number", "list"),
    "weights: a word": ({"kind": "linear", "weights": [1, "2"]}, "data.weights[1]", "string", "finite"),
    "features: none": ({"kind": "circles", "features": []}, "data.features", "array", "x0^2"),
    "features: text": ({"kind": "circles", "features": "x0"}, "data.features", "string", "list"),
    "features: a number": ({"kind": "circles", "features": ["x0", 1]}, "data.features[1]", "number", "name"),
    "features: twice": ({"kind": "circles", "features": ["x0", "x0"]}, "data.features[1]", "string", "once"),
    "features: unknown": ({"kind": "circles", "features": ["x0", "exp(x0)"]}, "data.features[1]", "string", "sin(x0)"),
    "features: no such input": ({"kind": "circles", "features": ["x2"]}, "data.features[0]", "string", "x0 to x1"),
    "inline features: no such input": (inline(features=["x0", "x5"]), "data.features[1]", "string", "x0 to x1"),
    "inline features: too large": (
        inline(x=[[1e200, 1], [1, 1]], features=["x0", "x0^2"]),
        "data.features[1]",
        "string",
        "float64",
    ),
    "inline scaling: too wide": (
        inline(x=[[1.5e308, 1], [-1.5e308, 1]], scaling="minmax"),
        "data.scaling",
        "string",
        "none",
    ),
    "inline scaling: unknown": (inline(scaling="x"), "data.scaling", "string", "standard"),
    "inline: unknown field": (inline(noise=1), "data.noise", "number", "x_test"),
    "y: flat decimals": (inline(y=[1.5, 2]), "data.y[0]", "number", "list"),
    "y: flat and mixed": (inline(y=[0, [1]]), "data.y[1]", "array", "class"),
    "y: flat and decimal": (inline(y=[0, 1.0]), "data.y[1]", "number", "class"),
    "y: flat and true": (inline(y=[0, True]), "data.y[1]", "boolean", "class"),
    "y: a class below 0": (inline(y=[0, -1]), "data.y[1]", "number", "0 to 999"),
    "y: a class too many": (inline(y=[0, 1000]), "data.y[1]", "number", "0 to 999"),
    "y: a class for each but one": (inline(y=[0]), "data.y", "array", "2 classes"),
    "targets: of rows": (inline(targets="signs"), "data.targets", "string", "null"),
    "targets: of classes, unknown": (labelled(targets="x"), "data.targets", "string", "signs"),
    "classes: too few": (labelled(y=[0, 2], classes=["a", "b"]), "data.classes", "array", "3 to"),
    "classes: one": (labelled(y=[0, 0], classes=["a"]), "data.classes", "array", "2 to"),
    "classes: of rows, too many": (inline(classes=["a", "b", "c"]), "data.classes", "array", "2 names"),
    "classes: text": (labelled(classes="ab"), "data.classes", "string", "names"),
    "classes: numbers": (labelled(classes=[1, 2]), "data.classes[0]", "number", "printable"),
    "classes: empty": (labelled(classes=["a", ""]), "data.classes[1]", "string", "printable"),
    "classes: half a character": (labelled(classes=["a", "\ud800"]), "data.classes[1]", "string", "printable"),
    "classes: a line break": (labelled(classes=["a", "b\nc"]), "data.classes[1]", "string", "printable"),
    "classes: too long": (labelled(classes=["a", "b" * 101]), "data.classes[1]", "string", "100"),
    "x_names: too few": (inline(x_names=["a"]), "data.x_names", "array", "2 names"),
    "x_names: too many": (inline(x_names=["a", "b", "c"]), "data.x_names", "array", "2 names"),
    "y_names: too many": (inline(y_names=["a", "b"]), "data.y_names", "array", "one name"),
    "x_test: alone": (inline(x_test=[[1, 2]]), "data.y_test", "absent", "row"),
    "y_test: alone": (inline(y_test=[[1]]), "data.x_test", "absent", "y_test"),
    "x_test: empty": (inline(x_test=[], y_test=[]), "data.x_test", "array", "at least one row"),
    "x_test: narrower": (inline(x_test=[[1]], y_test=[[1]]), "data.x_test[0]", "array", "2 numbers, as in x"),
    "y_test: wider": (inline(x_test=[[1, 2]], y_test=[[1, 2]]), "data.y_test[0]", "array", "1 numbers, as in y"),
    "y_test: classes where y has rows": (inline(x_test=[[1, 2]], y_test=[1]), "data.y_test", "array", "rows of"),
    "y_test: rows where y has classes": (labelled(x_test=[[1, 2]], y_test=[[1]]), "data.y_test", "array", "classes"),
    "y_test: fewer": (inline(x_test=[[1, 2], [3, 4]], y_test=[[1]]), "data.y_test", "array", "2 rows"),
    "fraction: beside rows for testing": (
        inline(x_test=[[1, 2]], y_test=[[1]], test_fraction=0.5),
        "data.test_fraction",
        "number",
        "x_test",
    ),
}


@pytest.mark.parametrize(("document", "field", "kind", "word"), **cases(MISTAKES))
def test_a_mistake_is_named_with_its_field_its_kind_and_what_is_allowed(document, field, kind, word):
    with pytest.raises(SpecError) as error:
        data_of("data", document)
    found = error.value
    assert (found.field, found.kind) == (field, kind), found.message
    assert word in found.allowed, f"{word!r} is not in {found.allowed!r}"
    assert found.message.isprintable()
    found.message.encode("utf-8")


def test_many_features_are_checked_at_once():
    names = [f"x{i}" for i in range(100_000)]
    data = data_of("data", {"kind": "uniform", "inputs": 100_000, "features": names})
    assert extent(data)[1] == 100_000
    assert chosen_features(data) is None
