"""Checks of plain data, field by field: what every part of a spec is read with.

Each takes the field's path first and raises SpecError naming that path, what was found and what is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from engine.errors import ABSENT, SpecError, UnknownNameError
from engine.registry import Entry, Registry, finite_number

Plain = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Choice:
    """An entry of a registry with the values of all its parameters: `{"kind": "sgd", "learning_rate": 0.01}`."""

    kind: str
    params: tuple[tuple[str, Any], ...] = ()

    @cached_property
    def values(self) -> dict[str, Any]:
        """The parameters by name."""
        return dict(self.params)

    def to_json(self) -> dict[str, Any]:
        """Plain data: the kind, then the parameters."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in self.params}
        return {"kind": self.kind, **plain}

    def to_short_json(self) -> str | dict[str, Any]:
        """Plain data: the name alone where there are no parameters."""
        return self.to_json() if self.params else self.kind


def object_of(field: str, value: object, allowed: Iterable[str]) -> Plain:
    """An object with no other fields than those allowed."""
    names = tuple(allowed)
    if not isinstance(value, Mapping):
        raise SpecError(field, value, "an object with the fields " + ", ".join(names))
    for name in value:
        if name not in names:
            path = name if field == "spec" else f"{field}.{name}"
            shown = path if isinstance(name, str) and name.isidentifier() and len(name) <= 40 else field
            raise SpecError(shown, value[name], "no other fields than " + (", ".join(names) or "none"))
    return value


def choice_of(field: str, value: object, registry: Registry[Any], more: tuple[str, ...] = ()) -> Choice:
    """An entry of a registry with the values of its parameters; what is absent takes its default."""
    if not isinstance(value, Mapping):
        raise SpecError(field, value, "an object whose kind is one of " + ", ".join((*registry, *more)))
    kind = value.get("kind", ABSENT)
    if not isinstance(kind, str) or kind not in registry:
        raise SpecError(f"{field}.kind", kind, "one of " + ", ".join((*registry, *more)))
    entry: Entry = registry[kind]
    object_of(field, value, ("kind", *(param.name for param in entry.params)))
    choice = Choice(
        kind,
        tuple(
            (param.name, param.check(f"{field}.{param.name}", value.get(param.name, param.default)))
            for param in entry.params
        ),
    )
    wrong = entry.check(choice.values)
    if wrong:
        name, _, allowed = wrong.partition(": ")
        raise SpecError(f"{field}.{name}", choice.values[name], allowed)
    return choice


def choice_or_name(field: str, value: object, registry: Registry[Any]) -> Choice:
    """An entry given by its name alone, or as an object with its parameters."""
    if isinstance(value, Mapping) and "kind" in value:
        return choice_of(field, value, registry)
    return choice_of(field, {"kind": name_of(field, value, registry)}, registry)


def list_of(field: str, value: object, each: Callable[[str, Any], T], allowed: str, least: int = 0) -> tuple[T, ...]:
    """A list of at least `least` parts, each read by `each`."""
    if not isinstance(value, (list, tuple)) or len(value) < least:
        raise SpecError(field, value, allowed)
    return tuple(each(f"{field}[{i}]", part) for i, part in enumerate(value))


def name_of(field: str, value: object, registry: Registry[Any]) -> str:
    """The name of an entry of a registry."""
    try:
        return str(registry[value].name)  # type: ignore[index]
    except UnknownNameError as error:
        raise SpecError(field, value, "one of " + ", ".join(error.names)) from None


def one_of(field: str, value: object, names: tuple[str, ...]) -> str:
    """One of a few names."""
    if isinstance(value, str) and value in names:
        return value
    raise SpecError(field, value, "one of " + ", ".join(names))


def number_of(field: str, value: object) -> float:
    """A finite number."""
    number = finite_number(value)
    if number is None:
        raise SpecError(field, value, "a finite number")
    return number


def boolean_of(field: str, value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise SpecError(field, value, "true or false")
    return value


def whole_of(field: str, value: object, least: int, most: int | None, or_else: str = "") -> int:
    """A whole number from `least` to `most`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least or (most is not None and value > most):
        span = f"from {least} to {most}" if most is not None else f"of at least {least}"
        raise SpecError(field, value, f"{or_else}a whole number {span}")
    return value
