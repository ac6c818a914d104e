"""A move tried before it is made: everything is done as it would be done, looked at, and given up again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.loan import Agreed, drawn, schedule_of
from kerong.engine.deal.states import KINDS
from kerong.engine.deal.terms import TermsRefused
from kerong.engine.deal.terms.loans import Cash
from kerong.engine.deal.terms.schedule import Row
from kerong.engine.money.ledger.transfers import Transfer
from kerong.web.base.models import Deal, DealMove, DealStep, User
from kerong.web.base.models import Transfer as StoredTransfer
from kerong.web.base.selectors.ledger import transfers
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.deal import DealWish, deal_move
from kerong.web.base.services.deal_deciding import agreed_of, bases


@dataclass(frozen=True, slots=True)
class Tried:
    """What a move would do: where the deal would stand, what the move would say, its transfers, the schedule then.

    `rows` None: of this deal no schedule can be drawn.
    """

    name: str
    state: str
    detail: Mapping[str, Any]
    transfers: tuple[Transfer, ...]
    rows: tuple[Row, ...] | None


def deal_tried(
    actor: User,
    region: str,
    deal_id: int,
    wish: DealWish,
    *,
    today: date,
    days: WorkingDays,
    published: Published | None = None,
) -> Tried | None:
    """What `deal_move` would do, and raises what it raises; nothing stays. None where the actor sees no such deal."""
    with transaction.atomic():
        deal = deal_move(actor, region, deal_id, wish, today=today, days=days, published=published)
        tried = None if deal is None else _looked_at(deal, today, days)
        transaction.set_rollback(True)
    return tried


def schedule_rows(deal: Deal, today: date, days: WorkingDays) -> tuple[Row, ...] | None:
    """The deal's schedule; before anything is drawn, that of the whole amount drawn today. None: there is none."""
    try:
        if deal.agreed.filter(do="draw").exists():
            return schedule_of(agreed_of(deal, days)).rows
        if deal.terms.get("maturity") and not KINDS[deal.kind].states[deal.state].is_end:
            return schedule_of(Agreed(drawn(deal.terms, Cash(today, deal.fen)), (), bases(), days)).rows
    except TermsRefused:
        return None
    return None


def _looked_at(deal: Deal, today: date, days: WorkingDays) -> Tried:
    move = DealMove.objects.filter(deal=deal).latest("version")
    refs = DealStep.objects.filter(move=move).values("transfer")
    made = tuple(transfers(StoredTransfer.objects.filter(ref__in=refs)))
    return Tried(move.name, deal.state, move.detail, made, schedule_rows(deal, today, days))
