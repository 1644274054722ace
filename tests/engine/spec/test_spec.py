"""Specs: what goes in comes out, equal specs are equal to the last bit, and every mistake is named."""

from __future__ import annotations

import dataclasses
import json
import math
import tracemalloc
from copy import deepcopy

import pytest
from hypothesis import given, settings

from engine import (
    DEFAULTS,
    ExperimentSpec,
    LimitError,
    SpecError,
    catalog,
    compile_program,
    cost,
    require_within,
    state_at,
    trace,
)
from tests.engine.helpers import SPECS, assert_same_bits, cases, dense, registry_specs, spec_documents

SEED_EXPERIMENT = {
    "data": {"kind": "uniform", "examples": 100, "inputs": 2, "outputs": 1},
    "layers": [
        {"kind": "dense", "units": 4, "activation": "sigmoid"},
        {"kind": "dense", "units": 1, "activation": "sigmoid"},
    ],
    "loss": "mse",
    "optimizer": {"kind": "sgd", "learning_rate": 0.01},
    "initializer": {"kind": "uniform", "low": -1, "high": 1},
    "batch_size": None,
    "epochs": 1000,
    "seed": 0,
}


# Laws


@given(spec_documents())
def test_a_spec_survives_json(document):
    spec = ExperimentSpec.from_json(document)
    text = json.dumps(spec.to_json(), allow_nan=False)
    again = ExperimentSpec.from_json(json.loads(text))
    assert again == spec
    assert hash(again) == hash(spec)
    assert json.dumps(again.to_json()) == text


@given(spec_documents())
def test_a_completed_spec_says_everything_that_was_asked_for(document):
    completed = ExperimentSpec.from_json(document).to_json()
    assert set(completed) == set(DEFAULTS)

    def kept(asked, found, where):
        if isinstance(asked, dict):
            for name, value in asked.items():
                kept(value, found[name], f"{where}.{name}")
        elif isinstance(asked, list) and not where.endswith(".frozen"):
            assert len(asked) == len(found), where
            for i, (value, other) in enumerate(zip(asked, found, strict=True)):
                kept(value, other, f"{where}[{i}]")
        elif isinstance(asked, list):
            assert set(asked) == set(found), where
        elif isinstance(asked, str) and isinstance(found, dict):
            assert asked == found["kind"], where
        else:
            assert asked == found, f"{where}: asked for {asked!r}, found {found!r}"

    kept(document, completed, "spec")


@given(spec_documents())
def test_the_order_of_fields_does_not_matter(document):
    def turned(value):
        if isinstance(value, dict):
            return {name: turned(value[name]) for name in reversed(value)}
        return [turned(part) for part in value] if isinstance(value, list) else value

    one, other = ExperimentSpec.from_json(document), ExperimentSpec.from_json(turned(document))
    assert one == other
    assert hash(one) == hash(other)
    assert json.dumps(one.to_json()) == json.dumps(other.to_json())


@given(spec_documents())
def test_making_a_spec_leaves_the_document_as_it_was_and_keeps_no_hold_of_it(document):
    before = deepcopy(document)
    spec = ExperimentSpec.from_json(document)
    assert document == before
    completed = json.dumps(spec.to_json())
    document.clear()
    for value in before.values():
        if isinstance(value, dict):
            value.clear()
    assert json.dumps(spec.to_json()) == completed


@given(spec_documents())
@settings(max_examples=50)
def test_every_valid_spec_compiles_and_costs(document):
    spec = ExperimentSpec.from_json(document)
    program = compile_program(spec)
    found = cost(spec)
    assert found.parameters == sum(math.prod(program.values[name].shape) for name in program.parameters)
    assert found.steps == spec.steps == spec.epochs * spec.batches_per_epoch


@pytest.mark.parametrize("document", **cases(SPECS | registry_specs()))
def test_specs_are_immutable_and_can_be_keys(document):
    spec = ExperimentSpec.from_json(document)
    assert {spec: 1}[ExperimentSpec.from_json(spec.to_json())] == 1
    for target in (spec, spec.data, spec.layers[0], spec.optimizer):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(target, dataclasses.fields(target)[0].name, None)


