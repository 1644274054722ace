"""Every derivative of every operation against the operation itself; and the checker against wrong derivatives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import Op, all_ops, catalog
from engine.program import compile_program
from tests.engine.helpers import cases, check_derivative, is_analytic, make_spec, registry_specs

OPS = all_ops()
DERIVATIVES = {f"{op.name} by {slot}": (op, slot) for op in OPS.values() for slot in op.derivatives}
every_derivative = pytest.mark.parametrize(("op", "slot"), **cases(DERIVATIVES))
SHAPES = {
    "usual": {"n": 3, "j": 4, "i": 2},
    "one example": {"n": 1, "j": 3, "i": 5},
    "one unit": {"n": 4, "j": 1, "i": 1},
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sizes", **cases(SHAPES))
@every_derivative
def test_a_derivative_is_the_slope_of_its_function_along_any_direction(op, slot, sizes, seed):
    check_derivative(op, slot, seed, sizes)


def scaled(op: Op, factor: float) -> Op:
    """The operation with its result multiplied by a factor."""

    def kernel(do, out, **operands):
        op.kernel(do, out, **operands)
        do(np.multiply, out, np.array(factor), out)

    return replace(op, kernel=kernel)


@pytest.mark.parametrize("factor", [1.001, 0.999, -1.0])
@every_derivative
def test_the_checker_rejects_a_derivative_that_is_wrong_by_a_thousandth(op, slot, factor):
    check_derivative(op, slot, 0, derivative=scaled(op.derivatives[slot], 1.0))
    with pytest.raises(AssertionError, match="derivative"):
        check_derivative(op, slot, 0, derivative=scaled(op.derivatives[slot], factor))


def one_entry_off(op: Op) -> Op:
    """The operation with the first entry of its result a thousandth too large."""

    def kernel(do, out, **operands):
        op.kernel(do, out, **operands)
        first = out.reshape(-1)[:1]
        do(np.multiply, first, np.array(1.001), first)

    return replace(op, kernel=kernel)


@every_derivative
def test_the_checker_rejects_a_single_entry_that_is_wrong_by_a_thousandth(op, slot):
    wrong = one_entry_off(op.derivatives[slot])

    def check() -> None:
        for seed in range(4):  # for one seed alone the entry may be 0, which no factor changes
            check_derivative(op, slot, seed, derivative=wrong)

    with pytest.raises(AssertionError, match="derivative"):
        check()


def test_most_operations_can_be_checked_by_a_complex_step():
    without = {op.name for op, _ in DERIVATIVES.values() if not is_analytic(op)}
    assert without < {op.name for op, _ in DERIVATIVES.values()}
    assert "affine" not in without


def differentiable_operands(op: Op) -> set[str]:
    """What a backward pass may need a gradient of: everything but targets."""
    return set(op.slots) - {"y", "mask"}


def test_every_forward_operation_has_a_derivative_for_every_operand_but_the_targets():
    forward = {
        call.op
        for document in registry_specs().values()
        for call in compile_program(make_spec(document)).calls
        if call.phase in ("forward", "loss") and call.writes != "penalty"
    }
    for name in sorted(forward):
        assert set(OPS[name].derivatives) == differentiable_operands(OPS[name]), name


KINKS_AT_ZERO = {"relu": 0.0}
"""The slope that is taken at 0 where the function has none."""


ELEMENTWISE = {entry.name: entry for entry in catalog()["activations"] if entry.elementwise}


@pytest.mark.parametrize("entry", **cases(ELEMENTWISE))
def test_at_a_kink_the_slope_is_the_stated_one(entry):
    op = entry.require_op()
    step = 1e-7
    left, right = ((op(z=np.array([[edge]])) - op(z=np.zeros((1, 1)))) / edge for edge in (-step, step))
    for zero in (0.0, -0.0):
        z = np.array([[zero]])
        known = {"da": np.ones((1, 1)), "z": z, "a": op(z=z)}
        delta = op.derivatives["z"]
        slope = float(delta(**{slot: known[slot] for slot in delta.slots})[0, 0])
        if abs(left - right)[0, 0] > 1e-3:
            assert slope == KINKS_AT_ZERO[entry.name], f"{entry.name}'({zero}) is {slope}"
            assert str(int(slope)) in entry.summary.en, f"the summary of {entry.name} does not state the slope at 0"
            assert str(int(slope)) in entry.summary.zh
        else:
            assert slope == pytest.approx(float(right[0, 0]), abs=1e-6)
            assert entry.name not in KINKS_AT_ZERO
