"""What a pool moves is on its ledger to the fen; what comes back goes to whom it is due; what it carries is told."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.money.ledger import replayed
from kerong.engine.money.ledger.accounts import Book as LedgerBook
from kerong.engine.money.ledger.checks import checked
from kerong.engine.money.pool import (
    State,
    after,
    book_of,
    eligible,
    loan_fingerprint,
    pool_after,
    pool_figures,
    transfers_of,
)
from kerong.engine.money.pool.terms import last_day
from kerong.rulebook import load
from kerong.rulebook.pools import PoolEvent
from tests.engine.money.ledger.histories import frame_of
from tests.engine.money.pool.pool_texts import NUMBERS, ON, event, texts, two, wish

POOL = two({})
BOOK = LedgerBook("pool/two", "pool")
LATE = date(2025, 9, 30)


def lived(*events: PoolEvent) -> State:
    return pool_after(POOL, events)[-1][0]


def compensated(instrument: str, fen: int, recovered: int = 0, paid_in: int = 10**9) -> State:
    """A pool whose one loan fell overdue and was compensated."""
    return lived(
        event("pay_in", date(2025, 1, 1), fen=paid_in),
        wish("L", fen, instrument=instrument, facts={"cover_fen": fen}),
        event("default", LATE, loan="L", since=ON),
        event("claim", LATE, loan="L", principal_fen=fen, recovered_fen=recovered),
    )


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["pay_in", "interest", "fee", "refund"]), st.integers(1, 5_000)), max_size=8))
def test_every_answer_is_on_the_ledger_and_the_replay_holds_what_the_pool_holds(acts: list[tuple[str, int]]) -> None:
    events = [event("pay_in", date(2025, 1, 1), fen=4_000_000)]
    events += [wish(f"L{at}", 1_000_000, bank="AB"[at % 2]) for at in range(3)]
    events += [event(do, date(2025, 7, 1), fen=fen) for do, fen in acts]
    events += [event("default", LATE, loan=f"L{at}", since=ON) for at in range(3)]
    events += [event("claim", LATE, loan=f"L{at}", principal_fen=700_001) for at in range(3)]
    events += [event("recover", LATE, loan="L0", fen=300_003), event("claw_back", LATE, loan="L1")]
    done = pool_after(POOL, events)
    moved = [t for at, (_, answer) in enumerate(done) for t in transfers_of(answer, BOOK, f"act {at}")]
    found = replayed(frame_of(moved), [BOOK])
    assert found.problems.is_empty()
    assert checked(found.accounts, found.steps).is_empty()
    money = found.accounts.filter(pl.col("account") == "money")
    assert money["credits_posted"].item() - money["debits_posted"].item() == done[-1][0].balance_fen


def test_the_same_act_has_the_same_refs_and_another_act_has_others() -> None:
    _, answer = pool_after(POOL, [event("pay_in", fen=5)])[-1]
    assert transfers_of(answer, BOOK, "a") == transfers_of(answer, BOOK, "a")
    assert transfers_of(answer, BOOK, "a")[0].ref != transfers_of(answer, BOOK, "b")[0].ref


@given(st.integers(1, 400_000), st.lists(st.integers(1, 90_000), max_size=6))
def test_recoveries_in_proportion_never_give_anybody_more_than_it_bore(fen: int, recovered: list[int]) -> None:
    state = compensated("loan", fen)
    bore = state.loans["L"].borne
    if not bore:
        return
    for amount in recovered:
        state, answer = after(POOL, state, event("recover", LATE, loan="L", fen=amount))
        got = state.loans["L"].returned
        assert answer.refused in ("", "recovered_more")
        assert sum(answer.parts.values()) == (0 if answer.refused else amount)
        assert all(0 <= got.get(party, 0) <= part for party, part in bore.items())


def test_a_waterfall_of_recoveries_fills_the_pool_before_the_guarantor() -> None:
    state = compensated("guarantee", 200_000, recovered=50_000)
    assert dict(state.loans["L"].borne) == {"pool": 75_000, "guarantor": 45_000, "bank": 30_000}
    state, first = after(POOL, state, event("recover", LATE, loan="L", fen=80_000))
    assert {party: fen for party, fen in first.parts.items() if fen} == {"pool": 75_000, "guarantor": 5_000}
    _, rest = after(POOL, state, event("recover", LATE, loan="L", fen=70_000))
    assert {party: fen for party, fen in rest.parts.items() if fen} == {"guarantor": 40_000, "bank": 30_000}
    _, more = after(POOL, state, event("recover", LATE, loan="L", fen=70_001))
    assert more.refused == "recovered_more"


def test_parties_and_recoveries_together_are_never_more_than_what_was_owed() -> None:
    state = compensated("guarantee", 200_000, recovered=50_000)
    assert sum(state.loans["L"].borne.values()) + 50_000 == 200_000


def test_the_terms_of_drawdown_stand_when_they_change_later() -> None:
    early = wish("L", 1_000, on=date(2024, 6, 30), drawn_on=date(2024, 6, 30))
    late = wish("M", 1_000, on=date(2024, 7, 1), drawn_on=date(2024, 7, 1))
    overdue = [event("default", LATE, loan=loan, since=ON) for loan in "LM"]
    claims = [event("claim", LATE, loan=loan, principal_fen=1_000) for loan in "LM"]
    done = pool_after(POOL, [event("pay_in", date(2024, 1, 1), fen=10_000), early, late, *overdue, *claims])
    assert [answer.parts["pool"] for _, answer in done[-2:]] == [700, 600]


@pytest.mark.parametrize("fen", [0, -1, 10**15])
@pytest.mark.parametrize("do", ["pay_in", "interest", "fee", "refund"])
def test_an_amount_that_is_none_moves_nothing(do: str, fen: int) -> None:
    (_, answer) = pool_after(POOL, [event(do, fen=fen)])[-1]
    assert (answer.refused, answer.moved) == ("amount", ())


def test_working_days_are_counted_and_a_calendar_that_ends_is_no_guess() -> None:
    days = [day for at in range(30) if (day := date(2025, 6, 2) + timedelta(at)).weekday() < 5]
    pool = two({"register_within_days": 5}, "working")
    assert last_day(pool, date(2025, 6, 6), days) == date(2025, 6, 13)
    assert last_day(pool, date(2025, 6, 7), days) == date(2025, 6, 13)
    assert last_day(pool, date(2025, 6, 30), days) is None
    paid = event("pay_in", date(2025, 1, 1), fen=10**6)
    told: dict[date, str] = {}
    for on in (date(2025, 6, 13), date(2025, 6, 14), date(2025, 8, 1)):
        drawn = {"drawn_on": date(2025, 6, 6)} if on.month == 6 else {"drawn_on": date(2025, 6, 30)}
        told[on] = pool_after(pool, [paid, wish("L", 5, on=on, **drawn)], days)[-1][1].refused
    assert list(told.values()) == ["", "late", "calendar_ends"]


def test_eligibility_is_what_the_rule_says_of_the_day_of_drawdown() -> None:
    rule = """
