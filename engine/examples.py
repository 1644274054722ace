"""Built-in experiments: the seed network, and published worked examples with the figures their sources print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.registry import Entry, Registry, Text

NO_NOTE = Text("", "")


@dataclass(frozen=True)
class Published:
    """A figure as its source prints it: where it is found in our trace, and what the source says."""

    step: int
    address: str
    printed: float
    note: Text = NO_NOTE


@dataclass(frozen=True, eq=False)
class Example(Entry):
    """An experiment spec, and the published figures it should reproduce."""

    spec: Mapping[str, Any] = field(default_factory=dict)
    published: tuple[Published, ...] = ()


def _sigmoid_layer(units: int, **more: Any) -> dict[str, Any]:
    return {"kind": "dense", "units": units, "activation": "sigmoid", **more}


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
    Example(
        "mazur",
        Text("Mazur 2-2-2", "Mazur 2-2-2"),
        Text(
            "The worked example most often cited on the web, one example and fixed biases. Its printed weights are "
            "right; the loss it prints after the update is not: the hidden layer was updated with the new output "
            "weights.",
            "网上引用最多的手算例子：一个样本，偏置固定。它印出的权重是对的，但更新后的损失不对：隐藏层用了已经更新的输出权重。",
        ),
        "2-2-2",
        "Matt Mazur, A Step by Step Backpropagation Example (17 March 2015)",
        spec={
            "data": {"kind": "inline", "x": [[0.05, 0.10]], "y": [[0.01, 0.99]]},
            "layers": [_sigmoid_layer(2, frozen=["b"]), _sigmoid_layer(2, frozen=["b"])],
            "loss": "half_squared_error",
            "optimizer": {"kind": "sgd", "learning_rate": 0.5},
            "parameters": {
                "W1": [[0.15, 0.20], [0.25, 0.30]],
                "b1": [0.35, 0.35],
                "W2": [[0.40, 0.45], [0.50, 0.55]],
                "b2": [0.60, 0.60],
            },
            "epochs": 10000,
        },
        published=(
            Published(0, "z1[0,0]", 0.3775),
            Published(0, "a1[0,0]", 0.593269992),
            Published(0, "a1[0,1]", 0.596884378),
            Published(0, "z2[0,0]", 1.105905967),
            Published(0, "a2[0,0]", 0.75136507),
            Published(0, "a2[0,1]", 0.772928465),
            Published(0, "loss", 0.298371109),
            Published(0, "delta2[0,0]", 0.138498562),
            Published(0, "delta2[0,1]", -0.038098236),
            Published(0, "da1[0,0]", 0.036350306),
            Published(0, "dW2[0,0]", 0.082167041),
            Published(0, "dW1[0,0]", 0.000438568),
            Published(0, "W2_new[0,0]", 0.35891648),
            Published(0, "W2_new[0,1]", 0.408666186),
            Published(0, "W2_new[1,0]", 0.511301270),
            Published(0, "W2_new[1,1]", 0.561370121),
            Published(0, "W1_new[0,0]", 0.149780716),
            Published(0, "W1_new[0,1]", 0.19956143),
            Published(0, "W1_new[1,0]", 0.24975114),
            Published(0, "W1_new[1,1]", 0.29950229),
            Published(
                1,
                "loss",
                0.291027924,
                Text(
                    "The source\u2019s figure belongs to another order of updates; all at once gives 0.291027774.",
                    "来源中的数字对应另一种更新顺序；同时更新应得 0.291027774。",
                ),
            ),
        ),
    ),
    Example(
        "han-kamber",
        Text("Han & Kamber 3-2-1", "Han & Kamber 3-2-1"),
        Text(
            "The data-mining textbook's example. Its Err is \u2212\u03b4: the sign is the other way round. An input "
            "of 0 leaves its weights as they are.",
            "数据挖掘教材中的例子。书中的 Err 等于 \u2212\u03b4，符号相反。输入为 0 时，对应的权重不变。",
        ),
        "3-2-1",
        "Han & Kamber, Data Mining: Concepts and Techniques, backpropagation example",
        spec={
            "data": {"kind": "inline", "x": [[1, 0, 1]], "y": [[1]]},
            "layers": [_sigmoid_layer(2), _sigmoid_layer(1)],
            "loss": "half_squared_error",
            "optimizer": {"kind": "sgd", "learning_rate": 0.9},
            "parameters": {
                "W1": [[0.2, 0.4, -0.5], [-0.3, 0.1, 0.2]],
                "b1": [-0.4, 0.2],
                "W2": [[-0.3, -0.2]],
                "b2": [0.1],
            },
            "epochs": 100,
        },
        published=(
            Published(0, "z1[0,0]", -0.7),
            Published(0, "a1[0,0]", 0.332),
            Published(0, "z1[0,1]", 0.1),
            Published(0, "a1[0,1]", 0.525),
            Published(0, "z2[0,0]", -0.105),
            Published(0, "a2[0,0]", 0.474),
            Published(0, "delta2[0,0]", -0.1311, Text("Printed as Err = 0.1311.", "原书写作 Err = 0.1311。")),
            Published(
                0,
                "delta1[0,1]",
                0.0065,
                Text("Printed as Err = \u22120.0065.", "原书写作 Err = \u22120.0065。"),
            ),
            Published(
                0,
                "delta1[0,0]",
                0.0087,
                Text("Printed as Err = \u22120.0087.", "原书写作 Err = \u22120.0087。"),
            ),
            Published(0, "W2_new[0,0]", -0.261),
            Published(0, "W2_new[0,1]", -0.138),
            Published(0, "W1_new[0,0]", 0.192),
            Published(0, "W1_new[1,0]", -0.306),
            Published(0, "W1_new[0,1]", 0.4),
            Published(0, "W1_new[1,1]", 0.1),
            Published(0, "W1_new[0,2]", -0.508),
            Published(0, "W1_new[1,2]", 0.194),
            Published(0, "b2_new[0]", 0.218),
            Published(0, "b1_new[1]", 0.194),
            Published(0, "b1_new[0]", -0.408),
        ),
    ),
)
