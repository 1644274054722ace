"""Languages: which one a request wants, and the page's texts in it.

The texts are message catalogues, `locale/en.po` and `locale/zh_CN.po`, whose msgids are keys like `player.next`. They
are read as they are; nothing is compiled. Those in `locale/later/` belong to parts of the page that are loaded when
they are first used: `later/guide.en.po` is the English of the part `guide`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from babel.core import parse_locale
from babel.messages.pofile import read_po

import engine

log = logging.getLogger("backscope.i18n")

DEFAULT = "en"
LANGUAGES: tuple[str, ...] = tuple(engine.LANGUAGES)
CATALOGUES: Mapping[str, str] = {"en": "en", "zh": "zh_CN"}
HTML_LANG: Mapping[str, str] = {"en": "en", "zh": "zh-Hans"}
"""What `<html lang>` says; browsers choose the form of Chinese characters by it."""
FOLDER = Path(__file__).resolve().parent / "locale"
LATER = "later"
"""The folder in there with the texts that are not in the page from the start."""

WRITTEN = ("error.", "help.", "keys.", "legend.")
"""What begins like this only templates write."""

_QUALITY = re.compile(r"\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", re.ASCII)
_PLACE = re.compile(r"\{(\w+)\}")


def language_of(tag: str) -> str | None:
    """The language of ours that a tag such as `zh-CN`, `zh-Hans-SG` or `en_GB` asks for."""
    try:
        language = parse_locale(tag.strip().replace("-", "_"))[0]
    except ValueError:
        return None
    return language if language in LANGUAGES else None


def negotiate(accept_language: str) -> str:
    """The language of ours that an Accept-Language header likes best."""
    wanted: list[tuple[float, str]] = []
    for part in accept_language[:1_000].split(","):
        tag, _, parameter = part.partition(";")
        quality = _QUALITY.fullmatch(parameter) if parameter else None
        if tag.strip() and (quality or not parameter):
            wanted.append((float(quality[1]) if quality else 1.0, tag))
    for quality_, tag in sorted(wanted, key=lambda entry: -entry[0]):
        language = DEFAULT if tag.strip() == "*" else language_of(tag)
        if language is not None and quality_ > 0:
            return language
    return DEFAULT


class Messages:
    """The page's texts in one language; a key without a text there has it in English, or stands for itself."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        self.language = language
        self.texts = dict(texts)

    @property
    def spoken(self) -> Mapping[str, str]:
        """Those that scripts may say: all but those that stand in the page already, put there by its templates."""
        return {key: text for key, text in self.texts.items() if not key.startswith(WRITTEN)}

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, its `{name}` places filled in."""
        text = self.texts.get(key)
        if text is None:
            log.warning("no text for %.60r in %s", key, self.language)
            return key
        return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), text)


@cache
def messages(language: str) -> Messages:
    """The texts in one of our languages."""
    texts = _read(DEFAULT)
    if language != DEFAULT:
        texts = {**texts, **_read(language)}
    return Messages(language, texts)


def parts() -> tuple[str, ...]:
    """The parts of the page whose texts come later."""
    ending = f".{CATALOGUES[DEFAULT]}.po"
    return tuple(sorted(path.name.removesuffix(ending) for path in (FOLDER / LATER).glob(f"*{ending}")))


@cache
def part_texts(part: str, language: str) -> Mapping[str, str]:
    """The texts of a part of the page that is loaded later."""
    return {
        key: text
        for each in dict.fromkeys((DEFAULT, language))
        for key, text in _read_files(each, (FOLDER / LATER / f"{part}.{CATALOGUES[each]}.po",)).items()
    }


def _read(language: str) -> dict[str, str]:
    """The catalogues of a language: `zh_CN.po`, and any further `part.zh_CN.po`."""
    name = CATALOGUES[language]
    return _read_files(language, (FOLDER / f"{name}.po", *sorted(FOLDER.glob(f"*.{name}.po"))))


def _read_files(language: str, paths: Iterable[Path]) -> dict[str, str]:
    name = CATALOGUES[language]
    texts: dict[str, str] = {}
    for path in paths:
        try:
            with path.open("rb") as file:
                catalogue = read_po(file, locale=name)
        except FileNotFoundError:
            log.warning("no catalogue %s", path.name)
            continue
        for entry in catalogue:
            if isinstance(entry.id, str) and entry.id and isinstance(entry.string, str) and entry.string:
                texts[entry.id] = entry.string
    return texts
