"""How signals and errors change over the depth: unmistakable where they vanish or explode."""

from __future__ import annotations

import numpy as np
import pytest

from engine.figures.flow import root_mean_square
from tests.engine.helpers import SPECS, assert_close, cases, dense, fresh_run, small


@pytest.mark.parametrize("document", **cases(SPECS))
def test_sizes_are_root_mean_squares_of_the_trace(document):
    run = fresh_run(document)
    values = run.trace(1).values
    found = run.flow(1)
    assert [layer.layer for layer in found.layers] == list(range(1, len(run.spec.layers) + 1))
    for layer in found.layers:
        for stem, size in (("a", layer.a), ("delta", layer.delta), ("dW", layer.dW)):
            array = values.get(f"{stem}{layer.layer}")
            if array is None:
                assert size is None
            else:
                assert_close(f"{stem}{layer.layer}", size, np.sqrt(np.mean(array**2)), 1e-12)


def deep(activation: str, width: float, depth: int = 10):
    return {
        "data": small(4, 4, 10),
        "layers": [*(dense(4, activation) for _ in range(depth)), dense(4)],
        "initializer": {"kind": "uniform", "low": -width, "high": width},
    }


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        (deep("sigmoid", 1.0), "vanishing"),
        (deep("identity", 5.0), "exploding"),
        (deep("tanh", 1.0, 2), "steady"),
        ({"layers": [dense(1)]}, None),
    ],
    ids=["vanishing", "exploding", "steady", "one layer"],
)
def test_the_verdict_compares_the_first_layer_with_the_last(document, verdict):
    found = fresh_run(document).flow(0)
    assert found.verdict == verdict
    if verdict is None:
        assert (found.ratio, found.factor) == (None, None)
        return
    layers = found.layers
    assert_close("ratio", found.ratio, layers[0].delta / layers[-1].delta, 1e-14)
    assert_close("factor", found.factor ** (len(layers) - 1), found.ratio, 1e-12)


def test_sizes_neither_overflow_nor_vanish_on_the_way():
    assert_close("large", root_mean_square(np.array([3e200, -4e200])), 5e200 / np.sqrt(2), 1e-15)
    assert_close("small", root_mean_square(np.array([3e-200, -4e-200])), 5e-200 / np.sqrt(2), 1e-15)
    assert root_mean_square(np.zeros(3)) == 0.0


def test_a_diverged_step_has_a_flow_without_a_verdict():
    run = fresh_run({"layers": [dense(2), dense(1)], "optimizer": {"kind": "sgd", "learning_rate": 1e6}})
    found = run.flow(run.steps - 1)
    assert found.verdict is None
    assert np.isnan(found.layers[0].a)
