"""What a registry holds, and the registry itself.

An entry describes itself well enough that menus, validation, documentation and tests can be loops over the
registry: a name, a label and a summary in every language, a formula, a source, and its parameters with ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Generic, TypeVar

from engine.errors import SpecError, UnknownNameError

LANGUAGES = ("en", "zh")

ParamValue = float | int | bool | str | tuple[float, ...] | tuple[str, ...] | None
"""What a parameter of an entry may hold."""


@dataclass(frozen=True, slots=True)
class Text:
    """The same short text in every language of the project."""

    en: str
    zh: str

    def __getitem__(self, language: str) -> str:
        """The text in `language`, one of LANGUAGES."""
        if language not in LANGUAGES:
            raise UnknownNameError("language", language, LANGUAGES)
        return str(getattr(self, language))


@dataclass(frozen=True, slots=True)
class Param:
    """One setting of an entry: its kind, default and range, and how to check a value for it.

    `kind` is "integer", "number", "boolean", "choice" (one of `choices`), "array" (a list of numbers) or "features" (a
    list of features of the data, `choices` being the common ones, or null for every input as it is). `maximum` None
    means that only the limits of the server bound it. `step` is a sensible increment for a control, and `scale` says
    how it is counted: "linear" by that increment, "log" over 1, 2, 5, 10 and so on, "to_one" as "log" for what is
    missing to 1.
    """

    name: str
    kind: str
    default: ParamValue
    label: Text
    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: bool = False
    step: float | None = None
    unit: str | None = None
    scale: str = "linear"
    choices: tuple[str, ...] = ()
    choice_labels: tuple[Text, ...] = ()
    """A text for each of the choices, where their names alone are not for people."""

    @property
    def allowed(self) -> str:
        """The values it may take, in words."""
        if self.kind == "boolean":
            return "true or false"
        if self.kind == "choice":
            return ", ".join(self.choices)
        if self.kind == "array":
            return "a list of at least one finite number"
        if self.kind == "features":
            return "null for every input as it is, or a list of features such as x0, x0^2, x0*x1, sin(x0), cos(2*x0)"
        noun = "a whole number" if self.kind == "integer" else "a finite number"
        if self.minimum is not None and self.maximum is not None:
            least = "above" if self.exclusive_minimum else "from"
            most = "up to" if self.exclusive_minimum else "to"
            return f"{noun} {least} {self.minimum:g} {most} {self.maximum:g}"
        if self.minimum is not None:
            return f"{noun} {'above' if self.exclusive_minimum else 'of at least'} {self.minimum:g}"
        if self.maximum is not None:
            return f"{noun} of at most {self.maximum:g}"
        return noun

    def check(self, field: str, value: object) -> Any:
        """The value, if it may be one of this parameter's; a SpecError naming `field` if not."""
        if self.kind in ("array", "features"):
            return self._checked_list(field, value)
        if self.kind == "boolean":
            if isinstance(value, bool):
                return value
        elif self.kind == "choice":
            if isinstance(value, str) and value in self.choices:
                return value
        elif self.kind == "integer":
            if isinstance(value, int) and not isinstance(value, bool) and self._in_range(value):
                return value
        else:
            number = finite_number(value)
            if number is not None and self._in_range(number):
                return number
        raise SpecError(field, value, self.allowed)

    def _checked_list(self, field: str, value: object) -> ParamValue:
        if self.kind == "features" and value is None:
            return self.default
        if not isinstance(value, (list, tuple)) or not value:
            raise SpecError(field, value, self.allowed)
        if self.kind == "array":
            numbers = tuple(finite_number(part) for part in value)
            if None in numbers:
                at = numbers.index(None)
                raise SpecError(f"{field}[{at}]", value[at], "a finite number")
            return numbers  # type: ignore[return-value]
        seen: set[str] = set()
        for at, part in enumerate(value):
            if not isinstance(part, str) or part in seen:
                raise SpecError(f"{field}[{at}]", part, "the name of a feature, each once")
            seen.add(part)
        return tuple(value)

    def _in_range(self, value: float | int) -> bool:
        if self.minimum is not None and (value <= self.minimum if self.exclusive_minimum else value < self.minimum):
            return False
        return self.maximum is None or value <= self.maximum


