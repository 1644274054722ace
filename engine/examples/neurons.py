"""Worked examples of a single neuron or a single layer, small enough for mental arithmetic.

Some print the derivatives of the output itself. A mean absolute error against a target below the output is that output,
up to a constant, so its derivatives are the same.
"""

from __future__ import annotations

from math import log
from typing import Any

from engine.examples.example import Example, Published
from engine.registry import Text


def _layer(units: int, activation: str, **more: Any) -> dict[str, Any]:
    return {"kind": "dense", "units": units, "activation": activation, **more}


_CS231N = "Stanford CS231n, course notes, "

NEURONS: tuple[Example, ...] = (
    Example(
        "one-neuron",
        Text("One neuron by heart", "心算一个神经元"),
        Text(
            "One weight, one bias, one example, whole numbers: y = 3·2 + 1 = 7 where 9 was wanted. One step brings it "
            "to 8.",
            "一个权重、一个偏置、一个样本，全是整数：y = 3·2 + 1 = 7，目标是 9。一步之后变为 8。",
        ),
        "1-1",
        "BackpropBuilder, first worked example: x = 2, w = 3, b = 1, target 9, learning rate 0.05",
        spec={
            "data": {"kind": "inline", "x": [[2]], "y": [[9]]},
            "layers": [_layer(1, "identity")],
            "loss": "mse",
            "optimizer": {"kind": "sgd", "learning_rate": 0.05},
            "parameters": {"W1": [[3]], "b1": [1]},
            "epochs": 20,
        },
        published=(
            Published(0, "a1[0,0]", "7"),
            Published(0, "loss", "4"),
            Published(0, "dW1[0,0]", "-8"),
            Published(0, "db1[0]", "-4"),
            Published(0, "W1_new[0,0]", "3.4"),
            Published(0, "b1_new[0]", "1.2"),
            Published(1, "a1[0,0]", "8"),
            Published(1, "loss", "1"),
        ),
    ),
    Example(
        "cs231n-neuron",
        Text("CS231n sigmoid neuron", "CS231n 的 sigmoid 神经元"),
        Text(
            "The course's circuit of a single neuron, gate by gate, with the derivatives of its output.",
            "课程中单个神经元的逐门电路，以及输出的导数。",
        ),
        "2-1",
        _CS231N + "backpropagation, intuitions: w = (2, −3, −3), x = (−1, −2)",
        spec={
            "data": {"kind": "inline", "x": [[-1, -2]], "y": [[0]]},
            "layers": [_layer(1, "sigmoid")],
            "loss": "mae",
            "optimizer": {"kind": "sgd", "learning_rate": 1.0},
            "parameters": {"W1": [[2, -3]], "b1": [-3]},
            "epochs": 20,
        },
        published=(
            Published(0, "z1[0,0]", "1"),
            Published(0, "a1[0,0]", "0.73"),
            Published(0, "delta1[0,0]", "0.2"),
            Published(0, "dW1[0,0]", "-0.2"),
            Published(0, "dW1[0,1]", "-0.39"),
            Published(0, "db1[0]", "0.2"),
        ),
    ),
    Example(
        "cs231n-softmax",
        Text("CS231n softmax gradient", "CS231n 的 softmax 梯度"),
        Text(
            "Three classes with probabilities 0.2, 0.3 and 0.5, the second being right: the gradient by the scores is "
            "the probabilities with 1 taken off the right one.",
            "三个类别的概率为 0.2、0.3、0.5，第二个是正确类别：对得分的梯度就是概率，正确类别再减 1。",
        ),
        "1-3",
        _CS231N + "minimal neural network case study",
        spec={
            "data": {"kind": "inline", "x": [[1]], "y": [[0, 1, 0]]},
            "layers": [_layer(3, "softmax", bias=False)],
            "loss": "softmax_cross_entropy",
            "optimizer": {"kind": "sgd", "learning_rate": 1.0},
            "parameters": {"W1": [[log(0.2)], [log(0.3)], [log(0.5)]]},
            "epochs": 20,
        },
        published=(
            Published(0, "a1[0,0]", "0.2"),
            Published(0, "a1[0,1]", "0.3"),
            Published(0, "a1[0,2]", "0.5"),
            Published(0, "delta1[0,0]", "0.2"),
            Published(0, "delta1[0,1]", "-0.7"),
            Published(0, "delta1[0,2]", "0.5"),
        ),
    ),
    Example(
        "micrograd-neuron",
        Text("micrograd tanh neuron", "micrograd 的 tanh 神经元"),
        Text(
            "The neuron of the lecture on building micrograd: an input of 0 gives its weight no gradient.",
            "micrograd 讲座中的神经元：输入为 0 时，对应的权重没有梯度。",
        ),
        "2-1",
        "Andrej Karpathy, The spelled-out intro to neural networks and backpropagation: building micrograd (2022)",
        spec={
            "data": {"kind": "inline", "x": [[2, 0]], "y": [[0]]},
            "layers": [_layer(1, "tanh")],
            "loss": "mae",
            "optimizer": {"kind": "sgd", "learning_rate": 0.1},
            "parameters": {"W1": [[-3, 1]], "b1": [6.8813735870195432]},
            "epochs": 20,
        },
        published=(
            Published(0, "z1[0,0]", "0.8814"),
            Published(0, "a1[0,0]", "0.7071"),
            Published(0, "delta1[0,0]", "0.5"),
            Published(0, "dW1[0,0]", "1.0"),
            Published(0, "dW1[0,1]", "0.0"),
            Published(0, "db1[0]", "0.5"),
        ),
    ),
    Example(
        "line",
        Text("One weight, one bias, one line", "一条直线：一个权重、一个偏置"),
        Text(
            "Fit the line y = 0.65x − 0.3, beginning at w = −0.82 and b = −0.02: two numbers to turn, and a loss to "
            "watch.",
            "从 w = −0.82、b = −0.02 出发拟合直线 y = 0.65x − 0.3：只有两个数可调，看着损失下降。",
        ),
        "1-1",
        "Backprop Explainer, first article: start and target of its tuning exercise",
        spec={
            "data": {
                "kind": "inline",
                "x": [[-2], [-1], [0], [1], [2]],
                "y": [[-1.6], [-0.95], [-0.3], [0.35], [1.0]],
            },
            "layers": [_layer(1, "identity")],
            "loss": "mse",
            "optimizer": {"kind": "sgd", "learning_rate": 0.05},
            "parameters": {"W1": [[-0.82]], "b1": [-0.02]},
            "epochs": 100,
        },
    ),
    Example(
        "adam-first-step",
        Text("Adam's first step", "Adam 的第一步"),
        Text(
            "Gradients of very different size, and yet every parameter moves by the learning rate: at first m̂/√v̂ is "
            "±1.",
            "梯度大小悬殊，但每个参数都移动一个学习率：起初 m̂/√v̂ 就是 ±1。",
        ),
        "2-1",
        "Kingma & Ba, Adam: A Method for Stochastic Optimization (2015), section 2.1",
        spec={
            "data": {"kind": "inline", "x": [[100, 0.01]], "y": [[5]]},
            "layers": [_layer(1, "identity")],
            "loss": "mse",
            "optimizer": {"kind": "adam", "learning_rate": 0.1},
            "parameters": {"W1": [[0.5, 0.5]], "b1": [0]},
            "epochs": 100,
        },
        published=(
            Published(0, "W1_new[0,0]", "0.4"),
            Published(0, "W1_new[0,1]", "0.4"),
            Published(0, "b1_new[0]", "-0.1"),
        ),
    ),
)
