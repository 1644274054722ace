"""Moments of a run to jump to, and trainings that take longer than one answer may."""

from __future__ import annotations

import json

from tests.page import Visit, encode

LATE = {
    "type": "urn:backscope:problem:deadline",
    "title": "Not ready in time",
    "status": 503,
    "detail": "What was computed is kept: ask again.",
    "errors": [],
}


def test_the_list_of_moments_leads_to_where_a_run_diverges(new_page, base_url):
    spec = {
        "layers": [{"units": 4, "activation": "relu"}, {"units": 1, "activation": "identity"}],
        "optimizer": {"kind": "sgd", "learning_rate": 30},
    }
    visit = Visit(new_page(reduced_motion="reduce"), base_url).open(f"#spec={encode(spec)}")
    found = visit.server.ask(f"runs/{visit.server.run(spec)['id']}/diagnosis")["non_finite"]
    visit.page.locator("#jump summary").click()
    item = visit.page.locator(".jump-item", has_text=f"{found['address']} is no finite")
    item.wait_for()
    item.click()
    visit.wait("(step) => document.body.dataset.step === step", str(found["step"]))
    assert (visit.moment.step, visit.moment.frame) == (found["step"], found["name"])
    assert visit.page.locator("#jump[open]").count() == 0


def test_a_long_training_shows_its_progress_can_be_stopped_and_goes_on(new_page, base_url, allow_console_error):
    allow_console_error("503")
    page = new_page(reduced_motion="reduce")
    visit = Visit(page, base_url)
    late = json.dumps(LATE)
    page.route("**/history*", lambda route: route.fulfill(status=503, content_type="application/json", body=late))
    visit.open(f"#spec={encode({'epochs': 120_000, 'seed': 31})}")
    note = page.locator("#training .curve-note")
    visit.wait("() => document.querySelector('#training .curve-note')?.textContent.includes('%')")
    note.locator("button").click()
    visit.wait("() => document.querySelector('#training .curve-note')?.textContent.includes('kept')")
    page.locator("#move-forward").click()
    visit.wait("() => document.body.dataset.unit === '1'")
    page.unroute("**/history*")
    page.route("**/history*", lambda route: route.continue_())
    note.locator("button").click()
    page.locator("#training .curve-head i").wait_for(timeout=30_000)
