"""A program in sections, written as a file or as a notebook."""

from __future__ import annotations

import json
from dataclasses import dataclass

import engine
from app.export import texts
from app.export.literals import UNPACK, is_packed, literal, numbers
from app.export.material import DROPOUT, ORDER, Material


@dataclass(frozen=True)
class Section:
    """Some lines under a title."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Script:
    """A program: its title, what it is, and its sections."""

    title: str
    about: str
    sections: tuple[Section, ...]

    def to_py(self) -> str:
        """A file that runs."""
        parts = [f'"""{self.title}\n\n{self.about}\n"""']
        for section in self.sections:
            heading = f"# {section.title}\n" if section.title else ""
            parts.append(heading + "\n".join(section.lines))
        return "\n\n".join(parts) + "\n"

    def to_ipynb(self) -> str:
        """A notebook with a cell for every section."""
        cells = [_cell("markdown", f"# {self.title}\n\n{self.about}", 0)]
        for section in self.sections:
            if section.title:
                cells.append(_cell("markdown", f"## {section.title}", len(cells)))
            cells.append(_cell("code", "\n".join(section.lines), len(cells)))
        notebook = {
            "cells": cells,
            "metadata": {
                "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, text: str, number: int) -> dict[str, object]:
    source = text.splitlines(keepends=True)
    cell: dict[str, object] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": source}
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}


# Sections that every program has


def opening(material: Material, imports: tuple[str, ...]) -> Section:
    """What is imported, and how long to train."""
    packed = any(map(is_packed, (*material.data, *material.state.values())))
    known = (*(("import base64", "import zlib") if packed else ()), *imports)
    length = f"STEPS = {material.steps}  # {material.say(texts.HOW_LONG, steps=material.spec.steps)}"
    return Section("", (*known, "", *((*UNPACK.splitlines(), "") if packed else ()), length))


def data(material: Material) -> Section:
    """The training examples."""
    x, y = material.data
    return Section(material.say(texts.DATA), (*literal("X", x), *literal("Y", y)))


def parameters(material: Material) -> Section:
    """The parameters, and the optimizer's memory where the program keeps it itself."""
    lines = [line for name, array in material.parameters.items() for line in literal(name, array)]
    return Section(material.say(texts.PARAMETERS), tuple(lines))


def expected(material: Material, losses: list[float]) -> Section:
    """The losses to compare with."""
    return Section(material.say(texts.EXPECTED), tuple(numbers("EXPECTED", losses)))


def batches(material: Material) -> Section | None:
    """Which rows make up the batch of a step; None where every step sees them all."""
    spec = material.spec
    if material.is_whole:
        return None
    lines = [
        f"BATCH, BATCHES = {spec.batch}, {spec.batches_per_epoch}",
        "",
        "",
        "def rows_of(step):",
        "    epoch, nth = divmod(step, BATCHES)",
    ]
    if spec.shuffle:
        lines.append(f"    order = np.random.default_rng([{spec.seed}, {ORDER}, epoch]).permutation(len(X))")
        lines.append("    return order[nth * BATCH : (nth + 1) * BATCH]")
    else:
        lines.append("    return np.arange(len(X))[nth * BATCH : (nth + 1) * BATCH]")
    title = texts.BATCHES if spec.shuffle else texts.BATCHES_IN_ORDER
    return Section(material.say(title), (*lines, ""))


def masks(material: Material) -> list[str]:
    """Lines that draw the dropout masks of a step."""
    lines = []
    for name, (width, probability) in material.program.masks.items():
        layer = material.program.values[name].layer
        drawn = f"np.random.default_rng([{material.spec.seed}, {DROPOUT}, {layer}, step]).random((len(a0), {width}))"
        lines.append(f"{name} = ({drawn} >= {probability!r}).astype(float)")
    return [f"# {material.say(texts.MASKS)}", *lines] if lines else []


def compared(reported: str = "loss") -> list[str]:
    """Lines that print the loss of a step and compare it."""
    return [
        f'print(f"{{step:6}}  {{{reported}:.12g}}")',
        "if step < len(EXPECTED):",
        f"    assert np.isclose({reported}, EXPECTED[step], rtol=TOLERANCE, atol=0, equal_nan=True), EXPECTED[step]",
    ]


def place(material: Material, call: engine.Call) -> str:
    """Where an assignment stands: `Forward, layer 1`."""
    phase = material.say(texts.PHASES[call.phase])
    return phase if call.layer is None else material.say(texts.PHASE_LAYER, phase=phase, layer=call.layer)


def indented(lines: list[str], levels: int = 1) -> list[str]:
    """The lines inside a block."""
    return [f"{'    ' * levels}{line}" if line else "" for line in lines]
