"""The examples of an experiment as arrays: parted, scaled and coded, and nothing learned from the test part."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from engine import ExperimentSpec, make_split
from engine.data.data_spec import data_of, extent, size
from engine.data.datasets import DATASETS
from engine.data.features import features_of
from engine.data.split import coded, fit
from tests.engine.helpers import SPECS, cases, registry_specs, spec_documents


def split_of(seed=0, **data):
    """The examples of a spec's `data`."""
    return make_split(data_of("data", data), seed)


def check_split(data, seed):
    """What holds of every split."""
    split = make_split(data, seed)
    assert (len(split.x), split.x.shape[1], split.y.shape[1]) == extent(data)
    assert len(split.x) == len(split.y) == len(split.rows) == len(split.inputs) >= 1
    assert len(split.x_test) == len(split.y_test) == len(split.test_rows) == len(split.inputs_test)
    assert split.x_test.shape[1] == split.x.shape[1] == len(split.feature_names)
    assert split.y_test.shape[1] == split.y.shape[1] == len(split.output_names)
    assert split.inputs.shape[1] == split.inputs_test.shape[1] == len(split.input_names)
    assert len(split.offsets) == len(split.scales) == split.x.shape[1]
    together = np.concatenate([split.rows, split.test_rows])
    assert sorted(together) == list(range(len(together))), "every row is in one part, and in one alone"
    assert list(split.rows) == sorted(split.rows)
    assert list(split.test_rows) == sorted(split.test_rows)
    assert (split.labels is None) == (split.labels_test is None)
    assert len(split.plane) in (0, split.inputs.shape[1])
    for array in (split.x, split.y, split.x_test, split.y_test, split.rows, split.test_rows, split.inputs):
        assert not array.flags.writeable
    for array in (split.x, split.y, split.x_test, split.y_test, split.offsets, split.scales):
        assert array.dtype == np.float64
        assert np.isfinite(array).all()
    assert split.prepare(split.inputs).tobytes() == split.x.tobytes()
    assert split.prepare(split.inputs_test).tobytes() == split.x_test.tobytes()
    again = make_split(data, seed)
    assert (again.x.tobytes(), again.y_test.tobytes()) == (split.x.tobytes(), split.y_test.tobytes())
    return split


@pytest.mark.parametrize("document", **cases(SPECS | registry_specs()))
def test_a_split_is_as_large_as_the_extent_says_whole_and_read_only(document):
    spec = ExperimentSpec.from_json(document)
    check_split(spec.data, spec.seed)


@given(spec_documents())
@settings(max_examples=60)
def test_any_data_are_split_as_the_extent_says(document):
    spec = ExperimentSpec.from_json(document)
    if size(spec.data) < 10**5:
        check_split(spec.data, spec.seed)


# The parts


def test_a_test_part_is_drawn_by_the_seed_and_holds_every_smaller_one():
    parts = [set(split_of(3, kind="moons", test_fraction=f).test_rows.tolist()) for f in (0, 0.1, 0.25, 0.9)]
    assert [len(part) for part in parts] == [0, 20, 50, 180]
    assert parts[0] <= parts[1] <= parts[2] <= parts[3]
    assert parts[2] != set(split_of(4, kind="moons", test_fraction=0.25).test_rows.tolist())


@pytest.mark.parametrize("name", [name for name in DATASETS if name != "uniform"])
def test_neither_noise_nor_scaling_nor_features_nor_coding_change_which_rows_are_for_testing(name):
    few = {
        param.name: {"examples": 12, "bits": 3}[param.name]
        for param in DATASETS[name].params
        if param.name in "examples bits"
    }
    data = {"kind": name, "test_fraction": 0.3, **few}
    changes = [{"noise": 0.4}, {"scaling": "standard"}, {"features": ["x0", "sin(x0)"]}]
    if DATASETS[name].task == "classification":
        changes.append({"targets": "one_hot"})
    rows = split_of(1, **data).test_rows.tolist()
    assert 0 < len(rows) < 8
    for change in changes:
        assert split_of(1, **data, **change).test_rows.tolist() == rows


def test_the_parts_are_the_rows_of_the_whole():
    whole = split_of(5, kind="circles", test_fraction=0)
    parted = split_of(5, kind="circles", test_fraction=0.3)
    assert (whole.x[parted.rows] == parted.x).all()
    assert (whole.y[parted.test_rows] == parted.y_test).all()
    assert (whole.labels[parted.test_rows] == parted.labels_test).all()


