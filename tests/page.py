"""Driving the page: open it at a moment, act, wait until it has drawn, read every number off it. No tests here.

`Visit` is a person at the page, `Server` what the API says, `Line` the moments of a run in order, counted out here a
second time so that the page's own count is checked.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from playwright.sync_api import Locator, Page

DIRECT = build_opener(ProxyHandler({}))

GRANULARITIES = ("term", "unit", "assignment", "layer", "phase", "step", "epoch")

# A bound for what never comes; nothing that comes is waited for longer than it takes.
PATIENCE = 30_000

# Playwright's own wait_for_function evaluates text in the page, which the page's Content-Security-Policy forbids.
# What was just done is drawn in the next animation frame, so nothing is looked at before that.
UNTIL = """async ([arg, patience]) => {
  const test = %s;
  for (const end = performance.now() + patience; performance.now() < end;) {
    await new Promise(requestAnimationFrame);
    const found = test(arg);
    if (found) return found;
  }
  return false;
}"""

DRAWN = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"""

# Answers once the page has heard of the new fragment; what it does about it is then on its way. The address follows the
# page with a delay, so the fragment that is there may be news all the same: a part without a meaning makes it heard.
GO = """(fragment) => new Promise((done) => {
  addEventListener("hashchange", () => done(), { once: true });
  location.hash = location.hash === fragment ? `${fragment || "#"}&again` : fragment;
})"""

# Not one moment of one run: what is drawn may still be of the run before.
SHOWING = """([run, asked]) => {
  const { dataset } = document.body;
  return dataset.run === run && dataset.ready === "true"
    && Object.entries(asked).every(([key, value]) => dataset[key] === value);
}"""

MOMENT = """() => {
  const { run, step, frame, unit, term, ready } = document.body.dataset;
  return { run, step, frame, unit, term, ready };
}"""

PICTURE = """() => {
  const stage = document.getElementById("stage");
  const named = (selector) => [...stage.querySelectorAll(selector)].map((cell) => cell.dataset.address);
  return {
    cells: [...stage.querySelectorAll("[data-address]:has(.cell-number)")].map((cell) => ({
      address: cell.dataset.address,
      known: cell.dataset.known,
      value: cell.dataset.value ?? null,
      partial: cell.dataset.partial ?? null,
      text: cell.querySelector(".cell-number").textContent,
      label: cell.getAttribute("aria-label"),
    })),
    written: named(".is-written"),
    read: named(".is-read"),
    focus: named(".is-focus"),
    wires: [...stage.querySelectorAll(".wire-lit")].map((line) =>
      ["x1", "y1", "x2", "y2"].map((name) => line.getAttribute(name)).join(" ")
    ),
    phase: stage.firstElementChild.dataset.phase,
  };
}"""


class Moment(NamedTuple):
    """A place on the line; the frame by the name it writes. With a term the unit is still in the making."""

    step: int
    frame: str
    unit: int
    term: int | None = None


class Cell(NamedTuple):
    """One number as the stage shows it."""

    address: str
    known: bool
    value: str | None
    text: str
    label: str
    partial: str | None = None


@dataclass(frozen=True)
class Picture:
    """Everything the stage says at one moment; equal pictures look the same."""

    cells: tuple[Cell, ...]
    written: frozenset[str]
    read: frozenset[str]
    focus: frozenset[str]
    wires: frozenset[str]
    phase: str

    @cached_property
    def by_address(self) -> dict[str, Cell]:
        """The cells by their addresses, each of which stands once."""
        found = {cell.address: cell for cell in self.cells}
        assert len(found) == len(self.cells), sorted(cell.address for cell in self.cells)
        return found


def difference(one: Picture, other: Picture) -> str:
    """Where two pictures differ, in words; empty if they do not."""
    lines = []
    for address in sorted(one.by_address.keys() | other.by_address.keys()):
        here, there = one.by_address.get(address), other.by_address.get(address)
        if here != there:
            lines.append(f"{address}: {here} against {there}")
    for name in ("written", "read", "focus", "wires", "phase"):
        here, there = getattr(one, name), getattr(other, name)
        if here != there:
            lines.append(f"{name}: {here} against {there}")
    return "\n".join(lines)


def encode(spec: dict[str, Any]) -> str:
    """A spec as the fragment of the address carries it."""
    return base64.urlsafe_b64encode(json.dumps(spec).encode()).decode().rstrip("=")


def parse_address(text: str) -> tuple[str, tuple[int, ...]]:
    """`delta1[0,2]` as a name and an index."""
    name, _, inside = text.rstrip("]").partition("[")
    return name, tuple(map(int, inside.split(","))) if inside else ()


def number(text: str) -> float:
    """A number as the page writes it."""
    return float(text.replace("\u2212", "-").replace("∞", "inf"))