name = "grant"
kind = "subsidy"
title = { zh = "补助", en = "Grant" }
text = "资金"
source = { document = "办法", clause = "第一条" }
[[when]]
is = "enterprise.capital_fen >= least_fen"
title = { zh = "资金", en = "capital" }
[parameter.least_fen]
2021-01-01 = { value = 10, source = "第二条" }
2024-01-01 = { value = 20, source = "第二条" }
"""
    book = load({**texts({}, more='[eligible]\nrule = "grant"\nclauses = [1]\n'), "policies/grant.toml": rule})
    pool, grant = book.pools["two"], book.rules["grant"]
    asked: list[tuple[int | None, date, bool | None]] = [
        (15, date(2023, 12, 31), True),
        (15, date(2024, 1, 1), False),
        (None, date(2024, 1, 1), None),
        (15, date(2020, 1, 1), None),
    ]
    for fen, on, wanted in asked:
        assert eligible(pool, grant, {("enterprise", "capital_fen"): fen}, on) is wanted


def figures(**columns: Any) -> Any:
    state = lived(
        event("pay_in", date(2025, 1, 1), fen=1_000_000),
        wish("L0", 100_000),
        wish("L1", 50_001, instrument="guarantee", facts={"cover_fen": 10_000}),
        wish("L2", 100_000),
        wish("L3", 40_000),
        event("default", LATE, loan="L2", since=ON),
        event("claim", LATE, loan="L2", principal_fen=100_000),
        event("default", LATE, loan="L3", since=ON),
    )
    book = book_of(POOL, state)
    loans = book.loans.with_columns(pl.Series(name, values) for name, values in columns.items())
    return pool_figures(POOL, type(book)(loans, book.balance_fen, book.is_open), LATE)


def test_figures_tell_exposure_use_and_how_long_the_money_lasts() -> None:
    found = figures(probability_bp=[100, 200, 0, 10_000])
    assert (found.loans, found.exposure_fen) == (3, 190_001)
    assert found.covered_fen == 60_000 + 5_000 + 24_000
    assert (found.compensated_fen, found.used_bp) == (60_000, 600)
    assert found.bad_bp == 140_000 * 10_000 // 290_001
    assert found.expected_fen == (60_000 * 100 + 5_000 * 200 + 24_000 * 10_000 + 5_000) // 10_000
    assert found.days_to_empty == 940_000 * 365 // found.expected_fen


def test_an_unknown_probability_leaves_the_expected_loss_unknown_and_not_zero() -> None:
    for found in (figures(), figures(probability_bp=[100, None, 0, 10_000])):
        assert (found.expected_fen, found.days_to_empty) == (None, None)
    calm = figures(probability_bp=[0, 0, 0, 0])
    assert (calm.expected_fen, calm.days_to_empty) == (0, None)


def test_a_loan_whose_sharing_is_not_known_is_counted_as_such() -> None:
    state = lived(event("pay_in", date(2025, 1, 1), fen=1_000), wish("L", 100, instrument="guarantee"))
    found = pool_figures(POOL, book_of(POOL, state), ON)
    assert (found.loans, found.covered_fen, found.uncovered_loans) == (1, 0, 1)


@pytest.mark.parametrize("contract", ["借2024-001", "借 2024—001", "借２０２４－００１", "借2024001\u3000"])
def test_one_contract_is_one_loan_however_a_bank_writes_its_number(contract: str) -> None:
    firm = "91440101MA5ANG6H7F"
    assert loan_fingerprint(firm.lower(), contract) == loan_fingerprint(firm, "借2024001")
    assert loan_fingerprint("91440101MA5ANG6H7G", contract) != loan_fingerprint(firm, contract)


@pytest.mark.parametrize(("firm", "contract"), [("", "1"), ("F", " - "), ("\u3000", "1")])
def test_a_loan_without_borrower_or_number_has_no_fingerprint(firm: str, contract: str) -> None:
    with pytest.raises(ValueError, match="known by its borrower"):
        loan_fingerprint(firm, contract)


def test_numbers_that_do_not_bind_leave_no_bound() -> None:
    assert {"fuse_bp", "trigger_days"} <= set(NUMBERS)
    state = lived(event("pay_in", date(2025, 1, 1), fen=1), wish("L", 10**15 - 1))
    assert state.exposure_fen == 10**15 - 1
