"""Arrays as JSON: every bit survives, what JSON cannot say is said in words, what is too large is summarised."""

from __future__ import annotations

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import engine
from app import encode
from app.models import Explanation, Summary, Trace

ANY_FLOAT = st.floats(width=64)
SMALL_ARRAYS = arrays.arrays(
    np.float64, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5), elements=ANY_FLOAT
)
EDGES = [0.0, -0.0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, math.inf, -math.inf, math.nan]


def back(data: object) -> object:
    """What a client reads: the words become numbers again, which Python's float does too."""
    return [back(part) for part in data] if isinstance(data, list) else float(data)


def bits(array: object) -> bytes:
    values = np.asarray(array, dtype=np.float64)
    return np.where(np.isnan(values), np.nan, values).tobytes()


def encoded(array: np.ndarray, **bounds: int) -> dict:
    fragment, _ = encode.tensors({"x": array}, bounds.get("per_array", 10**9), bounds.get("in_all", 10**9))
    return json.loads(encode.dumps(fragment))["x"]


@given(SMALL_ARRAYS)
def test_every_bit_of_an_array_survives(array):
    read = encoded(array)
    assert read["shape"] == list(array.shape)
    assert bits(back(read["data"])) == bits(array)
    assert "null" not in json.dumps(read)


def test_every_bit_of_100_000_random_floats_survives():
    words = np.random.default_rng(0).integers(0, 2**64, 100_000, dtype=np.uint64, endpoint=False)
    array = np.concatenate([words.view(np.float64), EDGES])
    assert bits(back(encoded(array)["data"])) == bits(array)
    finite = array[np.isfinite(array)]
    assert bits(back(encoded(finite)["data"])) == bits(finite)


def test_words_stand_for_what_json_has_no_number_for():
    array = np.array([[np.nan, np.inf], [-np.inf, -0.0]])
    assert encoded(array)["data"] == [["NaN", "Infinity"], ["-Infinity", -0.0]]
    assert encode.dumps(encode.number(-0.0)) == b"-0.0"
    assert encode.number(math.nan) == "NaN"


def test_one_array_that_is_not_finite_leaves_the_others_as_they_are():
    fragment, _ = encode.tensors({"a": np.array([0.1, np.nan]), "b": np.array([0.2]), "c": np.array(np.inf)}, 9, 9)
    values = json.loads(encode.dumps(fragment))
    assert [values[name]["data"] for name in "abc"] == [[0.1, "NaN"], [0.2], "Infinity"]


def test_arrays_in_any_layout_are_encoded_row_by_row():
    array = np.arange(6.0).reshape(2, 3)
    for other in (array.T, array[:, ::2], array[::-1], np.asfortranarray(array)):
        assert encoded(other)["data"] == other.tolist()


@given(arrays.arrays(np.float64, st.integers(0, 60), elements=ANY_FLOAT))
def test_the_summary_of_any_array_is_one(array):
    found = encode.summary(array)
    Summary.model_validate_json(json.dumps(found))
    finite = array[np.isfinite(array)]
    assert found["finite"] == finite.size
    if finite.size:
        assert found["min"] == finite.min()
        assert found["max"] == finite.max()
        assert len(found["histogram"]["edges"]) == 21
        assert sum(found["histogram"]["counts"]) == finite.size
        edges = back(found["histogram"]["edges"])
        assert edges == sorted(edges)
    else:
        assert found["histogram"] is None


def test_a_summary_agrees_with_numpy():
    array = np.random.default_rng(1).normal(3, 2, (40, 50))
    found = encode.summary(array)
    assert found["mean"] == pytest.approx(array.mean())
    assert found["norm"] == pytest.approx(np.linalg.norm(array))
    counts, edges = np.histogram(array, 20)
    assert found["histogram"]["counts"] == counts.tolist()
    assert found["histogram"]["edges"] == pytest.approx(edges)


