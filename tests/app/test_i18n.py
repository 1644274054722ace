"""Languages are negotiated, and every text is there in each of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import i18n


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh_CN", "zh"),
        ("zh-Hans", "zh"),
        ("zh-Hans-SG", "zh"),
        ("ZH-sg", "zh"),
        ("en", "en"),
        ("en-GB", "en"),
        ("EN-us", "en"),
        ("de", None),
        ("", None),
        ("*", None),
        ("english", None),
        ("zh-", None),
        ("zh\x00", None),
    ],
)
def test_a_tag_asks_for_one_of_our_languages_or_none(tag, language):
    assert i18n.language_of(tag) == language


@given(st.text(max_size=200))
def test_any_header_gets_a_language(header):
    assert i18n.negotiate(header) in i18n.LANGUAGES


def test_weights_decide_and_then_the_order():
    assert i18n.negotiate("en;q=0.5, zh;q=0.6") == "zh"
    assert i18n.negotiate("en, zh") == "en"
    assert i18n.negotiate("zh, en") == "zh"
    assert i18n.negotiate("fr;q=1, zh;q=0.001") == "zh"
    assert i18n.negotiate("zh;q=nonsense, en;q=0.1") == "en"


def test_every_text_is_there_in_every_language_with_the_same_places():
    catalogues = {language: i18n.messages(language).texts for language in i18n.LANGUAGES}
    english = catalogues["en"]
    assert len(english) > 50
    for language, texts in catalogues.items():
        assert i18n._read(language).keys() == english.keys(), language
        for key, text in texts.items():
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), (language, key)


def test_a_text_has_its_places_filled_and_what_is_missing_stays_visible(caplog):
    text = i18n.Messages("en", {"greeting": "{count} of {total}: {name}"})
    assert text("greeting", count=3, total=10) == "3 of 10: {name}"
    assert text("greeting", name="{count}", count=1, total=2) == "1 of 2: {count}"
    assert text("no.such.key") == "no.such.key"
    assert "no.such.key" in caplog.text


def test_a_language_that_lacks_a_text_has_it_in_english(monkeypatch, tmp_path):
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (tmp_path / "en.po").write_text(head + 'msgid "a"\nmsgstr "A"\n\nmsgid "b"\nmsgstr "B"\n', encoding="utf-8")
    (tmp_path / "zh_CN.po").write_text(head + 'msgid "a"\nmsgstr "甲"\n\nmsgid "b"\nmsgstr ""\n', encoding="utf-8")
    (tmp_path / "more.zh_CN.po").write_text(head + 'msgid "c"\nmsgstr "丙"\n', encoding="utf-8")
    monkeypatch.setattr(i18n, "FOLDER", tmp_path)
    i18n.messages.cache_clear()
    try:
        assert i18n.messages("zh").texts == {"a": "甲", "b": "B", "c": "丙"}
    finally:
        i18n.messages.cache_clear()


def test_no_script_says_what_only_templates_write():
    folder = Path(__file__).resolve().parents[2] / "static"
    keys = re.compile(f"[\"'`](?:{'|'.join(map(re.escape, i18n.WRITTEN))})")
    for path in sorted(folder.rglob("*.js")):
        assert not keys.search(path.read_text(encoding="utf-8")), path.name
    texts = i18n.messages("en")
    assert set(texts.texts) - set(texts.spoken) >= {"help.title", "keys.play"}
