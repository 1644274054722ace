"""Built-in experiments: those to begin with, then published worked examples with the figures their sources print.

example             what an example says of itself
published, neurons  worked examples with the figures their sources print; single neurons
"""

from __future__ import annotations

from engine.examples.example import Example
from engine.examples.neurons import NEURONS
from engine.examples.published import PUBLISHED
from engine.registry import Registry, Text

EXAMPLES: Registry[Example] = Registry(
    "example",
    Example(
        "seed",
        Text("Seed network 2-4-1", "教程网络 2-4-1"),
        Text(
            "The network of the tutorial this project grew from: 100 random examples, two sigmoid layers.",
            "本项目所源自教程中的网络：100 个随机样本，两层 sigmoid。",
        ),
        "2-4-1",
        "The tutorial network",
        spec={},
    ),
    Example(
        "xor",
        Text("XOR 2-2-1", "异或 2-2-1"),
        Text(
            "The smallest problem that needs a hidden layer. Watch the hidden units divide the work.",
            "需要隐藏层的最小问题。观察隐藏神经元如何分工。",
        ),
        "2-2-1",
        "Rumelhart, Hinton & Williams, in Parallel Distributed Processing (1986), chapter 8",
        spec={
            "data": {"kind": "xor"},
            "layers": [
                {"kind": "dense", "units": 2, "activation": "tanh"},
                {"kind": "dense", "units": 1, "activation": "sigmoid"},
            ],
            "loss": "binary_cross_entropy",
            "optimizer": {"kind": "sgd", "learning_rate": 0.5},
            "epochs": 2000,
            "seed": 2,
        },
    ),
    *PUBLISHED,
    *NEURONS,
)
