"""Pages of pools: figures for the office, public ones for banks, money that is confirmed before it moves."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from kerong.web.base.models import RiskPool, Role, Transfer, User
from kerong.web.base.selectors import pools
from kerong.web.base.services.sealing import books_seal
from tests.web.cases.office import page_of, said_after
from tests.web.deals.office import alerts, clients, do
from tests.web.deals.town import LendingTown, pool_book
from tests.web.ledger.checked import all_adds_up

pytestmark = pytest.mark.database


@pytest.fixture
def office(town: LendingTown, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> LendingTown:
    """The town with a portal whose clock shows the town's day."""
    monkeypatch.setattr(timezone, "localdate", lambda: town.today)
    settings.DATA = tmp_path
    return town


def text_of(page: str) -> str:
    """What a reader sees of a page's own part."""
    main = page.split("<main")[1]
    return re.sub(r"\s+", " ", re.sub(r"<form.*?</form>|<[^>]+>", " ", main, flags=re.DOTALL))


def test_the_office_sees_what_a_pool_holds_carries_and_has_paid(office: LendingTown) -> None:
    deal = office.overdue(1)
    due = sum(deal.entries.filter(kind="due").values_list("fen", flat=True))
    fen = (deal.drawn_fen + due) * 8000 // 10_000
    lin, wang, fang = clients(office, "lin", "wang", "fang")
    do(fang, deal, "claim", recovered="0")
    do(lin, deal, "verify", fen=f"{fen / 100:.2f}")
    do(wang, deal, "compensate", fen=f"{fen / 100:.2f}")
    books_seal(now=timezone.now())
    told = text_of(page_of(lin, "/pools/shield/"))
    left = 100_000_000 - fen
    for shown in (
        f"¥{left // 100:,}.{left % 100:02d}",
        f"¥{fen // 100:,}.{fen % 100:02d}",
        "企业1号",
        "放款后30日内备案",
    ):
        assert shown in told
    assert "3 笔中已封存 3 笔" in told
    assert "接受新备案" in text_of(page_of(lin, "/pools/"))
    all_adds_up()


def test_a_bank_sees_its_own_loans_and_only_public_figures_of_a_pool(office: LendingTown) -> None:
    own = office.pooled(1)
    office.do("gao", office.drawn(2, product="hill", officers=("gao", "hu", "ji")), "register", pool="shield")
    bai, gao, lin = clients(office, "bai", "gao", "lin")
    page = page_of(bai, "/pools/shield/")
    told = text_of(page)
    assert f'href="/deals/{own.pk}/"' in page
    assert "企业2号" not in told
    assert "¥200,000.00" not in told  # what one's own loans leave would be the other bank's
    assert "¥200,000.00" in text_of(page_of(lin, "/pools/shield/"))
    assert "一年预期损失" not in told
    assert "contributor" not in told
    assert "<form" not in page.split("<main")[1]
    assert "企业1号" not in text_of(page_of(gao, "/pools/shield/"))


def test_what_was_paid_for_the_one_firm_of_another_bank_is_not_the_rest_of_what_a_bank_sees(
    office: LendingTown,
) -> None:
    deal = office.drawn(2, product="hill", officers=("gao", "hu", "ji"))
    office.do("gao", deal, "register", pool="shield")
    office.pooled(1)
    office.today = date(2025, 6, 30)
    office.close(date(2025, 6, 29))
    deal.refresh_from_db()
    due = sum(deal.entries.filter(kind="due").values_list("fen", flat=True))
    fen = (deal.drawn_fen + due) * 8000 // 10_000
    office.do("gao", deal, "claim")
    office.do("lin", deal, "verify", fen=fen)
    office.do("wang", deal, "compensate", fen=fen)
    bai, gao, lin = clients(office, "bai", "gao", "lin")
    told = [f"¥{one // 100:,}.{one % 100:02d}" for one in (fen, 100_000_000 - fen)]
    for path in ("/pools/", "/pools/shield/"):
        pages = {name: text_of(page_of(client, path)) for name, client in (("bai", bai), ("gao", gao), ("lin", lin))}
        assert all(one in pages["lin"] and one in pages["gao"] for one in told)
        assert not any(one in pages["bai"] for one in told)
    share = f"{fen * 100 / 100_000_000:.2f}"
    assert share not in text_of(page_of(bai, "/pools/shield/"))


