"""The gradient check and training, as the shell sees them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import engine
from app import command as package
from app import models, models_figures
from app.command import check, train
from app.command.terminal import Progress, Terminal
from tests.app.conftest import DIVERGING

ROOT = Path(package.__file__).parent.parent.parent


def test_a_check_that_passes_is_status_0(command):
    done = command("check", "xor", "--step", "5")
    assert (done.status, done.err) == (0, "")
    assert done.lines[0].startswith("Gradient check of step 5")
    assert [line.split()[0] for line in done.lines[3:7]] != []
    assert {line.split()[0] for line in done.lines[3:7]} == {"dW1", "db1", "dW2", "db2"}
    assert all(line.endswith("passed") for line in done.lines[3:7])
    assert "通过" in command("check", "xor", LANG="zh_CN").out


def test_a_check_that_fails_is_status_1_and_says_how_many(command, monkeypatch):
    run = engine.open_run(engine.ExperimentSpec.from_json({}))
    found = run.check(0)
    broken = replace(found, arrays=(replace(found.arrays[0], passed=False), *found.arrays[1:]))
    monkeypatch.setattr(engine.Run, "check", lambda self, step, stop=None: broken)
    done = command("check", "seed")
    assert done.status == 1
    assert done.lines[-1] == "1 of 4 gradients failed."
    assert json.loads(command("check", "seed", "--format", "json").out)["passed"] is False


def test_the_check_is_the_one_of_the_api(command):
    models.GradientCheck.model_validate_json(command("check", "seed", "--format", "json").out)


def test_a_step_that_is_not_there_is_status_2(command):
    done = command("check", "seed", "--step", "1000")
    assert done.status == 2
    assert "0 to 999" in done.err


def test_training_prints_the_losses_of_the_run(command):
    done = command("train", "seed", "--steps", "101", "--points", "3")
    assert (done.status, done.err) == (0, "")
    run = engine.open_run(engine.ExperimentSpec.from_json({}))
    losses = [f"{run.trace(step).loss:.8g}" for step in (0, 50, 100)]
    assert done.lines[0].split() == ["step", "loss", "training", "R²"]
    assert [line.split()[:2] for line in done.lines[1:]] == [
        ["0", losses[0]],
        ["50", losses[1]],
        ["100", losses[2]],
    ]


def test_training_as_csv_and_as_json(command):
    table = command("train", "xor", "--steps", "10", "--format", "csv").lines
    assert table[0].startswith("step,loss,")
    assert [line.split(",")[0] for line in table[1:]] == [str(step) for step in range(10)]
    run = engine.open_run(engine.ExperimentSpec.from_json(dict(engine.catalog()["examples"][1].spec)))
    assert float(table[10].split(",")[1]) == run.trace(9).loss
    history = models_figures.History.model_validate_json(
        command("train", "xor", "--steps", "10", "--format", "json").out
    )
    assert history.steps == list(range(10))


def test_divergence_is_a_word_and_no_error(command, tmp_path):
    path = tmp_path / "wild.json"
    path.write_text(json.dumps(DIVERGING))
    done = command("train", str(path))
    assert done.status == 0
    assert "diverged" in done.lines[-1]


def test_more_steps_than_there_are_is_status_2(command):
    done = command("train", "seed", "--steps", "1001")
    assert done.status == 2
    assert "--steps" in done.err


def test_the_bar_moves_on_a_terminal_and_is_taken_away(capsys):
    now = 0.0

    def clock() -> float:
        return now

    bar = Progress(Terminal(sys.stdout, sys.stderr, live=True), 100, clock)
    for done in range(0, 101, 10):
        bar.at(done, "fast")
        now += 0.05
    bar.clear()
    drawn = capsys.readouterr().err.split("\r\x1b[K")
    assert drawn[0] == drawn[-1] == ""
    assert "10/100 fast" not in "".join(drawn)
    assert "20/100 fast" in "".join(drawn)
    assert drawn[-2].startswith("█" * 24 + " 100/100")
    silent = Progress(Terminal(sys.stdout, sys.stderr), 100, clock)
    silent.at(100)
    silent.clear()
    assert capsys.readouterr().err == ""


@pytest.fixture
def long_file(tmp_path):
    path = tmp_path / "long.json"
    path.write_text(json.dumps({"data": {"kind": "uniform", "examples": 5000}, "epochs": 1_000_000}))
    return str(path)


def start(*arguments: str, **more: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env={**os.environ, "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to a process on Windows")
def test_ctrl_c_ends_training_without_a_traceback(long_file):
    script = (
        "import sys, _thread, app.command.train as t;"
        "old = t.Progress.at;"
        "t.Progress.at = lambda *a: (print('going', flush=True), old(*a));"
        "from app.command import main; sys.exit(main(['train', sys.argv[1]]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, long_file],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "going\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == ""


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise on Windows")
def test_a_reader_that_leaves_early_is_no_error():
    with start("trace", "seed", "--terms", "--rows", "1000", "--examples", ",".join(map(str, range(100)))) as process:
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(60) == 141
    assert err == ""


def test_a_full_disk_is_a_word_and_status_1():
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full to write to")
    with full.open("w") as sink:
        done = subprocess.run(
            [sys.executable, "-m", "app", "train", "xor"],
            cwd=ROOT,
            stdout=sink,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "No space" in done.stderr


def test_a_mistake_of_ours_is_one_line_and_its_traceback_only_on_demand(command, monkeypatch):
    def broken(*_: object) -> int:
        raise RuntimeError("inside")

    monkeypatch.setattr(check, "run", broken)
    done = command("check", "seed")
    assert done.status == 70
    assert done.err.count("\n") == 1
    assert "RuntimeError" in done.err
    assert "BACKSCOPE_DEBUG" in done.err
    with pytest.raises(RuntimeError):
        command("check", "seed", BACKSCOPE_DEBUG="1")


def test_colours_only_where_somebody_looks(command, monkeypatch):
    assert "\x1b" not in command("check", "seed").out
    terminal = Terminal(sys.stdout, sys.stderr, colour=True)
    assert terminal.style("good", "x") == "\x1b[32mx\x1b[0m"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert Terminal.of({}).colour
    assert not Terminal.of({"NO_COLOR": "1"}).colour
    assert not Terminal.of({"TERM": "dumb"}).colour


def test_history_asks_for_nothing_that_was_not_computed(monkeypatch):
    run = engine.open_run(engine.ExperimentSpec.from_json({"epochs": 100, "seed": 77}))
    found = train._trained(
        run, (0, 50, 99), Progress(Terminal(sys.stdout, sys.stderr), 100), Terminal(sys.stdout, sys.stderr)
    )
    assert found.steps == (0, 50, 99)


def test_every_figure_has_a_heading_in_both_languages():
    spec = {
        "data": {"kind": "xor"},
        "layers": [{"units": 2}, {"units": 1}],
        "loss": "binary_cross_entropy",
        "penalty": {"l2": 0.1},
        "batch_size": 3,
    }
    found = engine.open_run(engine.ExperimentSpec.from_json(spec)).history((0, 9), include=train.FIGURES)
    for language, heading in (("en", "penalty"), ("zh", "惩罚")):
        lines = train.describe(found, Terminal(sys.stdout, sys.stderr, language))
        assert heading in lines[0]
        assert len(lines) == 3
