"""Server-sent events: a run followed while it is computed, resumed, shared, and given up when nobody listens."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from typing import Any

import pytest

import engine
from app import courses
from app.courses import Course

HEAVY = {
    "data": {"kind": "uniform", "examples": 2_000, "inputs": 8, "outputs": 1},
    "layers": [{"units": 32, "activation": "tanh"}, {"units": 1}],
    "epochs": 1_000_000,
}


def parsed(body: bytes) -> list[tuple[str, int, Any]]:
    """The events of a stream: kind, id, data. Comments are left out."""
    found = []
    for block in body.decode().split("\n\n"):
        fields = dict(line.partition(": ")[::2] for line in block.splitlines() if not line.startswith(":"))
        if fields:
            found.append((fields["event"], int(fields["id"]), json.loads(fields["data"])))
    return found


def points_of(events: list[tuple[str, int, Any]]) -> dict[int, float]:
    """Step to loss, as the history events tell them."""
    return {
        step: loss
        for kind, _, data in events
        if kind == "history"
        for step, loss in zip(data["steps"], data["loss"], strict=True)
    }


class Client:
    """A listener: reads what the application sends, and may leave."""

    def __init__(self, app: Any, call: Any, path: str, **headers: str) -> None:
        self.leaving = asyncio.Event()
        self.body = b""
        self.status = 0
        self.arrived = asyncio.Event()
        self._asked = False
        self.task = asyncio.create_task(self._run(app, path, headers))

    async def _run(self, app: Any, path: str, headers: dict[str, str]) -> None:
        path, _, query = path.partition("?")
        named = {"host": "127.0.0.1", **headers}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await app(scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message.get("body", b"")
        self.arrived.set()

    async def until(self, text: str) -> None:
        """Wait until the stream has said something."""
        async with asyncio.timeout(60):
            while text.encode() not in self.body:
                self.arrived.clear()
                await self.arrived.wait()


@pytest.fixture
def listen(call):
    return lambda app, path, **headers: Client(app, call, path, **headers)


def test_the_losses_are_those_of_the_history_and_done_ends_the_stream(api, xor_run):
    answer = api.get(f"{xor_run}/events?points=7")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert "content-length" not in answer.headers
    events = parsed(answer.content)
    history = api.get(f"{xor_run}/history?points=7").json()
    assert points_of(events) == dict(zip(history["steps"], history["loss"], strict=True))
    assert events[-1] == ("done", 19, {"step": 19})
    ids = [identity for _, identity, _ in events]
    assert ids == sorted(ids)
    assert "retry: 2000" in answer.text


def test_the_stretch_ends_where_it_is_asked_to(api, xor_run):
    events = parsed(api.get(f"{xor_run}/events?to=4&points=100").content)
    assert list(points_of(events)) == [0, 1, 2, 3, 4]
    assert events[-1][1] == 4


def test_the_penalty_stands_beside_the_loss(api, open_run, xor):
    run = open_run({**xor, "penalty": {"l2": 0.5}})
    (history,) = (data for kind, _, data in parsed(api.get(f"{run}/events?to=2").content) if kind == "history")
    assert history["penalty"] == [
        api.get(f"{run}/steps/{step}").json()["values"]["penalty"]["data"] for step in range(3)
    ]


def test_who_comes_back_hears_the_rest_and_nothing_twice(api, xor_run):
    whole = parsed(api.get(f"{xor_run}/events?points=20").content)
    rest = parsed(api.get(f"{xor_run}/events?points=20", headers={"last-event-id": "11"}).content)
    assert points_of(rest) == {step: loss for step, loss in points_of(whole).items() if step > 11}
    assert rest[-1] == whole[-1]
    heard = api.get(f"{xor_run}/events?points=20", headers={"last-event-id": "19"})
    assert (heard.status_code, heard.content) == (204, b"")
    for nonsense in ("", "x", "-1", "1e3", "9" * 30):
        again = parsed(api.get(f"{xor_run}/events?points=20", headers={"last-event-id": nonsense}).content)
        assert points_of(again) == points_of(whole)


def test_numbers_that_are_not_finite_are_words(api, open_run, diverging):
    losses = points_of(parsed(api.get(f"{open_run(diverging)}/events").content))
    assert "NaN" in losses.values()


def test_head_starts_no_computation(api, xor_run):
    answer = api.head(f"{xor_run}/events")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert api.app.state.services.courses.listeners == 0


@pytest.mark.parametrize(
    ("query", "status"), [("to=20", 422), ("to=-1", 422), ("points=1", 422), ("points=10001", 422), ("x=1", 422)]
)
def test_what_cannot_be_is_refused_before_the_stream_begins(api, xor_run, query, status):
    answer = api.get(f"{xor_run}/events?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_run_has_no_events_and_other_forms_are_not_to_be_had(api, xor_run):
    assert api.get("/api/v1/runs/" + "0" * 32 + "/events").status_code == 404
    assert api.get(f"{xor_run}/events", headers={"accept": "application/json"}).status_code == 406


def test_work_stops_within_one_look_at_the_clock_when_the_listener_leaves(make_api, listen):
    api = make_api()
    run = api.post("/api/v1/runs", json=HEAVY).headers["location"]
    trajectory = engine.open_run(engine.ExperimentSpec.from_json(HEAVY)).trajectory
    services = api.app.state.services

    async def follow() -> tuple[int, int]:
        client = listen(api.app, f"{run}/events?points=2")
        await client.until("event: progress")
        while not trajectory.lock.acquire(blocking=False):
            before = trajectory.position
            break
        else:
            before = trajectory.position
            trajectory.lock.release()
        client.leaving.set()
        await client.task
        assert services.courses.listeners == 0
        with trajectory.lock:  # whoever computes has let go
            after = trajectory.position
        await asyncio.sleep(0.3)
        with trajectory.lock:
            assert trajectory.position == after
        return before, after

    before, after = asyncio.run(follow())
    assert after - before <= 3 * trajectory._chunk
    assert services.workers._lanes == {}


def test_listeners_share_one_computation(make_api, listen, monkeypatch):
    api = make_api()
    run = api.post("/api/v1/runs", json={"epochs": 500, "seed": 99}).headers["location"]
    asked: list[int] = []
    original = engine.Run.history

    def counted(self, steps, stop=None, include=()):
        asked.extend(steps)
        return original(self, steps, stop, include)

    monkeypatch.setattr(engine.Run, "history", counted)

    async def follow() -> list[Client]:
        clients = [listen(api.app, f"{run}/events?points=50") for _ in range(20)]
        await asyncio.gather(*(client.task for client in clients))
        return clients

    clients = asyncio.run(follow())
    assert len(asked) == 50
    assert len({tuple(points_of(parsed(client.body)).items()) for client in clients}) == 1


def test_silence_is_filled_with_beats(make_api, listen, monkeypatch):
    api = make_api(heartbeat_seconds=0.02)
    run = api.post("/api/v1/runs", json={"epochs": 3}).headers["location"]
    going = threading.Event()
    original = Course._slice

    def waiting(self):
        assert going.wait(60)
        return original(self)

    monkeypatch.setattr(Course, "_slice", waiting)

    async def follow() -> bytes:
        client = listen(api.app, f"{run}/events")
        await client.until(": beat\n\n: beat\n\n")
        assert parsed(client.body) == []
        going.set()
        await client.until("event: done")
        return client.body

    assert len(points_of(parsed(asyncio.run(follow())))) == 3


def test_too_many_listeners_are_asked_to_come_back(make_api, listen):
    api = make_api(max_streams=2)
    run = api.post("/api/v1/runs", json=HEAVY).headers["location"]

    async def follow() -> None:
        clients = [listen(api.app, f"{run}/events") for _ in range(3)]
        await clients[2].task
        assert [clients[0].status or 200, clients[1].status or 200] == [200, 200]
        assert clients[2].status == 503
        assert clients[2].headers["retry-after"]
        for client in clients[:2]:
            client.leaving.set()
            await client.task

    asyncio.run(follow())
    assert api.app.state.services.courses.listeners == 0


def test_a_full_queue_makes_a_course_wait_and_not_fail(make_api, listen, monkeypatch):
    monkeypatch.setattr(courses, "BUSY_SECONDS", 0.01)
    api = make_api(compute_threads=1, queue_size=1)
    run = api.post("/api/v1/runs", json={"epochs": 5}).headers["location"]
    services, going = api.app.state.services, threading.Event()
    blocking = [services.workers.submit(lambda: going.wait(60)) for _ in range(2)]

    async def follow() -> bytes:
        client = listen(api.app, f"{run}/events")
        await asyncio.sleep(0.1)
        assert client.body == b""
        going.set()
        await client.task
        return client.body

    assert len(points_of(parsed(asyncio.run(follow())))) == 5
    assert all(future.result() for future in blocking)


def test_a_client_that_does_not_read_is_let_go(make_api):
    api = make_api(stall_seconds=0.05)
    run = api.post("/api/v1/runs", json={"epochs": 5}).headers["location"]

    async def follow() -> float:
        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.body":
                await asyncio.Event().wait()

        async def receive() -> dict[str, Any]:
            await asyncio.Event().wait()
            raise AssertionError

        scope = {
            "type": "http",
            "method": "GET",
            "path": f"{run}/events",
            "raw_path": b"",
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1")],
            "http_version": "1.1",
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 1),
        }
        started = time.monotonic()
        async with asyncio.timeout(30):
            await api.app(scope, receive, send)
        return time.monotonic() - started

    asyncio.run(follow())
    assert api.app.state.services.courses.listeners == 0


def test_a_server_that_stops_tells_who_listens(make_api, listen):
    api = make_api()
    run = api.post("/api/v1/runs", json=HEAVY).headers["location"]

    async def follow() -> bytes:
        client = listen(api.app, f"{run}/events")
        await client.until("event: progress")
        api.app.state.services.stop()
        async with asyncio.timeout(30):
            await client.task
        return client.body

    kind, _, data = parsed(asyncio.run(follow()))[-1]
    assert (kind, data["status"]) == ("error", 503)
