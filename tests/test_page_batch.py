"""The stage as the batch: a row for every example, and what each adds to a gradient or to the loss."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.page import Line, Moment, Visit, difference, number, value_in, wrong_numbers

PENALISED = {
    "data": {"kind": "uniform", "examples": 7, "inputs": 3, "outputs": 2},
    "layers": [{"units": 4, "activation": "tanh"}, {"units": 2, "activation": "sigmoid"}],
    "batch_size": 4,
    "epochs": 3,
}

ROWS = """() => [...document.querySelectorAll("#stage .bx-body .bx-row")].map((row) => ({
  example: Number(row.dataset.example),
  chosen: row.classList.contains("is-chosen"),
  time: row.dataset.time ?? null,
  top: row.offsetTop,
  share: row.querySelector(".bx-share")?.textContent ?? null,
}))"""


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def rows(visit):
    return sorted(visit.page.evaluate(ROWS), key=lambda row: row["top"])


def near(shown, exact):
    return abs(number(shown) - exact) <= 1e-4 * abs(exact) + 1e-300


def test_every_assignment_shows_its_values_for_the_examples_as_the_trace_has_them(visit):
    run = visit.server.run(PENALISED)
    line = Line(run)
    # Step 1 is the last of its epoch: three examples instead of four.
    for step in (0, 1):
        trace = visit.server.trace(run, step)
        visit.open(f"#view=batch&step={step}", spec=PENALISED).by("assignment")
        for moment in line.all("assignment", [step]):
            visit.press("ArrowRight")
            picture = visit.at(moment).picture()
            assert not (wrong := wrong_numbers(picture, line, moment, trace)), f"at {moment}:\n" + "\n".join(wrong)
            assert [row["example"] for row in rows(visit)] == list(range(len(trace["batch"])))


def test_a_gradient_is_the_sum_of_what_each_example_adds(visit):
    trace = visit.server.trace(visit.server.run(), 12)
    visit.open("#step=12&view=batch&frame=dW1&unit=1&focus=dW1[1,1]")
    shown = rows(visit)
    assert len(shown) > 10
    for row in shown:
        exact = value_in(trace, f"delta1[{row['example']},1]") * value_in(trace, f"a0[{row['example']},1]")
        assert near(row["share"], exact), f"example {row['example']}: {row['share']} for {exact}"
    total, result = (visit.page.locator(f".bx-foot {selector}").inner_text() for selector in ("> b", ".bx-result b"))
    assert total == result
    assert near(total, value_in(trace, "dW1[1,1]"))


def test_before_the_loss_nothing_adds_up_and_after_it_its_parts_stand_beside_the_values(visit):
    trace = visit.server.trace(visit.server.run(), 12)
    visit.open("#step=12&view=batch&frame=a2&unit=0")
    assert all(row["share"] is None for row in rows(visit))
    visit.press("ArrowRight").at(Moment(12, "loss", 0))
    for row in rows(visit)[:5]:
        n = row["example"]
        exact = (value_in(trace, f"a2[{n},0]") - value_in(trace, f"y[{n},0]")) ** 2 / 100
        assert near(row["share"], exact), f"example {n}: {row['share']} for {exact}"
    assert near(visit.page.locator(".bx-result b").inner_text(), value_in(trace, "loss"))


def test_a_click_on_a_row_chooses_its_example_and_on_a_number_explains_it(visit):
    visit.open("#step=12&view=batch&frame=z1&unit=1")
    visit.page.locator('.bx-row[data-example="3"]').click(position={"x": 15, "y": 8})
    visit.rest()
    assert visit.page.locator("#row").input_value() == "3"
    assert [row["example"] for row in rows(visit) if row["chosen"]] == [3]
    visit.cell("z1[5,0]").click()
    visit.rest()
    assert visit.why.locator("code").text_content() == "z1[5,0]"
    assert visit.page.locator("#row").input_value() == "5"


def test_rows_are_drawn_where_one_looks_and_can_be_sorted_by_what_they_add(visit):
    trace = visit.server.trace(visit.server.run(), 12)
    visit.open("#step=12&view=batch&frame=db1&unit=2")
    assert 99 not in {row["example"] for row in rows(visit)}
    visit.page.locator("#row").fill("99")
    visit.page.locator("#row").press("Enter")
    visit.wait("() => document.querySelector('.bx-row[data-example=\"99\"]')")
    box, scroll = (
        visit.page.locator(selector).bounding_box() for selector in ('.bx-row[data-example="99"]', ".bx-scroll")
    )
    assert scroll["y"] <= box["y"] <= scroll["y"] + scroll["height"] - box["height"] + 1
    visit.page.get_by_role("button", name="Largest first").click()
    visit.page.locator("#row").fill("0")
    visit.page.locator("#row").press("Enter")
    visit.wait("() => document.querySelector('.bx-row.is-chosen[data-example=\"0\"]')")
    visit.page.locator(".bx-scroll").evaluate("(scroll) => { scroll.scrollTop = 0; }")
    visit.wait("() => [...document.querySelectorAll('.bx-body .bx-row')].some((row) => row.offsetTop < 2)")
    sizes = sorted((abs(value_in(trace, f"delta1[{n},2]")) for n in range(100)), reverse=True)
    assert all(near(row["share"].lstrip("\u2212"), size) for row, size in zip(rows(visit)[:5], sizes, strict=False))


def test_by_term_the_examples_come_one_by_one(visit):
    visit.open("#by=term&step=12&view=batch&frame=dW2&term=3")
    explained = visit.server.explain(visit.server.run(), 12, "dW2[0,0]")["terms"]
    here = visit.picture()
    assert [row["time"] for row in rows(visit)][:6] == ["done", "done", "done", "now", "later", "later"]
    assert [bool(row["share"]) for row in rows(visit)][:6] == [True, True, True, True, False, False]
    total = number(visit.page.locator(".bx-foot b.is-partial").inner_text())
    assert abs(total - explained[3]["running"]) < 1e-4 * abs(total)
    visit.press("ArrowRight").at(Moment(12, "dW2", 0, 4)).press("ArrowLeft").at(Moment(12, "dW2", 0, 3))
    assert not difference(here, visit.picture())


def test_the_numbers_of_the_rows_are_walked_by_keys(visit):
    visit.open("#step=12&view=batch&frame=z1&unit=1")
    visit.page.get_by_role("tab", name="Batch").focus()
    for _ in range(12):
        if visit.page.evaluate("document.activeElement.classList.contains('bx-index')"):
            break
        visit.press("Tab")
    visit.press("ArrowDown", "ArrowDown").rest()
    assert visit.page.locator("#row").input_value() == "2"
    assert visit.page.evaluate("document.activeElement.textContent") == "2"
    assert visit.moment == Moment(12, "z1", 1)


@pytest.mark.parametrize(("scheme", "locale"), [("light", "en-US"), ("dark", "zh-CN")])
def test_axe_finds_nothing_in_the_batch(new_page, base_url, scheme, locale):
    visit = Visit(new_page(reduced_motion="reduce", color_scheme=scheme, locale=locale), base_url)
    found = []
    for fragment in ("#step=7&view=batch&frame=z1&unit=1", "#by=term&step=7&view=batch&frame=dW1&unit=1&term=20"):
        visit.open(fragment).wait("() => !document.querySelector('.check.waiting')")
        found += [
            f"{fragment}: {rule['id']}: {rule['help']}: {node['html'][:160]}"
            for rule in Axe().run(visit.page).response["violations"]
            for node in rule["nodes"]
        ]
    assert not found, f"{len(found)} found:\n" + "\n".join(found)
