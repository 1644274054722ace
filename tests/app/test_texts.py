"""Texts of what is loaded later: in every language, under a digest, and not in the page."""

from __future__ import annotations

import re

import pytest

from app.answers import IMMUTABLE
from app.i18n import LANGUAGES, messages, part_texts, parts
from app.texts import Texts


def test_every_later_text_is_there_in_every_language_with_the_same_places():
    assert "guide" in parts()
    for part in parts():
        english = part_texts(part, "en")
        for language in LANGUAGES:
            found = part_texts(part, language)
            assert found.keys() == english.keys(), (part, language)
            assert language == "en" or found != english
            for key, text in found.items():
                assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), (language, key)


def test_no_text_is_sent_twice():
    for part in parts():
        assert not part_texts(part, "en").keys() & messages("en").texts.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_where_they_are_and_there_they_may_be_kept_for_ever(api, language):
    page = api.get("/", params={"lang": language}).text
    (folder,) = re.findall(r'data-texts="([^"]+)"', page)
    for part in parts():
        answer = api.get(f"{folder}{part}.{language}.json")
        assert answer.status_code == 200
        assert answer.json() == part_texts(part, language)
        assert answer.headers["cache-control"] == IMMUTABLE


def test_there_is_nothing_else_in_their_folder(api):
    folder = Texts().folder
    for name in ("guide.xx.json", "en.json", "guide.en.po", "../main.js"):
        assert api.get(f"{folder}{name}").status_code == 404
    assert api.get("/texts/0123456789abcdef/guide.en.json").status_code == 404
