"""The tour: half a minute on the real page, once by itself and then whenever somebody wants."""

from __future__ import annotations

import pytest

from tests.page import Moment, Visit
from tests.test_page_accessibility import violations

WORDS_A_MINUTE = 230
"""How fast people read a screen."""

RING = "() => { const box = document.querySelector('#tour .spotlight').getBoundingClientRect(); return box.toJSON(); }"


def first(new_page, base_url, **options):
    return Visit(new_page(first_visit=True, reduced_motion="reduce", **options), base_url)


def place(visit):
    return visit.page.locator("#tour .tour-head .faint").text_content()


def test_a_first_visit_begins_with_it_and_a_second_does_not(new_context, base_url):
    context = new_context(first_visit=True, reduced_motion="reduce")
    visit = Visit(context.new_page(), base_url).open()
    visit.page.locator("#tour").wait_for()
    visit.press("Escape")
    visit.page.locator("#tour").wait_for(state="detached")
    visit.page.reload()
    visit.rest().press("ArrowRight").at(Moment(0, "z1", 1))
    assert visit.page.locator("#tour").count() == 0
    assert visit.page.evaluate("Object.keys(localStorage)") == ["backscope.tour"]
    visit.page.locator("#learn").click()
    visit.page.locator("#open-tour").click()
    visit.page.locator("#tour").wait_for()


def test_a_link_to_a_moment_is_about_that_moment_and_an_embedded_page_has_no_tour(new_page, base_url):
    for query, fragment in (("", "#step=3&frame=delta1"), ("?embed=1", "")):
        visit = first(new_page, base_url).open(fragment, query=query)
        visit.press("ArrowRight").rest()
        assert visit.page.locator("#tour").count() == 0


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["laptop", "phone"])
def test_every_stop_rings_something_real_beside_its_card_and_the_page_ends_where_it_began(new_page, base_url, size):
    viewport = dict(zip(("width", "height"), size, strict=True))
    visit = first(new_page, base_url, viewport=viewport).open()
    visit.page.locator("#tour").wait_for()
    before, texts, moments = visit.moment, [], set()
    count = int(place(visit).split(" of ")[1])
    for at in range(1, count + 1):
        visit.wait("(words) => document.querySelector('#tour .faint').textContent === words", f"{at} of {count}")
        visit.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        ring, card = visit.page.evaluate(RING), visit.page.locator(".tour-card").bounding_box()
        assert ring["width"] > 20, f"stop {at} rings nothing"
        assert ring["height"] > 20, f"stop {at} rings nothing"
        player = visit.page.locator("#player").bounding_box()
        middle = ring["top"] + ring["height"] / 2
        in_player = at in (2, 3, 5)  # the button, the line, the curve
        assert (middle > player["y"]) == in_player, f"stop {at} is behind the player"
        assert card["x"] >= 0
        assert card["x"] + card["width"] <= size[0]
        assert card["y"] >= 0
        assert card["y"] + card["height"] <= size[1]
        texts.append(visit.page.locator("#tour .tour-text").text_content())
        moments.add(visit.moment)
        visit.press("Enter" if at % 2 else "ArrowRight")
    visit.page.locator("#tour").wait_for(state="detached")
    assert visit.rest().moment == before
    assert len(moments) >= 4, "the page does what is said"
    assert len(" ".join(texts).split()) <= WORDS_A_MINUTE / 2 * 1.05, "half a minute"


def test_keys_go_back_and_reach_nothing_behind_it_and_a_reader_hears_each_stop(new_page, base_url):
    visit = first(new_page, base_url).open()
    visit.page.locator("#tour").wait_for()
    visit.press("ArrowRight", "ArrowRight", "ArrowLeft")
    visit.wait("() => document.querySelector('#tour .faint').textContent.startsWith('2 ')")
    visit.press("t", "p", "End").rest()
    assert visit.page.evaluate("document.documentElement.dataset.theme ?? 'auto'") == "auto"
    assert visit.page.evaluate("document.body.dataset.present") == "false"
    for _ in range(8):
        visit.press("Tab")
        assert visit.page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#tour')"
        )
    assert visit.page.locator("#tour .tour-text").get_attribute("aria-live") == "polite"
    assert visit.page.get_by_role("dialog").get_attribute("aria-labelledby") == "tour-title"


@pytest.mark.parametrize(("scheme", "locale"), [("light", "zh-CN"), ("dark", "en-US")])
def test_axe_finds_nothing_at_any_stop(new_page, base_url, scheme, locale):
    visit = first(new_page, base_url, color_scheme=scheme, locale=locale).open()
    visit.page.locator("#tour").wait_for()
    found = []
    for at in range(3):
        found += [f"stop {at}: {line}" for line in violations(visit.page)]
        visit.press("ArrowRight", "ArrowRight")
    assert not found, "\n".join(found)