def test_one_example_at_least_is_for_training():
    assert len(split_of(kind="uniform", examples=1, test_fraction=0.9).x) == 1
    assert [len(split_of(kind="uniform", examples=n, test_fraction=0.9).x) for n in (2, 3, 10)] == [1, 1, 1]


def test_rows_given_for_testing_are_the_test_part():
    split = split_of(kind="inline", x=[[1], [2]], y=[[3], [4]], x_test=[[5], [6], [7]], y_test=[[8], [9], [10]])
    assert split.x.tolist() == [[1], [2]]
    assert split.x_test.tolist() == [[5], [6], [7]]
    assert split.y_test.tolist() == [[8], [9], [10]]
    assert split.test_rows.tolist() == [2, 3, 4]


# Scaling


def test_standard_scaling_gives_the_training_part_mean_0_and_deviation_1():
    split = split_of(kind="iris", scaling="standard")
    np.testing.assert_allclose(split.x.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(split.x.std(axis=0), 1, atol=1e-14)
    np.testing.assert_allclose(split.unscaled(split.x_test), split.inputs_test, atol=1e-14)
    assert np.abs(split.x_test.mean(axis=0)).max() > 0.01


def test_minmax_scaling_gives_the_training_part_0_to_1():
    split = split_of(kind="iris", scaling="minmax")
    assert (split.x.min(axis=0) == 0).all()
    np.testing.assert_allclose(split.x.max(axis=0), 1, atol=1e-15)
    np.testing.assert_allclose(split.unscaled(split.x), split.inputs, atol=1e-14)


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
def test_scaling_is_fitted_on_the_training_part_alone(scaling):
    def fitted(test):
        return split_of(kind="inline", x=[[1], [3]], y=[[0], [1]], x_test=test, y_test=[[0]], scaling=scaling)

    near, far = fitted([[2]]), fitted([[1000]])
    assert (near.offsets == far.offsets).all()
    assert (near.scales == far.scales).all()
    assert far.x_test[0, 0] == {"standard": 998, "minmax": 499.5}[scaling]


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
@pytest.mark.parametrize("value", [0.0, 0.1, -7.3, 1e300, 5e-324])
def test_a_column_that_never_changes_becomes_zero(scaling, value):
    offsets, scales = fit(np.full((7, 1), value), scaling)
    assert (offsets[0], scales[0]) == (value, 1)


@pytest.mark.parametrize("scaling", ["standard", "minmax"])
@pytest.mark.parametrize("largest", [1e-320, 1e-200, 1.0, 1e200, 8e307])
def test_scaling_neither_overflows_nor_vanishes(scaling, largest):
    x = np.array([[-largest], [largest / 2], [largest]])
    offsets, scales = fit(x, scaling)
    scaled = (x - offsets) / scales
    assert np.isfinite(scaled).all()
    assert np.ptp(scaled) == pytest.approx({"standard": 2 / np.sqrt(26 / 36), "minmax": 1}[scaling], rel=1e-3)


def test_test_rows_and_edits_far_beyond_the_training_part_stay_finite():
    rows = {"x": [[0], [1e-300]], "y": [[0], [1]], "x_test": [[1e300], [-1e300]], "y_test": [[0], [1]]}
    split = split_of(kind="inline", **rows, scaling="minmax")
    most = np.finfo(np.float64).max
    assert split.x_test.tolist() == [[most], [-most]]
    wide = split_of(kind="inline", x=[[0], [100]], y=[[0], [1]], scaling="minmax")
    assert wide.edited(np.array([[1e308], [1]]), wide.y).inputs.tolist() == [[most], [100]]


def test_features_are_scaled_after_they_are_taken():
    names = ["x1", "x0*x1", "sin(x0)"]
    split = split_of(kind="moons", features=names, scaling="standard")
    raw = features_of(split.inputs, names)
    np.testing.assert_allclose(split.x, (raw - raw.mean(axis=0)) / raw.std(axis=0), atol=1e-13)
    assert split.feature_names == tuple(names)
    assert [name.en for name in split.input_names] == ["x0", "x1"]


# Coding


CODED = {
    "two classes": (2, "zero_one", [[0], [1]]),
    "two classes as signs": (2, "signs", [[-1], [1]]),
    "two classes, one output each": (2, "one_hot", [[1, 0], [0, 1]]),
    "three classes": (3, "zero_one", [[1, 0, 0], [0, 1, 0]]),
    "three classes as signs": (3, "signs", [[1, -1, -1], [-1, 1, -1]]),
    "three classes, one output each": (3, "one_hot", [[1, 0, 0], [0, 1, 0]]),
}


@pytest.mark.parametrize(("classes", "coding", "rows"), **cases(CODED))
def test_classes_become_targets(classes, coding, rows):
    assert coded(np.array([0, 1]), classes, coding).tolist() == rows


@pytest.mark.parametrize("coding", ["zero_one", "signs", "one_hot"])
@pytest.mark.parametrize("kind", ["xor", "iris", "blobs"])
def test_labels_and_targets_say_the_same(kind, coding):
    split = split_of(kind=kind, targets=coding)
    found = split.y.argmax(axis=1) if split.y.shape[1] > 1 else (split.y[:, 0] > 0).astype(int)
    assert found.tolist() == split.labels.tolist()
    assert len(split.classes) == (3 if kind != "xor" else 2)


def test_outputs_are_named_by_the_class_they_stand_for():
    assert [name.en for name in split_of(kind="circles").output_names] == ["inner"]
    assert [name.en for name in split_of(kind="circles", targets="one_hot").output_names] == ["outer", "inner"]
    assert [name.zh for name in split_of(kind="iris").output_names] == ["山鸢尾", "变色鸢尾", "维吉尼亚鸢尾"]
    assert [name.en for name in split_of(kind="linear").output_names] == ["y0"]


def test_class_numbers_given_outright_are_coded_and_keep_their_names():
    data = {"kind": "inline", "x": [[1], [2], [3]], "y": [2, 0, 1], "x_names": ["length"]}
    split = split_of(**data)
    assert split.y.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    assert split.labels.tolist() == [2, 0, 1]
    assert [name.en for name in split.classes] == ["0", "1", "2"]
    assert [name.en for name in split.input_names] == ["length"]
    named = split_of(**data, classes=["a", "b", "c", "d"], targets="signs")
    assert named.y.tolist() == [[-1, -1, 1, -1], [1, -1, -1, -1], [-1, 1, -1, -1]]
    assert [name.zh for name in named.classes] == ["a", "b", "c", "d"]
    two = split_of(kind="inline", x=[[1], [2]], y=[0, 0])
    assert two.y.tolist() == [[0], [0]]


def test_a_picture_of_rows_given_outright_has_room_around_them():
    assert split_of(kind="inline", x=[[0, 5], [10, 5]], y=[[1], [2]]).plane == ((-1, 11), (4, 6))
    assert split_of(kind="inline", x=[[0, 1, 2]], y=[[1]]).plane == ()
    huge = split_of(kind="inline", x=[[-1.7e308], [1.7e308]], y=[[1], [2]]).plane
    assert np.isfinite(huge).all()


# Edits


def test_an_edited_input_is_edited_on_the_scale_of_the_data_too():
    split = split_of(kind="iris", scaling="standard")
    x, y = split.x.copy(), split.y.copy()
    x[4, 1], y[2] = 1.5, [1, 0, 0]
    edited = split.edited(x, y)
    assert edited.x[4, 1] == 1.5
    assert edited.inputs[4, 1] == pytest.approx(1.5 * split.scales[1] + split.offsets[1])
    assert edited.labels[2] == 0
    unchanged = np.arange(len(x)) != 4
    assert (edited.inputs[unchanged] == split.inputs[unchanged]).all()
    assert (np.delete(edited.labels, 2) == np.delete(split.labels, 2)).all()
    assert not edited.x.flags.writeable
    assert (split.x[4, 1], split.labels[2]) != (1.5, 0)


def test_an_edited_target_of_two_classes_is_the_class_it_is_nearer_to():
    split = split_of(kind="xor", targets="signs")
    y = split.y.copy()
    y[0], y[1] = 0.8, -1
    assert split.edited(split.x, y).labels.tolist() == [1, 0, 1, 0]


def test_an_edited_feature_has_no_input_to_follow():
    split = split_of(kind="moons", features=["x0^2"])
    x = split.x.copy()
    x[0, 0] = 9
    assert (split.edited(x, split.y).inputs == split.inputs).all()
