"""Systems side by side as pages: chosen by the address, small counts for officials alone, one firm under all."""

import html
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from typer.testing import CliRunner

from kerong.cli import app
from kerong.web.base.models import AccessLog
from kerong.web.base.selectors.published import Published, current
from kerong.web.base.selectors.systems import firm_under, kept
from kerong.web.base.services.run import run_publish

SYSTEMS = ("suzhou", "hangzhou", "demo")


@pytest.fixture(scope="session")
def compared_run(city_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the city's run with a comparison kept beside it."""
    run = tmp_path_factory.mktemp("compared") / "run"
    shutil.copytree(city_run, run)
    kept_in = run.with_name("run-systems")
    arguments = ["--data", str(city_run.parent / "registers"), "--into", str(kept_in)]
    done = CliRunner().invoke(app, ["region", "compare", *SYSTEMS, *arguments])
    assert done.exit_code == 0, done.output
    return run


@pytest.fixture
def compared(db: None, people: object, compared_run: Path) -> Published:
    """The run with its comparison, published."""
    run_publish(compared_run)
    found = current()
    assert found is not None
    return found


def words(client: Client, path: str, lang: str = "en") -> str:
    """The words of a page."""
    client.post("/language/", {"lang": lang})
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_address_keeps_which_regions_are_shown(compared: Published, as_role: Callable[[str], Client]) -> None:
    client = as_role("official")
    every = words(client, "/systems/")
    assert all(name in every for name in ("Suzhou", "Hangzhou", "Demo City"))
    page = client.get("/systems/?r=suzhou&r=demo&r=atlantis").content.decode()
    assert re.findall(r'value="(\w+)" checked', page) == ["suzhou", "demo"]
    assert 'aria-label="Hangzhou' not in page
    assert 'aria-label="Suzhou' in page


def test_the_page_tells_the_figures_of_the_comparison_in_both_languages(
    compared: Published, as_role: Callable[[str], Client]
) -> None:
    found = kept(compared)
    assert found is not None
    for lang, title in (("en", "Systems side by side"), ("zh", "各地制度比较")):
        told = words(as_role("analyst"), "/systems/", lang)
        assert title in told
        for line in found.figures["systems"]:
            assert f"{line['reached']['certain']:,}" in told
            assert f"{line['assumed']} / {line['numbers']}" in told
        assert "None" not in told.replace("None</p>", "")


def test_the_public_sees_no_small_count_no_groups_and_no_gaps(
    compared: Published, as_role: Callable[[str], Client]
) -> None:
    told, official = words(as_role(""), "/systems/"), words(as_role("official"), "/systems/")
    for heading in ("What stops firms", "By district", "Leverage"):
        assert heading in official
        assert heading not in told
    found = kept(compared)
    assert found is not None
    assert "Suzhou" in told


def test_a_run_without_a_comparison_of_its_city_and_day_says_so(
    published: Published, as_role: Callable[[str], Client]
) -> None:
    assert "No comparison of systems was kept with this run." in words(as_role("official"), "/systems/")
    assert b"/systems/" not in as_role("").get("/rules/").content


def test_a_comparison_of_another_day_is_not_shown(compared_run: Path, tmp_path: Path, people: object) -> None:
    run = tmp_path / "run"
    shutil.copytree(compared_run, run)
    shutil.copytree(compared_run.with_name("run-systems"), tmp_path / "run-systems")
    manifest = tmp_path / "run-systems" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace("2025-06-30", "2024-06-30"), "utf-8")
    run_publish(run)
    found = current()
    assert found is not None
    assert kept(found) is None


def test_a_firm_is_told_what_each_system_gives_it_and_which_condition_is_open(
    compared: Published, as_role: Callable[[str], Client], ids: list[str]
) -> None:
    found = kept(compared)
    assert found is not None
    held = found.run.scan("held").collect()
    firm = held.filter(pl.col("outcome") == 2)["enterprise_id"][0]
    lines = {line.name: line for line in firm_under(found, firm)}
    assert set(lines) == set(SYSTEMS)
    told = words(as_role("official"), f"/systems/{firm}/")
    for line in lines.values():
        assert line.title.en in told
        assert line.paid_fen == sum(one.awarded_fen for one in line.met if one.is_policy)
        for one in line.open:
            assert one.open is None or one.open.en in " ".join(html.unescape(told).split())
    assert AccessLog.objects.filter(enterprise_id=firm).exists()


def test_a_company_sees_its_own_firm_and_a_bank_none(
    compared: Published, as_role: Callable[[str], Client], ids: list[str]
) -> None:
    company = as_role("enterprise")
    assert company.get(f"/systems/{ids[0]}/").status_code == 200
    assert company.get(f"/systems/{ids[1]}/").status_code == 404
    assert as_role("official").get("/systems/no-such-firm/").status_code == 404
    assert as_role("bank").get(f"/systems/{ids[0]}/").status_code == 403
    assert as_role("").get(f"/systems/{ids[0]}/").status_code == 302
    assert f"/systems/{ids[0]}/".encode() in company.get(f"/enterprises/{ids[0]}/").content
