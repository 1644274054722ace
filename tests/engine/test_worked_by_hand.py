"""Small networks worked by hand; the arithmetic is in the comments."""

from __future__ import annotations

import math

import pytest

from tests.engine.helpers import dense, fresh_run


def run_of(x, y, layers, loss, rate, **parameters):
    """A run on inline data with its parameters given."""
    return fresh_run(
        {
            "data": {"kind": "inline", "x": x, "y": y},
            "layers": layers,
            "loss": loss,
            "optimizer": {"kind": "sgd", "learning_rate": rate},
            "parameters": parameters,
        }
    )


def plain(trace, *names):
    """Values of a trace as nested lists."""
    return {name: trace.values[name].tolist() for name in names}


def test_one_neuron_by_mental_arithmetic():
    """BackpropBuilder's single neuron: x = 2, w = 3, b = 1, target 9, squared error, η = 0.05."""
    run = run_of([[2]], [[9]], [dense(1)], "mse", 0.05, W1=[[3]], b1=[1])
    first = run.trace(0)
    #   z = w·x + b = 3·2 + 1 = 7, and a = z
    assert plain(first, "z1", "a1") == {"z1": [[7]], "a1": [[7]]}
    #   loss = (a − y)² = (7 − 9)² = 4
    assert first.loss == 4
    #   ∂loss/∂a = 2·(a − y) = 2·(−2) = −4; the slope of a = z is 1, so δ = −4
    assert plain(first, "da1", "delta1") == {"da1": [[-4]], "delta1": [[-4]]}
    #   ∂loss/∂w = δ·x = −4·2 = −8 and ∂loss/∂b = δ = −4
    assert plain(first, "dW1", "db1") == {"dW1": [[-8]], "db1": [-4]}
    #   w ← 3 − 0.05·(−8) = 3.4 and b ← 1 − 0.05·(−4) = 1.2
    assert plain(first, "W1_new", "b1_new") == {"W1_new": [[3.4]], "b1_new": [1.2]}
    #   with them z = 3.4·2 + 1.2 = 8 and loss = (8 − 9)² = 1
    second = run.trace(1)
    assert plain(second, "z1") == {"z1": [[8]]}
    assert second.loss == 1


def test_two_examples_share_the_mean():
    """x = 1 and 3 with targets 0 and 2, w = 1, b = 0: the 1/n is taken once, in the loss."""
    run = run_of([[1], [3]], [[0], [2]], [dense(1)], "mse", 0.1, W1=[[1]], b1=[0])
    found = run.trace(0)
    #   z = 1·1 = 1 and 1·3 = 3; a − y = 1 and 1; loss = (1² + 1²)/2 = 1
    assert found.loss == 1
    #   δ = 2·(a − y)/2 = 1 and 1
    assert plain(found, "delta1") == {"delta1": [[1], [1]]}
    #   ∂loss/∂w = 1·1 + 1·3 = 4 and ∂loss/∂b = 1 + 1 = 2: summed over examples, not divided again
    assert plain(found, "dW1", "db1") == {"dW1": [[4]], "db1": [2]}
    #   half squared error: loss = (½·1² + ½·1²)/2 = ½ and δ = (a − y)/2 = ½ and ½
    half = run_of([[1], [3]], [[0], [2]], [dense(1)], "half_squared_error", 0.1, W1=[[1]], b1=[0]).trace(0)
    assert half.loss == 0.5
    assert plain(half, "delta1", "dW1", "db1") == {"delta1": [[0.5], [0.5]], "dW1": [[2]], "db1": [1]}


def test_two_outputs_tell_mse_and_half_squared_error_apart():
    """x = 1, W = (1, 2), b = 0, targets (0, 0): a = (1, 2)."""
    given = {"W1": [[1], [2]], "b1": [0, 0]}
    #   mse: mean over both outputs: (1² + 2²)/2 = 2.5; δ = 2a/2 = (1, 2)
    mean = run_of([[1]], [[0, 0]], [dense(2)], "mse", 0.1, **given).trace(0)
    assert mean.loss == 2.5
    assert plain(mean, "delta1") == {"delta1": [[1, 2]]}
    #   half squared error: ½·(1² + 2²) = 2.5, and over one example; δ = a = (1, 2)
    half = run_of([[1]], [[0, 0]], [dense(2)], "half_squared_error", 0.1, **given).trace(0)
    assert half.loss == 2.5
    assert plain(half, "delta1") == {"delta1": [[1, 2]]}
    #   with two equal examples the one stays, and each δ is halved
    twice = run_of([[1], [1]], [[0, 0], [0, 0]], [dense(2)], "half_squared_error", 0.1, **given).trace(0)
    assert twice.loss == 2.5
    assert plain(twice, "delta1") == {"delta1": [[0.5, 1], [0.5, 1]]}