def same(one: float, other: float) -> bool:
    """Equal to the last bit, the sign of zero aside; NaN is itself."""
    return one == other or (one != one and other != other)


class Server:
    """What the API says, asked from outside the browser."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def ask(self, path: str, body: object = None, **asked: Any) -> Any:
        url = f"{self.base_url}/api/v1/{path}?{urlencode(asked)}"
        given = {"data": json.dumps(body).encode(), "headers": {"Content-Type": "application/json"}} if body else {}
        with DIRECT.open(Request(url, **given), timeout=30) as answer:
            return json.load(answer)

    def run(self, spec: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.ask("runs", {"epochs": 1000, **(spec or {})})

    def trace(self, run: dict[str, Any], step: int) -> dict[str, Any]:
        return self.ask(f"runs/{run['id']}/steps/{step}")

    def explain(self, run: dict[str, Any], step: int, address: str, lang: str = "en") -> dict[str, Any]:
        name, index = parse_address(address)
        asked = {"name": name, "index": ",".join(map(str, index)), "lang": lang}
        return self.ask(f"runs/{run['id']}/steps/{step}/explain", **asked)

    def history(self, run: dict[str, Any], **asked: int) -> dict[str, Any]:
        return self.ask(f"runs/{run['id']}/history", **asked)


def value_in(trace: dict[str, Any], address: str) -> float:
    """The number of a trace at an address."""
    name, index = parse_address(address)
    data = trace["values"][name]["data"]
    for at in index:
        data = data[at]
    return float(data)


class Line:
    """The moments of a run in order, from the API's account of it and from nothing the page says."""

    def __init__(self, run: dict[str, Any]) -> None:
        self.run = run
        self.calls = run["program"]["calls"]
        self.frames = {call["writes"]: at for at, call in enumerate(self.calls)}

    def units(self, name: str) -> int:
        value = self.run["values"][name]
        return dict(zip(value["axes"], value["shape"], strict=True)).get("unit", 1)

    def last(self, step: int, name: str) -> Moment:
        return Moment(step, name, self.units(name) - 1)

    def landings(self, by: str, step: int) -> Iterator[Moment]:
        """Where moves of this size come to rest within a step."""
        names = [call["writes"] for call in self.calls]
        if by == "unit":
            yield from (Moment(step, name, unit) for name in names for unit in range(self.units(name)))
        elif by == "assignment":
            yield from (self.last(step, name) for name in names)
        elif by in ("layer", "phase"):
            kind = [(call["phase"], call["layer"] if by == "layer" else 0) for call in self.calls]
            yield from (self.last(step, names[at]) for at, (a, b) in enumerate(pairwise(kind)) if a != b)
            yield self.last(step, names[-1])
        elif by == "step" or (step + 1) % self.run["batches_per_epoch"] == 0 or step == self.run["steps"] - 1:
            yield self.last(step, names[-1])

    def all(self, by: str, steps: Iterable[int]) -> list[Moment]:
        return [moment for step in steps for moment in self.landings(by, step)]

    @property
    def start(self) -> Moment:
        return Moment(0, self.calls[0]["writes"], 0)

    @property
    def end(self) -> Moment:
        return self.last(self.run["steps"] - 1, self.calls[-1]["writes"])

    def knows(self, moment: Moment, address: str) -> bool:
        """Has this number been computed at this moment?"""
        name, index = parse_address(address)
        if name not in self.frames:
            return True
        now, then = self.frames[moment.frame], self.frames[name]
        axes = self.run["values"][name]["axes"]
        unit = index[axes.index("unit")] if "unit" in axes else 0
        return then < now or (then == now and unit <= moment.unit)

    def written(self, moment: Moment, example: int = 0) -> set[str]:
        """The numbers computed at a moment."""
        value = self.run["values"][moment.frame]
        rows: list[list[int]] = [[]]
        for axis, extent in zip(value["axes"], value["shape"], strict=True):
            at = {"unit": [moment.unit], "example": [example]}.get(axis, range(extent))
            rows = [[*row, i] for row in rows for i in at]
        return {f"{moment.frame}[{','.join(map(str, row))}]" if row else moment.frame for row in rows}


