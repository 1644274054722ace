"""Arithmetic as plain text: what is printed can be worked out again, and leads to the number."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from engine import AddressError, account, format_address, plain_formula
from tests.engine.helpers import SPECS, cases, fresh_run, indices, registry_specs

SMALL = registry_specs() | {name: document for name, document in SPECS.items() if document}

FUNCTIONS = {
    name: getattr(np, name) for name in ("exp", "tanh", "log1p", "sin", "cos", "sign", "sqrt", "floor", "abs")
} | {"max": np.maximum, "min": np.minimum, "ln": np.log, "erf": np.vectorize(math.erf), "inf": np.inf, "nan": np.nan}


def worked_out(text: str) -> float:
    """What somebody with a calculator makes of a line of arithmetic."""
    text = re.sub(r" \[[^]]*\]", "", text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = text.replace("^", "**").replace("NaN", "nan")
    numbers = re.sub(r"(?<![\w.])(\d[\d.]*(?:e-?\d+)?)", r"float64(\1)", text)
    with np.errstate(all="ignore"):
        return float(eval(numbers, {"__builtins__": {}, "float64": np.float64, **FUNCTIONS}))


@pytest.mark.parametrize("document", **cases(SMALL))
def test_the_arithmetic_that_is_printed_leads_to_the_number(document):
    run = fresh_run(document)
    trace = run.trace(min(2, run.steps - 1))
    for call in trace.frames:
        array = trace.values[call.writes]
        for index in list(indices(array.shape))[:: max(1, array.size // 3)]:
            found = account(trace, call.writes, index, digits=17)
            assert found.address == format_address(call.writes, index)
            assert found.value == trace.cell(call.writes, index)
            if "…" not in found.numbers:
                assert worked_out(found.numbers) == pytest.approx(found.value, rel=1e-9, abs=1e-12, nan_ok=True), (
                    found.address,
                    found.numbers,
                )
            assert found.lines[-1].running == pytest.approx(found.value, rel=1e-9, abs=1e-12, nan_ok=True)
            for line in found.lines:
                assert worked_out(line.numbers) == pytest.approx(line.value, rel=1e-9, abs=1e-12, nan_ok=True)


def test_formulas_and_numbers_read_as_one_would_write_them():
    trace = fresh_run({}).trace(3)
    assert plain_formula(trace.program, "z1") == "z1[n,j] = Σi W1[j,i]*a0[n,i] + b1[j]"
    assert plain_formula(trace.program, "a1") == "a1[n,j] = 1 / (1 + exp(-z1[n,j]))"
    assert plain_formula(trace.program, "loss") == "loss = Σn Σj (a2[n,j] - y[n,j])^2 / (N*K)"
    assert plain_formula(trace.program, "W1_new") == "W1_new[j,i] = W1[j,i] - learning_rate*dW1[j,i]"
    found = account(trace, "z1", (0, 0), digits=3)
    assert found.numbers == "0.697*0.637 + (-0.491)*0.27 + (-3.1e-5)"
    assert [line.symbols for line in found.lines] == ["W1[0,0]*a0[0,0]", "W1[0,1]*a0[0,1]", "b1[0]"]
    assert [line.role for line in account(trace, "delta1", (0, 1)).lines] == ["error", "slope"]


def test_a_kink_says_on_which_side_the_number_lies():
    trace = fresh_run({"data": {"kind": "xor"}, "layers": [{"units": 3, "activation": "relu"}, {"units": 1}]}).trace(0)
    shown = {account(trace, "delta1", index, digits=3).numbers for index in indices((4, 3))}
    assert any("*0 [" in text and "≯ 0]" in text for text in shown)
    assert any("*1 [" in text and " > 0]" in text for text in shown)
    assert plain_formula(trace.program, "delta1").endswith("(1 if z1[n,j] > 0, else 0)")
    assert plain_formula(trace.program, "delta1", "zh").endswith("(若 z1[n,j] > 0 则 1，否则 0)")


def test_long_sums_are_cut_and_their_rest_is_one_line():
    trace = fresh_run({}).trace(0)
    found = account(trace, "dW1", (0, 0), most=3)
    assert found.numbers.count("…") == 1
    assert [line.count for line in found.lines] == [1, 1, 1, 97]
    assert found.lines[-1].running == pytest.approx(found.value)
    whole = account(trace, "loss", (), most=1000)
    assert [line.operation for line in whole.lines] == ["+"] * 100 + ["÷"]


def test_what_was_given_has_no_arithmetic_and_what_is_not_there_is_refused():
    trace = fresh_run({}).trace(0)
    assert account(trace, "W1", (0, 0)).lines == ()
    with pytest.raises(AddressError):
        account(trace, "W1", (9, 9))
    with pytest.raises(AddressError):
        account(trace, "nothing", ())
