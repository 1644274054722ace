"""What sharing needs from the server: codes that telephones read, and addresses that others reach."""

from __future__ import annotations

import ipaddress
import re
import xml.etree.ElementTree as ET

import pytest
import segno
from starlette.testclient import TestClient

from app import create_app, sharing
from app.settings import Settings

LINK = "http://192.168.1.20:8765/#run=0123456789abcdef0123456789abcdef&step=12&frame=delta1&unit=1"


def modules(svg: str) -> set[tuple[int, int]]:
    """The dark squares that a code's drawing has, as (row, column) within the quiet zone."""
    path = ET.fromstring(svg)[0].attrib["d"]
    dark, x, y = set(), 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])((?:-?[\d.]+ ?)+)", path):
        values = [float(number) for number in numbers.split()]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            dark |= {(int(y - 0.5) - 4, int(x) + at - 4) for at in range(int(values[0]))}
            x += values[0]
    return dark


def test_a_code_holds_the_link_to_the_last_module(api):
    answer = api.get("/share/qr.svg", params={"link": LINK})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    expected = segno.make_qr(LINK, error="l").matrix
    assert modules(answer.text) == {(r, c) for r, row in enumerate(expected) for c, dark in enumerate(row) if dark}


@pytest.mark.parametrize(
    "query",
    ["", "link=", "link=javascript:alert(1)", "link=http://a b", "link=http://学", "link=http://a%0a", "other=1",
     "link=http://a&link=http://b", "link=http://" + "a" * sharing.LONGEST_LINK],
)  # fmt: skip
def test_what_is_no_link_gets_a_problem(api, query):
    assert api.get(f"/share/qr.svg?{query}").status_code == 422


def test_the_longest_link_still_fits_a_code(api):
    link = "http://" + "a" * (sharing.LONGEST_LINK - 7)
    assert api.get("/share/qr.svg", params={"link": link}).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_server_for_this_machine_alone_is_reached_by_nobody_else(host):
    assert sharing.reachable_at(Settings(host=host)) == []


def test_a_server_on_one_address_is_reached_there():
    assert sharing.reachable_at(Settings(host="192.168.1.20")) == ["192.168.1.20"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_a_server_for_all_is_reached_at_addresses_that_others_can_use(host, monkeypatch):
    own = {"192.0.2.1": "192.168.1.20", "10.254.254.254": "10.0.0.7", "172.31.254.254": "127.0.0.1"}
    monkeypatch.setattr(sharing, "_own_address", lambda other: own.get(other, ""))
    monkeypatch.setattr(sharing, "_named_addresses", lambda: ["127.0.1.1", "169.254.3.4", "10.0.0.9", "nonsense"])
    assert sharing.reachable_at(Settings(host=host)) == ["192.168.1.20", "10.0.0.7"]
    own.clear()
    assert sharing.reachable_at(Settings(host=host)) == ["10.0.0.9"]


def test_what_the_system_says_of_its_own_addresses_is_addresses():
    for address in (*filter(None, map(sharing._own_address, sharing.SOMEWHERE)), *sharing._named_addresses()):
        ipaddress.ip_address(address.partition("%")[0])


@pytest.mark.parametrize(
    ("client", "told"),
    [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("192.168.1.77", False), ("testclient", False)],
)
def test_only_who_sits_at_the_machine_is_told_its_addresses(tmp_path, client, told):
    app = create_app(Settings(data_dir=tmp_path, host="192.168.1.20"))
    with TestClient(app, base_url="http://127.0.0.1", client=(client, 1)) as api:
        answer = api.get("/share/addresses")
    assert answer.json() == {"addresses": ["192.168.1.20"] if told else []}
    assert answer.headers["cache-control"] == "no-store"
