"""The API as its users meet it: ids, runs, traces, explanations, checks, histories, languages."""

from __future__ import annotations

import hashlib
import itertools
import json
import subprocess
import sys

import numpy as np
import pytest

import engine
from app import models
from app.models_catalog import Catalog

PLAIN = {"accept-encoding": "identity"}


def test_the_same_spec_always_gets_the_same_id(api, xor):
    first = api.post("/api/v1/runs", json=xor)
    assert first.status_code == 201
    again = api.post(
        "/api/v1/runs",
        content=json.dumps(dict(reversed(xor.items())), indent=2),
        headers={"content-type": "application/json"},
    )
    assert again.status_code == 200
    completed = api.post("/api/v1/runs", json=first.json()["spec"])
    assert completed.status_code == 200
    assert first.json() == again.json() == completed.json()
    assert first.headers["location"] == again.headers["location"] == f"/api/v1/runs/{first.json()['id']}"
    assert api.get(first.headers["location"]).json() == first.json()


@pytest.mark.parametrize(("language", "word"), [("en", "Hinge"), ("zh", "合页损失")])
def test_a_run_remarks_on_what_is_probably_not_meant_in_the_language_asked_for(api, xor, language, word):
    run = api.post("/api/v1/runs", json={**xor, "loss": "hinge"}, params={"lang": language}).json()
    (note,) = run["notes"]
    assert note["field"] == "data.targets"
    assert note["text"].startswith(word)
    assert api.post("/api/v1/runs", json=xor, params={"lang": language}).json()["notes"] == []


