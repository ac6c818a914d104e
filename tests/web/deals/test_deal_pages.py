"""Pages on which deals are worked: who sees what, forms that lose nothing, schedules and pools seen beforehand."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from kerong.web.base.models import AccessLog, Deal, DealAttachment, DealMove, Role, User
from kerong.web.base.selectors.tasks import tasks_counted
from kerong.web.base.services.deal_people import visible
from tests.intake.office import code
from tests.web.cases.office import page_of, said_after
from tests.web.cases.town import REGION
from tests.web.deals.office import PDF, TERMS, alerts, clients, do, file, moves_on, yesterday
from tests.web.deals.town import LendingTown

pytestmark = pytest.mark.database
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def office(town: LendingTown, monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> LendingTown:
    """The town with a portal whose clock shows the town's day."""
    monkeypatch.setattr(timezone, "localdate", lambda: town.today)
    settings.DATA = tmp_path
    return town


def test_a_bank_takes_a_loan_from_its_application_to_drawdown_and_to_a_pool_by_forms(office: LendingTown) -> None:
    deal = office.applied(1)
    bai, chen, deng = clients(office, "bai", "chen", "deng")
    assert "企业1号" in page_of(bai, "/deals/")
    do(bai, deal, "take")
    do(bai, deal, "recommend", fen="100,000.00", **TERMS)
    assert deal.state == "recommended"
    do(chen, deal, "approve")
    do(bai, deal, "sign", contract="合同1")
    do(deng, deal, "draw_part", fen="40,000.00", on="2025-03-03")
    assert deal.state == "drawing"
    do(deng, deal, "draw", fen="60,000.00", on="2025-03-03")
    page = page_of(bai, f"/deals/{deal.pk}/")
    for told in ("还款中", "¥100,000.00", "2025-04-03", "合同1", "风险池"):
        assert told in page
    do(bai, deal, "register", pool="shield", instrument="loan", part="register-shield-loan")
    page = page_of(bai, f"/deals/{deal.pk}/")
    assert "所在资金池" in page
    assert deal.state == "repaying"


def test_a_schedule_is_seen_before_the_loan_is_recommended_and_nothing_is_done(office: LendingTown) -> None:
    deal = office.applied(1)
    (bai,) = clients(office, "bai")
    do(bai, deal, "take")
    before = DealMove.objects.count()
    given = {"version": deal.version, "fen": "100000", "note": "typed with care", **TERMS, "try": "1"}
    page = bai.post(f"/deals/{deal.pk}/recommend/", given).content.decode()
    # 31 days of 3.6 % of 100,000.00 by 360
    assert "¥310.00" in page
    assert "试算：尽调" in page
    assert "typed with care" in page
    assert 'value="2026-03-10"' in page
    deal.refresh_from_db()
    assert (deal.state, DealMove.objects.count()) == ("taken", before)
    assert deal.terms == {}
    wrong = said_after(bai, f"/deals/{deal.pk}/recommend/", **given | {"maturity": "2024-01-01"})
    assert "maturity" in alerts(wrong)
    assert "typed with care" in wrong


def test_what_is_typed_wrongly_into_terms_is_refused_by_name_and_stands_in_the_form(office: LendingTown) -> None:
    deal = office.applied(1)
    (bai,) = clients(office, "bai")
    do(bai, deal, "take")
    for wrong, told in (
        ({"percent": "三"}, "固定利率须填年利率"),
        ({"percent": ""}, "固定利率须填年利率"),
        ({"base": "LPR1Y"}, "不要再填固定年利率"),
        ({"base": "LPR1Y", "percent": ""}, "浮动利率须填加点"),
        ({"base": "LPR1Y", "percent": "", "spread_bp": "50", "reset_months": "12"}, "LPR1Y"),
        ({"maturity": "明年"}, "日期须如"),
        ({"every_months": "x"}, "须为整数"),
        ({"fen": "12,34"}, "不是金额"),
        ({"fen": "600,000.00"}, "超过推荐额度"),
    ):
        said = do(bai, deal, "recommend", **{"fen": "1000", **TERMS, **wrong}, note=f"care {HOSTILE}")
        assert told in alerts(said), wrong
        assert "care &lt;script&gt;" in said
        assert HOSTILE not in said
        name, value = next(iter(wrong.items()))
        assert name == "base" or f'value="{value}"' in said
    assert deal.state == "taken"


