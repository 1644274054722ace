"""Losses, with their gradients: one number for how far the outputs are from the targets.

What an output adds to each is a form (distances, cross_entropies); the mean over the batch is taken in
forms.py and nowhere else. Losses that want logits read `z` and write the last layer's error term at once, with no
slope of an activation in between; unfused, they read the outputs `a` as the other losses do.

    targets                     which targets a loss is made for
    forms                       one output's part, its slope, and the one division
    distances, cross_entropies  the kinds of them
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from engine.errors import UnknownNameError
from engine.losses import cross_entropies, distances
from engine.losses.forms import EXAMPLES, MEAN, OUTPUTS, REDUCTIONS, Form, Words, loss_op
from engine.losses.targets import ANY, DISTRIBUTIONS, PROBABILITIES, SIGNS, Targets
from engine.registry import Entry, Param, Registry, Text
from engine.rules.ops import Op


@dataclass(frozen=True, eq=False, kw_only=True)
class Loss(Entry):
    """A loss and the forms it can take.

    `form` makes the form from the parameters. `unfused` has, by the activation whose derivative cancels, the form that
    reads that activation's outputs; it is empty where there is nothing to fuse. `per` says what a mean is taken over.
    `targets` says what it can be held against, and so how to tell success.
    """

    form: Callable[..., Form]
    unfused: Mapping[str, Callable[..., Form]] = field(default_factory=dict)
    per: str = OUTPUTS
    targets: Targets = ANY
    natural_activations: tuple[str, ...] = ()

    @property
    def unfused_activations(self) -> tuple[str, ...]:
        """The activations whose outputs the loss can read unfused."""
        return tuple(self.unfused)

    @property
    def metric(self) -> str:
        """What tells how well outputs fit the targets: one of `targets.METRICS`."""
        return self.targets.metric

    def reads_when(self, fused: bool = True) -> str:
        """Whether it compares the outputs "a" or the logits "z" with the targets."""
        return "a" if self.unfused and not fused else self.form(**self.complete()).reads

    @property
    def reads(self) -> str:
        """The same for the default form."""
        return self.reads_when()

    def require_op(
        self,
        params: Mapping[str, Any] | None = None,
        reduction: str = MEAN,
        fused: bool = True,
        activation: str | None = None,
    ) -> Op:
        """The operation that computes the loss; always the same object for the same arguments.

        `reduction` is "mean" or "sum" over the batch. Unfused, it reads the outputs of `activation`: the first of
        `unfused_activations` where none of them is named.

        Raises SpecError for a value a parameter may not have, UnknownNameError for a parameter there is not.
        """
        if reduction not in REDUCTIONS:
            raise UnknownNameError("reduction", reduction, REDUCTIONS)
        cancels = None
        if self.unfused and not fused:
            cancels = activation if activation in self.unfused else next(iter(self.unfused))
        values = {
            name: self.param(name).check(f"{self.name}.{name}", value) for name, value in self.complete(params).items()
        }
        return _op(self, tuple(values.items()), reduction, cancels)


@lru_cache(maxsize=4096)
def _op(loss: Loss, params: tuple[tuple[str, Any], ...], reduction: str, cancels: str | None) -> Op:
    values = dict(params)
    form = (loss.unfused[cancels] if cancels else loss.form)(**values)
    label, suffix = loss.label, ""
    if reduction != MEAN:
        label, suffix = Text(f"{label.en}, summed", f"{label.zh}（求和）"), ":sum"
    if cancels:
        label = Text(f"{label.en}, from the outputs", f"{label.zh}（由输出计算）")
        suffix += ":unfused" if cancels == next(iter(loss.unfused)) else f":unfused({cancels})"
    words = Words(loss.spelled(values), label, form.summary or loss.summary, loss.source, suffix)
    return loss_op(words, form, loss.per, reduction)


LOSSES: Registry[Loss] = Registry(
    "loss",
    Loss(
        "mse",
        Text("Mean squared error", "均方误差"),
        Text(
            "The mean of (a − y)² over every output of every example.",
            "对所有样本的所有输出，取 (a − y)² 的平均值。",
        ),
        r"L = \frac{1}{NK}\sum_n\sum_j (a_{nj} - y_{nj})^2",
        "torch.nn.MSELoss and keras.losses.MeanSquaredError, documentation: mean over every element",
        form=distances.squared_error,
    ),
    Loss(
        "half_squared_error",
        Text("Half squared error", "半平方误差"),
        Text(
            "Half the squared distance of outputs and targets, averaged over the examples. Textbooks use it because "
            "the ½ cancels the 2 of the derivative.",
            "输出与目标之间距离平方的一半，在样本上取平均。教科书常用它，因为 ½ 与求导得到的 2 相消。",
        ),
        r"L = \frac{1}{N}\sum_n \frac{1}{2}\lVert a_n - y_n\rVert^2",
        "Rumelhart, Hinton & Williams, Nature 323 (1986), equation 3, as a mean over the examples",
        form=distances.half_squared_error,
        per=EXAMPLES,
    ),
    Loss(
        "mae",
        Text("Mean absolute error", "平均绝对误差"),
        Text(
            "The mean of |a − y| over every output of every example. Outliers pull on it no harder than other "
            "examples. Its slope where a equals y is taken as 0.",
            "对所有样本的所有输出，取 |a − y| 的平均值。离群点的影响不会比其他样本更大。a 等于 y 处的斜率取 0。",
        ),
        r"L = \frac{1}{NK}\sum_n\sum_j \lvert a_{nj} - y_{nj}\rvert",
        "torch.nn.L1Loss, documentation: mean over every element; its gradient at 0 is 0",
        form=distances.absolute_error,
    ),
    Loss(
        "huber",
        Text("Huber", "Huber 损失"),
        Text(
            "Squared near the target, and a straight line from the threshold on, so that outliers pull with limited "
            "force. The mean over every output of every example.",
            "误差小时取平方，超过阈值后改为直线，离群点的拉力因此有限。对所有样本的所有输出取平均。",
        ),
        r"L = \frac{1}{NK}\sum_n\sum_j \begin{cases} \frac{1}{2} d_{nj}^2 & \lvert d_{nj}\rvert < \Delta \\ "
        r"\Delta\,(\lvert d_{nj}\rvert - \frac{1}{2}\Delta) & \text{otherwise} \end{cases}, \quad d = a - y",
        "Huber, Robust Estimation of a Location Parameter, Annals of Mathematical Statistics 35 (1964); "
        "torch.nn.HuberLoss",
        (
            Param(
                "delta",
                "number",
                1.0,
                Text("Threshold", "阈值"),
                minimum=0.0,
                exclusive_minimum=True,
                step=0.1,
            ),
        ),
        form=distances.huber,
    ),
    Loss(
        "log_cosh",
        Text("Log-cosh", "对数双曲余弦"),
        Text(
            "ln cosh(a − y): nearly half the square for small errors, nearly the distance for large ones, and smooth "
            "throughout. The mean over every output of every example, in a form that cannot overflow.",
            "ln cosh(a − y)：误差小时近似平方的一半，误差大时近似绝对值，处处光滑。对所有样本的所有输出取平均，"
            "所用的写法不会溢出。",
        ),
        r"L = \frac{1}{NK}\sum_n\sum_j \ln\cosh(a_{nj} - y_{nj})",
        "keras.losses.LogCosh, documentation: mean over every element",
        form=distances.log_cosh,
    ),
    Loss(
        "binary_cross_entropy",
        Text("Binary cross-entropy", "二元交叉熵"),
        Text(
            "For yes-or-no targets, one for each output, averaged over every output of every example. It takes z and "
            "applies the sigmoid itself, in a form that cannot overflow.",
            "用于是非型目标，每个输出一个，对所有样本的所有输出取平均。它直接读取 z，自行作用 sigmoid，且不会溢出。",
        ),
        r"L = -\frac{1}{NK}\sum_n\sum_j \left[y\ln\sigma(z) + (1-y)\ln(1-\sigma(z))\right]",
        "torch.nn.BCEWithLogitsLoss, documentation; Goodfellow, Bengio & Courville (2016), section 6.2.2.2",
        form=cross_entropies.binary_from_logits,
        unfused={"sigmoid": cross_entropies.binary_from_outputs},
        targets=PROBABILITIES,
        natural_activations=("sigmoid", "identity"),
    ),
    Loss(
        "softmax_cross_entropy",
        Text("Softmax cross-entropy", "softmax 交叉熵"),
        Text(
            "For one class of several: target rows hold probabilities that sum to 1. Averaged over the examples, in "
            "nats. It takes z and applies softmax itself.",
            "用于多分类：目标的每一行是和为 1 的概率。在样本上取平均，单位是奈特。它直接读取 z，自行作用 softmax。",
        ),
        r"L = -\frac{1}{N}\sum_n\sum_j y_{nj}\ln\mathrm{softmax}(z_n)_j",
        "Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.2.2.3; torch.nn.CrossEntropyLoss; label "
        "smoothing: Szegedy et al., Rethinking the Inception Architecture for Computer Vision, CVPR (2016), section 7",
        (
            Param(
                "label_smoothing",
                "number",
                0.0,
                Text("Label smoothing", "标签平滑"),
                minimum=0.0,
                maximum=1.0,
                step=0.05,
            ),
        ),
        form=cross_entropies.categorical_from_logits,
        unfused={
            "softmax": cross_entropies.categorical_from_outputs,
            "log_softmax": cross_entropies.categorical_from_log_outputs,
        },
        per=EXAMPLES,
        targets=DISTRIBUTIONS,
        natural_activations=("softmax", "log_softmax", "identity"),
    ),
    Loss(
        "hinge",
        Text("Hinge", "合页损失"),
        Text(
            "For targets of −1 and 1: nothing once the output is on the right side by 1 or more, else what is missing "
            "to that. The loss of support vector machines, averaged over every output of every example. Its slope "
            "where y·a is exactly 1 is taken as 0.",
            "用于取 −1 和 1 的目标：输出在正确一侧且间隔不小于 1 时损失为零，否则等于所差的量。这是支持向量机的损失，"
            "对所有样本的所有输出取平均。y·a 恰为 1 处的斜率取 0。",
        ),
        r"L = \frac{1}{NK}\sum_n\sum_j \max(0,\, 1 - y_{nj} a_{nj})",
        "Cortes & Vapnik, Support-Vector Networks, Machine Learning 20 (1995); keras.losses.Hinge",
        form=distances.hinge,
        targets=SIGNS,
        natural_activations=("identity", "tanh"),
    ),
    Loss(
        "kl_divergence",
        Text("Kullback–Leibler divergence", "KL 散度"),
        Text(
            "How far the distribution softmax(z) is from that of the targets, in nats: cross-entropy less the entropy "
            "of the targets, so that a perfect fit gives 0. Averaged over the examples; 0 ln 0 counts as 0.",
            "衡量 softmax(z) 的分布与目标分布的差异，单位是奈特：等于交叉熵减去目标自身的熵，完全吻合时为 0。"
            "在样本上取平均；约定 0 ln 0 = 0。",
        ),
        r"L = \frac{1}{N}\sum_n\sum_j y_{nj}\left(\ln y_{nj} - \ln\mathrm{softmax}(z_n)_j\right)",
        "Kullback & Leibler, On Information and Sufficiency, Annals of Mathematical Statistics 22 (1951); "
        "torch.nn.KLDivLoss with reduction batchmean",
        form=cross_entropies.divergence_from_logits,
        unfused={
            "softmax": cross_entropies.divergence_from_outputs,
            "log_softmax": cross_entropies.divergence_from_log_outputs,
        },
        per=EXAMPLES,
        targets=DISTRIBUTIONS,
        natural_activations=("softmax", "log_softmax", "identity"),
    ),
)
