"""How fast the engine trains, beside loops that anyone might write. Run it: python -m tests.benchmarks.bench_training

Ratios only mean something within one run: the contenders take turns in rounds, and of each the lower quartile counts.
BLAS has one thread. Nobody computes the loss while training, save PyTorch, which cannot do without.

textbook    a new array for every operation, parameters in a dictionary
by hand     every array allocated beforehand, out= everywhere, parameters end to end, straight-line code
engine      Trajectory.go, checkpoints and all
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from engine import ExperimentSpec, Trajectory

Steps = Callable[[int], None]
Parameters = dict[str, np.ndarray]


def dense(units: int, activation: str) -> dict[str, Any]:
    return {"kind": "dense", "units": units, "activation": activation}


NETWORKS: dict[str, dict[str, Any]] = {
    "seed 2-4-1, N=100": {},
    "2-8-8-8-1 tanh, N=30": {
        "data": {"kind": "uniform", "examples": 30},
        "layers": [dense(8, "tanh"), dense(8, "tanh"), dense(8, "tanh"), dense(1, "tanh")],
    },
    "784-128-64-10, batch 64": {
        "data": {"kind": "uniform", "examples": 64, "inputs": 784, "outputs": 10},
        "layers": [dense(128, "relu"), dense(64, "relu"), dense(10, "softmax")],
        "loss": "softmax_cross_entropy",
        "initializer": {"kind": "uniform", "low": -0.05, "high": 0.05},
    },
}
CHECKED_STEPS = {"784-128-64-10, batch 64": 20}
"""Steps after which all loops must have the same loss, where not 200."""


# The textbook loop


def textbook(spec: ExperimentSpec, x: np.ndarray, y: np.ndarray, p: Parameters) -> Steps:
    """The plainest NumPy: every line allocates."""
    activations = [layer.activation.kind for layer in spec.layers]
    depth, n, rate = len(activations), len(x), float(spec.optimizer.values["learning_rate"])

    def sigmoid(z: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-z))

    def relu(z: np.ndarray) -> np.ndarray:
        return np.maximum(z, 0)

    functions = {"sigmoid": sigmoid, "tanh": np.tanh, "relu": relu}
    slopes = {"sigmoid": lambda a: a * (1 - a), "tanh": lambda a: 1 - a * a, "relu": lambda a: a > 0}

    def steps(count: int) -> None:
        for _ in range(count):
            a = [x]
            for k in range(1, depth + 1):
                z = a[-1] @ p[f"W{k}"].T + p[f"b{k}"]
                a.append(functions[activations[k - 1]](z) if activations[k - 1] in functions else z)
            if spec.loss.kind == "mse":
                delta = 2 * (a[-1] - y) / y.size * slopes[activations[-1]](a[-1])
            else:
                e = np.exp(z - z.max(axis=1, keepdims=True))
                delta = (e / e.sum(axis=1, keepdims=True) * y.sum(axis=1, keepdims=True) - y) / n
            gradients = {}
            for k in range(depth, 0, -1):
                gradients[f"W{k}"] = delta.T @ a[k - 1]
                gradients[f"b{k}"] = delta.sum(axis=0)
                if k > 1:
                    delta = (delta @ p[f"W{k}"]) * slopes[activations[k - 2]](a[k - 1])
            for name, gradient in gradients.items():
                p[name] = p[name] - rate * gradient

    return steps


# The loops written by hand


def flat(parameters: Parameters) -> tuple[np.ndarray, list[np.ndarray], np.ndarray, list[np.ndarray]]:
    """Parameters and gradients, each end to end in one array, and views of them in order."""
    size = sum(value.size for value in parameters.values())
    both = (np.empty(size), np.empty(size))
    views: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
    start = 0
    for value in parameters.values():
        for block, part in zip(both, views, strict=True):
            part.append(block[start : start + value.size].reshape(value.shape))
        views[0][-1][...] = value
        start += value.size
    return both[0], views[0], both[1], views[1]


def by_hand_seed(spec: ExperimentSpec, x: np.ndarray, y: np.ndarray, p: Parameters) -> Steps:
    theta, (W1, b1, W2, b2), g, (dW1, db1, dW2, db2) = flat(p)
    p |= dict(zip(p, (W1, b1, W2, b2), strict=True))
    n = len(x)
    a1, s1, d1 = np.empty((n, 4)), np.empty((n, 4)), np.empty((n, 4))
    a2, s2, d2 = np.empty((n, 1)), np.empty((n, 1)), np.empty((n, 1))
    change, ones, one = np.empty_like(theta), np.ones(n), np.array(1.0)
    scale, rate = np.array(2.0 / y.size), np.array(float(spec.optimizer.values["learning_rate"]))
    W1T, W2T, d1T, d2T = W1.T, W2.T, d1.T, d2.T
    dot, add, sub, mul, div, neg, exp = np.dot, np.add, np.subtract, np.multiply, np.divide, np.negative, np.exp

    def steps(count: int) -> None:
        for _ in range(count):
            dot(x, W1T, a1)
            add(a1, b1, a1)
            neg(a1, a1)
            exp(a1, a1)
            add(a1, one, a1)
            div(one, a1, a1)
            dot(a1, W2T, a2)
            add(a2, b2, a2)
            neg(a2, a2)
            exp(a2, a2)
            add(a2, one, a2)
            div(one, a2, a2)
            sub(a2, y, d2)
            mul(d2, scale, d2)
            sub(one, a2, s2)
            mul(s2, a2, s2)
            mul(d2, s2, d2)
            dot(d2T, a1, dW2)
            dot(ones, d2, db2)
            dot(d2, W2, d1)
            sub(one, a1, s1)
            mul(s1, a1, s1)
            mul(d1, s1, d1)
            dot(d1T, x, dW1)
            dot(ones, d1, db1)
            mul(g, rate, change)
            sub(theta, change, theta)

    return steps


def by_hand_tanh(spec: ExperimentSpec, x: np.ndarray, y: np.ndarray, p: Parameters) -> Steps:
    theta, views, g, slots = flat(p)
    p |= dict(zip(p, views, strict=True))
    W1, b1, W2, b2, W3, b3, W4, b4 = views
    dW1, db1, dW2, db2, dW3, db3, dW4, db4 = slots
    n = len(x)
    a1, a2, a3, d1, d2, d3, s = (np.empty((n, 8)) for _ in range(7))
    a4, d4, s4 = (np.empty((n, 1)) for _ in range(3))
    change, ones, one = np.empty_like(theta), np.ones(n), np.array(1.0)
    scale, rate = np.array(2.0 / y.size), np.array(float(spec.optimizer.values["learning_rate"]))
    W1T, W2T, W3T, W4T, d1T, d2T, d3T, d4T = W1.T, W2.T, W3.T, W4.T, d1.T, d2.T, d3.T, d4.T
    dot, add, sub, mul, tanh = np.dot, np.add, np.subtract, np.multiply, np.tanh

    def steps(count: int) -> None:
        for _ in range(count):
            dot(x, W1T, a1)
            add(a1, b1, a1)
            tanh(a1, a1)
            dot(a1, W2T, a2)
            add(a2, b2, a2)
            tanh(a2, a2)
            dot(a2, W3T, a3)
            add(a3, b3, a3)
            tanh(a3, a3)
            dot(a3, W4T, a4)
            add(a4, b4, a4)
            tanh(a4, a4)
            sub(a4, y, d4)
            mul(d4, scale, d4)
            mul(a4, a4, s4)
            sub(one, s4, s4)
            mul(d4, s4, d4)
            dot(d4T, a3, dW4)
            dot(ones, d4, db4)
            dot(d4, W4, d3)
            mul(a3, a3, s)
            sub(one, s, s)
            mul(d3, s, d3)
            dot(d3T, a2, dW3)
            dot(ones, d3, db3)
            dot(d3, W3, d2)
            mul(a2, a2, s)
            sub(one, s, s)
            mul(d2, s, d2)
            dot(d2T, a1, dW2)
            dot(ones, d2, db2)
            dot(d2, W2, d1)
            mul(a1, a1, s)
            sub(one, s, s)
            mul(d1, s, d1)
            dot(d1T, x, dW1)
            dot(ones, d1, db1)
            mul(g, rate, change)
            sub(theta, change, theta)

    return steps


def by_hand_wide(spec: ExperimentSpec, x: np.ndarray, y: np.ndarray, p: Parameters) -> Steps:
    theta, views, g, slots = flat(p)
    p |= dict(zip(p, views, strict=True))
    W1, b1, W2, b2, W3, b3 = views
    dW1, db1, dW2, db2, dW3, db3 = slots
    n = len(x)
    a1, d1, s1 = (np.empty((n, 128)) for _ in range(3))
    a2, d2, s2 = (np.empty((n, 64)) for _ in range(3))
    d3, row, total = np.empty((n, 10)), np.empty((n, 1)), y.sum(axis=1, keepdims=True)
    change, ones, zero, size = np.empty_like(theta), np.ones(n), np.array(0.0), np.array(float(n))
    rate = np.array(float(spec.optimizer.values["learning_rate"]))
    W1T, W2T, W3T, d1T, d2T, d3T = W1.T, W2.T, W3.T, d1.T, d2.T, d3.T
    dot, add, sub, mul, div, exp = np.dot, np.add, np.subtract, np.multiply, np.divide, np.exp
    maximum, greater, largest, sums = np.maximum, np.greater, np.maximum.reduce, np.add.reduce

    def steps(count: int) -> None:
        for _ in range(count):
            dot(x, W1T, a1)
            add(a1, b1, a1)
            maximum(a1, zero, out=a1)
            dot(a1, W2T, a2)
            add(a2, b2, a2)
            maximum(a2, zero, out=a2)
            dot(a2, W3T, d3)
            add(d3, b3, d3)
            largest(d3, 1, None, row, True)
            sub(d3, row, d3)
            exp(d3, d3)
            sums(d3, 1, None, row, True)
            div(d3, row, d3)
            mul(d3, total, d3)
            sub(d3, y, d3)
            div(d3, size, d3)
            dot(d3T, a2, dW3)
            dot(ones, d3, db3)
            dot(d3, W3, d2)
            greater(a2, zero, s2)
            mul(d2, s2, d2)
            dot(d2T, a1, dW2)
            dot(ones, d2, db2)
            dot(d2, W2, d1)
            greater(a1, zero, s1)
            mul(d1, s1, d1)
            dot(d1T, x, dW1)
            dot(ones, d1, db1)
            mul(g, rate, change)
            sub(theta, change, theta)

    return steps


BY_HAND = dict(zip(NETWORKS, (by_hand_seed, by_hand_tanh, by_hand_wide), strict=True))


def torch_eager(spec: ExperimentSpec, x: np.ndarray, y: np.ndarray, p: Parameters) -> Steps | None:
    """PyTorch without compiling, float64; None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    inputs, targets = torch.from_numpy(x.copy()), torch.from_numpy(y.copy())
    leaves = {name: torch.from_numpy(value.copy()).requires_grad_() for name, value in p.items()}
    p |= {name: leaf.detach().numpy() for name, leaf in leaves.items()}
    rate = float(spec.optimizer.values["learning_rate"])
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "softmax": lambda z: z}
    loss_of = torch.nn.functional.mse_loss if spec.loss.kind == "mse" else torch.nn.functional.cross_entropy
    layers = [(f"W{k}", f"b{k}", functions[layer.activation.kind]) for k, layer in enumerate(spec.layers, start=1)]

    def steps(count: int) -> None:
        for _ in range(count):
            a = inputs
            for W, b, f in layers:
                a = f(torch.nn.functional.linear(a, leaves[W], leaves[b]))
            loss_of(a, targets).backward()
            with torch.no_grad():
                for leaf in leaves.values():
                    leaf -= rate * leaf.grad
                    leaf.grad = None

    return steps


