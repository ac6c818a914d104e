"""Institutions that are watched: the cases of every shipped watch, and who is named."""

from datetime import date

import polars as pl
import pytest

from kerong.engine.score.warning.institutions import holds, of_institutions
from kerong.rulebook import Rulebook, load
from kerong.rulebook.content import Case, Rule
from kerong.rulebook.forms import dtype_of
from kerong.store.packs import read_pack

BOOK = load(read_pack("demo"))
ON = date(2025, 6, 30)
CASES = [(rule, case) for rule in BOOK.watches.values() for case in rule.cases]
OUTCOMES = {"met": True, "failed": False, "unknown": None}


def row(rule: Rule, given: dict[str, object], book: Rulebook = BOOK) -> pl.DataFrame:
    """A row of the watch's statistic in which only this is known."""
    statistic = book.statistics[rule.per]
    types = {name: node.type for name, node in statistic.by} | {one.name: one.type for one in statistic.columns}
    values = {name.rpartition(".")[2]: value for name, value in given.items()}
    return pl.DataFrame({name: [values.get(name)] for name in types}, {n: dtype_of(kind) for n, kind in types.items()})


@pytest.mark.parametrize(("rule", "case"), CASES, ids=lambda one: one.name if isinstance(one, Rule) else one.title)
def test_every_case_of_a_watch_holds(rule: Rule, case: Case) -> None:
    assert holds(rule, row(rule, dict(case.given)), case.on).to_list() == [OUTCOMES[str(case.expect["outcome"])]]


def test_every_watch_has_cases_that_warn_that_do_not_and_that_do_not_know() -> None:
    for rule in BOOK.watches.values():
        assert {case.expect["outcome"] for case in rule.cases} == set(OUTCOMES)


def test_a_bank_that_stopped_reporting_is_warned_of_by_name_and_others_are_not() -> None:
    rule = BOOK.watches["bank_late_return_watch"]
    rows = [
        row(rule, {"institution": "bank_a", "latest_month": date(2025, 2, 1)}),
        row(rule, {"institution": "bank_b", "latest_month": date(2025, 5, 1)}),
        row(rule, {"latest_month": date(2025, 2, 1)}),
    ]
    found = of_institutions({rule.per: pl.concat(rows)}, BOOK, ON)
    assert found.select("kind", "subject_kind", "subject", "due").rows() == [
        (rule.name, "institution", "bank_a", date(2025, 7, 5))
    ]


def test_a_region_without_the_statistic_warns_of_nobody() -> None:
    assert of_institutions({}, BOOK, ON).is_empty()
