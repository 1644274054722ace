"""One thread of the linear algebra library while the engine computes, whichever of Python's threads asks."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from engine import threads as engine_threads
from engine.threads import one_thread
from tests.engine.helpers import assert_same_trace, dense, fresh_run, make_spec

WIDE = {
    "data": {"kind": "uniform", "examples": 300, "inputs": 300, "outputs": 3},
    "layers": [dense(512, "tanh"), dense(3, "identity")],
    "epochs": 3,
}
"""Wide enough that the library cuts its products up when it has more than one thread."""


@pytest.fixture
def libraries():
    """The libraries at two threads, set by a thread that lives on: from then on it is the one they heed."""
    found = ThreadpoolController().select(user_api="blas").lib_controllers
    before = [library.get_num_threads() for library in found]
    for library in found:
        library.set_num_threads(2)
    yield found
    for library, threads in zip(found, before, strict=True):
        library.set_num_threads(threads)


def threads_of(libraries):
    return [library.get_num_threads() for library in libraries]


def elsewhere(ask):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(ask).result()


def test_any_thread_keeps_the_library_to_one_thread_and_puts_back_what_was_there(libraries):
    before = threads_of(libraries)

    def ask():
        with one_thread:
            inside = threads_of(libraries)
            with one_thread:
                pass
            return inside, threads_of(libraries)

    ones = [1] * len(libraries)
    for where in (elsewhere, lambda ask: ask(), elsewhere):
        assert where(ask) == (ones, ones)
        assert threads_of(libraries) == before


def test_the_setting_stays_until_the_last_of_several_threads_leaves(libraries):
    before, entered, leave = threads_of(libraries), threading.Event(), threading.Event()

    def stay():
        with one_thread:
            entered.set()
            leave.wait(60)
            return threads_of(libraries)

    with ThreadPoolExecutor(1) as pool:
        staying = pool.submit(stay)
        entered.wait(60)
        with one_thread:
            pass
        leave.set()
        assert staying.result() == [1] * len(libraries)
    assert threads_of(libraries) == before


def test_limits_that_others_set_afterwards_are_heeded(libraries):
    elsewhere(lambda: one_thread.__enter__() or one_thread.__exit__())
    with threadpool_limits(1, user_api="blas"):
        assert threads_of(libraries) == [1] * len(libraries)
    assert threads_of(libraries) == [2] * len(libraries)


def test_a_wide_network_gives_the_same_bits_from_every_thread(libraries):
    spec = make_spec(WIDE)
    wanted = fresh_run(spec).trace(1)
    assert np.isfinite(wanted.loss)
    assert_same_trace("another thread", elsewhere(lambda: fresh_run(spec).trace(1)), wanted)
    with ThreadPoolExecutor(3) as pool:
        for found in [pool.submit(lambda: fresh_run(spec).trace(1)) for _ in range(3)]:
            assert_same_trace("one of three threads", found.result(), wanted)


class PerThread:
    """A library whose setting is each thread's own, as with OpenMP; `first` is where every thread begins."""

    threading_layer = "openmp"

    def __init__(self, first):
        self.first = first
        self.own = threading.local()

    def get_num_threads(self):
        return getattr(self.own, "threads", self.first)

    def set_num_threads(self, threads):
        self.own.threads = threads


def test_where_the_setting_is_each_threads_own_every_thread_gets_it_and_its_own_back(monkeypatch):
    libraries = [PerThread(4), PerThread(7)]
    switches = tuple(map(engine_threads._Switch, libraries))
    monkeypatch.setattr(engine_threads, "_switches", lambda: switches)

    def ask():
        with one_thread:
            with one_thread:
                inside = threads_of(libraries)
            return inside, threads_of(libraries)

    with one_thread:
        assert elsewhere(ask) == ([1, 1], [1, 1])
        assert ask() == ([1, 1], [1, 1])
    assert threads_of(libraries) == [4, 7]
