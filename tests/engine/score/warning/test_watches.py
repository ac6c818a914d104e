"""Institutions that are watched: the cases of every shipped watch, and who is named."""

from datetime import date
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.score.warning.institutions import READINGS, begun, holds, of_institutions, readings
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


def read(on: date, **holding: bool) -> pl.DataFrame:
    """The readings of a day: whether the event holds, by institution."""
    return pl.DataFrame([("strain", who, on, told) for who, told in holding.items()], READINGS, orient="row")


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.randoms())
def test_an_event_of_an_institution_begins_where_it_holds_after_a_reading_in_which_it_did_not(
    told: list[bool], random: Random
) -> None:
    days = [date(2024, month, 28) for month in range(1, 13)][: len(told)]
    tables = [read(day, a=holds) for day, holds in zip(days, told, strict=True)]
    random.shuffle(tables)
    wanted = [day for day, now, before in zip(days[1:], told[1:], told, strict=False) if now and not before]
    found = begun(tables)
    assert found["happened"].to_list() == found["known"].to_list() == wanted


def test_what_is_not_known_to_hold_does_not_hold_and_a_book_over_the_line_does() -> None:
    rows = [
        row(BOOK.watches["bank_overdue_watch"], {"institution": who, "balance_fen": 10**9, "overdue_fen": fen})
        for who, fen in (("a", 10**8), ("b", 10**8 - 1), ("c", None))
    ]
    events = {"bank_strain": BOOK.events["bank_strain"].readings}
    found = readings({"bank_books": pl.concat(rows)}, BOOK, events, ON)
    assert found.select("subject", "holds").rows() == [("a", True), ("b", False), ("c", False)]
