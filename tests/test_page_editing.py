"""Numbers changed by hand: all that follows is computed anew from that step on, undo leads back, nothing is lost."""

from __future__ import annotations

import pytest

from tests.page import Visit, value_in


@pytest.fixture
def visit(new_page, base_url):
    return Visit(new_page(reduced_motion="reduce"), base_url).open("#step=5&frame=delta1&unit=1")


def change(visit, address, value):
    """Change the number of the stage at this address."""
    visit.page.locator(f'#stage [data-address="{address}"]').first.dblclick()
    visit.wait("(address) => document.querySelector('.why-editor')?.dataset.edit === address", address)
    field = visit.page.locator(".why-editor input")
    visit.wait("() => document.activeElement?.closest('.why-editor') !== null")
    field.fill(value)
    field.press("Enter")


def drawn(visit, spec, step=5):
    """Wait for this experiment's run on the stage; its trace."""
    run = visit.server.run(spec)
    visit.wait("(id) => document.body.dataset.run === id && document.body.dataset.ready === 'true'", run["id"])
    return visit.server.trace(run, step)


EDITS = {
    "a bias": ("b1[2]", "-0.75", {"b1[2]": -0.75}),
    "an input": ("a0[0,1]", "0,5", {"x[0,1]": 0.5}),
    "a target": ("y[0,0]", "1", {"y[0,0]": 1}),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_number_changed_by_hand_is_an_edit_from_this_step_on(visit, name):
    address, typed, cells = EDITS[name]
    change(visit, address, typed)
    trace = drawn(visit, {"edits": [{"step": 5, "set": cells}]})
    assert value_in(trace, address) == next(iter(cells.values()))
    cells_on_stage = visit.picture().by_address
    for shown in ("z1[0,0]", "a1[0,1]", "z2[0,0]"):
        assert float(cells_on_stage[shown].value) == value_in(trace, shown)
    assert (visit.moment.step, visit.moment.frame) == (5, "delta1")
    mark = visit.page.locator("#training .curve-edit")
    assert mark.count() == 1
    assert "5" in mark.get_attribute("aria-label")


def test_undo_and_redo_go_over_the_changes(visit):
    change(visit, "b1[2]", "2")
    drawn(visit, {"edits": [{"step": 5, "set": {"b1[2]": 2}}]})
    change(visit, "b1[0]", "1")
    both = {"edits": [{"step": 5, "set": {"b1[2]": 2, "b1[0]": 1}}]}
    drawn(visit, both)
    visit.page.locator("#stage").focus()
    visit.press("Control+z")
    drawn(visit, {"edits": [{"step": 5, "set": {"b1[2]": 2}}]})
    visit.page.locator("#undo").click()
    drawn(visit, {})
    assert visit.page.locator("#undo").is_disabled()
    assert visit.page.locator("#training .curve-edit").count() == 0
    visit.page.locator("#redo").click()
    visit.press("Control+Shift+z")
    drawn(visit, both)
    assert visit.page.locator("#given-edits").is_visible()
    visit.page.locator("#forget-edits").click()
    drawn(visit, {})


def test_what_is_no_number_or_refused_is_said_beside_the_field_and_nothing_is_lost(visit, allow_console_error):
    allow_console_error("422")
    before = visit.picture()
    change(visit, "b1[2]", "many")
    problem = visit.page.locator(".why-editor .problem")
    problem.wait_for()
    field = visit.page.locator(".why-editor input")
    assert field.input_value() == "many"
    visit.page.locator('#stage [data-address="learning_rate"]').first.dblclick()
    visit.wait("() => document.querySelector('.why-editor')?.dataset.edit === 'learning_rate'")
    field.fill("-1")
    field.press("Enter")
    visit.wait("() => document.querySelector('.why-editor .problem:not([hidden])')?.textContent")
    assert "learning_rate" in problem.text_content()
    visit.press("Escape")
    assert {cell.address: cell.value for cell in visit.picture().cells} == {
        cell.address: cell.value for cell in before.cells
    }


def test_a_number_is_changed_without_a_mouse(visit):
    cell = visit.page.locator('#stage [data-address="b1[1]"]').first
    cell.focus()
    visit.press("F2")
    visit.wait("() => document.activeElement?.closest('.why-editor')?.dataset.edit === 'b1[1]'")
    visit.page.keyboard.type("0.5")
    visit.press("Enter")
    drawn(visit, {"edits": [{"step": 5, "set": {"b1[1]": 0.5}}]})


def test_what_is_computed_offers_no_change(visit):
    visit.page.locator('#stage [data-address="z1[0,1]"]').first.click()
    visit.wait("() => document.querySelector('#why code')?.textContent === 'z1[0,1]'")
    assert visit.page.locator(".why-editor").count() == 0


def test_a_printed_figure_stands_beside_ours_and_a_misprint_says_why(visit):
    visit.page.locator("#example-menu").select_option("mazur")
    visit.wait("() => document.body.dataset.step === '0' && document.body.dataset.ready === 'true'")
    visit.page.locator('#stage [data-address="a1[0,0]"]').first.wait_for()
    visit.page.locator('#timeline [data-call="a1"]').click()
    visit.page.locator('#stage [data-address="a1[0,0]"]').first.click()
    check = visit.page.locator("#why .check.good", has_text="0.593269992")
    check.wait_for()
    visit.press("]", "]")
    visit.wait("() => document.body.dataset.step === '1' && document.body.dataset.ready === 'true'")
    visit.page.locator('#timeline [data-call="loss"]').click()
    visit.page.locator("#why .check.unknown", has_text="0.291027924").wait_for()
