"""The update phase of a program: from gradients to new parameters.

In order: the gradients with their penalties, clipping, the learning rate of the step, what the optimizer computes once,
and its stages for every parameter. All gradients come first, then all parameters move at once; or, where the spec asks
for layer_by_layer, each parameter moves as soon as its gradient is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.layers.regularisers import CLIP_NORM, CLIP_SCALE, CLIP_VALUE, norm_of, penalised_gradient
from engine.optimizers import OPTIMIZERS
from engine.optimizers.schedules import SCHEDULES
from engine.optimizers.stages import GRADIENT, NEW, PARAMETER
from engine.program.calls import SETTING, SLOT, UPDATE, Builder
from engine.rules.ops import Op, gradient_of
from engine.spec import UPDATE_ORDERS, ExperimentSpec

RATE, BASE_RATE, STEP = "learning_rate", "base_learning_rate", "t"


class Updates:
    """Writes the update calls of one program.

    Made before the first call, so that settings and memory stand among the given values; `arrived` is told of every
    gradient of a parameter, and `finish` writes what remains.
    """

    def __init__(self, spec: ExperimentSpec, build: Builder, parameters: Sequence[str]) -> None:
        self._spec = spec
        self._build = build
        self._moving = parameters
        self._optimizer = OPTIMIZERS[spec.optimizer.kind]
        self._schedule = SCHEDULES[spec.schedule.kind].op(spec.schedule.values)
        self._kinds = spec.penalised
        self._at_once = spec.update_order == UPDATE_ORDERS[0]
        self._gradients: dict[str, str] = {}
        self._started = False
        self.carries: dict[str, str] = {}
        self.settings = self._settings()
        self.starts: dict[str, float] = {}
        for name in self.settings:
            build.given(name, (), SETTING)
        if parameters:
            for name, start in self._optimizer.counters:
                build.given(name, (), SLOT)
                self.starts[name] = start
        for slot in self._optimizer.memory:
            for name in parameters:
                build.given(f"{slot}_{name}", build.values[name].shape, SLOT)
                self.starts[f"{slot}_{name}"] = 0.0

    def _settings(self) -> dict[str, float]:
        """The numbers that the update's calls read, by name."""
        spec, optimizer = self._spec, self._optimizer
        read = {slot for op in (*optimizer.updates.values(), *optimizer.singles.values()) for slot in op.slots}
        settings = {name: float(value) for name, value in spec.optimizer.params if name in read or name == RATE}
        if self._schedule is not None:
            settings = {BASE_RATE if name == RATE else name: value for name, value in settings.items()}
        if STEP in read or self._schedule is not None:
            settings[STEP] = 1.0
        if self._kinds.l1:
            settings["l1"] = spec.penalty.l1
        if self._kinds.l2:
            settings["l2"] = spec.penalty.l2
        if spec.clip.limit is not None:
            settings["clip_limit"] = spec.clip.limit
        return settings

    def arrived(self, parameter: str) -> Mapping[str, str]:
        """A gradient is there. Gives the new names of what has moved on already, for the calls that follow."""
        if parameter not in self._moving:
            return {}
        self._gradients[parameter] = gradient_of(parameter)
        if self._at_once:
            return {}
        self._move([parameter], f"@{parameter}")
        return {parameter: self.carries[parameter]}

    def finish(self) -> None:
        """Write the updates that are still to be made."""
        if self._at_once and self._gradients:
            self._move(list(self._gradients), "")

    def _move(self, parameters: Sequence[str], where: str) -> None:
        for parameter in parameters:
            if self._kinds and parameter.startswith("W"):
                bind = {GRADIENT: self._gradients[parameter], "W": parameter, "l1": "l1", "l2": "l2"}
                self._gradients[parameter] = f"g_{parameter}"
                self._call(penalised_gradient(self._kinds), bind, f"g_{parameter}", parameter, f"g{where}")
        self._clip(parameters, where)
        if not self._started:
            self._once()
            self._started = True
        for parameter in parameters:
            self._stages(parameter, where)

    def _clip(self, parameters: Sequence[str], where: str) -> None:
        clip = self._spec.clip
        if clip.limit is None:
            return
        if clip.norm is not None:
            norm = norm_of(tuple(len(self._build.values[name].shape) for name in parameters))
            bind = {f"g{i}": self._gradients[name] for i, name in enumerate(parameters)}
            self._build.call(norm, bind, "gradient_norm", UPDATE, None)
            bind = {"gradient_norm": "gradient_norm", "clip_limit": "clip_limit"}
            self._build.call(CLIP_SCALE, bind, "clip_scale", UPDATE, None)
        ops = CLIP_VALUE if clip.norm is None else CLIP_NORM
        for parameter in parameters:
            bind = {GRADIENT: self._gradients[parameter], "clip_limit": "clip_limit", "clip_scale": "clip_scale"}
            self._gradients[parameter] = f"clipped_{parameter}"
            op = ops[len(self._build.values[parameter].shape)]
            self._call(op, bind, f"clipped_{parameter}", parameter, f"clipped{where}")

    def _once(self) -> None:
        if self._schedule is not None:
            bind = {slot: slot for slot in self._schedule.slots}
            self._build.call(self._schedule, bind, RATE, UPDATE, None)
        for once in self._optimizer.once:
            op = self._optimizer.single(once)
            self._build.call(op, {slot: slot for slot in op.slots}, once.writes, UPDATE, None)
        for name, _ in self._optimizer.counters:
            self.carries[name] = f"{name}_new"

    def _stages(self, parameter: str, where: str) -> None:
        names = {PARAMETER: parameter, GRADIENT: self._gradients[parameter]}
        for slot in self._optimizer.memory:
            names[slot] = f"{slot}_{parameter}"
        for stage in self._optimizer.stages:
            writes = f"{parameter}_new" if stage.writes == NEW else _of_parameter(stage.writes, parameter)
            op = self._optimizer.update(stage, len(self._build.values[parameter].shape))
            self._call(op, {s: names.get(s, s) for s in op.slots}, writes, parameter, f"{stage.writes}{where}")
            names[stage.writes] = writes
        self.carries[parameter] = f"{parameter}_new"
        for slot in self._optimizer.memory:
            self.carries[f"{slot}_{parameter}"] = f"{slot}_{parameter}_new"

    def _call(self, op: Op, bind: Mapping[str, str], writes: str, parameter: str, group: str) -> None:
        self._build.call(op, bind, writes, UPDATE, self._build.values[parameter].layer, group)


def _of_parameter(stage: str, parameter: str) -> str:
    """The name of what a stage writes for a parameter: m_new and W2 give m_W2_new."""
    stem, _, new = stage.partition("_")
    return f"{stem}_{parameter}" + ("_new" if new else "")
