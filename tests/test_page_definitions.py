"""Every symbol says what it is, to the mouse, the keyboard and a finger; and the glossary has them all."""

from __future__ import annotations

import pytest

from tests.page import Visit
from tests.test_page_accessibility import violations

OPEN = "() => document.getElementById('definition')?.matches(':popover-open')"
SHUT = "() => !document.getElementById('definition')?.matches(':popover-open')"
SAYS = f"(words) => ({OPEN})() && document.getElementById('definition').textContent.includes(words)"


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url).open("#step=3&frame=delta1&unit=1")


def tip(visit, words):
    """Wait for the definition that says this."""
    visit.wait(SAYS, words)
    return visit.page.locator("#definition")


def test_where_the_mouse_rests_a_definition_comes_and_one_may_move_into_it(new_context, base_url):
    page = new_context(reduced_motion="reduce").new_page()
    page.clock.install()
    visit = Visit(page, base_url).open("#step=3&frame=delta1&unit=1")
    cell = visit.cell("delta1[0,1]")
    cell.hover()
    definition = tip(visit, "error term")
    assert cell.get_attribute("data-value").replace("-", "\u2212") in definition.text_content()
    assert definition.locator("math").count() == 2
    box = definition.bounding_box()
    visit.page.mouse.move(box["x"] + 20, box["y"] + 20, steps=4)
    visit.page.clock.fast_forward(2_000)
    assert visit.rest().page.evaluate(OPEN), "it went while the mouse was in it"
    definition.get_by_role("button").click()
    visit.page.locator("#glossary").wait_for()
    assert visit.page.evaluate("document.activeElement.id") == "term-delta"


def test_it_goes_with_the_mouse_and_with_escape_which_does_nothing_else(visit):
    visit.cell("a1[0,2]").click()
    visit.page.mouse.move(2, 2)
    visit.cell("a1[0,2]").hover()
    tip(visit, "activation")
    visit.press("Escape")
    visit.wait(SHUT)
    assert visit.why.locator("code").text_content() == "a1[0,2]", "Escape let the pinned number go"
    visit.page.mouse.move(2, 2)
    visit.page.locator("#timeline [data-call=dW1]").hover()
    tip(visit, "gradient of a weight")
    assert visit.page.locator("#timeline [data-call=dW1]").get_attribute("title") is None, "two tooltips at once"
    visit.page.mouse.move(2, 2)
    visit.wait(SHUT)
    assert visit.page.locator("#timeline [data-call=dW1]").get_attribute("title")


def test_where_the_focus_stays_the_definition_describes_it_to_screen_readers_too(visit):
    visit.cell("z1[0,2]").focus()
    visit.press("Tab")
    tip(visit, "error term")
    focused = visit.page.evaluate("document.activeElement.dataset.address")
    assert focused == "delta1[0,2]"
    described = visit.page.evaluate("document.getElementById(document.activeElement.ariaDescribedBy ?? "
                                    "document.activeElement.getAttribute('aria-describedby')).textContent")  # fmt: skip
    assert "How much the loss changes" in described
    visit.press("g")
    visit.page.locator("#glossary").wait_for()
    assert visit.page.evaluate("document.activeElement.id") == "term-delta"
    visit.press("Escape")
    visit.page.locator("#glossary").wait_for(state="detached")
    assert visit.page.evaluate("document.activeElement.dataset.address") == "delta1[0,2]"


def test_a_dialog_that_gives_the_focus_back_asks_for_no_definition(new_context, base_url):
    page = new_context(reduced_motion="reduce").new_page()
    page.clock.install()
    visit = Visit(page, base_url).open("#step=3&frame=delta1&unit=1")
    visit.cell("delta1[0,2]").focus()
    visit.press("Shift+Tab", "Tab")
    tip(visit, "error term")
    visit.press("g")
    page.locator("#glossary").wait_for()
    visit.press("Escape")
    page.locator("#glossary").wait_for(state="detached")
    assert page.evaluate("document.activeElement.dataset.address") == "delta1[0,2]"
    page.clock.fast_forward(2_000)
    assert not visit.rest().page.evaluate(OPEN), "what was just read in the glossary covers the page again"


def test_definitions_that_come_late_do_not_open_over_what_was_clicked_meanwhile(new_context, base_url):
    page = new_context(reduced_motion="reduce").new_page()
    page.clock.install()
    held = []
    page.route("**/guide/glossary.js*", lambda route: held.append(route))
    visit = Visit(page, base_url).open("#step=3&frame=delta1&unit=1")
    visit.cell("delta1[0,1]").click()
    visit.wait("() => document.querySelector('#why code').textContent === 'delta1[0,1]'")
    held[0].continue_()
    visit.wait("() => document.getElementById('definition')")
    page.clock.fast_forward(2_000)
    assert not visit.rest().page.evaluate(OPEN)


