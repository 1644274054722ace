"""Several steps in a row, as many as one answer may hold."""

from __future__ import annotations

from dataclasses import dataclass

import engine
from app.binary import Arrays
from app.compute import Stop
from app.encode import Selection


@dataclass(frozen=True, eq=False)
class Stretch:
    """The traces of some steps in a row, and what of them is wanted."""

    start: int
    traces: tuple[engine.Trace, ...]
    selection: Selection

    def following(self, count: int) -> tuple[int, int] | None:
        """Where the rest of so many steps begins, and how many they are; None if these are all."""
        rest = count - len(self.traces)
        return (self.start + len(self.traces), rest) if rest > 0 else None

    def arrays(self) -> Arrays:
        """Every array under the number of its step: `12/z1`."""
        return {
            f"{trace.step}/{name}": array
            for trace in self.traces
            for name, array in self.selection.arrays(trace).items()
        }


def stretch(run: engine.Run, start: int, count: int, selection: Selection, in_all: int, stop: Stop) -> Stretch:
    """So many steps from `start` on, or as many as have no more than `in_all` numbers together; at least one.

    How many there are depends on the run and the question alone, so that the answer never changes.
    """
    traces: list[engine.Trace] = []
    numbers = 0
    for step in range(start, start + count):
        trace = run.trace(step, stop)
        numbers += sum(array.size for array in selection.arrays(trace).values())
        if traces and numbers > in_all:
            break
        traces.append(trace)
    return Stretch(start, tuple(traces), selection)
