"""The only place where arrays become JSON.

Numbers are the shortest decimals that read back to the same bits. Those JSON has no word for are the strings "NaN",
"Infinity" and "-Infinity"; null only ever means that something is absent. An array too large for the answer is left
out, with a summary in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

import engine
from app.conventions import conventions
from app.courses import Point
from app.errors import BadParameter

Array = npt.NDArray[np.float64]
Plain = dict[str, Any]

MOST = 2**62
"""No bound."""
BINS = 20
"""Bars of a summary's histogram."""


def dumps(document: object) -> bytes:
    """A document of plain data, finite arrays and fragments as JSON."""
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


def number(value: float) -> float | str:
    """A number as JSON can carry it."""
    value = float(value)
    if isfinite(value):
        return value
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def nested(array: Array) -> Any:
    """An array as nested lists of plain numbers and the words for those that are not finite."""
    if array.ndim == 0:
        return number(float(array))
    data = array.astype(object)
    data[np.isnan(array)] = "NaN"
    data[np.isposinf(array)] = "Infinity"
    data[np.isneginf(array)] = "-Infinity"
    return data.tolist()


def encodable(array: Array) -> Any:
    """An array in a form `dumps` takes: itself if every number is finite."""
    if array.ndim == 0 or not np.isfinite(array).all():
        return nested(array)
    return np.ascontiguousarray(array)


def summary(array: Array) -> Plain:
    """What is said of an array that is left out; of its finite numbers, save for their count."""
    finite = array[np.isfinite(array)]
    if finite.size == 0:
        return {"min": None, "max": None, "mean": None, "norm": None, "finite": 0, "histogram": None}
    # In units of the largest number nothing overflows, however large it is.
    scale = float(np.max(np.abs(finite))) or 1.0
    scaled = finite / scale
    low, high = float(scaled.min()), float(scaled.max())
    width = high - low
    places = np.zeros(scaled.shape, np.intp) if width == 0 else ((scaled - low) / width * BINS).astype(np.intp)
    with np.errstate(over="ignore"):
        edges = np.linspace(low, high, BINS + 1) * scale
        norm = float(np.sqrt(np.sum(scaled * scaled))) * scale
    edges[0], edges[-1] = finite.min(), finite.max()
    return {
        "min": number(finite.min()),
        "max": number(finite.max()),
        "mean": number(float(scaled.mean()) * scale),
        "norm": number(norm),
        "finite": int(finite.size),
        "histogram": {
            "edges": nested(edges),
            "counts": np.bincount(np.minimum(places, BINS - 1), minlength=BINS).tolist(),
        },
    }


def choose_whole(sizes: Mapping[str, int], per_array: int, in_all: int) -> set[str]:
    """The names of the arrays that an answer carries whole: small ones first, within both bounds."""
    if sum(sizes.values()) <= in_all and max(sizes.values(), default=0) <= per_array:
        return set(sizes)
    whole: set[str] = set()
    room = in_all
    for name, size in sorted(sizes.items(), key=lambda item: item[1]):
        if size > min(per_array, room):
            break
        whole.add(name)
        room -= size
    return whole


def tensors(arrays: Mapping[str, Array], per_array: int, in_all: int) -> tuple[orjson.Fragment, bool]:
    """Named arrays as JSON, and whether any of them had to be left out."""
    whole = choose_whole({name: array.size for name, array in arrays.items()}, per_array, in_all)
    plain = {
        name: {"shape": array.shape, "data": array if array.ndim else float(array)}
        if name in whole
        else {"shape": array.shape, "truncated": True, "summary": orjson.Fragment(dumps(summary(array)))}
        for name, array in arrays.items()
    }
    try:
        body = dumps(plain)
    except TypeError:  # an array that is not laid out row by row
        body = b"null"
    # Numbers are never null, so where there is one they are not all finite: the slow way, with words for them.
    # Looking for the one letter first costs next to nothing, and as a rule there is none.
    if b"u" in body and b"null" in body:
        for name in whole:
            plain[name]["data"] = encodable(arrays[name])
        body = dumps(plain)
    return orjson.Fragment(body), len(whole) < len(arrays)


def gaps(values: Any) -> Any:
    """Numbers for a picture, to six digits: what is no finite number is a gap."""
    array = np.array(values, dtype=np.float64)
    if np.isfinite(array).all():
        return rounded(array, 6)
    data = rounded(array, 6).astype(object)
    data[~np.isfinite(array)] = None
    return data.tolist()


