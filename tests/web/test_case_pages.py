"""Pages on which subsidies are worked: who sees what, forms that lose nothing, hands apart, files, calls, money."""

import csv
import io
import re
from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from kerong.web.base.models import AccessLog, Attachment, Budget, BudgetChange, Call, Case, PaymentFile, Role, Transfer
from kerong.web.base.selectors.tasks import tasks_counted
from kerong.web.base.services.sealing import books_seal
from tests.intake.office import code
from tests.web.cases.office import client_of, grants_run, office, page_of, said_after
from tests.web.cases.town import DAY, FIRMS, REGION, TERMS, Town

__all__ = ["grants_run", "office"]
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def test_a_case_goes_from_application_to_payment_by_its_forms(office: Town) -> None:
    office.call()
    office.firm(1)
    firm, lin, wang, zhao = (client_of(office, who) for who in ("firm1", "lin", "wang", "zhao"))
    assert "interest" in page_of(firm, "/tasks/")
    form = {"run_id": office.published.run_id, "award": f"{code(1)}|C1", "payee_name": "企业1号（北）有限公司"}
    said_after(firm, "/apply/interest/", **form, bank="大江银行", account="6222000000000001")
    case = Case.objects.get()

    def do(client: Client, move: str, **given: object) -> None:
        case.refresh_from_db()
        said_after(client, f"/cases/{case.pk}/{move}/", version=case.version, seen=case.fen, note="因为", **given)

    do(lin, "accept")
    do(lin, "verify", fen="500.01")
    do(lin, "reserve")
    do(wang, "approve")
    do(lin, "notice")
    assert "500.01" in page_of(Client(), "/notices/")
    office.today = office.days.after(DAY, 6)
    do(lin, "clear")
    do(zhao, "instruct", stage=1)
    for budget in Budget.objects.all():
        said_after(zhao, f"/payments/{budget.pk}/send/")
    lines = [row for file in PaymentFile.objects.all() for row in _rows(file.text)]
    said = said_after(zhao, "/payments/returns/", file=SimpleUploadedFile("r.csv", _returned(lines, office.today)))
    assert said.count("已入账") == len(lines)
    case.refresh_from_db()
    assert (case.state, case.paid_fen) == ("paid", 50_001)
    page = page_of(firm, f"/cases/{case.pk}/")
    for told in ("已支付", "¥500.01", "支付补助", "6222000000000001", "条文"):
        assert told in page


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:-1]


def _returned(rows: list[list[str]], on: date, outcome: str = "支付成功") -> bytes:
    fens = [int(row[4].replace(".", "")) for row in rows]
    told = [f"{row[0]},S{n},{outcome},{row[4]},{on}" for n, row in enumerate(rows, 1)]
    total = f"合计,{len(rows)},,{sum(fens) // 100}.{sum(fens) % 100:02d},"
    return "\n".join(["指令号,流水号,结果,金额,日期", *told, total]).encode()


def test_the_task_box_holds_what_waits_for_one_person_and_the_menu_counts_it(office: Town) -> None:
    office.call()
    case = office.at("reserved")
    name = "企业1号（北）有限公司"
    assert tasks_counted(office.people["wang"], REGION, today=DAY) == "1"
    assert name in page_of(client_of(office, "wang"), "/tasks/")
    assert '<span class="pill num">1</span>' in page_of(client_of(office, "wang"), "/")
    assert tasks_counted(office.people["lin"], REGION, today=DAY) == ""  # lin reviewed it: approving is another's
    assert name not in page_of(client_of(office, "lin"), "/tasks/").split('<section class="card"')[-1]
    assert tasks_counted(office.people["firm1"], REGION, today=DAY) == ""
    office.do("wang", case, "approve")
    assert tasks_counted(office.people["wang"], REGION, today=DAY) == "1"  # to put it on notice


def test_overdue_cases_come_first_and_say_so_in_working_days(office: Town) -> None:
    office.call()
    office.today = date(2025, 3, 10)
    office.applied(2)
    office.today = DAY
    office.applied(1)
    office.today = date(2025, 3, 13)
    page = page_of(client_of(office, "lin"), "/tasks/")
    assert page.index("企业1号") < page.index("企业2号")
    assert "已逾期 3 个工作日" in page
    assert "还有 2 个工作日" in page


def test_a_page_offers_only_what_the_table_gives_this_person(office: Town) -> None:
    office.call()
    case = office.at("reserved")
    actions = r'action="/cases/\d+/(?!attachments)([a-z_]+)/"'
    found = set(re.findall(actions, page_of(client_of(office, "wang"), f"/cases/{case.pk}/")))
    assert found == {"approve", "reject", "revise", "carry_propose"}  # no lapse within the year, nothing proposed yet
    assert "approve" not in re.findall(actions, page_of(client_of(office, "lin"), f"/cases/{case.pk}/"))
    assert set(re.findall(actions, page_of(client_of(office, "firm1"), f"/cases/{case.pk}/"))) == {
        "change_payee",
        "withdraw",
    }
    office.person("ann", Role.ANALYST)
    assert re.findall(actions, page_of(client_of(office, "ann"), f"/cases/{case.pk}/")) == []