def test_a_finger_that_stays_down_asks_and_pins_nothing(new_page, base_url):
    page = new_page(has_touch=True, reduced_motion="reduce", viewport={"width": 390, "height": 844})
    visit = Visit(page, base_url).open("#step=3&frame=delta1&unit=1")
    box = visit.cell("a1[0,2]").bounding_box()
    session = page.context.new_cdp_session(page)
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    tip(visit, "activation")
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert visit.rest().why.locator("code").text_content() == "delta1[0,1]"
    visit.cell("a1[0,3]").tap()
    visit.wait(SHUT)
    visit.wait("() => document.querySelector('#why code').textContent === 'a1[0,3]'")


EVERYTHING = {
    "data": {"kind": "uniform", "examples": 6, "inputs": 2, "outputs": 1},
    "layers": [{"units": 2, "activation": "prelu", "dropout": 0.25}, {"units": 1}],
    "optimizer": {"kind": "adam"},
    "penalty": {"l2": 0.01},
    "clip": {"norm": 1},
    "schedule": {"kind": "cosine"},
}


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_every_symbol_there_is_has_a_definition(new_page, base_url, locale):
    visit = Visit(new_page(reduced_motion="reduce", locale=locale), base_url).open("#step=1", spec=EVERYTHING)
    run = visit.server.run(EVERYTHING)
    lang = "zh" if locale.startswith("zh") else "en"
    values = visit.server.ask(f"runs/{run['id']}", lang=lang)["values"]
    chips = visit.page.locator("#timeline .chip")
    seen = set()
    for at in range(chips.count()):
        name = chips.nth(at).get_attribute("data-call")
        if values[name]["quantity"] in seen:
            continue
        seen.add(values[name]["quantity"])
        chips.nth(at).hover()
        symbol = visit.page.locator(f"#timeline [data-call={name}] .symbol").text_content()
        visit.wait("""(symbol) => document.querySelector("#definition:popover-open .symbol")?.textContent === symbol""",
                   symbol, else_say=name)  # fmt: skip
        text = visit.page.locator("#definition").text_content() or ""
        assert len(text) > 15, f"{name}: {text}"
    assert len(seen) >= 15, seen
    label = 'label.field:has([name="optimizer.learning_rate"]:enabled) .field-name'
    for selector in ("#timeline [data-phase=update] .timeline-name", "#badge", label):
        visit.page.mouse.move(2, 2)
        visit.wait(SHUT)
        visit.page.locator(selector).first.hover()
        visit.wait(OPEN)


def test_the_glossary_is_searched_in_both_languages_and_leads_to_the_thing(visit):
    visit.page.locator("#learn").click()
    visit.page.locator("#open-glossary").click()
    field = visit.page.locator("#glossary-search")
    field.wait_for()
    assert visit.page.locator(".glossary-term").count() > 50
    for typed, first in (("学习率", "learning rate"), ("delta", "error term"), ("W", "weight")):
        field.fill(typed)
        visit.wait("(first) => document.querySelector('.glossary-term b').textContent === first", first)
    field.fill("no such word")
    visit.wait("() => document.querySelector('#glossary-terms').textContent.includes('No term')")
    field.fill("learning rate")
    visit.page.locator("#term-learning-rate [data-show]").click()
    visit.page.locator("#glossary").wait_for(state="detached")
    ring = visit.page.locator(".spotlight")
    ring.wait_for()
    field, box = visit.field("optimizer.learning_rate").bounding_box(), ring.bounding_box()
    assert box["y"] < field["y"] < field["y"] + field["height"] < box["y"] + box["height"]
    ring.wait_for(state="detached")
    visit.press("g")
    visit.page.locator("#term-db [data-show]").click()
    visit.wait("() => document.querySelector('#why code').textContent === 'db1[0]'")
    visit.press("g")
    visit.page.locator("#term-m [data-show]").click()
    visit.wait("() => document.querySelector('#glossary [role=status]:not(.unseen)').textContent.includes('no first')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_definitions_menu_and_glossary(new_page, base_url, scheme):
    page = new_page(color_scheme=scheme, reduced_motion="reduce", locale="zh-CN" if scheme == "dark" else "en-US")
    visit = Visit(page, base_url).open("#step=3&frame=delta1&unit=1")
    visit.cell("delta1[0,1]").hover()
    visit.wait(OPEN)
    found = violations(page)
    page.mouse.move(2, 2)
    page.locator("#learn").click()
    page.locator("#learn-menu").wait_for()
    found += violations(page)
    page.locator("#open-glossary").click()
    page.locator("#glossary").wait_for()
    found += violations(page)
    assert not found, "\n".join(found)
