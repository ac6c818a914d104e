"""政银担 and 双保贷: all are bound before a loan is drawn; a loss is parted as written, paid once, given back alike."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from kerong.rulebook.pools import PoolEvent
from kerong.web.base.models import Account, Deal
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.deal_details import details_of
from kerong.web.base.services.deal_people import visible
from kerong.web.base.services.pool import pool_money, pool_open
from tests.web.cases.town import REGION
from tests.web.deals.cover import MONEY, CoverTown, held
from tests.web.deals.test_guarantees import called, loss, refused
from tests.web.deals.test_policies_and_claims import TERMS as POLICY
from tests.web.deals.town import TERMS
from tests.web.ledger.checked import all_adds_up

pytestmark = pytest.mark.database
FEN = 10_000_000
SHARES = {"bank": 2000, "guarantor": 8000}
BOTH = {"bank": 2000, "guarantor": 3000, "insurer": 5000}


def opened(town: CoverTown, kind: str = "government_bank_guarantee", fen: int = FEN, **parties: str) -> Deal:
    told = parties or {"guarantor": "guarantor_fir"}
    return town.open_deal(town.firm(1), kind, None, "growth", "apply", fen=fen, parties=told)


def filed(town: CoverTown, deal: Deal, **agreement: Any) -> Deal:
    """Looked into by the bank, agreed by the guarantor, filed by the office."""
    town.do("bai", deal, "examine", fen=deal.fen, details=agreement)
    town.do("fir2", deal, "guarantee")
    return town.do("lin", deal, "file")


def signed(town: CoverTown, joint: Deal, fen: int = FEN) -> Deal:
    """The joint deal's loan, signed and not drawn."""
    loan = town.open_deal(town.firm(1), "loan", joint, "growth", "apply", fen=fen)
    town.do("bai", loan, "take")
    town.do("bai", loan, "recommend", fen=fen, terms=TERMS)
    town.do("chen", loan, "approve", fen=fen)
    town.made += 1
    return town.do("bai", loan, "sign", contract=f"合同{town.made}")


def lent(town: CoverTown, joint: Deal, loan: Deal) -> Deal:
    town.do("deng", joint, "lend", fen=joint.fen)
    return town.do("deng", loan, "draw", fen=loan.fen)


def parted(town: CoverTown, joint: Deal, loan: Deal) -> Deal:
    """Reported by the bank, the loss parted by the office."""
    town.do("fang", joint, "report")
    return town.do("wang", joint, "part", fen=loss(loan))


