"""Exported programs run, and reproduce the run's losses: NumPy always, PyTorch and Keras where they are installed."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import sys

import numpy as np
import pytest

import engine
from app.errors import Problem
from app.export.build import FRAMEWORKS
from app.export.literals import MOST_WRITTEN, literal, numbers
from app.export.material import Material
from tests.engine.helpers import SPECS, fresh_run, registry_specs

LIBRARIES = {"numpy": "numpy", "torch": "torch", "keras": "keras"}
EDITED = {
    "data": {"kind": "xor"},
    "layers": [{"units": 3, "activation": "tanh", "dropout": 0.3}, {"units": 1}],
    "batch_size": 3,
    "optimizer": {"kind": "adam"},
    "schedule": {"kind": "exponential"},
    "edits": [
        {"step": 2, "set": {"W1[0,1]": 0.3, "b2[0]": -0.1, "x[1,0]": 0.5, "y[0,0]": 1}},
        {"step": 4, "learning_rate": 0.1},
    ],
}
MEMORY = {**EDITED, "edits": [{"step": 1, "set": {"m_W1[0,0]": 0.1}}]}
ORDER = {"update_order": "layer_by_layer", "epochs": 5}
LARGE = {"data": {"kind": "uniform", "examples": 400}, "batch_size": 150, "shuffle": False, "epochs": 4}
FROZEN = {"layers": [{"units": 4, "frozen": ["b"]}, {"units": 1, "frozen": ["W", "b"]}], "epochs": 5}
SPECIAL = {"edited": EDITED, "large": LARGE, "frozen": FROZEN, "memory": MEMORY, "order": ORDER}
ALL = {**registry_specs(), **SPECS, **SPECIAL}
CANNOT = {
    "torch": {"memory": "edits: m_W1", "order": "update_order"},
    "keras": {
        "memory": "edits: m_W1",
        "order": "update_order",
        "step-hinge": "layers[0].activation",
        "nadam-optimizer": "optimizer",
    },
}


def material(document, steps: int = 8, language: str = "en") -> Material:
    run = fresh_run(document)
    return Material(run, min(steps, run.steps), language, lambda: False)


def output_of(code: str, name: str) -> str:
    """Run a program; what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), np.errstate(all="ignore"):
        exec(compile(code, name, "exec"), {"__name__": "__main__"})
    return printed.getvalue()


@pytest.fixture(scope="module", params=LIBRARIES)
def framework(request) -> str:
    """Every library that is installed."""
    pytest.importorskip(LIBRARIES[request.param], reason=f"{LIBRARIES[request.param]} is not installed")
    return request.param


@pytest.mark.parametrize("name", ALL)
@pytest.mark.filterwarnings("ignore")
def test_a_program_reproduces_the_first_losses_or_says_what_it_cannot_express(framework, name):
    made = material(ALL[name])
    field = CANNOT.get(framework, {}).get(name)
    if field is not None:
        with pytest.raises(Problem) as caught:
            FRAMEWORKS[framework](made)
        assert (caught.value.code, caught.value.status) == ("not-expressible", 422)
        assert caught.value.errors[0].field == field
        return
    script = FRAMEWORKS[framework](made)
    assert len(made.losses) == made.steps
    printed = output_of(script.to_py(), f"{framework} {name}")
    assert len(printed.splitlines()) == made.steps
    first = float(printed.split()[1])
    penalty = 0.0 if framework != "keras" or made.penalties is None else made.penalties[0]
    assert first == pytest.approx(made.losses[0] + penalty, rel=1e-6, nan_ok=True)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_program_that_computes_something_else_fails(framework):
    if framework != "numpy":
        pytest.importorskip(LIBRARIES[framework], reason=f"{framework} is not installed")
    code = FRAMEWORKS[framework](material({}, 3)).to_py()
    wrong = code.replace("learning_rate = 0.01", "learning_rate = 0.1")
    assert wrong != code
    with pytest.raises(AssertionError):
        output_of(wrong, "wrong")


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("name", ALL)
def test_a_program_is_python_in_both_languages_and_holds_nothing_but_the_run(framework, name):
    if name in CANNOT.get(framework, {}):
        return
    for language in engine.LANGUAGES:
        code = FRAMEWORKS[framework](material(ALL[name], 2, language)).to_py()
        ast.parse(code)
        comments = "\n".join(re.findall(r"#.*", code))
        assert bool(re.search(r"[\u4e00-\u9fff]", comments)) is (language == "zh")
        assert "\t" not in code
        assert max(len(line) for line in code.splitlines() if "=" not in line) <= 120


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_notebook_has_the_same_code_in_its_cells(framework):
    script = FRAMEWORKS[framework](material(EDITED, 6))
    notebook = json.loads(script.to_ipynb())
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    stripped = re.sub(r"^# .*\n", "", script.to_py().partition('"""\n')[2], flags=re.MULTILINE)
    assert re.sub(r"^# .*\n", "", "\n\n".join(cells) + "\n", flags=re.MULTILINE).split() == stripped.split()
    if framework == "numpy":
        assert len(output_of("\n".join(cells), "notebook").splitlines()) == 6


