"""Room: nothing is cut off, nothing lies on anything else, nobody scrolls sideways, from a phone to a wall."""

from __future__ import annotations

import pytest

from tests.page import Visit

SIZES = {"phone": (390, 844), "tablet": (768, 1024), "laptop": (1280, 720), "desk": (1920, 1080)}
MOMENTS = ("", "#step=3&frame=delta1&unit=1", "#step=3&frame=dW1&unit=2", "#step=999&frame=b1_new&unit=3")

SCROLLS = """() => {
  const root = document.documentElement;
  const wide = [...document.querySelectorAll("body *")].filter((each) => each.checkVisibility())
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 || each.getBoundingClientRect().left < -1)
    .filter((each) => !each.closest(".unseen, .skip, .brand, svg, math, .stage-cards"))
    .filter((each) => !each.closest(".timeline, .segments, .why-line"));
  return {
    across: root.scrollWidth - root.clientWidth, down: root.scrollHeight - root.clientHeight,
    wide: wide.map((each) => `${each.tagName} ${each.id || each.className}`),
  };
}"""

OVERLAPS = """() => {
  const stage = document.getElementById("stage").getBoundingClientRect();
  const cells = [...document.querySelectorAll("#stage [data-address]")]
    .map((cell) => [cell.dataset.address, cell.getBoundingClientRect()]);
  const found = [];
  cells.forEach(([one, a], at) => {
    if (a.left < stage.left - 1 || a.right > stage.right + 1 || a.top < stage.top - 1 || a.bottom > stage.bottom + 1) {
      found.push(`${one} stands out of the stage`);
    }
    for (const [other, b] of cells.slice(at + 1)) {
      const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (x > 1 && y > 1) found.push(`${one} and ${other} overlap by ${x.toFixed(1)} x ${y.toFixed(1)}`);
    }
  });
  return found;
}"""

CLIPPED = """() => [...document.querySelectorAll("#stage .cell, #stage .cell-number, #stage .heading")]
  .filter((each) => each.clientWidth > 0 && getComputedStyle(each).display !== "inline")
  .filter((each) => each.scrollWidth > each.clientWidth + 1)
  .map((each) => `${each.className}: ${each.textContent} needs ${each.scrollWidth} of ${each.clientWidth}`)"""

# Two texts of the stage whose inks meet: a symbol and its number, a heading and its neighbour.
COLLIDE = """() => {
  const kinds = "#stage .cell-symbol, #stage .cell-number, #stage .heading > :not(.unseen)";
  const parts = [...document.querySelectorAll(kinds)].filter((each) => each.textContent);
  const boxes = parts.map((each) => {
    const range = document.createRange();
    range.selectNodeContents(each);
    return [each.textContent, range.getBoundingClientRect(), each.closest(".cell, .heading")];
  });
  return boxes.flatMap(([one, a, home], at) => boxes.slice(at + 1)
    .filter(([, b, other]) => home === other || (home.matches(".heading") && other.matches(".heading")))
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1)
    .filter(([, b]) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2)
    .map(([other]) => `${one} | ${other}`));
}"""

# Goes through all numbers of the stage, and says what of each explanation is wider than the panel.
PANEL = """async () => {
  const why = document.getElementById("why-panel");
  const addresses = [...document.querySelectorAll("#stage [data-address]")].map((cell) => cell.dataset.address).sort();
  const wrong = [];
  for (const address of addresses) {
    document.querySelector(`#stage [data-address="${address}"]`).click();
    for (let frames = 0; why.querySelector("code").textContent !== address; frames++) {
      if (frames > 600) return [addresses.length, [`${address} is not explained`]];
      await new Promise(requestAnimationFrame);
    }
    const across = why.scrollWidth - why.clientWidth;
    if (across > 0) wrong.push(`${address}: the panel scrolls sideways by ${across}`);
    for (const line of why.querySelectorAll(".why-line")) {
      const free = getComputedStyle(line).overflowX === "visible";
      if (free && line.scrollWidth > line.clientWidth + 1) wrong.push(`${address}: ${line.textContent}`);
    }
  }
  return [addresses.length, wrong];
}"""


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def window(visit, size):
    """Make the window as large as this."""
    visit.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("name", SIZES)
def test_the_stage_is_whole_and_nobody_scrolls_sideways(new_page, base_url, name, locale):
    visit = Visit(new_page(reduced_motion="reduce", locale=locale), base_url)
    window(visit, SIZES[name])
    wrong = []
    for moment in MOMENTS:
        visit.open(moment)
        scrolls = visit.page.evaluate(SCROLLS)
        found = [f"scrolls sideways by {scrolls['across']}"] if scrolls["across"] > 0 else []
        found += [f"{what} is wider than the window" for what in scrolls["wide"]]
        if name in ("laptop", "desk") and scrolls["down"] > 0:
            found.append(f"scrolls down by {scrolls['down']}")
        for script in (OVERLAPS, CLIPPED, COLLIDE):
            found += visit.page.evaluate(script)
        wrong += [f"{moment or 'start'}: {what}" for what in found]
    assert not wrong, "\n".join(wrong)


