"""What an office does with a pool of shared risk: opened with a book, money paid in, interest, fees, refunds.

What a bank does with its loans in a pool are moves of the deal (`deal_pool`).
"""

from dataclasses import replace
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from kerong.engine.money.ledger import accounts
from kerong.engine.money.pool import transfers_of
from kerong.rulebook.pools import VERBS, PoolEvent
from kerong.web.base.models import RiskPool, Role, User
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_award import pinned
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.idempotency import Request, answered
from kerong.web.base.services.ledger import book_open, posted
from kerong.web.base.services.pool_events import Cause, happened, pool_locked

OF_MONEY = ("pay_in", "interest", "fee", "refund")
TITLES = {name: VERBS[name].title for name in OF_MONEY}


def pool_event(do: str, on: date, fen: int, party: str = "") -> PoolEvent:
    """Money of the pool itself on a day; `party`: who pays in or is paid, where that is somebody."""
    return PoolEvent(do=do, on=on, fen=fen, party=party)


def pool_open(actor: User, published: Published, name: str) -> RiskPool:
    """A pool of the region's rulebook with a book of its own and no money yet.

    Raises PermissionDenied for anybody but an official, CaseRefused where the rulebook has no such pool or it is open.
    """
    if actor.role != Role.OFFICIAL:
        raise PermissionDenied
    rules, region = published.rulebook.pools.get(name), published.rulebook.region
    if rules is None:
        raise CaseRefused("deal.refused.no_pool")
    if RiskPool.objects.filter(region=region.name, name=name).exists():
        raise CaseRefused("deal.refused.pool_twice")
    try:
        with transaction.atomic():
            book = book_open(
                actor, accounts.Book(f"pool:{region.name}:{name}", "pool", region.currency), title=rules.title.zh
            )
            return RiskPool.objects.create(region=region.name, name=name, book=book)
    except IntegrityError as error:
        raise CaseRefused("deal.refused.pool_twice") from error


def pool_money(actor: User, key: str, published: Published, pool_id: int, event: PoolEvent) -> tuple[str, ...]:
    """Money of the pool itself: `event.do` is one of OF_MONEY; done once for the key. The refs of its transfers.

    Raises PermissionDenied for anybody but an official, PoolRefused, LedgerRefused, LedgerBusy.
    """
    if actor.role != Role.OFFICIAL:
        raise PermissionDenied
    if event.do not in OF_MONEY:
        raise CaseRefused("case.refused.state")

    def work() -> list[str]:
        pool = pool_locked(pool_id)
        rules = published.rulebook.pools.get(pool.name)
        if rules is None:
            raise CaseRefused("deal.refused.no_pool")
        answer = happened(pool, rules, replace(event, loan=""), Cause(pinned(published), actor=actor))
        book = accounts.Book(pool.book.code, pool.book.kind, pool.book.currency)
        return list(posted(transfers_of(answer, book, f"{request.caller} {key}"), actor, key))

    body = {"pool": pool_id, "do": event.do, "on": event.on.isoformat(), "fen": event.fen, "party": event.party}
    request = Request(actor, key, "pool_money", body)
    return tuple(answered(request, work).told)
