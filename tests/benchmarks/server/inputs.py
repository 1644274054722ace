"""Hostile requests in numbers. Run it: python -m tests.benchmarks.server.inputs

specs     random experiments, most with something wrong in them; those that are taken are stepped and explained
cases     calls drawn from the OpenAPI document
bodies    every raw body of the corpus on every route
judge     calls drawn by Schemathesis, which knows nothing of ours: pip install schemathesis

No answer may be a 5xx or one that the document does not promise, and none may take long. Meanwhile somebody else asks
for the server's health all the time: what that takes at most is how long it ever stood still.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.client.transports import Connection, Reply
from app.openapi_examples import SPEC
from tests.app.bodies import corpus
from tests.app.hostile import cases, fault, specs
from tests.benchmarks.server.wire import API, Served, backscope

JSON = {"content-type": "application/json"}
SLOW_SECONDS = 5.0


class Asker:
    """Sends requests, and counts what comes of them."""

    def __init__(self, server: Served) -> None:
        self._connection = Connection(f"http://{server.host}:{server.port}")
        self.statuses: Counter[int] = Counter()
        self.slowest = (0.0, "")
        self.wrong: list[str] = []

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None) -> Reply:
        """The answer; a 5xx or a slow one is noted."""
        started = time.perf_counter()
        reply = self._connection.request(method, path, headers or {}, body)
        seconds = time.perf_counter() - started
        self.statuses[reply.status] += 1
        what = f"{method} {path[:200]} {(body or b'')[:500]!r}"
        self.slowest = max(self.slowest, (seconds, what))
        if reply.status >= 500 or seconds > SLOW_SECONDS:
            self.wrong.append(f"{reply.status} after {seconds:.1f} s: {what}")
        return reply

    def report(self, name: str, count: int, standstill: float) -> bool:
        """Print what came of it; true if nothing was wrong."""
        seconds, what = self.slowest
        print(
            f"{name}: {count:,} in {sum(self.statuses.values()):,} requests, {dict(sorted(self.statuses.items()))}\n"
            f"  wrong {len(self.wrong)}, slowest {seconds * 1e3:.0f} ms ({what[:100]}), "
            f"health answered within {standstill * 1e3:.0f} ms"
        )
        for each in self.wrong[:10]:
            print(f"  {each}")
        return not self.wrong


@contextmanager
def watched(server: Served) -> Iterator[list[float]]:
    """Ask for the health all the time; the longest it took is the last of the list."""
    longest, ended = [0.0], threading.Event()

    def ask() -> None:
        connection = Connection(f"http://{server.host}:{server.port}")
        while not ended.wait(0.02):
            started = time.perf_counter()
            connection.request("GET", "/healthz", {})
            longest.append(max(longest[-1], time.perf_counter() - started))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield longest
    finally:
        ended.set()
        thread.join()


def try_specs(asker: Asker, count: int, _: Mapping[str, Any]) -> int:
    """Post random experiments, and look at those that are taken."""
    for spec in specs(count):
        posted = asker.ask("POST", f"{API}/runs", JSON, json.dumps(spec).encode())
        if posted.status not in (200, 201):
            continue
        run, last = posted.headers["location"], json.loads(posted.body)["steps"] - 1
        for path in ("steps/0", f"steps/{min(last, 30)}", "steps/0/explain?name=loss"):
            reply = asker.ask("GET", f"{run}/{path}")
            if reply.status != 200:
                asker.wrong.append(f"{reply.status}: {path} of {json.dumps(spec)[:800]}")
    return count


def try_cases(asker: Asker, count: int, document: Mapping[str, Any]) -> int:
    """Make calls drawn from the document."""
    run = json.loads(asker.ask("POST", f"{API}/runs", JSON, json.dumps(SPEC).encode()).body)["id"]
    for case in cases(dict(document), run, count):
        reply = asker.ask(case.method, case.path, case.headers, case.body)
        found = fault(case, dict(document), reply.status, reply.headers, reply.body)
        if found:
            asker.wrong.append(f"{found}: {case.method} {case.path[:300]} {case.headers}")
    return count


def try_bodies(asker: Asker, _: int, document: Mapping[str, Any]) -> int:
    """Post every body of the corpus to every route."""
    run = json.loads(asker.ask("POST", f"{API}/runs", JSON, json.dumps(SPEC).encode()).body)["id"]
    paths = [*document["paths"], "/", "/docs", "/static/css/page.css", "/nothing"]
    for path in paths:
        address = path.replace("{run}", run).replace("{step}", "0").replace("{chart}", "loss").replace("{name}", "x")
        for body in corpus().values():
            asker.ask("POST", address, JSON, body)
    return len(corpus()) * len(paths)


def judge(server: Served, examples: int) -> bool:
    """Have Schemathesis make its own calls."""
    if importlib.util.find_spec("schemathesis") is None:
        print("judge: Schemathesis is not installed (pip install schemathesis); left out")
        return True
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"http://{server.host}:{server.port}/openapi.json"]
    command += ["--max-examples", str(examples), "--phases", "examples,coverage,fuzzing", "--no-color"]
    # An endless stream is none of its formats; and what a spec may hold, no schema says completely.
    command += ["--exclude-operation-id", "getEvents", "--exclude-checks", "positive_data_acceptance"]
    done = subprocess.run([*command, "--warnings", "off", "--seed", "1"], capture_output=True, text=True, check=False)
    print("judge:", *[line.strip() for line in done.stdout.splitlines() if "generated" in line or "❌" in line])
    if done.returncode:
        print(done.stdout[-6000:])
    return done.returncode == 0


def main() -> int:
    """Read the arguments, ask, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--specs", type=int, default=10_000)
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--bodies", type=int, default=1, help="0 leaves them out")
    parser.add_argument("--judge", type=int, default=250, help="examples for every operation")
    options = parser.parse_args()
    fine = True
    with tempfile.TemporaryDirectory() as folder, backscope(Path(folder), "--profile", "shared") as server:
        document = json.loads(Asker(server).ask("GET", "/openapi.json").body)
        tried = {"specs": (try_specs, options.specs), "cases": (try_cases, options.cases)}
        for name, (attempt, count) in {**tried, "bodies": (try_bodies, options.bodies)}.items():
            if not count:
                continue
            asker = Asker(server)
            with watched(server) as longest:
                done = attempt(asker, count, document)
            fine &= asker.report(name, done, longest[-1])
        if options.judge:
            fine &= judge(server, options.judge)
        print(f"server: {server.megabytes:.0f} MB, {server.cpu_seconds:.0f} s of computing")
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