def test_an_old_page_is_refused_with_what_changed_and_nothing_typed_is_lost(office: Town) -> None:
    office.call()
    case = office.applied()
    lin = client_of(office, "lin")
    office.do("wang", case, "accept")
    said = said_after(lin, f"/cases/{case.pk}/accept/", version=1, seen=case.fen, note="typed with care")
    assert "页面打开后别人已办理过" in said
    assert "<strong>受理</strong>" in said
    assert "typed with care" in said
    case.refresh_from_db()
    assert (case.state, case.version) == ("accepted", 2)
    said = said_after(lin, f"/cases/{case.pk}/verify/", version=2, fen="12,34", note=f"typed {HOSTILE}")
    assert "“12,34”不是金额" in said
    assert 'value="12,34"' in said
    assert "typed &lt;script&gt;" in said
    assert HOSTILE not in said
    assert "12,34" not in page_of(lin, f"/cases/{case.pk}/")  # it was told once


def test_foreign_cases_and_missing_ones_answer_the_same_404(office: Town) -> None:
    call = office.call()
    case = office.applied(1)
    attached = Attachment.objects.create(
        case=case, title="a.pdf", kind="pdf", digest="0" * 64, bytes=1, by=office.people["firm1"]
    )
    office.firm(2)
    office.person("bank", Role.BANK, institution="bank_river")
    gets = {f"/cases/{case.pk}/": "/cases/99999/", f"/attachments/{attached.pk}/": "/attachments/99999/"}
    posts = {f"/cases/{case.pk}/{move}/": f"/cases/99999/{move}/" for move in ("withdraw", "attachments", "nothing")}
    for who in ("firm2", "bank"):
        client = client_of(office, who)
        for own, missing in (gets | posts).items():
            sent = [client.get(path) if own in gets else client.post(path) for path in (own, missing)]
            assert [answer.status_code for answer in sent] == [404, 404], (who, own)
            bodies = [
                re.sub(r"/(cases|attachments)/\d+/", "/X/", answer.content.decode()).split("csrfmiddlewaretoken")[0]
                for answer in sent
            ]
            assert bodies[0] == bodies[1]
        assert client.get(f"/calls/{call.pk}/").status_code == 403
    assert case.moves.count() == 1


def test_a_bank_sees_no_subsidy_of_a_firm(office: Town) -> None:
    office.call()
    case = office.at("reserved")
    office.person("bank", Role.BANK, institution="bank_river")
    bank = client_of(office, "bank")
    for view in ("", "?view=standing", "?view=overdue", "?view=paid", "?view=ended"):
        assert "企业1号" not in page_of(bank, f"/tasks/{view}")
    for path in ("/calls/", "/budgets/", "/payments/"):
        assert bank.get(path).status_code == 403
    assert bank.get("/apply/interest/").status_code == 404
    assert bank.get(f"/cases/{case.pk}/").status_code == 404


def test_every_read_of_a_case_is_recorded_for_the_firm(office: Town) -> None:
    office.call()
    case = office.applied()
    page_of(client_of(office, "lin"), f"/cases/{case.pk}/")
    read = AccessLog.objects.filter(what="case").latest("id")
    assert (read.enterprise_id, read.purpose, read.user) == (code(1), "public_duty", office.people["lin"])


def test_an_official_opens_a_call_with_its_terms(office: Town) -> None:
    lin = client_of(office, "lin")
    terms = {"opens_on": "2025-03-01", "closes_on": "2025-06-30", "notice_days": "7", "is_free": "1"}
    shares = {"share_city": "70", "share_county": "30", "stage_1": "60", "stage_2": "40", "milestone_2": "中期验收"}
    given = {"rule": "interest", "programme": "grants", **terms, **shares}
    said = said_after(lin, "/calls/open/", **given | {"share_county": "29.5"})
    assert "比例须为正且合计100%" in said
    assert 'value="29.5"' in said
    assert 'value="中期验收"' in said
    assert not Call.objects.exists()
    assert "免申即享" in said_after(lin, "/calls/open/", **given)
    call = Call.objects.get()
    assert (call.notice_days, call.shares) == (7, [["city", 7000], ["county", 3000]])
    assert call.stages == [[6000, ""], [4000, "中期验收"]]


