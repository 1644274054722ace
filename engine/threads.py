"""One thread for the linear algebra library while the engine computes.

With several threads a matrix product may be cut up differently and round differently, so the same spec would not give
the same bits; on small networks they only cost time. The setting is the process's, or with OpenMP the calling
thread's: it is put back when the last computation, or that of the thread, ends. Which library is loaded and what its
switch is called is threadpoolctl's knowledge, the one package beside NumPy that the engine asks, and only when it
computes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any


class _Switch:
    """The number of threads of one library, which any thread may set here.

    Newer versions of threadpoolctl heed one thread alone where the setting is the process's: whoever was first, until
    it is released. From any other the call does nothing, and says nothing. It is the lock of `_OneThread` that keeps
    threads apart.
    """

    def __init__(self, library: Any) -> None:
        self.get: Callable[[], int] = library.get_num_threads
        self.set: Callable[[int], None] = library.set_num_threads
        clear = getattr(library, "clear_controlling_thread", None)
        self.release: Callable[[], None] = partial(clear, force=True) if clear else lambda: None
        self.is_per_thread = getattr(library, "threading_layer", None) == "openmp"


@lru_cache(maxsize=1)
def _switches() -> tuple[_Switch, ...]:
    """One for each linear algebra library; none where threadpoolctl is not installed."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return ()
    return tuple(_Switch(each) for each in ThreadpoolController().select(user_api="blas").lib_controllers)


class _OneThread:
    """Counts who is inside. Whoever enters sees to it that there is one thread; the last sets back what was there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._changed: dict[_Switch, int] = {}
        self._here = threading.local()

    def __enter__(self) -> None:
        """Matrix products keep to one thread from here on."""
        with self._lock:
            self._inside += 1
            for switch in _switches():
                threads = switch.get()
                if threads != 1:
                    switch.release()
                    switch.set(1)
                if switch.is_per_thread:
                    self._here.before = [*getattr(self._here, "before", ()), (switch, threads)]
                elif threads != 1:
                    self._changed.setdefault(switch, threads)

    def __exit__(self, *raised: object) -> None:
        """Back to what it was, when the last one leaves."""
        with self._lock:
            self._inside -= 1
            for each in _switches():
                if each.is_per_thread:
                    switch, threads = self._here.before.pop()
                    switch.set(threads)
            if self._inside == 0 and self._changed:
                for switch, threads in self._changed.items():
                    switch.set(threads)
                    if switch.get() != threads:
                        switch.release()
                        switch.set(threads)
                    switch.release()
                self._changed.clear()


one_thread = _OneThread()
"""`with one_thread:` keeps matrix products on one thread until the end of the block; blocks may nest and overlap."""
