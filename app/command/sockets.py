"""Connections of a server: as many as a school needs, and none that is held without a request."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

FILES = 8_192
"""Files and sockets a server wants to have open at once; many systems allow 1,024 unless asked."""


def allow_many_files() -> None:
    """Let this process have as many files open as it wants, or as the system lets it."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def impatient(seconds: float) -> type[asyncio.Protocol]:
    """The server's protocol, but a connection on which no whole request has come for so long is closed.

    uvicorn closes one that is idle after an answer; on one that never asks, or never finishes asking, it waits for
    ever, and a thousand of them would keep everybody else out.
    """

    class Impatient(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        _waiting: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._wait()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.cycle is not None and not self.cycle.response_complete:
                self._stop_waiting()
            elif self._waiting is None:
                self._wait()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def _wait(self) -> None:
            self._waiting = self.loop.call_later(seconds, self.transport.close)

        def _stop_waiting(self) -> None:
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None

    found: Any = Impatient
    return found  # type: ignore[no-any-return]
