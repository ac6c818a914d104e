"""Cases of subsidies as they are shown: the desk with its time limits, one case, budgets, calls."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl
from django.db.models import QuerySet, Sum

from kerong.engine.deal.calendar import CalendarEnds, WorkingDays, working_days
from kerong.engine.deal.moves import Move
from kerong.engine.deal.states import KINDS
from kerong.rulebook.content import Text
from kerong.rulebook.outcomes import MET
from kerong.web.base.models import Account, Budget, Call, Case, CaseMove, CasePart, PaymentReturn, User
from kerong.web.base.permissions import FULL_VIEW
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case import BY_FILE
from kerong.web.base.services.case_people import earlier_duty, is_of_applicant, may_apply, visible

SHOWN = 200
VIEWS = ("mine", "standing", "overdue", "paid", "ended")
AFTER_PAYMENT = ("paid", "evaluated", "recovering")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list: `days_left` are working days (negative: overdue; None: no limit, or no calendar knows)."""

    case: Case
    title: Text
    state: Text
    firm: str
    days_left: int | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class OpenMove:
    """A move that this person may make now, and what the form has to ask for."""

    name: str
    title: Text
    needs: tuple[str, ...]
    moves_money: bool


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A line of the history; `who` and `note` are told to officials, and to people of the applicant of their own."""

    move: CaseMove
    title: Text
    begin: Text | None
    end: Text
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class PartLine:
    """What one level pays in one stage, and its transfers' instruction numbers."""

    part: CasePart
    level: str
    instructions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case with all that a page needs."""

    line: CaseLine
    parts: tuple[PartLine, ...]
    history: tuple[MoveLine, ...]
    moves: tuple[OpenMove, ...]
    facts: Mapping[str, Any]
    scores: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A budget in fen: 0 <= paid and paid + reserved <= appropriated; `left` is what is neither."""

    budget: Budget
    appropriated: int
    reserved: int
    paid: int

    @property
    def left(self) -> int:
        """What can still be reserved."""
        return self.appropriated - self.reserved - self.paid


def days_of(published: Published) -> WorkingDays:
    """The working days of the region, as its present calendars have them."""
    return _days(published)


def case_lines(
    actor: User, published: Published, view: str, *, today: date, limit: int = SHOWN
) -> tuple[CaseLine, ...]:
    """The cases that the person sees, those due first; `view` is one of VIEWS ("mine": that wait for the person)."""
    held = visible(actor, published.rulebook.region.name).select_related("call")
    kept = _viewed(held, view, today)[:limit]
    lines = tuple(_line(case, published, today) for case in kept)
    return tuple(line for line in lines if open_moves(actor, line.case)) if view == "mine" else lines


def case_page(actor: User, published: Published, case_id: int, *, today: date) -> CasePage | None:
    """One case; None where the person may see none of that id."""
    case = visible(actor, published.rulebook.region.name).select_related("call", "rulebook").filter(pk=case_id).first()
    if case is None:
        return None
    parts = case.parts.filter(is_dropped=False).select_related("budget").prefetch_related("instructions")
    return CasePage(
        line=_line(case, published, today),
        parts=tuple(
            PartLine(part, part.budget.level, tuple(one.number for one in part.instructions.all())) for part in parts
        ),
        history=tuple(_told(move, actor) for move in case.moves.select_related("by", "case")),
        moves=open_moves(actor, case),
        facts=pl.read_parquet(io.BytesIO(bytes(case.decided_on))).row(0, named=True),
        scores=tuple(case.scores.values_list("points", flat=True)),
    )


def open_moves(actor: User, case: Case) -> tuple[OpenMove, ...]:
    """What the person may do now by role, by whose case it is, and by hand; guards are judged when it is done."""
    found = (move for move in KINDS[case.kind].moves_from(case.state) if move.name not in BY_FILE)
    return tuple(
        OpenMove(move.name, move.title, move.needs, bool(move.effects)) for move in found if _may(actor, case, move)
    )


