"""Classic mistakes, put into the engine on purpose: the suite has to notice each one.

Each mistake is a faulty kernel of one operation. Put in alone, the rule test must see that kernel and rule differ. Put
in together with a rule that makes the same mistake, so that formula and code agree, the derivative check, the gradient
check of a run, and the difference beside an explained number must still see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from engine import Op
from engine.activations import ACTIVATIONS
from engine.layers import AFFINE
from engine.losses import LOSSES
from engine.program import compiled
from engine.rules.expression import Choose, Expr, Maximum, Number, Sum, erf, exp, operands, sign, sqrt, tanh
from engine.rules.rule import Rule
from engine.rules.special import erf as erf_of
from tests.engine.helpers import cases, check_derivative, check_rule, dense, fitting_targets, fresh_run, operands_for

a, y, z, da, W, delta, J = operands("a y z da W delta J")
_a, _y, _z, _da = a["n", "j"], y["n", "j"], z["n", "j"], da["n", "j"]
SQUARE = {"n": 3, "j": 3, "i": 3}
"""With as many inputs as units a missing transpose fits, and only the numbers tell."""


@dataclass(frozen=True)
class Fault:
    """A mistake in `op`'s derivative by `slot`: the kernel that makes it, and the rule that makes it too."""

    op: Op
    slot: str
    kernel: Callable[..., None]
    body: Expr
    activation: str = "sigmoid"
    loss: str | dict[str, Any] = "mse"
    shows_in: str = "dW1"
    fused: bool = True
    reduction: str = "mean"

    @property
    def right(self) -> Op:
        """The operation as it should be."""
        return self.op.derivatives[self.slot]

    def wrong(self, with_rule: bool) -> Op:
        """The operation with the mistake in its kernel, and in its rule if asked."""
        rule = Rule(self.right.rule.result, self.right.rule.at, self.body) if with_rule else self.right.rule
        return replace(self.right, kernel=self.kernel, rule=rule)


def wrong_sign(do: Any, out: Any, a: Any, y: Any) -> None:
    do(np.subtract, y, a, out)
    do(np.multiply, out, do.constant(2.0 / a.size), out)


def no_mean(do: Any, out: Any, a: Any, y: Any) -> None:
    do(np.subtract, a, y, out)
    do(np.multiply, out, do.constant(2.0), out)


def mean_over_examples_alone(do: Any, out: Any, a: Any, y: Any) -> None:
    do(np.subtract, a, y, out)
    do(np.multiply, out, do.constant(2.0 / len(a)), out)


def no_two(do: Any, out: Any, a: Any, y: Any) -> None:
    do(np.subtract, a, y, out)
    do(np.divide, out, do.constant(float(a.size)), out)


def no_transpose(do: Any, out: Any, delta: Any, W: Any) -> None:
    do(np.dot, delta, W.T, out)


def gradient_transposed(do: Any, out: Any, delta: Any, a: Any) -> None:
    do(np.dot, a.T, delta, out)


def mean_taken_again(do: Any, out: Any, delta: Any) -> None:
    do(np.add.reduce, delta, 0, None, out)
    do(np.divide, out, do.constant(float(len(delta))), out)


def summed_over_units(do: Any, out: Any, delta: Any) -> None:
    do(np.add.reduce, delta, 1, None, out)


def no_slope(do: Any, out: Any, da: Any, a: Any) -> None:
    do(np.copyto, out, da)


def slope_of_tanh(do: Any, out: Any, da: Any, a: Any) -> None:
    do(np.multiply, a, a, out)
    do(np.subtract, do.constant(1.0), out, out)
    do(np.multiply, da, out, out)


def slope_of_sigmoid(do: Any, out: Any, da: Any, a: Any) -> None:
    do(np.subtract, do.constant(1.0), a, out)
    do(np.multiply, a, out, out)
    do(np.multiply, da, out, out)


def slope_taken_twice(do: Any, out: Any, da: Any, a: Any) -> None:
    once = do.scratch(a.shape)
    slope_of_sigmoid(do, once, da, a)
    slope_of_sigmoid(do, out, once, a)


def step_at_minus_one(do: Any, out: Any, da: Any, z: Any) -> None:
    do(np.greater, z, do.constant(-1.0), out)
    do(np.multiply, da, out, out)


def diagonal_alone(do: Any, out: Any, da: Any, a: Any) -> None:
    slope_of_sigmoid(do, out, da, a)


def whole_of_z(do: Any, out: Any, da: Any, z: Any) -> None:
    parts = do.scratch(z.shape)
    do(np.multiply, da, z, parts)
    do(np.add.reduce, parts, 0, None, out)