def test_the_seed_network_reads_like_a_textbook():
    code = FRAMEWORKS["numpy"](material({}, 5)).to_py()
    for line in ("z1 = a0 @ W1.T + b1", "dW2 = delta2.T @ a1", "W1 = W1_new", "# Backward, layer 1"):
        assert line in code
    assert code.startswith('"""A 2-4-1 network in NumPy\n')
    torch = FRAMEWORKS["torch"](material({}, 5)).to_py()
    for line in ("z1 = F.linear(a0, W1, b1)", "loss = F.mse_loss(a2, y)", "torch.optim.SGD(moving, lr=learning_rate)"):
        assert line in torch
    keras = FRAMEWORKS["keras"](material({}, 5)).to_py()
    for line in ('layer1 = keras.layers.Dense(4, activation="sigmoid")', "layer1.set_weights([W1.T, b1])"):
        assert line in keras


@pytest.mark.parametrize("shape", [(3,), (2, 3), (MOST_WRITTEN + 1, 1), (1, 1), (30, 20)])
def test_arrays_in_source_code_keep_every_bit(shape):
    generator = np.random.default_rng(1)
    array = generator.normal(size=shape) * 10.0 ** generator.integers(-300, 300, shape)
    array.reshape(-1)[0] = 5e-324
    from app.export.literals import UNPACK

    names: dict[str, object] = {"np": np}
    exec("import base64, zlib\n" + UNPACK, names)
    exec("\n".join(literal("a", array)), names)
    assert np.asarray(names["a"]).tobytes() == array.tobytes()


def test_losses_that_are_no_numbers_are_written_too():
    names: dict[str, object] = {}
    exec("\n".join(numbers("EXPECTED", [1.5, float("nan"), float("inf"), -float("inf")])), names)
    found = names["EXPECTED"]
    assert found[0] == 1.5
    assert np.isnan(found[1])
    assert found[2:] == [float("inf"), -float("inf")]


def test_a_run_that_diverges_is_a_program_that_diverges():
    document = {
        "data": {"kind": "inline", "x": [[1.0], [2.0]], "y": [[1e200], [-1e200]]},
        "layers": [{"units": 3, "activation": "relu"}, {"units": 1}],
        "optimizer": {"kind": "sgd", "learning_rate": 1e6},
        "epochs": 12,
    }
    made = material(document, 12)
    assert not np.isfinite(made.losses[-1])
    assert "nan" in output_of(FRAMEWORKS["numpy"](made).to_py(), "diverging")


def test_programs_import_nothing_of_ours():
    for framework in FRAMEWORKS:
        code = FRAMEWORKS[framework](material({}, 2)).to_py()
        modules = {
            name.partition(".")[0]
            for node in ast.walk(ast.parse(code))
            if isinstance(node, (ast.Import, ast.ImportFrom))
            for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
        }
        assert modules <= {"numpy", "torch", "keras", "base64", "zlib"} | set(sys.stdlib_module_names)
