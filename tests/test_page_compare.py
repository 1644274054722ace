"""Two runs side by side: one clock, what differs is named, both losses are there."""

from __future__ import annotations

import pytest

from tests.page import Visit, number


def side(page, name):
    return page.frame_locator(f"#{name}").locator("body")


def stands(page, name, step, frame):
    """Wait until a side stands at a step and an assignment, and has drawn it."""
    at = f"[data-step='{step}'][data-frame='{frame}'][data-ready='true']"
    page.frame_locator(f"#{name}").locator(f"body{at}").wait_for()


def test_a_changed_setting_beside_what_it_was_on_one_clock(new_page, base_url):
    visit = Visit(new_page(reduced_motion="reduce"), base_url).open("#step=5&frame=delta1&unit=1")
    page = visit.page
    visit.field("optimizer.learning_rate").fill("2")
    run = visit.server.run({"optimizer": {"kind": "sgd", "learning_rate": 2}})
    visit.wait("(id) => document.body.dataset.run === id && document.body.dataset.ready === 'true'", run["id"])
    page.locator("#compare").click()
    for name in ("left", "right"):
        stands(page, name, 5, "delta1")
    item = page.locator("#differences li", has_text="learning_rate")
    item.wait_for()
    assert "0.01" in item.text_content()
    assert "2" in item.locator(".of-right").text_content()
    assert page.locator("#differences li").count() == 1

    side(page, "left").locator("#move-forward").click()
    for name in ("left", "right"):
        page.frame_locator(f"#{name}").locator("body[data-frame='delta1'][data-unit='2']").wait_for()
    side(page, "right").locator('#timeline [data-call="loss"]').click()
    for name in ("left", "right"):
        stands(page, name, 5, "loss")

    # What one side looks at, the other does; the number stands on both sides, with the difference.
    side(page, "left").locator("#stage [data-address='a1[0,1]']").click()
    page.frame_locator("#right").locator("#stage [data-address='a1[0,1]'].is-focus").wait_for()
    row = page.locator("#numbers", has_text="a1[0,1]")
    row.wait_for()
    values = [
        float(side(page, name).locator("#stage [data-address='a1[0,1]']").get_attribute("data-value"))
        for name in ("left", "right")
    ]
    said = number(row.locator("span").last.inner_text().split()[-1])
    assert said == pytest.approx(values[1] - values[0], rel=1e-3)

    page.locator("#curves polyline").nth(1).wait_for(state="attached")
    losses = [visit.server.trace(visit.server.run(spec), 5)["loss"] for spec in (None, {**run["spec"]})]
    numbers = [side(page, name).locator("#stage [data-address=loss]") for name in ("left", "right")]
    assert [float(number.get_attribute("data-value")) for number in numbers] == losses
    slider = page.locator("#curves")
    slider.focus()
    page.keyboard.press("ArrowRight")
    for name in ("left", "right"):
        stands(page, name, 6, "loss")
    box = slider.bounding_box()
    page.mouse.click(box["x"] + 0.4 * box["width"], box["y"] + 10)
    for name in ("left", "right"):
        page.frame_locator(f"#{name}").locator("body[data-step='400'][data-ready='true']").wait_for()
    page.locator(".compare-top a").click()
    visit.wait("() => document.body.dataset.ready === 'true'")


def test_a_comparison_speaks_chinese_and_has_no_axe_violation(new_page, base_url):
    from axe_playwright_python.sync_playwright import Axe

    page = new_page(reduced_motion="reduce", locale="zh-CN")
    page.goto(f"{base_url}/compare#left=%23step%3D2&right=%23step%3D2")
    for name in ("left", "right"):
        stands(page, name, 2, "z1")
    page.locator("#differences li", has_text="相同").wait_for()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
