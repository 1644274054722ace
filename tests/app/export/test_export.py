"""Exports over the API: the forms, their names, and what is refused."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import re

import numpy as np
import pytest

import engine
from app import models
from app.answers import IMMUTABLE
from app.export.build import FORMS
from app.export.page import NAME, linked, modules
from tests.app.conftest import XOR


@pytest.fixture
def found():
    return engine.open_run(engine.ExperimentSpec.from_json(XOR))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_a_file_that_never_changes(api, xor_run, form):
    answer = api.get(f"{xor_run}/export?format={form}&lang=en")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == IMMUTABLE
    name = re.fullmatch(
        r'attachment; filename="(backscope-[0-9a-f]{8}-[\w-]+\.\w+)"', answer.headers["content-disposition"]
    )
    assert name
    assert name[1].endswith(FORMS[form].suffix)
    assert answer.headers["content-type"] == FORMS[form].media_type
    again = api.get(f"{xor_run}/export?format={form}&lang=en", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    head = api.head(f"{xor_run}/export?format={form}&lang=en")
    assert (head.status_code, head.content) == (200, b"")


def test_json_is_the_trace_with_its_experiment(api, xor_run):
    answer = api.get(f"{xor_run}/export?format=json&step=4&names=z1,loss")
    models.Trace.model_validate_json(answer.text)
    document = answer.json()
    assert engine.ExperimentSpec.from_json(document["spec"]) == engine.ExperimentSpec.from_json(XOR)
    assert list(document["values"]) == ["z1", "loss"]
    assert (document["step"], f"/api/v1/runs/{document['run']}") == (4, xor_run)


def test_csv_of_a_step_has_every_number_with_its_place(api, xor_run, found):
    rows = list(csv.DictReader(io.StringIO(api.get(f"{xor_run}/export?format=csv&step=2").text)))
    values = found.trace(2).values
    assert len(rows) == sum(array.size for array in values.values())
    for row in rows:
        index = tuple(int(row[f"index{axis}"]) for axis in range(3) if row[f"index{axis}"])
        assert float(row["value"]) == values[row["name"]][index]
    picked = list(csv.DictReader(io.StringIO(api.get(f"{xor_run}/export?format=csv&names=z1&examples=3,1").text)))
    assert [row["index0"] for row in picked] == ["3", "3", "1", "1"]
    assert float(picked[0]["value"]) == found.trace(0).values["z1"][3, 0]


def test_csv_of_weights_and_of_the_history(api, xor_run, found):
    weights = list(csv.DictReader(io.StringIO(api.get(f"{xor_run}/export?format=csv&what=weights&step=20").text)))
    assert {row["name"] for row in weights} == {"W1", "b1", "W2", "b2"}
    assert float(weights[0]["value"]) == found.state_at(20)["W1"][0, 0]
    history = list(csv.DictReader(io.StringIO(api.get(f"{xor_run}/export?format=csv&what=history").text)))
    assert [int(row["step"]) for row in history] == list(range(20))
    assert float(history[7]["loss"]) == found.trace(7).loss


def test_npz_holds_the_weights_unless_the_trace_is_asked_for(api, xor_run, found):
    for query, expected in (("&step=20", found.state_at(20)), ("&what=trace&step=3", found.trace(3).values)):
        body = api.get(f"{xor_run}/export?format=npz{query}").content
        with np.load(io.BytesIO(body), allow_pickle=False) as archive:
            assert set(archive.files) == {*expected, "__about__"}
            for name, array in expected.items():
                assert archive[name].tobytes() == array.tobytes()
            about = json.loads(str(archive["__about__"]))
    assert engine.ExperimentSpec.from_json(json.loads(about["spec"])) == engine.ExperimentSpec.from_json(XOR)


@pytest.mark.parametrize("framework", ["numpy", "torch", "keras"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_programs_come_for_every_library_in_both_languages(api, xor_run, framework, language):
    answer = api.get(f"{xor_run}/export?format=py&framework={framework}&count=3", headers={"accept-language": language})
    assert answer.headers["content-language"] == language
    assert "Accept-Language" in answer.headers["vary"]
    compile(answer.text, framework, "exec")
    assert "STEPS = 3" in answer.text
    json.loads(api.get(f"{xor_run}/export?format=ipynb&framework={framework}").text)


def test_what_a_library_cannot_express_is_a_422_that_names_the_part(api, open_run, xor):
    run = open_run({**xor, "update_order": "layer_by_layer"})
    assert api.get(f"{run}/export?format=py").status_code == 200
    answer = api.get(f"{run}/export?format=py&framework=torch")
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("not-expressible")
    assert answer.json()["errors"][0]["field"] == "update_order"
    assert "PyTorch" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "format"),
        ("format=exe", "format"),
        ("format=html&what=weights", "what"),
        ("format=json&what=history", "what"),
        ("format=py&framework=jax", "framework"),
        ("format=json&step=20", "step"),
        ("format=npz&step=21", "step"),
        ("format=html&count=0", "count"),
        ("format=json&names=q1", "names"),
        ("format=json&examples=9", "examples"),
        ("format=json&nothing=1", "query"),
    ],
)
def test_what_cannot_be_is_a_422_that_names_the_parameter(api, xor_run, query, field):
    answer = api.get(f"{xor_run}/export?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("form", FORMS)
def test_an_export_beyond_the_limit_is_refused_by_name(make_api, xor, form):
    api = make_api(max_export_numbers=5)
    run = api.post("/api/v1/runs", json=xor).headers["location"]
    more = "&count=2" if form == "html" else ""
    problem = api.get(f"{run}/export?format={form}{more}").json()
    assert problem["status"] == 422
    assert problem["setting"] == "max_export_numbers"
    assert problem["maximum"] == 5 < problem["value"]


# The page in a file


def test_a_saved_page_holds_all_it_needs_and_asks_for_nothing(api, xor_run):
    page = api.get(f"{xor_run}/export?format=html&step=2&count=3").text
    loaded = re.findall(r"""<(?!a\b)[a-z]+\b[^<>]*\b(?:src|href)=["']([^"']*)""", page)
    assert loaded
    assert all(address.startswith(("data:", "#")) for address in loaded)
    assert "default-src 'none'" in html.unescape(page)
    saved = json.loads(re.search(r'<script type="application/json" id="saved">(.*?)</script>', page, re.DOTALL)[1])
    run = xor_run.rpartition("/")[2]
    assert saved["place"] == f"#run={run}&step=2"
    assert {path.rpartition("/")[2] for path in saved["documents"] if "/steps/" in path} == {"2", "3", "4"}
    for step in (2, 3, 4):
        assert saved["documents"][f"{xor_run}/steps/{step}"] == api.get(f"{xor_run}/steps/{step}").json()
    assert saved["run"]["steps"] == 5


def test_every_import_of_a_saved_page_is_a_name_of_its_map(api):
    found = modules(api.app.state.assets)
    assert f"{NAME}main.js" in found
    assert f"{NAME}saved.js" in found
    for name, address in found.items():
        text = base64.b64decode(address.partition(",")[2]).decode()
        wanted = re.findall(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([./][^"'\n]*|backscope/[^"'\n]*)["']""", text)
        assert all(target in found for target in wanted if not target.endswith(".d.ts")), (name, wanted)


def test_imports_are_renamed_and_nothing_else():
    text = (
        'import { a } from "./a.js";\nexport { b } from "../b.js";\n'
        'const c = await import("./c/c.js");\nconst s = "./a.js";'
    )
    renamed, wanted = linked("x/y.js", text)
    assert renamed == (
        'import { a } from "backscope/x/a.js";\nexport { b } from "backscope/b.js";\n'
        'const c = await import("backscope/x/c/c.js");\nconst s = "./a.js";'
    )
    assert wanted == {"x/a.js", "b.js", "x/c/c.js"}


def test_text_in_the_file_cannot_end_its_script(api, open_run):
    run = open_run({"data": {"kind": "xor"}, "layers": [{"units": 1}], "epochs": 2})
    page = api.get(f"{run}/export?format=html").text
    for match in re.finditer(r'<script type="application/json" id="\w+">(.*?)</script>', page, re.DOTALL):
        assert "<" not in match[1]
        json.loads(match[1])
