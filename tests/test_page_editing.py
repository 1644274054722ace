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
    field = editor(visit, address)
    field.fill(value)
    field.press("Enter")


def editor(visit, address):
    """The field over the number at this address, once it has the focus."""
    visit.wait("(address) => document.activeElement?.closest('.inplace')?.dataset.edit === address", address)
    return visit.page.locator(".inplace input")


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


def test_what_is_no_number_or_refused_is_said_below_the_field_and_nothing_is_lost(visit, allow_console_error):
    allow_console_error("422")
    before = visit.picture()
    change(visit, "b1[2]", "many")
    problem = visit.page.locator(".inplace .problem")
    problem.wait_for()
    assert problem.text_content() == "That is not a number."
    field = visit.page.locator(".inplace input")
    assert field.input_value() == "many"
    assert field.get_attribute("aria-invalid") == "true"
    visit.press("Escape")
    assert field.count() == 0
    change(visit, "learning_rate", "-1")
    visit.wait("() => document.querySelector('.inplace .problem')?.textContent")
    assert "learning_rate" in problem.text_content()
    assert field.input_value() == "-1"
    visit.press("Escape")
    assert {cell.address: cell.value for cell in visit.picture().cells} == {
        cell.address: cell.value for cell in before.cells
    }


def test_a_number_is_changed_without_a_mouse_and_the_focus_comes_back_to_it(visit):
    visit.page.locator('#stage [data-address="b1[1]"]').first.focus()
    visit.press("F2")
    editor(visit, "b1[1]")
    visit.page.keyboard.type("0.5")
    visit.press("Enter")
    drawn(visit, {"edits": [{"step": 5, "set": {"b1[1]": 0.5}}]})
    assert visit.page.locator(".inplace").count() == 0
    visit.wait("() => document.activeElement?.dataset.address === 'b1[1]'")
    visit.press("F2")
    editor(visit, "b1[1]")
    visit.press("ArrowUp", "ArrowUp", "ArrowDown", "Shift+ArrowUp", "Enter")
    drawn(visit, {"edits": [{"step": 5, "set": {"b1[1]": 1.6}}]})


def test_a_finger_that_touches_a_chosen_number_again_changes_it(new_page, base_url):
    page = new_page(reduced_motion="reduce", has_touch=True, viewport={"width": 390, "height": 844})
    visit = Visit(page, base_url).open("#step=5&frame=delta1&unit=1")
    cell = page.locator('#stage [data-address="b1[1]"]').first
    cell.tap()
    visit.wait("() => document.querySelector('#why code')?.textContent === 'b1[1]'")
    assert page.locator(".inplace").count() == 0
    cell.tap()
    field = editor(visit, "b1[1]")
    box = page.locator(".inplace").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    field.fill("-2")
    field.press("Enter")
    drawn(visit, {"edits": [{"step": 5, "set": {"b1[1]": -2}}]})


def test_the_panel_changes_a_number_too(visit):
    visit.page.locator('#stage [data-address="W2[0,1]"], #stage [data-address="b2[0]"]').first.click()
    field = visit.page.locator(".why-editor input")
    field.wait_for()
    address = visit.page.locator(".why-editor").get_attribute("data-edit")
    field.fill("0.125")
    field.press("Enter")
    drawn(visit, {"edits": [{"step": 5, "set": {address: 0.125}}]})


def test_numbers_in_the_other_views_are_changed_where_they_stand(visit):
    for view, address, cell in (("matrices", "b1[1]", "b1[1]"), ("batch", "y[3,0]", "y[3,0]")):
        visit.open(f"#step=5&frame={'z1' if view == 'matrices' else 'loss'}&view={view}")
        change(visit, address, "0.5")
        drawn(visit, {"edits": [{"step": 5, "set": {cell: 0.5}}]})


def test_what_depends_on_a_change_is_stale_at_once_and_what_does_not_is_not(visit):
    held = []
    visit.page.route("**/api/v1/runs?*", lambda route: held.append(route))
    change(visit, "b1[2]", "0.5")
    visit.wait("() => document.querySelectorAll('#stage .is-stale').length > 0")
    stale = set(
        visit.page.locator("#stage .is-stale[data-address]").evaluate_all("(all) => all.map((c) => c.dataset.address)")
    )
    assert {"z1[0,2]", "a1[0,0]", "loss"} <= stale
    assert not any(address.startswith(("a0", "y[", "learning")) for address in stale)
    for route in held:
        route.continue_()
    drawn(visit, {"edits": [{"step": 5, "set": {"b1[2]": 0.5}}]})
    assert visit.page.locator("#stage .is-stale").count() == 0


def test_what_is_computed_offers_no_change_and_says_so(visit):
    visit.page.locator('#stage [data-address="z1[0,1]"]').first.dblclick()
    visit.page.locator("#toast", has_text="computed from others").wait_for()
    visit.wait("() => document.querySelector('#why code')?.textContent === 'z1[0,1]'")
    assert visit.page.locator(".why-editor, .inplace").count() == 0


def test_a_printed_figure_stands_beside_ours_and_a_misprint_says_why(visit):
    visit.page.locator("#example-menu").select_option("mazur")
    visit.wait("() => document.body.dataset.step === '0' && document.body.dataset.ready === 'true'")
    visit.page.locator('#stage [data-address="a1[0,0]"]').first.wait_for()
    visit.page.locator('#timeline [data-call="a1"]').click()
    visit.page.locator('#stage [data-address="a1[0,0]"]').first.click()
    check = visit.page.locator("#why .check.good", has_text="printed as 0.593269992")
    check.wait_for()
    visit.press("]", "]")
    visit.wait("() => document.body.dataset.step === '1' && document.body.dataset.ready === 'true'")
    visit.page.locator('#timeline [data-call="loss"]').click()
    visit.page.locator("#why .check.unknown", has_text="0.291027924").wait_for()