def budget_lines(region: str) -> tuple[BudgetLine, ...]:
    """Every budget of the region with what is on its book, newest year first."""
    columns = ("book_id", "credits_posted", "debits_reserved")
    held = {
        book: (given, reserved)
        for book, given, reserved in Account.objects.filter(kind="appropriation").values_list(*columns)
    }
    net = Sum("credits_posted") - Sum("debits_posted")
    paid = dict(
        Account.objects.filter(kind="payee")
        .order_by()
        .values("book_id")
        .annotate(net=net)
        .values_list("book_id", "net")
    )
    budgets = Budget.objects.filter(region=region).select_related("book").order_by("-year", "programme", "level")
    return tuple(
        BudgetLine(budget, *held.get(budget.book_id, (0, 0)), int(paid.get(budget.book_id, 0))) for budget in budgets
    )


def calls_on(region: str, today: date) -> tuple[Call, ...]:
    """The calls whose window is open on the day."""
    held = Call.objects.filter(region=region, opens_on__lte=today, closes_on__gte=today)
    return tuple(held.order_by("closes_on", "rule"))


def awards_without_case(published: Published, call: Call, enterprise_id: str | None = None) -> pl.DataFrame:
    """What the run awards under the call and no standing case is about: enterprise_id, row_key, payee, awarded_fen."""
    found = published.table("verdicts").filter(
        pl.col("rule").cast(pl.String) == call.rule, pl.col("outcome") == MET, pl.col("awarded_fen") > 0
    )
    if enterprise_id is not None:
        found = found.filter(pl.col("enterprise_id") == enterprise_id)
    held = Case.objects.filter(call=call).exclude(state__in=("withdrawn", "rejected", "lapsed"))
    schema = {"enterprise_id": pl.String(), "row_key": pl.String()}
    known = pl.DataFrame(list(held.values_list("enterprise_id", "row_key")), schema, orient="row")
    kept = found.collect().join(known, on=list(schema), how="anti")
    return kept.select("enterprise_id", "row_key", "payee_kind", "payee", "awarded_fen").sort(
        "enterprise_id", "row_key"
    )


def quarantined(region: str) -> "QuerySet[PaymentReturn]":
    """The lines that came back and fitted nothing, newest first."""
    return PaymentReturn.objects.filter(region=region, state="quarantined").order_by("-id")


@lru_cache(maxsize=2)
def _days(published: Published) -> WorkingDays:
    return working_days(published.rulebook.calendars)


def _viewed(held: "QuerySet[Case]", view: str, today: date) -> "QuerySet[Case]":
    ends = [name for name, state in KINDS["subsidy"].states.items() if state.is_end]
    if view == "paid":
        return held.filter(state__in=AFTER_PAYMENT)
    if view == "ended":
        return held.filter(state__in=ends)
    standing = held.exclude(state__in=[*ends, *AFTER_PAYMENT])
    return standing.filter(due_on__lt=today) if view == "overdue" else standing


def _line(case: Case, published: Published, today: date) -> CaseLine:
    firm = published.enterprise(case.enterprise_id) or {}
    rule = published.rulebook.rules.get(case.rule)
    try:
        left = None if case.due_on is None else days_of(published).between(today, case.due_on)
    except CalendarEnds:
        left = None
    return CaseLine(
        case=case,
        title=rule.title if rule is not None else Text(case.rule, case.rule),
        state=KINDS[case.kind].states[case.state].title,
        firm=str(firm.get("name") or case.enterprise_id),
        days_left=left,
        is_overdue=case.due_on is not None and today > case.due_on,
    )


def _may(actor: User, case: Case, move: Move) -> bool:
    if actor.role not in move.roles:
        return False
    is_applicant = may_apply(actor, case.enterprise_id, case.payee_kind, case.payee)
    if move.duty == "submit":
        return is_applicant
    return not is_of_applicant(actor, case) and earlier_duty(actor, case, move.duty) is None


def _told(move: CaseMove, actor: User) -> MoveLine:
    kind = KINDS[move.case.kind]
    line = kind.moves[move.begin, move.name]
    is_told = actor.role in FULL_VIEW or move.by_id == actor.pk or move.duty in ("submit", "review")
    name = (move.by.get_full_name() or move.by.username) if move.by is not None else ""
    return MoveLine(
        move=move,
        title=line.title,
        begin=kind.states[move.begin].title if move.begin else None,
        end=kind.states[move.end].title,
        who=name if actor.role in FULL_VIEW or move.by_id == actor.pk else "",
        note=move.note if is_told else "",
    )
