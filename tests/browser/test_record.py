"""An enterprise's record in a real browser: origins open by keyboard, the graph has ink, an objection goes through."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from kerong.web.base.models import User
from tests.browser.conftest import Visit, laid_out
from tests.browser.test_portal import CANVASES_WITH_INK, SIDEWAYS, UNNAMED

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
PAGES = ("values/", "values/is_high_tech/", "network/", "record/", "record/company/")


def _firm() -> str:
    return f"/enterprises/{User.objects.get(username='enterprise').enterprise_id}/"


def _opened(page: "Page") -> "Page":
    page.wait_for_selector("#panel .panel-content", timeout=120_000)
    return page


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("person", ["enterprise", "official"])
def test_no_page_of_a_record_scrolls_sideways_and_every_control_has_a_name(
    visit: Visit, person: str, lang: str, width: int
) -> None:
    page = visit(person, width=width, lang=lang)
    for path in [*(_firm() + name for name in PAGES), *(["/objections/"] if person == "official" else [])]:
        page.goto(path, timeout=120_000)
        laid_out(page)
        assert page.evaluate(SIDEWAYS) <= 0, path
        assert page.evaluate(UNNAMED) == [], path
        assert page.locator("h1").count() == 1, path


def test_a_value_opens_its_origin_by_keyboard_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit("enterprise")
    page.goto(_firm() + "values/")
    value = page.locator(".origin").first
    value.focus()
    page.keyboard.press("Enter")
    _opened(page)
    assert page.locator("#panel").get_attribute("open") is not None
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).not_to_be_visible()
    assert value.evaluate("e => e === document.activeElement")


def test_what_cannot_be_opened_says_so_in_the_panel(visit: Visit) -> None:
    page = visit("enterprise")
    page.goto(_firm() + "values/")
    value = page.locator(".origin").first
    value.evaluate("e => e.setAttribute('hx-get', e.getAttribute('hx-get').replace(/values.*/, 'values/no_such/'))")
    page.evaluate("htmx.process(document.body)")
    value.click()
    expect(page.locator("#panel-body")).to_contain_text("没有查到")


def test_the_search_narrows_all_values_in_place(visit: Visit) -> None:
    page = visit("enterprise", lang="en")
    page.goto(_firm() + "values/")
    page.evaluate("window.kept = true")
    whole = page.locator("#values .origin").count()
    page.fill("#q", "patent")
    expect(page.locator("#values .origin")).not_to_have_count(whole)
    assert page.evaluate("window.kept")


def test_the_graphs_are_drawn_and_survive_another_width(visit: Visit) -> None:
    page = visit("official")
    page.goto(_firm() + "network/")
    laid_out(page)
    drawn = page.evaluate(CANVASES_WITH_INK)
    assert drawn
    assert all(drawn)
    page.set_viewport_size({"width": 700, "height": 900})
    page.wait_for_timeout(500)
    assert all(page.evaluate(CANVASES_WITH_INK))


def test_an_objection_from_the_panel_is_answered_at_the_desk_and_told(visit: Visit) -> None:
    firm, desk = visit("enterprise"), visit("official")
    firm.goto(_firm() + "values/")
    firm.locator(".origin").first.click()
    _opened(firm).locator("#panel summary", has_text="提出异议").click()
    firm.fill("#o-text", "<b>不对</b>")
    firm.get_by_role("button", name="提交").click()
    firm.wait_for_url("**/record/**")
    expect(firm.locator("#objections")).to_contain_text("<b>不对</b>")
    desk.goto("/objections/")
    desk.locator("textarea").first.fill("查证属实")
    desk.locator("select[name=source]").first.select_option("company")
    desk.get_by_role("button", name="成立", exact=True).click()
    desk.wait_for_load_state("networkidle")
    firm.goto(_firm())
    expect(firm.get_by_role("status")).to_contain_text("1 件异议已答复")
    firm.goto(_firm() + "record/")
    expect(firm.locator("#objections")).to_contain_text("查证属实")
