"""A stake and an option on one: every fen through the fund's book, two hands on money, prices that stay as fixed."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from kerong.engine.deal.terms import TermsRefused
from kerong.web.base.models import Deal, DealStep
from kerong.web.base.services.deal_people import visible
from kerong.web.base.services.ledger import LedgerRefused
from tests.web.cases.town import REGION
from tests.web.deals.capital import FUND_FEN, CapitalTown, fund_book
from tests.web.deals.test_capital_lease import entries, refused
from tests.web.ledger.checked import all_adds_up

pytestmark = pytest.mark.database
OPTION: dict[str, Any] = {
    "share_bp": 200,
    "valuation_fen": 400_000_000,
    "begins": "2025-04-01",
    "ends": "2026-03-31",
}


def decided(town: CapitalTown, number: int = 1, product: str = "stake", fen: int = 10_000_000) -> Deal:
    """A stake that the committee has decided."""
    deal = town.opened(f"firm{number}", "propose", "equity", product, fen=fen)
    town.do("mei", deal, "term", fen=fen, documents=("意向书.pdf",))
    town.do("mei", deal, "examine")
    return town.do("nan", deal, "decide", fen=fen)


def granted(town: CapitalTown, number: int = 1, **option: Any) -> Deal:
    """An option that is held."""
    wish = {"contract": f"权{number}", "details": {"option": OPTION | option}}
    return town.do("ou", decided(town, number), "grant", **wish)


def test_a_stake_is_paid_brings_dividends_and_is_left_by_two_people_at_the_price_proposed(
    capital_town: CapitalTown,
) -> None:
    town = capital_town
    deal = town.do("mei", decided(town), "sign", contract="投1", documents=("协议.pdf",))
    assert refused(town, "ou", deal, "invest", fen=9_999_999) == "seen"
    assert refused(town, "mei", deal, "invest", fen=10_000_000) == "hands.twice"
    deal = town.do("ou", deal, "invest", fen=10_000_000)
    assert fund_book() == (FUND_FEN, 0, 10_000_000)
    town.do("pan", deal, "pay_dividend", fen=300_000)
    deal = town.do("mei", deal, "plan_exit", fen=25_000_000, documents=("报价.pdf",))
    assert refused(town, "ou", deal, "exit", fen=25_000_001) == "seen"
    assert refused(town, "mei", deal, "exit", fen=25_000_000) == "hands.twice"
    deal = town.do("ou", deal, "exit", fen=25_000_000)
    assert (deal.state, fund_book()) == ("exited", (FUND_FEN + 25_300_000, 0, 10_000_000))
    assert [entries(deal, kind) for kind in ("invested", "dividend", "proceeds")] == [
        [10_000_000],
        [300_000],
        [25_000_000],
    ]
    assert list(DealStep.objects.values_list("transfer__step", flat=True)) == [
        *("reserve_investment", "invest", "receive_proceeds", "receive_proceeds")
    ]
    all_adds_up()


def test_an_option_is_used_in_its_time_at_the_price_that_was_fixed(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = granted(town)
    assert (deal.state, deal.fen) == ("granted", 8_000_000)  # 2 % of 400,000,000
    assert refused(town, "ou", deal, "exercise", fen=8_000_000) == "exercisable"
    assert refused(town, "nan", deal, "let_go") == "option_over"
    town.today = date(2025, 4, 1)
    assert refused(town, "ou", deal, "exercise", fen=8_000_001) == "seen"
    assert refused(town, "ou", deal, "exercise", fen=8_000_000, on=date(2025, 4, 2)) == "only_today"
    deal = town.do("ou", deal, "exercise", fen=8_000_000)
    assert (deal.state, fund_book()) == ("invested", (FUND_FEN, 0, 8_000_000))
    all_adds_up()


def test_an_option_whose_time_is_over_is_let_go_and_not_used(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = granted(town)
    town.today = date(2026, 4, 1)
    assert refused(town, "ou", deal, "exercise", fen=8_000_000) == "exercisable"
    assert refused(town, "ou", deal, "transfer", fen=1) == "exercisable"
    assert town.do("nan", deal, "let_go").state == "let_go"


def test_an_option_that_is_passed_on_brings_its_price_into_the_book(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = granted(town)
    town.today = date(2026, 3, 31)
    deal = town.do("ou", deal, "transfer", fen=1_500_000)
    assert (deal.state, fund_book()) == ("exited", (FUND_FEN + 1_500_000, 0, 0))


@pytest.mark.parametrize(("share_bp", "why"), [(99, "option_range"), (301, "option_range"), (300, "decided")])
def test_an_option_is_of_what_the_product_allows_and_costs_what_was_decided(
    capital_town: CapitalTown, share_bp: int, why: str
) -> None:
    town = capital_town
    deal = decided(town)
    wish = {"contract": "权", "details": {"option": OPTION | {"share_bp": share_bp}}}
    assert refused(town, "ou", deal, "grant", **wish) == why


def test_an_option_without_bounds_in_the_content_begun_before_it_is_given_or_unclear_is_refused(
    capital_town: CapitalTown,
) -> None:
    town = capital_town
    plain = decided(town, 1, "plain_stake")
    assert refused(town, "ou", plain, "grant", contract="甲", details={"option": OPTION}) == "content"
    deal = decided(town, 2)
    early = {"option": OPTION | {"begins": "2025-03-02"}}
    assert refused(town, "ou", deal, "grant", contract="乙", details=early) == "option_begins"
    for wrong in ({}, {"option": None}, {"option": OPTION | {"share_bp": 2.0}}, {"option": OPTION | {"more": 1}}):
        with pytest.raises(TermsRefused), transaction.atomic():
            town.do("ou", deal, "grant", contract="丙", details=wrong)


def test_a_fund_without_enough_money_or_without_a_book_invests_nothing(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = town.do("mei", decided(town, fen=50_000_000), "sign", contract="投1", documents=("协议.pdf",))
    Deal.objects.filter(pk=deal.pk).update(fen=FUND_FEN + 1)
    with pytest.raises(LedgerRefused), transaction.atomic():
        town.do("ou", deal, "invest", fen=FUND_FEN + 1)
    deal.refresh_from_db()
    assert (deal.state, fund_book()) == ("signed", (FUND_FEN, 0, 0))
    deal.parties.filter(role="fund").update(code="fund_yew")
    town.people["yu"].save()
    assert refused(town, "yu", deal, "invest", fen=FUND_FEN + 1) == "no_book"


def test_a_fund_sees_nothing_of_anothers_and_the_firm_makes_no_move_of_the_fund(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = decided(town)
    town.firm(2)
    for who in ("yu", "bai", "lin", "firm2"):
        assert not visible(town.people[who], REGION).exists()
    with pytest.raises(PermissionDenied):
        town.do("firm1", deal, "sign", contract="投1", documents=("协议.pdf",))
    firm = town.people["firm1"]
    firm.person = "ou"
    firm.save()
    assert refused(town, "ou", deal, "grant", contract="权", details={"option": OPTION}) == "hands.firm"
