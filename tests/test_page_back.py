"""The way back in pictures: arrows of error terms, ways and widths of gradients, paths to the loss, the check."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.page import Visit, number, parse_address, value_in

NETWORKS = {
    "seed": {},
    "deep": {
        "data": {"kind": "uniform", "examples": 5, "inputs": 3, "outputs": 2},
        "layers": [
            {"units": 4, "activation": "tanh"},
            {"units": 3, "activation": "relu"},
            {"units": 4, "activation": "softplus"},
            {"units": 2, "activation": "sigmoid"},
        ],
        "epochs": 20,
    },
    "softmax with a Jacobian": {
        "data": {"kind": "uniform", "examples": 4, "inputs": 2, "outputs": 3},
        "layers": [{"units": 3, "activation": "elu"}, {"units": 3, "activation": "softmax"}],
        "loss": "softmax_cross_entropy",
        "fused": False,
        "epochs": 20,
    },
    "dropout and a fused loss": {
        "data": {"kind": "uniform", "examples": 6, "inputs": 2, "outputs": 1},
        "layers": [{"units": 5, "activation": "tanh", "dropout": 0.4}, {"units": 1, "activation": "sigmoid"}],
        "loss": "binary_cross_entropy",
        "reduction": "sum",
        "epochs": 20,
    },
}

# For every weight: the products of all paths of all examples, each times what the weight multiplies, beside dW.
PATHS = """async ([run, trace]) => {
  const base = document.querySelector("script[src*='/main.js']").src.replace(/main\\.js.*/, "");
  const [{ pathsToLoss, isErrorTerm }, { decodeTrace }] = await Promise.all(
    [import(`${base}paths.js`), import(`${base}decode.js`)]);
  const [r, t] = [run, decodeTrace(trace)];
  const at = (name, [n, j]) => t.values[name].data[n * t.values[name].shape[1] + j];
  const found = {};
  for (const call of r.program.calls.filter(({ writes }) => r.values[writes].quantity === "dW")) {
    const error = call.reads.find((name) => isErrorTerm(r, name));
    const input = call.reads.find((name) => name !== error);
    const [units, inputs] = r.values[call.writes].shape;
    for (let unit = 0; unit < units; unit++) for (let i = 0; i < inputs; i++) {
      let sum = 0;
      for (let n = 0; n < t.batch.length; n++) {
        const paths = pathsToLoss(r, t, { name: error, index: [n, unit] }, Infinity);
        if (!paths) return { failed: `${error}[${n},${unit}]` };
        for (const { product } of paths.paths) sum += product * at(input, [n, i]);
      }
      found[`${call.writes}[${unit},${i}]`] = sum;
    }
  }
  return found;
}"""

FORCES = """() => [...document.querySelectorAll("#stage .force")].map((force) => {
  const [line, tip] = [force.querySelector("line"), force.querySelector("polygon")].map((e) => e.getBBox());
  const from = force.querySelector("circle").cy.baseVal.value;
  const middle = tip.y + tip.height / 2;
  return { negative: force.classList.contains("negative"), up: middle < from, length: Math.abs(from - middle) };
})"""


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_sum_over_all_paths_is_the_gradient_of_every_weight(visit, name):
    spec = {"epochs": 1000, **NETWORKS[name]}
    run = visit.server.run(spec)
    trace = visit.server.trace(run, 3)
    visit.open("#step=3", spec=spec)
    found = visit.page.evaluate(PATHS, [run, trace])
    assert "failed" not in found, found
    assert len(found) == sum(
        len(row) for key, v in trace["values"].items() if key.startswith("dW") for row in v["data"]
    )
    for address, total in found.items():
        exact = value_in(trace, address)
        assert abs(total - exact) <= 1e-12 * max(1, abs(exact)), f"{address}: paths {total}, backpropagation {exact}"


def test_an_arrow_at_every_unit_shows_size_and_sign_of_its_error(visit):
    spec = NETWORKS["deep"]
    run = visit.server.run(spec)
    trace = visit.server.trace(run, 3)
    visit.open("#step=3&frame=delta1&unit=3", spec=spec)
    visit.page.locator("#stage .force").first.wait_for()
    forces = visit.page.evaluate(FORCES)
    deltas = [d for layer in (1, 2, 3, 4) for d in trace["values"][f"delta{layer}"]["data"][0]]
    assert len(forces) == len(deltas)
    most = max(abs(d) for d in deltas)
    longest = max(force["length"] for force in forces)
    for force, delta in zip(forces, deltas, strict=True):
        assert force["negative"] == (delta < 0)
        if abs(delta) > 0.2 * most:
            assert force["up"] == (delta > 0), delta
            assert abs(force["length"] / longest - abs(delta) / most) < 0.2
    visit.open("#step=3&frame=delta3&unit=0", spec=spec)
    visit.wait("() => document.querySelectorAll('#stage .force').length === 3")
    visit.open("#step=3&frame=a4&unit=1", spec=spec)
    visit.wait("() => document.querySelectorAll('#stage .force').length === 0")


def test_on_the_way_back_wires_are_as_wide_as_their_gradient_and_say_which_way_it_goes(visit):
    visit.open("#step=3&frame=db1&unit=3")
    visit.page.locator("#stage .wire-ways").wait_for(state="attached")
    marks = visit.page.locator("#stage .wire-ways").get_attribute("d").count("M")
    assert marks == 12, "a mark on every wire: it shows a gradient"
    trace = visit.server.trace(visit.server.run(), 3)
    gradients = [abs(g) for name in ("dW1", "dW2") for row in trace["values"][name]["data"] for g in row]
    widths = visit.page.evaluate("""() => [...document.querySelectorAll("#stage .wire-calm")]
      .flatMap((path) => path.getAttribute("d").match(/M/g).map(() => Number(path.getAttribute("stroke-width"))))""")
    assert len(widths) == len(gradients)
    assert max(widths) > 1.5 * min(widths)
    most = sum(g > 0.92 * max(gradients) for g in gradients)
    assert sum(width == max(widths) for width in widths) == most


def test_a_path_pointed_at_is_drawn_on_the_stage(visit):
    spec = NETWORKS["deep"]
    visit.open("#step=3&frame=db1&unit=3&focus=dW1[2,0]", spec=spec)
    path = visit.why.locator(".path").first
    path.wait_for()
    wires = path.get_attribute("data-wires").split()
    assert wires[0] == "W1[2,0]"
    assert [parse_address(wire)[0] for wire in wires] == ["W1", "W2", "W3", "W4"]
    for one, other in pairwise(wires):
        assert parse_address(other)[1][1] == parse_address(one)[1][0], f"{one} does not lead to {other}"
    path.hover()
    visit.wait("(count) => document.querySelectorAll('#stage .wire-traced').length === count", len(wires))
    visit.page.mouse.move(2, 2)
    visit.wait("() => document.querySelectorAll('#stage .wire-traced').length === 0")
    path.focus()
    visit.wait("(count) => document.querySelectorAll('#stage .wire-traced').length === count", len(wires))


def test_numbers_on_wires_are_shown_on_demand_and_the_address_says_so(visit):
    trace = visit.server.trace(visit.server.run(), 0)
    visit.open("#frame=z1&unit=3")
    shown = "() => document.querySelectorAll('#stage .wire-label').length"
    before = visit.page.evaluate(shown)
    visit.page.get_by_role("button", name="Wire numbers").click()
    visit.wait(f"(before) => ({shown})() > before", before)
    visit.wait_for_fragment("wires=1")
    labels = visit.page.locator("#stage .wire-label [data-address]")
    boxes = []
    for at in range(labels.count()):
        address = labels.nth(at).get_attribute("data-address")
        assert abs(number(labels.nth(at).locator(".cell-number").inner_text()) - value_in(trace, address)) < 6e-4
        boxes.append((address, labels.nth(at).bounding_box()))
    assert len(boxes) >= 9
    for at, (one, a) in enumerate(boxes):
        for other, b in boxes[at + 1 :]:
            apart = a["x"] + a["width"] <= b["x"] + 1 or b["x"] + b["width"] <= a["x"] + 1
            apart = apart or a["y"] + a["height"] <= b["y"] + 1 or b["y"] + b["height"] <= a["y"] + 1
            assert apart, f"{one} on {other}"
    visit.page.get_by_role("button", name="Wire numbers").click()
    visit.wait(f"(before) => ({shown})() === before", before)


def test_the_check_of_the_step_is_a_picture_whose_points_lie_on_the_diagonal_and_explain_themselves(visit):
    visit.open("#step=3&frame=b1_new&unit=3&view=check")
    points = visit.page.locator("#stage .check-array circle")
    points.first.wait_for()
    places = visit.page.evaluate("""() => [...document.querySelectorAll("#stage .check-array")].map((figure) => {
      const { width, height } = figure.querySelector("svg").viewBox.baseVal;
      return [...figure.querySelectorAll("circle")].map((c) => ({
        off: Math.abs(c.cx.baseVal.value + c.cy.baseVal.value - (width + height) / 2), address: c.dataset.address }));
    })""")
    every = [point for figure in places for point in figure]
    assert len(places) == 4
    assert len(every) == 17, "every parameter of 2-4-1"
    assert max(point["off"] for point in every) < 0.1
    assert visit.page.locator("#stage .check-verdict.good").count() == 1
    address = every[2]["address"]
    visit.page.locator(f'#stage circle[data-address="{address}"]').dispatch_event("click")
    visit.wait("(address) => document.querySelector('#why code').textContent === address", address)


def test_a_wrong_gradient_leaves_the_diagonal(visit):
    """The mistake of the update layer by layer: the error goes back through weights that have moved already."""
    spec = {"update_order": "layer_by_layer", "optimizer": {"kind": "sgd", "learning_rate": 5.0}}
    visit.open("#step=3&frame=b1_new&unit=3&view=check", spec=spec)
    visit.page.locator("#stage .check-verdict.bad").wait_for()
    assert visit.page.locator("#stage .check-array.bad").count() >= 1
