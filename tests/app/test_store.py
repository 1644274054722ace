"""Specs survive a restart, a full disk and a damaged file; what is damaged is never served."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import engine
from app.identity import canonical, run_id, spec_id
from app.store import FILE, MIGRATIONS, SpecStore, Stored


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
    assert store.get(run) == Stored(spec, "1")
    store.close()


def test_specs_survive_a_restart(tmp_path):
    first = make(tmp_path)
    run = put(first, seed=1)
    first.close()
    second = make(tmp_path)
    assert second.recent(run) is None
    assert second.get(run) == second.recent(run) == Stored(b'{"seed":1}', "1")
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
                assert store.get(run).spec == spec
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


def test_a_disk_that_fills_up_costs_a_warning_and_what_is_owed_is_written_when_it_can_be(tmp_path, caplog):
    store = make(tmp_path)
    kept = put(store, seed=1)
    assert store._connection is not None
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    owed = put(store, text="x" * 100_000)
    assert store.get(owed)
    assert not store.on_disk
    assert [store.is_kept(run) for run in (kept, owed)] == [True, False]
    assert "full" in caplog.text
    store._connection.execute("PRAGMA max_page_count = 100000")
    later = put(store, seed=3)
    assert store.on_disk
    assert all(store.is_kept(run) for run in (kept, owed, later))
    store.close()
    again = make(tmp_path)
    assert all(again.get(run) for run in (kept, owed, later))
    again.close()


def test_a_full_disk_costs_one_warning_however_many_come(tmp_path, caplog):
    store = make(tmp_path)
    kept = put(store, seed=1)
    assert store._connection is not None
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    for k in range(20):
        put(store, text=str(k) * 10_000)
        assert store.get("0" * 32) is None, "reading goes on, and is no sign that there is room again"
        assert store.get(kept)
        assert not store.on_disk
    assert len(caplog.records) == 1


def test_a_folder_that_is_there_later_is_used_from_then_on(tmp_path, caplog):
    now = [0.0]
    place = tmp_path / "drive"
    place.write_text("not mounted yet")
    store = make(place, clock=lambda: now[0])
    early = put(store, seed=1)
    assert not store.on_disk
    place.unlink()
    now[0] = 4.0
    put(store, seed=2)
    assert not store.on_disk, "it is not tried every time"
    now[0] = 6.0
    put(store, seed=3)
    assert store.on_disk
    assert store.is_kept(early)
    assert [record.message.split(" (")[0] for record in caplog.records] == [
        "specs cannot be kept on disk",
        "specs are kept on disk again",
    ]
    store.close()
    again = make(place)
    assert again.get(early)
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
        stored = again.get(run)
        assert stored is None or spec_id(stored.engine, stored.spec) == run
    assert again.get(put(again, seed=1_000))
    again.close()


# Older versions


def first_schema(path: Path, *specs: bytes, engine_version: str = "1") -> list[str]:
    """A file as the first version wrote it, before schemas were counted."""
    runs = [spec_id(engine_version, spec) for spec in specs]
    with sqlite3.connect(path) as database:
        database.execute(MIGRATIONS[0])
        database.executemany("INSERT INTO specs (id, spec) VALUES (?, ?)", zip(runs, specs, strict=True))
    database.close()
    return runs


def test_a_file_of_the_first_schema_is_brought_up_to_date_and_keeps_its_specs(tmp_path):
    runs = first_schema(tmp_path / FILE, *(canonical({"seed": seed}) for seed in range(5)))
    store = make(tmp_path, version="9")
    assert [store.get(run) for run in runs] == [Stored(canonical({"seed": seed}), "1") for seed in range(5)]
    put(store, seed=77)
    store.close()
    with sqlite3.connect(tmp_path / FILE) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert sorted(row[0] for row in database.execute("SELECT engine FROM specs")) == ["1"] * 5 + ["9"]
    database.close()
    again = make(tmp_path, version="9")
    assert all(again.get(run) for run in runs)
    again.close()


def test_many_processes_may_bring_it_up_to_date_at_once(tmp_path):
    (run,) = first_schema(tmp_path / FILE, canonical({"seed": 1}))
    stores = [make(tmp_path) for _ in range(8)]
    found: list[Stored | None] = []
    threads = [threading.Thread(target=lambda store=store: found.append(store.get(run))) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [stored.spec for stored in found if stored] == [b'{"seed":1}'] * 8
    for store in stores:
        store.close()


def test_a_file_of_a_later_version_is_left_alone(tmp_path, caplog):
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("CREATE TABLE specs (something TEXT)")
        database.execute("PRAGMA user_version = 99")
    database.close()
    before = (tmp_path / FILE).read_bytes()
    store = make(tmp_path)
    assert store.get(put(store, seed=1))
    assert not store.on_disk
    assert "later version" in caplog.text
    store.close()
    with sqlite3.connect(tmp_path / FILE) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (99,)
    database.close()
    assert len(before) <= (tmp_path / FILE).stat().st_size


OLD = {
    "data": {"kind": "xor"},
    "layers": [{"kind": "dense", "units": 2, "activation": "tanh"}, {"units": 1}],
    "epochs": 5,
}


def test_an_id_of_an_older_version_leads_to_the_run_of_today(make_api, tmp_path):
    (old,) = first_schema(tmp_path / FILE, canonical(OLD), engine_version="1")
    api = make_api()
    today = run_id(engine.ExperimentSpec.from_json(OLD))
    assert old != today
    answer = api.get(f"/api/v1/runs/{old}/steps/3?names=z1,loss&examples=0", follow_redirects=False)
    assert answer.status_code == 307
    assert answer.headers["location"] == f"/api/v1/runs/{today}/steps/3?names=z1,loss&examples=0"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["run"] == today
    followed = api.get(f"/api/v1/runs/{old}/steps/3?names=z1,loss&examples=0")
    assert followed.status_code == 200
    assert followed.json()["run"] == today
    completed = api.get(f"/api/v1/runs/{old}").json()
    assert completed["id"] == today
    assert completed["spec"]["optimizer"]["kind"] == "sgd"
    assert api.post("/api/v1/runs", json=OLD).status_code == 200
    assert [api.get(f"/api/v1/runs/{old}").status_code for _ in range(2)] == [200, 200]


def test_an_old_experiment_that_means_nothing_now_is_gone_and_no_mistake_of_ours(make_api, tmp_path):
    (old,) = first_schema(tmp_path / FILE, canonical({"layers": [{"kind": "forgotten", "units": 1}]}))
    answer = make_api().get(f"/api/v1/runs/{old}")
    assert answer.status_code == 410
    assert answer.json()["type"].endswith("outdated-run")


# A disk that is full


FULL = """
import resource, sys, pathlib
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
from starlette.testclient import TestClient
from app import create_app
from app.settings import Settings
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
api = TestClient(create_app(Settings(data_dir=pathlib.Path(sys.argv[1]), unkept=sys.argv[2])))
rows = [[float(i)] * 40 for i in range(300)]
first = api.post("/api/v1/runs", json={"epochs": 3})
print(first.status_code, first.headers["backscope-kept"])
for seed in range(6):
    spec = {"data": {"kind": "inline", "x": rows, "y": [[1.0]] * 300}, "layers": [{"units": 1}], "seed": seed}
    last = api.post("/api/v1/runs", json=spec)
