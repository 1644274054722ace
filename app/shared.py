"""A store that several servers share: Redis or Valkey, an extra (`pip install backscope[cluster]`).

It saves work and lets one machine know what was posted to another. Everything works without it: when it does not
answer, it is left alone for a while, and the log says so once.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

log = logging.getLogger("backscope.shared")

ANSWER_SECONDS = 0.25
"""How long it may take to answer."""
REST_SECONDS = 5.0
"""How long it is left alone after it did not."""
KEEP_SECONDS = 24 * 3600
"""How long an answer stays in it. Experiments stay for as long as it has room."""
LARGEST_BYTES = 8 * 2**20
PREFIX = "backscope:"
DIGEST = hashlib.sha256().digest_size
SCHEMES = {"valkey": "redis", "valkeys": "rediss", "redis": "redis", "rediss": "rediss", "unix": "unix"}


class Shared(Protocol):
    """What is asked of a shared store. It may forget anything at any time."""

    def get(self, key: str) -> bytes | None:
        """What was put there, if it is there and whole."""

    def put(self, key: str, value: bytes, seconds: int | None = None) -> None:
        """Put something there, for so long."""

    def state(self) -> str:
        """`none`, `up` or `down`."""

    def close(self) -> None:
        """Let go of it."""


class Nothing:
    """No shared store."""

    def get(self, key: str) -> bytes | None:
        """Nothing."""
        return None

    def put(self, key: str, value: bytes, seconds: int | None = None) -> None:
        """Nothing."""

    def state(self) -> str:
        """There is none."""
        return "none"

    def close(self) -> None:
        """Nothing."""


class Redis:
    """A Redis or Valkey server. Every value carries its digest, so that half a value is none."""

    def __init__(self, client: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._rests_until = 0.0
        self._down = False

    def get(self, key: str) -> bytes | None:
        """What was put there, if it is there and whole."""
        value = self._ask(lambda: self._client.get(PREFIX + key))
        if not isinstance(value, bytes) or hashlib.sha256(value[DIGEST:]).digest() != value[:DIGEST]:
            return None
        return value[DIGEST:]

    def put(self, key: str, value: bytes, seconds: int | None = None) -> None:
        """Put something there, for so long."""
        if len(value) <= LARGEST_BYTES:
            whole = hashlib.sha256(value).digest() + value
            self._ask(lambda: self._client.set(PREFIX + key, whole, ex=seconds))

    def state(self) -> str:
        """Did it answer the last time?"""
        return "down" if self._down else "up"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, question: Callable[[], Any]) -> Any:
        """The answer, or None where it has failed or is resting from a failure."""
        if self._clock() < self._rests_until:
            return None
        try:
            answer = question()
        except Exception as error:  # whatever it is, it is no reason not to answer a request
            self._failed(error)
            return None
        if self._down:
            with self._lock:
                self._down = False
            log.warning("the shared store answers again")
        return answer

    def _failed(self, error: Exception) -> None:
        with self._lock:
            known, self._down = self._down, True
            self._rests_until = self._clock() + REST_SECONDS
        if not known:
            log.warning("the shared store does not answer (%s); going on without it", type(error).__name__)


def connect(url: str) -> Shared:
    """The shared store at a URL, or none for an empty one. Nothing is sent yet.

    Raises ValueError for a URL it cannot be at, ImportError where the extra is not installed.
    """
    if not url:
        return Nothing()
    scheme, colon, rest = url.partition("://")
    if not colon or scheme not in SCHEMES:
        raise ValueError(url)
    import redis

    client = redis.Redis.from_url(
        f"{SCHEMES[scheme]}://{rest}",
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        client_name="backscope",
    )
    return Redis(client)
