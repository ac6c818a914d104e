"""What raises the index: the cheapest set of changes, against all sets, and against the index itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.score import Bounds, Scale, Yardstick, apply
from kerong.engine.score.acts import acts
from kerong.engine.score.raising import Raising, raising
from kerong.rulebook.content import Change, Indicator, Text
from kerong.rulebook.facts import Together
from kerong.rulebook.types import BOOL, COUNT, RATIO
from tests.engine.score.sheet import indicator

DO = Text("做", "do it")
GRADES = (("A", 700), ("B", 400), ("C", 0))
SPAN = 4


def changeable(
    name: str, effort: int, better: str, direction: str, kind: str, step: float | None = None, year: float | None = None
) -> Indicator:
    one = indicator(
        name, better=better, best=2.0 if better == "middle" else None, kind=BOOL if kind == "flag" else COUNT
    )
    return replace(one, change=Change(DO, effort, direction, step, year) if effort else None)  # type: ignore[arg-type]


def scale_of(indicators: Sequence[Indicator], weights: Sequence[int]) -> Scale:
    tops = {item.name: 1.0 if item.value.type.kind == "bool" else float(SPAN) for item in indicators}
    sticks = tuple(
        Yardstick(item.name, "output", item.better, item.best, Bounds(0.0, tops[item.name], 9, "fixed"), {})
        for item in indicators
    )
    given_to = {item.name: weight for item, weight in zip(indicators, weights, strict=True)}
    return Scale(("output",), sticks, {}, given_to, GRADES)


def scored(rows: Sequence[Mapping[str, float | None]], scale: Scale) -> list[int]:
    ids = [f"{n:06d}" for n in range(len(rows))]
    schema = dict.fromkeys((item.name for item in scale.yardsticks), pl.Float64)
    values = pl.DataFrame(rows, schema=schema, orient="row").insert_column(0, pl.Series("enterprise_id", ids))
    nobody = {"stage": None, "industry_group": None, "district": None}
    firms = pl.DataFrame({"enterprise_id": ids}).with_columns(pl.lit(None, pl.String).alias(name) for name in nobody)
    return apply(values, firms, scale)[0]["points"].to_list()


def may_become(now: float | None, item: Indicator) -> list[float | None]:
    """Every value that the change could bring, what it is now first."""
    if now is None or item.change is None:
        return [now]
    top = 1 if item.value.type.kind == "bool" else SPAN
    far = SPAN if item.value.type.kind == "bool" else item.change.year or SPAN
    up = [float(v) for v in range(top + 1) if now < v <= now + far and item.change.better != "less"]
    down = [float(v) for v in range(top + 1) if now - far <= v < now and item.change.better != "more"]
    return [now, *up, *down]


def cost(now: float | None, to: float | None, item: Indicator) -> int:
    if now is None or to is None or now == to or item.change is None:
        return 0
    step = item.change.step or SPAN / 10
    steps = 1.0 if item.value.type.kind == "bool" else max(1.0, abs(to - now) / step)
    return round(item.change.effort * steps * 10_000)


sheets = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(["more", "less", "middle", "flag"]),
        st.sampled_from(["more", "less", "either"]),
        st.integers(0, 400),
        st.one_of(st.none(), st.integers(0, SPAN)),
        st.sampled_from([None, 1.0, 2.0]),
        st.sampled_from([None, 1.0, 2.0]),
    ),
    min_size=1,
    max_size=4,
)


Line = tuple[int, str, str, int, int | None, float | None, float | None]


def built(
    sheet: Sequence[Line],
) -> tuple[list[Indicator], Scale, dict[str, float | None]]:
    indicators, row = [], {}
    for number, (effort, better, direction, _, value, step, year) in enumerate(sheet):
        name, flag = f"i{number}", better == "flag"
        indicators.append(changeable(name, effort, "more" if flag else better, direction, better, step, year))
        row[name] = None if value is None else float(min(value, 1) if flag else value)
    return indicators, scale_of(indicators, [line[3] for line in sheet]), row


def after(row: Mapping[str, float | None], found: Raising) -> dict[str, float | None]:
    return {**row, **{move.indicator: move.to for step in found.steps for move in step.moves}}


@settings(deadline=None)
@given(sheets)
def test_no_set_of_changes_that_reaches_the_next_grade_is_cheaper(
    sheet: list[Line],
) -> None:
    indicators, scale, row = built(sheet)
    found = raising(row, scale, indicators, None, None)
    ways = [
        dict(zip(row, values, strict=True))
        for values in product(*(may_become(row[item.name], item) for item in indicators))
    ]
    bar = found.points + found.needed
    reached = [way for way, points in zip(ways, scored(ways, scale), strict=True) if points >= bar]
    if found.next_grade is None:
        assert (found.steps, found.needed, found.points >= 700) == ((), 0, True)
    elif not reached:
        assert found.steps == ()
        assert found.most < found.needed
    else:
        costs = [
            (sum(cost(row[i.name], way[i.name], i) for i in indicators), sum(row[n] != way[n] for n in row))
            for way in reached
        ]
        assert (found.cost_bp, len(found.steps)) == min(costs)


@settings(deadline=None)
@given(sheets)
def test_what_is_proposed_reaches_the_grade_by_the_same_scale_and_each_step_brings_the_points_it_says(
    sheet: list[Line],
) -> None:
    indicators, scale, row = built(sheet)
    found = raising(row, scale, indicators, None, None)
    if found.steps:
        gained = sum(step.points for step in found.steps)
        assert scored([after(row, found)], scale) == [found.points + gained]
        assert gained >= found.needed
    for step in found.steps:
        assert scored([{**row, step.indicator: step.to}], scale) == [found.points + step.points]
        item = next(one for one in indicators if one.name == step.indicator)
        assert item.change is not None
        assert item.change.better in ("either", "more" if step.to > step.now else "less")


@settings(deadline=None)
@given(sheets)
def test_evidence_is_worth_exactly_the_points_that_are_open(sheet: list[Line]) -> None:
    indicators, scale, row = built(sheet)
    found = raising(row, scale, indicators, None, None)
    assert sum(item.points for item in found.evidence) == found.points_high - found.points
    assert all(row[item.indicator] is None for item in found.evidence)
    assert found.by_evidence == (found.next_grade is not None and found.points_high >= found.points + found.needed)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1e9), (-1e308, 1e308), (0.0, 1e-9), (2.0, 2.0)])
def test_a_share_or_an_amount_of_any_size_is_raised_to_a_round_value(low: float, high: float) -> None:
    item = replace(indicator("a", kind=RATIO), change=Change(DO, 3, "more"))
    scale = Scale(
        ("output",), (Yardstick("a", "output", "more", None, Bounds(low, high, 9, "all"), {}),), {}, {"a": 1000}, GRADES
    )
    found = raising({"a": low}, scale, [item], None, None)
    assert found.is_reached
    assert scored([after({"a": low}, found)], scale)[0] >= found.points + found.needed
    assert len(f"{found.steps[0].to:.6g}") <= len(f"{found.steps[0].to:.17g}")


def test_equal_costs_go_by_the_order_of_the_sheet_and_fewer_changes_come_first() -> None:
    cheap = [changeable(name, 2, "more", "more", "flag") for name in ("a", "b")]
    one = changeable("c", 4, "more", "more", "flag")
    indicators = [*cheap, one, replace(one, name="d")]
    scale = scale_of(indicators, [200, 200, 400, 400])
    found = raising(dict.fromkeys("abcd", 0.0), scale, indicators, None, None)
    assert [step.indicator for step in found.steps] == ["c"]


def test_a_firm_at_the_top_is_told_that_there_is_no_higher_grade() -> None:
    item = changeable("a", 2, "more", "more", "flag")
    found = raising({"a": 1.0}, scale_of([item], [1000]), [item], None, None)
    assert (found.next_grade, found.needed, found.steps, found.grade) == (None, 0, (), "A")


def test_where_all_firms_have_one_value_the_next_better_one_is_proposed() -> None:
    item = replace(indicator("a", kind=COUNT), change=Change(DO, 3, "more"))
    scale = Scale(
        ("output",),
        (Yardstick("a", "output", "more", None, Bounds(0.0, 0.0, 9, "constant"), {}),),
        {},
        {"a": 1000},
        GRADES,
    )
    found = raising({"a": 0.0}, scale, [item], None, None)
    assert [(step.to, step.points) for step in found.steps] == [(1.0, 500)]


def ratio(name: str, weight: int, together: Together | None = None, year: float | None = None) -> tuple[Indicator, int]:
    item = indicator(name, kind=RATIO)
    return replace(item, change=Change(DO, 3, "more", 0.1, year, together)), weight


def tied(moves: str, year: float | None = None) -> tuple[list[Indicator], Scale]:
    """An indicator and one that moves with it; both earn from 0 to SPAN."""
    first, other = ratio("a", 500), ratio("b", 500, Together("a", moves), year)  # type: ignore[arg-type]
    return [first[0], other[0]], scale_of([first[0], other[0]], [500, 500])


@given(st.floats(0.1, 3.0), st.floats(0.1, 3.0), st.sampled_from(["share", "growth", "amount"]))
def test_what_rests_on_one_cause_is_raised_by_one_act_whose_points_are_those_of_all_that_moves(
    now: float, other: float, moves: str
) -> None:
    indicators, scale = tied(moves)
    row: dict[str, float | None] = {"a": now, "b": other}
    found = raising(row, scale, indicators, None, None)
    assert len(found.steps) <= 1
    for step in found.steps:
        first, second = step.moves
        wanted = {
            "share": other * first.to / now,
            "growth": (1 + other) * first.to / now - 1,
            "amount": other + first.to - now,
        }
        assert second.to == pytest.approx(wanted[moves])
        assert step.points == first.points + second.points
        assert scored([after(row, found)], scale) == [found.points + step.points]


def test_of_a_firm_that_has_none_of_the_cause_the_other_stands_alone() -> None:
    indicators, scale = tied("share")
    found = raising({"a": 0.0, "b": 1.0}, scale, indicators, None, None)
    assert [len(step.moves) for step in found.steps] in ([1], [1, 1])


def test_what_moves_with_a_change_is_not_offered_beyond_its_own_year_either() -> None:
    indicators, scale = tied("amount", year=0.5)
    found = raising({"a": 0.5, "b": 0.5}, scale, indicators, None, None)
    far = max((move.to - move.now for step in found.steps for move in step.moves), default=0.0)
    assert far <= 0.5
    assert found.most == 124  # from 0.5 to 1.0 of 4 by 500 points, 63 to 125, on both


def test_what_firms_of_the_group_came_in_a_year_stands_before_what_the_sheet_says() -> None:
    item = changeable("a", 1, "more", "more", "count", 1.0, 4.0)
    scale = scale_of([item], [1000])
    assert raising({"a": 0.0}, scale, [item], None, None).steps[0].to == 2.0
    assert raising({"a": 0.0}, scale, [item], None, None, {("a", True): 1.0}).steps == ()
    assert raising({"a": 0.0}, scale, [item], None, None, {("a", False): 1.0}).is_reached


@given(st.integers(1, 9), st.floats(0.01, 4), st.integers(1, SPAN))
def test_the_farther_the_change_the_greater_the_effort(effort: int, step: float, to: int) -> None:
    item = changeable("a", effort, "more", "more", "count", step)
    row: dict[str, float | None] = {"a": 0.0}
    (act,) = acts(row, scale_of([item], [1000]), [item], None, {})
    assert (np.diff(act.cost_bp) >= 0).all()
    place = act.values["a"].tolist().index(float(to))
    assert act.cost_bp[place] == effort * max(10_000, round(to / step * 10_000))
