"""Remarks on an experiment: what is allowed, and probably not what was meant.

A run computes whatever it is asked; a loss held against targets it is not made for is a lesson, not an error. But who
did not choose it on purpose should be told, with the row and the column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.activations import ACTIVATIONS
from engine.activations.activation import apart
from engine.data.data_spec import InlineData
from engine.data.dataset import TARGETS, coded_outputs
from engine.data.datasets import DATASETS
from engine.losses import LOSSES, Loss
from engine.losses.targets import ANY, CLASSES, DISTRIBUTIONS, PROBABILITIES, SIGNS, Misfit, Targets
from engine.registry import Text
from engine.rules.notation import show_number
from engine.spec import ExperimentSpec


@dataclass(frozen=True)
class Note:
    """A remark about a field of the spec."""

    field: str
    text: Text


def notes(spec: ExperimentSpec) -> tuple[Note, ...]:
    """What there is to remark on an experiment; nothing about most."""
    return (*_targets(spec), *_one_class(spec), *_idle_activation(spec))


def _targets(spec: ExperimentSpec) -> Iterator[Note]:
    """The loss is made for other targets than the data has."""
    loss, data = LOSSES[spec.loss.kind], spec.data
    if isinstance(data, InlineData) and data.y:
        for part, rows in (("y", data.y), ("y_test", data.y_test)):
            misfit = loss.targets.misfit(np.array(rows)) if rows else None
            if misfit:
                yield Note(f"data.{part}", _made_for(loss, _found(part, misfit)))
        return
    entry = None if isinstance(data, InlineData) else DATASETS[data.kind]
    if entry is not None and entry.task == "regression":
        given = (ANY, PROBABILITIES) if entry.unit_targets else (ANY,)
        if loss.targets not in given:
            yield Note("loss", _made_for(loss, Text("Those of this data are not.", "这份数据的目标不是这样。")))
        return
    classes = data.class_count if isinstance(data, InlineData) else DATASETS[data.kind].counted(data.values)
    assert classes is not None
    if loss.targets in coded_as(classes, data.values["targets"]):
        return
    fitting = next(coding for coding in TARGETS.choices if loss.targets in coded_as(classes, coding))
    label = dict(zip(TARGETS.choices, TARGETS.choice_labels, strict=True))[fitting]
    advice = Text(
        f"With the classes as {label.en} they would be.",
        f"类别的编码选“{label.zh}”，就得到这样的目标。",
    )
    yield Note("data.targets", _made_for(loss, advice))


def coded_as(classes: int, coding: str) -> tuple[Targets, ...]:
    """The kinds of targets that so many classes become."""
    if coding == "signs":
        return (ANY, SIGNS)
    whole_rows = coded_outputs(classes, coding) == classes
    return (ANY, PROBABILITIES, DISTRIBUTIONS) if whole_rows else (ANY, PROBABILITIES)


def _made_for(loss: Loss, then: Text) -> Text:
    made_for = loss.targets.label
    return Text(
        f"{loss.label.en} is made for targets that are {made_for.en}. {then.en}",
        f"{loss.label.zh}适用的目标是：{made_for.zh}。{then.zh}",
    )


def _found(part: str, misfit: Misfit) -> Text:
    shown = show_number(misfit.value)
    if misfit.column is None:
        return Text(
            f"Those of {part}[{misfit.row}] add up to {shown}.",
            f"{part}[{misfit.row}] 这一行的和是 {shown}。",
        )
    return Text(
        f"{part}[{misfit.row},{misfit.column}] is {shown}.",
        f"{part}[{misfit.row},{misfit.column}] 是 {shown}。",
    )


def _one_class(spec: ExperimentSpec) -> Iterator[Note]:
    """A softmax over one output."""
    loss = LOSSES[spec.loss.kind]
    if loss.metric == CLASSES and spec.widths[-1] == 1:
        yield Note(
            "loss",
            Text(
                f"{loss.label.en} compares the outputs of one example with one another; softmax of a single output is "
                "always 1, and there is nothing to learn.",
                f"{loss.label.zh}比较同一样本的各个输出；只有一个输出时 softmax 恒为 1，没有什么可学。",
            ),
        )


def _idle_activation(spec: ExperimentSpec) -> Iterator[Note]:
    """The loss reads z, and applies another activation than the output layer has."""
    loss, last = LOSSES[spec.loss.kind], len(spec.layers) - 1
    activation = ACTIVATIONS[spec.layers[last].activation.kind]
    if loss.reads_when(spec.fused) == "z" and activation.name not in loss.natural_activations:
        applied = ACTIVATIONS[loss.unfused_activations[0]].label
        yield Note(
            f"layers[{last}].activation",
            Text(
                f"{loss.label.en} reads z and applies {applied.en} itself: {activation.label.en} of the output layer "
                "takes no part in training.",
                f"{loss.label.zh}直接读取 z 并自行作用{apart(applied.zh).rstrip()}："
                f"输出层的{apart(activation.label.zh)}不参与训练。",
            ),
        )
