"""Columns, wrapping and languages of the terminal."""

from __future__ import annotations

import pytest

from app.command.terminal import columns, language_from, padded, table, wrapped


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "zh_CN", "LC_ALL": "en_US"}, "en"),
        ({"LANG": "en_US", "LC_MESSAGES": "zh_SG.GB18030"}, "zh"),
        ({"LANG": "zh_CN", "LC_ALL": ""}, "zh"),
        ({"LANG": "\ud800"}, "en"),
        ({"LANG": "zh_CN@pinyin"}, "zh"),
    ],
)
def test_the_language_is_the_one_the_environment_asks_for(environment, language):
    assert language_from(environment) == language


def test_chinese_takes_two_columns():
    assert columns("a步") == 3
    assert padded("步", 4) == "步  "
    assert padded("步", 4, right=True) == "  步"
    assert table([["步", "x"], ["a", "步步"]], (True, False)) == ["步  x", " a  步步"]


def test_lines_are_cut_at_spaces_or_between_chinese_characters():
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("一二三四五", 4) == ["一二", "三四", "五"]
    assert wrapped("一二，三", 4) == ["一", "二，", "三"]
    assert wrapped("", 10) == []
    long = "用 max_steps 调高 limit，then 继续。" * 5
    assert "".join(wrapped(long, 20)).replace(" ", "") == long.replace(" ", "")
    assert all(columns(line) <= 20 for line in wrapped(long, 20))
