"""Worked examples that textbooks and the web print number by number."""

from __future__ import annotations

from typing import Any

from engine.examples.example import Example, Published
from engine.registry import Text


def _sigmoid_layer(units: int, **more: Any) -> dict[str, Any]:
    return {"kind": "dense", "units": units, "activation": "sigmoid", **more}


_MAZUR: dict[str, Any] = {
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
    "epochs": 10001,
}
_MAZUR_SOURCE = "Matt Mazur, A Step by Step Backpropagation Example (17 March 2015)"

_FRIENDLY: dict[str, Any] = {
    "data": {"kind": "inline", "x": [[1, 0]], "y": [[1]]},
    "layers": [_sigmoid_layer(2), _sigmoid_layer(1)],
    "loss": "half_squared_error",
    "optimizer": {"kind": "sgd", "learning_rate": 0.5},
    "parameters": {"W1": [[0.1, 0.2], [0.3, 0.4]], "b1": [0.1, 0.1], "W2": [[0.5, 0.6]], "b2": [0.1]},
    "epochs": 200,
}
_FRIENDLY_FORWARD = (
    Published(0, "a1[0,0]", "0.5498339973"),
    Published(0, "a1[0,1]", "0.5986876601"),
    Published(0, "a2[0,0]", "0.6757108287"),
    Published(0, "loss", "0.0525817333"),
    Published(0, "delta2[0,0]", "-0.0710600932"),
    Published(0, "delta1[0,0]", "-0.0087942754"),
    Published(0, "delta1[0,1]", "-0.0102437706"),
)
_FRIENDLY_SOURCE = "backprop-trace, XOR fixture with friendly weights"

