"""The conventions a trace follows where the field disagrees: one sentence per topic, in every language."""

from __future__ import annotations

CONVENTIONS: dict[str, dict[str, str]] = {
    "shapes": {
        "en": "Examples are rows: a is (n, units) and W is (outputs, inputs), so one example reads z = W a + b and a "
        "batch computes a @ W.T + b.",
        "zh": "每个样本是一行：a 的形状是 (n, 神经元数)，W 是 (输出数, 输入数)；单个样本写作 z = W a + b，"
        "整个批量则计算 a @ W.T + b。",
    },
    "delta": {
        "en": "delta is the derivative of the loss as reported with respect to z; the 1/n of the batch mean is taken "
        "in the loss and nowhere else.",
        "zh": "delta 是所报告的损失对 z 的导数；批量平均的 1/n 只在损失里取一次，别处都不再出现。",
    },
    "gradients": {
        "en": "dW = delta.T @ a of the layer before, db = the sum of delta over the examples, da of the layer before = "
        "delta @ W, and delta = da * f'(z).",
        "zh": "dW = delta.T @ 上一层的 a，db = delta 对样本求和，上一层的 da = delta @ W，delta = da * f'(z)。",
    },
    "losses": {
        "en": "mse is the mean over every element of (a - y)^2; binary_cross_entropy, softmax_cross_entropy and "
        "kl_divergence take the logits z.",
        "zh": "mse 是 (a - y)² 对所有元素的平均；binary_cross_entropy、softmax_cross_entropy 和 kl_divergence "
        "直接作用于 z。",
    },
    "update": {
        "en": "All gradients are computed first, then all parameters are changed at once.",
        "zh": "先算出全部梯度，再同时更新全部参数。",
    },
    "numbers": {
        "en": 'Numbers are float64 in the shortest decimals that read back exactly; "NaN", "Infinity" and "-Infinity" '
        "are strings, and null only ever means absent.",
        "zh": '数为 float64，写成能精确读回的最短小数；"NaN"、"Infinity"、"-Infinity" 写作字符串，null 只表示“没有”。',
    },
    "names": {
        "en": "a0 is the input x and y the target; W1 b1 z1 a1 … loss, da2 delta2 dW2 db2 …, W2_new b2_new; addresses "
        "such as delta1[0,2] count from 0.",
        "zh": "a0 是输入 x，y 是目标；W1 b1 z1 a1 … loss、da2 delta2 dW2 db2 …、W2_new b2_new；"
        "delta1[0,2] 这样的地址从 0 数起。",
    },
    "steps": {
        "en": "Step k turns parameters k into parameters k + 1, counted from 0; the last, smaller batch of an epoch is "
        "a batch of its own.",
        "zh": "第 k 步把第 k 组参数变成第 k + 1 组，从 0 数起；一轮末尾较小的批量自成一批。",
    },
}


def conventions(language: str) -> dict[str, str]:
    """Topic to sentence, in one language."""
    return {topic: texts[language] for topic, texts in CONVENTIONS.items()}
