"""The charts of what goes on in the layers: sizes over depth and over training, distributions, units that sleep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, log10

import engine
from app.encode import gaps
from app.plots import (
    DASHES,
    DIVERGING,
    LAYER,
    LOST,
    Choice,
    Figure,
    Plain,
    Question,
    layout,
    line,
    logarithmic,
    lost,
    lost_from,
    number,
    of_layer,
    over_training,
    percent,
    ramp,
)

Text = engine.Text

QUANTITIES = {
    "a": (Text("activations {symbol}", "激活值 {symbol}"), "𝑎", "--forward"),
    "z": (Text("pre-activations {symbol}", "加权输入 {symbol}"), "𝑧", "--forward"),
    "delta": (Text("error terms {symbol}", "误差项 {symbol}"), "δ", "--backward"),
    "dW": (Text("gradients {symbol}", "梯度 {symbol}"), "∂𝑊", "--backward"),
}
RATIO = "|Δ𝑊| / |𝑊|"
RMS = Text("root mean square", "均方根")
USUAL_RATIO = 1e-3
"""What an update is to its weight in a training that goes well: a rule of thumb."""
HOLDS = (1 / 3, 3.0)
"""An error that reaches the first layer with a size in these bounds of that at the last has kept its size."""
MANY_DEAD = 0.5
"""From this share of a layer's units on, those that are dead are pointed out."""


def _called(name: str) -> Text:
    """What an array is called, with its symbol: error terms δ⁽²⁾."""
    words, symbol, _ = QUANTITIES[_stem(name)]
    whole = of_layer(symbol, _layer_of(name))
    return Text(*(words[language].format(symbol=whole) for language in engine.LANGUAGES))


# Over depth

_NOTE: Plain = {
    "showarrow": False,
    "font": {"color": "var(--backward-ink)"},
    "bgcolor": "var(--paper)",
    "borderpad": 2,
}


def depth(asked: Question) -> Figure:
    """Sizes from layer to layer in one step."""
    step = min(asked.step, asked.run.steps - 1)
    flow = asked.run.flow(step, asked.stop)
    ratios = asked.run.history((step,), asked.stop, ("ratios",)).ratios
    layers = [each.layer for each in flow.layers]
    moved = [float(ratios[f"W{k}"][0]) if f"W{k}" in ratios else None for k in layers]
    rows: list[tuple[str, list[float | None], str, Plain]] = [
        ("|𝑎|", [each.a for each in flow.layers], "var(--forward)", {"size": 8}),
        ("|δ|", [each.delta for each in flow.layers], "var(--backward)", {"size": 12, "width": 5}),
        ("|∂𝑊|", [each.dW for each in flow.layers], "var(--backward)", {"size": 8, "dash": "dot"}),
        (RATIO, moved, "var(--update)", {"size": 8, "dash": "dash"}),
    ]
    data = [
        # Zero has no place on a logarithmic axis; the table still has it.
        line(
            layers,
            gaps([value or None for value in values]),
            name,
            colour,
            mode="lines+markers",
            meta={"exact": gaps(values)},
            **style,
        )
        for name, values, colour, style in rows
        if any(value is not None for value in values)
    ]
    shown = [value for _, values, _, _ in rows for value in values if value is not None]
    frame = layout(
        asked.language,
        Text("layer ℓ", "层 ℓ"),
        RMS,
        xaxis={"dtick": 1, "range": [0.6, len(layers) + 0.4], "tickformat": "d"},
        yaxis=logarithmic(shown),
    )
    error = [each.delta for each in flow.layers]
    frame["annotations"] = [_nothing(k) for k, size in zip(layers, error, strict=True) if size == 0]
    if flow.ratio and error[0] and isfinite(flow.ratio) and isfinite(error[0]):
        frame["annotations"].append(_way_back(flow.ratio, error[0]))
    whole = all(isfinite(value) for value in shown)
    warning = _verdict(asked, flow.ratio) if whole else asked.say(DIVERGING)
    return Figure(data, frame, _about_depth(asked, flow, step, whole), scales=True, warning=warning)


def _nothing(layer: int) -> Plain:
    """Zero has no place on a logarithmic axis: it is said at its foot."""
    return {**_NOTE, "x": layer, "y": 0, "yref": "paper", "yanchor": "bottom", "text": "δ = 0"}


