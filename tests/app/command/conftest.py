"""Calling the command as a shell does: arguments and environment in; status and both streams out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from app.command import main


@dataclass(frozen=True)
class Done:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def command(capsys) -> Callable[..., Done]:
    """Return a function that runs the command in this process; keywords are environment variables."""

    def run(*arguments: str, **environment: str) -> Done:
        capsys.readouterr()
        status = main(arguments, environment)
        printed = capsys.readouterr()
        return Done(status, printed.out, printed.err)

    return run
