"""What the routes share: the specs this server knows, and how an answer is computed, kept and sent."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import Response

import engine
from app import schema, shared
from app.answers import Answer, accepts_gzip, is_near
from app.cache import AnswerCache, Key, SharedAnswers
from app.compute import Flight, Stop, Workers
from app.courses import Courses
from app.errors import Moved, Problem
from app.identity import run_id
from app.negotiation import JSON, preferred, wants_json
from app.settings import Settings
from app.shortcut import Shortcuts
from app.store import SpecStore

T = TypeVar("T")
SPEC_BYTES = 10_000
"""What a checked spec takes in memory beside the numbers in it, roughly."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A spec that was sent: its id, and whether it is new."""

    run: str
    spec: engine.ExperimentSpec
    new: bool
    kept: str
    """`disk`, or `memory` where it will be gone when this server ends."""


class Services:
    """Settings, threads, answers and specs of one server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.workers = Workers(settings.compute_threads, settings.queue_size)
        self.shared = shared.connect(settings.store)
        self.cache = AnswerCache(
            settings.cache_bytes, self.workers, settings.deadline_seconds, SharedAnswers(self.shared, settings.limits)
        )
        self.shortcuts = Shortcuts(self.cache)
        self.courses = Courses(self.workers, settings.max_streams)
        self.store = SpecStore(
            settings.data_dir,
            engine.ENGINE_VERSION,
            memory_bytes=settings.spec_bytes,
            disk_bytes=settings.max_store_bytes,
            shared=self.shared,
        )
        self._specs: OrderedDict[str, engine.ExperimentSpec] = OrderedDict()
        """Checked specs kept ready, beside the store's JSON."""
        self._specs_bytes = 0
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End all work at once; who waits is told to come back later."""
        self.workers.stop()
        self.courses.stop()

    def close(self) -> None:
        """Stop, let the threads go and close the store."""
        self.workers.close()
        self.store.close()
        self.shared.close()

    # Specs

    async def post(self, body: bytes, request: Request) -> Posted:
        """Check a posted spec and keep it."""
        return await self.compute(lambda _: self._keep(body), request)

    async def compute(self, work: Callable[[Stop], T], request: Request) -> T:
        """Have it computed outside the event loop, for this request alone."""
        return await Flight(self.workers, work).result(request, self.settings.deadline_seconds)

    def _keep(self, body: bytes) -> Posted:
        return self.keep(schema.parse_spec(body, self.settings))

    def keep(self, spec: engine.ExperimentSpec) -> Posted:
        """Keep a checked spec. Not for the event loop."""
        run, canonical = self.store.id_of(spec.to_json())
        new = self.store.put(run, canonical)
        kept = self.store.is_kept(run)
        if not kept and self.settings.unkept == "refuse":
            raise Problem("not-kept", "The disk takes no new experiments. Those that are there can still be read.")
        self._remember(run, spec)
        return Posted(run, spec, new, "disk" if kept else "memory")

    async def spec(self, run: str) -> engine.ExperimentSpec:
        """The spec of a run; 404 if nobody posted it. An id that an older version gave leads to the one of today."""
        with self._lock:
            spec = self._specs.get(run)
            if spec is not None:
                self._specs.move_to_end(run)
                return spec
        spec = await self.workers.on_disk(lambda: self._load(run))
        if spec is None:
            raise schema.unknown_run()
        return spec

    def _load(self, run: str) -> engine.ExperimentSpec | None:
        stored = self.store.get(run)
        if stored is None:
            return None
        try:
            spec = engine.ExperimentSpec.from_json(orjson.loads(stored.spec))
        except engine.SpecError:
            raise Problem(
                "outdated-run", "An older version made this run, and its experiment has no meaning now."
            ) from None
        schema.check_cost(engine.cost(spec), self.settings)
        today = run_id(spec)
        if today != run:
            self.keep(spec)
            raise Moved(run, today)
        self._remember(run, spec)
        return spec

    def _remember(self, run: str, spec: engine.ExperimentSpec) -> None:
        with self._lock:
            if run not in self._specs:
                self._specs_bytes += SPEC_BYTES + spec.nbytes
            self._specs[run] = spec
            self._specs.move_to_end(run)
            while self._specs_bytes > self.settings.spec_bytes and len(self._specs) > 1:
                _, dropped = self._specs.popitem(last=False)
                self._specs_bytes -= SPEC_BYTES + dropped.nbytes

    # Answers

    async def answer(self, key: Key, build: Callable[[Stop], Answer], request: Request) -> Answer:
        """The answer with this key, computed if need be; in the form the client accepts."""
        answer = await self.cache.fetch(key, build, request)
        if not answer.compressed and accepts_gzip(request) and not is_near(request):
            await self.workers.on_disk(answer.compress)
        return answer

    async def send(self, key: Key, build: Callable[[Stop], Answer], request: Request) -> Response:
        """The same as a response; the next request for it takes the short way."""
        answer = await self.answer(key, build, request)
        self.shortcuts.remember(request, key, answer)
        return answer.response(request)


def require_json(request: Request) -> None:
    """406 if the client accepts no JSON."""
    if not wants_json(request):
        preferred(request, (JSON,))
