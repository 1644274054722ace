"""The trace of a step: complete on its own, every cell reachable, every frame repeatable from what it reads."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from engine import AddressError, format_address, parse_name, trace
from tests.engine.helpers import SPECS, cases, dense, fresh_run, make_spec, registry_specs, small

ROOT = Path(__file__).resolve().parents[2]
every_spec = pytest.mark.parametrize("document", **cases(SPECS | registry_specs()))


@every_spec
def test_a_trace_holds_every_name_of_its_program_in_order(document):
    found = trace(make_spec(document), 0)
    assert list(found.values) == list(found.program.values)
    assert found.frames == found.program.calls
    assert found.loss == float(found.values["loss"])
    assert found.step == 0


@every_spec
def test_every_frame_follows_from_the_arrays_it_reads(document):
    """The operation, called on the arrays of the trace alone, gives the array of the trace to the last bit."""
    found = trace(make_spec(document), 0)
    for call in found.frames:
        again = found.program.ops[call.op](**found.operands(call))
        kept = found.values[call.writes]
        assert np.allclose(again, kept, rtol=1e-14, atol=1e-16), call.writes
        if found.program.ops[call.op].elementwise:
            assert again.tobytes() == kept.tobytes(), f"{call.writes} is not its operation's result"


@every_spec
def test_a_step_begins_with_the_parameters_the_one_before_ended_with(document):
    run = fresh_run(document)
    for step in range(min(3, run.steps - 1)):
        one, two = run.trace(step), run.trace(step + 1)
        for name in run.program.parameters:
            ended = one.values[run.program.updates.get(name, name)]
            assert two.values[name].tobytes() == ended.tobytes(), f"{name} between steps {step} and {step + 1}"


def test_a_cell_is_one_number():
    found = trace(make_spec({}), 0)
    assert found.cell("z1", (99, 3)) == found.values["z1"][99, 3]
    assert isinstance(found.cell("z1", (0, 0)), float)
    assert found.cell("loss", ()) == found.loss
    assert found.cell("learning_rate", ()) == 0.01


def test_what_was_given_reads_nothing():
    found = trace(make_spec({}), 0)
    for name in ("a0", "y", "W1", "b1", "learning_rate"):
        index = tuple(0 for _ in found.values[name].shape)
        assert found.reads(name, index) == []


def test_reads_are_told_by_the_names_of_the_program():
    found = trace(make_spec({}), 0)
    assert found.reads("a1", (7, 2)) == [("z1", (7, 2))]
    assert found.reads("da1", (7, 2)) == [("W2", (0, 2)), ("delta2", (7, 0))]
    assert found.reads("dW2", (0, 3), most=3) == [("delta2", (0, 0)), ("a1", (0, 3)), ("delta2", (1, 0))]
    assert len(found.reads("loss", ())) == 200
    with pytest.raises(AddressError, match="0 to 3"):
        found.reads("a1", (7, 4))


@pytest.mark.parametrize(
    ("name", "index", "address"),
    [("delta1", (0, 2), "delta1[0,2]"), ("b1", (3,), "b1[3]"), ("loss", (), "loss"), ("W2_new", (0, 1), "W2_new[0,1]")],
)
def test_an_address_is_spelled_the_same_everywhere(name, index, address):
    assert format_address(name, index) == address
    assert len(parse_name(name)[0].axes) == len(index)


def digest(document, step):
    """The bytes of a state, as a word."""
    state = fresh_run(document).state_at(step)
    return sha256(b"".join(array.tobytes() for array in state.values())).hexdigest()


def test_another_process_computes_the_same_bytes():
    names = ["seed", "relu", "softmax and cross-entropy in mini-batches"]
    code = (
        "from tests.engine.helpers import SPECS\n"
        "from tests.engine.program.test_trace import digest\n"
        f"print(*(digest(SPECS[name], 100) for name in {names!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120, cwd=ROOT
    )
    assert done.stdout.split() == [digest(SPECS[name], 100) for name in names]


WIDTHS = {
    "classroom size": (small(64, 10, 128), (64, 64), 20),
    "784 inputs": (small(784, 10, 128), (256, 64), 3),
}


@pytest.mark.parametrize(("data", "widths", "steps"), **cases(WIDTHS))
def test_the_number_of_blas_threads_makes_no_difference(data, widths, steps):
    document = {
        "data": data,
        "layers": [dense(widths[0], "tanh"), dense(widths[1], "relu"), dense(10)],
        "loss": "softmax_cross_entropy",
        "batch_size": 64,
        "initializer": {"kind": "uniform", "low": -0.1, "high": 0.1},
    }
    found = []
    for threads in (1, 2, 1):
        with threadpool_limits(threads):
            before = threads_in_use()
            found.append(digest(document, steps))
            assert threads_in_use() == before, "the engine left another number of threads behind"
    assert len(set(found)) == 1


def threads_in_use():
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
