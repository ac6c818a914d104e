"""What is done with a case of a subsidy: opened from an award, then moved by one table. What it lacks is refused.

One transaction for each move: may I, is it right, change, ledger, record.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.moves import Kind, Move
from kerong.engine.deal.states import KINDS, SUBSIDY
from kerong.engine.deal.subsidy import Payee
from kerong.web.base.models import Call, Case, CaseMove, CaseStep, User
from kerong.web.base.models.case import GONE
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_award import Award, award_of, pinned
from kerong.web.base.services.case_changes import changed
from kerong.web.base.services.case_deciding import Deciding, Paid, Wish
from kerong.web.base.services.case_guards import GUARDS, notice_end
from kerong.web.base.services.case_money import effects_done
from kerong.web.base.services.case_people import (
    earlier_duty,
    is_of_applicant,
    may_apply,
    person_of,
    role_of_actor,
    visible,
)
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.idempotency import busy_told
from kerong.web.base.services.objection import written
from kerong.web.base.services.outbox import case_told

__all__ = ["CaseRefused", "Paid", "Payee", "Wish", "case_move", "case_open_from_award", "locked", "moved"]
LONGEST_NOTE = 2000
BY_FILE = frozenset({"send", "settle_one", "settle_all", "settle_part", "bounce_one", "bounce", "bounce_rest"})
APPLICANT = SUBSIDY.roles_of("apply")


def case_open_from_award(
    actor: User,
    published: Published,
    run_id: str,
    rule: str,
    enterprise_id: str,
    row_key: str = "",
    *,
    today: date,
    days: WorkingDays,
    payee: Payee | None = None,
) -> Case:
    """A case from what the run awards by one rule to one firm (and row): an application, or an office's proposal.

    `run_id` is the run that the page showed; `published` the present one. Who applies says where the money goes
    (`payee`). Raises PermissionDenied for whom neither is open, CaseRefused where the run was replaced since, there is
    no call or award, the window is closed, a case stands already, or the payee's name does not fit its code.
    """
    name = "apply" if actor.role in APPLICANT else "propose"
    move = SUBSIDY.moves["", name]
    if actor.role not in move.roles:
        raise PermissionDenied
    if run_id != published.run_id:
        raise CaseRefused("case.refused.run")
    region = published.rulebook.region.name
    call = Call.objects.filter(region=region, rule=rule, year=today.year).first()
    if call is None or rule not in published.rulebook.rules:
        raise CaseRefused("case.refused.call.none")
    standing = Case.objects.filter(call=call, enterprise_id=enterprise_id, row_key=row_key).exclude(state__in=GONE)
    if standing.exists():  # the database keeps it so (`one_standing_case_per_call_and_row`)
        raise CaseRefused("case.refused.twice")
    award = award_of(published, rule, enterprise_id, row_key)
    if name == "apply" and not may_apply(actor, enterprise_id, award.payee_kind, award.payee):
        raise PermissionDenied
    try:
        with busy_told(), transaction.atomic():
            case = _opened(published, call, award, today)
            at = Deciding(actor, case, move, Wish(name, 0, payee=payee), today, days)
            return _done(at, SUBSIDY)
    except IntegrityError as error:
        raise CaseRefused("case.refused.twice") from error


def case_move(actor: User, region: str, case_id: int, wish: Wish, *, today: date, days: WorkingDays) -> Case | None:
    """Moves a case on and adds to its history; None where the actor may see none of that id in the region.

    Raises PermissionDenied for a role that has no such move, CaseRefused where the table has none from this state,
    somebody else moved the case since the page was made, something is missing or not true, or the natural person has
    had a hand in it that must stay apart; LedgerRefused where the ledger refuses the money, LedgerBusy where a lock was
    not to be had in time.
    """
    with busy_told(), transaction.atomic():
        found = (visible(actor, region) | _open_to_objection(actor, region, wish)).filter(pk=case_id)
        case = locked().filter(pk__in=found.values("pk")).first()
        if case is None:
            return None
        kind = KINDS[case.kind]
        if actor.role not in kind.roles_of(wish.name):
            raise PermissionDenied
        if wish.name in BY_FILE:
            raise CaseRefused("case.refused.by_file")
        return moved(actor, case, wish, today=today, days=days)


def locked() -> QuerySet[Case]:
    """Cases under the locks of their rows with what a move reads; the texts of a rulebook are long and not read."""
    held = Case.objects.select_related("call", "rulebook").defer("rulebook__texts")
    return held.select_for_update(of=("self",))


def moved(
    actor: User | None, case: Case, wish: Wish, *, today: date, days: WorkingDays, paid: Paid | None = None
) -> Case:
    """The inner part of `case_move`, for a caller who holds a transaction and the lock of the case's row."""
    kind = KINDS[case.kind]
    if case.version != wish.version:
        raise CaseRefused("case.refused.version")
    move = kind.move(case.state, wish.name)
    if move is None or role_of_actor(actor) not in move.roles:
        raise CaseRefused("case.refused.state")
    return _done(Deciding(actor, case, move, wish, today, days, paid), kind)


