"""The cost of a run is told before anything is made, and is what making it shows."""

from __future__ import annotations

import math
from dataclasses import fields

import pytest
from hypothesis import given, settings

from engine import Cost, ExperimentSpec, LimitError, compile_program, cost, make_split, open_run, require_within
from engine.program.cost import FIELDS
from engine.spec import DEFAULTS
from tests.engine.helpers import SPECS, cases, dense, fresh_run, make_spec, registry_specs, small, spec_documents


@pytest.mark.parametrize("document", **cases(SPECS | registry_specs()))
def test_the_figures_are_what_a_run_holds(document):
    run = fresh_run(document)
    found, trace = cost(run.spec), run.trace(0)
    assert found.parameters == sum(trace.values[name].size for name in run.program.parameters)
    assert found.values == sum(array.size for array in trace.values.values())
    assert found.steps == run.steps
    split = make_split(run.spec.data, run.spec.seed)
    assert found.data == split.x.size + split.y.size + split.x_test.size + split.y_test.size


@given(spec_documents())
@settings(max_examples=200)
def test_the_figures_are_what_the_program_says(document):
    spec = ExperimentSpec.from_json(document)
    program, found = compile_program(spec), cost(spec)
    sizes = {name: math.prod(shape) for name, shape in program.shapes(spec.batch).items()}
    assert found.values == sum(sizes.values())
    assert found.parameters == sum(sizes[name] for name in program.parameters)


def products(spec):
    """Multiplications of the matrix products of one step, counted call by call."""
    program = compile_program(spec)
    shapes = program.shapes(spec.batch)
    return sum(
        shapes[call.writes][0] * shapes[call.writes][1] * shapes[call.bind["a"]][-1]
        for call in program.calls
        if call.op in ("affine", "linear")
    )


def test_the_work_is_three_products_a_layer_and_the_updates():
    spec = make_spec({})
    assert products(spec) == 100 * (2 * 4 + 4 * 1)
    assert cost(spec).work == 1000 * (3 * products(spec) + 2 * 17)


@pytest.mark.parametrize("factor", [2, 3, 10**6])
def test_work_and_steps_grow_with_the_epochs_and_nothing_else_does(factor):
    one, many = cost(make_spec({"epochs": 7})), cost(make_spec({"epochs": 7 * factor}))
    assert (many.work, many.steps) == (factor * one.work, factor * one.steps)
    assert (many.parameters, many.values, many.data) == (one.parameters, one.values, one.data)


def test_smaller_batches_mean_more_steps_and_smaller_traces():
    full, small_batches = (cost(make_spec({"batch_size": size})) for size in (None, 30))
    assert small_batches.steps == 4 * full.steps
    assert small_batches.values < full.values
    assert small_batches.parameters == full.parameters


def test_huge_numbers_are_exact():
    spec = make_spec({"layers": [dense(10**18), dense(1)], "epochs": 10**18})
    assert cost(spec).parameters == 10**18 * 2 + 10**18 + 10**18 + 1
    assert cost(spec).steps == 10**18
    assert isinstance(cost(spec).work, int)


def test_the_first_figure_above_its_limit_is_named_with_the_field_to_change():
    spec = make_spec({})
    assert require_within(spec, {}) == cost(spec)
    assert require_within(spec, {field.name: 10**12 for field in fields(Cost)}) == cost(spec)
    for field in fields(Cost):
        value = getattr(cost(spec), field.name)
        assert require_within(spec, {field.name: value}) == cost(spec)
        with pytest.raises(LimitError) as error:
            require_within(spec, {field.name: value - 1})
        found = error.value
        assert (found.limit, found.value, found.maximum) == (field.name, value, value - 1)
        assert found.field == FIELDS[field.name]
        assert found.field in DEFAULTS
        assert str(value - 1) in found.message


def test_memory_held_is_near_what_the_figures_promise():
    """One plan, the data and the state: nothing else grows with the experiment."""
    spec = make_spec({"data": small(30, 3, 200), "layers": [dense(50, "tanh"), dense(3)]})
    found, run = cost(spec), open_run(spec)
    run.trace(0)
    assert run.trajectory.nbytes <= 8 * 1.2 * (found.values + found.data + 2 * found.parameters) + 10_000
