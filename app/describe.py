"""Runs and the catalogue as plain data, in one language: what menus, tables and headings are made of."""

from __future__ import annotations

from functools import cache
from math import isfinite
from typing import Any

from latex2mathml.converter import convert

import engine
from app.conventions import conventions

Plain = dict[str, Any]


def run(
    identity: str, spec: engine.ExperimentSpec, program: engine.Program, limits: dict[str, int], language: str
) -> Plain:
    """All there is to know about a run before any step of it is computed."""
    cost = engine.cost(spec)
    here = f"/api/v1/runs/{identity}"
    return {
        "id": identity,
        "engine": engine.ENGINE_VERSION,
        "language": language,
        "spec": spec.to_json(),
        "steps": spec.steps,
        "epochs": spec.epochs,
        "batches_per_epoch": spec.batches_per_epoch,
        "examples": spec.extent[0],
        "parameters": {
            "count": cost.parameters,
            "names": [name for name, value in program.values.items() if value.source == "parameter"],
        },
        "layers": layers(spec, program, language),
        "values": {
            name: {
                "quantity": value.quantity.key,
                # Targets stand beside the outputs they are compared with.
                "layer": len(spec.layers) if name == "y" else value.layer,
                "shape": list(value.shape),
                "axes": list(value.quantity.axes),
                "source": value.source,
                "phase": value.phase,
                "label": value.quantity.label[language],
                "meaning": value.quantity.meaning[language],
                "symbol": symbol(value.quantity),
            }
            for name, value in program.values.items()
        },
        "program": {
            "calls": [
                {
                    "index": call.index,
                    "phase": call.phase,
                    "layer": call.layer,
                    "op": call.op,
                    "bind": dict(call.bind),
                    "reads": list(call.reads),
                    "writes": call.writes,
                }
                for call in program.calls
            ],
            "ops": {
                name: {
                    "name": op.name,
                    "label": op.label[language],
                    "summary": op.summary[language],
                    "source": op.source,
                    "rule": op.rule.to_json(),
                    "flat": flat(op),
                    "surrogate": op.surrogate[language] if op.surrogate else None,
                }
                for name, op in program.ops.items()
            },
        },
        "cost": {
            "parameters": cost.parameters,
            "values": cost.values,
            "steps": cost.steps,
            "work": cost.work,
            "data": cost.data,
        },
        "limits": limits,
        "published": printed_of(spec, language),
        "notes": [{"field": note.field, "text": note.text[language]} for note in engine.notes(spec)],
        "links": {"self": here, "steps": here + "/steps/{step}", "history": here + "/history"},
    }


def flat(op: engine.Op) -> Plain | None:
    """Where the slope of an activation is next to nothing: at z up to `below` and from `above` on."""
    low, high = op.active
    if low > high:
        return {"below": 0.0, "above": 0.0}
    ends = {"below": low if isfinite(low) else None, "above": high if isfinite(high) else None}
    return ends if any(end is not None for end in ends.values()) else None


def symbol(quantity: engine.Quantity) -> Plain:
    """How a quantity is typeset: its letter, what parameter it belongs to, and its marks."""
    return {
        "letter": quantity.symbol,
        "of": quantity.of,
        "derivative": quantity.over is not None,
        "new": quantity.new,
        "layered": quantity.layered,
    }


def layers(spec: engine.ExperimentSpec, program: engine.Program, language: str) -> list[Plain]:
    """The layers in order, the inputs first."""
    labels = {found.name: found.label[language] for found in engine.catalog()["activations"]}
    of_layer: dict[int | None, list[str]] = {}
    for name, value in program.values.items():
        if value.source == "parameter":
            of_layer.setdefault(value.layer, []).append(name)
    return [
        {"layer": 0, "kind": "input", "units": spec.widths[0]},
        *(
            {
                "layer": k,
                "kind": layer.kind,
                "units": layer.units,
                "activation": layer.activation.kind,
                "activation_label": labels[layer.activation.kind],
                **({"activation_params": layer.activation.values} if layer.activation.params else {}),
                "parameters": of_layer.get(k, []),
            }
            for k, layer in enumerate(spec.layers, start=1)
        ),
    ]


