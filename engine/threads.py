"""One thread for the linear algebra library while the engine computes.

With several threads a matrix product may be cut up differently and round differently, so the same spec would not give
the same bits; on small networks they only cost time. The setting is the process's, or with OpenMP the calling
thread's: it is put back when the last computation, or that of the thread, ends. Which library is loaded and what its
switch is called is threadpoolctl's knowledge, the one package beside NumPy that the engine asks, and only when it
computes.
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


def _set(library: Any, threads: int) -> None:
    """Set the threads of a library, whichever thread asks.

    Newer versions of threadpoolctl heed one thread alone where the setting is the process's: whoever was first. From
    any other the call does nothing, and says nothing. Here it is the lock of `_OneThread` that keeps threads apart.
    """
    library.set_num_threads(threads)
    if library.get_num_threads() != threads:
        _release(library)
        library.set_num_threads(threads)


def _release(library: Any) -> None:
    """Let any thread set the threads of a library from now on."""
    clear = getattr(library, "clear_controlling_thread", None)
    if clear is not None:
        clear(force=True)


def _is_per_thread(library: Any) -> bool:
    return getattr(library, "threading_layer", None) == "openmp"


class _OneThread:
    """Counts who is inside. Whoever enters sees to it that there is one thread; the last sets back what was there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._changed: list[tuple[Any, int]] = []
        self._here = threading.local()

    def __enter__(self) -> None:
        """Matrix products keep to one thread from here on."""
        mine: list[tuple[Any, int]] = []
        with self._lock:
            self._inside += 1
            for library in _libraries():
                threads = library.get_num_threads()
                if threads == 1:
                    continue
                _set(library, 1)
                if _is_per_thread(library):
                    mine.append((library, threads))
                elif all(library is not changed for changed, _ in self._changed):
                    self._changed.append((library, threads))
        self._here.changed = [*getattr(self._here, "changed", ()), mine]

    def __exit__(self, *raised: object) -> None:
        """Back to what it was, when the last one leaves."""
        for library, threads in self._here.changed.pop():
            _set(library, threads)
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                for library, threads in self._changed:
                    _set(library, threads)
                    _release(library)
                self._changed.clear()


one_thread = _OneThread()
"""`with one_thread:` keeps matrix products on one thread until the end of the block; blocks may nest and overlap."""
