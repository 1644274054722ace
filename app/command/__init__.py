"""The `backscope` command.

    options    what can be typed       texts      what is said, in English and Chinese
    terminal   streams, colours        inputs     reading an experiment, a trace, a table
    serve      `backscope`, `serve`    sockets, workers     its connections and processes
    trace, check, train, export        what works without a server

The status is 0 if all went well, 1 if a check failed or the machine refused, 2 if the command line or what it names
cannot be used, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.command import options, texts
from app.command.options import Usage
from app.command.terminal import Terminal, Trouble
from app.settings import Settings, from_environment, settings_table

INTERRUPTED = 130
BROKEN_PIPE = 141
PROGRAM_ERROR = 70

Run = Callable[[argparse.Namespace, Settings, Terminal], int]


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Do what the command line says; the exit status tells how it went. No exception leaves here."""
    terminal = Terminal.of(environment)
    try:
        status = _run(sys.argv[1:] if arguments is None else arguments, environment, terminal)
        terminal.out.flush()
        return status
    except Usage as error:
        terminal.warn(error.usage)
        terminal.warn(f"backscope: {error}")
        return error.status
    except Trouble as error:
        terminal.warn(f"backscope: {error}")
        return error.status
    except SystemExit as end:  # --help and --version
        return int(end.code or 0)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python would complain once more when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return BROKEN_PIPE
    except OSError as error:  # a full disk, a stream that is closed
        terminal.warn(f"backscope: {error.strerror or type(error).__name__}")
        return 1
    except Exception as error:
        if "BACKSCOPE_DEBUG" in environment:
            raise
        terminal.warn(f"backscope: {terminal.text(texts.PROGRAM_ERROR, kind=type(error).__name__)}")
        return PROGRAM_ERROR


def _run(arguments: Sequence[str], environment: Mapping[str, str], terminal: Terminal) -> int:
    command, found = options.parse(arguments, terminal.language)
    if word := wrong_engine(terminal):
        raise Trouble(word, 1)
    return _command(command)(found, settings_of(found, environment, terminal), terminal)


def _command(name: str) -> Run:
    """What does it; imported when it is wanted, so that a server's parts do not slow down the rest."""
    if name in ("", "serve"):
        from app.command import serve

        return serve.serve if name else serve.open_page
    if name == "export":
        from app.command import export

        return export.run
    from app.command import check, trace, train

    return {"trace": trace.run, "check": check.run, "train": train.run}[name]


def settings_of(found: argparse.Namespace, environment: Mapping[str, str], terminal: Terminal) -> Settings:
    """The settings: defaults of the profile, then the environment, then the command line."""
    profile = getattr(found, "profile", None) or ("shared" if getattr(found, "lan", False) else "own")
    settings = Settings().shared() if profile == "shared" else Settings()
    table = {setting.name: setting for setting in settings_table()}
    given = {name: text for name in table if name != "host" and isinstance(text := getattr(found, name, None), str)}
    for texts_by_name, flag in ((from_environment(environment), False), (given, True)):
        for name, text in texts_by_name.items():
            try:
                settings = settings.changed({name: text})
            except ValueError:
                setting = table[name]
                shown = setting.flag if flag else f"BACKSCOPE_{name.upper()}"
                default = setting.show(setting.own)
                raise Trouble(terminal.text(texts.BAD_SETTING, flag=shown, default=default)) from None
    return settings


def wrong_engine(terminal: Terminal) -> str | None:
    """A word about an `engine` package that is not ours, if that is the one Python found."""
    import engine

    found = Path(str(engine.__file__)).resolve().parent
    expected = Path(__file__).resolve().parent.parent.parent / "engine"
    return None if found == expected else terminal.text(texts.WRONG_ENGINE, found=found)
