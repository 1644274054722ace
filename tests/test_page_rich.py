"""Experiments with all there is to switch on: every assignment finds its place, its formula and its words."""

from __future__ import annotations

import re

import pytest

from tests.page import Line, Visit, number, value_in, wrong_numbers

DATA = {"kind": "uniform", "examples": 6, "inputs": 2, "outputs": 2}
EXPERIMENTS = {
    "everything": {
        "data": DATA,
        "layers": [{"units": 3, "activation": "tanh", "dropout": 0.3}, {"units": 2, "activation": "softmax"}],
        "loss": {"kind": "softmax_cross_entropy", "label_smoothing": 0.1},
        "fused": False,
        "reduction": "sum",
        "optimizer": {"kind": "adamw"},
        "schedule": {"kind": "warmup_cosine", "steps": 20, "warmup": 4},
        "penalty": {"l1": 0.01, "l2": 0.02},
        "clip": {"norm": 0.5},
        "batch_size": 4,
        "epochs": 10,
    },
    "another memory, and what is learned beside weights": {
        "data": DATA,
        "layers": [{"units": 3, "activation": "prelu"}, {"units": 2, "bias": False, "frozen": ["W"]}],
        "loss": {"kind": "huber", "delta": 0.5},
        "optimizer": {"kind": "nadam"},
        "clip": {"value": 0.01},
        "epochs": 10,
    },
    "layer by layer": {
        "data": DATA,
        "layers": [{"units": 3, "activation": "relu"}, {"units": 2, "activation": "sigmoid"}],
        "optimizer": {"kind": "momentum"},
        "update_order": "layer_by_layer",
        "edits": [{"step": 2, "learning_rate": 0.5, "set": {"W1[0,0]": 0.25}}],
        "epochs": 10,
    },
}

# What comes after an update of the same step is no gradient of the loss, and the difference says so.
LATE = {"layer by layer": ("da1", "delta1", "dW1", "db1")}

# Texts of the explanation and of the words at the player that nobody can have meant.
WORDS = """() => [...document.querySelectorAll("#why, #moment, #spoken, #badge, #timeline [data-state=active]")]
  .map((each) => `${each.textContent} ${each.getAttribute("aria-label") ?? ""}`).join(" ")"""

