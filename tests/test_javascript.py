"""The page's JavaScript, by deno, without a network: types, lint, format, unit tests, agreement with the engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import encode
from engine.activations import ACTIVATIONS
from engine.rules.rule import FUNCTIONS
from tests.engine.helpers import registry_specs, variants

ROOT = Path(__file__).parent.parent
FOLDERS = ("static", "tests/static")
COMMANDS = {
    "types": ["check", "--no-remote", "--no-npm"],
    "lint": ["lint"],
    "format": ["fmt", "--check"],
    "tests": ["test", "--no-remote", "--no-npm"],
}
NO_DENO = "deno is not installed; it comes with the test extra: pip install -e '.[test]'"


def deno(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run deno, this environment's or else the system's, at the root of the project."""
    program = shutil.which("deno", path=str(Path(sys.executable).parent)) or shutil.which("deno")
    if program is None:
        pytest.fail(NO_DENO, pytrace=False)
    environment = {**os.environ, "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    return subprocess.run(
        [program, *arguments],
        cwd=ROOT,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def require_success(run: subprocess.CompletedProcess[str]) -> None:
    """Show what deno said if it was not content."""
    if run.returncode:
        pytest.fail(f"{' '.join(run.args[:4])} …\n{(run.stdout + run.stderr)[-8000:]}", pytrace=False)


@pytest.mark.parametrize("what", COMMANDS)
def test_deno_finds_no_fault_with_the_javascript(what):
    command = list(COMMANDS[what])
    if what == "types":
        command += sorted(str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).rglob("*.js"))
    require_success(deno(*command))


@pytest.mark.parametrize("path", sorted((ROOT / "tests/static").glob("*.test.js")), ids=lambda path: path.name)
def test_every_javascript_test_file_is_named_after_its_module(path):
    name = path.name.replace(".test.js", ".js")
    assert any((ROOT / "static").rglob(name)), f"no module static/**/{name} for {path.name}"


def test_the_functions_of_expressions_have_the_values_they_have_in_the_engine():
    generator = np.random.default_rng(0)
    spread = [sign * size for size in np.logspace(-310, 300, 62) for sign in (1.0, -1.0)]
    usual = [*np.linspace(-8, 8, 801), *generator.normal(size=200) * 30]
    grid = [float(x) for x in (*usual, *spread, 0.0, -0.0, np.inf, -np.inf, np.nan)]

    def plain(number: float) -> float | str:
        return number if np.isfinite(number) else {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(number)]

    told = {}
    with np.errstate(all="ignore"):
        for name, function in FUNCTIONS.items():
            given = [(x, y) for x, y in zip(grid, reversed(grid), strict=True)] if name in ("max", "min") else zip(grid)
            told[name] = [[[plain(x) for x in of], plain(float(function(*map(np.float64, of))))] for of in given]
    require_success(deno("run", "--no-remote", "--no-npm", "tests/static/functions.js", given=json.dumps(told)))


def test_every_bit_of_100_000_numbers_comes_through_json_to_the_page_and_back():
    words = np.random.default_rng(1).integers(0, 2**64, 100_000, dtype=np.uint64, endpoint=False)
    subnormal = words[:1_000] & np.uint64(2**52 - 1)
    edges = [0.0, -0.0, 5e-324, -5e-324, np.inf, -np.inf, np.nan, np.finfo(float).max]
    array = np.concatenate([words.view(np.float64), subnormal.view(np.float64), edges])
    fragment, _ = encode.tensors({"x": array}, 10**9, 10**9)
    done = deno("run", "--no-remote", "--no-npm", "tests/static/bits.js", given=encode.dumps(fragment).decode())
    require_success(done)
    told = json.loads(done.stdout)
    heard = np.array([int(word) for word in told["bits"]], dtype=np.uint64).view(np.float64)
    assert np.array_equal(np.isnan(heard), np.isnan(array))
    assert heard[~np.isnan(array)].tobytes() == array[~np.isnan(array)].tobytes()
    finite = array[np.isfinite(array)] + 0.0  # a spec has no use for the sign of zero, and JavaScript writes none
    assert np.array(json.loads(told["sent"]), dtype=np.float64).tobytes() == finite.tobytes()


def case(api: Any, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    """What the API says about an experiment: the run, some traces, and one number of every assignment explained."""
    run = api.post("/api/v1/runs", json=spec).raise_for_status().json()
    steps = sorted({0, 1, run["steps"] - 1})
    here = f"/api/v1/runs/{run['id']}/steps"
    traces = [api.get(f"{here}/{step}").raise_for_status().json() for step in steps]
    explanations = []
    for frame in traces[-1]["frames"]:
        last = ",".join(str(extent - 1) for extent in traces[-1]["values"][frame["writes"]]["shape"])
        params = {"name": frame["writes"], "index": last}
        explanations.append(api.get(f"{here}/{steps[-1]}/explain", params=params).raise_for_status().json())
    return {"name": name, "run": run, "traces": traces, "explanations": explanations}


def experiments() -> dict[str, dict[str, Any]]:
    """Small experiments with every loss, optimizer and schedule, and every activation with many parameters."""
    found = {
        name: document | {"epochs": 2}
        for name, document in registry_specs().items()
        if not name.endswith(("-data", "-initializer"))
    }
    for entry in ACTIVATIONS.values():
        for params in variants(entry):
            layer = {"units": 2, "activation": {"kind": entry.name, **params}}
            data = {"kind": "uniform", "examples": 5, "inputs": 3, "outputs": 2}
            found[entry.require_op(params).name] = {
                "data": data,
                "layers": [layer, layer],
                "batch_size": 3,
                "epochs": 2,
            }
    for loss in ({"kind": "huber", "delta": 0.3}, {"kind": "softmax_cross_entropy", "label_smoothing": 0.2}):
        found[f"{loss['kind']}, summed"] = {
            "data": {"kind": "inline", "x": [[1.0], [-0.5]], "y": [[0.0, 1.0], [1.0, 0.0]]},
            "layers": [{"units": 2, "activation": "softmax"}],
            "loss": loss,
            "reduction": "sum",
            "epochs": 2,
        }
    found["a diverging run"] = {
        "data": {"kind": "inline", "x": [[1.0], [2.0]], "y": [[1e200], [-1e200]]},
        "layers": [{"units": 3, "activation": "relu"}, {"units": 1, "activation": "identity"}],
        "optimizer": {"kind": "sgd", "learning_rate": 1e6},
        "epochs": 12,
    }
    return found


def test_the_page_computes_and_accounts_for_every_number_as_the_engine_does(api):
    cases = [case(api, name, document) for name, document in experiments().items()]
    require_success(deno("run", "--no-remote", "--no-npm", "tests/static/agreement.js", given=json.dumps(cases)))
