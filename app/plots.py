"""What charts are put together from: traces, axes and sentences.

A figure is what Plotly takes, as plain data. It names no colour: `var(--loss)` stands for the page's custom property of
that name, and the page puts in what it is in the theme that is shown. Nothing here knows a chart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, isfinite, log10
from typing import Any

import engine

Plain = dict[str, Any]
Stop = Callable[[], bool]

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
FEW = 40
"""Curves of so few points show each of them."""
DECADES = 3.0
"""A logarithmic axis spans so many powers of ten at least: what hardly differs looks as if it hardly differed."""

STEP = engine.Text("step", "步")
LAYER = engine.Text("layer {k}", "第 {k} 层")
DIVERGING = engine.Text("Diverging", "发散")
LOST = engine.Text(
    "Training has diverged: from step {step} on these are no finite numbers.",
    "训练已发散：从第 {step} 步起不再是有限的数。",
)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


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
    """A chart asked for: of which run, at which step, with what chosen, in which language. While a run is being
    computed, `run` is as much of it as there is, and `length` the number of steps it will have.
    """

    run: engine.Run
    step: int
    points: int
    chosen: Mapping[str, str]
    language: str
    work: int
    stop: Stop
    length: int = 0

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
    """Traces and layout as Plotly takes them, and in a sentence what there is to see; in a word or two what should give
    pause, if anything does. `scales` says that the vertical axis may be linear or logarithmic.
    """

    data: Sequence[Plain]
    layout: Plain
    sentence: str
    scales: bool = False
    warning: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart of a run, or of one step of it, which may need the `whole` run all the same. `applies` tells whether a
    run has it.
    """

    name: str
    label: engine.Text
    summary: engine.Text
    at_step: bool
    build: Callable[[Question], Figure]
    options: tuple[Option, ...] = ()
    whole: bool = False
    applies: Callable[[engine.Run], bool] = field(default=lambda run: True)


def line(x: Sequence[Any], y: Sequence[Any], name: str, colour: str, **more: Any) -> Plain:
    """A line, broken where a value is no finite number. Points that would have no line to lie on are marked."""
    style = {"color": colour, "width": more.pop("width", 2), "dash": more.pop("dash", "solid")}
    mode = "lines+markers" if len(x) <= FEW or _alone(y) else "lines"
    return {
        "type": "scatter",
        "mode": more.pop("mode", mode),
        "x": x,
        "y": y,
        "name": name,
        "line": style,
        "marker": {"size": more.pop("size", 5 if len(x) > 1 else 10), "color": colour},
        "hovertemplate": more.pop("hover", "%{y:.4g}"),
        **more,
    }


def _alone(values: Sequence[Any]) -> bool:
    """Is there a number between two gaps?"""
    gaps = [True, *(value is None for value in values), True]
    return any(before and after and not here for before, here, after in zip(gaps, gaps[1:], gaps[2:], strict=False))


def over_training(asked: Question, y: str | engine.Text, **more: Any) -> Plain:
    """The layout of a chart over all of training, whether or not all of it is there yet."""
    last = max(asked.length, asked.run.steps) - 1
    room = 0.5 if last == 0 else 0.01 * last
    axis = {"range": [-room, last + room], "tickformat": "d", **({"dtick": 1} if last <= 8 else {})}
    return layout(asked.language, STEP, y, xaxis=axis, **more)


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


def logarithmic(values: Iterable[float]) -> Plain:
    """A logarithmic axis for some values, with room about them. What is not above zero has no place on it."""
    known = [log10(value) for value in finite(values) if value > 0]
    if not known:
        return {"type": "log"}
    low, high = min(known), max(known)
    room = max((DECADES - (high - low)) / 2, 0.14 * (high - low))
    ticks = _powers(low - room, high + room)
    return {
        "type": "log",
        "range": [low - room, high + room],
        "tickvals": ticks,
        "ticktext": [number(value) for value in ticks],
    }


def _powers(low: float, high: float) -> list[float]:
    """Round numbers between two powers of ten, and beyond them, where someone may come by dragging."""
    every = max(1, round((high - low) / 6))
    within = (1, 2, 5) if high - low <= DECADES else (1,)
    first, last = (every * floor(low / every) - every * 2, every * ceil(high / every) + every * 2)
    return [digit * 10.0**power for power in range(max(first, -300), min(last, 300) + 1, every) for digit in within]


def of_layer(symbol: str, layer: int | str) -> str:
    """A symbol with the number of its layer, as the page writes it: δ⁽²⁾."""
    return f"{symbol}⁽{str(layer).translate(_RAISED)}⁾"


def ramp(colour: str, place: int, count: int) -> str:
    """The colour of one of several lines of one hue, in an order: pale, full, and dark for the last."""
    if count < 2:
        return f"var({colour})"
    at = place / (count - 1)
    if at <= 0.5:
        return f"color-mix(in oklab, var({colour}) {round(55 + 90 * at)}%, var(--paper))"
    return f"color-mix(in oklab, var({colour}) {round(100 - 130 * (at - 0.5))}%, var(--ink))"


def number(value: float, figures: int = 3) -> str:
    """A number in a sentence: three figures, a real minus sign, and powers of ten as the page writes them."""
    if value != value:
        return "NaN"
    if not isfinite(value):
        return "∞" if value > 0 else "−∞"
    if 1000 <= abs(value) < 1e5:
        return f"{value:.0f}".replace("-", "−")
    digits, _, power = f"{value:.{figures}g}".partition("e")
    return f"{digits}e{int(power)}".replace("-", "−") if power else digits.replace("-", "−")


def told_apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers with as many figures as it takes to tell them apart, if six do."""
    for figures in range(3, 7):
        if number(one, figures) != number(other, figures):
            return number(one, figures), number(other, figures)
    return number(one), number(other)


def lost_from(steps: Sequence[int], *columns: Iterable[float]) -> int | None:
    """The first of the steps from which on one of the columns has no finite number any more."""
    found = None
    for column in columns:
        for step, value in reversed(list(zip(steps, column, strict=True))):
            if isfinite(value):
                break
            found = step if found is None else min(found, step)
    return found


def lost(asked: Question, step: int | None) -> Plain:
    """The part of a chart over training where there is nothing finite left to draw, for its layout."""
    if step is None:
        return {}
    edge = {"line": {"width": 0}, "fillcolor": "var(--warning-wash)", "layer": "below"}
    end = max(asked.length, asked.run.steps) - 1
    return {
        "shapes": [
            {
                "type": "rect",
                "xref": "x",
                "yref": "paper",
                "x0": step,
                "x1": max(end, step + 1),
                "y0": 0,
                "y1": 1,
                **edge,
            }
        ],
        "annotations": [
            {
                "x": step,
                "xanchor": "left",
                "yref": "paper",
                "y": 1,
                "yanchor": "top",
                "showarrow": False,
                "text": "∞, NaN",
                "font": {"color": "var(--warning-ink)"},
            }
        ],
    }


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
