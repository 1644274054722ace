"""The charts that are pictures of a plane: the loss landscape, and the confusion matrix."""

from __future__ import annotations

import engine
from app.encode import gaps, log10, shares
from app.plots import Figure, Plain, Question, layout, line, number, percent, spreads

Text = engine.Text

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
    hover = asked.say(Text("loss", "损失")) + " %{customdata:.4g}<extra></extra>"
    data: list[Plain] = [
        {
            "type": "contour",
            "x": gaps(found.axes[0]),
            "y": gaps(found.axes[1]),
            "z": gaps(log10(heights) if logarithmic else heights),
            "customdata": gaps(heights),
            "colorscale": [[0, "var(--panel)"], [1, "var(--loss)"]],
            "ncontours": 18,
            "line": {"width": 0.6, "color": "var(--line-strong)"},
            "showscale": False,
            "hovertemplate": hover,
        },
        line(
            gaps(way.coordinates[:, 0]),
            gaps(way.coordinates[:, 1]),
            asked.say(Text("training", "训练过程")),
            "var(--update)",
            mode="lines+markers",
            width=2,
            marker={"size": 4},
            customdata=list(way.steps),
            hover=asked.say(Text("step", "第")) + " %{customdata}<extra></extra>",
        ),
        _mark(found, 0, Text("start", "起点"), "circle-open", asked),
        _mark(found, len(way.steps) - 1, Text("end", "终点"), "circle", asked),
        {
            "type": "scatter",
            "mode": "markers",
            "x": [found.plane.origin[0]],
            "y": [found.plane.origin[1]],
            "name": asked.say(Text("step {step}", "第 {step} 步"), step=asked.step),
            "marker": {"symbol": "x-thin", "size": 12, "line": {"width": 3, "color": "var(--ink)"}},
            "hovertemplate": "%{fullData.name}<extra></extra>",
        },
    ]
    across, up = AXES[plane]
    frame = layout(asked.language, across, up, hovermode="closest")
    return Figure([trace for trace in data if trace], frame, _about(asked, found))


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
        "Darker is a larger loss; the cross is step {step}. The plane holds {share} of the way back to the start, the "
        "rest leads out of the picture.",
        "颜色越深损失越大；叉号是第 {step} 步。该平面包含回到起点路程的 {share}，其余部分在画面之外。",
    )
    return asked.say(text, step=asked.step, share=percent(inside)) + _fewer(asked, found)


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
        Text("loss", "损失"),
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
    data = [line(gaps(found.axes[0]), gaps(found.loss), asked.say(Text("loss", "损失")), "var(--loss)", width=2.5)]
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
        Text("taken for", "判为"),
        Text("is", "实际为"),
        hovermode="closest",
        showlegend=False,
        xaxis={"type": "category", "side": "top", "showgrid": False, "ticks": ""},
        yaxis={"type": "category", "autorange": "reversed", "showgrid": False, "ticks": "", "scaleanchor": "x"},
    )
    hover = (
        asked.say(Text("%{{y}} taken for %{{x}}: %{{customdata}}", "%{{y}} 判为 %{{x}}：%{{customdata}}"))
        + "<extra></extra>"
    )
    data: list[Plain] = [
        {
            "type": "heatmap",
            "x": labels,
            "y": labels,
            "z": shares(matrix.counts),
            "customdata": gaps(matrix.counts),
            "text": gaps(matrix.counts) if len(labels) <= MOST_WRITTEN else None,
            "texttemplate": "%{text}",
            "zmin": -1,
            "zmax": 1,
            "colorscale": [[0, "var(--negative)"], [0.5, "var(--panel)"], [1, "var(--positive)"]],
            "showscale": False,
            "xgap": 2,
            "ygap": 2,
            "hovertemplate": hover,
        }
    ]
    accuracy = percent(metrics.accuracy or 0.0)
    sentence = asked.say(
        Text(
            "Step {step}: {share} of {count} examples are right. Right answers are on the diagonal.",
            "第 {step} 步：{count} 个样本中有 {share} 判断正确。正确的判断在对角线上。",
        ),
        step=asked.step,
        share=accuracy,
        count=metrics.examples,
    )
    if metrics.undecided:
        sentence += asked.say(
            Text(" {count} have an output that is no number.", "有 {count} 个样本的输出不是数。"),
            count=number(metrics.undecided),
        )
    return Figure(data, frame, sentence)
