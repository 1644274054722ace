"""States kept along a run, so that any step is near one: many at first, thinned out as they outgrow their memory."""

from __future__ import annotations

from bisect import bisect_right, insort

from engine.rules.rule import Array

CHECKPOINT_BYTES = 64 * 2**20
"""Memory for the checkpoints of one run."""
CHECKPOINT_OVERHEAD = 256
"""Bytes a checkpoint takes beside its numbers: the array object and its places in the tables."""
FIRST_SPACING = 32
"""Steps between checkpoints, until there are more than the memory holds; then every other one is dropped."""


class Checkpoints:
    """States by step. The first one, where the run or its branch begins, always stays."""

    def __init__(self, start: int, state: Array, most_bytes: int = CHECKPOINT_BYTES) -> None:
        self.each = state.nbytes + CHECKPOINT_OVERHEAD
        self.most = max(2, most_bytes // self.each)
        self.spacing = FIRST_SPACING
        self.start = start
        self.states: dict[int, Array] = {start: state.copy()}
        self.steps = [start]

    def before(self, step: int) -> int:
        """The last checkpoint at or before a step."""
        return self.steps[bisect_right(self.steps, step) - 1]

    def next_after(self, step: int) -> int:
        """The first step of the grid after this one."""
        return step + self.spacing - step % self.spacing

    def offer(self, step: int, state: Array) -> None:
        """Keep the state if it falls on the grid and is new."""
        if step % self.spacing or step in self.states:
            return
        self.states[step] = state.copy()
        insort(self.steps, step)
        while len(self.steps) > self.most:
            self.spacing *= 2
            kept = {k: state for k, state in self.states.items() if k % self.spacing == 0 or k == self.start}
            self.states, self.steps = kept, sorted(kept)

    @property
    def nbytes(self) -> int:
        """Memory the states take."""
        return len(self.states) * self.each
