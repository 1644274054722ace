"""What the engine finds out about a run beside its traces, as JSON."""

from __future__ import annotations

from collections.abc import Mapping

import engine
from app.encode import Array, Plain, causes, dumps, encodable, number, rounded, tensor, tensors
from app.errors import BadParameter
from app.plots import Figure


def optional(value: float | None) -> float | str | None:
    """A number as JSON can carry it, or null where there is none."""
    return None if value is None else number(value)


def columns(arrays: Mapping[str, Array]) -> Plain:
    """Named columns, one number or row for each step."""
    return {name: encodable(array) for name, array in arrays.items()}


def history(run: str, found: engine.History, start: int, stop: int, include: tuple[str, ...]) -> bytes:
    """Figures of a run at some steps; of what was asked for, all that the run has."""
    document: Plain = {"run": run, "start": start, "stop": stop, "steps": list(found.steps)}
    if "loss" in include:
        document["loss"] = encodable(found.loss)
    if found.penalty is not None:
        document["penalty"] = encodable(found.penalty)
    for part in ("norms", "ratios", "dead", "saturated"):
        if part in include:
            document[part] = columns(getattr(found, part))
    if "quantiles" in include:
        document["quantiles"] = {"levels": list(engine.LEVELS), "values": columns(found.quantiles)}
    for examples in ("train", "test"):
        figures: engine.Figures | None = getattr(found, examples)
        if figures is not None:
            document[examples] = {
                name: encodable(column)
                for name, column in (("loss", figures.loss), ("accuracy", figures.accuracy), ("r2", figures.r2))
                if column is not None
            }
    return dumps(document)


def history_columns(found: engine.History) -> dict[str, Array]:
    """The figures of a history that have one number a step, by name; those that it has."""
    columns = {"loss": found.loss, "penalty": found.penalty}
    for name, figures in (("train", found.train), ("test", found.test)):
        if figures is not None:
            columns |= {f"{name}_{each}": getattr(figures, each) for each in ("loss", "accuracy", "r2")}
    columns |= {f"norm_{name}": norms for name, norms in found.norms.items()}
    return {name: column for name, column in columns.items() if column is not None}


def history_csv(found: engine.History) -> str:
    """Loss and norms at some steps as a table: a row for each step."""
    columns = history_columns(found)
    lines = [",".join(("step", *columns))]
    for place, step in enumerate(found.steps):
        lines.append(",".join((str(step), *(repr(float(column[place])) for column in columns.values()))))
    return "\n".join(lines) + "\n"


def metrics(
    run: str, step: int, found: Mapping[str, engine.Metrics], flow: engine.Flow | None, per_array: int
) -> bytes:
    """How good and how alive a network is before a step."""
    return dumps(
        {
            "run": run,
            "step": step,
            "train": _metrics(found["train"], per_array),
            "test": _metrics(found["test"], per_array) if "test" in found else None,
            "flow": flow and _flow(flow),
        }
    )


def _metrics(found: engine.Metrics, per_array: int) -> Plain:
    return {
        "examples": found.examples,
        "loss": number(found.loss),
        "accuracy": optional(found.accuracy),
        "r2": optional(found.r2),
        "r2_outputs": None if found.r2_outputs is None else [optional(value) for value in found.r2_outputs],
        "undecided": found.undecided,
        "confusion": [
            {
                "output": each.output,
                "labels": list(each.labels),
                "counts": tensor(each.counts, per_array),
                "actual": encodable(each.actual),
                "predicted": encodable(each.predicted),
            }
            for each in found.confusion
        ],
    }


def _flow(found: engine.Flow) -> Plain:
    return {
        "layers": [
            {"layer": each.layer, "a": number(each.a), "delta": optional(each.delta), "dW": optional(each.dW)}
            for each in found.layers
        ],
        "ratio": optional(found.ratio),
        "factor": optional(found.factor),
        "verdict": found.verdict,
    }


def aftermath(
    run: str,
    program: engine.Program,
    found: engine.Aftermath,
    examples: tuple[int, ...] | None,
    names: tuple[str, ...] | None,
    in_all: int,
) -> bytes:
    """The batch of a step with the parameters after it: all values, or some rows of some of them."""
    batch = found.batch
    rows = list(range(len(batch)) if examples is None else examples)
    if any(row >= len(batch) for row in rows):
        raise BadParameter("examples", "number", f"rows 0 to {len(batch) - 1} of the batch")
    arrays = {
        name: array[rows] if examples is not None and "example" in program.values[name].quantity.axes else array
        for name, array in found.values.items()
        if names is None or name in names
    }
    values, truncated = tensors(arrays, in_all, in_all)
    document: Plain = {
        "run": run,
        "step": found.step,
        "batch": [batch[row] for row in rows],
        "loss": {"before": number(found.loss[0]), "after": number(found.loss[1])},
        "penalty": found.penalty and {"before": number(found.penalty[0]), "after": number(found.penalty[1])},
        "predicted": number(found.predicted),
        "change": number(found.change),
        "shares": {name: number(share) for name, share in found.shares.items()},
        "values": values,
    }
    if truncated:
        document["truncated"] = True
    return dumps(document)


