"""Exports and tables on the command line."""

from __future__ import annotations

import io
import json
import sys

import numpy as np
import pytest

import engine
from app.command import inputs, options, table
from app.export.build import FORMS
from app.identity import run_id

CSV = "length,width,kind\n1.5,2,short\n7,3,long\n2,2.5,short\n6,3.5,long\n"


@pytest.mark.parametrize("form", options.EXPORTS)
def test_every_form_is_written_to_a_file_named_after_the_run(command, tmp_path, monkeypatch, form):
    monkeypatch.chdir(tmp_path)
    done = command("export", "xor", "--format", form, BACKSCOPE_DATA_DIR=str(tmp_path / "data"))
    assert (done.status, done.out) == (0, "")
    (path,) = (each for each in tmp_path.iterdir() if each.is_file())
    run = run_id(engine.ExperimentSpec.from_json(inputs.examples()["xor"]))
    assert path.name.startswith(f"backscope-{run[:8]}-")
    assert path.suffix == FORMS[form].suffix
    assert done.err == f"{path.name} is written.\n"
    assert path.stat().st_size > 100


def test_the_forms_are_those_of_the_api():
    assert set(options.EXPORTS) == set(FORMS)


def test_a_dash_is_standard_output(command):
    done = command("export", "xor", "--format", "csv", "--what", "history", "-o", "-")
    assert (done.status, done.err) == (0, "")
    assert done.lines[0].startswith("step,loss")


def test_a_program_of_another_library_or_a_word_about_what_it_cannot_express(command, tmp_path):
    path = tmp_path / "order.json"
    path.write_text(json.dumps({"update_order": "layer_by_layer"}))
    assert "import torch" in command("export", "seed", "--format", "py", "--framework", "torch", "-o", "-").out
    done = command("export", str(path), "--format", "py", "--framework", "torch", "-o", "-")
    assert done.status == 2
    assert "update_order" in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--format", "html", "--what", "weights"), "--what"),
        (("--step", "2000"), "0 to 1999"),
        (("--format", "npz", "--what", "weights", "--step", "2001"), "0 to 2000"),
        (("--format", "exe"), "--format"),
    ],
)
def test_what_cannot_be_is_status_2(command, arguments, word):
    done = command("export", "xor", *arguments, "-o", "-")
    assert (done.status, done.out) == (2, "")
    assert word in done.err


def test_a_limit_is_named_with_the_variable_that_raises_it(command):
    done = command("export", "seed", "--format", "json", "-o", "-", BACKSCOPE_MAX_EXPORT_NUMBERS="10")
    assert done.status == 2
    assert "BACKSCOPE_MAX_EXPORT_NUMBERS" in done.err


# Tables


@pytest.mark.parametrize(
    ("text", "outputs", "loss", "activation"),
    [
        (CSV, 1, "binary_cross_entropy", "sigmoid"),
        (CSV + "3,9,odd\n", 3, "softmax_cross_entropy", "softmax"),
        ("a,b\n1,2.5\n2,3.5\n3,1.25\n", 1, "mse", "identity"),
    ],
    ids=["two classes", "three classes", "numbers"],
)
def test_a_table_becomes_an_experiment_that_suits_its_last_column(text, outputs, loss, activation):
    spec = engine.ExperimentSpec.from_json(table.experiment(text))
    assert spec.layers[-1].units == outputs
    assert spec.loss.kind == loss
    assert spec.layers[-1].activation.kind == activation
    run = engine.open_run(spec)
    assert abs(float(run.trace(0).values["a0"].mean())) < 1e-12
    assert run.trace(200).loss < run.trace(0).loss
    assert run.check(3).passed


def test_a_table_is_opened_by_the_end_of_its_name(command, tmp_path):
    path = tmp_path / "Flowers.CSV"
    path.write_text(CSV)
    done = command("train", str(path), "--steps", "50", "--points", "2")
    assert done.status == 0
    assert "accuracy" in done.lines[0]


def test_a_table_comes_down_a_pipe_too(command, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(("\ufeff" + CSV).encode())))
    assert command("check", "-").status == 0


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"a,b\n1,2\n3\n", "row"),
        (b"a,b\n1,\xff\n", "UTF-8"),
        (b"", "t.csv"),
        (b"a\n1\n2\n", "two columns"),
        (b"a,b\n" + b"1,2\n" * 2_000_000, "t.csv"),
    ],
    ids=["ragged", "not text", "empty", "one column", "too large"],
)
def test_a_table_that_cannot_be_read_is_status_2_and_one_line(command, tmp_path, body, word):
    path = tmp_path / "t.csv"
    path.write_bytes(body)
    done = command("trace", str(path))
    assert (done.status, done.out) == (2, "")
    assert word in done.err
    assert done.err.count("\n") == 1


def test_weights_that_were_exported_are_those_of_the_run(command, tmp_path):
    path = tmp_path / "w.npz"
    command("export", "xor", "--format", "npz", "--step", "100", "-o", str(path))
    expected = engine.open_run(engine.ExperimentSpec.from_json(inputs.examples()["xor"])).state_at(100)
    with np.load(path, allow_pickle=False) as archive:
        for name, array in expected.items():
            assert archive[name].tobytes() == array.tobytes()
