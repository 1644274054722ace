"""What can be typed after `backscope`: a parser for each command, with help and complaints in the language asked for.

argparse, because it is in the standard library and leaves every word it prints to us.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from app.command import texts
from app.command.terminal import Trouble, wrapped
from app.settings import GROUPS, settings_table
from engine import Text

COMMANDS = ("trace", "check", "train", "export", "serve")
EXPORTS = ("html", "py", "ipynb", "json", "csv", "npz", "safetensors")
SERVE_USAGE = "%(prog)s [--lan] [--port N] [--workers N] [--store URL] [OPTION …]"
"""In full it would take twenty lines, and hide the word that follows it when something is wrong."""
NUMBER = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
INDEX = re.compile(r"(0|[1-9][0-9]{0,8})(,(0|[1-9][0-9]{0,8}))*", re.ASCII)


class Usage(Trouble):
    """A command line that cannot be understood; `usage` shows how one looks that can."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message, 2)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """A parser that speaks our languages, and raises instead of ending the process."""

    def __init__(
        self, command: str, description: Text, language: str, epilog: str = "", usage: str | None = None
    ) -> None:
        self.language = language
        super().__init__(
            prog=f"backscope {command}".strip(),
            usage=usage,
            description=description[language],
            epilog=epilog,
            add_help=False,
            allow_abbrev=False,
            formatter_class=lambda prog: _Formatter(prog, language),
        )
        self._positionals.title = texts.ARGUMENTS[language]
        self._optionals.title = texts.OPTIONS[language]
        self.add_argument("-h", "--help", action="help", help=texts.HELP[language])

    def option(self, *flags: str, about: Text, **more: Any) -> None:
        """An option with its help in both languages."""
        self.add_argument(*flags, help=about[self.language], **more)

    def error(self, message: str) -> NoReturn:
        """Raise what argparse complains about."""
        raise Usage(texts.complaint(message, self.language), self.format_usage().rstrip())


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help whose lines are cut by columns, of which a Chinese character takes two."""

    def __init__(self, prog: str, language: str) -> None:
        super().__init__(prog, max_help_position=28)
        self._language = language

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """The line that shows how to call it, after our word for it."""
        super().add_usage(usage, actions, groups, texts.USAGE[self._language] if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = [line for paragraph in text.splitlines() for line in wrapped(paragraph, width - len(indent)) or [""]]
        return "\n".join((indent + line).rstrip() for line in lines)


def whole(least: int, most: int, language: str) -> Callable[[str], int]:
    """A reader of whole numbers within bounds."""

    def read(text: str) -> int:
        if not NUMBER.fullmatch(text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(texts.WHOLE[language].format(least=least, most=most))
        return int(text)

    return read


def port(language: str) -> Callable[[str], int]:
    """A reader of port numbers."""
    return whole(0, 65535, language)


def names(language: str) -> Callable[[str], tuple[str, ...]]:
    """A reader of names with commas between them."""

    def read(text: str) -> tuple[str, ...]:
        found = tuple(text.split(","))
        if not all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in found):
            raise argparse.ArgumentTypeError(texts.NAMES_FORM[language])
        return found

    return read


def rows(language: str) -> Callable[[str], tuple[int, ...]]:
    """A reader of row numbers with commas between them."""

    def read(text: str) -> tuple[int, ...]:
        if not INDEX.fullmatch(text):
            raise argparse.ArgumentTypeError(texts.ROWS_FORM[language])
        return tuple(dict.fromkeys(map(int, text.split(","))))

    return read


def _listening(parser: Parser) -> None:
    language = parser.language
    parser.option("--host", default=None, metavar="ADDRESS", about=texts.HOST)
    parser.option("--port", type=port(language), default=None, metavar="N", about=texts.PORT)
    parser.option("--data-dir", type=Path, default=None, metavar="FOLDER", about=texts.DATA_DIR)


def opening(language: str) -> Parser:
    """`backscope [FILE]`: the page on this machine."""
    commands = "\n".join(
        f"  backscope {name:<8} {texts.COMMANDS[name][language]}" for name in COMMANDS if name in texts.COMMANDS
    )
    epilog = f"{texts.OTHER_COMMANDS[language]}\n{commands}\n\n{texts.MORE_HELP[language]}"
    parser = Parser("", texts.OPEN, language, epilog)
    parser.add_argument("file", nargs="?", metavar="FILE", help=texts.FILE[language])
    _listening(parser)
    parser.option("--no-browser", action="store_true", about=texts.NO_BROWSER)
    parser.add_argument(
        "--version", action="version", version=f"backscope {version('backscope')}", help=texts.VERSION[language]
    )
    return parser


def serving(language: str) -> Parser:
    """`backscope serve`: a server for others, with every limit an option."""
    parser = Parser("serve", texts.COMMANDS["serve"], language, texts.SERVE_MORE[language], SERVE_USAGE)
    _listening(parser)
    parser.option("--lan", action="store_true", about=texts.LAN)
    parser.option("--workers", type=whole(1, 64, language), default=1, metavar="N", about=texts.WORKERS)
    parser.option("--store", default=None, metavar="URL", about=texts.STORE)
    parser.option("--profile", choices=("own", "shared"), default=None, about=texts.PROFILE)
    parser.option("--allow-host", action="append", default=[], metavar="NAME", about=texts.ALLOW_HOST)
    parser.option("--allow-origin", action="append", default=[], metavar="ORIGIN", about=texts.ALLOW_ORIGIN)
    parser.option("--log-level", choices=("error", "warning", "info"), default="warning", about=texts.LOG_LEVEL)
    parser.option("--log-format", choices=("text", "json"), default="text", about=texts.LOG_FORMAT)
    parser.option("--access-log", action="store_true", about=texts.ACCESS_LOG)
    parser.option("--browser", action="store_true", about=texts.BROWSER)
    for group, title in GROUPS.items():
        if not group:
            continue
        section = parser.add_argument_group(title[language])
        for setting in settings_table():
            if setting.group == group:
                both = texts.DEFAULT if setting.shared is None else texts.DEFAULTS
                shown = both[language].format(own=setting.show(setting.own), shared=setting.show(setting.shared))
                metavar = f"{{{','.join(setting.choices)}}}" if setting.choices else "N"
                section.add_argument(
                    setting.flag, metavar=metavar, default=None, help=f"{setting.about[language]} {shown}"
                )
    return parser


def _about_spec(parser: Parser) -> None:
    parser.add_argument("spec", metavar="SPEC", help=texts.SPEC[parser.language])


def tracing(language: str) -> Parser:
    """`backscope trace`: one step, with its arithmetic."""
    parser = Parser("trace", texts.COMMANDS["trace"], language, texts.TRACE_MORE[language])
    _about_spec(parser)
    parser.option("--step", type=whole(0, 10**18, language), default=None, metavar="K", about=texts.STEP)
    parser.option("--format", choices=("text", "json", "npz", "safetensors"), default="text", about=texts.FORMAT)
    parser.option("--output", "-o", type=Path, default=None, metavar="FILE", about=texts.OUTPUT)
    parser.option("--examples", type=rows(language), default=None, metavar="N,…", about=texts.EXAMPLES)
    parser.option("--names", type=names(language), default=None, metavar="NAME,…", about=texts.NAMES)
    parser.option("--phase", choices=("forward", "loss", "backward", "update"), default=None, about=texts.PHASE)
    parser.option("--digits", type=whole(1, 17, language), default=5, metavar="N", about=texts.DIGITS)
    parser.option("--rows", type=whole(1, 10**9, language), default=12, metavar="N", about=texts.ROWS)
    parser.option("--terms", action="store_true", about=texts.TERMS)
    return parser


def checking(language: str) -> Parser:
    """`backscope check`: the gradient check."""
    parser = Parser("check", texts.COMMANDS["check"], language, texts.CHECK_MORE[language])
    _about_spec(parser)
    parser.option("--step", type=whole(0, 10**18, language), default=0, metavar="K", about=texts.STEP)
    parser.option("--format", choices=("text", "json"), default="text", about=texts.FORMAT)
    return parser


def training(language: str) -> Parser:
    """`backscope train`: the loss over the steps."""
    parser = Parser("train", texts.COMMANDS["train"], language, texts.TRAIN_MORE[language])
    _about_spec(parser)
    parser.option("--steps", type=whole(1, 10**18, language), default=None, metavar="N", about=texts.STEPS)
    parser.option("--points", type=whole(2, 100_000, language), default=11, metavar="N", about=texts.POINTS)
    parser.option("--format", choices=("text", "csv", "json"), default="text", about=texts.FORMAT)
    return parser


def exporting(language: str) -> Parser:
    """`backscope export`: a run as a file."""
    parser = Parser("export", texts.COMMANDS["export"], language, texts.EXPORT_MORE[language])
    _about_spec(parser)
    parser.option("--format", choices=EXPORTS, default="html", about=texts.FORMAT)
    parser.option("--framework", choices=("numpy", "torch", "keras"), default="numpy", about=texts.FRAMEWORK)
    parser.option("--what", choices=("trace", "weights", "history"), default=None, about=texts.WHAT)
    parser.option("--step", type=whole(0, 10**18, language), default=None, metavar="K", about=texts.STEP)
    parser.option("--count", type=whole(1, 10**6, language), default=None, metavar="N", about=texts.COUNT)
    parser.option("--output", "-o", type=Path, default=None, metavar="FILE", about=texts.OUTPUT_NAMED)
    return parser


PARSERS: dict[str, Callable[[str], Parser]] = {
    "": opening,
    "serve": serving,
    "trace": tracing,
    "check": checking,
    "train": training,
    "export": exporting,
}


def parse(arguments: Sequence[str], language: str) -> tuple[str, argparse.Namespace]:
    """The command and its options. A first word that is no command is a file to open."""
    command = arguments[0] if arguments and arguments[0] in COMMANDS else ""
    rest = arguments[1:] if command else arguments
    return command, PARSERS[command](language).parse_args(rest)
