"""What is done with a deal: opened from an offer, then moved by its kind's table. What the table lacks is refused.

One transaction for each move: may I, is it right, change, ledger, record. Locks are taken in one order, so that nobody
waits in a circle: a joint deal; a guarantee, a pledge, a claim; a policy; a loan; by name the same loan of other banks;
the pool; the ledger.
"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.moves import Move
from kerong.engine.deal.states import KINDS
from kerong.engine.money.ledger.told import money_told
from kerong.web.base.models import Deal, DealEntry, DealMove, DealStep, DealTerm, Role, User
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case import LONGEST_NOTE
from kerong.web.base.services.case_people import person_of, role_of_actor
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_bound import lock_base
from kerong.web.base.services.deal_changes import documents_kept
from kerong.web.base.services.deal_deciding import DealDeciding, DealWish, limit_on
from kerong.web.base.services.deal_kinds import DOINGS
from kerong.web.base.services.deal_opening import Opening, opened
from kerong.web.base.services.deal_people import acted_for_another, earlier_duty, is_of_firm, visible
from kerong.web.base.services.group_line import GROUP, MEMBER
from kerong.web.base.services.idempotency import busy_told
from kerong.web.base.services.ledger import posted
from kerong.web.base.services.objection import written
from kerong.web.base.services.outbox import deal_told

__all__ = ["DealWish", "Opening", "deal_move", "deal_open", "moved"]

JUDGED = frozenset({"seen", "first_rent"})  # guards that look at the amount of a wish
DRAWS = frozenset({"draw", "draw_part"})  # moves of a loan that use the line that it stands on
MONEY = "money"  # of a move's detail: its transfers


def deal_open(
    actor: User,
    published: Published,
    run_id: str,
    asked: Opening,
    wish: DealWish,
    *,
    today: date,
    days: WorkingDays,
) -> Deal:
    """A new deal of any kind with its first move; `run_id` is the run that the page showed.

    Raises what `opened` and `deal_move` raise.
    """
    with busy_told(), transaction.atomic():
        return _done(opened(actor, published, run_id, asked, wish, today=today, days=days))


def deal_move(
    actor: User,
    region: str,
    deal_id: int,
    wish: DealWish,
    *,
    today: date,
    days: WorkingDays,
    published: Published | None = None,
) -> Deal | None:
    """Moves a deal on and adds to its history; None where the actor may see none of that id in the region.

    `published`: the present run, which a first drawdown freezes. Raises PermissionDenied for a role that has no such
    move, CaseRefused (PoolRefused) where the table has none from this state, somebody else moved the deal since the
    page was made, something is missing or not true, or the natural person has had a hand in it that must stay apart;
    TermsRefused where terms allow no schedule, LedgerRefused where the ledger refuses the money, LedgerBusy where a
    lock was not to be had in time.
    """
    with busy_told(), transaction.atomic():
        seen = visible(actor, region).filter(pk=deal_id)
        lock_base(seen)
        deal = Deal.objects.select_for_update(of=("self",)).filter(pk__in=seen.values("pk")).first()
        if deal is None:
            return None
        if actor.role not in KINDS[deal.kind].roles_of(wish.name):
            raise PermissionDenied
        return moved(actor, deal, wish, today=today, days=days, published=published)


def moved(
    actor: User | None,
    deal: Deal,
    wish: DealWish,
    *,
    today: date,
    days: WorkingDays,
    published: Published | None = None,
) -> Deal:
    """The inner part of `deal_move`, for a caller who holds a transaction and the lock of the deal's row."""
    if deal.version != wish.version:
        raise CaseRefused("case.refused.version")
    move = KINDS[deal.kind].move(deal.state, wish.name)
    if move is None or role_of_actor(actor) not in move.roles:
        raise CaseRefused("case.refused.state")
    return _done(DealDeciding(actor, deal, move, wish, today, days, published))


