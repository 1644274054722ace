"""The charts of what goes on in the layers: sizes over depth and over training, distributions, units that sleep."""

from __future__ import annotations

from collections.abc import Sequence

import engine
from app.encode import gaps
from app.plots import DASHES, STEP, Choice, Figure, Plain, Question, finite, layout, line, mixed, number, percent

Text = engine.Text
LAYER = Text("layer {k}", "第 {k} 层")

QUANTITIES = {
    "a": (Text("activations a", "激活值 a"), "--forward"),
    "z": (Text("pre-activations z", "加权输入 z"), "--forward"),
    "delta": (Text("error terms δ", "误差项 δ"), "--backward"),
    "dW": (Text("gradients of weights", "权重梯度"), "--backward"),
}


def depth(asked: Question) -> Figure:
    """Sizes from layer to layer in one step."""
    step = min(asked.step, asked.run.steps - 1)
    flow = asked.run.flow(step, asked.stop)
    ratios = asked.run.history((step,), asked.stop, ("ratios",)).ratios
    layers = [each.layer for each in flow.layers]
    rows: list[tuple[Text, list[float | None], str, str]] = [
        (Text("|a|", "|a|"), [each.a for each in flow.layers], "var(--forward)", "solid"),
        (Text("|δ|", "|δ|"), [each.delta for each in flow.layers], "var(--backward)", "solid"),
        (Text("|∂W|", "|∂W|"), [each.dW for each in flow.layers], "var(--backward)", "dot"),
        (
            Text("update / weight", "更新量 / 权重"),
            [float(ratios[f"W{k}"][0]) if f"W{k}" in ratios else None for k in layers],
            "var(--update)",
            "dash",
        ),
    ]
    data = [
        line(layers, gaps(values), asked.say(name), colour, dash=dash, mode="lines+markers", marker={"size": 8})
        for name, values, colour, dash in rows
        if any(value is not None for value in values)
    ]
    frame = layout(
        asked.language,
        Text("layer", "层"),
        Text("root mean square", "均方根"),
        xaxis={"dtick": 1, "range": [0.7, len(layers) + 0.3]},
        yaxis={"type": "log", "tickformat": "~g"},
    )
    if flow.factor is not None:
        middle = flow.layers[len(flow.layers) // 2]
        frame["annotations"] = [
            {
                "x": middle.layer - 0.5 if len(layers) % 2 == 0 else middle.layer,
                "y": 0.02,
                "yref": "paper",
                "yanchor": "bottom",
                "showarrow": False,
                "text": f"δ × {number(flow.factor)} {asked.say(Text('per layer on the way back', '（每往回一层）'))}",
                "font": {"color": "var(--backward-ink)"},
                "bgcolor": "var(--panel)",
                "borderpad": 3,
            }
        ]
    return Figure(data, frame, _about_depth(asked, flow, step), scales=True)


VERDICTS = {
    "vanishing": Text(
        "The errors vanish: what reaches layer 1 is {ratio} of what leaves the last layer, so the first layers hardly "
        "learn (step {step}).",
        "误差正在消失：到达第 1 层的误差只有最后一层的 {ratio} 倍，前面的层几乎学不到东西（第 {step} 步）。",
    ),
    "exploding": Text(
        "The errors explode: what reaches layer 1 is {ratio} times what leaves the last layer (step {step}).",
        "误差正在爆炸：到达第 1 层的误差是最后一层的 {ratio} 倍（第 {step} 步）。",
    ),
    "steady": Text(
        "The errors keep their size: what reaches layer 1 is {ratio} times what leaves the last layer (step {step}).",
        "误差大小基本保持：到达第 1 层的误差是最后一层的 {ratio} 倍（第 {step} 步）。",
    ),
}


def _about_depth(asked: Question, flow: engine.Flow, step: int) -> str:
    if flow.verdict is None or flow.ratio is None:
        return asked.say(Text("The sizes of each layer in step {step}.", "第 {step} 步各层数值的大小。"), step=step)
    return asked.say(VERDICTS[flow.verdict], ratio=number(flow.ratio), step=step)


def layers(asked: Question) -> Figure:
    """Sizes of every layer over training."""
    quantity = asked.chosen["quantity"]
    ratio = quantity == "ratio"
    found = asked.run.history(asked.steps, asked.stop, ("ratios",) if ratio else ("norms",))
    columns = (
        found.ratios if ratio else {name: column for name, column in found.norms.items() if _stem(name) == quantity}
    )
    names = sorted(columns, key=lambda name: (_layer_of(name), name))
    hue = "--update" if ratio else QUANTITIES[quantity][1]
    data = [
        line(
            list(found.steps),
            gaps(columns[name]),
            name if ratio else asked.say(LAYER, k=_layer_of(name)),
            mixed(hue, k, len(names)),
            dash=DASHES[k % len(DASHES)],
        )
        for k, name in enumerate(names)
    ]
    title = Text("|ΔW| / |W|", "|ΔW| / |W|") if ratio else Text("Euclidean norm", "欧几里得范数")
    frame = layout(asked.language, STEP, title, yaxis={"type": "log", "tickformat": "~g"})
    if ratio:
        frame["shapes"] = [
            {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1e-3, "y1": 1e-3,
             "line": {"color": "var(--ink-faint)", "width": 1, "dash": "dot"}}
        ]  # fmt: skip
        sentence = Text(
            "How far each parameter moves in a step, next to its own size. About 0.001 (dotted) is a usual rule of "
            "thumb; much less hardly learns, much more jumps about.",
            "每个参数每步移动的距离与自身大小之比。经验上约为 0.001（虚线）；小得多则几乎不学习，大得多则剧烈跳动。",
        )
        return Figure(data, frame, asked.say(sentence), scales=True)
    ends = {name: finite(columns[name]) for name in names}
    first, last = names[0], names[-1]
    return Figure(data, frame, _about_layers(asked, quantity, ends[first], ends[last]), scales=True)


def _about_layers(asked: Question, quantity: str, first: Sequence[float], last: Sequence[float]) -> str:
    what = QUANTITIES[quantity][0][asked.language]
    if not first or not last:
        return what
    return asked.say(
        Text(
            "Norm of the {what}: at the end {first} in the first layer, {last} in the last.",
            "{what}的范数：结束时第一层为 {first}，最后一层为 {last}。",
        ),
        what=what,
        first=number(first[-1]),
        last=number(last[-1]),
    )


def distribution(asked: Question) -> Figure:
    """How the numbers of a layer are spread over training."""
    name = asked.chosen["values"]
    what, hue = QUANTITIES[_stem(name)]
    found = asked.run.history(asked.steps, asked.stop, ("quantiles",))
    steps, columns = list(found.steps), [gaps(found.quantiles[name][:, k]) for k in range(len(engine.LEVELS))]
    least, low, lower, middle, upper, high, most = columns
    colour = f"var({hue})"
    band = {"line": {"width": 0, "color": colour}, "hoverinfo": "skip", "showlegend": False, "type": "scatter"}

    def filled(below: object, above: object, opacity: int, label: str) -> list[Plain]:
        shade = f"color-mix(in oklab, var({hue}) {opacity}%, transparent)"
        return [
            {**band, "mode": "lines", "x": steps, "y": below},
            {**band, "mode": "lines", "x": steps, "y": above, "fill": "tonexty", "fillcolor": shade,
             "showlegend": True, "name": label},
        ]  # fmt: skip

    ends = asked.say(Text("smallest, largest", "最小、最大"))
    data = [
        *filled(low, high, 18, asked.say(Text("middle 90%", "中间 90%"))),
        *filled(lower, upper, 38, asked.say(Text("middle 50%", "中间 50%"))),
        line(steps, middle, asked.say(Text("median", "中位数")), colour, width=2.5),
        line(steps, least, ends, colour, width=1, dash="dot", legendgroup="ends"),
        line(steps, most, ends, colour, width=1, dash="dot", legendgroup="ends", showlegend=False),
    ]
    title = f"{what[asked.language]} · {asked.say(LAYER, k=_layer_of(name))}"
    sentence = asked.say(
        Text(
            "How the {title} of a batch are spread over training. At the end half lie between {low} and {high}.",
            "批量中{title}的分布随训练的变化。结束时有一半落在 {low} 与 {high} 之间。",
        ),
        title=title,
        low=number(float(found.quantiles[name][-1, 2])),
        high=number(float(found.quantiles[name][-1, 4])),
    )
    return Figure(data, layout(asked.language, STEP, title), sentence)


def asleep(asked: Question) -> Figure:
    """Shares of dead and saturated units over training."""
    found = asked.run.history(asked.steps, asked.stop, ("dead", "saturated"))
    data, said = [], []
    for columns, what, hue, dash in (
        (found.dead, Text("dead", "死亡"), "--warning-ink", "solid"),
        (found.saturated, Text("saturated", "饱和"), "--negative", "dash"),
    ):
        for k, (name, column) in enumerate(columns.items()):
            label = f"{what[asked.language]} · {asked.say(LAYER, k=_layer_of(name))}"
            data.append(
                line(list(found.steps), gaps(column), label, mixed(hue, k, len(columns)), dash=dash, hover="%{y:.1%}")
            )
            said.append(f"{label} {percent(float(column[-1]))}")
    sentence = asked.say(
        Text("At the end: {said}.", "结束时：{said}。"), said=Text(", ", "，")[asked.language].join(said)
    )
    title = Text("share of units or activations", "神经元或激活值的比例")
    return Figure(
        data, layout(asked.language, STEP, title, yaxis={"tickformat": ".0%", "range": [-0.01, 1.02]}), sentence
    )


def _stem(name: str) -> str:
    return name.rstrip("0123456789")


def _layer_of(name: str) -> int:
    return int(name[len(_stem(name)) :])


def quantities(run: engine.Run) -> list[Choice]:
    """What can be shown of all layers."""
    there = [name for name in ("delta", "a", "dW") if any(_stem(each) == name for each in run.program.written)]
    return [
        *(Choice(name, QUANTITIES[name][0]) for name in there),
        *([Choice("ratio", Text("update / weight", "更新量 / 权重"))] if run.program.updates else []),
    ]


def layer_values(run: engine.Run) -> list[Choice]:
    """Arrays whose distribution can be shown."""
    return [
        Choice(
            name,
            Text(
                *(f"{QUANTITIES[stem][0][each]} · {LAYER[each].format(k=_layer_of(name))}" for each in engine.LANGUAGES)
            ),
        )
        for stem in ("z", "a", "delta", "dW")
        for name in sorted((each for each in run.program.written if _stem(each) == stem), key=_layer_of)
    ]
