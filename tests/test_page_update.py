"""Before and after the update: the same example with the new parameters, the loss foretold beside the real one."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.page import Visit, number, same, value_in

CLASSES = {
    "data": {"kind": "iris"},
    "layers": [{"units": 12, "activation": "tanh"}, {"units": 3, "activation": "softmax"}],
    "loss": "softmax_cross_entropy",
    "optimizer": {"kind": "adam", "learning_rate": 0.01},
    "penalty": {"l2": 0.01},
    "epochs": 20,
}
LOST = {
    "optimizer": {"kind": "sgd", "learning_rate": 1e300},
    "layers": [{"units": 3, "activation": "relu"}, {"units": 1}],
}

ROWS = """() => [...document.querySelectorAll(".after-layer tr:has(.after-new)")].map((row) => ({
  address: row.querySelector("[data-address]").dataset.address,
  before: row.querySelector("[data-value]").dataset.value,
  after: row.querySelector(".after-new").title,
  difference: row.querySelector(".after-difference").title,
}))"""
SHOWN = "() => document.querySelector('.after-body')?.getAttribute('aria-busy') === 'false'"


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def open_update(visit, step, spec=None, example=0):
    """The view at the end of a step, with what the server says about it."""
    run = visit.server.run(spec)
    last = run["program"][-1]["writes"] if isinstance(run["program"], list) else run["program"]["calls"][-1]["writes"]
    visit.open(f"#step={step}&frame={last}&example={example}&view=after", spec=spec)
    visit.wait(SHOWN)
    return run, visit.server.ask(f"runs/{run['id']}/steps/{step}/after", examples=example)


@pytest.mark.parametrize(("spec", "example"), [(None, 0), (None, 7), (CLASSES, 3)], ids=["seed", "another", "iris"])
def test_the_example_is_shown_before_and_after_as_the_engine_computes_it(visit, spec, example):
    run, after = open_update(visit, 4, spec, example)
    trace = visit.server.trace(run, 4)
    rows = visit.page.evaluate(ROWS)
    assert len(rows) >= 8
    for row in rows:
        name = row["address"].partition("[")[0]
        unit = int(row["address"].rstrip("]").split(",")[1])
        before, now = value_in(trace, row["address"]), after["values"][name]["data"][0][unit]
        assert row["address"].startswith(f"{name}[{example},")
        assert same(float(row["before"]), before)
        assert same(number(row["after"]), now)
        assert same(number(row["difference"]), now - before)
    if spec is None:
        assert {row["address"] for row in rows} == {
            f"{letter}{layer}[{example},{unit}]"
            for letter in "za"
            for layer, units in ((1, 4), (2, 1))
            for unit in range(units)
        }


def test_for_gradient_descent_the_loss_foretold_is_minus_eta_times_the_square_of_the_gradient(visit):
    run, after = open_update(visit, 40)
    trace = visit.server.trace(run, 40)
    squares = 0.0
    for name in ("dW1", "db1", "dW2", "db2"):
        for row in trace["values"][name]["data"]:
            squares += sum(cell**2 for cell in (row if isinstance(row, list) else [row]))
    assert after["predicted"] == pytest.approx(-0.01 * squares, rel=1e-12)
    foretold, real = visit.page.locator(".after-loss .after-bar b").all_inner_texts()
    assert number(foretold) == pytest.approx(-0.01 * squares, rel=1e-4)
    assert number(real) == pytest.approx(after["change"], rel=1e-4)
    assert "‖g‖²" in visit.page.locator(".after-loss").inner_text()


def test_with_a_penalty_and_another_optimizer_the_parts_add_up_to_what_is_foretold(visit):
    _, after = open_update(visit, 4, CLASSES)
    assert "g·Δθ" in visit.page.locator(".after-loss").inner_text()
    parts = [number(text) for text in visit.page.locator(".after-shares b").all_inner_texts()]
    assert sum(parts) == pytest.approx(after["predicted"], rel=1e-3)
    assert after["penalty"] is not None
    assert visit.page.get_by_text("8 of 12 units").is_visible()


def test_until_the_update_is_made_the_view_says_so_and_leads_to_it(visit):
    visit.open("#step=4&frame=z1&unit=0&view=after")
    visit.page.get_by_role("button", name="Go to the end of the step").click()
    visit.wait(SHOWN)
    assert visit.moment.step == 4
    assert visit.page.locator("body").get_attribute("data-phase") == "update"


def test_a_lost_run_is_shown_and_explained(visit):
    open_update(visit, 3, LOST)
    assert visit.page.locator(".after-loss").get_by_text("the training has diverged").is_visible()


def test_a_failed_answer_can_be_asked_for_again(visit, allow_console_error):
    allow_console_error("Failed to load resource")
    visit.page.route("**/after?*", lambda route: route.abort())
    visit.open("#step=4&frame=b1_new&view=after")
    again = visit.page.locator("#stage").get_by_role("button", name="Try again")
    again.wait_for()
    visit.page.unroute("**/after?*")
    again.click()
    visit.wait(SHOWN)


def test_a_number_of_the_view_is_explained_like_any_other(visit):
    open_update(visit, 4)
    visit.page.locator(".after-cell[data-address='a2[0,0]']").click()
    visit.wait("() => document.querySelector('#why .why-value')?.textContent.length > 0")
    assert "focus=a2[0,0]" in visit.wait_for_fragment("focus=")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_view_is_legible_in_both_themes_and_in_chinese(new_page, base_url, scheme):
    visit = Visit(new_page(reduced_motion="reduce", color_scheme=scheme, locale="zh-CN"), base_url)
    visit.page.set_viewport_size({"width": 390, "height": 844})
    open_update(visit, 4)
    assert visit.page.locator(".after-loss").get_by_text("预计变化").is_visible()
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(visit.page)
    assert found.violations_count == 0, found.generate_report()
