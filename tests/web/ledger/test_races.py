"""Fifty writers on the last of something: exactly once, exactly full, and nobody meets an error of the database."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from kerong.engine.money.ledger import Act, Book, Transfer
from kerong.engine.money.ledger.movements import (
    appropriate,
    carry_over,
    cut_appropriation,
    pay_grant,
    pay_in,
    reserve_compensation,
    reserve_grant,
    return_to_treasury,
)
from kerong.web.base.models import Account, IdempotencyKey, Seal, User
from kerong.web.base.models import Transfer as Row
from kerong.web.base.services.ledger import LedgerBusy, LedgerRefused, book_open, ledger_post, ledger_reverse, posted
from kerong.web.base.services.sealing import book_close, books_seal
from tests.web.ledger.checked import NOW, all_adds_up
from tests.web.ledger.conftest import MILLION_YUAN
from tests.web.ledger.real import PATIENCE, alone, at_once, somebody_waits

pytestmark = pytest.mark.database
WRITERS = 50
LEFT = 30
DAY = date(2025, 3, 3)
Shared = tuple[User, Book]


def told(work: Callable[[], object]) -> str:
    """ "done", the word of the refusal, or "busy"."""
    try:
        given = work()
    except LedgerRefused as refused:
        return refused.key.removeprefix("ledger.refused.")
    except LedgerBusy:
        return "busy"
    return "again" if getattr(given, "again", False) else "done"


def writers(keeper: User, made: Callable[[int], tuple[Transfer, ...]]) -> list[Callable[[], str]]:
    """Everybody posts his own transfers under his own key."""

    def writer(number: int) -> Callable[[], str]:
        return lambda: told(lambda: ledger_post(keeper, f"key {number}", "race", {}, made(number)))

    return [writer(number) for number in range(WRITERS)]


def sums(book: Book, code: str) -> tuple[int, ...]:
    """Debits and credits posted, debits and credits reserved."""
    columns = ("debits_posted", "credits_posted", "debits_reserved", "credits_reserved")
    return tuple(Account.objects.values_list(*columns).get(book__code=book.code, code=code))


def test_the_last_of_a_budget_is_given_exactly_once(shared_budget: Shared) -> None:
    keeper, book = shared_budget
    each = MILLION_YUAN // LEFT
    given = at_once(writers(keeper, lambda number: reserve_grant(Act(f"a{number}", DAY), book, f"P{number}", each)))
    assert Counter(given) == {"done": LEFT, "overdrawn": WRITERS - LEFT}
    assert alone(lambda: sums(book, "appropriation")) == (0, MILLION_YUAN, LEFT * each, 0)
    alone(all_adds_up)


def test_the_last_of_a_pool_is_given_exactly_once_whatever_each_wants(shared_budget: Shared) -> None:
    keeper, _ = shared_budget
    pool = Book("pool", "pool")

    def open_pool() -> None:
        book_open(keeper, pool, "pool")
        ledger_post(keeper, "in", "pay in", {}, pay_in(Act("in", DAY), pool, "city", 1_000))

    alone(open_pool)
    wanted = [1 + 7 * number % 60 for number in range(WRITERS)]
    given = at_once(
        writers(keeper, lambda number: reserve_compensation(Act(f"a{number}", DAY), pool, f"B{number}", wanted[number]))
    )
    debits, held, reserved, _ = alone(lambda: sums(pool, "money"))
    assert (debits, held) == (0, 1_000)
    assert reserved == sum(fen for fen, told_one in zip(wanted, given, strict=True) if told_one == "done")
    refused = [fen for fen, told_one in zip(wanted, given, strict=True) if told_one == "overdrawn"]
    assert min(refused) > 1_000 - reserved
    alone(all_adds_up)


def test_the_last_of_a_cap_is_given_exactly_once(shared_budget: Shared) -> None:
    """A source takes back at most what it gave: the mirror of a purse."""
    keeper, book = shared_budget
    other = Book("budget:2024", "budget")

    def carry() -> None:
        book_open(keeper, other, "last year")
        ledger_post(keeper, "o", "first", {}, appropriate(Act("o", DAY), other, MILLION_YUAN))
        ledger_post(keeper, "c", "carry", {}, carry_over(Act("c", DAY), other, book, MILLION_YUAN))

    alone(carry)
    each = MILLION_YUAN // LEFT
    given = at_once(writers(keeper, lambda number: cut_appropriation(Act(f"a{number}", DAY), book, each)))
    assert Counter(given) == {"done": LEFT, "overdrawn": WRITERS - LEFT}
    assert alone(lambda: sums(book, "treasury")) == (MILLION_YUAN, LEFT * each, 0, 0)
    alone(all_adds_up)


def test_a_reservation_is_ended_and_a_transfer_reversed_by_one_of_fifty(shared_budget: Shared) -> None:
    keeper, book = shared_budget
    (grant,) = reserve_grant(Act("grant", DAY), book, "A", 70)
    (extra,) = appropriate(Act("extra", DAY), book, 5)
    alone(lambda: ledger_post(keeper, "grant", "reserve", {}, (grant, extra)))
    paid = at_once(writers(keeper, lambda number: pay_grant(Act(f"a{number}", DAY), grant)))
    assert Counter(paid) == {"done": 1, "reservation": WRITERS - 1}

    def reverser(number: int) -> Callable[[], str]:
        return lambda: told(lambda: ledger_reverse(keeper, f"back {number}", extra.ref, DAY))

    back = at_once([reverser(number) for number in range(WRITERS)])
    assert Counter(back) == {"done": 1, "reversal": WRITERS - 1}
    assert alone(lambda: sums(book, "appropriation")) == (75, MILLION_YUAN + 5, 0, 0)
    alone(all_adds_up)


def test_a_hundred_requests_under_one_key_at_once_have_one_effect(shared_budget: Shared) -> None:
    keeper, book = shared_budget
    transfers = reserve_grant(Act("a", DAY), book, "A", 10)

    def work() -> str:
        return told(lambda: ledger_post(keeper, "one", "reserve", {}, transfers))

    given = Counter(at_once([work] * 100))
    assert given["done"] == 1
    assert given["again"] + given["busy"] == 99
    assert given["busy"] == 0 or connection.vendor == "postgresql"
    assert alone(work) == "again"
    assert alone(lambda: sums(book, "appropriation")) == (0, MILLION_YUAN, 10, 0)
    assert alone(lambda: IdempotencyKey.objects.filter(key="one").count()) == 1


def test_a_key_at_work_is_told_as_busy_or_waited_for(shared_budget: Shared) -> None:
    """PostgreSQL says at once that the same request is at work; SQLite waits and gives its answer."""
    keeper, book = shared_budget
    transfers = reserve_grant(Act("a", DAY), book, "A", 10)

    def ask() -> str:
        return told(lambda: ledger_post(keeper, "one", "reserve", {}, transfers))

    def slow() -> list[str]:
        with transaction.atomic():
            first = ask()
            second = alone(ask) if connection.vendor == "postgresql" else ""
        return [first, second]

    expected = ["done", "busy"] if connection.vendor == "postgresql" else ["done", ""]
    assert alone(slow) == expected
    assert alone(ask) == "again"


def test_fifty_who_open_the_same_new_accounts_in_any_order_all_succeed(shared_budget: Shared) -> None:
    keeper, book = shared_budget

    def made(number: int) -> tuple[Transfer, ...]:
        payees = [f"N{(number + step * 7) % 10}" for step in range(3)]
        act = Act(f"a{number}", DAY)
        return tuple(transfer for payee in payees for transfer in reserve_grant(act, book, payee, 1))

    assert Counter(at_once(writers(keeper, made))) == {"done": WRITERS}
    assert alone(lambda: sums(book, "appropriation")) == (0, MILLION_YUAN, 3 * WRITERS, 0)
    alone(all_adds_up)


def test_two_sealers_at_once_and_fifty_posters_leave_one_chain(shared_budget: Shared) -> None:
    keeper, book = shared_budget

    def seal() -> str:
        for _ in range(5):
            books_seal(now=NOW)
        return "done"

    posters = writers(keeper, lambda number: reserve_grant(Act(f"a{number}", DAY), book, f"P{number % 5}", 1))
    assert Counter(at_once([seal, seal, *posters])) == {"done": WRITERS + 2}
    alone(all_adds_up)
    assert alone(lambda: Seal.objects.count()) == WRITERS + 1


def test_nothing_enters_a_period_that_is_closed_while_twenty_post(shared_budget: Shared) -> None:
    keeper, book = shared_budget
    april = date(2025, 4, 1)

    def poster(number: int) -> Callable[[], list[str]]:
        def one(act: Act) -> str:
            return told(lambda: ledger_post(keeper, act.key, "race", {}, reserve_grant(act, book, "A", 1)))

        acts = [Act(f"p{number} {turn}", DAY + timedelta(days=40 * (turn % 2))) for turn in range(20)]
        return lambda: [one(act) for act in acts]

    def close() -> list[str]:
        book_close(keeper, book.code, april, now=NOW, today=NOW.date())
        return ["closed"]

    given = at_once([close, *(poster(number) for number in range(20))])
    after = [word for words in given[1:] for word in words[1::2]]
    assert set(after) == {"done"}
    before = [words[::2] for words in given[1:]]
    assert all(words == sorted(words, reverse=True) for words in before)  # done until the closing, refused from then on
    assert {word for words in before for word in words} <= {"done", "closed"}

    def sequences() -> tuple[int, int]:
        closing = Seal.objects.get(closes_through=april).sequence
        last = Seal.objects.filter(transfer__on__lte=april).order_by("-sequence").values_list("sequence", flat=True)
        return closing, last[0]

    alone(all_adds_up)
    closing, last = alone(sequences)
    assert last < closing


def test_a_lower_number_that_is_committed_later_is_sealed_later(shared_budget: Shared) -> None:
    """Two transfers of other accounts: the second number is committed and sealed while the first is still open."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    keeper, book = shared_budget
    (grant,) = reserve_grant(Act("grant", DAY), book, "A", 70)
    alone(lambda: ledger_post(keeper, "grant", "pay", {}, (grant, *pay_grant(Act("paid", DAY), grant))))
    (back,) = return_to_treasury(Act("back", DAY), book, "A", 70)

    def return_and_seal() -> None:
        ledger_post(keeper, "back", "return", {}, (back,))
        books_seal(now=NOW)

    def slow() -> str:
        with transaction.atomic():
            (first,) = posted(appropriate(Act("slow", DAY), book, 5), keeper)
            alone(return_and_seal)
        return first

    first = alone(slow)
    alone(all_adds_up)

    def sealed() -> list[str]:
        return list(Seal.objects.order_by("sequence").values_list("transfer__ref", flat=True))

    assert alone(sealed)[-2:] == [back.ref, first]
    assert alone(lambda: list(Row.objects.order_by("id").values_list("ref", flat=True)))[-2:] == [first, back.ref]


def test_who_closes_a_book_while_it_is_sealed_waits_and_then_closes_it(shared_budget: Shared) -> None:
    """Neither waits for the other in a circle: what is sealed refers to the book's row when it is committed."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    keeper, book = shared_budget
    is_sealed = threading.Event()

    def seal() -> str:
        with transaction.atomic():
            books_seal(now=NOW)
            is_sealed.set()
            somebody_waits()
        return "sealed"

    def close() -> str:
        is_sealed.wait(PATIENCE)
        return told(lambda: book_close(keeper, book.code, DAY, now=NOW, today=NOW.date()))

    assert at_once([seal, close]) == ["sealed", "done"]
    alone(all_adds_up)
