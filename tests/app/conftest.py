"""What the server's tests share: small experiments, and an ASGI call whose every message is in the test's hands."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import create_app
from app.settings import Settings

XOR = {
    "data": {"kind": "xor"},
    "layers": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
    "epochs": 20,
}
DIVERGING = {
    "data": {"kind": "inline", "x": [[1.0], [2.0]], "y": [[1e200], [-1e200]]},
    "layers": [{"units": 3, "activation": "relu"}, {"units": 1}],
    "optimizer": {"kind": "sgd", "learning_rate": 1e6},
    "epochs": 12,
}


@pytest.fixture
def xor() -> dict[str, Any]:
    """A small experiment: four examples, two layers, twenty steps."""
    return json.loads(json.dumps(XOR))


@pytest.fixture
def diverging() -> dict[str, Any]:
    """An experiment whose numbers overflow within a few steps."""
    return json.loads(json.dumps(DIVERGING))


@pytest.fixture(scope="session")
def one_api(tmp_path_factory) -> Iterator[TestClient]:
    """One client for all tests that only ask and are refused."""
    application = create_app(Settings(data_dir=tmp_path_factory.mktemp("one")))
    with TestClient(application, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def open_run(api) -> Callable[[dict[str, Any]], str]:
    """Return a function that posts a spec and gives the address of its run."""

    def post(spec: dict[str, Any]) -> str:
        answer = api.post("/api/v1/runs", json=spec)
        assert answer.status_code in (200, 201), answer.text
        return str(answer.headers["location"])

    return post


@pytest.fixture
def seed_run(open_run) -> str:
    """The address of the experiment that opens first."""
    return open_run({})


@pytest.fixture
def xor_run(open_run, xor) -> str:
    """The address of the small experiment."""
    return open_run(xor)


@dataclass
class Reply:
    """What an application answered to one call."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


Receive = Callable[[], Awaitable[dict[str, Any]]]


@pytest.fixture
def call() -> Callable[..., Awaitable[Reply]]:
    """Return a coroutine function that makes one ASGI call; `receive` gives the request's messages."""

    async def make(
        app: Any,
        path: str,
        *,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        receive: Receive | None = None,
        raw_headers: list[tuple[bytes, bytes]] | None = None,
    ) -> Reply:
        path, _, query = path.partition("?")
        reply = Reply()

        async def nothing() -> dict[str, Any]:
            if not asked:
                asked.append(True)
                return {"type": "http.request", "body": b"", "more_body": False}
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                reply.status = message["status"]
                reply.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                reply.body += message.get("body", b"")

        asked: list[bool] = []
        named = {"host": "127.0.0.1", **(headers or {})}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": raw_headers or [(name.encode(), value.encode()) for name, value in named.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await app(scope, receive or nothing, send)
        return reply

    return make


@pytest.fixture(scope="session")
def start_redis(tmp_path_factory):
    """Return a function that starts a real server on a port of ours, and gives the process and its URL."""
    program = next(filter(None, map(shutil.which, ("redis-server", "valkey-server"))), None)
    if program is None:
        pytest.skip("no redis-server or valkey-server to test with: apt-get install redis-server")
    pytest.importorskip("redis", reason="the extra [cluster] is not installed")
    running: list[subprocess.Popen[bytes]] = []

    def start(port: int = 0) -> tuple[subprocess.Popen[bytes], str, int]:
        if port == 0:
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
        process = subprocess.Popen(
            [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            cwd=tmp_path_factory.mktemp("redis"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        running.append(process)
        url = f"redis://127.0.0.1:{port}/0"
        import redis

        client = redis.Redis.from_url(url)
        for _ in range(1_000):
            try:
                if client.ping():
                    break
            except redis.ConnectionError:
                time.sleep(0.01)
        client.close()
        return process, url, port

    yield start
    for process in running:
        process.kill()
        process.wait(30)
