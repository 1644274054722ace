"""Ways for the client to reach a server: over a connection, through a client of httpx, or inside this process.

Nothing here needs a package: a connection is the standard library's, and httpx or httpx2 is used where it is handed in.
"""

from __future__ import annotations

import asyncio
import http.client
import queue
import threading
from collections.abc import Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlsplit

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """What a server answered; names of headers are in small letters."""

    status: int
    headers: Headers
    body: bytes


class Transport(Protocol):
    """Sends a request and brings back the answer."""

    address: str
    """Where the server is, for a browser; empty where no browser can reach it."""

    def request(self, method: str, path: str, headers: Headers, body: bytes | None = None) -> Reply:
        """One request, its answer whole."""

    def stream(self, path: str, headers: Headers) -> tuple[Reply, Generator[bytes]]:
        """A GET whose answer comes in pieces; the reply has no body if it is one."""

    def close(self) -> None:
        """Let go of the server."""


class Connection:
    """A connection of the standard library, kept open between requests. For one thread at a time."""

    def __init__(self, address: str, timeout: float = 60.0) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"an address such as http://127.0.0.1:8765, not {address!r}")
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.address = f"{parts.scheme}://{parts.netloc}"
        self._where = (parts.hostname, parts.port)
        self._timeout = timeout
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None

    def request(self, method: str, path: str, headers: Headers, body: bytes | None = None) -> Reply:
        """One request; once more on a new connection if the old one has been closed meanwhile."""
        with self._lock:
            for attempt in (1, 2):
                connection = self._connection or self._new()
                self._connection = connection
                try:
                    connection.request(method, path, body, dict(headers))
                    answer = connection.getresponse()
                    return Reply(answer.status, _small(answer.getheaders()), answer.read())
                except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                    self._drop()
                    if attempt == 2:
                        raise
                except BaseException:
                    self._drop()
                    raise
        raise AssertionError

    def stream(self, path: str, headers: Headers) -> tuple[Reply, Generator[bytes]]:
        """A GET on a connection of its own."""
        connection = self._new()
        with ExitStack() as opened:
            opened.callback(connection.close)
            connection.request("GET", path, None, dict(headers))
            answer = opened.enter_context(connection.getresponse())
            if answer.status != 200:
                return Reply(answer.status, _small(answer.getheaders()), answer.read()), _pieces(iter(()), ExitStack())
            coming = iter(partial(answer.read1, 65_536), b"")
            return Reply(200, _small(answer.getheaders()), b""), _pieces(coming, opened.pop_all())

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._drop()

    def _new(self) -> http.client.HTTPConnection:
        return self._kind(*self._where, timeout=self._timeout)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Borrowed:
    """A client of httpx or httpx2, or one that behaves like it."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.address = str(getattr(client, "base_url", "")).rstrip("/")

    def request(self, method: str, path: str, headers: Headers, body: bytes | None = None) -> Reply:
        """One request."""
        answer = self._client.request(method, path, headers=dict(headers), content=body, follow_redirects=False)
        return Reply(answer.status_code, _small(answer.headers.items()), answer.content)

    def stream(self, path: str, headers: Headers) -> tuple[Reply, Generator[bytes]]:
        """A GET whose answer comes in pieces."""
        with ExitStack() as opened:
            answer = opened.enter_context(self._client.stream("GET", path, headers=dict(headers)))
            if answer.status_code != 200:
                return Reply(answer.status_code, _small(answer.headers.items()), answer.read()), _pieces(
                    iter(()), ExitStack()
                )
            return Reply(200, _small(answer.headers.items()), b""), _pieces(answer.iter_bytes(), opened.pop_all())

    def close(self) -> None:
        """It belongs to whoever handed it in."""


class InProcess:
    """A server of our own in this process: an application on an event loop in a thread, without a socket."""

    address = ""

    def __init__(self, app: Any, end: Callable[[], None]) -> None:
        self._app = app
        self._end = end
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="backscope", daemon=True)
        self._thread.start()

    def request(self, method: str, path: str, headers: Headers, body: bytes | None = None) -> Reply:
        """One request."""
        reply, pieces = self._start(method, path, headers, body)
        return Reply(reply.status, reply.headers, b"".join(pieces))

    def stream(self, path: str, headers: Headers) -> tuple[Reply, Generator[bytes]]:
        """A GET whose answer comes in pieces."""
        reply, pieces = self._start("GET", path, headers, None)
        return (reply if reply.status == 200 else Reply(reply.status, reply.headers, b"".join(pieces))), pieces

    def close(self) -> None:
        """End the application and its thread."""
        if not self._loop.is_closed():
            self._end()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
            self._loop.close()

    def _start(self, method: str, path: str, headers: Headers, body: bytes | None) -> tuple[Reply, Generator[bytes]]:
        told: queue.Queue[Any] = queue.Queue()
        leaving = asyncio.Event()
        task = asyncio.run_coroutine_threadsafe(self._call(method, path, headers, body, told, leaving), self._loop)
        first = told.get()
        if isinstance(first, BaseException):
            raise first

        def pieces() -> Generator[bytes]:
            try:
                while (piece := told.get()) is not None:
                    if isinstance(piece, BaseException):
                        raise piece
                    yield piece
            finally:
                with suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(leaving.set)
                with suppress(Exception):
                    task.result(5)

        return first, pieces()

    async def _call(
        self,
        method: str,
        path: str,
        headers: Headers,
        body: bytes | None,
        told: queue.Queue[Any],
        leaving: asyncio.Event,
    ) -> None:
        path, _, query = path.partition("?")
        sent = False

        async def receive() -> dict[str, Any]:
            nonlocal sent
            if not sent:
                sent = True
                return {"type": "http.request", "body": body or b"", "more_body": False}
            await leaving.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                told.put(Reply(message["status"], _small((a.decode(), b.decode()) for a, b in message["headers"]), b""))
            elif message.get("body"):
                told.put(message["body"])

        named = {"host": "127.0.0.1", **headers}
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
            "headers": [(name.lower().encode(), value.encode()) for name, value in named.items()],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 80),
        }
        call: Callable[..., Awaitable[None]] = self._app
        try:
            await call(scope, receive, send)
        except BaseException as error:
            told.put(error)
        told.put(None)


def _pieces(coming: Iterator[bytes], opened: ExitStack) -> Generator[bytes]:
    """What comes, until it ends or nobody wants more."""
    with opened:
        yield from coming


def _small(headers: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in headers}