def _done(at: DealDeciding) -> Deal:
    deal, move, doing = at.deal, at.move, DOINGS[at.deal.kind]
    _hands(at)
    _needs(at)
    for guard in move.guards:
        doing.guards[guard](at)
    if not move.begin:
        deal.fen = at.fen if "fen" in move.needs else deal.fen
    documents_kept(at)
    if move.name in doing.changes:
        doing.changes[move.name](at)
    _line_used(at)
    for effect in move.effects:
        doing.effects[effect](at)
    refs = posted(at.transfers, at.actor) if at.transfers else ()
    doing.kept(at)
    if move.end != deal.state:
        deal.state, deal.since = move.end, at.on
        deal.due_on = limit_on(deal, at.today, at.days)
    deal.version = at.version
    deal.save()
    record = _recorded(at)
    _left(at, record)
    DealStep.objects.bulk_create([DealStep(move=record, transfer_id=ref) for ref in refs])
    deal_told(deal, record)
    return deal


@reading_as(SYSTEM)
def _line_used(at: DealDeciding) -> None:
    """What a loan on a group's line draws is a use of the line, by the same hand; `lock_base` has locked the line."""
    if at.deal.kind != "loan" or at.move.name not in DRAWS or at.deal.base_id is None:
        return
    line = Deal.objects.select_for_update(of=("self",)).get(pk=at.deal.base_id)
    if line.kind != GROUP:
        return
    if line.institution != at.deal.institution:
        raise CaseRefused("deal.refused.base")
    wish = DealWish("use", line.version, fen=at.fen, details={MEMBER: at.deal.enterprise_id})
    moved(at.actor, line, wish, today=at.today, days=at.days, published=at.published)


def _hands(at: DealDeciding) -> None:
    """The firm's moves are its own, nobody acts for two sides, and hands are apart."""
    actor, deal, move = at.actor, at.deal, at.move
    if actor is None:
        return
    if actor.role == Role.ENTERPRISE:
        if actor.enterprise_id != deal.enterprise_id:
            raise PermissionDenied
    elif is_of_firm(actor, deal):
        raise CaseRefused("case.refused.hands.firm")
    if acted_for_another(actor, deal):
        raise CaseRefused("deal.refused.hands.parties")
    if earlier_duty(actor, deal, move) is not None:
        raise CaseRefused("case.refused.hands.twice")


def _needs(at: DealDeciding) -> None:
    if at.on != at.today and "open_day" not in at.move.guards:
        raise CaseRefused("deal.refused.only_today")
    note = written(at.wish.note)
    if len(note) > LONGEST_NOTE or ("note" in at.move.needs and not note):
        raise CaseRefused("case.refused.note")
    if "fen" in at.move.needs and at.wish.fen is None:
        raise CaseRefused("case.refused.needs.fen")
    for name in ("terms", "contract", "documents"):
        if name in at.move.needs and not getattr(at.wish, name):
            raise CaseRefused(f"deal.refused.needs.{name}")


def _recorded(at: DealDeciding) -> DealMove:
    deal, actor, move = at.deal, at.actor, at.move
    return DealMove.objects.create(
        deal=deal,
        version=at.version,
        on=at.on,
        name=move.name,
        begin=move.begin,
        end=move.end,
        duty=move.duty,
        by=actor,
        person=person_of(actor),
        role=role_of_actor(actor),
        institution="" if actor is None else actor.institution,
        note=written(at.wish.note),
        fen=_amount(at),
        run_id=deal.run_id if at.published is None else at.published.run_id,
        rulebook=deal.rulebook.digest,
        detail=at.detail | ({MONEY: money_told(at.transfers)} if at.transfers else {}),
    )


def _amount(at: DealDeciding) -> int:
    """What the history keeps as the move's amount: what was said where the table asks for it or looks at it."""
    said = at.wish.fen
    is_judged = "fen" in at.move.needs or not JUDGED.isdisjoint(at.move.guards)
    return said if said is not None and is_judged else at.deal.fen


def _left(at: DealDeciding, record: DealMove) -> None:
    if at.agreed is not None:
        do, args = at.agreed
        DealTerm.objects.create(deal=at.deal, move=record, do=do, on=at.on, args=args)
    DealEntry.objects.bulk_create(
        [
            DealEntry(deal=at.deal, on=at.on, kind=kind, number=number, fen=fen, text=text, move=record)
            for number, (kind, fen, text) in enumerate(at.entries)
        ]
    )


def line_of(deal: Deal, name: str) -> Move | None:
    """The line of the table by which a deal would make a move of that name now."""
    return KINDS[deal.kind].move(deal.state, name)
