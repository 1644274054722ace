"""The experiment: every field makes another run, what cannot be is said at its field, and one's place is kept."""

from __future__ import annotations

import json
import re

import pytest

from tests.page import DRAWN, Line, Moment, Visit, same, wrong_numbers

FORM = """() => Object.fromEntries([...document.querySelectorAll("#experiment-form [name]")]
  .filter((field) => field.name && !field.matches(":disabled"))
  .map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]))"""


@pytest.fixture
def visit(new_page, base_url):
    """A visit without animation, in the middle of the backward pass of step 5."""
    return Visit(new_page(reduced_motion="reduce"), base_url).open("#step=5&frame=delta1&unit=1")


def becomes(visit, spec):
    """Wait until this experiment is on screen, and check every number of it against its own trace."""
    run = visit.server.run(spec)
    moment = visit.showing(run).moment
    trace = visit.server.trace(run, moment.step)
    wrong = wrong_numbers(visit.picture(), Line(run), moment, trace)
    assert not wrong, "\n".join(wrong)
    steps = f"{run['steps']:,}" if run["steps"] >= 10_000 else run["steps"]
    assert f"{run['parameters']['count']} parameters, {steps} steps" in visit.page.locator("#cost").text_content()
    loss = visit.page.locator("#training b[data-value]").get_attribute("data-value")
    assert same(float(loss), trace["loss"]), f"beside the curve stands {loss}, the trace has {trace['loss']!r}"
    return run, moment


def layers(*widths, activation="sigmoid"):
    return [{"units": units, "activation": activation} for units in widths]


def choose(name, value):
    return lambda visit: visit.field(name).select_option(value)


def type_in(name, value):
    return lambda visit: visit.field(name).fill(value)


def press(selector):
    return lambda visit: visit.page.locator(selector).click()


CHANGES = {
    "more units": (press('[data-layer="0"] [data-nudge="1"]'), {"layers": layers(5, 1)}),
    "fewer units": (press('[data-layer="0"] [data-nudge="-1"]'), {"layers": layers(3, 1)}),
    "units typed": (type_in("layers[0].units", "7"), {"layers": layers(7, 1)}),
    "another layer": (press("#add-layer"), {"layers": layers(4, 4, 1)}),
    "a layer less": (press('[data-layer="0"] [data-remove]'), {"layers": layers(1)}),
    "relu": (
        choose("layers[0].activation", "relu"),
        {"layers": [{"units": 4, "activation": "relu"}, {"units": 1, "activation": "sigmoid"}]},
    ),
    "no bias": (
        lambda visit: visit.field("layers[0].bias").click(),
        {"layers": [{"units": 4, "activation": "sigmoid", "bias": False}, {"units": 1, "activation": "sigmoid"}]},
    ),
    "another loss": (choose("loss", "half_squared_error"), {"loss": "half_squared_error"}),
    "a rate": (type_in("optimizer.learning_rate", "0.5"), {"optimizer": {"kind": "sgd", "learning_rate": 0.5}}),
    "data": (
        type_in("data.examples", "12"),
        {"data": {"kind": "uniform", "examples": 12, "inputs": 2, "outputs": 1}},
    ),
    "inputs": (
        type_in("data.inputs", "3"),
        {"data": {"kind": "uniform", "examples": 100, "inputs": 3, "outputs": 1}},
    ),
    "outputs, which the last layer follows": (
        type_in("data.outputs", "2"),
        {"data": {"kind": "uniform", "examples": 100, "inputs": 2, "outputs": 2}, "layers": layers(4, 2)},
    ),
    "xor": (choose("data.kind", "xor"), {"data": {"kind": "xor"}}),
    "a seed": (type_in("seed", "42"), {"seed": 42}),
    "zeros": (choose("initializer.kind", "zeros"), {"initializer": {"kind": "zeros"}}),
    "a range": (type_in("initializer.high", "0.25"), {"initializer": {"kind": "uniform", "low": -1, "high": 0.25}}),
    "batches": (
        lambda visit: (visit.page.locator("#batch-kind").select_option("some"), visit.field("batch_size").fill("7")),
        {"batch_size": 7},
    ),
    "epochs": (type_in("epochs", "20"), {"epochs": 20}),
}


def unfolded(visit, name):
    """A field of the form, brought into sight where it is folded away."""
    field = visit.field(name)
    fold = field.locator("xpath=ancestor::details")
    if fold.count() and fold.get_attribute("open") is None:
        fold.locator("summary").click()
    return field


