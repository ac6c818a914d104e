"""Loans in a pool: registered by the facts of drawdown, claimed, checked by another person, compensated, recovered."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from kerong.web.base.models import Deal, DealStep, PoolLoan, RiskPool
from kerong.web.base.services.case import CaseRefused
from kerong.web.base.services.pool_events import PoolRefused
from tests.web.deals.town import POOL_FEN, LendingTown, pool_book
from tests.web.ledger.checked import all_adds_up

pytestmark = pytest.mark.database


def refused(town: LendingTown, who: str, deal: Deal, name: str, **wish: Any) -> str:
    with pytest.raises(CaseRefused) as told, transaction.atomic():
        town.do(who, deal, name, **wish)
    assert told.value.sentence("zh") != told.value.sentence("en")
    return told.value.reason if isinstance(told.value, PoolRefused) else told.value.key.rpartition("refused.")[2]


def owed(deal: Deal) -> int:
    """What the pool pays of a loan of which nothing was ever paid: 80 % of principal and of overdue interest."""
    due = sum(deal.entries.filter(kind="due").values_list("fen", flat=True))
    return (deal.drawn_fen + due) * 8000 // 10_000


def verified(town: LendingTown, deal: Deal) -> Deal:
    deal = town.do("fang", deal, "claim")
    return town.do("lin", deal, "verify", fen=owed(deal))


def stands() -> None:
    """What the pool's row says is what its book says."""
    pool = RiskPool.objects.get()
    came, reserved, went = pool_book()
    held = pool.paid_in_fen + pool.recovered_fen - pool.compensated_fen
    assert came - reserved - went == held
    assert held >= 0
    all_adds_up()


def test_a_loss_is_claimed_checked_and_paid_by_three_people_and_what_is_recovered_goes_back(town: LendingTown) -> None:
    deal = town.overdue()
    fen = owed(deal)
    deal = town.do("fang", deal, "claim")
    assert refused(town, "lin", deal, "verify", fen=fen - 1) == "seen"
    deal = town.do("lin", deal, "verify", fen=fen)
    assert pool_book() == (POOL_FEN, fen, 0)
    assert refused(town, "lin", deal, "compensate", fen=fen) == "hands.twice"
    assert refused(town, "wang", deal, "compensate", fen=fen + 1) == "seen"
    deal = town.do("wang", deal, "compensate", fen=fen)
    assert (deal.state, pool_book()) == ("compensated", (POOL_FEN, 0, fen))
    stands()
    assert refused(town, "fang", deal, "recover", fen=2 * fen) == "recovered_more"
    town.do("fang", deal, "recover", fen=1_000)
    assert pool_book() == (POOL_FEN + 800, 0, fen)
    assert list(DealStep.objects.values_list("transfer__step", flat=True)) == [
        "reserve_compensation",
        "compensate",
        "recover",
    ]
    stands()


def test_a_verification_that_is_undone_leaves_the_pool_as_it_was_and_can_be_claimed_again(town: LendingTown) -> None:
    deal = verified(town, town.overdue())
    town.do("wang", deal, "void_claim")
    assert pool_book() == (POOL_FEN, 0, 0)
    stands()
    deal = verified(town, deal)
    assert pool_book() == (POOL_FEN, owed(deal), 0)
    stands()


def test_a_compensation_that_is_clawed_back_is_never_paid_again(town: LendingTown) -> None:
    deal = verified(town, town.overdue())
    deal = town.do("wang", deal, "compensate", fen=owed(deal))
    town.do("fang", deal, "recover", fen=1_000)
    deal = town.do("lin", deal, "claw_back")
    came, reserved, went = pool_book()
    assert (came - went, reserved) == (POOL_FEN, 0)
    stands()
    assert refused(town, "fang", deal, "claim") == "void"


def test_a_claim_is_judged_by_the_rules_of_registration_and_not_before_its_day(town: LendingTown) -> None:
    deal = town.overdue(until=date(2025, 5, 1))
    assert refused(town, "fang", deal, "claim") == "too_early"
    pooled = PoolLoan.objects.get()
    assert (pooled.since, pooled.balance_fen, pooled.drawn_on) == (date(2025, 4, 3), 10_000_000, date(2025, 3, 3))
    town.today = date(2025, 7, 1)
    assert refused(town, "fang", deal, "claim") == "not_closed"


def test_a_loan_is_registered_in_time_once_and_by_one_bank(town: LendingTown) -> None:
    first = town.pooled(1)
    assert refused(town, "bai", first, "register", pool="shield") == "registered"
    other = town.drawn(1, product="hill", officers=("gao", "hu", "ji"))
    assert refused(town, "gao", other, "register", pool="shield") == "another_bank"
    Deal.objects.filter(pk=other.pk).update(contract="合同－１")  # another writing of the first one's number
    assert refused(town, "gao", other, "register", pool="shield") == "another_bank"
    assert refused(town, "gao", other, "register", pool="none") == "no_pool"
    late = town.drawn(2)
    town.today += timedelta(days=31)
    assert refused(town, "bai", late, "register", pool="shield") == "late"


def test_what_is_repaid_and_cured_the_pool_hears_at_close_of_business(town: LendingTown) -> None:
    deal = town.overdue(until=date(2025, 4, 10))
    assert PoolLoan.objects.get().since == date(2025, 4, 3)
    town.do("fang", deal, "receive", fen=40_000)
    town.close(date(2025, 4, 10))
    assert PoolLoan.objects.get().since is None
    town.today = date(2025, 4, 11)
    town.do("bai", deal, "prepay", fen=4_000_000)
    town.close(date(2025, 4, 11))
    assert PoolLoan.objects.get().balance_fen == 6_000_000
    stands()