# Numbers of the stage that lie on one another.
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll("#stage [data-address]")]
    .map((cell) => [cell.dataset.address, cell.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], at) => boxes.slice(at + 1)
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1)
    .filter(([, b]) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
    .map(([other]) => `${one} on ${other}`));
}"""


@pytest.mark.parametrize("name", EXPERIMENTS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_assignment_is_shown_and_explained(new_page, base_url, name, language):
    visit = Visit(new_page(reduced_motion="reduce", viewport={"width": 1280, "height": 720}), base_url)
    line = Line(visit.server.run(EXPERIMENTS[name]))
    trace = visit.server.trace(line.run, 2)
    visit.open("#step=2&by=assignment", query=f"?lang={language}", spec=EXPERIMENTS[name])
    wrong = []
    for moment in line.all("assignment", [2]):
        visit.press("ArrowRight").at(moment)
        wrong += wrong_numbers(visit.picture(), line, moment, trace)
        wrong += [f"{moment.frame}: {what}" for what in visit.page.evaluate(OVERLAPS)]
        said = visit.page.evaluate(WORDS)
        wrong += [f"{moment.frame}: {what}" for what in re.findall(r"undefined|\[object|NaN|\b[a-z]+\.[a-z_]+_", said)]
        visit.wait("() => !document.querySelector('#why .check.waiting')")
        if visit.why.locator(".check.bad").count() and moment.frame not in LATE.get(name, ()):
            wrong.append(f"{moment.frame}: {visit.why.locator('.why-proof').inner_text()}")
        chip = visit.page.locator("#timeline [data-state=active]")
        if not chip.locator("math").text_content().strip():
            wrong.append(f"{moment.frame}: its chip has no symbol")
    assert not wrong, "\n".join(wrong)


def test_memory_settings_and_chance_say_where_they_come_from(new_page, base_url):
    visit = Visit(new_page(reduced_motion="reduce"), base_url)
    spec = EXPERIMENTS["everything"]
    for address, step, words in (
        ("m_W1[0,1]", 0, "before step 0"),
        ("m_W1[0,1]", 2, "update of step 1"),
        ("beta1", 2, "Set in the experiment"),
        ("mask1[0,2]", 2, "0 with probability 0.3"),
    ):
        visit.open(f"#step={step}&frame=W1_new&unit=2&focus={address}", spec=spec)
        assert visit.why.locator("code").text_content() == address
        assert words in visit.why.inner_text(), f"{address}: {visit.why.inner_text()}"
    visit.open("#step=2&frame=W1_new&unit=2&focus=m_W1[2,1]", spec=spec)
    visit.why.get_by_role("button", name=re.compile("update of step 1")).click()
    visit.wait("() => document.querySelector('#why code').textContent === 'm_W1_new[2,1]'")
    assert visit.rest().moment.step == 1


def test_a_way_from_gradient_to_parameter_opens_where_the_playhead_is(new_page, base_url):
    visit = Visit(new_page(reduced_motion="reduce"), base_url)
    spec = {"optimizer": {"kind": "adam"}}
    line = Line(visit.server.run(spec))
    visit.open("#frame=z1", spec=spec)
    widths = """(parameter) => Object.fromEntries([...document.querySelectorAll("#timeline .chip")]
      .map((chip) => [chip.dataset.call, chip.getBoundingClientRect().width])
      .filter(([call]) => call.endsWith(`_${parameter}`) || call.includes(`${parameter}_new`)))"""
    ways = {
        p: [call["writes"] for call in line.calls if re.search(rf"(^|_){p}(_|$)", call["writes"])] for p in ("W1", "W2")
    }
    assert [len(way) for way in ways.values()] == [5, 5]
    for here, there in (("W1", "W2"), ("W2", "W1")):
        # A drag along the line ends on the assignment under the pointer, narrow or not.
        visit.page.locator(f'#timeline [data-call="{ways[here][1]}"]').click()
        visit.at(line.last(0, ways[here][1]))
        shown, hidden = (visit.page.evaluate(widths, parameter) for parameter in (here, there))
        assert min(shown.values()) > 30, shown
        assert max(width for call, width in hidden.items() if call != f"{there}_new") < 20, hidden
        assert hidden[f"{there}_new"] > 30


# What the panel says of where a number comes from.
ORIGIN = '.why-part:has(h3:text-is("Where it comes from")) >> p >> nth=0'


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_kind_of_number_says_what_it_is_made_of_or_where_it_comes_from(new_page, base_url, name):
    """Slots, settings, masks, penalties, the schedule's rate, clipped gradients: whatever has a name."""
    visit = Visit(new_page(reduced_motion="reduce", viewport={"width": 1280, "height": 720}), base_url)
    run = visit.server.run(EXPERIMENTS[name])
    trace = visit.server.trace(run, 2)
    last = run["program"]["calls"][-1]["writes"]
    wrong, seen = [], set()
    for value, info in run["values"].items():
        seen.add(info["quantity"])
        address = f"{value}[{','.join('0' for _ in info['shape'])}]" if info["shape"] else value
        visit.open(f"#step=2&frame={last}&unit=1&focus={address}", spec=EXPERIMENTS[name])
        visit.wait("(address) => document.querySelector('#why code')?.textContent === address", address)
        exact = value_in(trace, address)
        shown = number(visit.why.locator(".why-value").inner_text())
        if abs(shown - exact) > 1e-4 * abs(exact) + 1e-12:
            wrong.append(f"{address}: {shown}, and the trace has {exact}")
        computed = info["source"] == "computed"
        if visit.why.locator(".why-formulas").count() != int(computed):
            wrong.append(f"{address}: its formula is {'missing' if computed else 'of nothing'}")
        if not computed and len(visit.why.locator(ORIGIN).inner_text()) < 15:
            wrong.append(f"{address}: does not say where it comes from")
        if computed:
            visit.wait("() => document.querySelector('#why .check')")
            if visit.why.locator(".check").first.get_attribute("class") != "check good":
                wrong.append(f"{address}: {visit.why.locator('.why-proof').inner_text()}")
        said = visit.why.inner_text()
        wrong += [
            f"{address}: {what}" for what in re.findall(r"undefined|\[object|\b(?:why|stage|unit)\.[a-z_]+", said)
        ]
    assert not wrong, "\n".join(wrong)
    assert len(seen) > 12
