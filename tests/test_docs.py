"""What the documentation says is true: examples run, names exist, tables are complete."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import engine
from app.command.options import PARSERS
from tests.engine.helpers import registry_specs

PENDING = {"J", "alpha", "alpha_new", "dalpha"}
ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

ROWS = {
    "layers": "layers",
    "activations": "activations",
    "losses": "losses",
    "optimizers": "optimizers",
    "schedules": "schedules",
    "initializers": "initializers",
    "data sets": "datasets",
    "examples": "examples",
}


@pytest.mark.parametrize("name", ["engine", *(m.name for m in pkgutil.walk_packages(engine.__path__, "engine."))])
def test_the_examples_in_docstrings_run(name: str) -> None:
    failures, _ = doctest.testmod(importlib.import_module(name))
    assert failures == 0


def test_the_python_in_the_readme_runs() -> None:
    failures, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried > 0
    assert failures == 0


@pytest.mark.parametrize(("row", "registry"), ROWS.items())
def test_the_readme_names_every_entry_of_every_registry_and_no_other(row: str, registry: str) -> None:
    line = next(line for line in README.splitlines() if line.startswith(f"| {row} |"))
    named = set(re.findall(r"`([a-z0-9_-]+)`", line)) - {"inline"}
    assert named == {entry.name for entry in engine.catalog()[registry]}


def test_every_registry_is_in_the_readme() -> None:
    assert set(ROWS.values()) == set(engine.catalog())


def test_every_path_the_readme_names_exists() -> None:
    paths = set(re.findall(r"`((?:app|engine|static|templates|tests|\.ci)/[\w./-]*)`", README))
    assert paths, "the readme names no paths any more?"
    missing = sorted(path for path in paths if not (ROOT / path).exists())
    assert not missing


def test_every_route_the_readme_names_is_in_the_api(api) -> None:  # type: ignore[no-untyped-def]
    known = {re.sub(r"\{\w+\}", "*", path) for path in api.get("/openapi.json").json()["paths"]}
    known |= {path.removesuffix("/*") for path in known}
    named = set(re.findall(r"/api/v1/[\w/]+", README))
    assert named
    assert {re.sub(r"/ID\b", "/*", re.sub(r"/steps/0\b", "/steps/*", path)).rstrip("/") for path in named} <= known


def test_every_option_the_readme_names_is_one_of_the_commands() -> None:
    parsers = [make("en") for make in PARSERS.values()]
    known = {option for parser in parsers for action in parser._actions for option in action.option_strings}
    named = set(re.findall(r"`(--[a-z-]+)`", README)) | {"--help"}
    assert named <= known


def test_every_command_the_readme_names_is_one() -> None:
    named = set(re.findall(r"`backscope ([a-z]+)", README))
    assert named == {name for name in PARSERS if name}


def test_every_quantity_is_named_by_some_program() -> None:
    named = {
        value.quantity.key
        for document in registry_specs().values()
        for value in engine.compile_program(engine.ExperimentSpec.from_json(document)).values.values()
    }
    assert set(engine.QUANTITIES) - named <= PENDING


@pytest.mark.parametrize("registry", engine.catalog())
def test_every_entry_says_what_it_is_in_both_languages(registry: str) -> None:
    for entry in engine.catalog()[registry]:
        for language in engine.LANGUAGES:
            assert entry.label[language].strip(), entry.name
            assert entry.summary[language].strip(), entry.name
            assert all(param.label[language].strip() for param in entry.params), entry.name
        assert entry.source.strip(), entry.name
