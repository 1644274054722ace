"""Several processes that answer on one socket. One that dies is replaced; one that cannot start ends them all."""

from __future__ import annotations

import multiprocessing
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from types import FrameType

QUICK_DEATH_SECONDS = 1.0
"""A worker that dies sooner than this after it was ready is not replaced at once."""
PATIENCE_SECONDS = 15.0
"""How long workers have to end when they are asked to; longer than a server takes to let its requests go."""

Serve = Callable[[socket.socket, Callable[[], None]], None]
"""Serves on a socket until it is told to end; calls back once it is ready."""


class Workers:
    """The processes, and what becomes of them. `serve` is called in each; it has to be a plain function or partial."""

    def __init__(self, count: int, serve: Serve, listener: socket.socket) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._count = count
        self._serve = serve
        self._listener = listener
        self._processes: list[multiprocessing.process.BaseProcess] = []

    def run(self, ready: Callable[[], None]) -> int:
        """Start them, call back when all are ready, and keep that many until a signal ends it; the exit status."""
        before = signal.signal(signal.SIGTERM, _interrupt)
        try:
            started = [self._start() for _ in range(self._count)]
            if not all(map(_is_ready, started)):
                return 1
            ready()
            while True:
                died = wait([process.sentinel for process in self._processes])
                time.sleep(QUICK_DEATH_SECONDS)
                for process in [each for each in self._processes if each.sentinel in died]:
                    self._processes.remove(process)
                    if not _is_ready(self._start()):
                        return 1
        except KeyboardInterrupt:
            return 0
        finally:
            self._end()
            signal.signal(signal.SIGTERM, before)

    @property
    def pids(self) -> list[int]:
        """The processes by number."""
        return [process.pid for process in self._processes if process.pid is not None]

    def _start(self) -> Connection:
        here, there = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_work, args=(self._serve, self._listener, there), daemon=True)
        process.start()
        there.close()
        self._processes.append(process)
        return here

    def _end(self) -> None:
        with suppress(KeyboardInterrupt):  # a second Ctrl-C is as good as the first
            for process in self._processes:
                process.terminate()
            until = time.monotonic() + PATIENCE_SECONDS
            for process in self._processes:
                process.join(max(0.0, until - time.monotonic()))
        for process in self._processes:
            if process.is_alive():
                process.kill()
                process.join()


def _interrupt(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


def _is_ready(there: Connection) -> bool:
    """Wait until a worker says that it is ready; False if it ended instead."""
    try:
        return bool(there.recv())
    except EOFError:
        return False
    finally:
        there.close()


def _end_with_parent() -> None:
    """End this process in good order once the one that started it is gone, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        signal.raise_signal(signal.SIGTERM)


def _work(serve: Serve, listener: socket.socket, parent: Connection) -> None:
    def ready() -> None:
        parent.send(True)
        parent.close()

    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        serve(listener, ready)
    except KeyboardInterrupt:
        sys.exit(0)
