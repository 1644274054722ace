"""A run: one experiment whose every step, number and proof can be asked for, in any order, from any thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from engine import gradcheck
from engine.errors import StepError
from engine.explain import Explanation, explain
from engine.program import Program
from engine.rule import Array
from engine.spec import ExperimentSpec
from engine.trace import Trace
from engine.training import History, Stop, Trajectory

KEPT_RUNS = 64
KEPT_BYTES = 512 * 2**20
"""How many trajectories, and how much memory in all, are kept ready for the next question. They save work, and hold
nothing that cannot be made again; the one asked for last is always kept."""


class Run:
    """One experiment. Its steps are 0 to steps-1; step k turns parameters k into parameters k+1.

    Every method takes `stop`, asked every few milliseconds: when it returns true the method raises Cancelled, and
    what was computed until then is kept. A step outside the run raises StepError.
    """

    def __init__(self, spec: ExperimentSpec, trajectory: Trajectory | None = None) -> None:
        self.spec = spec
        self.steps = spec.steps
        self.trajectory = trajectory or Trajectory(spec)

    @property
    def program(self) -> Program:
        """The program of one step."""
        return self.trajectory.program

    def trace(self, step: int, stop: Stop = None) -> Trace:
        """Everything that one step computes."""
        self._require(step, self.steps - 1)
        with self.trajectory.lock:
            return self.trajectory.trace(step, stop)

    def state_at(self, step: int, stop: Stop = None) -> dict[str, Array]:
        """The parameters before a step, read-only; `steps` itself is the end of the run."""
        self._require(step, self.steps)
        with self.trajectory.lock:
            return self.trajectory.parameters(step, stop)

    def history(self, steps: Sequence[int], stop: Stop = None) -> History:
        """Loss and norms at the given steps, which should ascend."""
        for step in steps:
            self._require(step, self.steps - 1)
        with self.trajectory.lock:
            return self.trajectory.history(steps, stop)

    def explain(
        self, step: int, name: str, index: Sequence[int], language: str = "en", stop: Stop = None
    ) -> Explanation:
        """One number explained, with the rule and, for a derivative, the central difference as witnesses.

        Raises AddressError if the step has no such number, UnknownNameError for an unknown language.
        """
        explanation = explain(self.trace(step, stop), name, index, language)
        with self.trajectory.lock:
            witness = gradcheck.difference(self.trajectory, step, name, explanation.index, stop)
        return explanation.witnessed_by(witness)

    def check(self, step: int, stop: Stop = None) -> gradcheck.GradientCheck:
        """Central differences against backpropagation, for every parameter array, worst first."""
        self._require(step, self.steps - 1)
        with self.trajectory.lock:
            return gradcheck.check(self.trajectory, step, stop)

    @staticmethod
    def _require(step: int, last: int) -> None:
        if not isinstance(step, int) or isinstance(step, bool) or not 0 <= step <= last:
            raise StepError(step, last)


_kept: OrderedDict[ExperimentSpec, Trajectory] = OrderedDict()
_kept_lock = threading.Lock()


def open_run(spec: ExperimentSpec) -> Run:
    """The run of a spec. Runs that differ in length alone share all their work."""
    key = spec.trajectory()
    with _kept_lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return Run(spec, found)
    made = Trajectory(key)
    with _kept_lock:
        trajectory = _kept.setdefault(key, made)
        while len(_kept) > 1 and (len(_kept) > KEPT_RUNS or sum(t.nbytes for t in _kept.values()) > KEPT_BYTES):
            _kept.popitem(last=False)
    return Run(spec, trajectory)


def trace(spec: ExperimentSpec, step: int) -> Trace:
    """The trace of a step of an experiment."""
    return open_run(spec).trace(step)


def state_at(spec: ExperimentSpec, step: int) -> dict[str, Array]:
    """The parameters before a step of an experiment."""
    return open_run(spec).state_at(step)
