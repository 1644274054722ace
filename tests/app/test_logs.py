"""One event is one line, whatever a client put into it."""

from __future__ import annotations

import io
import itertools
import json
import logging
import logging.config

import pytest

from app.logs import FORMATS, LONGEST, log_config, one_line

PIECES = (
    "\r\n",
    "\n",
    "\x00",
    "\x1b[31m",
    "\x1b]0;title\x07",
    "\u2028",
    "\u202e",
    "ERROR forged",
    "%s",
    "{}",
    "../",
    "名",
)
HOSTILE = [
    "".join(pieces) + "x" * (number % 7 * 400) for number, pieces in enumerate(itertools.product(PIECES, repeat=3))
][:1_000]


@pytest.fixture
def logger(request):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(FORMATS[request.param]())
    found = logging.getLogger(f"test.{request.param}")
    found.handlers, found.propagate = [handler], False
    return found, stream


@pytest.mark.parametrize("logger", FORMATS, indirect=True)
def test_a_thousand_hostile_texts_are_a_thousand_lines(logger):
    log, stream = logger
    for text in HOSTILE:
        log.warning("%s for %s", "GET", text)
    lines = stream.getvalue().split("\n")
    assert len(lines) == len(HOSTILE) + 1
    for line in lines[:-1]:
        assert line.isprintable() or line.isascii()
        assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in line)
        assert "\u202e" not in line
        assert len(line) < LONGEST * 7 + 200


@pytest.mark.parametrize("logger", ["json"], indirect=True)
def test_json_lines_are_json_and_hold_the_traceback(logger):
    log, stream = logger
    try:
        raise RuntimeError("inside\nout")
    except RuntimeError:
        log.exception("failed\n")
    event = json.loads(stream.getvalue())
    assert event["level"] == "error"
    assert event["message"] == "failed\\u000a"
    assert "RuntimeError" in event["traceback"]
    assert event["time"].endswith("Z")


@pytest.mark.parametrize("logger", ["text"], indirect=True)
def test_text_lines_say_when_how_bad_and_where(logger):
    log, stream = logger
    log.error("something")
    assert stream.getvalue().rstrip().endswith(" ERROR test.text: something")


def test_long_texts_are_cut():
    assert len(one_line("x" * 10_000)) == LONGEST + 1
    assert one_line("short") == "short"


@pytest.mark.parametrize("form", FORMATS)
def test_the_configuration_is_one_that_logging_takes(form):
    config = log_config("info", form, access=True)
    logging.config.dictConfigClass(config)
    assert config["loggers"]["backscope"]["level"] == "INFO"
    assert log_config("warning", form)["loggers"]["uvicorn.access"]["level"] == "CRITICAL"