def _way_back(ratio: float, arrives: float) -> Plain:
    """At the first layer, how large the error still is that set out at the last one."""
    return {
        **_NOTE,
        "x": 1,
        "y": log10(arrives),
        "xanchor": "left",
        "yanchor": "top" if ratio < 1 else "bottom",
        "xshift": 12,
        "yshift": -6 if ratio < 1 else 6,
        "text": f"← δ × {number(ratio)}",
    }


def _verdict(asked: Question, ratio: float | None) -> str:
    """In a word what is wrong with errors that reach the first layer so much smaller or larger; empty if nothing is."""
    if ratio is None or not isfinite(ratio):
        return ""
    if ratio < engine.VANISHED:
        return asked.say(Text("Vanishing", "梯度消失"))
    return asked.say(Text("Exploding", "梯度爆炸")) if ratio > engine.EXPLODED else ""


def _about_depth(asked: Question, flow: engine.Flow, step: int, whole: bool) -> str:
    if not whole:
        text = Text(
            "Training has diverged: in step {step} not every size is a finite number.",
            "训练已发散：第 {step} 步有的数值大小不再是有限的数。",
        )
    elif flow.ratio is None or flow.factor is None:
        text = Text("How large the numbers of each layer are in step {step}.", "第 {step} 步各层数值的大小。")
    elif flow.ratio == 0:
        text = Text(
            "In step {step} no error reaches layer 1 at all: on the way back a layer multiplies it by a slope of 0.",
            "第 {step} 步没有任何误差到达第 1 层：反向传播途中某一层的斜率为 0。",
        )
    elif flow.ratio < engine.VANISHED:
        text = Text(
            "In step {step} the error vanishes on its way back: {ratio} of its size at the last layer reaches layer 1, "
            "about × {factor} in every layer. The first layers hardly learn.",
            "第 {step} 步误差在反向传播中消失：到达第 1 层时只有最后一层的 {ratio} 倍，平均每层乘以 {factor}。前面的层"
            "几乎学不到东西。",
        )
    elif flow.ratio > engine.EXPLODED:
        text = Text(
            "In step {step} the error explodes on its way back: it reaches layer 1 at {ratio} times its size at the "
            "last layer, about × {factor} in every layer. The first layers take steps that are far too long.",
            "第 {step} 步误差在反向传播中爆炸：到达第 1 层时是最后一层的 {ratio} 倍，平均每层乘以 {factor}。前面的层"
            "每步走得太远。",
        )
    elif HOLDS[0] <= flow.ratio <= HOLDS[1]:
        text = Text(
            "In step {step} the error keeps its size on its way back: it reaches layer 1 at {ratio} times its size at "
            "the last layer.",
            "第 {step} 步误差在反向传播中大小基本不变：到达第 1 层时是最后一层的 {ratio} 倍。",
        )
    else:
        text = (
            Text(
                "In step {step} the error shrinks on its way back: it reaches layer 1 at {ratio} times its size at the "
                "last layer, about × {factor} in every layer.",
                "第 {step} 步误差在反向传播中变小：到达第 1 层时是最后一层的 {ratio} 倍，平均每层乘以 {factor}。",
            )
            if flow.ratio < 1
            else Text(
                "In step {step} the error grows on its way back: it reaches layer 1 at {ratio} times its size at the "
                "last layer, about × {factor} in every layer.",
                "第 {step} 步误差在反向传播中变大：到达第 1 层时是最后一层的 {ratio} 倍，平均每层乘以 {factor}。",
            )
        )
    values = {"ratio": number(flow.ratio or 0.0), "factor": number(flow.factor or 0.0)}
    return asked.say(text, step=step, **values)


# Over training


def layers(asked: Question) -> Figure:
    """Sizes of every layer over training."""
    return _update_ratios(asked) if asked.chosen["quantity"] == "ratio" else _sizes(asked, asked.chosen["quantity"])