def test_money_of_a_pool_is_confirmed_on_a_second_page_and_moved_once(office: LendingTown) -> None:
    (lin,) = clients(office, "lin")
    before, count = pool_book()[0], Transfer.objects.count()
    path = "/pools/shield/pay_in/"
    said = said_after(lin, path, fen="12,34", party="city")
    assert "不是金额" in alerts(said)
    assert 'value="12,34"' in said
    assert "请填写对方" in alerts(said_after(lin, path, fen="1000.00"))
    page = lin.post(path, {"fen": "1,000.00", "party": "city"}).content.decode()
    assert "¥1,000.00" in page
    assert "确认记账" in page
    assert Transfer.objects.count() == count
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    for _ in range(2):
        said_after(lin, path, fen="1000.00", party="city", key=key[1], confirmed="1")
    assert (pool_book()[0], Transfer.objects.count()) == (before + 100_000, count + 1)
    said = said_after(lin, "/pools/shield/fee/", fen="99999999", party="manager", key="k", confirmed="1")
    assert "资金池余额不足" in alerts(said)
    said_after(lin, "/pools/shield/interest/", fen="10", key="i", confirmed="1")
    assert RiskPool.objects.get().interest_fen == 1_000
    all_adds_up()


def test_only_an_official_moves_money_and_a_pool_that_is_not_open_has_no_page(office: LendingTown) -> None:
    (bai, lin) = clients(office, "bai", "lin")
    assert (
        bai.post("/pools/shield/pay_in/", {"fen": "1", "party": "x", "confirmed": "1", "key": "k"}).status_code == 403
    )
    assert bai.post("/pools/shield/open/").status_code == 403
    assert bai.get("/pools/nothing/").status_code == 404
    assert lin.post("/pools/nothing/pay_in/", {"fen": "1", "party": "x"}).status_code == 404
    assert lin.post("/pools/shield/register/", {"fen": "1", "party": "x"}).status_code == 404
    assert "该资金池已开立" in alerts(said_after(lin, "/pools/shield/open/"))
    ann = User.objects.create_user(username="ann", role=Role.ANALYST)
    client = Client()
    client.force_login(ann)
    assert "风险池" in page_of(client, "/pools/shield/")
    assert client.post("/pools/shield/fee/").status_code == 403


def test_a_fuse_that_has_blown_is_told_to_everybody(office: LendingTown, monkeypatch: pytest.MonkeyPatch) -> None:
    both = clients(office, "bai", "lin")
    monkeypatch.setattr(pools, "fuse_line", lambda rules, is_open, on: 500)  # the town's own pool has none
    assert all("已熔断" not in page_of(client, "/pools/") for client in both)
    office.overdue(1)
    assert all("已熔断" in page_of(client, "/pools/") for client in both)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_of_pools_speak_the_readers_language(office: LendingTown, lang: str) -> None:
    office.pooled(1)
    for client in clients(office, "lin", "bai"):
        client.cookies["kerong_language"] = lang
        for path in ("/pools/", "/pools/shield/"):
            page = page_of(client, path)
            assert page.count("<h1") == 1
            assert ("Risk pools" in page, "风险资金池" in page) == (lang == "en", lang == "zh")


def test_a_pool_of_many_loans_lists_the_first_and_says_how_many_more_there_are(
    office: LendingTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        office.pooled(number)
    (lin,) = clients(office, "lin")
    assert "另有" not in page_of(lin, "/pools/shield/")
    monkeypatch.setattr(pools, "MOST_LOANS", 2)
    told = text_of(page_of(lin, "/pools/shield/"))
    assert "另有 1 笔，见业务列表" in told
    assert [name in told for name in ("企业1号", "企业2号", "企业3号")] == [True, True, False]
