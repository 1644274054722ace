"""The address of the page: a moment survives a reload, a link and a mishap, and the browser's Back leads back."""

from __future__ import annotations

import json

import pytest

from tests.page import Line, Moment, Visit, difference, encode

SPEC = {
    "data": {"kind": "uniform", "examples": 9, "inputs": 3, "outputs": 2},
    "layers": [{"units": 3, "activation": "tanh"}, {"units": 2, "activation": "sigmoid"}],
    "optimizer": {"kind": "sgd", "learning_rate": 0.25},
    "batch_size": 3,
    "epochs": 10,
}


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


@pytest.fixture
def elsewhere(new_page, base_url):
    """Somebody else's browser."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


@pytest.mark.parametrize("spec", [None, SPEC], ids=["seed", "own experiment"])
def test_a_moment_survives_a_reload_and_a_copied_link(visit, elsewhere, spec):
    visit.open("#step=1", spec=spec).by("assignment").press("]", *["ArrowRight"] * 9, ".", ".").rest()
    visit.cell("a1[2,1]").click()
    visit.page.mouse.move(0, 0)
    visit.rest()
    moment, picture = visit.moment, visit.picture()
    assert moment.step == 2
    assert picture.focus == {"a1[2,1]"}
    visit.wait_for_fragment("focus=a1.*" if spec is None else "focus=a1.*spec=")
    link = visit.page.url
    visit.page.reload()
    assert visit.rest().moment == moment
    assert not difference(visit.picture(), picture)
    elsewhere.page.goto(link)
    assert elsewhere.rest().moment == moment
    assert not difference(elsewhere.picture(), picture)
    assert elsewhere.page.get_by_role("radio", name="assignment").is_checked()


def test_the_first_moment_of_the_seed_has_a_bare_address(visit):
    visit.open()
    visit.press("ArrowRight").wait_for_fragment("unit=1")
    visit.press("ArrowLeft").wait_for_fragment("^$")
    assert "#" not in visit.page.url


def test_typing_another_moment_into_the_address_goes_there(visit):
    visit.open("#step=3&frame=a2")
    visit.page.evaluate("location.hash = '#step=7&frame=delta1&unit=2&example=4&focus=a1[4,0]'")
    visit.at(Moment(7, "delta1", 2))
    assert visit.picture().focus == {"a1[4,0]"}
    visit.page.evaluate("location.hash = ''")
    visit.at(Moment(0, "z1", 0))


def test_the_id_of_a_run_opens_it_and_the_address_then_says_the_experiment(visit, allow_console_error):
    spec = {"data": {"kind": "xor"}, "layers": [{"units": 3}, {"units": 1}]}
    run = visit.server.run(spec)
    visit.page.goto(f"{visit.base_url}/#run={run['id']}&step=5&frame=a1")
    visit.showing(run)
    visit.wait_for_fragment("^#step=5&frame=a1&spec=")
    allow_console_error("404")
    visit.page.goto("about:blank")
    visit.page.goto(f"{visit.base_url}/#run={'0' * 32}")
    visit.page.locator("#face button").first.click()
    visit.at(Moment(0, "z1", 0))


def test_a_moment_beyond_the_run_is_the_nearest_there_is(visit):
    visit.open("#step=123456&frame=W1_new&unit=77&example=4000")
    line = Line(visit.server.run())
    visit.at(line.last(999, "W1_new"))
    assert any(address.startswith("z1[99,") for address in visit.picture().by_address)


MALFORMED = {
    "nothing": "#",
    "signs": "#&&==&=&#",
    "no numbers": "#step=abc&unit=-1&example=1e3",
    "huge": "#step=99999999999999999999",
    "half a percent": "#focus=%E0%A4%A&step=4",
    "unknown frame": "#step=4&frame=nonsense&unit=2",
    "prototype": "#__proto__=1&constructor=2&toString=3&frame=constructor",
    "a cell that is not there": "#step=4&frame=delta1&focus=delta9[0,99]",
    "an address with too many indices": "#focus=a1[0,0,0,0]",
    "an unknown size and view": "#by=century&view=nowhere",
    "a spec that is no base64": "#spec=%%%",
    "a spec that is no JSON": "#spec=bm90IGpzb24",
    "a spec that is a list": f"#spec={encode([])}",  # type: ignore[arg-type]
    "a spec nested deep": "#spec=" + encode(json.loads('{"a":' * 60 + "1" + "}" * 60)),
    "markup": "#focus=<img src=x onerror=alert(1)>&frame=<b>",
    "long": "#focus=" + "a" * 20_000,
}


def test_a_malformed_address_still_opens_the_page(visit):
    line = Line(visit.server.run())
    for name, fragment in MALFORMED.items():
        if name in ("half a percent", "a spec that is no JSON", "markup"):
            visit.page.goto("about:blank")
        visit.open(fragment)
        assert visit.picture().cells, f"{name}: nothing on the stage"
        visit.press("]").at(line.last(visit.moment.step, "b1_new"))


def test_a_link_to_an_impossible_experiment_says_what_is_wrong_and_how_to_go_on(visit, allow_console_error):
    allow_console_error("422")
    for spec, field in (
        ({"layers": "x"}, "layers"),
        ({"layers": [{"units": 0}]}, "units"),
        ({"loss": "guess"}, "loss"),
    ):
        visit.page.goto("about:blank")
        visit.page.goto(f"{visit.base_url}/#step=4&spec={encode(spec)}")
        visit.wait("(field) => document.getElementById('face').textContent.includes(field)", field)
        visit.page.locator("#face").get_by_role("button").click()
        visit.rest()
        assert visit.picture().cells
        assert visit.page.locator("#face .face").count() == 0


def test_back_leads_to_the_experiment_before_and_forward_returns(visit):
    visit.open("#step=5&frame=delta1&unit=1")
    visit.field("layers[0].units").fill("6")
    visit.wait("() => document.querySelectorAll('#stage .card').length === 2 + 6 + 1 + 1")
    visit.wait_for_fragment("spec=")
    own = visit.fragment
    visit.page.go_back()
    visit.wait_for_fragment("^#step=5&frame=delta1&unit=1$")
    visit.wait("() => document.querySelectorAll('#stage .card').length === 2 + 4 + 1 + 1")
    assert visit.rest().moment == Moment(5, "delta1", 1)
    assert visit.field("layers[0].units").input_value() == "4"
    visit.page.go_forward()
    visit.wait("() => document.querySelectorAll('#stage .card').length === 2 + 6 + 1 + 1")
    assert visit.fragment == own


def test_moving_about_leaves_no_trail_for_the_back_button(visit):
    visit.open("#step=2")
    before = visit.page.evaluate("history.length")
    for key, fragment in (("]", "frame=b1_new"), ("ArrowRight", "^#step=3$"), ("End", "step=999")):
        visit.press(key).wait_for_fragment(fragment)
    assert visit.page.evaluate("history.length") == before
