"""The data edited by hand: points drawn on the plane, rows changed in the table, CSV read; used only when asked."""

from __future__ import annotations

import pytest

from tests.page import Visit, encode

MOONS = {
    "data": {"kind": "moons", "examples": 12, "test_fraction": 0},
    "layers": [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
    "loss": "binary_cross_entropy",
}


@pytest.fixture
def visit(new_page, base_url):
    visit = Visit(new_page(reduced_motion="reduce"), base_url).open(f"#spec={encode(MOONS)}")
    visit.page.locator("#edit-data").click()
    visit.page.locator("#data-desk .data-table tbody tr").nth(11).wait_for()
    return visit


def used(visit, button="Use these rows"):
    """Use the data; the spec of the run that is then on the stage."""
    before = visit.page.locator("body").get_attribute("data-run")
    visit.page.get_by_role("button", name=button).click()
    visit.page.locator("#data-desk").wait_for(state="detached")
    visit.wait("(id) => document.body.dataset.run !== id && document.body.dataset.ready === 'true'", before)
    return visit.server.ask(f"runs/{visit.page.locator('body').get_attribute('data-run')}")["spec"]


def test_a_drawn_point_and_a_changed_row_are_data_once_they_are_used(visit):
    run = visit.server.run(MOONS)
    rows = visit.server.ask(f"runs/{run['id']}/data")["values"]
    canvas = visit.page.locator("#data-desk .data-canvas")
    visit.page.locator("#data-desk .segments label").nth(1).click()
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] / 4, "y": box["height"] / 4})
    visit.page.locator("#data-desk .data-table tbody tr").nth(12).wait_for()
    cell = visit.page.get_by_label("Row 0, input 1")
    cell.fill("-0.25")
    cell.press("Tab")
    data = used(visit)["data"]
    assert data["kind"] == "inline"
    assert len(data["x"]) == 13
    assert data["x"][0] == [rows["inputs"]["data"][0][0], -0.25]
    assert data["x"][1:12] == rows["inputs"]["data"][1:]
    assert data["y"][12] == [1]
    across, up = visit.server.ask(f"runs/{run['id']}/data")["plane"]
    wide, high = across[1] - across[0], up[1] - up[0]
    assert data["x"][12][0] == pytest.approx(across[0] + wide / 4, abs=0.05 * wide)
    assert data["x"][12][1] == pytest.approx(up[1] - high / 4, abs=0.05 * high)


def spot(visit, across, up):
    box = visit.page.locator("#data-desk .data-canvas").bounding_box()
    return box["x"] + across * box["width"], box["y"] + (1 - up) * box["height"]


def drag(visit, start, end):
    visit.page.mouse.move(*spot(visit, *start))
    visit.page.mouse.down()
    visit.page.mouse.move(*spot(visit, *end), steps=12)
    visit.page.mouse.up()


def test_a_trail_of_points_is_drawn_one_is_moved_and_taken_away(visit):
    rows = visit.page.locator("#data-desk tbody tr")
    drag(visit, (0.02, 0.02), (0.3, 0.02))
    visit.wait("() => document.querySelectorAll('#data-desk tbody tr').length >= 16")
    count = rows.count()
    field = visit.page.get_by_label("Row 12, input 1", exact=True)
    before = float(field.input_value())
    drag(visit, (0.02, 0.02), (0.02, 0.98))
    assert rows.count() == count
    assert float(field.input_value()) > before
    assert rows.nth(12).get_attribute("class") == "is-chosen"
    visit.page.locator("#data-desk .segments input").first.focus()
    visit.press("Delete")
    assert rows.count() == count - 1
    visit.open(f"#step=5&frame=delta1&unit=1&spec={encode(MOONS)}")


def test_one_class_more_makes_a_network_that_tells_them_apart_at_the_same_place(new_page, base_url):
    visit = Visit(new_page(reduced_motion="reduce"), base_url).open(f"#step=5&frame=delta1&unit=1&spec={encode(MOONS)}")
    visit.page.locator("#edit-data").click()
    visit.page.get_by_role("button", name="One class more").click()
    visit.page.mouse.click(*spot(visit, 0.5, 0.9))
    visit.page.locator("#data-desk path.class-2").wait_for()
    spec = used(visit)
    assert spec["data"]["y"][12] == [0, 0, 1]
    assert all(sum(row) == 1 and len(row) == 3 for row in spec["data"]["y"])
    assert (spec["layers"][-1]["units"], spec["layers"][-1]["activation"]) == (3, "softmax")
    assert (visit.moment.step, visit.moment.frame, visit.moment.unit) == (5, "delta1", 1)
    visit.press("Control+z")
    visit.showing(visit.server.run(MOONS))


