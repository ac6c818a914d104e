"""Twenty calls at once on the last of a guarantor's book: exactly full, and one right recorded by one of many banks."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from kerong.web.base.models import Deal, DealMove, DealParty, DealTerm
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.ledger import LedgerBusy, LedgerRefused
from tests.web.deals.cover import CoverTown, held
from tests.web.deals.test_pledges import agreed, proposed
from tests.web.ledger.checked import all_adds_up
from tests.web.ledger.real import alone, at_once, copied

pytestmark = pytest.mark.database
WRITERS, FULL = 20, 12
EACH = 100_000
PAID = EACH * 8 // 10
CALL_DAY = date(2025, 6, 30)


@pytest.fixture
def real_town(
    cover_run: Path, transactional_db: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[CoverTown]:
    """The town on a durable database with a connection for every thread; a guarantor's book holds twelve losses."""
    with copied(tmp_path, django_db_blocker):
        yield alone(lambda: CoverTown.open(cover_run, FULL * PAID))


def called(town: CoverTown) -> list[Deal]:
    """Twenty guaranteed loans of which nothing came back, each called; what close of business finds is put by hand."""
    terms = {"maturity": "2026-03-10", "rate": {"ppm": 0}, "method": "bullet"}
    loan = town.drawn(1, EACH, terms)
    guarantee = town.guaranteed(loan, EACH)
    Deal.objects.filter(kind="loan").update(state="overdue", closed_through=date(2025, 6, 29), days_past_due=87)
    town.today = CALL_DAY
    town.do("fang", guarantee, "call", fen=PAID)
    found = [guarantee]
    for number in range(1, WRITERS):
        loan_again = again(loan.pk, number, None)
        found.append(again(guarantee.pk, number, loan_again))
    return found


def again(deal_id: int, number: int, base: Deal | None) -> Deal:
    """The same deal on another contract."""
    deal = Deal.objects.get(pk=deal_id)
    deal.pk, deal.contract, deal.base = None, f"again {number}", base
    deal.save()
    for party in DealParty.objects.filter(deal=deal_id):
        DealParty.objects.create(deal=deal, role=party.role, code=party.code)
    for move in DealMove.objects.filter(deal=deal_id).order_by("version"):
        term = DealTerm.objects.filter(move=move.pk).first()
        move.pk, move.deal = None, deal
        move.save()
        if term is not None:
            DealTerm.objects.create(deal=deal, move=move, do=term.do, on=term.on, args=term.args)
    return deal


def test_twenty_calls_at_once_on_the_last_of_a_guarantor_fill_its_book_exactly(real_town: CoverTown) -> None:
    town = real_town
    deals = alone(lambda: called(town))
    town.days.is_working(town.today)

    def verify(deal: Deal) -> Callable[[], str]:
        def told() -> str:
            while True:
                try:
                    town.do("fir4", deal, "verify", fen=PAID)
                except LedgerBusy:
                    continue
                except LedgerRefused as refused:
                    return refused.key
                return "paid"

        return told

    given = at_once([verify(deal) for deal in deals])
    assert Counter(given) == {"paid": FULL, "ledger.refused.overdrawn": WRITERS - FULL}
    assert alone(lambda: held("guarantor_fir")) == (FULL * PAID, FULL * PAID, 0)
    alone(all_adds_up)


def test_two_guarantors_and_one_loss_called_at_once_pay_it_once(real_town: CoverTown) -> None:
    town = real_town

    def prepared() -> list[Deal]:
        first = called(town)[0]
        made = [again(first.pk, 100 + number, Deal.objects.get(pk=first.base_id or 0)) for number in range(5)]
        return [first, *made]

    deals = alone(prepared)

    def verify(deal: Deal) -> Callable[[], int]:
        def told() -> int:
            for fen in (PAID, EACH - PAID):
                while True:
                    try:
                        town.do("fir4", deal, "verify", fen=fen)
                    except LedgerBusy:
                        continue
                    except CaseRefused:
                        break  # the page showed more than is left
                    return fen
            return 0

        return told

    given = at_once([verify(deal) for deal in deals])
    assert Counter(given) == {PAID: 1, EACH - PAID: 1, 0: 4}
    assert alone(lambda: held("guarantor_fir"))[1] == EACH


def test_ten_pledges_of_one_right_recorded_at_once_are_one(real_town: CoverTown) -> None:
    town = real_town

    def prepared() -> list[Deal]:
        loan = town.drawn()
        return [agreed(town, proposed(town, loan)) for _ in range(10)]

    deals = alone(prepared)

    def record(deal: Deal) -> Callable[[], str]:
        def told() -> str:
            while True:
                try:
                    return town.do("deng", deal, "record", documents=("登记证.pdf",)).state
                except LedgerBusy:
                    continue
                except CaseRefused as refused:
                    return refused.key

        return told

    given = at_once([record(deal) for deal in deals])
    assert Counter(given) == {"recorded": 1, "deal.refused.pledged": 9}
