"""Subsidies in a real browser: widths and languages, a firm confirms, an office moves a case by its forms."""

import pytest

from kerong.web.base.models import Call, Case, User
from kerong.web.base.pages import today
from kerong.web.base.selectors.due import days_of
from kerong.web.base.selectors.published import current
from kerong.web.base.services.demo_cases import demo_cases_make
from tests.browser.conftest import Visit, laid_out
from tests.browser.test_portal import SIDEWAYS, UNNAMED

pytestmark = pytest.mark.browser


@pytest.fixture
def cases(portal: str) -> int:
    """The demo's cases; none where no calendar knows today."""
    published = current()
    assert published is not None
    count = demo_cases_make(published, today=today(), days=days_of(published))
    if not count:
        pytest.skip("the shipped calendars end before today: no working day can be counted")
    return count


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize(("person", "lang"), [("official", "zh"), ("official", "en"), ("enterprise", "en"), ("", "zh")])
def test_no_page_of_subsidies_scrolls_sideways_and_every_control_has_a_name(
    cases: int, visit: Visit, person: str, lang: str, width: int
) -> None:
    page = visit(person, width=width, lang=lang)
    paths = ["/notices/"]
    if person:
        paths += ["/tasks/", "/tasks/?view=standing"]
    if person == "official":
        paid, free = Case.objects.filter(state="paid").first(), Call.objects.get(is_free=True)
        assert paid is not None
        paths += [f"/cases/{paid.pk}/", "/calls/", f"/calls/{free.pk}/", "/budgets/", "/budgets/1/", "/payments/"]
    for path in paths:
        page.goto(path, timeout=120_000)
        laid_out(page)
        assert page.evaluate(SIDEWAYS) <= 0, path
        assert page.evaluate(UNNAMED) == [], path
        assert page.locator("h1").count() == 1, path


def test_a_firm_confirms_what_was_proposed_and_keeps_what_it_typed_when_refused(cases: int, visit: Visit) -> None:
    proposed = Case.objects.filter(state="proposed").earliest("pk")
    User.objects.filter(username="enterprise").update(enterprise_id=proposed.enterprise_id)
    page = visit("enterprise", lang="en")
    page.goto("/tasks/")
    page.locator("td .firm-name").first.click()
    page.locator("#do-confirm input[name=bank]").fill("Demo Bank")
    page.locator("#do-confirm input[name=account]").fill("12")
    page.get_by_role("button", name="confirm").click()
    assert "The account number or the bank is none" in page.locator("[role=alert]").first.inner_text()
    assert page.locator("#do-confirm input[name=bank]").input_value() == "Demo Bank"
    page.locator("#do-confirm input[name=account]").fill("622200001234")
    page.get_by_role("button", name="confirm").click()
    assert "622200001234" in page.locator("main").inner_text()
    assert page.locator(".step-now").inner_text().startswith("Accepted")


def test_a_second_official_approves_what_the_first_reserved(cases: int, visit: Visit) -> None:
    case = Case.objects.filter(state="reserved").earliest("pk")
    first, second = visit("official", lang="en"), visit("official_2", lang="en")
    first.goto(f"/cases/{case.pk}/")
    assert first.locator("#do-approve").count() == 0
    second.goto(f"/cases/{case.pk}/")
    second.locator("#do-approve button").click()
    assert second.locator(".step-now").inner_text().startswith("Approved")
    case.refresh_from_db()
    assert case.state == "approved"
