"""The OpenAPI document names every route, and every example in it is true."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

import engine
from app import (
    api_schemas,
    binary,
    models,
    models_catalog,
    models_data,
    models_figures,
    models_teaching,
    openapi,
    openapi_examples,
    openapi_spec,
)
from app.errors import PROBLEMS

JSON = "application/json"
SPECIAL = {"getEvents": "text/event-stream", "getSchema": "application/schema+json"}
"""Operations that answer in a form of their own."""


@pytest.fixture
def document(api) -> dict[str, Any]:
    return api.get("/openapi.json").json()


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation for methods in document["paths"].values() for operation in methods.values()
    }


def test_every_route_is_named_and_described(api, document):
    routes = {
        (route.path, method.lower())
        for route in all_routes(api.app)
        for method in route.methods
        if route.path.startswith(("/api", "/healthz"))
    }
    assert routes == {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert set(operations(document)) == set(openapi.OPERATIONS)
    for operation in operations(document).values():
        assert operation["summary"]
        assert operation["description"]
        assert operation["tags"]


def all_routes(app: Any) -> list[APIRoute]:
    """The routes of an application, with those of the routers in it."""
    found, waiting = [], list(app.routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute):
            found.append(route)
        waiting += getattr(getattr(route, "original_router", None), "routes", [])
    return found


def test_every_reference_leads_somewhere(document):
    schemas = document["components"]["schemas"]
    waiting, seen = [document["paths"], schemas], set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if isinstance(reference := part.get("$ref"), str):
                assert reference.removeprefix(openapi.REF) in schemas, reference
                seen.add(reference.removeprefix(openapi.REF))
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    assert set(schemas) == seen


def test_every_error_an_operation_may_answer_is_declared_as_a_problem_document(document):
    for name, operation in operations(document).items():
        responses = operation["responses"]
        assert {"405", "421", "500"} <= responses.keys()
        for status, response in responses.items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"], (name, status)
                assert int(status) in {each for each, _ in PROBLEMS.values()}
            elif int(status) == 204:
                assert "content" not in response
            elif int(status) in (304, 307):
                continue
            elif name in SPECIAL:
                assert list(response["content"]) == [SPECIAL[name]]
            elif int(status) < 300:
                forms = [JSON, *(form.media_type for form in binary.FORMATS.values())]
                expected = {**dict.fromkeys(openapi.IN_FORMS, forms), "exportRun": list(openapi.EXPORTED)}
                assert list(response["content"]) == expected.get(name, [JSON]), name


def test_every_path_parameter_is_declared(document):
    for path, methods in document["paths"].items():
        for operation in methods.values():
            declared = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
            assert declared == {part.strip("{}") for part in path.split("/") if part.startswith("{")}


def test_every_parameter_a_route_reads_is_declared_and_no_other(api, document, xor_run):
    run = xor_run.rpartition("/")[2]
    for path, methods in document["paths"].items():
        operation = methods.get("get")
        if operation is None:
            continue
        address = (
            path.replace("{run}", run)
            .replace("{step}", "0")
            .replace("{name}", "spec.json")
            .replace("{lesson}", "one-neuron")
        )
        refusal = api.get(address, params={"not_a_parameter": "1"}).json()["errors"][0]["allowed"]
        declared = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
        assert sorted(refusal.split(", ")) == sorted(declared or ["no parameters"])


def test_every_documented_answer_validates(document):
    checked = 0
    for methods in document["paths"].values():
        for operation in methods.values():
            content = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
            if "example" in content:
                name = content["schema"]["$ref"].removeprefix(openapi.REF)
                model = next(
                    getattr(each, name) for each in (models, models_figures, models_data) if hasattr(each, name)
                )
                model.model_validate_json(json.dumps(content["example"]))
                checked += 1
    assert checked >= 10
    problem = document["components"]["schemas"]["ProblemDocument"]
    for example in problem["examples"]:
        TypeAdapter(models.ProblemDocument).validate_json(json.dumps(example))
    assert problem["examples"]


@pytest.mark.parametrize("operation", openapi.OPERATIONS)
def test_every_example_is_what_the_server_answers_to_it(api, document, operation):
    path, method, described = next(
        (path, method, each)
        for path, methods in document["paths"].items()
        for method, each in methods.items()
        if each["operationId"] == operation
    )
    created = api.post("/api/v1/runs", json=openapi_examples.SPEC)
    assert created.json()["id"] == openapi_examples.run()[0]
    if operation == "createRun":
        for example in described["requestBody"]["content"][JSON]["examples"].values():
            assert api.post(path, json=example["value"]).status_code in (200, 201)
        return
    query = {}
    for parameter in described["parameters"]:
        if "example" not in parameter:
            assert not parameter["required"]
            continue
        value = parameter["example"]
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", text)
        else:
            query[parameter["name"]] = text
    if method == "post":
        sent = {form: each["example"] for form, each in described["requestBody"]["content"].items()}
        answer = api.post(path, json=sent.pop(JSON))
        for form, body in sent.items():
            assert api.post(path, content=body, params=query, headers={"content-type": form}).json() == answer.json()
    else:
        answer = api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    content = described["responses"]["200"]["content"]
    assert answer.headers["content-type"].partition(";")[0] == next(iter(content))
    if "example" in content.get(JSON, {}):
        assert answer.json() == content[JSON]["example"]
    elif "$ref" in content.get(JSON, {}).get("schema", {}):
        name = content[JSON]["schema"]["$ref"].removeprefix(openapi.REF)
        model = next(getattr(each, name) for each in (models, models_catalog, models_teaching) if hasattr(each, name))
        model.model_validate_json(answer.text)


def test_every_operation_has_an_example():
    assert openapi_examples.REQUESTS.keys() == openapi.OPERATIONS.keys()


@pytest.mark.parametrize("name", api_schemas.NAMES)
def test_schemas_are_at_addresses_that_stay_and_complete_in_themselves(api, name):
    answer = api.get(f"/api/v1/schemas/{name}.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/schema+json"
    schema = answer.json()
    assert schema["$id"] == f"/api/v1/schemas/{name}.json"
    assert schema["$schema"].endswith("/2020-12/schema")
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if isinstance(reference := part.get("$ref"), str):
                assert reference.removeprefix("#/$defs/") in schema["$defs"]
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    tag = answer.headers["etag"]
    assert api.get(f"/api/v1/schemas/{name}.json", headers={"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize("name", ["spec", "nothing.json", "spec.JSON", ".json", "spec.json.json"])
def test_a_schema_that_is_not_there_is_a_404(api, name):
    answer = api.get(f"/api/v1/schemas/{name}")
    assert answer.status_code == 404
    assert "spec.json" in answer.json()["detail"]


def test_the_schema_of_a_spec_is_the_one_that_requests_are_described_by(api, document):
    schema = api.get("/api/v1/schemas/spec.json").json()
    described = document["components"]["schemas"]["ExperimentSpec"]
    assert {name: schema[name] for name in described} == described


def test_every_documented_spec_is_accepted_by_the_schema_and_by_the_server(api, document):
    content = operations(document)["createRun"]["requestBody"]["content"]["application/json"]
    schema = document["components"]["schemas"][content["schema"]["$ref"].removeprefix(openapi.REF)]
    built_in = {entry.name for entry in engine.catalog()["examples"]}
    assert content["examples"].keys() == {openapi_examples.POSTED, *built_in}
    for name, example in content["examples"].items():
        assert complaints(schema, example["value"]) == [], name
        answer = api.post("/api/v1/runs", json=example["value"])
        assert answer.status_code in (200, 201), answer.text
        assert complaints(schema, answer.json()["spec"]) == [], name


@pytest.mark.parametrize(
    "spec",
    [
        {"layers": "x"},
        {"layers": []},
        {"layers": [{}]},
        {"layers": [{"units": 0}]},
        {"loss": "nothing"},
        {"unknown": 1},
        {"epochs": 0},
        {"data": {"kind": "inline", "x": [], "y": []}},
        {"data": {"kind": "uniform", "examples": 0}},
        {"optimizer": {"kind": "sgd", "learning_rate": -1}},
        {"optimizer": {"kind": "sgd", "speed": 1}},
        {"layers": [{"units": 1, "frozen": ["c"]}]},
    ],
    ids=json.dumps,
)
def test_what_the_server_refuses_the_schema_refuses_too(api, spec):
    assert complaints(openapi_spec.spec_schema(), spec)
    assert api.post("/api/v1/runs", json=spec).status_code == 422


def test_the_schema_knows_every_entry_of_the_catalogue():
    text = json.dumps(openapi_spec.spec_schema())
    for name, entries in engine.catalog().items():
        if name != "examples":
            for entry in entries:
                assert f'"{entry.name}"' in text
                for param in entry.params:
                    assert f'"{param.name}"' in text


KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def complaints(schema: dict[str, Any], value: Any, where: str = "") -> list[str]:
    """What JSON Schema has against a value; the few words of it that our schemas use."""
    found: list[str] = []
    kind = schema.get("type")
    if kind and (not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{where}: not {kind}"]
    if "const" in schema and value != schema["const"]:
        found.append(f"{where}: not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: not in {schema['enum']}")
    if isinstance(value, (int, float)):
        if "minimum" in schema and value < schema["minimum"]:
            found.append(f"{where}: too small")
        if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
            found.append(f"{where}: too small")
        if "maximum" in schema and value > schema["maximum"]:
            found.append(f"{where}: too large")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        found.append(f"{where}: not {schema['pattern']}")
    if isinstance(value, dict) and len(value) < schema.get("minProperties", 0):
        found.append(f"{where}: too few fields")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{where}: too short")
        for number, item in enumerate(value):
            found += complaints(schema.get("items", {}), item, f"{where}[{number}]")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{where}.{name}: missing" for name in schema.get("required", []) if name not in value]
        for name, item in value.items():
            inner = known.get(name, schema.get("additionalProperties", {}))
            found += [f"{where}.{name}: unknown"] if inner is False else complaints(inner, item, f"{where}.{name}")
    for word, fits in (("oneOf", lambda n: n == 1), ("anyOf", lambda n: n >= 1)):
        if word in schema and not fits(sum(not complaints(each, value, where) for each in schema[word])):
            found.append(f"{where}: {word} does not fit")
    return found