def _done(at: Deciding, kind: Kind) -> Case:
    _hands(at)
    _needs(at)
    for guard in at.move.guards:
        GUARDS[guard](at)
    changed(at)
    refs = effects_done(at)
    case = at.case
    if at.move.end != case.state:
        case.state, case.since = at.move.end, at.today
        case.due_on = _due_on(at, kind)
    case.version = at.version
    case.save()
    record = _recorded(at)
    CaseStep.objects.bulk_create([CaseStep(move=record, transfer_id=ref) for ref in refs])
    case_told(case, record, (way for way in kind.moves_from(case.state) if is_asked(case, way)))
    return case


def _hands(at: Deciding) -> None:
    """The applicant's moves are the applicant's alone, none of the applicant's acts for the office, hands are apart."""
    actor, case, move = at.actor, at.case, at.move
    if actor is None:
        return
    if move.duty == "submit" and actor.role in APPLICANT:
        if not may_apply(actor, case.enterprise_id, case.payee_kind, case.payee):
            raise PermissionDenied
    elif move.name != "object" and is_of_applicant(actor, case):
        raise CaseRefused("case.refused.hands.firm")
    before = earlier_duty(actor, case, move.duty)
    if before is not None:
        raise CaseRefused("case.refused.hands.twice")


def _needs(at: Deciding) -> None:
    wish = at.wish
    note = written(wish.note)
    if len(note) > LONGEST_NOTE or ("note" in at.move.needs and not note):
        raise CaseRefused("case.refused.note")
    for name in ("fen", "payee", "stage", "score"):
        if name in at.move.needs and getattr(wish, name) is None:
            raise CaseRefused(f"case.refused.needs.{name}")


def _due_on(at: Deciding, kind: Kind) -> date | None:
    """The last day of the new state's time limit, in working days."""
    if at.case.state == "noticed":
        return at.after(at.today, at.case.call.notice_days) if at.move.name == "notice" else notice_end(at)
    limits = [_limit(at.case, move) for move in kind.moves_from(at.case.state)]
    known = [limit for limit in limits if limit is not None]
    return at.after(at.today, min(known)) if known else None


def _limit(case: Case, move: Move) -> int | None:
    """A move that the call does not ask for does not hurry anybody."""
    return move.due_working_days if is_asked(case, move) else None


def is_asked(case: Case, move: Move) -> bool:
    """Experts only where the call asks for them, and no way past them where it does."""
    return (
        bool(case.call.experts)
        if {"expert", "scored"} & set(move.guards)
        else not (case.call.experts and "no_review" in move.guards)
    )


def _recorded(at: Deciding) -> CaseMove:
    case, actor = at.case, at.actor
    return CaseMove.objects.create(
        case=case,
        version=at.version,
        on=at.today,
        name=at.move.name,
        begin=at.move.begin,
        end=at.move.end,
        duty=at.move.duty,
        by=actor,
        person=person_of(actor),
        role=role_of_actor(actor),
        institution="" if actor is None else actor.institution,
        note=written(at.wish.note),
        fen=at.paid.fen if at.paid is not None else case.fen,
        run_id=case.run_id,
        rulebook=case.rulebook.digest,
        detail=at.detail,
    )


def _opened(published: Published, call: Call, award: Award, today: date) -> Case:
    return Case.objects.create(
        region=call.region,
        call=call,
        rule=award.rule,
        enterprise_id=award.enterprise_id,
        row_key=award.row_key,
        state="",
        version=0,
        since=today,
        run_id=award.run_id,
        on=award.on,
        rulebook=pinned(published),
        decided_on=award.facts,
        claim=dict(award.claim),
        evidence=str(award.claim.get("evidence") or "")[:500],
        budget_year=call.year,
        payee_kind=award.payee_kind,
        payee=award.payee,
        payee_names=list(award.payee_names),
        entitled_fen=award.entitled_fen,
        awarded_fen=award.awarded_fen,
        fen=award.awarded_fen,
    )


def _open_to_objection(actor: User, region: str, wish: Wish) -> QuerySet[Case]:
    """What stands on public notice anybody with a log-in may object to."""
    held = Case.objects.filter(region=region, state="noticed")
    return held if wish.name == "object" and actor.is_active else held.none()
