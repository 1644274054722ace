"""The stage as matrices: every number the trace's own, the row and the column lit, folds that open, keys, languages."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.page import Line, Moment, Visit, difference, value_in, wrong_numbers

WIDE = {
    "data": {"kind": "uniform", "examples": 40, "inputs": 60, "outputs": 3},
    "layers": [{"units": 50, "activation": "tanh"}, {"units": 3, "activation": "sigmoid"}],
    "epochs": 20,
}

# Cells inside the frame around what is read, by matrix.
FRAMED = """() => Object.fromEntries([...document.querySelectorAll("#stage .mx:not(.result)")].map((matrix) => {
  const band = matrix.querySelector(".mx-band").getBoundingClientRect();
  const inside = [...matrix.querySelectorAll(".mx-cell")].filter((cell) => {
    const { left, right, top, bottom } = cell.getBoundingClientRect();
    const x = (left + right) / 2, y = (top + bottom) / 2;
    return x > band.left && x < band.right && y > band.top && y < band.bottom;
  });
  return [matrix.dataset.matrix, inside.map((cell) => cell.dataset.address)];
}))"""


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def test_every_assignment_shows_its_arrays_as_the_trace_has_them(visit):
    run = visit.server.run()
    line, trace = Line(run), visit.server.trace(run, 7)
    visit.open("#step=7&view=matrices&frame=z1&unit=0").by("assignment")
    for moment in line.all("assignment", [7]):
        visit.press("ArrowRight").at(moment) if moment.frame != "z1" else visit.press("ArrowRight")
        picture = visit.at(moment).picture()
        assert not (wrong := wrong_numbers(picture, line, moment, trace)), f"at {moment}:\n" + "\n".join(wrong)
        names = {address.partition("[")[0] for address in picture.by_address}
        call = line.calls[line.frames[moment.frame]]
        assert names == {*call["reads"], moment.frame}
        assert picture.written <= line.written(moment)


def test_the_row_and_the_column_that_meet_are_framed(visit):
    visit.open("#step=7&view=matrices&frame=z1&unit=2&example=3")
    framed = visit.page.evaluate(FRAMED)
    assert framed == {
        "W1": ["W1[2,0]", "W1[2,1]"],
        "a0": ["a0[3,0]", "a0[3,1]"],
        "b1": ["b1[2]"],
    }
    assert visit.picture().written == {"z1[3,2]"}
    assert visit.page.locator(".mx-code").inner_text() == "z1 = a0 @ W1.T + b1"


def test_by_term_the_pair_that_meets_is_framed_and_the_total_grows_in_its_cell(visit):
    visit.open("#by=term&step=7&view=matrices&frame=dW2&term=0")
    explained = visit.server.explain(visit.server.run(), 7, "dW2[0,0]")["terms"]
    for at in range(3):
        if at:
            visit.press("ArrowRight").at(Moment(7, "dW2", 0, at))
        picture = visit.picture()
        assert float(picture.by_address["dW2[0,0]"].partial) == explained[at]["running"]
        assert picture.read == {f"delta2[{at},0]", f"a1[{at},0]"}
        assert visit.page.locator(".mx-now").count() == 2
    pictures = visit.picture(), visit.press("ArrowLeft").at(Moment(7, "dW2", 0, 1)).picture()
    visit.press("ArrowRight").at(Moment(7, "dW2", 0, 2))
    assert not difference(pictures[0], visit.picture())


def test_a_click_explains_a_cell_and_the_other_view_shows_the_same_moment(visit):
    visit.open("#step=7&view=matrices&frame=dW1&unit=1")
    visit.cell("delta1[0,1]").first.click()
    visit.rest()
    assert visit.why.locator("code").text_content() == "delta1[0,1]"
    assert visit.picture().focus == {"delta1[0,1]"}
    visit.page.get_by_role("tab", name="Network").click()
    visit.rest()
    assert visit.page.locator("#stage .card").count() > 0
    assert visit.page.locator("#stage .mx").count() == 0
    assert visit.moment == Moment(7, "dW1", 1)
    visit.wait_for_fragment(r"frame=dW1&unit=1&focus=delta1")


def test_what_does_not_fit_folds_around_what_is_computed_and_can_be_leafed_through(visit):
    line = Line(visit.server.run(WIDE))
    trace = visit.server.trace(line.run, 0)
    visit.open("#view=matrices&frame=z1&unit=37", spec=WIDE)
    picture = visit.picture()
    assert "z1[0,37]" in picture.by_address
    assert not wrong_numbers(picture, line, Moment(0, "z1", 37), trace)
    assert "W1[37,59]" not in picture.by_address
    leaf = visit.page.locator('.mx-leaf:has-text("input")')
    leaf.get_by_role("slider").press("End")
    picture = visit.rest().picture()
    assert not wrong_numbers(picture, line, Moment(0, "z1", 37), trace)
    assert "W1[37,59]" in picture.by_address
    assert visit.moment == Moment(0, "z1", 37)
    visit.page.locator("#stage-panel").focus()
    visit.press("ArrowRight").at(Moment(0, "z1", 38))
    assert "z1[0,38]" in visit.picture().by_address


def test_the_lens_reads_out_what_is_folded_and_a_click_goes_there(visit):
    visit.open("#view=matrices&frame=z1&unit=0", spec=WIDE)
    heat = visit.page.locator('[data-matrix="a0"] canvas')
    box = heat.bounding_box()
    visit.page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3)
    visit.page.locator(".mx-lens").wait_for()
    address = visit.page.locator(".mx-lens b").inner_text()
    assert re.fullmatch(r"a0\[3\d,5\d\]", address), address
    trace = visit.server.trace(visit.server.run(WIDE), 0)
    shown = visit.page.locator(".mx-lens .is-at").inner_text().replace("\u2212", "-")
    assert abs(float(shown) - value_in(trace, address)) < 6e-4
    visit.page.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3)
    visit.wait("(address) => document.querySelector('#why code').textContent === address", address)
    assert address in visit.picture().by_address


def test_arrow_keys_walk_the_cells_of_whoever_came_by_keyboard(visit):
    visit.open("#step=7&view=matrices&frame=z1&unit=1")
    focused = "() => document.activeElement.dataset.address ?? document.activeElement.id"
    visit.page.locator(".mx-leaf input").focus()
    visit.press("Tab")
    assert visit.page.evaluate(focused) == "W1[1,0]"
    visit.press("ArrowDown")
    assert visit.page.evaluate(focused) == "W1[1,1]"
    visit.press("Tab", "Tab")
    assert visit.page.evaluate(focused).startswith("b1") or visit.page.evaluate(focused).startswith("a0")
    visit.cell("a0[0,0]").focus()
    visit.press("Shift+Tab", "Tab")
    for _ in range(30):
        visit.press("ArrowDown")
    assert visit.page.evaluate(focused) == "a0[30,0]"
    assert visit.moment == Moment(7, "z1", 1)
    visit.press("Enter").rest()
    assert visit.why.locator("code").text_content() == "a0[30,0]"


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-US"), ("dark", "zh-CN")])
def test_axe_finds_nothing_in_the_matrices(new_page, base_url, scheme, locale):
    visit = Visit(new_page(reduced_motion="reduce", color_scheme=scheme, locale=locale), base_url)
    found = []
    for fragment, spec in (
        ("#step=7&view=matrices&frame=z1&unit=1", None),
        ("#by=term&step=7&view=matrices&frame=dW1&unit=1&term=120", None),
        ("#view=matrices&frame=delta1&unit=30", WIDE),
    ):
        visit.page.goto("about:blank")
        visit.open(fragment, spec=spec).wait("() => !document.querySelector('.check.waiting')")
        found += [
            f"{fragment}: {rule['id']}: {rule['help']}: {node['html'][:160]}"
            for rule in Axe().run(visit.page).response["violations"]
            for node in rule["nodes"]
        ]
    assert not found, f"{len(found)} found:\n" + "\n".join(found)


def test_a_view_that_cannot_be_fetched_says_so_and_comes_when_asked_again(new_page, base_url, allow_console_error):
    allow_console_error("Failed to load resource|ERR_FAILED")
    page = new_page(reduced_motion="reduce")
    page.route("**/views/matrices.js", lambda route: route.abort())
    visit = Visit(page, base_url).open("#step=7&frame=z1&unit=1")
    visit.page.get_by_role("tab", name="Matrices").click()
    again = visit.page.locator("#stage").get_by_role("button", name="Try again")
    again.wait_for()
    page.unroute("**/views/matrices.js")
    again.click()
    visit.page.locator("#stage .mx").first.wait_for()
    assert "z1[0,1]" in visit.picture().by_address
