"""The built-in lessons tell the truth: what they name exists, and every right answer is what the engine computes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import engine
from app import api_schemas, teaching
from app.models_teaching import Lessons
from tests.app.test_openapi import complaints

ANSWERS: dict[str, dict[int, object]] = {
    "one-neuron": {1: 0.25, 3: "larger", 6: "smaller"},
    "what-delta-means": {0: 0, 1: "negative", 3: 1, 4: -0.0355, 6: 0, 8: "smaller"},
    "why-hidden-layers": {0: 1, 1: "larger", 3: "smaller", 4: 1, 6: "larger"},
    "vanishing-gradients": {1: 2, 2: "larger", 3: 1, 5: "zero", 6: "equal"},
    "learning-rate": {1: 0.9333, 3: "larger", 6: "larger", 8: 1},
}
"""What the story of each lesson says at each question."""
TYPED = {("one-neuron", 6): {"step": 0, "set": {"W1[0,1]": -1}}}
"""What the reader was asked to change before a question."""

NUMBER = re.compile(r"\{([A-Za-z_]\w*(?:\[[\d,]+\])?)(?:@(\d+))?\}")
TERM = re.compile(r"\{term ([\w-]+)")
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
WRONG = json.loads((Path(__file__).parents[1] / "static" / "wrong-lessons.json").read_text("utf-8"))


def lesson(name: str) -> dict[str, Any]:
    return teaching.material(f"lessons/{name}.json")


def texts(step: dict[str, Any]) -> Iterator[str]:
    ask, wait = step.get("ask", {}), step.get("wait", {})
    parts = (step.get("title"), step["say"], ask.get("question"), ask.get("right"), ask.get("wrong"), wait.get("hint"))
    for text in (*parts, *ask.get("options", [])):
        if isinstance(text, dict):
            yield from text.values()
        elif text is not None:
            yield text


class Page:
    """Where a lesson has the page: its experiment, and the step of training."""

    def __init__(self) -> None:
        self.spec: dict[str, Any] = {}
        self.step = 0

    def set(self, place: dict[str, Any]) -> None:
        if "spec" in place:
            self.spec, self.step = place["spec"], 0
        self.step = place.get("step", self.step)

    def run(self, *edits: dict[str, Any]) -> engine.Run:
        return engine.open_run(engine.ExperimentSpec.from_json({**self.spec, "edits": list(edits)}))

    def number(self, of: Any, *edits: dict[str, Any]) -> float:
        if isinstance(of, (int, float)):
            return float(of)
        address, step = (of, self.step) if isinstance(of, str) else (of["number"], of["step"])
        name, _, inside = address.rstrip("]").partition("[")
        index = tuple(map(int, inside.split(","))) if inside else ()
        return float(np.asarray(self.run(*edits).trace(step).values[name])[index])


def visits(name: str) -> Iterator[tuple[int, dict[str, Any], Page]]:
    """Each step of a built-in lesson with the page as it is when one comes to it."""
    return walk(lesson(name))


def walk(lesson: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any], Page]]:
    """Each step with the page as it is when one comes to it."""
    page = Page()
    for at, step in enumerate(lesson["steps"]):
        page.set(step.get("set", {}))
        yield at, step, page
        page.set({key: value for key, value in step.get("ask", {}).get("reveal", {}).items() if key == "step"})


def test_the_lessons_are_those_of_the_course():
    assert teaching.lesson_names() == tuple(ANSWERS)
    for name in ANSWERS:
        assert lesson(name)["id"] == name
        assert {at for at, step, _ in visits(name) if "ask" in step} == set(ANSWERS[name])


@pytest.mark.parametrize("name", ANSWERS)
def test_every_right_answer_is_what_the_engine_computes(name):
    for at, step, page in visits(name):
        ask = step.get("ask")
        if ask is None:
            continue
        edits = [TYPED[name, at]] if (name, at) in TYPED else []
        expected = ANSWERS[name][at]
        if ask["kind"] == "choice":
            assert ask["answer"] == expected
            continue
        value = page.number(ask["of"], *edits)
        if ask["kind"] == "number":
            assert abs(value - float(str(expected))) <= ask["tolerance"], f"step {at}: {value}"
        else:
            other = page.number(ask.get("with", 0), *edits)
            names = ("positive", "negative", "zero") if ask["kind"] == "sign" else ("larger", "smaller", "equal")
            assert names[0 if value > other else 1 if value < other else 2] == expected, f"step {at}: {value}, {other}"


def require_names(lesson: dict[str, Any]) -> None:
    """Everything that a lesson names has to exist."""
    terms = {entry["id"] for entry in teaching.material("glossary.json")["entries"]}
    for at, step, page in walk(lesson):
        run = page.run()
        frames = {call.writes for call in run.program.calls}
        for text in texts(step):
            for address, other in NUMBER.findall(text):
                page.number({"number": address, "step": int(other or page.step)})
            assert set(TERM.findall(text)) <= terms, f"step {at}: {text}"
        for place in (step.get("set", {}), step.get("ask", {}).get("reveal", {}), step.get("wait", {})):
            assert place.get("frame", "loss") in frames, f"step {at}: {place}"
            assert place.get("step", 0) < run.spec.steps, f"step {at}: {place}"


@pytest.mark.parametrize("name", ANSWERS)
def test_every_number_assignment_step_and_term_that_a_lesson_names_exists(name):
    require_names(lesson(name))


def test_the_lesson_of_the_readme_is_one(schema):
    blocks = re.findall(r"```json\n(.*?)```", README, re.DOTALL)
    (example,) = (read for read in map(json.loads, blocks) if read.get("backscope") == "lesson")
    assert complaints(schema, example) == []
    require_names(example)
    page = Page()
    page.set(example["steps"][0]["set"])
    assert page.number("delta1[0,1]") != 0
    assert page.number("delta1[0,1]", {"step": 0, "set": {"W2[0,1]": 0}}) == 0


def test_the_story_of_the_vanishing_gradient_is_true():
    story = {at: (page.spec, step) for at, step, page in visits("vanishing-gradients")}
    for at, least, most in ((1, 100, 1000), (3, 0.1, 10)):
        page = Page()
        page.set({"spec": story[at][0]})
        ratio = abs(page.number("delta5[1,0]") / page.number("delta1[1,0]"))
        assert least < ratio < most, f"step {at}: {ratio}"


@pytest.mark.parametrize("name", ANSWERS)
def test_both_languages_say_the_same_with_the_same_numbers(name):
    for at, step, _ in visits(name):
        ask = step.get("ask", {})
        for text in (step["title"], step["say"], ask.get("question"), ask.get("right"), ask.get("wrong")):
            if not isinstance(text, dict):
                continue
            live = {language: sorted(re.findall(r"\{(?!term|key)[^}]*\}", words)) for language, words in text.items()}
            assert live["en"] == live["zh"], f"step {at}"
            assert not re.search(r"[,;:!?](?=[\u4e00-\u9fff])", text["zh"]), f"step {at}: {text['zh']}"
            assert len(re.split(r"\s+", text["en"])) <= 75, f"step {at} is long"


def inlined(schema: Any, defs: dict[str, Any]) -> Any:
    """A schema with its references in place, for a checker that knows none."""
    if isinstance(schema, list):
        return [inlined(each, defs) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return inlined(defs[schema["$ref"].removeprefix("#/$defs/")], defs)
    return {key: inlined(value, defs) for key, value in schema.items() if key != "$defs"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    whole = api_schemas.json_schema("lesson")
    return inlined(whole, whole["$defs"])


@pytest.mark.parametrize("name", ANSWERS)
def test_the_schema_that_anybody_can_have_accepts_the_built_in_lessons(schema, name):
    found = json.loads(json.dumps(lesson(name)))
    assert not complaints(schema, found)


FORM_ALONE = {"most", "ask_or_wait", "pointer", "braces"}
"""Faults that no schema sees: what an index leads to, what a text means."""


@pytest.mark.parametrize("case", WRONG, ids=[case["name"] for case in WRONG])
def test_the_schema_refuses_what_the_page_refuses_for_its_form(schema, case):
    assert bool(complaints(schema, case["lesson"])) is (case["fault"][1] not in FORM_ALONE)


def test_the_api_lists_the_lessons_and_gives_each_as_a_file(api):
    for language in engine.LANGUAGES:
        answer = api.get("/api/v1/lessons", params={"lang": language})
        listed = Lessons.model_validate_json(answer.text).lessons
        assert [each.id for each in listed] == list(ANSWERS)
        assert all(each.steps == len(lesson(each.id)["steps"]) for each in listed)
    for name in ANSWERS:
        assert api.get(f"/api/v1/lessons/{name}").json() == lesson(name)
    for name in ("nothing", "..%2fglossary", "glossary.json"):
        assert api.get(f"/api/v1/lessons/{name}").status_code == 404
