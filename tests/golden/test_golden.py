"""Golden traces: what the engine computed when these files were written, to twelve significant digits.

They catch what every other test would miss: a change of convention that is right in itself. Where one is meant, write
them anew with `python -m tests.golden.test_golden`, read the difference, and say so in the commit.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import ExperimentSpec, Run, Trajectory, catalog

HERE = Path(__file__).resolve().parent
DIGITS = 12
TOLERANCE = 1e-11

MINI_BATCHES = {
    "data": {"kind": "uniform", "examples": 10, "inputs": 3, "outputs": 3},
    "layers": [
        {"units": 5, "activation": "relu"},
        {"units": 4, "activation": "relu", "bias": False},
        {"units": 3, "activation": "softmax"},
    ],
    "loss": "softmax_cross_entropy",
    "optimizer": {"kind": "sgd", "learning_rate": 0.1},
    "batch_size": 4,
    "epochs": 2,
    "seed": 11,
}
"""Ten examples by four: step 3 is the first of the second epoch, and its order is another."""


def example(name: str) -> dict[str, Any]:
    """The spec of a built-in example."""
    (found,) = (dict(entry.spec) for entry in catalog()["examples"] if entry.name == name)
    return found


GOLDEN = {
    "seed-step-0": ({}, 0),
    "mazur-step-0": (example("mazur"), 0),
    "relu-softmax-mini-batch-step-3": (MINI_BATCHES, 3),
}


def document(spec: dict[str, Any], step: int) -> dict[str, Any]:
    """A trace as plain data."""
    completed = ExperimentSpec.from_json(spec)
    trace = Run(completed, Trajectory(completed)).trace(step)
    return {
        "spec": completed.to_json(),
        "step": trace.step,
        "batch": list(trace.batch),
        "frames": [f"{call.phase}: {call.writes} = {call.op}({', '.join(call.reads)})" for call in trace.frames],
        "values": {name: rounded(array) for name, array in trace.values.items()},
    }


def rounded(array: np.ndarray) -> Any:
    """An array as nested lists, to so many significant digits."""
    return float(f"{float(array):.{DIGITS}g}") if array.ndim == 0 else [rounded(part) for part in array]


def readable(data: dict[str, Any]) -> str:
    """JSON with a line for every row of a matrix."""

    def lines(value: Any, indent: str) -> str:
        inner = indent + "  "
        if isinstance(value, dict) and value:
            rows = (f"{inner}{json.dumps(name)}: {lines(part, inner)}" for name, part in value.items())
            return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
        if isinstance(value, list) and value and isinstance(value[0], (list, dict, str)):
            return "[\n" + ",\n".join(inner + lines(part, inner) for part in value) + f"\n{indent}]"
        return json.dumps(value, allow_nan=False)

    return lines(data, "") + "\n"


@pytest.mark.parametrize("name", GOLDEN)
def test_a_trace_is_still_what_it_was(name):
    kept = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    now = document(*GOLDEN[name])
    assert ExperimentSpec.from_json(kept["spec"]) == ExperimentSpec.from_json(GOLDEN[name][0])
    for part in ("step", "batch", "frames"):
        assert now[part] == kept[part], f"{name}: {part}"
    assert list(now["values"]) == list(kept["values"])
    for value, was in kept["values"].items():
        got, want = np.array(now["values"][value]), np.array(was)
        assert got.shape == want.shape, f"{name}: {value} {got.shape} was {want.shape}"
        # A number far below its neighbours is the rest of a cancellation: it is held to their size.
        allowed = TOLERANCE * np.maximum(np.abs(want), 1e-3 * np.max(np.abs(want)))
        wrong = np.argwhere(np.abs(got - want) > allowed)
        if len(wrong):
            place = tuple(map(int, wrong[0]))
            raise AssertionError(f"{name}: {value}{list(place)} is {got[place]!r}, was {want[place]!r}")


def test_the_files_are_the_traces_listed_here_and_readable():
    assert {path.stem for path in HERE.glob("*.json")} == set(GOLDEN)
    for name in GOLDEN:
        text = (HERE / f"{name}.json").read_text(encoding="utf-8")
        assert text == readable(json.loads(text))
        assert max(map(len, text.splitlines())) < 500


def test_the_comparison_notices_one_changed_digit(tmp_path, monkeypatch):
    name = "mazur-step-0"
    text = (HERE / f"{name}.json").read_text(encoding="utf-8")
    assert "0.29837110876" in text
    (tmp_path / f"{name}.json").write_text(text.replace("0.29837110876", "0.29837110877"), encoding="utf-8")
    monkeypatch.setattr(f"{__name__}.HERE", tmp_path)
    with pytest.raises(AssertionError, match="loss"):
        test_a_trace_is_still_what_it_was(name)


if __name__ == "__main__":
    for name, made in GOLDEN.items():
        (HERE / f"{name}.json").write_text(readable(document(*made)), encoding="utf-8")
        print(f"wrote {name}.json")
