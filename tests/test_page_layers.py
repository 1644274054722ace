"""The experiment by hand: layers moved and sized by dragging and by keyboard, numbers stepped by what suits them."""

from __future__ import annotations

import pytest

from tests.page import Visit

KINDS = {3: "relu", 5: "tanh", 7: "elu"}


def layers(*widths):
    return [{"units": width, "activation": KINDS[width]} for width in widths] + [{"units": 1, "activation": "sigmoid"}]


@pytest.fixture
def visit(new_page, base_url):
    """Three hidden layers that can be told apart; the experiment has been touched, so its hands are there."""
    visit = Visit(new_page(reduced_motion="reduce"), base_url)
    visit.open("#step=5&frame=delta1&unit=1", spec={"layers": layers(3, 5, 7)})
    with visit.page.expect_response("**/texts/*/panel.en.json"):
        visit.field("seed").hover()
    return visit


def middle(locator, down=0.0):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + down


def grip(visit, layer):
    return visit.page.locator(f'#layers [data-layer="{layer}"] [data-grip]')


def drag(visit, start, end):
    visit.page.mouse.move(*start)
    visit.page.mouse.down()
    visit.page.mouse.move(*end, steps=6)
    visit.page.mouse.up()


def test_a_layer_is_dragged_to_another_place_and_undo_brings_it_back(visit):
    grip(visit, 0).scroll_into_view_if_needed()
    height = visit.page.locator('#layers [data-layer="0"]').bounding_box()["height"]
    drag(visit, middle(grip(visit, 0)), middle(grip(visit, 0), 2.4 * height))
    visit.showing(visit.server.run({"layers": layers(5, 7, 3)}))
    assert (visit.moment.step, visit.moment.frame, visit.moment.unit) == (5, "delta1", 1)
    assert visit.page.evaluate("document.activeElement.closest('li').dataset.layer") == "2"
    visit.page.locator("#toast", has_text="layer 3 of 3").wait_for()
    drag(visit, middle(grip(visit, 2)), middle(grip(visit, 2), -0.8 * height))
    visit.showing(visit.server.run({"layers": layers(5, 3, 7)}))
    visit.press("Control+z")
    visit.showing(visit.server.run({"layers": layers(5, 7, 3)}))


def test_a_layer_is_moved_with_the_arrow_keys_and_the_focus_goes_along(visit):
    grip(visit, 0).focus()
    visit.press("ArrowDown")
    visit.showing(visit.server.run({"layers": layers(5, 3, 7)}))
    visit.press("ArrowDown")
    visit.showing(visit.server.run({"layers": layers(5, 7, 3)}))
    visit.press("ArrowDown", "ArrowUp")
    visit.showing(visit.server.run({"layers": layers(5, 3, 7)}))
    assert visit.page.evaluate("document.activeElement.closest('li').dataset.layer") == "1"
    assert grip(visit, 3).is_hidden()


def test_a_layer_let_go_where_it_was_changes_nothing(visit):
    grip(visit, 1).scroll_into_view_if_needed()
    before = visit.page.locator("body").get_attribute("data-run")
    drag(visit, middle(grip(visit, 1)), middle(grip(visit, 1), 8))
    assert visit.rest().page.locator("body").get_attribute("data-run") == before
    assert visit.page.locator('#layers [style*="translate"]').count() == 0


def test_a_layer_is_sized_by_dragging_its_strip_and_that_is_one_change(visit):
    strip = visit.page.locator('#layers [data-layer="1"] .units')
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    start = (box["x"] + 20, box["y"] + box["height"] / 2)
    unit = visit.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.6")
    drag(visit, start, (start[0] + 4 * unit, start[1]))
    wide = layers(3, 5, 7)
    wide[1] = {**wide[1], "units": 9}
    visit.showing(visit.server.run({"layers": wide}))
    assert visit.field("layers[1].units").input_value() == "9"
    drag(visit, start, (start[0] - 40 * unit, start[1]))
    narrow = layers(3, 5, 7)
    narrow[1] = {**narrow[1], "units": 1}
    visit.showing(visit.server.run({"layers": narrow}))
    visit.press("Control+z")
    visit.showing(visit.server.run({"layers": wide}))
    visit.press("Control+z")
    visit.showing(visit.server.run({"layers": layers(3, 5, 7)}))
    assert visit.page.locator('#layers [data-layer="3"] .units[data-size]').count() == 0


