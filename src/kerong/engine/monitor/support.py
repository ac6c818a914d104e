"""All public support of a firm and of its group in one statement: sums that agree whichever way they are read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from types import MappingProxyType
from typing import TypeVar

NO_FIGURES: Mapping[str, int] = MappingProxyType({})
NO_YEARS: Mapping[int, int] = MappingProxyType({})
Key = TypeVar("Key", int, str)
GROUNDS = ("declared", "holdings", "then")
"""Why a firm is of the group: as the region declares it, by holdings of the record, by what a case was granted on."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Amounts in fen. `applied`: asked for by cases that stand, `approved`: of that approved; `reserved` on a budget
    and not paid yet; `paid`; `returned`: of that given or clawed back."""

    applied: int = 0
    approved: int = 0
    reserved: int = 0
    paid: int = 0
    returned: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Sums)))

    @property
    def kept(self) -> int:
        """What was paid, less what came back."""
        return self.paid - self.returned

    @property
    def held(self) -> int:
        """What counts under caps: reserved and paid, less what came back."""
        return self.reserved + self.kept


@dataclass(frozen=True, slots=True)
class Line:
    """What one level of government's budget of one year gives in one case. `enterprise_id`: whom it is for."""

    case: int
    enterprise_id: str
    rule: str
    programme: str
    level: str
    year: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class Support:
    """The same lines summed in six ways; every way adds up to `total`. Keys are in order."""

    total: Sums
    by_level: Mapping[str, Sums]
    by_year: Mapping[int, Sums]
    by_programme: Mapping[str, Sums]
    by_rule: Mapping[str, Sums]
    by_firm: Mapping[str, Sums]
    by_case: Mapping[int, Sums]
    lines: tuple[Line, ...]


def support_of(lines: Iterable[Line]) -> Support:
    """The sums of some lines, in whatever order they come."""
    found = tuple(sorted(lines, key=lambda line: (line.case, line.year, line.programme, line.level)))
    return Support(
        total=sum((line.sums for line in found), Sums()),
        by_level=_by(found, lambda line: line.level),
        by_year=_by(found, lambda line: line.year),
        by_programme=_by(found, lambda line: line.programme),
        by_rule=_by(found, lambda line: line.rule),
        by_firm=_by(found, lambda line: line.enterprise_id),
        by_case=_by(found, lambda line: line.case),
        lines=found,
    )


def _by(lines: Iterable[Line], key: Callable[[Line], Key]) -> Mapping[Key, Sums]:
    found: dict[Key, Sums] = {}
    for line in lines:
        found[key(line)] = found.get(key(line), Sums()) + line.sums
    return MappingProxyType({name: found[name] for name in sorted(found)})


@dataclass(frozen=True, slots=True)
class CapUse:
    """What is held of a cap, in fen: by the firm (`own_fen`), the rest of its group, anybody else.

    `scope` and `per` are those of the cap; `firm`: whose it is, "" where it is of a group or of all; `about`: the paper
    that it counts by. `left_fen` None: it is not told to this reader, since with it the figures of others would be.
    `by_year`: of the firm and its group, for a cap that counts several years (`years`). `unrecorded`: rules of the cap
    of which no cases are kept here: what was granted under them is not known, so that `left_fen` is the most that can
    be left. `is_partial`: the reader sees only a part of what counts, with the same effect.
    """

    name: str
    scope: str
    per: str
    rules: tuple[str, ...]
    most_fen: int
    own_fen: int
    group_fen: int | None = None
    others_fen: int | None = None
    left_fen: int | None = None
    firm: str = ""
    about: str = ""
    year: int | None = None
    years: tuple[int, int] | None = None
    by_year: Mapping[int, int] = field(default_factory=lambda: NO_YEARS)
    unrecorded: tuple[str, ...] = ()
    is_partial: bool = False

    @property
    def used_fen(self) -> int:
        """What is held by those whom the reader sees."""
        return self.own_fen + (self.group_fen or 0) + (self.others_fen or 0)

    @property
    def is_upper_bound(self) -> bool:
        """Is what is left known as the most it can be, and no better?"""
        return bool(self.unrecorded) or self.is_partial


