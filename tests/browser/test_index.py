"""The index page in a real browser: charts have ink, nothing scrolls sideways, origins open, the PDF downloads."""

import pytest

from kerong.paper.typeset import FONTS
from kerong.web.base.models import User
from tests.browser.conftest import Visit, laid_out
from tests.browser.test_portal import CANVASES_WITH_INK, SIDEWAYS, UNNAMED
from tests.conftest import lacking

pytestmark = pytest.mark.browser


def _index() -> str:
    return f"/enterprises/{User.objects.get(username='enterprise').enterprise_id}/index/"


@pytest.mark.parametrize(("person", "lang", "width"), [("enterprise", "zh", 390), ("official", "en", 1440)])
def test_the_index_page_fits_its_screen_and_its_radar_has_ink(visit: Visit, person: str, lang: str, width: int) -> None:
    page = visit(person, width=width, lang=lang)
    page.goto(_index(), timeout=120_000)
    laid_out(page)
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(UNNAMED) == []
    assert page.locator("h1").count() == 1
    assert page.evaluate(CANVASES_WITH_INK) == [True]  # the radar; this run read no quarters before


def test_a_value_of_the_index_opens_its_origin(visit: Visit) -> None:
    page = visit("enterprise")
    page.goto(_index())
    page.locator(".index-lines .origin").first.click()
    page.wait_for_selector("#panel .panel-content", timeout=120_000)


def test_the_report_downloads_as_pdf(visit: Visit) -> None:
    if not any(FONTS.glob("*.otf")):
        lacking("the font of documents is not there (./kerong makes it)")
    page = visit("enterprise", lang="en")
    page.goto(_index())
    with page.expect_download(timeout=120_000) as told:
        page.get_by_role("link", name="Download PDF").click()
    assert told.value.path().read_bytes()[:5] == b"%PDF-"
