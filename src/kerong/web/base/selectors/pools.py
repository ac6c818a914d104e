"""Pools of shared risk as they are shown: what they hold and carry, how much of each bound is used, what moved.

The office sees a pool whole. An institution sees what is public of it, amounts only where enough firms stand behind
them, and its own loans.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import F

from kerong.engine.money.pool import Book, Figures, State, book_of, pool_figures
from kerong.engine.money.pool.terms import fuse_line, number
from kerong.rulebook.content import Text
from kerong.rulebook.pools import PARAMETERS, Pool
from kerong.web.base.disclosure import may_show_amount
from kerong.web.base.models import RiskPool, User
from kerong.web.base.permissions import FULL_VIEW
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.selectors.books import BookShown, book_shown
from kerong.web.base.selectors.deals import DealLine, institution_of, line_of
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.deal_people import visible
from kerong.web.base.services.pool_events import state_of

WHOLE_BP = 10_000
YEAR_MONTHS = 12
MOST_LOANS = 100
CREDIT = "credit"
DEFAULT_DAYS = 90  # what such a card calls a default


@dataclass(frozen=True, slots=True)
class Bound:
    """How much of a bound of the pool is used, in the unit of `kind` ("money" or "rate"); `whose`: one bank's."""

    title: Text
    used: int
    most: int
    kind: str
    source: str
    whose: Text | None = None

    @property
    def share(self) -> int:
        """What is used of it, in per cent, at most 100."""
        return min(100, self.used * 100 // self.most) if self.most > 0 else 100


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the pool that is in force: title, value in the unit of `kind`, clause."""

    title: Text
    value: int
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class PoolLine:
    """A pool in a list; `state` None: nobody opened it yet. `fuse_bp`: the part of bad loans that stops new ones.

    Amounts behind which one or two firms of others stand are hidden: what is carried, what was paid (and with it the
    balance, of which it would be the rest), what is bad.
    """

    rules: Pool
    pool: RiskPool | None
    state: State | None
    figures: Figures | None
    fuse_bp: int | None
    takes_new: bool
    shows_carried: bool
    shows_paid: bool
    shows_bad: bool

    @property
    def is_whole(self) -> bool:
        """Are there figures to show?"""
        return self.figures is not None


@dataclass(frozen=True, slots=True)
class PoolPage:
    """A pool with its bounds, numbers, loans that the reader may see, and its book (the reader's part of it).

    `loans`: MOST_LOANS at most, those due first; `more_loans`: how many there are beside them.
    """

    line: PoolLine
    bounds: tuple[Bound, ...]
    numbers: tuple[Number, ...]
    loans: tuple[DealLine, ...]
    more_loans: int
    book: BookShown
    is_office: bool


def pool_lines(actor: User, published: Published, *, today: date) -> tuple[PoolLine, ...]:
    """Every pool of the region's rulebook, those that are open first."""
    held = {one.name: one for one in RiskPool.objects.filter(region=published.rulebook.region.name)}
    lines = [_line(actor, published, rules, held.get(name), today) for name, rules in published.rulebook.pools.items()]
    return tuple(sorted(lines, key=lambda line: (line.pool is None, line.rules.name)))


def pool_page(actor: User, published: Published, name: str, page: int, *, today: date) -> PoolPage | None:
    """One pool; None where the region has none of that name that is open."""
    region = published.rulebook.region.name
    pool = RiskPool.objects.select_related("book").filter(region=region, name=name).first()
    rules = published.rulebook.pools.get(name)
    if pool is None or rules is None:
        return None
    line = _line(actor, published, rules, pool, today)
    is_office = actor.role in FULL_VIEW
    seen = visible(actor, region).filter(pooled__pool=pool).order_by(F("due_on").asc(nulls_last=True), "pk")
    with reading_as(SYSTEM):
        book = book_shown(pool.book, page, None if is_office else f"bank:{actor.institution}")
    return PoolPage(
        line=line,
        bounds=tuple(_bounds(actor, published, line, today)),
        numbers=tuple(_numbers(rules, today)),
        loans=tuple(line_of(deal, published, today) for deal in seen[:MOST_LOANS]),
        more_loans=max(0, seen.count() - MOST_LOANS),
        book=book,
        is_office=is_office,
    )


def pool_id_of(published: Published, name: str) -> int | None:
    """The key of an open pool of the region."""
    held = RiskPool.objects.filter(region=published.rulebook.region.name, name=name)
    return held.values_list("pk", flat=True).first()


@reading_as(SYSTEM)
def _line(actor: User, published: Published, rules: Pool, pool: RiskPool | None, today: date) -> PoolLine:
    if pool is None:
        hidden = dict.fromkeys(("takes_new", "shows_carried", "shows_paid", "shows_bad"), False)
        return PoolLine(rules, None, None, None, None, **hidden)
    state = state_of(pool)
    figures = pool_figures(rules, _with_chances(published, book_of(rules, state), today), today)
    line = fuse_line(rules, state.is_open, today)
    others = [loan for loan in state.loans.values() if loan.bank != actor.institution]
    shows = [
        actor.role in FULL_VIEW or may_show_amount(len({loan.firm for loan in found}))
        for found in (
            others,
            [loan for loan in others if loan.paid_on is not None],
            [loan for loan in others if loan.since is not None],
        )
    ]
    return PoolLine(
        rules=rules,
        pool=pool,
        state=state,
        figures=figures,
        fuse_bp=line,
        takes_new=line is None or figures.bad_bp is None or figures.bad_bp <= line,
        shows_carried=shows[0],
        shows_paid=shows[1],
        shows_bad=shows[0] and shows[2],
    )


def _with_chances(published: Published, book: Book, today: date) -> Book:
    """The loans with the probability of default within a year, as the region's card of credit has it.

    Who is in default already, by the record or by the loan's own days, defaults for certain. Without a card of that
    horizon nothing is told.
    """
    models = published.rulebook.models.values()
    card = next((m for m in models if m.kind == CREDIT and m.outcome and m.outcome.horizon == YEAR_MONTHS), None)
    if card is None or CREDIT not in published.tables:
        return book
    rows = published.table(CREDIT).filter(pl.col("card").cast(pl.String) == card.name)
    known = rows.select(pl.col("subject").cast(pl.String), "at_risk", pl.col("probability_bp").cast(pl.Int64))
    loans = book.loans.join(known.collect(), left_on="firm", right_on="subject", how="left", maintain_order="left")
    is_late = (pl.lit(today) - pl.col("since")).dt.total_days() > DEFAULT_DAYS
    certain = is_late.fill_null(False) | ~pl.col("at_risk").fill_null(True)
    told = pl.when(certain).then(WHOLE_BP).when(pl.col("at_risk")).then("probability_bp").alias("probability_bp")
    return Book(loans.with_columns(told.cast(pl.Int64)).drop("at_risk"), book.balance_fen, book.is_open)


def _bounds(actor: User, published: Published, line: PoolLine, today: date) -> Iterator[Bound]:
    state, rules = line.state, line.rules
    if state is None or line.figures is None:
        return
    is_office = actor.role in FULL_VIEW
    if line.shows_carried and line.shows_paid and (multiple := number(rules, "multiple_bp", today)) is not None:
        most = multiple * max(state.balance_fen, 0) // WHOLE_BP
        yield Bound(PARAMETERS["multiple_bp"], state.exposure_fen, most, "money", _clause(rules, "multiple_bp", today))
    year = [one for one in state.loans.values() if one.paid_on is not None and one.paid_on.year == today.year]
    if line.shows_paid and (cap := number(rules, "programme_year_cap_fen", today)) is not None:
        used = sum(one.counted_fen for one in year)
        clause = _clause(rules, "programme_year_cap_fen", today)
        yield Bound(PARAMETERS["programme_year_cap_fen"], used, cap, "money", clause)
    if (cap := number(rules, "bank_year_cap_fen", today)) is not None:
        banks = {one.bank for one in state.loans.values()} if is_office else {actor.institution}
        clause = _clause(rules, "bank_year_cap_fen", today)
        for bank in sorted(banks):
            used = sum(one.counted_fen for one in year if one.bank == bank)
            whose = institution_of(published, bank)
            yield Bound(PARAMETERS["bank_year_cap_fen"], used, cap, "money", clause, whose)
    if line.shows_bad and line.fuse_bp is not None:
        name = "fuse_bp" if state.is_open else "reopen_bp"
        clause = _clause(rules, name, today)
        yield Bound(PARAMETERS[name], line.figures.bad_bp or 0, line.fuse_bp, "rate", clause)


def _numbers(rules: Pool, today: date) -> Iterator[Number]:
    for name, title in PARAMETERS.items():
        value = number(rules, name, today)
        if value is not None:
            kind = "money" if name.endswith("_fen") else "rate" if name.endswith("_bp") else "count"
            yield Number(title, value, kind, _clause(rules, name, today))


def _clause(rules: Pool, name: str, today: date) -> str:
    return next((source for start, _, source in reversed(rules.parameters[name].values) if start <= today), "")