def _sizes(asked: Question, quantity: str) -> Figure:
    words, symbol, hue = QUANTITIES[quantity]
    found = asked.run.history(asked.steps, asked.stop, ("norms",))
    names = sorted((name for name in found.norms if _stem(name) == quantity), key=_layer_of)
    columns = {name: _root_mean_squares(asked.run, name, found) for name in names}
    gone = lost_from(found.steps, *columns.values())
    shown = (value for column in columns.values() for value in column)
    frame = over_training(asked, f"{RMS[asked.language]} |{symbol}|", yaxis=logarithmic(shown), **lost(asked, gone))
    data = _curves(asked, columns, found, hue)
    if gone is not None:
        return Figure(data, frame, asked.say(LOST, step=gone), scales=True, warning=asked.say(DIVERGING))
    first, last = columns[names[0]][-1], columns[names[-1]][-1]
    ratio = first / last if len(names) > 1 and last else None
    sentence = asked.say(
        Text(
            "Root mean square of the {what} by layer. At step {step}: {first} in layer 1, {last} in layer {count}.",
            "各层{what} 的均方根。第 {step} 步：第 1 层为 {first}，第 {count} 层为 {last}。",
        ),
        what=words[asked.language].format(symbol=symbol),
        step=found.steps[-1],
        first=number(first),
        last=number(last),
        count=len(names),
    )
    if ratio is not None and quantity == "delta":
        times = Text(" Layer 1 has {ratio} of the size of layer {count}.", "第 1 层是第 {count} 层的 {ratio} 倍。")
        none = Text(" No error reaches layer 1.", "没有误差到达第 1 层。")
        sentence += asked.say(times if ratio else none, ratio=number(ratio), count=len(names))
    warning = _verdict(asked, ratio) if quantity in ("delta", "dW") else ""
    return Figure(data, frame, sentence, scales=True, warning=warning)


def _root_mean_squares(run: engine.Run, name: str, found: engine.History) -> list[float]:
    """From Euclidean norms, so that wide and narrow layers compare, and full batches with the last one of an epoch."""
    width = run.program.values[name].shape[-1]

    def numbers(step: int) -> int:
        if _stem(name) == "dW":
            return int(width * run.program.values[name].shape[0])
        return int(width * run.spec.batch_at(step))

    return [float(norm) / numbers(step) ** 0.5 for step, norm in zip(found.steps, found.norms[name], strict=True)]


def _update_ratios(asked: Question) -> Figure:
    found = asked.run.history(asked.steps, asked.stop, ("ratios",))
    names = sorted((name for name in found.ratios if name.startswith("W")), key=_layer_of)
    columns = {name: [float(value) for value in found.ratios[name]] for name in names}
    shown = [USUAL_RATIO, *(value for column in columns.values() for value in column)]
    frame = over_training(asked, RATIO, yaxis=logarithmic(shown))
    frame["shapes"] = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": USUAL_RATIO, "y1": USUAL_RATIO,
         "line": {"color": "var(--ink-faint)", "width": 1.5, "dash": "dot"}}
    ]  # fmt: skip
    sentence = Text(
        "How far the weights of a layer move in a step, next to their own size. About 0.001 (dotted) is a rule of "
        "thumb: far below it hardly anything is learnt, far above it the weights jump about.",
        "每步中各层权重的改变量与自身大小之比。经验上约为 0.001（点线）：远小于它则几乎不学习，远大于它则剧烈跳动。",
    )
    return Figure(_curves(asked, columns, found, "--update"), frame, asked.say(sentence), scales=True)


def _curves(asked: Question, columns: Mapping[str, Sequence[float]], found: engine.History, hue: str) -> list[Plain]:
    return [
        line(
            list(found.steps),
            gaps(column),
            asked.say(LAYER, k=_layer_of(name)),
            ramp(hue, place, len(columns)),
            dash=DASHES[place % len(DASHES)],
            width=2.5,
        )
        for place, (name, column) in enumerate(columns.items())
    ]


def distribution(asked: Question) -> Figure:
    """How the numbers of a layer are spread over training."""
    name = asked.chosen["values"]
    hue = QUANTITIES[_stem(name)][2]
    found = asked.run.history(asked.steps, asked.stop, ("quantiles",))
    steps, columns = list(found.steps), [gaps(found.quantiles[name][:, k]) for k in range(len(engine.LEVELS))]
    least, low, lower, middle, upper, high, most = columns
    colour = f"var({hue})"
    band = {"line": {"width": 0, "color": colour}, "hoverinfo": "skip", "showlegend": False, "type": "scatter"}

    def filled(below: object, above: object, opacity: int, label: Text) -> list[Plain]:
        shade = f"color-mix(in oklab, var({hue}) {opacity}%, transparent)"
        named = {"name": asked.say(label), "legendgroup": label.en}
        return [
            {**band, **named, "mode": "lines", "x": steps, "y": below},
            {**band, **named, "mode": "lines", "x": steps, "y": above, "fill": "tonexty", "fillcolor": shade,
             "showlegend": True},
        ]  # fmt: skip

    ends = asked.say(Text("smallest, largest", "最小、最大"))
    data = [
        *filled(low, high, 18, Text("middle 90%", "中间 90%")),
        *filled(lower, upper, 38, Text("middle 50%", "中间 50%")),
        line(steps, middle, asked.say(Text("median", "中位数")), colour, width=2.5),
        line(steps, least, ends, colour, width=1, dash="dot", legendgroup="ends"),
        line(steps, most, ends, colour, width=1, dash="dot", legendgroup="ends", showlegend=False),
    ]
    what = asked.say(_called(name))
    gone = lost_from(found.steps, found.quantiles[name][:, 3])
    spread = Text(
        "How the {what} of a batch are spread. At step {step} the middle half lies between {low} and {high}.",
        "批量中{what} 的分布。第 {step} 步时，中间一半落在 {low} 与 {high} 之间。",
    )
    sentence = asked.say(
        spread if gone is None else LOST,
        what=what,
        step=found.steps[-1] if gone is None else gone,
        low=number(float(found.quantiles[name][-1, 2])),
        high=number(float(found.quantiles[name][-1, 4])),
    )
    zero = {"zeroline": True, "zerolinecolor": "var(--line-strong)", "tickformat": "~g"}
    frame = over_training(asked, what, yaxis=zero, **lost(asked, gone))
    return Figure(data, frame, sentence, warning="" if gone is None else asked.say(DIVERGING))


