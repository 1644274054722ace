"""Training fast: through the steps in a few seconds, paused at any time, stopped where it was told to."""

from __future__ import annotations

import pytest

from tests.page import Line, Moment, Visit, wrong_numbers

STEP = "() => Number(document.body.dataset.step)"
RUNNING = "() => document.getElementById('train').getAttribute('aria-pressed') === 'true'"


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation, to the beginning of the seed experiment."""
    return Visit(new_page(reduced_motion="reduce"), base_url).open()


@pytest.fixture
def line(visit):
    """The moments of the seed experiment."""
    return Line(visit.server.run())


def paused(visit):
    visit.wait(f"() => !({RUNNING})()")
    return visit.rest()


def test_training_runs_through_the_steps_and_every_number_drawn_is_of_a_step_that_is_there(visit, line):
    visit.page.locator("#train").click()
    visit.wait(RUNNING)
    seen = [visit.wait(f"(least) => ({STEP})() > least && document.body.dataset.ready === 'true' && ({STEP})()", least)
            for least in (5, 40, 90)]  # fmt: skip
    assert seen == sorted(seen)
    visit.press("Space")
    paused(visit)
    step = visit.moment.step
    assert visit.moment == line.last(step, line.calls[-1]["writes"])
    assert not wrong_numbers(visit.picture(), line, visit.moment, visit.server.trace(line.run, step))
    assert visit.page.locator("#go-to").input_value() == str(step)


def test_looking_inside_pauses_at_the_first_number_of_the_step(visit):
    visit.press("6", "f")
    visit.wait(f"() => ({STEP})() > 20")
    visit.page.locator("#look-inside").click()
    paused(visit)
    step = visit.moment.step
    assert visit.moment == Moment(step, "z1", 0)
    visit.press("ArrowRight").at(Moment(step, "z1", 1))


def test_whoever_goes_elsewhere_ends_the_training_there(visit):
    for act in (lambda: visit.press("ArrowLeft"), lambda: visit.page.locator("#to-start").click(),
                lambda: visit.page.locator('#timeline [data-call="loss"]').click()):  # fmt: skip
        visit.press("f")
        visit.wait(f"() => ({RUNNING})() && ({STEP})() > 3")
        act()
        paused(visit)


def test_a_changed_setting_trains_on(visit):
    visit.page.locator("#train").click()
    visit.wait(f"() => ({STEP})() > 10")
    visit.field("optimizer.learning_rate").fill("2")
    run = visit.server.run({"optimizer": {"kind": "sgd", "learning_rate": 2}})
    visit.wait("(id) => document.body.dataset.run === id", run["id"])
    at = visit.page.evaluate(f"({STEP})()")
    visit.wait(f"(at) => ({RUNNING})() && ({STEP})() > at + 10", at)


def test_training_ends_at_the_last_step_and_begins_again_from_the_first(visit):
    visit.open("#step=8", spec={"epochs": 10})
    visit.page.locator("#train").click()
    paused(visit)
    assert visit.moment.step == 9
    visit.page.locator("#toast", has_text="over").wait_for()
    visit.page.locator("#train").click()
    visit.wait(f"() => ({STEP})() < 9")


def stop_when(visit, **conditions):
    visit.page.locator("#stop-when").click()
    for name, value in conditions.items():
        field = visit.page.locator(f"#stop-menu [name=stop-{name}]")
        if name == "monitor":
            field.select_option(value)
        else:
            field.fill(value)
            field.press("Tab")


def test_training_stops_where_the_loss_reaches_its_goal_and_the_link_says_so(visit, line):
    goal = 0.08381
    known = visit.server.ask(f"runs/{line.run['id']}/diagnosis", monitor="train_loss", goal=goal)
    step = known["early_stopping"]["reached"]["step"] - 1
    stop_when(visit, goal=str(goal))
    visit.page.locator("#stop-menu .stop-found", has_text=f"Step {step}:").wait_for()
    visit.press("Escape")
    assert visit.page.locator("#training .curve-halt").count() == 1
    visit.page.locator("#train").click()
    paused(visit)
    assert visit.moment.step == step
    visit.page.locator("#toast", has_text="reaches 0.08381").wait_for()
    visit.wait_for_fragment(r"stop=train_loss,0\.08381,,0")
    visit.page.locator("#train").click()
    visit.wait(f"(step) => ({STEP})() > step", step)


def test_training_stops_after_epochs_without_gain_and_at_a_number_that_is_not_finite(visit):
    relu = {"layers": [{"units": 4, "activation": "relu"}, {"units": 1, "activation": "identity"}]}
    still = {"optimizer": {"kind": "sgd", "learning_rate": 0}}
    visit.open("#stop=train_loss,,7,0", spec=still)
    visit.page.locator("#train").click()
    paused(visit)
    assert visit.moment.step == 6
    visit.page.locator("#toast", has_text="no gain in the training loss for 7 epochs").wait_for()
    wild = {**relu, "optimizer": {"kind": "sgd", "learning_rate": 30}}
    step = visit.server.ask(f"runs/{visit.server.run(wild)['id']}/diagnosis")["non_finite"]["step"]
    visit.open("", spec=wild).curve()
    visit.page.locator("#train").click()
    paused(visit)
    visit.wait("(step) => document.body.dataset.step === step", str(step))
    visit.page.locator("#toast", has_text="not finite").wait_for()


def test_a_figure_that_this_run_does_not_have_is_refused_in_the_menu(visit, allow_console_error):
    allow_console_error("422")
    stop_when(visit, goal="0.9", monitor="test_accuracy")
    visit.page.locator("#stop-menu .problem", has_text="train_loss").wait_for()


def test_a_step_is_typed_and_gone_to(visit, line):
    field = visit.page.locator("#go-to")
    for typed, step in (("437", 437), ("5000", 999), ("-3", 999), ("0", 0)):
        field.fill(typed)
        field.press("Enter")
        visit.wait("(step) => document.body.dataset.step === step && document.body.dataset.ready === 'true'", str(step))
        assert field.input_value() == str(step)
    assert visit.moment == line.start


def test_a_long_training_is_seen_as_it_is_computed_and_looked_into_meanwhile(new_page, base_url, allow_console_error):
    allow_console_error("503")
    visit = Visit(new_page(reduced_motion="reduce"), base_url)
    visit.open("", spec={"epochs": 300_000, "seed": 4711})
    visit.wait("() => document.querySelector('#training .curve-note')?.textContent.includes('%')")
    visit.wait("() => document.querySelectorAll('#training .line').length > 0")
    field = visit.page.locator("#go-to")
    field.fill("2000")
    field.press("Enter")
    run = visit.server.run({"epochs": 300_000, "seed": 4711})
    visit.showing(run, Moment(2000, "z1", 0))
    assert not wrong_numbers(visit.picture(), Line(run), visit.moment, visit.server.trace(run, 2000))
    field.fill("299999")
    field.press("Enter")
    visit.showing(run, Moment(299_999, "z1", 0))


def test_a_number_that_is_pinned_is_watched_while_training_and_while_dragging(visit, line):
    visit.page.locator('#stage [data-address="b1[2]"]').first.click()
    code = "document.querySelector('#why code').textContent"
    visit.wait(f"() => {code} === 'b1[2]'")
    visit.page.locator("#train").click()
    visit.wait(f"() => ({STEP})() > 30")
    visit.press("Space")
    paused(visit)
    assert visit.page.evaluate(code) == "b1[2]"
    box = visit.page.locator("#training [role=slider]").bounding_box()
    visit.page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 10)
    visit.wait("() => Number(document.body.dataset.step) > 600 && document.body.dataset.ready === 'true'")
    assert visit.page.evaluate(code) == "b1[2]"
    step = visit.moment.step
    value = visit.server.trace(line.run, step)["values"]["b1"]["data"][2]
    shown = visit.page.locator('#stage [data-address="b1[2]"]').first.get_attribute("data-value")
    assert float(shown) == value
