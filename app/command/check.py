"""`backscope check`: backpropagation against differences of the loss. The status says which is right."""

from __future__ import annotations

import argparse

import engine
from app import encode
from app.command import inputs, texts
from app.command.terminal import Terminal, Trouble, table
from app.identity import run_id
from app.settings import Settings


def run(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """Print the check of a step; 1 if a gradient fails."""
    opened = inputs.read(options.spec, settings, terminal)
    try:
        found = engine.open_run(opened.spec).check(options.step)
    except engine.StepError as error:
        raise Trouble(f"--step: {terminal.text(texts.NO_SUCH_STEP, last=error.last)}") from None
    if options.format == "json":
        terminal.say(encode.check(run_id(opened.spec), found).decode())
    else:
        for line in describe(found, terminal):
            terminal.say(line)
    return 0 if found.passed else 1


def describe(found: engine.GradientCheck, terminal: Terminal) -> list[str]:
    """The check as a table, the worst gradient first, and the verdict."""
    rows = [[terminal.text(column) for column in texts.CHECK_COLUMNS]]
    for array in found.arrays:
        worst = array.worst
        rows.append(
            [
                array.name,
                f"{array.checked}/{array.size}",
                f"{array.relative_error:.1e}",
                engine.format_address(array.name, worst.index),
                f"{worst.backprop:.10g}",
                f"{worst.difference:.10g}",
                terminal.text(texts.PASSED if array.passed else texts.FAILED),
            ]
        )
    head, *lines = table(rows, (False, True, True, False, True, True, False))
    failed = sum(not array.passed for array in found.arrays)
    verdict = (
        terminal.style("bad", terminal.text(texts.SOME_FAILED, count=failed, of=len(found.arrays)))
        if failed
        else terminal.style("good", terminal.text(texts.ALL_PASSED))
    )
    apart = [terminal.text(texts.STAND_INS, names=", ".join(found.stand_ins))] if found.stand_ins else []
    head = terminal.style("bold", head)
    return [terminal.text(texts.CHECK_HEAD, step=found.step), "", head, *lines, "", *apart, verdict]
