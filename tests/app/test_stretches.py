"""Several steps in one call, parameters, and both as arrays: the same numbers, bit for bit."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest

import engine
from app import models
from app.answers import IMMUTABLE
from tests.app.conftest import XOR

SAFETENSORS, NPZ = "application/vnd.safetensors", "application/x-npz"


def unpacked(answer) -> dict[str, np.ndarray]:
    """The arrays of a binary answer, read by its own plain rules."""
    if answer.headers["content-type"] == NPZ:
        with np.load(io.BytesIO(answer.content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files if name != "__about__"}
    body = answer.content
    length = int.from_bytes(body[:8], "little")
    header = json.loads(body[8 : 8 + length])
    data = body[8 + length :]
    header.pop("__metadata__")
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f8").reshape(entry["shape"])
        for name, entry in header.items()
    }


@pytest.fixture
def found():
    return engine.open_run(engine.ExperimentSpec.from_json(XOR))


@pytest.mark.parametrize("accept", [SAFETENSORS, NPZ])
@pytest.mark.parametrize("query", ["", "?names=W1,delta2", "?examples=2,0&phase=backward"])
def test_a_step_may_be_had_as_arrays(api, xor_run, found, accept, query):
    answer = api.get(f"{xor_run}/steps/5{query}", headers={"accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == accept
    assert answer.headers["cache-control"] == IMMUTABLE
    assert "content-encoding" not in answer.headers
    assert "Accept" in answer.headers["vary"]
    assert 'filename="step-5.' in answer.headers["content-disposition"]
    plain = api.get(f"{xor_run}/steps/5{query}").json()["values"]
    arrays = unpacked(answer)
    assert list(arrays) == list(plain)
    for name, array in arrays.items():
        assert array.tolist() == plain[name]["data"], name


def test_arrays_of_any_size_come_whole_as_binary(make_api, xor):
    api = make_api(max_array_numbers=1, max_response_numbers=2)
    run = api.post("/api/v1/runs", json=xor).headers["location"]
    assert api.get(f"{run}/steps/0").json()["truncated"]
    arrays = unpacked(api.get(f"{run}/steps/0", headers={"accept": SAFETENSORS}))
    assert arrays["z1"].shape == (4, 2)


def test_each_form_has_an_etag_of_its_own_and_one_does_not_stand_for_another(api, xor_run):
    forms = [None, SAFETENSORS, NPZ]
    tags = set()
    for form in (*forms, *forms):
        headers = {} if form is None else {"accept": form}
        answer = api.get(f"{xor_run}/steps/3", headers=headers)
        assert answer.headers["content-type"] == (form or "application/json")
        tags.add(answer.headers["etag"])
        again = api.get(f"{xor_run}/steps/3", headers={**headers, "if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert len(tags) == 3


def test_safetensors_is_what_its_own_library_reads(api, xor_run, found):
    library = pytest.importorskip("safetensors.numpy", reason="safetensors is not installed")
    body = api.get(f"{xor_run}/steps/2", headers={"accept": SAFETENSORS}).content
    arrays = library.load(body)
    expected = found.trace(2).values
    assert arrays.keys() == expected.keys()
    for name, array in arrays.items():
        assert array.tobytes() == expected[name].tobytes()


def test_steps_in_a_row_are_the_steps_one_by_one(api, xor_run):
    answer = api.get(f"{xor_run}/steps?start=3&count=4")
    document = models.Steps.model_validate_json(answer.text)
    assert (document.start, document.count, len(document.steps)) == (3, 4, 4)
    assert answer.headers["cache-control"] == IMMUTABLE
    assert "link" not in answer.headers
    for step in answer.json()["steps"]:
        alone = api.get(f"{xor_run}/steps/{step['step']}").json()
        assert step["values"] == alone["values"]
        assert step["loss"] == alone["loss"]
        assert answer.json()["batch"] == alone["batch"]
    assert answer.json()["frames"] == alone["frames"]


def test_batches_that_differ_stand_with_their_steps(api, open_run, xor):
    run = open_run({**xor, "batch_size": 3})
    document = api.get(f"{run}/steps?count=4&names=loss").json()
    assert "batch" not in document
    assert [step["batch"] for step in document["steps"]] == [
        api.get(f"{run}/steps/{step}").json()["batch"] for step in range(4)
    ]


def test_what_does_not_fit_into_one_answer_is_behind_a_link(make_api, xor):
    api = make_api(max_response_numbers=40)
    run = api.post("/api/v1/runs", json=xor).headers["location"]
    path, seen = f"{run}/steps?start=1&count=17&names=W1,loss&examples=1", []
    pages = 0
    while path:
        answer = api.get(path)
        assert answer.status_code == 200, answer.text
        seen += [step["step"] for step in answer.json()["steps"]]
        assert len(answer.json()["steps"]) <= 8
        assert all(list(step["values"]) == ["W1", "loss"] for step in answer.json()["steps"])
        link = answer.headers.get("link")
        path = None if link is None else link.partition("<")[2].partition(">")[0]
        pages += 1
    assert seen == list(range(1, 18))
    assert pages == 3


def test_a_step_that_is_too_large_for_an_answer_comes_alone_and_summarised(make_api, xor):
    api = make_api(max_response_numbers=10)
    run = api.post("/api/v1/runs", json=xor).headers["location"]
    answer = api.get(f"{run}/steps?count=2")
    (step,) = answer.json()["steps"]
    assert step["truncated"]
    assert 'rel="next"' in answer.headers["link"]


def test_steps_in_a_row_as_arrays_go_by_step_and_name(api, xor_run, found):
    answer = api.get(f"{xor_run}/steps?start=18&count=9&names=W1,z2", headers={"accept": SAFETENSORS})
    arrays = unpacked(answer)
    assert list(arrays) == ["18/W1", "18/z2", "19/W1", "19/z2"]
    for key, array in arrays.items():
        step, _, name = key.partition("/")
        assert array.tobytes() == found.trace(int(step)).values[name].tobytes()


def test_the_number_of_steps_in_an_answer_is_bounded(make_api, xor):
    api = make_api(max_stretch=3)
    run = api.post("/api/v1/runs", json=xor).headers["location"]
    answer = api.get(f"{run}/steps?count=10&names=loss")
    assert answer.json()["count"] == 3
    assert f"<{run}/steps?start=3&count=7&names=loss>" in answer.headers["link"]


@pytest.mark.parametrize(
    ("query", "field"),
    [("start=20", "start"), ("start=-1", "start"), ("count=0", "count"), ("count=x", "count"), ("names=q", "names")],
)
def test_a_stretch_that_cannot_be_is_a_422_that_names_the_parameter(api, xor_run, query, field):
    answer = api.get(f"{xor_run}/steps?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("step", [0, 7, 20])
def test_parameters_before_a_step_and_at_the_end(api, xor_run, found, step):
    answer = api.get(f"{xor_run}/steps/{step}/parameters")
    models.ParameterValues.model_validate_json(answer.text)
    expected = found.state_at(step)
    assert list(answer.json()["values"]) == list(expected)
    arrays = unpacked(api.get(f"{xor_run}/steps/{step}/parameters?names=b2,W1", headers={"accept": NPZ}))
    assert list(arrays) == ["b2", "W1"]
    for name, array in arrays.items():
        assert array.tobytes() == expected[name].tobytes()


def test_parameters_beyond_the_end_and_by_a_wrong_name_are_refused(api, xor_run):
    assert api.get(f"{xor_run}/steps/21/parameters").status_code == 404
    problem = api.get(f"{xor_run}/steps/3/parameters?names=z1").json()
    assert problem["errors"][0]["allowed"] == "W1, b1, W2, b2"


def test_large_parameters_are_summarised(make_api, xor):
    api = make_api(max_response_numbers=5)
    run = api.post("/api/v1/runs", json=xor).headers["location"]
    document = api.get(f"{run}/steps/0/parameters").json()
    assert document["truncated"]
    assert document["values"]["W1"]["truncated"] or document["values"]["W2"]["truncated"]
