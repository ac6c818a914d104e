"""The statement of public support is what cases and the ledger say, for the firm, for its group, for whoever reads."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from django.test import Client
from django.utils import timezone

from kerong.engine.deal.payment import ReturnLine
from kerong.engine.deal.subsidy import Payee
from kerong.engine.monitor.amounts import exact
from kerong.engine.monitor.support import CapUse, Statement, Sums
from kerong.paper.support_content import AMOUNTS
from kerong.paper.typeset import FONTS
from kerong.web.base.models import AccessLog, Account, Budget, Case, Instruction, Role
from kerong.web.base.selectors import support
from kerong.web.base.selectors.support import support_statement
from kerong.web.base.services.case import case_open_from_award
from kerong.web.base.services.case_award import left_under_caps
from kerong.web.base.services.case_payment import payment_file_send, return_settle
from tests.conftest import lacking
from tests.intake.office import code
from tests.web.cases.test_audit import _long_life as long_life
from tests.web.cases.town import CAP, DAY, INTEREST, REGION, YEAR, Town, _rule, run_of, texts

pytestmark = pytest.mark.database
OF_GROUP = (
    '[[limit]]\nscope = "affiliates_year"\nfen = "group_fen"\n[[limit]]\nscope = "budget_year"\nfen = "group_fen"\n'
)
SPAN = '[[limit]]\nscope = "enterprise"\nfen = "group_fen"\nyears = [2024, 2026]\n'
MOST = '[parameter.group_fen]\n2024-01-01 = { value = 90_000_000, source = "第五条" }\n'
GROUPED = {
    "region.toml": texts()["region.toml"].replace(
        "[enterprise]\n", '[enterprise]\naffiliates = "left(enterprise.name, 3)"\n'
    ),
    "policies/interest.toml": _rule(
        "interest",
        "loan",
        "loan.interest_fen > 0",
        INTEREST,
        CAP + OF_GROUP + SPAN + MOST,
        'fingerprint = ["loan.contract"]',
    ),
}
FIRST, SECOND, STRANGER = 1, 12, 30  # 企业1号 and 企业12号 are of one group, 企业30号 is of another
Asked = Callable[..., Statement]


@pytest.fixture(scope="session")
def grouped_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the town with groups of affiliates: firms whose names begin alike."""
    return run_of(tmp_path_factory.mktemp("grouped"), None, **GROUPED)


@pytest.fixture
def town(db: None, grouped_run: Path) -> Town:
    """The town with budgets, a call for interest, and money that moved for three firms."""
    town = Town.open(grouped_run)
    town.call()
    return town


@pytest.fixture
def asked(town: Town) -> Asked:
    """The statement of a firm as a person reads it."""

    def of(number: int = FIRST, who: str = "lin") -> Statement:
        found = support_statement(town.people[who], town.published, code(number), today=town.today)
        assert found is not None
        return found

    return of


def paid(town: Town, number: int) -> Case:
    case = town.at("instructed", number)
    before, town.today = town.today, date(2025, 3, 14)
    for budget in Budget.objects.filter(year=YEAR):
        if Instruction.objects.filter(part__case=case, part__budget=budget, state="made").exists():
            payment_file_send(town.people["zhao"], budget, today=town.today, days=town.days)
    for one in Instruction.objects.filter(part__case=case, state="sent"):
        line = ReturnLine(one.number, f"S{one.pk}", "paid", one.fen, town.today)
        assert return_settle(None, REGION, line, "test", today=town.today, days=town.days).state == "applied"
    case.refresh_from_db()
    town.today = before
    return case


def moved(town: Town) -> tuple[Case, Case, Case]:
    """A case of each firm: paid and partly clawed back, reserved, and paid to a stranger to the group."""
    first = paid(town, FIRST)
    town.do("qian", first, "order_back", fen=1001)
    town.do("zhao", first, "receive_part", fen=500)
    return first, town.at("reserved", SECOND), paid(town, STRANGER)


def cap_of(found: Statement, scope: str, firm: int | None = None) -> CapUse:
    return next(cap for cap in found.caps if cap.scope == scope and cap.firm in ("", code(firm or FIRST)))


def on_accounts(*numbers: int) -> int:
    held = Account.objects.filter(kind="payee", subject__in=[code(number) for number in numbers])
    return sum(account.credits_posted - account.debits_posted for account in held)


def test_what_is_paid_less_what_came_back_is_what_the_ledger_holds_for_these_payees(town: Town, asked: Asked) -> None:
    first, second, _ = moved(town)
    found = asked()
    first.refresh_from_db()
    total = found.support.total
    assert (total.paid, total.returned) == (first.paid_fen, 500)
    assert total.reserved == second.reserved_fen > 0
    assert total.kept == on_accounts(FIRST, SECOND) == found.ledger_fen
    assert found.agrees


