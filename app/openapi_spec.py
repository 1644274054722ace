"""JSON Schema of an experiment spec, generated from the engine's catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import engine

Plain = dict[str, Any]


def spec_schema() -> Plain:
    """JSON Schema of an experiment spec, generated from the engine's catalogue."""
    catalog = engine.catalog()
    datasets = [_entry(entry) for entry in catalog["datasets"] if entry.name != "inline"]
    initializer = {"oneOf": [_entry(entry) for entry in catalog["initializers"]]}
    whole: Plain = {"type": "integer", "minimum": 1}
    fields: Plain = {
        "data": {"oneOf": [*datasets, inline_schema()]},
        "layers": {"type": "array", "minItems": 1, "items": {"oneOf": [_layer(entry) for entry in catalog["layers"]]}},
        "loss": _named(catalog["losses"]),
        "reduction": _option("reduction"),
        "fused": _option("fused"),
        "optimizer": {"oneOf": [_entry(entry) for entry in catalog["optimizers"]]},
        "schedule": {"oneOf": [_entry(entry) for entry in catalog["schedules"]]},
        "clip": _options("clip"),
        "penalty": _options("penalty"),
        "update_order": _option("update_order"),
        "initializer": initializer,
        "parameters": {
            "type": "object",
            "description": "Any parameter given outright: `W1` with a row for each unit, `b1` with a number for each.",
            "additionalProperties": {"type": "array"},
        },
        "batch_size": {"anyOf": [whole, {"type": "null"}], "description": "null is the full batch."},
        "shuffle": {"type": "boolean", "description": "A new order of the examples in every epoch."},
        "epochs": whole,
        "seed": {"type": "integer", "minimum": 0},
        "edits": {
            "type": "array",
            "description": "What is changed by hand before a step, and stays: cells by address, settings by name.",
            "items": {
                "type": "object",
                "properties": {
                    "step": {"type": "integer", "minimum": 0},
                    "set": {"type": "object", "additionalProperties": {"type": "number"}},
                },
                "required": ["step"],
                "additionalProperties": {"type": "number"},
            },
        },
    }
    for name, field in fields.items():
        field["default"] = engine.DEFAULTS[name]
    return {
        "title": "ExperimentSpec",
        "description": "An experiment. Absent fields take their defaults; unknown ones are refused.",
        "type": "object",
        "properties": fields,
        "additionalProperties": False,
    }


def inline_schema() -> Plain:
    """JSON Schema of examples given outright."""
    row: Plain = {"type": "array", "items": {"type": "number"}, "minItems": 1}
    rows: Plain = {"type": "array", "items": row, "minItems": 1}
    classes: Plain = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1}
    targets: Plain = {
        "anyOf": [rows, classes],
        "description": "A row of targets, or the number of its class, for each.",
    }
    names: Plain = {"anyOf": [{"type": "array", "items": {"type": "string"}, "minItems": 1}, {"type": "null"}]}
    null: Plain = {"type": "null"}
    options = {param.name: _param(param) for param in engine.INLINE_PARAMS}
    coding: Plain = {
        "anyOf": [{"enum": list(engine.CODINGS)}, null],
        "description": "How class numbers become targets; null where y has rows.",
    }
    properties = {
        "x": rows,
        "y": targets,
        "x_test": {"anyOf": [rows, null], "description": "Rows for testing alone."},
        "y_test": {"anyOf": [targets, null]},
        **options,
        "targets": coding,
        **{f"{of}": {**names, "description": f"Names of {what}, for people."} for of, what in _NAMED.items()},
    }
    return _choice("inline", properties, "Examples given outright, one row each.", ["x", "y"])


_NAMED = {"classes": "the classes", "x_names": "the inputs", "y_names": "the targets"}


def _choice(kind: str, properties: Plain, description: str, required: list[str]) -> Plain:
    return {
        "type": "object",
        "title": kind,
        "description": description,
        "properties": {"kind": {"const": kind}, **properties},
        "required": ["kind", *required],
        "additionalProperties": False,
    }


def _entry(entry: engine.Entry) -> Plain:
    return _choice(entry.name, {param.name: _param(param) for param in entry.params}, entry.summary["en"], [])


def _named(entries: Sequence[engine.Entry]) -> Plain:
    """An entry by its name alone, or as an object where it has parameters to set."""
    tuned = [_entry(entry) for entry in entries if entry.params]
    return {"anyOf": [{"enum": [entry.name for entry in entries]}, *tuned]}


def _layer(entry: engine.Entry) -> Plain:
    catalog = engine.catalog()
    schema = _entry(entry)
    schema["properties"] |= {
        "activation": {**_named(catalog["activations"]), "default": "identity"},
        "frozen": {"type": "array", "items": {"enum": ["W", "b", "alpha"]}, "default": []},
        "initializer": {
            "oneOf": [*(_entry(each) for each in catalog["initializers"]), {"type": "null"}],
            "description": "Instead of the one of the experiment.",
        },
    }
    schema["required"] = ["units"]
    return schema


def _option(field: str) -> Plain:
    (param,) = engine.OPTIONS[field]
    return _param(param)


def _options(field: str) -> Plain:
    nullable = {
        param.name: {"anyOf": [_param(param), {"type": "null"}]} if param.default is None else _param(param)
        for param in engine.OPTIONS[field]
    }
    return {"type": "object", "properties": nullable, "additionalProperties": False}


def _param(param: engine.Param) -> Plain:
    if param.kind in ("array", "features"):
        return _listed(param)
    kind = {"choice": "string"}.get(param.kind, param.kind)
    schema: Plain = {"type": kind, "title": param.label["en"], "default": param.default}
    if param.choices:
        schema["enum"] = list(param.choices)
    if param.minimum is not None:
        schema["exclusiveMinimum" if param.exclusive_minimum else "minimum"] = param.minimum
    if param.maximum is not None:
        schema["maximum"] = param.maximum
    return schema


def _listed(param: engine.Param) -> Plain:
    """A parameter that is a list: of numbers, or of features, which may be null."""
    default = list(param.default) if isinstance(param.default, tuple) else param.default
    about: Plain = {"title": param.label["en"], "default": default, "description": param.allowed}
    if param.kind == "array":
        return {"type": "array", "items": {"type": "number"}, "minItems": 1, **about}
    named: Plain = {"type": "string", "examples": list(param.choices) or ["x0", "x0^2"]}
    return {"anyOf": [{"type": "array", "items": named, "minItems": 1, "uniqueItems": True}, {"type": "null"}], **about}
