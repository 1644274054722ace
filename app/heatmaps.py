"""The charts that are pictures of a plane: the loss landscape, and the confusion matrix."""

from __future__ import annotations

from math import log10 as log
from typing import Any

import engine
from app.encode import gaps, log10, shares
from app.plots import Figure, Plain, Question, finite, layout, line, number, percent, spreads

Text = engine.Text
LOSS = Text("loss 𝐿", "损失 𝐿")

AXES = {
    "random": (Text("random direction 1", "随机方向 1"), Text("random direction 2", "随机方向 2")),
    "path": (Text("main direction of training", "训练的主方向"), Text("second direction", "第二方向")),
}
LOG_FROM = 20
"""From this ratio of the largest to the smallest height on, colours go by the logarithm."""
RESOLUTION = {"random": 41, "path": 41, "line": 101}
PATH = 60


def landscape(asked: Question) -> Figure:
    """The loss around the parameters of a step, with the way of training on it."""
    plane = asked.chosen["plane"]
    view = engine.LandscapeView(
        plane,
        to=asked.run.steps,
        resolution=RESOLUTION[plane],
        path=PATH,
        work=asked.work,
        examples=asked.chosen["set"],
    )
    found = asked.run.landscape(0 if plane == "line" else asked.step, view, asked.stop)
    if plane == "line":
        return _along_the_line(asked, found)
    heights = found.loss
    logarithmic = spreads(heights.reshape(-1), LOG_FROM)
    way = found.path
    hover = asked.say(LOSS) + " %{customdata:.4g}<extra></extra>"
    data: list[Plain] = [
        {
            "type": "contour",
            "x": gaps(found.axes[0]),
            "y": gaps(found.axes[1]),
            "z": gaps(log10(heights) if logarithmic else heights),
            "customdata": gaps(heights),
            "name": asked.say(LOSS),
            "colorscale": [[0, "var(--panel)"], [1, "var(--loss)"]],
            "ncontours": 18,
            "line": {"width": 0.6, "color": "var(--line-strong)"},
            "colorbar": _scale(asked, heights, logarithmic),
            "hovertemplate": hover,
        },
        {
            **line(
                gaps(way.coordinates[:, 0]),
                gaps(way.coordinates[:, 1]),
                asked.say(Text("training", "训练过程")),
                "var(--update)",
                mode="lines+markers",
                width=2.5,
                hover=asked.say(Text("step %{{customdata[0]}}", "第 %{{customdata[0]}} 步"))
                + f" · {asked.say(LOSS)} %{{customdata[1]:.4g}}<extra></extra>",
            ),
            "customdata": [list(pair) for pair in zip(way.steps, gaps(way.loss), strict=True)],
            "meta": {"leads": True},
        },
        _mark(found, 0, Text("start", "起点"), "circle-open", asked),
        _mark(found, len(way.steps) - 1, Text("end", "终点"), "circle", asked),
        {
            "type": "scatter",
            "mode": "markers",
            "x": [found.plane.origin[0]],
            "y": [found.plane.origin[1]],
            "name": asked.say(Text("step {step}", "第 {step} 步"), step=asked.step),
            "marker": {"symbol": "x-thin", "size": 14, "line": {"width": 4, "color": "var(--ink)"}},
            "hovertemplate": "%{fullData.name}<extra></extra>",
        },
    ]
    across, up = AXES[plane]
    frame = layout(asked.language, across, up, hovermode="closest")
    return Figure([trace for trace in data if trace], frame, _about(asked, found))


def _scale(asked: Question, heights: Any, logarithmic: bool) -> Plain:
    """What the colours stand for, in units of the loss also where they go by its logarithm."""
    known = finite(heights.reshape(-1))
    bar: Plain = {
        "title": {"text": asked.say(LOSS), "side": "right"},
        "thickness": 12,
        "outlinewidth": 0,
        "ticklen": 3,
        "tickformat": "~g",
        "nticks": 6,
    }
    if not logarithmic or not known:
        return bar
    low, high = log(min(known)), log(max(known))
    places = [low + (high - low) * part / 4 for part in range(5)]
    return {**bar, "tickvals": places, "ticktext": [number(10**place, 2) for place in places]}


def _mark(found: engine.Landscape, place: int, name: engine.Text, symbol: str, asked: Question) -> Plain:
    way = found.path
    if not way.steps:
        return {}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [float(way.coordinates[place, 0])],
        "y": [float(way.coordinates[place, 1])],
        "name": asked.say(name),
        "marker": {
            "symbol": symbol,
            "size": 10,
            "color": "var(--update)",
            "line": {"width": 2, "color": "var(--update)"},
        },
        "hovertemplate": "%{fullData.name}<extra></extra>",
    }


def _about(asked: Question, found: engine.Landscape) -> str:
    here = found.path.loss[-1] if len(found.path.loss) else None
    inside = float(found.path.inside[0]) if len(found.path.inside) else None
    if here is None or inside is None:
        return asked.say(
            Text("There is nothing to see: the parameters are not finite.", "无可显示：参数不是有限的数。")
        )
    text = Text(
        "The stronger the colour, the larger the loss. The cross is step {step}; the line "
        "is the way of training, seen on this plane.",
        "颜色越浓，损失越大。叉号是第 {step} 步；曲线是训练路径在该平面上的投影。",
    )
    return asked.say(text, step=asked.step) + _held(asked, found) + _fewer(asked, found)


