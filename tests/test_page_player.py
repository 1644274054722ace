"""Playing: moment after moment by the page's clock, which the tests turn by hand; no motion for who wants none."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from tests.page import PATIENCE, Line, Moment, Visit, number

COUNT_DOTS = """() => {
  const seen = (window.seen = { dots: 0 });
  new MutationObserver(() => seen.dots += document.querySelectorAll("#stage .dot, #stage .wave").length)
    .observe(document.getElementById("stage"), { subtree: true, childList: true, attributes: true });
}"""


# When each moment was drawn, by the page's clock.
RECORD_TEMPO = """() => {
  const drawn = (window.drawn = []);
  const moment = () => `${document.body.dataset.frame} ${document.body.dataset.unit}`;
  let last = moment();
  new MutationObserver(() => {
    if (moment() !== last) drawn.push(performance.now());
    last = moment();
  }).observe(document.body, { attributes: true, attributeFilter: ["data-frame", "data-unit"] });
}"""

# The page's clock has an animation frame every so often. Milliseconds.
FRAME = 17


@pytest.fixture
def visit(new_context, base_url):
    """A visit whose clock stands still once the page is there."""
    page = new_context().new_page()
    page.clock.install()
    visit = Visit(page, base_url).open("#step=3")
    # Until it stands still the clock is the machine's, and a call to it may take a while.
    page.clock.pause_at(page.evaluate("Date.now()") + 60_000)
    return visit


def turn(visit, milliseconds):
    """Let the page's clock run."""
    visit.page.clock.run_for(milliseconds)


def turn_until(visit, wanted, milliseconds=20):
    """Let the page's clock run until it is at a moment; answers of the server take real time."""
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end:
        if now(visit) == wanted and visit.page.evaluate("document.body.dataset.ready") == "true":
            return
        turn(visit, milliseconds)
    pytest.fail(f"the page is at {now(visit)}, not at {wanted}")


def moments(visit, count):
    """Where the page is after each second."""
    found = []
    for _ in range(count):
        turn(visit, 1_000)
        found.append(visit.moment)
    return found


def now(visit):
    return visit.moment


def ride(visit):
    """Where the leading dot of a transition is, while it is on its way."""
    found = []
    for _ in range(5):
        turn(visit, 50)
        found += visit.page.evaluate(
            "[...document.querySelectorAll('#stage .dot')].slice(0, 1).map((dot) => dot.cx.baseVal.value)"
        )
    return found


def playing(visit):
    return visit.page.locator("#play").get_attribute("aria-pressed") == "true"


def test_play_moves_one_moment_a_second_and_pause_stops_it(visit):
    line = Line(visit.server.run())
    visit.page.locator("#play").click()
    turn(visit, 100)
    assert visit.page.locator("#play-word").text_content() == "Pause"
    path = line.all("unit", [3])
    assert now(visit) == path[1], "pressing play acts at once"
    assert moments(visit, 5) == path[2:7]
    visit.page.locator("#play").click()
    turn(visit, 30_000)
    assert visit.page.locator("#play-word").text_content() == "Play"
    assert now(visit) == path[6]


def test_space_plays_and_pauses_and_any_size_of_move_plays(visit):
    line = Line(visit.server.run())
    visit.by("phase").press("Space")
    turn(visit, 100)
    seen = [now(visit), *moments(visit, 2)]
    assert seen == line.all("phase", [3])[:3]
    visit.press("Space")
    turn(visit, 10_000)
    assert now(visit) == seen[-1]


def test_play_crosses_from_step_to_step(visit):
    line = Line(visit.server.run())
    visit.by("step").press("Space")
    for step in range(3, 8):
        turn_until(visit, line.last(step, "b1_new"))
    assert playing(visit)


