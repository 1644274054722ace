"""Every limit and setting of a server, in one place. The defaults are for one person on one machine."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import platformdirs

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


def default_data_dir() -> Path:
    """Where this system keeps an application's data."""
    return platformdirs.user_data_path("backscope", appauthor=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server may spend and where it keeps things. A `max_…` is the largest value that is still accepted."""

    data_dir: Path = field(default_factory=default_data_dir)
    """Specs and prepared assets are kept here."""
    host: str = "127.0.0.1"
    """Address to listen on; loopback means this machine alone."""
    port: int = 8765
    """Port to listen on; 0 means any free one."""
    allowed_hosts: tuple[str, ...] = ("*",)
    """Names a request may call this server by; "*" any. An IP address is always accepted."""

    max_body_bytes: int = 2 * 1024 * 1024
    """Size of a posted spec."""
    max_depth: int = 32
    """Nesting of a posted spec."""
    body_seconds: float = 10.0
    """Time a client has for sending a spec."""

    max_parameters: int = 2_000_000
    """Weights and biases of a network."""
    max_layers: int = 64
    """Layers of a network."""
    max_data: int = 2_000_000
    """Numbers in a data set, inputs and targets together."""
    max_values: int = 5_000_000
    """Numbers in the trace of one step."""
    max_steps: int = 1_000_000
    """Steps of a run."""
    max_work: int = 10**13
    """Multiply-adds of a whole run: about an hour of one core."""

    max_array_numbers: int = 50_000
    """Numbers of one array in an answer; a larger one is summarised unless it is asked for by name."""
    max_response_numbers: int = 200_000
    """Numbers of all arrays in an answer."""
    max_points: int = 10_000
    """Points of a history."""

    compute_threads: int = field(default_factory=lambda: max(1, min(4, os.cpu_count() or 1)))
    """Computations at the same time."""
    queue_size: int = 64
    """Computations waiting for a thread; one more is answered 503."""
    deadline_seconds: float = 10.0
    """Time one request may take; then it is answered 503, and what was computed is kept."""
    blas_threads: int | None = 1
    """Threads of the linear algebra library; None leaves it as it is."""

    cache_bytes: int = 128 * 1024 * 1024
    """Encoded answers kept in memory."""
    spec_bytes: int = 64 * 1024 * 1024
    """Specs kept in memory, as JSON."""
    max_store_bytes: int = 1024 * 1024 * 1024
    """Specs kept on disk, as JSON; the oldest make room."""

    @property
    def limits(self) -> dict[str, int]:
        """The limits that a spec or a question can run into, by name."""
        return {name: getattr(self, name) for name in LIMITS}

    def shared(self) -> Settings:
        """The same with limits for a server that a whole class uses at once."""
        return replace(
            self,
            max_body_bytes=512 * 1024,
            max_parameters=100_000,
            max_layers=16,
            max_data=100_000,
            max_values=500_000,
            max_steps=100_000,
            max_work=10**11,
            max_response_numbers=100_000,
            deadline_seconds=3.0,
        )


LIMITS = (
    "max_body_bytes",
    "max_depth",
    "max_parameters",
    "max_layers",
    "max_data",
    "max_values",
    "max_steps",
    "max_work",
    "max_array_numbers",
    "max_response_numbers",
    "max_points",
)
