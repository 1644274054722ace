"""What gzip costs and saves on answers of ours. Run it: python -m tests.benchmarks.server.compression

app/answers.py takes its level from this: the time to compress an answer, against the time its bytes take over a
network of a school or a home.
"""

from __future__ import annotations

import gzip
import statistics
import sys
import time
from collections.abc import Mapping

import engine
from app import encode
from tests.benchmarks.server.wire import STUDENT

LEVELS = (1, 4, 6, 9)
NETWORKS = {"10 Mbit/s": 10e6, "100 Mbit/s": 100e6, "1 Gbit/s": 1e9}
SPECS: Mapping[str, dict[str, object]] = {
    "seed": {},
    "2-8-8-1, batch 32": STUDENT,
    "2-64-64-1, N=100": {"layers": [{"units": 64}, {"units": 64}, {"units": 1}]},
}


def main() -> int:
    """Print the table."""
    print(
        "trace                    bytes  level      ms  left    saved: "
        + "  ".join(f"{name:>12s}" for name in NETWORKS)
    )
    for name, spec in SPECS.items():
        found = engine.open_run(engine.ExperimentSpec.from_json(spec)).trace(3)
        body = encode.trace("0" * 32, found, encode.Selection(), per_array=10**9, in_all=10**9)
        for level in LEVELS:
            times = []
            for _ in range(9):
                started = time.perf_counter()
                packed = gzip.compress(body, level, mtime=0)
                times.append(time.perf_counter() - started)
            seconds = statistics.median(times)
            saved = [8 * (len(body) - len(packed)) / speed - seconds for speed in NETWORKS.values()]
            columns = "  ".join(f"{each * 1e3:9.2f} ms" for each in saved)
            cost = f"{level:5d}  {seconds * 1e3:6.2f}  {len(packed) / len(body):4.0%}"
            print(f"{name:20s} {len(body):>9,}  {cost}           {columns}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
