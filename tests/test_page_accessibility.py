"""What axe says of the page in every dress it wears, and what a screen reader is told."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.page import Visit, encode

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 720}


def fresh(visit):
    visit.open()


def backward(visit):
    visit.open("#step=12&frame=delta1&unit=1")
    visit.wait("() => document.querySelectorAll('.check.good').length === 2")


def helped(visit):
    visit.press("?")
    visit.page.locator("#help").wait_for()


def refused(visit):
    visit.press("Escape")
    visit.field("layers[0].units").fill("0")
    visit.wait("() => document.querySelector('[aria-invalid=true]')")


def failed(visit):
    visit.page.goto("about:blank")
    visit.page.goto(f"{visit.base_url}/#spec={encode({'layers': 'x'})}")
    visit.wait("() => document.querySelector('#face ul li')")


def phone(visit):
    visit.page.set_viewport_size(PHONE)
    visit.page.goto("about:blank")
    backward(visit)


def sheet(visit):
    visit.page.locator("#experiment-toggle").click()
    visit.page.locator("#experiment-close").wait_for()


STATES = (fresh, backward, helped, refused, failed, phone, sheet)


def violations(page):
    """What axe finds, as lines to read."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {rule['help']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-US"), ("dark", "zh-CN")])
def test_axe_finds_nothing(new_page, base_url, allow_console_error, scheme, locale):
    allow_console_error("422")
    page = new_page(color_scheme=scheme, locale=locale, reduced_motion="reduce", viewport=LAPTOP)
    visit = Visit(page, base_url)
    found = []
    for state in STATES:
        state(visit)
        found += [f"{state.__name__}: {line}" for line in violations(page)]
    assert not found, f"{len(found)} found:\n" + "\n".join(found)


def test_axe_finds_nothing_in_other_moments_and_networks(new_page, base_url):
    visit = Visit(new_page(reduced_motion="reduce", viewport=LAPTOP), base_url)
    wide = {
        "data": {"kind": "uniform", "examples": 4, "inputs": 2, "outputs": 3},
        "layers": [{"units": 64}, {"units": 3}],
    }
    found = []
    for fragment, spec in (
        ("#step=3&frame=dW1&unit=2", None), ("#step=3&frame=W1_new&unit=2", None), ("#frame=loss", None),
        ("#step=3&focus=W1[0,0]", None), ("#step=1&frame=delta1&unit=50", wide),
    ):  # fmt: skip
        visit.page.goto("about:blank")
        visit.open(fragment, spec=spec)
        visit.wait("() => !document.querySelector('.check.waiting')")
        found += [f"{fragment}: {line}" for line in violations(visit.page)]
    assert not found, f"{len(found)} found:\n" + "\n".join(found)


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def test_every_cell_is_a_button_whose_name_says_what_where_and_how_much(visit):
    visit.open("#step=3&frame=delta1&unit=1")
    for cell in visit.picture().cells:
        element = visit.cell(cell.address)
        assert element.evaluate("(cell) => cell.tagName") == "BUTTON"
        assert re.search(r"(Input|Hidden|Output|network)", cell.label), cell.label
        number = cell.label.rsplit(": ", 1)[-1].replace("\u2212", "-")
        if cell.known:
            assert float(number) == float(cell.value), f"{cell.address}: {cell.label!r} for {cell.value}"
        else:
            assert "not" in number, cell.label


def test_a_move_is_spoken_once_the_page_has_come_to_rest(visit):
    visit.open("#step=3&frame=delta1&unit=1")
    visit.press("ArrowRight")
    visit.wait("() => /unit 2/.test(document.getElementById('spoken').textContent)")
    text = visit.page.locator("#spoken").text_content()
    assert "error" in text.lower() or "delta" in text.lower(), text
    visit.press("]")
    visit.wait("() => /step 4|update/i.test(document.getElementById('spoken').textContent)")
    assert visit.page.locator("#spoken").get_attribute("aria-live") == "polite"


def test_formulas_are_mathml(visit):
    visit.open("#step=3&frame=delta1&unit=1")
    spaces = visit.page.locator("#why .why-formulas math").evaluate_all("(all) => all.map((math) => math.namespaceURI)")
    assert set(spaces) == {"http://www.w3.org/1998/Math/MathML"}


def test_targets_are_large_enough_for_a_finger(new_page, base_url):
    """24 CSS pixels at least, as WCAG 2.2 asks; inline links and the cells of a drawing are exempt."""
    visit = Visit(new_page(reduced_motion="reduce", viewport=PHONE, has_touch=True), base_url).open()
    small = visit.page.evaluate("""() => [...document.querySelectorAll("button, a, input, select, [role=slider]")]
      .filter((each) => each.checkVisibility() && !each.closest("#stage, #why, .unseen, .skip, #experiment"))
      .map((each) => [each.id || each.className || each.name, each.getBoundingClientRect()])
      .filter(([, box]) => box.width < 24 || box.height < 24)
      .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)""")
    assert not small, small
