"""The first five minutes: the command is run, the page opens and steps, and curl gets the numbers on the screen."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.page import Line, Moment, Visit, value_in, wrong_numbers

SCRIPT = Path(sys.executable).parent / "backscope"


@pytest.fixture
def started(tmp_path):
    """The real process, by the name a user types, and the address it says it is at."""
    command = [str(SCRIPT)] if SCRIPT.exists() else [sys.executable, "-m", "app"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    process = subprocess.Popen(
        [*command, "--no-browser", "--port", str(port), "--data-dir", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert f"http://127.0.0.1:{port}/" in line, f"the command said {line!r}"
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            rest, _ = process.communicate(timeout=20)
        finally:
            process.kill()
        assert process.returncode in (0, -signal.SIGINT, 130), f"it ended with {process.returncode}:\n{rest}"
        assert "Traceback" not in rest, rest


def curl(url, *arguments):
    """What curl prints; Python's own client where there is none."""
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl is not installed")
    done = subprocess.run(
        [program, "-sS", "--fail", url, *arguments], capture_output=True, text=True, check=True, timeout=30
    )
    return json.loads(done.stdout)


def test_a_newcomer_starts_the_command_steps_and_gets_the_trace_with_curl(started, new_page):
    address, _ = started
    visit = Visit(new_page(viewport={"width": 1280, "height": 720}), address)
    visit.page.goto(address)
    visit.at(Moment(0, "z1", 0))
    assert visit.page.locator("#hint").is_visible(), "nobody says what to press first"
    assert visit.page.title().startswith("Backscope")

    api = f"{address}/api/v1/runs"
    run = curl(api, "-H", "Content-Type: application/json", "-d", "{}")
    line = Line(run)
    trace = curl(f"{api}/{run['id']}/steps/0")
    assert not wrong_numbers(visit.picture(), line, visit.moment, trace)

    visit.page.locator("#move-forward").click()
    visit.at(Moment(0, "z1", 1))
    visit.page.locator('#timeline [data-call="delta1"]').click()
    visit.at(line.last(0, "delta1"))
    visit.wait("() => document.querySelectorAll('#why .check.good').length === 2")
    shown = visit.picture()
    assert not wrong_numbers(shown, line, visit.moment, trace)
    assert float(shown.by_address["delta1[0,3]"].value) == value_in(trace, "delta1[0,3]")
    explained = curl(f"{api}/{run['id']}/steps/0/explain?name=delta1&index=0,3")
    assert explained["value"] == float(shown.by_address["delta1[0,3]"].value)

    visit.press("End").at(line.end)
    trace = curl(f"{api}/{run['id']}/steps/999")
    assert not wrong_numbers(visit.picture(), line, line.end, trace)
    visit.press("Home").at(line.start)


def test_the_page_outlives_a_restart_of_the_server(started, new_page, allow_console_error, tmp_path):
    """Everything shown is a function of the address, so a new process answers for the old one."""
    allow_console_error("Failed to load resource")
    address, process = started
    visit = Visit(new_page(reduced_motion="reduce"), address).open("#step=7&frame=delta1&unit=2")
    before = visit.picture()
    process.send_signal(signal.SIGINT)
    process.wait(20)
    visit.press("]", "]").wait("() => /No answer|server/i.test(document.getElementById('face').textContent)")
    port = address.rpartition(":")[2]
    again = subprocess.Popen(
        [sys.executable, "-m", "app", "--no-browser", "--port", port, "--data-dir", str(tmp_path)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert again.stdout
        assert address in again.stdout.readline()
        visit.page.locator("#face").get_by_role("button", name="Try again").click()
        visit.at(Moment(8, "b1_new", 3))
        visit.open("#step=7&frame=delta1&unit=2")
        visit.at(Moment(7, "delta1", 2))
        assert visit.picture() == before
    finally:
        again.send_signal(signal.SIGINT)
        again.communicate(timeout=20)


def test_the_documentation_is_there_without_the_internet(started, new_page):
    address, _ = started
    page = new_page()
    page.goto(f"{address}/docs")
    page.get_by_text("/api/v1/runs", exact=True).first.wait_for()
    page.goto(f"{address}/redoc")
    page.get_by_role("heading", name="Post an experiment").wait_for()
