"""A loan on a group's line: its drawdown is a use of the line, and a member learns of the line its own part only."""

from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from kerong.web.base.models import Deal
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_people import visible
from kerong.web.base.services.group_line import own_lines
from tests.intake.office import code
from tests.web.cases.office import page_of
from tests.web.cases.town import REGION
from tests.web.deals.capital import CapitalTown
from tests.web.deals.test_capital_group import MEMBERS, opened
from tests.web.deals.test_capital_lease import refused
from tests.web.deals.town import TERMS

pytestmark = pytest.mark.database
FEN = 4_000_000


def signed(town: CapitalTown, line: Deal, firm: int, fen: int = FEN) -> Deal:
    """A loan of a member on the line, up to its contract; drawing it is `deng`'s."""
    loan = town.opened(f"firm{firm}", "apply", "loan", "growth", base=line.pk, fen=fen)
    town.do("bai", loan, "take")
    town.do("bai", loan, "recommend", fen=fen, terms=TERMS)
    town.do("chen", loan, "approve", fen=fen)
    return town.do("bai", loan, "sign", contract=f"借{loan.pk}")


def test_what_a_member_draws_of_its_loan_is_in_use_on_the_line(capital_town: CapitalTown) -> None:
    town = capital_town
    line = opened(town)
    loan = signed(town, line, 2)
    assert loan.base_id == line.pk
    town.do("deng", loan, "draw_part", fen=1_000_000)
    town.do("deng", loan, "draw", fen=3_000_000)
    line.refresh_from_db()
    assert line.outstanding_fen == FEN
    assert list(line.entries.filter(kind="used").values_list("text", "fen")) == [
        (code(2), 1_000_000),
        (code(2), 3_000_000),
    ]
    assert line.moves.filter(name="use").count() == 2
    (own,) = own_lines(town.people["firm2"], REGION)
    assert (own.limit_fen, own.used_fen, own.left_fen) == (6_000_000, FEN, 2_000_000)


def test_a_loan_draws_no_more_than_the_members_limit_and_the_line_leave(capital_town: CapitalTown) -> None:
    town = capital_town
    line = opened(town)
    small = signed(town, line, 3, 2_000_000)
    assert refused(town, "deng", small, "draw_part", fen=1_000_001) == "limit"
    town.do("deng", line, "use", fen=6_000_000, details={"member": code(1)})
    loan = signed(town, line, 2, 5_000_000)
    assert refused(town, "deng", loan, "draw", fen=5_000_000) == "limit"  # the line has 4,000,000 left
    before = Deal.objects.get(pk=line.pk).outstanding_fen
    town.do("chen", line, "freeze")
    assert refused(town, "deng", loan, "draw_part", fen=1) == "state"
    loan.refresh_from_db()
    assert (Deal.objects.get(pk=line.pk).outstanding_fen, loan.drawn_fen) == (before, 0)


def test_a_member_sees_its_own_part_and_who_is_none_opens_no_loan_on_the_line(capital_town: CapitalTown) -> None:
    town = capital_town
    line = opened(town)
    for number in (1, 2, 4):
        town.firm(number)
    assert not visible(town.people["firm2"], REGION).filter(pk=line.pk).exists()
    (own,) = own_lines(town.people["firm2"], REGION)
    assert (own.deal_id, own.limit_fen, own.used_fen) == (line.pk, MEMBERS[1][1], 0)
    assert own_lines(town.people["firm4"], REGION) == own_lines(town.people["bai"], REGION) == ()
    assert own_lines(town.people["firm2"], "elsewhere") == ()
    with pytest.raises(CaseRefused) as told:
        town.opened("firm4", "apply", "loan", "growth", base=line.pk, fen=1)
    assert told.value.key == "deal.refused.base"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_members_pages_tell_its_own_part_and_offer_the_line_for_a_loan(
    capital_town: CapitalTown, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path, lang: str
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: capital_town.today)
    settings.DATA = tmp_path
    line = opened(capital_town)
    capital_town.do("deng", line, "use", fen=5_999_900, details={"member": code(1)})
    capital_town.firm(2)
    firm = Client()
    firm.force_login(capital_town.people["firm2"])
    firm.cookies["kerong_language"] = lang
    page = page_of(firm, "/deals/")
    assert {"zh": "集群授信中的本企业额度", "en": "Your part of group credit lines"}[lang] in page
    assert "¥60,000.00" in page  # the own limit
    assert "59,999" not in page  # what another member has in use
    assert f'value="{line.pk}"' in page_of(firm, "/deals/open/loan/?product=growth")
    assert firm.get(f"/deals/{line.pk}/").status_code == 404