def finite_number(value: object) -> float | None:
    """The value as a float if it is a finite JSON number (true and false are not), else None.

    -0.0 becomes 0.0, so that specs which compare equal are equal to the last bit.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number + 0.0 if isfinite(number) else None


@dataclass(frozen=True, eq=False)
class Entry:
    """What every entry of every registry says about itself."""

    name: str
    label: Text
    summary: Text
    formula: str
    source: str
    params: tuple[Param, ...] = ()
    check: Callable[[Mapping[str, Any]], str | None] = lambda params: None
    """What is wrong with the parameters together ("high: at least low"), or None."""

    def param(self, name: str) -> Param:
        """The parameter called `name`."""
        for param in self.params:
            if param.name == name:
                return param
        raise UnknownNameError(f"{self.name} parameter", name, (p.name for p in self.params))

    def complete(self, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A value for every parameter: the given one, or its default."""
        given = given or {}
        for name in given:
            self.param(name)
        return {param.name: given.get(param.name, param.default) for param in self.params}

    def spelled(self, given: Mapping[str, Any] | None = None) -> str:
        """The name with the parameters that are not at their defaults, for operations that differ in them.

        >>> delta = Param("delta", "number", 1.0, Text("", ""))
        >>> huber = Entry("huber", Text("", ""), Text("", ""), "", "", (delta,))
        >>> huber.spelled(), huber.spelled({"delta": 1.0}), huber.spelled({"delta": 2})
        ('huber', 'huber', 'huber(delta=2)')
        """
        return variant_name(self.name, self.params, self.complete(given))


def _spelled(value: object) -> str:
    """A value in as few characters as tell it from every other."""
    short = f"{value:g}" if isinstance(value, float) else str(value)
    return short if not isinstance(value, float) or float(short) == value else repr(value)


E_ = TypeVar("E_", bound=Entry)


def variant_name(name: str, params: tuple[Param, ...], values: Mapping[str, Any]) -> str:
    """The name of an operation built with these parameters: the bare name where all are defaults.

    >>> slope = Param("slope", "number", 0.01, Text("Slope", "斜率"))
    >>> variant_name("leaky_relu", (slope,), {"slope": 0.2}), variant_name("leaky_relu", (slope,), {})
    ('leaky_relu(slope=0.2)', 'leaky_relu')
    """
    other = [f"{p.name}={_spelled(values[p.name])}" for p in params if values.get(p.name, p.default) != p.default]
    return f"{name}({', '.join(other)})" if other else name


class Registry(Mapping[str, E_], Generic[E_]):
    """Entries by name, in the order they were added. A second entry of the same name is refused."""

    def __init__(self, what: str, *entries: E_) -> None:
        self.what = what
        self._entries: dict[str, E_] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: E_) -> E_:
        """Add an entry; a name already taken raises ValueError, at import."""
        if entry.name in self._entries:
            raise ValueError(f"{self.what}: {entry.name} is there already")
        self._entries[entry.name] = entry
        return entry

    def __getitem__(self, name: str) -> E_:
        """The entry called `name`; an UnknownNameError that lists the names if there is none."""
        try:
            return self._entries[name]
        except (KeyError, TypeError):
            raise UnknownNameError(self.what, name, self._entries) from None

    def __contains__(self, name: object) -> bool:
        """Is there an entry called `name`?"""
        return isinstance(name, str) and name in self._entries

    def get(self, name: object, default: Any = None) -> Any:
        """The entry called `name`, or the default."""
        return self._entries[name] if isinstance(name, str) and name in self._entries else default

    def __iter__(self) -> Iterator[str]:
        """The names, in order."""
        return iter(self._entries)

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._entries)
