"""Activations, each with many values of its parameters: kinks, extremes, parity with PyTorch, Jacobians, flat ends."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine import Op, SpecError, UnknownNameError
from engine.activations import ACTIVATIONS
from engine.activations.activation import FLAT
from engine.activations.rectifiers import PRELU, SELU_ALPHA, SELU_SCALE
from tests.engine.helpers import (
    activation_ops,
    assert_close,
    cases,
    operands_for,
    variants,
)
from tests.engine.peer_networks import Torch

VARIANTS = {
    entry.require_op(params).name: (entry, params) for entry in ACTIVATIONS.values() for params in variants(entry)
}
CURVES = {name: case for name, case in VARIANTS.items() if case[0].elementwise}
SURROGATES = {"step(surrogate=straight_through)", "step(surrogate=sigmoid)"}
TRUE_SLOPES = {name: case for name, case in CURVES.items() if name not in SURROGATES}
every_variant = pytest.mark.parametrize(("entry", "params"), **cases(VARIANTS))
every_curve = pytest.mark.parametrize(("entry", "params"), **cases(CURVES))
ALPHA = 0.25


def column(*z: float) -> np.ndarray:
    """One unit on as many examples."""
    return np.array([z], dtype=np.float64).T


def value(op: Op, z: np.ndarray) -> np.ndarray:
    """The activation of a column of numbers."""
    return op(z=z, **({"alpha": np.array([ALPHA])} if "alpha" in op.slots else {}))


def slope(op: Op, z: np.ndarray) -> np.ndarray:
    """Its slope there: the error term that an error of 1 gives."""
    known = {"z": z, "a": value(op, z), "da": np.ones_like(z), "alpha": np.array([ALPHA])}
    delta = op.derivatives["z"]
    return delta(**{slot: known[slot] for slot in delta.slots})


def test_the_catalogue_has_what_a_course_needs():
    rectifiers = ("relu", "leaky_relu", "prelu", "elu", "selu", "gelu", "silu", "softplus")
    bounded = ("identity", "sigmoid", "tanh", "softsign", "hard_sigmoid", "hard_tanh", "sine", "gaussian", "step")
    assert set(ACTIVATIONS) == {*rectifiers, *bounded, "softmax", "log_softmax"}


# Operations by name and parameters


def test_a_variant_is_named_after_what_is_not_a_default_and_made_once():
    leaky = ACTIVATIONS["leaky_relu"]
    assert leaky.require_op().name == "leaky_relu"
    assert leaky.require_op({"slope": 0.01}) is leaky.require_op()
    steep = leaky.require_op({"slope": 0.2})
    assert (steep.name, steep.derivatives["z"].name) == ("leaky_relu(slope=0.2)", "leaky_relu_delta(slope=0.2)")
    assert leaky.require_op({"slope": 0.2}) is steep
    assert ACTIVATIONS["gelu"].require_op({"form": "tanh"}).name == "gelu(form=tanh)"
    assert ACTIVATIONS["elu"].require_op({"alpha": 1}) is ACTIVATIONS["elu"].require_op()


@pytest.mark.parametrize("wrong", [0, 1.5, -0.1, "much", None, math.nan])
def test_a_value_a_parameter_may_not_have_is_refused(wrong):
    with pytest.raises(SpecError, match="slope"):
        ACTIVATIONS["leaky_relu"].require_op({"slope": wrong})
    with pytest.raises(UnknownNameError, match="alpha"):
        ACTIVATIONS["elu"].require_op({"slope": 0.2})


@every_variant
def test_only_what_mixes_units_has_a_jacobian(entry, params):
    assert (entry.require_op(params, jacobian=True) is entry.require_op(params)) == entry.elementwise
    assert entry.elementwise == (entry.name not in ("softmax", "log_softmax"))


def test_what_an_activation_learns_is_a_slot_of_its_operation_with_a_derivative():
    for entry in ACTIVATIONS.values():
        op = entry.require_op()
        slots = [learned.slot for learned in entry.learned]
        assert set(op.slots) == {"z", *slots}
        assert list(op.derivatives) == [*slots, "z"]
    (alpha,) = PRELU.learned
    assert alpha.start == ALPHA
    assert all(alpha.label[language] and alpha.meaning[language] for language in ("en", "zh"))


# Kinks: the slope that is taken where the function has two, stated in the summary.

KINKS = {
    "relu": {0.0: 0.0},
    "prelu": {0.0: ALPHA},
    "selu": {0.0: SELU_SCALE * SELU_ALPHA},
    "hard_sigmoid": {-3.0: 0.0, 3.0: 0.0},
    "hard_tanh": {-1.0: 0.0, 1.0: 0.0},
    "step": {0.0: 0.0},
}
STATED = {"leaky_relu": "negative side", "prelu": "negative side", "elu": "negative side", "selu": "1.758"}


def kinks_of(entry, params):
    """Where the variant has two slopes, and the one it takes."""
    own = entry.complete(params)
    if entry.name == "leaky_relu":
        return {0.0: own["slope"]}
    if entry.name == "elu":
        return {0.0: own["alpha"]} if own["alpha"] != 1 else {}
    return KINKS.get(entry.name, {})


@pytest.mark.parametrize(("entry", "params"), **cases(TRUE_SLOPES))
def test_at_a_kink_the_slope_is_the_stated_one(entry, params):
    op = entry.require_op(params)
    step, found = 1e-7, {}
    for place in (-3.0, -1.0, 0.0, 1.0, 3.0):
        left, right = (
            float(value(op, column(place + edge))[0, 0] - value(op, column(place))[0, 0]) / edge
            for edge in (-step, step)
        )
        here = float(slope(op, column(place))[0, 0])
        if abs(left - right) > 1e-3:
            found[place] = here
        else:
            assert here == pytest.approx(right, abs=1e-6), f"{op.name}'({place})"
    assert found == pytest.approx(kinks_of(entry, params))
    if 0.0 in found:
        assert slope(op, column(-0.0)) == slope(op, column(0.0)), "minus zero is zero"
    if found:
        assert STATED.get(entry.name, "taken as 0") in entry.summary.en
        assert "斜率" in entry.summary.zh


def test_the_surrogates_of_the_step_are_what_they_are_said_to_be():
    z = column(-2.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 1.0000001, np.inf, -np.inf, np.nan)
    step = ACTIVATIONS["step"]
    zero, straight, smooth = (step.require_op({"surrogate": kind}) for kind in ("zero", "straight_through", "sigmoid"))
    for op in (zero, straight, smooth):
        assert value(op, z)[:, 0].tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0]
        assert (op.derivatives["z"].surrogate is None) == (op is zero)
    assert not slope(zero, z).any()
    assert slope(straight, z)[:, 0].tolist() == [0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
    usual = column(*np.linspace(-40, 40, 81))
    assert_close("slope", slope(smooth, usual), slope(ACTIVATIONS["sigmoid"].require_op(), usual), 1e-14)


# Extremes

HUGE = (1e308, -1e308, 1e200, -1e200, 710.0, -710.0, 5e-324, -5e-324)


@every_curve
def test_a_finite_z_gives_a_finite_activation_and_slope_where_they_are_numbers(entry, params):
    op = entry.require_op(params)
    for z in HUGE:
        a, b = float(value(op, column(z))[0, 0]), float(slope(op, column(z))[0, 0])
        assert np.isfinite(b), f"{op.name}'({z}) is {b}"
        assert np.isfinite(a), f"{op.name}({z}) is {a}"


AT_INFINITY = {
    "identity": (-np.inf, np.inf),
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, np.inf),
    "leaky_relu": (-np.inf, np.inf),
    "prelu": (-np.inf, np.inf),
    "elu": (-1.0, np.inf),
    "selu": (-SELU_SCALE * SELU_ALPHA, np.inf),
    "gelu": (np.nan, np.inf),
    "silu": (np.nan, np.inf),
    "softplus": (0.0, np.inf),
    "softsign": (np.nan, np.nan),
    "hard_sigmoid": (0.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "sine": (np.nan, np.nan),
    "gaussian": (0.0, 0.0),
    "step": (0.0, 1.0),
}
"""What comes of a z that has left the numbers: where a formula is ∞/∞ or ∞·0, NaN, as in PyTorch."""


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if ACTIVATIONS[name].elementwise])
def test_at_infinity_an_activation_is_its_limit_or_nan_and_of_nan_it_is_nan(name):
    op = ACTIVATIONS[name].require_op()
    found = value(op, column(-np.inf, np.inf))[:, 0]
    assert np.array_equal(found, AT_INFINITY[name], equal_nan=True), f"{name}: {found}"
    assert np.isnan(value(op, column(np.nan))).all() or name == "step"


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_a_row_of_huge_numbers_keeps_its_probabilities(name):
    op = ACTIVATIONS[name].require_op()
    z = np.array([[1e308, -1e308, 0.0], [-745.0, 0.0, 3.0], [1e-320, 0.0, -1e-320]])
    a = op(z=z)
    probabilities = a if name == "softmax" else np.exp(a)
    assert_close("a row sums to 1", probabilities.sum(axis=1), np.ones(3), 1e-15)
    assert a[1, 0] == pytest.approx(-748 - math.log1p(math.exp(-3)) if name == "log_softmax" else 0.0, abs=1e-300)


def test_what_is_small_keeps_its_digits():
    """expm1, log1p and erf: no digits are lost where a function passes near 0."""
    z = column(-1e-10, 1e-10, -1e-17)
    assert_close("elu", value(ACTIVATIONS["elu"].require_op(), z), np.expm1(np.minimum(z, 0)) + np.maximum(z, 0), 1e-15)
    assert_close("gelu", value(ACTIVATIONS["gelu"].require_op(), z), z / 2 + z**2 / math.sqrt(2 * math.pi), 1e-15)
    far = column(-40.0)
    assert float(value(ACTIVATIONS["softplus"].require_op(), far)[0, 0]) == pytest.approx(math.exp(-40), rel=1e-14)
    assert float(slope(ACTIVATIONS["silu"].require_op(), far)[0, 0]) == pytest.approx(-39 * math.exp(-40), rel=1e-12)


# Where a unit hardly learns


def is_flat(op: Op, z: np.ndarray) -> np.ndarray:
    """Where an activation says it is flat."""
    low, high = op.active
    return (z <= low) | (z >= high)


WIDE = np.linspace(-30.0, 30.0, 24_001)


@every_curve
def test_beyond_its_bounds_a_function_is_flat_and_just_within_them_it_is_not(entry, params):
    op = entry.require_op(params)
    low, high = op.active
    steep = np.abs(slope(op, column(*WIDE)))[:, 0]
    steepest = steep.max()
    flat = is_flat(op, WIDE)
    assert (steep[flat] <= FLAT * steepest).all(), f"{op.name} is steep beyond {low}, {high}"
    for bound in (low, high):
        if math.isfinite(bound) and bound:
            just_within = abs(float(slope(op, column(bound * 0.99))[0, 0]))
            assert just_within > FLAT * steepest * 0.9, f"{op.name} is flat within {bound} already"


def test_the_bounds_tell_the_off_from_the_saturated_and_from_those_that_never_are():
    flat = {
        name: is_flat(entry.require_op(params), np.array([-9.0, 0.0, 9.0])).tolist()
        for name, (entry, params) in CURVES.items()
    }
    assert flat["relu"] == [True, True, False]
    assert flat["sigmoid"] == flat["tanh"] == flat["hard_tanh"] == [True, False, True]
    assert flat["gelu"] == flat["silu"] == flat["softplus"] == flat["elu"] == [True, False, False]
    assert flat["identity"] == flat["sine"] == flat["leaky_relu"] == flat["prelu"] == [False, False, False]
    assert flat["step"] == [True, True, True]
    assert flat["step(surrogate=straight_through)"] == [True, False, True]
    assert not is_flat(ACTIVATIONS["sigmoid"].require_op(), np.array([np.nan])).any()


# Jacobians


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_through_its_jacobian_an_error_goes_back_as_it_does_without(name):
    plain, shown = (ACTIVATIONS[name].require_op(jacobian=jacobian) for jacobian in (False, True))
    assert (plain.rule, plain.kernel) == (shown.rule, shown.kernel)
    draw = np.random.default_rng(3)
    z, da = draw.normal(size=(2, 5, 7))
    a = plain(z=z)
    through, aid = shown.derivatives["z"], shown.derivatives["z"].aids["J"]
    J = aid(a=a)
    assert J.shape == (5, 7, 7)
    assert_close("delta", through(da=da, J=J), plain.derivatives["z"](da=da, a=a), 1e-14)
    for j in range(7):
        moved = 1e-6 * (np.arange(7) == j)
        assert_close(f"J[:,:,{j}]", J[:, :, j], (plain(z=z + moved) - plain(z=z - moved)) / 2e-6, 1e-8)


def test_a_cell_of_the_jacobian_reads_the_two_outputs_it_is_about():
    softmax, log_softmax = (
        ACTIVATIONS[name].require_op(jacobian=True).derivatives["z"].aids["J"].rule
        for name in ("softmax", "log_softmax")
    )
    shapes = {"a": (2, 4)}
    assert softmax.reads(shapes, (1, 2, 3)) == [("a", (1, 2)), ("a", (1, 3))]
    assert softmax.reads(shapes, (1, 2, 2)) == [("a", (1, 2))]
    assert log_softmax.reads(shapes, (1, 2, 3)) == [("a", (1, 3))]


# PyTorch

GRID = np.concatenate([np.linspace(-8, 8, 641), np.linspace(-45, 45, 31)])
"""With every kink on it."""


@every_variant
def test_values_and_slopes_are_those_of_pytorch(entry, params):
    torch = Torch()
    op = entry.require_op(params)
    draw = np.random.default_rng(1)
    given = {"z": np.stack([GRID, draw.permutation(GRID), draw.permutation(GRID)], axis=1)}
    given |= {learned.slot: np.array([ALPHA, -0.5, 0.0]) for learned in entry.learned}
    upstream = draw.normal(size=given["z"].shape)
    tensors = torch.leaves(given)
    z, *learned = tensors.values()
    named = dict(zip([each.slot for each in entry.learned], learned, strict=True))
    theirs = torch.activations[entry.name](z, **named, **entry.complete(params))
    theirs.backward(torch.torch.tensor(upstream))
    a = op(**given)
    assert_close(op.name, a, theirs.detach().numpy(), 4e-15)
    for slot, derivative in op.derivatives.items():
        known = {**given, "a": a, "da": upstream}
        ours = derivative(**{name: known[name] for name in derivative.slots})
        assert_close(f"{op.name} by {slot}", ours, tensors[slot].grad.numpy(), 1e-14)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_jacobians_are_those_of_pytorch(name):
    torch = Torch()
    op = ACTIVATIONS[name].require_op(jacobian=True)
    z = np.random.default_rng(2).normal(size=(1, 6)) * 3
    theirs = torch.torch.autograd.functional.jacobian(torch.activations[name], torch.torch.tensor(z))
    ours = op.derivatives["z"].aids["J"](a=op(z=z))
    assert_close("J", ours, theirs.numpy()[:, :, 0, :], 1e-14)


def test_every_operation_of_an_activation_describes_itself():
    for op in activation_ops().values():
        assert op.source
        for language in ("en", "zh"):
            assert op.label[language].strip()
            assert op.summary[language].strip().endswith("。" if language == "zh" else ".")
        operands_for(op, 0)