def tightest_first(caps: Iterable[CapUse]) -> tuple[CapUse, ...]:
    """The caps that are used most, as a part of the whole, first; of equals by name, firm, year."""
    return tuple(sorted(caps, key=lambda cap: (_free_ppm(cap), cap.name, cap.firm, -(cap.year or 0), cap.rules)))


def _free_ppm(cap: CapUse) -> int:
    if cap.most_fen <= 0:
        return 0 if cap.used_fen else 1_000_000
    return max(0, cap.most_fen - cap.used_fen) * 1_000_000 // cap.most_fen


@dataclass(frozen=True, slots=True)
class Cover:
    """What else stands behind a pooled loan: a guarantee, a policy or a pledge of a kind, by whom, up to `fen`."""

    deal: int
    kind: str
    institution: str
    fen: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """A loan that a pool covers: `balance_fen` is what is still owed of it, no money that anybody was paid.

    `balance_fen` is as of `as_of` (None: no business day is closed yet, then it is what was drawn). `compensated_on`:
    the day on which the pool stood in (`paid_fen`); `borne` and `returned`: by party of the waterfall, in fen. `covers`
    stand behind the same loan and are never added to it.
    """

    deal: int
    enterprise_id: str
    pool: str
    instrument: str
    bank: str
    registered_fen: int
    balance_fen: int
    as_of: date | None = None
    compensated_on: date | None = None
    paid_fen: int = 0
    borne: Mapping[str, int] = field(default_factory=lambda: NO_FIGURES)
    returned: Mapping[str, int] = field(default_factory=lambda: NO_FIGURES)
    is_void: bool = False
    is_written_off: bool = False
    covers: tuple[Cover, ...] = ()

    @property
    def covered_fen(self) -> int:
        """What the pool still stands behind: nothing once it stood in, or the loan is out of the pool."""
        return 0 if self.compensated_on or self.is_void or self.is_written_off else self.balance_fen


@dataclass(frozen=True, slots=True)
class Investment:
    """What a fund's book says of one deal: what was paid in, and what came back of it, in fen."""

    deal: int
    enterprise_id: str
    kind: str
    fund: str
    invested_fen: int
    returned_fen: int


@dataclass(frozen=True, slots=True)
class Member:
    """A firm of the group with its name and the grounds (of GROUNDS) on which it belongs; the firm itself has none."""

    enterprise_id: str
    name: str
    grounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement of `firm` on a day.

    `group`: "found", "partly" (perhaps not all of it), "alone", "unknown" (nobody said who belongs to whom) or
    "withheld" (not this reader's). `members`: the firm first. `support`: what was paid to them. `on_account`: what
    others (a bank, a fund, a person) were paid because of them, never added to it. `come_to_nothing`: cases that were
    withdrawn, rejected or lapsed. `untouched`: caps of which nothing is used. `deals`: are deals shown to the reader at
    all? `ledger_fen`: what the accounts of these payees hold, None where the reader is not shown them. `unrecorded`:
    rules that pay firms and of which no cases are kept here. `since`: the first year of which cases are kept.
    """

    firm: str
    on: date
    run: str
    is_own: bool
    group: str
    members: tuple[Member, ...]
    support: Support
    on_account: Support
    come_to_nothing: int
    caps: tuple[CapUse, ...]
    untouched: int
    exposures: tuple[Exposure, ...]
    investments: tuple[Investment, ...]
    deals: bool
    ledger_fen: int | None = None
    unrecorded: tuple[str, ...] = ()
    since: int | None = None

    @property
    def agrees(self) -> bool:
        """Does the statement agree with the ledger, as far as the reader is shown both?"""
        return self.ledger_fen is None or self.ledger_fen == self.support.total.kept

    @property
    def covered_fen(self) -> int:
        """All that pools stand behind."""
        return sum(one.covered_fen for one in self.exposures)
