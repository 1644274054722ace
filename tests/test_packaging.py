"""The wheel works: installed alone in a fresh environment, it serves its page and its assets."""

from __future__ import annotations

import importlib.util
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent
BIN = "Scripts" if os.name == "nt" else "bin"


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command and return what it printed; a failure shows it."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=clean_environment(cwd),
        timeout=300,
    )
    assert done.returncode == 0, f"{done.args} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def clean_environment(home: Path) -> dict[str, str]:
    """The environment without what could lead Python or Backscope elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "BACKSCOPE_"))}
    return {**kept, "PYTHONUTF8": "1", "XDG_DATA_HOME": str(home), "XDG_CACHE_HOME": str(home)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    isolation = ["--no-isolation"] if importlib.util.find_spec("hatchling") else []
    run(sys.executable, "-m", "build", "--wheel", *isolation, "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("backscope-*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Path:
    """A fresh environment with the wheel in it, which borrows the dependencies of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    python = folder / BIN / "python"
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
        wheel,
        cwd=folder,
    )
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    # Written last, or pip would take the checkout's own installation for an older version. Python does not
    # read the .pth files of a folder that a .pth file names, so the checkout stays out of reach.
    borrowed = [entry for entry in sys.path if Path(entry).name in {"site-packages", "dist-packages"}]
    (site / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    """An empty directory to start from."""
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


@pytest.fixture
def served(environment, elsewhere, tmp_path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running command and the address that it printed."""
    with subprocess.Popen(
        [str(environment / BIN / "backscope"), "--no-browser", "--port", "0"],
        cwd=elsewhere,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=clean_environment(tmp_path),
    ) as process:
        try:
            yield process, printed_address(process)
        finally:
            if process.poll() is None:
                process.kill()


def printed_address(process: subprocess.Popen[str], seconds: float = 60) -> str:
    """Wait for the line with the address. The rest of the output is read too, so that no pipe fills up."""
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    seen = ""
    deadline = time.monotonic() + seconds
    while True:
        try:
            line = lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            pytest.fail(f"no address within {seconds} s (is the line flushed?); printed so far:\n{seen}")
        if not line:
            pytest.fail(f"backscope ended before it printed an address:\n{seen}")
        seen += line
        if found := re.search(r"http://127\.0\.0\.1:[1-9]\d*/", line):
            return found[0]


def test_the_wheel_holds_every_page_asset_and_nothing_else_of_the_checkout(wheel):
    with ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    expected = {
        f"app/{path.relative_to(ROOT).as_posix()}"
        for folder in ("static", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert (expected | {"app/py.typed", "engine/py.typed"}) - inside == set()
    assert {name.split("/")[0] for name in inside if ".dist-info/" not in name} == {"app", "engine"}
    assert [name for name in inside if name.endswith((".pyc", ".sqlite3"))] == []


def test_the_installed_packages_are_those_of_the_wheel(environment, elsewhere):
    python = environment / BIN / "python"
    printed = run(python, "-c", "import app, engine; print(app.__file__); print(engine.__file__)", cwd=elsewhere)
    for line in printed.splitlines():
        assert Path(line).is_relative_to(environment)


@pytest.mark.skipif(os.name == "nt", reason="SIGINT cannot be sent to a process on Windows")
def test_the_installed_command_serves_its_page_and_assets_and_ends_cleanly(served, elsewhere):
    process, address = served
    with httpx.Client(
        base_url=address, transport=httpx.HTTPTransport(retries=5), trust_env=False, timeout=30
    ) as client:
        page = client.get("/")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        for folder in ("static", "vendor"):
            named = re.search(rf"/{folder}/[^\s\"'()<>\\]+", page.text)
            assert named, f"the page names no file under /{folder}/"
            asset = client.get(unescape(named[0]))
            assert asset.status_code == 200, f"{named[0]} answers {asset.status_code}"
            assert asset.content
            assert not asset.headers["content-type"].startswith("text/html")

    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    assert list(elsewhere.iterdir()) == [], "the command wrote into the directory it was started from"
