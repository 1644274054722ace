"""What installed packages carry: Plotly's script, and the maths font cut down to what the page uses."""

from __future__ import annotations

import io
from importlib.metadata import version

import pytest
from fontTools.ttLib import TTFont

from app import vendor
from app.answers import IMMUTABLE

MOST_FONT_BYTES = 80_000


@pytest.fixture(scope="module")
def font(tmp_path_factory) -> bytes:
    """The maths font as it is served."""
    made = vendor.Vendor(tmp_path_factory.mktemp("font"))
    answer = made.make(made.urls["math_font"].rpartition("/")[2])
    assert answer is not None
    return answer.body


def test_the_font_is_small(font):
    print(f"maths font: {len(font)} bytes")
    assert len(font) <= MOST_FONT_BYTES


def test_the_font_has_every_character_of_formulas_and_its_mathematics(font):
    loaded = TTFont(io.BytesIO(font))
    assert loaded.flavor == "woff2"
    known = loaded.getBestCmap()
    for text in (
        "δ",
        "∂",
        "η",
        "σ",
        "Σ",
        "∑",
        "′",
        "·",
        "×",
        "−",
        "⊙",
        "←",
        "0123456789",
        "Lazwbny",
        "𝐖",
        "𝑧",
        "ℎ",
        "𝛿",
    ):
        for character in text:
            assert ord(character) in known, character
    missing = {chr(code) for code in vendor.characters() if code not in known}
    assert missing <= set("\u2061\u2062\u2063\u2064\u2009\u200a\u2002\u2003‾")
    assert "MATH" in loaded
    variants = loaded["MATH"].table.MathVariants
    tall = set(variants.VertGlyphCoverage.glyphs)
    assert {known[ord(character)] for character in "()[]{}|√∑"} <= tall
    assert "STIX" in loaded["name"].getDebugName(1)
    loaded.close()


def test_the_font_is_made_once_and_kept_on_disk(tmp_path, monkeypatch):
    first = vendor.Vendor(tmp_path)
    name = first.urls["math_font"].rpartition("/")[2]
    assert first.ready(name) is None
    body = first.make(name).body
    monkeypatch.setattr(vendor, "subset", lambda *_: pytest.fail("made again"))
    assert first.make(name) is first.ready(name)
    assert vendor.Vendor(tmp_path).make(name).body == body


def test_a_font_damaged_on_disk_is_made_again(tmp_path):
    (tmp_path / "assets").mkdir()
    name = vendor.Vendor(tmp_path).urls["math_font"].rpartition("/")[2]
    for damaged in (b"", b"wOF2", b"wOF2" + b"\x00" * 50, b"<html>"):
        (tmp_path / "assets" / name).write_bytes(damaged)
        assert vendor.read_woff2(tmp_path / "assets" / name) is None
    body = vendor.Vendor(tmp_path).make(name).body
    assert vendor.read_woff2(tmp_path / "assets" / name) == body


def test_without_a_disk_there_is_a_font_all_the_same(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(vendor, "subset", lambda *_: b"font")
    occupied = tmp_path / "file"
    occupied.write_text("not a folder")
    made = vendor.Vendor(occupied)
    assert made.make(made.urls["math_font"].rpartition("/")[2]).body == b"font"
    assert "cannot be kept" in caplog.text


def test_plotly_is_the_installed_one_and_may_be_kept_for_ever(api):
    urls = api.app.state.vendor.urls
    assert urls["plotly"] == f"/vendor/plotly-{version('plotly')}.min.js"
    answer = api.get(urls["plotly"], headers={"accept-encoding": "gzip"})
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == IMMUTABLE
    assert int(answer.headers["content-length"]) < 1_700_000
    assert b"plotly.js v" in answer.content[:200]
    assert vendor.EMPTY_STYLE not in answer.content, "what the page's policy refuses"
    assert not vendor.STYLES_OF_MAPS.search(answer.content)
    font = api.head(urls["math_font"])
    assert font.headers["content-type"] == "font/woff2"
    assert font.headers["cache-control"] == IMMUTABLE


@pytest.mark.parametrize(
    "name", ["plotly-0.0.0.min.js", "STIXTwoMath-Regular.ttf", "..%2f..%2fpyproject.toml", "", "%00"]
)
def test_nothing_else_is_carried(api, name):
    assert api.get(f"/vendor/{name}").status_code == 404


def test_redoc_fetches_nothing_from_elsewhere(api):
    script = api.get(api.app.state.vendor.urls["redoc"])
    assert script.status_code == 200
    assert b"cdn." not in script.content
    assert len(script.content) > 500_000
