"""The pages of data sources: what the public sees, what its keepers see, and a city without an archive."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from kerong.web.base.models import Role
from tests.intake.office import june, tax
from tests.web.town import AT, Town


def words(client: Client, path: str, lang: str = "en") -> str:
    """The words of a page."""
    client.cookies["kerong_language"] = lang
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_one_sentence_says_how_many_sources_are_fresh_missing_held_and_silent(town: Town) -> None:
    town.history()
    official = town.client(town.person("official", Role.OFFICIAL))
    assert "2 sources: 1 up to date, 0 late, 0 missing, 0 held, 1 never sent." in words(official, "/registers/")
    town.held()
    assert "0 up to date, 0 late, 0 missing, 1 held" in words(official, "/registers/")
    assert "2 个数据源中：0 个及时，0 个迟报，0 个缺报，1 个待核；1 个尚未报送" in words(official, "/registers/", "zh")


def test_a_period_that_was_due_and_did_not_come_is_missing(town: Town) -> None:
    town.send("tax_2025-04.csv", june(40, 1, "2025-04", "2025-04-28"), at=AT.replace(month=5))
    official = town.client(town.person("official", Role.OFFICIAL))
    page = words(official, "/registers/")
    assert "1 missing" in page
    assert "2025-05 Missing" in page
    assert "2025-04 In time" in page


def test_a_period_that_came_after_its_day_is_late(town: Town) -> None:
    town.send("tax_2025-04.csv", june(40, 1, "2025-04", "2025-04-28"), at=AT.replace(month=5))
    town.send("tax_2025-05.csv", june(40, 1, "2025-05", "2025-05-28"))
    town.send("tax_2025-06.csv", june(40, 1, "2025-06", "2025-06-28"), at=AT.replace(day=19))
    page = words(town.client(town.person("official", Role.OFFICIAL)), "/registers/")
    assert "1 late" in page
    assert "2025-06 Late" in page


@pytest.mark.parametrize("role", ["", "bank", "enterprise"])
def test_others_see_who_sends_what_and_when_and_no_count_of_problems(town: Town, role: str) -> None:
    town.history()
    town.held()
    bound = {"institution": "river"} if role == "bank" else {"enterprise_id": "x"} if role else {}
    client = town.client(town.person("other", Role(role), **bound)) if role else Client()
    page = words(client, "/registers/")
    assert "Tax bureau" in page
    assert "Monthly" in page
    assert "2025-06-10" in page
    for told in ("held", "missing", "Set aside", "%"):
        assert told not in page.split("Log")[0].lower(), told


def test_the_public_may_not_open_a_source(town: Town) -> None:
    assert Client().get("/registers/tax/").status_code == 302
    assert town.client(town.person("admin", Role.ADMIN)).get("/registers/tax/").status_code == 403


def test_a_source_tells_what_held_a_batch_in_both_figures_and_what_was_decided_by_whom(town: Town) -> None:
    town.history()
    batch = town.held().batch
    assert batch is not None
    town.archive.reject(batch.id, "Zhao", AT, "amounts in 万元")
    for role in (Role.OFFICIAL, Role.ANALYST, Role.STEWARD):
        page = words(town.client(town.person(f"one-{role}", role)), "/registers/tax/")
        assert "is typically CNY 2.10, CNY 21,000 before" in page or "10,000 times apart" in page
        assert "amounts in 万元" in page
        assert "Zhao" in page
        assert "Rejected" in page


def test_rows_set_aside_are_told_by_kind_with_examples(town: Town) -> None:
    rows = [(firm, "2025-05", 100 * firm) for firm in range(1, 30)]
    town.send("tax_2025-05.csv", tax([*rows, (30, "2025-05", "viele")]))
    page = words(town.client(town.person("official", Role.OFFICIAL)), "/registers/tax/")
    assert "viele" in page
    assert "3.3%" in page  # one of thirty rows


def test_a_city_without_an_archive_says_so_and_still_names_its_sources(
    without_archive: Callable[[str], Client],
) -> None:
    for role in ("", "official", "steward"):
        page = words(without_archive(role), "/registers/")
        assert "without an archive" in page
        assert "Tax bureau" in page
    steward = without_archive("analyst")
    assert "without an archive" in words(steward, "/registers/tax/")
    assert steward.get("/registers/nothing/").status_code == 404


def test_the_steward_of_a_city_without_an_archive_is_told_so(without_archive: Callable[[str], Client]) -> None:
    assert "without an archive" in words(without_archive("steward"), "/steward/")