def test_an_error_goes_back_through_the_transposed_weights_and_relus_that_are_open():
    """2-2-2 with relu: x = (1, 2), W1 = [[1, 1], [1, −1]], W2 = [[1, 2], [3, 4]], no bias at all, targets (0, 0)."""
    run = run_of(
        [[1, 2]],
        [[0, 0]],
        [dense(2, "relu", bias=False), dense(2, bias=False)],
        "half_squared_error",
        0.01,
        W1=[[1, 1], [1, -1]],
        W2=[[1, 2], [3, 4]],
    )
    found = run.trace(0)
    #   z1 = (1·1 + 1·2, 1·1 − 1·2) = (3, −1); a1 = (3, 0)
    assert plain(found, "z1", "a1") == {"z1": [[3, -1]], "a1": [[3, 0]]}
    #   z2 = (1·3 + 2·0, 3·3 + 4·0) = (3, 9); loss = ½(9 + 81) = 45
    assert plain(found, "z2") == {"z2": [[3, 9]]}
    assert found.loss == 45
    #   δ2 = a2 − y = (3, 9); back along each wire: da1 = (1·3 + 3·9, 2·3 + 4·9) = (30, 42)
    assert plain(found, "delta2", "da1") == {"delta2": [[3, 9]], "da1": [[30, 42]]}
    #   the second unit is shut: δ1 = (30·1, 42·0)
    assert plain(found, "delta1") == {"delta1": [[30, 0]]}
    #   dW2[j,i] = δ2[j]·a1[i] and dW1[j,i] = δ1[j]·x[i]
    assert plain(found, "dW2", "dW1") == {"dW2": [[9, 0], [27, 0]], "dW1": [[30, 60], [0, 0]]}
    #   all parameters move at once: W2 − 0.01·dW2, W1 − 0.01·dW1
    assert plain(found, "W2_new") == {"W2_new": [[0.91, 2], [2.73, 4]]}
    assert found.values["W1_new"].tolist() == [pytest.approx([0.7, 0.4]), [1, -1]]


def xor_2_2_1(**layer):
    """PEERS 5.10: x = (1, 0), t = 1, W1 = [[.1, .2], [.3, .4]], W2 = [.5, .6], biases .1, half squared error, η .5."""
    layers = [dense(2, "sigmoid", **layer), dense(1, "sigmoid", **layer)]
    given = {"W1": [[0.1, 0.2], [0.3, 0.4]], "b1": [0.1, 0.1], "W2": [[0.5, 0.6]], "b2": [0.1]}
    return run_of([[1, 0]], [[1]], layers, "half_squared_error", 0.5, **given)


def test_one_step_of_xor():
    found = xor_2_2_1().trace(0)
    #   z1 = (.1·1 + .2·0 + .1, .3·1 + .4·0 + .1) = (0.2, 0.4); h = σ(z1)
    assert found.values["z1"][0] == pytest.approx([0.2, 0.4], rel=1e-15)
    assert [f"{h:.10f}" for h in found.values["a1"][0]] == ["0.5498339973", "0.5986876601"]
    #   z2 = .5·0.5498 + .6·0.5987 + .1 = 0.7341…; y = σ(z2); loss = ½(1 − y)²
    assert f"{found.cell('a2', (0, 0)):.10f}" == "0.6757108287"
    assert f"{found.loss:.10f}" == "0.0525817333"
    #   δ2 = (y − 1)·y·(1 − y) = −0.3243·0.6757·0.3243
    assert f"{found.cell('delta2', (0, 0)):.10f}" == "-0.0710600932"
    #   δ1 = δ2·(.5, .6)·h·(1 − h)
    assert [f"{delta:.10f}" for delta in found.values["delta1"][0]] == ["-0.0087942754", "-0.0102437706"]
    #   the input x₁ is 0, so its weights do not move
    assert found.values["dW1"][:, 1].tolist() == [0, 0]


def test_the_second_step_of_xor_with_biases_frozen_and_learned():
    assert f"{xor_2_2_1(frozen=['b']).trace(1).loss:.10f}" == "0.0508414178"
    assert f"{xor_2_2_1().trace(1).loss:.10f}" == "0.0483374835"


