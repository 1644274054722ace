"""Random streams, one for each purpose, so that a change to one leaves the others as they were."""

from __future__ import annotations

import numpy as np

DATA = 0
WEIGHTS = 1
ORDER = 2
LANDSCAPE = 9
SPLIT = 3
NOISE = 4
DROPOUT = 5


def stream(seed: int, purpose: int, *place: int) -> np.random.Generator:
    """The generator for a purpose and a place (a layer, an epoch) of the experiment with this seed."""
    return np.random.default_rng([seed, purpose, *place])
