"""Every loss in every form it can take: parameters, mean or sum, fused or not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from engine import LANGUAGES, Op, SpecError, UnknownNameError
from engine.activations import ACTIVATIONS
from engine.losses import LOSSES
from engine.losses.forms import REDUCTIONS
from engine.losses.targets import BINARY, CLASSES, METRICS
from engine.program.plan import Recorder, assemble
from tests.engine.helpers import (
    assert_close,
    cases,
    check_derivative,
    check_rule,
    check_rule_beyond_numbers,
    fitting_targets,
    operand_shapes,
    operands_for,
)
from tests.engine.peers import require_torch, torch_loss

PARAMETERS: dict[str, list[dict[str, Any]]] = {
    "huber": [{}, {"delta": 0.3}, {"delta": 2.5}],
    "softmax_cross_entropy": [{}, {"label_smoothing": 0.1}, {"label_smoothing": 1.0}],
}
"""Values of the parameters that are tried; the first are the defaults."""


@dataclass(frozen=True)
class Variant:
    """One way to ask for a loss."""

    kind: str
    params: dict[str, Any]
    reduction: str
    fused: bool
    activation: str | None

    @property
    def op(self) -> Op:
        """The operation."""
        return LOSSES[self.kind].require_op(self.params, self.reduction, self.fused, self.activation)

    @property
    def reads(self) -> str:
        """What it reads beside the targets."""
        return LOSSES[self.kind].reads_when(self.fused)


def variants() -> dict[str, Variant]:
    """Every loss with every reduction, form and choice of parameters, by the operation's name."""
    found = [
        Variant(kind, params, reduction, activation is None, activation)
        for kind, loss in LOSSES.items()
        for params in PARAMETERS.get(kind, [{}])
        for reduction in REDUCTIONS
        for activation in (None, *loss.unfused)
    ]
    return {variant.op.name: variant for variant in found}


VARIANTS = variants()
DEFAULTS = {name: Variant(name, {}, "mean", True, None) for name in LOSSES}
SIZES = {
    "usual": {"n": 3, "j": 4},
    "one example": {"n": 1, "j": 3},
    "one output": {"n": 4, "j": 1},
    "wide": {"n": 2, "j": 11},
}
every_variant = pytest.mark.parametrize("variant", **cases(VARIANTS))
every_loss = pytest.mark.parametrize("kind", LOSSES)


# Names


def test_every_variant_has_a_name_of_its_own_and_the_default_the_losss():
    ways = sum(
        len(PARAMETERS.get(kind, [{}])) * len(REDUCTIONS) * (1 + len(loss.unfused)) for kind, loss in LOSSES.items()
    )
    assert len(VARIANTS) == ways
    gradients = {derivative.name for v in VARIANTS.values() for derivative in v.op.derivatives.values()}
    assert len(gradients) == ways
    assert not gradients & set(VARIANTS)
    for name, variant in DEFAULTS.items():
        assert LOSSES[name].require_op().name == name
        assert LOSSES[name].require_op() is variant.op


NAMES = {
    "huber(delta=2)": ("huber", {"delta": 2.0}, "mean", True, None),
    "huber(delta=2):sum": ("huber", {"delta": 2.0}, "sum", True, None),
    "mse:sum": ("mse", {}, "sum", True, None),
    "mse": ("mse", None, "mean", False, None),
    "binary_cross_entropy:unfused": ("binary_cross_entropy", {}, "mean", False, None),
    "softmax_cross_entropy(label_smoothing=0.1):sum:unfused": (
        *("softmax_cross_entropy", {"label_smoothing": 0.1}, "sum", False),
        "softmax",
    ),
    "kl_divergence:unfused": ("kl_divergence", {}, "mean", False, "relu"),
    "kl_divergence:unfused(log_softmax)": ("kl_divergence", {}, "mean", False, "log_softmax"),
}


@pytest.mark.parametrize("name", NAMES)
def test_the_name_tells_what_is_not_the_default(name):
    kind, params, reduction, fused, activation = NAMES[name]
    op = LOSSES[kind].require_op(params, reduction, fused, activation)
    assert op.name == name
    assert op is LOSSES[kind].require_op(params, reduction, fused, activation), "made once"