def test_the_sigmoid_neuron_of_cs231n():
    """w = (2, −3), bias −3, x = (−1, −2): z = −2 + 6 − 3 = 1, σ(1) = 0.7311, slope 0.7311·0.2689 = 0.1966."""
    slope = 0.19661193324148185
    #   the loss is chosen so that its gradient at a is 1: mse with y = a − ½ gives 2·½ = 1
    y = 1 / (1 + math.exp(-1)) - 0.5
    found = run_of([[-1, -2]], [[y]], [dense(1, "sigmoid")], "mse", 0.1, W1=[[2, -3]], b1=[-3]).trace(0)
    assert found.cell("z1", (0, 0)) == 1
    assert f"{found.cell('a1', (0, 0)):.10f}" == "0.7310585786"
    assert found.cell("da1", (0, 0)) == pytest.approx(1, rel=1e-15)
    #   dw = δ·x = 0.1966·(−1, −2), db = δ
    assert found.values["dW1"][0] == pytest.approx([-slope, -2 * slope], rel=1e-14)
    assert found.cell("db1", (0,)) == pytest.approx(slope, rel=1e-14)


def test_the_softmax_gradient_of_cs231n():
    """p = (0.2, 0.3, 0.5) and the right class is the second: δ = p − (0, 1, 0) = (0.2, −0.7, 0.5)."""
    logits = [math.log(p) for p in (0.2, 0.3, 0.5)]
    given = {"W1": [[0], [0], [0]], "b1": logits}
    found = run_of([[1]], [[0, 1, 0]], [dense(3, "softmax")], "softmax_cross_entropy", 0.1, **given).trace(0)
    assert found.values["a1"][0] == pytest.approx([0.2, 0.3, 0.5], rel=1e-14)
    assert found.loss == pytest.approx(-math.log(0.3), rel=1e-14)
    assert found.values["delta1"][0] == pytest.approx([0.2, -0.7, 0.5], rel=1e-14)


def test_the_tanh_neuron_of_micrograd():
    """x = (2, 0), w = (−3, 1), b = 6.8813735870195432: n = 0.8814, o = tanh n = 0.7071, slope 1 − o² = 0.5."""
    b = 6.8813735870195432
    #   mse with y = o − ½ gives ∂loss/∂o = 1
    o = math.tanh(-6 + b)
    found = run_of([[2, 0]], [[o - 0.5]], [dense(1, "tanh")], "mse", 0.1, W1=[[-3, 1]], b1=[b]).trace(0)
    assert f"{found.cell('z1', (0, 0)):.10f}" == "0.8813735870"
    assert f"{found.cell('a1', (0, 0)):.10f}" == "0.7071067812"
    #   dw = 0.5·(2, 0) = (1, 0) and db = 0.5
    assert found.values["dW1"][0] == pytest.approx([1.0, 0.0], abs=1e-12)
    assert found.cell("db1", (0,)) == pytest.approx(0.5, rel=1e-12)


def test_the_exact_relu_network_for_xor():
    """Goodfellow et al. 6.1: W = 1, c = (0, −1), w = (1, −2), b = 0 gives 0, 1, 1, 0 with no error left."""
    found = fresh_run(
        {
            "data": {"kind": "xor"},
            "layers": [dense(2, "relu"), dense(1)],
            "parameters": {"W1": [[1, 1], [1, 1]], "b1": [0, -1], "W2": [[1, -2]], "b2": [0]},
        }
    ).trace(0)
    #   (0,0): relu(0, −1) = (0, 0) → 0;  (0,1), (1,0): relu(1, 0) = (1, 0) → 1;  (1,1): relu(2, 1) = (2, 1) → 2 − 2 = 0
    assert found.values["a1"].tolist() == [[0, 0], [1, 0], [1, 0], [2, 1]]
    assert found.values["a2"].tolist() == [[0], [1], [1], [0]]
    assert found.loss == 0
    assert not found.values["dW1"].any()


def test_binary_cross_entropy_at_z_0_and_where_the_sigmoid_is_flat():
    """At z = 0 the loss is ln 2 and δ is ½ − y; at z = 40 with y = 0 the loss is z and δ is 1, not 0."""
    even = run_of([[1]], [[1]], [dense(1, "sigmoid")], "binary_cross_entropy", 0.1, W1=[[0]], b1=[0]).trace(0)
    assert even.loss == pytest.approx(math.log(2), rel=1e-15)
    assert even.cell("delta1", (0, 0)) == -0.5
    flat = run_of([[1]], [[0]], [dense(1, "sigmoid")], "binary_cross_entropy", 0.1, W1=[[40]], b1=[0]).trace(0)
    assert flat.loss == pytest.approx(40, rel=1e-15)
    assert flat.cell("delta1", (0, 0)) == pytest.approx(1, rel=1e-15)
