"""Data sets in the manner of the TensorFlow Playground: points of the square [−6, 6]², seen from far enough to be all
there. `noise` goes from 0 to 0.5, as its slider goes from 0 to 50.
"""

from __future__ import annotations

from math import pi

import numpy as np

from engine.data.dataset import Dataset, Made, Make, Params, classification, examples, noise, regression, turns
from engine.registry import Text
from engine.rules.rule import Array

RADIUS = 5.0
EDGE = 6.0
GAP = 0.3
"""Quadrants keep this far from the axes."""
HILLS = np.array([[-4.0, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]])
"""Centre and sign of each bump."""
HILL_WIDTH = 2.0
SOURCE = "Smilkov & Carter, A Neural Network Playground (2016), playground.tensorflow.org"


def _shaken(x: Array, noise: np.random.Generator, params: Params, most: float) -> Array:
    """The points moved by up to `most` times the noise: what the label is told by, while the points stay."""
    return x + float(params["noise"]) * noise.uniform(-most, most, x.shape)


def _circle(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    drawn = points.random((int(params["examples"]), 2))
    inside = turns(len(drawn), 2) == 1
    low, high = np.where(inside, 0.0, 0.7 * RADIUS), np.where(inside, 0.5 * RADIUS, RADIUS)
    r, angle = low + (high - low) * drawn[:, 0], 2 * pi * drawn[:, 1]
    x = np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)
    return x, (np.hypot(*_shaken(x, noise, params, RADIUS).T) < 0.5 * RADIUS).astype(np.int64)


def _quadrants(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    drawn = points.uniform(-RADIUS, RADIUS, (int(params["examples"]), 2))
    x = drawn + np.where(drawn > 0, GAP, -GAP)
    shaken = _shaken(x, noise, params, RADIUS)
    return x, (shaken[:, 0] * shaken[:, 1] >= 0).astype(np.int64)


def _gaussians(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    upper = turns(int(params["examples"]), 2)
    centre = np.where(upper[:, None] == 1, 2.0, -2.0)
    spread = np.sqrt(0.5) * points.standard_normal((len(upper), 2))
    more = np.sqrt(7 * float(params["noise"])) * noise.standard_normal(spread.shape)
    return centre + spread + more, upper


def _spiral(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    count = int(params["examples"])
    arm = turns(count, 2)
    along = np.arange(count) // 2 / max(1, count // 2)
    angle = 1.75 * 2 * pi * along + pi * (1 - arm)
    x = RADIUS * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return _shaken(x, noise, params, 1.0), arm


def _plane(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    x = points.uniform(-EDGE, EDGE, (int(params["examples"]), 2))
    return x, _shaken(x, noise, params, EDGE).sum(axis=1, keepdims=True) / 10


def _hills(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    x = points.uniform(-EDGE, EDGE, (int(params["examples"]), 2))
    shaken = _shaken(x, noise, params, EDGE)
    distance = np.hypot(shaken[:, :1] - HILLS[:, 0], shaken[:, 1:] - HILLS[:, 1])
    heights = HILLS[:, 2] * np.maximum(0.0, 1 - distance / HILL_WIDTH)
    return x, heights[np.arange(len(x)), np.abs(heights).argmax(axis=1)][:, None]


def _entry(name: str, label: Text, summary: Text, formula: str, make: Make, classes: tuple[Text, ...] = ()) -> Dataset:
    count, options = (500, classification(2, 0.5)) if classes else (1200, regression(2, 0.5))
    return Dataset(
        "playground_" + name,
        label,
        summary,
        formula,
        SOURCE,
        (examples(count), noise(0.0, 0.5, 0.05), *options),
        task="classification" if classes else "regression",
        size=lambda params: (int(params["examples"]), 2),
        count=2 if classes else 1,
        make=make,
        class_names=lambda params: classes,
        plane=lambda params: ((-EDGE, EDGE), (-EDGE, EDGE)),
    )


ORANGE, BLUE = Text("orange", "橙"), Text("blue", "蓝")

SETS = (
    _entry(
        "circle",
        Text("Playground: circle", "游乐场：圆"),
        Text(
            "A disc and a ring round it. Noise makes some points near the border change sides.",
            "一个圆盘和环绕它的圆环。噪声会使边界附近的一些点换到另一类。",
        ),
        r"y = [\lVert x + \text{noise} \rVert < 2.5]",
        _circle,
        (ORANGE, BLUE),
    ),
    _entry(
        "xor",
        Text("Playground: quadrants", "游乐场：四象限"),
        Text(
            "Four quadrants, opposite ones of one class: exclusive or with room in it.",
            "四个象限，对角的两个同类：带有余地的异或。",
        ),
        r"y = [(x_0 + \text{noise})(x_1 + \text{noise}) \ge 0]",
        _quadrants,
        (ORANGE, BLUE),
    ),
    _entry(
        "gaussians",
        Text("Playground: two Gaussians", "游乐场：两个高斯团"),
        Text(
            "Two bell-shaped clouds; noise widens them until they run into each other. One unit can part them.",
            "两团钟形点云；噪声使它们变宽直至相互重叠。一个神经元就能分开。",
        ),
        r"x \sim N(\pm 2, \tfrac{1}{2} + 7 \cdot \text{noise})",
        _gaussians,
        (ORANGE, BLUE),
    ),
    _entry(
        "spiral",
        Text("Playground: spiral", "游乐场：螺旋"),
        Text(
            "Two arms of one and three quarter turns, wound into each other: the hardest of the four.",
            "两条各绕一圈又四分之三、相互缠绕的旋臂：四个集合中最难的一个。",
        ),
        r"r = 5t, \; \varphi = 1.75 \cdot 2\pi t + \pi k",
        _spiral,
        (ORANGE, BLUE),
    ),
    _entry(
        "plane",
        Text("Playground: plane", "游乐场：平面"),
        Text(
            "A slope: a tenth of the sum of both inputs. One unit without activation can learn it.",
            "一个斜面：两个输入之和的十分之一。一个没有激活函数的神经元就能学会。",
        ),
        r"y = (x_0 + x_1) / 10",
        _plane,
    ),
    _entry(
        "multi_gaussian",
        Text("Playground: hills and hollows", "游乐场：多个峰谷"),
        Text(
            "Six cones in two rows, up and down in turn, each 2 wide; flat between them.",
            "两排共六个圆锥，一凸一凹交替，半径均为 2；其余地方是平的。",
        ),
        r"y = \pm \max(0, 1 - \lVert x - c_k \rVert / 2)",
        _hills,
    ),
)
