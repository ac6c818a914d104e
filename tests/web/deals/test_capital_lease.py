"""A lease from its application to its end: rents frozen when they begin, in advance or in arrears, closed by day."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from kerong.engine.deal.terms import TermsRefused
from kerong.web.base.models import Deal
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_people import visible
from tests.web.cases.town import REGION
from tests.web.deals.capital import CapitalTown

pytestmark = pytest.mark.database
TERMS: dict[str, Any] = {
    "maturity": "2025-06-03",
    "rate": {"ppm": 60_000},
    "count": "months_360",
    "residual_fen": 100_000,
}
ADVANCE = TERMS | {"in_advance": True}


def refused(town: CapitalTown, who: str, deal: Deal, name: str, **wish: Any) -> str:
    with pytest.raises(CaseRefused) as told, transaction.atomic():
        town.do(who, deal, name, **wish)
    assert told.value.sentence("zh") != told.value.sentence("en")
    return told.value.key.rpartition("refused.")[2]


def entries(deal: Deal, kind: str) -> list[int]:
    return list(deal.entries.filter(kind=kind).values_list("fen", flat=True))


def accepted(town: CapitalTown, terms: dict[str, Any] = TERMS, number: int = 1) -> Deal:
    """A lease of CNY 100,000 whose equipment the firm has accepted."""
    deal = town.opened(f"firm{number}", "apply", "lease", "tools")
    town.do("rui", deal, "take")
    town.do("rui", deal, "recommend", fen=10_000_000, terms=terms)
    town.do("song", deal, "approve", fen=10_000_000)
    town.do("rui", deal, "sign", contract=f"租{number}")
    town.do("tao", deal, "deliver", documents=("发票.pdf",))
    return town.do(f"firm{number}", deal, "accept", documents=("验收单.pdf",))


def test_a_lease_in_arrears_is_rented_paid_and_bought_at_its_residual_value(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = town.do("rui", accepted(town), "begin")
    assert (deal.state, deal.institution) == ("renting", "lease_elm")
    assert deal.details is not None
    rent = deal.details["lease"]["rent_fen"]
    assert entries(deal, "drawn") == [deal.drawn_fen] == [deal.outstanding_fen]
    for day in (date(2025, 4, 3), date(2025, 5, 3), date(2025, 6, 3)):
        town.today = day
        # the last rent takes what roundings leave: at most two fen more
        town.do("rui", deal, "receive", fen=rent if day < date(2025, 6, 3) else rent + 2)
        town.close(day)
    deal.refresh_from_db()
    assert (deal.state, deal.days_past_due, deal.outstanding_fen) == ("renting", 0, 0)
    assert entries(deal, "due")[:2] == [rent, rent]
    deal = town.do("firm1", deal, "buy_out")
    assert refused(town, "tao", deal, "hand_over", fen=99_999, documents=("发票.pdf",)) == "price"
    assert refused(town, "song", deal, "hand_over", fen=100_000, documents=("发票.pdf",)) == "hands.twice"
    deal = town.do("tao", deal, "hand_over", fen=100_000, documents=("发票.pdf",))
    assert (deal.state, entries(deal, "price")) == ("bought", [100_000])


def test_a_first_rent_in_advance_is_there_before_the_rent_begins(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = accepted(town, ADVANCE)
    assert refused(town, "rui", deal, "begin") == "first_rent"
    with pytest.raises(CaseRefused) as told, transaction.atomic():
        town.do("rui", deal, "begin", fen=1)
    asked = str(told.value.facts["fen"])
    first = int(asked.replace(",", "").replace(".", ""))
    deal = town.do("rui", deal, "begin", fen=first)
    assert deal.details is not None
    assert deal.details["lease"]["first_fen"] == deal.details["lease"]["rent_fen"] == first
    assert entries(deal, "first_rent") == [first]
    assert deal.outstanding_fen == deal.drawn_fen - first
    town.today = date(2025, 5, 3)
    town.close(date(2025, 5, 3))
    rents = entries(deal, "due")
    assert len(rents) == 2  # and the one that was paid first: three in all
    assert rents[0] == first
    assert abs(rents[1] - first) <= 2


def test_a_rent_in_arrears_has_no_first_one_to_be_paid(capital_town: CapitalTown) -> None:
    deal = accepted(capital_town)
    assert refused(capital_town, "rui", deal, "begin", fen=1) == "first_rent"
    assert not entries(capital_town.do("rui", deal, "begin"), "first_rent")


def test_rents_that_are_not_paid_put_a_lease_in_arrears_until_they_are_or_the_equipment_is_taken_back(
    capital_town: CapitalTown,
) -> None:
    town = capital_town
    deal = town.do("rui", accepted(town), "begin")
    assert refused(town, "song", deal, "take_back") == "state"
    town.today = date(2025, 4, 10)
    town.close(date(2025, 4, 9))
    deal.refresh_from_db()
    assert (deal.state, deal.days_past_due) == ("in_arrears", 6)
    assert refused(town, "firm1", deal, "buy_out") == "state"
    town.do("rui", deal, "receive", fen=4_000_000)
    town.close(date(2025, 4, 10))
    deal.refresh_from_db()
    assert (deal.state, deal.days_past_due) == ("renting", 0)
    assert refused(town, "firm1", deal, "buy_out") == "not_repaid"
    town.today = date(2025, 6, 10)
    town.close(date(2025, 6, 9))
    deal = town.do("song", deal, "take_back")
    assert refused(town, "song", deal, "dispose", fen=1, documents=("成交.pdf",)) == "hands.twice"
    deal = town.do("tao", deal, "dispose", fen=5_000_000, documents=("成交.pdf",))
    said = deal.moves.get(name="dispose").detail
    assert deal.state == "disposed"
    assert said["short_fen"] == said["owed_fen"] - 5_000_000 > 0
    assert said["over_fen"] == 0


def test_terms_without_a_rent_too_much_and_a_day_that_is_closed_are_refused(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = town.opened("firm1", "apply", "lease", "tools")
    town.do("rui", deal, "take")
    for wrong in ({"method": "bullet"}, {"residual_fen": 10_000_000}, {"rate": {"base": "LPR1Y"}}, {"maturity": "x"}):
        with pytest.raises(TermsRefused), transaction.atomic():
            town.do("rui", deal, "recommend", fen=10_000_000, terms=TERMS | wrong)
    assert refused(town, "rui", deal, "recommend", fen=50_000_001, terms=TERMS) == "offered"
    with pytest.raises(CaseRefused):
        town.opened("firm2", "apply", "lease", "growth")  # a loan is no lease
    ready = accepted(town, TERMS, 3)
    town.close(town.today)
    assert refused(town, "rui", ready, "begin") == "day_closed"


def test_a_lease_is_its_lessors_and_the_firms_alone(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = accepted(town)
    town.firm(2)
    for who in ("bai", "mei", "lin", "firm2"):
        assert not visible(town.people[who], REGION).exists()
    with pytest.raises(PermissionDenied):
        town.do("firm1", deal, "begin")
    assert refused(town, "song", deal, "begin") == "hands.twice"
    deal = town.do("rui", deal, "begin")
    assert refused(town, "rui", deal, "give_back", documents=("单.pdf",)) == "not_repaid"


def test_a_lease_that_is_all_paid_may_be_given_back_without_its_residual(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = town.do("rui", accepted(town), "begin")
    town.today = date(2025, 6, 3)
    town.do("rui", deal, "receive", fen=10_100_000)
    town.close(date(2025, 6, 3))
    deal = town.do("rui", deal, "give_back", documents=("交接单.pdf",))
    assert (deal.state, entries(deal, "price")) == ("returned", [])
