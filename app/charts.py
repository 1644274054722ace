"""The charts: one entry each, and everything else follows: the route, the panel, the test.

They show what the engine found out; nothing is computed here but what a picture needs.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

import engine
from app.encode import gaps
from app.heatmaps import confusion, landscape
from app.layercharts import asleep, depth, distribution, layer_values, layers, quantities
from app.plots import (
    DIVERGING,
    LOST,
    Chart,
    Choice,
    Figure,
    Option,
    Plain,
    Question,
    finite,
    line,
    logarithmic,
    lost,
    lost_from,
    number,
    over_training,
    percent,
    spreads,
    told_apart,
)

Text = engine.Text
TRAIN, TEST = Text("training", "训练"), Text("test", "测试")
LOSS, LOSS_LABEL = Text("loss 𝐿", "损失 𝐿"), Text("Loss", "损失")

LOG_FROM = 200
"""From this ratio of the largest to the smallest loss on, a chart begins on a log scale."""
GROWN = 10.0
"""Training has diverged when its loss ends so many times above where it began."""
OVERFIT = 1.1
"""A network overfits when its loss on test examples ends so many times above its least."""

# Loss and success over training


def _loss(asked: Question) -> Figure:
    found = asked.run.history(asked.steps, asked.stop, ("loss", "penalty", "train", "test"))
    assert found.train is not None
    steps = list(found.steps)
    data: list[Plain] = []
    if found.loss.tobytes() != found.train.loss.tobytes():
        name = asked.say(Text("each batch", "各批量"))
        data.append(line(steps, gaps(found.loss), name, "var(--loss)", width=1, opacity=0.4))
    data.append(line(steps, gaps(found.train.loss), asked.say(TRAIN), "var(--loss)", width=3, meta={"keep": True}))
    if found.test is not None:
        data.append(line(steps, gaps(found.test.loss), asked.say(TEST), "var(--ink)", dash="dash", width=2.5))
    if found.penalty is not None:
        name = asked.say(Text("training and penalty", "训练损失加惩罚"))
        data.append(line(steps, gaps(found.train.loss + found.penalty), name, "var(--loss-ink)", dash="dot", width=1.5))
    shown = finite(value for trace in data for value in trace["y"] if value is not None)
    axis = logarithmic(shown) if spreads(found.train.loss, LOG_FROM) else {"type": "linear", "tickformat": "~g"}
    sentence, warning = _about_loss(asked, found)
    best = _best(found)
    if best is not None and warning == asked.say(OVERFITTING):
        place, value = best
        name = asked.say(Text("least test loss", "测试损失最小"))
        data.append(
            {
                **line([steps[place]], [value], name, "var(--ink)", mode="markers"),
                "marker": {"size": 13, "symbol": "circle-open", "color": "var(--ink)", "line": {"width": 2.5}},
            }
        )
    frame = over_training(asked, LOSS, yaxis=axis, **lost(asked, lost_from(steps, found.train.loss)))
    return Figure(data, frame, sentence, scales=True, warning=warning)


OVERFITTING = Text("Overfitting", "过拟合")


def _best(found: engine.History) -> tuple[int, float] | None:
    """Where among the points the loss on test examples is least, and how large it is there."""
    if found.test is None or not finite(found.test.loss):
        return None
    losses = [float(loss) for loss in found.test.loss]
    least = min(finite(losses))
    return losses.index(least), least


def _about_loss(asked: Question, found: engine.History) -> tuple[str, str]:
    """What the curves say, in a sentence, and what goes wrong, in a word."""
    assert found.train is not None
    losses = [float(loss) for loss in found.train.loss]
    first, last = losses[0], losses[-1]
    told = told_apart(first, last)
    values: dict[str, object] = {"first": told[0], "last": told[1], "step": found.steps[-1]}
    gone = next((place for place, loss in enumerate(losses) if not isfinite(loss)), None)
    if gone is not None:
        text = Text(
            "Training diverges: at step {gone} the loss is {value}.", "训练发散：第 {gone} 步的损失为 {value}。"
        )
        return asked.say(text, gone=found.steps[gone], value=number(losses[gone])), asked.say(DIVERGING)
    if len(losses) == 1:
        return asked.say(Text("The loss of the only step is {first}.", "唯一一步的损失为 {first}。"), **values), ""
    if last > GROWN * first > 0:
        text = Text(
            "Training diverges: its loss grows from {first} to {last} at step {step}.",
            "训练发散：损失从 {first} 增大到第 {step} 步的 {last}。",
        )
        return asked.say(text, **values), asked.say(DIVERGING)
    falls = Text(
        "Training loss falls from {first} to {last} at step {step}.", "训练损失从 {first} 降到第 {step} 步的 {last}。"
    )
    rises = Text(
        "Training loss goes from {first} up to {last} at step {step}.",
        "训练损失从 {first} 升到第 {step} 步的 {last}。",
    )
    stays = Text("Training loss stays at {first}.", "训练损失保持在 {first}。")
    sentence = asked.say(stays if told[0] == told[1] else falls if last < first else rises, **values)
    best = _best(found)
    if best is None or found.test is None:
        return sentence, ""
    place, least = best
    ends = float(found.test.loss[-1])
    if ends > OVERFIT * least and last < first:
        text = Text(
            " Test loss is least at step {step}, {least}, and rises to {ends} while training loss falls: overfitting.",
            "测试损失在第 {step} 步最小，为 {least}，此后升到 {ends}，而训练损失仍在下降：过拟合。",
        )
        values = {"step": found.steps[place], "least": number(least), "ends": number(ends)}
        return sentence + asked.say(text, **values), asked.say(OVERFITTING)
    text = Text(" Test loss ends at {ends}.", "测试损失最后为 {ends}。")
    return sentence + asked.say(text, ends=number(ends)), ""


def _accuracy(asked: Question) -> Figure:
    return _quality(asked, "accuracy", Text("accuracy", "正确率"), percent, "%{y:.1%}")


def _r2(asked: Question) -> Figure:
    return _quality(asked, "r2", Text("share of variance explained 𝑅²", "解释的方差比例 𝑅²"), number, "%{y:.4f}")


def _quality(asked: Question, figure: str, title: engine.Text, write: Callable[[float], str], hover: str) -> Figure:
    found = asked.run.history(asked.steps, asked.stop, ("train", "test"))
    data, said = [], []
    for figures, name, colour, dash in (
        (found.train, TRAIN, "var(--positive)", "solid"),
        (found.test, TEST, "var(--ink)", "dash"),
    ):
        if figures is None:
            continue
        column = getattr(figures, figure)
        keep = {"meta": {"keep": True}} if name is TRAIN else {}
        curve = line(
            list(found.steps), gaps(column), asked.say(name), colour, dash=dash, hover=hover, width=2.5, **keep
        )
        data.append(curve)
        said.append(f"{asked.say(name)} {write(float(column[-1]))}")
    axis: Plain = {"tickformat": ".0%", "range": [-0.02, 1.04]} if figure == "accuracy" else {"tickformat": "~g"}
    gone = lost_from(found.steps, getattr(found.train, figure))
    text = Text("At step {step}: {said}.", "第 {step} 步：{said}。") if gone is None else LOST
    sentence = asked.say(
        text, step=found.steps[-1] if gone is None else gone, said=Text(", ", "，")[asked.language].join(said)
    )
    frame = over_training(asked, title, yaxis=axis, **lost(asked, gone))
    return Figure(data, frame, sentence, warning="" if gone is None else asked.say(DIVERGING))


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


def _has_accuracy(run: engine.Run) -> bool:
    return run.metrics(0)["train"].accuracy is not None


def _has_r2(run: engine.Run) -> bool:
    return run.metrics(0)["train"].r2 is not None


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
            "accuracy",
            Text("Accuracy", "正确率"),
            Text("The share of examples that are classified correctly.", "分类正确的样本所占的比例。"),
            at_step=False,
            build=_accuracy,
            applies=_has_accuracy,
        ),
        Chart(
            "r2",
            Text("R²", "R²"),
            Text("How much of the variance of the targets is explained.", "目标值的方差有多少得到解释。"),
            at_step=False,
            build=_r2,
            applies=_has_r2,
        ),
        Chart(
            "depth",
            Text("Over depth", "随深度"),
            Text(
                "How large signals, errors, gradients and updates are from layer to layer in one step.",
                "某一步中信号、误差、梯度与更新量逐层的大小。",
            ),
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
            whole=True,
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
