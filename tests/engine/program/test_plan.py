"""Plans: the compiled code has no look-ups left, and every part of memory is where its layout says."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np
import pytest

from engine import Trajectory, all_ops
from engine.optimizers import OPTIMIZERS
from engine.program import compile_program, compiled
from engine.program.plan import ALIGNMENT, Plan, Recorder, assemble, lay_out, state_layout, zeros_aligned
from tests.engine.helpers import SPECS, cases, make_spec, operands_for


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 1000])
def test_a_block_is_zero_and_starts_on_a_cache_line(size):
    block = zeros_aligned(size)
    assert block.shape == (size,)
    assert not block.any()
    assert size == 0 or block.ctypes.data % 64 == 0


def test_groups_are_aligned_and_their_names_lie_end_to_end():
    shapes = {"a": (3,), "b": (2, 2), "c": (), "d": (5,)}
    layout = lay_out([("a", "b"), ("c",), ("d",)], shapes)
    assert layout.offsets == {"a": 0, "b": 3, "c": ALIGNMENT, "d": 2 * ALIGNMENT}
    assert layout.size == 2 * ALIGNMENT + 5
    block = np.arange(float(layout.size))
    views = layout.views(block)
    assert views["b"].tolist() == [[3, 4], [5, 6]]
    assert float(views["c"]) == ALIGNMENT
    views["b"][0, 0] = -1
    assert block[3] == -1


@pytest.mark.parametrize("document", **cases(SPECS))
def test_no_two_values_of_a_plan_share_memory(document):
    program = compile_program(make_spec(document))
    layout = state_layout(program)
    plan = Plan(program, program.batch, layout, zeros_aligned(layout.size))
    assert set(plan.arrays) == set(program.values)
    for nth, (name, array) in enumerate(plan.arrays.items()):
        assert array.shape == program.values[name].shape
        array[...] = nth
    for nth, (name, array) in enumerate(plan.arrays.items()):
        assert (array == nth).all(), f"{name} was written over"


@pytest.mark.parametrize("document", **cases(SPECS))
def test_training_without_looking_skips_what_no_parameter_needs(document):
    """The loss itself is in no gradient, so nobody computes it until someone looks."""
    trajectory = Trajectory(make_spec(document))
    plan = trajectory.plan(0)
    plan.arrays["loss"][...] = np.nan
    plan.run_steps(1)
    assert np.isnan(plan.arrays["loss"])
    plan.run_full()
    assert np.isfinite(plan.arrays["loss"])


def test_straight_line_code_runs_its_instructions_in_order():
    log = []
    run = assemble([(log.append, (1,), {}), (log.append, (2,), {})])
    run()
    assert log == [1, 2]
    repeated = assemble([(log.append, (3,), {})], repeated=True)
    repeated(3)
    assert log == [1, 2, 3, 3, 3]
    assemble([])()
    assemble([], repeated=True)(5)


def test_straight_line_code_passes_named_arguments():
    out = np.zeros(2)
    assemble([(np.maximum, (np.array([-1.0, 2.0]), np.array(0.0)), {"out": out})])()
    assert out.tolist() == [0, 2]


def test_scratch_is_private_to_a_kernel_and_shared_between_kernels():
    recorder, taken = Recorder(), []

    def kernel(do, out, z):
        taken.append((do.scratch((2,)), do.scratch((2,)), do.scratch((3,))))
        do(np.copyto, out, z)

    op = replace(all_ops()["identity"], kernel=kernel)
    for _ in range(2):
        recorder.record(op, np.zeros((1, 1)), {"z": np.zeros((1, 1))})
    first, second = taken
    assert first[0] is not first[1]
    assert all(one is other for one, other in zip(first, second, strict=True))


KEPT = {
    f"{name} {writes} {rank}": (op, "parameter" if writes == "new" else writes.removesuffix("_new"))
    for name, optimizer in OPTIMIZERS.items()
    for (writes, rank), op in optimizer.updates.items()
    if writes == "new" or writes.endswith("_new")
}


@pytest.mark.parametrize(("op", "old"), **cases(KEPT))
def test_what_is_kept_may_be_written_over_its_old_value(op, old):
    given = operands_for(op, 0)
    beside = op(**given)
    recorder = Recorder()
    assemble(recorder.record(op, given[old], given))()
    assert given[old].tobytes() == beside.tobytes()


def test_an_update_that_reads_what_it_has_begun_to_write_over_is_refused(monkeypatch):
    def early(do, out, parameter, gradient, learning_rate):
        do(np.multiply, gradient, learning_rate, out)
        do(np.subtract, parameter, out, out)

    updates = OPTIMIZERS["sgd"].updates
    for key, op in updates.items():
        monkeypatch.setitem(updates, key, replace(op, kernel=early))
    compiled.cache_clear()
    try:
        with pytest.raises(ValueError, match="reads an operand after it has begun to write over it"):
            Trajectory(make_spec({"seed": 99})).go(1)
    finally:
        monkeypatch.undo()
        compiled.cache_clear()


@pytest.mark.parametrize("document", **cases(SPECS))
def test_the_layout_of_the_state_is_the_order_of_the_updates(document):
    program = compile_program(make_spec(document))
    layout = state_layout(program)
    assert list(layout.offsets)[: len(program.updates)] == list(program.updates)
    assert set(layout.offsets) == {*program.parameters, *program.starts}
    ends = [layout.offsets[name] + prod(layout.shapes[name]) for name in layout.offsets]
    assert layout.size == max(ends)


@pytest.mark.parametrize("name", ["sgd", "adam", "nadam"])
def test_a_long_update_in_pieces_gives_the_bits_of_the_whole(name, monkeypatch):
    document = {
        "data": {"kind": "uniform", "examples": 4, "inputs": 30, "outputs": 7},
        "layers": [{"units": 23, "activation": "tanh"}, {"units": 7, "activation": "identity"}],
        "optimizer": {"kind": name},
        "clip": {"value": 0.01},
    }
    whole = Trajectory(make_spec(document)).trace(9)
    monkeypatch.setattr("engine.program.plan.PIECE", 64)
    cut = Trajectory(make_spec(document)).trace(9)
    for value in whole.values:
        assert cut.values[value].tobytes() == whole.values[value].tobytes(), value
