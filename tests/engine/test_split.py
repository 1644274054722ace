"""The examples of an experiment as arrays."""

from __future__ import annotations

import pytest

from engine import ExperimentSpec, make_split
from tests.engine.helpers import SPECS, cases, registry_specs


@pytest.mark.parametrize("document", **cases(SPECS | registry_specs()))
def test_the_arrays_are_as_large_as_the_extent_says_and_read_only(document):
    spec = ExperimentSpec.from_json(document)
    split = make_split(spec.data, spec.seed)
    assert (len(split.x), split.x.shape[1], split.y.shape[1]) == spec.extent
    assert len(split.y) == len(split.rows) == len(split.x)
    assert len(split.y_test) == len(split.test_rows) == len(split.x_test)
    assert len(split.feature_names) == len(split.offsets) == len(split.scales) == split.x.shape[1]
    for array in (split.x, split.y, split.x_test, split.y_test, split.rows, split.test_rows):
        assert not array.flags.writeable


@pytest.mark.parametrize("document", **cases(SPECS))
def test_the_same_data_and_seed_give_the_same_bits(document):
    spec = ExperimentSpec.from_json(document)
    one, other = make_split(spec.data, spec.seed), make_split(spec.data, spec.seed)
    assert (one.x.tobytes(), one.y.tobytes()) == (other.x.tobytes(), other.y.tobytes())