def share_below_alone(do: Any, out: Any, da: Any, z: Any) -> None:
    do(np.divide, z, do.constant(np.sqrt(2)), out)
    do(erf_of, out, out)
    do(np.add, do.constant(1.0), out, out)
    do(np.divide, out, do.constant(2.0), out)
    do(np.multiply, da, out, out)


def own_error_alone(do: Any, out: Any, da: Any, a: Any) -> None:
    do(np.exp, a, out)
    do(np.multiply, out, da, out)
    do(np.subtract, da, out, out)


def jacobian_transposed(do: Any, out: Any, da: Any, J: Any) -> None:
    do(np.matmul, J, da[:, :, np.newaxis], out[:, :, np.newaxis])


def no_softmax(do: Any, out: Any, z: Any, y: Any) -> None:
    do(np.subtract, z, y, out)
    do(np.divide, out, do.constant(float(len(z))), out)


def distance_backwards(do: Any, out: Any, a: Any, y: Any) -> None:
    do(np.subtract, y, a, out)
    do(np.sign, out, out)
    do(np.divide, out, do.constant(float(a.size)), out)


def line_everywhere(do: Any, out: Any, a: Any, y: Any) -> None:
    do(np.subtract, a, y, out)
    do(np.sign, out, out)
    do(np.divide, out, do.constant(float(a.size)), out)


def tanh_without_mean(do: Any, out: Any, a: Any, y: Any) -> None:
    do(np.subtract, a, y, out)
    do(np.tanh, out, out)


def away_from_the_margin(do: Any, out: Any, a: Any, y: Any) -> None:
    below = do.scratch(a.shape)
    do(np.multiply, y, a, below)
    do(np.less, below, do.constant(1.0), below)
    do(np.multiply, y, below, out)
    do(np.divide, out, do.constant(float(a.size)), out)


def sigmoid_taken_for_tanh(do: Any, out: Any, z: Any, y: Any) -> None:
    do(np.tanh, z, out)
    do(np.subtract, out, y, out)
    do(np.divide, out, do.constant(float(z.size)), out)


def mean_over_the_classes_too(do: Any, out: Any, z: Any, y: Any) -> None:
    RIGHT_DIVERGENCE(do, out, z=z, y=y)
    do(np.divide, out, do.constant(float(z.shape[1])), out)


def without_smoothing(do: Any, out: Any, z: Any, y: Any) -> None:
    LOSSES["softmax_cross_entropy"].require_op().derivatives["z"].kernel(do, out, z=z, y=y)


def averaged_all_the_same(do: Any, out: Any, a: Any, y: Any) -> None:
    do(np.subtract, a, y, out)
    do(np.multiply, out, do.constant(2.0 / a.size), out)


def half_the_denominator(do: Any, out: Any, a: Any, y: Any) -> None:
    do(np.subtract, a, y, out)
    do(np.divide, out, a, out)
    do(np.divide, out, do.constant(float(a.size)), out)


def towards_the_others(do: Any, out: Any, a: Any, y: Any) -> None:
    do(np.divide, y, a, out)
    do(np.divide, out, do.constant(float(len(a))), out)


def activation(name: str) -> Op:
    return ACTIVATIONS[name].require_op()


MSE = LOSSES["mse"].require_op()
SMOOTHING = {"label_smoothing": 0.2}
RIGHT_DIVERGENCE = LOSSES["kl_divergence"].require_op().derivatives["z"].kernel
_softmax = exp(_z - Maximum("k", z["n", "k"])) / Sum("k", exp(z["n", "k"] - Maximum("m", z["n", "m"])))

