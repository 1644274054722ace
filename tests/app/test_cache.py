"""Answers are bounded by their bytes, and one that many ask for is computed once."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from starlette.requests import Request

import engine
from app.answers import Answer
from app.cache import OVERHEAD, AnswerCache
from app.compute import Workers
from app.errors import Problem


@pytest.fixture
def workers():
    made = Workers(threads=4, queue_size=100)
    yield made
    made.close()


@pytest.fixture
def cache(workers) -> AnswerCache:
    return AnswerCache(10**6, workers, deadline_seconds=5)


def waiting_request() -> Request:
    async def receive():
        await asyncio.Event().wait()

    return Request({"type": "http", "method": "GET", "path": "/", "headers": []}, receive)


def test_the_least_recently_used_make_room(workers):
    room = 10 * (100 + OVERHEAD)
    cache = AnswerCache(room, workers, 5)
    for number in range(10):
        cache.put((number,), Answer(b"x" * 100))
    assert cache.get((0,)) is not None
    cache.put((10,), Answer(b"x" * 100))
    assert cache.get((1,)) is None
    assert cache.get((0,)) is not None
    assert len(cache) == 10
    assert cache.bytes == room


def test_an_answer_put_twice_counts_once(cache):
    for size in (10, 1_000, 50):
        cache.put(("a",), Answer(b"x" * size))
    assert cache.bytes == 50 + OVERHEAD
    assert len(cache) == 1


def test_an_answer_that_would_fill_the_room_is_sent_but_not_kept(workers):
    cache = AnswerCache(10_000, workers, 5)
    answer = asyncio.run(cache.fetch(("a",), lambda stop: Answer(b"x" * 9_000), waiting_request()))
    assert len(answer.body) == 9_000
    assert cache.get(("a",)) is None
    assert cache.bytes == 0


def test_500_who_ask_at_once_for_one_answer_have_it_computed_once(cache):
    computed = []

    def build(stop) -> Answer:
        computed.append(threading.get_ident())
        time.sleep(0.1)
        return Answer(b"once")

    async def ask():
        return await asyncio.gather(*(cache.fetch(("k",), build, waiting_request()) for _ in range(500)))

    answers = asyncio.run(ask())
    assert len(computed) == 1
    assert computed[0] != threading.get_ident()
    assert len({id(answer) for answer in answers}) == 1
    asyncio.run(cache.fetch(("k",), build, waiting_request()))
    assert len(computed) == 1
    assert cache.in_flight == 0


def test_different_answers_are_computed_side_by_side(cache):
    meeting = threading.Barrier(3)

    def build(stop) -> Answer:
        meeting.wait(5)
        return Answer(b"")

    async def ask():
        await asyncio.gather(*(cache.fetch((key,), build, waiting_request()) for key in range(3)))

    asyncio.run(ask())


def test_a_failure_reaches_everybody_who_waits_and_is_not_kept(cache):
    attempts = []

    def fail(stop) -> Answer:
        attempts.append(1)
        time.sleep(0.05)
        raise Problem("not-found", "no")

    async def ask():
        return await asyncio.gather(
            *(cache.fetch(("k",), fail, waiting_request()) for _ in range(20)), return_exceptions=True
        )

    assert {type(outcome) for outcome in asyncio.run(ask())} == {Problem}
    assert len(attempts) == 1
    assert asyncio.run(cache.fetch(("k",), lambda stop: Answer(b"yes"), waiting_request())).body == b"yes"


def test_many_requests_for_one_new_step_reach_the_engine_once(make_api, call, xor, monkeypatch):
    api = make_api()
    run = api.post("/api/v1/runs", json=xor).headers["location"]
    traced = []
    original = engine.Run.trace

    def counting(self, step, stop=None):
        traced.append(step)
        time.sleep(0.05)
        return original(self, step, stop)

    monkeypatch.setattr(engine.Run, "trace", counting)

    async def ask():
        return await asyncio.gather(*(call(api.app, f"{run}/steps/4") for _ in range(100)))

    replies = asyncio.run(ask())
    assert {reply.status for reply in replies} == {200}
    assert len({reply.body for reply in replies}) == 1
    assert traced == [4]


def test_what_was_finished_after_everybody_left_is_not_kept(workers):
    cache = AnswerCache(10**6, workers, deadline_seconds=0.02)
    release = threading.Event()

    def build(stop) -> Answer:
        release.wait(5)
        return Answer(b"half")

    with pytest.raises(Problem):
        asyncio.run(cache.fetch(("k",), build, waiting_request()))
    release.set()
    deadline = time.monotonic() + 5
    while cache.in_flight and time.monotonic() < deadline:
        time.sleep(0.005)
    assert cache.get(("k",)) is None