PUBLISHED: tuple[Example, ...] = (
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
        _MAZUR_SOURCE,
        spec=_MAZUR,
        published=(
            Published(0, "z1[0,0]", "0.3775"),
            Published(0, "a1[0,0]", "0.593269992"),
            Published(0, "a1[0,1]", "0.596884378"),
            Published(0, "z2[0,0]", "1.105905967"),
            Published(0, "a2[0,0]", "0.75136507"),
            Published(0, "a2[0,1]", "0.772928465"),
            Published(0, "loss", "0.298371109"),
            Published(0, "delta2[0,0]", "0.138498562"),
            Published(0, "delta2[0,1]", "-0.038098236"),
            Published(0, "da1[0,0]", "0.036350306"),
            Published(0, "dW2[0,0]", "0.082167041"),
            Published(0, "dW1[0,0]", "0.000438568"),
            Published(0, "W2_new[0,0]", "0.35891648"),
            Published(0, "W2_new[0,1]", "0.408666186"),
            Published(0, "W2_new[1,0]", "0.511301270"),
            Published(0, "W2_new[1,1]", "0.561370121"),
            Published(0, "W1_new[0,0]", "0.149780716"),
            Published(0, "W1_new[0,1]", "0.19956143"),
            Published(0, "W1_new[1,0]", "0.24975114"),
            Published(0, "W1_new[1,1]", "0.29950229"),
            Published(
                1,
                "loss",
                "0.291027924",
                Text(
                    "The source\u2019s figure belongs to another order of updates; all at once gives 0.291027774.",
                    "来源中的数字对应另一种更新顺序；同时更新应得 0.291027774。",
                ),
                misprint=True,
            ),
            Published(
                9999,
                "loss",
                "0.0000351085",
                Text(
                    "Printed as the error after 10,000 updates; it is the one after 9,999.",
                    "来源写作 10000 次更新之后，实为 9999 次之后。",
                ),
            ),
        ),
    ),
    Example(
        "mazur-layer-by-layer",
        Text("Mazur 2-2-2, layer by layer", "Mazur 2-2-2，逐层更新"),
        Text(
            "The same network, trained in the order that the page's own program really follows: the hidden layer's "
            "error goes back through output weights that have moved already. The printed loss and final outputs "
            "appear, and the gradient check fails.",
            "同一个网络，按该网页程序实际采用的顺序训练：隐藏层的误差经过已经更新的输出权重回传。印出的损失和最终输出由此得到，"
            "而梯度检验不通过。",
        ),
        "2-2-2",
        _MAZUR_SOURCE,
        spec={**_MAZUR, "update_order": "layer_by_layer"},
        published=(
            Published(0, "loss", "0.298371109"),
            Published(0, "W2_new[0,0]", "0.35891648"),
            Published(1, "loss", "0.291027924"),
            Published(10000, "a2[0,0]", "0.015912196"),
            Published(10000, "a2[0,1]", "0.984065734"),
        ),
    ),
    Example(
        "mazur-biases",
        Text("Mazur 2-2-2, biases learned", "Mazur 2-2-2，偏置也学习"),
        Text(
            "The same network with its biases updated as well, as many who recompute the example do.",
            "同一个网络，但偏置也参与更新，许多人重算这个例子时就是这样做的。",
        ),
        "2-2-2",
        _MAZUR_SOURCE + "; loss with learned biases as lecture scripts quote it",
        spec={**_MAZUR, "layers": [_sigmoid_layer(2), _sigmoid_layer(2)]},
        published=(Published(0, "loss", "0.298371109"), Published(1, "loss", "0.280471447")),
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
            Published(0, "z1[0,0]", "-0.7"),
            Published(0, "a1[0,0]", "0.332"),
            Published(0, "z1[0,1]", "0.1"),
            Published(0, "a1[0,1]", "0.525"),
            Published(0, "z2[0,0]", "-0.105"),
            Published(0, "a2[0,0]", "0.474"),
            Published(0, "delta2[0,0]", "-0.1311", Text("Printed as Err = 0.1311.", "原书写作 Err = 0.1311。")),
            Published(
                0,
                "delta1[0,1]",
                "0.0065",
                Text("Printed as Err = \u22120.0065.", "原书写作 Err = \u22120.0065。"),
            ),
            Published(
                0,
                "delta1[0,0]",
                "0.0087",
                Text("Printed as Err = \u22120.0087.", "原书写作 Err = \u22120.0087。"),
            ),
            Published(0, "W2_new[0,0]", "-0.261"),
            Published(0, "W2_new[0,1]", "-0.138"),
            Published(0, "W1_new[0,0]", "0.192"),
            Published(0, "W1_new[1,0]", "-0.306"),
            Published(0, "W1_new[0,1]", "0.4"),
            Published(0, "W1_new[1,1]", "0.1"),
            Published(0, "W1_new[0,2]", "-0.508"),
            Published(0, "W1_new[1,2]", "0.194"),
            Published(0, "b2_new[0]", "0.218"),
            Published(0, "b1_new[1]", "0.194"),
            Published(0, "b1_new[0]", "-0.408"),
        ),
    ),
    Example(
        "xor-friendly",
        Text("XOR row 2-2-1, friendly weights", "异或一行 2-2-1，整齐的权重"),
        Text(
            "One row of exclusive or with weights that are easy to write down; one step can be worked by hand.",
            "异或的一行，权重都是好写的小数；一步可以用手算完。",
        ),
        "2-2-1",
        _FRIENDLY_SOURCE,
        spec=_FRIENDLY,
        published=(*_FRIENDLY_FORWARD, Published(1, "loss", "0.0483374835")),
    ),
    Example(
        "xor-friendly-frozen",
        Text("XOR row 2-2-1, biases fixed", "异或一行 2-2-1，偏置固定"),
        Text(
            "The same row and weights; the biases stay as they are, which gives another loss after the step.",
            "同样的一行与权重；偏置保持不变，因此一步之后的损失不同。",
        ),
        "2-2-1",
        _FRIENDLY_SOURCE,
        spec={**_FRIENDLY, "layers": [_sigmoid_layer(2, frozen=["b"]), _sigmoid_layer(1, frozen=["b"])]},
        published=(*_FRIENDLY_FORWARD, Published(1, "loss", "0.0508414178")),
    ),
    Example(
        "relu-xor",
        Text("ReLU XOR 2-2-1, solved", "ReLU 异或 2-2-1（已解）"),
        Text(
            "A network that computes exclusive or exactly, with weights found by thought and not by training.",
            "一个精确计算异或的网络，权重来自思考而不是训练。",
        ),
        "2-2-1",
        "Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.1",
        spec={
            "data": {"kind": "xor"},
            "layers": [
                {"kind": "dense", "units": 2, "activation": "relu"},
                {"kind": "dense", "units": 1, "activation": "identity"},
            ],
            "loss": "mse",
            "optimizer": {"kind": "sgd", "learning_rate": 0.1},
            "parameters": {"W1": [[1, 1], [1, 1]], "b1": [0, -1], "W2": [[1, -2]], "b2": [0]},
            "epochs": 10,
        },
        published=(
            *(Published(0, f"z1[{n},0]", value) for n, value in enumerate("0112")),
            *(Published(0, f"z1[{n},1]", value) for n, value in enumerate(("-1", "0", "0", "1"))),
            *(Published(0, f"a2[{n},0]", value) for n, value in enumerate("0110")),
            Published(0, "loss", "0"),
        ),
    ),
    Example(
        "symmetry",
        Text("Symmetry 6-2-1 (1986)", "对称性 6-2-1（1986）"),
        Text(
            "The network with which back-propagation became famous: are six bits symmetric about their middle? Two "
            "hidden units learn weights that are equal and opposite in mirrored places, in ratios of 1 : 2 : 4. The "
            "paper counted 1,425 sweeps through the 64 patterns.",
            "使反向传播成名的网络：六个比特是否左右对称？两个隐藏神经元学到的权重在镜像位置上大小相等、符号相反，"
            "比例为 1 : 2 : 4。论文中用了 1425 轮。",
        ),
        "6-2-1",
        "Rumelhart, Hinton & Williams, Nature 323 (1986), figure 1",
        spec={
            "data": {"kind": "symmetry"},
            "layers": [_sigmoid_layer(2), _sigmoid_layer(1)],
            "loss": "half_squared_error",
            "reduction": "sum",
            "optimizer": {"kind": "momentum", "learning_rate": 0.1, "momentum": 0.9},
            "initializer": {"kind": "uniform", "low": -0.3, "high": 0.3},
            "epochs": 4000,
            "seed": 8,
        },
    ),
)
