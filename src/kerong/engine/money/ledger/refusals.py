"""What makes a transfer impossible whatever the accounts hold: its form, its accounts, its step.

The service asks this before it touches the database, the replay asks it of every row. What depends on other rows
(balances, reservations, reversals, closed periods) is judged by `replay` and guarded by the database.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from kerong.engine.money.ledger.accounts import BOOK_CODE, BOOK_KINDS, CURRENCY, Book, account_of
from kerong.engine.money.ledger.movements import MOVEMENTS
from kerong.engine.money.ledger.transfers import FIRST_DAY, LAST_DAY, MOST_FEN, REF, Transfer

TEXT = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
MOST_CHARACTERS = 500
TEXTS = ("about", "rule", "rule_version", "evidence")

# kind of problem -> the word of the refusal (`ledger.refused.<word>`); the order is that in which a row is judged
REFUSED_AS: Mapping[str, str] = {
    "ledger_type_unknown": "account",
    "ledger_date": "closed",
    "ledger_book_unknown": "account",
    "ledger_ref_form": "key",
    "ledger_text_form": "text",
    "ledger_amount": "amount",
    "ledger_currency": "currency",
    "ledger_account_unknown": "account",
    "ledger_step_unknown": "account",
    "ledger_step_accounts": "account",
    "ledger_ending_names": "reservation",
    "ledger_reversal_of_reservation": "reversal",
    "ledger_close_backwards": "closed",
    "ledger_ref_repeated": "key",
    "ledger_period_closed": "closed",
    "ledger_reservation_unknown": "reservation",
    "ledger_reservation_differs": "reservation",
    "ledger_reservation_ended": "reservation",
    "ledger_reversal_unknown": "reversal",
    "ledger_reversal_of_reversal": "reversal",
    "ledger_reversal_repeated": "reversal",
    "ledger_reversal_differs": "reversal",
    "ledger_total_too_large": "amount",
    "ledger_overdrawn": "overdrawn",
}


class Shape(NamedTuple):
    """What of a transfer the table of movements speaks about; `debit` and `credit` are kinds of accounts."""

    book_kind: str
    step: str
    move: str
    debit: str
    credit: str
    ends: bool
    reverses: bool


def shape_refusal(shape: Shape) -> str | None:
    """Why no transfer of this shape can be; None where one can."""
    movement = MOVEMENTS.get(shape.step)
    if movement is None:
        return "ledger_step_unknown"
    if shape.ends != (shape.move in ("post_reserved", "void_reserved")) or (shape.ends and shape.reverses):
        return "ledger_ending_names"
    accounts, move = [(movement.debit, movement.credit)], movement.move
    if shape.reverses:
        if move in ("reserve", "void_reserved"):
            return "ledger_reversal_of_reservation"
        # also the way of the movement itself: so stands the reversal of a reversal, which is refused as what it is
        accounts, move = [(movement.credit, movement.debit), *accounts], "post"
    fits = shape.book_kind in movement.books and shape.move == move and (shape.debit, shape.credit) in accounts
    return None if fits else "ledger_step_accounts"


def refusal(transfer: Transfer, book: Book) -> str | None:
    """The kind of problem for which the transfer is refused whatever the accounts hold; None where there is none."""
    if not FIRST_DAY <= transfer.on <= LAST_DAY:
        return "ledger_date"
    if transfer.book != book.code or book_refusal(book):
        return "ledger_book_unknown"
    if not all(is_ref(ref) for ref in (transfer.ref, transfer.pending, transfer.reverses) if ref is not None):
        return "ledger_ref_form"
    if not all(is_text(getattr(transfer, name)) for name in TEXTS):
        return "ledger_text_form"
    if type(transfer.fen) is not int or not 1 <= transfer.fen <= MOST_FEN:
        return "ledger_amount"
    if transfer.currency != book.currency:
        return "ledger_currency"
    debit, credit = account_of(transfer.debit), account_of(transfer.credit)
    if debit is None or credit is None or not all(book.kind in kind.books for kind in (debit, credit)):
        return "ledger_account_unknown"
    ends, reverses = transfer.pending is not None, transfer.reverses is not None
    return shape_refusal(Shape(book.kind, transfer.step, transfer.move, debit.name, credit.name, ends, reverses))


def is_ref(text: str) -> bool:
    """Whether it can be the ref of a transfer."""
    return re.fullmatch(REF, text) is not None


def is_text(text: str) -> bool:
    """Whether it can be what a transfer says of itself: not too long, nothing invisible in it."""
    return len(text) <= MOST_CHARACTERS and re.fullmatch(TEXT, text) is not None


def book_refusal(book: Book) -> str | None:
    """Why there can be no such book; None where there can."""
    is_well_formed = re.fullmatch(BOOK_CODE, book.code) and re.fullmatch(CURRENCY, book.currency)
    return None if is_well_formed and book.kind in BOOK_KINDS else "ledger_book_unknown"
