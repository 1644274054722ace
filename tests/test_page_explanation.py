"""The panel "Why this number": what it says of every number is what the engine says, and it leads on to the next."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET

import pytest

from tests.page import Line, Moment, Visit, number, parse_address, same

EXPLAINED = """(address) => {
  const why = document.getElementById("why");
  if (why.querySelector(".why-place code")?.textContent !== address) return false;
  if (why.querySelector(".check.waiting")) return false;
  const text = (element) => element?.textContent ?? null;
  const all = (selector) => [...why.querySelectorAll(selector)];
  const row = (element) => ({
    what: text(element.querySelector(".term-symbols")),
    value: text(element.querySelector(".term-value")),
    addresses: (element.dataset.addresses ?? "").split(" ").filter(Boolean),
    total: element.classList.contains("total"),
    fold: element.classList.contains("fold"),
  });
  return {
    value: text(why.querySelector(".why-value")),
    none: text(why.querySelector(".why-none")),
    meaning: text(why.querySelector(".why-meaning")),
    formula: all(".why-formulas .why-line:first-child math").map(text).join(""),
    numbers: all(".why-formulas .why-line + .why-line").map(text).join(""),
    lines: all(".why-line").map((line) => [line.scrollWidth, line.clientWidth]),
    terms: all("[class='terms'] > li > .term, .terms.factors > li > .term").map(row),
    checks: all(".check").map((check) => [check.querySelector("b").textContent, check.className, text(check)]),
    later: text(why.querySelector(".why-notyet p")),
    focus: [...document.querySelectorAll("#stage .is-focus")].map((cell) => cell.dataset.address),
  };
}"""

SMALL = {
    "data": {"kind": "uniform", "examples": 3, "inputs": 2, "outputs": 2},
    "layers": [{"units": 3, "activation": "tanh"}, {"units": 2, "activation": "sigmoid"}],
    "epochs": 20,
}


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def explained(visit, address):
    """What the panel says once it is about this number and its proof is in."""
    found = visit.until(EXPLAINED, address)
    assert found, f"the panel is about {visit.why.locator('code').text_content()}, not {address}"
    return found


def shows(text, value):
    """Does a text of five figures show this number?"""
    return text is not None and same(number(text), float(f"{float(value):.4e}"))


def letters(formula):
    """The text of a formula, MathML or its letters; the page puts a symbol in brackets before it squares it."""
    text = "".join(ET.fromstring(formula).itertext()) if "<" in formula else formula
    return re.sub(r"\((\w\d+,\d+\(\d+\))\)2", r"\g<1>2", re.sub(r"\s", "", text))


@pytest.mark.parametrize("spec", [{}, SMALL], ids=["seed", "two outputs"])
def test_every_number_on_the_stage_is_explained_as_the_engine_explains_it(visit, spec):
    """At a moment of the backward pass, by clicking one number after another."""
    server, run = visit.server, visit.server.run(spec)
    line, moment = Line(run), Moment(3, "delta1", 1)
    visit.open("#step=3&frame=delta1&unit=1", spec=spec).at(moment)
    addresses = sorted(visit.picture().by_address)
    assert len(addresses) > 20
    for address in addresses:
        visit.cell(address).click()
        said, truth = explained(visit, address), server.explain(run, 3, address)
        assert said["focus"] == [address]
        assert said["meaning"].startswith(truth["meaning"]), f"{address}: {said['meaning']!r}"
        if truth["op"]:
            assert letters(said["formula"]) == letters(truth["formula"]["mathml"]), address
        if not line.knows(moment, address):
            assert said["none"], f"{address} is not computed yet, and is explained as {said['value']}"
            assert not said["value"]
            assert not said["terms"]
            assert not said["checks"]
            continue
        assert shows(said["value"], truth["value"]), f"{address}: {said['value']} for {truth['value']!r}"
        named = [term for term in truth["terms"] if term["addresses"]]
        rows = [row for row in said["terms"] if row["addresses"]]
        if any(row["fold"] for row in said["terms"]):
            at = [row["addresses"] for row in rows]
            named = [term for term in named if term["addresses"] in at]
        elif len(truth["terms"]) == 1 and truth["terms"][0]["operation"] == "=":
            named = []  # a formula all of one piece
        assert [row["addresses"] for row in rows] == [term["addresses"] for term in named], address
        for row, term in zip(rows, named, strict=True):
            value = -term["value"] if term["operation"] == "−" else term["value"]
            assert shows(row["value"], value), f"{address}, {row['what']}: {row['value']} for {value!r}"
        totals = [row["value"] for row in said["terms"] if row["total"]]
        assert not rows or shows(totals[-1] if totals else rows[-1]["value"], truth["value"]), f"{address}: {totals}"
        assert all("good" in name.split() for _, name, _ in said["checks"]), f"{address}: {said['checks']}"
        assert len(said["checks"]) == sum(witness is not None for witness in truth["witnesses"].values())


def test_a_long_sum_folds_and_unfolds_and_its_running_total_reaches_the_value(visit):
    run = visit.server.run()
    for address in ("loss", "dW1[2,1]", "db2[0]", "dW2[0,3]"):
        value, share = visit.server.explain(run, 0, address)["value"], 100 if address == "loss" else 1
        visit.open(f"#frame=b1_new&unit=3&focus={address}")
        said = explained(visit, address)
        folds = [row for row in said["terms"] if row["fold"]]
        shown = [row for row in said["terms"] if row["addresses"]]
        assert folds, address
        assert 5 <= len(shown) <= 12
        texts = visit.why.locator(".term.fold .term-what").all_text_contents()
        assert len(shown) + sum(int(re.search(r"\d+", text)[0]) for text in texts) == 100
        total = sum(number(row["value"]) for row in [*shown, *folds]) / share
        assert total == pytest.approx(value, rel=1e-3), f"{address}: {total} for {value}"

        visit.why.locator("[data-whole]").click()
        whole = [row for row in explained(visit, address)["terms"] if row["addresses"]]
        assert len(whole) == 100
        assert all(str(at) in re.findall(r"\d+", row["addresses"][0]) for at, row in enumerate(whole))
        total = sum(number(row["value"]) for row in whole) / share
        assert total == pytest.approx(value, rel=1e-3), f"{address}: {total} for {value}"
        visit.why.locator("[data-whole]").click()
        assert len([row for row in explained(visit, address)["terms"] if row["addresses"]]) == len(shown)


def test_clicking_a_term_goes_to_its_source_and_the_way_back_is_there(visit):
    visit.open("#step=3&frame=delta1&unit=1")
    way = ["delta1[0,1]", "da1[0,1]", "delta2[0,0]", "da2[0,0]", "a2[0,0]", "z2[0,0]", "a1[0,0]", "z1[0,0]", "a0[0,0]"]
    for here, there in itertools.pairwise(way):
        explained(visit, here)
        visit.why.locator(f".term[data-go='{there}'] .term-value").first.click()
    explained(visit, way[-1])
    assert visit.moment == Moment(3, "delta1", 1)
    for address in way[-2::-1]:
        visit.why.locator("[data-back]").click()
        explained(visit, address)


def test_a_symbol_of_the_formula_and_a_place_it_goes_to_lead_there(visit):
    visit.open("#step=3&frame=delta1&unit=1")
    visit.why.locator(".why-formulas [data-address='a1[0,1]']").first.click()
    explained(visit, "a1[0,1]")
    visit.why.locator(".why-onward [data-go='z2[0,0]']").click()
    explained(visit, "z2[0,0]")


def test_delta_is_shown_as_error_times_slope_with_the_shares_that_brought_the_error(visit):
    run = visit.server.run(SMALL)
    visit.open("#step=3&frame=delta1&unit=2&focus=delta1[0,1]", spec=SMALL)
    roles = visit.why.locator(".term.factor").all_text_contents()
    assert [("error" in text, "slope" in text) for text in roles] == [(True, False), (False, True)]
    trace = visit.server.trace(run, 3)["values"]
    shares = [trace["W2"]["data"][k][1] * trace["delta2"]["data"][0][k] for k in range(2)]
    shown = visit.why.locator(".opened .term:not(.total) .term-value").all_text_contents()
    assert len(shown) == 2
    for text, share in zip(shown, shares, strict=True):
        assert shows(text, share), f"{text} for {share!r}"
    error, slope = (number(text) for text in visit.why.locator(".term.factor .term-value").all_text_contents())
    assert error * slope == pytest.approx(trace["delta1"]["data"][0][1], rel=1e-3)


def test_the_curve_says_z_a_and_the_slope_of_the_activation(visit):
    trace = visit.server.trace(visit.server.run(), 3)["values"]
    visit.open("#step=3&frame=delta1&unit=1")
    a, z = trace["a1"]["data"][0][1], trace["z1"]["data"][0][1]
    spoken = visit.why.locator(".why-curve [role=img]").get_attribute("aria-label")
    said = [number(text) for text in re.findall(r"[−-]?\d+\.\d+(?:e[−-]\d+)?", spoken)]
    for value in (z, a, a * (1 - a)):
        assert float(f"{value:.4e}") in said, f"{value!r} is not in {spoken!r}"


def test_what_a_unit_has_learned_shapes_its_curve_and_where_it_hardly_learns_is_said(visit):
    spec = {
        "data": {"kind": "inline", "x": [[1.0]], "y": [[0.5]]},
        "layers": [{"units": 2, "activation": "prelu"}, {"units": 2, "activation": "relu"}, {"units": 1}],
        "parameters": {
            "W1": [[-2.0], [-2.0]],
            "alpha1": [0.25, 0.75],
            "W2": [[1.0, 1.0], [-1.0, -1.0]],
        },
        "epochs": 3,
    }
    conditions = "[data-condition]"
    for unit, slope in ((0, 0.25), (1, 0.75)):
        visit.open(f"#step=0&frame=a1&unit={unit}", spec=spec)
        spoken = visit.why.locator(".why-curve [role=img]").get_attribute("aria-label")
        said = [number(text) for text in re.findall(r"[−-]?\d+(?:\.\d+)?", spoken)]
        assert said == [-2.0, -2.0 * slope, slope], spoken
        assert visit.why.locator(conditions).count() == 0
    visit.open("#step=0&frame=a2&unit=0", spec=spec)
    assert visit.why.locator(conditions).get_attribute("data-condition") == "off"
    assert "dead" in visit.why.locator(conditions).text_content()
    visit.open("#step=0&frame=a2&unit=1", spec=spec)
    assert visit.why.locator(".why-curve .flat").count() == 1
    assert visit.why.locator(conditions).count() == 0


def test_a_number_to_come_says_when_and_the_button_goes_there(visit):
    visit.open("#step=3&frame=delta1&unit=1&example=4")
    visit.cell("delta1[4,3]").click()
    said = explained(visit, "delta1[4,3]")
    assert "backward pass" in said["later"]
    visit.why.locator(".why-notyet button").click()
    visit.at(Moment(3, "delta1", 3))
    cell = visit.picture().by_address["delta1[4,3]"]
    assert cell.known
    assert shows(explained(visit, "delta1[4,3]")["value"], cell.value)


def test_each_phase_to_come_is_named(visit):
    for address, frame, phase in (
        ("a2[0,0]", "a2", "forward"),
        ("loss", "loss", "loss"),
        ("da2[0,0]", "da2", "backward"),
    ):
        visit.open().cell(address).click()
        assert phase in explained(visit, address)["later"].lower()
        visit.why.locator(".why-notyet button").click()
        visit.at(Moment(0, frame, 0))


def test_a_weight_knows_where_it_comes_from_and_leads_to_the_update_that_made_it(visit):
    visit.open("#step=3&focus=W1[2,1]")
    visit.why.get_by_role("button", name=re.compile("update of step 2")).click()
    visit.at(Moment(2, "W1_new", 2))
    new = explained(visit, "W1_new[2,1]")
    assert shows(new["value"], visit.server.trace(visit.server.run(), 3)["values"]["W1"]["data"][2][1])


def test_a_click_pins_a_number_and_a_move_lets_go(visit):
    visit.open("#step=3&frame=delta1&unit=1").cell("a1[0,3]").click()
    explained(visit, "a1[0,3]")
    visit.press("ArrowRight")
    explained(visit, "delta1[0,2]")
    visit.cell("a1[0,3]").click()
    visit.press("Escape")
    explained(visit, "delta1[0,2]")
    visit.cell("a1[0,3]").click()
    visit.why.locator("[data-follow]").click()
    explained(visit, "delta1[0,2]")


def test_a_click_on_a_wire_explains_its_weight(visit):
    visit.open()
    hit = visit.page.evaluate("""() => {
      const cell = (address) => document.querySelector(`[data-address="${address}"]`);
      const box = (address) => cell(address).closest(".card").getBoundingClientRect();
      const [from, to] = [box("a0[0,1]"), box("z1[0,3]")];
      return { x: (from.right + to.left) / 2, y: (from.top + from.bottom + to.top + to.bottom) / 4 };
    }""")
    visit.page.mouse.click(hit["x"], hit["y"])
    explained(visit, "W1[3,1]")


def test_chinese_explanations_say_the_same_numbers(visit):
    address = "delta1[0,1]"
    visit.open(f"#step=3&frame=b1_new&unit=3&focus={address}", query="?lang=zh")
    said, truth = explained(visit, address), visit.server.explain(visit.server.run(), 3, address, lang="zh")
    assert said["meaning"].startswith(truth["meaning"])
    assert shows(said["value"], truth["value"])
    assert parse_address(address)[0] not in said["meaning"]