def test_an_old_page_is_refused_with_what_changed_and_nothing_typed_is_lost(office: LendingTown) -> None:
    deal = office.applied(1)
    (bai, chen) = clients(office, "bai", "chen")
    do(chen, deal, "take")
    said = said_after(bai, f"/deals/{deal.pk}/decline/", version=1, seen=deal.fen, note="typed with care")
    assert "页面打开后别人已办理过" in alerts(said)
    assert "<strong>受理</strong>" in said
    assert "typed with care" in said
    deal.refresh_from_db()
    assert (deal.state, deal.version) == ("taken", 2)


def test_a_page_offers_only_what_the_table_gives_this_person(office: LendingTown) -> None:
    deal = office.applied(1)
    bai, firm = clients(office, "bai", "firm1")
    assert moves_on(bai, deal) == {"take", "decline"}
    assert moves_on(firm, deal) == {"withdraw"}
    do(bai, deal, "take")
    assert moves_on(bai, deal) == {"ask", "recommend"}  # declining is another's: bai reviews
    (chen,) = clients(office, "chen")
    assert moves_on(chen, deal) == {"ask", "recommend", "decline"}


def test_a_firm_is_asked_for_documents_hands_them_in_and_follows_its_loan(office: LendingTown) -> None:
    deal = office.applied(1)
    bai, firm = clients(office, "bai", "firm1")
    do(bai, deal, "take")
    do(bai, deal, "ask", note="请补上年度审计报告")
    page = page_of(firm, f"/deals/{deal.pk}/")
    assert "请补上年度审计报告" in page
    assert "bai" not in re.sub(r"<[^>]+>", "", page.split("main>")[0])
    said = do(firm, deal, "hand_in")
    assert "请附材料" in alerts(said)
    said = do(firm, deal, "hand_in", files=file("a.pdf", b"<html>"))
    assert "不是 PDF" in alerts(said)
    do(firm, deal, "hand_in", files=file("../审计.exe"))
    assert deal.state == "taken"
    page = page_of(bai, f"/deals/{deal.pk}/")
    assert "审计.pdf" in page
    held = DealAttachment.objects.get()
    answer = bai.get(f"/deals/files/{held.pk}/")
    assert answer.content == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_files_stay_where_the_move_itself_is_refused_and_can_be_named_again(office: LendingTown) -> None:
    deal = office.applied(1)
    bai, firm = clients(office, "bai", "firm1")
    do(bai, deal, "take")
    do(bai, deal, "ask", note="请补")
    said = said_after(firm, f"/deals/{deal.pk}/hand_in/", version=1, files=file())
    assert "别人已办理过" in alerts(said)
    held = DealAttachment.objects.get()
    assert f'name="document_{held.pk}"' in said
    do(firm, deal, "hand_in", **{f"document_{held.pk}": "1"})
    assert deal.state == "taken"
    assert deal.moves.last().detail["documents"] == [f"报表.pdf ({held.digest[:12]})"]  # type: ignore[union-attr]


def test_foreign_deals_and_missing_ones_answer_the_same_404(office: LendingTown) -> None:
    deal = office.applied(1)
    office.firm(2)
    (firm,) = clients(office, "firm1")
    said_after(firm, f"/deals/{deal.pk}/attachments/", file=file())
    held = DealAttachment.objects.get()
    gets = {f"/deals/{deal.pk}/": "/deals/99999/", f"/deals/files/{held.pk}/": "/deals/files/99999/"}
    posts = {f"/deals/{deal.pk}/{move}/": f"/deals/99999/{move}/" for move in ("withdraw", "take", "attachments", "no")}
    count = deal.moves.count()
    for other in clients(office, "firm2", "gao", "lin"):
        assert "企业1号" not in page_of(other, "/deals/").split("<main")[1]
        for own, missing in (gets | posts).items():
            sent = [
                other.get(path) if own in gets else other.post(path, {"version": 1, "file": file(), "files": file()})
                for path in (own, missing)
            ]
            assert [answer.status_code for answer in sent] == [404, 404], own
            bodies = [
                re.sub(r"/deals/(files/)?\d+/", "/X/", answer.content.decode()).split("csrfmiddlewaretoken")[0]
                for answer in sent
            ]
            assert bodies[0] == bodies[1]
    assert deal.moves.count() == count
    assert DealAttachment.objects.count() == 1


