"""Posting through the service: what it does to balances, what it refuses, what a key does."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from kerong.engine.money.ledger.accounts import Book
from kerong.engine.money.ledger.movements import (
    appropriate,
    carry_over,
    claw_back,
    pay_grant,
    release_grant,
    reserve_grant,
)
from kerong.engine.money.ledger.transfers import MOST_FEN, Act, Transfer
from kerong.web.base.models import Account, IdempotencyKey, Role, User
from kerong.web.base.models import Transfer as Row
from kerong.web.base.services.ledger import (
    LedgerRefused,
    book_open,
    ledger_post,
    ledger_reverse,
    posted,
)
from tests.web.ledger.conftest import MILLION_YUAN

pytestmark = pytest.mark.database
DAY = date(2025, 3, 3)


def act(key: str, on: date = DAY) -> Act:
    return Act(key, on, about="subsidy:1", rule="loan_interest_subsidy", rule_version="v1", evidence="e1")


def balances(code: str) -> tuple[int, int, int, int]:
    """Debits and credits posted, debits and credits reserved."""
    columns = ("debits_posted", "credits_posted", "debits_reserved", "credits_reserved")
    found = Account.objects.filter(code=code).values_list(*columns)
    return tuple(found.get())


def reserved(keeper: User, budget: Book, key: str, fen: int, payee: str = "A") -> Transfer:
    (transfer,) = reserve_grant(act(key), budget, payee, fen)
    ledger_post(keeper, key, "reserve", {}, (transfer,))
    return transfer


def refused(word: str) -> "pytest.RaisesExc[LedgerRefused]":
    return pytest.raises(LedgerRefused, match=f"^ledger.refused.{word}$")


def test_a_grant_is_reserved_then_paid_in_part_and_the_rest_is_free_again(keeper: User, budget: Book) -> None:
    grant = reserved(keeper, budget, "a", 700)
    assert balances("appropriation") == (0, MILLION_YUAN, 700, 0)
    assert balances("payee:A") == (0, 0, 0, 700)
    ledger_post(keeper, "b", "pay", {}, pay_grant(act("b"), grant, 500))
    assert balances("appropriation") == (500, MILLION_YUAN, 0, 0)
    assert balances("payee:A") == (0, 500, 0, 0)
    ledger_post(keeper, "c", "claw back", {}, claw_back(act("c"), budget, "A", 500))
    assert balances("appropriation") == (500, MILLION_YUAN + 500, 0, 0)


def test_a_reservation_ends_once_whatever_ends_it(keeper: User, budget: Book) -> None:
    grant = reserved(keeper, budget, "a", 700)
    reserved(keeper, budget, "b", 900)
    ledger_post(keeper, "c", "release", {}, release_grant(act("c"), grant))
    for key, again in (("d", release_grant(act("d"), grant)), ("e", pay_grant(act("e"), grant, 1))):
        with refused("reservation"):
            ledger_post(keeper, key, "end", {}, again)
    assert balances("appropriation") == (0, MILLION_YUAN, 900, 0)


def test_more_than_was_reserved_or_to_somebody_else_is_not_paid(keeper: User, budget: Book) -> None:
    grant = reserved(keeper, budget, "a", 700)
    reserved(keeper, budget, "b", 900, payee="B")
    (end,) = pay_grant(act("c"), grant)
    (paid,) = appropriate(act("f"), budget, 1)
    wrong = (
        replace(end, fen=701),
        replace(end, credit="payee:B"),
        replace(end, pending="0" * 32),
        replace(end, pending=paid.ref),
        replace(end, move="void_reserved", step="release_grant", fen=699),
    )
    for number, transfer in enumerate(wrong):
        with refused("reservation"):
            ledger_post(keeper, f"wrong {number}", "pay", {}, (transfer,))


def test_the_last_fen_is_given_and_not_one_more(keeper: User, budget: Book) -> None:
    reserved(keeper, budget, "a", MILLION_YUAN - 1)
    with refused("overdrawn") as caught:
        reserved(keeper, budget, "b", 2)
    assert "0.02" in caught.value.sentence("en")
    assert "0.01" in caught.value.sentence("zh")
    reserved(keeper, budget, "b", 1)
    with refused("overdrawn"):
        reserved(keeper, budget, "c", 1)


def test_an_act_is_judged_transfer_by_transfer_and_is_whole_or_not_at_all(keeper: User, budget: Book) -> None:
    first = reserve_grant(act("a"), budget, "A", MILLION_YUAN)
    more = appropriate(act("b"), budget, 50)
    second = reserve_grant(act("c"), budget, "B", 50)
    for wrong in ((*first, *second, *more), (*second, *first, *more)):
        with refused("overdrawn"):
            ledger_post(keeper, "x", "all", {}, wrong)
    assert balances("appropriation") == (0, MILLION_YUAN, 0, 0)
    posted_now = ledger_post(keeper, "x", "all", {}, (*first, *more, *second))
    assert balances("appropriation") == (0, MILLION_YUAN + 50, MILLION_YUAN + 50, 0)
    assert list(Row.objects.order_by("id").values_list("ref", flat=True))[1:] == list(posted_now.refs)


def test_a_reservation_may_be_made_and_ended_in_one_act(keeper: User, budget: Book) -> None:
    (grant,) = reserve_grant(act("a"), budget, "A", 70)
    ledger_post(keeper, "a", "reserve and pay", {}, (grant, *pay_grant(act("b"), grant)))
    assert balances("appropriation") == (70, MILLION_YUAN, 0, 0)


@pytest.mark.parametrize("fen", [0, -1, MOST_FEN + 1, 10**15, 10**30, 1.0, True, "5", float("nan")])
def test_an_amount_that_is_none_is_refused(keeper: User, budget: Book, fen: int) -> None:
    (transfer,) = appropriate(act("a"), budget, 5)
    with refused("amount"):
        ledger_post(keeper, "a", "appropriate", {}, (replace(transfer, fen=fen),))
    assert balances("appropriation") == (0, MILLION_YUAN, 0, 0)


def test_an_account_never_holds_more_than_its_bound(keeper: User, budget: Book) -> None:
    Account.objects.filter(code="treasury").update(debits_posted=4 * 10**18 - MOST_FEN)
    ledger_post(keeper, "a", "appropriate", {}, appropriate(act("a"), budget, MOST_FEN))
    with refused("amount"):
        ledger_post(keeper, "b", "appropriate", {}, appropriate(act("b"), budget, 1))


def test_what_no_book_chart_or_table_of_movements_knows_is_refused(keeper: User, budget: Book) -> None:
    (transfer,) = appropriate(act("a"), budget, 5)
    wrong = (
        replace(transfer, book="no such book"),
        replace(transfer, credit="no_such_account"),
        replace(transfer, credit="payee:A"),
        replace(transfer, credit="money"),
        replace(transfer, credit="treasury"),
        replace(transfer, step="present"),
    )
    for number, one in enumerate(wrong):
        with refused("account"):
            ledger_post(keeper, f"wrong {number}", "appropriate", {}, (one,))
    with refused("currency"):
        ledger_post(keeper, "w", "appropriate", {}, (replace(transfer, currency="USD"),))
    with refused("text"):
        ledger_post(keeper, "w", "appropriate", {}, (replace(transfer, about="a\x00b"),))


def test_a_transfer_is_taken_back_once_and_its_reversal_never(keeper: User, budget: Book) -> None:
    (first,) = Row.objects.values_list("ref", flat=True)
    back = ledger_reverse(keeper, "r", first, DAY)
    assert balances("appropriation") == (MILLION_YUAN, MILLION_YUAN, 0, 0)
    assert ledger_reverse(keeper, "r", first, DAY) == replace(back, again=True)
    for key, ref in (("s", first), ("t", back.refs[0]), ("u", "f" * 32)):
        with refused("reversal"):
            ledger_reverse(keeper, key, ref, DAY)


def test_a_reservation_is_not_reversed_and_nothing_is_reversed_that_was_spent(keeper: User, budget: Book) -> None:
    grant = reserved(keeper, budget, "a", 10)
    (first, _) = Row.objects.order_by("id").values_list("ref", flat=True)
    with refused("reversal"):
        ledger_reverse(keeper, "r", grant.ref, DAY)
    with refused("overdrawn"):
        ledger_reverse(keeper, "s", first, DAY)


def test_the_same_request_is_answered_again_and_another_body_under_its_key_refused(keeper: User, budget: Book) -> None:
    transfers = reserve_grant(act("a"), budget, "A", 10)
    first = ledger_post(keeper, "k", "reserve", {"fen": 10}, transfers)
    assert ledger_post(keeper, "k", "reserve", {"fen": 10}, transfers) == replace(first, again=True)
    for action, body in (("reserve", {"fen": 11}), ("pay", {"fen": 10}), ("reserve", {"fen": "10"})):
        with refused("key"):
            ledger_post(keeper, "k", action, body, transfers)
    assert balances("appropriation") == (0, MILLION_YUAN, 10, 0)


def test_one_key_of_two_banks_is_two_requests_and_of_two_people_of_a_bank_one(keeper: User, budget: Book) -> None:
    made = [
        User.objects.create_user(username=name, role=Role.BANK, institution=bank)
        for name, bank in (("x", "one"), ("y", "one"), ("z", "two"))
    ]
    told = [
        ledger_post(user, "k", "reserve", {}, reserve_grant(act(f"k {user.institution}"), budget, "A", 10)).again
        for user in made
    ]
    assert told == [False, True, False]
    assert balances("appropriation")[2] == 20


def test_a_refusal_binds_no_key_and_a_key_that_is_none_is_refused(keeper: User, budget: Book) -> None:
    with refused("overdrawn"):
        reserved(keeper, budget, "k", MILLION_YUAN + 1)
    assert not IdempotencyKey.objects.filter(key="k").exists()
    reserved(keeper, budget, "k", 1)
    for key in ("", "  ", "k" * 201, "k\0", "k\n", "\ud800"):
        with refused("key"):
            ledger_post(keeper, key, "reserve", {}, reserve_grant(act("other"), budget, "A", 1))


def test_the_same_act_is_not_posted_under_two_keys(keeper: User, budget: Book) -> None:
    grant = reserve_grant(act("a"), budget, "A", 10)
    with refused("key"):
        ledger_post(keeper, "k", "reserve", {}, (*grant, *grant))
    ledger_post(keeper, "k", "reserve", {}, grant)
    with refused("key"):
        ledger_post(keeper, "l", "reserve", {}, grant)


def test_a_refusal_inside_a_callers_transaction_takes_all_of_it_along(keeper: User, budget: Book) -> None:
    with transaction.atomic():
        posted(reserve_grant(act("a"), budget, "A", 10), keeper)
        with refused("overdrawn"):
            posted(reserve_grant(act("b"), budget, "A", MILLION_YUAN), keeper)
    assert balances("appropriation") == (0, MILLION_YUAN, 0, 0)


def test_what_is_left_goes_from_one_year_into_the_next_in_one_act(keeper: User, budget: Book) -> None:
    new = Book("budget:2026", "budget")
    book_open(keeper, new, "2026 年度专项")
    ledger_post(keeper, "k", "carry over", {}, carry_over(act("k"), budget, new, MILLION_YUAN))
    left = Account.objects.filter(code="appropriation").order_by("book__code")
    assert list(left.values_list("debits_posted", "credits_posted")) == [
        (MILLION_YUAN, MILLION_YUAN),
        (0, MILLION_YUAN),
    ]


def test_only_a_keeper_opens_a_book_and_none_twice(keeper: User, budget: Book) -> None:
    with refused("account"):
        book_open(keeper, budget, "again")
    with refused("account"):
        book_open(keeper, Book("a", "purse"), "no such kind")
    bank = User.objects.create_user(username="bank", role=Role.BANK, institution="one")
    with pytest.raises(PermissionDenied):
        book_open(bank, Book("b", "budget"), "not his")
