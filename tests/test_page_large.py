"""Wide and deep networks: what is being computed is always in sight, and a move answers at once."""

from __future__ import annotations

import pytest

from tests.page import Line, Moment, Visit, number, parse_address, value_in, wrong_numbers

# Milliseconds that the page works on a move, waiting for nobody. Loose: the figure is printed, and benchmarks hold the
# real one.
ANSWER = 150

WIDE = {
    "data": {"kind": "uniform", "examples": 20, "inputs": 2, "outputs": 3},
    "layers": [{"units": 64, "activation": "tanh"}, {"units": 3, "activation": "sigmoid"}],
    "epochs": 50,
}
DEEP = {
    "data": {"kind": "uniform", "examples": 10, "inputs": 3, "outputs": 2},
    "layers": [*({"units": 6, "activation": "tanh"} for _ in range(7)), {"units": 2, "activation": "identity"}],
    "epochs": 50,
}
PIXELS = {
    "data": {"kind": "uniform", "examples": 8, "inputs": 784, "outputs": 10},
    "layers": [{"units": 16, "activation": "relu"}, {"units": 10, "activation": "identity"}],
    "epochs": 5,
}
NARROW = {
    "data": {"kind": "inline", "x": [[1.0]], "y": [[0.5]]},
    "layers": [{"units": 1, "activation": "sigmoid"}],
    "epochs": 5,
}
NETWORKS = {"2-64-3": WIDE, "eight layers": DEEP, "784-16-10": PIXELS, "1-1": NARROW}

# Cells that are computed now and can be seen; where columns stand too close for numbers, the lit wires.
IN_SIGHT = """() => {
  const stage = document.getElementById("stage").getBoundingClientRect();
  const cells = [...document.querySelectorAll("#stage .is-written")].filter((cell) => {
    const box = cell.getBoundingClientRect();
    const across = box.left >= stage.left - 1 && box.right <= stage.right + 1;
    const down = box.top >= stage.top - 1 && box.bottom <= stage.bottom + 1;
    return across && down && box.width > 12 && box.height > 7;
  }).length;
  const wires = /W/.test(document.body.dataset.frame) ? document.querySelectorAll("#stage .wire-lit").length : 0;
  return cells + wires;
}"""

# Walks through units and says at which of them nothing that is computed is in sight.
WALK = """async (units) => {
  const sight = %s;
  const missed = [];
  for (let unit = 0; unit < units; unit++) {
    for (const end = performance.now() + 30000; document.body.dataset.unit !== String(unit);) {
      if (performance.now() > end) return [`never at unit ${unit}`];
      await new Promise(requestAnimationFrame);
    }
    if (!sight()) missed.push(unit);
    if (unit < units - 1) document.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  }
  return missed;
}"""

# Presses keys, one after the picture of the other.
PRESS = """async (keys) => {
  for (const key of keys) {
    document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    await new Promise(requestAnimationFrame);
    const channel = new MessageChannel();
    await new Promise((done) => { channel.port1.onmessage = done; channel.port2.postMessage(0); });
  }
}"""


@pytest.fixture(params=[(1280, 720), (390, 844)], ids=["laptop", "phone"])
def visit(new_page, base_url, request):
    """A visit without animation, on a laptop and on a phone."""
    width, height = request.param
    return Visit(new_page(reduced_motion="reduce", viewport={"width": width, "height": height}), base_url)


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_computed_is_in_sight_at_every_assignment(visit, name):
    line = Line(visit.server.run(NETWORKS[name]))
    trace = visit.server.trace(line.run, 0)
    visit.open(spec=NETWORKS[name]).by("assignment")
    for moment in line.all("assignment", [0]):
        if moment != line.start:
            visit.press("ArrowRight").at(moment)
            assert visit.page.evaluate(IN_SIGHT) > 0, f"at {moment} nothing that is computed is in sight"
        wrong = wrong_numbers(visit.picture(), line, moment, trace)
        assert not wrong, f"at {moment}:\n" + "\n".join(wrong)


def test_every_unit_of_a_wide_layer_comes_into_sight_when_it_is_computed(visit):
    line = Line(visit.server.run(WIDE))
    for frame in ("z1", "W1_new"):
        visit.open(f"#frame={frame}", spec=WIDE)
        missed = visit.page.evaluate(WALK % IN_SIGHT, 64)
        assert not missed, f"units of {frame} that are not in sight when they are computed: {missed}"
        assert visit.moment == line.last(0, frame)


