"""`backscope trace`: one step as a table a person can follow with a pencil, or as a file for a program."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import islice, product
from pathlib import Path

import engine
from app import binary, encode
from app.command import inputs, texts
from app.command.terminal import Terminal, Trouble, columns, padded, wrapped
from app.errors import Problem
from app.identity import run_id
from app.settings import Settings

INDENT = "    "
ARITHMETIC = 24
"""Columns that the arithmetic needs, at least, to stand beside its number."""


def run(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """Print the step that was asked for."""
    opened = inputs.read(options.spec, settings, terminal)
    step = opened.step or 0 if options.step is None else options.step
    trace = step_of(engine.open_run(opened.spec), step, terminal)
    selection = _selection(options, trace, terminal)
    if options.format == "text":
        lines = describe(opened.spec, trace, selection, options, terminal)
        if options.output is None:
            for line in lines:
                terminal.say(line)
        else:
            write(options.output, ("\n".join(lines) + "\n").encode(), terminal)
        return 0
    body = _encoded(opened.spec, trace, selection, options.format)
    if options.output is not None:
        write(options.output, body, terminal)
    elif options.format == "json":
        terminal.say(body.decode())
    elif terminal.width is not None:
        raise Trouble(terminal.text(texts.BINARY_TO_TERMINAL, format=options.format))
    else:
        terminal.out.flush()
        terminal.out.buffer.write(body)
        terminal.out.buffer.flush()
    return 0


def step_of(run: engine.Run, step: int, terminal: Terminal) -> engine.Trace:
    """The trace of a step; Trouble if the run does not have it."""
    try:
        return run.trace(step)
    except engine.StepError as error:
        raise Trouble(f"--step: {terminal.text(texts.NO_SUCH_STEP, last=error.last)}") from None


def write(path: Path, body: bytes, terminal: Terminal) -> None:
    """Write a file; Trouble if it cannot be."""
    try:
        path.write_bytes(body)
    except OSError as error:
        name = inputs.shown(str(path))
        raise Trouble(terminal.text(texts.CANNOT_WRITE, name=name, reason=error.strerror), 1) from None


def _selection(options: argparse.Namespace, trace: engine.Trace, terminal: Terminal) -> encode.Selection:
    for name in options.names or ():
        if name not in trace.values:
            known = ", ".join(trace.values)
            raise Trouble(f"--names: {terminal.text(texts.NO_SUCH_NAME, name=name, names=known)}")
    selection = encode.Selection(options.examples, options.names, options.phase)
    try:
        selection.rows(trace)
    except Problem:
        last = len(trace.batch) - 1
        raise Trouble(f"--examples: {terminal.text(texts.NO_SUCH_ROW, last=last)}") from None
    return selection


def _encoded(spec: engine.ExperimentSpec, trace: engine.Trace, selection: encode.Selection, kind: str) -> bytes:
    run = run_id(spec)
    if kind == "json":
        return encode.trace(run, trace, selection, spec=spec)
    return binary.FORMATS[kind].pack(selection.arrays(trace), binary.about(run, trace.step, spec))


# Text


def describe(
    spec: engine.ExperimentSpec,
    trace: engine.Trace,
    selection: encode.Selection,
    options: argparse.Namespace,
    terminal: Terminal,
) -> Iterator[str]:
    """The step, line by line: what was given, then every assignment with its arithmetic."""
    rows = selection.rows(trace) if selection.examples is not None else [0]
    yield _head(spec, trace, rows, options.digits, terminal)
    chosen = set(selection.chosen(trace))
    if selection.phase is None:
        given = [name for name, value in trace.program.values.items() if value.call is None and name in chosen]
        for name in given:
            yield from _given(trace, name, rows, options)
    before: tuple[str, int | None] | None = None
    for call in trace.frames:
        if call.writes not in chosen or (selection.phase is not None and call.phase != selection.phase):
            continue
        if before != (call.phase, call.layer):
            before = (call.phase, call.layer)
            yield ""
            yield _place(call, terminal)
        yield f"  {terminal.style('faint', engine.plain_formula(trace.program, call.writes, terminal.language))}"
        yield from _computed(trace, call.writes, rows, options, terminal)


def _head(
    spec: engine.ExperimentSpec, trace: engine.Trace, rows: Sequence[int], digits: int, terminal: Terminal
) -> str:
    parts = [
        terminal.style("bold", terminal.text(texts.STEP_HEAD, step=trace.step, steps=spec.steps)),
        terminal.text(texts.BATCH_HEAD, batch=len(trace.batch)),
    ]
    if len(trace.batch) > len(rows):
        parts.append(terminal.text(texts.ROWS_HEAD, rows=", ".join(map(str, rows))))
    return " · ".join([*parts, terminal.text(texts.LOSS_HEAD, loss=engine.plain_number(trace.loss, digits))])


def _place(call: engine.Call, terminal: Terminal) -> str:
    heading = terminal.style(call.phase, terminal.text(texts.PHASES[call.phase]))
    return heading if call.layer is None else f"{heading} · {terminal.text(texts.LAYER, layer=call.layer)}"


def _places(trace: engine.Trace, name: str, rows: Sequence[int], axes: int) -> Iterator[tuple[int, ...]]:
    """The indices of an array along its first axes; of examples, the chosen ones."""
    shape = trace.values[name].shape[:axes]
    counted = trace.program.values[name].quantity.axes
    spans = [rows if axis == "example" else range(extent) for axis, extent in zip(counted, shape, strict=False)]
    return product(*spans)


def _given(trace: engine.Trace, name: str, rows: Sequence[int], options: argparse.Namespace) -> Iterator[str]:
    array = trace.values[name]
    axes = max(0, array.ndim - 1)
    places = list(_places(trace, name, rows, axes))
    for place in places[: options.rows]:
        shown = array[place].reshape(-1)[: options.rows]
        more = "  …" if array[place].size > len(shown) else ""
        numbers = "  ".join(engine.plain_number(float(value), options.digits) for value in shown)
        yield f"{INDENT}{engine.format_address(name, place)}  {numbers}{more}"
    if len(places) > options.rows:
        yield f"{INDENT}…"


def _computed(
    trace: engine.Trace, name: str, rows: Sequence[int], options: argparse.Namespace, terminal: Terminal
) -> Iterator[str]:
    places = _places(trace, name, rows, trace.values[name].ndim)
    most = 10**9 if options.terms else 1
    found = [
        engine.account(trace, name, place, terminal.language, digits=options.digits, most=most)
        for place in islice(places, options.rows)
    ]
    values = [engine.plain_number(each.value, options.digits) for each in found]
    left = max(columns(each.address) for each in found)
    middle = max(map(columns, values))
    for each, value in zip(found, values, strict=True):
        start = f"{INDENT}{padded(each.address, left)} = {padded(value, middle, right=True)}"
        if options.terms:
            yield start
            yield from _terms(each, options.digits, terminal)
        elif not each.numbers or each.numbers == value:
            yield start
        else:
            yield from _beside(f"{start} = ", each.numbers, terminal)
    size = sum(1 for _ in _places(trace, name, rows, trace.values[name].ndim))
    if size > len(found):
        yield INDENT + terminal.text(texts.MORE_NUMBERS, count=size - len(found), size=size)


def _beside(start: str, text: str, terminal: Terminal) -> Iterator[str]:
    """A text beside what comes before it, over several lines where the terminal is narrow."""
    room = None if terminal.width is None else terminal.width - columns(start)
    lines = [text] if room is None or room < ARITHMETIC else wrapped(text, room)
    for number, line in enumerate(lines):
        yield (start if number == 0 else " " * columns(start)) + line


def _terms(account: engine.Account, digits: int, terminal: Terminal) -> Iterator[str]:
    rows = []
    for line in account.lines:
        value, total = (engine.plain_number(number, digits) for number in (line.value, line.running))
        role = texts.ROLES.get(line.role or "")
        symbols = terminal.text(texts.MORE_TERMS, count=line.count) if line.count > 1 else line.symbols
        rows.append((line.operation, symbols, line.numbers, value, total, terminal.text(role) if role else ""))
    widths = [max(columns(row[place]) for row in rows) for place in range(6)] if rows else []
    for row in rows:
        cells = [
            padded(cell, width, right=place in (3, 4))
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"{INDENT}{INDENT}{cells[0]} {cells[1]} = {cells[2]} = {cells[3]}  → {cells[4]}  {cells[5]}".rstrip()
