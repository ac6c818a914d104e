"""What must be true before a deal moves: one function for each guard that the loan's table names."""

from collections.abc import Mapping
from datetime import date, timedelta

from kerong.engine.deal.loan import Agreed, account_on, drawn, is_repaid, schedule_of
from kerong.engine.deal.subsidy import is_one_line
from kerong.engine.deal.terms.loans import Cash
from kerong.engine.money.pool import bare
from kerong.web.base.models import BusinessDay
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_deciding import DealDeciding, Doer, agreed_of, bases, limit_on, receipts_of
from kerong.web.base.services.deal_pool import pool_gives_back, pool_grants, pool_takes
from kerong.web.base.services.ledger_refusals import yuan

LONGEST_CONTRACT = 200


def _offer(at: DealDeciding) -> None:
    if at.published is None or at.published.run_id != at.deal.run_id:
        raise CaseRefused("case.refused.run")


def _offered(at: DealDeciding) -> None:
    """What was offered is the most; an offer of which no amount is known sets none."""
    most = at.deal.offered_fen
    if most is not None and at.fen > most:
        raise CaseRefused("deal.refused.offered", most=yuan(most))


def _documents(at: DealDeciding) -> None:
    told = (move.detail.get("documents") for move in at.deal.moves.filter(name__in=("apply", "hand_in")))
    if not any(told):
        raise CaseRefused("deal.refused.documents")


def _terms(at: DealDeciding) -> None:
    """A schedule of the whole amount, drawn today, must be possible."""
    schedule_of(Agreed(drawn(at.wish.terms or {}, Cash(at.today, at.fen)), (), bases(), at.days))


def _seen(at: DealDeciding) -> None:
    """Whoever decides decides on the amount that the page showed; on a claim that is what the pool pays."""
    now = at.deal.fen
    if at.move.name == "verify" and at.answer is not None:
        now = sum(moved.fen for moved in at.answer.moved)
    elif at.move.name == "compensate":
        pooled = at.pooled
        now = pooled.paid_fen if pooled is not None else 0
    is_seen(at, now)


def is_seen(at: DealDeciding, now: int) -> None:
    """The amount of the wish, where it has or needs one, is `now`. Raises CaseRefused."""
    if at.wish.fen not in (None, now) or (at.wish.fen is None and "fen" in at.move.needs):
        raise CaseRefused("case.refused.seen", now=yuan(now))


def seen(at: DealDeciding) -> None:
    """Guard: whoever decides decides on the deal's amount as the page showed it."""
    is_seen(at, at.deal.fen)


def on_offer(at: DealDeciding) -> None:
    """Guard: the deal is made on a product that the page's run offers to the firm."""
    _offer(at)
    if not at.deal.product:
        raise CaseRefused("deal.refused.offer")


def brought(at: DealDeciding) -> None:
    """Guard: documents came along with some earlier move."""
    if not any(detail.get("documents") for detail in at.deal.moves.values_list("detail", flat=True)):
        raise CaseRefused("deal.refused.documents")


def _contract(at: DealDeciding) -> None:
    contract = (at.wish.contract or "").strip()
    if not 1 <= len(contract) <= LONGEST_CONTRACT or not bare(contract) or not is_one_line(contract):
        raise CaseRefused("deal.refused.contract")


def _undrawn(at: DealDeciding) -> None:
    left = at.deal.fen - at.deal.drawn_fen
    if at.fen > left:
        raise CaseRefused("deal.refused.undrawn", left=yuan(left))


def _open_day(at: DealDeciding) -> None:
    if at.on > at.today:
        raise CaseRefused("deal.refused.to_come", on=at.on)
    opened = at.deal.moves.order_by("version").values_list("on", flat=True).first()
    if opened is not None and at.on < opened:
        raise CaseRefused("deal.refused.before_opening", on=at.on, since=opened)
    known = [at.deal.closed_through, *_closed(at)]
    last = max((day for day in known if day is not None), default=None)
    if last is not None and at.on <= last:
        raise CaseRefused("deal.refused.day_closed", on=at.on, through=last)


def _closed(at: DealDeciding) -> list[date]:
    return list(BusinessDay.objects.filter(region=at.deal.region).values_list("closed_through", flat=True))


def _closed_day(at: DealDeciding) -> None:
    """What is claimed is known only when the days before are closed."""
    closed = at.deal.closed_through
    if closed is None or closed < at.today - timedelta(days=1):
        raise CaseRefused("deal.refused.not_closed", through=closed or "—")


def _unregistered(at: DealDeciding) -> None:
    if at.pooled is not None:
        raise CaseRefused("deal.refused.registered")


def _unclaimed(at: DealDeciding) -> None:
    pooled = at.pooled
    if pooled is not None and pooled.paid_on is not None:
        raise CaseRefused("deal.refused.compensated")


def _past_due(at: DealDeciding) -> None:
    if not at.deal.days_past_due:
        raise CaseRefused("deal.refused.not_past_due")


def _not_past_due(at: DealDeciding) -> None:
    if at.deal.days_past_due:
        raise CaseRefused("deal.refused.past_due", days=at.deal.days_past_due)


def _repaid(at: DealDeciding) -> None:
    held = account_on(agreed_of(at.deal, at.days), receipts_of(at.deal), at.on)
    if not is_repaid(held):
        raise CaseRefused("deal.refused.not_repaid", left=yuan(held.outstanding_fen))


def _loss(at: DealDeciding) -> None:
    if at.deal.grade != "loss":
        raise CaseRefused("deal.refused.not_loss")


def _overdue(at: DealDeciding) -> None:
    due_on = at.deal.due_on or limit_on(at.deal, at.deal.since, at.days)
    if due_on is None or at.today <= due_on:
        raise CaseRefused("case.refused.not_overdue")


# what means the same to every kind of deal
COMMON: Mapping[str, Doer] = {
    "offer": _offer,
    "offered": _offered,
    "documents": _documents,
    "contract": _contract,
    "overdue": _overdue,
}
GUARDS: Mapping[str, Doer] = {
    **COMMON,
    "terms": _terms,
    "seen": _seen,
    "undrawn": _undrawn,
    "open_day": _open_day,
    "closed_day": _closed_day,
    "unregistered": _unregistered,
    "unclaimed": _unclaimed,
    "pool": pool_takes,
    "claim": pool_grants,
    "borne": pool_gives_back,
    "past_due": _past_due,
    "not_past_due": _not_past_due,
    "repaid": _repaid,
    "loss": _loss,
}
