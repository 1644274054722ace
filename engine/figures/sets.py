"""The training and the test examples of a run: evaluated and judged with the parameters of any step.

Edits may change the data in the middle of a run, so every question names the trajectory whose data are in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.data.split import DataSplit
from engine.figures.metrics import Judge, Metrics, task_of
from engine.program.evaluate import Evaluator, Stop, outside_training, scores_of
from engine.rules.rule import Array
from engine.training import Trajectory

TRAIN, TEST = SETS = ("train", "test")


@dataclass(frozen=True, eq=False)
class _Examples:
    """One set of examples of one state of the data. The split is kept so that its identity stays its own."""

    split: DataSplit
    judge: Judge
    evaluator: Evaluator


class Sets:
    """The sets of a run. `reads` names values that are wanted beside the outputs and the loss.

    It does not hold the trajectory it is about. One thread at a time.
    """

    def __init__(self, trajectory: Trajectory, reads: Iterable[str] = ()) -> None:
        spec = trajectory.spec
        self._program = trajectory.program
        self.scores = scores_of(self._program)
        self.task = task_of(spec.loss.kind, self._program, trajectory.split.y)
        self._names = tuple(dict.fromkeys((self.scores, "loss", *reads)))
        whole = spec.batch == spec.extent[0]
        self._step_sees_all = whole and all(outside_training(op) is op for op in self._program.ops.values())
        self._known: dict[tuple[str, int], _Examples] = {}

    def values(
        self,
        examples: str,
        owner: Trajectory,
        parameters: Mapping[str, Array],
        computed: Mapping[str, Array] | None = None,
        stop: Stop = None,
    ) -> Mapping[str, Array]:
        """The values of a set of examples with these parameters, in memory that the next question writes over.

        `computed` are the values of the step itself; they are taken where they are those of the whole training set
        outside training.
        """
        if computed is not None and examples == TRAIN and self._step_sees_all:
            return computed
        evaluator = self._examples(examples, owner).evaluator
        evaluator.load(parameters)
        return evaluator.run(stop)

    def judge(self, examples: str, owner: Trajectory) -> Judge:
        """Who judges the outputs of a set of examples."""
        return self._examples(examples, owner).judge

    def measure(self, examples: str, owner: Trajectory, parameters: Mapping[str, Array], stop: Stop = None) -> Metrics:
        """All figures of a set of examples with these parameters."""
        values = self.values(examples, owner, parameters, None, stop)
        return self.judge(examples, owner).measure(values[self.scores], float(values["loss"]))

    def _examples(self, examples: str, owner: Trajectory) -> _Examples:
        split = owner.split
        key = (examples, id(split))
        if key not in self._known:
            x, y = (split.x, split.y) if examples == TRAIN else (split.x_test, split.y_test)
            self._known[key] = _Examples(split, Judge(self.task, y), Evaluator(self._program, x, y, self._names))
        return self._known[key]


def has_test(trajectory: Trajectory) -> bool:
    """Are there test examples?"""
    return len(trajectory.split.x_test) > 0
