"""The charts: one entry each, and everything else follows: the route, the panel, the test.

They show what the engine found out; nothing is computed here but what a picture needs.
"""

from __future__ import annotations

import engine
from app.encode import gaps
from app.heatmaps import confusion, landscape
from app.layercharts import asleep, depth, distribution, layer_values, layers, quantities
from app.plots import (
    STEP,
    Chart,
    Choice,
    Figure,
    Option,
    Plain,
    Question,
    finite,
    layout,
    line,
    number,
    percent,
    spreads,
)

Text = engine.Text
TRAIN, TEST = Text("training", "训练"), Text("test", "测试")
LOSS, LOSS_LABEL = Text("loss", "损失"), Text("Loss", "损失")

LOG_FROM = 200
"""From this ratio of the largest to the smallest loss on, a chart begins on a log scale."""

# Loss and success over training


def _loss(asked: Question) -> Figure:
    found = asked.run.history(asked.steps, asked.stop, ("loss", "penalty", "train", "test"))
    assert found.train is not None
    steps = list(found.steps)
    data: list[Plain] = []
    if found.loss.tobytes() != found.train.loss.tobytes():
        name = asked.say(Text("each batch", "各批量"))
        data.append(line(steps, gaps(found.loss), name, "var(--loss)", width=1, opacity=0.4))
    data.append(line(steps, gaps(found.train.loss), asked.say(TRAIN), "var(--loss)", width=2.5, meta={"keep": True}))
    if found.test is not None:
        data.append(line(steps, gaps(found.test.loss), asked.say(TEST), "var(--ink)", dash="dash"))
    if found.penalty is not None:
        name = asked.say(Text("training and penalty", "训练损失加惩罚"))
        data.append(line(steps, gaps(found.train.loss + found.penalty), name, "var(--loss-ink)", dash="dot", width=1.5))
    log = spreads(found.train.loss, LOG_FROM)
    frame = layout(asked.language, STEP, LOSS, yaxis={"type": "log" if log else "linear", "tickformat": "~g"})
    return Figure(data, frame, _about_loss(asked, found), scales=True)


def _about_loss(asked: Question, found: engine.History) -> str:
    assert found.train is not None
    first, last = float(found.train.loss[0]), float(found.train.loss[-1])
    text = asked.say(
        Text(
            "Training loss goes from {first} to {last} in {steps} steps.",
            "训练损失在 {steps} 步内从 {first} 变为 {last}。",
        ),
        first=number(first),
        last=number(last),
        steps=asked.run.steps,
    )
    if found.test is None or not finite(found.test.loss):
        return text
    losses = [float(loss) for loss in found.test.loss]
    best = losses.index(min(finite(losses)))
    return text + asked.say(
        Text(" Test loss is lowest at step {step}: {value}.", "测试损失在第 {step} 步最低，为 {value}。"),
        step=found.steps[best],
        value=number(losses[best]),
    )


def _quality(asked: Question) -> Figure:
    found = asked.run.history(asked.steps, asked.stop, ("train", "test"))
    assert found.train is not None
    accuracy = found.train.accuracy is not None
    data, said = [], []
    for figures, name, colour, dash in (
        (found.train, TRAIN, "var(--positive)", "solid"),
        (found.test, TEST, "var(--ink)", "dash"),
    ):
        column = None if figures is None else figures.accuracy if accuracy else figures.r2
        if column is None:
            continue
        hover = "%{y:.1%}" if accuracy else "%{y:.4f}"
        data.append(line(list(found.steps), gaps(column), asked.say(name), colour, dash=dash, hover=hover, width=2.5))
        said.append(f"{asked.say(name)} {(percent if accuracy else number)(float(column[-1]))}")
    title = (
        Text("share of right answers", "正确率")
        if accuracy
        else Text("R²: share of variance explained", "R²：解释的方差比例")
    )
    axis: Plain = {"tickformat": ".0%", "range": [0, 1.02]} if accuracy else {}
    sentence = asked.say(
        Text("At the end: {said}.", "结束时：{said}。"), said=Text(", ", "，")[asked.language].join(said)
    )
    return Figure(data, layout(asked.language, STEP, title, yaxis=axis), sentence)


def _sets(run: engine.Run) -> list[Choice]:
    """The sets of examples a run has."""
    has_test = bool(len(run.data(0).x_test))
    return [Choice("train", TRAIN), *([Choice("test", TEST)] if has_test else [])]


def _planes(run: engine.Run) -> list[Choice]:
    return [
        Choice("path", Text("the plane training moved in", "训练所在的平面")),
        Choice("random", Text("random directions", "随机方向")),
        Choice("line", Text("from start to end", "从起点到终点")),
    ]


def _sleeps(run: engine.Run) -> bool:
    found = run.history((0,), None, ("dead", "saturated"))
    return bool(found.dead or found.saturated)


def _one_matrix(run: engine.Run) -> bool:
    return len(run.metrics(0)["train"].confusion) == 1


def _told(run: engine.Run) -> bool:
    found = run.metrics(0)["train"]
    return found.accuracy is not None or found.r2 is not None


SET = Option("set", Text("Examples", "样本"), _sets)

CHARTS: dict[str, Chart] = {
    chart.name: chart
    for chart in (
        Chart(
            "loss",
            LOSS_LABEL,
            Text("Loss over training, of the training and the test examples.", "训练过程中训练样本和测试样本的损失。"),
            at_step=False,
            build=_loss,
        ),
        Chart(
            "quality",
            Text("Accuracy or R²", "正确率或 R²"),
            Text("How many answers are right, or how much is explained.", "有多少判断正确，或解释了多少方差。"),
            at_step=False,
            build=_quality,
            applies=_told,
        ),
        Chart(
            "depth",
            Text("Over depth", "随深度"),
            Text("How large signals and errors are from layer to layer.", "信号与误差逐层的大小。"),
            at_step=True,
            build=depth,
        ),
        Chart(
            "layers",
            Text("Layers", "各层"),
            Text("How large the numbers of each layer are over training.", "训练过程中各层数值的大小。"),
            at_step=False,
            build=layers,
            options=(Option("quantity", Text("Show", "显示"), quantities),),
        ),
        Chart(
            "distribution",
            Text("Distribution", "分布"),
            Text("How the numbers of a layer are spread over training.", "训练过程中某层数值的分布。"),
            at_step=False,
            build=distribution,
            options=(Option("values", Text("Show", "显示"), layer_values),),
        ),
        Chart(
            "asleep",
            Text("Dead and saturated", "死亡与饱和"),
            Text("Units that learn nothing, over training.", "训练过程中学不到东西的神经元。"),
            at_step=False,
            build=asleep,
            applies=_sleeps,
        ),
        Chart(
            "landscape",
            Text("Landscape", "损失地形"),
            Text("The loss around the parameters, and the way of training.", "参数周围的损失，以及训练走过的路。"),
            at_step=True,
            build=landscape,
            options=(Option("plane", Text("Plane", "平面"), _planes), SET),
        ),
        Chart(
            "confusion",
            Text("Confusion matrix", "混淆矩阵"),
            Text("Which classes are taken for which.", "哪些类别被判为哪些类别。"),
            at_step=True,
            build=confusion,
            options=(SET,),
            applies=_one_matrix,
        ),
    )
}
"""Every chart by its name, in the order of the panel."""

OPTIONS: tuple[str, ...] = tuple(dict.fromkeys(option.name for chart in CHARTS.values() for option in chart.options))
"""What can be chosen about some chart."""
