"""A step on paper: every assignment with its numbers, and the same step as a file."""

from __future__ import annotations

import io
import json
import re
import sys
from dataclasses import replace

import numpy as np
import pytest

import engine
from app import models
from app.command import main, trace
from app.command.terminal import Terminal, columns
from app.identity import run_id
from tests.app.conftest import DIVERGING, XOR


@pytest.fixture
def xor_file(tmp_path):
    path = tmp_path / "xor.json"
    path.write_text(json.dumps(XOR))
    return str(path)


def test_the_text_has_every_assignment_in_order_with_its_formula(command, xor_file):
    done = command("trace", xor_file, "--step", "3")
    assert (done.status, done.err) == (0, "")
    spec = engine.ExperimentSpec.from_json(XOR)
    found = engine.open_run(spec).trace(3)
    formulas = [line.strip() for line in done.lines if re.match(r"  \S", line)]
    assert formulas == [engine.plain_formula(found.program, call.writes) for call in found.frames]
    assert done.lines[0] == "Step 3 of 20 · batch of 4 · showing row 0 · loss " + engine.plain_number(found.loss)
    headings = [line for line in done.lines if line and not line.startswith(" ")][1:]
    assert headings == [
        "Forward · layer 1",
        "Forward · layer 2",
        "Loss",
        "Backward · layer 2",
        "Backward · layer 1",
        "Update · layer 2",
        "Update · layer 1",
    ]


def test_a_line_says_address_value_and_arithmetic(command, xor_file):
    out = command("trace", xor_file, "--names", "z1", "--examples", "3", "--digits", "3").out
    values = engine.open_run(engine.ExperimentSpec.from_json(XOR)).trace(0).values
    first, second, bias = values["W1"][0, 0], values["W1"][0, 1], values["b1"][0]
    show = lambda value: engine.plain_number(float(value), 3)  # noqa: E731
    bracketed = lambda text: f"({text})" if text.startswith("-") else text  # noqa: E731
    arithmetic = f"{bracketed(show(first))}*1 + {bracketed(show(second))}*1 + {show(bias)}"
    line = next(line for line in out.splitlines() if "z1[3,0]" in line)
    assert line.split(" = ")[1:] == [show(values["z1"][3, 0]).rjust(len(line.split(" = ")[1])), arithmetic]
    assert "z1[0,0]" not in out


def test_terms_stand_on_lines_of_their_own_with_the_total_so_far(command, xor_file):
    lines = command("trace", xor_file, "--names", "delta1", "--examples", "1", "--terms", "--rows", "1").lines
    head, error, slope = lines[-4:-1]
    assert error.split()[0] == slope.split()[0] == "×"
    assert (error.split()[-1], slope.split()[-1]) == ("error", "slope")
    value = head.partition(" = ")[2].strip()
    assert head.strip().startswith("delta1[1,0] =")
    assert slope.rpartition("→")[2].split()[0] == value


def test_long_arrays_and_sums_are_cut_and_say_how_much_there_is(command):
    done = command("trace", "seed", "--names", "W1_new,loss", "--rows", "3")
    assert "… 5 more (--rows 8)" in done.out
    assert " + … + " in done.out
    whole = command("trace", "seed", "--names", "loss", "--terms")
    assert sum("(a2[" in line for line in whole.lines) >= 100
    assert "more terms" not in whole.out


def test_one_phase_alone(command, xor_file):
    out = command("trace", xor_file, "--phase", "update").out
    assert "Update" in out
    assert "Forward" not in out


def test_chinese_where_it_is_asked_for(command, xor_file):
    out = command("trace", xor_file, LANG="zh_CN.UTF-8").out
    assert "前向 · 第 1 层" in out
    assert out.startswith("第 0 步，共 20 步")


def test_a_diverging_run_is_printed_like_any_other(command, tmp_path):
    path = tmp_path / "wild.json"
    path.write_text(json.dumps(DIVERGING))
    done = command("trace", str(path), "--step", "11")
    assert done.status == 0
    assert "NaN" in done.out


def test_the_json_is_the_trace_of_the_api_with_its_experiment(command, xor_file):
    document = json.loads(command("trace", xor_file, "--step", "2", "--format", "json").out)
    spec = engine.ExperimentSpec.from_json(document["spec"])
    assert spec == engine.ExperimentSpec.from_json(XOR)
    assert document["run"] == run_id(spec)
    models.Trace.model_validate_json(json.dumps(document))
    found = engine.open_run(spec).trace(2)
    for name, value in document["values"].items():
        assert np.asarray(value["data"]).tobytes() == np.asarray(found.values[name]).tobytes()


def test_the_npz_holds_the_arrays_bit_for_bit(command, xor_file, tmp_path):
    path = tmp_path / "trace.npz"
    command("trace", xor_file, "--step", "2", "--format", "npz", "--output", str(path), "--names", "W1,delta2")
    found = engine.open_run(engine.ExperimentSpec.from_json(XOR)).trace(2)
    with np.load(path, allow_pickle=False) as archive:
        assert set(archive.files) == {"W1", "delta2", "__about__"}
        for name in ("W1", "delta2"):
            assert archive[name].tobytes() == found.values[name].tobytes()


def test_binary_goes_down_a_pipe_but_not_onto_a_terminal(monkeypatch, xor_file):
    class Screen(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    screen, err = Screen(io.BytesIO()), io.StringIO()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", err)
    assert main(["trace", xor_file, "--format", "npz"], {}) == 2
    assert "--output" in err.getvalue()
    pipe = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", pipe)
    assert main(["trace", xor_file, "--format", "npz"], {}) == 0
    assert pipe.buffer.getvalue().startswith(b"PK")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--step", "20"), "0 to 19"),
        (("--names", "z9"), "z1"),
        (("--examples", "4"), "0 to 3"),
    ],
)
def test_what_the_step_does_not_have_is_status_2(command, xor_file, arguments, word):
    done = command("trace", xor_file, *arguments)
    assert (done.status, done.out) == (2, "")
    assert arguments[0] in done.err
    assert word in done.err


def test_a_file_that_cannot_be_written_is_status_1(command, xor_file, tmp_path):
    done = command("trace", xor_file, "--format", "json", "--output", str(tmp_path / "no" / "file"))
    assert done.status == 1
    assert "cannot be written" in done.err


def test_on_a_narrow_terminal_the_arithmetic_stays_beside_its_number():
    terminal = Terminal(sys.stdout, sys.stderr, width=60)
    options = trace.argparse.Namespace(digits=5, rows=4, terms=False)
    spec = engine.ExperimentSpec.from_json({})
    found = engine.open_run(spec).trace(0)
    lines = list(trace.describe(spec, found, trace.encode.Selection(names=("z2",)), options, terminal))
    arithmetic = [line for line in lines if "*" in line and line.startswith("    ")]
    assert len(arithmetic) >= 2
    assert all(columns(line) <= 60 for line in arithmetic)
    wide = list(
        trace.describe(spec, found, trace.encode.Selection(names=("z2",)), options, replace(terminal, width=None))
    )
    assert len(wide) < len(lines)