def test_a_loan_is_drawn_only_when_bank_guarantor_and_office_have_agreed_and_its_guarantee_is_in_force(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    joint = opened(town)
    loan = signed(town, joint)
    assert refused(town, "deng", loan, "draw", fen=FEN) == "joint"
    joint = filed(town, joint, shares=SHARES)
    assert refused(town, "deng", joint, "lend", fen=FEN) == "all_bound"
    town.guaranteed(loan, fen=7_999_999)
    assert refused(town, "deng", joint, "lend", fen=FEN) == "all_bound"  # it stands for less than its part
    town.guaranteed(loan, fen=1)
    assert refused(town, "deng", joint, "lend", fen=FEN - 1) == "seen"
    assert lent(town, joint, loan).state == "repaying"


def test_a_guarantee_of_another_guarantor_and_a_loan_of_another_amount_bind_nothing(cover_town: CoverTown) -> None:
    town = cover_town
    joint = opened(town)
    loan = signed(town, joint, fen=9_000_000)
    town.guaranteed(loan, fen=9_000_000)
    joint = filed(town, joint, shares=SHARES)
    assert refused(town, "deng", joint, "lend", fen=FEN) == "all_bound"
    other = opened(town, guarantor="guarantor_oak")
    town.do("bai", other, "examine", fen=FEN, details={"shares": SHARES})
    town.do("oak2", other, "guarantee")
    town.do("lin", other, "file")
    second = signed(town, other)
    with pytest.raises(CaseRefused):
        town.do("deng", other, "lend", fen=FEN)
    assert town.guaranteed(second).institution == "guarantor_fir"
    assert refused(town, "deng", other, "lend", fen=FEN) == "all_bound"


def test_a_loss_is_parted_by_the_written_shares_paid_once_and_what_comes_back_is_parted_alike(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    joint = opened(town)
    loan = signed(town, joint)
    guarantee = town.guaranteed(loan)
    joint = filed(town, joint, shares=SHARES)
    lent(town, joint, loan)
    town.lost(loan)
    assert refused(town, "fang", guarantee, "call", fen=1) == "parts_first"
    whole = loss(loan)
    town.do("fang", joint, "report")
    assert refused(town, "wang", joint, "part", fen=whole - 1) == "seen"
    joint = town.do("wang", joint, "part", fen=whole)
    part = details_of(joint)["parts"]["guarantor"]
    assert details_of(joint)["parts"] == {"bank": whole - part, "guarantor": part}
    assert (whole, part) == (10_092_000, 8_073_600)
    assert refused(town, "fang", guarantee, "call", fen=part + 1) == "payable"
    called(town, guarantee, part)
    assert refused(town, "zhao", joint, "undo_part") == "paid_before"
    assert refused(town, "fir1", guarantee, "recover", fen=1) == "recover_together"
    assert refused(town, "fang", joint, "recover", fen=whole + 1) == "recovered_more"
    joint = town.do("fang", joint, "recover", fen=1_001)
    joint = town.do("fang", joint, "recover", fen=4)
    assert details_of(joint)["returned"] == {"bank": 201, "guarantor": 804}
    assert refused(town, "fir1", guarantee, "receive_back", fen=805) == "back_due"
    town.do("fir1", guarantee, "receive_back", fen=804)
    assert held("guarantor_fir") == (MONEY + 804, 0, part)
    assert town.do("chen", joint, "close").state == "closed"
    all_adds_up()


def test_the_pool_that_a_deal_names_parts_the_loss_and_the_guarantor_pays_what_it_leaves(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    pool = pool_open(town.people["lin"], town.published, "trio")
    event = PoolEvent(do="pay_in", on=date(2025, 1, 2), fen=MONEY, party="city")
    pool_money(town.people["lin"], "trio", town.published, pool.pk, event)
    joint = opened(town)
    loan = signed(town, joint)
    guarantee = town.guaranteed(loan)
    joint = filed(town, joint, pool="trio")
    lent(town, joint, loan)
    town.do("bai", loan, "register", pool="trio")
    town.lost(loan)
    town.do("fang", joint, "report")
    assert refused(town, "wang", joint, "part", fen=1) == "parts_first"
    town.do("fang", loan, "claim")
    whole = loss(loan)
    town.do("lin", loan, "verify", fen=whole * 2 // 10)
    joint = town.do("wang", joint, "part", fen=whole)
    parts = details_of(joint)["parts"]
    assert parts == {"bank": 2_018_400, "government": 2_018_400, "guarantor": 6_055_200}
    town.do("wang", loan, "compensate", fen=parts["government"])
    called(town, guarantee, parts["guarantor"])
    assert refused(town, "fang", joint, "recover", fen=5) == "recover_in_pool"
    town.do("fang", loan, "recover", fen=1_000)
    town.do("fir1", guarantee, "receive_back", fen=600)
    money = Account.objects.get(book=pool.book, code="money")
    assert (money.credits_posted, money.debits_posted) == (MONEY + 200, parts["government"])
    assert held("guarantor_fir")[2] + money.debits_posted + parts["bank"] == whole
    assert held("guarantor_fir")[0] == MONEY + 600
    all_adds_up()


def test_shares_that_are_not_whole_or_of_nobody_here_are_refused(cover_town: CoverTown) -> None:
    town = cover_town
    deal = opened(town)
    for told in (
        {},
        {"shares": SHARES, "pool": "trio"},
        {"shares": {"bank": 2000, "guarantor": 7999}},
        {"shares": {"bank": 12_000, "guarantor": -2000}},
        {"shares": {"bank": 5000, "insurer": 5000}},
        {"shares": {"bank": True, "guarantor": 9999}},
        {"shares": [10_000]},
    ):
        assert refused(town, "bai", deal, "examine", fen=FEN, details=told) == "loss_shares"
    assert refused(town, "bai", deal, "examine", fen=FEN, details={"pool": "none"}) == "no_pool"
    assert refused(town, "bai", deal, "examine", fen=FEN + 1, details={"shares": SHARES}) == "asked"


def test_what_is_filed_in_a_year_stays_within_the_quota_of_the_product(cover_town: CoverTown) -> None:
    town = cover_town

    def agreed(fen: int) -> Deal:
        told = {"guarantor": "guarantor_fir"}
        deal = town.open_deal(town.firm(1), "government_bank_guarantee", None, "quota", "apply", fen=fen, parties=told)
        town.do("bai", deal, "examine", fen=fen, details={"shares": SHARES})
        return town.do("fir2", deal, "guarantee")

    first = agreed(6_000_000)
    second, third = agreed(4_000_001), agreed(4_000_000)
    town.do("lin", first, "file")
    assert refused(town, "lin", second, "file") == "quota"
    town.do("lin", third, "file")
    town.do("firm1", first, "withdraw")
    town.do("lin", second, "file")


def test_a_double_cover_loan_is_paid_by_policy_and_guarantee_as_written_and_by_nobody_twice(
    cover_town: CoverTown,
) -> None:
    town = cover_town
    joint = opened(town, "double_cover", guarantor="guarantor_fir", insurer="insurer_elm")
    town.do("elm1", joint, "cover", fen=FEN, details={"shares": BOTH})
    town.do("chen", joint, "approve", fen=FEN)
    loan = signed(town, joint)
    guarantee = town.guaranteed(loan)
    assert refused(town, "deng", joint, "lend", fen=FEN) == "all_bound"
    policy = town.open_deal(town.firm(1), "insurance", loan, "elm", "apply", fen=FEN)
    town.do("elm1", policy, "quote", fen=9, details=POLICY)
    town.do("elm2", policy, "accept")
    town.do("elm3", policy, "pay_premium", fen=9, contract="保单")
    lent(town, joint, loan)
    town.lost(loan)
    whole = loss(loan)
    joint = town.do("fang", joint, "call", fen=whole)
    parts = details_of(joint)["parts"]
    assert parts == {"bank": 2_018_400, "guarantor": 3_027_600, "insurer": 5_046_000}
    assert sum(parts.values()) == whole
    assert refused(town, "elm5", joint, "pay", fen=parts["guarantor"] + parts["insurer"]) == "parts_open"
    called(town, guarantee, parts["guarantor"])
    assert refused(town, "fang", joint, "take_back") == "paid_before"
    on = date(2025, 4, 4).isoformat()
    town.do("bai", policy, "report_loss", details={"loss_on": on})
    claim = town.open_deal(town.people["fang"], "claim", policy, "", "report", fen=FEN, details={"loss_on": on})
    town.do("elm1", claim, "register")
    town.do("elm4", claim, "survey", fen=FEN)
    assert refused(town, "elm2", claim, "approve", fen=FEN * 7 // 10) == "seen"
    town.do("elm2", claim, "approve", fen=parts["insurer"])
    town.do("elm5", claim, "pay", fen=parts["insurer"])
    joint = town.do("elm5", joint, "pay", fen=parts["guarantor"] + parts["insurer"])
    assert joint.state == "paid"
    assert held("insurer_elm")[2] + held("guarantor_fir")[2] + parts["bank"] == whole
    joint = town.do("fang", joint, "recover", fen=1_000)
    assert details_of(joint)["returned"] == {"bank": 200, "guarantor": 300, "insurer": 500}
    town.do("elm1", claim, "receive_back", fen=500)
    town.do("fir1", guarantee, "receive_back", fen=300)
    all_adds_up()


def test_another_bank_guarantor_or_firm_sees_no_joint_deal_of_theirs(cover_town: CoverTown) -> None:
    town = cover_town
    joint = opened(town)
    town.firm(2)
    for who in ("gao", "oak1", "elm1", "firm2"):
        assert not visible(town.people[who], REGION).filter(pk=joint.pk).exists()
    for who in ("bai", "fir1", "lin", "firm1"):
        assert visible(town.people[who], REGION).filter(pk=joint.pk).exists()
    with pytest.raises(CaseRefused) as told, transaction.atomic():
        opened(town, insurer="insurer_elm")
    assert told.value.key == "deal.refused.parties"


def test_a_joint_deal_is_settled_once_its_loan_is_repaid(cover_town: CoverTown) -> None:
    town = cover_town
    joint = opened(town)
    loan = signed(town, joint)
    town.guaranteed(loan)
    joint = filed(town, joint, shares=SHARES)
    lent(town, joint, loan)
    assert refused(town, "bai", joint, "settle") == "not_repaid"
    assert refused(town, "fang", joint, "report") == "not_past_due"
    town.do("bai", loan, "prepay", fen=FEN)
    assert town.do("bai", joint, "settle").state == "settled"
