"""A small class: students who step their own runs on the real server. The large one is in tests/benchmarks/server/."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from urllib.parse import urlsplit

from tests.benchmarks.server.classroom import lesson


def test_students_who_step_their_own_runs_at_once_are_all_answered(base_url):
    address = urlsplit(base_url)
    server = SimpleNamespace(host=address.hostname, port=address.port)
    found = asyncio.run(lesson(server, students=40, seconds=2.0, every=0.5, join=0.5))
    assert found.statuses.keys() <= {200, 201}
    assert found.statuses[200] == len(found.seconds) >= 80
