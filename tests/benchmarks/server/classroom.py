"""Students who each step their own run. Run it: python -m tests.benchmarks.server.classroom

Every student has a connection and a run of its own, joins within the first ten seconds, and asks for the next step
every two seconds, at a moment that is not the others'. What counts is the time from the click to the last byte of the
trace. Client and server share the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.benchmarks.server.wire import API, STUDENT, Served, Wire, backscope, percentile, spread


class Class:
    """What the students have seen."""

    def __init__(self) -> None:
        self.joining: list[float] = []
        self.seconds: list[float] = []
        self.late: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.bytes = 0

    async def student(self, server: Served, seed: int, until: float, every: float, join: float) -> None:
        """Join, and step until the lesson ends."""
        draw = random.Random(seed)
        wire = Wire(server.host, server.port)
        await asyncio.sleep(draw.uniform(0, join))
        started = time.perf_counter()
        run = await self._join(wire, seed)
        self.joining.append(time.perf_counter() - started)
        step, due = 0, time.perf_counter() + draw.uniform(0, every)
        while due < until:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            started = time.perf_counter()
            got = await wire.get(f"{run}/steps/{step}")
            self.seconds.append(time.perf_counter() - started)
            self.late.append(started - due)
            self.statuses[got.status] += 1
            self.bytes += len(got.body)
            step, due = step + 1, due + every
        wire.close()

    async def _join(self, wire: Wire, seed: int) -> str:
        """Post an experiment of one's own; its address. A page that is told to come back later does so."""
        while True:
            posted = await wire.post(f"{API}/runs", {**STUDENT, "seed": seed})
            self.statuses[posted.status] += 1
            if b"location" in posted.headers:
                return posted.headers[b"location"].decode()
            if posted.status != 503:
                raise SystemExit(f"{posted.status}: {posted.body[:300]!r}")
            await asyncio.sleep(int(posted.headers[b"retry-after"]))


async def lesson(server: Served, students: int, seconds: float, every: float, join: float) -> Class:
    """A lesson of so many seconds after all have joined."""
    found = Class()
    until = time.perf_counter() + join + seconds
    await asyncio.gather(*(found.student(server, seed, until, every, join) for seed in range(students)))
    return found


def main() -> int:
    """Read the arguments, hold the lesson, print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between the steps of a student")
    parser.add_argument("--join", type=float, default=10.0, help="seconds within which all join")
    parser.add_argument(
        "--promise", type=float, default=50.0, help="milliseconds that p99 may take; exit status 1 above"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, backscope(Path(folder), "--profile", "shared") as server:
        found = asyncio.run(lesson(server, options.students, options.seconds, options.every, options.join))
        steps, wrong = len(found.seconds), sum(n for status, n in found.statuses.items() if status >= 400)
        print(
            f"{options.students} students, a step every {options.every:g} s: {steps} steps, {wrong} errors, "
            f"{found.bytes / max(steps, 1) / 1024:.0f} KiB each\n"
            f"joining             {spread(found.joining)}\n"
            f"click to last byte  {spread(found.seconds)}\n"
            f"the client itself was late by {spread(found.late)}\n"
            f"server: {server.cpu_seconds:.1f} s of computing, {server.megabytes:.0f} MB"
        )
    return int(wrong > 0 or percentile(found.seconds, 99) * 1e3 > options.promise)


if __name__ == "__main__":
    sys.exit(main())
