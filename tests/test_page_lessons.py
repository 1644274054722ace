"""Lessons on the real page: they set, say, point, ask before they show, and wait; and anybody can write one."""

from __future__ import annotations

import json

import pytest

from app import teaching
from tests.app.test_lessons import ANSWERS
from tests.page import Moment, Visit
from tests.test_page_accessibility import violations
from tests.test_page_sharing import drop

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


IN_SIGHT = """(count) => {
  const rings = [...document.querySelectorAll(".spotlight")].filter((ring) => !ring.hidden);
  return rings.length === count && rings.every((ring) => {
    const { left, right, top, bottom } = ring.getBoundingClientRect();
    const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const inside = left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight;
    return inside && !over.closest("#lesson, #definition");
  });
}"""
"""Is everything that a lesson points at ringed, in the window, and under nothing?"""


def panel(visit):
    return visit.page.locator("#lesson")


def begin(visit, name):
    """Open a lesson from the menu."""
    visit.page.locator("#learn").click()
    visit.page.locator("#open-lessons").click()
    visit.page.locator(f"[data-lesson={name}]").click()
    panel(visit).locator(".lesson-body").wait_for()
    return visit.rest()


def at(visit, number):
    """Wait until the lesson is at a step, counted from 1, and the page with it."""
    visit.wait("(at) => document.querySelector('.lesson-bar')?.ariaValueNow === at", str(number))
    return visit.rest()


def follow(visit):
    """Go on, as soon as the step lets one."""
    panel(visit).locator("[data-next]").click()


def answer(visit, given):
    """Answer the question of a step, and wait for the verdict."""
    if panel(visit).locator("input[name=answer]").count():
        panel(visit).locator("input[name=answer]").fill(str(given).replace("-", "\u2212"))
        visit.press("Enter")
    else:
        panel(visit).locator(f'[data-answer="{given}"]').click()
    return panel(visit).locator(".lesson-verdict").get_attribute("data-verdict")


def do(visit, name, number, step):
    """Do what a step waits for, as its hint says."""
    wait = step["wait"]
    if wait["for"] == "moment":
        for _ in range(10 if wait["step"] else 3):
            visit.press("]" if wait["step"] else "ArrowRight").rest()
    elif wait["for"] == "example":
        visit.press(".")
    elif wait["for"] == "click":
        visit.cell(wait["on"][0]).click()
    elif wait["for"] == "change":
        visit.field(wait["field"]).fill("0.22")
    else:
        visit.press("F2")
        visit.wait("() => document.activeElement.closest('.inplace')")
        visit.page.keyboard.type("-1")
        visit.press("Enter")


@pytest.mark.parametrize("name", ANSWERS)
def test_a_lesson_is_played_to_its_end_with_the_right_answers(visit, name):
    begin(visit.open("#step=3"), name)
    steps = teaching.material(f"lessons/{name}.json")["steps"]
    for number, step in enumerate(steps, start=1):
        at(visit, number)
        body = panel(visit).locator(".lesson-body")
        if "ask" in step:
            of = step["ask"].get("of")
            if isinstance(of, dict):
                assert not visit.page.locator("#training .curve").is_visible(), f"step {number}: the curve tells"
            if isinstance(of, str):
                for place in visit.page.locator(f'[data-address="{of}"]').all():
                    assert place.get_attribute("data-value") is None, f"step {number} shows {of} before it is predicted"
            panel(visit).locator("[data-next]").click(force=True)
            visit.page.locator("#toast").get_by_text("first").wait_for()
            assert panel(visit).locator("[data-next]").get_attribute("aria-disabled") == "true"
            assert answer(visit, ANSWERS[name][number - 1]) == "right", f"step {number}: {body.text_content()}"
        elif "wait" in step:
            assert panel(visit).locator("[data-next]").get_attribute("aria-disabled") == "true"
            do(visit, name, number, step)
            panel(visit).locator(".lesson-verdict").wait_for()
        visit.rest()
        visit.wait("() => !document.querySelector('.lesson-body').textContent.includes('?  ')")
        pointed = [
            pointer
            for pointer in [step.get("point", [])]
            for pointer in ([pointer] if isinstance(pointer, str) else pointer)
        ]
        assert visit.page.locator(".spotlight").count() == len(pointed)
        visit.wait(IN_SIGHT, len(pointed), f"step {number} points at what cannot be seen")
        numbers = panel(visit).locator(".lesson-number").all_text_contents()
        assert "?" not in numbers or ("ask" in step and "reveal" not in step["ask"]), f"step {number}: {numbers}"
        follow(visit)
    panel(visit).wait_for(state="detached")
    assert visit.page.locator(".spotlight").count() == 0