def test_absent_fields_make_the_seed_experiment():
    assert ExperimentSpec.from_json({}) == ExperimentSpec.from_json(SEED_EXPERIMENT)
    assert ExperimentSpec.from_json({}).to_json() == SEED_EXPERIMENT | {
        "data": SEED_EXPERIMENT["data"] | {"test_fraction": 0.0, "scaling": "none", "features": None},
        "layers": [
            layer | {"bias": True, "frozen": [], "initializer": None, "dropout": 0}
            for layer in SEED_EXPERIMENT["layers"]
        ],
        "parameters": {},
        "shuffle": True,
        "reduction": "mean",
        "fused": True,
        "schedule": {"kind": "constant"},
        "clip": {"value": None, "norm": None},
        "penalty": {"l1": 0, "l2": 0},
        "update_order": "together",
        "edits": [],
    }


def test_each_default_alone_changes_nothing():
    for name, value in DEFAULTS.items():
        assert ExperimentSpec.from_json({name: value}) == ExperimentSpec.from_json({}), name


@pytest.mark.parametrize("outputs", [1, 2, 7])
def test_default_layers_end_in_as_many_units_as_the_data_has_outputs(outputs):
    spec = ExperimentSpec.from_json({"data": {"kind": "uniform", "outputs": outputs}})
    assert [layer.units for layer in spec.layers] == [4, outputs]


@pytest.mark.parametrize("entry", **cases({entry.name: entry for entries in catalog().values() for entry in entries}))
def test_the_default_of_every_parameter_is_allowed_and_its_range_enforced(entry):
    for param in entry.params:
        assert param.check("field", param.default) == param.default
        too_small = None if param.minimum is None else param.minimum - 1
        too_large = None if param.maximum is None else param.maximum + 1
        for value in (too_small, too_large):
            if value is not None:
                wrong = int(value) if param.kind == "integer" else float(value)
                with pytest.raises(SpecError) as error:
                    param.check("field", wrong)
                assert (error.value.field, error.value.kind) == ("field", "number")


def test_minus_zero_is_zero_to_the_last_bit():
    def spec(zero):
        return ExperimentSpec.from_json(
            {
                "data": {"kind": "inline", "x": [[zero, 1]], "y": [[zero]]},
                "layers": [dense(1)],
                "optimizer": {"kind": "sgd", "learning_rate": zero},
                "initializer": {"kind": "uniform", "low": zero, "high": 1},
                "parameters": {"W1": [[zero, 2]], "b1": [zero]},
            }
        )

    minus, plus = spec(-0.0), spec(0.0)
    assert minus == plus
    assert hash(minus) == hash(plus)
    assert "-0" not in json.dumps(minus.to_json())
    assert_same_bits("trace", trace(minus, 0).values, trace(plus, 0).values)


def test_whole_numbers_and_their_decimals_make_the_same_spec():
    whole = {"optimizer": {"kind": "sgd", "learning_rate": 1}, "parameters": {"b1": [1, 2, 3, 4]}}
    decimal = {"optimizer": {"kind": "sgd", "learning_rate": 1.0}, "parameters": {"b1": [1.0, 2.0, 3.0, 4.0]}}
    one, other = ExperimentSpec.from_json(whole), ExperimentSpec.from_json(decimal)
    assert one == other
    assert json.dumps(one.to_json()) == json.dumps(other.to_json())


def test_parameters_given_outright_are_the_parameters_of_step_0():
    given_outright = {"W1": [[1, 2], [3, 4], [5, 6], [7, 8]], "b2": [9]}
    before = state_at(ExperimentSpec.from_json({"parameters": given_outright}), 0)
    assert before["W1"].tolist() == given_outright["W1"]
    assert before["b2"].tolist() == given_outright["b2"]
    assert before["W2"].tobytes() == state_at(ExperimentSpec.from_json({}), 0)["W2"].tobytes()


# Mistakes


def inline(x, y):
    return {"data": {"kind": "inline", "x": x, "y": y}, "layers": [dense(1)]}


def layers(**wrong):
    return {"layers": [{"units": 4, "activation": "sigmoid"} | wrong, dense(1)]}