def _held(asked: Question, found: engine.Landscape) -> str:
    """How much of the way from where training began to the cross lies in the plane."""
    share = float(found.path.inside[0])
    if asked.step == 0 or share != share:
        return ""
    text = Text(
        " {share} of the distance from the start to the cross lies in it.", "从起点到叉号的距离有 {share} 在该平面内。"
    )
    return asked.say(text, share=percent(max(0.0, share) ** 0.5))


def _fewer(asked: Question, found: engine.Landscape) -> str:
    if found.examples == found.of:
        return ""
    text = Text(" It was worked out on {examples} of {of} examples.", "只用了 {of} 个样本中的 {examples} 个来计算。")
    return asked.say(text, examples=found.examples, of=found.of)


def _along_the_line(asked: Question, found: engine.Landscape) -> Figure:
    start, end = Text("start", "起点"), Text("end of training", "训练结束")
    frame = layout(
        asked.language,
        Text("from the start (0) to the end of training (1)", "从起点（0）到训练结束（1）"),
        LOSS,
        shapes=[
            {
                "type": "line",
                "x0": place,
                "x1": place,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": "var(--update)", "width": 1, "dash": "dot"},
            }
            for place in (0, 1)
        ],
        annotations=[
            {"x": place, "yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False, "text": asked.say(name)}
            for place, name in ((0, start), (1, end))
        ],
        showlegend=False,
        margin={"l": 8, "r": 12, "t": 24, "b": 8},
    )
    sentence = asked.say(
        Text(
            "The loss on the straight line from the first parameters to the last. A bump in between is a barrier that "
            "training went around.",
            "从最初参数到最后参数的直线上的损失。中间若有隆起，就是训练绕过的障碍。",
        )
    )
    data = [line(gaps(found.axes[0]), gaps(found.loss), asked.say(LOSS), "var(--loss)", width=2.5)]
    return Figure(data, frame, sentence + _fewer(asked, found), scales=True)


MOST_WRITTEN = 20
"""In larger matrices the numbers would be too small to read."""


def confusion(asked: Question) -> Figure:
    """Which classes are taken for which: rows are what an example is, columns what it is taken for."""
    metrics = asked.run.metrics(asked.step, asked.stop)[asked.chosen["set"]]
    matrix = metrics.confusion[0]
    names = [name[asked.language] for name in asked.run.data(asked.step).classes]
    labels = names if len(names) == len(matrix.labels) else [str(label).replace("-", "−") for label in matrix.labels]
    frame = layout(
        asked.language,
        Text("predicted class", "预测类别"),
        Text("true class", "真实类别"),
        hovermode="closest",
        showlegend=False,
        xaxis={
            "type": "category",
            "side": "top",
            "showgrid": False,
            "ticks": "",
            "showline": False,
            "constrain": "domain",
        },
        yaxis={
            "type": "category",
            "autorange": "reversed",
            "showgrid": False,
            "ticks": "",
            "showline": False,
            "scaleanchor": "x",
            "constrain": "domain",
        },
    )
    taken = Text("{actual} taken for {predicted}: {count} of {all}", "{actual} 判为 {predicted}：{count} / {all}")
    rows = [int(count) for count in matrix.actual]
    shown = len(labels) <= MOST_WRITTEN
    data: list[Plain] = [
        {
            "type": "heatmap",
            "x": labels,
            "y": labels,
            "z": shares(matrix.counts),
            "text": [[str(int(count)) if shown else "" for count in row] for row in matrix.counts],
            "texttemplate": "%{text}",
            "hovertext": [
                [
                    asked.say(taken, actual=labels[i], predicted=labels[j], count=int(count), all=rows[i])
                    for j, count in enumerate(row)
                ]
                for i, row in enumerate(matrix.counts)
            ],
            "hovertemplate": "%{hovertext}<extra></extra>",
            "customdata": gaps(matrix.counts),
            "zmin": -1,
            "zmax": 1,
            "colorscale": [[0, "var(--negative)"], [0.5, "var(--panel)"], [1, "var(--positive)"]],
            "showscale": False,
            "xgap": 3,
            "ygap": 3,
        }
    ]
    return Figure(data, frame, _about_classes(asked, metrics, labels))


def _about_classes(asked: Question, metrics: engine.Metrics, labels: list[str]) -> str:
    parts = {"train": Text("training", "训练"), "test": Text("test", "测试")}
    sentence = asked.say(
        Text(
            "Step {step}: {right} of {count} {part} examples, {share}, are classified correctly.",
            "第 {step} 步：{count} 个{part}样本中有 {right} 个分类正确（{share}）。",
        ),
        step=asked.step,
        part=asked.say(parts[asked.chosen["set"]]),
        right=round((metrics.accuracy or 0.0) * metrics.examples),
        count=metrics.examples,
        share=percent(metrics.accuracy or 0.0),
    )
    counts = metrics.confusion[0].counts
    wrong = [(int(counts[i, j]), i, j) for i in range(len(labels)) for j in range(len(labels)) if i != j]
    most, actual, predicted = max(wrong, key=lambda each: each[0], default=(0, 0, 0))
    if most:
        sentence += asked.say(
            Text(
                " The most frequent mistake: {actual} taken for {predicted}, {count} times.",
                "最常见的错误：把 {actual} 判为 {predicted}，共 {count} 次。",
            ),
            actual=labels[actual],
            predicted=labels[predicted],
            count=most,
        )
    if metrics.undecided:
        sentence += asked.say(
            Text(" {count} have an output that is no number.", "有 {count} 个样本的输出不是数。"),
            count=metrics.undecided,
        )
    return sentence
