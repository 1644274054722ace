"""The catalogue: every registry by the name the API gives it. Menus, validation, docs and tests come from here."""

from __future__ import annotations

from collections.abc import Mapping

from engine.activations import ACTIVATIONS
from engine.data.datasets import DATASETS
from engine.examples import EXAMPLES
from engine.layers import LAYERS
from engine.layers.initializers import INITIALIZERS
from engine.layers.regularisers import (
    CLIP_NORM,
    CLIP_SCALE,
    CLIP_VALUE,
    IDENTITY_AFTER,
    PENALTY_KINDS,
    dropout,
    norm_of,
    penalised_gradient,
    penalty,
)
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.optimizers.schedules import SCHEDULES
from engine.registry import Entry
from engine.rules.ops import Op

REGISTRIES: Mapping[str, Mapping[str, Entry]] = {
    "datasets": DATASETS,
    "layers": LAYERS,
    "activations": ACTIVATIONS,
    "losses": LOSSES,
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
    "initializers": INITIALIZERS,
    "examples": EXAMPLES,
}


def catalog() -> dict[str, tuple[Entry, ...]]:
    """Every entry of every registry."""
    return {name: tuple(registry.values()) for name, registry in REGISTRIES.items()}


def all_ops() -> dict[str, Op]:
    """Every operation that some entry can bring into a program, by name: forward, backward and update.

    With its parameters at their defaults, and a loss as a mean: what else they can be changes only numbers.
    """
    from engine.layers import AFFINE, LINEAR

    found: dict[str, Op] = {}

    def add(op: Op) -> None:
        if found.setdefault(op.name, op) is not op:
            raise ValueError(f"two operations are called {op.name}")
        for other in (*op.aids.values(), *op.derivatives.values()):
            add(other)

    for op in (
        AFFINE,
        LINEAR,
        *(entry.require_op(jacobian=jacobian) for entry in ACTIVATIONS.values() for jacobian in (False, True)),
        *(entry.require_op() for entry in LOSSES.values()),
        *(
            entry.require_op(fused=False, activation=activation)
            for entry in LOSSES.values()
            for activation in entry.unfused_activations
        ),
        *(op for entry in OPTIMIZERS.values() for op in (*entry.singles.values(), *entry.updates.values())),
        *(op for entry in SCHEDULES.values() if (op := entry.op({p.name: p.default for p in entry.params}))),
        *(penalty(2, kinds) for kinds in PENALTY_KINDS),
        *(penalised_gradient(kinds) for kinds in PENALTY_KINDS),
        *(*CLIP_VALUE.values(), *CLIP_NORM.values(), norm_of((2, 1)), CLIP_SCALE, dropout(0.5), IDENTITY_AFTER),
    ):
        add(op)
    return found
