"""The activation functions there are, declared in rectifiers, smooth_rectifiers, squashers and softmaxes.

activation                      what an activation function is
rectifiers, smooth_rectifiers,  the kinds of them
  squashers, softmaxes
"""

from __future__ import annotations

from engine.activations.activation import Activation
from engine.activations.rectifiers import ELU, LEAKY_RELU, PRELU, RELU, SELU
from engine.activations.smooth_rectifiers import GELU, SILU, SOFTPLUS
from engine.activations.softmaxes import LOG_SOFTMAX, SOFTMAX
from engine.activations.squashers import (
    GAUSSIAN,
    HARD_SIGMOID,
    HARD_TANH,
    IDENTITY,
    SIGMOID,
    SINE,
    SOFTSIGN,
    STEP,
    TANH,
)
from engine.registry import Registry

ACTIVATIONS: Registry[Activation] = Registry(
    "activation",
    IDENTITY,
    SIGMOID,
    TANH,
    RELU,
    LEAKY_RELU,
    PRELU,
    ELU,
    SELU,
    GELU,
    SILU,
    SOFTPLUS,
    SOFTSIGN,
    HARD_SIGMOID,
    HARD_TANH,
    SINE,
    GAUSSIAN,
    STEP,
    SOFTMAX,
    LOG_SOFTMAX,
)
