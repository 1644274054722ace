"""Every error the engine raises on purpose, in one tree.

A message names the field, what was found and what is allowed. `safe` keeps what was found short and
printable, so that a message can be shown or logged whatever was sent.
"""

from __future__ import annotations

from collections.abc import Iterable


def safe(value: object) -> str:
    """A short printable form of any value."""
    if isinstance(value, str):
        shown = ascii(value[:40]) + ("…" if len(value) > 40 else "")
    elif isinstance(value, bool) or value is None:
        shown = {True: "true", False: "false", None: "null"}[value]
    elif isinstance(value, int):
        digits = value.bit_length() * 0.30103
        shown = str(value) if digits < 30 else f"a whole number of about {digits:.0f} digits"
    elif isinstance(value, float):
        shown = repr(value)
    elif isinstance(value, (list, tuple)):
        shown = f"a list of {len(value)}"
    else:
        shown = f"an {kind_of(value)}"
    return shown


def kind_of(value: object) -> str:
    """The JSON kind of a value: what an error may say of it without repeating it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (list, tuple)):
        return "array"
    return "object"


class EngineError(Exception):
    """Base of all errors below; `message` is fit to be shown."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


ABSENT = type("Absent", (), {"__repr__": lambda self: "absent"})()


class SpecError(EngineError):
    """A field of an experiment spec holds what it may not.

    `field` is a path such as `layers[0].units`; `allowed` says what would do; `kind` is the JSON kind of what
    was found ("absent" where nothing was).
    """

    def __init__(self, field: str, value: object, allowed: str) -> None:
        self.field = field
        self.value = value
        self.allowed = allowed
        self.kind = "absent" if value is ABSENT else kind_of(value)
        found = "nothing" if value is ABSENT else safe(value)
        super().__init__(f"{field}: got {found}; allowed: {allowed}")


class UnknownNameError(EngineError):
    """A name that a registry does not hold."""

    def __init__(self, what: str, name: object, names: Iterable[str]) -> None:
        self.name = name
        self.names = tuple(names)
        super().__init__(f"{what}: got {safe(name)}; allowed: {', '.join(self.names)}")


class ShapeError(EngineError):
    """Operands whose shapes do not fit together."""


class StepError(EngineError):
    """A step outside the run."""

    def __init__(self, step: int, last: int) -> None:
        self.step = step
        self.last = last
        super().__init__(f"step: got {safe(step)}; allowed: 0 to {last}")


class AddressError(EngineError):
    """A name or index that a trace does not hold."""

    def __init__(self, address: str, allowed: str) -> None:
        self.address = address
        self.allowed = allowed
        super().__init__(f"address: got {safe(address)}; allowed: {allowed}")


class LimitError(EngineError):
    """A run that would cost more than its limits allow."""

    def __init__(self, limit: str, value: int, maximum: int, field: str) -> None:
        self.limit = limit
        self.value = value
        self.maximum = maximum
        self.field = field
        super().__init__(f"{field}: {limit} would be {safe(value)}; allowed: at most {maximum}")


class Cancelled(EngineError):
    """The caller asked for the work to stop; what was computed so far is kept."""

    def __init__(self, step: int) -> None:
        self.step = step
        super().__init__(f"stopped at step {step}")
