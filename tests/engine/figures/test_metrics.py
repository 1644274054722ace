"""Metrics: counted by hand, and held against formulas written out again here."""

from __future__ import annotations

import numpy as np
import pytest

from engine.figures.metrics import Judge, Task, task_of
from engine.losses.targets import BINARY, CLASSES, SIGN
from tests.engine.helpers import SPECS, assert_close, dense, fresh_run

BY_LOGIT = Task(BINARY, 0.0, (0, 1), False)
BY_OUTPUT = Task(BINARY, 0.5, (0, 1), True)
BY_SIGN = Task(SIGN, 0.0, (-1, 1), False)
BY_CLASS = Task(CLASSES, 0.0, (0, 1, 2), False)
NUMBERS = Task(None, 0.0, (), True)


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, np.newaxis]


def test_two_classes_counted_by_hand():
    # z:        -2   0.1   3   -1    0     targets: 0 1 1 1 0
    # decided:   0    1    1    0    0     right:   ✓ ✓ ✓ ✗ ✓
    found = Judge(BY_LOGIT, column(0, 1, 1, 1, 0)).measure(column(-2, 0.1, 3, -1, 0), 0.25)
    assert found.accuracy == 4 / 5
    (confusion,) = found.confusion
    assert confusion.output is None
    assert confusion.labels == (0, 1)
    assert confusion.counts.tolist() == [[2, 0], [1, 2]]
    assert (found.examples, found.loss, found.undecided, found.r2) == (5, 0.25, 0, None)


def test_outputs_are_cut_at_a_half_and_logits_at_zero():
    y, scores = column(0, 1), column(0.4, 0.6)
    assert Judge(BY_OUTPUT, y).accuracy(scores) == 1.0
    assert Judge(BY_LOGIT, y).accuracy(scores) == 0.5


def test_signs_counted_by_hand():
    found = Judge(BY_SIGN, column(-1, 1, 1, -1)).measure(column(-0.2, 5, -3, -9), 0.0)
    assert found.accuracy == 3 / 4
    assert found.confusion[0].labels == (-1, 1)
    assert found.confusion[0].counts.tolist() == [[2, 0], [1, 1]]


def test_several_classes_counted_by_hand():
    # rows are what was meant, columns what was taken for it; of equal outputs the first wins
    scores = np.array([[3.0, 1, 0], [0, 2, 1], [0, 0, 0], [1, 5, 9], [2, 9, 1]])
    y = np.eye(3)[[0, 1, 2, 2, 0]]
    found = Judge(BY_CLASS, y).measure(scores, 1.0)
    assert found.accuracy == 3 / 5
    assert found.confusion[0].counts.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 1]]
    assert found.confusion[0].actual.tolist() == [2, 1, 2]
    assert found.confusion[0].predicted.tolist() == [2, 2, 1]


def test_several_yes_or_no_outputs_have_a_matrix_each():
    y = np.array([[0.0, 1], [1, 1], [0, 0]])
    found = Judge(BY_LOGIT, y).measure(np.array([[-1.0, 1], [-1, 1], [-1, 1]]), 0.0)
    assert found.accuracy == 4 / 6
    assert [confusion.output for confusion in found.confusion] == [0, 1]
    assert [confusion.counts.tolist() for confusion in found.confusion] == [[[2, 0], [1, 0]], [[0, 1], [0, 2]]]


@pytest.mark.parametrize("task", [BY_LOGIT, BY_SIGN, BY_CLASS], ids=lambda task: task.decide)
def test_an_output_that_is_no_number_decides_nothing_and_counts_as_wrong(task):
    outputs = len(task.labels) if task.decide == CLASSES else 1
    y = np.zeros((2, outputs))
    y[:, 0] = task.labels[0]
    if task.decide == CLASSES:
        y[:, 0] = 1.0
    scores = np.full((2, outputs), -1.0)
    scores[:, 0] = (np.nan, 1.0 if task.decide == CLASSES else -1.0)
    found = Judge(task, y).measure(scores, np.nan)
    assert found.accuracy == 0.5
    assert found.undecided == 1
    assert found.confusion[0].counts.sum() == 1


def test_infinite_outputs_decide_like_any_other():
    assert Judge(BY_CLASS, np.eye(3)[[1, 2]]).accuracy(np.array([[0, np.inf, 1], [-np.inf, -np.inf, 0]])) == 1.0


