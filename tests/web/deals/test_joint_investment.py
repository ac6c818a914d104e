"""Investment with a loan, and joint growth: all agree first, loans are drawn within it, gains are parted to the fen."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.web.base.models import Deal
from kerong.web.base.services.deal_joint import _bank_fen
from kerong.web.base.services.deal_people import visible
from tests.web.cases.town import REGION
from tests.web.deals.capital import FUND_FEN, CapitalTown, fund_book
from tests.web.deals.test_capital_lease import entries, refused
from tests.web.ledger.checked import all_adds_up

pytestmark = pytest.mark.database
OPTION: dict[str, Any] = {"share_bp": 100, "valuation_fen": 400_000_000, "begins": "2025-04-01", "ends": "2026-03-31"}
PRICE = 4_000_000
FUND = {"fund": "fund_ash"}
GROWTH: dict[str, Any] = {
    "milestone": {"field": "capital_fen", "least": 1_000_000},
    "shares": {"bank": 3333, "enterprise": 6667},
}
PAPERS = ("协议.pdf (0123456789ab)", "承诺函.pdf (123456789abc)", "贷款合同.pdf (23456789abcd)")


def bound(town: CapitalTown, who: str = "firm1", number: int = 1) -> Deal:
    """An investment with a loan to which the fund has bound itself: `mei`."""
    town.firm(number)
    if not who.startswith("firm"):
        town.consents("fund_ash", number)
    told = {"firm": "" if who.startswith("firm") else town.people[f"firm{number}"].enterprise_id}
    deal = town.opened(who, "propose", "investment_loan", "linked", parties=FUND, **told)
    details = {"option": OPTION, "bank_share_bp": 3000}
    return town.do("mei", deal, "bind", documents=("意向.pdf",), details=details)


def lent(town: CapitalTown) -> Deal:
    """One that may be drawn: `mei`, `chen`, `deng`."""
    deal = town.do("chen", bound(town), "approve")
    return town.do("deng", deal, "lend", fen=10_000_000)


def repay(town: CapitalTown, loan: Deal) -> None:
    """All of a loan comes in today, and close of business settles it."""
    town.do("bai", loan, "prepay", fen=loan.outstanding_fen)
    town.close(town.today)
    loan.refresh_from_db()
    assert loan.state == "settled"


def test_investor_bank_and_firm_agree_the_loan_is_drawn_and_the_gain_of_the_option_shared(
    capital_town: CapitalTown,
) -> None:
    town = capital_town
    deal = town.do("chen", bound(town), "approve")
    loan = town.loan(deal)
    assert refused(town, "deng", loan, "draw", fen=10_000_000) == "joint"
    deal = town.do("deng", deal, "lend", fen=10_000_000)
    loan = town.do("deng", loan, "draw", fen=10_000_000)
    assert (loan.state, loan.base_id) == ("repaying", deal.pk)
    more = town.loan(deal, fen=1)
    assert refused(town, "deng", more, "draw", fen=1) == "joint_left"
    town.today = date(2025, 4, 1)
    assert refused(town, "ou", deal, "exercise", fen=PRICE + 1) == "seen"
    deal = town.do("ou", deal, "exercise", fen=PRICE)
    assert fund_book() == (FUND_FEN, 0, PRICE)
    deal = town.do("ou", deal, "share", fen=3_000_000)  # below the price: nothing is gained yet
    assert entries(deal, "shared") == []
    deal = town.do("ou", deal, "share", fen=6_000_001)  # gained: 5,000,001, of which 30 % are 1,500,000.3
    assert entries(deal, "shared") == [1_500_000]
    assert fund_book() == (FUND_FEN + 9_000_001, 0, PRICE + 1_500_000)
    assert refused(town, "bai", deal, "settle") == "bound"
    town.do("chen", more, "cancel")
    repay(town, loan)
    assert town.do("bai", deal, "settle").state == "settled"
    all_adds_up()


def test_nothing_is_lent_before_the_firm_has_agreed_to_what_a_fund_proposed(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = town.do("chen", bound(town, "nan"), "approve")
    assert refused(town, "deng", deal, "lend", fen=10_000_000) == "all_agreed"
    town.do("firm1", deal, "agree")
    assert refused(town, "deng", deal, "lend", fen=9_999_999) == "seen"
    assert town.do("deng", deal, "lend", fen=10_000_000).state == "lent"


def test_an_option_of_a_loan_is_within_bounds_let_go_only_once_and_over_before_all_is_settled(
    capital_town: CapitalTown,
) -> None:
    town = capital_town
    town.firm(1)
    deal = town.opened("firm1", "propose", "investment_loan", "linked", parties=FUND)
    wrong: dict[str, Any] = {"option": OPTION | {"share_bp": 301}}
    assert refused(town, "mei", deal, "bind", documents=("意向.pdf",), details=wrong) == "option_range"
    wrong = {"option": OPTION, "bank_share_bp": 10_001}
    assert refused(town, "mei", deal, "bind", documents=("意向.pdf",), details=wrong) == "shares"
    deal = lent(town)
    assert refused(town, "bai", deal, "settle") == "option_over"
    deal = town.do("nan", deal, "let_go")
    assert refused(town, "nan", deal, "let_go") == "no_option"
    town.today = date(2025, 4, 1)
    assert refused(town, "ou", deal, "exercise", fen=PRICE) == "no_option"
    assert town.do("bai", deal, "settle").state == "settled"


def test_one_person_does_not_act_for_fund_and_bank_under_two_log_ins(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = bound(town)
    banker = town.people["chen"]
    banker.person = "mei"
    banker.save()
    assert refused(town, "chen", deal, "approve") == "hands.parties"
    for who in ("yu", "gao", "lin"):
        assert not visible(town.people[who], REGION).exists()


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=6).map(sorted), st.integers(0, 10_000))
def test_a_bank_s_part_of_a_gain_never_falls_when_the_gain_grows(gains: list[int], share_bp: int) -> None:
    parts = [_bank_fen(gain, share_bp) for gain in gains]
    assert parts == sorted(parts)
    assert all(0 <= part <= gain for part, gain in zip(parts, gains, strict=True))


def framed(town: CapitalTown, **growth: Any) -> Deal:
    """Joint growth whose framework agreement is signed: `bai`."""
    deal = town.opened("firm1", "propose", "joint_growth", "joint")
    return town.do("bai", deal, "frame", documents=PAPERS[:1], details=GROWTH | growth)


def grown(town: CapitalTown, **growth: Any) -> Deal:
    """Joint growth that may be drawn: `bai`, `deng`."""
    deal = town.do("firm1", framed(town, **growth), "promise", documents=PAPERS[1:2])
    return town.do("deng", deal, "lend", fen=10_000_000, documents=PAPERS[2:])


def test_joint_growth_lends_on_three_papers_and_shares_from_its_milestone_on_to_the_fen(
    capital_town: CapitalTown,
) -> None:
    town = capital_town
    deal = grown(town)
    loan = town.do("deng", town.loan(deal), "draw", fen=10_000_000)
    deal = town.do("chen", deal, "begin")
    said = deal.moves.get(name="begin").detail
    assert (said["field"], said["value"], said["run"]) == ("capital_fen", 1_000_000, town.published.run_id)
    deal = town.do("fang", deal, "share", fen=1_000_001)
    assert entries(deal, "shared") == [333_300, 666_701]  # 333,300.33 and 666,700.67
    assert refused(town, "bai", deal, "settle") == "bound"
    repay(town, loan)
    assert town.do("bai", deal, "settle").state == "settled"


@pytest.mark.parametrize("digest", ["", " (0123456789ab)", " (0123456789a)", " (0123456789AB)"])
def test_a_paper_without_a_digest_or_one_that_is_another_of_the_three_is_no_third_document(
    capital_town: CapitalTown, digest: str
) -> None:
    town = capital_town
    deal = town.do("firm1", framed(town), "promise", documents=PAPERS[1:2])
    papers = (f"贷款合同.pdf{digest}",)
    assert refused(town, "deng", deal, "lend", fen=10_000_000, documents=papers) == "three_documents"


def test_a_milestone_that_is_not_reached_or_not_known_begins_no_sharing(capital_town: CapitalTown) -> None:
    town = capital_town
    deal = grown(town, milestone={"field": "capital_fen", "least": 1_000_001})
    assert refused(town, "chen", deal, "begin") == "milestone"
    Deal.objects.filter(pk=deal.pk).update(enterprise_id="unknown")
    assert refused(town, "chen", deal, "begin") == "milestone_unknown"


@pytest.mark.parametrize(
    ("growth", "why"),
    [
        ({"milestone": {"field": "name", "least": 1}}, "milestone_unclear"),
        ({"milestone": {"field": "profit_fen", "least": 1}}, "milestone_unclear"),
        ({"milestone": {"field": "capital_fen", "least": 1.0}}, "milestone_unclear"),
        ({"milestone": {"field": "capital_fen"}}, "milestone_unclear"),
        ({"milestone": None}, "milestone_unclear"),
        ({"shares": {"bank": 3000, "enterprise": 6999}}, "shares"),
        ({"shares": {"bank": -1, "enterprise": 10_001}}, "shares"),
        ({"shares": {"bank": 10_000}}, "shares"),
        ({"shares": None}, "shares"),
    ],
)
def test_a_framework_names_a_number_of_the_record_and_shares_that_part_the_whole(
    capital_town: CapitalTown, growth: dict[str, Any], why: str
) -> None:
    town = capital_town
    deal = town.opened("firm1", "propose", "joint_growth", "joint")
    assert refused(town, "bai", deal, "frame", documents=PAPERS[:1], details=GROWTH | growth) == why
