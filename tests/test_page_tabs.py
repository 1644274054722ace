"""The row of views above the stage: all of it on every screen, one line, by pointer and by keys."""

from __future__ import annotations

import pytest

from tests.page import Visit

SIZES = {"phone": (390, 844), "tablet": (768, 1024), "laptop": (1280, 720), "desk": (1920, 1080)}
SMALL = {"small phone": (320, 640), "twice as large": (640, 360)}

# For every tab how much of it is cut off, and how high the row stands; then what else lies on the row.
ROW = """() => {
  const row = document.getElementById("views").getBoundingClientRect();
  const cut = [...document.querySelectorAll("#views [role=tab]")].map((tab) => {
    const { left, right } = tab.getBoundingClientRect();
    return [tab.textContent, Math.max(0, Math.round(row.left - left), Math.round(right - row.right))];
  }).filter(([, pixels]) => pixels > 1);
  const others = [...document.querySelectorAll("#row-picker, #badge")].map((each) => each.getBoundingClientRect());
  const lies = others.filter((b) => b.left < row.right - 1 && row.left < b.right - 1 && b.top < row.bottom - 1
    && row.top < b.bottom - 1);
  return {
    cut, lies: lies.length, lines: new Set([...document.querySelectorAll("#views [role=tab]")].map((tab) =>
      Math.round(tab.getBoundingClientRect().top))).size,
    bar: document.querySelector(".stage-bar").getBoundingClientRect().height,
    type: parseFloat(getComputedStyle(document.documentElement).fontSize),
  };
}"""
SELECTED = "() => document.querySelector('#views [aria-selected=true]').id"


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("name", SIZES)
def test_every_view_can_be_seen_at_once_beside_the_example_and_the_badge(new_page, base_url, name, locale):
    width, height = SIZES[name]
    page = new_page(reduced_motion="reduce", locale=locale, viewport={"width": width, "height": height})
    # A batch makes the picker longest: its row in the data is another.
    visit = Visit(page, base_url).open("#step=3&frame=delta1&unit=1", spec={"batch_size": 10})
    row = visit.page.evaluate(ROW)
    assert row["lines"] == 1
    assert not row["cut"]
    assert not row["lies"]
    if name != "phone":
        assert row["bar"] <= 3.6 * row["type"], "one line, not two"
    assert visit.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("name", SMALL)
def test_where_there_is_no_room_the_row_scrolls_to_the_view_that_is_shown(new_page, base_url, name):
    width, height = SMALL[name]
    page = new_page(reduced_motion="reduce", viewport={"width": width, "height": height})
    visit = Visit(page, base_url).open("#view=charts")
    visit.wait("""() => {
      const row = document.getElementById("views").getBoundingClientRect();
      const tab = document.querySelector("#views [aria-selected=true]").getBoundingClientRect();
      return tab.left >= row.left - 1 && tab.right <= row.right + 1;
    }""")
    assert visit.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_arrows_go_round_the_views_and_home_and_end_to_the_first_and_the_last(new_page, base_url):
    visit = Visit(new_page(reduced_motion="reduce"), base_url).open()
    step = visit.moment.step
    tabs = visit.page.locator("#views [role=tab]")
    names = [tab.get_attribute("id") for tab in tabs.all()]
    tabs.first.focus()
    for key, at in (
        ("ArrowRight", 1),
        ("ArrowLeft", 0),
        ("ArrowLeft", -1),
        ("ArrowRight", 0),
        ("End", -1),
        ("Home", 0),
    ):
        visit.press(key)
        visit.wait(f"(id) => ({SELECTED})() === id && document.activeElement.id === id", names[at])
        assert visit.page.locator("#views [tabindex='0']").count() == 1, "one stop for the Tab key"
        assert visit.page.locator("#stage").get_attribute("aria-labelledby") == names[at]
    assert visit.moment.step == step, "the keys of the tabs move no playhead"
