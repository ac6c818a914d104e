"""Cases of subsidies as they are shown: the desk with its time limits, one case, budgets, calls."""

import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db.models import QuerySet, Sum

from kerong.engine.deal.moves import Move, clash
from kerong.engine.deal.states import KINDS
from kerong.rulebook.content import Text
from kerong.rulebook.outcomes import MET
from kerong.web.base.models import Account, Budget, Call, Case, CaseMove, CasePart, PaymentReturn, User
from kerong.web.base.permissions import FULL_VIEW
from kerong.web.base.selectors.due import Due, due_of
from kerong.web.base.selectors.move_forms import MoveLine, worded
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case import BY_FILE, is_asked
from kerong.web.base.services.case_guards import recall_named
from kerong.web.base.services.case_people import MACHINE, acted_on, hands, may_apply, names_of_applicants, visible

VIEWS = ("standing", "overdue", "paid", "ended")
AFTER_PAYMENT = ("paid", "evaluated", "recovering")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list."""

    case: Case
    title: Text
    state: Text
    firm: str
    due: Due

    @property
    def fen(self) -> int:
        """The amount of the case."""
        return self.case.fen


@dataclass(frozen=True, slots=True)
class OpenMove:
    """A move that this person may make now, and what the form has to ask for."""

    name: str
    title: Text
    needs: tuple[str, ...]
    moves_money: bool


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
    """A budget in fen. `appropriated`: what the treasury gave; `paid`: less what came back; `left`: still free.

    appropriated + carried in = reserved + paid + left + carried out + lapsed, but for what went back to the treasury.
    """

    budget: Budget
    appropriated: int
    reserved: int
    paid: int
    left: int


def case_page(actor: User, published: Published, case_id: int, *, today: date) -> CasePage | None:
    """One case; None where the person may see none of that id."""
    case = visible(actor, published.rulebook.region.name).select_related("call", "rulebook").filter(pk=case_id).first()
    if case is None:
        return None
    parts = case.parts.filter(is_dropped=False).select_related("budget").prefetch_related("instructions")
    return CasePage(
        line=line_of(case, published, today),
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
    return tuple(
        OpenMove(move.name, move.title, move.needs, bool(move.effects))
        for move in moves_of(actor, [case])[case.pk]
        if move.name not in BY_FILE and ("unsent" not in move.guards or move.name == recall_named(case))
    )


def moves_of(actor: User, cases: Collection[Case]) -> Mapping[int, tuple[Move, ...]]:
    """By case the lines of its table that the person may use now, those done by files included."""
    acted, applicants, own = acted_on([case.pk for case in cases]), names_of_applicants(cases), hands(actor)

    def may(case: Case, move: Move) -> bool:
        if actor.role not in move.roles or not is_asked(case, move):
            return False
        if move.duty == "submit":
            return may_apply(actor, case.enterprise_id, case.payee_kind, case.payee)
        return not own & applicants[case.pk] and clash(move.duty, own, acted[case.pk]) is None

    return {
        case.pk: tuple(move for move in KINDS[case.kind].moves_from(case.state) if may(case, move)) for case in cases
    }


def budget_lines(region: str) -> tuple[BudgetLine, ...]:
    """Every budget of the region with what is on its book, newest year first."""
    budgets = Budget.objects.filter(region=region).select_related("book").order_by("-year", "programme", "level")
    on: dict[tuple[int, str], tuple[int, int]] = {
        (book, kind): (net, reserved)
        for book, kind, net, reserved in Account.objects.filter(book__in=[budget.book_id for budget in budgets])
        .order_by()
        .values("book_id", "kind")
        .annotate(net=Sum("credits_posted") - Sum("debits_posted"), reserved=Sum("debits_reserved"))
        .values_list("book_id", "kind", "net", "reserved")
    }

    def line(budget: Budget) -> BudgetLine:
        (own, reserved), (given, _), (paid, _) = (
            on.get((budget.book_id, kind), (0, 0)) for kind in ("appropriation", "treasury", "payee")
        )
        return BudgetLine(budget, -given, reserved, paid, own - reserved)

    return tuple(line(budget) for budget in budgets)


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


def viewed(held: "QuerySet[Case]", view: str, today: date) -> "QuerySet[Case]":
    """The cases of one of VIEWS, those due first."""
    ends = [name for name, state in KINDS["subsidy"].states.items() if state.is_end]
    if view == "paid":
        return held.filter(state__in=AFTER_PAYMENT)
    if view == "ended":
        return held.filter(state__in=ends)
    standing = held.exclude(state__in=[*ends, *AFTER_PAYMENT])
    return standing.filter(due_on__lt=today) if view == "overdue" else standing


def line_of(case: Case, published: Published, today: date) -> CaseLine:
    """A case as a list has it."""
    firm = published.enterprise(case.enterprise_id) or {}
    rule = published.rulebook.rules.get(case.rule)
    return CaseLine(
        case=case,
        title=rule.title if rule is not None else Text(case.rule, case.rule),
        state=KINDS[case.kind].states[case.state].title,
        firm=str(firm.get("name") or case.enterprise_id),
        due=due_of(case.due_on, published, today),
    )


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
        by=worded("case.by_machine" if move.role == MACHINE else f"role.{move.role}"),
        who=name if actor.role in FULL_VIEW or move.by_id == actor.pk else "",
        note=move.note if is_told else "",
    )