def test_a_drag_that_is_faster_than_the_answers_is_one_change_too(visit):
    held, late = [], True
    visit.page.route("**/api/v1/runs*", lambda route: held.append(route) if late else route.continue_())
    strip = visit.page.locator('#layers [data-layer="1"] .units')
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    start = (box["x"] + 20, box["y"] + box["height"] / 2)
    unit = visit.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.6")
    drag(visit, start, (start[0] + 6 * unit, start[1]))
    assert len(held) > 1, "several widths are on the way"
    late = False
    held[-1].continue_()
    wide = layers(3, 5, 7)
    wide[1] = {**wide[1], "units": 11}
    visit.showing(visit.server.run({"layers": wide}))
    visit.press("Control+z")
    visit.showing(visit.server.run({"layers": layers(3, 5, 7)}))


def test_numbers_set_by_hand_that_fit_no_more_are_not_lost_without_a_word(visit):
    edited = {"layers": layers(3, 5, 7), "edits": [{"step": 2, "set": {"b1[0]": 1}}]}
    visit.open("#step=5", spec=edited)
    before = visit.page.locator("body").get_attribute("data-run")
    visit.page.locator('#layers [data-layer="0"] [data-nudge="1"]').click()
    visit.page.locator("#toast", has_text="Ctrl+Z brings them back").wait_for()
    visit.wait("(before) => document.body.dataset.run !== before && document.body.dataset.ready === 'true'", before)
    visit.press("Control+z")
    visit.showing(visit.server.run(edited))


def test_the_panel_the_menu_of_stops_and_a_number_being_changed_are_free_of_axe_violations(visit):
    from axe_playwright_python.sync_playwright import Axe

    visit.field("optimizer.learning_rate").hover()
    visit.page.locator(".spin").wait_for()
    found = Axe().run(visit.page)
    assert found.violations_count == 0, found.generate_report()
    visit.page.locator("#stop-when").click()
    visit.page.locator("#stop-menu select").wait_for()
    visit.page.locator("#stop-menu [name=stop-patience]").fill("3")
    visit.press("Tab")
    visit.page.locator("#stop-menu [name=stop-least]").wait_for()
    found = Axe().run(visit.page)
    assert found.violations_count == 0, found.generate_report()
    visit.press("Escape")
    visit.page.locator('#stage [data-address="b1[0]"]').first.dblclick()
    visit.page.locator(".inplace input").fill("red")
    visit.press("Enter")
    visit.page.locator(".inplace .problem").wait_for()
    found = Axe().run(visit.page)
    assert found.violations_count == 0, found.generate_report()


def test_arrow_keys_step_a_number_by_what_suits_it_within_its_range(visit):
    spec = {"layers": layers(3, 5, 7), "optimizer": {"kind": "adam"}}
    visit.open("#step=5", spec=spec)
    for name, keys, value in (
        ("optimizer.learning_rate", ["ArrowUp", "ArrowUp", "ArrowUp"], "0.01"),
        ("optimizer.beta1", ["ArrowUp"] * 3, "0.99"),
        ("optimizer.beta2", ["ArrowDown"] * 3, "0.99"),
        ("optimizer.epsilon", ["ArrowDown"], "5e-9"),
        ("seed", ["ArrowUp", "Shift+ArrowUp"], "11"),
    ):
        visit.field(name).focus()
        visit.press(*keys)
        assert visit.field(name).input_value() == value, name
    visit.field("optimizer.beta1").fill("0.5")
    visit.press("ArrowDown", "ArrowDown", "ArrowDown")
    assert visit.field("optimizer.beta1").input_value() == "0"
    assert "From 0 to 1" in visit.field("optimizer.beta1").get_attribute("title")
    optimizer = {"kind": "adam", "learning_rate": 0.01, "beta1": 0, "beta2": 0.99, "epsilon": 5e-9}
    visit.showing(visit.server.run({**spec, "seed": 11, "optimizer": optimizer}))


def test_the_arrows_in_the_field_do_the_same(visit):
    field = visit.field("optimizer.learning_rate")
    field.hover()
    visit.page.locator(".spin .up").click()
    visit.page.locator(".spin .up").click()
    visit.page.locator(".spin .down").click()
    assert field.input_value() == "0.02"
    rate = {"kind": "sgd", "learning_rate": 0.02}
    visit.showing(visit.server.run({"layers": layers(3, 5, 7), "optimizer": rate}))
