"""Data sets of points in the plane: circles, moons, blobs and spirals. Classes take turns from row to row."""

from __future__ import annotations

from math import pi

import numpy as np

from engine.data.dataset import Dataset, Made, Params, classification, examples, moved, noise, number, turns, whole
from engine.registry import Text
from engine.rules.rule import Array

BLOB_RADIUS = 3.0


def around(radius: Array | float, angle: Array) -> Array:
    """Points at a distance from the origin, in a direction."""
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _circles(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    inner = turns(int(params["examples"]), 2)
    radius = np.where(inner == 1, float(params["factor"]), 1.0)
    return moved(around(radius, 2 * pi * points.random(len(inner))), noise, params), inner


def _moons(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    lower = turns(int(params["examples"]), 2)
    arc = around(1.0, pi * points.random(len(lower)))
    turned = np.array([1.0, 0.5]) - arc
    return moved(np.where(lower[:, None] == 1, turned, arc), noise, params), lower


def _blobs(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    centres = int(params["centres"])
    of = turns(int(params["examples"]), centres)
    return moved(around(BLOB_RADIUS, 2 * pi * of / centres + pi / 2), noise, params), of


def _spirals(points: np.random.Generator, noise: np.random.Generator, params: Params) -> Made:
    arms = int(params["arms"])
    arm = turns(int(params["examples"]), arms)
    along = points.random(len(arm))
    angle = 2 * pi * (float(params["turns"]) * along + arm / arms)
    return moved(around(0.1 + 0.9 * along, angle), noise, params), arm


SETS = (
    Dataset(
        "circles",
        Text("Circles", "同心圆"),
        Text(
            "A circle inside another, with noise. No straight line parts them; the squares of the inputs do at once.",
            "两个同心圆，带噪声。直线分不开它们；而加入输入的平方后立刻就能分开。",
        ),
        r"\lVert x \rVert \approx 1 \text{ or } r",
        "scikit-learn, make_circles",
        (
            examples(200),
            number("factor", 0.5, "Inner radius", "内圆半径", 0.1, 0.9),
            noise(0.1),
            *classification(2, 0.2),
        ),
        task="classification",
        size=lambda params: (int(params["examples"]), 2),
        count=2,
        make=_circles,
        class_names=lambda params: (Text("outer", "外圆"), Text("inner", "内圆")),
        plane=lambda params: ((-1.5, 1.5), (-1.5, 1.5)),
    ),
    Dataset(
        "moons",
        Text("Moons", "双月"),
        Text(
            "Two half circles that reach into each other, with noise. A few hidden units bend a line between them.",
            "两个相互嵌入的半圆，带噪声。几个隐藏神经元就能弯出一条分界线。",
        ),
        r"(\cos t, \sin t) \text{ or } (1 - \cos t, \tfrac{1}{2} - \sin t)",
        "scikit-learn, make_moons",
        (examples(200), noise(0.1), *classification(2, 0.2)),
        task="classification",
        size=lambda params: (int(params["examples"]), 2),
        count=2,
        make=_moons,
        class_names=lambda params: (Text("upper", "上月"), Text("lower", "下月")),
        plane=lambda params: ((-1.5, 2.5), (-1.0, 1.5)),
    ),
    Dataset(
        "blobs",
        Text("Gaussian blobs", "高斯团"),
        Text(
            "Bell-shaped clouds round centres spaced evenly on a circle of radius 3; one class each. Noise is their "
            "standard deviation.",
            "中心等距分布在半径为 3 的圆上的钟形点云，每团一类。噪声即其标准差。",
        ),
        r"x \sim N(c_k, \text{noise}^2)",
        "scikit-learn, make_blobs",
        (
            examples(200),
            whole("centres", 3, "Centres", "中心个数", 2, 1000),
            noise(0.8),
            *classification(2, 0.2),
        ),
        task="classification",
        size=lambda params: (int(params["examples"]), 2),
        count="centres",
        make=_blobs,
        plane=lambda params: ((-6.0, 6.0), (-6.0, 6.0)),
    ),
    Dataset(
        "spirals",
        Text("Spirals", "螺旋"),
        Text(
            "Any number of arms wound round the origin, one class each: the more turns, the harder.",
            "任意条绕原点的螺旋臂，每臂一类：圈数越多越难。",
        ),
        r"r = 0.1 + 0.9 t, \; \varphi = 2\pi (\text{turns} \cdot t + k / \text{arms})",
        "Lang & Witbrock, Learning to tell two spirals apart (1988)",
        (
            examples(300),
            whole("arms", 2, "Arms", "旋臂数", 2, 1000),
            number("turns", 1.0, "Turns", "圈数", 0.1, 10.0),
            noise(0.02, step=0.01),
            *classification(2, 0.2),
        ),
        task="classification",
        size=lambda params: (int(params["examples"]), 2),
        count="arms",
        make=_spirals,
        plane=lambda params: ((-1.2, 1.2), (-1.2, 1.2)),
    ),
)
