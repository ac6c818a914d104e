"""The page of an institution's own book: opened, told whole to its own people, its money confirmed and moved once."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from kerong.web.base.figures import exact
from kerong.web.base.models import Book, Deal, Role, Transfer, User
from kerong.web.base.selectors.books import PAGE
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.institution_book import BookEvent, institution_money
from tests.web.cases.office import page_of, said_after
from tests.web.deals.capital import CapitalTown
from tests.web.deals.cover import MONEY, CoverTown, held
from tests.web.deals.office import alerts, clients
from tests.web.deals.test_guarantees import loss
from tests.web.deals.test_pool_pages import text_of

pytestmark = pytest.mark.database


@pytest.fixture
def office(cover_town: CoverTown, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> CoverTown:
    """The covering town with a portal whose clock shows the town's day."""
    monkeypatch.setattr(timezone, "localdate", lambda: cover_town.today)
    settings.DATA = tmp_path
    return cover_town


def key_of(page: str) -> str:
    """The key that a page of confirmation carries."""
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_guarantor_opens_its_book_pays_in_and_can_then_guarantee(office: CoverTown) -> None:
    loan = office.drawn(1)
    with pytest.raises(CaseRefused) as told:
        office.guaranteed(loan, by="yew", terms={"fee_fen": 10_000})
    assert told.value.key == "deal.refused.no_book"
    (yew,) = clients(office, "yew1")
    assert "账簿尚未开立" in page_of(yew, "/books/")
    assert yew.post("/books/pay_in/", {"fen": "1", "party": "owner"}).status_code == 404
    opened = said_after(yew, "/books/open/")
    assert "红豆杉担保" in opened
    assert "可用" in opened
    assert "本机构账簿已开立" in alerts(said_after(yew, "/books/open/"))
    page = yew.post("/books/pay_in/", {"fen": "5,000.00", "party": "owner"}).content.decode()
    said_after(yew, "/books/pay_in/", fen="5000.00", party="owner", key=key_of(page), confirmed="1")
    assert held("guarantor_yew") == (500_000, 0, 0)
    assert "¥5,000.00" in text_of(page_of(yew, "/books/"))
    deal = Deal.objects.get(kind="guarantee")
    assert office.do("yew3", deal, "issue", contract="保函1").state == "in_force"
    assert held("guarantor_yew") == (510_000, 0, 0)


def test_what_a_guarantee_sets_aside_and_pays_is_told_with_its_deal(office: CoverTown) -> None:
    loan = office.drawn()
    deal = office.guaranteed(loan)
    office.lost(loan)
    fen = loss(loan) * 8000 // 10_000
    office.do("fang", deal, "call", fen=fen)
    office.do("fir4", deal, "verify", fen=fen)
    fir, oak = clients(office, "fir1", "oak1")
    page = page_of(fir, "/books/")
    left = MONEY - fen
    for shown in ("¥1,000,000.00", exact(fen, "CNY"), exact(left, "CNY"), "预留代偿"):
        assert shown in text_of(page)
    assert f'href="/deals/{deal.pk}/"' in page
    assert page_of(fir, f"/deals/{deal.pk}/")
    office.do("fir5", deal, "pay", fen=fen)
    assert text_of(page_of(fir, "/books/")).count(exact(left, "CNY")) == 2  # held and free: nothing is set aside
    assert f"/deals/{deal.pk}/" not in page_of(oak, "/books/")


