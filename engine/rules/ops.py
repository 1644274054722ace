"""Operations: a vectorised kernel, its derivatives and its scalar rule, declared side by side.

A kernel is written once, as a sequence of NumPy calls that write into given arrays:

    def sigmoid(do, out, z):
        do(np.negative, z, out)
        do(np.exp, out, out)
        ...

`do` decides what becomes of each call. `Eager` performs it at once; a plan (plan.py) records it over arrays that it
allocated beforehand and compiles the record to straight-line code. Either way the arithmetic is the same calls in
the same order, so it has one definition and gives one set of bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Protocol

import numpy as np

from engine.registry import Text
from engine.rules.rule import Array, Rule, Shape


class Do(Protocol):
    """What a kernel is given to work with."""

    def __call__(self, function: Callable[..., Any], *args: Any, **named: Any) -> None:
        """Perform, or record, `function(*args, **named)`; one of the arguments is where the result goes."""

    def scratch(self, shape: Shape, dtype: type = float) -> Array:
        """An array for intermediate results, private to this run of the kernel."""

    def constant(self, value: float) -> Array:
        """A constant as a 0-d array (which NumPy's functions take faster than a Python float)."""

    def ones(self, length: int) -> Array:
        """A vector of ones; its product with a matrix is the sum of the rows."""


class Eager:
    """Performs every call at once."""

    def __call__(self, function: Callable[..., Any], *args: Any, **named: Any) -> None:
        """Perform `function(*args, **named)`."""
        function(*args, **named)

    def scratch(self, shape: Shape, dtype: type = float) -> Array:
        """A fresh array."""
        return np.empty(shape, dtype)

    def constant(self, value: float) -> Array:
        """A fresh 0-d array."""
        return np.array(value)

    def ones(self, length: int) -> Array:
        """A fresh vector of ones."""
        return np.ones(length)


def gradient_of(name: str) -> str:
    """The name of the loss's derivative with respect to a named value: delta for z, d… for the rest.

    >>> gradient_of("z2"), gradient_of("W2"), gradient_of("z")
    ('delta2', 'dW2', 'delta')
    """
    return "delta" + name[1:] if name.startswith("z") else "d" + name


def derived(name: str, suffix: str) -> str:
    """The name of an operation that belongs to another: leaky_relu_delta(slope=0.2).

    >>> derived("leaky_relu(slope=0.2)", "delta")
    'leaky_relu_delta(slope=0.2)'
    """
    stem, bracket, rest = name.partition("(")
    return f"{stem}_{suffix}{bracket}{rest}"


@dataclass(frozen=True, eq=False)
class Op:
    """One operation.

    `kernel(do, out, **operands)` computes the whole result; `rule` is the arithmetic of one element of it. A test
    holds the one against the other at every index.

    `derivatives` maps a slot to the operation that computes the loss's gradient with respect to that operand, in
    the order the backward pass should take them. Its slots are named after this operation's own slots and result,
    and after their gradients (`gradient_of`): sigmoid's derivative reads `da` and `a`, affine's reads `delta`.
    An elementwise operation gives every element from the operands' elements at the same place, so that one call on
    several arrays laid end to end equals a call on each.

    `aids` names values the operation wants computed first, in the same phase and in this order: a slot of its own,
    and the operation that fills it from values the call can reach (softmax's Jacobian `J`). `inference` is what the
    operation is once training is over, where that differs (dropout: the identity).

    `active` belongs to an activation: the bounds of z at and beyond which its slope is next to nothing. A unit there is
    saturated; where the slope is exactly 0, as for relu, the example teaches it nothing, and a unit that is there for
    every example is dead. The first bound is above the second where there is no slope anywhere.

    `surrogate` is set on a derivative that is not its function's, but stands in for it: it says what it is. No
    difference of the loss can bear witness to it.
    """

    name: str
    label: Text
    summary: Text
    source: str
    rule: Rule
    kernel: Callable[..., None]
    derivatives: Mapping[str, Op] = field(default_factory=dict)
    elementwise: bool = False
    aids: Mapping[str, Op] = field(default_factory=dict)
    inference: Op | None = None
    active: tuple[float, float] = (-inf, inf)
    surrogate: Text | None = None

    @property
    def slots(self) -> tuple[str, ...]:
        """The operands' names, in reading order."""
        return self.rule.slots

    def __call__(self, **operands: Array) -> Array:
        """The whole result for the given operands, as a new array.

        Raises ShapeError if the operands do not fit together.
        """
        arrays = {slot: np.asarray(operands[slot], dtype=np.float64) for slot in self.slots}
        out = np.empty(self.rule.shape({slot: array.shape for slot, array in arrays.items()}))
        with np.errstate(all="ignore"):
            self.kernel(Eager(), out, **arrays)
        return out
