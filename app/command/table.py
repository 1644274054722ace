"""A table of one's own as an experiment: sensible layers, loss and scaling for what its last column holds."""

from __future__ import annotations

from typing import Any

import engine


def experiment(text: str) -> dict[str, Any]:
    """The experiment for a CSV text: its columns are inputs, the last one the target.

    Classes get the loss that their number asks for, numbers a linear output; inputs are standardised, because a table
    seldom comes in units that suit a network.
    """
    found = engine.read_csv(text)
    outputs = found.outputs
    if not found.data.classes:
        output, loss = "identity", "mse"
    elif outputs == 1:
        output, loss = "sigmoid", "binary_cross_entropy"
    else:
        output, loss = "softmax", "softmax_cross_entropy"
    return {
        "data": {**found.data.to_json(), "scaling": "standard"},
        "layers": [{"units": 4, "activation": "tanh"}, {"units": outputs, "activation": output}],
        "loss": loss,
        "optimizer": {"kind": "sgd", "learning_rate": 0.1},
    }