_N, _K = a.size(0), a.size(1)
FAULTS: dict[str, Fault] = {
    "the sign of the error is flipped": Fault(MSE, "a", wrong_sign, 2 * (_y - _a) / (_N * _K)),
    "the 1/n of the mean is missing": Fault(MSE, "a", no_mean, 2 * (_a - _y) + 0 * _N),
    "the mean forgets the outputs": Fault(MSE, "a", mean_over_examples_alone, 2 * (_a - _y) / _N),
    "the 2 of the square is missing": Fault(MSE, "a", no_two, (_a - _y) / (_N * _K)),
    "W is not transposed on the way back": Fault(AFFINE, "a", no_transpose, Sum("j", W["i", "j"] * delta["n", "j"])),
    "the gradient of W is transposed": Fault(AFFINE, "W", gradient_transposed, Sum("n", a["n", "j"] * delta["n", "i"])),
    "the mean is taken again for the bias": Fault(
        AFFINE, "b", mean_taken_again, Sum("n", delta["n", "j"]) / delta.size(0), shows_in="db1"
    ),
    "the bias sums over units": Fault(AFFINE, "b", summed_over_units, Sum("n", delta["j", "n"]), shows_in="db1"),
    "the slope of the activation is missing": Fault(activation("sigmoid"), "z", no_slope, _da + 0 * _a),
    "the slope is another activation's": Fault(activation("sigmoid"), "z", slope_of_tanh, _da * (1 - _a**2)),
    "the slope is another activation's, the other way": Fault(
        activation("tanh"), "z", slope_of_sigmoid, _da * (_a * (1 - _a)), "tanh"
    ),
    "the slope of relu begins too early": Fault(
        activation("relu"), "z", step_at_minus_one, _da * Choose(_z, ">", Number(-1), Number(1), Number(0)), "relu"
    ),
    "the slope is multiplied in twice": Fault(
        activation("sigmoid"), "z", slope_taken_twice, _da * (_a * (1 - _a)) * (_a * (1 - _a))
    ),
    "the learned slope takes positive z in": Fault(
        activation("prelu"), "alpha", whole_of_z, Sum("n", _da * _z), "prelu", shows_in="dalpha1"
    ),
    "the slope of gelu is that of a unit it only passes": Fault(
        activation("gelu"), "z", share_below_alone, _da * ((1 + erf(_z / sqrt(Number(2)))) / 2), "gelu"
    ),
    "the error of log_softmax forgets the rest of its row": Fault(
        activation("log_softmax"), "z", own_error_alone, _da - exp(_a) * _da, "log_softmax"
    ),
    "the Jacobian is read the wrong way round": Fault(
        ACTIVATIONS["log_softmax"].require_op(jacobian=True),
        "z",
        jacobian_transposed,
        Sum("k", da["n", "k"] * J["n", "j", "k"]),
        "log_softmax",
        fused=False,
    ),
    "the slope of softmax forgets the other units": Fault(
        activation("softmax"), "z", diagonal_alone, _da * (_a * (1 - _a)), "softmax"
    ),
    "the error of cross-entropy forgets the softmax": Fault(
        LOSSES["softmax_cross_entropy"].require_op(),
        "z",
        no_softmax,
        (_z - _y) / z.size(0),
        "identity",
        "softmax_cross_entropy",
    ),
    "the sign of an absolute error is flipped": Fault(
        LOSSES["mae"].require_op(), "a", distance_backwards, sign(_y - _a) / (_N * _K), "tanh", "mae"
    ),
    "Huber's slope is that of its line everywhere": Fault(
        LOSSES["huber"].require_op(), "a", line_everywhere, sign(_a - _y) / (_N * _K), "tanh", "huber"
    ),
    "the 1/n of log-cosh is missing": Fault(
        LOSSES["log_cosh"].require_op(), "a", tanh_without_mean, tanh(_a - _y) + 0 * _N, "sigmoid", "log_cosh"
    ),
    "hinge pulls to the wrong side": Fault(
        LOSSES["hinge"].require_op(),
        "a",
        away_from_the_margin,
        _y * Choose(_y * _a, "<", Number(1), Number(1), Number(0)) / (_N * _K),
        "tanh",
        "hinge",
    ),
    "the error of binary cross-entropy is another activation's": Fault(
        LOSSES["binary_cross_entropy"].require_op(),
        "z",
        sigmoid_taken_for_tanh,
        (tanh(_z) - _y) / (z.size(0) * z.size(1)),
        "sigmoid",
        "binary_cross_entropy",
    ),
    "a divergence is averaged over the classes too": Fault(
        LOSSES["kl_divergence"].require_op(),
        "z",
        mean_over_the_classes_too,
        (_softmax * Sum("k", y["n", "k"]) - _y) / (z.size(0) * z.size(1)),
        "identity",
        "kl_divergence",
    ),
    "the error of cross-entropy forgets that the targets were smoothed": Fault(
        LOSSES["softmax_cross_entropy"].require_op(SMOOTHING),
        "z",
        without_smoothing,
        (_softmax * Sum("k", y["n", "k"]) - _y) / z.size(0),
        "tanh",
        {"kind": "softmax_cross_entropy", **SMOOTHING},
    ),
    "a mean is taken where a sum was asked for": Fault(
        LOSSES["mse"].require_op(reduction="sum"),
        "a",
        averaged_all_the_same,
        2 * (_a - _y) / (_N * _K),
        "tanh",
        reduction="sum",
    ),
    "unfused, half of the denominator is forgotten": Fault(
        LOSSES["binary_cross_entropy"].require_op(fused=False),
        "a",
        half_the_denominator,
        (_a - _y) / _a / (_N * _K),
        "sigmoid",
        "binary_cross_entropy",
        fused=False,
    ),
    "unfused, the minus before the logarithm is forgotten": Fault(
        LOSSES["softmax_cross_entropy"].require_op(fused=False),
        "a",
        towards_the_others,
        _y / _a / _N,
        "softmax",
        "softmax_cross_entropy",
        fused=False,
    ),
}
every_fault = pytest.mark.parametrize("fault", **cases(FAULTS))