HIDDEN = {"kind": "dense", "units": 4, "activation": "sigmoid"}
OUTPUT = {"kind": "dense", "units": 1, "activation": "sigmoid"}

# What is set, field by field, and the experiment that makes of the first one.
SETTINGS = {
    "an activation with a parameter": (
        {"layers[0].activation": "leaky_relu", "layers[0].activation.slope": "0.25"},
        {"layers": [{**HIDDEN, "activation": {"kind": "leaky_relu", "slope": 0.25}}, OUTPUT]},
    ),
    "an activation that learns": (
        {"layers[0].activation": "prelu"},
        {"layers": [{**HIDDEN, "activation": "prelu"}, OUTPUT]},
    ),
    "a choice within a choice": (
        {"layers[0].activation": "gelu", "layers[0].activation.form": "tanh"},
        {"layers": [{**HIDDEN, "activation": {"kind": "gelu", "form": "tanh"}}, OUTPUT]},
    ),
    "a loss with a parameter": (
        {"loss": "huber", "loss.delta": "0.5"},
        {"loss": {"kind": "huber", "delta": 0.5}},
    ),
    "an optimizer with memory": (
        {"optimizer.kind": "adam", "optimizer.beta1": "0.5"},
        {"optimizer": {"kind": "adam", "beta1": 0.5}},
    ),
    "a schedule": (
        {"schedule.kind": "step", "schedule.every": "7"},
        {"schedule": {"kind": "step", "every": 7}},
    ),
    "a penalty and a clip": (
        {"penalty.l2": "0.5", "clip.norm": "2"},
        {"penalty": {"l2": 0.5}, "clip": {"norm": 2}},
    ),
    "how losses add up": (
        {"reduction": "sum", "update_order": "layer_by_layer"},
        {"reduction": "sum", "update_order": "layer_by_layer"},
    ),
    "dropout and a layer's own initial values": (
        {"layers[0].dropout": "0.5", "layers[0].initializer.kind": "normal", "layers[0].initializer.std": "2"},
        {"layers": [{**HIDDEN, "dropout": 0.5, "initializer": {"kind": "normal", "std": 2}}, OUTPUT]},
    ),
    "rows held out": ({"data.test_fraction": "0.25"}, {"data": {"kind": "uniform", "test_fraction": 0.25}}),
}


