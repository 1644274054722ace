"""Stepping: every moment of a step shows the numbers of the trace, and back is exactly forward reversed."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.page import GRANULARITIES, Line, Moment, Server, Visit, difference, parse_address, value_in, wrong_numbers

COARSE = GRANULARITIES[1:]
"""All but the term, whose landing points the account of every number has to tell."""

SEED: dict = {}
MINI_BATCHES = {
    "data": {"kind": "uniform", "examples": 5, "inputs": 2, "outputs": 2},
    "layers": [{"units": 3, "activation": "relu"}, {"units": 2, "activation": "tanh"}, {"units": 2}],
    "batch_size": 2,
    "epochs": 3,
}
LOGITS = {
    "data": {"kind": "inline", "x": [[0.5, -1], [1, 0.25]], "y": [[1, 0, 0], [0, 0, 1]]},
    "layers": [{"units": 3, "activation": "tanh", "bias": False}, {"units": 3, "activation": "softmax"}],
    "loss": "softmax_cross_entropy",
    "epochs": 4,
}
RUNS = {"seed": SEED, "mini-batches": MINI_BATCHES, "logits without bias": LOGITS}


@pytest.fixture
def server(base_url):
    return Server(base_url)


@pytest.fixture
def still(new_page, base_url):
    """A visit without animation: every move is there at once."""
    return Visit(new_page(reduced_motion="reduce"), base_url)


def walk(visit, line, moments, key, trace_of):
    """Press a key once for every moment, check every number there, and give back the pictures."""
    pictures = []
    for moment in moments:
        visit.press(key).at(moment)
        picture = visit.picture()
        wrong = wrong_numbers(picture, line, moment, trace_of(moment.step))
        assert not wrong, f"at {moment}:\n" + "\n".join(wrong)
        assert picture.focus <= picture.written, f"at {moment}: {picture.focus} is explained"
        pictures.append(picture)
    return pictures


@pytest.mark.parametrize("spec", RUNS.values(), ids=RUNS)
def test_a_whole_step_by_unit_shows_the_trace_and_back_is_forward_reversed(still, server, spec):
    line = Line(server.run(spec))
    trace = server.trace(line.run, 0)
    visit = still.open(spec=spec)
    moments = line.all("unit", [0])
    assert visit.moment == moments[0]

    first = visit.picture()
    assert not wrong_numbers(first, line, moments[0], trace)
    forward = [first, *walk(visit, line, moments[1:], "ArrowRight", lambda step: trace)]
    backward = walk(visit, line, moments[-2::-1], "ArrowLeft", lambda step: trace)
    for moment, there, back in zip(moments[-2::-1], forward[-2::-1], backward, strict=True):
        assert not (found := difference(there, back)), f"at {moment}, there against back:\n{found}"


def test_at_every_moment_the_cells_lit_are_those_that_are_written_and_read(still, server):
    line = Line(server.run())
    visit = still.open("#example=2")
    for moment in line.all("unit", [0]):
        visit.at(moment)
        picture = visit.picture()
        written = line.written(moment, example=2)
        read = {
            address
            for cell in written
            for term in server.explain(line.run, 0, cell)["terms"]
            for address in term["addresses"]
        }
        on_stage = picture.by_address.keys()
        assert picture.written == written & on_stage, f"at {moment}, computed: {written}"
        assert picture.read == read & on_stage, f"at {moment}, read: {read & on_stage}"
        assert picture.written, f"at {moment} nothing that is computed is on the stage"
        assert picture.phase == line.calls[line.frames[moment.frame]]["phase"]
        visit.press("ArrowRight")


def test_every_number_of_a_unit_is_on_the_stage_once_computed(still, server):
    run = server.run()
    trace = server.trace(run, 0)
    visit = still.open("#example=7").press("End", "[").at(Line(run).last(998, "b1_new"))
    trace = server.trace(run, 998)
    shown = visit.picture().by_address
    for name, value in run["values"].items():
        if "input" in value["axes"] or name.startswith(("b", "db")):
            continue  # numbers of wires and biases come and go with what they take part in
        units = value["shape"][-1] if value["axes"] else 1
        for unit in range(units):
            address = f"{name}[7,{unit}]" if value["axes"] else name
            assert address in shown, f"{address} is not on the stage"
            assert float(shown[address].value) == value_in(trace, address)


def test_the_text_of_a_number_is_the_number_to_its_last_figure(still, server):
    visit = still.open("#step=3&frame=b1_new&unit=3")
    assert len(visit.picture().cells) > 20
    for cell in visit.picture().cells:
        text, value = cell.text.replace("\u2212", "-"), float(cell.value)
        digits = text.lower().split("e")[0].lstrip("-").replace(".", "").lstrip("0")
        shown = float(text)
        if value and shown:
            unit = 10 ** -(len(text.split("e")[0].partition(".")[2])) * 10 ** int(text.partition("e")[2] or 0)
            assert abs(shown - value) <= 0.5 * unit * (1 + 1e-9), f"{cell.address}: {text} for {value!r}"
            assert len(digits) >= 1
        else:
            assert shown == value, f"{cell.address}: {text} for {value!r}"


@pytest.mark.parametrize("by", COARSE[1:])
def test_moves_land_where_the_contract_says_and_back_lands_there_too(still, server, by):
    line = Line(server.run(MINI_BATCHES))
    steps = {"assignment": [0], "layer": [0, 1], "phase": [0, 1]}.get(by, range(line.run["steps"]))
    moments = line.all(by, steps)
    traces = {step: server.trace(line.run, step) for step in {moment.step for moment in moments}}
    visit = still.open(spec=MINI_BATCHES).by(by)
    forward = walk(visit, line, moments, "ArrowRight", traces.get)
    backward = walk(visit, line, moments[-2::-1], "ArrowLeft", traces.get)
    for moment, there, back in zip(moments[-2::-1], forward[-2::-1], backward, strict=True):
        assert not (found := difference(there, back)), f"at {moment}, there against back:\n{found}"
    visit.press("ArrowLeft").at(line.start)


def test_moves_cross_from_one_step_into_the_next_and_back(still, server):
    line = Line(server.run(MINI_BATCHES))
    for by in COARSE:
        moments = line.all(by, range(line.run["steps"]))
        before, after = next((a, b) for a, b in pairwise(moments) if a.step <= 2 < b.step)
        visit = still.open(f"#step={before.step}&frame={before.frame}&unit={before.unit}&by={by}", spec=MINI_BATCHES)
        here = visit.at(before).picture()
        there = visit.press("ArrowRight").at(after).picture()
        trace = server.trace(line.run, after.step)
        assert not (wrong := wrong_numbers(there, line, after, trace)), f"by {by}:\n" + "\n".join(wrong)
        back = visit.press("ArrowLeft").at(before).picture()
        assert not (found := difference(here, back)), f"by {by}, there against back:\n{found}"


def test_a_step_begins_with_the_parameters_the_step_before_ended_with(still, server):
    line = Line(server.run())
    visit = still.open("#step=41&frame=b1_new&unit=3").at(line.last(41, "b1_new"))
    ended = visit.picture().by_address
    begun = visit.press("ArrowRight").at(Moment(42, "z1", 0)).picture().by_address
    assert {f"b1[{unit}]" for unit in range(4)} <= begun.keys()
    for unit in range(4):
        new, old = ended.get(f"b1_new[{unit}]"), begun[f"b1[{unit}]"]
        assert new, f"b1_new[{unit}] is not on the stage"
        assert new.value == old.value, f"unit {unit}: {new.value} became {old.value}"


def test_the_run_ends_at_its_last_step_and_goes_no_further(still, server):
    line = Line(server.run())
    visit = still.open().press("End").at(line.end)
    assert line.end.step == 999
    assert not wrong_numbers(visit.picture(), line, line.end, server.trace(line.run, 999))
    for by in COARSE:
        visit.by(by).press("ArrowRight").at(line.end)
    visit.by("unit").press("ArrowLeft").at(Moment(999, "b1_new", 2))
    visit.press("Home").at(line.start)
    for by in COARSE:
        visit.by(by).press("ArrowLeft").at(line.start)


def test_buttons_move_as_keys_do(still, server):
    line = Line(server.run())
    visit = still.open()
    press = lambda name: visit.page.locator(f"#{name}").click()  # noqa: E731
    press("move-forward")
    visit.at(Moment(0, "z1", 1))
    press("move-back")
    visit.at(line.start)
    visit.page.get_by_role("radio", name="phase").click()
    press("move-forward")
    visit.at(line.last(0, "a2"))
    press("to-end")
    visit.at(line.end)
    press("to-start")
    visit.at(line.start)


def test_with_motion_a_move_ends_in_the_same_picture_as_without(new_page, base_url, still):
    moving = Visit(new_page(), base_url)
    for visit in (moving, still):
        visit.open("#step=5&frame=da1&unit=3").press("ArrowRight", "ArrowRight", "ArrowLeft")
        visit.rest().at(Moment(5, "delta1", 0))
    moving.wait("() => document.querySelector('#stage > *').style.getPropertyValue('--arrived') === '1'")
    moving.wait("() => !document.querySelector('#stage .dot')")
    assert not difference(moving.picture(), still.picture())


def test_another_example_shows_its_own_numbers_and_the_same_moment(still, server):
    line = Line(server.run())
    moment = line.last(6, "b1_new")
    trace = server.trace(line.run, 6)
    visit = still.open("#step=6&frame=b1_new&unit=3").at(moment)
    for key, example in ((".", 1), (".", 2), (",", 1)):
        picture = visit.press(key).rest().picture()
        assert not wrong_numbers(picture, line, moment, trace)
        shown = {index[0] for name, index in map(parse_address, picture.by_address) if name in ("a0", "z1", "delta1")}
        assert shown == {example}
    visit.page.locator("#row").fill("99")
    visit.page.locator("#row").press("Enter")
    assert f"a0[{99},0]" in visit.rest().picture().by_address