def test_every_read_of_a_deal_is_recorded_for_the_firm(office: LendingTown) -> None:
    deal = office.applied(1)
    (bai,) = clients(office, "bai")
    page_of(bai, f"/deals/{deal.pk}/")
    read = AccessLog.objects.filter(what="deal").latest("id")
    assert (read.enterprise_id, read.purpose, read.institution) == (code(1), "own_business", "bank_river")


def test_a_claim_says_beforehand_what_the_pool_would_pay_and_by_which_clause(office: LendingTown) -> None:
    deal = office.overdue()
    fang, lin, wang = clients(office, "fang", "lin", "wang")
    page = page_of(fang, f"/deals/{deal.pk}/")
    due = sum(deal.entries.filter(kind="due").values_list("fen", flat=True))
    fen = (deal.drawn_fen + due) * 8000 // 10_000
    shown = f"{fen // 100:,}.{fen % 100:02d}"
    for told in (f"资金池目前会补偿 {shown} 元", "放款后30日内备案", "第六条", "第五条", "逾期"):
        assert told in page
    tried = fang.post(f"/deals/{deal.pk}/claim/", {"version": deal.version, "recovered": "0", "try": "1"})
    assert "试算：申请补偿" in tried.content.decode()
    deal.refresh_from_db()
    assert deal.state == "overdue"
    do(fang, deal, "claim", recovered="0.00")
    page = page_of(lin, f"/deals/{deal.pk}/")
    assert f'value="{fen // 100}.{fen % 100:02d}"' in page
    said = do(lin, deal, "verify", fen="1.00")
    assert "金额已变为" in alerts(said)
    do(lin, deal, "verify", fen=shown)
    assert "compensate" not in moves_on(lin, deal)
    assert moves_on(wang, deal) == {"compensate", "void_claim"}
    page = page_of(wang, f"/deals/{deal.pk}/")
    assert f'value="{fen // 100}.{fen % 100:02d}"' in page
    do(wang, deal, "compensate", fen=shown)
    assert deal.state == "compensated"
    do(fang, deal, "recover", fen="10.00")
    page = page_of(fang, f"/deals/{deal.pk}/")
    assert "追偿入账" in page
    assert "¥8.00" in page


def test_a_list_keeps_what_is_late_past_due_and_ended_apart(office: LendingTown) -> None:
    office.applied(1)
    overdue = office.overdue(2)
    ended = office.applied(3)
    (gone,) = clients(office, "firm3")
    do(gone, ended, "withdraw")
    (bai,) = clients(office, "bai")

    def listed(query: str) -> set[str]:
        return set(re.findall(r"企业(\d)号", page_of(bai, f"/deals/{query}").split("<main")[1]))

    assert listed("") == {"1", "2"}
    assert listed("?view=past_due") == {"2"}
    assert listed("?view=ended") == {"3"}
    assert listed("?view=late") == {"1"}
    assert listed("?state=loan.overdue") == {"2"}
    assert listed("?state=loan.nothing&view=nothing") == {"1", "2"}
    assert overdue.state == "overdue"


def test_what_is_owed_is_told_as_of_the_last_closed_day(office: LendingTown) -> None:
    deal = office.overdue(1)
    (firm,) = clients(office, "firm1")
    page = page_of(firm, f"/deals/{deal.pk}/")
    assert f"截至 {yesterday(office)} 日终" in page
    assert "逾期天数" in page
    assert "关注" in page


