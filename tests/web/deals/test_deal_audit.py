"""Deals and pools replayed are the stored ledger; whatever is changed, missing or unfounded is named."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db.models import QuerySet

from kerong import flow
from kerong.engine.money.ledger import Book, movements
from kerong.engine.money.ledger.transfers import Act
from kerong.engine.problems import SENTENCES, sentence
from kerong.rulebook.pools import PoolEvent
from kerong.web.base.models import Deal, DealMove, DealStep, PoolLoan, PoolMove, RiskPool
from kerong.web.base.selectors import settled
from kerong.web.base.services.audit import deals_audit
from kerong.web.base.services.ledger import ledger_post
from kerong.web.base.services.pool import pool_money
from tests.web.deals.test_pooled import owed, verified
from tests.web.deals.town import LendingTown
from tests.web.unwalled import unwalled

pytestmark = pytest.mark.database


def _kinds() -> list[str]:
    found = deals_audit().problems
    for row in found.iter_rows(named=True):
        assert row["kind"] in SENTENCES
        assert sentence(row, "zh") != sentence(row, "en")
    return found["kind"].unique().sort().to_list()


def _long_life(town: LendingTown) -> Deal:
    """Verified, undone, claimed again, compensated, recovered in part; interest and a fee of the pool between."""
    deal = verified(town, town.overdue())
    deal = town.do("wang", deal, "void_claim")
    verified(town, deal)
    pool = RiskPool.objects.get()
    for do, fen in (("interest", 777), ("fee", 5)):
        event = PoolEvent(do=do, on=town.today, fen=fen, party="manager")
        pool_money(town.people["lin"], do, town.published, pool.pk, event)
    deal = town.do("wang", deal, "compensate", fen=owed(deal))
    return town.do("fang", deal, "recover", fen=1_000)


def test_the_replay_of_long_lives_is_the_stored_ledger(town: LendingTown) -> None:
    _long_life(town)
    town.drawn(2)
    found = deals_audit()
    assert found.problems.is_empty(), found.problems
    assert (found.deals, found.pools) == (2, 1)
    assert found.transfers == 5  # reserved, released, reserved, paid, recovered
    assert found.given == {"fee": 1, "interest": 1, "pay_in": 1}


def _moves(deal: Deal, name: str) -> QuerySet[DealMove]:
    return DealMove.objects.filter(deal=deal, name=name)


def _book() -> Book:
    row = RiskPool.objects.select_related("book").get().book
    return Book(row.code, row.kind, row.currency)


Broken = Callable[[LendingTown, Deal], None]


def _a_move_is_renamed(town: LendingTown, deal: Deal) -> None:
    unwalled(lambda: _moves(deal, "draw").update(name="draw_part"))


def _a_move_forgets_its_money(town: LendingTown, deal: Deal) -> None:
    unwalled(lambda: _moves(deal, "compensate").update(detail={}))


def _a_loss_was_verified_higher(town: LendingTown, deal: Deal) -> None:
    row = PoolMove.objects.filter(do="claim").latest("number")
    told = row.told | {"principal_fen": row.told["principal_fen"] - 10_000}
    unwalled(lambda: PoolMove.objects.filter(pk=row.pk).update(told=told))


def _a_pool_forgets_a_payment(town: LendingTown, deal: Deal) -> None:
    RiskPool.objects.update(compensated_fen=0)


def _a_loan_owes_less(town: LendingTown, deal: Deal) -> None:
    PoolLoan.objects.update(balance_fen=1)


def _a_deal_stands_elsewhere(town: LendingTown, deal: Deal) -> None:
    Deal.objects.filter(pk=deal.pk).update(state="closed")


def _money_that_no_event_brought(town: LendingTown, deal: Deal) -> None:
    act = Act("strange", town.today)
    made = movements.pay_in(act, _book(), "city", 500)
    ledger_post(town.people["lin"], "strange", "strange", {}, made)


def _money_that_no_move_made(town: LendingTown, deal: Deal) -> None:
    act = Act("strange", town.today, about=f"deal:{deal.pk}")
    ledger_post(town.people["lin"], "strange", "strange", {}, movements.recover(act, _book(), "bank_river", 500))


def _a_transfer_is_under_another_move(town: LendingTown, deal: Deal) -> None:
    other = _moves(deal, "claim").latest("version")
    unwalled(lambda: DealStep.objects.filter(move__name="recover").update(move=other))


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (_a_move_is_renamed, ["settle_move"]),
        (_a_move_forgets_its_money, ["settle_pool_sum", "settle_unfounded"]),
        (_a_loss_was_verified_higher, ["settle_pool", "settle_pool_sum"]),
        (_a_pool_forgets_a_payment, ["settle_pool_row"]),
        (_a_loan_owes_less, ["settle_pool_row"]),
        (_a_deal_stands_elsewhere, ["settle_case"]),
        (_money_that_no_event_brought, ["settle_pool_sum"]),
        (_money_that_no_move_made, ["settle_unfounded"]),
        (_a_transfer_is_under_another_move, ["settle_step"]),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_what_is_changed_behind_the_walls_is_named(town: LendingTown, broken: Broken, named: list[str]) -> None:
    deal = _long_life(town)
    broken(town, deal)
    assert set(named) <= set(_kinds())


def test_a_day_before_the_claim_knows_nothing_of_it(town: LendingTown) -> None:
    _long_life(town)
    _, given = settled.stored_transfers()
    before = flow.settle(settled.deals(given), town.today - timedelta(days=1))
    assert before.problems.is_empty()
    assert {state.state for state in before.deals.standings} == {"overdue"}
    assert flow.settle(settled.deals(given), date(1999, 1, 1)).transfers.is_empty()
