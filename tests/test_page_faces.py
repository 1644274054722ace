"""Errors have faces: what is wrong is said, where one looks, with the way out beside it."""

from __future__ import annotations

import json
import re

import pytest

from app.i18n import messages
from tests.page import Line, Moment, Visit, encode, number, wrong_numbers

DIVERGING = {
    "data": {"kind": "inline", "x": [[1.0], [2.0]], "y": [[1e200], [-1e200]]},
    "layers": [{"units": 3, "activation": "relu"}, {"units": 1, "activation": "identity"}],
    "optimizer": {"kind": "sgd", "learning_rate": 1e6},
    "epochs": 12,
}
LARGE = {
    "data": {"kind": "uniform", "examples": 1000, "inputs": 784, "outputs": 10},
    "layers": [{"units": 128, "activation": "relu"}, {"units": 10, "activation": "softmax"}],
    "loss": "softmax_cross_entropy",
    "epochs": 3,
}

RUNS, STEPS = re.compile(r"/api/v1/runs(\?|$)"), re.compile(r"/steps/\d+(\?|$)")
HISTORY, EXPLAIN = re.compile(r"/history(\?|$)"), re.compile(r"/explain\?")


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def refuse(status):
    """A handler that answers with a status, or breaks the connection."""
    kind = {503: "busy", 500: "internal", 404: "not-found"}.get(status, "about:blank")
    problem = {
        "type": f"urn:backscope:problem:{kind}",
        "title": "No",
        "status": status,
        "detail": "Not now.",
        "errors": [],
    }
    if status == 0:
        return lambda route: route.abort()
    if status == -1:
        return lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>A hotel's Wi-Fi</h1>")
    return lambda route: route.fulfill(status=status, content_type="application/problem+json", body=json.dumps(problem))


def press_until_it_works(visit):
    """Press "Try again", and again if the answer to an earlier press undoes it."""
    visit.wait("""() => {
      document.querySelector("#face button")?.click();
      return document.body.dataset.ready === "true";
    }""")


WAYS = {"no connection": 0, "a fault": 500, "busy": 503, "another site's page": -1}


@pytest.mark.parametrize("what", [RUNS, STEPS], ids=["the run", "the step"])
def test_a_page_that_gets_no_answer_says_so_and_tries_again(visit, allow_console_error, what):
    allow_console_error("Failed to load resource")
    again = visit.page.locator("#face").get_by_role("button", name="Try again")
    for way, status in WAYS.items():
        visit.page.goto("about:blank")
        visit.page.route(what, refuse(status))
        visit.page.goto(f"{visit.base_url}/#step=3&frame=delta1&unit=1")
        again.wait_for()
        said = visit.page.locator("#face").inner_text()
        assert len(said) > 25, f"{way}: {said}"
        assert not re.search(r"undefined|\[object|status\.|JSON|<h1>", said), f"{way}: {said}"
        assert visit.page.evaluate("document.body.dataset.ready") == "false"
        with visit.page.expect_request(what):
            again.click()
        again.wait_for()

        visit.page.unroute(what)
        press_until_it_works(visit)
        visit.at(Moment(3, "delta1", 1))
        assert visit.page.locator("#face").inner_text() == ""


def test_when_the_next_step_does_not_come_the_last_picture_stays_and_retry_brings_it(visit, allow_console_error):
    allow_console_error("Failed to load resource")
    line = Line(visit.server.run())
    visit.open("#step=3&frame=delta1&unit=1")
    cells = visit.picture().cells
    visit.page.route(STEPS, refuse(0))
    visit.page.locator("#training [role=slider]").focus()
    visit.press("PageUp")
    retry = visit.page.locator("#face").get_by_role("button", name="Try again")
    retry.wait_for()
    assert {c.address for c in visit.picture().cells} == {c.address for c in cells}
    assert visit.page.evaluate("document.body.dataset.ready") == "false"
    visit.page.unroute(STEPS)
    press_until_it_works(visit)
    visit.at(Moment(103, "delta1", 1))
    assert not wrong_numbers(visit.picture(), line, visit.moment, visit.server.trace(line.run, 103))
    assert visit.page.locator("#face").inner_text() == ""


def test_playing_into_a_lost_connection_stops_and_says_so(visit, allow_console_error):
    allow_console_error("Failed to load resource")
    visit.open("#step=3&by=step").page.route(STEPS, refuse(0))
    visit.press("+", "+", "+", "+", "Space")
    visit.page.locator("#face").get_by_role("button", name="Try again").wait_for()
    assert visit.page.locator("#play").get_attribute("aria-pressed") == "false"


