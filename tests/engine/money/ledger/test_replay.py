"""Laws of the replay: it says what a plain model says, whatever is asked, and in whatever order rows come."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.money.ledger import ACCOUNT_KINDS, MOST_FEN, Close, Transfer, replayed, row_of
from kerong.engine.money.ledger import replay as module
from kerong.engine.money.ledger.entries import entries_of
from kerong.engine.money.ledger.refusals import refusal
from tests.engine.money.ledger.histories import BOOKS, BUDGET, EXAMPLES, POOL, Entry, by_book, frame_of, histories
from tests.engine.money.ledger.plain_ledger import PlainLedger

ON = date(2025, 3, 1)


def balances(accounts: pl.DataFrame) -> dict[tuple[str, str], tuple[int, ...]]:
    return {(book, account): tuple(sums) for book, account, *sums in accounts.iter_rows()}


def odd(entry: Entry) -> str | None:
    """What is wrong with it whatever the accounts hold; the plain ledger is not asked about that."""
    books = {book.code: book for book in BOOKS}
    return refusal(entry, books[entry.book]) if isinstance(entry, Transfer) else None


def told(history: list[Entry]) -> list[tuple[str, int, str]]:
    """What a plain ledger refuses of a history: book, number in the book, kind of problem."""
    model, counts, found = PlainLedger(), Counter[str](), []
    for entry in by_book(history):
        counts[entry.book] += 1
        refused = odd(entry) or model.add(entry)
        if refused:
            found.append((entry.book, counts[entry.book], refused))
    return found


@settings(max_examples=EXAMPLES)
@given(histories())
def test_a_replay_gives_the_balances_and_refusals_of_a_plain_ledger(history: list[Entry]) -> None:
    model = PlainLedger()
    for entry in by_book(history):
        if odd(entry) is None:
            model.add(entry)
    found = replayed(frame_of(history), BOOKS)
    assert balances(found.accounts) == model.balances()
    assert list(found.problems.select("register", "line", "kind").iter_rows()) == told(history)


@settings(max_examples=EXAMPLES)
@given(histories())
def test_what_is_debited_is_credited_in_every_book(history: list[Entry]) -> None:
    accounts = replayed(frame_of(history), BOOKS).accounts
    sums = accounts.group_by("book").agg(pl.col(pl.Int64).sum())
    assert (sums["debits_posted"] == sums["credits_posted"]).all()
    assert (sums["debits_reserved"] == sums["credits_reserved"]).all()


@settings(max_examples=EXAMPLES)
@given(histories(), st.data())
def test_after_no_row_is_any_account_overdrawn(history: list[Entry], data: st.DataObject) -> None:
    prefix = history[: data.draw(st.integers(0, len(history)))]
    for (_, code), (debits, credits_, held_debits, held_credits) in balances(
        replayed(frame_of(prefix), BOOKS).accounts
    ).items():
        limited = ACCOUNT_KINDS[code.partition(":")[0]].limited
        assert min(debits, credits_, held_debits, held_credits) >= 0
        assert limited != "credit" or debits + held_debits <= credits_
        assert limited != "debit" or credits_ + held_credits <= debits


@settings(max_examples=EXAMPLES)
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_rows_of_books_arrive_does_not_matter(history: list[Entry], chance: Any) -> None:
    frame = frame_of(history)
    order = list(range(frame.height))
    chance.shuffle(order)
    one, other = replayed(frame, BOOKS), replayed(frame[order], BOOKS[::-1])
    assert one.accounts.equals(other.accounts)
    assert one.steps.equals(other.steps)
    assert one.problems.equals(other.problems)


@settings(max_examples=EXAMPLES)
@given(histories(books=(BUDGET, POOL)))
def test_books_replayed_apart_come_to_the_same(history: list[Entry]) -> None:
    refs = Counter(entry.ref for entry in history if isinstance(entry, Transfer))
    alone = [entry for entry in history if isinstance(entry, Close) or refs[entry.ref] == 1]
    whole = replayed(frame_of(alone), BOOKS)
    parts = [
        replayed(frame_of([entry for entry in alone if entry.book == book.code]), BOOKS) for book in (BUDGET, POOL)
    ]
    assert pl.concat(part.accounts for part in parts).sort("book", "account").equals(whole.accounts)


@settings(max_examples=EXAMPLES // 4)
@given(histories(most=12))
def test_the_compiled_loop_says_what_the_plain_one_says(history: list[Entry]) -> None:
    frame, limit = frame_of(history), module.MANY
    plain = replayed(frame, BOOKS)
    try:
        module.MANY = 0
        swift = replayed(frame, BOOKS)
    finally:
        module.MANY = limit
    assert plain.accounts.equals(swift.accounts)
    assert plain.problems.equals(swift.problems)


ODD: dict[str, list[Any]] = {
    "ref": ["", "f" * 31, "F" * 32, "g" * 32, "f" * 32 + "\n"],
    "book": ["", "nowhere", "budget/2025\n"],
    "move": ["reserve", "void_reserved", "pay", ""],
    "debit": ["money", "payee", "payee:", "treasury:X", "payee:a b", "payee:\u202e", "Money", "", "appropriation"],
    "credit": ["appropriation", "bank:icbc", "payee:" + "x" * 121, "carried_over"],
    "fen": [0, -1, MOST_FEN, MOST_FEN + 1],
    "step": ["", "pay", "fee", "appropriate", "Fee"],
    "about": ["x" * 501, "a\nb", "a\x00", "企业"],
    "evidence": ["\x7f", "x" * 500],
    "pending": ["", "f" * 32, "f" * 31],
    "reverses": ["f" * 32, "F" * 32],
    "currency": ["", "USD", "cny", "CNY"],
    "on": [date(1899, 12, 31), date(3000, 1, 1)],
}


@settings(max_examples=EXAMPLES)
@given(histories(most=6), st.data())
def test_what_is_refused_whatever_the_accounts_hold_is_the_same_by_row_and_by_column(
    history: list[Entry], data: st.DataObject
) -> None:
    transfers = [entry for entry in history if isinstance(entry, Transfer)]
    fields = st.lists(st.sampled_from(sorted(ODD)), min_size=0, max_size=3, unique=True)
    strange = [
        replace(entry, **{name: data.draw(st.sampled_from(ODD[name])) for name in data.draw(fields)})
        for entry in transfers
    ]
    books = {book.code: book for book in BOOKS}
    asked = [replace(entry, ref=entry.ref or "", pending=entry.pending or None) for entry in strange]
    plain = [refusal(entry, books.get(entry.book, BUDGET)) for entry in asked]
    found = replayed(entries_of((number, row_of(entry)) for number, entry in enumerate(asked, 1)), BOOKS)
    by_column = dict(found.problems.select("line", "kind").iter_rows())
    stateless = {number: kind for number, kind in enumerate(plain, 1) if kind}
    assert stateless.items() <= by_column.items()
    assert all(kind in _STATEFUL for number, kind in by_column.items() if number not in stateless)


_STATEFUL = {
    *("ledger_ref_repeated", "ledger_period_closed", "ledger_total_too_large", "ledger_overdrawn"),
    *("ledger_reservation_unknown", "ledger_reservation_differs", "ledger_reservation_ended"),
    *("ledger_reversal_unknown", "ledger_reversal_of_reservation", "ledger_reversal_of_reversal"),
    *("ledger_reversal_repeated", "ledger_reversal_differs"),
}
