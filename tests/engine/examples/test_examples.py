"""The built-in examples: they open, and they give the figures their sources print."""

from __future__ import annotations

import re

import numpy as np
import pytest

from engine import ExperimentSpec, Published, catalog, open_run
from tests.engine.helpers import cases, fresh_run

EXAMPLES = {entry.name: entry for entry in catalog()["examples"]}
MISPRINTS = {("mazur", 1, "loss"): 0.2910277737}
"""Figures that are not what their own source's rule gives, and what it gives."""

PUBLISHED = {
    f"{name} step {figure.step} {figure.address}": (name, figure)
    for name, entry in EXAMPLES.items()
    for figure in entry.published
}


def parsed(address):
    """The name and index of an address."""
    name, _, index = address.partition("[")
    return name, tuple(int(i) for i in re.findall(r"\d+", index))


def agrees(ours, printed):
    """Is a figure that is printed like this ours?"""
    return Published(0, "loss", printed).agrees(ours)


@pytest.mark.parametrize(("name", "figure"), **cases(PUBLISHED))
def test_a_published_figure_is_ours_to_its_printed_digits(name, figure):
    ours = open_run(ExperimentSpec.from_json(EXAMPLES[name].spec)).trace(figure.step).cell(*parsed(figure.address))
    assert figure.agrees(ours) != figure.misprint, f"ours {ours!r}, printed {figure.printed}"
    assert figure.misprint == ((name, figure.step, figure.address) in MISPRINTS)
    if figure.misprint:
        assert f"{ours:.10f}" == f"{MISPRINTS[name, figure.step, figure.address]:.10f}"
        assert figure.note.en, "a figure that is not ours has to say why"
        assert figure.note.zh


def test_the_check_of_printed_digits_can_fail():
    assert agrees(0.29837110876, "0.298371109")
    assert agrees(0.29837110876, "0.298371108")
    assert not agrees(0.29837110876, "0.298371107")
    assert not agrees(0.29837110876, "0.29837111009")
    assert not agrees(-0.1311690782, "0.1311")
    assert agrees(-0.1311690782, "-0.1311")
    assert agrees(-0.1045395058, "-0.105")
    assert not agrees(-0.1045395058, "-0.106")
    assert agrees(0.51130127, "0.511301270")
    assert not agrees(0.5113012712, "0.511301270")
    assert not agrees(float("nan"), "0.5")
    assert not agrees(float("inf"), "0.5")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_opens_and_runs_to_its_end(name):
    run = open_run(ExperimentSpec.from_json(EXAMPLES[name].spec))
    assert np.isfinite(run.trace(run.steps - 1).loss)
    assert run.trace(run.steps - 1).loss < run.trace(0).loss or run.trace(0).loss == 0


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_published_figure_names_a_cell_that_is_there(name):
    run = open_run(ExperimentSpec.from_json(EXAMPLES[name].spec))
    for figure in EXAMPLES[name].published:
        assert run.explain(figure.step, *parsed(figure.address)).address == figure.address


def test_the_seed_example_is_the_spec_of_absent_fields():
    assert ExperimentSpec.from_json(EXAMPLES["seed"].spec) == ExperimentSpec.from_json({})


def test_xor_is_learned():
    run = open_run(ExperimentSpec.from_json(EXAMPLES["xor"].spec))
    outputs = run.trace(run.steps - 1).values["a2"][:, 0]
    assert (outputs > 0.5).tolist() == [False, True, True, False], outputs


# Mazur's second step, both ways (PEERS 5.1)


def mazur(rounds, hidden_first):
    """Mazur's network in plain NumPy: the error after so many updates, and the outputs.

    All at once, the hidden layer's error goes back through the output weights as they were in the forward pass. The
    page's own program lets it go back through the output weights it has just changed.
    """
    x, y, rate = np.array([0.05, 0.10]), np.array([0.01, 0.99]), 0.5
    W1, W2 = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([[0.40, 0.45], [0.50, 0.55]])

    def forward():
        hidden = 1 / (1 + np.exp(-(W1 @ x + 0.35)))
        return hidden, 1 / (1 + np.exp(-(W2 @ hidden + 0.60)))

    for _ in range(rounds):
        hidden, out = forward()
        delta2 = (out - y) * out * (1 - out)
        W2_new = W2 - rate * np.outer(delta2, hidden)
        delta1 = ((W2 if hidden_first else W2_new).T @ delta2) * hidden * (1 - hidden)
        W1, W2 = W1 - rate * np.outer(delta1, x), W2_new
    _, out = forward()
    return 0.5 * np.sum((y - out) ** 2), out


