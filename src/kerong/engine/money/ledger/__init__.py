"""The ledger: two tables, accounts and immutable transfers, that carry all money (docs/algorithms/ledger.md)."""

from kerong.engine.money.ledger.accounts import (
    ACCOUNT_KINDS,
    BOOK_KINDS,
    AccountKind,
    Book,
    account_code,
    account_of,
)
from kerong.engine.money.ledger.agreed import (
    in_order,
    is_of_deal,
    transfers_agree,
    transfers_of_deals,
    transfers_of_orders,
)
from kerong.engine.money.ledger.chain import NoSM3, canonical, first, genesis, link, sm3, text_of
from kerong.engine.money.ledger.entries import ENTRIES, entries_of, row_of
from kerong.engine.money.ledger.movements import MOVEMENTS, Movement
from kerong.engine.money.ledger.refusals import REFUSED_AS, book_refusal, refusal
from kerong.engine.money.ledger.replay import Replay, replayed
from kerong.engine.money.ledger.transfers import MOST_FEN, MOST_TOTAL_FEN, Act, Close, Move, Transfer

__all__ = [
    "ACCOUNT_KINDS",
    "BOOK_KINDS",
    "ENTRIES",
    "MOST_FEN",
    "MOST_TOTAL_FEN",
    "MOVEMENTS",
    "REFUSED_AS",
    "AccountKind",
    "Act",
    "Book",
    "Close",
    "Move",
    "Movement",
    "NoSM3",
    "Replay",
    "Transfer",
    "account_code",
    "account_of",
    "book_refusal",
    "canonical",
    "entries_of",
    "first",
    "genesis",
    "in_order",
    "is_of_deal",
    "link",
    "refusal",
    "replayed",
    "row_of",
    "sm3",
    "text_of",
    "transfers_agree",
    "transfers_of_deals",
    "transfers_of_orders",
]
