"""One thread for the linear algebra library while the engine computes.

With several threads a matrix product may be cut up differently and round differently, so the same spec would not give
the same bits; on small networks they only cost time. The setting is the process's: it is put back when the last
computation ends. Which library is loaded and what its switch is called is threadpoolctl's knowledge, the one package
beside NumPy that the engine asks, and only when it computes.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def _libraries() -> tuple[Any, ...]:
    """What sets the threads of each linear algebra library; none where threadpoolctl is not installed."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return ()
    return tuple(ThreadpoolController().select(user_api="blas").lib_controllers)


class _OneThread:
    """Counts who is inside: the first sets one thread, the last sets back what was there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._changed: list[tuple[Any, int]] = []

    def __enter__(self) -> None:
        """Matrix products keep to one thread from here on."""
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                for library in _libraries():
                    threads = library.get_num_threads()
                    if threads != 1:
                        self._changed.append((library, threads))
                        library.set_num_threads(1)

    def __exit__(self, *raised: object) -> None:
        """Back to what it was, when the last one leaves."""
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                for library, threads in self._changed:
                    library.set_num_threads(threads)
                self._changed.clear()


one_thread = _OneThread()
"""`with one_thread:` keeps matrix products on one thread until the end of the block; blocks may nest and overlap."""