def test_gradients_are_named_after_their_loss():
    for name, gradient in {
        "huber(delta=0.3):sum": "huber_da(delta=0.3):sum",
        "binary_cross_entropy": "binary_cross_entropy_delta",
        "binary_cross_entropy:unfused": "binary_cross_entropy_da:unfused",
    }.items():
        assert [op.name for op in VARIANTS[name].op.derivatives.values()] == [gradient]


def test_what_is_no_reduction_or_no_parameter_is_refused():
    with pytest.raises(UnknownNameError, match="mean, sum"):
        LOSSES["mse"].require_op(reduction="median")
    with pytest.raises(UnknownNameError, match="delta"):
        LOSSES["huber"].require_op({"epsilon": 1.0})
    with pytest.raises(SpecError, match=r"huber\.delta: got 0; allowed: a finite number above 0"):
        LOSSES["huber"].require_op({"delta": 0})


def test_every_loss_with_parameters_is_tried_with_others_than_the_defaults():
    assert set(PARAMETERS) == {kind for kind, loss in LOSSES.items() if loss.params}
    for kind, tried in PARAMETERS.items():
        for param in LOSSES[kind].params:
            assert any(param.name in params for params in tried)
            for params in tried:
                if param.name in params:
                    param.check(param.name, params[param.name])


# Rule, kernel and gradient


@pytest.mark.parametrize("sizes", **cases(SIZES))
@every_variant
def test_rule_and_kernel_agree_at_every_index(variant, sizes):
    for op in (variant.op, *variant.op.derivatives.values()):
        for seed in range(3):
            given = operands_for(op, seed, sizes)
            check_rule(op, given)
            if variant.reads == "z":
                check_rule(op, {slot: array * 200 if slot == "z" else array for slot, array in given.items()})


@every_variant
def test_rule_and_kernel_agree_where_numbers_stop_being_finite(variant):
    for op in (variant.op, *variant.op.derivatives.values()):
        for strange in (np.nan, np.inf, -np.inf, 1e300, -1e300, 5e-324, 0.0, 1.0):
            check_rule_beyond_numbers(op, strange)


@every_variant
def test_rule_and_kernel_agree_at_targets_and_on_kinks(variant):
    """Differences of 0, of just the threshold and of just the margin; targets of 0 and 1."""
    for op in (variant.op, *variant.op.derivatives.values()):
        draw = np.random.default_rng(5)
        for _ in range(20):
            grid = [0.0, 0.3, 1.0, 0.5] if variant.reads == "a" and variant.activation else [-1.0, 0.0, 0.3, 1.0, 2.5]
            given = {slot: draw.choice(grid, shape) for slot, shape in operand_shapes(op).items()}
            if "y" in given and LOSSES[variant.kind].metric in (BINARY, CLASSES):
                given["y"] = np.abs(given["y"])
            check_rule(op, given)


@pytest.mark.parametrize("sizes", **cases(SIZES))
@every_variant
def test_the_gradient_is_the_slope_along_any_direction(variant, sizes):
    for seed in range(3):
        check_derivative(variant.op, variant.reads, seed, sizes)


@every_variant
def test_a_recorded_kernel_gives_the_bits_of_the_eager_one(variant):
    recorder = Recorder()
    for op in (variant.op, *variant.op.derivatives.values()):
        given = operands_for(op, 4)
        out = np.full(op.rule.shape({slot: array.shape for slot, array in given.items()}), np.nan)
        assemble(recorder.record(op, out, given))()
        assert out.tobytes() == op(**given).tobytes()


@every_variant
def test_every_variant_says_in_every_language_what_it_is(variant):
    gradient = variant.op.derivatives[variant.reads]
    for op in (variant.op, gradient):
        for language in LANGUAGES:
            end = "。" if language == "zh" else "."
            assert op.summary[language].endswith(end)
            assert op.label[language]
    assert ("summed" in variant.op.label.en) == ("求和" in variant.op.label.zh) == (variant.reduction == "sum")
    assert ("sum over the batch" in gradient.summary.en) == (variant.reduction == "sum")
    assert ("总和" in gradient.summary.zh) == (variant.reduction == "sum")


# What a loss is


