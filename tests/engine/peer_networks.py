"""Networks in other systems that differentiate by themselves: what our traces are compared with.

Both take the completed spec of a run, and know nothing of our operations, derivatives or updates.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from engine import Run
from tests.engine.peers import require_torch, torch_loss

Plain = Mapping[str, Any]
Arrays = Mapping[str, np.ndarray]


def kind_and_params(choice: str | Plain) -> tuple[str, dict[str, Any]]:
    """The kind of a choice and its parameters, however it is written."""
    if isinstance(choice, str):
        return choice, {}
    return choice["kind"], {name: value for name, value in choice.items() if name != "kind"}


def penalty_of(document: Plain, weights: Mapping[str, Any]) -> Any:
    """l1·Σ|w| + ½·l2·Σw² over the weights, in any system whose arrays know abs, ** and sum."""
    l1, l2 = document["penalty"]["l1"], document["penalty"]["l2"]
    return sum(l1 * abs(w).sum() + l2 / 2 * (w**2).sum() for name, w in weights.items() if name.startswith("W"))


class Torch:
    """PyTorch, eager, float64."""

    def __init__(self) -> None:
        self.torch = require_torch()
        torch, of = self.torch, self.torch.nn.functional
        torch.set_default_dtype(torch.float64)  # or its NAdam keeps a product in single precision

        class StandIn(torch.autograd.Function):  # type: ignore[misc, name-defined]
            """The step, with the slope of another function on the way back."""

            @staticmethod
            def forward(context: Any, z: Any, slope: Any) -> Any:
                context.save_for_backward(slope)
                return (z > 0).double()

            @staticmethod
            def backward(context: Any, error: Any) -> Any:
                (slope,) = context.saved_tensors
                return error * slope, None

        def step(z: Any, surrogate: str) -> Any:
            sigmoid = torch.sigmoid(z.detach())
            slopes = {
                "zero": torch.zeros_like(z),
                "straight_through": (z.detach().abs() <= 1).double(),
                "sigmoid": sigmoid * (1 - sigmoid),
            }
            return StandIn.apply(z, slopes[surrogate])

        self.activations: dict[str, Callable[..., Any]] = {
            "identity": lambda z: z * 1,
            "sigmoid": torch.sigmoid,
            "tanh": torch.tanh,
            "relu": torch.relu,
            "leaky_relu": lambda z, slope=0.01: of.leaky_relu(z, slope),
            "prelu": lambda z, alpha: of.prelu(z, alpha),
            "elu": lambda z, alpha=1.0: of.elu(z, alpha),
            "selu": of.selu,
            "gelu": lambda z, form="exact": of.gelu(z, approximate="none" if form == "exact" else form),
            "silu": of.silu,
            "softplus": lambda z: of.softplus(z, threshold=500),
            "softsign": of.softsign,
            # Its own hardsigmoid has 1/6 in single precision on the way back.
            "hard_sigmoid": lambda z: of.relu6(z + 3) / 6,
            "hard_tanh": of.hardtanh,
            "sine": torch.sin,
            "gaussian": lambda z: torch.exp(-(z**2)),
            "step": step,
            "softmax": lambda z: torch.softmax(z, dim=1),
            "log_softmax": lambda z: torch.log_softmax(z, dim=1),
        }

    def leaves(self, parameters: Arrays) -> dict[str, Any]:
        """The parameters as tensors to differentiate by."""
        return {name: self.torch.tensor(value).requires_grad_() for name, value in parameters.items()}

    def forward(self, document: Plain, leaves: Plain, x: np.ndarray, masks: Arrays) -> dict[str, Any]:
        """Every z, a and h."""
        values: dict[str, Any] = {}
        flow = self.torch.tensor(x)
        for k, layer in enumerate(document["layers"], start=1):
            z = flow @ leaves[f"W{k}"].T + (leaves[f"b{k}"] if layer["bias"] else 0.0)
            kind, params = kind_and_params(layer["activation"])
            learned = {"alpha": leaves[f"alpha{k}"]} if f"alpha{k}" in leaves else {}
            flow = self.activations[kind](z, **params, **learned)
            values |= {f"z{k}": z, f"a{k}": flow}
            if f"mask{k}" in masks:
                flow = flow * self.torch.tensor(masks[f"mask{k}"]) / (1 - layer["dropout"])
                values[f"h{k}"] = flow
        return values

    def loss(self, document: Plain, values: Plain, y: np.ndarray) -> Any:
        """The loss of the outputs."""
        last = len(document["layers"])
        kind, params = kind_and_params(document["loss"])
        activation, _ = kind_and_params(document["layers"][-1]["activation"])
        compute = torch_loss(self.torch, kind, params, document["reduction"], document["fused"], activation)
        return compute(values[f"z{last}"], values[f"a{last}"], self.torch.tensor(y))

    def step(
        self, document: Plain, x: np.ndarray, y: np.ndarray, parameters: Arrays, masks: Arrays
    ) -> tuple[float, dict[str, np.ndarray], dict[str, np.ndarray]]:
        """The loss, every z, a and h, and the gradient with respect to each of them and each parameter."""
        leaves = self.leaves(parameters)
        values = self.forward(document, leaves, x, masks)
        for value in values.values():
            if value.requires_grad:
                value.retain_grad()
        loss = self.loss(document, values, y)
        loss.backward()
        numbers = {name: value.detach().numpy() for name, value in values.items()}
        slopes = {name: t.grad.numpy() for name, t in {**values, **leaves}.items() if t.grad is not None}
        return float(loss.detach()), numbers, slopes

    def train(self, document: Plain, run: Run, steps: int, shaken: float = 0.0) -> tuple[int, dict[str, np.ndarray]]:
        """The parameters after so many steps, from the same start, on the same batches, by torch.optim.

        And after how many: Lion goes by signs alone, and is left off where one hangs on rounding. `shaken` is by what
        part every other number of the start is moved first.
        """
        start = {
            name: value * (1 + shaken * (np.indices(value.shape).sum(0) % 2)) for name, value in run.state_at(0).items()
        }
        leaves = self.leaves(start)
        frozen = {f"{stem}{k}" for k, layer in enumerate(document["layers"], start=1) for stem in layer["frozen"]}
        moving = [leaf for name, leaf in leaves.items() if name not in frozen]
        if not moving:
            return steps, {name: leaf.detach().numpy() for name, leaf in leaves.items()}
        optimizer = self.optimizer(document, moving)
        schedule, until = self.schedule(document, optimizer)
        clip = self.torch.nn.utils
        for k in range(steps):
            rows = list(run.trajectory.rows(k))
            x, y = run.trajectory.x[rows], run.trajectory.y[rows]
            values = self.forward(document, leaves, x, run.trajectory.masks(k, len(rows)))
            optimizer.zero_grad()
            (self.loss(document, values, y) + penalty_of(document, leaves)).backward()
            reached = [leaf for leaf in moving if leaf.grad is not None]
            if reached and document["clip"]["value"] is not None:
                clip.clip_grad_value_(reached, document["clip"]["value"])
            if reached and document["clip"]["norm"] is not None:
                clip.clip_grad_norm_(reached, document["clip"]["norm"])
            if getattr(optimizer, "doubtful", bool)():
                steps = k
                break
            optimizer.step()
            if schedule is not None and k < until:
                schedule.step()
        return steps, {name: leaf.detach().numpy() for name, leaf in leaves.items()}

    def optimizer(self, document: Plain, moving: list[Any]) -> Any:
        """torch.optim's optimizer of the spec; Lion, which it has not, from its paper's algorithm."""
        optim = self.torch.optim
        kind, p = kind_and_params(document["optimizer"])
        rate = p["learning_rate"]
        betas = {"betas": (p.get("beta1"), p.get("beta2"))}
        make: dict[str, Callable[[], Any]] = {
            "sgd": lambda: optim.SGD(moving, rate),
            "momentum": lambda: optim.SGD(moving, rate, momentum=p["momentum"]),
            "nesterov": lambda: optim.SGD(moving, rate, momentum=p["momentum"], nesterov=True),
            "adagrad": lambda: optim.Adagrad(moving, rate, eps=p["epsilon"]),
            "rmsprop": lambda: optim.RMSprop(moving, rate, alpha=p["rho"], eps=p["epsilon"]),
            "adadelta": lambda: optim.Adadelta(moving, rate, rho=p["rho"], eps=p["epsilon"]),
            "adam": lambda: optim.Adam(moving, rate, eps=p["epsilon"], **betas),
            "adamw": lambda: optim.AdamW(moving, rate, eps=p["epsilon"], weight_decay=p["weight_decay"], **betas),
            "nadam": lambda: optim.NAdam(moving, rate, eps=p["epsilon"], momentum_decay=p["momentum_decay"], **betas),
            "lion": lambda: lion(self.torch, moving, rate, p["weight_decay"], *betas["betas"]),
        }
        return make[kind]()

    def schedule(self, document: Plain, optimizer: Any) -> tuple[Any, float]:
        """torch.optim's schedule of the spec, and the step from which on the rate stays as it is."""
        kinds = self.torch.optim.lr_scheduler
        kind, p = kind_and_params(document["schedule"])

        def rise(steps: int) -> Any:
            return kinds.LinearLR(optimizer, start_factor=1 / steps, total_iters=steps - 1)

        def wave(steps: int) -> Any:
            return kinds.CosineAnnealingLR(optimizer, steps, p["low"])

        if kind == "constant":
            return None, 0
        if kind == "step":
            return kinds.StepLR(optimizer, p["every"], p["factor"]), math.inf
        if kind == "exponential":
            return kinds.ExponentialLR(optimizer, p["factor"]), math.inf
        if kind == "cosine":
            return wave(p["steps"]), p["steps"]
        if kind == "warmup":
            return rise(p["steps"]), math.inf
        assert kind == "warmup_cosine"
        parts = [rise(p["warmup"]), wave(p["steps"] - p["warmup"])]
        return kinds.SequentialLR(optimizer, parts, [p["warmup"]]), p["steps"]


