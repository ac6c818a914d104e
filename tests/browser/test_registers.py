"""Data sources and the steward's desk in a real browser: nothing overflows, charts are drawn, two people publish."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pytest_django.fixtures import Settings

from kerong.intake import feeds_for, receive
from kerong.store.archive import Archive
from kerong.web.base.models import Role, User
from kerong.web.base.selectors.published import current
from kerong.web.base.services.people import DEMO_PASSWORD
from tests.browser.conftest import Visit, laid_out
from tests.browser.test_portal import CANVASES_WITH_INK, SIDEWAYS, UNNAMED

pytestmark = pytest.mark.browser

HOSTILE = "tax_<script>alert(1)</script>" + "x" * 120 + ".csv"
HEADER = "信用代码,所属期,计税销售额,入库税额,实际申报日期\n"
PAGES = {
    "": ["/registers/"],
    "official": ["/registers/", "/registers/tax/", "/registers/accounts/"],
    "steward": ["/registers/", "/registers/tax/", "/steward/"],
    "admin": ["/tokens/"],
}


@pytest.fixture
def archive(portal: str, city_run: Path, tmp_path: Path, settings: Settings) -> Archive:
    """The archive of the small city: its tax files and accounts, and a hostile file that a gate holds."""
    published = current()
    assert published is not None
    made = Archive.create(tmp_path / "archive", published.rulebook.region.name)
    settings.ARCHIVE, settings.DAY = made.path, date(2025, 6, 30)
    at = datetime(2025, 6, 30, 9, tzinfo=UTC)
    folder = city_run.parent / "registers"
    for path in sorted([*folder.glob("tax_2*"), *folder.glob("accounts_*")]):
        receive(made, published.rulebook, path, feeds_for(published.rulebook, path.name)[0], at, "Li")
    (tmp_path / "held.csv").write_text(HEADER, encoding="utf-8")
    receive(made, published.rulebook, tmp_path / "held.csv", "tax", at, "Li", name=HOSTILE)
    User.objects.create_user(username="admin", password=DEMO_PASSWORD, role=Role.ADMIN)
    return made


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("person", list(PAGES))
def test_no_page_of_sources_scrolls_sideways_and_every_control_has_a_name(
    archive: Archive, visit: Visit, person: str, lang: str, width: int
) -> None:
    page = visit(person, width=width, lang=lang)
    held = [f"/steward/batches/{batch.id}/" for batch in archive.batches() if archive.state(batch.id) == "received"]
    assert held
    for path in [*PAGES[person], *(held if person in ("official", "steward") else [])]:
        page.goto(path)
        laid_out(page)
        assert page.evaluate(SIDEWAYS) <= 0, path
        assert page.evaluate(UNNAMED) == [], path
        assert page.locator("h1").count() == 1, path
        assert page.locator("script:not([src]):not([type])").count() == 0, path


def test_the_card_of_a_source_is_drawn(archive: Archive, visit: Visit) -> None:
    page = visit("official")
    page.goto("/registers/tax/")
    laid_out(page)
    assert page.evaluate(CANVASES_WITH_INK) == [True]


def test_one_steward_hands_in_and_another_publishes(archive: Archive, visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "tax_2025-07.csv").write_text(HEADER.replace(",", ";"), encoding="utf-8")
    first, second = visit("steward"), visit("steward_2")
    first.goto("/steward/")
    first.set_input_files("#u-file", tmp_path / "tax_2025-07.csv")
    first.select_option("#u-feed", "tax")
    first.get_by_role("button", name="上传").click()
    expect(first.locator(".tag").first).to_be_visible()
    first.goto("/steward/")
    batch = archive.batches()[-1].id
    for page in (first, second):
        page.goto(f"/steward/batches/{batch}/")
    expect(first.get_by_role("button", name="发布", exact=True)).to_have_count(0)
    second.fill("#reason", "与税务局核对过")
    second.get_by_role("button", name="发布", exact=True).click()
    expect(second.locator(".history")).to_contain_text("与税务局核对过")
    assert archive.state(batch) == "published"
