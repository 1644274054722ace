"""What a run may cost is decided from the spec alone, before anything is allocated."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine
from app import schema
from app.errors import Problem
from app.settings import Settings

HUGE = st.one_of(st.integers(1, 40), st.integers(1, 10**6), st.integers(1, 10**18))
SPECS = st.builds(
    lambda examples, inputs, units, batch, epochs: {
        "data": {"kind": "uniform", "examples": examples, "inputs": inputs, "outputs": 2},
        "layers": [*({"units": each} for each in units), {"units": 2}],
        "batch_size": batch,
        "epochs": epochs,
    },
    HUGE,
    HUGE,
    st.lists(HUGE, max_size=6),
    st.none() | HUGE,
    HUGE,
)
SMALL = Settings(max_parameters=500, max_data=1_000, max_values=3_000, max_steps=1_000, max_work=10**7)


@given(SPECS)
def test_no_spec_over_a_limit_is_let_through_and_none_within_is_refused(spec):
    cost = engine.cost(engine.ExperimentSpec.from_json(spec))
    within = all(getattr(cost, name) <= getattr(SMALL, f"max_{name}") for name in schema.LIMITED)
    body = json.dumps(spec).encode()
    if within:
        assert engine.cost(schema.parse_spec(body, SMALL)) == cost
    else:
        with pytest.raises(engine.LimitError) as caught:
            schema.parse_spec(body, SMALL)
        assert caught.value.value > caught.value.maximum


def test_deciding_allocates_next_to_nothing():
    body = json.dumps(
        {
            "data": {"kind": "uniform", "examples": 10**18, "inputs": 10**18, "outputs": 1},
            "layers": [{"units": 10**18}, {"units": 10**18}, {"units": 1}],
            "epochs": 10**18,
        }
    ).encode()
    tracemalloc.start()
    try:
        with pytest.raises(engine.LimitError):
            schema.parse_spec(body, Settings())
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_spec_of_many_layers_is_refused_before_it_is_read():
    body = json.dumps({"layers": [{"units": 1}] * 65}).encode()
    with pytest.raises(engine.LimitError) as caught:
        schema.parse_spec(body, Settings())
    assert (caught.value.limit, caught.value.value, caught.value.maximum) == ("layers", 65, 64)
    assert schema.parse_spec(json.dumps({"layers": [{"units": 1}] * 64}).encode(), Settings()).steps == 1000


@pytest.mark.parametrize("name", [*schema.LIMITED, "layers"])
def test_every_limit_is_a_setting_and_is_told_with_the_run(api, seed_run, name):
    assert api.get(seed_run).json()["limits"][f"max_{name}"] == getattr(Settings(), f"max_{name}")


def test_limits_of_a_shared_server_still_let_the_examples_in():
    shared = Settings().shared()
    for entry in engine.catalog()["examples"]:
        body = json.dumps(getattr(entry, "spec", {})).encode()
        assert isinstance(schema.parse_spec(body, shared), engine.ExperimentSpec)


def test_nothing_else_of_a_body_is_kept_when_it_is_refused():
    with pytest.raises(Problem) as caught:
        schema.parse_json(b'{"secret": NaN}', 32)
    assert "secret" not in json.dumps(caught.value.document())


def test_experiments_kept_ready_are_bounded_by_the_numbers_written_out_in_them(make_api):
    api = make_api(spec_bytes=400_000)
    rows = [[float(k), 1.0] for k in range(3_000)]
    for seed in range(4):
        spec = {"data": {"kind": "inline", "x": rows, "y": [[0.0]] * len(rows)}, "epochs": 1, "seed": seed}
        run = api.post("/api/v1/runs", json=spec).headers["location"]
    kept = api.app.state.services._specs
    assert len(kept) == 1, "each of them takes almost all the room there is"
    assert api.get(f"{run}/steps/0?names=loss").status_code == 200
    for seed in range(30):
        api.post("/api/v1/runs", json={"epochs": 1, "seed": seed})
    assert len(kept) == 30, "small ones take little"
