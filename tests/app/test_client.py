"""The client: runs, steps and arrays by name, by every way to a server, and what a notebook shows of them."""

from __future__ import annotations

import http.server
import json
import threading
import xml.etree.ElementTree as ET
from html import unescape

import httpx
import numpy as np
import pytest

import engine
from app.client import Client, Progress, Refused, connect
from app.client.reading import events
from app.client.transports import Connection, InProcess, Reply

WAYS = ("in this process", "over a connection", "through httpx")
SPEC = {
    "data": {"kind": "xor"},
    "layers": [{"units": 2, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}],
    "epochs": 20,
}


@pytest.fixture(scope="module", params=WAYS)
def backscope(request, base_url):
    """A client of a server, by each way there is."""
    if request.param == "in this process":
        with connect() as client:
            yield client
    elif request.param == "over a connection":
        with connect(base_url) as client:
            yield client
    else:
        with httpx.Client(base_url=base_url) as borrowed, connect(client=borrowed) as client:
            yield client


@pytest.fixture
def run(backscope):
    """A run of the small experiment."""
    return backscope.run(SPEC)


def test_arrays_are_those_of_the_engine_to_the_last_bit(run):
    expected = engine.open_run(engine.ExperimentSpec.from_json(SPEC)).trace(3).values
    step = run[3]
    assert list(step.arrays) == list(expected)
    assert all(np.array_equal(step[name], array) for name, array in expected.items())
    assert np.array_equal(step.delta1, expected["delta1"])
    assert "delta1" in dir(step)
    assert step.z1.dtype == np.float64
    assert not step.z1.flags.writeable
    with pytest.raises(AttributeError, match="the arrays are a0, W1"):
        step.zeta  # noqa: B018 - the point is that it raises
    with pytest.raises(KeyError, match="zeta"):
        step["zeta"]


def test_a_step_can_be_part_of_one(run):
    step = run.step(3, names=["z1", "loss"], examples=[2, 0])
    assert list(step.arrays) == ["z1", "loss"]
    assert np.array_equal(step.z1, run[3].z1[[2, 0]])


def test_a_run_is_a_sequence_of_steps(run):
    assert len(run) == run.steps == 20
    assert run[-1].number == 19
    assert [step.number for step in run][-1] == 19
    assert [step.number for step in run.stretch(17, 9, ["loss"])] == [17, 18, 19]
    assert np.array_equal(run.stretch(4, 3)[2].W1_new, run[6].W1_new)
    assert [step.number for step in run[:3]] == [0, 1, 2]
    assert [step.number for step in run[-2:]] == [18, 19]
    assert [step.number for step in run[18:2:-8]] == [18, 10]
    assert run[30:] == []
    with pytest.raises(IndexError, match="0 to 19"):
        run[20]
    assert repr(run).endswith("2-2-1, 20 steps>")
    assert repr(run[1]).startswith("<Step 1 of <Run ")


def test_parameters_go_to_the_end_of_the_run(run):
    assert np.array_equal(run.parameters(20)["W1"], run[19].W1_new)


def test_a_history_is_columns(run):
    history = run.history(points=5, include=["loss", "norms"])
    assert history["steps"][[0, -1]].tolist() == [0, 19]
    assert history["loss"][0] == run[0].loss
    assert len(history["norms.z1"]) == len(history["steps"])


def test_a_run_is_edited_and_changed_into_others(run):
    edited = run.edit(5, set={"W1[0,1]": 0.25}, learning_rate=2.0)
    assert edited[5].W1[0, 1] == 0.25
    assert np.array_equal(edited[4].W1, run[4].W1)
    assert float(edited[5].learning_rate) == 2.0
    twice = edited.edit(7, set={"b1[0]": 0})
    assert [edit["step"] for edit in twice.spec["edits"]] == [5, 7]
    assert run.changed(epochs=3).steps == 3
    assert run.changed(data={"kind": "inline", "x": np.eye(2), "y": np.ones((2, 1))})[0].a0.tolist() == [[1, 0], [0, 1]]


