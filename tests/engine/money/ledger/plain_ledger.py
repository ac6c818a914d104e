"""The plain model of the ledger: dictionaries and nothing else. It judges the replay and the database."""

from collections import defaultdict
from datetime import date

from kerong.engine.money.ledger import Close, Transfer

LIMITS = {"treasury": "debit", "appropriation": "credit", "payee": "credit", "money": "credit", "bank": "credit"}
MOST_TOTAL = 4 * 10**18


class PlainLedger:
    """Takes transfers one by one; `add` says why one is refused, by the kind of problem, or None and keeps it.

    It is asked only about transfers of good form between accounts that their step allows.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Transfer] = {}
        self.ended: set[str] = set()  # reservations that are ended, transfers that are reversed
        self.posted: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])  # debits, credits
        self.reserved: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        self.closed: dict[str, date] = {}

    def add(self, entry: Transfer | Close) -> str | None:
        """Why the transfer or closing is refused; None: it has happened."""
        through = self.closed.get(entry.book, date.min)
        if isinstance(entry, Close):
            if entry.through <= through:
                return "ledger_close_backwards"
            self.closed[entry.book] = entry.through
            return None
        if entry.ref in self.kept:
            return "ledger_ref_repeated"
        if entry.on <= through:
            return "ledger_period_closed"
        refused = self._of_reservation(entry) or self._of_reversal(entry) or self._of_balance(entry)
        if refused is None:
            self._happen(entry)
        return refused

    def balances(self) -> dict[tuple[str, str], tuple[int, ...]]:
        """Of every account by book and code: debits and credits posted, debits and credits reserved, in fen."""
        return {
            place: (*self.posted[place], *self.reserved[place])
            for place in {(entry.book, code) for entry in self.kept.values() for code in (entry.debit, entry.credit)}
        }

    def _of_reservation(self, entry: Transfer) -> str | None:
        if entry.pending is None:
            return None
        held = self.kept.get(entry.pending)
        if held is None or held.book != entry.book or held.move != "reserve":
            return "ledger_reservation_unknown"
        is_fit = entry.fen == held.fen or (entry.move == "post_reserved" and entry.fen < held.fen)
        if (entry.debit, entry.credit) != (held.debit, held.credit) or not is_fit:
            return "ledger_reservation_differs"
        return "ledger_reservation_ended" if held.ref in self.ended else None

    def _of_reversal(self, entry: Transfer) -> str | None:
        if entry.reverses is None:
            return None
        was = self.kept.get(entry.reverses)
        if was is None or was.book != entry.book:
            return "ledger_reversal_unknown"
        if was.move in ("reserve", "void_reserved"):
            return "ledger_reversal_of_reservation"
        if was.reverses is not None:
            return "ledger_reversal_of_reversal"
        if was.ref in self.ended:
            return "ledger_reversal_repeated"
        swapped = (was.credit, was.debit, was.fen, was.step)
        return None if (entry.debit, entry.credit, entry.fen, entry.step) == swapped else "ledger_reversal_differs"

    def _of_balance(self, entry: Transfer) -> str | None:
        if entry.pending is not None:
            return None
        legs = [((entry.book, entry.debit), 0, "credit"), ((entry.book, entry.credit), 1, "debit")]
        sums = [self.posted[place][side] + self.reserved[place][side] + entry.fen for place, side, _ in legs]
        if max(sums) > MOST_TOTAL:
            return "ledger_total_too_large"
        for total, (place, side, limit) in zip(sums, legs, strict=True):
            if LIMITS.get(place[1].partition(":")[0]) == limit and total > self.posted[place][1 - side]:
                return "ledger_overdrawn"
        return None

    def _happen(self, entry: Transfer) -> None:
        self.kept[entry.ref] = entry
        self.ended |= {ref for ref in (entry.pending, entry.reverses) if ref}
        for side, code in enumerate((entry.debit, entry.credit)):
            place = (entry.book, code)
            if entry.pending is not None:
                self.reserved[place][side] -= self.kept[entry.pending].fen
            if entry.move in ("post", "post_reserved"):
                self.posted[place][side] += entry.fen
            elif entry.move == "reserve":
                self.reserved[place][side] += entry.fen