@every_loss
def test_a_sum_is_the_mean_times_what_the_mean_divides_by(kind):
    mean, total = LOSSES[kind].require_op(), LOSSES[kind].require_op(reduction="sum")
    given = operands_for(mean, 3)
    count = given["y"].size if LOSSES[kind].per == "outputs" else len(given["y"])
    assert float(total(**given)) == pytest.approx(count * float(mean(**given)), rel=1e-14)
    for slot in mean.derivatives:
        slopes, sums = mean.derivatives[slot], total.derivatives[slot]
        whole = {name: given[name] for name in slopes.slots}
        assert_close(kind, sums(**whole), count * slopes(**whole), 1e-15)


@pytest.mark.parametrize("kind", ["mse", "half_squared_error", "mae", "huber", "log_cosh"])
def test_a_perfect_fit_costs_nothing_at_all(kind):
    y = np.random.default_rng(0).normal(size=(3, 2)) * [[1e-9], [1], [1e9]]
    op = LOSSES[kind].require_op()
    assert float(op(a=y, y=y)) == 0.0
    assert not op.derivatives["a"](a=y, y=y).any()


def test_beyond_the_margin_hinge_costs_nothing_and_at_the_margin_it_does_not_pull():
    op = LOSSES["hinge"].require_op()
    y = np.array([[1.0, -1.0, 1.0]])
    for a in ([[1.0, -1.0, 1.0]], [[1.5, -7.0, 1.0]]):
        assert float(op(a=np.array(a), y=y)) == 0.0
        assert not op.derivatives["a"](a=np.array(a), y=y).any()
    inside = np.array([[1 - 1e-12, 0.0, -3.0]])
    assert np.sign(op.derivatives["a"](a=inside, y=y)).tolist() == [[-1.0, 1.0, -1.0]]


def test_divergence_is_cross_entropy_less_the_entropy_of_the_targets_and_0_for_a_perfect_fit():
    draw = np.random.default_rng(1)
    y, z = draw.dirichlet(np.ones(4), 5), draw.normal(size=(5, 4))
    divergence, entropy = LOSSES["kl_divergence"].require_op(), LOSSES["softmax_cross_entropy"].require_op()
    own = float(entropy(z=np.log(y), y=y))
    assert float(divergence(z=z, y=y)) == pytest.approx(float(entropy(z=z, y=y)) - own, rel=1e-12)
    assert float(divergence(z=np.log(y) + 3, y=y)) == pytest.approx(0, abs=1e-15)
    assert_close("delta", divergence.derivatives["z"](z=z, y=y), entropy.derivatives["z"](z=z, y=y), 0.0)


def test_a_target_of_0_adds_nothing_to_a_divergence():
    certain = np.array([[0.0, 1.0, 0.0]])
    z = np.array([[1.0, 2.0, -3.0]])
    entropy = float(LOSSES["softmax_cross_entropy"].require_op()(z=z, y=certain))
    a = np.exp(z) / np.exp(z).sum()
    for activation, given in ((None, z), ("softmax", a), ("log_softmax", np.log(a))):
        op = LOSSES["kl_divergence"].require_op(fused=activation is None, activation=activation)
        slot = "z" if activation is None else "a"
        assert float(op(**{slot: given, "y": certain})) == pytest.approx(entropy, rel=1e-14)
    nothing = LOSSES["kl_divergence"].require_op(fused=False)
    assert float(nothing(a=np.array([[0.0, 1.0, 0.0]]), y=certain)) == 0.0


def test_huber_is_half_the_square_inside_and_a_line_outside_that_meet_smoothly():
    op = LOSSES["huber"].require_op({"delta": 2.0}, "sum")
    zero = np.zeros((1, 1))
    for distance, value, slope in ((1.0, 0.5, 1.0), (2.0, 2.0, 2.0), (5.0, 8.0, 2.0), (-5.0, 8.0, -2.0)):
        a = np.array([[distance]])
        assert float(op(a=a, y=zero)) == value
        assert float(op.derivatives["a"](a=a, y=zero)[0, 0]) == slope