def test_one_number_is_explained_and_a_step_is_checked(run):
    found = run[3].explain("delta1[0,1]")
    assert found["value"] == run[3].delta1[0, 1]
    assert run[3].check()["passed"] is True
    assert run[3].explain("loss")["value"] == run[3].loss


def test_a_run_is_opened_again_and_examples_by_name(backscope, run):
    assert backscope.open(run.id).spec == run.spec
    assert backscope.example("mazur").document["layers"][0]["units"] == 2
    with pytest.raises(KeyError, match="the examples are seed, "):
        backscope.example("nonsense")


def test_a_run_is_followed_while_it_is_computed(run):
    told = list(run.follow())
    assert (told[-1].step, told[-1].to) == (19, 19)
    losses = {step: loss for progress in told for step, loss in progress.losses.items()}
    assert losses[0] == run[0].loss
    assert losses[19] == run[19].loss
    long = run.changed(epochs=200_000)
    for progress in long.follow():
        assert isinstance(progress, Progress)
        break


def test_a_refusal_says_what_is_wrong_and_what_is_allowed(backscope, run):
    with pytest.raises(Refused, match="epochs: number; allowed: a whole number of at least 1") as refused:
        backscope.run(epochs=0)
    assert refused.value.status == 422
    assert refused.value.errors[0]["field"] == "epochs"
    with pytest.raises(Refused, match="no run with this id"):
        backscope.open("0" * 32)
    with pytest.raises(TypeError, match="has no place in an experiment"):
        backscope.run(epochs=object())
    with pytest.raises(Refused, match="to: allowed: a whole number from 0 to 19"):
        next(run.follow(99))


def test_a_run_is_exported(run):
    assert run.export("csv", what="history").startswith(b"step,")
    assert b"import numpy" in run.export("py", framework="numpy")


def test_a_notebook_shows_a_page_that_steps_and_a_picture_in_its_place(run):
    shown = run.show(step=2, count=3)
    bundle = shown._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/svg+xml", "text/plain"}
    frame = bundle["text/html"]
    assert frame.startswith('<iframe title="&lt;Run ')
    page = unescape(frame.partition('srcdoc="')[2].partition('" style')[0])
    assert page == shown.page
    assert page == run.export("html", step=2, count=3).decode()
    picture = ET.fromstring(bundle["image/svg+xml"])
    texts = [found.text for found in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == [f"{value:.3g}" for name in ("a0", "a1", "a2") for value in run[2][name][0]]
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}line"))) == 6
    assert run._repr_mimebundle_()["text/plain"] == repr(run) == repr(shown)
    told = run[2]._repr_mimebundle_()
    assert told["text/plain"] == repr(run[2])
    assert told["image/svg+xml"] == bundle["image/svg+xml"]


def test_a_run_has_a_page_where_a_browser_can_reach_the_server(backscope, run, base_url):
    with connect(base_url) as remote:
        assert remote.run(SPEC).link(3) == f"{base_url}/#run={run.id}&step=3"
    with connect() as here:
        assert here.run(SPEC).link() is None


def test_a_picture_of_numbers_that_overflow_or_of_wide_layers_is_whole(backscope):
    wide = backscope.run(SPEC, layers=[{"units": 40}, {"units": 1}])
    assert wide.show().picture.count("<circle") == 2 + 12 + 1
    overflowing = backscope.run(
        data={"kind": "inline", "x": [[1.0], [2.0]], "y": [[1e200], [-1e200]]},
        layers=[{"units": 2}, {"units": 1}],
        optimizer={"kind": "sgd", "learning_rate": 1e6},
        epochs=12,
    )
    ET.fromstring(overflowing.show(step=11, count=1).picture)