def asleep(asked: Question) -> Figure:
    """Shares of dead and saturated units over training."""
    found = asked.run.history(asked.steps, asked.stop, ("dead", "saturated"))
    data: list[Plain] = []
    said: list[str] = []
    warning = ""
    for columns, what, most, hue, dash in (
        (
            found.dead,
            Text("dead", "死亡"),
            Text("{share} of the units of layer {k} are dead", "第 {k} 层有 {share} 的神经元死亡"),
            "--warning-ink",
            "solid",
        ),
        (
            found.saturated,
            Text("saturated", "饱和"),
            Text("{share} of the activations of layer {k} are saturated", "第 {k} 层有 {share} 的激活值饱和"),
            "--negative",
            "dash",
        ),
    ):
        ends = {name: float(column[-1]) for name, column in columns.items()}
        for place, (name, column) in enumerate(columns.items()):
            label = f"{what[asked.language]} · {asked.say(LAYER, k=_layer_of(name))}"
            shade = ramp(hue, place, len(columns))
            data.append(line(list(found.steps), gaps(column), label, shade, dash=dash, hover="%{y:.1%}", width=2.5))
        if ends and max(ends.values()) > 0:
            worst = max(ends, key=lambda name: ends[name])
            said.append(asked.say(most, share=percent(ends[worst]), k=_layer_of(worst)))
            if what.en == "dead" and ends[worst] >= MANY_DEAD:
                warning = asked.say(Text("Dead units", "神经元死亡"))
    some = Text("At step {step}, at most: {said}.", "第 {step} 步最严重的情况：{said}。")
    none = Text(
        "At step {step} no unit is dead and no activation is saturated.",
        "第 {step} 步没有死亡的神经元，也没有饱和的激活值。",
    )
    sentence = asked.say(some if said else none, step=found.steps[-1], said=Text("; ", "；")[asked.language].join(said))
    title = Text("share of units or activations", "神经元或激活值的比例")
    axis = {"tickformat": ".0%", "range": [-0.02, 1.04]}
    return Figure(data, over_training(asked, title, yaxis=axis), sentence, warning=warning)


def _stem(name: str) -> str:
    return name.rstrip("0123456789")


def _layer_of(name: str) -> int:
    return int(name[len(_stem(name)) :])


def quantities(run: engine.Run) -> list[Choice]:
    """What can be shown of all layers."""
    there = [name for name in ("delta", "a", "dW") if any(_stem(each) == name for each in run.program.written)]
    moved = any(name.startswith("W") for name in dict(run.program.updates))
    return [
        *(Choice(name, _of_all(name)) for name in there),
        *([Choice("ratio", Text(f"updates {RATIO}", f"更新量 {RATIO}"))] if moved else []),
    ]


def _of_all(quantity: str) -> Text:
    words, symbol, _ = QUANTITIES[quantity]
    return Text(*(words[language].format(symbol=f"|{symbol}|") for language in engine.LANGUAGES))


def layer_values(run: engine.Run) -> list[Choice]:
    """Arrays whose distribution can be shown."""
    return [
        Choice(name, _called(name))
        for stem in ("z", "a", "delta", "dW")
        for name in sorted((each for each in run.program.written if _stem(each) == stem), key=_layer_of)
    ]
