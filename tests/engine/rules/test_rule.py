"""The scalar rule of every operation against its kernel, and the rule's own laws."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine import Rule, ShapeError, all_ops, trace
from engine.program.plan import Recorder, assemble
from engine.rules.expression import Choose, Index, Sum, operands
from tests.engine.helpers import (
    SIZES,
    SPECS,
    activation_ops,
    axis_letters,
    cases,
    check_rule,
    check_rule_beyond_numbers,
    indices,
    make_spec,
    operand_shapes,
    operands_for,
    registry_specs,
)

OPS = all_ops() | activation_ops()
EXTREMES = {
    "usual": SIZES,
    "one example": {"n": 1, "j": 4, "i": 2},
    "one unit": {"n": 3, "j": 1, "i": 1},
    "one of everything": {"n": 1, "j": 1, "i": 1},
    "wide": {"n": 2, "j": 9, "i": 17},
}
every_op = pytest.mark.parametrize("op", **cases(OPS))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("sizes", **cases(EXTREMES))
@every_op
def test_the_rule_at_every_index_equals_the_kernel(op, sizes, seed):
    check_rule(op, operands_for(op, seed, sizes))


@pytest.mark.parametrize("size", [0.0, 1e-300, 40.0, 800.0])
@pytest.mark.parametrize("op", **cases({name: op for name, op in OPS.items() if "z" in op.slots}))
def test_kernel_and_rule_stay_finite_and_agree_for_extreme_z(op, size):
    for seed in range(3):
        given = operands_for(op, seed, {"n": 4, "j": 5, "i": 2})
        signs = np.random.default_rng(seed).choice([-1.0, 0.0, 1.0], given["z"].shape)
        given["z"] = signs * size + (given["z"] if seed else 0.0)
        whole = op(**given)
        assert np.isfinite(whole).all(), f"{op.name} at ±{size}: {whole.tolist()}"
        check_rule(op, given)


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf, 1e300, -1e300, 5e-324])
@every_op
def test_kernel_and_rule_agree_where_numbers_stop_being_finite(op, strange):
    check_rule_beyond_numbers(op, strange)


@every_op
def test_a_recorded_kernel_gives_the_bits_of_the_eager_one(op):
    recorder = Recorder()
    shapes = operand_shapes(op)
    arrays = {slot: np.empty(shape) for slot, shape in shapes.items()}
    out = np.full(op.rule.shape(shapes), np.nan)
    run = assemble(recorder.record(op, out, arrays))
    for seed in range(3):
        for slot, value in operands_for(op, seed).items():
            np.copyto(arrays[slot], value)
        run()
        eager = op(**arrays)
        assert out.tobytes() == eager.tobytes(), f"{op.name}: recorded {out}, eager {eager}"


@every_op
def test_a_kernel_writes_to_nothing_but_its_result(op):
    given = operands_for(op, 0)
    for array in given.values():
        array.flags.writeable = False
    op(**given)


@pytest.mark.parametrize("document", **cases(SPECS | registry_specs()))
def test_every_number_of_a_trace_follows_from_its_rule(document):
    spec = make_spec(document, **({} if document else {"data": {"kind": "uniform", "examples": 6}}))
    for step in {0, min(3, spec.steps - 1)}:
        found = trace(spec, step)
        for call in found.frames:
            rule, operands_of = found.program.rule(call), found.operands(call)
            for index in indices(found.values[call.writes].shape):
                kernel, alone = found.cell(call.writes, index), rule.evaluate(operands_of, index)
                assert alone == pytest.approx(kernel, rel=1e-12, abs=1e-14), f"step {step}, {call.writes}{index}"


@every_op
def test_a_rule_survives_json(op):
    text = json.dumps(op.rule.to_json(), allow_nan=False)
    again = Rule.from_json(json.loads(text))
    assert again == op.rule
    assert again.slots == op.rule.slots
    given = operands_for(op, 2)
    index = tuple(0 for _ in op.rule.at)
    assert again.evaluate(given, index) == op.rule.evaluate(given, index)


CHANGES = (lambda v: v + 1, lambda v: v - 1, lambda v: -3 * v, lambda v: v + 10)


@every_op
def test_the_reads_declared_are_the_reads_made(op):
    """Changing any declared cell changes the value, for some operands; changing another never changes anything."""
    sizes = {"n": 2, "j": 3, "i": 2}
    shapes = operand_shapes(op, sizes)
    every_cell = [(slot, cell) for slot, shape in shapes.items() for cell in indices(shape)]
    for index in indices(op.rule.shape(shapes)):
        declared = op.rule.reads(shapes, index)
        assert len(set(declared)) == len(declared), f"{op.name}{index}: a cell is listed twice"
        without_effect = set(declared)
        for seed in range(6):
            given = operands_for(op, seed, sizes)
            before, whole = op.rule.evaluate(given, index), op(**given)[index]
            for slot, cell in every_cell:
                for change in CHANGES[: len(CHANGES) if seed == 0 or (slot, cell) in without_effect else 0]:
                    other = {**given, slot: given[slot].copy()}
                    other[slot][cell] = change(given[slot][cell])
                    after = op.rule.evaluate(other, index)
                    if (slot, cell) not in declared:
                        where = f"{op.name}{index} reads {slot}{cell} undeclared"
                        assert after == before, f"{where}: rule {before} to {after}"
                        assert op(**other)[index] == whole, f"{where}: kernel {whole} to {op(**other)[index]}"
                    if after != before:
                        without_effect.discard((slot, cell))
        if op.name == "step_delta":  # the error times a slope of 0
            continue
        assert not without_effect, f"{op.name}{index} declares {without_effect}, which never matter"


@every_op
def test_the_first_reads_are_the_beginning_of_all_reads(op):
    shapes = operand_shapes(op)
    index = tuple(0 for _ in op.rule.at)
    everything = op.rule.reads(shapes, index)
    for most in (1, 2, len(everything), len(everything) + 5):
        assert op.rule.reads(shapes, index, most) == everything[:most]


SHARED = {
    f"{name} {first} {second}": (op, first, second, axis)
    for name, op in OPS.items()
    for letters in [axis_letters(op.rule)]
    for (first, axis), letter in letters.items()
    for (second, _), other in letters.items()
    if first < second and letter == other
}


@pytest.mark.parametrize(("op", "first", "second", "axis"), **cases(SHARED))
def test_operands_that_do_not_fit_are_refused_by_name_and_shape(op, first, second, axis):
    given = operands_for(op, 0)
    given[first] = np.concatenate([given[first], given[first]], axis=axis)
    with pytest.raises(ShapeError) as error:
        op(**given)
    for part in (op.rule.result, first, str(given[first].shape)):
        assert part in error.value.message
    others = {slot for slot in op.slots if slot != first and f"{slot} {given[slot].shape}" in error.value.message}
    assert others, f"the other operand is not named: {error.value.message}"


@every_op
def test_an_operand_with_too_many_axes_is_refused_by_name_and_shape(op):
    for slot in op.slots:
        given = operands_for(op, 0)
        given[slot] = given[slot][np.newaxis]
        with pytest.raises(ShapeError) as error:
            op(**given)
        assert slot in error.value.message
        assert str(given[slot].shape) in error.value.message


def test_of_a_choice_by_indices_only_the_branch_taken_is_read():
    a, z = operands("a z")
    kronecker = Rule("J", ("n", "k", "j"), Choose(Index("k"), "=", Index("j"), a["n", "k"], z["n", "j"]))
    shapes = {"a": (1, 3), "z": (1, 3)}
    assert kronecker.reads(shapes, (0, 2, 2)) == [("a", (0, 2))]
    assert kronecker.reads(shapes, (0, 2, 1)) == [("z", (0, 1))]
    by_numbers = Rule("r", ("n", "j"), Choose(a["n", "j"], ">", Index("j"), a["n", "j"], z["n", "j"]))
    assert by_numbers.reads(shapes, (0, 1)) == [("a", (0, 1)), ("z", (0, 1))]


def test_a_rule_with_a_letter_that_nothing_binds_is_refused():
    (a,) = operands("a")
    with pytest.raises(ValueError, match="k"):
        Rule("z", ("n",), a["n", "k"])
    with pytest.raises(ValueError, match="m"):
        Rule("z", ("n", "m"), a["n", "n"])


def test_a_rule_evaluates_without_a_warning_when_it_overflows():
    (a,) = operands("a")
    rule = Rule("z", (), Sum("n", a["n"] * 1e300) / Sum("n", a["n"] - a["n"]))
    assert np.isinf(rule.evaluate({"a": np.array([1e300, 1e300])}, ()))


class Counted:
    """An array that counts how often its cells are read."""

    def __init__(self, array):
        self.array, self.shape, self.reads = array, array.shape, 0

    def __getitem__(self, index):
        self.reads += 1
        return self.array[index]


@every_op
def test_a_rule_reads_no_cell_more_often_as_arrays_grow(op):
    """Otherwise explaining the loss of a batch would take the cube of its size, and minutes."""

    def reads_per_cell(extent):
        given = operands_for(op, 0, {"n": extent, "j": extent, "i": extent})
        counted = {slot: Counted(array) for slot, array in given.items()}
        index = tuple(0 for _ in op.rule.at)
        assert op.rule.evaluate(counted, index) == op.rule.evaluate(given, index)
        cells = len(op.rule.reads({slot: array.shape for slot, array in given.items()}, index))
        return sum(array.reads for array in counted.values()) / cells

    few, many = reads_per_cell(3), reads_per_cell(12)
    assert many <= 1.5 * few + 1, f"{few:.1f} reads of a cell in small arrays, {many:.1f} in larger ones"
