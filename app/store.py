"""Specs by id, kept in SQLite so that a run survives a restart, and in memory so that the disk may fail.

A spec is stored as canonical JSON and its id is a hash of that and of the engine's version, so a row can prove itself:
what comes back from the disk damaged is not served, and what an older engine stored is still found. When the disk
cannot be written the store goes on in memory, says so in the log, and writes what it owes as soon as it can; a database
file that is not one is moved aside.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from app.identity import canonical, spec_id
from app.shared import Nothing, Shared

log = logging.getLogger("backscope.store")
T = TypeVar("T")

FILE = "specs.sqlite3"
BUSY_SECONDS = 2.0
REOPEN_SECONDS = 5.0
"""How long a file that could not be opened is left alone."""
MIGRATIONS = (
    """
    CREATE TABLE IF NOT EXISTS specs (
        number INTEGER PRIMARY KEY,
        id     TEXT NOT NULL UNIQUE,
        spec   BLOB NOT NULL
    )
    """,
    "ALTER TABLE specs ADD COLUMN engine TEXT NOT NULL DEFAULT '1'",
)
"""What brings a file from one schema to the next; `user_version` counts them. The first files did not count yet."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A canonical spec, and the version of the engine that its id was made with."""

    spec: bytes
    engine: str


class SpecStore:
    """Canonical specs by id. All methods may be called from any thread; all but `recent` may touch the disk."""

    def __init__(
        self,
        folder: Path,
        version: str,
        *,
        memory_bytes: int,
        disk_bytes: int,
        shared: Shared | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = folder / FILE
        self._version = version
        self._memory_bytes = memory_bytes
        self._disk_bytes = disk_bytes
        self._shared = shared or Nothing()
        self._clock = clock
        self._recent: OrderedDict[str, Stored] = OrderedDict()
        self._recent_bytes = 0
        self._memory_lock = threading.Lock()
        self._disk_lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._open_from = 0.0
        self._stored_bytes = 0
        self._unsaved: set[str] = set()
        self.on_disk = True

    def id_of(self, document: Mapping[str, Any]) -> tuple[str, bytes]:
        """The id of a completed spec, and its canonical form."""
        spec = canonical(document)
        return spec_id(self._version, spec), spec

    def recent(self, run: str) -> Stored | None:
        """The spec, if it is in memory."""
        with self._memory_lock:
            stored = self._recent.get(run)
            if stored is not None:
                self._recent.move_to_end(run)
            return stored

    def get(self, run: str) -> Stored | None:
        """The spec with this id, made by this engine or an older one; or None."""
        stored = self.recent(run)
        if stored is None:
            stored = self._on_disk(lambda database: self._select(database, run))
            if stored is None and (stored := self._elsewhere(run)) is not None:
                self._save(run, stored)
            if stored is not None:
                self._remember(run, stored)
        return stored

    def put(self, run: str, spec: bytes) -> bool:
        """Keep a spec; says whether it is new. One that is stored already costs no write."""
        known = self.get(run)
        if known is not None and run not in self._unsaved:
            return False
        stored = Stored(spec, self._version)
        self._remember(run, stored)
        self._save(run, stored)
        self._shared.put(f"spec:{run}", spec)
        return known is None

    def is_kept(self, run: str) -> bool:
        """Is it on the disk, so that it outlives this process?"""
        return run not in self._unsaved

    def close(self) -> None:
        """Close the file."""
        with self._disk_lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            self._open_from = 0.0

    # In memory

    def _remember(self, run: str, stored: Stored) -> None:
        with self._memory_lock:
            old = self._recent.pop(run, None)
            self._recent_bytes += len(stored.spec) - (len(old.spec) if old else 0)
            self._recent[run] = stored
            while self._recent_bytes > self._memory_bytes and len(self._recent) > 1:
                gone, dropped = self._recent.popitem(last=False)
                self._unsaved.discard(gone)
                self._recent_bytes -= len(dropped.spec)

    # On other machines

    def _elsewhere(self, run: str) -> Stored | None:
        spec = self._shared.get(f"spec:{run}")
        if spec is None or spec_id(self._version, spec) != run:
            return None
        return Stored(spec, self._version)

    # On disk

    def _save(self, run: str, stored: Stored) -> None:
        """Write a spec, and with it those that could not be written before."""
        with self._memory_lock:
            waiting = {late: self._recent[late] for late in self._unsaved if late in self._recent}
            self._unsaved.add(run)

        def write(database: sqlite3.Connection) -> bool:
            self._insert(database, {**waiting, run: stored})
            return True

        if self._on_disk(write):
            with self._memory_lock:
                self._unsaved -= {*waiting, run}
            self._recovered()

    def _select(self, database: sqlite3.Connection, run: str) -> Stored | None:
        row = database.execute("SELECT spec, engine FROM specs WHERE id = ?", (run,)).fetchone()
        if row is None:
            return None
        spec, engine = row
        if not isinstance(spec, bytes) or not isinstance(engine, str) or spec_id(engine, spec) != run:
            log.warning("a stored spec does not match its id: it is damaged, and not served")
            return None
        return Stored(spec, engine)

    def _insert(self, database: sqlite3.Connection, specs: Mapping[str, Stored]) -> None:
        total = self._stored_bytes + sum(len(stored.spec) for stored in specs.values())
        rows = [(run, stored.spec, stored.engine) for run, stored in specs.items()]
        with database:
            database.executemany("INSERT OR REPLACE INTO specs (id, spec, engine) VALUES (?, ?, ?)", rows)
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
                if self._connection is None and self._clock() >= self._open_from:
                    self._open()
                if self._connection is None:
                    return None
                return work(self._connection)
            except sqlite3.OperationalError as error:
                self._fail(error)
                return None
            except sqlite3.DatabaseError as error:
                self._move_aside(error)
                return None

    def _open(self) -> None:
        self._open_from = self._clock() + REOPEN_SECONDS
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
            migrate(database)
            (self._stored_bytes,) = database.execute("SELECT coalesce(sum(length(spec)), 0) FROM specs").fetchone()
        except BaseException:
            database.close()
            raise
        return database

    def _recovered(self) -> None:
        """Something was written. That something can be read says nothing: so it can on a full disk."""
        if not self.on_disk:
            log.warning("specs are kept on disk again")
            self.on_disk = True

    def _fail(self, error: Exception) -> None:
        if self.on_disk:
            log.warning("specs cannot be kept on disk (%s); they are kept in memory until they can", error)
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


def migrate(database: sqlite3.Connection) -> None:
    """Bring a file to the newest schema; one of a later version is left alone. Several processes may try at once."""
    database.execute("BEGIN IMMEDIATE")
    try:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise sqlite3.OperationalError("the file was written by a later version")
        for number, statement in enumerate(MIGRATIONS[version:], start=version + 1):
            database.execute(statement)
            database.execute(f"PRAGMA user_version = {number}")
    except BaseException:
        database.rollback()
        raise
    database.commit()