def test_what_is_asked_is_nowhere_on_the_page_until_it_is_answered_and_then_the_real_number_is(visit):
    visit.open(
        "#lesson=what-delta-means.2&step=0&frame=delta2",
        spec=teaching.material("lessons/what-delta-means.json")["steps"][0]["set"]["spec"],
    )
    panel(visit).wait_for()
    at(visit, 2)
    cell = visit.cell("delta2[0,0]")
    visit.wait("() => document.querySelector('#stage [data-address=\"delta2[0,0]\"] .cell-number').textContent === '?'")
    assert "hidden until" in cell.get_attribute("aria-label")
    visit.press("End", "Home", "[").rest()
    cell.click()
    assert "0.07" not in visit.why.text_content()
    assert "0.07" not in visit.page.locator("#spoken").text_content()
    assert answer(visit, "positive") == "wrong"
    verdict = panel(visit).locator(".lesson-verdict")
    visit.wait("() => document.querySelector('.lesson-verdict').textContent.includes('−0.07106')")
    assert "Not so" in verdict.text_content()
    assert panel(visit).locator('[data-answer="negative"]').get_attribute("data-verdict") == "right"


def test_a_screen_reader_is_told_the_step_and_then_the_verdict_with_its_reason(visit):
    begin(visit.open(), "what-delta-means")
    at(visit, 1)
    live = panel(visit).locator("[aria-live]")
    visit.wait("() => document.querySelector('#lesson [aria-live]').textContent.includes('output go?')")
    assert live.text_content().startswith("Step 1 of 10. An answer, and how wrong it is Two inputs")
    assert "0.05258" in live.text_content()
    answer(visit, 0)
    visit.wait("() => document.querySelector('#lesson [aria-live]').textContent === 'Right. Up, towards 1.'")


def test_one_may_go_back_wander_off_and_be_brought_back(visit):
    begin(visit.open(), "one-neuron")
    at(visit, 1)
    moment = visit.moment
    visit.press("]", "]").rest()
    panel(visit).get_by_role("button", name="Bring the page back").click()
    visit.at(moment)
    follow(visit)
    at(visit, 2)
    assert answer(visit, 9) == "wrong"
    panel(visit).get_by_role("button", name="Back", exact=True).click()
    at(visit, 1).at(moment)
    follow(visit)
    assert answer(at(visit, 2), 0.25) == "right"
    assert panel(visit).locator(".lesson-bar [data-score=wrong]").count() == 1, "the first prediction is what counts"


def test_a_link_names_the_lesson_and_the_step_and_closing_it_leaves_the_experiment(visit):
    begin(visit.open(), "why-hidden-layers")
    visit.wait_for_fragment("lesson=why-hidden-layers&spec=")
    answer(at(visit, 1), 1)
    follow(visit)
    visit.wait_for_fragment(r"lesson=why-hidden-layers\.2")
    visit.page.reload()
    panel(visit).wait_for()
    at(visit, 2)
    panel(visit).get_by_role("button", name="Close").click()
    panel(visit).wait_for(state="detached")
    assert visit.field("data.kind").input_value() == "xor"
    visit.wait("() => !location.hash.includes('lesson')")