def test_rows_are_taken_away_and_what_is_no_number_is_said(visit):
    visit.page.get_by_label("Remove row 3", exact=True).click()
    visit.wait("() => document.querySelectorAll('#data-desk tbody tr').length === 11")
    cell = visit.page.get_by_label("Row 0, target 0")
    cell.fill("red")
    cell.press("Tab")
    visit.page.locator("#data-desk .problem", has_text="not a number").wait_for()
    cell.fill("0")
    cell.press("Tab")
    assert len(used(visit)["data"]["x"]) == 11


def test_the_desk_is_free_of_axe_violations_and_closes_without_a_change(visit):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(visit.page)
    assert found.violations_count == 0, found.generate_report()
    before = visit.page.locator("body").get_attribute("data-run")
    visit.press("Escape")
    visit.page.locator("#data-desk").wait_for(state="detached")
    assert visit.page.locator("body").get_attribute("data-run") == before


def test_a_csv_file_dropped_on_the_page_opens_as_data_and_its_mistakes_name_row_and_column(
    new_page, base_url, allow_console_error
):
    allow_console_error("422")
    visit = Visit(new_page(reduced_motion="reduce"), base_url).open()
    made = "([name, text]) => { const d = new DataTransfer(); d.items.add(new File([text], name)); return d; }"

    def drop(name, text):
        held = visit.page.evaluate_handle(made, [name, text])
        for event in ("dragover", "drop"):
            visit.page.dispatch_event("#stage", event, {"dataTransfer": held})

    drop("points.csv", "a,b,kind\n1,2,red\n3,x,blue\n5,6,red\n")
    problem = visit.page.locator("#data-desk .problem:visible")
    problem.wait_for()
    text = problem.text_content()
    assert "2" in text, text
    assert "b" in text, text
    visit.press("Escape")
    drop("points.csv", "a,b,kind\n1,2,red\n3,4,blue\n5,6,red\n")
    visit.page.locator("#data-desk [role=status]", has_text="3 rows, 2 inputs, 2 classes").wait_for()
    assert used(visit, "Use this table")["data"]["x"] == [[1, 2], [3, 4], [5, 6]]


def test_csv_is_read_by_the_engine_its_mistakes_are_placed_and_it_is_used(visit, allow_console_error):
    allow_console_error("422")
    field = visit.page.get_by_label("CSV", exact=True).last
    field.fill("a,b,kind\n1,2,red\n3,x,blue\n")
    visit.page.get_by_role("button", name="Read", exact=True).click()
    problem = visit.page.locator("#data-desk .problem:visible")
    problem.wait_for()
    field.fill("a,b,kind\n1,2,red\n3,4,blue\n5,6,red\n")
    visit.page.get_by_role("button", name="Read", exact=True).click()
    visit.page.locator("#data-desk [role=status]", has_text="3 rows, 2 inputs, 2 classes").wait_for()
    data = used(visit, "Use this table")["data"]
    assert data["x"] == [[1, 2], [3, 4], [5, 6]]
    assert data["classes"] == ["blue", "red"]


def test_where_every_target_is_another_a_new_point_s_is_typed(new_page, base_url):
    visit = Visit(new_page(reduced_motion="reduce"), base_url).open()
    visit.page.locator("#edit-data").click()
    visit.page.locator("#data-desk .data-table tbody tr").first.wait_for()
    field = visit.page.locator("#data-desk [name=data-target]")
    assert field.count() == 1
    field.fill("0.75")
    field.press("Tab")
    canvas = visit.page.locator("#data-desk .data-canvas")
    box = canvas.bounding_box()
    # A point of the frame with no example on it.
    canvas.locator(".frame").click(position={"x": box["width"] / 2, "y": box["height"] - 4}, force=True)
    visit.page.locator("#data-desk .data-plane").get_by_text("101").wait_for()
    assert used(visit)["data"]["y"][100] == [0.75]
