"""Traces of random dense networks against two automatic differentiators that know nothing of our derivatives.

Both are asked for the gradient with respect to every z, a, W and b at once: δ is the gradient with respect to z.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from engine import open_run
from engine.program import compile_program
from tests.engine.helpers import ACTIVATION_NAMES, LOSS_NAMES, assert_close, dense, fitting_targets, make_spec
from tests.engine.peers import require_torch, torch_loss

COMBINATIONS = list(product(ACTIVATION_NAMES, LOSS_NAMES))
NETWORKS = max(160, len(COMBINATIONS))
STEPS = 100
GRADIENTS, PARAMETERS = 1e-12, 1e-10
FLOOR = 1e-4
"""A loss or gradient that is 0 but for rounding is compared as if it were this large."""


def random_network(nth):
    """A dense network of depth 1 to 5 on inline data; together they have every activation with every loss."""
    draw = np.random.default_rng([20, nth])
    activation, loss = COMBINATIONS[nth % len(COMBINATIONS)]
    depth = int(draw.integers(1, 6))
    widths = draw.integers(1, 10, depth + 1).tolist()
    examples = int(draw.integers(1, 13))
    chosen = [activation if place == nth % depth else str(draw.choice(ACTIVATION_NAMES)) for place in range(depth)]
    layers = [
        dense(units, kind, bias=bool(draw.random() < 0.75)) for units, kind in zip(widths[1:], chosen, strict=True)
    ]
    return {
        "data": {
            "kind": "inline",
            "x": draw.normal(size=(examples, widths[0])).tolist(),
            "y": fitting_targets(loss, draw, (examples, widths[-1])).tolist(),
        },
        "layers": layers,
        "loss": loss,
        "optimizer": {"kind": "sgd", "learning_rate": float(draw.choice([0.01, 0.05, 0.1]))},
        "initializer": {"kind": "uniform", "low": -1.0, "high": 1.0},
        "parameters": {
            f"b{k}": draw.normal(size=layer["units"]).tolist()
            for k, layer in enumerate(layers, start=1)
            if layer["bias"] and draw.random() < 0.8
        },
        "batch_size": int(draw.integers(1, examples + 1)) if draw.random() < 0.4 else None,
        "epochs": STEPS,
        "seed": nth,
    }


class Torch:
    """PyTorch, eager, float64."""

    def __init__(self):
        self.torch = require_torch()
        relu, softmax = self.torch.relu, self.torch.softmax
        self.activations = {
            "identity": lambda z: z * 1,
            "sigmoid": self.torch.sigmoid,
            "tanh": self.torch.tanh,
            "relu": relu,
            "softmax": lambda z: softmax(z, dim=1),
        }
        self.losses = {name: torch_loss(self.torch, name) for name in LOSS_NAMES}

    def step(self, document, x, y, parameters):
        """The loss, every z and a, and the gradient with respect to each of them and each parameter."""
        tensor = self.torch.from_numpy
        leaves = {name: tensor(np.array(value)).requires_grad_() for name, value in parameters.items()}
        values, a = {}, tensor(np.array(x))
        for k, layer in enumerate(document["layers"], start=1):
            z = a @ leaves[f"W{k}"].T
            if layer["bias"]:
                z = z + leaves[f"b{k}"]
            a = self.activations[layer["activation"]](z)
            z.retain_grad()
            a.retain_grad()
            values |= {f"z{k}": z, f"a{k}": a}
        loss = self.losses[document["loss"]](z, a, tensor(np.array(y)))
        loss.backward()
        numbers = {name: value.detach().numpy() for name, value in values.items()}
        slopes = {name: t.grad.numpy() for name, t in (values | leaves).items() if t.grad is not None}
        return float(loss.detach()), numbers, slopes


class Autograd:
    """HIPS autograd: it traces plain NumPy. Every z and a gets a zero added to it, to be differentiated by."""

    def __init__(self):
        autograd = pytest.importorskip(
            "autograd", reason="HIPS autograd is not installed: pip install autograd, or the extra `test`"
        )
        np_ = autograd.numpy
        self.gradient = autograd.value_and_grad(self._loss)
        self.np = np_

        def log_normaliser(z):
            largest = np_.max(z, axis=1, keepdims=True)
            return largest + np_.log(np_.sum(np_.exp(z - largest), axis=1, keepdims=True))

        self.activations = {
            "identity": lambda z: z,
            "sigmoid": lambda z: 1 / (1 + np_.exp(-z)),
            "tanh": np_.tanh,
            "relu": lambda z: np_.where(z > 0, z, 0.0),
            "softmax": lambda z: np_.exp(z - log_normaliser(z)),
        }
        self.losses = {
            "mse": lambda z, a, y: np_.mean((a - y) ** 2),
            "half_squared_error": lambda z, a, y: np_.mean(0.5 * np_.sum((a - y) ** 2, axis=1)),
            "binary_cross_entropy": lambda z, a, y: np_.mean(np_.logaddexp(0.0, z) - y * z),
            "softmax_cross_entropy": lambda z, a, y: np_.sum(y * (log_normaliser(z) - z)) / len(y),
            "mae": lambda z, a, y: np_.mean(np_.abs(a - y)),
            "huber": lambda z, a, y: np_.mean(
                np_.where(np_.abs(a - y) < 1, (a - y) ** 2 / 2, np_.abs(a - y) - 0.5),
            ),
            "log_cosh": lambda z, a, y: np_.mean(np_.log(np_.cosh(a - y))),
            "hinge": lambda z, a, y: np_.mean(np_.where(y * a < 1, 1 - y * a, 0.0)),
            "kl_divergence": lambda z, a, y: (
                np_.sum(y * (np.log(np.where(y > 0, y, 1.0)) + log_normaliser(z) - z)) / len(y)
            ),
        }

    def _loss(self, leaves, document, x, y, found):
        a = x
        for k, layer in enumerate(document["layers"], start=1):
            z = self.np.dot(a, leaves[f"W{k}"].T)
            if layer["bias"]:
                z = z + leaves[f"b{k}"]
            z = z + leaves.get(f"z{k}", 0.0)
            a = self.activations[layer["activation"]](z) + leaves.get(f"a{k}", 0.0)
            found |= {f"z{k}": z, f"a{k}": a}
        return self.losses[document["loss"]](z, a, y)

    def step(self, document, x, y, parameters, everything=True):
        """As above."""
        leaves = dict(parameters)
        if everything:
            for k, layer in enumerate(document["layers"], start=1):
                leaves |= {f"{stem}{k}": np.zeros((len(x), layer["units"])) for stem in "za"}
        found = {}
        loss, slopes = self.gradient(leaves, document, x, y, found)
        return float(loss), {name: getattr(box, "_value", box) for name, box in found.items()}, slopes


@pytest.fixture(scope="module", params=[Torch, Autograd], ids=["torch", "autograd"])
def other(request):
    """Another differentiator."""
    return request.param()


OURS = {"z": "delta", "a": "da", "W": "dW", "b": "db"}


def compare(nth, step, found, theirs):
    """Every value and gradient of a trace with those of another system."""
    loss, numbers, slopes = theirs
    where = f"network {nth}, step {step}: "
    assert_close(where + "loss", found.loss, loss, GRADIENTS, FLOOR)
    for name, number in numbers.items():
        assert_close(where + name, found.values[name], number, GRADIENTS)
    compared = set()
    for name, slope in slopes.items():
        ours = OURS[name[0]] + name[1:]
        if ours in found.values:
            assert_close(where + ours, found.values[ours], slope, GRADIENTS, FLOOR)
            compared.add(ours)
    wanted = {call.writes for call in found.frames if call.phase == "backward"}
    assert compared == wanted, f"{where}not compared: {wanted - compared}"


@pytest.mark.parametrize("nth", range(NETWORKS))
def test_every_value_and_gradient_agrees(other, nth):
    document = random_network(nth)
    run = open_run(make_spec(document))
    last = run.spec.batches_per_epoch - 1
    for step in {0, last, run.spec.batches_per_epoch}:
        found = run.trace(step)
        parameters = {name: found.values[name] for name in run.program.parameters}
        compare(nth, step, found, other.step(document, found.values["a0"], found.values["y"], parameters))


@pytest.mark.parametrize("nth", range(NETWORKS))
def test_parameters_agree_after_100_steps(other, nth):
    document = random_network(nth)
    run = open_run(make_spec(document))
    rate = document["optimizer"]["learning_rate"]
    parameters = dict(run.state_at(0))
    for step in range(STEPS):
        rows = list(run.trajectory.rows(step))
        x, y = run.trajectory.x[rows], run.trajectory.y[rows]
        more = {"everything": False} if isinstance(other, Autograd) else {}
        _, _, slopes = other.step(document, x, y, parameters, **more)
        parameters = {name: value - rate * slopes[name] for name, value in parameters.items()}
    for name, value in run.state_at(STEPS).items():
        assert_close(f"network {nth}: {name} after {STEPS} steps", value, parameters[name], PARAMETERS)


def test_the_networks_are_as_varied_as_they_should_be():
    documents = [random_network(nth) for nth in range(NETWORKS)]
    used = {(layer["activation"], document["loss"]) for document in documents for layer in document["layers"]}
    assert used == set(COMBINATIONS)
    ends = {(document["layers"][-1]["activation"], document["loss"]) for document in documents}
    assert ends == set(COMBINATIONS)
    assert {len(document["layers"]) for document in documents} == {1, 2, 3, 4, 5}
    widths = {units for document in documents for units in make_spec(document).widths}
    assert widths == set(range(1, 10))
    assert {len(document["data"]["x"]) for document in documents} == set(range(1, 13))
    assert {layer["bias"] for document in documents for layer in document["layers"]} == {True, False}
    batches = [make_spec(document) for document in documents if document["batch_size"]]
    assert any(spec.extent[0] % spec.batch for spec in batches), "no last batch is smaller"
    assert len(batches) > NETWORKS / 4
    programs = {tuple((call.op, call.writes) for call in compile_program(make_spec(d)).calls) for d in documents}
    assert len(programs) > NETWORKS / 2
