"""Data over the API: the examples of a run, whole or row by row, and examples made of CSV text."""

from __future__ import annotations

import json

import pytest

import engine
from app import models_data
from app.models import ProblemDocument

CSV = "/api/v1/data/csv"
AS_TEXT = {"content-type": "text/csv"}

# The data of a run


def test_the_data_are_shown_as_they_are_before_features_and_scaling(api, open_run):
    spec = {
        "data": {"kind": "circles", "examples": 20, "test_fraction": 0.25, "scaling": "standard", "features": ["x0^2"]},
        "layers": [{"units": 1}],
    }
    for language in ("en", "zh"):
        answer = api.get(f"{open_run(spec)}/data?lang={language}")
        found = models_data.Data.model_validate_json(answer.text)
        split = engine.make_split(engine.ExperimentSpec.from_json(spec).data, 0)
        assert found.values["inputs"].data == split.inputs.tolist()
        assert found.values["test_targets"].data == split.y_test.tolist()
        assert found.values["labels"].data == split.labels.tolist()
        assert sorted(found.values["rows"].data + found.values["test_rows"].data) == list(range(20))
        assert found.classes == [name[language] for name in split.classes]
        assert found.features == ["x0^2"]
        assert found.plane == [list(span) for span in split.plane]


def test_the_data_of_a_later_step_have_its_edits(api, open_run):
    run = open_run({"epochs": 9, "edits": [{"step": 4, "set": {"x[2,1]": 0.5, "y[0,0]": 3.0}}]})
    before, after = (api.get(f"{run}/data?step={step}").json()["values"] for step in (3, 4))
    assert after["inputs"]["data"][2][1] == 0.5
    assert after["targets"]["data"][0] == [3.0]
    assert before["targets"]["data"][0] != [3.0]
    assert "labels" not in after
    assert api.get(f"{run}/data").json()["values"] == before


def test_data_that_do_not_fit_are_summarised(make_api):
    api = make_api(max_response_numbers=250)
    found = models_data.Data.model_validate_json(
        api.get(f"{api.post('/api/v1/runs', json={}).headers['location']}/data").text
    )
    assert found.truncated
    assert found.values["inputs"].truncated
    assert len(found.values["targets"].data) == 100


CIRCLES = {
    "data": {
        "kind": "circles",
        "examples": 20,
        "test_fraction": 0.25,
        "scaling": "standard",
        "features": ["x0^2", "x1"],
    },
    "layers": [{"units": 1}],
}


@pytest.mark.parametrize("part", ["train", "test"])
def test_rows_of_a_part_are_those_rows_with_what_the_network_is_given(api, open_run, part):
    run = open_run(CIRCLES)
    split = engine.make_split(engine.ExperimentSpec.from_json(CIRCLES).data, 0)
    arrays = {
        "train": (split.inputs, split.x, split.y, split.rows, split.labels),
        "test": (split.inputs_test, split.x_test, split.y_test, split.test_rows, split.labels_test),
    }[part]
    total = len(arrays[0])
    seen = 0
    while seen < total:
        answer = api.get(f"{run}/data?part={part}&start={seen}&count=3")
        found = models_data.Data.model_validate_json(answer.text)
        assert (found.part, found.start, found.count, found.total) == (part, seen, min(3, total - seen), total)
        for name, array in zip(("inputs", "given", "targets", "rows", "labels"), arrays, strict=True):
            assert found.values[name].data == array[seen : seen + 3].tolist(), name
        assert list(found.values) == ["inputs", "given", "targets", "rows", "labels"]
        seen += found.count
    assert found.features == ["x0^2", "x1"]
    assert found.classes == ["outer", "inner"]
    assert "immutable" in answer.headers["cache-control"]


def test_without_a_count_there_come_as_many_rows_as_fit(make_api):
    api = make_api(max_response_numbers=60)
    run = api.post("/api/v1/runs", json={}).headers["location"]
    first = api.get(f"{run}/data?part=train").json()
    assert (first["start"], first["count"], first["total"]) == (0, 10, 100)
    assert "truncated" not in first
    assert api.get(f"{run}/data?part=train&start=95").json()["count"] == 5
    assert api.get(f"{run}/data?part=train&count=1000").json()["count"] == 10
    assert api.get(f"{run}/data?part=train&start=100").json()["values"]["inputs"] == {"shape": [0, 2], "data": []}
    assert api.get(f"{run}/data?part=test").json()["total"] == 0


WRONG = {
    "another part": ("part=all", "part"),
    "a start without a part": ("start=3", "part"),
    "a count without a part": ("count=3", "part"),
    "a start beyond the end": ("part=train&start=101", "start"),
    "no rows": ("part=train&count=0", "count"),
    "a negative start": ("part=train&start=-1", "start"),
}


