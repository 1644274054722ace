"""The input plane: colours are the engine's signs at the step that is shown; units, examples, classes, languages."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.page import Line, Visit, wrong_numbers

CIRCLES = {
    "data": {"kind": "circles", "examples": 120, "test_fraction": 0.25},
    "layers": [{"units": 4, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
    "loss": "binary_cross_entropy",
    "optimizer": {"kind": "adam", "learning_rate": 0.05},
    "epochs": 200,
    "seed": 3,
}
IRIS = {
    "data": {"kind": "iris", "test_fraction": 0.2, "scaling": "standard"},
    "layers": [{"units": 5, "activation": "tanh"}, {"units": 3}],
    "loss": "softmax_cross_entropy",
    "optimizer": {"kind": "adam", "learning_rate": 0.05},
    "epochs": 60,
}

# Red, green and blue of a map at shares of its width and height, from the lower left.
PIXELS = """(places) => {
  const map = document.querySelector(".plane-map");
  const pen = map.getContext("2d");
  return places.map(([across, up]) =>
    [...pen.getImageData(Math.round(across * (map.width - 1)), Math.round((1 - up) * (map.height - 1)), 1, 1).data]);
}"""

AT_STEP = "(step) => document.querySelector('.plane-figure')?.dataset.step === String(step)"


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def is_high(pixel):
    """Does this pixel have the colour of a value above the middle?"""
    red, green = pixel[:2]
    return green > red


def test_every_point_has_the_colour_of_what_the_engine_says_there_at_the_step_that_is_shown(visit):
    run = visit.server.run(CIRCLES)
    visit.open(spec=CIRCLES)
    loaded = "() => performance.getEntriesByType('resource').filter(({ name }) => /plane/.test(name)).length"
    assert visit.page.evaluate(loaded) == 0, "what is not looked at is not loaded"
    visit.page.get_by_role("tab", name="Plane").click()
    places = [(across / 10, up / 10) for across in range(1, 10) for up in range(1, 10)]
    for step in (0, 150):
        visit.open(f"#step={step}&view=plane", spec=CIRCLES)
        visit.wait(AT_STEP, step)
        asked = {"name": "a2", "unit": 0, "resolution": 11}
        values = visit.server.ask(f"runs/{run['id']}/steps/{step}/surface", **asked)["values"]["a2"]["data"][0]
        for (across, up), pixel in zip(places, visit.page.evaluate(PIXELS, places), strict=True):
            value = values[round(10 * up)][round(10 * across)]
            if abs(value - 0.5) > 0.05:
                assert is_high(pixel) == (value > 0.5), f"step {step} at {across}, {up}: {value} is {pixel}"
    visit.page.get_by_role("tab", name="Network").click()
    visit.rest()
    assert visit.page.locator("#stage .card").count() > 0


def test_a_unit_is_chosen_in_small_and_an_example_by_a_click_on_it(visit):
    run = visit.server.run(CIRCLES)
    visit.open("#step=150&view=plane", spec=CIRCLES)
    visit.wait(AT_STEP, 150)
    page = visit.page
    assert page.locator(".plane-thumb").count() == 5
    page.get_by_role("button", name="Hidden 1, unit 2").click()
    assert page.locator(".plane-figure figcaption b").inner_text() == "Hidden 1, unit 2"
    values = visit.server.ask(f"runs/{run['id']}/steps/150/surface", name="a1", unit=2, resolution=2)["values"]["a1"]
    corners = [(0.02, 0.02), (0.98, 0.02), (0.02, 0.98), (0.98, 0.98)]
    flat = [float(value) for row in values["data"][0] for value in row]
    sides = [value > 0 for value in flat]
    visit.wait(
        """([places, sides]) => {
          const map = document.querySelector(".plane-map"), pen = map.getContext("2d");
          return places.every(([x, y], k) => {
            const [red, green] = pen.getImageData(x * map.width, (1 - y) * map.height, 1, 1).data;
            return (green > red) === sides[k];
          });
        }""",
        [corners, sides],
    )
    data = visit.server.ask(f"runs/{run['id']}/data")
    (left, right), (low, high) = data["plane"]
    x, y = data["values"]["inputs"]["data"][7]
    box = page.locator(".plane-box").bounding_box()
    page.mouse.click(
        box["x"] + box["width"] * (x - left) / (right - left), box["y"] + box["height"] * (high - y) / (high - low)
    )
    visit.wait_for_fragment("example=7")
    page.get_by_label("Test examples (30), hollow").uncheck()
    visit.rest()
    assert not page.get_by_label("Test examples (30), hollow").is_checked()


def test_of_several_classes_the_regions_are_shown_over_the_two_inputs_one_chooses(visit):
    visit.open("#step=40&view=plane", query="?lang=zh", spec=IRIS)
    visit.wait(AT_STEP, 40)
    page = visit.page
    assert page.locator(".plane-legend li").all_inner_texts() == ["山鸢尾", "变色鸢尾", "维吉尼亚鸢尾"]
    assert page.locator(".plane-input select").count() == 2
    before = page.locator(".plane-axis.across").inner_text()
    page.locator(".plane-input select").first.select_option("2")
    visit.wait("(before) => document.querySelector('.plane-axis.across').textContent !== before", before)
    assert page.locator(".plane-input select").first.input_value() == "2"
    found = Axe().run(page, context="#stage-panel").response["violations"]
    assert not found, [rule["help"] for rule in found]


def test_what_cannot_be_had_says_so_and_is_asked_for_again(visit, allow_console_error):
    allow_console_error("Failed to load resource")
    page = visit.page
    page.route("**/surface?*", lambda route: route.abort())
    visit.open("#step=3&view=plane", spec=CIRCLES)
    retry = page.locator("#stage").get_by_role("button", name="Try again")
    retry.wait_for()
    page.unroute("**/surface?*")
    retry.click()
    visit.wait(AT_STEP, 3)


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["laptop", "phone"])
def test_every_unit_of_the_playground_has_its_map_on_a_laptop_and_on_a_phone(new_page, base_url, size):
    layers = [{"units": 8, "activation": "tanh"}] * 3 + [{"units": 1, "activation": "sigmoid"}]
    spec = {"data": {"kind": "playground_circle"}, "layers": layers, "loss": "binary_cross_entropy", "epochs": 50}
    width, height = size
    page = new_page(reduced_motion="reduce", viewport={"width": width, "height": height})
    visit = Visit(page, base_url).open("#step=40&maps=1", spec=spec)
    visit.wait("() => document.querySelector('#stage .network')?.dataset.maps === '40'")
    maps = page.locator("#stage .card-map")
    assert maps.count() == 25
    for box in (maps.nth(at).bounding_box() for at in (0, 12, 24)):
        assert min(box["width"], box["height"]) >= 16
    lies = """() => [...document.querySelectorAll("#stage .card.mapped")].filter((card) => {
      const map = card.querySelector(".card-map").getBoundingClientRect();
      return [...card.querySelectorAll(":scope > .cell")].map((cell) => cell.getBoundingClientRect())
        .some((cell) => cell.left < map.right - 1 && cell.top < map.bottom - 1 && cell.bottom > map.top + 1);
    }).map((card) => card.dataset.unit)"""
    assert not page.evaluate(lies), "a map lies on a number"


def test_units_on_the_stage_show_what_they_say_over_the_plane_where_one_asks_for_it(visit):
    run = visit.server.run(CIRCLES)
    visit.open("#step=150", spec=CIRCLES)
    page = visit.page
    assert page.locator("#stage .card-map").count() == 0
    page.get_by_role("button", name="Maps", exact=True).click()
    visit.wait("() => document.querySelector('#stage .network')?.dataset.maps === '150'")
    visit.wait_for_fragment("maps=1")
    values = visit.server.ask(f"runs/{run['id']}/steps/150/surface", names="a1,a2", resolution=5)["values"]
    middles = {"a1": 0.0, "a2": 0.5}
    colours = page.evaluate(
        """() => [...document.querySelectorAll("#stage .card-map")].map((map) => {
          const pen = map.getContext("2d"), { layer, unit } = map.parentElement.dataset;
          const at = (share, size) => Math.round(share * (size - 1));
          const pixels = [0.25, 0.5, 0.75].flatMap((up) => [0.25, 0.5, 0.75].map((across) =>
            [...pen.getImageData(at(across, map.width), at(1 - up, map.height), 1, 1).data]));
          return { layer: Number(layer), unit: Number(unit), pixels };
        })"""
    )
    assert len(colours) == 5
    for card in colours:
        name = f"a{card['layer']}"
        grid = values[name]["data"][card["unit"]]
        said = [grid[up][across] - middles[name] for up in (1, 2, 3) for across in (1, 2, 3)]
        for value, pixel in zip(said, card["pixels"], strict=True):
            if abs(value) > 0.15:
                assert is_high(pixel) == (value > 0), f"{name}, unit {card['unit']}: {value} is {pixel}"
    picture = visit.picture()
    line, moment = Line(run), visit.moment
    assert not wrong_numbers(picture, line, moment, visit.server.trace(run, 150))
    page.get_by_role("button", name="Maps", exact=True).click()
    visit.rest()
    assert page.locator("#stage .card-map").count() == 0
