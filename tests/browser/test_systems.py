"""Systems side by side in a real browser: the report from a file, and the pages of the portal."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from kerong.cli import app
from kerong.commands.reports import ECHARTS
from kerong.lab.systems import figures, report
from kerong.web.base.services.run import run_publish
from tests.browser.conftest import Visit, laid_out
from tests.browser.test_portal import CANVASES_WITH_INK, SIDEWAYS, UNNAMED
from tests.conftest import ROOT, lacking
from tests.lab.systems.small import measured, read

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
def test_the_report_draws_its_charts_and_speaks_both_languages_without_scrolling_sideways(
    chromium: "Browser", tmp_path: Path, width: int
) -> None:
    library = ROOT / "src/kerong" / ECHARTS
    if not library.is_file():
        lacking("the browser assets are not there (./kerong makes them)")
    place = read()
    told = figures(place, measured(place, "north", "south", "west", "east"), {})
    (tmp_path / "report.html").write_text(report(told, library.read_text("utf-8")), "utf-8")
    context = chromium.new_context(offline=True, viewport={"width": width, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((tmp_path / "report.html").as_uri())
    page.wait_for_timeout(300)
    charts = page.locator("[data-chart]")
    assert charts.count() == 3
    assert all(charts.nth(number).locator("svg path").count() > 1 for number in range(3))
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.locator("h1").inner_text().startswith("5 家企业中，north的制度确定惠及 3 家（60%）")
    page.click("[data-lang=en]")
    assert "Who gets nothing, and what stops them" in page.evaluate("document.body.innerText")
    assert "无所获" not in page.evaluate("document.body.innerText")
    assert page.evaluate(SIDEWAYS) <= 0
    context.close()
    assert complaints == []


@pytest.fixture
def compared(portal: str, city_run: Path, tmp_path: Path) -> str:
    """The portal with a run beside which a comparison is kept; the code of a firm."""
    run = tmp_path / "run"
    shutil.copytree(city_run, run)
    arguments = ["--data", str(city_run.parent / "registers"), "--into", str(tmp_path / "run-systems")]
    done = CliRunner().invoke(app, ["region", "compare", "demo", "suzhou", "hangzhou", *arguments])
    assert done.exit_code == 0, done.output
    run_publish(run)
    return portal


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_of_systems_fit_and_keep_the_choice_in_the_address(
    compared: str, visit: Visit, lang: str, width: int
) -> None:
    page = visit("official", width=width, lang=lang)
    page.goto("/systems/")
    laid_out(page)
    assert page.evaluate(CANVASES_WITH_INK) == [True]
    page.locator("input[value=hangzhou]").uncheck()
    page.locator("fieldset button").click()
    page.wait_for_load_state("networkidle")
    assert "r=suzhou" in page.url
    assert "hangzhou" not in page.url
    assert not page.locator("input[value=hangzhou]").is_checked()
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(UNNAMED) == []
    page.goto("/enterprises/")
    page.locator("a.firm-name").first.click()
    page.locator("a[href^='/systems/']").click()
    page.wait_for_load_state("networkidle")
    assert page.locator("section.card").count() == 3
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(UNNAMED) == []
