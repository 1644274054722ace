"""Remarks on experiments that are allowed and probably not what was meant."""

from __future__ import annotations

import re

import pytest

from engine import LANGUAGES, notes
from engine.data.data_spec import data_of, extent
from engine.data.split import make_split
from engine.examples import EXAMPLES
from engine.losses import LOSSES
from tests.engine.helpers import cases, dense, make_spec


def inline(y, **more):
    return {"kind": "inline", "x": [[0.5 * i] for i in range(len(y))], "y": y, **more}


def remarks(document):
    """Field and text of every note on an experiment with an output layer that fits the data."""
    spec = make_spec({"epochs": 2, **document})
    found = notes(spec)
    for note in found:
        for language in LANGUAGES:
            assert note.text[language].endswith("。" if language == "zh" else ".")
        assert re.search("[\u4e00-\u9fff]", note.text.zh)
        assert not re.search("[\u4e00-\u9fff]", note.text.en)
        assert note.field.split(".")[0].split("[")[0] in spec.to_json()
    return [(note.field, note.text.en) for note in found]


@pytest.mark.parametrize("document", **cases({entry.name: entry.spec for entry in EXAMPLES.values()}))
def test_there_is_nothing_to_remark_on_an_example(document):
    assert remarks(document) == []


QUIET = {
    "numbers": {"data": inline([[0.3], [7.0]]), "loss": "huber", "layers": [dense(1)]},
    "shares": {"data": inline([[0.3], [1.0]]), "loss": "binary_cross_entropy", "layers": [dense(1, "sigmoid")]},
    "uniform shares": {"loss": "binary_cross_entropy"},
    "rows": {
        "data": inline([[0.3, 0.7], [1, 0]]),
        "loss": "softmax_cross_entropy",
        "layers": [dense(2, "softmax")],
    },
    "signs": {"data": inline([[-1], [1]]), "loss": "hinge", "layers": [dense(1, "tanh")]},
    "classes as they are": {"data": {"kind": "xor"}, "loss": "binary_cross_entropy"},
    "classes as signs": {"data": {"kind": "xor", "targets": "signs"}, "loss": "hinge", "layers": [dense(1)]},
    "class numbers": {"data": inline([2, 0, 1]), "loss": "kl_divergence", "layers": [dense(3)]},
    "two classes, each with its output": {
        "data": inline([1, 0, 1], targets="one_hot"),
        "loss": "softmax_cross_entropy",
        "layers": [dense(2)],
    },
}
REMARKED = {
    "too large a share": (
        {"data": inline([[0.5], [1.5]]), "loss": "binary_cross_entropy"},
        [("data.y", "Binary cross-entropy is made for targets that are numbers from 0 to 1. y[1,0] is 1.5.")],
    ),
    "a row that is no distribution": (
        {"data": inline([[0.5, 0.5], [0.5, 0.25]]), "loss": "softmax_cross_entropy", "layers": [dense(2)]},
        [
            (
                "data.y",
                "Softmax cross-entropy is made for targets that are probabilities that add up to 1 in every row. "
                "Those of y[1] add up to 0.75.",
            )
        ],
    ),
    "a target for testing": (
        {"data": inline([[-1], [1]], x_test=[[1]], y_test=[[0]]), "loss": "hinge", "layers": [dense(1)]},
        [("data.y_test", "Hinge is made for targets that are −1 or 1. y_test[0,0] is 0.")],
    ),
    "numbers taken for classes": (
        {"data": {"kind": "linear"}, "loss": "kl_divergence", "layers": [dense(1)]},
        [
            (
                "loss",
                "Kullback–Leibler divergence is made for targets that are probabilities that add up to 1 in every row. "
                "Those of this data are not.",
            ),
            (
                "loss",
                "Kullback–Leibler divergence compares the outputs of one example with one another; softmax of a single "
                "output is always 1, and there is nothing to learn.",
            ),
        ],
    ),
    "numbers taken for shares": (
        {"data": {"kind": "linear"}, "loss": "binary_cross_entropy"},
        [
            (
                "loss",
                "Binary cross-entropy is made for targets that are numbers from 0 to 1. Those of this data are not.",
            )
        ],
    ),
    "0 and 1 for hinge": (
        {"data": {"kind": "xor"}, "loss": "hinge", "layers": [dense(1)]},
        [
            (
                "data.targets",
                "Hinge is made for targets that are −1 or 1. With the classes as −1 and 1 they would be.",
            )
        ],
    ),
    "one output for softmax": (
        {"data": inline([0, 1]), "loss": "softmax_cross_entropy", "layers": [dense(1)]},
        [
            (
                "data.targets",
                "Softmax cross-entropy is made for targets that are probabilities that add up to 1 in every row. "
                "With the classes as one output each they would be.",
            ),
            (
                "loss",
                "Softmax cross-entropy compares the outputs of one example with one another; softmax of a single "
                "output is always 1, and there is nothing to learn.",
            ),
        ],
    ),
    "an output activation that the loss does not use": (
        {"data": {"kind": "xor"}, "loss": "binary_cross_entropy", "layers": [dense(3, "tanh"), dense(1, "tanh")]},
        [
            (
                "layers[1].activation",
                "Binary cross-entropy reads z and applies sigmoid itself: tanh of the output layer takes no part in "
                "training.",
            )
        ],
    ),
}


@pytest.mark.parametrize("document", **cases(QUIET))
def test_there_is_nothing_to_remark_where_all_goes_together(document):
    assert remarks(document) == []


@pytest.mark.parametrize(("document", "found"), **cases(REMARKED))
def test_a_remark_names_the_field_and_what_is_odd(document, found):
    assert remarks(document) == found


@pytest.mark.parametrize("coding", ["zero_one", "signs", "one_hot"])
@pytest.mark.parametrize("classes", [1, 2, 3])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_remark_on_coded_classes_is_made_where_the_targets_themselves_do_not_fit(loss, classes, coding):
    data = inline([*range(classes)] * 2, targets=coding)
    outputs = extent(data_of("data", data))[2]
    spec = make_spec({"data": data, "loss": loss, "layers": [dense(outputs)]})
    fits = LOSSES[loss].targets.misfit(make_split(spec.data, 0).y) is None
    assert any(note.field == "data.targets" for note in notes(spec)) == (not fits)
