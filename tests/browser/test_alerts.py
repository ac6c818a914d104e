"""The desk of alerts in a real browser: widths and languages, a case goes through by its forms, the map has ink."""

import pytest

from kerong.web.base.models import Alert
from tests.browser.conftest import Visit, laid_out
from tests.browser.test_portal import CANVASES_WITH_INK, SIDEWAYS, UNNAMED

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize(("person", "lang"), [("official", "zh"), ("official", "en"), ("bank", "zh"), ("fund", "en")])
def test_no_page_of_alerts_scrolls_sideways_and_every_control_has_a_name(
    visit: Visit, person: str, lang: str, width: int
) -> None:
    page = visit(person, width=width, lang=lang)
    first = Alert.objects.order_by("pk").first()
    assert first is not None
    official = [f"/alerts/{first.pk}/", "/risk/"] if person == "official" else []
    for path in ["/alerts/", *official]:
        page.goto(path, timeout=120_000)
        laid_out(page)
        assert page.evaluate(SIDEWAYS) <= 0, path
        assert page.evaluate(UNNAMED) == [], path
        assert page.locator("h1").count() == 1, path


def test_an_official_takes_a_case_chooses_what_is_done_and_closes_it(visit: Visit) -> None:
    page = visit("official", lang="en")
    page.goto("/alerts/")
    page.locator("td .firm-name").first.click()
    page.get_by_role("button", name="Take it").click()
    page.locator("form[action$='/choose/'] select").select_option("contact")
    page.locator("form[action$='/choose/'] textarea").fill("called them")
    page.get_by_role("button", name="Choose what is done").click()
    page.locator("form[action$='/close/'] select").select_option("false_alarm")
    page.locator("form[action$='/close/'] textarea").fill("a slip of the pen in the register")
    page.get_by_role("button", name="Close it").click()
    assert "False alarm" in page.locator(".alert-history").inner_text()
    assert Alert.objects.filter(state="closed", outcome="false_alarm").count() == 1


def test_the_map_of_risk_has_ink(visit: Visit) -> None:
    page = visit("official")
    page.goto("/risk/")
    laid_out(page)
    inked = page.evaluate(CANVASES_WITH_INK)
    assert inked
    assert all(inked)
