"""Payment: files go out, lines come back, and each has its effect once or is kept apart with a reason."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from kerong.engine.deal.payment import ReturnLine
from kerong.web.base.models import Budget, Case, Instruction, PaymentReturn, User
from kerong.web.base.selectors.cases import open_moves
from kerong.web.base.selectors.payment_file import instruction_text
from kerong.web.base.services.audit import deals_audit
from kerong.web.base.services.call import budget_open
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.case_payment import (
    FileRefused,
    payment_file_send,
    return_file_settle,
    return_settle,
)
from tests.web.cases.test_moves import refused
from tests.web.cases.town import REGION, STAGES, TERMS, YEAR, Town, books

pytestmark = pytest.mark.database
HEADER = "指令号,流水号,结果,金额,日期"


def sent(town: Town, number: int = 1, **terms: Any) -> Case:
    """A case in payment: all its instructions are in files."""
    if not Case.objects.exists():
        town.call(terms=replace(TERMS, **terms))
    case = town.at("instructed", number)
    town.today = date(2025, 3, 12)
    for budget in Budget.objects.filter(year=YEAR, parts__case=case).distinct():
        payment_file_send(town.people["zhao"], budget, today=town.today, days=town.days)
    case.refresh_from_db()
    assert case.state == "in_payment"
    return case


def told(town: Town, instruction: Instruction, serial: str = "S1", outcome: str = "paid", **more: Any) -> ReturnLine:
    """What the bank says of an instruction."""
    return ReturnLine(instruction.number, serial, outcome, more.get("fen", instruction.fen), more.get("on", town.today))


def settle(town: Town, line: ReturnLine, region: str = REGION) -> tuple[str, str, bool]:
    found = return_settle(town.people["qian"], region, line, "test", today=town.today, days=town.days)
    return found.state, found.why.removeprefix("return.why."), found.again


def of(case: Case) -> list[Instruction]:
    return list(Instruction.objects.filter(part__case=case).order_by("id"))


def test_the_file_has_a_line_for_each_instruction_and_a_control_total(town: Town) -> None:
    case = sent(town)
    texts = {file.budget.level: file.text for file in map(lambda one: one.file, of(case)) if file}  # noqa: C417
    lines = texts["city"].removeprefix("\ufeff").splitlines()
    assert lines[0] == "指令号,收款人,开户行,账号,金额,用途"
    assert lines[1].split(",")[1:5] == ["企业1号（北）有限公司", "大江银行", "6222000000000001", "350.01"]
    assert lines[1].split(",")[5] == town.published.rulebook.rules[case.rule].title.zh
    assert lines[-1] == "合计,1,,,350.01,"
    with pytest.raises(CaseRefused, match="nothing_to_send"):
        payment_file_send(town.people["zhao"], of(case)[0].part.budget, today=town.today, days=town.days)


def test_a_name_that_a_spreadsheet_would_run_is_neutralised(town: Town) -> None:
    town.call()
    case = town.at("instructed")
    found = of(case)[0]
    found.payee_name, found.bank = '=HYPERLINK("x")', "@bank"
    text = instruction_text([found])
    assert "\"'=HYPERLINK(" in text
    assert ",'@bank," in text


def test_whoever_approved_sends_no_file_and_a_recalled_instruction_is_not_sent(town: Town) -> None:
    town.call()
    case = town.at("instructed")
    budget = of(case)[0].part.budget
    with refused("hands.twice"):
        payment_file_send(town.people["wang"], budget, today=town.today, days=town.days)
    with pytest.raises(PermissionDenied):
        payment_file_send(town.firm(1), budget, today=town.today, days=town.days)
    town.do("zhao", case, "recall")
    with refused("nothing_to_send"):
        payment_file_send(town.people["zhao"], budget, today=town.today, days=town.days)


@pytest.mark.parametrize(
    ("outcome", "name", "end"),
    [(None, "recall_one", "in_payment"), ("paid", "recall_rest", "partly"), ("failed", "recall_all", "failed")],
)
def test_the_instruction_of_a_level_that_is_not_sent_yet_is_recalled(
    town: Town, outcome: str | None, name: str, end: str
) -> None:
    town.call()
    case = town.at("instructed")
    city, county = of(case)
    with refused("state"):
        town.do("zhao", case, name)
    town.today = date(2025, 3, 12)
    payment_file_send(town.people["zhao"], city.part.budget, today=town.today, days=town.days)
    if outcome:
        settle(town, told(town, city, outcome=outcome))
    for other in {"recall_one", "recall_rest", "recall_all"} - {name}:
        with refused("recall"):
            town.do("zhao", case, other)
    assert [move.name for move in open_moves(town.people["zhao"], case) if "recall" in move.name] == [name]
    with refused("hands.twice"):
        town.do("wang", case, name)
    case = town.do("zhao", case, name)
    assert (case.state, [one.state for one in of(case)][1]) == (end, "recalled")
    with refused("nothing_to_send"):
        payment_file_send(town.people["zhao"], county.part.budget, today=town.today, days=town.days)
    assert settle(town, told(town, county))[1] == "recalled"
    if outcome is None:
        settle(town, told(town, city))
    case.refresh_from_db()
    assert case.state == ("failed" if outcome == "failed" else "partly")
    case = town.do("zhao", case, "instruct", stage=1)
    assert of(case)[-1].fen == county.fen
    assert deals_audit().problems.rows() == []


def test_what_the_bank_paid_is_paid_from_the_reservation_and_the_case_ends_paid(town: Town) -> None:
    case = sent(town)
    first, second = of(case)
    assert settle(town, told(town, first)) == ("applied", "", False)
    case.refresh_from_db()
    assert (case.state, case.paid_fen, case.reserved_fen) == ("in_payment", 35_001, 15_000)
    settle(town, told(town, second))
    case.refresh_from_db()
    assert (case.state, case.paid_fen, case.reserved_fen) == ("paid", 50_001, 0)
    assert {level: held[1:] for level, held in books().items()} == {
        "city 2025": (0, 35_001),
        "county 2025": (0, 15_000),
    }


def test_a_line_that_comes_again_changes_nothing(town: Town) -> None:
    case = sent(town)
    line = told(town, of(case)[0])
    settle(town, line)
    before = (books(), Case.objects.get(pk=case.pk).version)
    assert settle(town, line) == ("applied", "", True)
    assert (books(), Case.objects.get(pk=case.pk).version) == before
    assert PaymentReturn.objects.count() == 1


def test_a_returned_payment_keeps_its_reservation_and_is_instructed_again_to_a_payee_approved_anew(town: Town) -> None:
    case = sent(town, shares={"city": 10_000})
    settle(town, told(town, of(case)[0], outcome="failed"))
    case.refresh_from_db()
    assert (case.state, books()["city 2025"][1:]) == ("failed", (50_001, 0))
    case = town.do("firm1", case, "change_payee", payee=town.payee(1, account="88880000"))
    for who, name in (("wang", "approve"), ("lin", "notice")):
        case = town.do(who, case, name)
    town.today = date(2025, 3, 20)
    case = town.do("lin", case, "clear")
    case = town.do("zhao", case, "instruct", stage=1)
    payment_file_send(town.people["zhao"], of(case)[1].part.budget, today=town.today, days=town.days)
    assert [one.account for one in of(case)] == ["6222000000000001", "88880000"]
    assert settle(town, told(town, of(case)[0], "S2"))[1] == "settled"
    settle(town, told(town, of(case)[1], "S3"))
    case.refresh_from_db()
    assert (case.state, case.paid_fen) == ("paid", 50_001)


def test_a_partial_payment_leaves_the_rest_reserved_and_payable(town: Town) -> None:
    case = sent(town, shares={"city": 10_000})
    settle(town, told(town, of(case)[0], outcome="partial", fen=50_000))
    case.refresh_from_db()
    assert (case.state, case.paid_fen, case.reserved_fen) == ("partly", 50_000, 1)
    case = town.do("zhao", case, "instruct", stage=1)
    assert of(case)[1].fen == 1
    with refused("touched"):
        case = town.do("zhao", case, "recall")
        town.do("sun", case, "lapse") if town.today.year > YEAR else town.do("firm1", case, "withdraw")


def test_the_rest_of_a_case_is_closed_with_a_reason_and_its_money_is_free(town: Town) -> None:
    case = sent(town, shares={"city": 10_000}, stages=STAGES)
    settle(town, told(town, of(case)[0]))
    case.refresh_from_db()
    assert (case.state, case.paid_fen, case.reserved_fen) == ("partly", 30_001, 20_000)
    case = town.do("sun", case, "close")
    assert (case.state, books()["city 2025"][1:]) == ("paid", (0, 30_001))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"fen": 35_000}, "amount"),
        ({"fen": 35_002}, "amount"),
        ({"outcome": "partial"}, "amount"),
        ({"on": date(2025, 3, 13)}, "day"),
        ({"on": date(2025, 2, 1)}, "day"),
    ],
)
def test_a_line_that_does_not_fit_its_instruction_is_kept_apart(town: Town, changes: dict[str, Any], why: str) -> None:
    case = sent(town)
    before = books()
    line = told(town, of(case)[0], **changes)
    assert settle(town, line) == ("quarantined", why, False)
    assert settle(town, line) == ("quarantined", why, True)
    assert (books(), PaymentReturn.objects.count()) == (before, 1)


def test_a_conflicting_replay_is_kept_apart_and_the_first_word_stands(town: Town) -> None:
    case = sent(town)
    line = told(town, of(case)[0])
    settle(town, line)
    assert settle(town, replace(line, outcome="failed"))[:2] == ("quarantined", "conflict")
    assert settle(town, line) == ("applied", "", True)


def test_a_line_before_its_instruction_was_sent_is_kept_and_taken_when_it_fits(town: Town) -> None:
    town.call(terms=replace(TERMS, shares={"city": 10_000}))
    case = town.at("instructed")
    line = told(town, of(case)[0])
    town.today = date(2025, 3, 12)
    line = replace(line, paid_on=town.today)
    assert settle(town, replace(line, instruction="9-9-9"))[:2] == ("quarantined", "unknown")
    assert settle(town, line)[:2] == ("quarantined", "not_sent")
    payment_file_send(town.people["zhao"], of(case)[0].part.budget, today=town.today, days=town.days)
    assert settle(town, line)[:2] == ("applied", "")
    assert Case.objects.get(pk=case.pk).state == "paid"


def test_a_line_after_which_no_time_limit_can_be_told_is_kept_apart(town: Town) -> None:
    case = sent(town, shares={"city": 10_000})
    town.today = date(2026, 12, 30)
    assert settle(town, told(town, of(case)[0], outcome="failed"))[:2] == ("quarantined", "calendar")
    assert Case.objects.get(pk=case.pk).state == "in_payment"


def test_a_line_brought_by_one_of_the_applicants_is_kept_until_somebody_else_brings_it(town: Town) -> None:
    case = sent(town, shares={"city": 10_000})
    User.objects.filter(username="firm1").update(person="Q 7")
    User.objects.filter(username="qian").update(person="q7")
    town.people["qian"].refresh_from_db()
    line = told(town, of(case)[0])
    assert settle(town, line)[:2] == ("quarantined", "hands")
    town.people["qian"] = town.people["sun"]
    assert settle(town, line)[:2] == ("applied", "")


def test_a_line_of_another_region_is_kept_apart(town: Town) -> None:
    case = sent(town)
    assert settle(town, told(town, of(case)[0]), "south")[:2] == ("quarantined", "tenant")


def test_what_was_paid_in_the_next_year_waits_until_two_people_carry_it_over(town: Town) -> None:
    case = sent(town, shares={"city": 10_000})
    town.today = date(2026, 1, 6)
    line = told(town, of(case)[0])
    assert settle(town, line)[:2] == ("quarantined", "year")
    budget_open(town.people["lin"], REGION, "grants", "city", YEAR + 1)
    for who, name in (("sun", "carry_propose"), ("qian", "carry_confirm")):
        case = town.do(who, case, name)
    assert settle(town, line)[:2] == ("applied", "")
    assert books()["city 2026"] == (50_001, 0, 50_001)


def test_money_is_clawed_back_to_the_budgets_that_it_came_from(town: Town) -> None:
    case = sent(town)
    for number, one in enumerate(of(case)):
        settle(town, told(town, one, f"S{number}"))
    with refused("back"):
        town.do("sun", case, "order_back", fen=50_002)
    case = town.do("sun", case, "order_back", fen=10_001)
    with refused("coming"):
        town.do("zhao", case, "receive_back", fen=10_000)
    case = town.do("zhao", case, "receive_part", fen=1)
    case = town.do("zhao", case, "receive_back", fen=10_000)
    assert (case.state, case.returned_fen) == ("clawed_back", 10_001)
    assert books()["city 2025"][2] + books()["county 2025"][2] == 40_000
    assert sum(part.returned_fen for part in case.parts.all()) == 10_001


def test_what_comes_back_of_a_past_year_goes_to_the_treasury(town: Town) -> None:
    case = sent(town, shares={"city": 10_000})
    settle(town, told(town, of(case)[0]))
    before = books()["city 2025"]
    town.today = date(2026, 2, 2)
    case = town.do("sun", case, "order_back", fen=50_001)
    case = town.do("zhao", case, "receive_back", fen=50_001)
    assert books()["city 2025"] == (before[0], 0, 0)


def file_of(*lines: str, total: str | None = None) -> bytes:
    count, fen = len(lines), sum(int(line.split(",")[3].replace(".", "")) for line in lines)
    last = total if total is not None else f"合计,{count},,{fen // 100}.{fen % 100:02d},"
    return "\n".join([HEADER, *lines, last, ""]).encode()


def test_a_return_file_settles_line_by_line_and_again_changes_nothing(town: Town) -> None:
    case = sent(town)
    first, second = of(case)
    data = file_of(f"{first.number},A1,支付成功,350.01,2025-03-12", f"{second.number},A2,退票,150.00,2025-03-12")
    found = return_file_settle(town.people["qian"], REGION, data, today=town.today, days=town.days)
    assert [one.state for one in found] == ["applied", "applied"]
    case.refresh_from_db()
    assert (case.state, case.paid_fen, case.reserved_fen) == ("partly", 35_001, 15_000)
    again = return_file_settle(town.people["qian"], REGION, data, today=town.today, days=town.days)
    assert all(one.again for one in again)
    with pytest.raises(PermissionDenied):
        return_file_settle(town.firm(1), REGION, data, today=town.today, days=town.days)


def test_a_return_file_with_one_bad_line_is_refused_whole(town: Town) -> None:
    case = sent(town)
    good = f"{of(case)[0].number},A1,支付成功,350.01,2025-03-12"
    data = file_of(good, total="合计,1,,350.02,")
    with pytest.raises(FileRefused, match="total") as caught:
        return_file_settle(town.people["qian"], REGION, data, today=town.today, days=town.days)
    assert (caught.value.faults[0].line, caught.value.faults[0].column) == (3, "amount")
    assert not PaymentReturn.objects.exists()
