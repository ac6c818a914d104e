"""Somebody who means harm tries: a loss borne twice, two hands of one person, another's data."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from kerong.web.base.models import Deal, User
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_details import details_of
from tests.web.deals.cover import CoverTown
from tests.web.deals.test_guarantees import FEN, applied, called, loss, refused
from tests.web.deals.test_policies_and_claims import insured, reported, surveyed
from tests.web.deals.town import TERMS

pytestmark = pytest.mark.database


def test_what_the_borrower_paid_since_a_call_was_verified_is_not_paid_again_by_the_guarantor(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    loan = town.drawn()
    deal = town.guaranteed(loan)
    town.lost(loan)
    due = loss(loan) * 8000 // 10_000
    town.do("fang", deal, "call", fen=due)
    town.do("fir4", deal, "verify", fen=due)
    town.do("bai", loan, "receive", fen=loss(loan))
    assert refused(town, "fir5", deal, "pay", fen=due) == "less_lost"
    town.today += timedelta(days=1)
    town.close(town.today - timedelta(days=1))
    assert refused(town, "fir5", deal, "pay", fen=due) == "less_lost"
    deal = town.do("fir5", deal, "void_call")
    assert (deal.state, details_of(deal)["reserved_fen"]) == ("in_force", 0)


def test_one_loan_written_twice_is_lost_once_whatever_its_number_looks_like(cover_town: CoverTown) -> None:
    town = cover_town
    town.drawn()
    other = town.applied(1)
    town.do("bai", other, "take")
    town.do("bai", other, "recommend", fen=FEN, terms=TERMS)
    town.do("chen", other, "approve", fen=FEN)
    for same in ("合同 1", "合同1 ", "合同（1）", "合同１"):
        assert refused(town, "bai", other, "sign", contract=same) == "contract_twice"


def test_one_loan_through_two_banks_is_lost_once(cover_town: CoverTown) -> None:
    town = cover_town
    loan, twin = town.drawn(), town.drawn(1, product="hill", officers=("gao", "hu", "ji"))
    assert (loan.contract, loan.institution) != (twin.contract, twin.institution)
    assert loan.contract == twin.contract
    first, second = town.guaranteed(loan), town.guaranteed(twin)
    town.lost(loan)
    due = loss(loan) * 8000 // 10_000
    called(town, first, due)
    left = loss(loan) - due
    assert refused(town, "hu", second, "call", fen=left + 1) == "payable"
    town.do("hu", second, "call", fen=left)


def test_a_loan_is_in_no_pool_once_a_guarantor_paid_on_it_as_another_bank_wrote_it(cover_town: CoverTown) -> None:
    town = cover_town
    town.drawn()
    twin = town.drawn(1, product="hill", officers=("gao", "hu", "ji"))
    loan = Deal.objects.get(institution="bank_river")
    second = town.guaranteed(twin)
    town.lost(loan, date(2025, 4, 30))
    due = loss(twin) * 8000 // 10_000
    town.do("hu", second, "call", fen=due)
    town.do("fir4", second, "verify", fen=due)
    assert refused(town, "bai", loan, "register", pool="shield") == "covered_before"


def test_one_person_does_not_act_for_the_bank_on_a_loan_and_for_the_guarantor_behind_it(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    User.objects.filter(username__in=("bai", "fir2")).update(person="n-1")
    for name in ("bai", "fir2"):
        town.people[name] = User.objects.get(username=name)
    loan = town.drawn()
    deal = applied(town, loan, "fir")
    assert refused(town, "fir2", deal, "take") == "hands.parties"
    town.do("fir1", deal, "take")
    loan.refresh_from_db()
    assert town.do("bai", loan, "receive", fen=1).state == "repaying"


def test_no_bank_is_insured_against_what_is_no_loan(cover_town: CoverTown) -> None:
    town = cover_town
    with pytest.raises(CaseRefused, match="no_loan"), transaction.atomic():
        town.open_deal(town.firm(1), "insurance", None, "elm", "apply", fen=FEN, parties={"bank": "bank_river"})


def test_what_the_borrower_paid_since_a_claim_was_approved_is_not_paid_again_by_the_insurer(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    loan = town.drawn()
    policy = insured(town, loan, FEN)
    town.lost(loan)
    on = town.today - timedelta(days=1)
    asked = min(loss(loan), FEN)
    claim = surveyed(town, reported(town, policy, on, asked), asked)
    fen = asked * 7000 // 10_000
    town.do("elm2", claim, "approve", fen=fen)
    town.do("bai", loan, "receive", fen=loss(loan))
    assert refused(town, "elm5", claim, "pay", fen=fen) == "less_lost"
    assert town.do("elm5", claim, "void").state == "refused"


def test_a_pool_pays_nothing_of_what_the_borrower_paid_this_very_day(cover_town: CoverTown) -> None:
    town = cover_town
    loan = town.overdue()
    town.do("bai", loan, "receive", fen=loss(loan) - 1_000_000)
    town.do("fang", loan, "claim")
    fen = 800_637  # 80 % of what is left: CNY 10,000.00 and 7.96 of penalty, which the receipt paid first
    assert refused(town, "lin", loan, "verify", fen=8_000_000) == "seen"
    town.do("lin", loan, "verify", fen=fen)
    assert town.do("wang", loan, "compensate", fen=fen).state == "compensated"
