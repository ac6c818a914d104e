"""The report of a reform in a real browser: from a file, without any server."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kerong.commands.reports import ECHARTS
from kerong.lab.compare import figures, report
from tests.conftest import ROOT, lacking
from tests.lab import north
from tests.lab.north import Firm

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
FIRMS = [Firm(7, "990102"), Firm(12), Firm(20, loans=(1_000,)), Firm(None, "990102", (500,)), Firm(90)]
PROPOSED = (
    "[parameter.least_count]\n2025-01-01 = { value = 5, source = 'a' }\n"
    "[parameter.each_fen]\n2025-01-01 = { value = 90_00, source = 'b' }\n"
)
WIDTHS = (1440, 390)


@pytest.fixture
def page_of_report(tmp_path: Path) -> Path:
    """The report of a reform under which firms gain, lose and cross a line."""
    library = ROOT / "src/kerong" / ECHARTS
    if not library.is_file():
        lacking("the browser assets are not there (./kerong makes them)")
    proposed = north.reform(policies_hiring=PROPOSED)
    told = figures(north.comparison(FIRMS, proposed), proposed)
    path = tmp_path / "report.html"
    path.write_text(report(told, library.read_text("utf-8")), "utf-8")
    return path


@pytest.fixture
def visit(chromium: "Browser", page_of_report: Path) -> "Iterator[Page]":
    """The report, cut off from every network; what its console complains about fails the test."""
    context = chromium.new_context(offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(page_of_report.as_uri())
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_every_chart_is_drawn_and_nothing_reaches_beyond_the_page(visit: "Page", width: int) -> None:
    visit.set_viewport_size({"width": width, "height": 900})
    visit.wait_for_timeout(300)
    charts = visit.locator("[data-chart]")
    assert charts.count() == 4
    assert all(charts.nth(number).locator("svg path").count() > 1 for number in range(4))
    assert visit.evaluate("document.documentElement.scrollWidth") <= width


def test_a_button_turns_the_whole_page_into_the_other_language(visit: "Page") -> None:
    assert visit.locator("h1").inner_text().startswith("改革后北")
    visit.click("[data-lang=en]")
    assert visit.locator("h1").inner_text().startswith("After the reform North")
    assert "Idea" in visit.title()
    shown = visit.evaluate("document.body.innerText")
    assert "改革" not in shown
    assert "Before" in shown


def test_on_paper_the_buttons_are_gone_and_the_tables_are_whole(visit: "Page") -> None:
    visit.emulate_media(media="print")
    assert not visit.locator("[data-lang=en]").is_visible()
    assert visit.evaluate("getComputedStyle(document.querySelector('.scroll')).overflowX") == "visible"
