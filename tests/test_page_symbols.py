"""Every symbol on the page has a definition: in all views, phases, optimizers and kinds of numbers."""

from __future__ import annotations

import pytest

import engine
from tests.page import Visit, encode

SYMBOLS = """async () => {
  const main = document.querySelector("script[type=module][src*='main']").src;
  const there = (name) => import(new URL(name, main).href);
  const [{ DEFINED, definitionOf }, { glossary }] = [await there("guide/definitions.js"), window.backscope_test];
  const { run } = glossary;
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  const letters = shown("main math mi, footer math mi");
  const marked = shown(DEFINED).filter((each) => each.localName !== "canvas");
  const about = [...letters.map((letter) => letter.closest(DEFINED) ?? letter), ...marked];
  const without = about.filter((each) => !each.matches(".field-name") && !definitionOf(each, run, glossary.terms));
  return { count: letters.length, without: [...new Set(without.map((each) => each.outerHTML.slice(0, 160)))] };
}"""

VIEWS = ("network", "matrices", "batch", "after", "check", "plane", "charts")
FRAMES = ("z1", "a2", "loss", "delta1", "dW1", "W1_new")
RICH = {
    "data": {"kind": "iris"},
    "layers": [{"units": 3, "activation": "prelu", "dropout": 0.2}, {"units": 3, "activation": "softmax"}],
    "loss": "softmax_cross_entropy",
    "optimizer": {"kind": "adam"},
    "batch_size": 16,
    "epochs": 4,
    "penalty": {"l2": 0.01},
    "clip": {"norm": 1},
}


def without_definition(visit, spec, fragments):
    """Symbols without a definition, at every moment asked for."""
    run = visit.server.run(spec)
    terms = visit.server.ask("glossary", lang="en")
    found = []
    for fragment in fragments:
        visit.page.goto("about:blank")
        visit.page.goto(f"{visit.base_url}/#{fragment}&spec={encode(spec)}")
        visit.showing(run)
        visit.wait("() => !document.querySelector('#stage .waiting, .check.waiting')")
        visit.page.evaluate("(given) => { window.backscope_test = { glossary: given }; }", {"run": run, "terms": terms})
        said = visit.page.evaluate(SYMBOLS)
        found += [f"{fragment}: {each}" for each in said["without"]]
    return found


@pytest.fixture
def visit(new_page, base_url):
    return Visit(new_page(reduced_motion="reduce"), base_url)


@pytest.mark.parametrize("spec", [{"epochs": 20}, RICH], ids=["seed", "rich"])
def test_every_symbol_in_every_view_and_phase_has_a_definition(visit, spec):
    moments = [f"step=1&frame={frame}&unit=1" for frame in FRAMES]
    views = [f"{moments[3]}&view={view}" for view in VIEWS[1:]]
    found = without_definition(visit, spec, [*moments, *views])
    assert not found, "\n".join(found)


def test_every_symbol_of_every_optimizer_has_a_definition(visit):
    found = []
    for name in [entry.name for entry in engine.catalog()["optimizers"]]:
        spec = {"optimizer": {"kind": name}, "epochs": 20}
        run = visit.server.run(spec)
        updates = [call["writes"] for call in run["program"]["calls"] if call["phase"] == "update"]
        of_weights = [name for name in updates if "W1" in name]
        found += without_definition(visit, spec, [f"step=1&frame={frame}&unit=0" for frame in of_weights])
    assert not found, "\n".join(found)
