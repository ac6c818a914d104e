"""Who opens a deal for a firm has its consent, on a product of its own, and learns nothing where it has none."""

from datetime import date

import pytest
from django.db import transaction

from kerong.web.base.models import Deal
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_people import visible
from tests.intake.office import code
from tests.web.cases.town import REGION
from tests.web.deals.capital import CapitalTown

pytestmark = pytest.mark.database


def refused(town: CapitalTown, who: str, firm: str, product: str = "stake", kind: str = "equity") -> str:
    with pytest.raises(CaseRefused) as told, transaction.atomic():
        town.opened(who, "propose", kind, product, firm=firm)
    return told.value.key.partition("refused.")[2]


def test_a_fund_opens_a_deal_with_a_firm_that_consented_and_learns_of_no_other(capital_town: CapitalTown) -> None:
    town = capital_town
    assert {refused(town, "mei", firm) for firm in (code(1), code(2), "nobody", "", "a\0b")} == {"firm"}
    town.consents("fund_ash")
    town.consents("fund_yew", 2)
    assert refused(town, "mei", code(2)) == "firm"
    assert town.opened("mei", "propose", "equity", "stake", firm=code(1)).offered_fen == 50_000_000
    town.today = date(2025, 12, 31)
    assert refused(town, "mei", code(1)) == "firm"


def test_nobody_opens_a_deal_on_what_another_institution_of_its_kind_offers(capital_town: CapitalTown) -> None:
    town = capital_town
    town.consents("fund_yew")
    assert refused(town, "yu", code(1)) == "offer"
    assert not Deal.objects.exists()


def test_a_firm_names_no_institution_in_the_place_of_the_one_whose_product_it_is(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = town.opened("firm1", "propose", "equity", "stake", parties={"fund": "fund_yew"})
    assert not visible(town.people["yu"], REGION).exists()
    assert visible(town.people["mei"], REGION).get() == deal
