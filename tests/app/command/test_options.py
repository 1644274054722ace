"""The command line: help in both languages, and complaints that say what would do."""

from __future__ import annotations

import re
from importlib.metadata import version

import pytest

from app.command import options, texts
from app.command.terminal import columns
from app.settings import settings_table


def test_the_version_is_the_one_installed(command):
    done = command("--version")
    assert (done.status, done.out, done.err) == (0, f"backscope {version('backscope')}\n", "")


@pytest.mark.parametrize("name", ["", *options.COMMANDS])
def test_every_command_explains_itself_in_both_languages(command, name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    english = command(*name.split(), "--help")
    chinese = command(*name.split(), "--help", LANG="zh_CN.UTF-8")
    for done in (english, chinese):
        assert (done.status, done.err) == (0, "")
        assert all(columns(line) <= 80 for line in done.lines)
    assert english.out.startswith("Usage: backscope")
    assert chinese.out.startswith("用法：backscope")
    options_of = re.compile(r"^  (?:-\w, )?(--[a-z-]+)", re.MULTILINE)
    assert options_of.findall(english.out) == options_of.findall(chinese.out)
    assert not re.search(r"[\u4e00-\u9fff]", english.out)
    prose = re.sub(r"`[^`]*`|示例：.*", "", chinese.out, flags=re.DOTALL)
    assert not re.search(r"\b(show|print|write|default)\b", prose, re.IGNORECASE)


def test_help_without_a_command_names_them_all(command):
    out = command("--help").out
    assert all(f"backscope {name}" in out for name in options.COMMANDS)
    assert set(texts.COMMANDS) == set(options.COMMANDS)


def test_a_complaint_about_serve_is_not_buried_under_its_options(command):
    done = command("serve", "--nonsense")
    assert done.status == 2
    assert len(done.err.splitlines()) <= 4
    assert "[--workers N]" in done.err


def test_help_of_serve_shows_every_limit_with_both_defaults(command):
    out = re.sub(r"\s+", " ", command("serve", "--help").out)
    for setting in settings_table():
        if setting.group:
            assert setting.flag in out
            assert setting.about["en"] in out
            assert f"Default: {setting.show(setting.own)}" in out
            assert all(choice in out for choice in setting.choices)
            assert setting.shared is None or f"shared: {setting.show(setting.shared)}." in out


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (("trace",), "required: SPEC", "缺少：SPEC"),
        (("trace", "seed", "--step"), "--step: expected one argument", "--step 需要一个值"),
        (("trace", "seed", "--step", "-1"), "--step", "--step"),
        (("trace", "seed", "--step", "٣"), "a whole number from 0", "应为 0 到"),
        (("trace", "seed", "--format", "xml"), "--format: invalid choice", "--format：可选"),
        (("trace", "seed", "--names", "a b"), "z1,delta1", "z1,delta1"),
        (("trace", "seed", "--examples", "0,x"), "row numbers", "行号"),
        (("trace", "seed", "--nonsense"), "unrecognized arguments: --nonsense", "无法识别：--nonsense"),
        (("train", "seed", "--points", "1"), "from 2 to", "2 到"),
        (("--port", "65536"), "0 to 65535", "0 到 65535"),
        (("--port", "http"), "0 to 65535", "0 到 65535"),
        (("--port", ""), "0 to 65535", "0 到 65535"),
        (("--port", "8e3"), "0 to 65535", "0 到 65535"),
        (("serve", "--workers", "0"), "from 1 to 64", "1 到 64"),
        (("serve", "--max-steps", "many"), "--max-steps", "--max-steps"),
        (("serve", "--max-steps", "0"), "1000000", "1000000"),
        (("serve", "--deadline-seconds", "0"), "--deadline-seconds", "--deadline-seconds"),
        (("a.json", "b.json"), "unrecognized arguments: b.json", "无法识别：b.json"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_command_line_that_cannot_be_understood_is_status_2_and_a_word(command, arguments, english, chinese):
    for language, words in (("en_GB.UTF-8", english), ("zh_CN.UTF-8", chinese)):
        done = command(*arguments, LANG=language)
        assert (done.status, done.out) == (2, "")
        assert words in done.err.splitlines()[-1]
        assert done.err.splitlines()[-1].startswith("backscope: ")
        assert "Traceback" not in done.err


def test_settings_come_from_the_profile_then_the_environment_then_the_command_line(monkeypatch):
    from app import command

    def settings(*arguments, **environment):
        found = options.parse(arguments, "en")[1]
        return command.settings_of(found, environment, command.Terminal.of({}))

    assert settings("serve").max_steps == 1_000_000
    assert settings("serve", "--profile", "shared").max_steps == 100_000
    assert settings("serve", "--lan").max_steps == 100_000
    assert settings("serve", "--lan", "--profile", "own").max_steps == 1_000_000
    assert settings("serve", BACKSCOPE_MAX_STEPS="7").max_steps == 7
    assert settings("serve", "--max-steps", "8", BACKSCOPE_MAX_STEPS="7").max_steps == 8
    assert settings("serve", "--cache-bytes", "3M").cache_bytes == 3 * 2**20
    assert settings("trace", "seed", BACKSCOPE_MAX_LAYERS="2").max_layers == 2


def test_a_bad_setting_in_the_environment_is_named(command):
    done = command("train", "xor", BACKSCOPE_MAX_STEPS="x")
    assert done.status == 2
    assert "BACKSCOPE_MAX_STEPS" in done.err
