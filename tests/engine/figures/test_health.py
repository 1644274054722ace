"""Where activations are flat: which units are dead there, and which saturated."""

from __future__ import annotations

import numpy as np
import pytest

from engine.activations import ACTIVATIONS
from engine.figures import health
from tests.engine.helpers import SPECS, dense, fresh_run, small

FLAT_IN = {"sigmoid", "tanh", "elu", "selu", "gelu", "silu", "softplus", "softsign", "gaussian"}
DYING = {"relu", "step"}
BOTH = {"hard_sigmoid", "hard_tanh"}


def flat_of(activation):
    run = fresh_run({"data": small(2, 1, 5), "layers": [dense(3, activation), dense(1)], "epochs": 3})
    return run, next(iter(health.flats(run.program)), None)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_flat_where_it_says_and_units_die_where_it_is_exactly_so(activation):
    _, flat = flat_of(activation)
    if activation not in FLAT_IN | DYING | BOTH:
        assert flat is None
        return
    assert (flat.name, flat.z, flat.layer) == ("a1", "z1", 1)
    assert flat.dies == (activation in DYING | BOTH)
    assert flat.saturates == (activation in FLAT_IN | BOTH)


@pytest.mark.parametrize("activation", sorted(DYING | BOTH))
def test_what_is_dead_passes_no_error_on(activation):
    run, flat = flat_of(activation)
    values = dict(run.trace(2).values)
    z = np.linspace(-5, 5, 41)[:, np.newaxis] * np.ones(3)
    op = run.program.ops[run.program.written["a1"].op]
    derivative = op.derivatives["z"]
    known = {"z": z, "a": op(z=z), "da": np.ones_like(z)}
    slope = derivative(**{slot: known[slot] for slot in derivative.slots})
    assert (flat.where(z) == (slope == 0)).all()
    for unit in np.flatnonzero(flat.dead(values["z1"])):
        assert not values["delta1"][:, unit].any()
        assert not values["dW1"][unit].any()


def test_only_layers_whose_slope_is_used_on_the_way_back_count():
    run = fresh_run({**SPECS["softmax and cross-entropy in mini-batches"]})
    assert [flat.name for flat in health.flats(run.program)] == ["a1", "a2"]
    fused = {"data": {"kind": "xor"}, "layers": [dense(1, "sigmoid")], "loss": "binary_cross_entropy", "epochs": 1}
    assert health.flats(fresh_run(fused).program) == []
    assert [flat.name for flat in health.flats(fresh_run({**fused, "fused": False}).program)] == ["a1"]


def test_a_unit_is_dead_if_no_example_wakes_it_and_what_is_no_number_is_awake():
    flat = health.Flat("a1", "z1", 1, 0.0, np.inf, True, False)
    z = np.array([[-1.0, 1.0, 0.0, np.nan], [-2.0, -3.0, -0.0, -1.0]])
    assert flat.where(z).tolist() == [[True, False, True, False], [True, True, True, True]]
    assert flat.dead(z).tolist() == [True, False, True, False]
