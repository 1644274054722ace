"""Work stops when nobody waits for it, never blocks the event loop, and is turned away when there is too much of it."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future

import pytest
from starlette.requests import Request

from app.compute import Flight, Workers
from app.errors import Problem


def request_that_leaves(after: float | None = None) -> Request:
    async def receive():
        await asyncio.sleep(3_600 if after is None else after)
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "GET", "path": "/", "headers": []}, receive)


@pytest.fixture
def workers():
    made = Workers(threads=2, queue_size=3)
    yield made
    made.close()


def until_stopped(stop) -> str:
    deadline = time.monotonic() + 5
    while not stop():
        assert time.monotonic() < deadline, "nobody told the work to stop"
        time.sleep(0.001)
    return "stopped"


def test_work_is_told_to_stop_when_its_time_is_up(workers):
    flight = Flight(workers, until_stopped)
    with pytest.raises(Problem) as caught:
        asyncio.run(flight.result(request_that_leaves(), 0.02))
    assert caught.value.status == 503
    assert caught.value.headers["Retry-After"]
    assert flight.future.result(5) == "stopped"


def test_work_is_told_to_stop_when_its_client_leaves(workers):
    flight = Flight(workers, until_stopped)
    with pytest.raises(Problem):
        asyncio.run(flight.result(request_that_leaves(0.02), 60))
    assert flight.future.result(5) == "stopped"


def test_work_goes_on_while_one_of_many_still_waits(workers):
    release = threading.Event()

    def work(stop):
        release.wait(5)
        return not stop()

    async def ask():
        flight = Flight(workers, work)
        for _ in range(2):
            assert flight.join()
        waits = [asyncio.ensure_future(flight.result(request_that_leaves(after), 60)) for after in (0.01, 0.01, None)]
        await asyncio.wait(waits[:2])
        assert not flight.stop()
        release.set()
        return await asyncio.gather(*waits, return_exceptions=True)

    *gone, stayed = asyncio.run(ask())
    assert all(isinstance(outcome, Problem) for outcome in gone)
    assert stayed is True


def test_a_flight_that_is_stopping_takes_nobody_in(workers):
    flight = Flight(workers, lambda stop: None)
    flight.leave()
    assert flight.stop()
    assert not flight.join()


def test_too_much_work_is_turned_away_at_once_and_room_returns(workers):
    release = threading.Event()
    taken: list[Future[bool]] = [workers.submit(lambda: release.wait(5)) for _ in range(5)]
    with pytest.raises(Problem) as caught:
        workers.submit(lambda: True)
    assert caught.value.status == 503
    release.set()
    for future in taken:
        future.result(5)
    assert workers.submit(lambda: True).result(5)


def test_one_lane_takes_one_thread_and_leaves_the_others_free(workers):
    release, order = threading.Event(), []

    def slow(number: int) -> None:
        release.wait(5)
        order.append(number)

    lane = [workers.submit(lambda number=number: slow(number), lane="run") for number in range(3)]
    assert workers.submit(lambda: "free", lane="other run").result(5) == "free"
    assert workers.submit(lambda: "free").result(5) == "free"
    lane[1].cancel()
    release.set()
    lane[2].result(5)
    assert order == [0, 2]


def test_a_failure_in_a_lane_does_not_block_it(workers):
    def fail() -> None:
        raise ValueError("no")

    failing = [workers.submit(fail, lane="run") for _ in range(3)]
    assert workers.submit(lambda: True, lane="run").result(5)
    assert all(isinstance(future.exception(5), ValueError) for future in failing)


def test_work_that_was_given_up_before_it_began_is_never_begun(workers):
    release, begun = threading.Event(), []
    busy = [workers.submit(lambda: release.wait(5)) for _ in range(2)]
    for _ in range(20):
        flight = Flight(workers, begun.append)
        flight.leave()
    release.set()
    for future in busy:
        future.result(5)
    assert workers.submit(lambda: True).result(5)
    assert begun == []


def test_a_server_that_stops_sends_everybody_away_at_once(workers):
    async def ask():
        waits = [
            asyncio.ensure_future(Flight(workers, until_stopped).result(request_that_leaves(), 60)) for _ in range(5)
        ]
        await asyncio.sleep(0.02)
        workers.stop()
        return await asyncio.gather(*waits, return_exceptions=True)

    outcomes = asyncio.run(ask())
    assert all(outcome == "stopped" or outcome.status == 503 for outcome in outcomes)
    with pytest.raises(Problem) as caught:
        workers.submit(lambda: True)
    assert caught.value.status == 503


def test_the_event_loop_stays_free_while_work_is_done(workers):
    def work(stop):
        total = 0
        for number in range(3_000_000):
            total += number
        return total

    async def ask():
        flight = asyncio.ensure_future(Flight(workers, work).result(request_that_leaves(), 60))
        longest, turns = 0.0, 0
        while not flight.done():
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest, turns = max(longest, time.perf_counter() - before), turns + 1
        await flight
        return longest, turns

    longest, turns = asyncio.run(ask())
    assert turns > 3
    assert longest < 0.5


def test_a_hundred_clients_that_leave_in_the_middle_leave_no_work_behind(make_api, call):
    api = make_api(queue_size=200)
    run = api.post("/api/v1/runs", json={"epochs": 1_000_000, "seed": 99}).headers["location"]
    app = api.app

    def leaver():
        async def receive():
            await asyncio.sleep(0.05)
            return {"type": "http.disconnect"}

        return receive

    async def ask():
        return await asyncio.gather(
            *(call(app, f"{run}/steps/{900_000 + number}", receive=leaver()) for number in range(100))
        )

    asyncio.run(ask())
    cache = app.state.services.cache
    deadline = time.monotonic() + 5
    while cache.in_flight and time.monotonic() < deadline:
        time.sleep(0.005)
    assert cache.in_flight == 0
    assert api.get("/healthz").status_code == 200


def test_the_server_answers_others_while_it_computes(make_api, call):
    api = make_api(deadline_seconds=0.5, compute_threads=2)
    run = api.post("/api/v1/runs", json={"epochs": 1_000_000, "seed": 98}).headers["location"]

    async def ask():
        long = [asyncio.ensure_future(call(api.app, f"{run}/steps/{999_000 + number}")) for number in range(20)]
        times = []
        while not all(each.done() for each in long):
            before = time.perf_counter()
            assert (await call(api.app, "/healthz")).status == 200
            times.append(time.perf_counter() - before)
            await asyncio.sleep(0.005)
        return [(await each).status for each in long], sorted(times)

    statuses, times = asyncio.run(ask())
    assert set(statuses) == {503}
    assert times[len(times) // 2] < 0.1


def test_a_full_server_says_so_at_once(make_api, call):
    api = make_api(deadline_seconds=0.3, compute_threads=1, queue_size=0)
    run = api.post("/api/v1/runs", json={"epochs": 1_000_000, "seed": 97}).headers["location"]

    async def ask():
        return await asyncio.gather(*(call(api.app, f"{run}/steps/{998_000 + number}") for number in range(5)))

    codes = sorted(reply.json()["type"].rpartition(":")[2] for reply in asyncio.run(ask()))
    assert codes == ["busy"] * 4 + ["deadline"]