def test_play_stops_at_the_end_of_the_run_and_starts_again_from_the_beginning(visit):
    line = Line(visit.server.run())
    visit.page.evaluate("location.hash = '#step=999&frame=b1_new&unit=1'")
    turn_until(visit, Moment(999, "b1_new", 1))
    visit.press("Space")
    turn(visit, 100)
    assert [now(visit), *moments(visit, 1)] == line.all("unit", [999])[-2:]
    assert playing(visit)
    turn(visit, 3_000)
    assert now(visit) == line.end
    assert not playing(visit)
    visit.press("Space")
    turn_until(visit, line.start, 10)
    turn_until(visit, Moment(0, "z1", 1))


def test_speed_is_set_by_keys_and_by_the_slider(visit):
    path = Line(visit.server.run()).all("unit", [3])
    visit.page.evaluate(RECORD_TEMPO)
    visit.press("+", "+").press("Space")
    turn_until(visit, path[9])
    drawn = visit.page.evaluate("window.drawn")
    assert len(drawn) == 9, f"nine moments were drawn at {drawn}"
    gaps = [there - here for here, there in pairwise(drawn)]
    assert all(abs(gap - 250) <= FRAME for gap in gaps), f"at speed 4 moments follow one another after {gaps}"
    assert abs(drawn[-1] - drawn[0] - 8 * 250) <= FRAME, f"eight moments at speed 4 take {drawn[-1] - drawn[0]} ms"
    visit.press("Space", "-", "-", "-")
    turn(visit, 100)
    slider = visit.page.locator("#speed")
    assert (slider.input_value(), number(slider.get_attribute("aria-valuetext").split()[0].strip("×"))) == ("-1", 0.5)
    slider.fill("3")
    turn(visit, 100)
    assert "8" in slider.get_attribute("aria-valuetext")


def test_a_hidden_tab_pauses(visit):
    visit.press("Space")
    turn(visit, 1_500)
    assert playing(visit)
    visit.page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    turn(visit, 100)
    there = now(visit)
    assert not playing(visit)
    turn(visit, 20_000)
    assert now(visit) == there


def test_scrubbing_away_while_playing_plays_on_from_there(visit):
    visit.press("Space")
    turn(visit, 1_200)
    visit.page.locator('#timeline [data-call="delta1"]').click()
    turn(visit, 100)
    assert now(visit) == Moment(3, "delta1", 3)
    assert moments(visit, 1)[0].frame in ("delta1", "dW1")
    assert moments(visit, 2)[-1].frame == "dW1"


def test_a_move_is_animated_forwards_along_the_wires_and_comes_to_rest(visit):
    visit.page.evaluate(COUNT_DOTS)
    visit.press("ArrowRight")
    xs = ride(visit)
    assert len(xs) >= 3, "no dot is seen riding"
    assert xs == sorted(xs), f"forward dots do not run to the right: {xs}"
    turn(visit, 1_000)
    assert visit.page.locator("#stage .dot").count() == 0


def test_in_the_backward_pass_dots_run_the_other_way(visit):
    visit.page.locator('#timeline [data-call="delta2"]').click()
    turn(visit, 1_000)
    visit.by("assignment")
    visit.page.locator('#timeline [data-call="db2"]').click()
    turn(visit, 1_000)
    visit.by("unit").press("ArrowRight")
    xs = ride(visit)
    assert now(visit) == Moment(3, "da1", 0)
    assert len(xs) >= 3, "no dot is seen riding"
    assert xs == sorted(xs, reverse=True), f"backward dots do not run to the left: {xs}"


def test_who_wants_no_motion_sees_none(new_page, base_url):
    visit = Visit(new_page(reduced_motion="reduce"), base_url).open("#step=3")
    visit.page.evaluate(COUNT_DOTS)
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "3", "ArrowRight", "ArrowLeft", "]", "["):
        visit.press(key).rest()
        assert visit.page.evaluate("document.getAnimations().filter((a) => a.playState === 'running').length") == 0
    assert visit.page.evaluate("window.seen.dots") == 0
    visit.press("Space")
    visit.wait("() => document.body.dataset.step > 3 || document.body.dataset.unit > 0")
    assert visit.page.evaluate("window.seen.dots") == 0
