"""What every exported program is made from: the experiment, its data, its first state and its first losses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import engine
from app.binary import Array
from app.compute import Stop
from app.errors import FieldError, Problem
from app.export import texts
from app.identity import run_id

ORDER, DROPOUT = 2, 5
"""The engine's streams of random numbers for the order of examples and for dropout: the programs draw from them too."""


def cannot(library: str, field: str, why: engine.Text, language: str) -> Problem:
    """The 422 of a part of a spec that a library has no words for."""
    return Problem(
        "not-expressible",
        f"{field}: {library} {why[language]}.",
        [FieldError(field, "object", f"what {library} can express")],
    )


@dataclass(frozen=True)
class Material:
    """One experiment to be written as a program of `steps` steps, in a language."""

    run: engine.Run
    steps: int
    language: str
    stop: Stop

    @cached_property
    def spec(self) -> engine.ExperimentSpec:
        """The experiment."""
        return self.run.spec

    @cached_property
    def program(self) -> engine.Program:
        """The assignments of a step."""
        return self.run.program

    @cached_property
    def first(self) -> engine.Trace:
        """The first step."""
        return self.run.trace(0, self.stop)

    @cached_property
    def losses(self) -> list[float]:
        """The losses of the first steps."""
        return [float(loss) for loss in self.run.history(tuple(range(self.steps)), self.stop, ("loss",)).loss]

    @cached_property
    def penalties(self) -> list[float] | None:
        """The penalties of the first steps, if there are any."""
        found = self.run.history(tuple(range(self.steps)), self.stop, ("penalty",)).penalty
        return None if found is None else [float(penalty) for penalty in found]

    @property
    def data(self) -> tuple[Array, Array]:
        """The training examples as the network is given them, before any edit."""
        split = self.run.trajectory.owner(0).split
        return split.x, split.y

    @property
    def state(self) -> dict[str, Array]:
        """What is kept from step to step, before step 0: parameters and the optimizer's memory."""
        values = self.program.values
        return {name: self.first.values[name] for name in values if values[name].source in ("parameter", "slot")}

    @property
    def parameters(self) -> dict[str, Array]:
        """The parameters before step 0."""
        return {name: self.first.values[name] for name in self.program.parameters}

    @property
    def settings(self) -> dict[str, float]:
        """The numbers of the experiment by name; the number of the step is not among them."""
        given = self.run.trajectory.owner(0).settings
        return {name: value for name, value in given.items() if name != "t"}

    @property
    def is_whole(self) -> bool:
        """Does every step see all examples?"""
        return self.spec.batch == self.spec.extent[0]

    @property
    def edits(self) -> dict[int, tuple[dict[str, float], list[tuple[str, tuple[int, ...], float]]]]:
        """By step: settings that change, and cells that change, of x and y too."""
        found = {}
        for edit in self.spec.edits:
            renamed = {
                "base_learning_rate"
                if name == "learning_rate" and "base_learning_rate" in self.settings
                else name: value
                for name, value in edit.settings
            }
            found[edit.step] = (renamed, list(edit.cells))
        return found

    @property
    def reads(self) -> tuple[str, str]:
        """What the loss reads of the last layer: the name of a value, `a2` or `z2`, and that of the slot."""
        call = self.program.written["loss"]
        slot = next(slot for slot in call.bind if slot != "y")
        return call.bind[slot], slot

    def say(self, text: engine.Text, **values: object) -> str:
        """A text in the language of the program."""
        return text[self.language].format(**values)

    def heading(self, library: str, about: engine.Text) -> tuple[str, str]:
        """The title of the program, and what it is."""
        name = self.say(texts.NETWORK, widths="-".join(map(str, self.spec.widths)))
        made = self.say(texts.MADE, engine=engine.ENGINE_VERSION, run=run_id(self.spec))
        return self.say(texts.TITLE, name=name, library=library), f"{made}\n{self.say(about)}"
