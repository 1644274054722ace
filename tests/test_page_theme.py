"""Light and dark: as the system says or as one chose, remembered, and never too faint to read."""

from __future__ import annotations

import pytest

from tests.page import Visit

LUMINANCE = """(selector) => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  pen.fillStyle = getComputedStyle(document.querySelector(selector)).backgroundColor;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}"""

# Every text on the page with its own colour and the solid colour it stands on, as contrast ratios.
CONTRAST = """() => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data];
  };
  const over = ([r, g, b, a], [x, y, z]) => [r, g, b].map((c, i) => (c * a + [x, y, z][i] * (255 - a)) / 255);
  const light = (rgb) => rgb.map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  // What is painted on a canvas under the middle of a text; nothing where there is none.
  const painted = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const canvas = document.elementsFromPoint(x, y).find((each) => each.localName === "canvas" && each.width > 0);
    if (!canvas || element.contains(canvas) || x < 0 || y < 0 || x > innerWidth || y > innerHeight) return [];
    const box = canvas.getBoundingClientRect();
    const at = [(x - box.left) / box.width * canvas.width, (y - box.top) / box.height * canvas.height];
    return [[...canvas.getContext("2d").getImageData(Math.floor(at[0]), Math.floor(at[1]), 1, 1).data]];
  };
  const ground = (element) => {
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.push(rgba(getComputedStyle(at).backgroundColor));
    // A card or a cell has a ground of its own; what has none lies on the picture.
    const own = chain.findIndex(([, , , opacity]) => opacity === 255);
    const picture = painted(element);
    if (picture.length && own > 2) chain.splice(own, 0, ...picture);
    return chain.reverse().reduce((below, colour) => over(colour, below), [255, 255, 255]);
  };
  const worst = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest("option, .unseen, script")) continue;
    const style = getComputedStyle(element);
    if (element.closest("[aria-disabled=true], :disabled") || style.opacity === "0") continue;
    const below = ground(element);
    const text = over(rgba(element.namespaceURI.endsWith("svg") ? style.fill : style.color), below);
    const [a, b] = [light(text), light(below)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const key = `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""}`;
    if (!worst.has(key) || worst.get(key)[0] > ratio) worst.set(key, [ratio, walker.currentNode.data.trim()]);
  }
  return [...worst].map(([where, [ratio, text]]) => ({ where, ratio, text }));
}"""


@pytest.fixture
def open_with(new_page, base_url):
    """Return a function that visits the page with a system of a colour scheme."""
    return lambda scheme: Visit(new_page(color_scheme=scheme, reduced_motion="reduce"), base_url).open(
        "#step=3&frame=delta1&unit=1"
    )


def looks(visit, dark):
    """Wait until the page is dark, or light."""
    visit.wait(f"(dark) => (({LUMINANCE})('body') < 0.25) === dark", dark)


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_page_is_as_the_system_says_and_follows_it(open_with, scheme, dark):
    visit = open_with(scheme)
    looks(visit, dark)
    visit.page.emulate_media(color_scheme="light" if dark else "dark")
    looks(visit, not dark)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_button_goes_round_and_the_choice_is_remembered(open_with, scheme):
    visit = open_with(scheme)
    button = visit.page.locator("#theme")
    names = [button.get_attribute("aria-label")]
    for dark in (False, True, scheme == "dark"):
        button.click()
        looks(visit, dark)
        names.append(button.get_attribute("aria-label"))
    assert len(set(names)) == 3
    assert names[3] == names[0]
    other = "dark" if scheme == "light" else "light"
    for _ in range(2 if other == "dark" else 1):
        button.click()
    looks(visit, other == "dark")
    visit.page.reload()
    looks(visit.rest(), other == "dark")


def test_a_browser_that_stores_nothing_has_its_theme_all_the_same(new_context, base_url):
    context = new_context()
    context.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })")
    visit = Visit(context.new_page(), base_url).open()
    visit.page.locator("#theme").click()
    visit.page.locator("#theme").click()
    looks(visit, True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(open_with, scheme):
    visit = open_with(scheme)
    visit.page.mouse.move(0, 0)
    for fragment in ("#step=3&frame=delta1&unit=1", "#step=3&frame=W1_new&unit=1", "#step=3&frame=loss", ""):
        visit.page.goto("about:blank")
        visit.open(fragment)
        found = visit.page.evaluate(CONTRAST)
        assert len(found) > 30
        faint = [
            f"{each['where']} {each['ratio']:.2f} : 1 ({each['text'][:30]})" for each in found if each["ratio"] < 4.5
        ]
        assert not faint, f"{scheme} {fragment}:\n" + "\n".join(faint)


WIDE = {
    "data": {"kind": "uniform", "examples": 6, "inputs": 2, "outputs": 3},
    "layers": [{"units": 40, "activation": "tanh"}, {"units": 3}],
    "epochs": 20,
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_of_every_view_can_be_read_on_heat_and_in_charts_too(open_with, scheme):
    visit = open_with(scheme)
    faint = []
    for view in ("network", "matrices", "batch", "after", "check", "plane", "charts"):
        for spec in (WIDE, {"data": {"kind": "moons"}, "layers": [{"units": 3}, {"units": 1}], "epochs": 20}):
            visit.page.goto("about:blank")
            visit.open(f"#step=9&frame=delta1&unit=1&view={view}", spec=spec)
            visit.wait("() => !document.querySelector('#stage .waiting, .check.waiting')")
            found = visit.page.evaluate(CONTRAST)
            faint += [
                f"{view}: {each['where']} {each['ratio']:.2f} : 1 ({each['text'][:30]})"
                for each in found
                if each["ratio"] < 4.5
            ]
    assert not faint, "\n".join(faint)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phase_has_its_own_hue_and_says_so_without_it(open_with, scheme):
    visit = open_with(scheme)
    hues = {}
    for frame, phase in (("z1", "forward"), ("loss", "loss"), ("delta1", "backward"), ("W1_new", "update")):
        visit.page.locator(f'#timeline [data-call="{frame}"]').click()
        visit.wait("(phase) => document.getElementById('badge').dataset.phase === phase", phase)
        badge = visit.page.locator("#badge")
        assert phase in badge.inner_text().lower()
        assert badge.locator(f'use[href="#icon-phase-{phase}"]').count() == 1
        hues[phase] = badge.evaluate("(badge) => getComputedStyle(badge).backgroundColor")
    assert len(set(hues.values())) == 4, hues


def test_sign_is_never_colour_alone(open_with):
    visit = open_with("light")
    for cell in visit.picture().cells:
        if cell.value is not None:
            assert cell.text.startswith("\u2212") == (float(cell.value) < 0), (
                f"{cell.address}: {cell.text} for {cell.value}"
            )
    wires = visit.page.locator("#stage .wire-calm").evaluate_all(
        "(all) => all.map((wire) => [wire.matches('.negative'), wire.getAttribute('stroke-dasharray') !== ''])"
    )
    assert {negative for negative, _ in wires} == {True, False}
    assert all(negative == dashed for negative, dashed in wires), wires
