"""A run computed up to a step while others listen: how far it has come, and the loss on the way.

Whoever listens to the same stretch of the same run shares one computation. It goes on in short slices, so that other
requests have their turn in between, and it stops within one look at the clock when the last listener has left.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass
from itertools import count

import engine
from app.compute import Workers
from app.errors import Problem, try_later

log = logging.getLogger("backscope")

FIGURES = ("loss", "penalty")
SLICE_SECONDS = 0.2
"""How long a slice computes; between two of them listeners hear how far it is."""
LONGEST_SLICE_SECONDS = 5.0
BUSY_SECONDS = 0.5
"""How long a course waits before it asks again for a thread."""


@dataclass(frozen=True, slots=True)
class Point:
    """Figures at a step."""

    step: int
    loss: float
    penalty: float | None


@dataclass(frozen=True, slots=True)
class News:
    """What a listener has not heard yet."""

    points: tuple[Point, ...]
    reached: int
    done: bool


class Course:
    """One computation and all who listen to it. Used by the event loop alone, but for `_slice`."""

    def __init__(self, workers: Workers, run: str, spec: engine.ExperimentSpec, steps: tuple[int, ...]) -> None:
        self._workers = workers
        self._run = run
        self._spec = spec
        self._steps = steps
        self._points: list[Point] = []
        self._reached = -1
        self._seconds = SLICE_SECONDS
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._failure: Problem | None = None
        self.listeners = 0

    @property
    def done(self) -> bool:
        """Is all of it computed?"""
        return len(self._points) == len(self._steps)

    async def listen(self, after: int, beat_seconds: float) -> AsyncIterator[News | None]:
        """The news from behind a step on; None where there was none for so long."""
        self._task = self._task or asyncio.create_task(self._go())
        heard = next((place for place, step in enumerate(self._steps) if step > after), len(self._steps))
        reached = after
        while True:
            changed = self._changed
            if self._failure is not None:
                raise self._failure
            if self.done or len(self._points) > heard or self._reached > reached:
                points = tuple(self._points[heard:])
                heard, reached = max(heard, len(self._points)), max(reached, self._reached)
                yield News(points, reached, self.done)
                if self.done:
                    return
            try:
                await asyncio.wait_for(changed.wait(), beat_seconds)
            except TimeoutError:
                yield None

    def fail(self, problem: Problem) -> None:
        """End it, and tell who listens why."""
        self._failure = self._failure or problem
        self._tell()

    def leave(self) -> None:
        """One listener has gone; the computation ends with the last."""
        self.listeners -= 1
        if self.listeners == 0 and self._task is not None:
            self._task.cancel()

    async def _go(self) -> None:
        try:
            while not self.done and self.listeners and self._failure is None:
                try:
                    future = self._workers.submit(self._slice, self._run)
                except Problem:  # the queue is full
                    await asyncio.sleep(BUSY_SECONDS)
                    continue
                before = self._reached
                points, self._reached = await asyncio.wrap_future(future)
                # Somebody else may have led the run elsewhere in between: then it takes longer slices to get ahead.
                ahead = points or self._reached > before
                self._seconds = SLICE_SECONDS if ahead else min(2 * self._seconds, LONGEST_SLICE_SECONDS)
                self._points += points
                self._tell()
        except Exception:
            log.exception("a course of %s failed", self._run)
            self.fail(try_later("busy", "The computation was ended."))

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _slice(self) -> tuple[list[Point], int]:
        """Compute for a while: the points that were reached, and the step."""
        until = time.monotonic() + self._seconds

        def stop() -> bool:
            return self.listeners == 0 or self._failure is not None or time.monotonic() >= until

        run = engine.open_run(self._spec)
        found: list[Point] = []
        for step in self._steps[len(self._points) :]:
            try:
                history = run.history((step,), stop, FIGURES)
            except engine.Cancelled as stopped:
                return found, max(stopped.step - 1, found[-1].step if found else -1)
            penalty = None if history.penalty is None else float(history.penalty[0])
            found.append(Point(step, float(history.loss[0]), penalty))
            if stop():
                break
        return found, found[-1].step


class Courses:
    """The courses of a server by what they compute, and a bound on how many listen."""

    def __init__(self, workers: Workers, most_listeners: int) -> None:
        self._workers = workers
        self._most = most_listeners
        self._courses: dict[Hashable, Course] = {}
        self._listeners = 0

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return self._listeners

    def stop(self) -> None:
        """End them all: the server is stopping."""
        for course in list(self._courses.values()):
            course.fail(try_later("busy", "The server is stopping."))

    def join(self, run: str, spec: engine.ExperimentSpec, steps: tuple[int, ...]) -> tuple[Course, Callable[[], None]]:
        """The course over these steps, and what to call when leaving it; a 503 when too many listen already."""
        if self._listeners >= self._most:
            raise try_later("busy", "Too many are listening. Ask again in a moment.")
        key = (run, steps[-1], len(steps))
        course = self._courses.get(key)
        if course is None:
            course = self._courses[key] = Course(self._workers, run, spec, steps)
        course.listeners += 1
        self._listeners += 1
        once = count()

        def leave() -> None:
            if next(once):
                return
            self._listeners -= 1
            course.leave()
            if course.listeners == 0:
                del self._courses[key]

        return course, leave