SAYS_RATE = """(rate) => {
  const [, spec] = /[#&]spec=([^&]+)/.exec(location.hash) ?? [];
  const read = () => JSON.parse(atob(spec.replaceAll("-", "+").replaceAll("_", "/")));
  return spec && read().optimizer.learning_rate === rate;
}"""
"""Does the address say the experiment with this learning rate?"""


def test_a_link_may_name_a_step_alone_and_the_back_button_comes_back_to_it(visit):
    visit.page.goto(f"{visit.base_url}/#lesson=learning-rate.6")
    at(visit, 6)
    assert visit.field("optimizer.learning_rate").input_value() == "0.2"
    assert float(visit.page.locator("#lesson .lesson-bar").get_attribute("aria-valuenow")) == 6
    visit.wait_for_fragment("lesson=learning-rate.6")
    visit.wait(SAYS_RATE, 0.2)
    visit.field("optimizer.learning_rate").fill("0.21")
    visit.wait(SAYS_RATE, 0.21)
    visit.rest()
    kept = visit.fragment
    visit.page.goto("about:blank")
    visit.page.go_back()
    panel(visit).wait_for()
    at(visit, 6)
    assert visit.field("optimizer.learning_rate").input_value() == "0.21", "what the reader had changed is kept"
    assert visit.fragment == kept


def test_a_link_to_a_lesson_that_is_not_there_says_so_and_shows_the_rest(visit, allow_console_error):
    allow_console_error("404|400|422")
    visit.open("#lesson=nonsense&step=3&frame=delta1&unit=1")
    visit.page.locator("#toast").get_by_text("nonsense").wait_for()
    visit.at(Moment(3, "delta1", 1))
    visit.wait("() => !location.hash.includes('nonsense')")
    assert panel(visit).count() == 0


MINE = {
    "backscope": "lesson",
    "version": 1,
    "title": {"en": "Mine", "zh": "我的"},
    "steps": [
        {"say": "z is {z1[0,0]} and *that* is all.", "set": {"spec": {"seed": 7, "epochs": 10}}, "point": "panel:why"},
        {"say": "Now {term delta}.", "ask": {"kind": "sign", "of": "delta1[0,0]"}},
        {"say": "Go on.", "wait": {"for": "moment", "step": 2}},
    ],
}


def test_a_teacher_s_own_lesson_is_dropped_on_the_page_and_runs(visit):
    drop(visit.open(), "mine.lesson.json", json.dumps(MINE, indent=1, ensure_ascii=False))
    panel(visit).wait_for()
    at(visit, 1)
    assert visit.field("seed").input_value() == "7"
    assert panel(visit).locator("strong").text_content() == "that"
    value = visit.cell("z1[0,0]").get_attribute("data-value")
    assert panel(visit).locator(".lesson-number").get_attribute("data-value") == value
    follow(visit)
    at(visit, 2)
    visit.wait("() => document.querySelector('.lesson-term').textContent === 'error term'")
    panel(visit).locator(".lesson-term").click()
    visit.page.locator("#term-delta").wait_for()
    visit.press("Escape")
    assert answer(visit, "zero") == "wrong"
    visit.wait("() => /It is .*[0-9]/.test(document.querySelector('.lesson-verdict').textContent)")
    follow(visit)
    at(visit, 3)
    panel(visit).get_by_role("button", name="Skip").click()
    follow(visit)
    panel(visit).wait_for(state="detached")


def test_a_lesson_from_a_file_survives_a_reload_and_is_forgotten_once_it_is_over(visit):
    drop(visit.open(), "mine.lesson.json", json.dumps(MINE))
    panel(visit).wait_for()
    follow(at(visit, 1))
    at(visit, 2)
    visit.wait_for_fragment("spec=")
    visit.page.reload()
    panel(visit).wait_for()
    at(visit, 2)
    assert visit.field("seed").input_value() == "7"
    assert answer(visit, "zero") == "wrong"
    panel(visit).get_by_role("button", name="Close").click()
    panel(visit).wait_for(state="detached")
    visit.page.reload()
    visit.rest()
    assert visit.page.evaluate("sessionStorage.length") == 0
    assert panel(visit).count() == 0


