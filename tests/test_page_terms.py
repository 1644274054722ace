"""Walking by terms: a number builds up before one's eyes, on the stage and in the panel; going back takes it apart."""

from __future__ import annotations

import re

import pytest

from tests.page import Line, Moment, Visit, difference, number, same

TINY = {
    "data": {"kind": "inline", "x": [[0.5, -1], [1, 0.25]], "y": [[1], [0]]},
    "layers": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
    "batch_size": 2,
    "epochs": 3,
}

PANEL = """() => ({
  lit: [...document.querySelectorAll("#why .terms > li > .term[data-time=now]")].length,
  later: [...document.querySelectorAll("#why .terms > li > .term[data-time=later] .term-value")]
    .map((value) => value.textContent),
  result: document.querySelector("#why .result b")?.textContent ?? null,
  value: document.querySelector("#why .why-value")?.textContent ?? null,
  partial: document.querySelector("#why .why-value.is-partial") !== null,
})"""


@pytest.fixture
def still(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def terms_of(server, run, moment):
    """Every total of a unit on its way: the cell it belongs to, and what the account says it has come to."""
    totals = []
    for address in sorted(Line(run).written(moment)):
        explained = server.explain(run, moment.step, address)
        totals += [(address, term["running"]) for term in explained["terms"]]
    return totals


def test_a_step_by_term_builds_up_every_number_and_back_takes_it_apart(still):
    run = still.server.run(TINY)
    line = Line(run)
    expected: list[tuple[Moment, str, float]] = []
    for whole in line.all("unit", [0]):
        totals = terms_of(still.server, run, whole)
        for at, (address, total) in enumerate(totals):
            term = None if at == len(totals) - 1 else at
            expected.append((whole._replace(term=term), address, float(total)))
    assert len(expected) > 60

    still.open("#by=term&term=0", spec=TINY)
    pictures = []
    for at, (moment, address, total) in enumerate(expected):
        if at:
            still.press("ArrowRight")
        picture = still.at(moment).picture()
        pictures.append(picture)
        cell = picture.by_address[address]
        made = cell.partial if cell.partial is not None else cell.value
        assert made is not None, f"at {moment}: {address} shows nothing"
        # A whole number is the array's, whose sum NumPy adds in an order of its own.
        near = same(float(made), total) or (cell.known and abs(float(made) - total) <= 1e-12 * abs(total))
        assert near, f"at {moment}: {address} shows {made}, the account {total}"
        others = [cell.address for cell in picture.cells if cell.partial is not None and cell.address != address]
        assert not others, f"at {moment}: {others} are in the making as well"
        if moment.term is not None and cell.partial is not None:
            assert address in picture.written
            assert re.search(r"so far, term \d+ of \d+", cell.label), cell.label
            assert not cell.known
        panel = still.page.evaluate(PANEL)
        assert panel["lit"] <= 1
        assert panel["partial"] is (cell.partial is not None), f"at {moment}: {panel}"
        assert abs(number(panel["value"]) - total) <= 1e-4 * abs(total), f"at {moment}: {panel}, {total}"
        assert number(panel["result"]) == number(panel["value"])
        assert not any(panel["later"]), f"at {moment}: a term to come is told: {panel['later']}"

    for there, (moment, _, _) in zip(pictures[-2::-1], expected[-2::-1], strict=True):
        back = still.press("ArrowLeft").at(moment).picture()
        assert not (found := difference(there, back)), f"at {moment}, there against back:\n{found}"


def test_each_term_lights_its_wire_and_those_before_stay_marked(still):
    still.open("#by=term&frame=z2&term=0")
    lit = "() => ['wire-lit', 'wire-added'].map((name) => document.querySelectorAll(`#stage .${name}`).length)"
    for at, expected in enumerate(([1, 0], [1, 1], [1, 2], [1, 3], [0, 4])):
        if at:
            still.press("ArrowRight").at(Moment(0, "z2", 0, at if at < 4 else None))
        assert still.page.evaluate(lit) == expected, f"at term {at}"
    assert still.page.locator("#stage .term-tag").count() == 1


def test_a_sum_over_examples_shows_the_example_it_adds(still):
    still.open("#by=term&frame=dW2&term=41")
    assert still.page.locator("#row").input_value() == "41"
    assert "a1[41,0]" in still.picture().by_address
    assert still.picture().read == {"delta2[41,0]", "a1[41,0]"}
    still.press("ArrowRight").at(Moment(0, "dW2", 0, 42))
    assert still.page.locator("#row").input_value() == "42"
    still.by("unit").press("ArrowRight").at(Moment(0, "dW2", 0))
    assert still.page.locator("#row").input_value() == "0"


def test_the_address_holds_the_term(still, new_page, base_url):
    still.open("#by=term&frame=z2&term=1").press("ArrowRight").at(Moment(0, "z2", 0, 2))
    fragment = still.wait_for_fragment("term=2")
    other = Visit(new_page(reduced_motion="reduce"), base_url).open(fragment).at(Moment(0, "z2", 0, 2))
    assert not difference(still.picture(), other.picture())


def test_a_number_in_the_making_reaches_its_total_when_the_dots_arrive(new_page, base_url):
    visit = Visit(new_page(), base_url).open("#by=term&frame=z2&term=0")
    first, second = (term["running"] for term in visit.server.explain(visit.server.run(), 0, "z2[0,0]")["terms"][:2])
    assert float(visit.picture().by_address["z2[0,0]"].partial) == first
    visit.press("ArrowRight").at(Moment(0, "z2", 0, 1))
    total = "(total) => Number(document.querySelector('#stage .is-partial').dataset.partial) === total"
    visit.wait(total, second)
    visit.press("ArrowLeft").at(Moment(0, "z2", 0, 0)).wait(total, first)


def test_another_size_of_move_finishes_what_was_begun(still):
    still.open("#by=term&frame=z1&unit=2&term=1").by("unit").press("ArrowRight").at(Moment(0, "z1", 2))
    still.open("#by=term&frame=z1&unit=2&term=1").by("unit").press("ArrowLeft").at(Moment(0, "z1", 1))
    still.open("#by=term&frame=z1&unit=2&term=1").by("phase").press("ArrowRight").at(Moment(0, "a2", 0))
    still.by("term").press("Home").at(Moment(0, "z1", 0, 0))
