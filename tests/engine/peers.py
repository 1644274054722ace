"""Other systems' definitions of what the engine defines, to compare with: PyTorch's losses by our names."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import pytest

TORCH_MISSING = "PyTorch is not installed: pip install torch, or the extra `torch`, to compare with it"


def require_torch() -> Any:
    """PyTorch on one thread; where it is not installed the test is skipped, saying so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch = pytest.importorskip("torch", reason=TORCH_MISSING)
    torch.set_num_threads(1)
    return torch


def torch_loss(
    torch: Any,
    kind: str,
    params: Mapping[str, Any] | None = None,
    reduction: str = "mean",
    fused: bool = True,
    activation: str | None = None,
) -> Callable[[Any, Any, Any], Any]:
    """The loss of logits, outputs and targets as PyTorch itself defines it, or by its definition where it has none."""
    of, params = torch.nn.functional, params or {}
    batchmean = "batchmean" if reduction == "mean" else "sum"
    delta, smoothing = params.get("delta", 1.0), params.get("label_smoothing", 0.0)

    def per_output(parts: Any) -> Any:
        return parts.mean() if reduction == "mean" else parts.sum()

    def per_example(parts: Any) -> Any:
        return parts.sum() / len(parts) if reduction == "mean" else parts.sum()

    def smoothed(y: Any) -> Any:
        return y * (1 - smoothing) + smoothing / y.shape[1]

    unfused = {
        ("binary_cross_entropy", "sigmoid"): lambda z, a, y: of.binary_cross_entropy(a, y, reduction=reduction),
        ("softmax_cross_entropy", "softmax"): lambda z, a, y: per_example(-smoothed(y) * torch.log(a)),
        ("softmax_cross_entropy", "log_softmax"): lambda z, a, y: per_example(-smoothed(y) * a),
        ("kl_divergence", "softmax"): lambda z, a, y: of.kl_div(torch.log(a), y, reduction=batchmean),
        ("kl_divergence", "log_softmax"): lambda z, a, y: of.kl_div(a, y, reduction=batchmean),
    }
    if not fused and any(kind == known for known, _ in unfused):
        named = [name for known, name in unfused if known == kind]
        return unfused[kind, activation if activation in named else named[0]]
    return {
        "mse": lambda z, a, y: of.mse_loss(a, y, reduction=reduction),
        "half_squared_error": lambda z, a, y: per_example((a - y) ** 2 / 2),
        "mae": lambda z, a, y: of.l1_loss(a, y, reduction=reduction),
        "huber": lambda z, a, y: of.huber_loss(a, y, reduction=reduction, delta=delta),
        "log_cosh": lambda z, a, y: per_output(torch.log(torch.cosh(a - y))),
        "binary_cross_entropy": lambda z, a, y: of.binary_cross_entropy_with_logits(z, y, reduction=reduction),
        "softmax_cross_entropy": lambda z, a, y: of.cross_entropy(z, y, reduction=reduction, label_smoothing=smoothing),
        "hinge": lambda z, a, y: per_output(torch.relu(1 - y * a)),
        "kl_divergence": lambda z, a, y: of.kl_div(torch.log_softmax(z, dim=1), y, reduction=batchmean),
    }[kind]
