"""Traces a second, beside a bare ASGI application. Run it: python -m tests.benchmarks.server.throughput

The bare application sends the same bytes with the same headers, on the same server and connections, and does nothing
else: what is lost against it is ours. All take turns in rounds; of each the median counts. Client and server share the
machine.

bare          the application that only sends
unchanged     a trace the client has already: 304
cached        a trace that somebody has asked for before
fresh, next   the step after the last, computed now; a run for every connection
fresh, any    steps of a long run in no order
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from tests.benchmarks.server.wire import API, ROOT, Served, Wire, backscope

BARE = """
import sys
import uvicorn
BODY = open(sys.argv[1], "rb").read()
HEADERS = [line.split(b": ", 1) for line in open(sys.argv[2], "rb").read().split(b"\\n")]

async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})

async def main():
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None, access_log=False, ws="none",
                            server_header=False, proxy_headers=False, limit_concurrency=2_000)
    server = uvicorn.Server(config)
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    print("http://%s:%d" % server.servers[0].sockets[0].getsockname()[:2], flush=True)
    await server.main_loop()

import asyncio
asyncio.run(main())
"""


async def rate(server: Served, paths: list[Iterator[str]], seconds: float, headers: dict[str, str]) -> float:
    """Answers a second over as many connections as there are lists of paths."""
    expected = 304 if "if-none-match" in headers else 200
    done = 0
    until = time.perf_counter() + seconds

    async def one(addresses: Iterator[str]) -> None:
        nonlocal done
        wire = Wire(server.host, server.port)
        while time.perf_counter() < until:
            got = await wire.get(next(addresses), headers)
            if got.status != expected:
                raise SystemExit(f"{got.status}: {got.body[:300]!r}")
            done += 1
        wire.close()

    started = time.perf_counter()
    await asyncio.gather(*(one(addresses) for addresses in paths))
    return done / (time.perf_counter() - started)


async def measure(folder: Path, seconds: float, rounds: int, connections: int) -> None:
    """Print the table."""
    with backscope(folder) as ours:
        wire = Wire(ours.host, ours.port)
        runs = [await _run(wire, {"epochs": 1_000_000, "seed": seed}) for seed in range(connections)]
        path = f"{runs[0]}/steps/3"
        trace = await wire.get(path)
        (folder / "body").write_bytes(trace.body)
        (folder / "headers").write_bytes(
            b"\n".join(b": ".join(each) for each in trace.headers.items() if each[0] != b"date")
        )
        script = folder / "bare.py"
        script.write_text(BARE)
        bare = Served([str(script), str(folder / "body"), str(folder / "headers")], folder)
        etag = trace.headers[b"etag"].decode()
        nexts = [(f"{run}/steps/{step}" for step in count(10)) for run in runs]
        draw = random.Random(0)
        anywhere = [(f"{runs[0]}/steps/{draw.randrange(20_000, 200_000)}" for _ in count()) for _ in range(connections)]
        same = [_always(path) for _ in range(connections)]
        contenders: dict[str, Callable[[], Any]] = {
            "bare": lambda: rate(bare, same, seconds, {}),
            "unchanged": lambda: rate(ours, same, seconds, {"if-none-match": etag}),
            "cached": lambda: rate(ours, same, seconds, {}),
            "fresh, next": lambda: rate(ours, nexts, seconds, {}),
            "fresh, any": lambda: rate(ours, anywhere, seconds, {}),
        }
        await wire.get(f"{runs[0]}/steps/200000?names=loss")
        found: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(rounds):
            for name, measured in contenders.items():
                found[name].append(await measured())
        bare.close()
        wire.close()
    medians = {name: statistics.median(rates) for name, rates in found.items()}
    print(f"traces of {len(trace.body):,} bytes, {connections} connections, {rounds} rounds of {seconds:g} s")
    for name, each in medians.items():
        low, high = min(found[name]), max(found[name])
        print(f"{name:12s} {each:8,.0f}/s  ({low:,.0f} to {high:,.0f})  {each / medians['bare']:.2f} of bare")


async def _run(wire: Wire, spec: dict[str, Any]) -> str:
    posted = await wire.post(f"{API}/runs", spec)
    return posted.headers[b"location"].decode()


def _always(path: str) -> Iterator[str]:
    while True:
        yield path


def main() -> int:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=8)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), options.seconds, options.rounds, options.connections))
    return 0


if __name__ == "__main__":
    sys.exit(main())
