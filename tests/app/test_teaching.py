"""The glossary: whole in both languages, true to the engine's names, and typeset."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

import engine
from app import teaching
from app.models_teaching import Glossary

MATHML = "{http://www.w3.org/1998/Math/MathML}"


@pytest.fixture(scope="module", params=engine.LANGUAGES)
def glossary(request):
    return teaching.glossary(request.param)


def test_the_api_serves_it_in_the_language_asked_for(api):
    for language in engine.LANGUAGES:
        answer = api.get("/api/v1/glossary", params={"lang": language})
        assert answer.status_code == 200
        assert Glossary.model_validate_json(answer.text).language == language
        assert answer.json() == teaching.glossary(language)
    assert api.get("/api/v1/glossary", headers={"accept-language": "zh"}).json()["language"] == "zh"


def test_every_term_has_a_name_and_one_plain_sentence(glossary):
    assert len({entry["id"] for entry in glossary["entries"]}) == len(glossary["entries"]) > 50
    groups = {group["id"] for group in glossary["groups"]}
    end = "。" if glossary["language"] == "zh" else "."
    for entry in glossary["entries"]:
        assert entry["group"] in groups, entry["id"]
        assert entry["name"], entry["id"]
        for text in (entry["text"], entry["where"]):
            assert text.endswith(end), (entry["id"], text)
        assert entry["text"].count(end) == 1, f"{entry['id']}: one sentence"
        assert len(entry["text"]) < 170, f"{entry['id']}: plain"


def test_chinese_is_written_in_chinese_and_english_in_english():
    chinese, english = (teaching.glossary(language)["entries"] for language in ("zh", "en"))
    for entry in chinese:
        assert re.search(r"[\u4e00-\u9fff]", entry["text"]), entry["id"]
        assert not re.search(r"[,;:!?](?=[\u4e00-\u9fff])", entry["text"] + entry["where"]), entry["id"]
    for entry in english:
        assert not re.search(r"[\u3000-\u9fff]", entry["text"] + entry["name"] + entry["where"]), entry["id"]


def test_formulas_are_mathml_of_letters_the_font_has(glossary, api):
    from app.vendor import characters

    known = characters()
    for entry in glossary["entries"]:
        for formula in (entry["symbol"], entry["formula"]):
            if formula is None:
                continue
            root = ET.fromstring(formula["mathml"])
            assert root.tag == f"{MATHML}math"
            assert not [each for each in root.iter() if "\\" in (each.text or "")], f"{entry['id']}: not understood"
            for letter in "".join(root.itertext()):
                assert ord(letter) in known, f"{entry['id']}: {letter!r} is not in the font"


QUANTITIES = ("x", "y", "W", "b", "z", "a", "loss", "learning_rate", "da", "delta", "dW", "db", "W_new", "b_new",
              "alpha", "mask", "h", "J", "penalty", "l1", "l2", "t", "momentum", "rho", "beta1", "beta2", "epsilon",
              "weight_decay", "gradient_norm", "clip_scale")  # fmt: skip


def test_every_symbol_of_the_courses_is_a_term(glossary):
    named = {key for entry in glossary["entries"] for key in entry["quantities"]}
    assert set(QUANTITIES) <= named
    # What no term is about yet is explained by the engine's own label and meaning.
    for key in {key for key in named if not key.endswith("*")} - set(QUANTITIES):
        assert key in engine.QUANTITIES, f"{key} is no quantity of the engine"


def test_fields_and_phases_are_those_of_the_engine(glossary):
    params = {param.name for entries in engine.catalog().values() for entry in entries for param in entry.params} | set(
        engine.DEFAULTS
    )
    layer = {"activation", "bias", "dropout", "frozen", "units"}
    data = {"test_fraction", "examples"}
    for entry in glossary["entries"]:
        for field in entry["fields"]:
            name = field.removeprefix("kind:")
            assert name in params | layer | data | {"l1", "l2"}, (entry["id"], field)
        assert set(entry["phases"]) <= set(engine.PHASES)