def test_at_twice_the_size_nothing_is_lost(new_page, base_url):
    """200 % zoom halves the window."""
    visit = Visit(new_page(reduced_motion="reduce", device_scale_factor=2), base_url)
    for size in ((640, 360), (683, 384), (960, 540)):
        window(visit, size)
        visit.open("#step=3&frame=delta1&unit=1")
        scrolls = visit.page.evaluate(SCROLLS)
        assert scrolls["across"] <= 0, f"{size}: scrolls sideways by {scrolls['across']}"
        assert not scrolls["wide"], f"{size}: {scrolls['wide']}"
        assert not (found := visit.page.evaluate(OVERLAPS)), f"{size}: {found}"
        player = visit.page.locator("#player").bounding_box()
        assert player["height"] <= 0.55 * size[1], f"the player takes {player['height']} of {size[1]}"
        for selector in ('#stage [data-address="a0[0,0]"]', "#why .why-value", "#why .why-onward"):
            visit.page.locator(selector).first.scroll_into_view_if_needed()
            box = visit.page.locator(selector).first.bounding_box()
            assert box["y"] + box["height"] <= player["y"] + 1, f"{size}: {selector} stays behind the player"


@pytest.mark.parametrize("name", SIZES)
def test_the_active_cell_is_in_sight_at_every_moment(visit, name):
    window(visit, SIZES[name])
    visit.open().by("assignment")
    for _ in range(17):
        box, player = visit.page.evaluate("""() => ["#stage .is-written", "#player"]
          .map((selector) => document.querySelector(selector).getBoundingClientRect().toJSON())""")
        assert box["top"] >= 0, f"{visit.moment}: above the window"
        assert box["bottom"] <= player["top"] + 1, f"{visit.moment}: behind the player"
        chip = visit.page.locator("#timeline [data-state=active]").bounding_box()
        assert chip["x"] >= -1, f"{visit.moment}: its chip is out of sight"
        assert chip["x"] + chip["width"] <= SIZES[name][0] + 1, f"{visit.moment}: its chip is out of sight"
        visit.press("ArrowRight").rest()


def test_formulas_fit_their_panel_or_scroll_in_it(visit):
    for spec in (None, {"layers": [{"units": 4, "activation": "tanh"}, {"units": 1, "activation": "relu"}]}):
        visit.open("#step=999&frame=b1_new&unit=3", spec=spec)
        count, wrong = visit.page.evaluate(PANEL)
        assert count > 20
        assert not wrong, "\n".join(wrong)


def test_who_asks_the_browser_for_larger_type_gets_it(visit):
    visit.open()
    size = "() => parseFloat(getComputedStyle(document.querySelector('#play')).fontSize)"
    before = visit.page.evaluate(size)
    visit.page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert visit.page.evaluate(size) > 1.2 * before


def test_turning_the_phone_keeps_the_moment_and_the_network(visit):
    window(visit, (390, 844))
    visit.open("#step=3&frame=delta1&unit=1")
    moment, before = visit.moment, visit.picture().by_address
    window(visit, (844, 390))
    after = visit.rest().picture().by_address
    assert visit.moment == moment
    for address in (address for address in before if address[0] in "za"):
        assert after[address].value == before[address].value, address
    assert visit.page.evaluate(SCROLLS)["across"] <= 0
    assert not (found := visit.page.evaluate(OVERLAPS)), found


def test_on_a_phone_a_tap_explains_and_the_explanation_is_within_reach(new_page, base_url):
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce")
    visit = Visit(page, base_url).open("#step=3&frame=delta1&unit=1")
    visit.cell("a1[0,2]").tap()
    visit.wait("() => document.querySelector('#why code').textContent === 'a1[0,2]'")
    page.locator("#move-forward").tap()
    visit.wait("() => document.body.dataset.unit === '2'")
    page.locator("#experiment-toggle").tap()
    page.locator("#add-layer").tap()
    visit.wait("() => document.querySelectorAll('#layers > li').length === 3")
    page.locator("#experiment-close").tap()
    page.locator("#experiment").wait_for(state="hidden")
    assert not visit.rest().page.evaluate(OVERLAPS)


def test_where_the_text_is_twice_as_large_the_stage_keeps_its_room(new_page, base_url):
    """The browser's own size of text counts, not the window alone: what does not fit side by side comes below."""
    page = new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    visit = Visit(page, base_url).open("#step=3&frame=delta1&unit=1")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 24
    stage = page.locator("#stage").bounding_box()
    assert stage["width"] > 0.6 * 1280, stage
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert visit.cell("delta1[0,1]").is_visible()