def test_a_note_within_a_bank_is_not_told_to_the_firm_but_a_reason_is(office: LendingTown) -> None:
    deal = office.applied(1)
    bai, chen, firm = clients(office, "bai", "chen", "firm1")
    do(bai, deal, "take", note="within the bank")
    assert "within the bank" not in page_of(firm, f"/deals/{deal.pk}/")
    assert "within the bank" in page_of(chen, f"/deals/{deal.pk}/")
    do(chen, deal, "decline", note="cash flow does not carry it")
    assert "cash flow does not carry it" in page_of(firm, f"/deals/{deal.pk}/")
    assert "未获批准" in page_of(firm, f"/deals/{deal.pk}/")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_of_deals_speaks_the_readers_language(office: LendingTown, lang: str) -> None:
    deal = office.overdue(1)
    early = office.applied(2)
    do(clients(office, "bai")[0], early, "take")
    for client in clients(office, "bai", "firm1", "lin"):
        client.cookies["kerong_language"] = lang
        for path in ("/deals/", f"/deals/{deal.pk}/"):
            page = page_of(client, path)
            assert page.count("<h1") == 1
            told = re.sub(r"<(script|style|form).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
            assert ("Overview" in told, "区域总览" in told) == (lang == "en", lang == "zh"), path
    bank = clients(office, "bai")[0]
    bank.cookies["kerong_language"] = lang
    assert page_of(bank, f"/deals/{early.pk}/")


def test_people_who_are_part_of_no_deals_have_no_such_page(office: LendingTown) -> None:
    User.objects.create_user(username="ann", role=Role.ANALYST)
    client = Client()
    client.force_login(User.objects.get(username="ann"))
    assert client.get("/deals/").status_code == 403
    assert office.applied(1).pk not in visible(User.objects.get(username="ann"), REGION).values_list("pk", flat=True)


def test_a_firm_applies_on_an_offer_and_what_it_typed_stays_when_refused(office: LendingTown) -> None:
    office.firm(1)
    (firm, bai) = clients(office, "firm1", "bai")
    assert "/deals/open/loan/?product=growth" in page_of(firm, "/deals/")
    assert "/deals/open/loan/?product=growth" in page_of(firm, f"/enterprises/{code(1)}/")
    path = "/deals/open/loan/?product=growth"
    assert "成长贷" in page_of(firm, path)
    given = {"run_id": office.published.run_id, "note": "typed with care"}
    said = said_after(firm, path, **given, fen="9,999,999.00")
    assert "金额超过推荐额度" in alerts(said)
    assert "typed with care" in said
    assert 'value="9,999,999.00"' in said
    said = said_after(firm, path, **given, fen="1000", files=file("a.pdf", b"MZ"))
    assert "不是 PDF" in alerts(said)
    assert not Deal.objects.exists()
    said = said_after(firm, path, **given, fen="1000", files=file())
    deal = Deal.objects.get()
    assert (deal.fen, deal.institution, deal.state) == (100_000, "bank_river", "applied")
    assert [one.title for one in deal.attachments.all()] == ["报表.pdf"]
    assert "已申请" in said
    assert path not in page_of(firm, "/deals/")
    assert "企业1号" in page_of(bai, "/deals/")
    assert "数据已更新" in alerts(
        said_after(firm, "/deals/open/loan/?product=hill", **given | {"run_id": "old"}, fen="1")
    )


def test_what_a_person_cannot_open_is_not_there(office: LendingTown) -> None:
    office.applied(1)
    office.firm(2)
    deal = Deal.objects.get()
    for who, path in (
        ("bai", "/deals/open/loan/"),
        ("firm2", f"/deals/open/loan/?base={deal.pk}"),
        ("firm2", "/deals/open/loan/?product=nothing"),
        ("firm2", "/deals/open/subsidy/"),
        ("firm2", "/deals/open/nothing/"),
    ):
        (client,) = clients(office, who)
        assert client.get(path).status_code == 404, path


def test_the_task_box_and_its_count_hold_deals_as_well(office: LendingTown) -> None:
    deal = office.applied(1)
    bai, chen, firm = clients(office, "bai", "chen", "firm1")
    assert tasks_counted(office.people["bai"], REGION, today=office.today) == "1"
    page = page_of(bai, "/tasks/")
    assert f'href="/deals/{deal.pk}/"' in page
    assert "受理" in page
    assert '<span class="pill num">1</span>' in page
    assert tasks_counted(office.people["firm1"], REGION, today=office.today) == ""
    assert tasks_counted(office.people["gao"], REGION, today=office.today) == ""
    do(bai, deal, "take")
    do(bai, deal, "ask", note="请补")
    assert tasks_counted(office.people["bai"], REGION, today=office.today) == ""
    assert "补交材料" in page_of(firm, "/tasks/")
    do(firm, deal, "hand_in", files=file())
    do(bai, deal, "recommend", fen="1000", **TERMS)
    assert tasks_counted(office.people["bai"], REGION, today=office.today) == ""  # approving is another's
    assert "批准" in page_of(chen, "/tasks/")


def test_claims_are_in_the_task_box_of_the_office(office: LendingTown) -> None:
    deal = office.overdue(1)
    fang, lin = clients(office, "fang", "lin")
    assert tasks_counted(office.people["lin"], REGION, today=office.today) == ""
    do(fang, deal, "claim", recovered="0")
    page = page_of(lin, "/tasks/")
    assert "核定损失" in page
    assert "不予补偿" in page
    assert tasks_counted(office.people["lin"], REGION, today=office.today) == "1"