def test_money_is_confirmed_on_a_second_page_and_moved_once_for_its_key(office: CoverTown) -> None:
    (elm,) = clients(office, "elm1")
    count, path = Transfer.objects.count(), "/books/fee/"
    said = said_after(elm, path, fen="12,34", party="auditor")
    assert "不是金额" in alerts(said)
    assert 'value="12,34"' in said
    assert "请填写对方" in alerts(said_after(elm, path, fen="10"))
    page = elm.post(path, {"fen": "1,000.00", "party": "auditor"}).content.decode()
    assert "确认记账" in page
    assert Transfer.objects.count() == count
    for _ in range(2):
        said_after(elm, path, fen="1000.00", party="auditor", key=key_of(page), confirmed="1")
    assert Transfer.objects.count() == count + 1
    assert held("insurer_elm") == (100_000_000, 0, 100_000)
    other = said_after(elm, path, fen="1001.00", party="auditor", key=key_of(page), confirmed="1")
    assert alerts(other)
    assert "余额不足" in alerts(said_after(elm, path, fen="99999999", party="auditor", key="k", confirmed="1"))
    assert held("insurer_elm") == (100_000_000, 0, 100_000)
    said_after(elm, "/books/interest/", fen="7", key="i", confirmed="1")
    assert held("insurer_elm") == (100_000_700, 0, 100_000)


def test_only_its_own_kind_of_movement_is_there_and_nobody_else_comes_in(office: CoverTown) -> None:
    office.firm(1)
    bai, lin, firm, fir = clients(office, "bai", "lin", "firm1", "fir1")
    given = {"fen": "1", "party": "x", "key": "k", "confirmed": "1"}
    count = Transfer.objects.count()
    for verb in ("premium", "call_capital", "distribute", "recover", "nothing"):
        assert fir.post(f"/books/{verb}/", given).status_code == 404, verb
    assert fir.get("/books/guarantor_oak/").status_code == 405
    for other in (bai, lin, firm):
        assert {other.get("/books/").status_code, other.post("/books/open/").status_code} == {403}
        assert other.post("/books/pay_in/", given).status_code == 403
    assert Transfer.objects.count() == count
    assert "/books/" in page_of(fir, "/books/").split("<main")[0]
    assert "/books/" not in page_of(bai, "/deals/").split("<main")[0]


def test_a_person_of_an_institution_that_the_region_does_not_name_opens_no_book(office: CoverTown) -> None:
    client = Client()
    client.force_login(User.objects.create_user(username="far", role=Role.FUND, institution="elsewhere"))
    before = Book.objects.count()
    assert "本地区没有该机构" in alerts(said_after(client, "/books/open/"))
    assert Book.objects.count() == before


def test_a_long_book_is_paged_and_its_sums_count_every_page(office: CoverTown) -> None:
    for number in range(PAGE + 1):
        event = BookEvent("interest", office.today, 100)
        institution_money(office.people["fir1"], f"i{number}", office.published, event, today=office.today)
    (fir,) = clients(office, "fir1")
    page = page_of(fir, "/books/")
    assert f"¥{PAGE + 1}.00" in text_of(page)
    assert page.count("<tr>") == PAGE + 1  # with the head
    assert page_of(fir, "/books/?page=2").count("<tr>") == 3
    assert 'rel="next"' in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_a_book_speaks_the_readers_language(office: CoverTown, lang: str) -> None:
    for client in clients(office, "fir1", "yew1"):
        client.cookies["kerong_language"] = lang
        page = page_of(client, "/books/")
        assert page.count("<h1") == 1
        assert ("institution's book" in page.replace("&#x27;", "'"), "机构账簿" in page) == (lang == "en", lang == "zh")


def test_a_fund_calls_capital_and_gives_it_back_by_the_same_pages(
    capital_town: CapitalTown, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: capital_town.today)
    settings.DATA = tmp_path
    person = User.objects.filter(role=Role.FUND).order_by("pk")[0]
    client = Client()
    client.force_login(person)
    assert "实缴出资" in page_of(client, "/books/")
    before = held(person.institution, "fund")
    for verb in ("call_capital", "distribute"):
        page = client.post(f"/books/{verb}/", {"fen": "8", "party": "partner"}).content.decode()
        said_after(client, f"/books/{verb}/", fen="8", party="partner", key=key_of(page), confirmed="1")
    assert held(person.institution, "fund") == (before[0] + 800, before[1], before[2] + 800)
