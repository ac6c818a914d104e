"""Places among neighbours: laws of the possible places, against counting by hand."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.score.standing import standing

KINDS = {"": None, "_district": "district", "_group": "industry_group"}
firm = st.tuples(
    st.integers(0, 6), st.integers(0, 6), st.sampled_from(["1", "2", None]), st.sampled_from(["C", "M", None])
)
cities = st.lists(firm, max_size=40)
City = list[tuple[int, int, str | None, str | None]]


def placed(city: City) -> pl.DataFrame:
    """The standing of firms with these points, what is open above them, district and group."""
    firms = pl.DataFrame(
        [(f"E{n:03d}", district, group) for n, (_, _, district, group) in enumerate(city)],
        schema=dict.fromkeys(("enterprise_id", "district", "industry_group"), pl.String),
        orient="row",
    )
    low = [low for low, *_ in city]
    high = [low + more for low, more, *_ in city]
    ranked = sorted(range(len(city)), key=lambda n: (-low[n], -high[n], n))
    scores = firms.select("enterprise_id", "industry_group").with_columns(
        pl.Series("points", low, pl.Int32),
        pl.Series("points_high", high, pl.Int32),
        pl.Series("rank", [ranked.index(n) + 1 for n in range(len(city))], pl.Int32),
    )
    return standing(scores, firms).join(firms.select("enterprise_id", "district"), on="enterprise_id")


@settings(deadline=None)
@given(cities)
def test_places_are_what_counting_by_hand_gives(city: City) -> None:
    rows = placed(city).to_dicts()
    for row in rows:
        for short, column in KINDS.items():
            if column and row[column] is None:
                assert row[f"rank{short}_best"] is row[f"rank{short}_worst"] is row[f"rank{short}"] is None
                continue
            others = [r for r in rows if r is not row and (column is None or r[column] == row[column])]
            assert row[f"rank{short}_best"] == 1 + sum(r["points"] > row["points_high"] for r in others)
            assert row[f"rank{short}_worst"] == 1 + sum(r["points_high"] >= row["points"] for r in others)
            assert row[f"rank{short}"] == 1 + sum(r["rank"] < row["rank"] for r in others)


@settings(deadline=None)
@given(cities)
def test_the_proven_place_lies_between_the_best_and_the_worst(city: City) -> None:
    for row in placed(city).iter_rows(named=True):
        for short in KINDS:
            if row[f"rank{short}"] is not None:
                assert 1 <= row[f"rank{short}_best"] <= row[f"rank{short}"] <= row[f"rank{short}_worst"]


@settings(deadline=None)
@given(cities.filter(bool), st.data())
def test_learning_a_value_never_widens_what_is_possible_for_anybody(city: City, data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(city) - 1))
    low, more, district, group = city[which]
    gain = data.draw(st.integers(0, more))
    learned = [*city]
    learned[which] = (low + gain, data.draw(st.integers(0, more - gain)), district, group)
    for before, after in zip(placed(city).to_dicts(), placed(learned).to_dicts(), strict=True):
        for short in KINDS:
            if before[f"rank{short}"] is not None:
                assert before[f"rank{short}_best"] <= after[f"rank{short}_best"]
                assert after[f"rank{short}_worst"] <= before[f"rank{short}_worst"]


@settings(deadline=None)
@given(cities)
def test_the_percentile_is_the_share_below_and_half_of_those_level(city: City) -> None:
    rows = placed(city).to_dicts()
    for row in rows:
        group = [r["points"] for r in rows if r["industry_group"] == row["industry_group"]]
        twice = 2 * sum(p < row["points"] for p in group) + group.count(row["points"])
        wanted = None if row["industry_group"] is None else twice * 10_000 // (2 * len(group))
        assert row["percentile_bp"] == wanted


def test_the_only_firm_stands_first_and_in_the_middle() -> None:
    row = placed([(3, 2, "1", "C")]).row(0, named=True)
    assert (row["rank_best"], row["rank_worst"], row["rank_group_worst"], row["percentile_bp"]) == (1, 1, 1, 5_000)


def test_no_firm_gives_an_empty_table_of_the_same_columns() -> None:
    assert placed([]).schema == placed([(1, 1, "1", "C")]).schema


def test_scores_of_other_enterprises_are_refused() -> None:
    scores = placed([(1, 0, None, None)])
    with pytest.raises(ValueError, match="not about the same"):
        standing(scores, scores.with_columns(enterprise_id=pl.lit("other")))
