"""Memory over many requests. Run it: python -m tests.benchmarks.server.memory

An hour of a class of 30, each asking for something every two seconds, is 54,000 requests; they are sent as fast as they
are answered. New runs, traces, explanations, histories, files and streams that are left in the middle, with the
server's memory and open files ten times on the way.
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

from tests.benchmarks.server.wire import API, STUDENT, Served, Wire, backscope

ACTS = ("step",) * 12 + ("any step", "explain", "explain", "check", "history", "metrics", "surface", "new", "stream")


class Visitor:
    """Somebody who tries everything."""

    def __init__(self, server: Served, seed: int, statuses: Counter[int]) -> None:
        self._server = server
        self._draw = random.Random(seed)
        self._statuses = statuses
        self._seed = seed * 10**6
        self._run = ""
        self._step = 0

    async def visit(self, requests: int) -> None:
        """Send so many requests."""
        wire = Wire(self._server.host, self._server.port)
        for _ in range(requests):
            act = self._draw.choice(ACTS) if self._run else "new"
            if act == "new":
                await self._new(wire)
            elif act == "stream":
                await self._leave_a_stream()
            else:
                got = await wire.get(self._run + self._path(act))
                self._statuses[got.status] += 1
        wire.close()

    async def _new(self, wire: Wire) -> None:
        self._seed += 1
        self._step = 0
        posted = await wire.post(f"{API}/runs", {**STUDENT, "seed": self._seed})
        self._statuses[posted.status] += 1
        self._run = posted.headers.get(b"location", b"").decode()  # none from a server that is too busy

    async def _leave_a_stream(self) -> None:
        reader, writer = await asyncio.open_connection(self._server.host, self._server.port)
        writer.write(f"GET {self._run}/events HTTP/1.1\r\nhost: {self._server.host}\r\n\r\n".encode())
        self._statuses[int((await reader.readline()).split()[1])] += 1
        writer.close()

    def _path(self, act: str) -> str:
        self._step = (self._step + 1) % 900
        at = f"/steps/{self._step}"
        return {
            "step": at,
            "any step": f"/steps/{self._draw.randrange(1000)}",
            "explain": f"{at}/explain?name=delta1&index=0,{self._draw.randrange(8)}",
            "check": f"{at}/check",
            "history": f"/history?points={self._draw.randrange(20, 200)}",
            "metrics": f"{at}/metrics",
            "surface": f"{at}/surface?name=a2&resolution=20",
        }[act]


async def measure(server: Served, requests: int, visitors: int) -> list[float]:
    """Print a line ten times on the way; the megabytes of each."""
    statuses: Counter[int] = Counter()
    people = [Visitor(server, seed, statuses) for seed in range(visitors)]
    found: list[float] = []
    started = time.monotonic()
    for tenth in range(1, 11):
        await asyncio.gather(*(person.visit(requests // visitors // 10) for person in people))
        found.append(server.megabytes)
        print(
            f"{requests * tenth // 10:>9,} requests  {found[-1]:6.0f} MB  {server.files:4d} files  "
            f"{time.monotonic() - started:6.0f} s  {dict(sorted(statuses.items()))}",
            flush=True,
        )
    return found


def main() -> int:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=54_000)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--promise", type=float, default=10.0, help="percent it may grow over the second half")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, backscope(Path(folder), "--profile", "shared") as server:
        found = asyncio.run(measure(server, options.requests, options.visitors))
    growth = (found[-1] / found[4] - 1) * 100
    print(f"over the second half it grew by {growth:.1f} %")
    return int(growth > options.promise)


if __name__ == "__main__":
    sys.exit(main())