HUGE = 10**400
MISTAKES: dict[str, tuple[object, str, str, str]] = {
    "not an object: list": ([], "spec", "array", "data"),
    "not an object: text": ("{}", "spec", "string", "object"),
    "not an object: null": (None, "spec", "null", "object"),
    "not an object: number": (3, "spec", "number", "object"),
    "not an object: true": (True, "spec", "boolean", "object"),
    "an unknown field": ({"learning_rate": 0.1}, "learning_rate", "number", "optimizer"),
    "an unknown field with a strange name": ({"a b": 1}, "spec", "number", "optimizer"),
    "an unknown field with a long name": ({"x" * 1000: 1}, "spec", "number", "optimizer"),
    "a field whose name is no text": ({3: 1}, "spec", "number", "optimizer"),
    "data: text": ({"data": "xor"}, "data", "string", "uniform"),
    "data: null": ({"data": None}, "data", "null", "inline"),
    "data: list": ({"data": []}, "data", "array", "xor"),
    "data: no kind": ({"data": {}}, "data.kind", "absent", "xor"),
    "data: unknown kind": ({"data": {"kind": "mnist"}}, "data.kind", "string", "inline"),
    "data: kind null": ({"data": {"kind": None}}, "data.kind", "null", "uniform"),
    "data: kind list": ({"data": {"kind": ["xor"]}}, "data.kind", "array", "uniform"),
    "data: kind object": ({"data": {"kind": {}}}, "data.kind", "object", "uniform"),
    "data: kind in capitals": ({"data": {"kind": "XOR"}}, "data.kind", "string", "xor"),
    "data: field of another kind": ({"data": {"kind": "xor", "inputs": 3}}, "data.inputs", "number", "kind"),
    "examples: 0": ({"data": {"kind": "uniform", "examples": 0}}, "data.examples", "number", "1"),
    "examples: negative": ({"data": {"kind": "uniform", "examples": -5}}, "data.examples", "number", "whole"),
    "examples: half": ({"data": {"kind": "uniform", "examples": 2.5}}, "data.examples", "number", "whole"),
    "examples: decimal": ({"data": {"kind": "uniform", "examples": 2.0}}, "data.examples", "number", "whole"),
    "examples: text": ({"data": {"kind": "uniform", "examples": "5"}}, "data.examples", "string", "whole"),
    "examples: true": ({"data": {"kind": "uniform", "examples": True}}, "data.examples", "boolean", "whole"),
    "examples: null": ({"data": {"kind": "uniform", "examples": None}}, "data.examples", "null", "whole"),
    "inputs: 0": ({"data": {"kind": "uniform", "inputs": 0}}, "data.inputs", "number", "1"),
    "outputs: NaN": ({"data": {"kind": "uniform", "outputs": math.nan}}, "data.outputs", "number", "whole"),
    "inline: no x": ({"data": {"kind": "inline", "y": [[1]]}}, "data.x", "absent", "row"),
    "inline: no y": ({"data": {"kind": "inline", "x": [[1]]}}, "data.y", "absent", "row"),
    "inline: x null": (inline(None, [[1]]), "data.x", "null", "row"),
    "inline: x empty": (inline([], []), "data.x", "array", "at least one row"),
    "inline: an empty row": (inline([[]], [[1]]), "data.x[0]", "array", "at least one number"),
    "inline: a row that is no list": (inline([1, 2], [[1], [2]]), "data.x[0]", "number", "list"),
    "inline: uneven rows": (inline([[1, 2], [3]], [[1], [2]]), "data.x[1]", "array", "2"),
    "inline: uneven targets": (inline([[1], [3]], [[1], [2, 3]]), "data.y[1]", "array", "1"),
    "inline: fewer targets": (inline([[1], [2]], [[1]]), "data.y", "array", "2"),
    "inline: text": (inline([["1"]], [[1]]), "data.x[0][0]", "string", "finite"),
    "inline: true": (inline([[True]], [[1]]), "data.x[0][0]", "boolean", "finite"),
    "inline: false as a target": (inline([[1]], [[False]]), "data.y[0][0]", "boolean", "finite"),
    "inline: null": (inline([[1], [None]], [[1], [2]]), "data.x[1][0]", "null", "finite"),
    "inline: NaN": (inline([[math.nan]], [[1]]), "data.x[0][0]", "number", "finite"),
    "inline: infinity": (inline([[1]], [[-math.inf]]), "data.y[0][0]", "number", "finite"),
    "inline: too large a whole number": (inline([[HUGE]], [[1]]), "data.x[0][0]", "number", "finite"),
    "inline: too deep": (inline([[[1]]], [[1]]), "data.x[0][0]", "array", "finite"),
    "inline: unknown field": ({"data": {"kind": "inline", "z": 1}}, "data.z", "number", "x"),
    "layers: text": ({"layers": "x"}, "layers", "string", "list"),
    "layers: null": ({"layers": None}, "layers", "null", "list"),
    "layers: empty": ({"layers": []}, "layers", "array", "at least one"),
    "layers: object": ({"layers": {}}, "layers", "object", "list"),
    "layer: null": ({"layers": [None]}, "layers[0]", "null", "object"),
    "layer: number": ({"layers": [dense(4), 1]}, "layers[1]", "number", "object"),
    "layer: nested lists": ({"layers": [[[[]]]]}, "layers[0]", "array", "object"),
    "layer: unknown field": (layers(size=3), "layers[0].size", "number", "units"),
    "layer: unknown kind": (layers(kind="conv"), "layers[0].kind", "string", "dense"),
    "layer: kind null": (layers(kind=None), "layers[0].kind", "null", "dense"),
    "layer: kind list": (layers(kind=[]), "layers[0].kind", "array", "dense"),
    "units: absent": ({"layers": [{}]}, "layers[0].units", "absent", "whole"),
    "units: 0": (layers(units=0), "layers[0].units", "number", "1"),
    "units: negative": (layers(units=-(10**18)), "layers[0].units", "number", "1"),
    "units: true": (layers(units=True), "layers[0].units", "boolean", "whole"),
    "units: decimal": (layers(units=4.0), "layers[0].units", "number", "whole"),
    "units: text": (layers(units="4"), "layers[0].units", "string", "whole"),
    "units: NaN": (layers(units=math.nan), "layers[0].units", "number", "whole"),
    "units: not the outputs": ({"layers": [dense(3)]}, "layers[0].units", "number", "1"),
    "units: not the outputs of inline data": (inline([[1]], [[1, 2]]), "layers[0].units", "number", "2"),
    "activation: unknown": (layers(activation="swoosh"), "layers[0].activation", "string", "relu"),
    "activation: null": (layers(activation=None), "layers[0].activation", "null", "sigmoid"),
    "activation: object": (layers(activation={"name": "relu"}), "layers[0].activation", "object", "relu"),
    "activation: more": (layers(activation={"kind": "relu", "b": 1}), "layers[0].activation.b", "number", "kind"),
    "bias: 1": (layers(bias=1), "layers[0].bias", "number", "true"),
    "bias: null": (layers(bias=None), "layers[0].bias", "null", "false"),
    "bias: text": (layers(bias="false"), "layers[0].bias", "string", "false"),
    "frozen: true": (layers(frozen=True), "layers[0].frozen", "boolean", "W, b"),
    "frozen: text": (layers(frozen="b"), "layers[0].frozen", "string", "list"),
    "frozen: another name": (layers(frozen=["W", "c"]), "layers[0].frozen[1]", "string", "b"),
    "frozen: no text": (layers(frozen=[None]), "layers[0].frozen[0]", "null", "W"),
    "frozen: a bias that is not there": (layers(bias=False, frozen=["b"]), "layers[0].frozen[0]", "string", "W"),
    "layer initializer: text": (layers(initializer="zeros"), "layers[0].initializer", "string", "zeros"),
    "layer initializer: unknown": (layers(initializer={"kind": "x"}), "layers[0].initializer.kind", "string", "zeros"),
    "layer initializer: high below low": (
        layers(initializer={"kind": "uniform", "low": 2, "high": 1}),
        "layers[0].initializer.high",
        "number",
        "low",
    ),
    "loss: unknown": ({"loss": "hinges"}, "loss", "string", "mse"),
    "loss: null": ({"loss": None}, "loss", "null", "mse"),
    "loss: object": ({"loss": {}}, "loss", "object", "softmax_cross_entropy"),
    "loss: number": ({"loss": 0}, "loss", "number", "mse"),
    "loss: a lone surrogate": ({"loss": "\ud800"}, "loss", "string", "mse"),
    "optimizer: text": ({"optimizer": "sgd"}, "optimizer", "string", "sgd"),
    "optimizer: no kind": ({"optimizer": {"learning_rate": 1}}, "optimizer.kind", "absent", "sgd"),
    "optimizer: unknown kind": ({"optimizer": {"kind": "newton"}}, "optimizer.kind", "string", "sgd"),
    "optimizer: unknown field": ({"optimizer": {"kind": "sgd", "rate": 1}}, "optimizer.rate", "number", "learning"),
    "learning rate: negative": (
        {"optimizer": {"kind": "sgd", "learning_rate": -0.1}},
        "optimizer.learning_rate",
        "number",
        "0",
    ),
    "learning rate: text": (
        {"optimizer": {"kind": "sgd", "learning_rate": "0.1"}},
        "optimizer.learning_rate",
        "string",
        "finite",
    ),
    "learning rate: true": (
        {"optimizer": {"kind": "sgd", "learning_rate": True}},
        "optimizer.learning_rate",
        "boolean",
        "finite",
    ),
    "learning rate: null": (
        {"optimizer": {"kind": "sgd", "learning_rate": None}},
        "optimizer.learning_rate",
        "null",
        "finite",
    ),
    "learning rate: 1e999": (
        {"optimizer": {"kind": "sgd", "learning_rate": 1e999}},
        "optimizer.learning_rate",
        "number",
        "finite",
    ),
    "learning rate: 10**400": (
        {"optimizer": {"kind": "sgd", "learning_rate": HUGE}},
        "optimizer.learning_rate",
        "number",
        "finite",
    ),
    "initializer: null": ({"initializer": None}, "initializer", "null", "zeros"),
    "initializer: unknown kind": ({"initializer": {"kind": "he"}}, "initializer.kind", "string", "zeros"),
    "initializer: high below low": (
        {"initializer": {"kind": "uniform", "low": 0.5, "high": 0.25}},
        "initializer.high",
        "number",
        "at least",
    ),
    "initializer: low too low": (
        {"initializer": {"kind": "uniform", "low": -1e7}},
        "initializer.low",
        "number",
        "from",
    ),
    "initializer: NaN": ({"initializer": {"kind": "uniform", "low": math.nan}}, "initializer.low", "number", "finite"),
    "parameters: list": ({"parameters": []}, "parameters", "array", "W1"),
    "parameters: null": ({"parameters": None}, "parameters", "null", "W1"),
    "parameters: of a layer that is not there": ({"parameters": {"W3": [[1]]}}, "parameters.W3", "array", "W2"),
    "parameters: of a bias that is not there": (
        layers(bias=False) | {"parameters": {"b1": [1]}},
        "parameters.b1",
        "array",
        "W1",
    ),
    "parameters: a number": ({"parameters": {"b2": 1}}, "parameters.b2", "number", "1 numbers"),
    "parameters: too short": ({"parameters": {"b1": [1, 2, 3]}}, "parameters.b1", "array", "4"),
    "parameters: too many rows": ({"parameters": {"W2": [[1, 2, 3, 4]] * 2}}, "parameters.W2", "array", "1"),
    "parameters: a short row": ({"parameters": {"W1": [[1, 2], [1], [1, 2], [1]]}}, "parameters.W1[1]", "array", "2"),
    "parameters: true": ({"parameters": {"b2": [True]}}, "parameters.b2[0]", "boolean", "finite"),
    "parameters: infinity": ({"parameters": {"W2": [[1, 2, math.inf, 4]]}}, "parameters.W2[0][2]", "number", "finite"),
    "parameters: text": ({"parameters": {"b2": ["a"]}}, "parameters.b2[0]", "string", "finite"),
    "batch size: 0": ({"batch_size": 0}, "batch_size", "number", "null"),
    "batch size: negative": ({"batch_size": -1}, "batch_size", "number", "at least 1"),
    "batch size: decimal": ({"batch_size": 2.0}, "batch_size", "number", "whole"),
    "batch size: true": ({"batch_size": True}, "batch_size", "boolean", "whole"),
    "batch size: text": ({"batch_size": "full"}, "batch_size", "string", "whole"),
    "shuffle: 1": ({"shuffle": 1}, "shuffle", "number", "true"),
    "shuffle: null": ({"shuffle": None}, "shuffle", "null", "false"),
    "epochs: 0": ({"epochs": 0}, "epochs", "number", "1"),
    "epochs: null": ({"epochs": None}, "epochs", "null", "whole"),
    "epochs: half": ({"epochs": 0.5}, "epochs", "number", "whole"),
    "epochs: true": ({"epochs": True}, "epochs", "boolean", "whole"),
    "epochs: infinity": ({"epochs": math.inf}, "epochs", "number", "whole"),
    "seed: negative": ({"seed": -1}, "seed", "number", "0"),
    "seed: too large": ({"seed": 2**53}, "seed", "number", str(2**53 - 1)),
    "seed: enormous": ({"seed": HUGE}, "seed", "number", str(2**53 - 1)),
    "seed: false": ({"seed": False}, "seed", "boolean", "whole"),
    "seed: text": ({"seed": "0"}, "seed", "string", "whole"),
    "seed: null": ({"seed": None}, "seed", "null", "whole"),
}


