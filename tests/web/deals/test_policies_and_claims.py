"""A policy from its application to its end, and claims on it: what is covered, when, how much, and who is paid."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from kerong.web.base.models import Deal
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_details import details_of
from kerong.web.base.services.deal_people import visible
from tests.web.cases.town import REGION
from tests.web.deals.cover import MONEY, CoverTown, firm_code, held, steps
from tests.web.deals.test_guarantees import called, loss, refused
from tests.web.ledger.checked import all_adds_up

pytestmark = pytest.mark.database
FEN, PREMIUM = 20_000_000, 365_000
BEGINS, UNTIL = date(2025, 3, 3), date(2026, 3, 2)
TERMS = {"begins": BEGINS.isoformat(), "until": UNTIL.isoformat(), "cover_bp": 7000}


def insured(town: CoverTown, loan: Deal | None = None, fen: int = FEN, **terms: Any) -> Deal:
    """A policy in force, of 70 % of a loss, for a year."""
    deal = town.open_deal(town.firm(1), "insurance", loan, "elm", "apply", fen=fen)
    town.do("elm1", deal, "quote", fen=PREMIUM, details=TERMS | terms)
    town.do("elm2", deal, "accept")
    town.made += 1
    return town.do("elm3", deal, "pay_premium", fen=PREMIUM, contract=f"保单{town.made}")


def reported(town: CoverTown, policy: Deal, on: date, fen: int) -> Deal:
    """A loss reported on the policy, and a claim of so much."""
    town.do("firm1", policy, "report_loss", details={"loss_on": on.isoformat()})
    return claimed(town, policy, on, fen)


def claimed(town: CoverTown, policy: Deal, on: date, fen: int) -> Deal:
    who = town.firm(1)
    return town.open_deal(who, "claim", policy, "", "report", fen=fen, details={"loss_on": on.isoformat()})


def surveyed(town: CoverTown, claim: Deal, fen: int, **details: Any) -> Deal:
    town.do("elm1", claim, "register")
    return town.do("elm4", claim, "survey", fen=fen, details=details)


def paid(town: CoverTown, claim: Deal, found: int, fen: int, **details: Any) -> Deal:
    surveyed(town, claim, found, **details)
    town.do("elm2", claim, "approve", fen=fen)
    return town.do("elm5", claim, "pay", fen=fen)


def no_claim(town: CoverTown, policy: Deal, on: date, fen: int) -> str:
    with pytest.raises(CaseRefused) as told, transaction.atomic():
        claimed(town, policy, on, fen)
    return told.value.key.partition("refused.")[2]


def test_a_policy_of_the_firm_pays_its_part_of_what_was_found_to_the_firm_and_recovers_from_who_was_named(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    policy = insured(town)
    assert (policy.state, steps(policy)) == ("in_force", [("premium", PREMIUM)])
    town.today = date(2025, 5, 6)
    claim = reported(town, policy, date(2025, 5, 1), 10_000_001)
    assert refused(town, "elm4", surveyed(town, claim, 9_999_999, debtor="侵权人"), "survey", fen=1) == "state"
    assert refused(town, "elm2", claim, "approve", fen=9_999_999) == "seen"
    fen = 6_999_999  # 70 % of 9,999,999, rounded down
    town.do("elm2", claim, "approve", fen=fen)
    assert held("insurer_elm") == (MONEY + PREMIUM, fen, 0)
    assert refused(town, "elm4", claim, "pay", fen=fen) == "hands.twice"
    claim = town.do("elm5", claim, "pay", fen=fen)
    assert claim.state == "paid"
    assert refused(town, "elm1", claim, "recover", fen=fen + 1) == "recovered_more"
    town.do("elm1", claim, "recover", fen=5)
    assert held("insurer_elm") == (MONEY + PREMIUM + 5, 0, fen)
    transfers = claim.moves.get(name="pay").detail["money"]
    assert [one["credit"] for one in transfers] == [f"bank:{firm_code(1)}"]
    assert town.do("elm1", claim, "close").state == "closed"
    town.do("elm4", policy, "resume")
    all_adds_up()


def test_a_loss_is_claimed_where_it_was_reported_on_a_day_that_was_covered_and_within_the_sum(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    policy = insured(town)
    town.today = date(2025, 5, 6)
    assert no_claim(town, policy, date(2025, 5, 1), 5) == "loss_not_reported"
    for day in (BEGINS - timedelta(days=1), town.today + timedelta(days=1)):
        assert refused(town, "firm1", policy, "report_loss", details={"loss_on": day.isoformat()}) == "loss_day"
    assert refused(town, "firm1", policy, "report_loss") == "needs.loss_on"
    first = reported(town, policy, date(2025, 5, 1), 15_000_000)
    assert no_claim(town, policy, date(2025, 5, 2), 5) == "loss_not_reported"
    assert no_claim(town, policy, date(2025, 5, 1), 5_000_001) == "cover_left"
    second = claimed(town, policy, date(2025, 5, 1), 5_000_000)
    assert refused(town, "elm4", policy, "resume") == "claims_open"
    town.do("elm1", first, "refuse")
    third = claimed(town, policy, date(2025, 5, 1), 15_000_000)
    paid(town, second, 5_000_000, 3_500_000)
    assert no_claim(town, policy, date(2025, 5, 1), 1_500_001) == "cover_left"
    town.do("firm1", third, "withdraw")
    claimed(town, policy, date(2025, 5, 1), 16_500_000)
    all_adds_up()


def test_documents_are_asked_for_once_and_a_claim_without_any_is_not_surveyed(cover_town: CoverTown) -> None:
    town = cover_town
    policy = insured(town)
    town.do("firm1", policy, "report_loss", details={"loss_on": BEGINS.isoformat()})
    claim = town.open_deal(
        town.firm(1), "claim", policy, "", "report", fen=5, documents=None, details={"loss_on": BEGINS.isoformat()}
    )
    town.do("elm1", claim, "register")
    assert refused(town, "elm4", claim, "survey", fen=5) == "documents"
    town.do("elm1", claim, "ask")
    town.do("firm1", claim, "hand_in", documents=("损失清单.pdf",))
    assert refused(town, "elm4", claim, "survey", fen=6) == "payable"
    town.do("elm4", claim, "survey", fen=5)


def test_an_approval_that_is_undone_sets_nothing_aside_and_leaves_the_cover_whole(cover_town: CoverTown) -> None:
    town = cover_town
    policy = insured(town)
    claim = surveyed(town, reported(town, policy, BEGINS, FEN), FEN)
    town.do("elm2", claim, "approve", fen=14_000_000)
    claim = town.do("elm5", claim, "void")
    assert (claim.state, held("insurer_elm")) == ("refused", (MONEY + PREMIUM, 0, 0))
    paid(town, claimed(town, policy, BEGINS, FEN), FEN, 14_000_000)
    all_adds_up()


def test_the_premium_of_days_that_are_not_covered_goes_back_and_none_after_a_payment(cover_town: CoverTown) -> None:
    town = cover_town
    policy, used = insured(town), insured(town)
    paid(town, reported(town, used, BEGINS, 10_000), 10_000, 7_000)
    town.do("elm4", used, "resume")
    town.today = BEGINS + timedelta(days=99)  # the hundredth day of 365
    assert refused(town, "elm2", policy, "cancel", fen=265_001) == "seen"
    policy = town.do("elm2", policy, "cancel", fen=265_000)
    assert steps(policy)[-1] == ("return_premium", 265_000)
    used = town.do("elm2", used, "cancel")
    assert (used.state, details_of(used)["refunded_fen"]) == ("cancelled", 0)
    all_adds_up()


def test_a_policy_expires_after_its_last_day_only(cover_town: CoverTown) -> None:
    town = cover_town
    policy = insured(town, until="2025-03-10")
    town.today = date(2025, 3, 10)
    assert refused(town, "elm1", policy, "expire") == "term_over"
    town.today = date(2025, 3, 11)
    assert town.do("elm1", policy, "expire").state == "expired"


def test_terms_that_are_missing_or_make_no_sense_are_refused(cover_town: CoverTown) -> None:
    town = cover_town
    deal = town.open_deal(town.firm(1), "insurance", None, "elm", "apply", fen=FEN)
    for changed, key in (
        ({"begins": "2025-03-02"}, "term"),
        ({"until": "2025-03-02"}, "term"),
        ({"until": None}, "needs.until"),
        ({"begins": "soon"}, "needs.begins"),
        ({"cover_bp": None}, "needs.cover_bp"),
    ):
        assert refused(town, "elm1", deal, "quote", fen=PREMIUM, details=TERMS | changed) == key
    assert refused(town, "elm1", deal, "quote", details=TERMS) == "needs.fen"


def test_credit_insurance_pays_the_bank_and_with_a_guarantee_no_more_than_the_loss(cover_town: CoverTown) -> None:
    town = cover_town
    loan = town.drawn()
    policy, guarantee = insured(town, loan, fen=10_000_000), town.guaranteed(loan)
    assert refused(town, "firm1", policy, "report_loss", details={}) == "needs.loss_on"
    town.do("bai", policy, "report_loss", details={"loss_on": BEGINS.isoformat()})
    assert no_claim(town, policy, BEGINS, 5) == "not_past_due"
    town.lost(loan)
    whole = loss(loan)
    called(town, guarantee, whole * 8000 // 10_000)
    left = whole - whole * 8000 // 10_000
    claim = town.open_deal(
        town.people["fang"], "claim", policy, "", "report", fen=9_000_000, details={"loss_on": BEGINS.isoformat()}
    )
    surveyed(town, claim, 9_000_000)
    assert refused(town, "elm2", claim, "approve", fen=6_300_000) == "seen"
    town.do("elm2", claim, "approve", fen=left)
    claim = town.do("elm5", claim, "pay", fen=left)
    assert held("insurer_elm")[2] + held("guarantor_fir")[2] == whole
    assert [one["credit"] for one in claim.moves.get(name="pay").detail["money"]] == ["bank:bank_river"]
    all_adds_up()


def test_another_insurer_bank_or_firm_sees_neither_policy_nor_claim(cover_town: CoverTown) -> None:
    town = cover_town
    policy = insured(town)
    claim = reported(town, policy, BEGINS, 5)
    town.firm(2)
    for who in ("bai", "fir1", "firm2", "lin"):
        assert not visible(town.people[who], REGION).filter(pk__in=(policy.pk, claim.pk)).exists()
    for who in ("elm1", "firm1"):
        assert visible(town.people[who], REGION).filter(pk__in=(policy.pk, claim.pk)).count() == 2
