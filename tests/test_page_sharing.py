"""Sharing: whoever is sent a moment sees it, in a browser, in another page, in a file, a picture or a table."""

from __future__ import annotations

import base64
import csv
import json
import re
import urllib.request
import xml.etree.ElementTree as ET

import pytest

from tests.page import Moment, Visit, difference, same, value_in

SPEC = {
    "data": {"kind": "uniform", "examples": 9, "inputs": 3, "outputs": 2},
    "layers": [{"units": 3, "activation": "tanh"}, {"units": 2, "activation": "sigmoid"}],
    "batch_size": 3,
    "epochs": 10,
}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


@pytest.fixture
def elsewhere(new_page, base_url):
    """Somebody else's browser."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def share(visit):
    visit.page.locator("#share").click()
    visit.page.locator("#share-dialog").wait_for()
    return visit


def saved(visit, section, name):
    """What a button of the dialog hands to the visitor: its name and its bytes."""
    with visit.page.expect_download() as download:
        visit.page.locator(f"#share-dialog [aria-labelledby=share-{section}]").get_by_text(name, exact=True).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def choose(visit, name, text):
    """Open a file with the dialog's button."""
    with visit.page.expect_file_chooser() as chooser:
        visit.page.locator("#share-dialog [aria-labelledby=share-file] button").nth(1).click()
    chooser.value.set_files({"name": name, "mimeType": "application/json", "buffer": text.encode()})


def drop(visit, name, text):
    """Drop a file on the stage."""
    made = "([name, text]) => { const d = new DataTransfer(); d.items.add(new File([text], name)); return d; }"
    held = visit.page.evaluate_handle(made, [name, text])
    for event in ("dragover", "drop"):
        visit.page.dispatch_event("#stage", event, {"dataTransfer": held})


