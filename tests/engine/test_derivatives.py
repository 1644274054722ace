"""Every derivative of every operation against the operation itself; and the checker against wrong derivatives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import Op, all_ops
from engine.program import compile_program
from tests.engine.helpers import (
    activation_ops,
    cases,
    check_derivative,
    gradient_operands,
    is_analytic,
    make_spec,
    operands_for,
    registry_specs,
)

OPS = all_ops() | activation_ops()
DERIVATIVES = {
    f"{op.name} by {slot}": (op, slot)
    for op in OPS.values()
    for slot, derivative in op.derivatives.items()
    if derivative.surrogate is None
}
every_derivative = pytest.mark.parametrize(("op", "slot"), **cases(DERIVATIVES))
ZERO = {"step by z"}
"""Derivatives that are 0 everywhere: no factor makes them wrong."""
every_derivative_not_zero = pytest.mark.parametrize(
    ("op", "slot"), **cases({name: case for name, case in DERIVATIVES.items() if name not in ZERO})
)
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
@every_derivative_not_zero
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


@every_derivative_not_zero
def test_the_checker_rejects_a_single_entry_that_is_wrong_by_a_thousandth(op, slot):
    wrong = one_entry_off(op.derivatives[slot])

    def check() -> None:
        for seed in range(4):  # for one seed alone the entry may be 0, which no factor changes
            check_derivative(op, slot, seed, derivative=wrong)

    with pytest.raises(AssertionError, match="derivative"):
        check()


def test_a_derivative_that_is_zero_belongs_to_a_function_that_is_flat():
    for name in ZERO:
        op, slot = DERIVATIVES[name]
        given = operands_for(op, 0)
        upstream = np.ones(op(**given).shape)
        assert not op.derivatives[slot](**gradient_operands(op, slot, given, upstream)).any()


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
