"""Runs on a server, their steps and what can be asked of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from types import TracebackType
from typing import Any, overload
from urllib.parse import urlencode

from app.client import picture, reading
from app.client.notebook import Shown
from app.client.reading import Array, Plain
from app.client.transports import Headers, Reply, Transport

API = "/api/v1"
JSON = "application/json"
SAFETENSORS = "application/vnd.safetensors"
STEPS_AT_ONCE = 20
MOST_REDIRECTS = 3
"""An id of an older version leads to today's; nothing leads further."""


class Refused(Exception):
    """The server's refusal: its problem document, with the fields that are wrong and what is allowed in them."""

    def __init__(self, status: int, problem: Plain) -> None:
        self.status = status
        self.problem = problem
        self.errors: list[Plain] = problem.get("errors", [])
        super().__init__(f"{status} {problem.get('title', '')}: {problem.get('detail', '')}".rstrip(": "))


class Client:
    """A server, as a source of runs."""

    def __init__(self, transport: Transport, patience: float, sleep: Callable[[float], None] = time.sleep) -> None:
        self._transport = transport
        self._patience = patience
        self._sleep = sleep

    def __enter__(self) -> Client:
        """The client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the server."""
        self.close()

    def close(self) -> None:
        """Let go of the server."""
        self._transport.close()

    def run(self, spec: Mapping[str, Any] | None = None, **fields: Any) -> Run:
        """The run of an experiment: a spec, with these fields in place of its own. Without any, the seed experiment."""
        body = reading.body({**(spec or {}), **fields})
        reply = self._ask("POST", "/runs", None, {"accept": JSON, "content-type": JSON}, body)
        return Run(self, json.loads(reply.body))

    def open(self, run: str) -> Run:
        """A run that the server knows, by its id."""
        return Run(self, self.json(f"/runs/{run}"))

    def example(self, name: str) -> Run:
        """A built-in experiment."""
        known = {entry["name"]: entry["spec"] for entry in self.catalog()["examples"]}
        if name not in known:
            raise KeyError(f"{name}: the examples are {', '.join(known)}")
        return self.run(known[name])

    def catalog(self, language: str = "en") -> Plain:
        """Everything an experiment can be made of."""
        return self.json("/catalog", {"lang": language})

    def page(self, moment: str = "") -> str | None:
        """The address of the server's page at a moment; None for a server in this process, which has none."""
        return f"{self._transport.address}/{moment}" if self._transport.address else None

    def json(self, path: str, query: Mapping[str, Any] | None = None) -> Plain:
        """The document at a path below the API."""
        found: Plain = json.loads(self.get(path, query))
        return found

    def get(self, path: str, query: Mapping[str, Any] | None = None, accept: str = JSON) -> bytes:
        """The answer at a path below the API, in the form that is accepted."""
        return self._ask("GET", path, query, {"accept": accept}).body

    def stream(self, path: str, query: Mapping[str, Any], accept: str) -> Generator[bytes]:
        """An answer at a path below the API that comes in pieces."""
        reply, pieces = self._transport.stream(_address(path, query), {"accept": accept})
        _require(reply)
        return pieces

    def _ask(
        self, method: str, path: str, query: Mapping[str, Any] | None, headers: Headers, body: bytes | None = None
    ) -> Reply:
        """The answer, waited for while the server asks to come back later, and where it leads elsewhere, from there."""
        address, until = _address(path, query), time.monotonic() + self._patience
        for _ in range(MOST_REDIRECTS):
            reply = self._transport.request(method, address, headers, body)
            while reply.status == 503 and time.monotonic() < until:
                self._sleep(float(reply.headers.get("retry-after", "1")))
                reply = self._transport.request(method, address, headers, body)
            if reply.status not in (307, 308):
                break
            address = reply.headers["location"]
        _require(reply)
        return reply


@dataclass(frozen=True)
class Progress:
    """How far a run has come while it is followed; `losses` has what is new, by step."""

    step: int
    to: int
    losses: Mapping[int, float]


