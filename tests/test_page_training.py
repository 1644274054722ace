"""The two lines under the stage: the assignments of a step, and the loss curve that is the slider over training."""

from __future__ import annotations

import itertools
import re

import pytest

from tests.page import Line, Moment, Visit, number, same, wrong_numbers

SLIDER = """() => {
  const curve = document.querySelector("#training [role=slider]");
  const read = curve.querySelector(".curve-read:not(.hover)");
  return {
    now: Number(curve.ariaValueNow), text: curve.ariaValueText, most: Number(curve.ariaValueMax),
    value: read.querySelector("b").dataset.value ?? null, words: read.textContent,
  };
}"""

CHIPS = """() => [...document.querySelectorAll("#timeline .chip")].map((chip) =>
  [chip.dataset.call, chip.dataset.state, chip.tabIndex, chip.getAttribute("aria-current")])"""


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation, to the beginning of the seed experiment."""
    return Visit(new_page(reduced_motion="reduce"), base_url).open()


@pytest.fixture
def line(visit):
    """The moments of the seed experiment."""
    return Line(visit.server.run())


def place(visit, selector, across, down=0.5):
    """A point of an element, in the page."""
    box = visit.page.locator(selector).bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def loss_is_shown(visit, line, step):
    """The readout and the slider say the loss of this step, to the last bit."""
    said, truth = visit.page.evaluate(SLIDER), visit.server.history(line.run, start=step, stop=step + 1)["loss"][0]
    assert said["now"] == step
    assert f"step {step}" in said["words"]
    assert said["value"] is not None, f"no exact loss for step {step}: {said}"
    assert same(float(said["value"]), truth), f"step {step}: {said['value']} for {truth!r}"
    assert str(step) in re.findall(r"\d+", said["text"])
    assert f"{truth:.4e}" == f"{number(said['text'].split()[-1].rstrip('.')):.4e}", said["text"]


def test_a_click_on_the_curve_goes_to_the_step_under_it(visit, line):
    box = visit.page.locator("#training [role=slider]").bounding_box()
    for across in (0.1234, 0.0, 0.5, 1.0, 0.777):
        x = box["x"] + min(across * box["width"], box["width"] - 0.5)
        step = round((x - box["x"]) / box["width"] * 999)
        visit.page.mouse.click(x, box["y"] + box["height"] / 2)
        visit.at(Moment(step, "z1", 0))
        loss_is_shown(visit, line, step)
        assert not wrong_numbers(visit.picture(), line, visit.moment, visit.server.trace(line.run, step))


def test_a_drag_along_the_curve_scrubs_and_keeps_the_assignment(visit, line):
    visit.open("#step=0&frame=dW1&unit=2")
    mouse = visit.page.mouse
    mouse.move(*place(visit, "#training [role=slider]", 0.05))
    mouse.down()
    seen = []
    for across in (0.1, 0.25, 0.4, 0.6, 0.35):
        mouse.move(*place(visit, "#training [role=slider]", across), steps=4)
        step = round(across * 999)
        visit.wait(
            "(step) => Math.abs(document.body.dataset.step - step) <= 1 && document.body.dataset.ready === 'true'", step
        )
        seen.append(visit.moment)
    mouse.up()
    assert {(moment.frame, moment.unit) for moment in seen} == {("dW1", 2)}
    mouse.move(*place(visit, "#training [role=slider]", 0.9))
    assert visit.rest().moment == seen[-1]
    loss_is_shown(visit, line, seen[-1].step)


def test_pointing_at_the_curve_reads_it_and_does_not_move(visit, line):
    visit.curve().page.mouse.move(*place(visit, "#training [role=slider]", 0.5))
    hover = visit.page.locator("#training .curve-read.hover")
    step = int(re.search(r"\d+", hover.text_content())[0])
    assert step == round(0.5 * 999)
    truth = visit.server.history(line.run, start=step, stop=step + 1)["loss"][0]
    assert number(hover.text_content().split()[-1]) == pytest.approx(truth, rel=5e-3)
    assert visit.moment == line.start
    visit.page.mouse.move(10, 10)
    assert hover.count() == 0


def test_the_keyboard_moves_the_slider_and_nothing_else(visit, line):
    slider = visit.page.locator("#training [role=slider]")
    slider.focus()
    for key, step in (
        ("ArrowRight", 1), ("ArrowUp", 2), ("ArrowLeft", 1), ("ArrowDown", 0), ("ArrowLeft", 0),
        ("PageUp", 100), ("PageUp", 200), ("PageDown", 100), ("End", 999), ("ArrowRight", 999), ("Home", 0),
    ):  # fmt: skip
        visit.press(key).at(Moment(step, "z1", 0))
        loss_is_shown(visit, line, step)
        assert slider.evaluate("(element) => element === document.activeElement"), f"{key} took the focus away"


def test_the_curve_falls_as_the_history_does(visit, line):
    history = visit.server.history(line.run, points=200)
    points = visit.curve().page.locator("#training polyline.line").last.get_attribute("points")
    heights = [float(point.split(",")[1]) for point in points.split()]
    assert len(heights) >= 100
    falls = sum(b >= a for a, b in itertools.pairwise(heights)) / (len(heights) - 1)
    truth = sum(b <= a for a, b in zip(history["loss"], history["loss"][1:], strict=False)) / 199
    assert falls == pytest.approx(truth, abs=0.02), f"the curve falls {falls:.0%} of the way, the loss {truth:.0%}"


def test_every_chip_goes_to_its_assignment_and_says_what_is_done(visit, line):
    names = [call["writes"] for call in line.calls]
    for name in (*names[::-1], *names[1::3]):  # none twice in a row: a second click means a unit
        visit.page.locator(f'#timeline [data-call="{name}"]').click()
        visit.at(line.last(0, name))
        at = line.frames[name]
        wanted = [
            [
                call,
                "done" if i < at else "active" if i == at else "pending",
                0 if i == at else -1,
                "step" if i == at else None,
            ]
            for i, call in enumerate(names)
        ]
        assert visit.page.evaluate(CHIPS) == wanted
        assert visit.page.locator("#badge").get_attribute("data-phase") == line.calls[at]["phase"]


def test_a_second_click_on_a_chip_goes_to_the_unit_under_it(visit, line):
    chip = '#timeline [data-call="da1"]'
    visit.page.locator(chip).click()
    visit.at(line.last(0, "da1"))
    for unit in (0, 2, 1, 3):
        visit.page.mouse.click(*place(visit, chip, (unit + 0.5) / 4))
        visit.at(Moment(0, "da1", unit))


def test_a_drag_along_the_chips_scrubs_through_units(visit, line):
    mouse = visit.page.mouse
    mouse.move(*place(visit, '#timeline [data-call="z1"]', 0.1))
    mouse.down()
    for name, unit in (("z1", 1), ("z1", 3), ("a1", 0), ("loss", 0), ("delta1", 2), ("a1", 3)):
        units = line.units(name)
        mouse.move(*place(visit, f'#timeline [data-call="{name}"]', (unit + 0.5) / units), steps=3)
        visit.at(Moment(0, name, unit))
    mouse.up()
    assert visit.rest().moment == Moment(0, "a1", 3)


def test_the_words_beside_the_player_say_the_moment(visit, line):
    visit.open("#step=12&frame=delta1&unit=1")
    assert re.sub(r"\s+", " ", visit.page.locator("#moment").inner_text()).startswith("unit 1 of")
    assert "step 12 of 1000" in visit.page.locator("#moment").inner_text()
    visit.wait("() => /example 0|unit 1/.test(document.getElementById('spoken').textContent)")
    spoken = visit.page.locator("#spoken").text_content()
    value = visit.server.trace(line.run, 12)["values"]["delta1"]["data"][0][1]
    assert f"{value:.4e}" in {f"{number(text):.4e}" for text in re.findall(r"[−\d][\d.e−]*\d", spoken)}, spoken


def test_epochs_of_several_batches_are_counted(visit):
    spec = {"data": {"kind": "uniform", "examples": 5, "inputs": 2, "outputs": 1}, "batch_size": 2, "epochs": 3}
    visit.open("#step=5", spec=spec)
    assert re.search(r"epoch 1\D+2", visit.page.locator("#moment").inner_text())
    assert visit.page.locator("#row-picker .row-count").text_content().endswith("1"), "the last batch has one example"
