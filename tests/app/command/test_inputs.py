"""What a command can be given: examples by name, files of every kind, standard input; and what is said of the rest."""

from __future__ import annotations

import io
import json
import sys
import zipfile

import pytest

import engine
from app import binary
from app.command import containers, inputs
from app.command.terminal import Terminal
from app.settings import Settings
from tests.app.conftest import XOR


@pytest.fixture
def read():
    return lambda source: inputs.read(str(source), Settings(), Terminal(sys.stdout, sys.stderr))


@pytest.fixture
def spec_file(tmp_path):
    path = tmp_path / "my.json"
    path.write_text(json.dumps(XOR))
    return path


def test_an_example_goes_by_its_name(read):
    for name, spec in inputs.examples().items():
        assert read(name).spec == engine.ExperimentSpec.from_json(spec)


def test_a_file_holds_an_experiment(read, spec_file):
    opened = read(spec_file)
    assert opened.spec == engine.ExperimentSpec.from_json(XOR)
    assert (opened.step, opened.loss) == (None, None)


def test_a_file_goes_before_an_example_of_its_name(read, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seed").write_text(json.dumps(XOR))
    assert read("seed").spec.steps == 20


def test_standard_input_is_a_dash(command, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(json.dumps(XOR).encode()))
    monkeypatch.setattr(sys, "stdin", stream)
    done = command("train", "-", "--points", "2")
    assert done.status == 0
    assert done.lines[-1].startswith("  19")


@pytest.mark.parametrize("form", ["json", "npz", "safetensors"])
def test_a_trace_that_was_written_can_be_opened_again(command, read, spec_file, tmp_path, form):
    path = tmp_path / f"trace.{form}"
    assert command("trace", str(spec_file), "--step", "7", "--format", form, "-o", str(path)).status == 0
    opened = read(path)
    assert (opened.spec, opened.step) == (engine.ExperimentSpec.from_json(XOR), 7)
    again = command("trace", str(path))
    assert again.lines[0].startswith("Step 7 of 20")


BAD = {
    "not JSON": (b"{", "Expecting"),
    "no spec": (b"[]", "object"),
    "a bad field": (b'{"layers": [{"units": "x"}]}', "layers[0].units"),
    "NaN": (b'{"seed": NaN}', "NaN"),
    "nested": (b"[" * 1000, "nested"),
    "a trace without its spec": (b'{"frames": [], "step": 1}', "without its experiment"),
    "a trace with a bad step": (b'{"frames": [], "step": -1, "spec": {}}', "neither"),
    "a trace with a step too far": (b'{"frames": [], "step": 1000, "spec": {}}', "neither"),
    "a trace with a bad spec": (b'{"frames": [], "step": 1, "spec": {"seed": -1}}', "seed"),
    "too large a spec": (b'{"epochs": 100000000}', "BACKSCOPE_MAX_STEPS"),
    "a broken zip": (b"PK\x03\x04" + b"x" * 100, "without its experiment"),
    "binary": (bytes(range(256)), "UTF-8"),
    "empty": (b"", "Expecting"),
}


@pytest.mark.parametrize(("body", "word"), BAD.values(), ids=list(BAD))
def test_a_file_that_cannot_be_used_is_status_2_and_one_line_that_says_why(command, tmp_path, body, word):
    path = tmp_path / "bad"
    path.write_bytes(body)
    done = command("trace", str(path))
    assert (done.status, done.out) == (2, "")
    assert word in done.err
    assert str(path) in done.err
    assert done.err.count("\n") == 1


def test_a_name_that_is_nothing_lists_the_examples_and_cannot_forge_a_line(command):
    done = command("trace", "nothing\nhere\x1b[31m")
    assert done.status == 2
    assert done.err.count("\n") == 1
    assert "\x1b" not in done.err
    assert "mazur" in done.err


def test_a_folder_is_not_a_file(command, tmp_path):
    done = command("check", str(tmp_path))
    assert done.status == 2
    assert "cannot be read" in done.err


def test_containers_tell_only_what_is_in_them():
    assert containers.about(b"") is None
    assert containers.about(b'{"seed": 1}') is None
    assert containers.about(binary.safetensors({}, {"step": "1"})) == {"step": "1"}
    assert containers.about(binary.npz({}, {"step": "1"})) == {"step": "1"}
    assert containers.about(binary.npz({}, {})) == {}
    assert containers.about((5).to_bytes(8, "little") + b"{nope") == {}


def test_a_zip_that_would_grow_without_end_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(containers, "MOST_BYTES", 1_000)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{binary.ABOUT}.npy", b"\x00" * 10_000_000)
    assert containers.about(made.getvalue()) == {}
