"""What the page of a deal tells whoever decides: the terms, how a covered loan stands, what can be opened on it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from kerong.engine.deal.terms.loans import METHODS
from kerong.web.base.models import Deal
from tests.web.cases.office import page_of
from tests.web.deals.cover import CoverTown
from tests.web.deals.office import TERMS, clients, do
from tests.web.deals.town import LendingTown

pytestmark = pytest.mark.database


@pytest.fixture
def office(town: LendingTown, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> LendingTown:
    """The town with a portal whose clock shows the town's day."""
    monkeypatch.setattr(timezone, "localdate", lambda: town.today)
    settings.DATA = tmp_path
    return town


@pytest.fixture
def covers(cover_town: CoverTown, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> CoverTown:
    """The covering town with a portal whose clock shows the town's day."""
    monkeypatch.setattr(timezone, "localdate", lambda: cover_town.today)
    settings.DATA = tmp_path
    return cover_town


def test_whoever_approves_a_loan_sees_its_terms(office: LendingTown) -> None:
    deal = office.applied(1)
    bai, chen = clients(office, "bai", "chen")
    do(bai, deal, "take")
    assert "年利率</dt>" not in page_of(chen, f"/deals/{deal.pk}/")
    do(bai, deal, "recommend", fen="100,000.00", **TERMS)
    page = page_of(chen, f"/deals/{deal.pk}/")
    for title, told in (("年利率", "3.6%"), ("还款方式", METHODS["interest_only"].zh), ("到期日", "2026-03-10")):
        assert f"<dt>{title}</dt><dd>{told}</dd>" in page


def test_whoever_approves_a_guarantee_sees_its_terms_and_how_the_loan_stands(covers: CoverTown) -> None:
    loan = covers.drawn()
    deal = covers.open_deal(covers.people["firm1"], "guarantee", loan, "oak", "apply", fen=10_000_000)
    one, two = clients(covers, "oak1", "oak2")
    do(one, deal, "take")
    terms = {"detail_counter": "1", "detail_cover_bp": "80", "detail_fee_fen": "1,000.00"}
    do(one, deal, "recommend", fen="100000", **terms)
    page = page_of(two, f"/deals/{deal.pk}/")
    for title, told in (("保障比例", "80%"), ("担保费", "¥1,000.00"), ("要求反担保", "是")):
        assert f"<dt>{title}</dt><dd>{told}</dd>" in page
    assert "依据的业务" in page
    assert "还款中" in page
    assert f'href="/deals/{loan.pk}/"' not in page
    Deal.objects.filter(pk=loan.pk).update(days_past_due=40)
    assert "逾期 40 天" in page_of(two, f"/deals/{deal.pk}/")


def test_what_a_firm_is_not_offered_is_not_opened_on_its_loan(office: LendingTown) -> None:
    deal = office.drawn()
    (firm,) = clients(office, "firm1")
    page = page_of(firm, f"/deals/{deal.pk}/")
    assert "/deals/open/guarantee/" not in page
    assert "/deals/open/pledge/" in page  # needs no product


def test_who_withdrew_can_apply_again(office: LendingTown) -> None:
    deal = office.applied(1)
    (firm,) = clients(office, "firm1")
    assert "product=growth" not in page_of(firm, "/deals/")
    do(firm, deal, "withdraw")
    assert deal.state == "withdrawn"
    assert "product=growth" in page_of(firm, "/deals/")


def test_what_is_owed_is_told_once_a_day_after_the_drawdown_is_closed(office: LendingTown) -> None:
    deal = office.drawn()
    (bai,) = clients(office, "bai")
    office.close(office.today - timedelta(days=1))
    assert "未还本金</dt>" not in page_of(bai, f"/deals/{deal.pk}/")
    office.close(office.today)
    assert "未还本金</dt>" in page_of(bai, f"/deals/{deal.pk}/")


def test_a_trial_shows_a_schedule_only_where_the_move_changes_it(office: LendingTown) -> None:
    deal = office.drawn()
    (bai,) = clients(office, "bai")
    given = {
        "version": deal.version,
        "pool": "shield",
        "instrument": "loan",
        "part": "register-shield-loan",
        "try": "1",
    }
    page = bai.post(f"/deals/{deal.pk}/register/", given).content.decode()
    assert "试算" in page
    assert page.count("还后余额") == page_of(bai, f"/deals/{deal.pk}/").count("还后余额")


def test_a_book_names_its_accounts_in_the_readers_language(office: LendingTown) -> None:
    office.pooled()
    (lin,) = clients(office, "lin")
    page = page_of(lin, "/pools/shield/")
    assert "出资方 city → 资金余额" in page
    assert "contributor:city" not in page


def test_nobody_waits_for_a_report_to_a_reguarantor_that_there_is_not(covers: CoverTown) -> None:
    deal = covers.guaranteed(covers.drawn())
    (one,) = clients(covers, "fir1")
    assert "下一步" not in page_of(one, f"/deals/{deal.pk}/")


def test_the_form_that_verifies_a_call_holds_the_amount_that_was_called(covers: CoverTown) -> None:
    loan = covers.drawn()
    deal = covers.guaranteed(loan)
    covers.lost(loan)
    bank, one, two = clients(covers, "bai", "fir1", "fir2")
    do(bank, deal, "call", fen="50,000.00", on="2025-06-30")
    assert deal.state == "called"
    assert 'value="50000.00"' in page_of(one, f"/deals/{deal.pk}/")
    do(one, deal, "verify", fen="50,000.00")
    assert 'value="50000.00"' in page_of(two, f"/deals/{deal.pk}/")
