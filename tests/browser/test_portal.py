"""The portal in a real browser: nothing overflows, charts are drawn, search and consents work."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from kerong.web.base.models import User
from kerong.web.base.services.people import DEMO_PASSWORD
from tests.browser.conftest import Visit, laid_out

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PAGES = {
    "": ["/", "/rules/", "/sources/", "/rules/tax_loan/", "/account/login/", "/nothing/"],
    "official": ["/office/", "/enterprises/", "/office/quality/", "/office/runs/", "/rules/tax_loan/"],
    "enterprise": ["/home/"],
    "bank": ["/institution/"],
    "fund": ["/fund/"],
}
UNNAMED = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select')].filter(e =>
    !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map(e => e.outerHTML)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CANVASES_WITH_INK = """() => [...document.querySelectorAll('[data-draw] canvas')].map(c =>
    c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v > 0))"""


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("person", list(PAGES))
def test_no_page_scrolls_sideways_and_every_control_has_a_name(
    visit: Visit, person: str, lang: str, width: int
) -> None:
    page = visit(person, width=width, lang=lang)
    for path in PAGES[person]:
        page.goto(path)
        laid_out(page)
        assert page.evaluate(SIDEWAYS) <= 0, path
        assert page.evaluate(UNNAMED) == [], path
        assert page.locator("h1").count() == 1, path


def test_the_form_of_the_entrance_lets_a_person_in(visit: Visit) -> None:
    page = visit()
    page.goto("/account/login/")
    page.fill("#id_login", "bank")
    page.fill("#id_password", DEMO_PASSWORD)
    page.click(".entrance-form button")
    page.wait_for_url("**/institution/")


def test_the_charts_are_drawn(visit: Visit) -> None:
    page = visit("enterprise")
    laid_out(page)
    assert page.evaluate(CANVASES_WITH_INK) == [True]
    page.goto("/")
    laid_out(page)
    assert page.evaluate(CANVASES_WITH_INK) == [True]


def test_search_narrows_the_list_without_loading_the_page_again(visit: Visit) -> None:
    page = visit("official")
    page.goto("/enterprises/")
    code = page.locator(".firm-code").nth(3).inner_text()
    page.evaluate("window.kept = true")
    page.fill("#q", code)
    expect(page.locator(".firm-code")).to_have_count(1)
    assert page.locator(".firm-code").inner_text() == code
    assert page.evaluate("window.kept")
    assert code in page.url
    page.reload()
    assert page.locator(".firm-code").count() == 1


def test_a_filter_and_a_sort_stay_together_over_pages(visit: Visit) -> None:
    page = visit("official")
    page.goto("/enterprises/")
    page.select_option("#f-grade", "E")
    page.wait_for_url("**grade=E**")
    page.locator("thead a").nth(1).click()
    page.wait_for_url("**sort=name**")
    page.locator("a[rel=next]").click()
    page.wait_for_url("**page=2**")
    expect(page).to_have_url(re.compile("grade=E.*sort=name"))
    assert set(page.locator(".points-cell .grade").all_inner_texts()) == {"E"}


def test_the_map_changes_its_measure_in_place(visit: Visit) -> None:
    page = visit()
    page.goto("/")
    page.evaluate("window.kept = true")
    page.locator("#map .switch a").nth(1).click()
    expect(page.locator("#map .switch a").nth(1)).to_have_attribute("aria-current", "true")
    assert page.evaluate("window.kept")
    assert page.locator("#map .map").count() == 1


def test_tabs_of_offers_obey_the_keyboard(visit: Visit) -> None:
    page = visit("enterprise")
    page.locator("#tab-certain").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#pane-possible.active")
    assert page.locator("#tab-possible").get_attribute("aria-selected") == "true"
    assert not page.locator("#pane-certain").is_visible()


def test_the_language_switches_and_stays_on_the_page(visit: Visit) -> None:
    page = visit()
    page.goto("/rules/")
    page.get_by_role("button", name="Switch to English").click()
    page.wait_for_load_state()
    assert page.url.endswith("/rules/")
    assert page.locator("h1").inner_text() == "Policies and products"


def test_the_menu_opens_on_a_small_screen(visit: Visit) -> None:
    page = visit(width=390)
    page.goto("/")
    link = page.get_by_role("link", name="政策与产品", exact=True)
    assert not link.is_visible()
    page.get_by_role("button", name="菜单").click()
    link.wait_for(state="visible")
    link.click()
    page.wait_for_url("**/rules/")


def test_an_enterprise_shuts_a_bank_out_again(visit: Visit) -> None:
    firm, bank = visit("enterprise"), visit("bank")
    address = f"/enterprises/{User.objects.get(username='enterprise').enterprise_id}/"
    assert _status(bank, address) == 200
    firm.goto("/home/")
    firm.locator("#consents tr", has_text=_bank_name(bank)).get_by_role("button", name="撤回").click()
    firm.wait_for_load_state()
    assert _status(bank, address) == 404
    firm.goto("/home/")
    assert _bank_name(bank) in firm.locator("[aria-labelledby=reads-title]").inner_text()


def test_printing_shows_all_three_tabs(visit: Visit) -> None:
    page = visit("enterprise")
    page.emulate_media(media="print")
    assert all(page.locator(f"#pane-{name}").is_visible() for name in ("certain", "possible", "not_now"))
    assert not page.locator(".masthead").is_visible()


def _status(page: "Page", address: str) -> int:
    answer = page.goto(address)
    assert answer is not None
    return answer.status


def _bank_name(page: "Page") -> str:
    page.goto("/institution/")
    return page.locator("h1").inner_text()