@pytest.mark.parametrize("kind", ["mae", "hinge"])
def test_a_loss_with_a_kink_states_the_slope_it_takes_there(kind):
    on_kink = {"mae": (0.7, 0.7), "hinge": (1.0, 1.0)}[kind]
    op = LOSSES[kind].require_op()
    a, y = (np.array([[number]]) for number in on_kink)
    left, right = (float(op(a=a + step, y=y) - op(a=a, y=y)) / step for step in (-1e-6, 1e-6))
    assert abs(left - right) > 0.5, "there is a kink"
    assert float(op.derivatives["a"](a=a, y=y)[0, 0]) == 0.0
    assert LOSSES[kind].summary.en.endswith("is taken as 0.")
    assert LOSSES[kind].summary.zh.endswith("取 0。")


@every_loss
def test_a_loss_says_what_targets_it_takes_and_so_how_to_tell_success(kind):
    loss = LOSSES[kind]
    assert loss.metric in METRICS
    y = fitting_targets(kind, np.random.default_rng(0), (4, 3))
    assert loss.targets.misfit(y) is None
    assert np.isfinite(float(loss.require_op()(y=y, **{loss.reads: np.zeros((4, 3))})))


# Fused and unfused

PAIRS = {
    f"{kind} after {activation}{'' if not params else f' {params}'}": (kind, activation, params)
    for kind, loss in LOSSES.items()
    for activation in loss.unfused
    for params in PARAMETERS.get(kind, [{}])
}
every_pair = pytest.mark.parametrize(("kind", "activation", "params"), **cases(PAIRS))


@cache
def activation_op(name: str) -> Op:
    return ACTIVATIONS[name].require_op()


@pytest.mark.parametrize("reduction", REDUCTIONS)
@every_pair
def test_unfused_the_chain_of_loss_and_activation_gives_the_fused_delta(kind, activation, params, reduction):
    fused = LOSSES[kind].require_op(params, reduction)
    apart = LOSSES[kind].require_op(params, reduction, False, activation)
    f = activation_op(activation)
    for seed in range(20):
        draw = np.random.default_rng([seed, 3])
        shape = (int(draw.integers(1, 6)), int(draw.integers(1, 6)))
        z, y = draw.normal(size=shape) * 2, fitting_targets(kind, draw, shape)
        a = f(z=z)
        assert float(apart(a=a, y=y)) == pytest.approx(float(fused(z=z, y=y)), rel=1e-12, abs=1e-14)
        da = apart.derivatives["a"](**{slot: {"a": a, "y": y}[slot] for slot in apart.derivatives["a"].slots})
        known = {"da": da, "a": a, "z": z}
        chain = f.derivatives["z"]
        delta = chain(**{slot: known[slot] for slot in chain.slots})
        wanted = fused.derivatives["z"](z=z, y=y)
        assert_close(f"delta {seed}", delta, wanted, 1e-12, floor=1e-2)
        if not ACTIVATIONS[activation].elementwise:
            (aid,) = (shown := ACTIVATIONS[activation].require_op(jacobian=True).derivatives["z"]).aids.values()
            known["J"] = aid(**{slot: known[slot] for slot in aid.slots})
            through = shown(**{slot: known[slot] for slot in shown.slots})
            assert_close(f"delta {seed} by the Jacobian", through, wanted, 1e-12, floor=1e-2)


def test_far_out_the_fused_forms_are_right():
    z, y = np.array([[800.0, -800.0, 800.0, -800.0]]), np.array([[1.0, 0.0, 0.0, 1.0]])
    op = LOSSES["binary_cross_entropy"].require_op(reduction="sum")
    assert float(op(z=z, y=y)) == 1600.0
    assert op.derivatives["z"](z=z, y=y).tolist() == [[0.0, 0.0, 1.0, -1.0]]
    for kind in ("softmax_cross_entropy", "kl_divergence"):
        op = LOSSES[kind].require_op()
        z = np.array([[800.0, -800.0, 0.0]])
        assert float(op(z=z, y=np.array([[1.0, 0.0, 0.0]]))) == 0.0
        assert float(op(z=z, y=np.array([[0.0, 1.0, 0.0]]))) == 1600.0
        assert op.derivatives["z"](z=z, y=np.array([[0.0, 1.0, 0.0]])).tolist() == [[1.0, -1.0, 0.0]]
    op = LOSSES["log_cosh"].require_op()
    a = np.array([[1e300, -800.0]])
    assert np.isfinite(float(op(a=a, y=np.zeros((1, 2)))))
    assert op.derivatives["a"](a=a, y=np.zeros((1, 2))).tolist() == [[0.5, -0.5]]


