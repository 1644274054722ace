"""Specs by id, kept in SQLite so that a run survives a restart, and in memory so that the disk may fail.

A spec is stored as canonical JSON and its id is a hash of that and of the engine's version, so a row can prove itself:
what comes back from the disk damaged is not served. When the disk cannot be written the store goes on in memory and
says so in the log; a database file that is not one is moved aside.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from app.identity import canonical, spec_id

log = logging.getLogger("backscope.store")
T = TypeVar("T")

FILE = "specs.sqlite3"
SCHEMA = """
CREATE TABLE IF NOT EXISTS specs (
    number INTEGER PRIMARY KEY,
    id     TEXT NOT NULL UNIQUE,
    spec   BLOB NOT NULL
)
"""
BUSY_SECONDS = 2.0


class SpecStore:
    """Canonical specs by id. All methods may be called from any thread; all but `recent` may touch the disk."""

    def __init__(self, folder: Path, version: str, *, memory_bytes: int, disk_bytes: int) -> None:
        self._path = folder / FILE
        self._version = version
        self._memory_bytes = memory_bytes
        self._disk_bytes = disk_bytes
        self._recent: OrderedDict[str, bytes] = OrderedDict()
        self._recent_bytes = 0
        self._memory_lock = threading.Lock()
        self._disk_lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened = False
        self._stored_bytes = 0
        self.on_disk = True

    def id_of(self, document: Mapping[str, Any]) -> tuple[str, bytes]:
        """The id of a completed spec, and its canonical form."""
        spec = canonical(document)
        return spec_id(self._version, spec), spec

    def recent(self, run: str) -> bytes | None:
        """The spec, if it is in memory."""
        with self._memory_lock:
            spec = self._recent.get(run)
            if spec is not None:
                self._recent.move_to_end(run)
            return spec

    def get(self, run: str) -> bytes | None:
        """The spec with this id, or None."""
        spec = self.recent(run)
        if spec is None:
            spec = self._on_disk(lambda database: self._select(database, run))
            if spec is not None:
                self._remember(run, spec)
        return spec

    def put(self, run: str, spec: bytes) -> bool:
        """Keep a spec; says whether it is new. One that is stored already costs no write."""
        if self.get(run) is not None:
            return False
        self._remember(run, spec)
        self._on_disk(lambda database: self._insert(database, run, spec))
        return True

    def close(self) -> None:
        """Close the file."""
        with self._disk_lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self._opened = False

    # In memory

    def _remember(self, run: str, spec: bytes) -> None:
        with self._memory_lock:
            self._recent_bytes += len(spec) - len(self._recent.pop(run, b""))
            self._recent[run] = spec
            while self._recent_bytes > self._memory_bytes and len(self._recent) > 1:
                self._recent_bytes -= len(self._recent.popitem(last=False)[1])

    # On disk

    def _select(self, database: sqlite3.Connection, run: str) -> bytes | None:
        row = database.execute("SELECT spec FROM specs WHERE id = ?", (run,)).fetchone()
        if row is None:
            return None
        if not isinstance(row[0], bytes) or spec_id(self._version, row[0]) != run:
            log.warning("a stored spec does not match its id: damaged, or of another engine version; not served")
            return None
        return row[0]

    def _insert(self, database: sqlite3.Connection, run: str, spec: bytes) -> None:
        total = self._stored_bytes + len(spec)
        with database:
            database.execute("INSERT OR REPLACE INTO specs (id, spec) VALUES (?, ?)", (run, spec))
            while total > self._disk_bytes:
                number, size = database.execute(
                    "SELECT number, length(spec) FROM specs ORDER BY number LIMIT 1"
                ).fetchone() or (None, total)
                database.execute("DELETE FROM specs WHERE number IS ?", (number,))
                total -= size
        self._stored_bytes = total

    def _on_disk(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do something with the database; None, and a word in the log, where the disk will not."""
        with self._disk_lock:
            try:
                if not self._opened:
                    self._open()
                if self._connection is None:
                    return None
                done = work(self._connection)
            except sqlite3.OperationalError as error:
                self._fail(error)
                return None
            except sqlite3.DatabaseError as error:
                self._move_aside(error)
                return None
            if not self.on_disk:
                log.warning("specs are kept on disk again")
                self.on_disk = True
            return done

    def _open(self) -> None:
        self._opened = True
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._connect()
        except sqlite3.OperationalError as error:
            self._fail(error)
        except sqlite3.DatabaseError as error:
            self._move_aside(error)
        except OSError as error:
            self._fail(error)

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=BUSY_SECONDS, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            found = database.execute("PRAGMA quick_check(1)").fetchone()
            if found != ("ok",):
                raise sqlite3.DatabaseError("the integrity check failed")
            database.execute(SCHEMA)
            (self._stored_bytes,) = database.execute("SELECT coalesce(sum(length(spec)), 0) FROM specs").fetchone()
        except BaseException:
            database.close()
            raise
        return database

    def _fail(self, error: Exception) -> None:
        if self.on_disk:
            log.warning("specs cannot be kept on disk (%s); they are kept in memory until this server ends", error)
        self.on_disk = False

    def _move_aside(self, error: Exception) -> None:
        """Put a damaged file out of the way and begin a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        names = (self._path.with_name(f"{FILE}.damaged-{n}") for n in count(1))
        aside = next(path for path in names if not path.exists())
        log.warning("the file of specs is damaged (%s); it is moved aside to %s", error, aside.name)
        try:
            self._path.replace(aside)
            for suffix in ("-wal", "-shm"):
                self._path.with_name(FILE + suffix).unlink(missing_ok=True)
            self._connection = self._connect()
        except (OSError, sqlite3.Error) as failure:
            self._fail(failure)
