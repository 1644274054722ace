"""Trajectories kept ready for the next question. They save work, and hold nothing that cannot be made again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from itertools import islice

from engine.spec import ExperimentSpec
from engine.training import Trajectory

MOST_RUNS = 1_024
MOST_BYTES = 512 * 2**20
RECENT = 8
"""A trajectory grows while it is used. So many that were asked for last are weighed again at every question: about as
many as there are threads to use them."""


class Kept:
    """Trajectories by spec, as many as their number and their memory allow; the least recently asked for go first.

    The one asked for last always stays.
    """

    def __init__(self, most_runs: int = MOST_RUNS, most_bytes: int = MOST_BYTES) -> None:
        self._most_runs = most_runs
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._trajectories: OrderedDict[ExperimentSpec, Trajectory] = OrderedDict()
        self._weights: dict[ExperimentSpec, int] = {}
        self._bytes = 0

    def __len__(self) -> int:
        """How many there are."""
        return len(self._trajectories)

    @property
    def nbytes(self) -> int:
        """What they weighed when they were last asked for, or soon after."""
        return self._bytes

    def trajectory(self, spec: ExperimentSpec) -> Trajectory:
        """The one of a spec, made if need be. What it grows from counts as asked for, too."""
        with self._lock:
            found = self._trajectories.get(spec)
            if found is not None:
                self._touch(found)
                self._make_room()
                return found
        made = Trajectory(spec, trunk=self.trajectory(spec.trunk()) if spec.edits else None)
        with self._lock:
            trajectory = self._trajectories.setdefault(spec, made)
            self._touch(trajectory)
            self._make_room()
        return trajectory

    def clear(self) -> None:
        """Let all of them go."""
        with self._lock:
            self._trajectories.clear()
            self._weights.clear()
            self._bytes = 0

    def _touch(self, trajectory: Trajectory) -> None:
        if trajectory.trunk is not None:
            self._touch(trajectory.trunk)
        if trajectory.spec in self._trajectories:
            self._trajectories.move_to_end(trajectory.spec)

    def _make_room(self) -> None:
        for spec in islice(reversed(self._trajectories), RECENT):
            weight = self._trajectories[spec].nbytes
            self._bytes += weight - self._weights.get(spec, 0)
            self._weights[spec] = weight
        while len(self._trajectories) > 1 and (
            len(self._trajectories) > self._most_runs or self._bytes > self._most_bytes
        ):
            spec, _ = self._trajectories.popitem(last=False)
            self._bytes -= self._weights.pop(spec)