class Scripted:
    """A transport that answers as it is told."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[str] = []

    def request(self, method, path, headers, body=None):
        self.asked.append(path)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def stream(self, path, headers):
        return self.replies[0], (piece for piece in ())

    def close(self):
        pass


DOCUMENT = {"id": "a" * 32, "spec": {}, "steps": 1, "layers": []}


def test_a_busy_server_is_asked_again_when_it_says_and_not_for_ever():
    busy = Reply(503, {"retry-after": "3"}, b'{"title": "busy"}')
    slept: list[float] = []
    client = Client(Scripted(busy, busy, Reply(200, {}, json.dumps(DOCUMENT).encode())), 60, slept.append)
    assert client.open("a" * 32).id == "a" * 32
    assert slept == [3, 3]
    with pytest.raises(Refused, match="503 busy"):
        Client(Scripted(busy), 0, slept.append).open("a" * 32)


def test_an_id_of_an_older_version_leads_to_today_s():
    moved = Reply(307, {"location": f"/api/v1/runs/{'a' * 32}"}, b"")
    scripted = Scripted(moved, Reply(200, {}, json.dumps(DOCUMENT).encode()))
    assert Client(scripted, 1).open("b" * 32).id == "a" * 32
    assert scripted.asked == [f"/api/v1/runs/{'b' * 32}", f"/api/v1/runs/{'a' * 32}"]
    with pytest.raises(Refused, match="307"):
        Client(Scripted(moved), 1).open("b" * 32)


def test_an_answer_that_is_no_problem_document_is_a_refusal_all_the_same():
    for body in (b"<html>", b"[]", b""):
        with pytest.raises(Refused, match="502"):
            Client(Scripted(Reply(502, {}, body)), 1).open("a" * 32)


def test_an_error_on_the_way_ends_following():
    class Failing(Scripted):
        def stream(self, path, headers):
            problem = json.dumps({"status": 500, "title": "It broke", "detail": ""}).encode()
            return Reply(200, {}, b""), (
                piece for piece in (b": beat\n\n", b"event: error\ndata: " + problem + b"\n\n")
            )

    client = Client(Failing(Reply(200, {}, json.dumps(DOCUMENT).encode())), 1)
    with pytest.raises(Refused, match="500 It broke"):
        list(client.open("a" * 32).follow())


def test_events_are_whole_wherever_the_pieces_are_cut():
    stream = b': beat\n\nretry: 5\n\nid: 1\nevent: history\ndata: {"a": "\xe6\xad\xa5"}\n\nevent: done\ndata: {}\n\n'
    expected = [("history", {"a": "步"}), ("done", {})]
    for size in (1, 2, 3, 7, len(stream)):
        assert list(events(stream[at : at + size] for at in range(0, len(stream), size))) == expected


def test_a_connection_that_was_closed_meanwhile_is_opened_again():
    class Once(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")
            self.close_connection = True

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Once)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    connection = Connection(f"http://127.0.0.1:{server.server_port}")
    try:
        assert [connection.request("GET", "/", {}).body for _ in range(3)] == [b"{}"] * 3
    finally:
        connection.close()
        server.shutdown()
        server.server_close()
    with pytest.raises(ConnectionRefusedError):
        connection.request("GET", "/", {})


@pytest.mark.parametrize("address", ["localhost:8765", "ftp://here", "http://", ""])
def test_an_address_is_a_whole_one(address):
    with pytest.raises(ValueError, match="an address such as"):
        connect(address)


def test_a_server_in_this_process_keeps_nothing_and_ends_with_its_client():
    client = connect()
    client.run(SPEC)
    client.close()
    client.close()
    assert "backscope" not in [thread.name for thread in threading.enumerate()]


def test_a_fault_of_an_application_in_this_process_is_raised_where_it_was_asked():
    async def failing(scope, receive, send):
        raise RuntimeError("broken")

    ended: list[bool] = []
    inside = InProcess(failing, lambda: ended.append(True))
    with pytest.raises(RuntimeError, match="broken"):
        inside.request("GET", "/", {})
    inside.close()
    assert ended == [True]