def experiment(fault: Fault) -> dict[str, Any]:
    """Three layers of three units on as many examples, so that every array is square."""
    kind = fault.loss if isinstance(fault.loss, str) else fault.loss["kind"]
    draw = np.random.default_rng(1)
    return {
        "data": {
            "kind": "inline",
            "x": draw.random((3, 3)).tolist(),
            "y": fitting_targets(kind, draw, (3, 3)).tolist(),
        },
        "layers": [dense(3, fault.activation), dense(3, fault.activation), dense(3, fault.activation)],
        "loss": fault.loss,
        "fused": fault.fused,
        "reduction": fault.reduction,
        "seed": 2,
    }


@pytest.fixture
def put_in(monkeypatch):
    """Return a function that puts a faulty operation in the place of the right one."""

    def put(fault: Fault, wrong: Op) -> None:
        monkeypatch.setitem(fault.op.derivatives, fault.slot, wrong)
        compiled.cache_clear()

    yield put
    monkeypatch.undo()
    compiled.cache_clear()


@every_fault
def test_a_mistake_in_the_kernel_is_seen_by_the_rule_test(fault):
    given = operands_for(fault.right, 0, SQUARE)
    check_rule(fault.right, given)
    with pytest.raises(AssertionError, match="rule"):
        check_rule(fault.wrong(with_rule=False), given)


@every_fault
def test_a_mistake_in_the_rule_is_seen_by_the_rule_test(fault):
    given = operands_for(fault.right, 0, SQUARE)
    with pytest.raises(AssertionError, match="rule"):
        check_rule(replace(fault.wrong(with_rule=True), kernel=fault.right.kernel), given)


@every_fault
def test_a_mistake_in_both_passes_the_rule_test_and_is_seen_by_the_derivative_check(fault):
    wrong = fault.wrong(with_rule=True)
    check_rule(wrong, operands_for(wrong, 0, SQUARE))
    check_derivative(fault.op, fault.slot, 0, SQUARE)
    with pytest.raises(AssertionError, match="derivative"):
        check_derivative(fault.op, fault.slot, 0, SQUARE, derivative=wrong)


@every_fault
def test_a_mistake_in_both_is_seen_by_the_gradient_check_of_a_run(put_in, fault):
    document = experiment(fault)
    assert fresh_run(document).check(0).passed
    put_in(fault, fault.wrong(with_rule=True))
    check = fresh_run(document).check(0)
    wrong = {array.name: array.relative_error for array in check.arrays if not array.passed}
    assert not check.passed
    assert fault.shows_in in wrong, f"noticed only in {wrong}"
    assert check.arrays[0].relative_error > 1e-2


@every_fault
def test_a_mistake_in_both_is_seen_beside_an_explained_number(put_in, fault):
    document = experiment(fault)
    put_in(fault, fault.wrong(with_rule=True))
    run = fresh_run(document)
    name = next(call.writes for call in run.program.calls if call.op == fault.right.name)
    shape = run.trace(0).values[name].shape
    found = [run.explain(0, name, index) for index in np.ndindex(*shape)]
    assert all(explanation.rule.passed for explanation in found), "the rule agrees with the kernel, both being wrong"
    assert not all(explanation.difference.passed for explanation in found), f"{name} agrees with its differences"


@every_fault
def test_a_mistake_in_the_kernel_is_seen_beside_an_explained_number(put_in, fault):
    put_in(fault, fault.wrong(with_rule=False))
    run = fresh_run(experiment(fault))
    name = next(call.writes for call in run.program.calls if call.op == fault.right.name)
    found = [run.explain(0, name, index) for index in np.ndindex(*run.trace(0).values[name].shape)]
    assert not all(explanation.rule.passed for explanation in found)


def test_once_the_mistakes_are_taken_out_everything_passes_again():
    for fault in FAULTS.values():
        assert fault.op.derivatives[fault.slot] is fault.right
        assert fresh_run(experiment(fault)).check(0).passed


def test_the_tutorials_five_mistakes_are_among_these():
    """DESIGN 3: the flipped sign, the missing 1/N, σ′(z) and transpose; the fifth is a name out of scope."""
    for name in (
        "the sign of the error is flipped",
        "the 1/n of the mean is missing",
        "the slope of the activation is missing",
        "W is not transposed on the way back",
        "the slope is multiplied in twice",
        "the bias sums over units",
    ):
        assert name in FAULTS