class Visit:
    """A person at the page."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.page.set_default_timeout(PATIENCE)
        self.base_url = base_url
        self.server = Server(base_url)

    def open(self, fragment: str = "", *, query: str = "", spec: dict[str, Any] | None = None) -> Visit:
        """Go to a moment, and wait until it is on screen.

        A page that is open already goes there as by a link in it, without being loaded again.
        """
        parts = [part for part in (fragment.lstrip("#"), f"spec={encode(spec)}" if spec else "") if part]
        address, hash_ = f"{self.base_url}/{query}", f"#{'&'.join(parts)}" if parts else ""
        if self.page.url.partition("#")[0] == address:
            self.page.evaluate(GO, hash_)
        else:
            self.page.goto(address + hash_)
        if "spec=" in fragment:
            return self.rest()
        return self.showing(self.server.run(spec))

    @property
    def moment(self) -> Moment:
        said = self.page.evaluate(MOMENT)
        term = int(said["term"]) if said["term"] else None
        return Moment(int(said["step"] or -1), said["frame"] or "", int(said["unit"] or -1), term)

    def until(self, test: str, arg: Any = None, patience: float = PATIENCE) -> Any:
        """Wait until a JavaScript function says something true, and return what it says; false if it never does."""
        return self.page.evaluate(UNTIL % test, [arg, patience])

    def wait(self, test: str, arg: Any = None, else_say: str = "") -> Any:
        """Wait until a JavaScript function says something true; fail if it never does."""
        found = self.until(test, arg)
        assert found, f"after {PATIENCE / 1000:g} s still not: {test} {arg or ''} {else_say}"
        return found

    def rest(self) -> Visit:
        """Wait until what was done is on screen, with everything fetched that it needs."""
        self.page.evaluate(DRAWN)
        self.wait("() => document.body.dataset.ready === 'true'")
        return self

    def showing(self, run: dict[str, Any], wanted: Moment | None = None) -> Visit:
        """Wait until this run is what is drawn, at this moment if one is asked for."""
        asked = {"step": str(wanted.step), "frame": wanted.frame, "unit": str(wanted.unit)} if wanted else {}
        self.page.evaluate(DRAWN)
        found = self.until(SHOWING, [run["id"], asked])
        assert found, f"the page shows {self.page.evaluate(MOMENT)}, not {run['id']} at {wanted or 'any moment'}"
        return self

    def curve(self) -> Visit:
        """Wait until the loss curve is there."""
        self.wait("() => document.querySelector('#training .curve:not(.waiting-curve)')")
        return self

    def at(self, wanted: Moment) -> Visit:
        """Wait until a moment is on screen."""
        asked = {"step": str(wanted.step), "frame": wanted.frame, "unit": str(wanted.unit), "ready": "true"}
        asked["term"] = "" if wanted.term is None else str(wanted.term)
        found = self.until(
            "(asked) => Object.keys(asked).every((key) => document.body.dataset[key] === asked[key])", asked
        )
        assert found, f"the page is at {self.page.evaluate(MOMENT)}, not at {wanted}"
        return self

    def press(self, *keys: str) -> Visit:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def by(self, granularity: str) -> Visit:
        return self.press(str(GRANULARITIES.index(granularity) + 1))

    def picture(self) -> Picture:
        """Everything the stage says now."""
        said = self.page.evaluate(PICTURE)
        cells = (Cell(**{**cell, "known": cell["known"] == "true"}) for cell in said["cells"])
        sets = {name: frozenset(said[name]) for name in ("written", "read", "focus", "wires")}
        return Picture(cells=tuple(sorted(cells)), phase=said["phase"], **sets)

    def cell(self, address: str) -> Locator:
        return self.page.locator(f'#stage [data-address="{address}"]')

    @property
    def why(self) -> Locator:
        return self.page.locator("#why")

    @property
    def fragment(self) -> str:
        return self.page.evaluate("location.hash")

    def wait_for_fragment(self, pattern: str) -> str:
        """Wait until the address bar has followed."""
        found = self.until("(pattern) => new RegExp(pattern).test(location.hash)", pattern)
        assert found, f"the address ends with {self.fragment!r}, which is not {pattern}"
        return self.fragment

    def field(self, name: str) -> Locator:
        """A field of the experiment, by its path in the spec."""
        return self.page.locator(f'#experiment-form [name="{name}"]:enabled')

    def problem(self, path: str) -> Locator:
        return self.page.locator(f'#experiment-form [data-problem="{path}"]:visible')


def wrong_numbers(picture: Picture, line: Line, moment: Moment, trace: dict[str, Any]) -> list[str]:
    """Every number on the stage that is not what the trace says, or that should not be there yet."""
    wrong = []
    for cell in picture.cells:
        known = line.knows(moment, cell.address)
        if cell.known != known:
            wrong.append(f"{cell.address} is shown as known={cell.known}, and should be {known}")
        elif not known and not cell.partial and (cell.value is not None or re.search(r"\d", cell.text)):
            wrong.append(f"{cell.address} is not computed yet and shows {cell.value} as {cell.text!r}")
        elif known and (cell.value is None or not same(float(cell.value), value_in(trace, cell.address))):
            wrong.append(f"{cell.address} shows {cell.value}, the trace has {value_in(trace, cell.address)!r}")
    return wrong
