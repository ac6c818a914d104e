"""Loans that pools cover stand in the statement apart: exposure is no money, and who bore a loss adds up."""

import pytest

from kerong.engine.monitor.amounts import exact
from kerong.engine.monitor.support import Statement, Sums
from kerong.web.base.models import Role, User
from kerong.web.base.selectors import support
from kerong.web.base.selectors.support import support_statement
from tests.intake.office import code
from tests.web.deals.capital import CapitalTown
from tests.web.deals.cover import CoverTown
from tests.web.deals.test_capital_equity import decided
from tests.web.deals.test_pooled import owed, verified
from tests.web.deals.town import LendingTown

pytestmark = pytest.mark.database


def statement(town: LendingTown | CapitalTown, who: str, number: int = 1) -> Statement:
    found = support_statement(town.people[who], town.published, code(number), today=town.today)
    assert found is not None
    return found


def words(town: LendingTown | CapitalTown, who: str, lang: str = "zh") -> str:
    told = support.content(town.people[who], town.published, code(1), lang, today=town.today)
    assert told is not None
    return str(told)


def test_a_loan_that_a_pool_covers_is_exposure_and_no_part_of_any_sum(town: LendingTown) -> None:
    deal = town.pooled(1)
    found = statement(town, "lin")
    (loan,) = found.exposures
    assert (loan.deal, loan.registered_fen, loan.covered_fen) == (deal.pk, 10_000_000, 10_000_000)
    assert loan.as_of == deal.closed_through
    assert (found.covered_fen, found.support.total, found.ledger_fen) == (10_000_000, Sums(), 0)


def test_what_a_pool_paid_and_who_bore_it_is_told_and_the_exposure_is_over(town: LendingTown) -> None:
    deal = verified(town, town.overdue())
    deal = town.do("wang", deal, "compensate", fen=owed(deal))
    town.do("fang", deal, "recover", fen=1_000)
    (loan,) = statement(town, "lin").exposures
    assert (loan.covered_fen, loan.paid_fen, loan.compensated_on) == (0, owed(deal), town.today)
    assert loan.borne["pool"] == owed(deal)
    assert loan.borne["bank"] == sum(loan.borne.values()) - owed(deal) == owed(deal) // 4
    assert loan.returned["pool"] == 800
    said = words(town, "lin")
    assert f"资金池 {exact(owed(deal), 'CNY')}" in said
    assert exact(800, "CNY") in said


def test_the_firm_sees_its_own_loans_and_an_analyst_is_told_that_none_are_shown(town: LendingTown) -> None:
    town.pooled(1)
    town.drawn(2)
    town.firm(2)
    assert len(statement(town, "firm1").exposures) == 1
    assert statement(town, "firm2", 2).exposures == ()
    town.people["ana"] = User.objects.create_user(username="ana", role=Role.ANALYST)
    found = statement(town, "ana")
    assert (found.exposures, found.deals) == ((), False)
    assert "not shown to your role" in words(town, "ana", "en")
    assert exact(10_000_000, "CNY") not in words(town, "ana", "en")


def test_a_guarantee_of_a_pooled_loan_stands_beside_it_once_it_is_issued_and_is_never_added(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    loan = town.pooled()
    asked = town.open_deal(town.people["firm1"], "guarantee", loan, "oak", "apply", fen=10_000_000)
    assert statement(town, "firm1").exposures[0].covers == ()
    issued = town.guaranteed(loan, fen=10_000_000)
    found = statement(town, "firm1")
    assert [(cover.deal, cover.kind, cover.fen) for cover in found.exposures[0].covers] == [
        (issued.pk, "guarantee", 10_000_000)
    ]
    assert found.covered_fen == 10_000_000
    assert "not counted twice" in words(town, "firm1", "en")
    assert asked.pk != issued.pk


def test_what_a_fund_paid_in_and_got_back_is_told_apart_and_to_who_is_part_of_it(
    capital_town: CapitalTown,
) -> None:
    town = capital_town
    deal = town.do("mei", decided(town), "sign", contract="投1", documents=("协议.pdf",))
    assert statement(town, "firm1").investments == ()  # signed, and no money moved
    deal = town.do("ou", deal, "invest", fen=10_000_000)
    town.do("pan", deal, "pay_dividend", fen=300_000)
    (held,) = statement(town, "firm1").investments
    assert (held.deal, held.invested_fen, held.returned_fen) == (deal.pk, 10_000_000, 300_000)
    assert statement(town, "firm1").support.total == Sums()
    assert statement(town, "lin").investments == ()  # it was never brought before the office
