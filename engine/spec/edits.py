"""Edits: what a person changes by hand in the middle of a run.

An edit takes effect before its step and stays: a weight or bias element, a number of the optimizer's memory, an input
or target of the data, the learning rate or another setting. A run with an edit at step k shares all its steps before
k with the run without it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import ABSENT, SpecError, safe
from engine.fields import list_of, number_of, object_of, whole_of
from engine.registry import Param
from engine.rules.quantities import format_address
from engine.rules.rule import Shape

MOST_EDITS = 200
"""Every step with an edit begins a branch of its own; a spec stands on all of them."""

_INDEX = r"(?:0|[1-9]\d{0,8})"
_ADDRESS = re.compile(rf"([A-Za-z]\w{{0,31}})\[({_INDEX}(?:,{_INDEX}){{0,3}})\]", re.ASCII)


@dataclass(frozen=True)
class Edit:
    """Numbers set before a step: cells by address, settings by name."""

    step: int
    cells: tuple[tuple[str, tuple[int, ...], float], ...] = ()
    settings: tuple[tuple[str, float], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        cells = {format_address(name, index): value for name, index, value in self.cells}
        return {"step": self.step, **({"set": cells} if cells else {}), **dict(self.settings)}


@dataclass(frozen=True)
class Editable:
    """What a run lets one set: arrays with their shapes (x and y among them), settings with their ranges."""

    shapes: Mapping[str, Shape]
    settings: Mapping[str, Param]
    steps: int


def edits_of(field: str, value: object, editable: Editable) -> tuple[Edit, ...]:
    """The edits that plain data describes, in the order of their steps; those of one step taken together.

    What an edit sets comes in one order, so that the order in which it was written makes no other run.
    """
    allowed = f"a list of at most {MOST_EDITS} edits"
    if isinstance(value, (list, tuple)) and len(value) > MOST_EDITS:
        raise SpecError(field, value, allowed)
    given = list_of(field, value, lambda at, part: _edit(at, part, editable), allowed)
    by_step: dict[int, Edit] = {}
    for edit in sorted(given, key=lambda each: each.step):
        before = by_step.get(edit.step, Edit(edit.step))
        cells = {(name, index): number for name, index, number in (*before.cells, *edit.cells)}
        by_step[edit.step] = Edit(
            edit.step,
            tuple((name, index, number) for (name, index), number in sorted(cells.items())),
            tuple(sorted({**dict(before.settings), **dict(edit.settings)}.items())),
        )
    return tuple(by_step.values())


def _edit(field: str, value: object, editable: Editable) -> Edit:
    fields = object_of(field, value, ("step", "set", *editable.settings))
    cells = fields.get("set", {})
    if not isinstance(cells, Mapping):
        raise SpecError(f"{field}.set", cells, 'an object of addresses and numbers, as in {"W1[0,1]": 0.3}')
    edit = Edit(
        whole_of(f"{field}.step", fields.get("step", ABSENT), 0, editable.steps - 1),
        tuple(_cell(f"{field}.set", address, number, editable.shapes) for address, number in cells.items()),
        tuple(
            (name, float(param.check(f"{field}.{name}", fields[name])))
            for name, param in editable.settings.items()
            if name in fields
        ),
    )
    if not edit.cells and not edit.settings:
        raise SpecError(field, value, "at least one number to set: " + ", ".join(("set", *editable.settings)))
    return edit


def _cell(field: str, address: Any, number: object, shapes: Mapping[str, Shape]) -> tuple[str, tuple[int, ...], float]:
    match = _ADDRESS.fullmatch(address) if isinstance(address, str) else None
    if match is None or match[1] not in shapes:
        raise SpecError(field, address, "addresses such as W1[0,1], of " + ", ".join(shapes))
    name, index = str(match[1]), tuple(map(int, match[2].split(",")))
    shape = shapes[name]
    if len(index) != len(shape) or not all(i < n for i, n in zip(index, shape, strict=True)):
        spans = ", ".join(f"0 to {safe(n - 1)}" for n in shape)
        raise SpecError(f"{field}.{name}", address, f"{name} with indices {spans}")
    return name, index, number_of(f"{field}.{name}", number)