def test_every_case_has_in_the_statement_what_the_case_says_of_itself(town: Town, asked: Asked) -> None:
    moved(town)
    found = asked()
    for case in Case.objects.filter(pk__in=found.support.by_case):
        approved = case.approved_fen if case.is_approved else 0
        told = Sums(case.awarded_fen, approved, case.reserved_fen, case.paid_fen, case.returned_fen)
        assert found.support.by_case[case.pk] == told
    assert {line.level for line in found.support.lines} == {"city", "county"}
    assert sum(found.support.by_level.values(), Sums()) == found.support.total


def test_a_payment_of_two_years_stands_in_the_year_that_paid_it(town: Town, asked: Asked) -> None:
    case = long_life(town)
    found = asked(3)
    by_year = found.support.by_year
    assert set(by_year) == {2025, 2026}
    assert found.support.total.kept == case.paid_fen - case.returned_fen == on_accounts(3)
    for year, sums in by_year.items():
        held = Account.objects.filter(kind="payee", subject=code(3), book__budget__year=year)
        assert sums.kept == sum(account.credits_posted - account.debits_posted for account in held)


def test_the_group_is_the_one_that_awards_count_by_and_no_other_firm(town: Town, asked: Asked) -> None:
    found = asked()
    assert (found.group, len(found.members)) == ("found", 11)
    assert found.members[0].enterprise_id == code(FIRST)
    assert code(STRANGER) not in {member.enterprise_id for member in found.members}
    assert {ground for member in found.members[1:] for ground in member.grounds} == {"declared"}


def test_a_cap_of_the_group_says_what_each_holds_and_leaves_what_an_award_would_get(town: Town, asked: Asked) -> None:
    first, second, stranger = moved(town)
    first.refresh_from_db()
    cap = cap_of(asked(), "affiliates_year")
    assert (cap.own_fen, cap.group_fen, cap.others_fen) == (first.paid_fen - 500, second.reserved_fen, 0)
    assert cap.left_fen == 90_000_000 - cap.used_fen
    budget = cap_of(asked(), "budget_year")
    assert budget.others_fen == stranger.paid_fen
    assert budget.left_fen == 90_000_000 - budget.used_fen
    own = cap_of(asked(), "enterprise_year")
    assert (own.own_fen, own.group_fen, own.left_fen) == (cap.own_fen, 0, 100_000_000 - cap.own_fen)


def test_a_cap_over_several_years_tells_what_each_of_them_holds(town: Town, asked: Asked) -> None:
    first, _, _ = moved(town)
    first.refresh_from_db()
    span = cap_of(asked(), "enterprise")
    assert (span.years, dict(span.by_year)) == ((2024, 2026), {2025: first.paid_fen - 500})
    assert span.left_fen == 90_000_000 - span.own_fen
    told = support.content(town.people["lin"], town.published, code(FIRST), "en", today=town.today)
    assert told is not None
    (line,) = (cap for cap in told["caps"] if cap["title"].endswith("2024 to 2026 together"))
    assert line["by"] == f"2025: {exact(span.own_fen, 'CNY')}"


def test_what_a_cap_leaves_is_what_the_service_would_still_grant(town: Town, asked: Asked) -> None:
    moved(town)
    waiting = town.at("verified", 13)
    waiting.entitled_fen = 10**12
    waiting.claim["entitled_fen"] = 10**12
    caps = [cap for cap in asked(13).caps if cap.firm in ("", code(13)) and "interest" in cap.rules and not cap.about]
    assert left_under_caps(waiting) == min(cap.left_fen or 0 for cap in caps)


def test_a_joint_cap_with_a_rule_that_is_not_kept_here_tells_the_most_that_can_be_left(
    town: Town, asked: Asked
) -> None:
    moved(town)
    joint = cap_of(asked(), "joint")
    assert (joint.name, joint.unrecorded, joint.is_upper_bound) == ("ceiling", ("reward",), True)
    assert asked().unrecorded == ("county", "reward")
    told = support.content(town.people["lin"], town.published, code(FIRST), "en", today=town.today)
    assert told is not None
    line = next(cap for cap in told["caps"] if cap["title"].startswith("Ceiling"))
    assert line["left"].startswith("at most ")
    assert "reward" in line["unknown_rules"]


def test_a_firm_reads_its_own_and_no_figure_from_which_anothers_follows(town: Town, asked: Asked) -> None:
    first, second, stranger = moved(town)
    town.firm(FIRST)
    found = asked(who=f"firm{FIRST}")
    assert (found.group, len(found.members), found.ledger_fen) == ("withheld", 1, None)
    assert set(found.support.by_case) == {first.pk}
    for cap in found.caps:
        assert (cap.group_fen, cap.others_fen) == (None, None)
        if cap.scope in ("affiliates_year", "budget_year"):
            assert cap.left_fen is None
    alone = found
    told = str(support.content(town.people[f"firm{FIRST}"], town.published, code(FIRST), "zh", today=town.today))
    for other in (second, stranger):
        assert exact(other.fen, "CNY") not in told
        assert code(SECOND) not in told
    Case.objects.filter(pk__in=[second.pk, stranger.pk]).update(enterprise_id=code(50), payee=code(50))
    assert asked(who=f"firm{FIRST}") == alone  # whatever the others have, the firm reads the same