def test_without_the_loss_curve_the_rest_of_the_page_works(visit, allow_console_error):
    allow_console_error("Failed to load resource")
    visit.page.route(HISTORY, refuse(500))
    visit.open("#step=3")
    failed = messages("en")("training.failed")
    visit.wait("(text) => document.querySelector('#training .curve-note').textContent.startsWith(text)", failed)
    assert visit.page.locator("#training .curve-note button").text_content() == messages("en")("training.go_on")
    visit.press("ArrowRight").at(Moment(3, "z1", 1))
    visit.page.locator("#training [role=slider]").focus()
    visit.press("ArrowRight").at(Moment(4, "z1", 1))


def test_without_the_proof_the_number_is_still_explained(visit, allow_console_error):
    allow_console_error("Failed to load resource")
    visit.page.route(EXPLAIN, refuse(500))
    visit.open("#step=3&frame=delta1&unit=1")
    visit.wait("() => document.querySelector('#why .check.unknown')")
    assert visit.why.locator(".check.good").count() == 1
    assert visit.why.locator(".check.bad").count() == 0


def test_a_wrong_number_is_caught_by_the_page_itself(visit):
    """A server whose trace is off in one number: the rule, evaluated in the browser, disagrees."""

    def lie(route):
        trace = route.fetch().json()
        trace["values"]["delta1"]["data"][0][1] *= 1.001
        route.fulfill(json=trace)

    visit.page.route(STEPS, lie)
    visit.open("#step=3&frame=delta1&unit=1")
    visit.wait("() => document.querySelectorAll('#why .check.bad').length === 2")
    visit.press("ArrowRight").rest()
    visit.wait("() => document.querySelectorAll('#why .check.good').length === 2")


def test_an_experiment_that_the_server_cannot_keep_is_marked(visit):
    def forget(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "backscope-kept": "memory"})

    visit.page.route(RUNS, forget)
    visit.open("#step=3&frame=delta1&unit=1")
    visit.page.locator("#face").get_by_text("links to this experiment end with the server").wait_for()
    visit.page.unroute(RUNS)
    visit.field("loss").select_option("half_squared_error")
    visit.wait("() => document.querySelector('#face').innerText === ''")


def test_a_proposal_that_gets_no_answer_keeps_the_last_run_and_says_so(visit, allow_console_error):
    allow_console_error("Failed to load resource")
    visit.open("#step=3")
    before = visit.picture()
    visit.page.route(RUNS, refuse(0))
    visit.field("loss").select_option("half_squared_error")
    visit.wait("() => document.querySelector('#experiment-form .problem:not([hidden])')")
    assert visit.picture() == before
    visit.page.unroute(RUNS)
    visit.field("loss").select_option("mse")
    visit.wait("() => !document.querySelector('#experiment-form .problem:not([hidden])')")


def test_a_diverging_run_is_drawn_and_steps_on(visit):
    line = Line(visit.server.run(DIVERGING))
    visit.open(spec=DIVERGING).by("assignment")
    traces = {step: visit.server.trace(line.run, step) for step in range(3)}
    wild = set()
    for moment in line.all("assignment", traces):
        visit.press("ArrowRight").at(moment)
        picture = visit.picture()
        wrong = wrong_numbers(picture, line, moment, traces[moment.step])
        assert not wrong, f"at {moment}:\n" + "\n".join(wrong)
        for cell in picture.cells:
            if cell.value in ("NaN", "Infinity", "-Infinity"):
                wild.add(cell.value)
                assert cell.text in {"NaN": "NaN", "Infinity": "∞", "-Infinity": "\u2212∞"}[cell.value], cell
    assert visit.page.locator("#stage .is-wild").count() == sum(
        cell.text in ("NaN", "∞", "\u2212∞") for cell in picture.cells
    )
    assert "NaN" in wild, wild
    assert wild & {"Infinity", "-Infinity"}, wild
    strip = visit.page.locator("#face").inner_text()
    assert "diverged" in strip.lower(), strip
    visit.wait("() => /diverged/i.test(document.getElementById('training').textContent)")


def test_a_diverged_run_leads_back_to_its_last_finite_step(visit):
    spec = {
        "layers": [{"units": 4, "activation": "relu"}, {"units": 1, "activation": "identity"}],
        "optimizer": {"kind": "sgd", "learning_rate": 1e6},
    }
    losses = visit.server.history(visit.server.run(spec), start=0, stop=60, points=60)["loss"]
    last = next(step for step, loss in enumerate(losses) if isinstance(loss, str)) - 1
    visit.open("#step=500", spec=spec)
    button = visit.page.locator("#face").get_by_role("button")
    button.click()
    visit.rest()
    found = visit.moment.step
    assert isinstance(losses[found], float), f"step {found} has the loss {losses[found]}"
    assert last - 2 <= found <= last, f"led to step {found}; the last finite one is {last}"


