"""Movements of money: what the builders return can be, and what a book then says of itself adds up."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings

from kerong.engine.money.ledger import (
    ACCOUNT_KINDS,
    BOOK_KINDS,
    MOST_FEN,
    MOVEMENTS,
    REFUSED_AS,
    Act,
    Book,
    Close,
    Transfer,
    movements,
    refusal,
    replayed,
)
from kerong.engine.money.ledger.checks import CHECKS, balances_agree, checked, effect_on, statement
from kerong.engine.money.ledger.replay import Replay
from kerong.engine.problems import sentence
from tests.engine.money.ledger.histories import (
    BOOKS,
    BUDGET,
    EXAMPLES,
    FUND,
    GUARANTOR,
    NEXT,
    POOL,
    Entry,
    frame_of,
    histories,
)
from tests.engine.money.ledger.plain_ledger import LIMITS

ON = date(2025, 3, 1)


def act(key: str, on: date = ON) -> Act:
    return Act(key, on, about="case:1", rule="grant", rule_version="v1", evidence="e" * 64)


def played(history: list[Entry], *books: Book) -> Replay:
    return replayed(frame_of(history), books or BOOKS)


def held(found: Replay, book: Book, account: str) -> int:
    """What an account has: credits less debits."""
    rows = found.accounts.filter(book=book.code, account=account)
    return sum(credits_ - debits for debits, credits_ in rows.select("debits_posted", "credits_posted").iter_rows())


GRANT = movements.reserve_grant(act("g"), BUDGET, "甲", 50)[0]
CLAIM = movements.reserve_compensation(act("c"), POOL, "icbc", 50)[0]
INVESTMENT = movements.reserve_investment(act("i"), FUND, "甲", 50)[0]
BUILT: dict[str, tuple[Transfer, ...]] = {
    "appropriate": movements.appropriate(act("1"), BUDGET, 100),
    "cut_appropriation": movements.cut_appropriation(act("2"), BUDGET, 100),
    "reserve_grant": (GRANT,),
    "pay_grant": movements.pay_grant(act("3"), GRANT, 20),
    "late_payment": movements.late_payment(act("3b"), GRANT, 20),
    "release_grant": movements.release_grant(act("4"), GRANT),
    "claw_back": movements.claw_back(act("5"), BUDGET, "甲", 1),
    "return_to_treasury": movements.return_to_treasury(act("6"), BUDGET, "甲", 1),
    "carry_over_out": movements.carry_over(act("7"), BUDGET, NEXT, 5)[:1],
    "carry_over_in": movements.carry_over(act("7"), BUDGET, NEXT, 5)[1:],
    "lapse": movements.lapse(act("8"), BUDGET, 5),
    "pay_in": movements.pay_in(act("9"), POOL, "city", 5),
    "interest": movements.interest(act("10"), FUND, 5),
    "reserve_compensation": (CLAIM,),
    "compensate": movements.compensate(act("11"), CLAIM),
    "release_compensation": movements.release_compensation(act("12"), CLAIM),
    "recover": movements.recover(act("13"), POOL, "icbc", 5),
    "recover_from_debtor": movements.recover_from_debtor(act("14"), GUARANTOR, "甲", 5),
    "claw_back_compensation": movements.claw_back_compensation(act("15"), POOL, "icbc", 5),
    "refund": movements.refund(act("16"), POOL, "city", 5),
    "fee": movements.fee(act("17"), POOL, "manager", 5),
    "premium": movements.premium(act("18"), GUARANTOR, "甲", 5),
    "receive_share": movements.receive_share(act("19"), GUARANTOR, "pool", 5),
    "return_share": movements.return_share(act("28"), GUARANTOR, "再担保", 5),
    "return_premium": movements.return_premium(act("29"), GUARANTOR, "甲", 5),
    "call_capital": movements.call_capital(act("20"), FUND, "lp", 5),
    "reserve_investment": (INVESTMENT,),
    "invest": movements.invest(act("21"), INVESTMENT),
    "release_investment": movements.release_investment(act("22"), INVESTMENT),
    "receive_proceeds": movements.receive_proceeds(act("23"), FUND, "甲", 5),
    "distribute": movements.distribute(act("24"), FUND, "lp", 5),
}


@pytest.mark.parametrize("step", MOVEMENTS)
def test_every_movement_of_the_table_has_a_builder_of_its_name_whose_transfer_can_be(step: str) -> None:
    (transfer,) = BUILT[step]
    book = next(book for book in BOOKS if book.code == transfer.book)
    assert (transfer.step, transfer.move, refusal(transfer, book)) == (step, MOVEMENTS[step].move, None)
    assert (transfer.about, transfer.rule, transfer.evidence) == ("case:1", "grant", "e" * 64)


def test_the_chart_and_the_table_of_movements_speak_of_the_same_accounts_and_books() -> None:
    moved = {kind for movement in MOVEMENTS.values() for kind in (movement.debit, movement.credit)}
    assert moved == set(ACCOUNT_KINDS)
    for movement in MOVEMENTS.values():
        for kind in (movement.debit, movement.credit):
            assert set(movement.books) <= set(ACCOUNT_KINDS[kind].books) <= set(BOOK_KINDS)
    assert {name: kind.limited for name, kind in ACCOUNT_KINDS.items() if kind.limited} == LIMITS


def test_the_same_act_gives_the_same_refs_and_another_act_others() -> None:
    again = movements.reserve_grant(act("g"), BUDGET, "甲", 50)
    assert again == (GRANT,)
    refs = {transfer.ref for transfers in BUILT.values() for transfer in transfers}
    assert len(refs) == len(BUILT)


def test_the_life_of_a_subsidy_from_appropriation_to_the_end_of_the_year() -> None:
    grant = movements.reserve_grant(act("reserve"), BUDGET, "甲", 700)[0]
    late = movements.reserve_grant(act("late"), BUDGET, "乙", 250)[0]
    history: list[Entry] = [
        *movements.appropriate(act("give"), BUDGET, 1_000),
        grant,
        late,
        *movements.pay_grant(act("pay"), grant, 600),
        *movements.release_grant(act("release"), late),
        *movements.claw_back(act("back"), BUDGET, "甲", 40),
        *movements.carry_over(act("carry", date(2025, 12, 31)), BUDGET, NEXT, 300),
        *movements.lapse(act("lapse", date(2025, 12, 31)), BUDGET, 140),
        Close(BUDGET.code, date(2025, 12, 31)),
        *movements.return_to_treasury(act("late back", date(2026, 2, 1)), BUDGET, "甲", 60),
    ]
    found = played(history)
    assert found.problems.is_empty()
    assert (held(found, BUDGET, "appropriation"), held(found, NEXT, "appropriation")) == (0, 300)
    assert (held(found, BUDGET, "payee:甲"), held(found, BUDGET, "lapsed"), held(found, BUDGET, "returned")) == (
        500,
        140,
        60,
    )
    assert checked(found.accounts, found.steps).is_empty()


def test_city_and_county_set_aside_their_shares_on_their_own_books_to_the_last_fen() -> None:
    city, county = Book("city/2025", "budget"), Book("county/2025", "budget")
    reserved = movements.reserve_shared_grant(act("grant"), "甲", 101, {city: 6_667, county: 3_333})
    assert {transfer.book: transfer.fen for transfer in reserved} == {city.code: 67, county.code: 34}
    alone = movements.reserve_shared_grant(act("grant"), "甲", 1, {city: 6_667, county: 3_333})
    assert [transfer.book for transfer in alone] == [city.code]


@pytest.mark.parametrize("shares", [(6_000, 3_999), (11_000, -1_000), (0, 0)])
def test_shares_that_do_not_part_the_whole_are_refused(shares: tuple[int, int]) -> None:
    books = (Book("city/2025", "budget"), Book("county/2025", "budget"))
    with pytest.raises(ValueError, match="10,000"):
        movements.reserve_shared_grant(act("grant"), "甲", 100, dict(zip(books, shares, strict=True)))


@settings(max_examples=EXAMPLES)
@given(histories())
def test_every_book_adds_up_by_its_movements(history: list[Entry]) -> None:
    found = played(history)
    assert checked(found.accounts, found.steps).filter(severity="refused").is_empty()


@settings(max_examples=EXAMPLES)
@given(histories(books=(POOL,)))
def test_the_balance_of_a_pool_is_what_came_in_less_what_went_out(history: list[Entry]) -> None:
    found = played(history)
    told = statement(found.steps, POOL.code)
    came = told["pay_in"] + told["interest"]
    recoveries = told["recover"] + told["recover_from_debtor"] + told["claw_back_compensation"]
    assert held(found, POOL, "money") == came + recoveries - told["compensate"] - told["refund"] - told["fee"]


@settings(max_examples=EXAMPLES)
@given(histories(books=(BUDGET, NEXT)))
def test_what_is_paid_and_reserved_never_exceeds_what_was_appropriated(history: list[Entry]) -> None:
    found = played(history)
    for book in (BUDGET, NEXT):
        told = statement(found.steps, book.code)
        given_ = told["appropriate"] + told["carry_over_in"] - told["cut_appropriation"]
        gone = told["carry_over_out"] + told["lapse"]
        paid = told["pay_grant"] - told["claw_back"]
        reserved = found.accounts.filter(book=book.code, account="appropriation")["debits_reserved"].sum()
        assert paid - told["return_to_treasury"] >= 0
        assert paid + reserved + gone <= given_


def test_a_check_names_the_book_the_account_and_the_difference() -> None:
    found = played([*movements.pay_in(act("in"), POOL, "city", 500)])
    wrong = found.accounts.with_columns(
        pl.when(account="money").then(499).otherwise("credits_posted").alias("credits_posted")
    )
    kinds = checked(wrong, found.steps)
    assert kinds["kind"].to_list() == ["ledger_check_legs", "ledger_check_money"]
    assert [sentence(row, "en") for row in kinds.iter_rows(named=True)] == [
        "book pool: debits and credits differ by 1 fen (posted)",
        "book pool: the money left differs by -1 fen from what came in less what went out",
    ]
    differing = balances_agree(found.accounts, wrong).row(0, named=True)
    assert sentence(differing, "zh") == "账簿 pool：账户 money 的重算余额与库存余额不同：credits_posted 500 / 499"
    assert balances_agree(found.accounts, found.accounts).is_empty()


def test_money_carried_in_that_was_never_carried_out_is_noted() -> None:
    out, in_ = movements.carry_over(act("carry"), BUDGET, NEXT, 5)
    found = played([in_])
    assert checked(found.accounts, found.steps)["kind"].to_list() == ["ledger_check_carried"]
    whole = played([*movements.appropriate(act("give"), BUDGET, 5), out, in_])
    assert checked(whole.accounts, whole.steps).is_empty()


def test_every_check_has_a_sentence_in_both_languages_and_a_name_of_its_own() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(check.sentence.zh and check.sentence.en for check in CHECKS)
    assert effect_on("money")["pay_in"] == 1
    assert "reserve_compensation" not in effect_on("money")


PAID = movements.pay_grant(act("paid"), GRANT)[0]
BACK = movements.reversal(act("undo"), PAID)[0]
GIVEN = [*movements.appropriate(act("give"), BUDGET, 100), GRANT]
REFUSED: dict[str, tuple[list[Any], str]] = {
    "nothing": ([replace(GIVEN[0], fen=0)], "ledger_amount"),
    "less than nothing": ([replace(GIVEN[0], fen=-1)], "ledger_amount"),
    "10^15 fen": ([replace(GIVEN[0], fen=10**15)], "ledger_amount"),
    "more than there is": ([*GIVEN, *movements.reserve_grant(act("x"), BUDGET, "乙", 51)], "ledger_overdrawn"),
    "more back than was given": ([GIVEN[0], *movements.cut_appropriation(act("x"), BUDGET, 101)], "ledger_overdrawn"),
    "more clawed back than paid": (
        [*GIVEN, PAID, *movements.claw_back(act("x"), BUDGET, "甲", 51)],
        "ledger_overdrawn",
    ),
    "a reservation paid twice": ([*GIVEN, PAID, *movements.pay_grant(act("x"), GRANT)], "ledger_reservation_ended"),
    "a paid one released": ([*GIVEN, PAID, *movements.release_grant(act("x"), GRANT)], "ledger_reservation_ended"),
    "more paid than reserved": ([*GIVEN, *movements.pay_grant(act("x"), GRANT, 51)], "ledger_reservation_differs"),
    "another payee": ([*GIVEN, replace(PAID, credit="payee:乙")], "ledger_reservation_differs"),
    "no reservation": ([GIVEN[0], PAID], "ledger_reservation_unknown"),
    "a post ended": ([*GIVEN, replace(PAID, pending=GIVEN[0].ref)], "ledger_reservation_unknown"),
    "a payment that names none": ([*GIVEN, replace(PAID, pending=None)], "ledger_ending_names"),
    "a reversal twice": ([*GIVEN, PAID, BACK, replace(BACK, ref="0" * 32)], "ledger_reversal_repeated"),
    "a reversal reversed": ([*GIVEN, PAID, BACK, *movements.reversal(act("x"), BACK)], "ledger_reversal_of_reversal"),
    "a reservation reversed": ([*GIVEN, *movements.reversal(act("x"), GRANT)], "ledger_reversal_of_reservation"),
    "half a reversal": ([*GIVEN, PAID, replace(BACK, fen=49)], "ledger_reversal_differs"),
    "a reversal of nothing": ([*GIVEN, BACK], "ledger_reversal_unknown"),
    "the same ref": ([GIVEN[0], GIVEN[0]], "ledger_ref_repeated"),
    "another currency": ([replace(GIVEN[0], currency="USD")], "ledger_currency"),
    "a closed period": ([Close(BUDGET.code, ON), GIVEN[0]], "ledger_period_closed"),
    "a period closed again": ([Close(BUDGET.code, ON), Close(BUDGET.code, ON)], "ledger_close_backwards"),
    "an account of another book": ([replace(GIVEN[0], credit="money")], "ledger_account_unknown"),
    "a step of another book": ([replace(GIVEN[0], step="pay_in")], "ledger_step_accounts"),
    "an unknown step": ([replace(GIVEN[0], step="gift")], "ledger_step_unknown"),
    "a book that there is not": ([replace(GIVEN[0], book="budget/1999")], "ledger_book_unknown"),
    "a side beyond 4 x 10^18": (
        [t for n in range(4_001) for t in movements.appropriate(act(f"n{n}"), BUDGET, MOST_FEN)],
        "ledger_total_too_large",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_by_name_and_in_words(what: str) -> None:
    history, kind = REFUSED[what]
    found = played(history)
    (row,) = found.problems.iter_rows(named=True)
    assert (row["kind"], row["line"]) == (kind, len(history) if len(history) < 4_001 else row["line"])
    assert kind in REFUSED_AS
    assert sentence(row, "zh") != sentence(row, "en")
    assert checked(found.accounts, found.steps).is_empty()


def test_an_amount_that_is_no_whole_number_is_refused() -> None:
    for fen in (True, 5.0, float("nan"), "5", None):
        assert refusal(replace(GIVEN[0], fen=fen), BUDGET) == "ledger_amount"  # type: ignore[arg-type]


def test_every_refusal_has_been_tried_by_an_example() -> None:
    tried = {kind for _, kind in REFUSED.values()}
    assert set(REFUSED_AS) - tried == {"ledger_type_unknown", "ledger_date", "ledger_ref_form", "ledger_text_form"}