def test_r_squared_is_one_less_the_share_of_variance_left_over():
    generator = np.random.default_rng(1)
    y, scores = generator.normal(size=(20, 3)), generator.normal(size=(20, 3))
    found = Judge(NUMBERS, y).measure(scores, 0.0)
    left = [sum((t - o) ** 2 for t, o in zip(y[:, j], scores[:, j], strict=True)) for j in range(3)]
    mean = [sum(y[:, j]) / 20 for j in range(3)]
    whole = [sum((t - mean[j]) ** 2 for t in y[:, j]) for j in range(3)]
    assert_close("each", found.r2_outputs, [1 - a / b for a, b in zip(left, whole, strict=True)], 1e-12)
    assert_close("all", found.r2, 1 - sum(left) / sum(whole), 1e-12)
    assert found.accuracy is None
    assert found.confusion == ()


def test_targets_that_are_all_alike_have_no_r_squared():
    y = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]])
    found = Judge(NUMBERS, y).measure(y + 1.0, 0.0)
    assert found.r2_outputs[0] is None
    assert found.r2_outputs[1] == pytest.approx(1 - 3 / 2)
    alike = Judge(NUMBERS, y[:, :1]).measure(y[:, :1], 0.0)
    assert alike.r2 is None
    assert not Judge(NUMBERS, y[:, :1]).explains


TASKS = {
    "numbers": ("mse", [[0.3], [2.0]], None, 0.0, True),
    "0 and 1 by mse": ("mse", [[0.0], [1.0]], BINARY, 0.5, True),
    "-1 and 1 by mse": ("half_squared_error", [[-1.0], [1.0]], SIGN, 0.0, True),
    "one of several by mse": ("mse", [[0.0, 1.0], [1.0, 0.0]], CLASSES, 0.0, True),
    "several at once by mse": ("mse", [[1.0, 1.0], [1.0, 0.0]], BINARY, 0.5, True),
    "yes or no": ("binary_cross_entropy", [[0.0], [1.0]], BINARY, 0.0, False),
    "uncertain yes or no": ("binary_cross_entropy", [[0.2], [1.0]], BINARY, 0.0, False),
    "one of several by yes or no": ("binary_cross_entropy", [[0.0, 1.0], [1.0, 0.0]], CLASSES, 0.0, False),
    "one of several": ("softmax_cross_entropy", [[0.0, 1.0], [1.0, 0.0]], CLASSES, 0.0, False),
    "signs": ("hinge", [[-1.0], [1.0]], SIGN, 0.0, False),
    "one sign of several": ("hinge", [[-1.0, 1.0], [1.0, -1.0]], CLASSES, 0.0, False),
    "a distribution": ("kl_divergence", [[0.3, 0.7], [1.0, 0.0]], CLASSES, 0.0, False),
    "uncertain one of several": ("softmax_cross_entropy", [[0.3, 0.7], [1.0, 0.0]], CLASSES, 0.0, False),
}


@pytest.mark.parametrize(("loss", "y", "decide", "threshold", "explains"), TASKS.values(), ids=TASKS)
def test_loss_and_targets_choose_what_outputs_are_compared_by(loss, y, decide, threshold, explains):
    outputs = len(y[0])
    document = {"data": {"kind": "inline", "x": [[0.0], [1.0]], "y": y}, "layers": [dense(outputs)], "loss": loss}
    run = fresh_run(document)
    task = task_of(loss, run.program, run.trajectory.y)
    assert (task.decide, task.threshold, task.explains) == (decide, threshold, explains)
    labels = {None: (), BINARY: (0, 1), SIGN: (-1, 1), CLASSES: tuple(range(outputs))}
    assert task.labels == labels[decide]


def test_a_run_is_measured_with_the_parameters_before_the_step():
    run = fresh_run(SPECS["softmax and cross-entropy in mini-batches"])
    split = run.trajectory.split
    for step in (0, 50, run.steps):
        found = run.metrics(step)
        assert list(found) == ["train"]
        parameters = run.state_at(step)
        h = np.maximum(split.x @ parameters["W1"].T + parameters["b1"], 0)
        h = np.tanh(h @ parameters["W2"].T + parameters["b2"])
        z = h @ parameters["W3"].T + parameters["b3"]
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        assert_close("loss", found["train"].loss, -(split.y * log_p).sum(axis=1).mean(), 1e-12)
        right = [int(np.argmax(row)) == int(np.argmax(target)) for row, target in zip(z, split.y, strict=True)]
        assert found["train"].accuracy == sum(right) / len(right)
