"""What a server writes down: one line for one event, whatever a client put into it.

Control characters are escaped and long lines cut, so that nobody can forge a line or flood a log with one request.
"""

from __future__ import annotations

import json
import logging
import re
import time
from typing import Any

LONGEST = 1_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """A text without what would break or disguise a line, cut to a bearable length."""
    cut = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", cut)


class TextLines(logging.Formatter):
    """`2026-01-31 09:00:00 WARNING backscope.store: …`; a traceback follows in lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """One event."""
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        line = f"{moment} {record.levelname} {record.name}: {one_line(record.getMessage())}"
        return line if not record.exc_info else f"{line}\n{self.formatException(record.exc_info)}"


class JsonLines(logging.Formatter):
    """One JSON object for one event, a traceback inside it."""

    def format(self, record: logging.LogRecord) -> str:
        """One event."""
        event = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": one_line(record.getMessage()),
        }
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        return json.dumps(event)


FORMATS = {"text": TextLines, "json": JsonLines}


def log_config(level: str, form: str, *, access: bool = False) -> dict[str, Any]:
    """The configuration of logging for a server."""
    quiet = {"handlers": ["err"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": f"{__name__}.{FORMATS[form].__name__}"}},
        "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "loggers": {
            "backscope": {**quiet, "level": level.upper()},
            "uvicorn": {**quiet, "level": "WARNING"},
            "uvicorn.error": {**quiet, "level": "WARNING"},
            "uvicorn.access": {**quiet, "level": "INFO" if access else "CRITICAL"},
        },
    }
