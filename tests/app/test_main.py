"""The command: one line with the address, a clear word when the port is taken, a clean end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest

from app import __main__ as command
from app.settings import Settings


def test_the_version_is_the_one_installed(capsys):
    with pytest.raises(SystemExit) as caught:
        command.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"backscope {version('backscope')}\n"


@pytest.mark.parametrize("port", ["-1", "65536", "http", "", "8e3", "٣"])
def test_a_port_that_is_none_is_refused(port, capsys):
    with pytest.raises(SystemExit) as caught:
        command.main(["--port", port])
    assert caught.value.code == 2
    assert "0 to 65535" in capsys.readouterr().err


def test_a_taken_port_is_a_clear_word_and_status_1(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert command.main(["--port", str(port), "--no-browser"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"Port {port} is taken" in printed.err
    assert "--port" in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host", "\ud800"])
def test_an_address_that_is_not_ours_is_a_clear_word_and_status_1(capsys, host):
    assert command.main(["--host", host, "--port", "0", "--no-browser"]) == 1
    assert "cannot listen" in capsys.readouterr().err


def test_the_options_become_settings(tmp_path):
    options = command.parser().parse_args(["--host", "0.0.0.0", "--port", "1", "--data-dir", str(tmp_path)])
    settings = command.settings_from(options)
    assert (settings.host, settings.port, settings.data_dir) == ("0.0.0.0", 1, tmp_path)
    assert {"localhost", "127.0.0.1", "::1"} <= set(settings.allowed_hosts)
    assert "*" not in settings.allowed_hosts
    assert settings.max_steps == Settings().max_steps
    shared = command.settings_from(command.parser().parse_args(["--shared"]))
    assert shared.max_steps < settings.max_steps


def test_the_address_printed_is_one_to_open_on_this_machine():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        for host, shown in (
            ("127.0.0.1", "127.0.0.1"),
            ("0.0.0.0", "127.0.0.1"),
            ("::", "127.0.0.1"),
            ("::1", "[::1]"),
            ("teacher.local", "teacher.local"),
        ):
            assert command.address_of(listener, host) == f"http://{shown}:{port}/"


def test_a_foreign_engine_is_named(monkeypatch, tmp_path):
    assert command.wrong_engine() is None
    monkeypatch.setattr(command.engine, "__file__", str(tmp_path / "engine" / "__init__.py"))
    assert str(tmp_path) in command.wrong_engine()


def test_the_defaults_are_for_one_person_on_this_machine():
    settings = Settings()
    assert settings.host == "127.0.0.1"
    assert settings.allowed_hosts == ("*",)
    assert all(value > 0 for value in settings.limits.values())
    shared = settings.shared()
    assert all(shared.limits[name] <= most for name, most in settings.limits.items())


def test_settings_say_what_each_of_them_means():
    source = Path(command.__file__).with_name("settings.py").read_text(encoding="utf-8")
    for name in Settings.__dataclass_fields__:
        assert re.search(rf'^    {name}: .*\n    """\w', source, re.MULTILINE), name


def ask_for_much(address: str, answers: list[int], known: threading.Barrier) -> None:
    """Ask for a step that takes longer than this test."""
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        run = client.post("/api/v1/runs", json={"epochs": 1_000_000}).headers["location"]
        known.wait(30)
        answers.append(client.get(f"{run}/steps/999999").status_code)


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to a process on Windows")
def test_the_command_prints_one_line_opens_a_browser_and_ends_cleanly(tmp_path):
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{opened}"\n')
    browser.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-m", "app", "--port", "0", "--data-dir", str(tmp_path / "data")],
        cwd=Path(command.__file__).parent.parent,
        env={**os.environ, "BROWSER": str(browser)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        line = process.stdout.readline()
        found = re.fullmatch(r"Backscope is running at (http://127\.0\.0\.1:\d+/)  \(Ctrl-C to stop\)\n", line)
        assert found, line
        for _ in range(500):
            if opened.exists() and opened.read_text():
                break
            threading.Event().wait(0.02)
        answers: list[int] = []
        known = threading.Barrier(3)
        askers = [threading.Thread(target=ask_for_much, args=(found[1], answers, known)) for _ in range(2)]
        for asker in askers:
            asker.start()
        known.wait(30)
        threading.Event().wait(0.5)
        process.send_signal(signal.SIGINT)
        for asker in askers:
            asker.join(30)
        out, err = process.communicate(timeout=30)
        watchdog.cancel()
    assert answers == [503, 503]
    assert process.returncode == 0
    assert (out, err) == ("", "")
    assert opened.read_text().strip() == found[1]
