"""Schedules of many loans are those of each loan by the plain form, row for row, and so is what accrues."""

import os
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.terms.changes import restructured
from kerong.engine.deal.terms.closing import accrued, accrued_fen, stretch_table
from kerong.engine.deal.terms.columns import (
    CASH,
    DAYS,
    LOANS,
    ROWS,
    STRETCHES,
    Schedules,
    rate_table,
    row_values,
    schedules,
    stretch_values,
)
from kerong.engine.deal.terms.loans import Cash, Terms, loan
from kerong.engine.deal.terms.rates import WHOLE_PPM, BaseRate, Fixed, Floating, Stepped
from kerong.engine.deal.terms.refusals import REFUSALS, TermsRefused
from kerong.engine.deal.terms.schedule import schedule
from tests.engine.deal.terms.drawn import PPM, STARTS, adjusted, loans

MANY = settings(max_examples=1_000 if "KERONG_NIGHTLY" in os.environ else 60)
FIRST, LAST = date(2018, 12, 1), date(2032, 12, 31)
WORKING = WorkingDays(
    FIRST,
    LAST,
    tuple(
        day
        for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
        if day.weekday() < 5 and not (day.month == 10 and day.day <= 7)
    ),
)
BOOKS = st.lists(loans(), min_size=1, max_size=6)
ADJUSTS = st.sampled_from(["none", "following", "modified_following"])
Tables = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]


def tables(book: list[Terms]) -> Tables:
    """The loans of a book, named by their places, as tables: loans, drawdowns, rates, plans."""
    firsts, draws, rates, plans = [], [], [], []
    for at, terms in enumerate(book):
        name, parts = f"L{at}", terms.rate.parts  # type: ignore[union-attr]
        first, *others = sorted(terms.drawdowns, key=lambda cash: (cash.on, cash.fen))
        rule = {key: getattr(terms.dues, key) for key in terms.dues.__dataclass_fields__}
        firsts.append(
            {"loan": name, "principal_fen": first.fen, "drawn_on": first.on, "maturity": terms.maturity}
            | {"rate_ppm": parts[0][1].ppm, "count": terms.count, "method": terms.method}  # type: ignore[union-attr]
            | rule
            | {"instalment_fen": terms.instalment_fen}
        )
        draws += [(name, cash.on, cash.fen) for cash in others]
        rates += [(name, on, part.ppm) for on, part in parts[1:]]  # type: ignore[union-attr]
        plans += [(name, cash.on, cash.fen) for cash in terms.plan]
    schema = {name: kind for name, (kind, _) in LOANS.items()}
    steps = {"loan": pl.String(), "on": pl.Date(), "ppm": pl.Int64()}
    return (
        pl.DataFrame(firsts, schema),
        pl.DataFrame(draws, CASH, orient="row"),
        pl.DataFrame(rates, steps, orient="row"),
        pl.DataFrame(plans, CASH, orient="row"),
    )


def same(one: Schedules, other: Schedules) -> bool:
    return one.rows.equals(other.rows) and one.stretches.equals(other.stretches) and one.problems.equals(other.problems)


def framed(loan: str, names: Sequence[str], values: Sequence[Sequence[date | int]]) -> pl.DataFrame:
    schema = {name: pl.Date() if name in DAYS else pl.Int64() for name in names}
    return pl.DataFrame(values, schema, orient="row").select(pl.lit(loan).alias("loan"), pl.all())


