"""In front of a class: large enough for the last row, as many digits as the teacher wants, nothing else in the way."""

from __future__ import annotations

import re

import pytest

from tests.page import Moment, Visit, difference, number
from tests.test_page_accessibility import violations
from tests.test_page_layout import CLIPPED, COLLIDE, OVERLAPS, SCROLLS

PROJECTOR = {"width": 1920, "height": 1080}
LAPTOP = {"width": 1280, "height": 720}

TYPE = """() => {
  const size = (selector) => Math.min(...[...document.querySelectorAll(selector)]
    .filter((each) => each.checkVisibility()).map((each) => parseFloat(getComputedStyle(each).fontSize)));
  return { numbers: size("#stage .card .cell-number:not(.is-unknown *)"), headings: size("#stage .heading-name"),
    formula: size("#why .why-line math"), value: size("#why .why-value"), chips: size("#timeline .chip"),
    words: size("#why .why-meaning") };
}"""


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation, at a projector."""
    return Visit(new_page(reduced_motion="reduce", viewport=PROJECTOR), base_url)


def bar(visit):
    found = visit.page.get_by_role("toolbar")
    found.wait_for()
    return found


def button(visit, name):
    return bar(visit).get_by_role("button", name=name)


def test_one_key_enlarges_everything_that_matters_and_the_same_key_leads_back(visit):
    visit.open("#step=3&frame=delta1&unit=1")
    before, picture = visit.page.evaluate(TYPE), visit.picture()
    visit.press("p")
    bar(visit)
    visit.wait("(before) => parseFloat(getComputedStyle(document.querySelector('#why .why-value')).fontSize) > before",
               1.3 * before["value"])  # fmt: skip
    large = visit.rest().page.evaluate(TYPE)
    # A letter is read from so many times its height away; at 1080 lines a fiftieth of the picture is for the last row.
    for what in ("numbers", "formula", "value", "chips"):
        assert large[what] >= 1080 / 45, f"{what}: {large[what]}"
    for what in ("headings", "words"):
        assert large[what] >= 1080 / 50, f"{what}: {large[what]}"
    for hidden in ("#experiment", "#share", "#theme", "#training", ".stage-foot", "#speed"):
        assert not visit.page.locator(hidden).is_visible(), hidden
    assert visit.moment == Moment(3, "delta1", 1)
    visit.press("ArrowRight").at(Moment(3, "delta1", 2)).press("ArrowLeft").at(Moment(3, "delta1", 1))
    visit.press("p")
    visit.page.locator("#experiment").wait_for()
    assert not difference(visit.rest().picture(), picture)


@pytest.mark.parametrize("size", [PROJECTOR, LAPTOP], ids=["projector", "laptop"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_nothing_is_cut_off_however_many_digits_there_are(new_page, base_url, size, locale):
    visit = Visit(new_page(reduced_motion="reduce", viewport=size, locale=locale), base_url)
    wrong = []
    for fragment in ("#step=3&frame=delta1&unit=1&present=1&digits=6", "#step=3&frame=dW1&unit=2&present=1&digits=6",
                     "#step=999&frame=b1_new&unit=3&present=1", "#frame=z1&digits=6"):  # fmt: skip
        visit.page.goto("about:blank")
        visit.open(fragment)
        if "present" in fragment:
            bar(visit)
        visit.page.evaluate("() => document.fonts.ready.then(() => null)")
        visit.rest()
        found = [str(line) for script in (OVERLAPS, CLIPPED, COLLIDE) for line in visit.page.evaluate(script)]
        scrolls = visit.page.evaluate(SCROLLS)
        found += [f"scrolls by {scrolls['across']}, {scrolls['down']}"] * (scrolls["across"] > 0 or scrolls["down"] > 0)
        wrong += [f"{fragment}: {line}" for line in found]
    assert not wrong, "\n".join(wrong)


def figures(text):
    """Significant digits of a number as it is written."""
    return len(re.sub(r"\D", "", text.split("e")[0]).lstrip("0"))


def test_numbers_have_the_digits_that_were_chosen_everywhere_and_in_the_link(visit, new_page, base_url):
    visit.open("#step=3&frame=delta1&unit=1").press("p")
    for digits in (2, 4, 6):
        bar(visit).get_by_label(str(digits), exact=True).check()
        visit.wait_for_fragment(f"digits={digits}")
        for cell in visit.rest().picture().cells:
            if cell.known:
                exact = number(cell.value or "")
                assert figures(cell.text) <= max(digits, 4), cell
                assert abs(number(cell.text) - exact) <= 0.51 * 10 ** (1 - digits) * abs(exact), cell
        assert figures(visit.why.locator(".why-value").text_content() or "") == digits
    elsewhere = Visit(new_page(reduced_motion="reduce", viewport=PROJECTOR), base_url)
    elsewhere.page.goto(visit.page.url)
    bar(elsewhere.rest())
    assert not difference(elsewhere.rest().picture(), visit.picture())
    bar(visit).get_by_label("as many as fit").check()
    visit.wait("() => !location.hash.includes('digits')")


def test_panels_come_and_go_and_the_link_says_so(visit):
    visit.open("#step=3&frame=delta1&unit=1").press("p")
    for name, panel, shown in (
        ("Explanation", "#why-panel", True), ("Assignments", "#timeline", True), ("Loss curve", "#training", False),
        ("Legend", ".stage-foot", False),
    ):  # fmt: skip
        assert visit.page.locator(panel).is_visible() is shown
        button(visit, name).click()
        visit.page.locator(panel).wait_for(state="hidden" if shown else "visible")
        assert button(visit, name).get_attribute("aria-pressed") == str(not shown).lower()
    visit.wait_for_fragment("present=1&hide=why,timeline$")
    visit.page.reload()
    bar(visit.rest())
    assert not visit.page.locator("#why-panel").is_visible()
    assert visit.page.locator("#training").is_visible()
    button(visit, "Leave").click()
    visit.page.locator("#experiment").wait_for()
    assert visit.page.evaluate("document.activeElement.id") == "present"


def test_the_ring_follows_the_mouse_and_catches_nothing(visit):
    visit.open("#step=3&frame=delta1&unit=1").press("p")
    bar(visit)
    visit.press("l")
    visit.page.locator(".pointer-ring").wait_for(state="attached")
    box = visit.cell("a0[0,0]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    visit.page.mouse.move(x, y)
    ring = visit.page.locator(".pointer-ring").bounding_box()
    assert abs(ring["x"] + ring["width"] / 2 - x) < 1
    assert abs(ring["y"] + ring["height"] / 2 - y) < 1
    visit.page.mouse.click(x, y)
    visit.wait("() => document.querySelector('#why .why-place').textContent.includes('Input')")
    visit.press("l")
    visit.page.locator(".pointer-ring").wait_for(state="detached")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_front_of_a_class(new_page, base_url, scheme):
    page = new_page(color_scheme=scheme, reduced_motion="reduce", viewport=PROJECTOR, locale="zh-CN")
    visit = Visit(page, base_url).open("#step=3&frame=delta1&unit=1&present=1&digits=3")
    bar(visit)
    assert not violations(page)
