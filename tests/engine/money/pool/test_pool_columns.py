"""Laws of the columnar form: many claims and registrations at once give what serving them one by one gives."""

import os
import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.money.pool import CLAIMS, WISHES, State, book_of, claims_judged, pool_after, registered, table_of
from kerong.engine.money.pool.book import facts_of
from kerong.rulebook.pools import PoolEvent
from kerong.rulebook.sheets import RulebookErrors
from tests.engine.money.pool.pool_texts import NUMBERS, ON, event, two, wish

MIXED = {"multiple_bp": 20_000, "guarantee_most_bp": 3_000, "loan_most_bp": 9_000}
WITHOUT = [
    {},
    NUMBERS,
    MIXED,
    {"guarantee_most_bp": 8_000},
    {k: v for k, v in NUMBERS.items() if "cap" in k},
    {"multiple_bp": 20_000, "trigger_days": 60},
]
POOLS = [*(two(numbers) for numbers in WITHOUT), two(NUMBERS, "working")]
WORKING = [day for at in range(900) if (day := date(2023, 1, 2) + timedelta(at)).weekday() < 5]  # to 20 June 2025
SEEDS = 2_000 if "KERONG_NIGHTLY" in os.environ else 60
DRAWN = [date(2019, 6, 1), date(2024, 6, 30), date(2024, 7, 1), date(2025, 3, 1)]
BLEMISHES_OF_CLAIMS: list[tuple[str, Any]] = [
    ("loan", "L99"),
    ("bank", "A"),
    ("principal_fen", 0),
    ("principal_fen", 10**15),
    ("interest_fen", -1),
    ("recovered_fen", 10**15),
    ("recovered_fen", 800_000),
    ("elsewhere", True),
]
BLEMISHES_OF_WISHES: list[tuple[str, Any]] = [
    ("bank", ""),
    ("firm", ""),
    ("instrument", "lease"),
    ("drawn_on", None),
    ("drawn_on", date(2019, 1, 1)),
    ("drawn_on", date(2025, 7, 1)),
    ("drawn_on", date(2025, 1, 1)),
    ("eligible", False),
    ("eligible", None),
    ("judged_on", ON),
    ("judged_on", date(2024, 7, 1)),
    ("elsewhere", True),
]
NAMES = [f"L{number}" for number in range(12)]


def wishes(chance: random.Random) -> PoolEvent:
    """A wish to register a loan, most of them good."""
    said: dict[str, Any] = {
        "bank": chance.choice("AB"),
        "firm": chance.choice("FGH"),
        "instrument": chance.choice(["loan", "guarantee"]),
        "drawn_on": chance.choice([date(2025, 5, 30), date(2025, 5, 31), date(2025, 6, 20), ON]),
    }
    if chance.random() < 0.2:
        name, value = chance.choice(BLEMISHES_OF_WISHES)
        said[name] = value
    loan = chance.choice([NAMES[1], *(f"N{number}" for number in range(7))])
    return wish(loan, chance.choice([0, 10**15, *range(1, 900_000, 70_001)]), **said)