def ours(step):
    """The engine's loss and outputs before update `step`."""
    found = fresh_run({**EXAMPLES["mazur"].spec, "epochs": 10_001}).trace(step)
    return found.loss, found.values["a2"][0]


def test_mazur_after_one_update_all_at_once_and_in_the_wrong_order():
    right, wrong = mazur(1, hidden_first=True)[0], mazur(1, hidden_first=False)[0]
    assert f"{right:.16f}" == "0.2910277736935993"
    assert f"{wrong:.13f}" == "0.2910279239054"
    assert agrees(wrong, "0.291027924"), "the printed figure is the wrong order's"
    assert ours(1)[0] == pytest.approx(right, rel=1e-14)


def test_mazur_after_ten_thousand_updates_all_at_once_and_in_the_wrong_order():
    (right, out), (_, wrong_out) = mazur(10_000, hidden_first=True), mazur(10_000, hidden_first=False)
    assert [f"{value:.9f}" for value in out] == ["0.015913620", "0.984064274"]
    assert [f"{value:.9f}" for value in wrong_out] == ["0.015912196", "0.984065734"], "the printed outputs"
    loss, outputs = ours(10_000)
    assert loss == pytest.approx(right, rel=1e-11)
    assert outputs == pytest.approx(out, rel=1e-11)
    assert f"{loss:.10f}" == "0.0000351019"
    assert f"{ours(9_999)[0]:.10f}" == "0.0000351085", "the printed error, which is one update earlier"


def test_mazur_with_biases_learned_as_well():
    spec = {**EXAMPLES["mazur"].spec, "layers": [{"units": 2, "activation": "sigmoid"}] * 2}
    assert f"{fresh_run(spec).trace(1).loss:.13f}" == "0.2804714467914"
    assert f"{fresh_run(spec).trace(10_000).loss:.5e}" == "2.44756e-06"


def test_han_and_kambers_error_is_the_negative_of_ours():
    found = fresh_run(EXAMPLES["han-kamber"].spec).trace(0)
    printed = {"delta2[0,0]": 0.1311690782, "delta1[0,0]": -0.0087245620, "delta1[0,1]": -0.0065420851}
    for address, err in printed.items():
        assert f"{-found.cell(*parsed(address)):.10f}" == f"{err:.10f}"
    assert f"{fresh_run(EXAMPLES['han-kamber'].spec).trace(1).cell('a2', (0, 0)):.9f}" == "0.515247951"


def test_the_symmetry_network_learns_opposite_weights_in_ratios_of_one_two_and_four():
    found = open_run(ExperimentSpec.from_json(EXAMPLES["symmetry"].spec)).trace(3_999).values
    assert ((found["a2"] > 0.5) == (found["y"] > 0.5)).all(), "not every pattern is told right"
    for weights in found["W1"]:
        assert weights[:3] == pytest.approx(-weights[:2:-1], rel=0.01), "mirrored weights are equal and opposite"
        sizes = np.sort(np.abs(weights[:3]))
        assert sizes / sizes[0] == pytest.approx([1, 2, 4], rel=0.05)
    assert np.sign(found["W1"][0, 0]) != np.sign(found["W1"][1, 0])
    assert (found["b1"] < 0).all()
    assert found["b2"][0] > 0


def test_the_gradient_check_tells_mazurs_two_orders_apart():
    assert open_run(ExperimentSpec.from_json(EXAMPLES["mazur"].spec)).check(0).passed
    assert not open_run(ExperimentSpec.from_json(EXAMPLES["mazur-layer-by-layer"].spec)).check(0).passed
