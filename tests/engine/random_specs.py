"""Random experiments: small networks that between them combine every entry of every registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from engine import ExperimentSpec, Param
from engine.activations import ACTIVATIONS
from engine.data.data_spec import extent
from engine.data.datasets import DATASETS
from engine.data.split import make_split
from engine.layers.initializers import INITIALIZERS
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.optimizers.schedules import SCHEDULES
from engine.registry import Entry
from tests.engine.helpers import fitting_targets

STEPS = 100

PAIRS = list(product(ACTIVATIONS, LOSSES))
FORMS = list(product(("mean", "sum"), (True, False)))
CLIPS: tuple[dict[str, float], ...] = ({}, {"value": 0.05}, {"norm": 0.5})
PENALTIES: tuple[dict[str, float], ...] = ({}, {"l2": 0.01}, {"l1": 0.002}, {"l1": 0.001, "l2": 0.02})
RATES = {
    "sgd": 0.05,
    "momentum": 0.01,
    "nesterov": 0.01,
    "adagrad": 0.02,
    "adadelta": 0.5,
    "rmsprop": 0.002,
    "lion": 0.002,
}
"""Learning rates that get somewhere in a hundred steps; 0.005 for the others."""


def random_spec(nth: int) -> dict[str, Any]:
    """A network of 1 to 4 layers, as plain data. What has to be tried in turn follows from `nth`, the rest is drawn."""
    draw = np.random.default_rng([20, nth])
    activation, loss = PAIRS[nth % len(PAIRS)]
    reduction, fused = FORMS[(nth // 3) % len(FORMS)]
    optimizer = turn(OPTIMIZERS, nth)
    cancels = () if fused else LOSSES[loss].unfused_activations
    depth = int(draw.integers(2 if cancels else 1, 5))
    kinds = [str(draw.choice(list(ACTIVATIONS))) for _ in range(depth)]
    kinds[-1] = str(draw.choice(cancels)) if cancels else kinds[-1]
    kinds[nth % (depth - 1 if cancels else depth)] = activation
    data, outputs = random_data(draw, nth, loss)
    widths = [*map(int, draw.integers(1, 8, depth - 1)), outputs]
    layers = [
        {
            "kind": "dense",
            "units": units,
            "activation": tuned(draw, ACTIVATIONS[kind]),
            "bias": bool(draw.random() < 0.8),
            "dropout": float(draw.choice([0.2, 0.5])) if place < depth - 1 and draw.random() < 0.25 else 0.0,
        }
        for place, (units, kind) in enumerate(zip(widths, kinds, strict=True))
    ]
    if draw.random() < 0.25:
        layers[int(draw.integers(depth))]["frozen"] = [str(draw.choice(["W"]))]
    return {
        "data": data,
        "layers": layers,
        "loss": tuned(draw, LOSSES[loss]),
        "reduction": reduction,
        "fused": fused,
        "optimizer": tuned(draw, OPTIMIZERS[optimizer]) | {"learning_rate": RATES.get(optimizer, 0.005)},
        "schedule": random_schedule(draw, turn(SCHEDULES, nth // len(OPTIMIZERS))),
        "clip": CLIPS[(nth // 5) % len(CLIPS)],
        "penalty": PENALTIES[(nth // 7) % len(PENALTIES)],
        "initializer": random_initializer(draw, turn(INITIALIZERS, nth)),
        "parameters": {
            f"b{k}": draw.normal(size=layer["units"]).round(3).tolist()
            for k, layer in enumerate(layers, start=1)
            if layer["bias"] and draw.random() < 0.8
        },
        "batch_size": int(draw.integers(1, 6)) if nth % 5 < 2 else None,
        "epochs": STEPS,
        "seed": nth,
    }


def turn(registry: Mapping[str, Entry], nth: int) -> str:
    """Its entries one after the other, round and round."""
    return list(registry)[nth % len(registry)]


def tuned(draw: np.random.Generator, entry: Entry) -> Any:
    """An entry with values for its parameters; its name alone, where it has none."""
    if not entry.params:
        return entry.name if entry.name not in OPTIMIZERS else {"kind": entry.name}
    return {"kind": entry.name, **{param.name: near_default(draw, param) for param in entry.params}}


def near_default(draw: np.random.Generator, param: Param) -> Any:
    """A value for a parameter, of about the size of its default; now and then the default itself."""
    default = param.default
    if param.kind == "choice":
        return str(draw.choice(param.choices))
    if param.kind != "number" or draw.random() < 0.3 or not isinstance(default, float):
        return default
    if param.maximum == 1 and default > 0.5:
        return float(draw.uniform(default - 0.1, default))
    return float(draw.uniform(0.5, 1.5) * default) if default else float(draw.uniform(0.01, 0.1))


def random_schedule(draw: np.random.Generator, kind: str) -> dict[str, Any]:
    """A schedule that does something within the steps."""
    warmup, steps = int(draw.integers(2, 30)), int(draw.integers(40, 150))
    params = {
        "step": {"every": int(draw.integers(5, 40)), "factor": float(draw.uniform(0.5, 1.0))},
        "exponential": {"factor": float(draw.uniform(0.95, 1.0))},
        "cosine": {"steps": steps, "low": float(draw.choice([0.0, 0.0005]))},
        "warmup": {"steps": warmup},
        "warmup_cosine": {"steps": steps, "warmup": warmup, "low": float(draw.choice([0.0, 0.0005]))},
    }
    return {"kind": kind, **params.get(kind, {})}


def random_initializer(draw: np.random.Generator, kind: str) -> dict[str, Any]:
    """An initializer; a constant one with a constant that is not zero."""
    given: dict[str, dict[str, Any]] = {"uniform": {"low": -0.8, "high": 0.9}, "constant": {"value": 0.3}}
    return {"kind": kind, **given.get(kind, {})}


def random_data(draw: np.random.Generator, nth: int, loss: str) -> tuple[dict[str, Any], int]:
    """Examples given outright, or in every third spec a data set whose targets the loss takes. And how many targets."""
    for kind in rotated(sorted(DATASETS), nth) if nth % 3 == 0 else ():
        data = {"kind": kind} | ({"examples": 12} if any(p.name == "examples" for p in DATASETS[kind].params) else {})
        spec = ExperimentSpec.from_json({"data": data}).data
        examples, inputs, outputs = extent(spec)
        split = make_split(spec, nth)
        if examples <= 40 and inputs <= 8 and LOSSES[loss].targets.misfit(split.y) is None:
            return data, outputs
    examples, inputs, outputs = (int(draw.integers(low, high)) for low, high in ((1, 13), (1, 7), (1, 6)))
    x = draw.normal(size=(examples, inputs))
    y = fitting_targets(loss, draw, (examples, outputs))
    return {"kind": "inline", "x": x.tolist(), "y": y.tolist()}, outputs


def rotated(names: Sequence[str], by: int) -> list[str]:
    """The names, beginning somewhere else."""
    start = by % len(names)
    return [*names[start:], *names[:start]]