@pytest.mark.parametrize("part", range(2))
def test_every_setting_of_the_catalogue_can_be_set(visit, part):
    for name in list(SETTINGS)[part::2]:
        changes, spec = SETTINGS[name]
        visit.open("#step=5&frame=W1_new&unit=1")
        for path, value in changes.items():
            field = unfolded(visit, path)
            if field.evaluate("(field) => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        becomes(visit, spec)
        assert visit.page.locator("#experiment-form .problem:visible").count() == 0, name
        for path, value in changes.items():
            assert visit.field(path).input_value() == value, f"{name}: {path}"


def test_parameters_are_frozen_one_by_one_and_only_those_that_a_layer_has(visit):
    layer = visit.page.locator('[data-layer="0"]')
    layer.locator("details summary").click()

    def box(name):
        return layer.locator(f'.features input[value="{name}"]')

    assert not box("alpha").is_visible()
    box("W").check()
    run, _ = becomes(visit, {"layers": [{**HIDDEN, "frozen": ["W"]}, OUTPUT]})
    assert "W1_new" not in run["values"]
    box("b").check()
    becomes(visit, {"layers": [{**HIDDEN, "frozen": ["W", "b"]}, OUTPUT]})
    assert "Frozen W b" in layer.locator(".fold-note").text_content()
    visit.field("layers[0].bias").click()
    becomes(visit, {"layers": [{**HIDDEN, "bias": False, "frozen": ["W"]}, OUTPUT]})
    assert not box("b").is_visible()
    visit.field("layers[0].bias").click()
    visit.field("layers[0].activation").select_option("prelu")
    box("alpha").check()
    becomes(visit, {"layers": [{**HIDDEN, "activation": "prelu", "frozen": ["W", "alpha"]}, OUTPUT]})
    visit.field("layers[0].activation").select_option("relu")
    becomes(visit, {"layers": [{**HIDDEN, "activation": "relu", "frozen": ["W"]}, OUTPUT]})
    box("W").uncheck()
    becomes(visit, {"layers": [{**HIDDEN, "activation": "relu"}, OUTPUT]})


def test_a_setting_that_may_be_nothing_can_be_emptied_and_a_layer_can_go_back_to_what_all_have(visit):
    spec = {"clip": {"value": 0.5}, "layers": [{**HIDDEN, "initializer": {"kind": "zeros"}}, OUTPUT]}
    visit.open("#step=5", spec=spec)
    assert unfolded(visit, "clip.value").input_value() == "0.5"
    visit.field("clip.value").fill("")
    unfolded(visit, "layers[0].initializer.kind").select_option("")
    becomes(visit, {})
    assert visit.page.locator("#example-menu").input_value() == "seed"


def test_a_fold_says_what_has_been_changed_in_it_and_opens_where_something_is_refused(visit, allow_console_error):
    allow_console_error("422")
    fold = visit.page.locator("details", has=visit.page.locator('[name="clip.norm"]'))
    note = fold.locator(".fold-note")
    assert note.text_content() == ""
    visit.open("#step=5", spec={"clip": {"norm": 2}, "schedule": {"kind": "cosine"}})
    assert note.text_content() == "Cosine, Limit of all gradients together 2"
    unfolded(visit, "clip.value").fill("1")
    visit.wait("() => document.querySelector('.fold .problem:not([hidden])')")
    fold.locator("summary").click()
    assert fold.get_attribute("open") is None
    visit.field("clip.value").evaluate("(field) => field.dispatchEvent(new Event('input', { bubbles: true }))")
    visit.problem("clip.norm").wait_for()
    assert fold.get_attribute("open") is not None


@pytest.mark.parametrize("part", range(3))
def test_a_change_is_computed_at_once_and_the_place_is_kept(visit, part):
    for name in list(CHANGES)[part::3]:
        change, spec = CHANGES[name]
        visit.open("#step=5&frame=delta1&unit=1")
        change(visit)
        run, moment = becomes(visit, spec)
        kept = "delta1" if "delta1" in {call["writes"] for call in run["program"]["calls"]} else moment.frame
        place = Moment(5, kept, min(1, run["values"][kept]["shape"][-1] - 1))
        assert moment == place, f"{name}: the page is at {moment}, and was at {place}"
        assert visit.page.locator("#example-menu").input_value() == "", name
        assert visit.page.locator("#experiment-form .problem:visible").count() == 0, name


def test_everything_about_the_place_is_kept_where_it_still_exists(visit):
    place = {"step": "7", "frame": "dW1", "unit": "2", "example": "3", "by": "phase", "view": "matrices"}
    fragment = "&".join(f"{key}={value}" for key, value in place.items())
    visit.open(f"#{fragment}&focus=W1[2,1]")
    rate = visit.field("optimizer.learning_rate")
    rate.focus()
    visit.press("ArrowUp")
    becomes(visit, {"optimizer": {"kind": "sgd", "learning_rate": 0.02}})
    said = visit.wait_for_fragment("learn|spec=")
    assert all(f"{key}={value}" in said for key, value in place.items()), said
    assert "focus=W1[2,1]" in said
    assert rate.evaluate("(field) => field === document.activeElement")
    visit.field("layers[0].units").fill("2")
    becomes(visit, {"optimizer": {"kind": "sgd", "learning_rate": 0.02}, "layers": layers(2, 1)})
    said = visit.wait_for_fragment("unit=1&")
    assert "frame=dW1" in said
    assert "focus" not in said, "that weight is gone"
    visit.page.locator("#undo").click()
    becomes(visit, {"optimizer": {"kind": "sgd", "learning_rate": 0.02}})


TRAINING = "document.getElementById('training').innerHTML"


def test_until_a_step_of_the_new_run_is_there_all_that_is_drawn_is_of_the_old_one(visit):
    old = visit.server.run()
    before, curve = visit.curve().picture(), visit.page.evaluate(TRAINING)
    held = []
    visit.page.route(re.compile(r"/steps/\d+$"), lambda route: held.append(route), times=1)
    with visit.page.expect_response(re.compile("/history")):
        visit.field("loss").select_option("half_squared_error")
    visit.wait("() => document.body.dataset.ready === 'false'")
    visit.page.evaluate(DRAWN)
    assert visit.picture() == before
    assert visit.page.evaluate(TRAINING) == curve
    assert visit.page.evaluate("document.body.dataset.run") == old["id"]
    for route in held:
        route.continue_()
    becomes(visit, {"loss": "half_squared_error"})


def test_data_sets_can_be_chosen_one_after_another_and_the_output_layer_fits_them(visit):
    for kind in ("blobs", "digits", "function", "iris", "uniform"):
        visit.field("data.kind").select_option(kind)
        visit.showing(visit.server.run({"data": {"kind": kind}}))
        assert visit.page.locator("#experiment-form .problem:visible").count() == 0, kind


def test_features_and_lists_are_part_of_the_data(visit, allow_console_error):
    allow_console_error("422")
    visit.field("data.kind").select_option("circles")
    unfolded(visit, "data.test_fraction")
    features = visit.page.locator('[data-entry="circles"] .features input')
    features.nth(1).uncheck()
    features.nth(2).check()
    becomes(visit, {"data": {"kind": "circles", "features": ["x0", "x0^2"]}})
    visit.field("data.kind").select_option("linear")
    visit.field("data.weights").fill("1; -2, 3")
    linear = {"kind": "linear", "weights": [1, -2, 3]}
    becomes(visit, {"data": linear})
    visit.field("data.features").fill("x2 x0*x1")
    visit.field("data.scaling").select_option("standard")
    becomes(visit, {"data": {**linear, "features": ["x2", "x0*x1"], "scaling": "standard"}})
    visit.field("data.features").fill("x3")
    problem = visit.page.locator('#experiment-form [data-entry="linear"] [data-problem="data.features"]')
    problem.wait_for()
    assert "x0 to x2" in problem.text_content()
    assert visit.field("data.features").get_attribute("aria-invalid") == "true"


def test_what_is_odd_about_an_experiment_is_said_at_its_fields_until_it_is_no_more(visit):
    notes = visit.page.locator("#experiment-form .note")
    visit.field("data.kind").select_option("xor")
    visit.field("loss").select_option("hinge")
    visit.showing(visit.server.run({"data": {"kind": "xor"}, "loss": "hinge"}))
    assert notes.all_inner_texts() == [
        "Hinge is made for targets that are −1 or 1. With the classes as −1 and 1 they would be."
    ]
    shown = visit.page.locator("[data-problem='data.targets'] + .note:visible")
    shown.wait_for()
    visit.page.locator("[data-entry=xor] [name='data.targets']").select_option("signs")
    becomes(visit, {"data": {"kind": "xor", "targets": "signs"}, "loss": "hinge"})
    assert notes.count() == 0


def test_own_rows_are_data(visit):
    visit.field("data.kind").select_option("inline")
    visit.page.locator("#own-rows").fill("0.5 1 → 1\n-1, 2 → 0")
    becomes(visit, {"data": {"kind": "inline", "x": [[0.5, 1], [-1, 2]], "y": [[1], [0]]}})
    assert "of 2" in visit.page.locator("#row-picker").inner_text()


def test_what_was_opened_can_be_gone_back_to(visit):
    seed = visit.page.evaluate(FORM)
    back = visit.page.locator("#restore")
    assert not back.is_visible()
    for name, value in (("layers[0].units", "6"), ("seed", "9"), ("optimizer.learning_rate", "2")):
        visit.field(name).fill(value)
    becomes(visit, {"layers": layers(6, 1), "seed": 9, "optimizer": {"kind": "sgd", "learning_rate": 2}})
    assert back.text_content() == "Back to Seed network 2-4-1"
    back.click()
    becomes(visit, {})
    assert visit.page.evaluate(FORM) == seed
    assert visit.page.locator("#example-menu").input_value() == "seed"
    assert not back.is_visible()


def test_reset_replays_the_same_numbers_from_the_beginning_and_reseed_draws_others(visit):
    changed = {"layers": layers(6, 1), "seed": 7, "edits": [{"step": 2, "set": {"b1[0]": 1}}]}
    visit.open("#step=5&frame=delta1&unit=1", spec=changed)
    visit.page.locator("#reset").click()
    run, moment = becomes(visit, {**changed, "edits": []})
    assert moment == Line(run).start
    before = visit.picture()
    visit.open("#step=5", spec=changed)
    visit.page.locator("#reseed").click()
    visit.wait("() => document.getElementById('seed').value !== '7'")
    run, moment = becomes(visit, {**changed, "edits": [], "seed": int(visit.page.locator("#seed").input_value())})
    assert moment == Line(run).start
    other = {cell.address: cell.value for cell in visit.picture().cells}
    assert all(cell.value != other[cell.address] for cell in before.cells if cell.address.startswith("a0"))
    visit.page.locator("#undo").click()
    visit.showing(visit.server.run(changed))


BAD = {
    "no units": ("layers[0].units", "0"),
    "half a unit": ("layers[0].units", "2.5"),
    "no number": ("layers[0].units", ""),
    "a negative rate": ("optimizer.learning_rate", "-1"),
    "no examples": ("data.examples", "0"),
    "no epochs": ("epochs", "0"),
    "a negative seed": ("seed", "-3"),
}


def test_a_value_that_cannot_be_is_refused_beside_its_field_and_the_last_good_run_stays(visit, allow_console_error):
    allow_console_error("422")
    said = visit.page.locator("#experiment-form .problem:visible")
    for path, value in BAD.values():
        before, field = visit.picture(), visit.field(path)
        good = field.input_value()
        field.fill(value)
        place = f"[data-problem^='{path.partition('.')[0]}']:not([hidden])"
        visit.wait("(place) => document.querySelector(place)?.textContent", place)
        assert said.count() == 1, f"{path} = {value!r}: {said.all_text_contents()}"
        assert field.get_attribute("aria-invalid") == "true"
        assert field.get_attribute("aria-describedby") == said.get_attribute("id")
        far = abs(said.bounding_box()["y"] - field.bounding_box()["y"])
        assert far < 90, f"{path}: the message is {far} pixels from its field"
        assert visit.page.locator("#kept").is_visible()
        assert visit.picture() == before
        visit.press("Tab")
        assert field.input_value() == value, f"{path}: what was typed is gone"

        field.fill(good)
        visit.wait("() => document.getElementById('kept').hidden")
        assert said.count() == 0
        assert field.get_attribute("aria-invalid") is None


def test_while_a_value_is_refused_the_last_good_run_steps_on(visit, allow_console_error):
    allow_console_error("422")
    visit.field("layers[0].units").fill("0")
    visit.wait("() => !document.getElementById('kept').hidden")
    visit.page.locator("#move-forward").click()
    visit.at(Moment(5, "delta1", 2))


def test_rows_that_make_no_table_are_refused_with_their_place(visit, allow_console_error):
    allow_console_error("422")
    visit.field("data.kind").select_option("inline")
    rows = visit.page.locator("#own-rows")
    rows.fill("0 0 → 0\n0 1")
    visit.wait("() => document.querySelector('.problem[data-problem^=data]:not([hidden])')")
    assert rows.get_attribute("aria-invalid") == "true"
    rows.fill("0 0 → 0\n0 1 → 1")
    visit.wait("() => document.getElementById('kept').hidden")
    becomes(visit, {"data": {"kind": "inline", "x": [[0, 0], [0, 1]], "y": [[0], [1]]}})


def test_an_experiment_over_a_limit_is_refused_with_the_limit(visit, allow_console_error):
    allow_console_error("422")
    before = visit.picture()
    visit.field("layers[0].units").fill("999999999")
    visit.wait("() => document.querySelector('#experiment-form .problem:not([hidden])')")
    text = " ".join(visit.page.locator("#experiment-form .problem:visible").all_text_contents())
    assert any(letter.isdigit() for letter in text), text
    assert "limit." not in text
    assert visit.picture() == before


def test_every_example_in_the_menu_opens_and_steps(visit):
    menu = visit.page.locator("#example-menu")
    examples = menu.locator("option[data-spec]").evaluate_all("(all) => all.map((o) => [o.value, o.dataset.spec])")
    assert len(examples) >= 4
    for name, text in [*examples[1:], examples[0]]:
        menu.select_option(name)
        run, moment = becomes(visit, json.loads(text))
        line = Line(run)
        assert moment == line.start
        assert menu.input_value() == name
        for wanted in line.all("unit", [0])[1:6]:
            visit.page.locator("#move-forward").click()
            visit.at(wanted)
        assert not wrong_numbers(visit.picture(), line, visit.moment, visit.server.trace(run, 0)), name
        visit.page.locator("#to-end").click()
        visit.at(line.end)
        assert not wrong_numbers(visit.picture(), line, line.end, visit.server.trace(run, run["steps"] - 1)), name


def test_given_parameters_are_named_and_can_be_dropped(visit):
    visit.page.locator("#example-menu").select_option("han-kamber")
    given = visit.page.locator("#given-parameters")
    given.wait_for()
    assert all(name in given.text_content() for name in ("W1", "b1", "W2", "b2"))
    spec = json.loads(visit.page.locator("option[value=han-kamber]").get_attribute("data-spec"))
    visit.page.locator("#forget-parameters").click()
    given.wait_for(state="hidden")
    becomes(visit, {**spec, "parameters": {}})


def test_typing_on_is_not_disturbed_by_answers_to_what_was_typed_before(visit):
    field = visit.field("optimizer.learning_rate")
    field.fill("")
    field.press_sequentially("0.0625", delay=60)
    becomes(visit, {"optimizer": {"kind": "sgd", "learning_rate": 0.0625}})
    assert field.input_value() == "0.0625"
    assert field.evaluate("(field) => field === document.activeElement")
