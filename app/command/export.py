"""`backscope export`: a run as a file, without a server."""

from __future__ import annotations

import argparse
from pathlib import Path

import engine
from app.assets import Assets, asset_dir
from app.command import inputs, texts
from app.command.terminal import Terminal, Trouble
from app.command.trace import write
from app.errors import Problem
from app.export import build
from app.pages import Pages
from app.settings import Settings
from app.texts import Texts
from app.vendor import Vendor


def run(options: argparse.Namespace, settings: Settings, terminal: Terminal) -> int:
    """Write the file that was asked for, and say what it is called."""
    opened = inputs.read(options.spec, settings, terminal)
    run = engine.open_run(opened.spec)
    form = build.FORMS[options.format]
    what = options.what or form.holds[0]
    if what not in form.holds:
        words = terminal.text(texts.CANNOT_HOLD, form=options.format, holds=", ".join(form.holds))
        raise Trouble(words)
    step = opened.step or 0 if options.step is None else options.step
    last = run.steps if what == build.WEIGHTS else run.steps - 1
    if step > last:
        raise Trouble(f"--step: {terminal.text(texts.NO_SUCH_STEP, last=last)}")
    wanted = build.Wanted(
        form=options.format,
        what=what,
        step=step,
        count=options.count,
        framework=options.framework,
        language=terminal.language,
    )
    try:
        body = form.make(run, wanted, settings, tools(settings), lambda: False)
    except (Problem, engine.EngineError) as error:
        raise Trouble(inputs.why(opened.name, error, terminal)) from None
    if options.output == Path(inputs.STANDARD_INPUT):
        if not form.text and terminal.width is not None:
            raise Trouble(terminal.text(texts.BINARY_TO_TERMINAL, format=options.format))
        terminal.out.flush()
        terminal.out.buffer.write(body)
        terminal.out.buffer.flush()
        return 0
    path = options.output or Path(build.file_name(run, wanted))
    write(path, body, terminal)
    terminal.warn(terminal.text(texts.WRITTEN, name=inputs.shown(str(path))))
    return 0


def tools(settings: Settings) -> build.Tools:
    """The parts of the page, as a server has them."""
    assets, vendor, words = Assets(asset_dir("static")), Vendor(settings.data_dir), Texts()
    return build.Tools(Pages(assets, vendor, words), assets, vendor, words)
