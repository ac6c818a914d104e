"""Transfers: the immutable second table. All that an account holds follows from them.

Four moves (TigerBeetle's two-phase transfers, docs.tigerbeetle.com/coding/two-phase-transfers): a `post` moves money at
once; a `reserve` sets it aside; a reservation ends once, by `post_reserved` (at most what was reserved; the rest is
free again) or by `void_reserved`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kerong.engine.money.ledger.chain import sm3, text_of

Move = Literal["post", "reserve", "post_reserved", "void_reserved"]
MOVES: tuple[Move, ...] = ("post", "reserve", "post_reserved", "void_reserved")

MOST_FEN = 10**15 - 1
"""The largest amount of one transfer, in fen."""
MOST_TOTAL_FEN = 4 * 10**18
"""The most that an account may have on one side, posted and reserved: two such sums still fit into 64 bits."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""No transfer and no closing is dated before or after."""
REF = r"^[0-9a-f]{32}$"
REF_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that moves from `debit` to `credit` inside one book, or is set aside for it.

    `ref`: 32 hexadecimal characters, unique over all books. `fen`: 1 to `MOST_FEN`. `step`: the movement's name (of
    `MOVEMENTS`). `on`: the business date. `about`: what it is about ("subsidy:17"). `pending`: the reservation that it
    ends. `reverses`: the transfer that it takes back. `rule`, `rule_version`, `evidence`: why so much is paid.
    """

    ref: str
    book: str
    move: Move
    debit: str
    credit: str
    fen: int
    step: str
    on: date
    about: str = ""
    pending: str | None = None
    reverses: str | None = None
    rule: str = ""
    rule_version: str = ""
    evidence: str = ""
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Close:
    """From here on the book takes nothing dated `through` or before."""

    book: str
    through: date


@dataclass(frozen=True, slots=True)
class Act:
    """What all transfers of one act share. `key` names the act: the same act always gives the same refs."""

    key: str
    on: date
    about: str = ""
    rule: str = ""
    rule_version: str = ""
    evidence: str = ""

    def ref(self, *parts: str) -> str:
        """The ref of the act's transfer that `parts` tell apart from its others."""
        named = {"key": self.key} | {f"part{number}": part for number, part in enumerate(parts)}
        return sm3(text_of(named).encode()).hex()[:REF_LENGTH]
