"""Fifty claims at once on the last of a pool: exactly full, on real connections."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from kerong.web.base.models import Deal, DealMove, DealParty, DealTerm, PoolLoan
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.ledger import LedgerBusy
from kerong.web.base.services.pool_events import PoolRefused
from tests.web.deals.test_pooled import stands
from tests.web.deals.town import LendingTown, pool_book
from tests.web.ledger.real import alone, at_once, copied

pytestmark = pytest.mark.database
WRITERS = 50
EACH = 100_000
PAID = EACH * 8 // 10
FULL, REST = 30, 12_345
CLAIM_DAY = date(2025, 6, 30)


@pytest.fixture
def real_town(
    lending_run: Path, transactional_db: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[LendingTown]:
    """The town on a durable database with a connection for every thread; its pool has 30 losses and a bit."""
    with copied(tmp_path, django_db_blocker):
        yield alone(lambda: LendingTown.open(lending_run, FULL * PAID + REST))


def claimed(town: LendingTown) -> list[Deal]:
    """Fifty loans of which nothing came back, each claimed; what close of business finds is put there by hand."""
    terms = {"maturity": "2026-03-10", "rate": {"ppm": 0}, "method": "bullet"}
    first = town.do("bai", town.drawn(1, EACH, terms), "register", pool="shield")
    PoolLoan.objects.update(since=date(2025, 4, 3))
    Deal.objects.update(state="overdue", closed_through=date(2025, 6, 29), days_past_due=87)
    town.today = CLAIM_DAY
    town.do("fang", first, "claim")
    return [first, *(copy_of(first.pk, number) for number in range(1, WRITERS))]


def copy_of(deal_id: int, number: int) -> Deal:
    """The same loan on another contract."""
    deal, pooled = Deal.objects.get(pk=deal_id), PoolLoan.objects.get(deal=deal_id)
    deal.pk, deal.contract = None, f"copy {number}"
    deal.save()
    pooled.pk, pooled.deal, pooled.loan = None, deal, f"copy {number}"
    pooled.save()
    for party in DealParty.objects.filter(deal=deal_id):
        DealParty.objects.create(deal=deal, role=party.role, code=party.code)
    for move in DealMove.objects.filter(deal=deal_id).order_by("version"):
        term = DealTerm.objects.filter(move=move.pk).first()
        move.pk, move.deal = None, deal
        move.save()
        if term is not None:
            DealTerm.objects.create(deal=deal, move=move, do=term.do, on=term.on, args=term.args)
    return deal


def test_fifty_claims_at_once_on_the_last_of_a_pool_fill_it_exactly(real_town: LendingTown) -> None:
    town = real_town
    deals = alone(lambda: claimed(town))
    town.days.is_working(town.today)

    def verify(deal: Deal) -> Callable[[], str]:
        def told() -> str:
            fen = PAID
            while True:
                try:
                    town.do("lin", deal, "verify", fen=fen)
                except LedgerBusy:
                    continue
                except PoolRefused as refused:
                    return refused.reason
                except CaseRefused:
                    fen = REST  # the last one: the page showed more than is left
                    continue
                return "whole" if fen == PAID else "rest"

        return told

    given = at_once([verify(deal) for deal in deals])
    assert Counter(given) == {"whole": FULL, "rest": 1, "nothing": WRITERS - FULL - 1}
    money = FULL * PAID + REST
    assert alone(pool_book) == (money, money, 0)
    alone(stands)
