"""The command: one line with the address, a clear word when the port is taken, a clean end."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

import engine
from app import command as package
from app.command import options, serve
from app.command.terminal import Terminal
from app.identity import run_id
from app.settings import Settings, settings_table
from tests.app.conftest import XOR

ROOT = Path(package.__file__).parent.parent.parent
QUIET = Terminal(sys.stdout, sys.stderr)


def settings_of(*arguments: str) -> Settings:
    """The settings a command line stands for."""
    _, found = options.parse(arguments, "en")
    return serve.settings_from(found, package.settings_of(found, {}, QUIET))


def test_a_taken_port_is_a_clear_word_and_status_1(command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for arguments in (("--port", str(port), "--no-browser"), ("serve", "--port", str(port))):
            done = command(*arguments)
            assert (done.status, done.out) == (1, "")
            assert f"Port {port} is taken" in done.err
            assert "--port" in done.err
            assert done.err.count("\n") == 1
        assert f"端口 {port} 已被占用" in command("serve", "--port", str(port), LANG="zh_CN").err


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host", "\ud800"])
def test_an_address_that_is_not_ours_is_a_clear_word_and_status_1(command, host):
    done = command("--host", host, "--port", "0", "--no-browser")
    assert done.status == 1
    assert "cannot listen" in done.err
    assert done.err.count("\n") == 1


def test_short_answers_on_a_kept_connection_are_sent_at_once():
    with serve.listen(Settings(port=0), QUIET) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_options_become_settings(tmp_path):
    settings = settings_of("--host", "0.0.0.0", "--port", "1", "--data-dir", str(tmp_path))
    assert (settings.host, settings.port, settings.data_dir) == ("0.0.0.0", 1, tmp_path)
    assert {"localhost", "127.0.0.1", "::1", socket.gethostname()} <= set(settings.allowed_hosts)
    assert "*" not in settings.allowed_hosts
    assert settings.max_steps == Settings().max_steps
    assert settings_of().port == Settings().port
    shared = settings_of("serve", "--profile", "shared")
    assert shared.max_steps < settings.max_steps
    lan = settings_of("serve", "--lan", "--allow-host", "lesson.example")
    assert lan.host == "0.0.0.0"
    assert "lesson.example" in lan.allowed_hosts
    assert lan.max_steps == shared.max_steps


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
            assert serve.address_of(listener, host) == f"http://{shown}:{port}/"


def test_a_foreign_engine_is_named(monkeypatch, tmp_path):
    assert package.wrong_engine(QUIET) is None
    monkeypatch.setattr(engine, "__file__", str(tmp_path / "engine" / "__init__.py"))
    assert str(tmp_path) in package.wrong_engine(QUIET)


def test_the_defaults_are_for_one_person_on_this_machine():
    settings = Settings()
    assert settings.host == "127.0.0.1"
    assert settings.allowed_hosts == ("*",)
    assert all(value > 0 for value in settings.limits.values())
    shared = settings.shared()
    assert all(shared.limits[name] <= most for name, most in settings.limits.items())


def test_settings_say_what_each_of_them_means_in_both_languages():
    for setting in settings_table():
        for language in engine.LANGUAGES:
            assert setting.about[language].rstrip("。.") != setting.about[language], setting.name
        assert setting.read(setting.show(setting.own)) == setting.own


def test_settings_travel_to_another_process_as_text(tmp_path):
    settings = Settings(data_dir=tmp_path, allowed_hosts=("a", "b"), deadline_seconds=1.5)
    assert Settings.from_json(settings.to_json()) == settings


def test_a_saved_trace_whose_numbers_are_others_is_announced():
    spec = engine.ExperimentSpec.from_json(XOR)
    loss = engine.open_run(spec).trace(3).loss
    opened = serve.inputs.Opened("file", spec, 3, loss)
    assert serve.differs(opened, QUIET) is None
    assert serve.differs(serve.inputs.Opened("file", spec, 3, loss * (1 + 1e-13)), QUIET) is None
    assert "the file says 1" in serve.differs(serve.inputs.Opened("file", spec, 3, 1), QUIET)
    assert "NaN" in serve.differs(serve.inputs.Opened("file", spec, 3, "NaN"), QUIET)
    assert serve.differs(serve.inputs.Opened("file", spec), QUIET) is None


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
        cwd=ROOT,
        env={**os.environ, "BROWSER": str(browser), "LANG": "C.UTF-8"},
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


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to a process on Windows")
@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.3])
def test_a_second_ctrl_c_is_no_error(running, seconds):
    process, _ = running("--no-browser")
    process.send_signal(signal.SIGINT)
    threading.Event().wait(seconds)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (out, err) == ("", "")


@pytest.fixture
def running(tmp_path):
    """Return a function that starts the command and gives the process and the lines it prints first."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, lines: int = 1, data_dir: Path | None = None) -> tuple[Any, list[str]]:
        folder = data_dir or tmp_path / "data"
        process = subprocess.Popen(
            [sys.executable, "-m", "app", *arguments, "--port", "0", "--data-dir", str(folder)],
            cwd=ROOT,
            env={**os.environ, "LANG": "C.UTF-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process, [process.stdout.readline() for _ in range(lines)]

    yield start
    for process in started:
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to a process on Windows")
def test_a_file_is_there_when_the_page_opens(running, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(XOR))
    _, (line,) = running(str(path), "--no-browser")
    run = run_id(engine.ExperimentSpec.from_json(XOR))
    found = re.search(rf"(http://\S+/)#run={run} ", line)
    assert found, line
    answer = httpx.get(f"{found[1]}api/v1/runs/{run}", trust_env=False)
    assert answer.status_code == 200
    assert answer.json()["steps"] == 20


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to a process on Windows")
def test_several_workers_share_the_runs_and_end_together(running, tmp_path):
    process, (line,) = running("serve", "--workers", "2")
    address = re.search(r"http://\S+/", line)[0]
    with httpx.Client(trust_env=False, timeout=30) as client:
        location = client.post(f"{address}api/v1/runs", json=XOR).headers["location"]
    bodies = set()
    for _ in range(8):  # a connection of its own each: any worker may answer
        bodies.add(httpx.get(f"{address}{location[1:]}/steps/3", trust_env=False, timeout=30).content)
    assert len(bodies) == 1
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")
    with sqlite3.connect(tmp_path / "data" / "specs.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM specs").fetchone() == (1,)
    database.close()


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to a process on Windows")
def test_on_the_network_the_address_for_others_is_printed(running):
    _, lines = running("serve", "--lan", lines=2)
    own, others = (re.search(r"http://(\S+):(\d+)/", line) for line in lines)
    assert own[1] == "127.0.0.1"
    assert own[2] == others[2]
    assert others[1] != "0.0.0.0"


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_worker_that_is_killed_is_replaced(running):
    process, (line,) = running("serve", "--workers", "2")
    address = re.search(r"http://\S+/", line)[0]
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not tell which processes belong to which")

    def workers() -> set[int]:
        found = set()
        for pid in map(int, children.read_text().split()):
            with contextlib.suppress(OSError):  # it has just ended
                if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.add(pid)
        return found

    first = workers()
    assert len(first) == 2
    killed = first.pop()
    os.kill(killed, signal.SIGKILL)
    for _ in range(3_000):
        if len(workers() - {killed}) == 2:
            break
        threading.Event().wait(0.01)
    assert len(workers() - {killed}) == 2
    for _ in range(4):
        assert httpx.get(f"{address}healthz", trust_env=False, timeout=30).status_code == 200


def test_what_a_server_is_made_of_is_not_garbage_to_look_through_again_and_again():
    before = gc.get_threshold()
    try:
        serve.look_at_new_garbage_alone()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() == serve.GARBAGE
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_workers_end_when_the_process_that_started_them_is_killed(running):
    process, (line,) = running("serve", "--workers", "2")
    address = re.search(r"http://\S+/", line)[0]
    process.kill()
    process.communicate(timeout=30)  # it waits for all who hold the pipe
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}healthz", trust_env=False, timeout=30)


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to a process on Windows")
def test_workers_on_two_machines_share_a_store_whose_loss_nobody_notices(running, start_redis, tmp_path):
    """Two folders are two machines: what one knows of the other comes through the store, or from the client."""
    process, url, port = start_redis()
    addresses = []
    for machine in ("one", "two"):
        _, (line,) = running("serve", "--workers", "2", "--store", url, data_dir=tmp_path / machine)
        addresses.append(re.search(r"http://\S+/", line)[0])

    def ask(method: str, address: str, path: str, **more: object) -> httpx.Response:
        # A connection of its own each: any worker may answer.
        return httpx.request(method, address + path, trust_env=False, timeout=30, **more)

    def post(seed: int, address: str) -> str:
        answer = ask("POST", address, "api/v1/runs", json={**XOR, "seed": seed})
        assert answer.status_code in (200, 201)
        return answer.headers["location"][1:]

    def everybody(path: str) -> set[bytes]:
        answers = [ask("GET", address, path) for address in addresses for _ in range(6)]
        assert {answer.status_code for answer in answers} == {200}
        return {answer.content for answer in answers}

    known = post(1, addresses[0])
    assert len(everybody(f"{known}/steps/3")) == 1

    process.kill()
    process.wait(30)
    assert len(everybody(f"{known}/steps/4")) == 1, "known to both, store or no store"
    late = {address: post(2, address) for address in addresses}
    assert len(set(late.values())) == 1
    assert len(everybody(f"{late[addresses[0]]}/steps/3")) == 1
    assert {ask("GET", address, "healthz").status_code for address in addresses} == {200}

    start_redis(port)
    time.sleep(5.5)  # a store that failed is left alone for so long
    again = post(3, addresses[1])
    assert len(everybody(f"{again}/steps/5")) == 1, "shared once more"


@pytest.mark.parametrize("url", ["nowhere", "http://127.0.0.1", "redis:/x"])
def test_a_shared_store_that_cannot_be_is_status_2(command, url):
    done = command("serve", "--port", "0", "--store", url)
    assert done.status == 2
    assert "redis://" in done.err
