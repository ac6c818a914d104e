"""Forms of deals take whatever somebody sends: an answer, never an error of ours, and nothing of it is kept as told."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from kerong.web.base.models import DealMove
from kerong.web.base.services.deal_closing import rate_publish
from tests.web.deals.cover import CoverTown
from tests.web.deals.office import TERMS, alerts, clients, do

pytestmark = pytest.mark.database


@pytest.fixture
def office(cover_town: CoverTown, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> CoverTown:
    """The covering town with a portal whose clock shows the town's day."""
    monkeypatch.setattr(timezone, "localdate", lambda: cover_town.today)
    settings.DATA = tmp_path
    return cover_town


@pytest.mark.parametrize("seen", ["9" * 5_000, "9" * 30, "9" * 18, "-5", "٣", "1e3"])
def test_an_amount_that_a_page_never_showed_is_not_kept_in_a_history(office: CoverTown, seen: str) -> None:
    deal = office.applied(1)
    (firm,) = clients(office, "firm1")
    do(firm, deal, "withdraw", seen=seen)
    assert set(DealMove.objects.filter(deal=deal).values_list("fen", flat=True)) == {deal.fen}


@pytest.mark.parametrize("day", ["0001-01-01", "1990-01-01", "2025-03-02"])
def test_a_loan_is_not_drawn_before_it_was_asked_for(office: CoverTown, day: str) -> None:
    deal = office.applied(1)
    office.do("bai", deal, "take")
    office.do("bai", deal, "recommend", fen=deal.fen, terms={"maturity": "2026-03-10", "rate": {"ppm": 36_000}})
    office.do("chen", deal, "approve", fen=deal.fen)
    office.do("bai", deal, "sign", contract="合同1")
    (deng,) = clients(office, "deng")
    said = alerts(do(deng, deal, "draw", fen="100,000.00", on=day))
    assert "2025-03-03" in said
    assert deal.state == "contracted"


@pytest.mark.parametrize("name", ["a\0b", "shield\u202e", "<script>"])
def test_a_pool_of_no_name_is_no_pool(office: CoverTown, name: str) -> None:
    deal = office.drawn()
    (bai,) = clients(office, "bai")
    said = do(bai, deal, "register", pool=name, instrument=name, part="register-shield-loan")
    assert "pool" not in alerts(said)
    assert alerts(said)


@pytest.mark.parametrize("text", ["省再\0担保", "a\u2028b", "a\U000e0001"])
def test_text_with_signs_that_nobody_sees_is_refused_in_every_box(office: CoverTown, text: str) -> None:
    loan = office.drawn()
    deal = office.open_deal(office.firm(1), "guarantee", loan, "oak", "apply", fen=100)
    office.do("oak1", deal, "take")
    (oak,) = clients(office, "oak1")
    more = {"detail_counter": "1", "detail_cover_bp": "80", "detail_fee_fen": "0", "detail_reguarantor": text}
    assert alerts(do(oak, deal, "recommend", fen="1", **more))
    assert deal.state == "taken"


@pytest.mark.parametrize("months", ["0", "999999999", "1201"])
def test_a_rate_that_is_looked_at_anew_in_a_million_years_is_refused_or_drawn(office: CoverTown, months: str) -> None:
    rate_publish(None, "LPR1Y", date(2024, 1, 2), 31_000, "全国银行间同业拆借中心")
    deal = office.applied(1)
    office.do("bai", deal, "take")
    (bai,) = clients(office, "bai")
    told = TERMS | {"base": "LPR1Y", "percent": "", "spread_bp": "50", "reset_months": months}
    do(bai, deal, "recommend", fen="1000", **told)
    assert deal.state in ("taken", "recommended")


@pytest.mark.parametrize(
    "path",
    [
        *("/enterprises/a%00b/", "/enterprises/a%00b/values/", "/systems/a%00b/", "/enterprises/a%00b/support/"),
        *("/api/enterprises/a%00b", "/api/enterprises/a%00b/offers", "/deals/?state=a%00b", "/alerts/?kind=a%00b"),
        *(
            "/deals/open/guarantee/?product=a%00b",
            "/deals/open/guarantee/?base=9999999999",
            "/deals/99999999999999999/",
        ),
    ],
)
def test_an_address_with_a_sign_that_no_database_keeps_is_not_there(office: CoverTown, path: str) -> None:
    for client in clients(office, "bai", "lin"):
        assert client.get(path).status_code in (200, 403, 404)


def test_a_channel_with_a_sign_that_no_database_keeps_is_not_there(office: CoverTown) -> None:
    (client,) = clients(office, "lin")
    headers = {"X-Signed-At": "1", "X-Signature": "a\0b"}
    answer = client.post("/api/payments/a%00b/returns", "{}", content_type="application/json", headers=headers)
    assert answer.status_code == 404