def test_a_firm_reads_nobody_elses_and_a_bank_nothing(town: Town) -> None:
    town.firm(FIRST)
    bank = town.person("bai", Role.BANK, institution="bank_river")
    for who, number in ((town.people["firm1"], SECOND), (bank, FIRST)):
        assert support_statement(who, town.published, code(number), today=town.today) is None


def test_what_a_bank_is_paid_because_of_a_firm_is_told_apart_and_not_added(town: Town, asked: Asked) -> None:
    town.call("bonus")
    moved(town)
    before = asked().support.total
    bank = town.person("bai", Role.BANK, institution="bank_river")
    payee = Payee("大江银行", "大江银行", "622200001111")
    made = case_open_from_award(
        bank, town.published, town.published.run_id, "bonus", code(FIRST), "C1", today=DAY, days=town.days, payee=payee
    )
    found = asked()
    assert found.support.total == before
    assert set(found.on_account.by_case) == {made.pk}
    assert found.on_account.total.applied == made.awarded_fen
    town.firm(FIRST)
    assert not asked(who="firm1").on_account.by_case


def test_a_firm_without_cases_is_told_since_when_cases_are_kept_and_no_zero(town: Town) -> None:
    told = support.content(town.people["lin"], town.published, code(STRANGER), "zh", today=town.today)
    assert told is not None
    assert "2025 年起" in told["headline"][0]
    assert "没有" in told["headline"][0]


def test_where_no_case_is_kept_at_all_nothing_is_called_zero(db: None, grouped_run: Path) -> None:
    empty = Town.open(grouped_run)
    for lang, said in (("zh", "并不等于零"), ("en", "no zero")):
        told = support.content(empty.people["lin"], empty.published, code(FIRST), lang, today=empty.today)
        assert told is not None
        assert said in told["headline"][0]


def test_an_application_that_was_withdrawn_counts_for_nothing_and_is_told(town: Town, asked: Asked) -> None:
    case = town.applied(FIRST)
    assert asked().support.total.applied == case.awarded_fen
    town.firm(FIRST)
    town.do("firm1", case, "withdraw")
    found = asked()
    assert (found.support.total, found.come_to_nothing) == (Sums(), 1)


def test_no_english_line_holds_chinese_but_the_names_of_firms(town: Town) -> None:
    moved(town)
    told = str(support.content(town.people["lin"], town.published, code(FIRST), "en", today=town.today))
    told = re.sub(r"企业\d+号（北）有限公司", "", told)
    assert not re.search(r"[\u4e00-\u9fff]", told), re.findall(r".{20}[\u4e00-\u9fff].{20}", told)


@pytest.mark.parametrize("who", ["lin", "firm1"])
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_page_and_paper_tell_the_same_figures_and_are_recorded(
    town: Town, who: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not any(FONTS.glob("*.otf")):
        lacking("the font of documents is not there (./kerong makes it)")
    moved(town)
    town.firm(FIRST)
    monkeypatch.setattr(timezone, "localdate", lambda: town.today)
    client = Client()
    client.force_login(town.people[who])
    client.cookies["kerong_language"] = lang
    page = client.get(f"/enterprises/{code(FIRST)}/support/")
    paper = client.get(f"/enterprises/{code(FIRST)}/support.pdf")
    assert (page.status_code, paper.status_code, paper["Content-Type"]) == (200, 200, "application/pdf")
    held = "".join(sheet.get_textpage().get_text_bounded() for sheet in pypdfium2.PdfDocument(paper.content))
    of_page = set(re.findall(r"¥[\d,]+\.\d\d", page.content.decode()))
    assert of_page == set(re.findall(r"¥[\d,]+\.\d\d", held))
    assert len(of_page) > 5
    told = support.content(town.people[who], town.published, code(FIRST), lang[:2], today=town.today)
    assert told is not None
    plainly, rows = "".join(held.split()), [*told["cases"], told["total"]]
    for line in (*told["headline"], *(cap[name] for cap in told["caps"] for name in ("title", "used", "left"))):
        assert "".join(line.split()) in plainly
    for row in rows:
        assert "".join(row[name] for name in AMOUNTS) in plainly
    assert set(AccessLog.objects.values_list("what", flat=True)) == {"support", "support_pdf"}
    assert (
        client.get(f"/enterprises/{code(FIRST)}/").content.decode().count(f"/enterprises/{code(FIRST)}/support/") == 1
    )
    missing, foreign = (client.get(f"/enterprises/{firm}/support/") for firm in ("none", code(SECOND)))
    assert missing.status_code == 404
    assert foreign.status_code == (200 if who == "lin" else 404)
