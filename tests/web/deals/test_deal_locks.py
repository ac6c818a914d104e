"""Whoever moves deals that stand together asks for their locks in one order: nobody waits in a circle."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from kerong.web.base.models import Budget, Deal, PoolLoan
from kerong.web.base.services import attachment, case_payment, deal_attachment
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_losses import twins_of
from kerong.web.base.services.deal_shared_risk import loan_of
from kerong.web.base.services.ledger import LedgerBusy
from kerong.web.base.services.pool_events import pool_locked
from tests.web.cases.town import REGION
from tests.web.deals.capital import CapitalTown
from tests.web.deals.test_joint_investment import lent
from tests.web.deals.town import LendingTown
from tests.web.ledger.real import PATIENCE, alone, at_once, copied, somebody_waits

pytestmark = pytest.mark.database
WRITERS = 8


@pytest.fixture
def own_database(transactional_db: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[None]:
    """A durable database with a connection for every thread."""
    with copied(tmp_path, django_db_blocker):
        yield


def in_order(first: Callable[[], object], then: Callable[[], object], other: Callable[[], str]) -> str:
    """What `other` gives that comes while somebody has the locks of `first` and is about to ask for those of `then`."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    has_first = threading.Event()

    def somebody() -> str:
        with transaction.atomic():
            first()
            has_first.set()
            somebody_waits()
            then()
        return ""

    def comes() -> str:
        has_first.wait(PATIENCE)
        try:
            return other()
        except LedgerBusy:
            return "busy"

    return at_once([somebody, comes])[1]


def test_a_loan_is_drawn_while_its_joint_deal_is_moved(own_database: None, capital_run: Path) -> None:
    def made() -> tuple[CapitalTown, Deal, Deal]:
        town = CapitalTown.open(capital_run)
        joint = lent(town)
        return town, joint, town.loan(joint)

    town, joint, loan = alone(made)
    found = in_order(
        lambda: Deal.objects.select_for_update().get(pk=joint.pk),  # as every move of it begins
        lambda: loan_of(joint),  # as those go on that look at its loan
        lambda: town.do("deng", loan, "draw", fen=10_000_000).state,
    )
    assert found == "repaying"


def test_a_claim_is_made_while_another_loan_comes_into_its_pool(own_database: None, lending_run: Path) -> None:
    def made() -> tuple[LendingTown, Deal, int]:
        town = LendingTown.open(lending_run)
        deal = town.overdue()
        return town, deal, PoolLoan.objects.get(deal=deal).pool_id

    town, deal, pool = alone(made)
    found = in_order(
        lambda: twins_of(deal),  # as a registration begins, of the same loan by another bank
        lambda: pool_locked(pool),
        lambda: town.do("fang", deal, "claim").state,
    )
    assert found == "claimed"


def test_of_contracts_signed_at_once_under_one_number_one_stands_however_it_is_spelt(
    own_database: None, lending_run: Path
) -> None:
    def made() -> tuple[LendingTown, list[Deal]]:
        town = LendingTown.open(lending_run)
        return town, [approved(town) for _ in range(WRITERS)]

    town, deals = alone(made)
    spelt = ("借2025-1", "借 2025-1", "借２０２５-1", "借2025－1")

    def sign(number: int) -> Callable[[], str]:
        def told() -> str:
            while True:
                try:
                    return town.do("bai", deals[number], "sign", contract=spelt[number % len(spelt)]).state
                except LedgerBusy:
                    continue
                except CaseRefused as refused:
                    return refused.key.rpartition(".")[2]

        return told

    given = at_once([sign(number) for number in range(WRITERS)])
    assert Counter(given) == {"contracted": 1, "contract_twice": WRITERS - 1}


def approved(town: LendingTown) -> Deal:
    """A loan of the first firm that waits to be signed."""
    deal = town.do("bai", town.applied(1), "take")
    terms = {"maturity": date(2026, 3, 10).isoformat(), "rate": {"ppm": 36_000}, "method": "interest_only"}
    town.do("bai", deal, "recommend", fen=1_000_000, terms=terms)
    return town.do("chen", deal, "approve", fen=1_000_000)


def test_a_file_that_meets_a_busy_database_is_told_so_and_not_lost_in_an_error(
    db: None, lending_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = LendingTown.open(lending_run)
    deal = town.applied(1)

    def busy(*_: object) -> None:
        raise OperationalError("database is locked")

    for module in (attachment, deal_attachment):
        monkeypatch.setattr(module, "visible", busy)
    with pytest.raises(LedgerBusy):
        deal_attachment.deal_attach(town.people["bai"], REGION, deal.pk, ())
    with pytest.raises(LedgerBusy):
        attachment.attachment_add(town.people["lin"], REGION, 1, "a.pdf", b"%PDF-")
    monkeypatch.setattr(case_payment, "lock", busy)
    with pytest.raises(LedgerBusy):
        case_payment.payment_file_send(town.people["lin"], Budget(pk=1), today=town.today, days=town.days)