class Work:
    """Seconds the page's main thread has worked, by the processor's clock: how busy the machine is does not count."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def __call__(self):
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def test_a_move_answers_at_once(visit, record_property, capsys):
    work = Work(visit.page)
    keys = ["ArrowRight"] * 5 + ["3"] + ["ArrowRight"] * 12 + ["ArrowLeft"] * 8
    for name, spec in NETWORKS.items():
        visit.open("#step=1", spec=spec).curve()
        visit.page.evaluate(PRESS, ["ArrowRight", "ArrowLeft"])
        before = work()
        visit.page.evaluate(PRESS, keys)
        figure = 1000 * (work() - before) / len(keys)
        record_property(name, figure)
        with capsys.disabled():
            print(f" [{name}: the page works {figure:.0f} ms on a move]", end="")
        assert figure < ANSWER, f"{name}: {figure:.0f} ms"


def test_a_folded_layer_is_a_strip_of_all_its_units_that_reads_out_and_slides(new_page, base_url):
    visit = Visit(new_page(reduced_motion="reduce"), base_url).open("#frame=a1&unit=63", spec=WIDE)
    trace = visit.server.trace(visit.server.run(WIDE), 0)
    strip = visit.page.get_by_role("slider", name="Hidden 1")
    shown = sorted(parse_address(address)[1][1] for address in visit.picture().by_address if address.startswith("a1["))
    assert shown == list(range(shown[0], shown[0] + len(shown)))
    assert 63 in shown
    assert len(shown) < 64
    assert strip.get_attribute("aria-valuetext") == f"{shown[0]}–63 of 64"
    inked = strip.locator("canvas").evaluate("""(canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((value, at) => at % 4 === 3 && value > 0).length / (data.length / 4);
    }""")
    assert inked > 0.5, f"{inked:.1%} of the strip is inked"

    box = strip.bounding_box()
    visit.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.5)
    read = visit.page.locator(".strip-lens").inner_text().split()
    assert read[0] == "a1[0,0]"
    assert abs(number(read[1]) - value_in(trace, "a1[0,0]")) < 6e-4
    visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visit.rest()
    middle = visit.why.locator("code").text_content()
    assert 28 <= parse_address(middle)[1][1] <= 35
    assert middle in visit.picture().by_address
    strip.focus()
    visit.press("Home").rest()
    assert "a1[0,0]" in visit.picture().focus
    visit.press("End").rest()
    assert "a1[0,63]" in visit.picture().focus
    assert visit.moment == Moment(0, "a1", 63)


def test_inputs_that_are_a_picture_are_drawn_as_one(new_page, base_url):
    pixels = [[((row * 8 + col + n) % 5) / 4 for row in range(8) for col in range(8)] for n in range(3)]
    spec = {
        "data": {"kind": "inline", "x": pixels, "y": [[0], [1], [1]]},
        "layers": [{"units": 5, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
        "epochs": 3,
    }
    visit = Visit(new_page(reduced_motion="reduce"), base_url).open("#frame=z1&unit=2", spec=spec)
    picture = visit.page.locator("#stage .more.is-picture")
    box = picture.bounding_box()
    assert abs(box["width"] - box["height"]) < 2
    visit.page.mouse.move(box["x"] + box["width"] * 2.5 / 8, box["y"] + box["height"] * 3.5 / 8)
    address, value = visit.page.locator(".strip-lens").inner_text().split()
    assert address == f"a0[0,{3 * 8 + 2}]"
    assert abs(number(value) - pixels[0][26]) < 1e-3
    assert visit.page.locator("#stage .weights").get_attribute("aria-label").startswith("weight")


def test_pinning_a_folded_unit_brings_it_out(new_page, base_url):
    visit = Visit(new_page(reduced_motion="reduce"), base_url).open("#frame=a2&unit=1&focus=a1[0,40]", spec=WIDE)
    assert visit.picture().by_address["a1[0,40]"].known
    assert visit.picture().focus == {"a1[0,40]"}


def test_fast_scrubbing_ends_where_the_hand_stopped(new_page, base_url):
    visit = Visit(new_page(reduced_motion="reduce"), base_url).open(spec=WIDE)
    line = Line(visit.server.run(WIDE))
    box = visit.page.locator("#training [role=slider]").bounding_box()
    visit.page.mouse.move(box["x"] + 5, box["y"] + 20)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 20, steps=60)
    visit.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=40)
    visit.page.mouse.up()
    visit.rest()
    step = visit.moment.step
    assert abs(step - 24.5) <= 1
    assert not wrong_numbers(visit.picture(), line, visit.moment, visit.server.trace(line.run, step))