class Run:
    """One experiment on a server. Its steps are 0 to `steps` - 1, and any of them can be asked for at any time."""

    def __init__(self, client: Client, document: Plain) -> None:
        self._client = client
        self.document = document
        self.id: str = document["id"]
        self.spec: Plain = document["spec"]
        self.steps: int = document["steps"]

    def __len__(self) -> int:
        """The number of steps."""
        return self.steps

    @overload
    def __getitem__(self, step: int) -> Step: ...

    @overload
    def __getitem__(self, step: slice) -> list[Step]: ...

    def __getitem__(self, step: int | slice) -> Step | list[Step]:
        """A step, counted from the end if it is negative; or a slice of them, as a list."""
        if isinstance(step, slice):
            chosen = range(self.steps)[step]
            if chosen.step == 1:
                return self.stretch(chosen.start, len(chosen))
            return [self.step(each) for each in chosen]
        if not -self.steps <= step < self.steps:
            raise IndexError(f"step {step}: the steps are 0 to {self.steps - 1}")
        return self.step(step % self.steps)

    def __iter__(self) -> Iterator[Step]:
        """Every step in order, a few at a time."""
        for start in range(0, self.steps, STEPS_AT_ONCE):
            yield from self.stretch(start, STEPS_AT_ONCE)

    def __repr__(self) -> str:
        """What it is, in a line."""
        widths = "-".join(str(layer["units"]) for layer in self.document["layers"])
        return f"<Run {self.id[:8]}: {widths}, {self.steps} steps>"

    def step(self, step: int, names: Sequence[str] | None = None, examples: Sequence[int] | None = None) -> Step:
        """A step: all its arrays or those named; all rows of the batch or those given."""
        body = self._client.get(self._at(step), {"names": names, "examples": examples}, SAFETENSORS)
        return Step(self, step, reading.arrays(body))

    def stretch(self, start: int, count: int, names: Sequence[str] | None = None) -> list[Step]:
        """Several steps in a row, in as few requests as the server allows. A run that ends before has fewer."""
        found: list[Step] = []
        count = min(count, self.steps - start)
        while len(found) < count:
            query = {"start": start + len(found), "count": count - len(found), "names": names}
            by_step = reading.arrays_by_step(self._client.get(f"{self._path}/steps", query, SAFETENSORS))
            found += [Step(self, number, arrays) for number, arrays in by_step.items()]
        return found

    def parameters(self, step: int = 0) -> dict[str, Array]:
        """Weights and biases before a step; before step `steps` means at the end of the run."""
        return reading.arrays(self._client.get(f"{self._at(step)}/parameters", None, SAFETENSORS))

    def history(self, points: int = 200, include: Sequence[str] | None = None) -> dict[str, Array]:
        """Figures at evenly spaced steps, as columns: `steps`, `loss`, `norms.z1`, `train.accuracy`."""
        return reading.columns(self._client.json(f"{self._path}/history", {"points": points, "include": include}))

    def check(self, step: int = 0) -> Plain:
        """The gradient check of a step."""
        return self._client.json(f"{self._at(step)}/check")

    def explain(self, step: int, address: str, language: str = "en") -> Plain:
        """One number explained, by its address: `delta1[0,2]`."""
        name, _, index = address.rstrip("]").partition("[")
        query = {"name": name, "index": index or None, "lang": language}
        return self._client.json(f"{self._at(step)}/explain", query)

    def edit(self, step: int, set: Mapping[str, float] | None = None, **settings: float) -> Run:
        """The run in which cells and settings are changed by hand before a step. It shares all that came before."""
        change = {"step": step, **({"set": dict(set)} if set else {}), **settings}
        return self.changed(edits=[*self.spec.get("edits", []), change])

    def changed(self, **fields: Any) -> Run:
        """The run of the same experiment with these fields in place of its own."""
        return self._client.run(self.spec, **fields)

    def follow(self, to: int | None = None) -> Iterator[Progress]:
        """How far the run has come, while the server computes it up to a step. Leaving the loop ends the work."""
        losses: dict[int, float] = {}
        with closing(self._client.stream(f"{self._path}/events", {"to": to}, "text/event-stream")) as pieces:
            for kind, told in reading.events(pieces):
                if kind == "history":
                    new = zip(told["steps"], map(reading.number, told["loss"]), strict=True)
                    losses |= dict(new)
                elif kind == "progress":
                    yield Progress(told["step"], told["to"], losses)
                    losses = {}
                elif kind == "error":
                    raise Refused(told["status"], told)

    def export(self, format: str, **options: Any) -> bytes:
        """The run as a file: json, csv, npz, safetensors, html, py or ipynb, with the options of the API."""
        return self._client.get(f"{self._path}/export", {"format": format, **options}, "*/*")

    def show(self, step: int = 0, count: int = 10, *, height: int = 640, language: str = "en") -> Shown:
        """Some steps as a page that steps, for a notebook; a picture of the first where it shows no pages."""

        def page() -> str:
            return self.export("html", step=step, count=min(count, self.steps - step), lang=language).decode()

        def drawn() -> str:
            return picture.network(self.document["layers"], self.step(step, examples=[0]).arrays, repr(self))

        return Shown(repr(self), page, drawn, height)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return self.show()._repr_mimebundle_()

    def link(self, step: int = 0) -> str | None:
        """The address of the page on this run and step, on the server; None where there is no server to go to."""
        return self._client.page(f"#run={self.id}&step={step}")

    @property
    def _path(self) -> str:
        return f"/runs/{self.id}"

    def _at(self, step: int) -> str:
        return f"{self._path}/steps/{step}"


class Step:
    """One step of a run: its arrays by name, read-only, as items or as attributes."""

    def __init__(self, run: Run, number: int, arrays: Mapping[str, Array]) -> None:
        self.run = run
        self.number = number
        self.arrays = dict(arrays)

    def __getitem__(self, name: str) -> Array:
        """The array of this name."""
        if name not in self.arrays:
            raise KeyError(f"{name}: the arrays are {', '.join(self.arrays)}")
        return self.arrays[name]

    def __getattr__(self, name: str) -> Array:
        """The array of this name."""
        arrays = self.__dict__.get("arrays", {})
        if name not in arrays:
            raise AttributeError(f"{name}: the arrays are {', '.join(arrays)}")
        found: Array = arrays[name]
        return found

    def __dir__(self) -> list[str]:
        """What can be typed after the dot."""
        return [*super().__dir__(), *self.arrays]

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<Step {self.number} of {self.run!r}: {', '.join(self.arrays)}>"

    def explain(self, address: str, language: str = "en") -> Plain:
        """One number of the step explained."""
        return self.run.explain(self.number, address, language)

    def check(self) -> Plain:
        """The gradient check of the step."""
        return self.run.check(self.number)

    def show(self, count: int = 10, *, height: int = 640, language: str = "en") -> Shown:
        """This step and those after it as a page that steps, for a notebook."""
        return self.run.show(self.number, count, height=height, language=language)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {**self.show()._repr_mimebundle_(), "text/plain": repr(self)}


def _address(path: str, query: Mapping[str, Any] | None) -> str:
    given = {
        name: ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value
        for name, value in (query or {}).items()
        if value is not None
    }
    return f"{API}{path}?{urlencode(given, safe=',')}" if given else f"{API}{path}"


def _require(reply: Reply) -> None:
    if reply.status < 300:
        return
    try:
        problem = json.loads(reply.body)
    except ValueError:
        problem = {}
    raise Refused(reply.status, problem if isinstance(problem, dict) else {})
