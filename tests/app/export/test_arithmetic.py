"""A rule as a line of array code computes what the engine computes, for every operation of the catalogue."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.export.arithmetic import NUMPY, statement
from tests.engine.helpers import SPECS, cases, fresh_run, registry_specs

ALL = {**registry_specs(), **SPECS}
NAMES = {"np": np, "len": len, "erf": np.vectorize(math.erf), "__builtins__": {}}


@pytest.mark.parametrize("document", **cases(ALL))
def test_every_line_of_a_step_computes_the_value_it_names(document):
    run = fresh_run(document)
    trace = run.trace(min(2, run.steps - 1))
    values = dict(trace.values)
    for call in trace.frames:
        line = statement(trace.program, call, NUMPY)
        name, _, code = line.partition(" = ")
        assert name == call.writes
        with np.errstate(all="ignore"):
            found = np.asarray(eval(code, NAMES, values))
        expected = trace.values[call.writes]
        assert found.shape == expected.shape, line
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=line)


def test_lines_read_as_one_would_write_them():
    program = fresh_run({}).program
    lines = {call.writes: statement(program, call, NUMPY) for call in program.calls}
    assert lines["z1"] == "z1 = a0 @ W1.T + b1"
    assert lines["a1"] == "a1 = 1 / (1 + np.exp(-z1))"
    assert lines["loss"] == "loss = np.sum((a2 - y) ** 2) / (len(y) * y.shape[1])"
    assert lines["delta1"] == "delta1 = da1 * (a1 * (1 - a1))"
    assert lines["da1"] == "da1 = delta2 @ W2"
    assert lines["dW1"] == "dW1 = delta1.T @ a0"
    assert lines["db1"] == "db1 = np.sum(delta1, axis=0)"
    assert lines["W1_new"] == "W1_new = W1 - learning_rate * dW1"


def test_parts_that_differ_in_axes_meet_by_broadcasting():
    spec = {"data": {"kind": "iris"}, "layers": [{"units": 3, "activation": "softmax"}], "loss": "mse"}
    program = fresh_run(spec).program
    lines = [statement(program, call, NUMPY) for call in program.calls]
    assert any("[:, None]" in line for line in lines)
