"""What charts are put together from: traces, axes and sentences.

A figure is what Plotly takes, as plain data. It names no colour: `var(--loss)` stands for the page's custom property of
that name, and the page puts in what it is in the theme that is shown. Nothing here knows a chart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import engine

Plain = dict[str, Any]
Stop = Callable[[], bool]

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
STEP = engine.Text("step", "步")


@dataclass(frozen=True)
class Choice:
    """A value of an option, and what it is called."""

    value: str
    label: engine.Text


@dataclass(frozen=True)
class Option:
    """Something to choose about a chart. `choices` are those a run offers; the first is the usual one."""

    name: str
    label: engine.Text
    choices: Callable[[engine.Run], Sequence[Choice]]


@dataclass(frozen=True)
class Question:
    """A chart asked for: of which run, at which step, with what chosen, in which language."""

    run: engine.Run
    step: int
    points: int
    chosen: Mapping[str, str]
    language: str
    work: int
    stop: Stop

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps that a chart over all of training shows."""
        last = self.run.steps - 1
        count = min(self.points, last + 1)
        return tuple(i * last // max(1, count - 1) for i in range(count))

    def say(self, text: engine.Text, **values: object) -> str:
        """A text in the language asked for, with its places filled in."""
        return text[self.language].format(**values)


@dataclass(frozen=True)
class Figure:
    """Traces and layout as Plotly takes them, and in a sentence what there is to see. `scales` says that the vertical
    axis may be linear or logarithmic.
    """

    data: Sequence[Plain]
    layout: Plain
    sentence: str
    scales: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart of a run, or of one step of it. `applies` tells whether a run has it."""

    name: str
    label: engine.Text
    summary: engine.Text
    at_step: bool
    build: Callable[[Question], Figure]
    options: tuple[Option, ...] = ()
    applies: Callable[[engine.Run], bool] = field(default=lambda run: True)


def line(x: Any, y: Any, name: str, colour: str, **more: Any) -> Plain:
    """A line, broken where a value is no finite number."""
    style = {"color": colour, "width": more.pop("width", 2), "dash": more.pop("dash", "solid")}
    return {
        "type": "scatter",
        "mode": more.pop("mode", "lines"),
        "x": x,
        "y": y,
        "name": name,
        "line": style,
        "hovertemplate": more.pop("hover", "%{y:.4g}"),
        **more,
    }


def layout(language: str, x: engine.Text, y: str | engine.Text, **more: Any) -> Plain:
    """The layout all charts share."""
    axis = {
        "automargin": True,
        "gridcolor": "var(--line)",
        "linecolor": "var(--line-strong)",
        "zeroline": False,
        "ticks": "outside",
        "tickcolor": "var(--line-strong)",
        "ticklen": 4,
    }
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
        "font": {"color": "var(--ink-soft)"},
        "hovermode": more.pop("hovermode", "x unified"),
        "hoverlabel": {"bgcolor": "var(--panel)", "bordercolor": "var(--line-strong)", "font": {"color": "var(--ink)"}},
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.01, "yanchor": "bottom"},
        "showlegend": more.pop("showlegend", True),
        "xaxis": {**axis, "title": {"text": x[language], "standoff": 6}, **more.pop("xaxis", {})},
        "yaxis": {
            **axis,
            "title": {"text": y if isinstance(y, str) else y[language], "standoff": 8},
            **more.pop("yaxis", {}),
        },
        **more,
    }


def mixed(colour: str, place: int, count: int) -> str:
    """The colour of one of several lines of one hue: paler for the first layers, full for the last."""
    share = 100 if count < 2 else 40 + 60 * place // (count - 1)
    return f"color-mix(in oklab, var({colour}) {share}%, var(--ink-faint))"


def number(value: float) -> str:
    """A number in a sentence: three digits and a real minus sign."""
    if value != value:
        return "NaN"
    if not isfinite(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.3g}".replace("-", "−")


def percent(value: float) -> str:
    """A share in a sentence."""
    return f"{100 * value:.3g}%"


def finite(values: Iterable[float]) -> list[float]:
    """The finite ones of some numbers."""
    return [float(value) for value in values if isfinite(value)]


def spreads(values: Iterable[float], least_ratio: float) -> bool:
    """Are all finite values above zero, and the largest so many times the smallest? Then a log scale shows more."""
    known = finite(values)
    return bool(known) and min(known) > 0 and max(known) > least_ratio * min(known)
