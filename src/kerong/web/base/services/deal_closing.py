"""Close of business: for every loan or lease and business day what accrued, fell due, is overdue, and how it is graded.

A loan and all its days up to the one that is closed are one transaction: what is killed in the middle goes on where it
stood, and a day that is closed is not closed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.loan import DayClosed, days_closed
from kerong.engine.deal.terms import TermsRefused
from kerong.web.base.models import BaseRateStep, BusinessDay, Deal, DealEntry, Role, User
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal import DealWish, moved
from kerong.web.base.services.deal_deciding import agreed_of, receipts_of
from kerong.web.base.services.deal_kinds import DOINGS
from kerong.web.base.services.deal_pool import told_by_close
from kerong.web.base.services.idempotency import busy_told
from kerong.web.base.services.ledger_refusals import LedgerRefused

# the named steps of a day, in their order, by the kinds of entries that they leave
STEPS = ("accrued", "due", "paid", "overdue", "grade")
KEEPERS = frozenset({Role.OFFICIAL, Role.ADMIN})
MOST_PPM = 360_000
MOST_TOLD = 20  # deals that a refusal names


@dataclass(frozen=True, slots=True)
class Closed:
    """What a closing did: how many loans, and how many of their days."""

    through: date
    deals: int
    days: int


def days_close(region: str, through: date, *, today: date, days: WorkingDays) -> Closed:
    """Closes all business days of a region up to `through`, from wherever each of its loans stands.

    A deal whose days cannot be closed (its terms allow no account any more) keeps no other from being closed.

    Raises CaseRefused for a day to come, or at the end with the deals whose days could not be closed: then the region's
    day stays open. LedgerBusy where a lock was not to be had in time; what was closed until then stays closed, and the
    next call goes on.
    """
    if through > today:
        raise CaseRefused("deal.refused.to_come", on=through)
    open_ = Deal.objects.filter(_closing(), region=region, closed_through__lt=through)
    found: list[int] = []
    refused: dict[int, Exception] = {}
    for pk in open_.order_by("id").values_list("pk", flat=True):
        try:
            found.append(deal_close(pk, through, days=days))
        except (TermsRefused, CaseRefused, LedgerRefused) as error:
            refused[pk] = error
    if refused:
        told = ", ".join(map(str, [*refused][:MOST_TOLD])) + ("…" if len(refused) > MOST_TOLD else "")
        raise CaseRefused("deal.refused.days_open", count=len(refused), deals=told) from next(iter(refused.values()))
    with busy_told(), transaction.atomic():
        row, _ = BusinessDay.objects.select_for_update().get_or_create(
            region=region, defaults={"closed_through": through}
        )
        if row.closed_through < through:
            row.closed_through = through
            row.save()
    return Closed(through, sum(1 for count in found if count), sum(found))


def deal_close(deal_id: int, through: date, *, days: WorkingDays) -> int:
    """Closes a loan's days up to `through`, in one transaction; how many there were."""
    with busy_told(), transaction.atomic():
        deal = Deal.objects.select_for_update(of=("self",)).get(pk=deal_id)
        since = deal.closed_through
        closing = DOINGS[deal.kind].closing
        if since is None or since >= through or closing is None or deal.state not in closing.states:
            return 0
        closed = days_closed(agreed_of(deal, days), receipts_of(deal), since, through, deal.accrued_fen)
        count = 0
        for day in closed:
            _kept(deal, day, days)
            count += 1
            if deal.state not in closing.states:
                break
        return count


def _closing() -> Q:
    """The deals of every kind whose days are closed."""
    return reduce(
        or_, (Q(kind=kind, state__in=doing.closing.states) for kind, doing in DOINGS.items() if doing.closing)
    )


def _kept(deal: Deal, day: DayClosed, days: WorkingDays) -> None:
    """Writes one day down: entries, figures, what the pool must know, and the move that the day calls for."""
    DealEntry.objects.bulk_create([DealEntry(deal=deal, on=day.on, **told) for told in _entries(deal, day)])
    deal.closed_through = day.on
    deal.accrued_fen += day.accrued_fen
    deal.days_past_due, deal.grade = day.account.days_past_due, day.grade
    deal.outstanding_fen = day.account.outstanding_fen
    deal.save()
    told_by_close(deal, day.on, day.paid.get("principal", 0), day.account.days_past_due)
    name = _called_for(deal, day)
    if name:
        moved(None, deal, DealWish(name, deal.version, on=day.on), today=day.on, days=days)


def _entries(deal: Deal, day: DayClosed) -> Iterator[dict[str, object]]:
    if day.accrued_fen:
        yield {"kind": "accrued", "fen": day.accrued_fen}
    for number, fen in day.due:
        yield {"kind": "due", "number": number, "fen": fen}
    for number, (kind, fen) in enumerate(day.paid.items()):
        yield {"kind": "paid", "number": number, "fen": fen, "text": kind}
    if day.overdue_fen or deal.days_past_due:
        yield {"kind": "overdue", "fen": day.overdue_fen, "text": str(day.account.days_past_due)}
    if day.grade != deal.grade:
        yield {"kind": "grade", "fen": day.account.outstanding_fen, "text": day.grade}


def _called_for(deal: Deal, day: DayClosed) -> str:
    closing = DOINGS[deal.kind].closing
    is_past_due = bool(day.account.days_past_due)
    return "" if closing is None else closing.called_for(deal.state, is_past_due, day.is_repaid)


def rate_publish(actor: User | None, name: str, on: date, ppm: int, source: str) -> BaseRateStep:
    """A base rate as published: later than its last one; `source` says where it stands.

    Raises PermissionDenied for a person who keeps no rates, CaseRefused for a rate or a day that cannot be.
    """
    if actor is not None and actor.role not in KEEPERS:
        raise PermissionDenied
    last = BaseRateStep.objects.filter(name=name).order_by("-on").first()
    if not name or not source or not 0 <= ppm <= MOST_PPM or (last is not None and on <= last.on):
        raise CaseRefused("deal.refused.rate", name=name, last=last.on if last is not None else "—")
    try:
        with transaction.atomic():
            return BaseRateStep.objects.create(name=name, on=on, ppm=ppm, source=source, by=actor)
    except IntegrityError as error:
        raise CaseRefused("deal.refused.rate", name=name, last=on) from error
