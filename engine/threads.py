"""One thread for the linear algebra library while the engine computes.

With several threads a matrix product may be cut up differently and round differently, so the same spec would not give
the same bits; on small networks they only cost time. The setting is the process's: it is put back when the last
computation ends. Which library is loaded and what its switch is called is threadpoolctl's knowledge, the one package
beside NumPy that the engine asks, and only when it computes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

_lock = threading.Lock()
_inside = 0
_before: list[int] = []


@lru_cache(maxsize=1)
def _libraries() -> tuple[Any, ...]:
    """What sets the threads of each linear algebra library; none where threadpoolctl is not installed."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return ()
    return tuple(ThreadpoolController().select(user_api="blas").lib_controllers)


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep matrix products on one thread until the end of the block; blocks may nest and overlap."""
    global _inside, _before
    with _lock:
        _inside += 1
        if _inside == 1:
            _before = [library.get_num_threads() for library in _libraries()]
            _set([1] * len(_before))
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _set(_before)


def _set(counts: list[int]) -> None:
    for library, count, before in zip(_libraries(), counts, _before, strict=True):
        if count != before or count != 1:
            library.set_num_threads(count)
