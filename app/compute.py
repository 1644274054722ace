"""Where work is done: a bounded pool of threads, and computations that several requests may wait for together.

The event loop never computes. A request joins a `Flight`, waits for it no longer than its deadline and no longer than
its client stays; when nobody waits any more the flight is told to stop.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from starlette.requests import Request

from app.errors import deadline, interrupted, try_later

T = TypeVar("T")
Stop = Callable[[], bool]
"""Asks whether to stop; true once the answer interests nobody."""


Job = tuple["Future[Any]", Callable[[], Any]]


class Workers:
    """Threads for computing, with a bounded queue, and a few more for the disk, so that neither waits for the other.

    Work may be put into a lane, of which one piece is done at a time. What belongs to one run shares a lane: it works
    on the same arrays, so a second thread would only wait, and the threads are left to other runs.
    """

    def __init__(self, threads: int, queue_size: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="compute")
        self._disk = ThreadPoolExecutor(2, thread_name_prefix="disk")
        self._room = threading.BoundedSemaphore(threads + queue_size)
        self._lanes: dict[Hashable, deque[Job]] = {}
        self._lock = threading.Lock()
        self._flights: WeakSet[Flight[Any]] = WeakSet()
        self._stopping = False

    def submit(self, work: Callable[[], T], lane: Hashable = None) -> Future[T]:
        """Have it computed, after what is in the lane already; a 503 when too much is waiting."""
        if self._stopping:
            raise try_later("busy", "The server is stopping.")
        if not self._room.acquire(blocking=False):
            raise try_later("busy", "Too many computations are waiting. Ask again in a moment.")
        future: Future[T] = Future()
        future.add_done_callback(lambda _: self._room.release())
        if lane is None:
            lane = object()
        with self._lock:
            if lane in self._lanes:
                self._lanes[lane].append((future, work))
                return future
            self._lanes[lane] = deque()
        self._start(lane, (future, work))
        return future

    def _start(self, lane: Hashable, job: Job) -> None:
        try:
            self._pool.submit(self._do, lane, job)
        except RuntimeError:  # the threads are gone
            job[0].cancel()

    def _do(self, lane: Hashable, job: Job) -> None:
        future, work = job
        if future.set_running_or_notify_cancel():
            try:
                result = work()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)
        with self._lock:
            following = self._lanes[lane].popleft() if self._lanes[lane] else None
            if following is None:
                del self._lanes[lane]
        if following is not None:
            self._start(lane, following)

    async def on_disk(self, work: Callable[[], T]) -> T:
        """Have something short done outside the event loop: a look into the store, a compression."""
        return await asyncio.get_running_loop().run_in_executor(self._disk, work)

    def watch(self, flight: Flight[Any]) -> None:
        """Remember a flight for as long as it lasts, so that `stop` reaches it."""
        self._flights.add(flight)

    def stop(self) -> None:
        """Take no more work and end what is being done: whoever waits for it is told to come back later."""
        self._stopping = True
        for flight in list(self._flights):
            flight.abandon()

    def close(self) -> None:
        """Stop, and let the threads go."""
        self.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._disk.shutdown(wait=False, cancel_futures=True)


class Flight(Generic[T]):
    """One computation that any number of requests wait for. It stops when the last of them has left."""

    def __init__(self, workers: Workers, work: Callable[[Stop], T], lane: Hashable = None) -> None:
        self._lock = threading.Lock()
        self._waiting = 1
        self._abandoned = False
        self.future: Future[T] = workers.submit(lambda: work(self.stop), lane)
        workers.watch(self)

    def stop(self) -> bool:
        """Has everybody left?"""
        return self._abandoned

    def join(self) -> bool:
        """Count one more request in (the first counts already); False if the flight is stopping."""
        with self._lock:
            if not self._abandoned:
                self._waiting += 1
            return not self._abandoned

    def leave(self) -> None:
        """Count one request out."""
        with self._lock:
            self._waiting -= 1
            last = self._waiting == 0
        if last:
            self.abandon()

    def abandon(self) -> None:
        """Stop, whoever still waits."""
        self._abandoned = True
        self.future.cancel()

    async def result(self, request: Request, seconds: float) -> T:
        """The result, for a request that is counted in. It leaves with it, or when time is up or its client gone."""
        landed = asyncio.Event()
        loop = asyncio.get_running_loop()
        self.future.add_done_callback(lambda _: _wake(loop, landed))
        landing = asyncio.ensure_future(landed.wait())
        leaving = asyncio.ensure_future(_client_gone(request))
        try:
            await asyncio.wait((landing, leaving), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not self.future.done():
                raise interrupted() if leaving.done() else deadline()
            return self.future.result()
        except CancelledError:
            raise deadline() from None
        finally:
            landing.cancel()
            leaving.cancel()
            self.leave()


def _wake(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
        loop.call_soon_threadsafe(event.set)


async def _client_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
