"""The header of every trace says which conventions its numbers follow."""

from __future__ import annotations

from app.conventions import CONVENTIONS, conventions

TOPICS = {"shapes", "delta", "gradients", "losses", "update", "numbers", "names", "steps"}


def test_every_topic_has_a_sentence_in_every_language():
    assert CONVENTIONS.keys() == TOPICS
    for texts in CONVENTIONS.values():
        assert texts.keys() == {"en", "zh"}
        assert texts["en"].endswith(".")
        assert texts["zh"].endswith("。")


def test_a_trace_and_the_catalogue_carry_them(api, xor_run):
    assert api.get(f"{xor_run}/steps/0").json()["conventions"] == conventions("en")
    for language in ("en", "zh"):
        assert api.get("/api/v1/catalog", params={"lang": language}).json()["conventions"] == conventions(language)