@pytest.mark.parametrize(("document", "field", "kind", "word"), **cases(MISTAKES))
def test_a_mistake_is_named_with_its_field_its_kind_and_what_is_allowed(document, field, kind, word):
    with pytest.raises(SpecError) as error:
        ExperimentSpec.from_json(document)
    found = error.value
    assert (found.field, found.kind) == (field, kind), found.message
    assert word in found.allowed, f"{word!r} is not in {found.allowed!r}"
    assert found.message.startswith(f"{field}: got ")
    assert found.message.isprintable()
    assert len(found.message) - len(found.allowed) < 400
    found.message.encode("utf-8")


SECRETS = {
    "words": "hunter2 " * 50,
    "lone surrogates": "\ud800" * 60,
    "terminal codes": "\x1b[31m" * 30,
    "markup": "<script>alert(1)</script>" * 9,
    "a long list": ["hunter2"] * 10**5,
    "a large object": {f"hunter{i}": "2" for i in range(1000)},
}


@pytest.mark.parametrize("secret", **cases(SECRETS))
@pytest.mark.parametrize("field", sorted(DEFAULTS))
def test_a_mistake_is_never_echoed_at_length(field, secret):
    with pytest.raises(SpecError) as error:
        ExperimentSpec.from_json({field: secret})
    assert len(error.value.message) - len(error.value.allowed) < 300
    assert error.value.message.isprintable()
    assert error.value.message.count("hunter") <= 5