def log10(array: Array) -> Array:
    """Decimal logarithms, for colours that go by them."""
    with np.errstate(all="ignore"):
        return np.log10(array)


def shares(counts: Any) -> Any:
    """A confusion matrix for colours: each row's shares, right answers above zero and wrong ones below."""
    matrix = np.array(counts, dtype=np.float64)
    rows = matrix.sum(axis=1, keepdims=True)
    found = matrix / np.where(rows > 0, rows, 1.0)
    return np.where(np.eye(len(matrix)) > 0, found, -found)


def rounded(array: Array, digits: int) -> Array:
    """The array to so many significant digits: a picture needs no more, and they take less room."""
    with np.errstate(all="ignore"):
        places = 10.0 ** (digits - 1 - np.floor(np.log10(np.abs(array))))
        return np.where(np.isfinite(places) & (places > 0), np.round(array * places) / places, array)


def tensor(array: Array, per_array: int) -> Plain:
    """One array as plain data, or its summary if it is larger than `per_array`."""
    if array.size > per_array:
        return {"shape": list(array.shape), "truncated": True, "summary": summary(array)}
    return {"shape": list(array.shape), "data": encodable(array)}


# What the engine answers


@lru_cache(maxsize=64)
def frames(program: engine.Program, phase: str | None) -> orjson.Fragment:
    """The assignments of a step, or those of one phase, in order: the same for every step of a program."""
    return orjson.Fragment(
        dumps(
            [
                {
                    "index": call.index,
                    "phase": call.phase,
                    "layer": call.layer,
                    "op": call.op,
                    "reads": call.reads,
                    "writes": call.writes,
                }
                for call in program.calls
                if phase is None or call.phase == phase
            ]
        )
    )


@dataclass(frozen=True)
class Selection:
    """What of a step is wanted: rows of the batch, arrays by name, the frames of one phase; None for all of them."""

    examples: tuple[int, ...] | None = None
    names: tuple[str, ...] | None = None
    phase: str | None = None

    def chosen(self, found: engine.Trace) -> tuple[str, ...]:
        """The names of the arrays, in the order of the answer."""
        values = found.program.values
        if self.names is not None:
            if any(name not in values for name in self.names):
                raise BadParameter("names", "string", ", ".join(values))
            return self.names
        if self.phase is None:
            return tuple(values)
        calls = (call for call in found.frames if call.phase == self.phase)
        touched = {name for call in calls for name in (*call.reads, call.writes)}
        return tuple(name for name in values if name in touched)

    def rows(self, found: engine.Trace) -> list[int]:
        """The rows of the batch."""
        rows = list(range(len(found.batch)) if self.examples is None else self.examples)
        if any(row >= len(found.batch) for row in rows):
            raise BadParameter("examples", "number", f"rows 0 to {len(found.batch) - 1} of the batch")
        return rows

    def arrays(self, found: engine.Trace) -> dict[str, Array]:
        """The arrays by name, cut down to the rows."""
        values = found.program.values
        arrays = {name: found.values[name] for name in self.chosen(found)}
        rows = self.rows(found)
        if self.examples is None:
            return arrays
        return {
            name: array[rows] if "example" in values[name].quantity.axes else array for name, array in arrays.items()
        }


EVERYTHING = Selection()


def trace(
    run: str,
    found: engine.Trace,
    selection: Selection = EVERYTHING,
    *,
    per_array: int = MOST,
    in_all: int = MOST,
    spec: engine.ExperimentSpec | None = None,
) -> bytes:
    """The trace of a step: all of it, or what was selected; with its spec where it has to stand on its own.

    Naming an array lifts its own bound, so that it may fill the whole answer.
    """
    document = {
        "run": run,
        **_step(found, selection, per_array, in_all),
        "engine": engine.ENGINE_VERSION,
        "conventions": conventions("en"),
        "frames": frames(found.program, selection.phase),
    }
    if spec is not None:
        document["spec"] = spec.to_json()
    return dumps(document)


def _step(found: engine.Trace, selection: Selection, per_array: int, in_all: int) -> Plain:
    """What differs from step to step: the batch and its numbers."""
    rows = selection.rows(found)
    values, truncated = tensors(selection.arrays(found), per_array if selection.names is None else in_all, in_all)
    document: Plain = {
        "step": found.step,
        "batch": [found.batch[row] for row in rows],
        "loss": number(found.loss),
        "values": values,
    }
    if selection.examples is not None:
        document["examples"] = rows
    if truncated:
        document["truncated"] = True
    return document