def lion(torch: Any, moving: list[Any], rate: float, decay: float, beta1: float, beta2: float) -> Any:
    """Lion as in algorithm 2 of its paper, as an optimizer that torch's schedules can set the rate of."""

    class Lion(torch.optim.Optimizer):  # type: ignore[misc, name-defined]
        def between(self, theta: Any, beta: float) -> Any:
            return beta * self.state[theta].setdefault("m", torch.zeros_like(theta)) + (1 - beta) * theta.grad

        def doubtful(self) -> bool:
            """Is there a move so small that rounding decides its sign?"""
            moves = torch.cat([self.between(theta, beta1).abs().reshape(-1) for theta in moving])
            return bool(((moves > 0) & (moves < 1e-12)).any())

        def step(self, closure: Any = None) -> None:
            with torch.no_grad():
                for theta in moving:
                    move, m = torch.sign(self.between(theta, beta1)), self.between(theta, beta2)
                    theta -= self.param_groups[0]["lr"] * (move + decay * theta)
                    self.state[theta]["m"] = m

    return Lion(moving, {"lr": rate})


class Autograd:
    """HIPS autograd: it traces plain NumPy. Every z, a and h gets a zero added to it, to be differentiated by."""

    def __init__(self) -> None:
        autograd = pytest.importorskip(
            "autograd", reason="HIPS autograd is not installed: pip install autograd, or the extra `test`"
        )
        np_ = self.np = autograd.numpy
        self.gradient = autograd.value_and_grad(self._loss)

        def log_normaliser(z: Any) -> Any:
            largest = np_.max(z, axis=1, keepdims=True)
            return largest + np_.log(np_.sum(np_.exp(z - largest), axis=1, keepdims=True))

        def elu(z: Any, alpha: float = 1.0) -> Any:
            return np_.where(z > 0, z, alpha * np_.expm1(np_.where(z > 0, 0.0, z)))

        def sigmoid(z: Any) -> Any:
            return 1 / (1 + np_.exp(-z))

        self.activations: dict[str, Callable[..., Any]] = {
            "identity": lambda z: z,
            "sigmoid": sigmoid,
            "tanh": np_.tanh,
            "relu": lambda z: np_.where(z > 0, z, 0.0),
            "leaky_relu": lambda z, slope=0.01: np_.where(z > 0, z, slope * z),
            "prelu": lambda z, alpha: np_.where(z > 0, z, alpha * z),
            "elu": elu,
            "selu": lambda z: 1.0507009873554805 * elu(z, 1.6732632423543772),
            "silu": lambda z: z * sigmoid(z),
            "softplus": lambda z: np_.logaddexp(0.0, z),
            "softsign": lambda z: z / (1 + np_.abs(z)),
            "hard_sigmoid": lambda z: np_.where(z > -3, np_.where(z < 3, z / 6 + 0.5, 1.0), 0.0),
            "hard_tanh": lambda z: np_.where(z > -1, np_.where(z < 1, z, 1.0), -1.0),
            "sine": np_.sin,
            "gaussian": lambda z: np_.exp(-(z**2)),
            "softmax": lambda z: np_.exp(z - log_normaliser(z)),
            "log_softmax": lambda z: z - log_normaliser(z),
        }

        def huber(d: Any, delta: float) -> Any:
            return np_.where(np_.abs(d) < delta, d**2 / 2, delta * (np_.abs(d) - delta / 2))

        def smoothed(y: Any, label_smoothing: float) -> Any:
            return y * (1 - label_smoothing) + label_smoothing / y.shape[1]

        def own(y: Any) -> Any:
            return y * np.log(np.where(y > 0, y, 1.0))

        def log_probabilities(z: Any, a: Any, activation: str | None) -> Any:
            if activation is None:
                return z - log_normaliser(z)
            return np_.log(a) if activation == "softmax" else a

        def binary(z: Any, a: Any, y: Any, activation: str | None) -> Any:
            if activation is None:
                return np_.logaddexp(0.0, z) - y * z
            return -(y * np_.log(a) + (1 - y) * np_.log(1 - a))

        self.parts: dict[str, Callable[..., Any]] = {
            "mse": lambda z, a, y, activation: (a - y) ** 2,
            "half_squared_error": lambda z, a, y, activation: (a - y) ** 2 / 2,
            "mae": lambda z, a, y, activation: np_.abs(a - y),
            "huber": lambda z, a, y, activation, delta: huber(a - y, delta),
            "log_cosh": lambda z, a, y, activation: np_.log(np_.cosh(a - y)),
            "binary_cross_entropy": binary,
            "softmax_cross_entropy": lambda z, a, y, activation, label_smoothing: (
                -smoothed(y, label_smoothing) * log_probabilities(z, a, activation)
            ),
            "hinge": lambda z, a, y, activation: np_.where(y * a < 1, 1 - y * a, 0.0),
            "kl_divergence": lambda z, a, y, activation: own(y) - y * log_probabilities(z, a, activation),
        }

    def knows(self, document: Plain) -> bool:
        """Has it every activation of the spec? Not those that need an error function, or a slope of their own."""
        kinds = [kind_and_params(layer["activation"]) for layer in document["layers"]]
        return all(kind in self.activations for kind, _ in kinds)

    def _loss(self, leaves: Any, document: Plain, x: Any, y: Any, masks: Arrays, found: dict[str, Any]) -> Any:
        flow = x
        for k, layer in enumerate(document["layers"], start=1):
            z = self.np.dot(flow, leaves[f"W{k}"].T) + leaves[f"z{k}"]
            if layer["bias"]:
                z = z + leaves[f"b{k}"]
            kind, params = kind_and_params(layer["activation"])
            learned = {"alpha": leaves[f"alpha{k}"]} if f"alpha{k}" in leaves else {}
            a = self.activations[kind](z, **params, **learned) + leaves[f"a{k}"]
            flow = a
            found |= {f"z{k}": z, f"a{k}": a}
            if f"mask{k}" in masks:
                flow = a * masks[f"mask{k}"] / (1 - layer["dropout"]) + leaves[f"h{k}"]
                found[f"h{k}"] = flow
        kind, params = kind_and_params(document["loss"])
        activation = None if document["fused"] else kind_and_params(document["layers"][-1]["activation"])[0]
        total = self.np.sum(self.parts[kind](z, a, y, activation, **params))
        if document["reduction"] == "sum":
            return total
        per_example = kind in ("half_squared_error", "softmax_cross_entropy", "kl_divergence")
        return total / (len(y) if per_example else y.size)

    def step(
        self, document: Plain, x: np.ndarray, y: np.ndarray, parameters: Arrays, masks: Arrays
    ) -> tuple[float, dict[str, np.ndarray], dict[str, np.ndarray]]:
        """As above."""
        leaves = dict(parameters)
        for k, layer in enumerate(document["layers"], start=1):
            leaves |= {f"{stem}{k}": np.zeros((len(x), layer["units"])) for stem in "zah"}
        found: dict[str, Any] = {}
        loss, slopes = self.gradient(leaves, document, x, y, masks, found)
        numbers = {name: getattr(box, "_value", box) for name, box in found.items()}
        return float(loss), numbers, slopes
