"""Deals in a real browser: widths and languages, a bank recommends a loan after it has seen its schedule."""

import pytest

from kerong.web.base.models import Deal
from kerong.web.base.pages import today
from kerong.web.base.selectors.due import days_of
from kerong.web.base.selectors.published import current
from kerong.web.base.services.demo_deals import demo_deals_make
from tests.browser.conftest import Visit
from tests.browser.test_portal import SIDEWAYS, UNNAMED

pytestmark = pytest.mark.browser


@pytest.fixture
def deals(portal: str) -> int:
    """The demo's deals; none where no calendar knows today."""
    published = current()
    assert published is not None
    count = demo_deals_make(published, today=today(), days=days_of(published))
    if not count:
        pytest.skip("the shipped calendars end before today: no working day can be counted")
    return count


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize(("person", "lang"), [("bank", "zh"), ("bank", "en"), ("official", "zh"), ("enterprise", "en")])
def test_no_page_of_deals_scrolls_sideways_and_every_control_has_a_name(
    deals: int, visit: Visit, person: str, lang: str, width: int
) -> None:
    page = visit(person, width=width, lang=lang)
    paths = ["/deals/"]
    if person != "enterprise":
        claimed, pool = Deal.objects.get(kind="loan", state="claimed"), "technology_loan_pool"
        paths += [f"/deals/{claimed.pk}/", "/pools/", f"/pools/{pool}/"]
    if person == "bank":
        paths += [f"/deals/{Deal.objects.get(kind='loan', state=state).pk}/" for state in ("taken", "overdue")]
    for path in paths:
        page.goto(path, timeout=120_000)
        page.wait_for_load_state("networkidle")
        assert page.evaluate(SIDEWAYS) <= 0, path
        assert page.evaluate(UNNAMED) == [], path
        assert page.locator("h1").count() == 1, path


def test_a_bank_sees_the_schedule_first_and_then_recommends_what_it_typed(deals: int, visit: Visit) -> None:
    deal = Deal.objects.get(kind="loan", state="taken")
    page = visit("bank", lang="en")
    page.goto(f"/deals/{deal.pk}/")
    page.locator("#attachments input[type=file]").wait_for()
    page.locator("#do-recommend input[name=percent]").fill("3.45")
    page.locator("#do-recommend button[name=try]").click()
    assert "Nothing is done yet" in page.locator("#tried").inner_text()
    assert page.locator("#do-recommend input[name=percent]").input_value() == "3.45"
    page.locator("#do-recommend .btn-primary").click()
    assert page.locator(".step-now").inner_text().startswith("Looked into and recommended")
    deal.refresh_from_db()
    assert deal.terms["rate"] == {"ppm": 34_500}