def test_deeply_nested_lists_are_refused_without_going_down():
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    for document in (
        {"layers": nested},
        {"data": {"kind": "inline", "x": nested, "y": [[1]]}},
        {"parameters": {"W1": nested}},
        {"loss": nested},
        {"seed": nested},
    ):
        with pytest.raises(SpecError):
            ExperimentSpec.from_json(document)


ENORMOUS = {
    "units": {"layers": [dense(10**18), dense(10**18, "relu"), dense(1)]},
    "examples": {"data": {"kind": "uniform", "examples": 10**18}},
    "inputs and outputs": {"data": {"kind": "uniform", "inputs": 10**18, "outputs": 10**18}},
    "batch size and epochs": {"batch_size": 10**18, "epochs": 10**30},
    "mini-batches": {"data": {"kind": "uniform", "examples": 10**18}, "batch_size": 7},
    "four hundred digits": {"layers": [dense(HUGE), dense(1)], "epochs": HUGE},
}


@pytest.mark.parametrize("document", **cases(ENORMOUS))
def test_nothing_is_allocated_however_large_the_numbers(document):
    tracemalloc.start()
    try:
        spec = ExperimentSpec.from_json(document)
        found = cost(spec)
        compile_program(spec)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 500_000, f"{peak} bytes"
    assert max(found.parameters, found.values, found.steps, found.work, found.data) >= 10**18
    with pytest.raises(LimitError) as error:
        require_within(spec, {"parameters": 10**9, "values": 10**9, "data": 10**9, "work": 10**15, "steps": 10**9})
    assert error.value.value > error.value.maximum
    assert len(error.value.message) < 200
    assert error.value.field in DEFAULTS