def test_grants_are_proposed_to_many_in_one_step_after_a_preview_beside_the_budget(office: Town) -> None:
    call = office.call(is_free=True)
    lin = client_of(office, "lin")
    keys = [f"{code(n)}|C{n}" for n in (1, 2, 3)]
    preview = lin.post(f"/calls/{call.pk}/propose/", {"chosen": keys}).content.decode()
    assert "¥3,000.03" in preview  # half of 1,000.02 + 2,000.02 + 3,000.02, the last two round to the fen by themselves
    assert not Case.objects.exists()
    old = lin.post(f"/calls/{call.pk}/propose/", {"chosen": keys, "confirmed": "1", "run_id": "old"}, follow=True)
    assert "数据已更新" in old.content.decode()
    sent = {"chosen": [*keys, "nobody|C9"], "confirmed": "1", "run_id": office.published.run_id}
    said = lin.post(f"/calls/{call.pk}/propose/", sent, follow=True).content.decode()
    assert "已提出 3 项" in said
    assert set(Case.objects.values_list("state", flat=True)) == {"proposed"}
    office.firm(1)
    firm = client_of(office, "firm1")
    assert "确认领取" in page_of(firm, "/tasks/")
    case = Case.objects.get(enterprise_id=code(1))
    account = {"payee_name": "别的公司", "bank": "大江银行", "account": "6222000000000001"}
    said = said_after(firm, f"/cases/{case.pk}/confirm/", version=1, seen=case.fen, **account)
    assert "收款人名称与其代码登记的名称不符" in said
    assert 'value="6222000000000001"' in said
    said_after(firm, f"/cases/{case.pk}/confirm/", version=1, **account | {"payee_name": "企业1号（北）有限公司"})
    case.refresh_from_db()
    assert case.state == "accepted"


def test_entitled_firms_stand_in_the_call_until_they_have_a_case(office: Town) -> None:
    call = office.call()
    assert f"{FIRMS} 项" in page_of(client_of(office, "lin"), f"/calls/{call.pk}/")
    office.applied(1)
    page = page_of(client_of(office, "lin"), f"/calls/{call.pk}/")
    assert f"{FIRMS - 1} 项" in page
    assert "企业1号（" not in page


def test_anybody_with_a_log_in_may_object_to_what_stands_on_notice(office: Town) -> None:
    office.call()
    case = office.at("noticed")
    page = page_of(Client(), "/notices/")
    for told in ("企业1号（北）有限公司", "¥500.01", str(case.due_on)):
        assert told in page
    assert "提出异议</button>" not in page
    office.firm(2)
    other = client_of(office, "firm2")
    said = said_after(other, f"/cases/{case.pk}/object/", **{"from": "notices"}, version=case.version, note="")
    assert "请说明理由" in said
    said_after(other, f"/cases/{case.pk}/object/", **{"from": "notices"}, version=case.version, note="重复享受")
    case.refresh_from_db()
    assert case.state == "objected"
    assert "重复享受" in page_of(client_of(office, "sun"), f"/cases/{case.pk}/")


def test_a_budget_says_what_is_left_and_its_book_is_sealed(office: Town) -> None:
    office.call()
    office.at("reserved")
    books_seal(now=timezone.now())
    lin, budget = client_of(office, "lin"), Budget.objects.get(level="city")
    for path in ("/budgets/", f"/budgets/{budget.pk}/"):
        page = page_of(lin, path)
        assert "¥350.01" in page
        assert "¥99,999,649.99" in page
    assert "2 笔中已封存 2 笔" in page
    export = lin.get(f"/budgets/{budget.pk}/transfers.csv")
    assert "attachment" in export.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(export.content.decode().removeprefix("\ufeff"))))
    assert [row[5] for row in rows[1:]] == ["100000000.00", "350.01"]
    office.person("ann", Role.ANALYST)
    assert client_of(office, "ann").get(f"/budgets/{budget.pk}/transfers.csv").status_code == 403
    assert lin.get("/budgets/99999/").status_code == 404


def test_money_is_given_to_a_budget_by_two_people_once_for_a_page(office: Town) -> None:
    budget, lin, wang = Budget.objects.get(level="city"), client_of(office, "lin"), client_of(office, "wang")
    before, path = Transfer.objects.count(), f"/budgets/{budget.pk}/changes/"
    wish = {"key": "the page", "kind": "appropriate", "fen": "1,000.00", "note": "财教〔2025〕3号"}
    for _ in range(2):
        assert "须由另一人确认" in said_after(lin, path, **wish)
    proposed = BudgetChange.objects.get(state="proposed")
    assert "提出人不得确认" in said_after(lin, f"{path}{proposed.pk}/", decide="confirm")
    assert Transfer.objects.count() == before
    assert "财教〔2025〕3号" in said_after(wang, f"{path}{proposed.pk}/", decide="confirm")
    assert "该事项已办结" in said_after(wang, f"{path}{proposed.pk}/", decide="confirm")
    assert Transfer.objects.count() == before + 1
    assert "“-5”不是金额" in said_after(lin, path, **wish | {"key": "k", "fen": "-5"})
    assert "请填写金额" in said_after(lin, path, **wish | {"key": "k", "fen": ""})
    assert "请写明依据" in said_after(lin, path, **wish | {"key": "k", "note": " "})
    assert wang.post(f"{path}9999/", {"decide": "confirm"}).status_code == 404
    said_after(lin, "/budgets/open/", programme="talent", level="city", year="2025")
    assert "该预算已建立" in said_after(lin, "/budgets/open/", programme="talent", level="city", year="2025")
    other = Budget.objects.get(programme="talent")
    assert wang.post(f"/budgets/{other.pk}/changes/{proposed.pk}/", {"decide": "confirm"}).status_code == 404
    assert Transfer.objects.count() == before + 1


