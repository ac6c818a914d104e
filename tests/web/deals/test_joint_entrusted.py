"""Entrusted unified lending: selected within the year's quota, paid from the entruster's book, collected into it."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_django.plugin import DjangoDbBlocker

from kerong.web.base.models import Deal
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_people import visible
from kerong.web.base.services.ledger import LedgerBusy
from tests.web.cases.town import REGION
from tests.web.deals.capital import FUND_FEN, CapitalTown, fund_book
from tests.web.deals.test_capital_lease import entries, refused
from tests.web.ledger.checked import all_adds_up
from tests.web.ledger.real import alone, at_once, copied

pytestmark = pytest.mark.database
TERMS: dict[str, Any] = {
    "maturity": "2025-06-03",
    "rate": {"ppm": 36_000},
    "count": "months_360",
    "method": "interest_only",
    "dues": {"every_months": 1},
}
FEN = 10_000_000
QUOTA = 60_000_000


def applied(town: CapitalTown, number: int = 1, fen: int = FEN) -> Deal:
    return town.opened(
        f"firm{number}", "apply", "entrusted_lending", "unified", fen=fen, parties={"bank": "bank_river"}
    )


def examined(town: CapitalTown, number: int = 1) -> Deal:
    """One that is selected, entrusted and examined: `lin`, `xia`, `bai`."""
    deal = town.do("lin", applied(town, number), "select", fen=FEN)
    town.do("xia", deal, "entrust", contract=f"委{number}")
    return town.do("bai", deal, "examine", fen=FEN, terms=TERMS)


def test_the_entrusters_money_is_lent_and_comes_back_with_its_interest(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = examined(town)
    assert refused(town, "deng", deal, "lend", fen=FEN - 1) == "seen"
    assert refused(town, "bai", deal, "lend", fen=FEN) == "hands.twice"
    deal = town.do("deng", deal, "lend", fen=FEN)
    assert (deal.institution, deal.outstanding_fen) == ("platform_oak", FEN)
    assert fund_book("platform_oak") == (FUND_FEN, 0, FEN)
    for month in (4, 5):
        town.today = date(2025, month, 3)
        town.do("fang", deal, "receive", fen=30_000)
        town.close(town.today)
    assert refused(town, "bai", deal, "settle") == "not_repaid"
    town.today = date(2025, 6, 3)
    assert refused(town, "fang", deal, "receive", fen=1, on=date(2025, 5, 3)) == "day_closed"
    town.do("fang", deal, "receive", fen=FEN + 30_000)
    deal = town.do("bai", deal, "settle")
    assert (deal.state, fund_book("platform_oak")) == ("settled", (FUND_FEN + FEN + 90_000, 0, FEN))
    assert entries(deal, "received") == [30_000, 30_000, FEN + 30_000]
    all_adds_up()


def test_close_of_business_finds_it_failing_and_cured_and_the_entruster_bears_what_is_lost(
    capital_town: CapitalTown,
) -> None:
    town = capital_town
    deal = town.do("deng", examined(town), "lend", fen=FEN)
    town.today = date(2025, 4, 6)
    town.close(date(2025, 4, 5))
    deal.refresh_from_db()
    assert (deal.state, deal.days_past_due) == ("failing", 2)
    town.do("fang", deal, "receive", fen=40_000)
    town.close(date(2025, 4, 6))
    deal.refresh_from_db()
    assert deal.state == "lent"
    town.today = date(2025, 6, 20)
    town.close(date(2025, 6, 19))
    deal = town.do("xia", deal, "close")
    assert (deal.state, entries(deal, "lost")) == ("closed", [deal.outstanding_fen])
    assert fund_book("platform_oak")[2] == FEN


def test_what_is_selected_is_within_what_was_asked_and_the_entrusters_quota_of_the_year(
    capital_town: CapitalTown,
) -> None:
    town = capital_town
    first = applied(town, 1, 40_000_000)
    assert refused(town, "lin", first, "select", fen=40_000_001) == "asked"
    first = town.do("lin", first, "select", fen=35_000_000)
    second = applied(town, 2, 50_000_000)
    assert refused(town, "lin", second, "select", fen=25_000_001) == "quota"
    town.do("lin", second, "select", fen=25_000_000)
    third = applied(town, 3, 1)
    assert refused(town, "lin", third, "select", fen=1) == "quota"
    town.do("firm1", first, "withdraw")  # what is withdrawn is free again
    town.do("lin", third, "select", fen=1)
    town.today = date(2026, 1, 5)
    fourth = applied(town, 4, 50_000_000)
    assert town.do("lin", fourth, "select", fen=50_000_000).state == "selected"


def test_without_a_quota_in_the_content_nothing_is_selected(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = town.opened("firm1", "apply", "entrusted_lending", "growth", parties={"fund": "fund_ash"})
    assert refused(town, "lin", deal, "select", fen=FEN) == "content"


def test_who_selects_does_not_examine_for_the_bank_and_others_see_nothing(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = town.do("lin", applied(town), "select", fen=FEN)
    town.do("xia", deal, "entrust", contract="委1")
    banker = town.people["bai"]
    banker.person = "lin"
    banker.save()
    assert refused(town, "bai", deal, "examine", fen=FEN, terms=TERMS) == "hands.parties"
    town.firm(2)
    for who in ("mei", "gao", "firm2", "rui"):
        assert not visible(town.people[who], REGION).exists()


@pytest.fixture
def real_town(
    capital_run: Path, transactional_db: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path
) -> Iterator[CapitalTown]:
    """The town on a durable database with a connection for every thread."""
    with copied(tmp_path, django_db_blocker):
        yield alone(lambda: CapitalTown.open(capital_run))


def test_selections_at_once_on_the_last_of_a_quota_fill_it_exactly(real_town: CapitalTown) -> None:
    town, writers = real_town, 20
    each = QUOTA // 12
    deals = alone(lambda: [applied(town, 1 + number, each) for number in range(writers)])
    town.days.is_working(town.today)

    def select(deal: Deal) -> Callable[[], str]:
        def told() -> str:
            while True:
                try:
                    town.do("lin", deal, "select", fen=each)
                except LedgerBusy:
                    continue
                except CaseRefused as refusal:
                    return refusal.key.rpartition(".")[2]
                return "selected"

        return told

    assert Counter(at_once([select(deal) for deal in deals])) == {"selected": 12, "quota": writers - 12}
