"""An experiment as a program in NumPy: the assignments of a step one by one, forwards, backwards and the update."""

from __future__ import annotations

from app.binary import Array
from app.export import script, texts
from app.export.arithmetic import NUMPY, statement
from app.export.literals import literal
from app.export.material import Material
from app.export.script import Script, Section, indented

LIBRARY = "NumPy"
TOLERANCE = 1e-9


def write(material: Material) -> Script:
    """The program."""
    title, about = material.heading(LIBRARY, texts.NUMPY_ABOUT)
    body = _step(material)
    uses_erf = any("erf(" in line for line in body)
    imports = (*(("from math import erf as scalar_erf", "") if uses_erf else ()), "import numpy as np")
    opening = script.opening(material, imports)
    if uses_erf:
        opening = Section("", (*opening.lines, "erf = np.vectorize(scalar_erf)"))
    opening = Section("", (*opening.lines, f"TOLERANCE = {TOLERANCE}"))
    memory = [line for name, array in material.state.items() for line in _assigned(name, array)]
    settings = [f"{name} = {value!r}" for name, value in material.settings.items()]
    sections = [
        opening,
        script.data(material),
        Section(material.say(texts.PARAMETERS), tuple(memory)),
        *([Section(material.say(texts.SETTINGS), tuple(settings))] if settings else []),
        script.batches(material),
        script.expected(material, material.losses),
        Section(material.say(texts.TRAINING), tuple(body)),
    ]
    return Script(title, about, tuple(section for section in sections if section))


def _assigned(name: str, array: Array) -> list[str]:
    return literal(name, array) if array.ndim else [f"{name} = {float(array)!r}"]


def _step(material: Material) -> list[str]:
    program = material.program
    lines: list[str] = [*edits(material)]
    lines += ["a0, y = X, Y"] if material.is_whole else ["rows = rows_of(step)", "a0, y = X[rows], Y[rows]"]
    if program.counts_steps:
        lines.append("t = step + 1")
    lines += script.masks(material)
    before: tuple[str, int | None] | None = None
    for call in program.calls:
        if before != (call.phase, call.layer):
            before = (call.phase, call.layer)
            lines += ["", f"# {script.place(material, call)}"]
        lines.append(statement(program, call, NUMPY))
    carried = [(name, new) for name, new in program.carries.items()]
    lines += ["", f"# {material.say(texts.KEPT)}"]
    lines += [f"{name} = {new}" for name, new in carried]
    lines += ["", *script.compared()]
    return [
        'with np.errstate(all="ignore"):',
        *indented(["for step in range(STEPS):", *indented(lines)]),
    ]


def edits(material: Material) -> list[str]:
    """Lines that make the changes made by hand, each before its step."""
    lines: list[str] = []
    for step, (settings, cells) in material.edits.items():
        lines.append(f"if step == {step}:")
        lines.append(f"    # {material.say(texts.EDIT)}")
        lines += [f"    {name} = {value!r}" for name, value in settings.items()]
        for name, index, value in cells:
            array = {"x": "X", "y": "Y"}.get(name, name)
            lines.append(f"    {array}[{', '.join(map(str, index))}] = {value!r}")
    return lines
