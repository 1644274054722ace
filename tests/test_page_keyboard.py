"""Without a mouse: everything that matters is reached by Tab and keys, focus is seen, and it survives a redraw."""

from __future__ import annotations

import pytest

from tests.page import GRANULARITIES, Line, Moment, Visit

FOCUSED = """() => {
  const element = document.activeElement;
  const near = [element, element.nextElementSibling, element.parentElement].filter(Boolean);
  const ring = near.map((each) => getComputedStyle(each)).some(({ outlineStyle, outlineWidth, boxShadow }, at) =>
    (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1.5) || (at === 0 && boxShadow !== "none"));
  const box = element.getBoundingClientRect();
  const name = element.ariaLabel || element.labels?.[0]?.textContent || element.textContent || element.title;
  return {
    tag: element.tagName,
    id: element.id || element.dataset.address || element.name || element.className,
    name: name.trim(),
    ring,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url).open("#step=3&frame=delta1&unit=1")


def focused(visit):
    return visit.page.evaluate(FOCUSED)


def test_tab_reaches_everything_and_shows_where_it_is(visit):
    stops = []
    for _ in range(150):
        visit.press("Tab")
        here = focused(visit)
        if here["tag"] == "BODY" or (len(stops) > 20 and here["id"] == stops[0]["id"]):
            break
        stops.append(here)
    ids = [stop["id"] for stop in stops]
    for wanted in (
        "skip", "example-menu", "language", "theme", "share", "present", "learn", "layers[0].units", "loss",
        "data.kind", "optimizer.learning_rate", "seed", "reset", "row", "delta1[0,1]", "a1[0,0]", "play",
        "move-forward", "move-back", "speed", "curve",
    ):  # fmt: skip
        assert wanted in ids, f"{wanted} is not reached by Tab: {ids}"
    for stop in stops:
        assert stop["ring"], f"focus is not seen on {stop}"
        assert stop["name"], f"{stop} has no name"
        assert stop["seen"], f"{stop} has the focus and is out of sight"
    assert sum(stop["id"] == "chip" for stop in stops) == 1, "of the chips only the active one is a stop"


def test_the_first_tab_offers_to_skip_to_the_network(visit):
    visit.page.reload()
    visit.rest().press("Tab")
    assert focused(visit)["id"] == "skip"
    visit.press("Enter")
    assert focused(visit)["id"] == "stage-panel"
    assert "step=3" in visit.fragment
    visit.press("ArrowRight").at(Moment(3, "delta1", 2))


def test_focus_on_a_number_survives_every_redraw(visit):
    visit.cell("a1[0,2]").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "]", "3", "ArrowRight", "[", "+"):
        visit.press(key).rest()
        assert focused(visit)["id"] == "a1[0,2]", f"lost by {key}"


def test_focus_on_a_button_survives_its_own_press(visit):
    for name in ("move-forward", "move-back", "play", "theme"):
        visit.page.locator(f"#{name}").focus()
        for _ in range(3):
            visit.press("Enter").rest()
            assert focused(visit)["id"] == name
    visit.page.locator("#to-end").focus()
    visit.press("Enter").at(Line(visit.server.run()).end)
    assert focused(visit)["id"] == "to-end"
    assert visit.page.locator("#to-end").get_attribute("aria-disabled") == "true"


def test_focus_on_the_line_of_assignments_goes_along_with_the_playhead(visit):
    visit.page.locator("#timeline [aria-current=step]").focus()
    for frame in ("delta1", "dW1", "db1", "W2_new"):
        visit.press("Shift+ArrowRight").rest()
        assert visit.moment.frame == frame
        assert visit.page.evaluate("document.activeElement.dataset.call") == frame


def test_enter_explains_a_number_and_escape_lets_it_go(visit):
    visit.cell("a1[0,2]").focus()
    visit.press("Enter").rest()
    assert visit.why.locator("code").text_content() == "a1[0,2]"
    assert focused(visit)["id"] == "a1[0,2]"
    visit.press("Escape").rest()
    assert visit.why.locator("code").text_content() == "delta1[0,1]"


def test_the_explanation_is_walked_by_keys_and_focus_is_not_lost(visit):
    visit.cell("delta1[0,1]").focus()
    visit.press("Enter").rest()
    visit.why.locator(".term[data-go]").first.focus()
    visit.press("Enter").rest()
    assert visit.why.locator("code").text_content() == "da1[0,1]"
    assert focused(visit)["tag"] != "BODY", "after going to a term the focus is nowhere"


def test_keys_choose_the_size_of_a_move(visit):
    for key, name in enumerate(GRANULARITIES, start=1):
        visit.press(str(key)).rest()
        assert visit.page.locator("#by input:checked").input_value() == name
    visit.press("9", "0", "x").rest()
    assert visit.page.locator("#by input:checked").input_value() == "epoch"


FIELDS = ("#row", '[name="layers[0].units"]', "#speed", '#by [value="unit"]', "#example-menu", '[name="loss"]')
KEYS = ("ArrowRight", "ArrowLeft", "Home", "End", "e", "t", " ", "]", "[")


def test_keys_do_not_move_the_playhead_while_a_field_has_the_focus(visit, allow_console_error):
    allow_console_error("422")  # an "e" typed into a number makes it none
    before = visit.moment
    for selector in FIELDS[:4]:
        visit.page.locator(selector).focus()
        for key in KEYS:
            visit.press(key).rest()
            assert visit.moment == before, f"{key} in {selector} moved the playhead"
    assert visit.page.locator("#play").get_attribute("aria-pressed") == "false"
    assert visit.page.evaluate("document.documentElement.dataset.theme ?? 'auto'") == "auto"


def test_keys_in_a_menu_are_the_menu_s(visit):
    before = visit.moment
    for selector in FIELDS[4:]:
        visit.page.locator(selector).focus()
        for key in KEYS[-2:]:
            visit.press(key).rest()
            assert visit.moment == before, f"{key} in {selector} moved the playhead"


def test_shortcuts_of_the_browser_are_left_alone(visit):
    before = visit.moment
    for key in ("Alt+ArrowRight", "Control+ArrowRight", "Control+]", "Meta+Home", "Control+e"):
        visit.press(key).rest()
        assert visit.moment == before, key


INSIDE = "document.activeElement === document.body || document.getElementById('help').contains(document.activeElement)"


def test_help_holds_the_focus_and_no_key_reaches_the_page_behind_it(visit):
    before = visit.moment
    visit.press("?")
    assert visit.page.evaluate("document.getElementById('help').contains(document.activeElement)")
    for _ in range(8):
        visit.press("Tab")
        assert visit.page.evaluate(INSIDE), f"the focus left the dialog for {focused(visit)}"
    visit.press("ArrowRight", " ", "]", "t").rest()
    assert visit.moment == before
    assert visit.page.evaluate("document.documentElement.dataset.theme ?? 'auto'") == "auto"


def test_help_closes_in_four_ways_and_gives_the_focus_back(visit):
    dialog = visit.page.locator("#help")
    for close in (
        lambda: visit.press("Escape"),
        lambda: visit.press("?"),
        lambda: visit.page.locator("#help-close").click(),
        lambda: visit.page.mouse.click(5, 5),
    ):
        visit.cell("a1[0,2]").focus()
        visit.press("?")
        dialog.wait_for()
        close()
        dialog.wait_for(state="hidden")
        assert focused(visit)["id"] == "a1[0,2]"


def test_the_keys_that_help_lists_do_what_it_says(visit):
    visit.press("?")
    keys = visit.page.locator("#help kbd").all_text_contents()
    assert {"Space", "←", "→", "[", "]", "Home", "End", ",", ".", "Esc", "e", "t", "?"} <= set(keys)
    visit.press("Escape")
    steps = (("→", Moment(3, "delta1", 2)), ("←", Moment(3, "delta1", 1)), ("]", Moment(3, "b1_new", 3)))
    for key, moment in (*steps, ("[", Moment(2, "b1_new", 3)), ("Home", Moment(0, "z1", 0))):
        visit.press({"→": "ArrowRight", "←": "ArrowLeft"}.get(key, key)).at(moment)
    visit.press("t").rest()
    assert visit.page.evaluate("document.documentElement.dataset.theme") == "light"
    assert visit.page.locator("#experiment").is_visible()
    visit.press("e")
    visit.page.locator("#experiment").wait_for(state="hidden")
    visit.press("e")
    visit.page.locator("#experiment").wait_for()


def test_a_number_on_a_wire_may_have_the_focus_when_other_wires_are_shown(visit):
    visit.open("#step=999&frame=b1_new&unit=3")
    visit.cell("z1[0,0]").hover()
    visit.cell("W1[0,0]").click()
    for address in ("z1[0,3]", "a1[0,3]", "z1[0,3]"):
        visit.cell(address).hover()
        visit.rest()
    assert {"W1[3,0]", "W1[3,1]"} <= visit.picture().by_address.keys()


def test_the_experiment_sheet_of_a_small_screen_opens_and_closes_by_keys(new_page, base_url):
    page = new_page(reduced_motion="reduce", viewport={"width": 390, "height": 844})
    visit = Visit(page, base_url).open()
    page.locator("#experiment-toggle").focus()
    visit.press("Enter")
    page.locator("#experiment").wait_for()
    assert focused(visit)["id"] == "experiment-close"
    visit.press("Escape")
    page.locator("#experiment").wait_for(state="hidden")
    assert focused(visit)["id"] == "experiment-toggle"


def test_removing_a_layer_by_keys_keeps_the_focus_in_the_list(visit):
    visit.page.locator("#add-layer").focus()
    visit.press("Enter")
    visit.wait("() => document.querySelectorAll('#layers > li').length === 3")
    visit.page.locator('[data-layer="0"] [data-remove]').focus()
    visit.press("Enter")
    visit.wait("() => document.querySelectorAll('#layers > li').length === 2")
    assert visit.page.evaluate("document.getElementById('layers').contains(document.activeElement)")
