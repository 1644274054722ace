"""What keeps a unit from learning, and what befell a number, is named where it is, and explained."""

from __future__ import annotations

import re

import pytest

from tests.page import Visit

# Two hidden units of which the second is off for every example; the first is off for the second one.
DYING = {
    "data": {"kind": "inline", "x": [[1.0], [-1.0], [0.5]], "y": [[0.5], [0.2], [0.1]]},
    "layers": [{"units": 2, "activation": "relu"}, {"units": 1, "activation": "sigmoid"}],
    "parameters": {"W1": [[1.0], [0.1]], "b1": [0.0, -3.0], "W2": [[1.0, 30.0]], "b2": [9.0]},
    "epochs": 5,
}
DROPPING = {
    "data": {"kind": "uniform", "examples": 6, "inputs": 2, "outputs": 1},
    "layers": [{"units": 4, "activation": "tanh", "dropout": 0.5}, {"units": 1, "activation": "sigmoid"}],
    "epochs": 5,
}
DIVERGING = {
    "data": {"kind": "inline", "x": [[1.0], [2.0]], "y": [[1e200], [-1e200]]},
    "layers": [{"units": 3, "activation": "relu"}, {"units": 1, "activation": "identity"}],
    "optimizer": {"kind": "sgd", "learning_rate": 1e6},
    "epochs": 12,
}
CLIPPED = {
    "data": {"kind": "uniform", "examples": 6, "inputs": 2, "outputs": 1},
    "layers": [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
    "epochs": 5,
}


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def conditions(visit):
    """What the cards say of their units, by layer and unit."""
    return visit.page.evaluate("""() => Object.fromEntries([...document.querySelectorAll("#stage .card-note")]
      .map((note) => [`${note.parentElement.dataset.layer}.${note.parentElement.dataset.unit}`, note.dataset.condition])
    )""")


def note(visit, kind):
    """What the explanation says befell the number."""
    found = visit.why.locator(f'.why-notes [data-condition="{kind}"]')
    found.first.wait_for()
    return found.first


def test_units_that_are_off_dead_or_saturated_say_so_on_the_stage_and_in_the_explanation(visit):
    visit.open("#frame=a2", spec=DYING)
    visit.page.locator("#stage .card-note").first.wait_for()
    assert conditions(visit) == {"1.1": "dead", "2.0": "saturated"}
    visit.page.locator('#stage [data-address="a1[0,1]"]').click()
    assert "all 3 examples" in note(visit, "dead").inner_text()
    visit.open("#frame=a2&example=1", spec=DYING).rest()
    visit.wait("() => document.querySelectorAll('#stage .card-note').length === 3")
    assert conditions(visit) == {"1.0": "off", "1.1": "dead", "2.0": "saturated"}


def test_what_is_not_computed_yet_is_not_judged(visit):
    visit.open("#frame=a1&unit=0", spec=DYING)
    visit.page.locator("#stage .card-note").first.wait_for()
    assert conditions(visit) == {"1.1": "dead"}


def test_a_dropped_unit_is_marked_and_its_numbers_lead_to_the_mask(visit):
    trace = visit.server.trace(visit.server.run(DROPPING), 1)
    mask = trace["values"]["mask1"]["data"][0]
    assert 0 in mask
    unit = mask.index(0)
    visit.open(f"#step=1&frame=a2&focus=h1[0,{unit}]", spec=DROPPING)
    visit.page.locator("#stage .card-note").first.wait_for()
    dropped = {place for place, found in conditions(visit).items() if found == "dropped"}
    assert dropped == {f"1.{at}" for at, kept in enumerate(mask) if kept == 0}
    said = note(visit, "dropped")
    said.get_by_role("button", name=f"mask1[0,{unit}]").click()
    visit.wait("(address) => document.querySelector('#why code').textContent === address", f"mask1[0,{unit}]")


@pytest.mark.parametrize(
    ("clip", "kind", "words"),
    [
        ({"norm": 1e-4}, "clipped", r"norm [\d.]+, above the limit"),
        ({"norm": 100}, "kept", "not above the limit 100"),
        ({"value": 1e-6}, "clipped", "no more than 1e−6 either way"),
        ({"value": 100}, "kept", "within 100 either way"),
    ],
    ids=["norm", "within the norm", "value", "within the value"],
)
def test_a_clipped_gradient_says_by_what(visit, clip, kind, words):
    visit.open("#frame=b1_new&unit=2&focus=clipped_W1[0,1]", spec={**CLIPPED, "clip": clip})
    said = note(visit, kind).inner_text()
    assert re.search(words, said), said


def test_a_number_that_is_not_finite_says_why_and_leads_to_where_it_came_from(visit):
    run = visit.server.run(DIVERGING)
    visit.open("#step=8&frame=b1_new&unit=2&focus=loss", spec=DIVERGING)
    causes = visit.server.explain(run, 8, "loss")["causes"]
    assert causes
    said = note(visit, "not_finite")
    assert causes[0]["text"] in said.inner_text()
    said.get_by_role("button").click()
    visit.wait("(address) => document.querySelector('#why code').textContent === address", causes[0]["address"])


def test_a_tick_opens_the_numbers_it_rests_on(visit):
    run = visit.server.run()
    visit.open("#frame=delta1&unit=1&focus=dW2[0,1]")
    explained = visit.server.explain(run, 0, "dW2[0,1]")
    visit.wait("() => document.querySelectorAll('#why .check.good').length === 2")
    rule, difference = (visit.why.locator(".check").nth(at) for at in (0, 1))
    for check in (rule, difference):
        assert not check.locator("p").is_visible()
        check.locator("summary").click()
    shown = str(explained["value"]).replace("-", "−")
    assert shown in rule.locator("p").inner_text()
    assert str(explained["witnesses"]["difference"]["value"]).replace("-", "−") in difference.locator("p").inner_text()