def plain_tables(book: Sequence[Terms]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows and stretches of each loan by the plain form."""
    made = [(f"L{at}", schedule(terms, WORKING, most_ppm=WHOLE_PPM).rows) for at, terms in enumerate(book)]
    rows = pl.concat([framed(name, ROWS, row_values(found)) for name, found in made])
    return rows, pl.concat([framed(name, STRETCHES, stretch_values(found)) for name, found in made])


def of_one_rate(stretches: pl.DataFrame) -> pl.DataFrame:
    """Balances and rates by day: where a rate follows its equal, the plain form does not cut."""
    days = stretches.with_columns(pl.date_ranges("begin", "end", closed="left").alias("day")).explode("day")
    return days.select("loan", "period", "day", "balance_fen", "ppm").sort("loan", "day")


@MANY
@given(BOOKS, ADJUSTS, st.booleans())
def test_columns_and_the_plain_form_give_the_same_rows(book: list[Terms], adjust: str, moves: bool) -> None:
    moved = [adjusted(terms, adjust, moves) for terms in book]
    kept = [terms for terms in moved if all(cash.on < terms.maturity - timedelta(days=9) for cash in terms.drawdowns)]
    if not kept:
        return
    found = schedules(*tables(kept), working=WORKING)
    rows, stretches = plain_tables(kept)
    assert found.problems.is_empty()
    assert found.rows.equals(rows)
    assert of_one_rate(found.stretches).equals(of_one_rate(stretches))


@MANY
@given(BOOKS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(book: list[Terms], chance: random.Random) -> None:
    given_ = tables(book)
    loans_, draws, rates, plans = (frame[chance.sample(range(frame.height), frame.height)] for frame in given_)
    assert same(schedules(loans_, draws, rates, plans), schedules(*given_))


@MANY
@given(BOOKS, st.integers(0, 2_000), st.integers(0, 400), st.integers(0, 400))
def test_what_accrues_is_the_same_plainly_by_columns_and_in_any_steps(
    book: list[Terms], first: int, more: int, further: int
) -> None:
    found = schedules(*tables(book)).stretches
    since = date(2019, 1, 1) + timedelta(days=first)
    between, until = since + timedelta(days=more), since + timedelta(days=more + further)
    plain = {f"L{at}": accrued_fen(schedule(terms), since, until) for at, terms in enumerate(book)}
    whole, one, other = (
        dict(accrued(found, a, b).iter_rows()) for a, b in ((since, until), (since, between), (between, until))
    )
    for name, fen in plain.items():
        assert whole.get(name, 0) == fen == one.get(name, 0) + other.get(name, 0)


@MANY
@given(loans())
def test_all_that_accrues_is_all_interest_that_falls_due(terms: Terms) -> None:
    made = schedule(terms)
    assert accrued_fen(made, terms.start, made.rows[-1].end) == made.interest_fen
    for row in made.rows:
        if row.stretches:
            assert accrued_fen(made, row.period, row.end) == row.interest_fen


def test_amounts_that_a_float_cannot_decide_are_left_to_the_plain_form() -> None:
    book = [
        loan(10**15 - 1, date(2024, 1, 31), date(2054, 1, 31), Stepped(((date(2024, 1, 31), Fixed(ppm)),)), count=count)
        for ppm in (1, 49_000, 360_000)
        for count in ("act_360", "act_act", "months_360")
    ]
    assert schedules(*tables(book)).rows.equals(plain_tables(book)[0])


@given(STARTS, PPM, st.integers(1, 1_000))
def test_floating_rates_of_a_table_are_those_of_the_plain_form(start: date, ppm: int, days: int) -> None:
    base = BaseRate("LPR", ((date(2018, 1, 1), ppm), (date(2021, 6, 1), 30_000), (date(2024, 2, 2), 20_000)), LAST)
    end = start + timedelta(days=days)
    resets = [(12, None), (0, None), (3, date(2019, 1, 1))]
    asked = pl.DataFrame(
        [(f"L{at}", start, end, "lpr", 50, months, anchor) for at, (months, anchor) in enumerate(resets)],
        {"loan": pl.String, "drawn_on": pl.Date, "maturity": pl.Date, "base": pl.String, "spread_bp": pl.Int64}
        | {"reset_months": pl.Int64, "reset_from": pl.Date},
        orient="row",
    )  # fmt: skip
    rates = rate_table(asked, {"lpr": base})
    table = asked.select("loan", "drawn_on", "maturity", principal_fen=pl.lit(10**8), rate_ppm=pl.lit(1))
    found = schedules(table, rates=rates, most_ppm=WHOLE_PPM)
    assert found.problems.is_empty()
    book = [loan(10**8, start, end, Floating(base, 50, months, anchor)) for months, anchor in resets]
    assert found.rows.equals(plain_tables(book)[0])


GOOD: dict[str, Any] = {"loan": "A", "principal_fen": 100, "drawn_on": date(2024, 1, 1), "maturity": date(2025, 1, 1)}
GOOD |= {"rate_ppm": 34_500}
SCHEMA = {
    name: kind for name, (kind, _) in LOANS.items() if name in (*GOOD, "count", "method", "day", "instalment_fen")
}
LATE = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("kind", "changed", "more"),
    [
        ("amount", {"principal_fen": 0}, {}),
        ("amount", {"principal_fen": -5}, {}),
        ("amount", {"principal_fen": 10**15}, {}),
        ("amount", {"day": 32}, {}),
        ("missing", {"maturity": None}, {}),
        ("rate", {"rate_ppm": -1}, {}),
        ("rate", {"rate_ppm": 360_001}, {}),
        ("order", {"maturity": date(2024, 1, 1)}, {}),
        ("term", {"maturity": date(2124, 1, 1)}, {}),
        ("unknown", {"count": "act_364"}, {}),
        ("unknown", {"method": "luck"}, {}),
        ("instalment_method", {"method": "bullet", "instalment_fen": 5}, {}),
        ("plan_sum", {"method": "custom"}, {}),
        ("plan_sum", {"method": "custom"}, {"plan": [("A", LATE, 99)]}),
        ("plan_early", {"method": "custom"}, {"plan": [("A", date(2024, 5, 1), 101), ("A", LATE, 1)]}),
        ("plan_outside", {"method": "custom"}, {"plan": [("A", date(2025, 1, 2), 100)]}),
        ("plan_method", {}, {"plan": [("A", LATE, 100)]}),
        ("drawn_outside", {}, {"drawdowns": [("A", LATE, 5)]}),
        ("amount", {}, {"drawdowns": [("A", date(2024, 2, 1), 10**15 - 1)]}),
        ("no_loan", {}, {"drawdowns": [("B", date(2024, 2, 1), 1)]}),
    ],
)  # fmt: skip
def test_a_loan_that_is_wrong_has_no_rows_and_a_named_problem_and_the_others_have_theirs(
    kind: str, changed: dict[str, Any], more: dict[str, list[tuple[str, date, int]]]
) -> None:
    rows = [
        {"count": "act_360", "method": "annuity"} | GOOD | changed,
        {"count": "act_360", "method": "annuity"} | GOOD | {"loan": "Z"},
    ]
    draws, plan = (pl.DataFrame(more.get(name, []), CASH, orient="row") for name in ("drawdowns", "plan"))
    found = schedules(pl.DataFrame(rows, SCHEMA), draws, plan=plan)
    assert kind in found.problems["kind"].to_list()
    assert set(found.problems["kind"]) <= set(REFUSALS)
    assert found.rows.filter(pl.col("loan") == "Z").height == 12
    assert found.rows["loan"].n_unique() == (2 if kind == "no_loan" else 1)


def test_a_loan_that_stands_twice_is_a_problem_and_a_float_is_no_amount() -> None:
    frame = pl.DataFrame([GOOD, GOOD])
    assert schedules(frame).problems.rows() == [("A", "twice")]
    with pytest.raises(TypeError, match="principal_fen"):
        schedules(frame.with_columns(pl.col("principal_fen").cast(pl.Float64)))
    with pytest.raises(TypeError, match="no column loan"):
        schedules(frame.drop("loan"))


def test_a_day_that_no_calendar_reaches_is_a_problem_of_its_loan() -> None:
    frame = pl.DataFrame([GOOD, GOOD | {"loan": "B", "maturity": date(2036, 1, 1)}]).with_columns(
        adjust=pl.lit("following")
    )
    found = schedules(frame, working=WORKING)
    assert found.problems.rows() == [("B", "calendar_ends")]
    assert found.rows["loan"].unique().to_list() == ["A"]
    assert schedules(frame.with_columns(beyond=pl.lit("unadjusted")), working=WORKING).problems.is_empty()


@MANY
@given(BOOKS, PPM, st.integers(0, 1_500), st.integers(0, 400))
def test_what_accrues_on_loans_that_were_changed_is_what_each_accrues(
    book: list[Terms], ppm: int, first: int, more: int
) -> None:
    changed = {}
    for at, terms in enumerate(book):
        made = schedule(replace(terms, drawdowns=(Cash(terms.start, terms.drawn_fen),)))
        on = made.rows[0].begin + (made.rows[-1].end - made.rows[0].begin) // 2
        changed[f"L{at}"] = restructured(made, on, 5, True, rate=Fixed(ppm), count="act_365", method="bullet")
    since = date(2019, 6, 1) + timedelta(days=first)
    until = since + timedelta(days=more)
    found = dict(accrued(stretch_table(changed), since, until).iter_rows())
    assert {name: found.get(name, 0) for name in changed} == {
        name: accrued_fen(one, since, until) for name, one in changed.items()
    }
    for one in changed.values():
        assert accrued_fen(one, one.rows[0].begin, one.rows[-1].end) == one.interest_fen


def test_time_does_not_run_backwards_at_the_close_of_business() -> None:
    made = schedule(loan(100, date(2024, 1, 1), date(2025, 1, 1), Fixed(1)))
    with pytest.raises(TermsRefused, match="order"):
        accrued_fen(made, date(2024, 2, 1), date(2024, 1, 1))
    with pytest.raises(TermsRefused, match="order"):
        accrued(schedules(pl.DataFrame([GOOD])).stretches, date(2024, 2, 1), date(2024, 1, 1))
    assert accrued_fen(replace(made, rows=()), date(2024, 1, 1), date(2024, 2, 1)) == 0
