"""Histories drawn at random: what a ledger is asked to do, much of it impossible."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from kerong.engine.money.ledger import (
    ACCOUNT_KINDS,
    MOVEMENTS,
    Act,
    Book,
    Close,
    Move,
    Movement,
    Transfer,
    account_code,
    entries_of,
    movements,
    row_of,
)

BUDGET, NEXT, POOL = Book("budget/2025", "budget"), Book("budget/2026", "budget"), Book("pool", "pool")
GUARANTOR, FUND = Book("guarantor", "guarantor"), Book("fund", "fund", "USD")
BOOKS = (BUDGET, NEXT, POOL, GUARANTOR, FUND)
FIRST = date(2025, 1, 1)
SUBJECTS = ("A1", "B2")
Entry = Transfer | Close
EXAMPLES = 2_000 if "KERONG_NIGHTLY" in os.environ else 60


def fitting(book: Book, move: Move) -> list[Movement]:
    """The movements of the table that such a book knows, by the move."""
    return [movement for movement in MOVEMENTS.values() if book.kind in movement.books and movement.move == move]


def moved(movement: Movement, act: Act, book: Book, subject: str, fen: int) -> Transfer:
    """A transfer of the movement, which posts or reserves."""
    sides = (movement.debit, movement.credit)
    debit, credit = (account_code(kind, subject if ACCOUNT_KINDS[kind].has_subject else "") for kind in sides)
    on, ref = act.on, act.ref()
    return Transfer(ref, book.code, movement.move, debit, credit, fen, movement.name, on, currency=book.currency)


@st.composite
def histories(draw: st.DrawFn, books: Sequence[Book] = BOOKS, most: int = 40) -> list[Entry]:
    """Up to `most` entries; sources give much and purses pay little, so that most of what is asked can be."""
    made: list[Entry] = []
    for number in range(draw(st.integers(1, most))):
        made.append(_entry(draw, number, books, [entry for entry in made if isinstance(entry, Transfer)]))
    return made


def _entry(draw: st.DrawFn, number: int, books: Sequence[Book], before: list[Transfer]) -> Entry:
    book = draw(st.sampled_from(books))
    day = FIRST + timedelta(days=draw(st.integers(0, 20)))
    act = Act(f"act {number}", day)
    held = [transfer for transfer in before if transfer.move == "reserve"]
    kinds = ["post", "post", "post", "reserve", "reserve", "close"]
    kinds += ["end"] * 4 * bool(held) + ["reverse", "repeat", "odd"] * bool(before)
    kind = draw(st.sampled_from(kinds))
    if kind == "close":
        return Close(book.code, FIRST + timedelta(days=draw(st.integers(-3, 6))))
    if kind == "end":
        reservation = draw(st.sampled_from(held))
        step = reservation.step.removeprefix("reserve_")
        if draw(st.booleans()):
            part = draw(st.integers(1, reservation.fen + 1) | st.just(reservation.fen))
            return movements._ended(_PAYS[step], act, reservation, part)[0]
        return movements._ended(f"release_{step}", act, reservation)[0]
    if kind == "reverse":
        return movements.reversal(act, draw(st.sampled_from(before)))[0]
    if kind == "repeat":
        return replace(draw(st.sampled_from(before)), on=day)
    if kind == "odd":
        return _odd(draw, draw(st.sampled_from(before)), before, act)
    table = fitting(book, "reserve" if kind == "reserve" else "post")
    if kind == "post" and draw(st.booleans()):
        table = [line for line in table if line.credit in ("appropriation", "money")]
    movement = draw(st.sampled_from(table))
    most = 1_000 if movement.credit in ("appropriation", "money") else 300
    return moved(movement, act, book, draw(st.sampled_from(SUBJECTS)), draw(st.integers(1, most)))


_PAYS = {"grant": "pay_grant", "compensation": "compensate", "investment": "invest"}


def _odd(draw: st.DrawFn, transfer: Transfer, before: list[Transfer], act: Act) -> Transfer:
    """A transfer of good form that speaks of another than its own kind does."""
    other = draw(st.sampled_from(before))
    changes: list[dict[str, Any]] = [{"fen": draw(st.sampled_from([1, 10**15 - 1]))}]
    if transfer.pending is not None:
        changes.append({"pending": other.ref})
    if transfer.reverses is not None:
        changes.append({"reverses": other.ref})
    return replace(transfer, ref=act.ref("odd"), on=act.on, **draw(st.sampled_from(changes)))


def frame_of(history: Sequence[Entry]) -> Any:
    """The history as entries: each book counts its own from 1."""
    counts: dict[str, int] = {}
    rows = []
    for entry in history:
        counts[entry.book] = counts.get(entry.book, 0) + 1
        rows.append((counts[entry.book], row_of(entry)))
    return entries_of(rows)


def by_book(history: Sequence[Entry]) -> list[Entry]:
    """The history with the books one after the other, as the replay reads it."""
    return sorted(history, key=lambda entry: entry.book)