FAULTS = {
    "of a term": ({**MINE, "steps": [*MINE["steps"][:2], {"say": "{term dleta}"}]}, "step 3", "dleta"),
    "of a field": ({**MINE, "steps": [{"say": "x", "point": "field:optimizer.rate"}]}, "step 1", "optimizer.rate"),
    "of form": ({**MINE, "steps": [{"say": "x", "set": {"by": "week"}}]}, "step 1", "term, unit"),
    "of meaning": ({**MINE, "steps": [*MINE["steps"][:1], {"say": "{nothing!}"}]}, "step 2", "nothing!"),
    "of the experiment": ({**MINE, "steps": [*MINE["steps"], {"say": "{z9[0,0]}"}]}, "step 4", "z9[0,0]"),
    "of the engine": ({**MINE, "steps": [{"say": "x", "set": {"spec": {"epochs": 0}}}]}, "step 1", "1"),
}


def test_a_lesson_with_a_fault_is_refused_with_line_step_and_field(visit, allow_console_error):
    allow_console_error("422")
    visit.open()
    for name, (lesson, step, words) in FAULTS.items():
        text = json.dumps(lesson, indent=1)
        drop(visit, "mine.json", text)
        visit.page.locator("#refused").wait_for()
        said = visit.page.locator("#refused li").first
        line = int(said.locator("b").first.text_content().removeprefix("line "))
        path = said.locator("code").text_content()
        field = path.rpartition(".")[2].partition("[")[0]
        assert f'"{field}"' in text.splitlines()[line - 1], f"{name}: line {line} is {text.splitlines()[line - 1]}"
        assert said.locator("b").nth(1).text_content() == step, name
        assert words in said.text_content(), name
        visit.press("Escape")
        visit.page.locator("#refused").wait_for(state="detached")
    assert panel(visit).count() == 0
    visit.press("ArrowRight").at(Moment(0, "z1", 1))


@pytest.mark.parametrize(("scheme", "locale", "viewport"), [
    ("light", "en-US", {"width": 1280, "height": 720}), ("dark", "zh-CN", PHONE),
])  # fmt: skip
def test_axe_finds_nothing_in_a_lesson(new_page, base_url, scheme, locale, viewport):
    page = new_page(color_scheme=scheme, locale=locale, reduced_motion="reduce", viewport=viewport)
    visit = Visit(page, base_url).open()
    page.locator("#learn").click()
    page.locator("#open-lessons").click()
    page.locator("[data-lesson]").first.wait_for()
    found = violations(page)
    page.locator("[data-lesson=one-neuron]").click()
    panel(visit).locator(".lesson-body").wait_for()
    found += violations(page)
    follow(at(visit, 1))
    found += violations(at(visit, 2).page)
    answer(visit, 1)
    found += violations(page)
    follow(visit)
    found += violations(at(visit, 3).page)
    assert not found, "\n".join(found)


def test_on_a_phone_the_lesson_leaves_the_stage_in_sight_and_nothing_scrolls_sideways(new_page, base_url):
    page = new_page(viewport=PHONE, has_touch=True, reduced_motion="reduce")
    visit = Visit(page, base_url)
    page.goto(f"{base_url}/#lesson=one-neuron")
    panel(visit).wait_for()
    at(visit, 1)
    lesson, player = panel(visit).bounding_box(), page.locator("#player").bounding_box()
    assert lesson["y"] + lesson["height"] <= player["y"] + 1
    assert lesson["y"] >= 0.25 * PHONE["height"], "no room for the stage"
    visit.cell("a0[0,0]").scroll_into_view_if_needed()
    box = visit.cell("a0[0,0]").bounding_box()
    assert box["y"] + box["height"] <= lesson["y"] + 1
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
