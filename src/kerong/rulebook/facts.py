"""Registers and who sends them: mapping files, feeds, deliveries, gates; and purposes that a record is made for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from kerong.rulebook.code_lists import CodeList
from kerong.rulebook.said import Place, Text
from kerong.rulebook.tree import Node

Every = Literal["day", "month", "quarter", "year", "once"]
Extent = Literal["period", "whole", "added"]
EVERY: tuple[Every, ...] = ("day", "month", "quarter", "year", "once")
EXTENTS: tuple[Extent, ...] = ("period", "whole", "added")
SENSITIVITIES = ("public", "internal", "restricted")  # each may be seen by fewer than the one before
RELIABILITY = 5  # of 1 to 9, more is better: of a register that says nothing of it


@dataclass(frozen=True, slots=True)
class Together:
    """An indicator that rests on the same cause as another `indicator` and moves with it.

    `moves`: in proportion ("share"), as the growth of what the other has more of ("growth"), by the same "amount".
    """

    indicator: str
    moves: Literal["share", "growth", "amount"] = "share"


@dataclass(frozen=True, slots=True)
class Change:
    """How an enterprise can change a field itself: what to do, and an effort from 1 (a form) to 9 (years of work).

    `step`: the distance, in the field's own unit, that the effort is for (None: a tenth of the indicator's span);
    `year`: the farthest that a firm comes in a year, where nothing is measured (None: nobody says).
    """

    how: Text
    effort: int
    better: Literal["more", "less", "either"] = "either"
    step: float | None = None
    year: float | None = None
    together: Together | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How files come: `of` is the column by whose day a row belongs to a period, `every` how long a period is.

    `extent`: a file states the whole of each "period" that it holds, or the "whole" register as of a day, or rows that
    are "added". `due_days`: until how many days after the end of a period it is in time.
    """

    of: str | None = None
    every: Every = "once"
    extent: Extent = "added"
    due_days: int | None = None


@dataclass(frozen=True, slots=True)
class Gates:
    """What stops the publication of a batch, against the feed's earlier ones: basis points, and columns with totals.

    `rows_bp`: change of the number of rows; `nulls_bp`: rise of a column's share of empty cells; `keys_bp`: fall of the
    share of rows whose enterprise is known; `aside_bp`: share of rows set aside; `unit`: whether amounts that jump by a
    power of a hundred are taken for another unit; `totals`: columns of which the sender states the sum.
    """

    rows_bp: int = 3000
    nulls_bp: int = 1000
    keys_bp: int = 500
    aside_bp: int = 2000
    unit: bool = True
    totals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a register's mapping file."""

    name: str
    title: Text
    header: tuple[str, ...]
    type: str
    required: bool = False
    unit: str | None = None
    unit_column: str | None = None
    range: tuple[float, float] | None = None
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    format: str | None = None
    sensitivity: str | None = None
    extract: str | None = None
    known: str | None = None
    change: Change | None = None
    code_list: CodeList | None = None  # what a district or an industry without codes of its own is read through


@dataclass(frozen=True, slots=True)
class FormerName:
    """Where a register of changes tells that a firm was called otherwise: `column`, until the day in `until`.

    `where`: which rows do; None: all.
    """

    column: str
    until: str
    where: Node | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """A mapping file: how rows of a source become facts about enterprises."""

    name: str
    title: Text
    files: tuple[str, ...]
    row: tuple[str, ...]
    columns: Mapping[str, Column]
    place: Place
    required: bool = False
    identify: str = "credit_code"
    name_column: str | None = None
    state_column: str | None = None
    absence: str = "unknown"
    covers_from: date | None = None
    known: str | None = None
    period: str | None = None
    keep: str = "latest"
    source: Text | None = None
    sensitivity: str = "internal"
    encoding: str | None = None
    legal_basis: Text | None = None
    reliability: int = RELIABILITY
    former_name: FormerName | None = None
    delivery: Delivery = Delivery()
    gates: Gates = Gates()


@dataclass(frozen=True, slots=True)
class Feed:
    """Who sends a register, and how its files differ from the mapping file: headers, units, date forms, code lists.

    What is None or empty is as the register says. Overlaid registers come from `mapping_of`.
    """

    name: str
    title: Text
    register: str
    place: Place
    files: tuple[str, ...] = ()
    legal_basis: Text | None = None
    reliability: int | None = None
    encoding: str | None = None
    delivery: Delivery | None = None
    gates: Gates | None = None
    header: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    unit: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    format: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    codes: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Settlement:
    """Which source wins where several state one field of an enterprise.

    "order": the first of the field's sources; "latest": what was known last; "reliability": the most reliable register
    or feed. What is older than `stale_months` on the day of the run wins only where nothing younger is.
    """

    field: str
    by: Literal["order", "latest", "reliability"] = "order"
    stale_months: int | None = None


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a record is made for, on which legal basis, and what it may carry at most.

    `registers` and `fields` name what is allowed; empty: all that `sensitivity` allows. `models`: whose readings may be
    carried; what nobody names is carried for no purpose.
    """

    name: str
    title: Text
    legal_basis: Text
    needs_consent: bool
    sensitivity: str
    registers: tuple[str, ...]
    fields: tuple[str, ...]
    place: Place
    models: tuple[str, ...] = ()