def catalog(language: str) -> Plain:
    """Everything an experiment can be made of, with the ranges of every parameter."""
    registries = engine.catalog()
    return {
        "engine": engine.ENGINE_VERSION,
        "language": language,
        "conventions": conventions(language),
        **{name: [entry(found, language) for found in entries] for name, entries in registries.items()},
        "activations": [activation(found, language) for found in registries["activations"]],
        "datasets": [dataset(found, language) for found in engine.DATASETS.values()],
        "inline": [param(each, language) for each in engine.INLINE_PARAMS],
        "examples": [example(found, language) for found in registries["examples"]],
        "options": {field: [param(each, language) for each in params] for field, params in engine.OPTIONS.items()},
        "early_stopping": [param(each, language) for each in engine.STOPPING_PARAMS],
    }


def entry(found: engine.Entry, language: str) -> Plain:
    """One entry of a registry."""
    return {
        "name": found.name,
        "label": found.label[language],
        "summary": found.summary[language],
        "formula": {"latex": found.formula, "mathml": latex_to_mathml(found.formula)},
        "source": found.source,
        "params": [param(each, language) for each in found.params],
    }


def activation(found: Any, language: str) -> Plain:
    """An activation, with the parameters that it brings into its layer."""
    learned = [{"name": each.slot, "label": each.label[language]} for each in found.learned]
    return {**entry(found, language), "learned": learned}


@cache
def latex_to_mathml(formula: str) -> str:
    """A catalogue formula as MathML. (Formulas with numbers are typeset by the engine, from the rule.)"""
    return str(convert(formula, display="block"))


def dataset(found: engine.Dataset, language: str) -> Plain:
    """A data set, with its sizes as they are by default."""
    params = found.defaults
    inputs = found.size(params)[1]
    classes = found.classes(params)
    return {
        **entry(found, language),
        "task": found.task,
        "inputs": inputs,
        "classes": found.count if classes else None,
        "outputs": None if classes else found.count,
        "input_names": [name[language] for name in found.input_names],
        "class_names": [name[language] for name in classes],
        "plane": [list(span) for span in found.plane(params)],
        "installed": found.table is None or found.table.installed,
    }


def example(found: Any, language: str) -> Plain:
    """A ready experiment: its completed spec, and the numbers its source prints."""
    return {
        **entry(found, language),
        "spec": completed(found.spec),
        "published": published(found, language),
    }


def published(found: Any, language: str) -> list[Plain]:
    """The figures that the source of an example prints."""
    return [
        {
            "address": each.address,
            "step": each.step,
            "printed": each.printed,
            "note": each.note[language],
            "misprint": each.misprint,
        }
        for each in found.published
    ]


@cache
def example_specs() -> dict[engine.ExperimentSpec, str]:
    """The experiments of the ready examples, without their lengths, and the examples' names."""
    return {
        engine.ExperimentSpec.from_json(found.spec).trajectory(): found.name
        for found in engine.catalog()["examples"]
        if isinstance(found, engine.Example) and found.published
    }


def printed_of(spec: engine.ExperimentSpec, language: str) -> list[Plain]:
    """The printed figures of the worked example that an experiment is; none for any other."""
    name = example_specs().get(spec.trajectory())
    found = next((each for each in engine.catalog()["examples"] if each.name == name), None)
    return published(found, language) if found else []


def completed(spec: Any) -> Plain:
    """A spec with its defaults filled in."""
    return engine.ExperimentSpec.from_json(spec).to_json()


def param(found: engine.Param, language: str) -> Plain:
    """One parameter of an entry."""
    return {
        "name": found.name,
        "label": found.label[language],
        "kind": found.kind,
        "default": found.default,
        "minimum": found.minimum,
        "maximum": found.maximum,
        "exclusive_minimum": found.exclusive_minimum,
        "scale": found.scale,
        "step": found.step,
        "unit": found.unit,
        "choices": list(found.choices),
        "choice_labels": [label[language] for label in found.choice_labels],
    }
