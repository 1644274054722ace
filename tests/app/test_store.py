"""Specs survive a restart, a full disk and a damaged file; what is damaged is never served."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from pathlib import Path

import pytest

from app.store import FILE, SpecStore, canonical, spec_id


def make(folder: Path, **settings) -> SpecStore:
    return SpecStore(folder, settings.pop("version", "1"), **{"memory_bytes": 10**6, "disk_bytes": 10**6, **settings})


def put(store: SpecStore, **document: object) -> str:
    run, spec = store.id_of(document)
    store.put(run, spec)
    return run


def test_a_spec_has_one_spelling():
    assert canonical({"b": 1.0, "a": [1e-5, -0.0, "中"]}) == '{"a":[1e-05,-0.0,"中"],"b":1.0}'.encode()
    with pytest.raises(ValueError, match="not JSON"):
        canonical({"a": float("nan")})


def test_an_id_depends_on_the_spec_and_the_engine_version():
    ids = {spec_id(version, spec) for version in ("1", "2") for spec in (b"{}", b'{"a":1}')}
    assert len(ids) == 4
    assert all(len(run) == 32 and int(run, 16) >= 0 for run in ids)


def test_a_spec_is_new_once(tmp_path):
    store = make(tmp_path)
    run, spec = store.id_of({"seed": 1})
    assert store.get(run) is None
    assert store.put(run, spec)
    assert not store.put(run, spec)
    assert store.get(run) == spec
    store.close()


def test_specs_survive_a_restart(tmp_path):
    first = make(tmp_path)
    run = put(first, seed=1)
    first.close()
    second = make(tmp_path)
    assert second.recent(run) is None
    assert second.get(run) == b'{"seed":1}'
    assert second.recent(run) == b'{"seed":1}'
    assert not second.put(run, b'{"seed":1}')
    second.close()


def test_runs_survive_a_restart_of_the_server(make_api, xor):
    first = make_api()
    run = first.post("/api/v1/runs", json=xor).headers["location"]
    body = first.get(f"{run}/steps/9").content
    second = make_api()
    assert second.get(f"{run}/steps/9").content == body
    assert second.post("/api/v1/runs", json=xor).status_code == 200


def test_memory_is_bounded_and_the_disk_has_the_rest(tmp_path):
    store = make(tmp_path, memory_bytes=100)
    runs = [put(store, seed=seed, text="x" * 40) for seed in range(10)]
    assert sum(store.recent(run) is not None for run in runs) == 1
    assert all(store.get(run) for run in runs)
    store.close()


def test_the_disk_is_bounded_and_the_oldest_make_room(tmp_path):
    store = make(tmp_path, disk_bytes=200, memory_bytes=1)
    runs = [put(store, seed=seed, text="x" * 40) for seed in range(10)]
    store.close()
    again = make(tmp_path, disk_bytes=200)
    assert [bool(again.get(run)) for run in runs] == [False] * 7 + [True] * 3
    again.close()


def test_many_threads_may_use_it_at_once(tmp_path):
    store = make(tmp_path, memory_bytes=500)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for seed in range(30):
                run, spec = store.id_of({"seed": seed, "thread": number % 2})
                store.put(run, spec)
                assert store.get(run) == spec
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    store.close()
    with sqlite3.connect(tmp_path / FILE) as database:
        assert database.execute("SELECT count(*) FROM specs").fetchone() == (60,)
    database.close()


def test_the_file_is_in_wal_mode(tmp_path):
    store = make(tmp_path)
    put(store, seed=1)
    with sqlite3.connect(tmp_path / FILE) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()
    store.close()


def test_where_the_disk_cannot_be_written_it_goes_on_in_memory_with_one_warning(tmp_path, caplog):
    occupied = tmp_path / "file"
    occupied.write_text("not a folder")
    store = make(occupied / "data")
    runs = [put(store, seed=seed) for seed in range(3)]
    assert all(store.get(run) for run in runs)
    assert not store.on_disk
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "memory" in caplog.text
    store.close()


def test_a_server_without_a_disk_says_so_and_works(make_api, tmp_path, xor):
    occupied = tmp_path / "file"
    occupied.write_text("not a folder")
    api = make_api(data_dir=occupied)
    run = api.post("/api/v1/runs", json=xor).headers["location"]
    assert api.get(f"{run}/steps/3").status_code == 200
    assert api.get("/healthz").json()["store"] == "memory"
    assert api.get("/").status_code == 200


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only_is_no_error(tmp_path):
    tmp_path.chmod(0o500)
    store = make(tmp_path)
    assert store.get(put(store, seed=1))
    assert not store.on_disk


def test_a_disk_that_fills_up_later_costs_nothing_but_a_warning(tmp_path, caplog):
    store = make(tmp_path)
    kept = put(store, seed=1)
    assert store._connection is not None
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    lost = put(store, text="x" * 100_000)
    assert store.get(lost)
    assert not store.on_disk
    assert "full" in caplog.text
    store._connection.execute("PRAGMA max_page_count = 100000")
    later = put(store, seed=3)
    assert store.on_disk
    store.close()
    again = make(tmp_path)
    assert [bool(again.get(run)) for run in (kept, lost, later)] == [True, False, True]
    again.close()


@pytest.mark.parametrize(
    "content", [b"this is no database" * 100, b"\x00" * 5_000, b"SQLite format 3\x00" + b"\xff" * 9_000]
)
def test_a_file_that_is_no_database_is_moved_aside(tmp_path, caplog, content):
    (tmp_path / FILE).write_bytes(content)
    store = make(tmp_path)
    run = put(store, seed=1)
    assert store.on_disk
    store.close()
    assert (tmp_path / f"{FILE}.damaged-1").read_bytes() == content
    assert "damaged" in caplog.text
    again = make(tmp_path)
    assert again.get(run)
    again.close()


@pytest.mark.parametrize("place", range(0, 40_000, 2_111))
def test_bits_that_flip_on_disk_are_never_served(tmp_path, place):
    store = make(tmp_path, memory_bytes=1)
    specs = {put(store, seed=seed, text="x" * 400): None for seed in range(60)}
    store.close()
    path = tmp_path / FILE
    body = bytearray(path.read_bytes())
    where = place % len(body)
    body[where] ^= 0xFF
    path.write_bytes(body)
    again = make(tmp_path)
    for run in specs:
        spec = again.get(run)
        assert spec is None or spec_id("1", spec) == run
    assert again.get(put(again, seed=1_000))
    again.close()


def test_a_spec_of_another_engine_version_is_not_served_under_its_old_id(tmp_path):
    old = make(tmp_path, version="0")
    run = put(old, seed=1)
    old.close()
    new = make(tmp_path, version="1")
    assert new.get(run) is None
    assert new.id_of({"seed": 1})[0] != run
    new.close()
