"""`backscope train`: the loss over the steps, with a bar while it is computed."""

from __future__ import annotations

import argparse
import time
from functools import partial
from math import isfinite

import engine
from app import encode_figures, schema
from app.command import inputs, texts
from app.command.terminal import Progress, Terminal, Trouble, table
from app.identity import run_id
from app.settings import Settings

DIGITS = 8
FIGURES = ("loss", "penalty", "train", "test")
LOOK_SECONDS = 0.1
"""How long the engine computes between two looks at the bar."""


def run(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """Train, and print the loss at evenly spaced steps."""
    opened = inputs.read(options.spec, settings, terminal)
    run = engine.open_run(opened.spec)
    steps = run.steps if options.steps is None else options.steps
    if steps > run.steps:
        most = terminal.text(texts.WHOLE, least=1, most=run.steps)
        raise Trouble(f"--steps: {most}")
    wanted = schema.sample_steps(0, steps, options.points)
    progress = Progress(terminal, steps)
    try:
        found = _trained(run, wanted, progress, terminal)
    finally:
        progress.clear()
    if options.format == "json":
        terminal.say(encode_figures.history(run_id(opened.spec), found, 0, steps, FIGURES).decode())
    elif options.format == "csv":
        terminal.out.write(encode_figures.history_csv(found))
    else:
        for line in describe(found, terminal):
            terminal.say(line)
    return 0


def _trained(run: engine.Run, wanted: tuple[int, ...], progress: Progress, terminal: Terminal) -> engine.History:
    """The history at the wanted steps, computed in short stretches with a look at the bar between them."""
    started = time.monotonic()
    last = wanted[-1]
    reached = -1
    while reached < last:
        try:
            run.state_at(last, partial(_over, time.monotonic() + LOOK_SECONDS))
            reached = last
        except engine.Cancelled as stopped:
            reached = stopped.step
        rate = reached / max(1e-9, time.monotonic() - started)
        progress.at(reached, terminal.text(texts.STEPS_A_SECOND, rate=rate))
    return run.history(wanted, include=FIGURES)


def _over(until: float) -> bool:
    return time.monotonic() >= until


def describe(found: engine.History, terminal: Terminal) -> list[str]:
    """The losses as a table, and a word about divergence."""
    columns = encode_figures.history_columns(found)
    if list(columns.get("train_loss", ())) == list(found.loss):  # a full batch says it twice
        del columns["train_loss"]
    rows = [[terminal.text(texts.STEP_COLUMN), *(terminal.text(texts.COLUMNS[name]) for name in columns)]]
    for place, step in enumerate(found.steps):
        rows.append([str(step), *(engine.plain_number(float(column[place]), DIGITS) for column in columns.values())])
    head, *lines = table(rows, (True,) * len(rows[0]))
    wild = [step for step, loss in zip(found.steps, found.loss, strict=True) if not isfinite(loss)]
    word = [] if not wild else ["", terminal.style("bad", terminal.text(texts.DIVERGED, step=wild[0]))]
    return [terminal.style("bold", head), *lines, *word]
