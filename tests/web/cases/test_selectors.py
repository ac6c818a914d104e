"""What pages of cases are told: whose desk a case is on, what may be done, and what a budget has left."""

from datetime import date

import pytest

from kerong.web.base.models import Role
from kerong.web.base.selectors.case_pages import case_list
from kerong.web.base.selectors.cases import (
    CaseLine,
    awards_without_case,
    budget_lines,
    calls_on,
    case_page,
    open_moves,
)
from kerong.web.base.selectors.due import days_of
from kerong.web.base.selectors.tasks import tasks
from tests.intake.office import code
from tests.web.cases.test_payment import of, sent, settle, told
from tests.web.cases.town import FIRMS, REGION, Town

pytestmark = pytest.mark.database


def test_a_case_is_on_the_desk_of_those_whose_hand_is_free(town: Town) -> None:
    town.call()
    case = town.at("reserved")
    for who, names in (
        ("lin", {"revise", "lapse"}),
        ("wang", {"approve", "reject"}),
        ("firm1", {"change_payee", "withdraw"}),
    ):
        assert names & {one.name for one in open_moves(town.people[who], case)}, who
    assert "approve" not in {one.name for one in open_moves(town.people["lin"], case)}
    (task,) = tasks(town.people["wang"], town.published, today=town.today, most=9)
    assert isinstance(task.line, CaseLine)
    assert (task.line.case.pk, [title.en for title in task.titles]) == (case.pk, ["approve"])
    assert tasks(town.person("stew", Role.STEWARD), town.published, today=town.today, most=9) == ()


def test_days_left_are_working_days_and_what_is_late_is_found(town: Town) -> None:
    town.call()
    town.today = date(2025, 4, 25)
    case = town.do("lin", town.applied(), "return")
    (line,) = case_list(town.people["lin"], town.published, "standing", 1, today=date(2025, 4, 27)).lines
    assert (line.case.pk, line.due.days_left, line.due.is_overdue) == (case.pk, 4, False)
    (late,) = case_list(town.people["lin"], town.published, "overdue", 1, today=date(2025, 5, 8)).lines
    assert (late.due.days_left, late.due.is_overdue) == (-2, True)
    assert days_of(town.published) is days_of(town.published)


def test_a_page_tells_history_parts_and_the_facts_that_it_was_decided_on(town: Town) -> None:
    town.call()
    case = town.at("approved")
    page = case_page(town.people["sun"], town.published, case.pk, today=town.today)
    assert page is not None
    assert [line.title.en for line in page.history][:3] == ["apply", "accept", "verify"]
    assert [(line.level, line.part.fen) for line in page.parts] == [("city", 35_001), ("county", 15_000)]
    assert page.facts["loan.interest_fen"] == 100_002
    assert page.line.firm == "企业1号（北）有限公司"


def test_a_firm_sees_its_own_cases_and_no_names_of_officials(town: Town) -> None:
    town.call()
    case = town.at("approved")
    assert case_page(town.firm(2), town.published, case.pk, today=town.today) is None
    page = case_page(town.firm(1), town.published, case.pk, today=town.today)
    assert page is not None
    assert {line.who for line in page.history} == {"firm1", ""}


def test_a_budget_says_what_is_left(town: Town) -> None:
    town.call()
    town.at("reserved")
    found = {line.budget.level: line for line in budget_lines(REGION)}
    assert (found["city"].reserved, found["city"].paid) == (35_001, 0)
    assert found["city"].left == found["city"].appropriated - 35_001


def test_what_came_back_into_a_budget_is_left_once(town: Town) -> None:
    case = sent(town, shares={"city": 10_000})
    settle(town, told(town, of(case)[0]))
    case = town.do("sun", case, "order_back", fen=50_001)
    town.do("zhao", case, "receive_back", fen=50_001)
    (line,) = (line for line in budget_lines(REGION) if line.budget.level == "city")
    assert (line.appropriated, line.reserved, line.paid, line.left) == (10_000_000_000, 0, 0, 10_000_000_000)


def test_awards_without_a_case_are_what_an_office_may_propose(town: Town) -> None:
    call = town.call()
    assert [one.pk for one in calls_on(REGION, town.today)] == [call.pk]
    assert calls_on(REGION, date(2026, 1, 1)) == ()
    assert awards_without_case(town.published, call).height == FIRMS
    town.applied()
    assert awards_without_case(town.published, call).height == FIRMS - 1
    assert awards_without_case(town.published, call, code(1)).height == 0
