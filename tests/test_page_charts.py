"""The charts: fetched when first looked at, every one of them drawn, at the step that is shown, in every dress."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.page import Visit, encode

SPEC = {
    "data": {"kind": "circles", "examples": 100, "test_fraction": 0.3},
    "layers": [
        {"units": 5, "activation": "relu"},
        {"units": 4, "activation": "tanh"},
        {"units": 1, "activation": "sigmoid"},
    ],
    "loss": "binary_cross_entropy",
    "optimizer": {"kind": "adam", "learning_rate": 0.05},
    "penalty": {"l2": 0.001},
    "batch_size": 35,
    "epochs": 60,
    "seed": 2,
}
DRAWN = """(name) => document.querySelector(".chart-figure")?.dataset.chart === name
  && document.querySelector(".chart-plot .plot-container") !== null"""
FETCHED = "() => performance.getEntriesByType('resource').filter(({ name }) => /plotly|charts/.test(name)).length"
MARK = "() => document.querySelector('.chart-plot .shapelayer path')?.getAttribute('d')"


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def chart(visit, label, name):
    """Choose a chart, and wait until it is drawn."""
    visit.page.get_by_role("group", name=re.compile("Charts|图表")).get_by_role(
        "button", name=label, exact=True
    ).click()
    visit.wait(DRAWN, name)


def test_nothing_of_the_charts_is_fetched_until_they_are_looked_at_and_then_every_one_is_drawn(visit):
    run = visit.server.run(SPEC)
    visit.open("#step=40", spec=SPEC)
    assert visit.page.evaluate(FETCHED) == 0
    visit.page.get_by_role("tab", name="Charts").click()
    visit.wait(DRAWN, "loss")
    offered = visit.server.ask(f"runs/{run['id']}/charts")["charts"]
    assert {"loss", "accuracy", "depth", "layers", "distribution", "landscape", "confusion"} <= {
        entry["name"] for entry in offered
    }
    for entry in offered:
        chart(visit, entry["label"], entry["name"])
        step = {"step": 40} if entry["at_step"] else {"points": 400}
        figure = visit.server.ask(f"runs/{run['id']}/charts/{entry['name']}", **step)
        assert visit.page.locator(".chart-sentence").inner_text() == figure["sentence"]
        assert visit.page.locator(".chart-plot .main-svg").count() > 0
        for option in entry["options"]:
            if len(option["choices"]) < 2:
                continue
            menu = visit.page.locator("#stage").get_by_role("combobox", name=option["label"], exact=True)
            assert menu.locator("option").all_inner_texts() == [choice["label"] for choice in option["choices"]]
    visit.page.get_by_role("tab", name="Network").click()
    visit.rest()
    assert visit.page.locator("#stage .card").count() > 0


def test_the_playhead_stands_on_the_chart_and_a_click_leads_to_a_step(visit):
    visit.open("#step=40&view=charts&by=step", spec=SPEC)
    visit.wait(DRAWN, "loss")
    mark = visit.wait(MARK)
    visit.press("]", "]")  # first to the end of step 40, then to the next
    visit.wait(f"(mark) => ({MARK})() !== mark", mark)
    box = visit.page.locator(".chart-plot .nsewdrag").first.bounding_box()
    x, y = box["x"] + 0.75 * box["width"], box["y"] + box["height"] / 2
    visit.page.mouse.move(x - 5, y)
    visit.page.mouse.move(x, y)
    visit.page.locator(".chart-plot .hoverlayer .hovertext, .chart-plot .hoverlayer .legend").first.wait_for()
    visit.page.mouse.click(x, y)
    visit.wait("(step) => Math.abs(Number(document.body.dataset.step) - step) <= 1", 0.75 * 119)
    ticks = visit.page.locator(".chart-plot .yaxislayer-above").text_content()
    scale = visit.page.get_by_label("Logarithmic scale")
    scale.set_checked(not scale.is_checked())
    visit.wait("(ticks) => document.querySelector('.chart-plot .yaxislayer-above').textContent !== ticks", ticks)


def test_the_curve_of_the_run_before_stays_faintly(visit):
    visit.open("#view=charts", spec=SPEC)
    visit.wait(DRAWN, "loss")
    visit.open("#view=charts", spec={**SPEC, "seed": 5})
    visit.wait("() => [...document.querySelectorAll('.legendtext')].some((e) => e.textContent === 'before: seed = 2')")
    visit.page.get_by_label("Earlier runs (1)").uncheck()
    visit.wait(
        "() => ![...document.querySelectorAll('.chart-plot .legendtext')].some((e) => /^before/.test(e.textContent))"
    )


def test_a_chart_says_what_goes_wrong_and_every_choice_about_it_is_in_the_address(visit):
    deep = [{"units": 5, "activation": "sigmoid"}] * 6 + [{"units": 1, "activation": "sigmoid"}]
    spec = {"data": {"kind": "circles"}, "layers": deep, "loss": "binary_cross_entropy", "epochs": 30}
    visit.open("#step=7&view=charts&chart=depth", spec=spec)
    visit.wait(DRAWN, "depth")
    caption = visit.page.locator(".chart-figure figcaption")
    assert "Vanishing" in caption.inner_text()
    assert "step 7" in caption.inner_text()
    chart(visit, "Layers", "layers")
    visit.page.locator("#stage").get_by_role("combobox", name="Show").select_option("dW")
    visit.wait("() => document.querySelector('.chart-sentence')?.textContent.includes('gradients')")
    visit.wait("() => location.hash.includes('chart=layers.dW')")
    visit.page.reload()
    visit.wait(DRAWN, "layers")
    assert "gradients" in visit.page.locator(".chart-sentence").inner_text()


def test_the_numbers_of_a_chart_can_be_read_as_a_table_that_leads_to_its_steps(visit):
    visit.open("#step=40&view=charts", spec=SPEC)
    visit.wait(DRAWN, "loss")
    visit.page.get_by_label("As a table").check()
    table = visit.page.locator(".chart-numbers table")
    table.wait_for()
    assert table.locator("thead th").all_inner_texts() == [
        *("step", "each batch", "training", "test", "training and penalty", "least test loss"),
    ]
    rows = table.locator("tbody tr")
    assert 20 <= rows.count() <= 61
    assert visit.page.locator(".chart-plot").is_hidden()
    here = table.locator("tr[aria-current=step] th")
    assert abs(int(here.inner_text()) - 40) <= 1
    run = visit.server.run(SPEC)
    shown = visit.server.ask(f"runs/{run['id']}/charts/loss", points=400)["data"]
    row = [cell.replace("\u2212", "-") for cell in rows.nth(3).locator("th, td").all_inner_texts()]
    at = shown[0]["x"].index(int(row[0]))
    assert [float(cell) for cell in row[1:5]] == pytest.approx([trace["y"][at] for trace in shown[:4]], rel=1e-4)
    assert row[5] == "–"
    go = rows.last.get_by_role("button")
    go.focus()
    visit.press("Enter")
    visit.wait("(step) => document.body.dataset.step === step", go.inner_text())
    visit.page.get_by_label("As a table").uncheck()
    visit.wait(MARK)


@pytest.mark.parametrize("form", ["PNG", "SVG", "CSV"])
def test_a_chart_can_be_kept_as_a_picture_with_what_it_says_and_as_numbers(visit, form):
    visit.open("#step=40&view=charts&chart=landscape", spec=SPEC)
    visit.wait(DRAWN, "landscape")
    with visit.page.expect_download() as downloading:
        visit.page.locator(".chart-saves").get_by_role("button", name=re.compile(f"\\b{form}\\b")).click()
    kept = downloading.value
    assert kept.suggested_filename == f"backscope-2-5-4-1-landscape.{form.lower()}"
    content = kept.path().read_bytes()
    if form == "PNG":
        assert content.startswith(b"\x89PNG")
        assert len(content) > 20_000
    elif form == "SVG":
        text = content.decode()
        assert "Landscape" in text
        assert "The stronger the colour" in text
        assert "var(" not in text
    else:
        head, *rows = content.decode("utf-8-sig").splitlines()
        assert head.startswith("step,main direction of training,second direction,")
        assert len(rows) == 60
        assert rows[-1].startswith("120,")


LONG = {
    "data": {"kind": "playground_spiral"},
    "layers": [{"units": 8, "activation": "tanh"}, {"units": 8, "activation": "tanh"}, {"units": 1}],
    "loss": "binary_cross_entropy",
    "batch_size": 10,
    "epochs": 40_000,
    "seed": 77,
}
REACHED = """(least) => {
  const plot = document.querySelector(".chart-plot");
  const reached = plot?.data?.find(({ meta }) => meta?.keep)?.x.at(-1) ?? 0;
  return reached > least && reached;
}"""


def test_while_a_training_is_computed_its_chart_grows_and_does_not_ask_too_often(visit):
    page = visit.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/charts/loss" in request.url else None)
    visit.open("#view=charts", spec=LONG)
    first = visit.wait(REACHED, 0)
    assert first < 999_999
    assert "as far as it is computed" in page.locator(".chart-figure h2").inner_text()
    axis = "() => JSON.stringify(document.querySelector('.chart-plot')._fullLayout.xaxis.range)"
    before, begun, count = page.evaluate(axis), page.evaluate("() => performance.now()"), len(asked)
    second = visit.wait(REACHED, first)
    visit.wait(REACHED, second)
    assert page.evaluate(axis) == before, "the axis is that of the whole training from the beginning"
    seconds = (page.evaluate("() => performance.now()") - begun) / 1000
    assert len(asked) - count <= 2 + 2 * seconds
    assert all("epochs=" in url for url in asked)
    page.locator("#training").get_by_role("button", name="Stop").click()
    page.locator("#training").get_by_role("button", name="Go on").wait_for()
    visit.rest()
    assert all("epochs=" in url for url in asked), "what was stopped is not asked for by the chart"
    assert "as far as it is computed" in page.locator(".chart-figure h2").inner_text()


def test_a_training_of_one_step_is_a_point_and_its_curve_is_there(visit):
    visit.open("#view=charts", spec={"epochs": 1}).curve()
    visit.wait(DRAWN, "loss")
    visit.wait("() => document.querySelector('.chart-plot .points path')?.getBoundingClientRect().width > 6")
    assert "only step" in visit.page.locator(".chart-sentence").inner_text()


def test_what_is_no_finite_number_is_a_region_of_the_chart(visit):
    spec = {"data": {"kind": "linear"}, "layers": [{"units": 1}], "optimizer": {"learning_rate": 30}, "epochs": 300}
    spec["optimizer"]["kind"] = "sgd"
    visit.open("#view=charts", spec=spec)
    visit.wait(DRAWN, "loss")
    visit.wait("() => document.querySelectorAll('.chart-plot .shapelayer path').length === 2")  # and the playhead
    assert "Diverging" in visit.page.locator(".chart-warning").inner_text()
    assert "NaN" in visit.page.locator(".chart-plot .annotation").text_content()


def test_in_the_dark_and_in_chinese_the_charts_are_as_legible(new_page, base_url):
    page = new_page(reduced_motion="reduce", color_scheme="dark")
    visit = Visit(page, base_url).open("#step=40&view=charts", query="?lang=zh", spec=SPEC)
    visit.wait(DRAWN, "loss")
    fill = "() => getComputedStyle(document.querySelector('.chart-plot .xtick text')).fill"
    ink = [int(part) for part in re.findall(r"\d+", page.evaluate(fill))[:3]]
    assert min(ink) > 120, f"letters of colour {ink} on dark ground"
    dark = page.evaluate(fill)
    page.emulate_media(color_scheme="light")
    visit.wait(f"(before) => ({fill})() !== before", dark)
    found = Axe().run(page, context="#stage-panel").response["violations"]
    assert not found, [rule["help"] for rule in found]


@pytest.mark.parametrize(("theme", "size"), [("light", (1280, 720)), ("dark", (390, 844))], ids=["laptop", "phone"])
def test_no_chart_has_a_fault_that_axe_finds_nor_its_table(new_page, base_url, theme, size):
    width, height = size
    page = new_page(reduced_motion="reduce", color_scheme=theme, viewport={"width": width, "height": height})
    visit = Visit(page, base_url)
    names = [entry["name"] for entry in visit.server.ask(f"runs/{visit.server.run(SPEC)['id']}/charts")["charts"]]
    for name in names:
        visit.open(f"#step=40&view=charts&chart={name}", spec=SPEC)
        visit.wait(DRAWN, name)
        found = Axe().run(page, context="#stage-panel").response["violations"]
        assert not found, f"{name}: {[rule['help'] for rule in found]}"
    visit.page.get_by_label("As a table").check()
    visit.page.locator(".chart-numbers table").wait_for()
    found = Axe().run(page, context="#stage-panel").response["violations"]
    assert not found, [rule["help"] for rule in found]


def test_two_runs_side_by_side_show_the_same_chart(new_page, base_url):
    page = new_page(reduced_motion="reduce", viewport={"width": 1920, "height": 1080})
    sides = [quote(f"#step=9&spec={encode({**SPEC, 'seed': seed})}", safe="") for seed in (2, 5)]
    page.goto(f"{base_url}/compare#left={sides[0]}&right={sides[1]}")
    left, right = page.frame_locator("#left"), page.frame_locator("#right")
    left.get_by_role("tab", name="Charts").click()
    left.get_by_role("button", name="Distribution", exact=True).click()
    for side in (left, right):
        side.locator(".chart-figure[data-chart=distribution] .plot-container").wait_for()
    sentences = [side.locator(".chart-sentence").inner_text() for side in (left, right)]
    assert sentences[0] != sentences[1], "each of its own run"


def test_what_draws_the_charts_is_asked_for_again_if_it_does_not_come(new_page, base_url, allow_console_error):
    allow_console_error("Failed to load resource|ERR_FAILED")
    page = new_page(reduced_motion="reduce")
    page.route("**/vendor/plotly*", lambda route: route.abort())
    visit = Visit(page, base_url).open("#view=charts", spec=SPEC)
    again = page.locator("#stage").get_by_role("button", name="Try again")
    again.wait_for()
    page.unroute("**/vendor/plotly*")
    again.click()
    visit.wait(DRAWN, "loss")