def test_numbers_of_a_diverged_step_are_explained_too(visit):
    run = visit.server.run(DIVERGING)
    for address in ("loss", "z1[0,0]", "delta1[0,0]", "W1_new[0,0]", "dW1[0,0]"):
        visit.open(f"#step=8&frame=b1_new&unit=2&focus={address}", spec=DIVERGING)
        visit.wait("(address) => document.querySelector('#why code').textContent === address", address)
        visit.wait("() => !document.querySelector('#why .check.waiting')")
        truth = visit.server.explain(run, 8, address)["value"]
        assert truth == "NaN", f"{address} is {truth!r} by now"
        assert visit.why.locator(".why-value").text_content() == truth
        assert "not" in visit.why.locator(".why-meaning").inner_text().lower()
        assert visit.why.locator(".check.bad").count() == 0, visit.why.locator(".why-proof").inner_text()


def test_a_great_learning_rate_of_the_form_diverges_without_an_error(visit):
    visit.open()
    visit.field("layers[0].activation").select_option("relu")
    visit.field("layers[1].activation").select_option("identity")
    visit.field("optimizer.learning_rate").fill("1e6")
    visit.wait("() => /diverged/i.test(document.getElementById('training').textContent)")
    visit.page.locator("#to-end").click()
    visit.rest()
    visit.wait("() => /diverged/.test(document.getElementById('face').textContent)")
    assert any(cell.text in ("NaN", "∞", "\u2212∞") for cell in visit.picture().cells)


def test_arrays_too_large_for_an_answer_come_as_bytes_once_one_looks_at_them(visit):
    run = visit.server.run(LARGE)
    trace = visit.server.trace(run, 0)
    left_out = {name for name, value in trace["values"].items() if value.get("truncated")}
    assert left_out
    visit.open("#frame=b1_new&unit=5", spec=LARGE)
    visit.page.locator("#stage-panel").focus()
    weights = next(name for name in left_out if name.startswith("W"))
    visit.open(f"#frame={weights.removesuffix('_new')}_new&unit=0&focus={weights}[0,0]", spec=LARGE)
    visit.wait("() => document.querySelector('#why .why-value') && !document.querySelector('#face .strip')")
    visit.wait("() => /\\d/.test(document.querySelector('#why .why-value').textContent)")
    shown = visit.why.locator(".why-value").inner_text()
    exact = visit.server.ask(f"runs/{run['id']}/steps/0", names=weights)["values"][weights]["data"][0][0]
    assert abs(number(shown) - exact) <= 1e-4 * abs(exact), f"{shown} for {exact}"


def test_of_a_large_batch_the_values_of_the_example_shown_come_on_their_own(visit):
    run = visit.server.run(LARGE)
    for example in (0, 731):
        visit.open(f"#frame=a1&unit=5&example={example}", spec=LARGE)
        row = visit.server.ask(f"runs/{run['id']}/steps/0", names="a0,z1", examples=example)["values"]
        visit.wait("(address) => document.querySelector(`#stage [data-address='${address}']`)?.dataset.value",
                   f"z1[{example},5]")  # fmt: skip
        shown = visit.picture().by_address
        assert float(shown[f"z1[{example},5]"].value) == row["z1"]["data"][0][5]
        assert float(shown[f"a0[{example},0]"].value) == row["a0"]["data"][0][0]
        assert visit.why.locator(".check.good").count() == 1


def test_arrays_that_cannot_be_had_are_named_with_what_to_do(visit, allow_console_error):
    allow_console_error("503|Failed to load")
    visit.page.route("**/steps/0?names=**", lambda route: route.fulfill(status=503, body="{}"))
    visit.open("#frame=W1_new&unit=0", spec=LARGE)
    visit.wait("() => document.querySelector('#face .strip')")
    strip = visit.page.locator("#face").inner_text()
    assert re.search(r"too large|left out|summary", strip, re.IGNORECASE), strip
    assert re.search(r"fewer|smaller|lower|less", strip, re.IGNORECASE), f"says nothing of what to do: {strip!r}"
    for cell in visit.picture().cells:
        assert cell.value is not None or not re.search(r"\d", cell.text), cell
    visit.press("ArrowRight").rest()


def test_a_link_to_something_too_large_names_the_limit(visit, allow_console_error):
    allow_console_error("422")
    spec = {"layers": [{"units": 10**9}, {"units": 1}]}
    visit.page.goto(f"{visit.base_url}/#spec={encode(spec)}")
    visit.wait("() => document.querySelector('#face .face:not(.quiet)')")
    said = visit.page.locator("#face").inner_text()
    assert re.search(r"\d[\d,]{3,}", said), f"names no limit: {said!r}"
    visit.page.locator("#face").get_by_role("button").first.click()
    visit.rest()


def test_while_the_first_answer_is_awaited_the_stage_says_so(visit):
    held = []
    visit.page.route(RUNS, lambda route: held.append(route))
    visit.page.goto(visit.base_url)
    visit.page.locator("#face .waiting").wait_for()
    assert visit.page.locator("#face").inner_text() == "Computing"
    for route in held:
        route.continue_()
    visit.rest()
    assert visit.page.locator("#face").inner_text() == ""