def pasts(chance: random.Random) -> list[PoolEvent]:
    """A pool with loans, most of them long overdue, some compensated before, some void or written off."""
    events = [event("pay_in", date(2024, 1, 1), fen=chance.choice([1_700_000, 3_000_000, 90_000_000]))]
    for loan in NAMES:
        drawn_on = chance.choice(DRAWN[1:])
        said = {
            "bank": chance.choice("AB"),
            "firm": chance.choice("FGH"),
            "group": chance.choice(["", "K"]),
            "instrument": chance.choice(["loan", "loan", "guarantee"]),
            "drawn_on": drawn_on,
            "facts": chance.choice([{}, {"cover_fen": 90_000}, {"cover_fen": 900_000}]),
        }
        events.append(wish(loan, chance.choice([150_001, 200_000, 299_999]), on=drawn_on, **said))
        if chance.random() < 0.95:
            since = chance.choice([date(2025, 3, 2), date(2025, 3, 2), date(2025, 3, 20), date(2025, 6, 1)])
            events.append(event("default", date(2025, 6, 1), loan=loan, since=since))
        what = chance.choice(["", "", "", "", "", "", "claim", "claw_back", "write_off"])
        if what in ("claim", "claw_back"):
            told = {"facts": {"cover_fen": 50_000}}
            events.append(event("claim", date(2025, 6, 2), loan=loan, principal_fen=chance.randint(1, 90_000), **told))
        if what in ("claw_back", "write_off"):
            events.append(event(what, date(2025, 6, 3), loan=loan))
    spent = event("fee", date(2025, 6, 4), fen=chance.choice([1, 1_500_000, 2_900_000]))
    return sorted([*events, spent], key=lambda one: one.on)


def claims(chance: random.Random, loan: str) -> PoolEvent:
    """A claim, most of them good."""
    said: dict[str, Any] = {
        "loan": loan,
        "principal_fen": chance.choice([1, 33_333, 150_001, 150_001, 200_000]),
        "interest_fen": chance.choice([0, 7, 90_000]),
        "recovered_fen": chance.choice([0, 0, 5, 20_000]),
        "facts": chance.choice([{}, {"cover_fen": 100_000}]),
    }
    if chance.random() < 0.15:
        name, value = chance.choice(BLEMISHES_OF_CLAIMS)
        said[name] = value
    return event("claim", **said)


def shuffled(table: pl.DataFrame, chance: random.Random) -> list[int]:
    order = list(range(table.height))
    chance.shuffle(order)
    return order


@settings(max_examples=SEEDS)
@given(st.integers(0, 2**32))
def test_claims_by_columns_are_answered_as_one_by_one(seed: int) -> None:
    chance = random.Random(seed)
    pool, past = chance.choice(POOLS), pasts(chance)
    asked = [claims(chance, loan) for loan in chance.choices(NAMES, k=chance.randint(1, 20))]
    state = pool_after(pool, past)[-1][0]
    book, table = book_of(pool, state), table_of(pool, asked, CLAIMS).unique(maintain_order=True)
    found = claims_judged(pool, book, table, ON)
    since = {name: loan.since for name, loan in state.loans.items()}
    overdue = pl.col("loan").replace_strict(since, default=None, return_dtype=pl.Date)
    for row in table.hstack(found).sort(overdue, *table.columns, nulls_last=True).iter_rows(named=True):
        facts = {name: row[name] for name in facts_of(pool) if row[name] is not None}
        claim = event("claim", facts=facts, **{name: row[name] for name in CLAIMS})
        state, answer = pool_after(pool, [claim], state=state)[-1]
        assert (row["refused"], row["cut_by"]) == (answer.refused, answer.cut_by)
        assert row["paid_fen"] == sum(one.fen for one in answer.moved)
        parts = {name.removeprefix("part."): row[name] for name in found.columns if name.startswith("part.")}
        assert {party: fen for party, fen in parts.items() if fen is not None} == dict(answer.parts)
        if not answer.refused:
            borrower = pool.instruments[state.loans[claim.loan].instrument].borrower
            assert row["loss_fen"] == sum(fen for party, fen in answer.parts.items() if party != borrower)
    order = shuffled(table, chance)
    assert claims_judged(pool, book, table[order], ON).equals(found[order])


