"""Calls as offices and applicants see them: what stands open, who is entitled, and what a budget has left for it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import Count, Sum

from kerong.engine.money.split import largest_remainder
from kerong.rulebook.content import Rule, Text
from kerong.web.base.models import Budget, Call, Case, User
from kerong.web.base.selectors.cases import awards_without_case, budget_lines, calls_on
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_award import names_of
from kerong.web.base.services.case_people import OF_INSTITUTIONS, OFFICERS

SHOWN = 100
BEFORE_RESERVED = ("proposed", "applied", "returned", "corrected", "accepted", "reviewed", "verified")


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call in the list; `stands`: "open", "ahead" or "closed" on the day."""

    call: Call
    title: Text
    stands: str
    cases: int
    fen: int


@dataclass(frozen=True, slots=True)
class Entitled:
    """An award that no case is about. `key`: what a form sends for it."""

    enterprise_id: str
    firm: str
    row_key: str
    fen: int

    @property
    def key(self) -> str:
        """Firm and row, as a form sends them back."""
        return f"{self.enterprise_id}|{self.row_key}"


@dataclass(frozen=True, slots=True)
class Share:
    """What a level has to pay of a sum, what is left of its budget, and what cases not reserved yet will ask of it."""

    level: str
    wanted: int
    left: int
    coming: int

    @property
    def lacks(self) -> int:
        """How much is missing if all of it comes to be reserved."""
        return max(0, self.wanted + self.coming - self.left)


@dataclass(frozen=True, slots=True)
class CallView:
    """The page of a call."""

    line: CallLine
    entitled: tuple[Entitled, ...]
    count: int
    fen: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Appliable:
    """An open call under which somebody may apply, and for how much."""

    call: Call
    title: Text
    fen: int
    rows: tuple[Entitled, ...]


def call_lines(published: Published, *, today: date) -> tuple[CallLine, ...]:
    """The calls of the region, newest year first, with the cases under them that came to something."""
    held = Call.objects.filter(region=published.rulebook.region.name)
    return tuple(_line(call, published, today) for call in held)


def call_view(
    published: Published, call_id: int, *, today: date, chosen: frozenset[str] | None = None, most: int = SHOWN
) -> CallView | None:
    """A call with those who are entitled, `most` at most; `chosen`: these keys alone. None: no such call."""
    call = Call.objects.filter(region=published.rulebook.region.name, pk=call_id).first()
    if call is None:
        return None
    found = _entitled(published, call, awards_without_case(published, call))
    kept = found if chosen is None else tuple(one for one in found if one.key in chosen)
    fen = sum(one.fen for one in kept)
    return CallView(_line(call, published, today), kept[:most], len(kept), fen, shares_of(call, fen))


def shares_of(call: Call, fen: int) -> tuple[Share, ...]:
    """How a sum falls on the levels of a call, beside what their budgets have left."""
    left = {
        line.budget.level: line.left
        for line in budget_lines(call.region)
        if (line.budget.programme, line.budget.year) == (call.programme, call.year)
    }
    levels = dict(call.shares)
    wanted, coming = largest_remainder(fen, levels), _coming(call)
    return tuple(Share(level, wanted[level], left.get(level, 0), coming.get(level, 0)) for level in levels)


def openable(published: Published, *, today: date) -> tuple[Rule, ...]:
    """The rules that pay and have no call in the year, by title."""
    region = published.rulebook.region.name
    held = set(Call.objects.filter(region=region, year=today.year).values_list("rule", flat=True))
    rules = published.rulebook.rules.values()
    found = [rule for rule in rules if rule.is_policy and rule.amount is not None and rule.name not in held]
    return tuple(sorted(found, key=lambda rule: (rule.title.zh, rule.name)))


def programmes(region: str, year: int) -> Mapping[str, tuple[str, ...]]:
    """The levels that have a budget in the year, by programme."""
    found: dict[str, tuple[str, ...]] = {}
    for budget in Budget.objects.filter(region=region, year=year).order_by("programme", "level"):
        found[budget.programme] = (*found.get(budget.programme, ()), budget.level)
    return found


def appliable(actor: User, published: Published, *, today: date) -> tuple[Appliable, ...]:
    """What the person may apply for today: open calls with awards to the firm or institution and no case."""
    if actor.role != "enterprise" and actor.role not in OFFICERS:
        return ()
    found = []
    for call in calls_on(published.rulebook.region.name, today):
        rule = published.rulebook.rules.get(call.rule)
        if rule is None or call.year != today.year:
            continue
        rows = _entitled(
            published, call, _own(actor, awards_without_case(published, call, actor.enterprise_id or None))
        )
        if rows:
            found.append(Appliable(call, rule.title, sum(row.fen for row in rows), rows))
    return tuple(found)


def _own(actor: User, awards: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("payee_kind").cast(pl.String)
    if actor.enterprise_id:
        return awards.filter(~kind.is_in(OF_INSTITUTIONS))
    return awards.filter(kind.is_in(OF_INSTITUTIONS), pl.col("payee") == actor.institution)


def _line(call: Call, published: Published, today: date) -> CallLine:
    rule = published.rulebook.rules.get(call.rule)
    standing = Case.objects.filter(call=call).exclude(state__in=("withdrawn", "rejected", "lapsed"))
    told = standing.aggregate(count=Count("pk"), fen=Sum("fen"))
    stands = "ahead" if today < call.opens_on else "closed" if today > call.closes_on else "open"
    title = rule.title if rule is not None else Text(call.rule, call.rule)
    return CallLine(call, title, stands, told["count"], told["fen"] or 0)


def _coming(call: Call) -> Mapping[str, int]:
    """What cases on the same budgets ask for that is not reserved yet, by level."""
    found: Counter[str] = Counter()
    beside = Call.objects.filter(region=call.region, programme=call.programme, year=call.year)
    waiting = beside.filter(cases__state__in=BEFORE_RESERVED).annotate(waiting=Sum("cases__fen"))
    for shares, fen in waiting.values_list("shares", "waiting"):
        found.update(largest_remainder(fen, dict(shares)))
    return found


def _entitled(published: Published, call: Call, awards: pl.DataFrame) -> tuple[Entitled, ...]:
    names = published.sheet.select("enterprise_id", "name")
    told = awards.join(names, on="enterprise_id", how="left", maintain_order="left")
    columns = told.select("enterprise_id", "name", "row_key", "awarded_fen")
    return tuple(Entitled(firm, name or firm, row or "", fen) for firm, name, row, fen in columns.iter_rows())


def payee_names(actor: User, published: Published) -> tuple[str, ...]:
    """Under which names the applicant's code is registered: one of them has to be the payee's."""
    return names_of(published, actor.enterprise_id or actor.institution)
