"""The engine as a package: its public names, its code map, and the examples in its docstrings."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys

import pytest

import engine
from tests.engine.helpers import cases

MODULES = {
    found.name.removeprefix("engine."): importlib.import_module(found.name)
    for found in pkgutil.walk_packages(engine.__path__, "engine.")
}


@pytest.mark.parametrize("module", **cases(MODULES))
def test_the_examples_in_docstrings_are_true(module):
    found = doctest.testmod(module)
    assert found.failed == 0


def test_some_docstrings_have_examples():
    assert sum(doctest.testmod(module).attempted for module in MODULES.values()) >= 3


@pytest.mark.parametrize("module", **cases(MODULES))
def test_a_module_is_on_a_code_map(module):
    package, _, name = module.__name__.rpartition(".")
    maps = (engine.__doc__.partition("\n\nThe engine knows")[0], sys.modules[package].__doc__)
    assert any(re.search(rf"\b{name}\b", text) for text in maps), f"{package} does not name {name} in its docstring"
    assert module.__doc__


def test_every_public_name_is_there_and_listed_once():
    assert len(set(engine.__all__)) == len(engine.__all__)
    for name in engine.__all__:
        assert getattr(engine, name) is not None


def test_importing_the_engine_brings_in_nothing_but_numpy():
    code = "import sys; before = set(sys.modules); import engine; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    packages = {name.partition(".")[0] for name in done.stdout.split()}
    brought = {name for name in packages if name not in sys.stdlib_module_names and not name.startswith("_")}
    # NumPy's random module is compiled code that brings its own helper along.
    assert brought - {"cython_runtime"} == {"engine", "numpy"}