# Measuring


def lower_quartiles(contenders: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Seconds of each contender: they take turns, in another order every round; the lower quartile of the rounds."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    order = list(contenders)
    shuffle = random.Random(0)
    for _ in range(rounds):
        shuffle.shuffle(order)
        for name in order:
            times[name].append(contenders[name]())
    return {name: statistics.quantiles(found, n=4)[0] for name, found in times.items()}


def timed(work: Callable[[], object]) -> float:
    """Seconds a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def worked(job: Callable[[], None]) -> float:
    """Processor time of one call, in seconds: what other programs take does not count."""
    start = time.process_time()
    job()
    return time.process_time() - start


def make(name: str) -> tuple[ExperimentSpec, Trajectory, dict[str, tuple[Steps, Parameters]]]:
    """All loops for a network, from the same data and first parameters."""
    spec = ExperimentSpec.from_json({**NETWORKS[name], "epochs": 10**9})
    trajectory = Trajectory(spec)
    first = trajectory.parameters(0)
    x, y = trajectory.x, trajectory.y
    loops: dict[str, tuple[Steps, Parameters]] = {}
    for contender, loop in (("textbook", textbook), ("by hand", BY_HAND[name]), ("PyTorch eager", torch_eager)):
        parameters = {key: value.copy() for key, value in first.items()}
        steps = loop(spec, x, y, parameters)
        if steps is not None:
            loops[contender] = (steps, parameters)
    return spec, trajectory, loops


def loss_with(spec: ExperimentSpec, parameters: Parameters) -> float:
    """The loss of the experiment with other parameters."""
    given = {name: np.asarray(value).tolist() for name, value in parameters.items()}
    return Trajectory(ExperimentSpec.from_json({**spec.to_json(), "parameters": given})).trace(0).loss


def check_same_loss(name: str) -> str:
    """Every loop, after so many steps, has the loss the engine has; how far apart the worst one is."""
    spec, trajectory, loops = make(name)
    steps = CHECKED_STEPS.get(name, 200)
    wanted, before = trajectory.trace(steps).loss, trajectory.trace(0).loss
    worst = 0.0
    for contender, (run, parameters) in loops.items():
        run(steps)
        found = loss_with(spec, parameters)
        apart = abs(found - wanted) / abs(wanted)
        if not apart < 1e-10:
            sys.exit(f"{name}: {contender} has loss {found!r} after {steps} steps, the engine {wanted!r}")
        worst = max(worst, apart)
    return f"loss {before:.9g} → {wanted:.9g} after {steps} steps in all loops (relatively at most {worst:.1g} apart)"


def bench_steps(name: str, rounds: int) -> None:
    """Training without looking."""
    _, trajectory, loops = make(name)
    probe = min(timed(lambda: loops["by hand"][0](5)) / 5 for _ in range(3))
    count = max(8, int(0.02 / probe))

    def go() -> None:
        trajectory.go(trajectory.position + count)

    def turn(steps: Steps) -> Callable[[], float]:
        return lambda: timed(lambda: steps(count))

    contenders = {"engine": lambda: timed(go)} | {other: turn(steps) for other, (steps, _) in loops.items()}
    found = lower_quartiles(contenders, rounds)
    print(f"  {'training without looking':34}{'µs/step':>9}{'÷ by hand':>11}{'÷ textbook':>12}")
    for contender in ("by hand", "engine", "textbook", "PyTorch eager"):
        if contender in found:
            mine = found[contender]
            hand, plain = mine / found["by hand"], mine / found["textbook"]
            print(f"  {contender:34}{mine / count * 1e6:9.1f}{hand:11.2f}{plain:12.2f}")


def bench_looking(name: str, rounds: int) -> None:
    """What looking costs, beside the engine's own step."""
    spec, _, _ = make(name)
    blind, recorder, tracer = (Trajectory(spec) for _ in range(3))
    blind.go(64)
    probe = timed(lambda: blind.go(blind.position + 64)) / 64
    count = max(8, min(2000, int(0.02 / probe)))
    arena = np.zeros((count, recorder.full(0).block.size))
    arena += 1.0  # every page touched beforehand
    plan = recorder.plan(0)

    def go() -> None:
        blind.go(blind.position + count)

    def every_value() -> None:
        with np.errstate(all="ignore"):
            for _ in range(count):
                plan.run_full()

    def record() -> None:
        with np.errstate(all="ignore"):
            for row in arena:
                plan.run_full()
                row[:] = plan.block
                plan.carry()

    def trace_one() -> None:
        for _ in range(count):
            tracer.trace(tracer.position)

    def trace_every() -> None:
        for _ in range(count):
            tracer.go(tracer.position + 1)
            tracer.trace(tracer.position)

    work = {
        "the step": go,
        "every value of a step computed": every_value,
        "taken, and recorded in an arena": record,
        "a trace, the run standing there": trace_one,
        "a trace of every step, in turn": trace_every,
    }
    found = lower_quartiles({what: (lambda job=job: timed(job)) for what, job in work.items()}, rounds)
    print(f"  {'looking':34}{'µs':>9}{'÷ the step':>11}")
    for what, seconds in found.items():
        print(f"  {what:34}{seconds / count * 1e6:9.1f}{seconds / found['the step']:11.2f}")


def bench_wide(width: int, rounds: int) -> None:
    """A step of a wide network beside its matrix products alone: the same shapes, the same arrays every time."""
    batch, depth = 64, 3
    spec = ExperimentSpec.from_json(
        {
            "data": {"kind": "uniform", "examples": batch, "inputs": width, "outputs": width},
            "layers": [dense(width, "relu") for _ in range(depth - 1)] + [dense(width, "identity")],
            "initializer": {"kind": "he_normal"},
        }
    )
    trajectory = Trajectory(spec)
    generator = np.random.default_rng(0)
    a, delta, z = (generator.normal(size=(batch, width)) for _ in range(3))
    weights = [generator.normal(size=(width, width)) for _ in range(depth)]
    gradients = [np.empty((width, width)) for _ in range(depth)]
    count = max(2, int(0.2 / (3 * depth * 2 * batch * width * width / 4e10)))

    def products() -> None:
        for _ in range(count):
            for weight in weights:
                np.dot(a, weight.T, z)
            for weight, gradient in zip(weights, gradients, strict=True):
                np.dot(delta.T, a, gradient)
                if weight is not weights[0]:
                    np.dot(delta, weight, z)

    def go() -> None:
        trajectory.go(trajectory.position + count)

    found = lower_quartiles({"products": lambda: worked(products), "engine": lambda: worked(go)}, rounds)
    ratio = found["engine"] / found["products"]
    print(
        f"  {width} wide, {depth} layers, batch {batch}: {found['engine'] / count * 1e6:.0f} µs a step, "
        f"{found['products'] / count * 1e6:.0f} µs its products alone: {ratio:.2f} (processor time)"
    )


def bench_any_step(name: str, steps: int, asked: int) -> None:
    """Any step of a long run once it was computed."""
    _, trajectory, _ = make(name)
    seconds = timed(lambda: trajectory.go(steps))
    picked = [random.Random(nth).randrange(steps) for nth in range(asked)]
    times = [timed(partial(trajectory.trace, step)) * 1e3 for step in picked]
    held = trajectory.checkpoints
    print(
        f"  {steps:,} steps in {seconds:.2f} s ({seconds / steps * 1e6:.1f} µs a step); "
        f"then {asked} traces of any step: median {statistics.median(times):.2f} ms, most {max(times):.2f} ms\n"
        f"  {len(held.steps):,} checkpoints, one every {held.spacing} steps, {held.nbytes / 2**20:.1f} MiB"
    )


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--steps", type=int, default=100_000, help="length of the long runs (small networks)")
    chosen = parser.parse_args()
    with threadpool_limits(1):
        print(f"Python {platform.python_version()}, NumPy {np.__version__}, one BLAS thread, {chosen.rounds} rounds")
        print("\nwide networks beside their matrix products alone")
        for width in (512, 1024):
            bench_wide(width, max(3, chosen.rounds // 3))
        for name in NETWORKS:
            print(f"\n{name}")
            print(f"  {check_same_loss(name)}")
            bench_steps(name, chosen.rounds)
            bench_looking(name, chosen.rounds)
            bench_any_step(name, chosen.steps if "784" not in name else 2_000, 200 if "784" not in name else 50)


if __name__ == "__main__":
    main()
