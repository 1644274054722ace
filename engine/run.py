"""A run: one experiment whose every step, number and proof can be asked for, in any order, from any thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from engine.data.split import DataSplit
from engine.errors import SpecError, StepError
from engine.figures import diagnosis, landscape
from engine.figures.flow import Flow, flow
from engine.figures.history import USUAL, History, history
from engine.figures.metrics import Metrics
from engine.figures.planes import flat
from engine.figures.sets import SETS, TRAIN, Sets, has_test
from engine.figures.stopping import EarlyStopping
from engine.figures.surface import Grid, Surface, surface
from engine.program import Program
from engine.program.trace import Trace
from engine.rules.rule import Array
from engine.spec import ExperimentSpec
from engine.training import Stop, Trajectory
from engine.training.kept import Kept
from engine.witness import gradcheck
from engine.witness.aftermath import Aftermath, aftermath
from engine.witness.explain import Explanation, explain


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

    def history(self, steps: Sequence[int], stop: Stop = None, include: Collection[str] = USUAL) -> History:
        """The figures named in `include` (of history.PARTS) at the given steps, which should ascend."""
        for step in steps:
            self._require(step, self.steps - 1)
        with self.trajectory.lock:
            return history(self.trajectory, steps, include, stop)

    def data(self, step: int) -> DataSplit:
        """The training and test examples that are in force at a step; edits may have changed them."""
        self._require(step, self.steps)
        return self.trajectory.owner(step).split

    def metrics(self, step: int, stop: Stop = None) -> dict[str, Metrics]:
        """All figures of the training examples and, if there are any, of the test examples, by "train" and "test":
        with the parameters before a step, outside training. `steps` itself is the end of the run.
        """
        parameters, owner, sets = self.state_at(step, stop), self.trajectory.owner(step), Sets(self.trajectory)
        names = SETS if has_test(self.trajectory) else (TRAIN,)
        return {name: sets.measure(name, owner, parameters, stop) for name in names}

    def flow(self, step: int, stop: Stop = None) -> Flow:
        """How signals and errors change from layer to layer in a step."""
        self._require(step, self.steps - 1)
        with self.trajectory.lock:
            return flow(self.program, self.trajectory.full(step, stop).arrays)

    def surface(
        self, step: int, names: Sequence[str], grid: Grid, units: Sequence[int] | None = None, stop: Stop = None
    ) -> Surface:
        """The values called `names` over a grid of inputs, with the parameters before a step.

        Raises SpecError for a grid or units that cannot be, UnknownNameError for values the forward pass does not make.
        """
        parameters, split = self.state_at(step, stop), self.trajectory.owner(step).split
        return surface(self.program, self.spec.loss.kind, split, parameters, names, grid, units, stop)

    def landscape(self, step: int, view: landscape.LandscapeView, stop: Stop = None) -> landscape.Landscape:
        """The loss around the parameters before a step, with the way that training takes through the whole run.

        Raises SpecError for weights the run does not have, or no test examples.
        """
        owner = self.trajectory.owner(step)
        split = owner.split
        x, y = (split.x_test, split.y_test) if view.examples == "test" else (split.x, split.y)
        if not len(x):
            raise SpecError("examples", "test", "train: the run has no test examples")

        def parameters_at(passed: int) -> Callable[[], Array]:
            return lambda: flat(self.program, self.state_at(passed, stop))

        theta = parameters_at(step)()
        way = {passed: parameters_at(passed) for passed in landscape.spread(self.steps, view.path)}
        there = parameters_at(view.to)() if view.kind == "line" else None
        plane = landscape.plane_of(self.program, theta, view, self.spec.seed, way, there)
        return landscape.landscape(self.program, x, y, theta, plane, view, way, owner.settings, stop)

    def diagnosis(self, stop: Stop = None) -> diagnosis.Diagnosis:
        """The first number that is not finite, the first dead unit, the largest drop of the loss."""
        with self.trajectory.lock:
            return diagnosis.diagnose(self.trajectory, self.steps, stop)

    @property
    def monitors(self) -> tuple[str, ...]:
        """The figures that early stopping can watch in this run."""
        return diagnosis.monitors(self.trajectory)

    def stopping(
        self,
        monitor: str | None = None,
        patience: int = 10,
        min_delta: float = 0.0,
        goal: float | None = None,
        stop: Stop = None,
    ) -> EarlyStopping:
        """When training would have stopped early, or reached a goal; places count epochs.

        Raises UnknownNameError for a monitor the run does not have.
        """
        with self.trajectory.lock:
            return diagnosis.stopping(self.trajectory, self.spec.epochs, monitor, patience, min_delta, goal, stop)

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

    def aftermath(self, step: int, stop: Stop = None) -> Aftermath:
        """The batch of a step once more, with the parameters after it, beside what the gradient foretold."""
        self._require(step, self.steps - 1)
        with self.trajectory.lock:
            return aftermath(self.trajectory, step, stop)

    @staticmethod
    def _require(step: int, last: int) -> None:
        if not isinstance(step, int) or isinstance(step, bool) or not 0 <= step <= last:
            raise StepError(step, last)


kept = Kept()
"""The trajectories that the next question finds ready."""


def open_run(spec: ExperimentSpec) -> Run:
    """The run of a spec. Runs that differ in length alone share all their work; edited ones share what came before."""
    return Run(spec, kept.trajectory(spec.trajectory()))


def trace(spec: ExperimentSpec, step: int) -> Trace:
    """The trace of a step of an experiment."""
    return open_run(spec).trace(step)


def state_at(spec: ExperimentSpec, step: int) -> dict[str, Array]:
    """The parameters before a step of an experiment."""
    return open_run(spec).state_at(step)
