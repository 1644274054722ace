"""The activation functions there are, declared in rectifiers, smooth_rectifiers, squashers and softmaxes."""

from __future__ import annotations

from engine.activation import Activation
from engine.rectifiers import ELU, LEAKY_RELU, PRELU, RELU, SELU
from engine.registry import Registry
from engine.smooth_rectifiers import GELU, SILU, SOFTPLUS
from engine.softmaxes import LOG_SOFTMAX, SOFTMAX
from engine.squashers import GAUSSIAN, HARD_SIGMOID, HARD_TANH, IDENTITY, SIGMOID, SINE, SOFTSIGN, STEP, TANH

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
