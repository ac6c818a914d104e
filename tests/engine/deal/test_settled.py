"""Moves become orders: nothing is paid twice, nothing is lost, and money goes back where it came from."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.deal.settled import Head, Part, Said, Unfounded, ordered, parts_of
from kerong.engine.money.split import largest_remainder

HEAD = Head(1, "north|grants", "E1", "interest", "v", "C1")
RESERVED = ("reserve_grant",)


def _said(fen: int = 0, part: int | None = None, year: int = 2025) -> Said:
    return Said(1, date(year, 6, 1), fen, part)


@given(st.integers(1, 10**12), st.integers(1, 9_999), st.integers(1, 9_999))
def test_parts_add_up_to_the_amount(fen: int, share: int, stage: int) -> None:
    parts = parts_of(fen, {"city": share, "county": 10_000 - share}, [stage, 10_000 - stage], largest_remainder)
    assert sum(part for _, _, part in parts) == fen
    assert all(part > 0 for _, _, part in parts)


@settings(deadline=None)
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=4), st.data())
def test_what_is_paid_comes_back_to_the_years_that_paid_it_and_no_more(fens: list[int], data: st.DataObject) -> None:
    parts = tuple(Part(number, 1, f"level {number}", 2025, fen) for number, fen in enumerate(fens))
    paid: Counter[tuple[int, int]] = Counter()
    parts, _ = ordered(RESERVED, HEAD, parts, _said(), largest_remainder)
    for year in (2025, 2026):
        for part in parts:
            if part.reserved:
                fen = data.draw(st.integers(1, part.reserved))
                effects = ("pay_grant", "reserve_grant")
                parts, _ = ordered(effects, HEAD, parts, _said(fen, part.number, year), largest_remainder)
                paid[part.number, year] += fen
        if year == 2025:
            over = ("release_grant", "carry_over", "reserve_grant")
            parts, carried = ordered(over, HEAD, parts, _said(), largest_remainder)
            assert sum(one.fen for one in carried if one.name == "carry_over") == sum(fens) - paid.total()
    back: Counter[tuple[int, int]] = Counter()
    while left := paid.total() - back.total():
        fen = data.draw(st.integers(min(left, max(1, left // 3)), left))
        parts, orders = ordered(("claw_back",), HEAD, parts, _said(fen, year=2026), largest_remainder)
        assert sum(one.fen for one in orders) == fen
        for one in orders:
            assert one.name == ("return_to_treasury" if one.year < 2026 else "claw_back")
            back[one.part, one.year] += one.fen
    assert back == paid
    with pytest.raises(Unfounded, match="settle_not_paid"):
        ordered(("claw_back",), HEAD, parts, _said(1, year=2026), largest_remainder)


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_what_is_told_late_is_paid_like_any_other_and_names_its_instruction(fen: int, paid: int) -> None:
    part = Part(1, 1, "city", 2026, fen, reserved=fen)
    if paid > fen:
        with pytest.raises(Unfounded):
            ordered(("pay_grant",), HEAD, [part], replace(_said(paid, 1), late="I|S|day"), largest_remainder)
        return
    plain, (on_time, *kept) = ordered(("pay_grant", "reserve_grant"), HEAD, [part], _said(paid, 1), largest_remainder)
    told = replace(_said(paid, 1), late="I|S|day")
    late, (posted, *rest) = ordered(("pay_grant", "reserve_grant"), HEAD, [part], told, largest_remainder)
    assert (late, rest) == (plain, kept)
    assert posted == replace(on_time, name="late_payment", head=replace(HEAD, evidence="I|S|day"))


def test_a_worked_return_takes_the_later_year_first() -> None:
    part = Part(1, 1, "city", 2026, 1_000, paid=1_000, paid_before=((2025, 993),))
    _, orders = ordered(("claw_back",), HEAD, [part], _said(500, year=2026), largest_remainder)
    assert [(one.name, one.year, one.fen) for one in orders] == [
        ("claw_back", 2026, 7),
        ("return_to_treasury", 2025, 493),
    ]


@pytest.mark.parametrize(("part", "fen"), [(1, 0), (1, 11), (2, 5), (None, 5)])
def test_a_payment_of_what_is_not_reserved_is_refused(part: int | None, fen: int) -> None:
    held = [Part(1, 1, "city", 2025, 10, reserved=10), Part(2, 1, "county", 2025, 10)]
    with pytest.raises(Unfounded, match="settle_not_reserved"):
        ordered(("pay_grant",), HEAD, held, _said(fen, part), largest_remainder)
