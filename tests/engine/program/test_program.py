"""Programs: the order of the assignments, and that nothing is computed that nobody needs."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given, settings

from engine import PHASES, ExperimentSpec, UnknownNameError, all_ops, compile_program, parse_name, trace
from engine.losses import LOSSES
from engine.program import compiled
from engine.rules.ops import gradient_of
from tests.engine.helpers import (
    ACTIVATION_NAMES,
    LOSS_NAMES,
    SPECS,
    cases,
    dense,
    make_spec,
    registry_specs,
    small,
    spec_documents,
)


def written(document, phase=None):
    """The names a program assigns, in order."""
    calls = compile_program(make_spec(document)).calls
    return [call.writes for call in calls if phase in (None, call.phase)]


def test_the_assignments_of_the_seed_experiment_are_in_the_documented_order():
    assert written({}, "forward") == ["z1", "a1", "z2", "a2"]
    assert written({}, "loss") == ["loss"]
    assert written({}, "backward") == ["da2", "delta2", "dW2", "db2", "da1", "delta1", "dW1", "db1"]
    assert written({}, "update") == ["W2_new", "b2_new", "W1_new", "b1_new"]
    assert written({}) == [name for phase in PHASES for name in written({}, phase)]


def test_the_assignments_of_the_seed_experiment_read_what_the_conventions_say():
    program = compile_program(make_spec({}))
    assert {call.writes: (call.op, dict(call.bind)) for call in program.calls} == {
        "z1": ("affine", {"W": "W1", "a": "a0", "b": "b1"}),
        "a1": ("sigmoid", {"z": "z1"}),
        "z2": ("affine", {"W": "W2", "a": "a1", "b": "b2"}),
        "a2": ("sigmoid", {"z": "z2"}),
        "loss": ("mse", {"a": "a2", "y": "y"}),
        "da2": ("mse_da", {"a": "a2", "y": "y"}),
        "delta2": ("sigmoid_delta", {"da": "da2", "a": "a2"}),
        "dW2": ("affine_dW", {"delta": "delta2", "a": "a1"}),
        "db2": ("affine_db", {"delta": "delta2"}),
        "da1": ("affine_da", {"W": "W2", "delta": "delta2"}),
        "delta1": ("sigmoid_delta", {"da": "da1", "a": "a1"}),
        "dW1": ("affine_dW", {"delta": "delta1", "a": "a0"}),
        "db1": ("affine_db", {"delta": "delta1"}),
        "W2_new": ("sgd", {"parameter": "W2", "learning_rate": "learning_rate", "gradient": "dW2"}),
        "b2_new": ("sgd_bias", {"parameter": "b2", "learning_rate": "learning_rate", "gradient": "db2"}),
        "W1_new": ("sgd", {"parameter": "W1", "learning_rate": "learning_rate", "gradient": "dW1"}),
        "b1_new": ("sgd_bias", {"parameter": "b1", "learning_rate": "learning_rate", "gradient": "db1"}),
    }


def test_calls_belong_to_the_layer_of_what_they_write():
    program = compile_program(make_spec({}))
    layers = {call.writes: call.layer for call in program.calls}
    assert layers.pop("loss") is None
    assert layers == {name: parse_name(name)[1] for name in layers}


@given(spec_documents())
@settings(max_examples=150)
def test_every_name_is_assigned_once_and_before_it_is_read(document):
    program = compile_program(ExperimentSpec.from_json(document))
    known = {value.name for value in program.values.values() if value.call is None}
    for nth, call in enumerate(program.calls):
        assert call.index == nth
        assert set(call.bind.values()) <= known, f"{call.writes} reads what is not there yet"
        assert call.writes not in known, f"{call.writes} is assigned twice"
        assert list(call.bind) == list(program.ops[call.op].slots)
        assert call.reads == tuple(dict.fromkeys(call.bind.values()))
        known.add(call.writes)
    assert known == set(program.values)
    assert list(program.written) == [call.writes for call in program.calls]
    phases = [PHASES.index(call.phase) for call in program.calls]
    assert phases == sorted(phases), "phases are out of order"


@pytest.mark.parametrize("document", **cases(SPECS | registry_specs()))
def test_the_shapes_a_program_states_are_the_shapes_of_its_trace(document):
    spec = make_spec(document)
    program = compile_program(spec)
    for step in {0, spec.batches_per_epoch - 1}:
        found = trace(spec, step)
        assert {name: array.shape for name, array in found.values.items()} == program.shapes(len(found.batch))
    assert {name: value.shape for name, value in program.values.items()} == program.shapes(spec.batch)


@pytest.mark.parametrize("loss", [name for name in LOSS_NAMES if LOSSES[name].reads == "z"])
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
def test_a_loss_on_logits_writes_the_error_term_itself(activation, loss):
    document = {"data": small(2, 2), "layers": [dense(3, "tanh"), dense(2, activation)], "loss": loss}
    program = compile_program(make_spec(document))
    assert written(document, "forward") == ["z1", "a1", "z2", "a2"]
    assert program.written["loss"].bind == {"z": "z2", "y": "y"} or set(program.written["loss"].reads) == {"z2", "y"}
    assert written(document, "backward") == ["delta2", "dW2", "db2", "da1", "delta1", "dW1", "db1"]
    assert set(program.written["delta2"].reads) == {"z2", "y"}
    assert program.written["delta2"].layer == 2


def test_a_layer_without_bias_names_none():
    document = {"layers": [dense(3, "tanh", bias=False), dense(1, bias=False)]}
    assert written(document) == [
        *("z1", "a1", "z2", "a2", "loss"),
        *("da2", "delta2", "dW2", "da1", "delta1", "dW1"),
        *("W2_new", "W1_new"),
    ]
    assert compile_program(make_spec(document)).parameters == ("W1", "W2")


@pytest.mark.parametrize("frozen", [["W"], ["b"], ["b", "W"]], ids="+".join)
def test_a_frozen_parameter_has_a_gradient_and_no_new_value(frozen):
    document = {"layers": [dense(3, "tanh", frozen=frozen), dense(1)]}
    names = written(document)
    for stem in ("W", "b"):
        assert gradient_of(f"{stem}1") in names
        assert (f"{stem}1_new" in names) == (stem not in frozen)
    assert {"W2_new", "b2_new"} <= set(names)
    spec = make_spec(document)
    first, last = (trace(spec, step).values for step in (0, 5))
    for stem in ("W", "b"):
        assert (first[f"{stem}1"].tobytes() == last[f"{stem}1"].tobytes()) == (stem in frozen)


@pytest.mark.parametrize("depth", range(1, 9))
def test_any_depth_is_the_same_few_assignments_again(depth):
    document = {"layers": [*(dense(2, "tanh") for _ in range(depth - 1)), dense(1, "sigmoid")]}
    forward = [name for k in range(1, depth + 1) for name in (f"z{k}", f"a{k}")]
    backward = [name for k in range(depth, 0, -1) for name in (f"da{k}", f"delta{k}", f"dW{k}", f"db{k}")]
    update = [name for k in range(depth, 0, -1) for name in (f"W{k}_new", f"b{k}_new")]
    assert written(document) == [*forward, "loss", *backward, *update]


@pytest.mark.parametrize(("activation", "loss"), list(product(ACTIVATION_NAMES, LOSS_NAMES)))
def test_gradients_are_taken_only_where_they_are_needed(activation, loss):
    document = {"data": small(2, 2), "layers": [dense(2, activation)] * 2, "loss": loss}
    program = compile_program(make_spec(document))
    given_values = {value.name for value in program.values.values() if value.source in ("batch", "setting")}
    assert given_values == {"a0", "y", "learning_rate"}
    for name in given_values:
        assert gradient_of(name) not in program.values
    read = {name for call in program.calls for name in call.reads}
    unread = [call.writes for call in program.calls if call.phase == "backward" and call.writes not in read]
    assert not unread, f"computed and used by nobody: {unread}"


def test_every_operation_comes_into_some_program_of_the_registries():
    found = set()
    for document in (SPECS | registry_specs()).values():
        found |= set(compile_program(make_spec(document)).ops)
    known = all_ops()
    outside_training = {op.inference.name for op in known.values() if op.inference}
    assert set(known) - found == outside_training
    assert {name for name in found - set(known) if not re.match(r"gradient_norm_|penalty_", name)} == set()


@given(spec_documents())
@settings(max_examples=50)
def test_compiling_again_gives_the_same_program(document):
    spec = ExperimentSpec.from_json(document)
    first = compile_program(spec)
    again = compiled.__wrapped__(spec)
    assert again.calls == first.calls
    assert list(again.values.items()) == list(first.values.items())
    assert (again.parameters, dict(again.updates), dict(again.settings)) == (
        first.parameters,
        dict(first.updates),
        dict(first.settings),
    )


STRANGERS = ["", "z", "z-1", "a 1", "a1 ", "W1_old", "loss1", "y1", "learning_rate2", "δ1", "a" * 999]


@pytest.mark.parametrize("name", STRANGERS)
def test_a_name_no_program_uses_is_refused(name):
    with pytest.raises(UnknownNameError):
        parse_name(name)