@pytest.mark.parametrize(("query", "field"), WRONG.values(), ids=list(WRONG))
def test_rows_that_cannot_be_are_refused(api, seed_run, query, field):
    answer = api.get(f"{seed_run}/data?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


# CSV

TEXT = "length;width;kind\r\n1,5;2;long\r\n0,5;?;short\r\n0,75;1;short\r\n"
FOUND = {
    "columns": [
        {"number": 1, "name": "length", "role": "input"},
        {"number": 2, "name": "width", "role": "input"},
        {"number": 3, "name": "kind", "role": "target"},
    ],
    "classes": [{"name": "long", "count": 1}, {"name": "short", "count": 1}],
    "rows": 2,
    "dropped": [2],
    "delimiter": ";",
    "header": True,
    "decimal": ",",
    "outputs": 1,
}


def test_text_and_json_give_the_same_examples_and_say_what_was_found(api):
    as_text = api.post(f"{CSV}?missing=drop", content=TEXT.encode(), headers=AS_TEXT)
    as_json = api.post(CSV, json={"text": TEXT, "missing": "drop"})
    assert as_text.status_code == as_json.status_code == 200, as_text.text
    assert as_text.json() == as_json.json()
    models_data.Csv.model_validate_json(as_text.text)
    found = as_text.json()
    data = found.pop("data")
    assert found == FOUND
    assert (data["x"], data["y"], data["classes"]) == ([[1.5, 2], [0.75, 1]], [0, 1], ["long", "short"])
    assert as_text.headers["cache-control"] == "no-store"


def test_the_examples_are_the_data_of_a_spec(api, open_run):
    data = api.post(CSV, json={"text": TEXT, "missing": "drop"}).json()["data"]
    run = open_run({"data": {**data, "targets": "one_hot"}, "layers": [{"units": 2, "activation": "softmax"}]})
    shown = api.get(f"{run}/data").json()
    assert shown["input_names"] == ["length", "width"]
    assert shown["classes"] == ["long", "short"]
    assert shown["values"]["targets"]["data"] == [[1, 0], [0, 1]]


def test_options_come_in_the_address_or_in_the_body(api):
    text = "1|2|3\n4|5|6\n"
    query = "delimiter=%7C&header=true&decimal=.&targets=1,2&inputs=3&missing=refuse&task=regression"
    wanted = {"x": [[6]], "y": [[4, 5]], "x_names": ["3"], "y_names": ["1", "2"]}
    body = {"text": text, "delimiter": "|", "header": True, "decimal": ".", "targets": [1, "2"], "inputs": [3]}
    for answer in (
        api.post(f"{CSV}?{query}", content=text, headers=AS_TEXT),
        api.post(CSV, json={**body, "missing": "refuse", "task": "regression"}),
    ):
        assert answer.status_code == 200, answer.text
        assert answer.json()["data"].items() >= wanted.items()
    named = api.post(f"{CSV}?targets=y,2", content="a,b,y\n1,2,3\n", headers=AS_TEXT).json()
    assert [column["role"] for column in named["columns"]] == ["input", "target", "target"]


ENCODINGS = {
    "nothing said": ("text/csv", "长度,种类\n1,甲\n2,乙\n".encode()),
    "a mark": ("text/csv", "\ufeff长度,种类\n1,甲\n2,乙\n".encode()),
    "utf-8": ("text/csv; charset=UTF-8", "长度,种类\n1,甲\n2,乙\n".encode()),
    "utf-16 by its mark": ("text/csv", "长度,种类\n1,甲\n2,乙\n".encode("utf-16")),
    "gbk": ("text/csv; charset=gbk", "长度,种类\n1,甲\n2,乙\n".encode("gbk")),
    "gb18030, header present": (
        'text/csv;header=present; charset="gb18030"',
        "长度,种类\n1,甲\n2,乙\n".encode("gb18030"),
    ),
}


@pytest.mark.parametrize(("media_type", "body"), ENCODINGS.values(), ids=list(ENCODINGS))
def test_a_text_may_be_in_several_encodings(api, media_type, body):
    found = api.post(CSV, content=body, headers={"content-type": media_type})
    assert found.status_code == 200, found.text
    assert [column["name"] for column in found.json()["columns"]] == ["长度", "种类"]
    assert {each["name"] for each in found.json()["classes"]} == {"甲", "乙"}


def test_the_content_type_may_say_that_there_is_no_header(api):
    found = api.post(CSV, content="1,2\n3,4\n", headers={"content-type": "text/csv; header=absent"})
    assert found.json()["rows"] == 2
    present = api.post(CSV, content="1,2\n3,4\n", headers={"content-type": "text/csv; header=present"})
    assert present.json()["rows"] == 1
    both = api.post(f"{CSV}?header=false", content="1,2\n3,4\n", headers={"content-type": "text/csv; header=present"})
    assert both.json()["rows"] == 2


def problem_of(answer, code, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    ProblemDocument.model_validate_json(answer.text)
    found = answer.json()
    assert found["type"].rpartition(":")[2] == code
    return found


def test_what_cannot_be_read_is_named_by_row_line_and_column_and_not_repeated(api):
    text = "length,width\n1,2\n\n3,hunter2\n"
    for answer in (api.post(CSV, content=text, headers=AS_TEXT), api.post(CSV, json={"text": text})):
        found = problem_of(answer, "invalid-csv", 422)
        assert (found["row"], found["line"], found["column"], found["column_name"]) == (2, 4, 2, "width")
        assert found["errors"][0]["field"] == "text"
        assert found["detail"].startswith("row 2 (line 4), column 2 ('width'): allowed: a finite number")
        assert "hunter2" not in answer.text


REFUSED = {
    "not JSON": ({"content": "{", "headers": {"content-type": "application/json"}}, "", "invalid-json", 400, None),
    "no text": ({"json": {}}, "", "invalid-csv", 422, "text"),
    "a list": ({"json": []}, "", "invalid-csv", 422, "body"),
    "a text that is a number": ({"json": {"text": 1}}, "", "invalid-csv", 422, "text"),
    "an unknown option": ({"json": {"text": "1,2", "quote": "'"}}, "", "invalid-csv", 422, "quote"),
    "an option that cannot be": ({"json": {"text": "1,2", "missing": "mean"}}, "", "invalid-csv", 422, "missing"),
    "a column that is not there": ({"json": {"text": "1,2", "targets": ["z"]}}, "", "invalid-csv", 422, "targets[0]"),
    "options in the address of JSON": ({"json": {"text": "1,2"}}, "?missing=drop", "invalid-parameter", 422, "query"),
    "an unknown parameter": ({"content": "1,2", "headers": AS_TEXT}, "?quote=1", "invalid-parameter", 422, "query"),
    "a parameter that cannot be": (
        {"content": "1,2", "headers": AS_TEXT},
        "?header=maybe",
        "invalid-parameter",
        422,
        "header",
    ),
    "a column of the address that is not there": (
        {"content": "1,2", "headers": AS_TEXT},
        "?targets=3",
        "invalid-parameter",
        422,
        "targets[0]",
    ),
    "not UTF-8": ({"content": b"1,\xff\n", "headers": AS_TEXT}, "", "invalid-csv", 422, "text"),
    "not GBK": (
        {"content": b"1,\xff\n", "headers": {"content-type": "text/csv; charset=gbk"}},
        "",
        "invalid-csv",
        422,
        "text",
    ),
    "an unknown encoding": (
        {"content": "1,2", "headers": {"content-type": "text/csv; charset=latin1"}},
        "",
        "unsupported-media-type",
        415,
        None,
    ),
    "another parameter of the type": (
        {"content": "1,2", "headers": {"content-type": "text/csv; delimiter=x"}},
        "",
        "unsupported-media-type",
        415,
        None,
    ),
    "plain text": (
        {"content": "1,2", "headers": {"content-type": "text/plain"}},
        "",
        "unsupported-media-type",
        415,
        None,
    ),
    "compressed": (
        {"content": "1,2", "headers": {**AS_TEXT, "content-encoding": "gzip"}},
        "",
        "unsupported-media-type",
        415,
        None,
    ),
    "half a character": (
        {"content": '{"text": "\\ud800"}', "headers": {"content-type": "application/json"}},
        "",
        "unsafe-json",
        400,
        "",
    ),
}


@pytest.mark.parametrize(("sent", "query", "code", "status", "field"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_sent_wrongly_is_refused(api, sent, query, code, status, field):
    found = problem_of(api.post(CSV + query, **sent), code, status)
    assert [each["field"] for each in found["errors"]] == ([] if field is None else [field])


def test_a_text_too_large_is_refused_before_it_is_read(make_api):
    api = make_api(max_body_bytes=1000, max_data=50)
    found = problem_of(api.post(CSV, content="1,2\n" * 251, headers=AS_TEXT), "body-too-large", 413)
    assert found["maximum"] == 1000
    found = problem_of(api.post(CSV, content="1,2\n" * 26, headers=AS_TEXT), "limit-exceeded", 422)
    assert (found["limit"], found["maximum"], found["setting"]) == ("data", 50, "max_data")
    assert api.post(CSV, content="1,2\n" * 25, headers=AS_TEXT).status_code == 200


def test_only_posting_is_possible(api):
    assert api.get(CSV).status_code == 405
    assert json.loads(api.get(CSV).text)["type"].endswith("method-not-allowed")
