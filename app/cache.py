"""Encoded answers in memory: least recently used go first, and one new answer is computed once, whoever asks."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from importlib.metadata import version

from starlette.requests import Request

import engine
from app.answers import Answer
from app.compute import Flight, Stop, Workers
from app.shared import KEEP_SECONDS, Shared

Key = tuple[Hashable, ...]
"""What an answer depends on; first what it belongs to, a run as a rule."""

OVERHEAD = 2_000
"""Bytes an entry costs beside its answer, roughly."""


WORTH_SECONDS = 0.005
"""What was computed faster than this is computed again sooner than fetched."""


class SharedAnswers:
    """Answers that another server has computed already. They depend on the limits of this one, too."""

    def __init__(self, shared: Shared, limits: Mapping[str, int]) -> None:
        self._shared = shared
        self._made_by = (engine.ENGINE_VERSION, version("backscope"), sorted(limits.items()))

    def get(self, key: Key) -> Answer | None:
        """The answer, if it is there."""
        found = self._shared.get(self._name(key))
        return None if found is None else Answer.from_bytes(found)

    def put(self, key: Key, answer: Answer, seconds: float) -> None:
        """Leave an answer that took so long to compute, if that was long."""
        if seconds >= WORTH_SECONDS:
            self._shared.put(self._name(key), answer.to_bytes(), KEEP_SECONDS)

    def _name(self, key: Key) -> str:
        return "answer:" + hashlib.sha256(repr((self._made_by, key)).encode()).hexdigest()


class AnswerCache:
    """Answers by key, bounded by their bytes. A key holds everything the answer depends on."""

    def __init__(
        self, max_bytes: int, workers: Workers, deadline_seconds: float, elsewhere: SharedAnswers | None = None
    ) -> None:
        self._max_bytes = max_bytes
        self._elsewhere = elsewhere
        self._workers = workers
        self._deadline_seconds = deadline_seconds
        self._lock = threading.RLock()  # a flight may land while it is being started
        self._answers: OrderedDict[Key, tuple[Answer, int]] = OrderedDict()
        self._bytes = 0
        self._flights: dict[Key, Flight[Answer]] = {}

    @property
    def bytes(self) -> int:
        """What the answers take."""
        return self._bytes

    def __len__(self) -> int:
        """How many answers are kept."""
        return len(self._answers)

    @property
    def in_flight(self) -> int:
        """How many answers are being computed."""
        return len(self._flights)

    def get(self, key: Key) -> Answer | None:
        """The answer, if it is there."""
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                return None
            self._answers.move_to_end(key)
            return found[0]

    def put(self, key: Key, answer: Answer) -> None:
        """Keep an answer; one that would take more than a quarter of the room is not kept."""
        # The compressed form, made later, is counted from the start.
        size = len(answer.body) * (2 if answer.compressible else 1) + OVERHEAD
        if size > self._max_bytes // 4:
            return
        with self._lock:
            old = self._answers.pop(key, None)
            self._bytes += size - (old[1] if old else 0)
            self._answers[key] = (answer, size)
            while self._bytes > self._max_bytes:
                _, (_, dropped) = self._answers.popitem(last=False)
                self._bytes -= dropped

    async def fetch(self, key: Key, build: Callable[[Stop], Answer], request: Request) -> Answer:
        """The answer: kept, or being computed for somebody else, or computed now."""
        found = self.get(key) or self._join(key, build)
        return found if isinstance(found, Answer) else await found.result(request, self._deadline_seconds)

    def _join(self, key: Key, build: Callable[[Stop], Answer]) -> Flight[Answer] | Answer:
        """The flight to this answer, joined; or the answer, if it has just landed."""

        def work(stop: Stop) -> Answer:
            answer = self._elsewhere.get(key) if self._elsewhere else None
            if answer is None:
                started = time.monotonic()
                answer = build(stop)
                if stop():  # what was finished in a hurry because everybody had left may be unfinished
                    return answer
                if self._elsewhere:
                    self._elsewhere.put(key, answer, time.monotonic() - started)
            self.put(key, answer)
            return answer

        with self._lock:
            if key in self._answers:
                return self._answers[key][0]
            flight = self._flights.get(key)
            if flight is None or not flight.join():
                flight = self._flights[key] = Flight(self._workers, work, lane=key[0])
                flight.future.add_done_callback(partial(self._land, key, flight))
            return flight

    def _land(self, key: Key, flight: Flight[Answer], _: object) -> None:
        with self._lock:
            if self._flights.get(key) is flight:
                del self._flights[key]
