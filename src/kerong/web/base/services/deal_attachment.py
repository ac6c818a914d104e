"""Files of a deal: laid there by whoever is part of it, seen by all of its parties."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.states import KINDS
from kerong.web.base.models import Deal, DealAttachment, User
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.attachment import FileRead, added
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal import DealWish, Opening, deal_open
from kerong.web.base.services.deal_people import visible
from kerong.web.base.services.idempotency import busy_told


def may_attach(deal: Deal) -> bool:
    """Does it still take files? Whoever sees a deal is part of it."""
    return not KINDS[deal.kind].states[deal.state].is_end


def deal_attach(actor: User, region: str, deal_id: int, files: Sequence[FileRead]) -> tuple[DealAttachment, ...] | None:
    """Adds files to a deal; the same bytes again change nothing. None where the actor may see no such deal.

    Raises CaseRefused where the deal is at its end or has as many files as it takes, LedgerBusy as `deal_move` does.
    """
    with busy_told(), transaction.atomic():
        seen = visible(actor, region).filter(pk=deal_id)
        deal = Deal.objects.select_for_update(of=("self",)).filter(pk__in=seen.values("pk")).first()
        return None if deal is None else _attached(actor, deal, files)


def deal_open_with(
    actor: User,
    published: Published,
    run_id: str,
    asked: Opening,
    wish: DealWish,
    files: Sequence[FileRead],
    *,
    today: date,
    days: WorkingDays,
) -> Deal:
    """A new deal with the files that came along. Raises what `deal_open` and `deal_attach` raise."""
    named = tuple(file.named for file in files)
    with busy_told(), transaction.atomic():
        told = replace(wish, documents=named or None)
        deal = deal_open(actor, published, run_id, asked, told, today=today, days=days)
        _attached(actor, deal, files)
        return deal


def _attached(actor: User, deal: Deal, files: Sequence[FileRead]) -> tuple[DealAttachment, ...]:
    if not may_attach(deal):
        raise CaseRefused("attachment.refused.closed")
    held = deal.attachments
    return tuple(held.get_or_create(digest=file.digest, defaults=dict(added(actor, file, held)))[0] for file in files)
