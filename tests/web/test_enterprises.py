"""The list of enterprises: search, filters, sorting, pages and the export."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from kerong.web.base.models import AccessLog
from kerong.web.base.selectors.enterprises import PAGE_ROWS, SORTS, Question, found, listing
from kerong.web.base.selectors.export import neutral
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.run import run_publish


def test_an_enterprise_is_found_by_part_of_its_name_and_by_its_code(published: Published) -> None:
    row = published.sheet.row(10, named=True)
    for words in (row["name"][2:6], row["enterprise_id"].lower()):
        assert row["enterprise_id"] in found(published, Question(search=words))["enterprise_id"]


def test_signs_of_patterns_are_searched_as_they_stand(published: Published) -> None:
    assert found(published, Question(search=".*")).is_empty()


def test_filters_narrow_to_what_they_name(published: Published) -> None:
    district = published.sheet["district"][0]
    answer = found(published, Question(district=district, grade="E"))
    assert set(answer["district"]) <= {district}
    assert set(answer["grade"]) <= {"E"}
    assert found(published, Question(stage="no such stage")).is_empty()


@pytest.mark.parametrize("sort", list(SORTS))
def test_pages_together_are_the_whole_list_without_repeats(published: Published, sort: str) -> None:
    pages = listing(published, Question(sort=sort)).pages
    seen = [r["enterprise_id"] for n in range(pages) for r in listing(published, Question(sort=sort, page=n + 1)).rows]
    assert sorted(seen) == published.sheet["enterprise_id"].to_list()


def test_a_page_past_the_end_is_the_last_one(published: Published) -> None:
    answer = listing(published, Question(page=10_000))
    assert answer.page == answer.pages
    assert 0 < len(answer.rows) <= PAGE_ROWS


@pytest.mark.parametrize("page", ["0", "-1", "x", "９", "1e9", "99999999999999999999"])
def test_a_page_number_that_makes_no_sense_is_the_first(page: str) -> None:
    assert Question.of({"page": page, "sort": "1;drop"}) == Question()


def test_htmx_gets_the_results_alone(as_role: Callable[[str], Client]) -> None:
    whole = as_role("official").get("/enterprises/?q=a").content.decode()
    part = as_role("official").get("/enterprises/?q=a", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    assert 'id="results"' in part


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\u3000=1", "\r=1"])
def test_cells_that_a_spreadsheet_would_run_are_neutralised(cell: str) -> None:
    assert neutral(cell) == f"'{cell}"


def test_the_export_holds_every_row_neutralised_and_is_recorded(
    as_role: Callable[[str], Client], renamed_run: Callable[[str], Path], ids: list[str]
) -> None:
    client = as_role("official")
    run_publish(renamed_run("=HYPERLINK(1)"))
    text = client.get("/enterprises/export.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == len(ids) + 1
    assert next(row[1] for row in rows if row[0] == ids[0]) == "'=HYPERLINK(1)"
    assert AccessLog.objects.filter(what="export", enterprise_id="*").count() == 1
