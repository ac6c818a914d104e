"""A plain model of a pool with one instrument, 70 : 30 between pool and bank: lists, sums and nothing else."""

from dataclasses import dataclass, field
from datetime import date


@dataclass
class Lent:
    """A registered loan in the model."""

    bank: str
    firm: str
    group: str
    owed: int
    since: date | None = None
    paid: int = 0
    borne: int = 0  # by the bank
    year: int = 0
    back: tuple[int, int] = (0, 0)  # what pool and bank got back
    dead: bool = False
    off: bool = False


@dataclass
class PlainPool:
    """`caps`: loan, firm, group, bank-year, programme-year; every answer is an amount that moves the pool's money."""

    caps: tuple[int, int, int, int, int]
    multiple: int
    fuse: int
    reopen: int
    held: int = 0
    shut: bool = False
    loans: dict[str, Lent] = field(default_factory=dict)

    def live(self) -> list[Lent]:
        return [one for one in self.loans.values() if not one.dead and not one.off]

    def look(self) -> None:
        bad = sum(one.owed for one in self.live() if one.since)
        line = min(self.fuse, self.reopen) if self.shut else self.fuse
        self.shut = bad * 10_000 > line * sum(one.owed for one in self.live())

    def register(self, loan: str, bank: str, firm: str, group: str, fen: int) -> bool:
        exposed = sum(one.owed for one in self.live() if not one.year)
        if loan in self.loans or self.shut or (exposed + fen) * 10_000 > self.multiple * self.held:
            return False
        self.loans[loan] = Lent(bank, firm, group, fen)
        return True

    def claim(self, loan: str, principal: int, on: date) -> int:
        one = self.loans.get(loan)
        if one is None or one.dead or one.year or one.off or principal > one.owed:
            return 0
        if one.since is None or (on - one.since).days < 60:
            return 0
        paid = [other for other in self.loans.values() if other.year and not other.dead]
        kin = one.group or ("alone", one.firm)
        used = (
            0,
            sum(other.paid for other in paid if other.firm == one.firm),
            sum(other.paid for other in paid if (other.group or ("alone", other.firm)) == kin),
            sum(other.paid for other in paid if other.bank == one.bank and other.year == on.year),
            sum(other.paid for other in paid if other.year == on.year),
        )
        rest = principal * 7 % 10
        share = principal * 7 // 10 + (rest >= 5)  # the larger remainder; at equal ones the pool, which stands first
        got = min(share, self.held, *(max(cap - so_far, 0) for cap, so_far in zip(self.caps, used, strict=True)))
        if got:
            one.paid, one.borne, one.year = got, principal - got, on.year
            self.held -= got
        return got

    def recover(self, loan: str, fen: int) -> int:
        one = self.loans.get(loan)
        if one is None or one.dead or not one.year:
            return 0
        pool, bank = one.paid - one.back[0], one.borne - one.back[1]
        if fen > pool + bank:
            return 0
        whole, rest = divmod(fen * pool, pool + bank)
        got = whole + (1 if rest and 2 * rest >= pool + bank else 0)
        one.back = (one.back[0] + got, one.back[1] + fen - got)
        one.owed = max(one.owed - fen, 0)
        self.held += got
        return got

    def claw_back(self, loan: str) -> int:
        one = self.loans.get(loan)
        if one is None or one.dead or not one.year:
            return 0
        one.dead = True
        self.held += (got := one.paid - one.back[0])
        return got
