"""What the load scripts share: a server of its own process, a client that costs little, and figures."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
API = "/api/v1"
STUDENT: dict[str, Any] = {
    "data": {"kind": "uniform", "examples": 320, "inputs": 2, "outputs": 1},
    "layers": [{"units": 8, "activation": "tanh"}, {"units": 8, "activation": "tanh"}, {"units": 1}],
    "batch_size": 32,
    "epochs": 1000,
}
"""A student's network: 2-8-8-1, mini-batches of 32."""


class Served:
    """A server in a process of its own."""

    def __init__(self, command: Sequence[str], data_dir: Path) -> None:
        self._command = [sys.executable, *command]
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "PYTHONPATH": path, "BACKSCOPE_DATA_DIR": str(data_dir)}
        started = time.monotonic()
        self.process = subprocess.Popen(
            self._command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout is not None
        heard = ""
        for line in self.process.stdout:
            heard += line
            if found := re.search(r"http://([\d.]+):(\d+)", line):
                self.host, self.port = found[1], int(found[2])
                self.seconds_to_start = time.monotonic() - started
                return
        raise SystemExit(f"The server did not start:\n{heard}")

    def kill(self) -> None:
        """End it without a word to it."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """End it."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(20)
        if self.process.stdout is not None:
            self.process.stdout.close()

    @property
    def megabytes(self) -> float:
        """What it holds in memory. Linux alone says so."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", text)
        return int(found[1]) / 1024 if found else 0.0

    @property
    def files(self) -> int:
        """How many files and sockets it has open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    @property
    def cpu_seconds(self) -> float:
        """What it has computed so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def backscope(data_dir: Path, *options: str) -> Iterator[Served]:
    """A server of ours on a free port."""
    server = Served(["-m", "app", "serve", "--port", "0", *options], data_dir)
    try:
        yield server
    finally:
        server.close()


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes

    def json(self) -> Any:
        """The document in it."""
        return json.loads(self.body)


class Wire:
    """One connection, kept open: it sends a request and reads the answer, and does nothing else."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Got:
        """The answer to a GET."""
        return await self._ask("GET", path, headers or {}, b"")

    async def post(self, path: str, document: Any) -> Got:
        """The answer to a POST of JSON."""
        return await self._ask("POST", path, {"content-type": "application/json"}, json.dumps(document).encode())

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Got:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port, limit=2**24)
        reader, writer = self._streams
        try:
            lines = [f"{method} {path} HTTP/1.1", f"host: {self._host}", f"content-length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
            found = dict(line.lower().split(b": ", 1) for line in head[1:] if line)
            answer = await reader.readexactly(int(found.get(b"content-length", b"0")))
        except BaseException:
            self.close()
            raise
        if found.get(b"connection") == b"close":
            self.close()
        return Got(int(head[0].split(b" ")[1]), found, answer)

    def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent are not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def spread(seconds: Sequence[float]) -> str:
    """Percentiles of durations, for people."""
    return "  ".join(f"p{p:g} {percentile(seconds, p) * 1e3:.1f} ms" for p in (50, 90, 99, 100)).replace("p100", "max")
