"""What raises the index: the cheapest set of changes, against all sets, and against the index itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.score import Bounds, Scale, Yardstick, apply
from kerong.engine.score.raising import Raising, raising
from kerong.rulebook.content import Change, Indicator, Text
from kerong.rulebook.types import BOOL, COUNT, RATIO
from tests.engine.score.sheet import indicator

DO = Text("做", "do it")
GRADES = (("A", 700), ("B", 400), ("C", 0))
SPAN = 4


def changeable(name: str, effort: int, better: str, direction: str, kind: str) -> Indicator:
    one = indicator(
        name, better=better, best=2.0 if better == "middle" else None, kind=BOOL if kind == "flag" else COUNT
    )
    return replace(one, change=Change(DO, effort, direction) if effort else None)  # type: ignore[arg-type]


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
    up = [float(v) for v in range(top + 1) if v > now and item.change.better != "less"]
    down = [float(v) for v in range(top + 1) if v < now and item.change.better != "more"]
    return [now, *up, *down]


def cost(now: float | None, to: float | None, item: Indicator) -> int:
    if now is None or to is None or now == to or item.change is None:
        return 0
    size = 0 if item.value.type.kind == "bool" else abs(to - now) / SPAN
    return round(item.change.effort * (1 + size) * 10_000)


sheets = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from(["more", "less", "middle", "flag"]),
        st.sampled_from(["more", "less", "either"]),
        st.integers(0, 400),
        st.one_of(st.none(), st.integers(0, SPAN)),
    ),
    min_size=1,
    max_size=4,
)


def built(
    sheet: Sequence[tuple[int, str, str, int, int | None]],
) -> tuple[list[Indicator], Scale, dict[str, float | None]]:
    indicators, row = [], {}
    for number, (effort, better, direction, _, value) in enumerate(sheet):
        name, flag = f"i{number}", better == "flag"
        indicators.append(changeable(name, effort, "more" if flag else better, direction, better))
        row[name] = None if value is None else float(min(value, 1) if flag else value)
    return indicators, scale_of(indicators, [weight for *_, weight, _ in sheet]), row


def after(row: Mapping[str, float | None], found: Raising) -> dict[str, float | None]:
    return {**row, **{step.indicator: step.to for step in found.steps}}


@settings(deadline=None)
@given(sheets)
def test_no_set_of_changes_that_reaches_the_next_grade_is_cheaper(
    sheet: list[tuple[int, str, str, int, int | None]],
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
    sheet: list[tuple[int, str, str, int, int | None]],
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
def test_evidence_is_worth_exactly_the_points_that_are_open(sheet: list[tuple[int, str, str, int, int | None]]) -> None:
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