def steps(
    run: str, start: int, traces: Sequence[engine.Trace], selection: Selection, per_array: int, in_all: int
) -> bytes:
    """The traces of several steps in a row; what they share is said once."""
    each = [_step(trace, selection, per_array, in_all) for trace in traces]
    document: Plain = {
        "run": run,
        "start": start,
        "count": len(traces),
        "engine": engine.ENGINE_VERSION,
        "conventions": conventions("en"),
        "frames": frames(traces[0].program, selection.phase),
        "steps": each,
    }
    if all(step["batch"] == each[0]["batch"] for step in each):
        document["batch"] = each[0]["batch"]
        for step in each:
            del step["batch"]
    return dumps(document)


def named(arrays: Mapping[str, Array], names: Sequence[str] | None) -> Mapping[str, Array]:
    """The arrays that were asked for by name, in that order; all of them if none was."""
    if names is None:
        return arrays
    if any(name not in arrays for name in names):
        raise BadParameter("names", "string", ", ".join(arrays))
    return {name: arrays[name] for name in names}


def parameters(run: str, step: int, arrays: Mapping[str, Array], per_array: int, in_all: int) -> bytes:
    """The parameters before a step."""
    values, truncated = tensors(arrays, per_array, in_all)
    document = {"run": run, "step": step, "engine": engine.ENGINE_VERSION, "values": values}
    return dumps({**document, "truncated": True} if truncated else document)


def points(found: Sequence[Point]) -> bytes:
    """Figures at some steps, as an event tells them."""
    document: Plain = {
        "steps": [point.step for point in found],
        "loss": [number(point.loss) for point in found],
    }
    penalties = [number(point.penalty) for point in found if point.penalty is not None]
    return dumps({**document, "penalty": penalties} if penalties else document)


def causes(found: Sequence[engine.Cause], language: str) -> list[Plain]:
    """Why a number is not finite: what happened first, then what followed from it."""
    return [
        {
            "code": cause.code,
            "address": cause.name if cause.code == "carried" else None,
            "operands": [number(value) for value in cause.operands],
            "result": number(cause.result),
            "text": cause.say(language),
        }
        for cause in found
    ]


def explanation(run: str, step: int, found: engine.Explanation, language: str = "en") -> bytes:
    """One number, with its formula, its terms and its witnesses."""
    return dumps(
        {
            "run": run,
            "step": step,
            "name": found.name,
            "index": list(found.index),
            "address": found.address,
            "value": number(found.value),
            "op": found.call.op if found.call else None,
            "formula": {"latex": found.latex, "mathml": found.mathml},
            "values": {"latex": found.latex_values, "mathml": found.mathml_values},
            "terms": [
                {
                    "id": term.id,
                    "operation": term.operation,
                    "addresses": list(term.addresses),
                    "latex": term.latex,
                    "values_latex": term.latex_values,
                    "mathml": term.mathml,
                    "value": number(term.value),
                    "running": number(term.running),
                    "role": term.role,
                    "count": term.count,
                }
                for term in found.terms
            ],
            "sentence": found.sentence,
            "meaning": found.meaning,
            "causes": causes(found.causes, language),
            "witnesses": {
                "rule": found.rule
                and {
                    "value": number(found.rule.value),
                    "error": number(found.rule.error),
                    "passed": bool(found.rule.passed),
                },
                "difference": found.difference
                and {
                    "value": number(found.difference.value),
                    "error": number(found.difference.error),
                    "epsilon": found.difference.epsilon,
                    "passed": bool(found.difference.passed),
                },
            },
        }
    )


def check(run: str, found: engine.GradientCheck) -> bytes:
    """A gradient check, worst array first."""
    return dumps(
        {
            "run": run,
            "step": found.step,
            "epsilon": found.epsilon,
            "arrays": [
                {
                    "name": array.name,
                    "parameter": array.parameter,
                    "size": array.size,
                    "checked": array.checked,
                    "relative_error": number(array.relative_error),
                    "passed": bool(array.passed),
                    "worst": {
                        "index": list(array.worst.index),
                        "backprop": number(array.worst.backprop),
                        "difference": number(array.worst.difference),
                        "error": number(array.worst.error),
                    },
                    "entries": {
                        "places": list(array.places),
                        "backprop": [number(value) for value in array.backprop],
                        "difference": [number(value) for value in array.differences],
                    },
                }
                for array in found.arrays
            ],
            "stand_ins": list(found.stand_ins),
            "passed": all(bool(array.passed) for array in found.arrays),
        }
    )


def loads(body: bytes) -> Any:
    """The plain data of an answer."""
    return orjson.loads(body)