def test_a_return_file_that_cannot_be_read_whole_changes_nothing_and_says_where(office: Town) -> None:
    office.call()
    office.at("instructed")
    zhao = client_of(office, "zhao")
    for budget in Budget.objects.all():
        said_after(zhao, f"/payments/{budget.pk}/send/")
    file = PaymentFile.objects.earliest("id")
    sent = _returned(_rows(file.text), office.days.after(DAY, 6)).replace(b"S1", b"S 1")
    said = said_after(zhao, "/payments/returns/", file=SimpleUploadedFile("r.csv", sent))
    assert "第2行“流水号”不合规定" in said
    assert "S 1" in said
    office.today = office.days.after(DAY, 6)
    wrong = [[*row[:4], "0.01", *row[5:]] for row in _rows(file.text)]
    said = said_after(zhao, "/payments/returns/", file=SimpleUploadedFile("r.csv", _returned(wrong, office.today)))
    assert "已隔离" in said
    assert "金额与指令不符" in said
    assert not Transfer.objects.filter(step="pay_grant").exists()
    assert "没有待送出的支付指令" in said_after(zhao, f"/payments/{file.budget_id}/send/")
    assert file.number in zhao.get(f"/payments/files/{file.pk}/").headers["Content-Disposition"]


def test_experts_score_apart_and_the_review_is_concluded_when_enough_have(office: Town) -> None:
    office.call(terms=replace(TERMS, experts=2, pass_mark=60))
    case = office.applied()
    for name in ("ann", "bob", "cem"):
        office.person(name, Role.ANALYST)
    lin = client_of(office, "lin")
    said_after(lin, f"/cases/{case.pk}/accept/", version=1)
    assert "核定" not in page_of(lin, "/tasks/").split("<tbody>")[-1]
    for version, name in ((2, "ann"), (3, "bob")):
        client = client_of(office, name)
        assert tasks_counted(office.people[name], REGION, today=DAY) == "1"
        said = said_after(client, f"/cases/{case.pk}/score/", version=version, score="101")
        assert "分数须在0到100之间" in said
        said_after(client, f"/cases/{case.pk}/score/", version=version, score="80")
        assert tasks_counted(office.people[name], REGION, today=DAY) == ""
    assert tasks_counted(office.people["cem"], REGION, today=DAY) == ""
    assert "汇总评审" in page_of(lin, "/tasks/")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_speaks_the_readers_language(office: Town, lang: str) -> None:
    call = office.call()
    case = office.at("instructed")
    budget = Budget.objects.earliest("id")
    lin = client_of(office, "lin")
    lin.cookies["kerong_language"] = lang
    for path in ("/tasks/", "/tasks/?view=standing", f"/cases/{case.pk}/", "/calls/", f"/calls/{call.pk}/"):
        assert page_of(lin, path).count("<h1") == 1
    for path in ("/budgets/", f"/budgets/{budget.pk}/", "/payments/", "/notices/"):
        told = re.sub(r"<(script|style|form).*?</\1>|<[^>]+>", " ", page_of(lin, path), flags=re.DOTALL)
        assert ("Overview" in told, "区域总览" in told) == (lang == "en", lang == "zh"), path


def test_a_correction_is_answered_by_the_firm_in_its_own_page(office: Town) -> None:
    office.call()
    case = office.do("lin", office.applied(), "return", note="缺合同")
    firm = client_of(office, "firm1")
    page = page_of(firm, f"/cases/{case.pk}/")
    assert "缺合同" in page
    assert "lin" not in re.sub(r"<[^>]+>", "", page.split('class="alert-history"')[1])
    said_after(firm, f"/cases/{case.pk}/correct/", version=2, seen=case.fen, note="已补合同")
    case.refresh_from_db()
    assert case.state == "corrected"
    assert "已补合同" in page_of(client_of(office, "sun"), f"/cases/{case.pk}/")
