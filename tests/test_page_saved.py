"""A saved page opens from the disk, without a server, and steps through what it holds with the views of the page."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from tests.page import Moment, Server, Visit

SPEC = {"data": {"kind": "xor"}, "layers": [{"units": 3, "activation": "tanh"}, {"units": 1, "activation": "sigmoid"}]}


@pytest.fixture
def saved(base_url, tmp_path):
    """Return a function that saves steps of a run to a file and gives its address."""
    server = Server(base_url)

    def save(run: dict, query: str) -> str:
        path = tmp_path / "saved.html"
        with urllib.request.urlopen(f"{base_url}/api/v1/runs/{run['id']}/export?format=html&{query}") as answer:
            path.write_bytes(answer.read())
        return path.as_uri()

    return server, save


def test_a_saved_page_steps_offline_with_the_numbers_of_the_server(saved, new_page):
    server, save = saved
    run = server.run(SPEC)
    address = save(run, "step=4&count=3&lang=en")
    page = new_page(reduced_motion="reduce", offline=True)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url.partition(":")[0]))
    page.goto(address)
    visit = Visit(page, "")
    visit.at(Moment(4, "z1", 0))
    expected = server.trace(run, 4)["values"]["z1"]["data"]
    visit.press("ArrowRight").at(Moment(4, "z1", 1))
    cells = visit.picture().by_address
    assert [float(cells[f"z1[0,{unit}]"].value) for unit in (0, 1)] == expected[0][:2]
    assert page.locator("#why").inner_text().find("z1[0,1]") >= 0
    visit.press("]", "]", "]").at(Moment(6, "b1_new", 2))
    after = server.trace(run, 6)["values"]["b1_new"]["data"]
    assert float(visit.picture().by_address["b1_new[2]"].value) == after[2]
    offered = [tab.get_attribute("id") for tab in page.locator("#views [role=tab]").all()]
    assert offered == ["tab-network", "tab-matrices", "tab-batch"], (
        "what a server would have to work out is not offered"
    )
    page.evaluate("() => { location.hash += '&view=charts' }")
    page.locator("#stage .card").first.wait_for()
    assert page.get_by_role("button", name="Maps").count() == 0
    visit.press("Home")
    page.locator("#face").get_by_text("That is not in this file").wait_for()
    assert set(requests) <= {"file", "data"}
    assert not page.locator("#experiment").is_visible()


def test_a_saved_page_runs_inside_a_notebook_s_frame(saved, new_page):
    server, save = saved
    run = server.run(SPEC)
    address = save(run, "count=2&lang=zh")
    page = new_page(reduced_motion="reduce")
    page.set_content("<iframe style='width:900px;height:600px'></iframe>")
    body = Path(address.removeprefix("file://")).read_text()
    page.locator("iframe").evaluate("(frame, body) => frame.srcdoc = body", body)
    frame = page.frame_locator("iframe")
    frame.locator("body[data-ready='true'][data-step='0']").wait_for()
    frame.locator("#move-forward").click()
    frame.locator("body[data-unit='1']").wait_for()
    assert "这个数从哪里来" in frame.locator("#why").inner_text()