def test_the_summary_of_huge_numbers_does_not_overflow():
    found = encode.summary(np.array([1e308, -1e308, 1e308]))
    assert found["mean"] == pytest.approx(1e308 / 3)
    assert found["norm"] == "Infinity" or found["norm"] == pytest.approx(3**0.5 * 1e308)
    assert found["histogram"]["counts"][0] == 1
    assert found["histogram"]["counts"][-1] == 2


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 50)), st.integers(0, 60), st.integers(0, 100)
)
def test_what_an_answer_carries_whole_stays_within_both_bounds(sizes, per_array, in_all):
    whole = encode.choose_whole(sizes, per_array, in_all)
    assert sum(sizes[name] for name in whole) <= in_all
    assert all(sizes[name] <= per_array for name in whole)
    left_out = sizes.keys() - whole
    assert all(sizes[small] <= sizes[large] for small in whole for large in left_out)


def test_an_array_over_the_bound_is_left_out_and_its_summary_given(make_api):
    api = make_api(max_array_numbers=50, max_response_numbers=400)
    run = api.post("/api/v1/runs", json={}).headers["location"]
    trace = api.get(f"{run}/steps/0").json()
    Trace.model_validate_json(json.dumps(trace))
    assert trace["truncated"] is True
    assert trace["values"]["z1"] == {
        "shape": [100, 4],
        "truncated": True,
        "summary": trace["values"]["z1"]["summary"],
    }
    assert trace["values"]["W1"]["data"]
    assert trace["values"]["loss"]["data"] == trace["loss"]


def test_naming_an_array_or_picking_examples_brings_what_was_left_out(make_api):
    api = make_api(max_array_numbers=50, max_response_numbers=400)
    run = api.post("/api/v1/runs", json={}).headers["location"]
    named = api.get(f"{run}/steps/0?names=z1").json()
    assert "truncated" not in named
    assert np.shape(named["values"]["z1"]["data"]) == (100, 4)
    assert api.get(f"{run}/steps/0?names=z1,a1").json()["truncated"] is True
    picked = api.get(f"{run}/steps/0?examples=7,3").json()
    assert "truncated" not in picked
    assert picked["values"]["z1"]["data"] == [named["values"]["z1"]["data"][row] for row in (7, 3)]


def test_a_diverging_run_is_an_answer_like_any_other(api, open_run, diverging):
    run = open_run(diverging)
    direct = engine.open_run(engine.ExperimentSpec.from_json(diverging))
    seen = set()
    for step in range(12):
        answer = api.get(f"{run}/steps/{step}")
        assert answer.status_code == 200
        document = json.loads(answer.text, parse_constant=pytest.fail)
        Trace.model_validate_json(answer.text)
        trace = direct.trace(step)
        for name, value in document["values"].items():
            assert bits(back(value["data"])) == bits(trace.values[name]), (step, name)
        assert bits(back(document["loss"])) == bits(trace.loss)
        seen |= {word for word in ("NaN", "Infinity", "-Infinity") if f'"{word}"' in answer.text}
        for more in ("/check", "/explain?name=delta1&index=0,0", "/explain?name=loss"):
            more_answer = api.get(f"{run}/steps/{step}{more}")
            assert more_answer.status_code == 200, more_answer.text
            explained = json.loads(more_answer.text, parse_constant=pytest.fail)
            if "explain" in more:
                causes = Explanation.model_validate(explained).causes
                assert bool(causes) == (not math.isfinite(back(explained["value"]))), explained
                assert all(cause.text for cause in causes)
    assert {"NaN", "Infinity"} <= seen
    history = api.get(f"{run}/history").json()
    assert back(history["loss"])[0] > 1e300 or math.isinf(back(history["loss"])[0])


def test_numbers_are_the_shortest_that_read_back():
    for value in (0.1, 1 / 3, 1e-7, 123456789.123, 1e22):
        text = encode.dumps(value).decode()
        assert struct.pack("d", float(text)) == struct.pack("d", value)
        assert len(text) <= len(repr(value)) + 2
