"""What covers pay of one loss: whoever pays in whatever order, the parts and the bank's rest are the loss."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.money.cover import (
    Loss,
    most_fee_fen,
    parted,
    payable_fen,
    returned,
    sharer_fen,
    shares_refusal,
    unearned_fen,
)
from kerong.engine.money.split import largest_remainder

FEN = st.integers(0, 10**15 - 1)
BP = st.integers(0, 10_000)
ROLES = ("bank", "government", "guarantor", "insurer")
DAY = date(2025, 1, 1)


@st.composite
def shares(draw: st.DrawFn) -> dict[str, int]:
    cuts = sorted(draw(st.lists(BP, min_size=3, max_size=3)))
    ends = [0, *cuts, 10_000]
    return {role: ends[at + 1] - ends[at] for at, role in enumerate(ROLES)}


COVERS = st.lists(st.tuples(st.sampled_from(ROLES[1:]), BP, FEN), max_size=8)


@given(FEN, shares() | st.none(), COVERS)
def test_pool_guarantors_insurers_and_bank_together_bear_exactly_the_loss(
    fen: int, agreed: dict[str, int] | None, covers: list[tuple[str, int, int]]
) -> None:
    parts = None if agreed is None else parted(fen, agreed)
    borne: dict[str, int] = {}
    for role, share, stands_for in covers:
        loss = Loss(fen, parts, borne)
        paid = payable_fen(loss, role, share, stands_for)
        assert 0 <= paid <= stands_for
        borne = borne | {role: borne.get(role, 0) + paid}
        if parts is not None:
            assert borne[role] <= parts[role]
    bank = Loss(fen, parts, borne).left_fen
    assert sum(borne.values()) + bank == fen


@given(FEN, BP, FEN)
def test_a_cover_that_stands_alone_pays_its_share_up_to_what_it_stands_for(fen: int, share: int, most: int) -> None:
    assert payable_fen(Loss(fen), "guarantor", share, most) == min(fen * share // 10_000, most)


@given(FEN, shares())
def test_written_shares_part_a_loss_whole_whatever_the_order_of_their_names(fen: int, agreed: dict[str, int]) -> None:
    found = parted(fen, agreed)
    assert sum(found.values()) == fen
    assert found == parted(fen, dict(reversed(agreed.items())))
    for role, share in agreed.items():
        assert fen * share // 10_000 <= found[role] <= fen * share // 10_000 + 1


@given(st.dictionaries(st.sampled_from(ROLES), st.integers(-3, 20_000)))
def test_shares_are_refused_unless_they_are_whole_and_sum_to_ten_thousand(said: dict[str, int]) -> None:
    is_whole = sum(said.values()) == 10_000 and all(share >= 0 for share in said.values())
    assert (shares_refusal(said) == "") == is_whole


@given(shares(), FEN, st.lists(st.integers(1, 10**6), max_size=10))
def test_recoveries_in_turn_give_back_every_fen_and_to_nobody_more_than_it_bore(
    agreed: dict[str, int], fen: int, coming: list[int]
) -> None:
    borne = parted(fen, agreed)
    back = dict.fromkeys(borne, 0)
    for more in coming:
        left = {role: borne[role] - back[role] for role in borne}
        if more > sum(left.values()):
            continue
        got = returned(more, left)
        assert sum(got.values()) == more
        back = {role: back[role] + got[role] for role in back}
        assert all(back[role] <= borne[role] for role in back)
    assert returned(5, dict.fromkeys(ROLES, 0)) == {}


@given(FEN, BP)
def test_the_re_guarantor_bears_the_part_that_the_largest_remainder_gives(net: int, share: int) -> None:
    found = sharer_fen(net, share)
    assert found == largest_remainder(net, {"guarantor": 10_000 - share, "sharer": share})["sharer"]
    assert sharer_fen(net, 10_000) == net


@given(FEN, st.integers(0, 4_000), st.integers(0, 4_100), st.integers(0, 4_100))
def test_a_premium_goes_back_for_days_not_covered_only_and_less_with_every_day(
    premium: int, days: int, first: int, second: int
) -> None:
    until = DAY + timedelta(days=days)
    earlier, later = sorted((first, second))
    back = [unearned_fen(premium, DAY, until, DAY + timedelta(days=at)) for at in (earlier, later)]
    assert premium >= back[0] >= back[1] >= 0
    assert unearned_fen(premium, DAY, until, until) == 0


@pytest.mark.parametrize(
    ("fen", "yearly", "months", "most"), [(10_000_000, 100, 12, 100_000), (10_000_000, 100, 6, 50_000), (1, 1, 1, 1)]
)
def test_a_yearly_fee_comes_to_its_part_of_a_year_rounded_up(fen: int, yearly: int, months: int, most: int) -> None:
    assert most_fee_fen(fen, yearly, months) == most