def test_the_id_is_a_hash_of_the_engine_version_and_the_canonical_spec(api, xor):
    run = api.post("/api/v1/runs", json=xor).json()
    canonical = json.dumps(
        [engine.ENGINE_VERSION, run["spec"]], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert run["id"] == hashlib.sha256(canonical.encode()).hexdigest()[:32]


@pytest.mark.parametrize("change", [{"seed": 1}, {"epochs": 21}, {"batch_size": 2}, {"loss": "half_squared_error"}])
def test_another_spec_gets_another_id(api, open_run, xor, change):
    assert open_run(xor) != open_run({**xor, **change})


def test_a_run_describes_itself_completely(api, seed_run):
    answer = api.get(seed_run)
    run = models.Run.model_validate_json(answer.text)
    assert (run.steps, run.epochs, run.batches_per_epoch, run.examples) == (1000, 1000, 1, 100)
    assert run.parameters.model_dump() == {"count": 17, "names": ["W1", "b1", "W2", "b2"]}
    sigmoid = {"activation": "sigmoid", "activation_label": "sigmoid"}
    assert answer.json()["layers"] == [
        {"layer": 0, "kind": "input", "units": 2},
        {"layer": 1, "kind": "dense", "units": 4, **sigmoid, "parameters": ["W1", "b1"]},
        {"layer": 2, "kind": "dense", "units": 1, **sigmoid, "parameters": ["W2", "b2"]},
    ]
    order = "z1 a1 z2 a2 loss da2 delta2 dW2 db2 da1 delta1 dW1 db1 W2_new b2_new W1_new b1_new"
    assert [call.writes for call in run.program.calls] == order.split()
    assert run.values["z1"].model_dump(exclude={"label", "meaning", "symbol"}) == {
        "quantity": "z",
        "layer": 1,
        "shape": [100, 4],
        "axes": ["example", "unit"],
        "source": "computed",
        "phase": "forward",
    }
    assert run.values["a0"].layer == 0
    assert run.values["y"].layer == 2
    assert run.values["loss"].axes == []
    assert run.values["learning_rate"].source == "setting"
    for call in run.program.calls:
        rule = run.program.ops[call.op].rule
        assert set(call.bind.values()) == set(call.reads)
        assert {"result", "at", "body"} <= rule.keys()


def test_the_completed_spec_is_the_one_of_the_design(api, seed_run):
    spec = api.get(seed_run).json()["spec"]
    options = {"test_fraction": 0.0, "scaling": "none", "features": None}
    assert spec["data"] == {"kind": "uniform", "examples": 100, "inputs": 2, "outputs": 1, **options}
    assert [(layer["kind"], layer["units"], layer["activation"]) for layer in spec["layers"]] == [
        ("dense", 4, "sigmoid"),
        ("dense", 1, "sigmoid"),
    ]
    assert spec["optimizer"] == {"kind": "sgd", "learning_rate": 0.01}
    assert spec["initializer"] == {"kind": "uniform", "low": -1, "high": 1}
    assert (spec["loss"], spec["batch_size"], spec["epochs"], spec["seed"]) == ("mse", None, 1000, 0)


def test_a_trace_holds_every_value_of_the_step_bit_for_bit(api, seed_run):
    answer = api.get(f"{seed_run}/steps/7")
    models.Trace.model_validate_json(answer.text)
    trace, direct = answer.json(), engine.open_run(engine.ExperimentSpec.from_json({})).trace(7)
    run = api.get(seed_run).json()
    assert trace["values"].keys() == run["values"].keys() == direct.values.keys()
    for name, value in trace["values"].items():
        assert value["shape"] == run["values"][name]["shape"]
        assert np.asarray(value["data"]).tobytes() == np.asarray(direct.values[name]).tobytes(), name
    assert trace["batch"] == list(range(100))
    assert (trace["run"], trace["step"], trace["engine"]) == (run["id"], 7, engine.ENGINE_VERSION)
    assert trace["loss"] == trace["values"]["loss"]["data"]
    assert isinstance(trace["values"]["loss"]["data"], float)
    calls = [{name: part for name, part in call.items() if name != "bind"} for call in run["program"]["calls"]]
    assert trace["frames"] == calls


def test_one_step_hands_its_parameters_to_the_next(api, seed_run):
    before, after = (api.get(f"{seed_run}/steps/{step}").json()["values"] for step in (41, 42))
    for name in ("W1", "b1", "W2", "b2"):
        assert before[f"{name}_new"] == after[name]


def test_steps_are_the_same_bytes_in_any_order_and_from_any_server(make_api):
    steps = (0, 500, 999)
    found = set()
    for number, order in enumerate(itertools.permutations(steps)):
        api = make_api()
        run = api.post("/api/v1/runs", json={"seed": 5}).headers["location"]
        bodies = {step: api.get(f"{run}/steps/{step}", headers=PLAIN).content for step in order}
        found.add(tuple(bodies[step] for step in steps))
        assert number >= 0
    assert len(found) == 1
    (bodies,) = found
    script = (
        "import sys, hashlib, pathlib; from starlette.testclient import TestClient; from app import create_app;"
        "from app.settings import Settings;"
        "api = TestClient(create_app(Settings(data_dir=pathlib.Path(sys.argv[1]))));"
        "run = api.post('/api/v1/runs', json={'seed': 5}).headers['location'];"
        "print([hashlib.sha256(api.get(f'{run}/steps/{k}').content).hexdigest() for k in (999, 0, 500)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(api.app.state.services.settings.data_dir / "elsewhere")],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    fresh = [hashlib.sha256(bodies[place]).hexdigest() for place in (2, 0, 1)]
    assert done.stdout.strip() == str(fresh)


def test_examples_pick_rows_of_the_batch_in_the_order_asked(api, open_run, xor):
    run = open_run({**xor, "batch_size": 3, "seed": 2})
    whole = api.get(f"{run}/steps/5").json()
    picked = api.get(f"{run}/steps/5?examples=0").json()
    assert picked["batch"] == whole["batch"][:1]
    assert picked["examples"] == [0]
    for name, value in picked["values"].items():
        data = whole["values"][name]["data"]
        assert value["data"] == (
            data[:1] if len(value["shape"]) == 2 and name[0] in "azdy" and "W" not in name else data
        )
    last = api.get(f"{run}/steps/1").json()
    assert last["values"]["z1"]["shape"] == [1, 2]
    assert api.get(f"{run}/steps/1?examples=1").status_code == 422


def test_names_pick_arrays_and_phase_picks_frames(api, xor_run):
    named = api.get(f"{xor_run}/steps/0?names=delta1,z1").json()
    assert list(named["values"]) == ["delta1", "z1"]
    assert len(named["frames"]) == 17
    backward = api.get(f"{xor_run}/steps/0?phase=backward").json()
    assert {frame["phase"] for frame in backward["frames"]} == {"backward"}
    touched = {name for frame in backward["frames"] for name in (*frame["reads"], frame["writes"])}
    assert backward["values"].keys() == touched
    both = api.get(f"{xor_run}/steps/0?phase=loss&names=a2").json()
    assert [frame["writes"] for frame in both["frames"]] == ["loss"]
    assert list(both["values"]) == ["a2"]


def test_every_number_of_a_step_can_be_explained(api, xor_run):
    run, trace = api.get(xor_run).json(), api.get(f"{xor_run}/steps/2").json()
    for name, value in run["values"].items():
        index = [extent - 1 for extent in value["shape"]]
        answer = api.get(
            f"{xor_run}/steps/2/explain", params={"name": name, "index": ",".join(map(str, index)), "lang": "en"}
        )
        assert answer.status_code == 200, answer.text
        found = models.Explanation.model_validate_json(answer.text)
        number = trace["values"][name]["data"]
        for place in index:
            number = number[place]
        assert found.value == number
        assert found.index == index
        assert found.address == (f"{name}[{','.join(map(str, index))}]" if index else name)
        assert found.sentence
        if value["source"] == "computed":
            assert found.terms
            assert found.witnesses.rule is not None
            assert found.witnesses.rule.passed


def test_the_gradient_check_passes_worst_array_first(api, xor_run):
    answer = api.get(f"{xor_run}/steps/3/check")
    found = models.GradientCheck.model_validate_json(answer.text)
    assert found.passed
    assert {array.name for array in found.arrays} == {"dW1", "db1", "dW2", "db2"}
    errors = [array.relative_error for array in found.arrays]
    assert errors == sorted(errors, reverse=True)


def test_the_catalogue_holds_every_entry_in_both_languages(api):
    registries = engine.catalog()
    texts = {}
    for language in ("en", "zh"):
        answer = api.get("/api/v1/catalog", params={"lang": language})
        Catalog.model_validate_json(answer.text)
        found = answer.json()
        assert found["language"] == answer.headers["content-language"] == language
        for name, entries in registries.items():
            assert [entry["name"] for entry in found[name]] == [entry.name for entry in entries]
        assert [one["name"] for one in found["early_stopping"]] == ["monitor", "patience", "min_delta", "goal"]
        assert len(found["early_stopping"][0]["choice_labels"]) == len(engine.MONITORS)
        texts[language] = [entry["summary"] for name in registries for entry in found[name]]
    assert all(one != other for one, other in zip(texts["en"], texts["zh"], strict=True))
    assert answer.headers["cache-control"] == "no-cache"


def test_every_example_of_the_catalogue_can_be_posted(api, open_run):
    for example in api.get("/api/v1/catalog").json()["examples"]:
        run = open_run(example["spec"])
        assert api.get(run).json()["spec"] == example["spec"]
        for published in example["published"]:
            assert api.get(f"{run}/steps/{published['step']}").status_code == 200


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-Hans", "zh"),
        ("zh-SG, en;q=0.1", "zh"),
        ("zh-Hant-TW", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("de-DE,de;q=0.9,zh-CN;q=0.8,en;q=0.7", "zh"),
        ("fr", "en"),
        ("", "en"),
        ("*", "en"),
        ("zh;q=0, en", "en"),
        (";;;,,q=1,\x7f", "en"),
        ("zh-" * 3_000, "en"),
    ],
)
def test_texts_come_in_the_language_of_the_header(api, xor_run, header, language):
    for path in ("/api/v1/catalog", xor_run, f"{xor_run}/steps/0/explain?name=loss"):
        answer = api.get(path, headers={"accept-language": header})
        assert answer.headers["content-language"] == language
        assert "Accept-Language" in answer.headers["vary"]


def test_the_language_of_the_address_goes_before_the_header_and_does_not_vary_with_it(api, xor_run):
    for path in ("/api/v1/catalog", xor_run, f"{xor_run}/steps/0/explain?name=loss"):
        joint = "&" if "?" in path else "?"
        for asked, language in (("zh", "zh"), ("zh-CN", "zh"), ("en", "en"), ("zh_Hans", "zh")):
            answers = [
                api.get(f"{path}{joint}lang={asked}", headers={"accept-language": header}) for header in ("en", "zh")
            ]
            assert {answer.headers["content-language"] for answer in answers} == {language}
            assert "Accept-Language" not in answers[0].headers["vary"]
            assert answers[0].content == answers[1].content


def test_headers_that_an_answer_does_not_name_never_change_it(api, seed_run):
    first = api.get(f"{seed_run}/steps/0", headers=PLAIN)
    for headers in (
        {"accept-language": "zh"},
        {"origin": "http://elsewhere.example"},
        {"x-forwarded-host": "elsewhere.example"},
        {"user-agent": "x" * 500},
        {"range": "bytes=0-1"},
        {"cookie": "a=b"},
    ):
        answer = api.get(f"{seed_run}/steps/0", headers={**PLAIN, **headers})
        assert answer.status_code == 200
        assert answer.content == first.content
        assert "access-control-allow-origin" not in answer.headers
        assert "set-cookie" not in answer.headers


def test_the_server_is_well_and_says_where_it_keeps_specs(api):
    for path in ("/healthz", "/api/v1/health"):
        answer = api.get(path)
        models.Health.model_validate_json(answer.text)
        assert answer.json()["store"] == "disk"
        assert answer.headers["cache-control"] == "no-store"


def test_what_cannot_be_ready_in_time_is_a_503_and_a_retry_gets_further(make_api):
    run = make_api().post("/api/v1/runs", json={"epochs": 200_000, "seed": 77}).headers["location"]
    api = make_api(deadline_seconds=0.02)
    first = api.get(f"{run}/steps/60000")
    assert first.status_code == 503
    assert first.json()["type"] == "urn:backscope:problem:deadline"
    assert 1 <= int(first.headers["retry-after"]) <= 3
    statuses = [503]
    while statuses[-1] == 503 and len(statuses) < 1_000:
        statuses.append(api.get(f"{run}/steps/60000").status_code)
    assert statuses[-1] == 200