def test_far_out_the_unfused_forms_are_not_finite_as_they_say():
    """An output that is rounded to 0 or 1 has lost what its logarithm needs."""
    one, zero = np.array([[1.0]]), np.array([[0.0]])
    sigmoid, binary = activation_op("sigmoid"), LOSSES["binary_cross_entropy"].require_op(fused=False)
    right, wrong = sigmoid(z=np.array([[40.0]])), sigmoid(z=np.array([[-800.0]]))
    assert (right.item(), wrong.item()) == (1.0, 0.0)
    assert np.isnan(float(binary(a=right, y=one))), "0 · ln 0 in the part of the noes"
    assert float(binary(a=right, y=zero)) == np.inf
    assert float(binary(a=wrong, y=one)) == np.inf
    assert np.isnan(binary.derivatives["a"](a=right, y=one)).all(), "0/0"
    softmax = activation_op("softmax")
    a = softmax(z=np.array([[800.0, 0.0]]))
    assert a.tolist() == [[1.0, 0.0]]
    assert np.isnan(float(LOSSES["softmax_cross_entropy"].require_op(fused=False)(a=a, y=np.array([[1.0, 0.0]]))))
    assert float(LOSSES["softmax_cross_entropy"].require_op(fused=False)(a=a, y=np.array([[0.5, 0.5]]))) == np.inf
    assert float(LOSSES["kl_divergence"].require_op(fused=False)(a=a, y=np.array([[0.5, 0.5]]))) == np.inf
    for kind in ("binary_cross_entropy", "softmax_cross_entropy"):
        assert "Not finite" in LOSSES[kind].require_op(fused=False).summary.en
        assert "不再有限" in LOSSES[kind].require_op(fused=False).summary.zh
    assert "Infinite" in LOSSES["kl_divergence"].require_op(fused=False).summary.en
    assert "无穷大" in LOSSES["kl_divergence"].require_op(fused=False).summary.zh


# PyTorch

OUTPUTS_OF: dict[str | None, Any] = {
    None: lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
    "log_softmax": lambda z: z - np.log(np.exp(z).sum(axis=1, keepdims=True)),
}


@every_variant
def test_value_and_gradient_are_pytorchs(variant):
    torch = require_torch()
    theirs = torch_loss(torch, variant.kind, variant.params, variant.reduction, variant.fused, variant.activation)
    op = variant.op
    for seed in range(12):
        draw = np.random.default_rng([seed, 11])
        shape = (int(draw.integers(1, 8)), int(draw.integers(1, 8)))
        y = fitting_targets(variant.kind, draw, shape)
        given = OUTPUTS_OF[variant.activation](3 * draw.normal(size=shape))
        leaf = torch.tensor(given, requires_grad=True)
        loss = theirs(leaf, leaf, torch.tensor(y))
        loss.backward()
        operands = {variant.reads: given, "y": y}
        where = f"{op.name}, seed {seed}"
        assert_close(where, op(**operands), loss.detach().numpy(), 1e-14, floor=1e-2)
        gradient = op.derivatives[variant.reads]
        ours = gradient(**{slot: operands[slot] for slot in gradient.slots})
        assert_close(where + ", gradient", ours, leaf.grad.numpy(), 1e-14, floor=1e-3)


@pytest.mark.parametrize("kind", ["mae", "huber"])
def test_on_a_kink_the_slope_is_pytorchs(kind):
    torch = require_torch()
    a, y = np.array([[1.0, 2.0, -0.5, 0.0]]), np.array([[1.0, 1.0, 0.5, 1.0]])
    leaf = torch.tensor(a, requires_grad=True)
    torch_loss(torch, kind)(None, leaf, torch.tensor(y)).backward()
    assert_close(kind, LOSSES[kind].require_op().derivatives["a"](a=a, y=y), leaf.grad.numpy(), 0.0)
