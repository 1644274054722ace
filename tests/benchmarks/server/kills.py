"""Kills under load: nothing that was acknowledged is lost. Run it: python -m tests.benchmarks.server.kills

Clients post new experiments without pause, the server is killed at a random moment, and another starts on the same
folder. Every id it had answered with must open again, with the spec that was posted.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.benchmarks.server.wire import API, Served, Wire, percentile

Acknowledged = dict[str, int]
"""Seeds of the experiments that the server has said it keeps, by the addresses of their runs."""


def experiment(seed: int) -> dict[str, Any]:
    """A small experiment like no other."""
    return {"data": {"kind": "xor"}, "layers": [{"units": 2}, {"units": 1}], "epochs": 10, "seed": seed}


class Round:
    """A server from its start to its kill."""

    def __init__(self, folder: Path, first_seed: int) -> None:
        self.server = Served(["-m", "app", "serve", "--port", "0"], folder)
        self.acknowledged: Acknowledged = {}
        self.wrong: list[str] = []
        self._seeds = iter(range(first_seed, first_seed + 10**6))

    async def load(self, clients: int, seconds: float) -> None:
        """Post without pause, and kill in the middle of it."""
        posting = [asyncio.ensure_future(self._post()) for _ in range(clients)]
        await asyncio.sleep(seconds)
        self.server.process.kill()
        await asyncio.gather(*posting)
        self.server.kill()

    async def _post(self) -> None:
        wire = Wire(self.server.host, self.server.port)
        with suppress(OSError, asyncio.IncompleteReadError):
            for seed in self._seeds:
                got = await wire.post(f"{API}/runs", experiment(seed))
                if got.status == 201 and got.headers[b"backscope-kept"] == b"disk":
                    self.acknowledged[got.headers[b"location"].decode()] = seed
                else:
                    self.wrong.append(f"{got.status} {got.headers.get(b'backscope-kept')!r}")
        wire.close()

    async def missing(self, acknowledged: Acknowledged) -> list[str]:
        """What was acknowledged before and is not there, or is something else."""
        wire = Wire(self.server.host, self.server.port)
        found = []
        for address, seed in acknowledged.items():
            got = await wire.get(address)
            if got.status != 200 or got.json()["spec"]["seed"] != seed:
                found.append(address)
        wire.close()
        return found


def main() -> int:
    """Read the arguments, kill, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--longest", type=float, default=1.0, help="seconds of load before a kill, at most")
    options = parser.parse_args()
    draw = random.Random(0)
    everything: Acknowledged = {}
    last: Acknowledged = {}
    lost: set[str] = set()
    wrong: list[str] = []
    starts: list[float] = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for kill in range(options.kills + 1):
            each = Round(Path(folder), kill * 10**6)
            starts.append(each.server.seconds_to_start)
            is_end = kill == options.kills
            lost.update(asyncio.run(each.missing(everything if is_end else last)))
            if is_end:
                each.server.close()
                break
            asyncio.run(each.load(options.clients, draw.uniform(0.02, options.longest)))
            last, wrong = each.acknowledged, wrong + each.wrong
            everything |= last
    print(
        f"{options.kills} kills under {options.clients} clients in {time.monotonic() - started:.0f} s: "
        f"{len(everything)} experiments acknowledged, {len(lost)} lost, {len(wrong)} not kept\n"
        f"start after a kill: p50 {percentile(starts, 50):.2f} s, max {max(starts):.2f} s"
    )
    return int(bool(lost or wrong))


if __name__ == "__main__":
    sys.exit(main())
