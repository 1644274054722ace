"""How long the page takes to draw a frame, in a headless browser with software rendering.

For networks of about 50, 500 and 5,000 wires, and for 784-128-10, each view of the stage is stepped and played for
real. The frame-rate limit is off, so that the time from one animation frame to the next is the work of a frame:
script, style, layout and paint. A browser waits when nothing has changed, so one dot of the page blinks in every
frame; a page with nothing but that dot is measured in the same run. `work` is the processor time of the page's main
thread for each frame, which does not count how busy the machine is with other things.

    python -m tests.benchmarks.bench_drawing [part of a network's or view's name ...]
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
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from playwright.sync_api import Page, sync_playwright

from tests.page import Visit

PORT = int(os.environ.get("BACKSCOPE_BENCH_PORT", "8799"))
WIDTHS = {"48 wires": (4, 6, 4), "504 wires": (18, 18, 10), "4,970 wires": (69, 70, 2), "784-128-10": (784, 128, 10)}
WANTED = {"504 wires": 8.0, "4,970 wires": 33.0}
"""Milliseconds of a frame (DESIGN, 6), by network."""
ANSWER = 50.0
"""Milliseconds within which a step forward or back answers."""
VIEWS = ("network", "matrices", "batch")
FLAGS = ["--disable-frame-rate-limit", "--disable-gpu-vsync", "--disable-gpu"]
DIRECT = build_opener(ProxyHandler({}))

# Milliseconds from a key to the end of the frame that shows what it did.
PRESS = """async ([keys, count]) => {
  const times = [];
  const next = () => new Promise(requestAnimationFrame);
  await next();
  for (let k = 0; k < count; k++) {
    const start = performance.now();
    document.dispatchEvent(new KeyboardEvent("keydown", { key: keys[k % keys.length], bubbles: true }));
    await next();
    const { port1, port2 } = new MessageChannel();
    await new Promise((done) => { port1.onmessage = done; port2.postMessage(0); });
    times.push(performance.now() - start);
  }
  return times;
}"""

# Milliseconds from one animation frame to the next, for so long after a key (none: an empty page).
FRAMES = """async ([key, duration, presses]) => {
  const times = [];
  const dot = document.body.appendChild(document.createElement("i"));
  dot.style.cssText = "position: fixed; inset: 0 auto auto 0; inline-size: 1px; block-size: 1px; z-index: 99";
  const blink = () => dot.style.background = times.length % 2 ? "#888" : "#999";
  for (let k = 0; k < presses; k++) {
    if (key) document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const until = performance.now() + duration;
    let before = await new Promise(requestAnimationFrame);
    while (performance.now() < until) {
      blink();
      const now = await new Promise(requestAnimationFrame);
      times.push(now - before);
      before = now;
    }
  }
  dot.remove();
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
            for _ in range(200):
                try:
                    DIRECT.open(f"{address}/healthz", timeout=1)
                    break
                except URLError:
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


class Bench:
    """A page, and the processor time of its main thread."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.visit = Visit(page, address)
        self.session = page.context.new_cdp_session(page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def work(self) -> float:
        """Milliseconds the main thread has worked."""
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    def report(self, what: str, script: str, given: list[Any], wanted: float | None = None) -> None:
        """Run a script that gives the times of frames, and print one line of the table."""
        before = self.work()
        times = sorted(self.page.evaluate(script, given))
        work = (self.work() - before) / max(1, len(times))
        median = statistics.median(times)
        verdict = "" if wanted is None else f"   wanted {wanted:g}: {'met' if median <= wanted else 'MISSED'}"
        high = times[int(0.95 * (len(times) - 1))]
        print(f"{what:44} {median:6.1f} {high:6.1f} {times[-1]:6.1f} {work:6.1f} {len(times):6}{verdict}", flush=True)

    def measure(self, name: str, widths: tuple[int, ...], view: str) -> None:
        """Step and play one network in one view."""
        self.visit.open(f"#step=1&view={view}&by=unit", spec=spec(widths)).curve()
        wanted = WANTED.get(name)
        answer = ANSWER if wanted else None
        self.page.evaluate(PRESS, [["]", "["], 4])
        self.page.evaluate(PRESS, [["ArrowRight"], 4])
        self.report(f"{name}  {view}: another step", PRESS, [["]", "]", "["], 30], answer)
        self.report(f"{name}  {view}: another unit", PRESS, [["ArrowRight", "ArrowRight", "ArrowLeft"], 30], answer)
        self.visit.open(f"#step=2&view={view}&by=unit", spec=spec(widths))
        self.report(f"{name}  {view}: a unit in motion", FRAMES, ["ArrowRight", 440, 5], wanted)
        calls = self.visit.server.run(spec(widths))["program"]["calls"]
        back = next(call["writes"] for call in calls if call["phase"] == "backward" and call["writes"].startswith("dW"))
        self.visit.open(f"#step=2&view={view}&by=unit&frame={back}", spec=spec(widths))
        self.report(f"{name}  {view}: playing on its way back", FRAMES, [" ", 4000, 1], wanted)
        self.page.evaluate(PRESS, [[" "], 1])


def main() -> None:
    """Print the table."""
    asked = sys.argv[1:]
    browser_path = os.environ.get("BACKSCOPE_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    with server() as address, sync_playwright() as playwright:
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        browser = playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=not is_root, args=FLAGS)
        bench = Bench(browser.new_page(viewport={"width": 1440, "height": 900}), address)
        print("milliseconds of a frame; headless, software rendering, 1440 x 900")
        print(f"{'':44} {'median':>6} {'95 %':>6} {'most':>6} {'work':>6} {'frames':>6}")
        bench.report("a page with a dot", FRAMES, ["", 2000, 1])
        for name, widths in WIDTHS.items():
            for view in VIEWS:
                if all(part in f"{name} {view}" for part in asked):
                    bench.measure(name, widths, view)
        last = Bench(browser.new_page(viewport={"width": 1440, "height": 900}), address)
        last.report("a page with a dot again", FRAMES, ["", 2000, 1])
        browser.close()


if __name__ == "__main__":
    main()
