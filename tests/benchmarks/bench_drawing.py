"""How long the page takes to draw a frame, in a headless browser with software rendering.

For networks of about 50, 500 and 5,000 wires it prints what one frame costs while a unit is computed (dots on their
way), what another step costs (every number and every wire anew), and what a move costs from the key to the picture.

    python -m tests.benchmarks.bench_drawing
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from tests.page import Visit

PORT = 8799
WIDTHS = {"48 wires": (4, 6, 4), "504 wires": (18, 18, 10), "4,970 wires": (69, 70, 2)}
FIGURES = {"504 wires": 8, "4,970 wires": 33}
VIEWS = ("network", "matrices", "batch")
FLAGS = ["--disable-frame-rate-limit", "--disable-gpu-vsync", "--disable-gpu"]

# Milliseconds of each animation frame: script, style, layout and paint, for the frame is over when the next one begins.
FRAMES = """async ([act, count]) => {
  const times = [];
  const next = () => new Promise(requestAnimationFrame);
  await next();
  for (let k = 0; k < count; k++) {
    const start = performance.now();
    press(act);
    await next();
    const { port1, port2 } = new MessageChannel();
    await new Promise((done) => { port1.onmessage = done; port2.postMessage(0); });
    times.push(performance.now() - start);
  }
  return times;
  function press(key) {
    document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  }
}"""

# Time between animation frames while a transition runs.
MOTION = """async (presses) => {
  const times = [];
  for (let k = 0; k < presses; k++) {
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    const until = performance.now() + 440;
    let before = performance.now();
    while (performance.now() < until) {
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      times.push(now - before);
      before = now;
    }
  }
  return times;
}"""


@contextmanager
def server() -> Iterator[str]:
    """A server of its own, on a data directory that goes when it does."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "app", "--no-browser", "--port", str(PORT), "--data-dir", folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{PORT}"
            for _ in range(100):
                try:
                    urlopen(f"{address}/healthz", timeout=1)
                    break
                except OSError:
                    time.sleep(0.1)
            yield address
        finally:
            process.terminate()
            process.wait(10)


def spec(widths: tuple[int, ...]) -> dict[str, Any]:
    """A network of these widths on a few random examples."""
    return {
        "data": {"kind": "uniform", "examples": 16, "inputs": widths[0], "outputs": widths[-1]},
        "layers": [{"units": units, "activation": "tanh"} for units in widths[1:]],
        "epochs": 400,
    }


def quartile(times: list[float]) -> float:
    """The lower quartile: what the machine does when nobody else uses it."""
    return statistics.quantiles(times, n=4)[0]


def measure(page: Page, address: str, name: str, widths: tuple[int, ...], view: str) -> None:
    """Print one line of the table."""
    visit = Visit(page, address).open(f"#step=1&view={view}", spec=spec(widths))
    page.evaluate(FRAMES, ["]", 3])
    steps = page.evaluate(FRAMES, ["]", 25])
    moves = page.evaluate(FRAMES, ["ArrowRight", 25])
    visit.open(f"#step=2&view={view}&by=unit", spec=spec(widths))
    motion = page.evaluate(MOTION, 4)
    wanted = f"  (wanted: {FIGURES[name]})" if name in FIGURES and view == "network" else ""
    print(
        f"{name:>12}  {view:9}  frame in motion {quartile(motion):6.1f} ms{wanted}   "
        f"another step {quartile(steps):6.1f}   another unit {quartile(moves):6.1f}"
    )


def main() -> None:
    """Print the table."""
    browser_path = os.environ.get("BACKSCOPE_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    with server() as address, sync_playwright() as playwright:
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        browser = playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=not is_root, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        print("lower quartile of the frames; software rendering, 1440 x 900")
        for name, widths in WIDTHS.items():
            for view in VIEWS:
                measure(page, address, name, widths, view)
        browser.close()


if __name__ == "__main__":
    main()
