"""What a data set is, and the settings that data sets share.

A set makes points and, for each, targets (regression) or the number of its class (classification). Coding the classes
as targets, taking features, scaling and splitting are the same for all sets, and happen in `split`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from engine.data.tables import Table
from engine.registry import Entry, Param, Text
from engine.rules.rule import Array

Params = Mapping[str, Any]
Range = tuple[float, float]
Made = tuple[Array, Array]
"""Inputs (examples, inputs); and targets (examples, outputs), or the class of every example (examples,)."""


class Make(Protocol):
    """Makes a set, drawing points and noise from generators of their own."""

    def __call__(self, points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made: ...


MOST_TEST = 0.9
SCALINGS = ("none", "standard", "minmax")
CODINGS = ("zero_one", "signs", "one_hot")


@dataclass(frozen=True, eq=False)
class Dataset(Entry):
    """A set of examples.

    `size(params)` tells examples and inputs without making anything. `count` is how many classes there are, or how
    many targets where there are no classes; or the name of the parameter that says it. `make(points, noise, params)`
    draws from two generators, so that noise does not move what is drawn otherwise. `plane(params)` is where the points
    lie, a range for each of one or two inputs. `table` is the file it comes from, where it comes as one.
    `unit_targets` says that the targets of a regression are numbers from 0 to 1.
    """

    task: str = "regression"
    unit_targets: bool = False
    size: Callable[[Params], tuple[int, int]] = lambda params: (0, 0)
    count: int | str = 1
    make: Make = lambda points, noise, params: (np.zeros((0, 0)), np.zeros((0, 0)))
    class_names: Callable[[Params], tuple[Text, ...]] = lambda params: ()
    input_names: tuple[Text, ...] = ()
    plane: Callable[[Params], tuple[Range, ...]] = lambda params: ()
    table: Table | None = None

    @property
    def defaults(self) -> Params:
        """The parameters as they are where nothing is said."""
        return {param.name: param.default for param in self.params}

    def counted(self, params: Params) -> int:
        """How many classes; or how many targets, where there are no classes."""
        return int(params[self.count]) if isinstance(self.count, str) else self.count

    def classes(self, params: Params) -> tuple[Text, ...]:
        """The names of the classes; none for regression."""
        if self.task == "regression":
            return ()
        return self.class_names(params) or numbered(self.counted(params))


def numbered(count: int) -> tuple[Text, ...]:
    """Names for classes that have none: their numbers."""
    return tuple(Text(str(i), str(i)) for i in range(count))


def coded_outputs(classes: int, coding: str | None) -> int:
    """How many targets stand for a class: one for two classes, unless each is to have its own."""
    return 1 if classes == 2 and coding != "one_hot" else classes


def whole(name: str, default: int, en: str, zh: str, minimum: int = 1, maximum: int | None = None) -> Param:
    """A whole number as a setting."""
    return Param(name, "integer", default, Text(en, zh), minimum=minimum, maximum=maximum, step=1)


def number(name: str, default: float, en: str, zh: str, minimum: float, maximum: float, step: float = 0.1) -> Param:
    """A number as a setting."""
    return Param(name, "number", default, Text(en, zh), minimum=minimum, maximum=maximum, step=step)


def examples(default: int, maximum: int | None = None) -> Param:
    """How many examples, training and test together."""
    return whole("examples", default, "Examples", "样本数", maximum=maximum)


def noise(default: float, maximum: float = 10.0, step: float = 0.05) -> Param:
    """How far points or targets are moved at random."""
    return number("noise", default, "Noise", "噪声", 0.0, maximum, step)


def held_out(default: float) -> Param:
    """The share of examples that is kept for testing."""
    return number("test_fraction", default, "Test fraction", "测试集比例", 0.0, MOST_TEST, 0.05)


SCALING = Param(
    "scaling",
    "choice",
    "none",
    Text("Scaling of inputs", "输入缩放"),
    choices=SCALINGS,
    choice_labels=(
        Text("as they are", "不缩放"),
        Text("mean 0, deviation 1", "均值 0、标准差 1"),
        Text("from 0 to 1", "缩放到 0 至 1"),
    ),
)

TARGETS = Param(
    "targets",
    "choice",
    "zero_one",
    Text("Classes as targets", "类别的编码"),
    choices=CODINGS,
    choice_labels=(Text("0 and 1", "0 与 1"), Text("−1 and 1", "−1 与 1"), Text("one output each", "每类一个输出")),
)


def features(inputs: int | None = None) -> Param:
    """What the network is given. For one or two inputs the usual ones are offered."""
    offered = {
        1: ("x0", "x0^2", "x0^3", "sin(x0)", "cos(x0)"),
        2: ("x0", "x1", "x0^2", "x1^2", "x0*x1", "sin(x0)", "sin(x1)"),
    }
    plain = tuple(f"x{i}" for i in range(inputs)) if inputs in offered else None
    choices = offered.get(inputs or 0, ())
    labels = tuple(Text(typeset(name), typeset(name)) for name in choices)
    return Param("features", "features", plain, Text("Features", "特征"), choices=choices, choice_labels=labels)


def typeset(feature: str) -> str:
    """The name of a common feature as a formula in plain text.

    >>> typeset("x0*x1"), typeset("sin(x1)"), typeset("x0^2")
    ('x₀x₁', 'sin x₁', 'x₀²')
    """
    lowered = feature.replace("(", " ").translate(str.maketrans("", "", ")*^"))
    return re.sub(r"x(\d)(\d?)", lambda found: "x" + "₀₁"[int(found[1])] + found[2].translate(_RAISED), lowered)


_RAISED = str.maketrans("23", "²³")


def regression(inputs: int | None, test: float) -> tuple[Param, ...]:
    """The settings every set with numbers as targets has."""
    return (held_out(test), SCALING, features(inputs))


def classification(inputs: int | None, test: float) -> tuple[Param, ...]:
    """The settings every set with classes has."""
    return (TARGETS, *regression(inputs, test))


def moved(points: Array, noise: np.random.Generator, params: Params) -> Array:
    """Points with normal noise added to every coordinate."""
    return points + float(params["noise"]) * noise.standard_normal(points.shape)


def turns(count: int, classes: int) -> Array:
    """The classes in turn: 0, 1, …, 0, 1, … so that they are as equal in number as they can be."""
    return np.arange(count) % classes
