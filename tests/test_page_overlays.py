"""Menus, dialogs, lessons and the other views, as everybody meets them: axe, fingers, and a window half as large."""

from __future__ import annotations

import json

import pytest

from tests.page import Visit
from tests.test_page_accessibility import violations
from tests.test_page_layout import SCROLLS
from tests.test_page_sharing import drop

PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 640, "height": 360}
"""1280 × 720 at 200 %."""
MOMENT = "#step=3&frame=delta1&unit=1"
PLANE = {"data": {"kind": "xor"}, "layers": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}]}


def learn(visit):
    visit.page.locator("#learn").click()
    visit.page.locator("#learn-menu").wait_for()


def from_menu(visit, item):
    learn(visit)
    visit.page.locator(item).click()


def shared(visit):
    visit.page.locator("#share").click()
    visit.page.locator("#share-dialog").wait_for()


def defined(visit):
    from_menu(visit, "#open-glossary")
    visit.page.locator("#glossary .glossary-term").first.wait_for()


def lessons(visit):
    from_menu(visit, "#open-lessons")
    visit.page.locator("[data-lesson]").first.wait_for()


def asked(visit):
    lessons(visit)
    visit.page.locator("[data-lesson=what-delta-means]").click()
    visit.page.locator("#lesson [data-answer]").first.wait_for()


def toured(visit):
    from_menu(visit, "#open-tour")
    visit.page.locator("#tour .tour-text").wait_for()


def edited(visit):
    if not visit.page.locator("#experiment").is_visible():
        visit.page.locator("#experiment-toggle").click()
    visit.page.locator("#edit-data").click()
    visit.page.locator("#data-desk tbody tr").first.wait_for()


def refused(visit):
    drop(visit, "mine.json", json.dumps({"backscope": "lesson", "version": 1, "title": "x", "steps": [{"say": ""}]}))
    visit.page.locator("#refused li").first.wait_for()


def jumped(visit):
    visit.page.locator("#jump summary").click()
    visit.page.locator("#jump-list button").first.wait_for()


OVERLAYS = (learn, jumped, shared, defined, lessons, asked, toured, edited, refused)


def opened(new_page, base_url, **options):
    return Visit(new_page(**{"reduced_motion": "reduce", **options}), base_url)


@pytest.mark.parametrize(("scheme", "locale", "viewport"), [
    ("dark", "en-US", {"width": 1280, "height": 720}), ("light", "zh-CN", PHONE),
])  # fmt: skip
def test_axe_finds_nothing_in_any_menu_or_dialog(new_page, base_url, scheme, locale, viewport):
    visit = opened(new_page, base_url, color_scheme=scheme, locale=locale, viewport=viewport)
    found = []
    for overlay in OVERLAYS:
        visit.page.goto("about:blank")
        overlay(visit.open(MOMENT))
        found += [f"{overlay.__name__}: {line}" for line in violations(visit.page)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-US"), ("dark", "zh-CN")])
def test_axe_finds_nothing_in_the_other_views_nor_in_an_embedded_page(new_page, base_url, scheme, locale):
    visit = opened(new_page, base_url, color_scheme=scheme, locale=locale)
    found = []
    for view in ("matrices", "batch", "after", "check", "plane", "charts"):
        visit.page.goto("about:blank")
        visit.open(f"{MOMENT}&view={view}", spec=PLANE)
        visit.wait("() => !document.querySelector('#stage .waiting, .check.waiting')")
        found += [f"{view}: {line}" for line in violations(visit.page)]
    visit.page.goto(f"{base_url}/?embed=1{MOMENT}")
    visit.rest()
    found += [f"embedded: {line}" for line in violations(visit.page)]
    assert not found, "\n".join(found)


INSIDE = """() => {
  const top = [...document.querySelectorAll("dialog[open], #lesson, #tour, :popover-open, .jump[open]")].at(-1);
  const box = top.getBoundingClientRect();
  const shown = [...top.querySelectorAll("button, a, input, select, summary")].filter((each) => each.checkVisibility());
  const small = shown.filter((each) => !each.closest("p, li p, math, .data-table, .lesson-say"))
    .map((each) => [each, (each.closest("label") ?? each).getBoundingClientRect()])
    .filter(([each, { width, height }]) => (width < 24 || height < 24) && each.type !== "file")
    .map(([each, { width, height }]) => `${each.id || each.className || each.name}: ${width} x ${height}`);
  const out = box.left < -1 || box.right > innerWidth + 1 || box.top < -1 || box.bottom > innerHeight + 1;
  const scrolling = [top, ...top.querySelectorAll("*")].filter((each) => each.scrollWidth > each.clientWidth + 1)
    .filter((each) => ["auto", "scroll", "hidden"].includes(getComputedStyle(each).overflowX))
    .filter((each) => !each.matches("input, .segments, .unseen, math") && !each.closest(".data-table, .unseen"))
    .map((each) => `${each.id || each.className} is ${each.scrollWidth - each.clientWidth} wider than its room`);
  return [...small, ...(out ? [`out of the window: ${JSON.stringify(box)}`] : []), ...scrolling];
}"""


@pytest.mark.parametrize("viewport", [ZOOMED, PHONE], ids=["zoomed", "phone"])
def test_menus_and_dialogs_fit_small_windows_and_fingers(new_page, base_url, viewport):
    visit = opened(new_page, base_url, viewport=viewport, has_touch=True)
    wrong = []
    for overlay in OVERLAYS:
        visit.page.goto("about:blank")
        overlay(visit.open(MOMENT))
        wrong += [f"{overlay.__name__}: {what}" for what in visit.page.evaluate(INSIDE)]
        across = visit.page.evaluate(SCROLLS)["across"]
        wrong += [f"{overlay.__name__}: the page scrolls sideways by {across}"] if across > 0 else []
    assert not wrong, "\n".join(wrong)


def test_every_menu_and_dialog_opens_by_keys_closes_by_escape_and_gives_the_focus_back(new_page, base_url):
    visit = opened(new_page, base_url).open(MOMENT)
    for opener, inside in (("#learn", "#learn-menu"), ("#share", "#share-dialog"), ("#edit-data", "#data-desk")):
        visit.page.locator(opener).focus()
        visit.press("Enter")
        visit.page.locator(inside).wait_for()
        visit.press("Escape")
        visit.wait("(inside) => !document.querySelector(inside)?.checkVisibility()", inside)
        assert visit.page.evaluate("(opener) => document.activeElement.matches(opener)", opener), opener
    for item, inside in (("#open-glossary", "#glossary"), ("#open-lessons", "#lessons"), ("#help-open", "#help")):
        visit.page.locator("#learn").focus()
        visit.press("Enter")
        visit.page.locator("#learn-menu").wait_for()
        visit.page.locator(item).focus()
        visit.press("Enter")
        visit.page.locator(inside).wait_for()
        visit.press("Escape")
        visit.wait("(inside) => !document.querySelector(inside)?.checkVisibility()", inside)
        assert visit.page.evaluate("document.activeElement.id") == "learn", item
