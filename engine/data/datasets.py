"""The data sets, by name, in the order of the menu."""

from __future__ import annotations

from engine.data import curves, logic, plane, playground, real
from engine.data.dataset import Dataset
from engine.registry import Registry

DATASETS: Registry[Dataset] = Registry(
    "data set",
    *curves.SETS,
    *logic.SETS,
    *plane.SETS,
    *playground.SETS,
    *real.SETS,
)
