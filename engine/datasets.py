"""The data sets, by name, in the order of the menu."""

from __future__ import annotations

from engine import datasets_curves, datasets_logic, datasets_plane, datasets_playground, datasets_tables
from engine.dataset import Dataset
from engine.registry import Registry

DATASETS: Registry[Dataset] = Registry(
    "data set",
    *datasets_curves.SETS,
    *datasets_logic.SETS,
    *datasets_plane.SETS,
    *datasets_playground.SETS,
    *datasets_tables.SETS,
)
