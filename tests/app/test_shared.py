"""A store that several servers share: it saves work, and its loss costs nothing."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

import engine
from app import shared
from app.answers import Answer
from app.shared import REST_SECONDS, Nothing, Redis, connect

SLOW = {"data": {"kind": "uniform", "examples": 400}, "layers": [{"units": 32}, {"units": 1}], "epochs": 300}


class Dictionary:
    """A store that behaves, or not."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.broken = False
        self.asked = 0

    def get(self, key: str) -> bytes | None:
        self.asked += 1
        if self.broken:
            raise ConnectionError
        return self.values.get(key)

    def set(self, key: str, value: bytes, ex: int | None = None) -> None:
        self.asked += 1
        if self.broken:
            raise TimeoutError
        self.values[key] = value

    def close(self) -> None:
        self.broken = True


@pytest.mark.parametrize("url", ["localhost:6379", "http://127.0.0.1", "file:///etc/passwd", "://", "redis:127.0.0.1"])
def test_a_url_it_cannot_be_at_is_refused(url):
    with pytest.raises(ValueError, match=url.replace("/", "/")):
        connect(url)


def test_no_url_is_no_store():
    assert isinstance(connect(""), Nothing)
    assert connect("").get("x") is None
    assert connect("").state() == "none"


def test_half_a_value_is_none():
    client = Dictionary()
    store = Redis(client)
    store.put("a", b"whole")
    assert store.get("a") == b"whole"
    for broken in (client.values["backscope:a"][:-1], b"", b"x" * 40, client.values["backscope:a"] + b"!"):
        client.values["backscope:a"] = broken
        assert store.get("a") is None
    store.put("large", b"x" * (shared.LARGEST_BYTES + 1))
    assert "backscope:large" not in client.values


def test_one_that_fails_is_left_alone_for_a_while_and_the_log_says_so_once(caplog):
    now = 0.0
    client = Dictionary()
    store = Redis(client, lambda: now)
    store.put("a", b"1")
    client.broken = True
    for _ in range(5):
        assert store.get("a") is None
    assert client.asked == 2
    assert store.state() == "down"
    now += REST_SECONDS
    assert store.get("a") is None
    assert client.asked == 3
    client.broken = False
    now += REST_SECONDS
    assert store.get("a") == b"1"
    assert store.state() == "up"
    levels = [record.levelno for record in caplog.records]
    assert levels == [logging.WARNING] * 2
    assert "without it" in caplog.records[0].message
    assert "again" in caplog.records[1].message


def test_an_answer_travels_as_bytes():
    answer = Answer(b"\n{}\n", "text/x", vary="Accept", language="zh", compressible=False, headers={"link": "<x>"})
    again = Answer.from_bytes(answer.to_bytes())
    assert (again.body, again.etag, again.media_type, again.compressible) == (
        answer.body,
        answer.etag,
        answer.media_type,
        answer.compressible,
    )
    assert again._plain == answer._plain


def test_two_servers_share_specs_and_work_and_one_lost_store_stops_neither(
    make_api, tmp_path, start_redis, monkeypatch, caplog
):
    process, url, port = start_redis()
    computed: list[int] = []
    original = engine.Run.check

    def counted(self, step, stop=None):
        computed.append(step)
        return original(self, step, stop)

    monkeypatch.setattr(engine.Run, "check", counted)
    monkeypatch.setattr(shared, "REST_SECONDS", 0.05)
    first, second = (make_api(data_dir=Path(tmp_path / name), store=url) for name in ("one", "two"))
    run = first.post("/api/v1/runs", json=SLOW).headers["location"]
    assert second.get(run).json()["spec"] == first.get(run).json()["spec"]
    body = first.get(f"{run}/steps/250/check").content
    assert second.get(f"{run}/steps/250/check").content == body
    assert computed == [250]
    assert first.get("/healthz").json()["shared"] == "up"

    process.kill()
    process.wait(30)
    other = first.post("/api/v1/runs", json={**SLOW, "seed": 5}).headers["location"]
    assert first.get(f"{other}/steps/3").status_code == 200
    assert second.get(f"{run}/steps/251/check").status_code == 200
    assert second.get(f"{run}/steps/250/check").content == body
    assert second.post("/api/v1/runs", json={**SLOW, "seed": 5}).status_code == 201
    assert first.get("/healthz").json() == {**second.get("/healthz").json(), "shared": "down"}
    assert caplog.text.count("going on without it") == 2

    start_redis(port)
    time.sleep(0.1)
    third = first.post("/api/v1/runs", json={**SLOW, "seed": 6}).headers["location"]
    assert second.get(third).status_code == 200
    assert first.get("/healthz").json()["shared"] == "up"


def test_servers_with_other_limits_do_not_take_each_others_answers(make_api, tmp_path, start_redis):
    _, url, _ = start_redis()
    large = make_api(data_dir=tmp_path / "large", store=url)
    small = make_api(data_dir=tmp_path / "small", store=url, max_response_numbers=100)
    run = large.post("/api/v1/runs", json=SLOW).headers["location"]
    assert "truncated" not in large.get(f"{run}/steps/299").json()
    assert small.get(f"{run}/steps/299").json()["truncated"]
