"""How a pool stands: its money by kind, the loans that it covers, and whether it takes new ones."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from kerong.rulebook.pools import PoolEvent
from kerong.rulebook.tree import Value

NONE: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Loan:
    """A registered loan: what was said at its registration never changes.

    `borne`: what each party bore, the borrower left out; empty before compensation. `returned`: what came back to each.
    """

    loan: str
    bank: str
    firm: str
    group: str
    instrument: str
    drawn_on: date
    fen: int
    facts: Mapping[str, Value]
    balance_fen: int
    since: date | None = None  # overdue since
    paid_on: date | None = None  # compensated on
    paid_fen: int = 0  # by the pool
    borne: Mapping[str, int] = field(default_factory=lambda: NONE)
    returned: Mapping[str, int] = field(default_factory=lambda: NONE)
    is_void: bool = False  # its compensation was taken back
    is_written_off: bool = False

    @property
    def is_claimed(self) -> bool:
        """Has it been compensated?"""
        return self.paid_on is not None

    @property
    def affiliates(self) -> str:
        """By what its group is counted; the prefix keeps a firm that stands alone apart from a group of that name."""
        return f"with {self.group}" if self.group else f"alone {self.firm}"

    @property
    def counted_fen(self) -> int:
        """What of the caps it uses: a compensation that was taken back uses nothing."""
        return 0 if self.is_void else self.paid_fen

    @property
    def open_fen(self) -> int:
        """What of its balance counts as lent: nothing once it is void or written off."""
        return 0 if self.is_void or self.is_written_off else self.balance_fen


@dataclass(frozen=True, slots=True)
class State:
    """A pool after some events, in fen: the money by kind since its beginning, and its loans by fingerprint."""

    on: date = date.min
    paid_in_fen: int = 0
    interest_fen: int = 0
    recovered_fen: int = 0
    compensated_fen: int = 0
    refunded_fen: int = 0
    fees_fen: int = 0
    loans: Mapping[str, Loan] = field(default_factory=lambda: MappingProxyType({}))
    is_open: bool = True  # the fuse has not blown

    @property
    def balance_fen(self) -> int:
        """What the pool holds."""
        came = self.paid_in_fen + self.interest_fen + self.recovered_fen
        return came - self.compensated_fen - self.refunded_fen - self.fees_fen

    @property
    def exposure_fen(self) -> int:
        """What is still owed on loans that may yet be claimed."""
        return sum(loan.open_fen for loan in self.loans.values() if not loan.is_claimed)

    def exposed(self, instrument: str) -> int:
        """What of the exposure is owed on loans of one instrument."""
        live = (loan for loan in self.loans.values() if not loan.is_claimed)
        return sum(loan.open_fen for loan in live if loan.instrument == instrument)

    @property
    def lent_fen(self) -> int:
        """What is still owed on all loans, those compensated included."""
        return sum(loan.open_fen for loan in self.loans.values())

    @property
    def bad_fen(self) -> int:
        """What is owed on loans that are overdue."""
        return sum(loan.open_fen for loan in self.loans.values() if loan.since is not None)

    def paid(self, loan: Loan, year: int) -> Iterator[int]:
        """What was compensated before, as the caps count it: firm, group, bank and year, year."""
        others = self.loans.values()
        yield sum(one.counted_fen for one in others if one.firm == loan.firm)
        yield sum(one.counted_fen for one in others if one.affiliates == loan.affiliates)
        of_year = [one for one in others if one.paid_on is not None and one.paid_on.year == year]
        yield sum(one.counted_fen for one in of_year if one.bank == loan.bank)
        yield sum(one.counted_fen for one in of_year)


@dataclass(frozen=True, slots=True)
class Moved:
    """Money that an event moved: `step` names the movement in the ledger, `party` the other side, `about` the loan."""

    step: str
    fen: int
    party: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an event. `refused` "": it was done. `parts`: what each party bears, or gets of a recovery."""

    event: PoolEvent
    refused: str = ""
    parts: Mapping[str, int] = field(default_factory=lambda: NONE)
    cut_by: str = ""
    moved: tuple[Moved, ...] = ()