def surface(
    run: str, step: int, found: engine.Surface, units: tuple[int, ...] | None, in_all: int, digits: int | None = None
) -> bytes:
    """Values of units over a grid of inputs, with all digits or so many; what does not fit is summarised."""
    shown = found.values if digits is None else {name: rounded(array, digits) for name, array in found.values.items()}
    values, truncated = tensors(shown, in_all, in_all)
    document: Plain = {
        "run": run,
        "step": step,
        "axes": [{"input": axis.input, "name": axis.name, "values": encodable(axis.values)} for axis in found.axes],
        "held": {name: number(value) for name, value in found.held.items()},
        "values": values,
        "middles": {name: number(value) for name, value in found.middles.items()},
        "labels": list(found.labels),
        "regions": None if found.regions is None else tensor(found.regions, in_all),
    }
    if units is not None:
        document["units"] = list(units)
    if truncated:
        document["truncated"] = True
    return dumps(document)


def landscape(run: str, step: int, found: engine.Landscape, in_all: int) -> bytes:
    """The loss over a plane, and the way of training on it."""
    path = found.path
    return dumps(
        {
            "run": run,
            "step": step,
            "plane": found.plane.kind,
            "axes": [
                {"name": name, "origin": number(origin), "values": encodable(axis)}
                for name, origin, axis in zip(found.plane.names, found.plane.origin, found.axes, strict=True)
            ],
            "loss": tensor(found.loss, in_all),
            "penalty": None if found.penalty is None else tensor(found.penalty, in_all),
            "path": {
                "steps": list(path.steps),
                "coordinates": encodable(path.coordinates),
                "inside": encodable(path.inside),
                "loss": encodable(path.loss),
            },
            "examples": found.examples,
            "of": found.of,
        }
    )


def chart(run: str, name: str, step: int, found: Figure, language: str) -> bytes:
    """A chart as Plotly takes it."""
    return dumps(
        {
            "run": run,
            "chart": name,
            "step": step,
            "language": language,
            "data": list(found.data),
            "layout": found.layout,
            "sentence": found.sentence,
            "warning": found.warning,
            "scales": found.scales,
        }
    )


def diagnosis(
    run: str,
    found: engine.Diagnosis,
    stopping: engine.EarlyStopping,
    monitors: tuple[str, ...],
    steps_per_epoch: int,
    language: str,
) -> bytes:
    """What happened in a run."""
    lost, dead, drop = found.non_finite, found.dead_unit, found.loss_drop
    return dumps(
        {
            "run": run,
            "language": language,
            "steps": found.steps,
            "non_finite": lost and _non_finite(lost, language),
            "dead_unit": dead and {"step": dead.step, "layer": dead.layer, "name": dead.name, "unit": dead.unit},
            "loss_drop": drop
            and {
                "step": drop.step,
                "until": drop.until,
                "before": number(drop.before),
                "after": number(drop.after),
            },
            "early_stopping": {
                "monitor": stopping.monitor,
                "monitors": list(monitors),
                "patience": stopping.patience,
                "min_delta": stopping.min_delta,
                "best": {
                    "epoch": stopping.best,
                    "step": stopping.best * steps_per_epoch,
                    "value": number(stopping.best_value),
                },
                "stopped": None
                if stopping.stopped is None
                else {"epoch": stopping.stopped, "step": stopping.stopped * steps_per_epoch},
                "goal": stopping.goal,
                "reached": None
                if stopping.reached is None
                else {"epoch": stopping.reached, "step": stopping.reached * steps_per_epoch},
            },
        }
    )


def _non_finite(found: engine.NonFinite, language: str) -> Plain:
    return {
        "step": found.step,
        "name": found.name,
        "index": list(found.index),
        "address": found.address,
        "value": number(found.value),
        "op": found.call.op if found.call else None,
        "phase": found.call.phase if found.call else None,
        "causes": causes(found.causes, language),
        "spread": list(found.spread),
        "last_finite": found.last_finite,
        "sentence": found.say(language),
    }