print(last.status_code, last.headers.get("backscope-kept"), last.json().get("type", "").rpartition(":")[2])
print(api.get("/healthz").json()["store"], api.get(first.headers["location"] + "/steps/2").status_code)
"""


@pytest.mark.skipif(os.name == "nt", reason="limits of a process are set otherwise on Windows")
@pytest.mark.parametrize(("unkept", "last"), [("memory", "201 memory "), ("refuse", "507 None not-kept")])
def test_on_a_disk_that_takes_no_more_reading_goes_on(tmp_path, unkept, last):
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), unkept], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["201 disk", last, "memory 200"]
    assert "kept in memory" in done.stderr


KILLED = """
import pathlib, sys
from app.store import SpecStore
store = SpecStore(pathlib.Path(sys.argv[1]), "1", memory_bytes=10**6, disk_bytes=10**8)
for seed in range(10**6):
    run, spec = store.id_of({"seed": seed, "text": "x" * (seed * 37 % 5000)})
    store.put(run, spec)
    print(run, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_what_was_acknowledged_before_a_kill_is_there_after_it(tmp_path):
    acknowledged: list[str] = []
    for lines in (1, 7, 40):
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as process:
            acknowledged += [process.stdout.readline().strip() for _ in range(lines)]
            process.kill()
            acknowledged += [line.strip() for line in process.stdout.read().splitlines() if len(line) == 32]
    store = make(tmp_path)
    assert len(set(acknowledged)) >= 40
    assert all(store.get(run) for run in set(acknowledged))
    store.close()