def test_the_link_is_copied_and_leads_to_this_very_moment_as_does_the_short_one(new_context, base_url, elsewhere):
    context = new_context(reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"])
    visit = Visit(context.new_page(), base_url).open("#step=8&frame=da1&unit=2", spec=SPEC)
    share(visit)
    visit.page.locator("[data-copy=share-url]").click()
    visit.wait("() => document.querySelector('#share-dialog [role=status]').textContent")
    link = visit.page.evaluate("navigator.clipboard.readText()")
    assert re.match(re.escape(base_url) + r"/#step=8&frame=da1&unit=2&spec=", link)
    visit.press("Escape")
    run = visit.server.run(SPEC)["id"]
    for address in (link, f"{base_url}/#step=8&frame=da1&unit=2&run={run}"):
        elsewhere.page.goto("about:blank")
        elsewhere.page.goto(address)
        assert elsewhere.rest().moment == visit.moment
        assert not difference(elsewhere.picture(), visit.picture())
    assert "spec=" in elsewhere.wait_for_fragment("spec=")


def test_a_link_to_a_run_that_the_server_does_not_know_says_so(visit, allow_console_error):
    allow_console_error("404")
    visit.page.goto(f"{visit.base_url}/#step=3&run={'0' * 32}")
    visit.wait("() => document.querySelector('#face h2')")
    assert "no such experiment" in visit.page.locator("#face h2").text_content()


def test_without_a_clipboard_the_link_is_marked_to_copy_by_hand(visit):
    visit.open("#step=8")
    visit.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    share(visit).page.locator("[data-copy=share-url]").click()
    visit.wait("() => document.querySelector('#share-dialog [role=status]').textContent.includes('Ctrl+C')")
    field = visit.page.locator("#share-url")
    assert field.input_value() == f"{visit.base_url}/#step=8"
    assert field.evaluate("(field) => field === document.activeElement && field.selectionEnd === field.value.length")


def test_a_server_that_others_reach_is_shared_by_that_address_with_a_code_to_scan(visit):
    visit.page.route("**/share/addresses", lambda route: route.fulfill(json={"addresses": ["192.168.1.20"]}))
    share(visit.open("#step=8", spec=SPEC))
    visit.wait("() => document.getElementById('share-url').value.includes('192.168.1.20')")
    image = visit.page.locator("#share-dialog img")
    visit.wait("() => document.querySelector('#share-dialog img')?.naturalWidth > 0")
    source = image.get_attribute("src") or ""
    assert "192.168.1.20" in source
    assert "run%3D" in source
    assert len(source) < 200, "a short link makes a code that is read from the last row"
    visit.page.locator(".share-code button").click()
    large = visit.page.locator("#share-large img").bounding_box()
    assert large is not None
    assert large["height"] > 500
    visit.press("Escape", "Escape")
    assert visit.page.locator("dialog[open]").count() == 0


def test_who_is_alone_is_told_how_to_let_others_in(visit):
    share(visit.open())
    visit.wait("() => document.querySelector('#share-dialog').textContent.includes('serve --lan')")
    assert visit.page.locator("#share-dialog img").count() == 0


def test_the_embed_code_shows_the_moment_in_another_page_without_the_rest(visit, new_page, base_url):
    share(visit.open("#step=12&frame=delta1&unit=1"))
    visit.page.get_by_label("1280 × 720").check()
    code = visit.page.locator("#share-iframe").input_value()
    assert 'width="1280" height="720"' in code
    host = new_page(reduced_motion="reduce", viewport={"width": 1400, "height": 800})
    host.set_content(f"<!doctype html><title>A slide</title>{code}")
    frame = host.frame_locator("iframe")
    frame.locator("#stage [data-address='delta1[0,1]']").wait_for()
    for hidden in (".top select", "#experiment", "#share", "#training .curve", "#speed"):
        assert not frame.locator(hidden).is_visible(), hidden
    assert frame.locator("#why .why-value").text_content() == visit.why.locator(".why-value").text_content()
    frame.locator("#move-forward").click()
    frame.locator("body[data-unit='2']").wait_for()
    with host.expect_popup() as whole:
        frame.locator("#open-whole").click()
    other = Visit(whole.value, base_url)
    other.at(Moment(12, "delta1", 2))
    assert other.page.locator("#experiment").is_visible()


def test_an_experiment_file_is_saved_and_brings_the_moment_back(visit, elsewhere):
    visit.open("#step=8&frame=da1&unit=2&example=1&digits=4", spec=SPEC)
    visit.cell("a1[1,2]").click()
    name, body = saved(share(visit), "file", "Save")
    assert re.fullmatch(r"backscope-[\w-]+-step8\.json", name)
    file = json.loads(body)
    assert file["spec"]["layers"][0]["activation"] == "tanh"
    visit.press("Escape")
    for way in (choose, drop):
        elsewhere.page.goto("about:blank")
        elsewhere.open("#step=3")
        if way is choose:
            share(elsewhere)
        way(elsewhere, name, body.decode())
        elsewhere.at(visit.moment)
        assert elsewhere.page.locator("dialog[open]").count() == 0
        assert not difference(elsewhere.picture(), visit.picture())
        assert "digits=4" in elsewhere.wait_for_fragment("focus=a1")


REFUSED = {
    "no JSON": ('{\n  "backscope": "experiment",\n  "version": 1,\n}', "line 4", "comma"),
    "no file of ours": ('{"frames": []}', "", "neither an experiment"),
    "another version": ('{"backscope": "experiment",\n "version": 2,\n "spec": {}}', "line 2version", "1"),
    "an unknown field": (
        '{"backscope": "experiment",\n "version": 1, "spec": {},\n "colour": 1}',
        "line 3colour",
        "no such",
    ),
    "what the engine refuses": (
        '{"backscope": "experiment", "version": 1,\n "spec": {"layers": [\n  {"units": 4},\n  {"units": 0}]}}',
        "line 4spec.layers[1].units",
        "at least 1",
    ),
    "a spec alone that the engine refuses": (
        '{"epochs":\n 10, "layers": [\n {"units": -1}]}',
        "line 3layers[0].units",
        "1",
    ),
}


def test_a_file_that_cannot_be_opened_says_where_and_why_and_changes_nothing(visit, allow_console_error):
    allow_console_error("422")
    visit.open("#step=3&frame=delta1&unit=1")
    before = visit.picture()
    for name, (text, place, words) in REFUSED.items():
        drop(visit, "mine.json", text)
        dialog = visit.page.locator("#refused")
        dialog.wait_for()
        said = dialog.locator(".complaints li").first.text_content() or ""
        assert said.startswith(place), f"{name}: {said}"
        assert words in said, f"{name}: {said}"
        assert "mine.json" in (dialog.text_content() or "")
        visit.press("Escape")
        dialog.wait_for(state="detached")
    assert not difference(visit.picture(), before)


def test_a_picture_has_everything_that_the_stage_shows_as_plain_svg(visit):
    visit.open("#step=12&frame=delta1&unit=1")
    shown = visit.page.locator("#stage .cell-number").all_text_contents()
    name, body = saved(share(visit), "picture", "SVG")
    assert name.endswith(".svg")
    root = ET.fromstring(body)
    kinds = {element.tag for element in root.iter()}
    known = "svg title desc style g rect line path text clipPath polygon circle polyline"
    assert kinds <= {SVG + kind for kind in known.split()}, kinds
    texts = [element.text for element in root.iter(SVG + "text")]
    for number in shown:
        assert number in texts
    assert "𝛿" in texts, "a one-letter name is italic outside of a formula, too"
    assert b"@font-face" in body
    assert not re.search(rb"var\(--|oklab|class=|https?://(?!www\.w3\.org|127\.0\.0\.1)", body)
    assert f"{visit.base_url}/#step=12" in (root.findtext(SVG + "desc") or "")
    name, body = saved(visit, "picture", "PNG")
    assert name.endswith(".png")
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(body[16:20], "big") >= 1920


MOONS = {
    "data": {"kind": "moons", "examples": 40},
    "layers": [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
    "loss": "binary_cross_entropy",
    "epochs": 20,
}
VIEWS = ("network", "matrices", "batch", "after", "check", "plane", "charts")

# How far two pictures are apart: per channel, in the mean and at the worst of 24 × 16 fields.
APART = """async ([one, other]) => {
  const [width, height, across, down] = [480, 320, 24, 16];
  const pixels = await Promise.all([one, other].map(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const pen = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
    pen.drawImage(image, 0, 0, width, height);
    return pen.getImageData(0, 0, width, height).data;
  }));
  const fields = new Float64Array(across * down);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) for (let c = 0; c < 3; c++) {
    const at = 4 * (y * width + x) + c;
    fields[Math.floor(y * down / height) * across + Math.floor(x * across / width)] +=
      Math.abs(pixels[0][at] - pixels[1][at]);
  }
  const size = 3 * width * height / fields.length;
  return [fields.reduce((a, b) => a + b) / size / fields.length, Math.max(...fields) / size];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_looks_like_the_screen_in_every_view_and_needs_nothing_beside_itself(new_page, base_url, theme):
    visit = Visit(new_page(reduced_motion="reduce", color_scheme=theme), base_url)
    visit.open("#step=12&frame=b1_new&unit=2", spec=MOONS)
    judge = new_page()
    for view in VIEWS:
        visit.page.locator(f"#tab-{view}").click()
        visit.rest()
        visit.wait("() => document.querySelector('#stage [data-view]').childElementCount > 0")
        visit.wait("() => !document.querySelector('#stage [aria-busy=true], #stage .loading')")
        visit.page.mouse.move(5, 5)
        visit.rest()
        screen = visit.page.locator("#stage").screenshot()
        _, body = saved(share(visit), "picture", "SVG")
        visit.press("Escape")
        assert not re.search(rb"var\(--|oklab|class=|<use|https?://(?!www\.w3\.org|127\.0\.0\.1)", body), view
        assert ET.fromstring(body).tag == f"{SVG}svg"
        pair = [
            f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
            for kind, picture in (("svg+xml", body), ("png", screen))
        ]
        mean, worst = judge.evaluate(APART, pair)
        assert mean < 6, f"{view}, {theme}: the picture is {mean:.1f} of 255 off the screen"
        assert worst < 50, f"{view}, {theme}: a part of the picture is {worst:.1f} of 255 off the screen"


def test_the_numbers_of_a_step_are_those_of_the_api(visit):
    share(visit.open("#step=5", spec=SPEC))
    trace = visit.server.trace(visit.server.run(SPEC), 5)
    name, body = saved(visit, "numbers", "CSV")
    assert name.endswith(".csv")
    rows = list(csv.DictReader(body.decode().splitlines()))
    for row in rows:
        index = ",".join(row[axis] for axis in ("example", "unit", "input") if row[axis])
        address = f"{row['name']}[{index}]" if index else row["name"]
        assert same(float(row["value"]), value_in(trace, address)), address
    assert {row["name"] for row in rows} == trace["values"].keys()
    _, body = saved(visit, "numbers", "JSON")
    assert json.loads(body) == trace


def test_the_files_that_the_server_makes_are_about_this_moment(visit, allow_console_error):
    share(visit.open("#step=5&by=phase", spec=SPEC))
    run = visit.server.run(SPEC)
    for section, button, ending, query in (
        ("numbers", "History", "-history.csv", "format=csv&what=history"),
        ("weights", "NPZ", ".npz", "format=npz&step=5"),
        ("weights", "CSV", "-weights.csv", "format=csv&what=weights&step=5"),
        ("offline", "HTML", ".html", "format=html&step=5&lang=en"),
        ("program", "Script", "-numpy.py", "format=py&lang=en"),
    ):
        name, body = saved(visit, section, button)
        assert name.endswith(ending)
        with urllib.request.urlopen(f"{visit.base_url}/api/v1/runs/{run['id']}/export?{query}") as answer:
            assert body == answer.read(), name
        visit.page.locator("#share-dialog > [role=status]").get_by_text(name).wait_for()
    visit.page.locator("#share-dialog .segments").get_by_label("PyTorch").check()
    name, body = saved(visit, "program", "Notebook")
    assert name.endswith("-torch.ipynb")
    assert "import torch" in body.decode()


def test_a_program_that_a_library_cannot_express_is_refused_in_words(visit, allow_console_error):
    allow_console_error("422")
    share(visit.open(spec={**SPEC, "update_order": "layer_by_layer"}))
    visit.page.locator("#share-dialog .segments").get_by_label("Keras").check()
    visit.page.locator("#share-dialog [aria-labelledby=share-program]").get_by_text("Script", exact=True).click()
    visit.page.locator("#share-dialog > [role=status]").get_by_text("Keras moves all parameters at once").wait_for()