@settings(max_examples=SEEDS)
@given(st.integers(0, 2**32))
def test_registrations_by_columns_are_answered_as_one_by_one(seed: int) -> None:
    chance = random.Random(seed)
    pool, past = chance.choice(POOLS), pasts(chance)
    asked = [wishes(chance) for _ in range(chance.randint(1, 20))]
    state = pool_after(pool, past)[-1][0]
    book, table = book_of(pool, state), table_of(pool, asked, WISHES).unique(maintain_order=True)
    found = registered(pool, book, table, ON, WORKING)
    names = ["drawn_on", "loan", *(name for name in table.columns if name not in ("drawn_on", "loan"))]
    for row in table.hstack(found).sort(names, nulls_last=True).iter_rows(named=True):
        told: dict[str, Any] = {name: row[name] for name in WISHES}
        one = event("register", **told)
        state, answer = pool_after(pool, [one], WORKING, state)[-1]
        assert row["refused"] == answer.refused
    order = shuffled(table, chance)
    assert registered(pool, book, table[order], ON, WORKING).equals(found[order])


def test_no_claims_give_no_answers_and_an_empty_pool_knows_no_loan() -> None:
    pool = POOLS[0]
    book = book_of(pool, State())
    assert claims_judged(pool, book, table_of(pool, [], CLAIMS), ON).height == 0
    one = table_of(pool, [event("claim", loan="L1", principal_fen=1)], CLAIMS)
    assert claims_judged(pool, book, one, ON)["refused"].to_list() == ["not_registered"]


def test_fifty_claims_for_the_last_cent_pay_one_cent() -> None:
    pool = two({})
    loans = [wish(f"L{at:02}", 1_000, on=date(2025, 6, 20)) for at in range(50)]
    overdue = [event("default", date(2025, 6, 25), loan=one.loan, since=date(2025, 6, 25)) for one in loans]
    state = pool_after(pool, [event("pay_in", date(2025, 1, 1), fen=1), *loans, *overdue])[-1][0]
    table = table_of(pool, [event("claim", loan=one.loan, principal_fen=1_000) for one in loans], CLAIMS)
    found = claims_judged(pool, book_of(pool, state), table, ON)
    assert found["paid_fen"].to_list() == [1] + [0] * 49
    assert set(found["refused"][1:]) == {"nothing"}
    assert set(found["cut_by"]) == {"waterfall"}


def test_many_claims_that_together_exceed_every_whole_number_are_still_answered() -> None:
    pool = two({})
    loans = [wish(f"L{at:02}", 10**15 - 1, on=date(2025, 6, 20), instrument="guarantee") for at in range(40)]
    overdue = [event("default", date(2025, 6, 25), loan=one.loan, since=date(2025, 6, 25)) for one in loans]
    state = pool_after(pool, [event("pay_in", date(2025, 1, 1), fen=5), *loans, *overdue])[-1][0]
    told: dict[str, Any] = {"principal_fen": 10**15 - 1, "facts": {"cover_fen": 10**15}}
    table = table_of(pool, [event("claim", loan=one.loan, **told) for one in loans], CLAIMS)
    assert claims_judged(pool, book_of(pool, state), table, ON)["paid_fen"].sum() == 5


def test_guarantees_are_taken_up_to_their_part_of_what_the_pool_carries_and_loans_beside_them() -> None:
    pool = two({"multiple_bp": 20_000, "guarantee_most_bp": 3_000})
    wanted = [wish("L1", 59), wish("L2", 2, instrument="guarantee"), wish("L3", 140), wish("L4", 1)]
    asked = [wish("L0", 1, instrument="guarantee"), *(replace(wanted[0], instrument="guarantee"), *wanted[1:])]
    state = pool_after(pool, [event("pay_in", date(2025, 6, 1), fen=100)])[-1][0]
    answers = [answer.refused for _, answer in pool_after(pool, asked, WORKING, state)]
    assert answers == ["", "", "mix", "", "multiple"]  # of 200 that it carries 60 may be guarantees
    found = registered(pool, book_of(pool, state), table_of(pool, asked, WISHES), ON, WORKING)
    assert found["refused"].to_list() == answers


def test_a_part_of_what_the_pool_does_not_cover_is_refused_when_it_is_read() -> None:
    with pytest.raises(RulebookErrors, match="does not cover this instrument"):
        two({"lease_most_bp": 3_000})
