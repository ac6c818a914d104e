"""Fitting: what the card learns, the same bytes for any order of rows, and every bad input by its name."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.card_sentences import CARDS
from kerong.engine.problems import SENTENCES, sentence
from kerong.engine.score.card import Characteristic, Line, Plan, Sample, fit, score
from tests.engine.score.card.samples import DECIDED, FITTED, crowd, fitted, plan, table


def kinds(problems: pl.DataFrame, column: str | None = None) -> list[str]:
    rows = problems if column is None else problems.filter(pl.col("column") == column)
    return rows["kind"].to_list()


def line(card_lines: tuple[Line, ...], name: str) -> Line:
    return next(item for item in card_lines if item.name == name)


def refusal(rows: pl.DataFrame, wanted: Plan) -> list[str]:
    card, problems = fit(Sample(rows), wanted, on=FITTED)
    assert card is None
    return problems.filter(pl.col("severity") == "refused")["kind"].to_list()


def test_a_card_learns_what_moves_the_risk_and_which_way() -> None:
    card, problems = fitted(crowd(), plan("age", "debt", "trade"))
    lines = card.segments[0].lines
    ages, debts = ([item.points for item in line(lines, name).bins] for name in ("age", "debt"))
    assert ages == sorted(ages)
    assert debts == sorted(debts, reverse=True)
    assert line(lines, "trade").bins[-1].categories == ("a",)
    assert problems.is_empty()


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_points_move_with_the_bins_and_bins_meet_without_a_gap(seed: int, is_small: bool) -> None:
    rows = crowd(300 if is_small else 1_500, seed)
    lines = fitted(rows, plan("age", "debt", "noise", "trade"))[0].segments[0].lines
    for item in lines:
        points = [one.points for one in item.bins]
        assert points in (sorted(points), sorted(points, reverse=True))
        if item.kind == "number":
            assert [one.high for one in item.bins[:-1]] == [one.low for one in item.bins[1:]]
            assert item.bins[0].low is None
            assert item.bins[-1].high is None
        assert sum(one.goods + one.bads for one in item.all_bins) == rows.height


def test_a_declared_trend_is_kept_even_against_the_data() -> None:
    rows = crowd()
    for trend, falls in (("rising", True), ("falling", False)):
        card, _ = fitted(rows, Plan("p", (Characteristic("age", trend="rising" if falls else "falling"),)))
        woes = [item.woe for item in card.segments[0].lines[0].bins]
        steps = [after - before for before, after in pairwise(woes)]
        assert all((step < 0) == falls for step in steps), trend
    assert len(card.segments[0].lines[0].bins) == 8


def test_the_order_of_rows_changes_no_byte_of_the_card() -> None:
    rows, wanted = crowd(2_000), plan("age", "debt", "noise", "trade")
    first, said = fitted(rows, wanted)
    for seed in range(3):
        again, told = fitted(rows.sample(fraction=1, shuffle=True, seed=seed), wanted)
        assert again.to_json() == first.to_json()
        assert told.equals(said)


def test_rows_that_share_subject_and_day_are_told_and_leave_no_order_behind() -> None:
    rows = crowd(2_000).with_columns(pl.lit("S1").alias("subject"))
    first, said = fitted(rows, plan("age", "trade"))
    again, _ = fitted(rows.reverse(), plan("age", "trade"))
    assert again.to_json() == first.to_json()
    assert "card_rows_repeated" in kinds(said)


def test_the_days_that_values_were_known_on_follow_their_rows() -> None:
    rows = crowd(50)
    days = pl.Series("age", [DECIDED - timedelta(days=number) for number in range(50)])
    sample = Sample(rows.reverse(), {"age": days.reverse()})
    assert sample.rows["subject"].is_sorted()
    assert sample.known["age"].to_list() == days.to_list()


@pytest.mark.parametrize("outcome", [True, False])
def test_one_class_only_is_refused(outcome: bool) -> None:
    assert refusal(table([outcome] * 50, {"a": np.arange(50.0)}), plan("a")) == ["card_one_class"]


def test_no_rows_no_outcomes_and_no_characteristics_are_refused() -> None:
    rows = table([True, False], {"a": [1.0, 2.0]})
    assert refusal(rows.clear(), plan("a")) == ["card_without_rows"]
    assert refusal(table([None, None], {"a": [1.0, 2.0]}), plan("a")) == ["card_without_rows"]
    assert refusal(rows, plan()) == ["card_without_characteristics"]


def test_rows_without_an_outcome_or_from_after_the_fit_are_left_out_and_counted() -> None:
    rows = crowd(1_000)
    late = rows.with_columns(pl.lit(FITTED + timedelta(days=1)).alias("on"), pl.col("subject") + "late")
    unknown = rows.with_columns(pl.lit(None, pl.Boolean).alias("outcome"), pl.col("subject") + "open")
    card, problems = fitted(pl.concat([rows, late.head(7), unknown.head(9)]), plan("age"))
    assert card == fitted(rows, plan("age"))[0]
    assert problems.filter(kind="card_row_later")["value"].to_list() == ["7"]
    assert problems.filter(kind="card_outcome_unknown")["value"].to_list() == ["9"]


ODD = {
    "constant": (pl.lit(3.0), "characteristic_constant"),
    "nothing": (pl.lit(None, pl.Float64), "characteristic_all_missing"),
    "untyped": (pl.lit(None), "characteristic_all_missing"),
    "endless": (pl.when(pl.col("debt") > 1).then(float("inf")).otherwise("debt"), "characteristic_infinite"),
    "twin": (pl.col("age"), "characteristics_duplicated"),
    "scaled": (pl.col("age") * 4, "characteristics_duplicated"),
    "answer": (pl.col("outcome").cast(pl.Float64), "characteristic_separates"),
    "nearly": (pl.when(pl.col("subject") > "S000004").then("debt"), "characteristic_missing_few"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_characteristic_is_named_and_leaves_a_card_of_finite_numbers(name: str) -> None:
    column, kind = ODD[name]
    card, problems = fitted(crowd().with_columns(column.alias(name)), plan("age", name))
    assert kinds(problems, name) == [kind]
    assert np.isfinite([item.woe for item in line(card.segments[0].lines, name).all_bins]).all()
    if kind in ("characteristic_constant", "characteristic_all_missing", "characteristics_duplicated"):
        assert {item.points for item in line(card.segments[0].lines, name).all_bins} == {0}


def test_infinite_values_are_read_as_missing() -> None:
    rows = crowd().with_columns(pl.when(pl.col("debt") > 1).then(float("-inf")).otherwise("debt").alias("debt"))
    none = rows.with_columns(pl.when(pl.col("debt").is_finite()).then("debt").alias("debt"))
    assert fitted(rows, plan("debt"))[0] == fitted(none, plan("debt"))[0]


def test_huge_values_and_negative_zero_are_values_like_others() -> None:
    rows = crowd(1_000)
    wide = rows.with_columns(pl.when(pl.col("debt") > 0).then(1.7e308).otherwise(-1.7e308).alias("debt"))
    item = fitted(wide, plan("debt"))[0].segments[0].lines[0]
    assert [one.low for one in item.bins] == [None, 1.7e308]
    signed = rows.with_columns(pl.when(pl.col("debt") > 0).then(-0.0).otherwise(-1.0).alias("debt"))
    plain = rows.with_columns(pl.when(pl.col("debt") > 0).then(0.0).otherwise(-1.0).alias("debt"))
    assert fitted(signed, plan("debt"))[0].to_json() == fitted(plain, plan("debt"))[0].to_json()


def test_few_rows_of_a_class_are_told_and_a_small_segment_is_read_by_all() -> None:
    rows = crowd(2_000).with_columns(
        pl.when(pl.col("subject") < "S000100").then(pl.lit("young")).otherwise(pl.lit("grown")).alias("segment")
    )
    card, problems = fitted(rows, plan("age", "debt", segments=["young", "grown"]))
    assert [item.name for item in card.segments] == ["grown", "all"]
    assert problems.filter(kind="card_segment_small")["column"].to_list() == ["young"]
    read = score(rows, card)
    assert read.filter(rows["segment"] == "young")["segment"].unique().to_list() == ["all"]
    assert "card_few_of_a_class" in kinds(fitted(crowd(200), plan("age"))[1])


def test_a_segment_has_the_card_that_its_rows_alone_would_have() -> None:
    rows = crowd(3_000).with_columns(
        pl.when(pl.col("trade") == "a").then(pl.lit("risky")).otherwise(pl.lit("usual")).alias("segment")
    )
    card, _ = fitted(rows, plan("age", "debt", segments=["risky", "usual"]))
    alone, _ = fitted(rows.filter(pl.col("segment") == "risky"), plan("age", "debt"))
    assert card.segment("risky").lines == alone.segment("all").lines
    assert card.segment("risky").base == alone.segment("all").base


def test_rows_of_a_segment_that_nobody_declared_are_counted() -> None:
    rows = crowd().with_columns(pl.lit("strange").alias("segment"))
    _, problems = fitted(rows, plan("age", segments=["young"]))
    assert problems.filter(kind="card_segment_unknown").select("column", "value").row(0) == ("strange", "4000")


def test_rare_categories_stand_together_as_other_and_are_neutral_where_too_few() -> None:
    rare = pl.concat_str(pl.lit("rare"), pl.col("subject"))
    rows = crowd().with_columns(pl.when(pl.col("debt") > 1).then(rare).otherwise("trade").alias("trade"))
    item = fitted(rows, plan("trade"))[0].segments[0].lines[0]
    assert item.other is not None
    assert item.other.points < 0
    assert item.other.goods + item.other.bads == rows.filter(pl.col("debt") > 1).height
    few = crowd().with_columns(pl.when(pl.col("subject") < "S000005").then(rare).otherwise("trade").alias("trade"))
    card, problems = fitted(few, plan("trade"))
    assert card.segments[0].lines[0].other is not None
    assert card.segments[0].lines[0].other.points == 0
    assert kinds(problems) == ["characteristic_rare_few"]


def test_thousands_of_categories_end_in_a_few_bins() -> None:
    rng = np.random.default_rng(2)
    names = [f"c{number}" for number in rng.integers(0, 400, 20_000)]
    card, _ = fitted(crowd(20_000).with_columns(pl.Series("trade", names)), plan("trade"))
    bins = card.segments[0].lines[0].bins
    assert 1 < len(bins) <= 8
    assert len({name for item in bins for name in item.categories}) == sum(len(item.categories) for item in bins) == 400


def test_a_column_that_is_absent_or_of_another_type_is_an_error() -> None:
    with pytest.raises(ValueError, match="no column other"):
        fit(Sample(crowd(10)), plan("other"), on=FITTED)
    with pytest.raises(ValueError, match="trade is no number"):
        fit(Sample(crowd(10)), plan("trade", categories=()), on=FITTED)
    with pytest.raises(ValueError, match="age is no category"):
        fit(Sample(crowd(10)), plan("age", categories=("age",)), on=FITTED)
    with pytest.raises(ValueError, match="column on"):
        Sample(crowd(10).with_columns(pl.col("on").cast(pl.String)))


def test_the_card_says_what_it_was_fitted_on() -> None:
    rows = crowd(1_000).with_columns((pl.lit(DECIDED) + pl.duration(days=pl.int_range(pl.len()) % 90)).alias("on"))
    card, _ = fitted(rows, plan("age"))
    assert card.window == (DECIDED, date(2020, 3, 30))
    assert (card.rows, card.bads) == (1_000, int(rows["outcome"].sum()))
    assert card.rate_bp == card.bads * 10
    assert card.fitted_on == FITTED


def test_every_problem_of_a_card_has_a_sentence_without_a_gap_in_both_languages() -> None:
    told = [kind for kind in SENTENCES if kind in CARDS]
    for kind in told:
        row = {"kind": kind, "rule": "M", "column": "C", "value": "V"}
        assert "model M" in sentence(row, "en")
        assert "模型“M”" in sentence(row, "zh")


def test_the_worked_card_of_the_documentation() -> None:
    counts = [(0.0, 300, 100), (1.0, 500, 50), (None, 100, 50)]
    outcome = [is_bad for _, goods, bads in counts for is_bad in [False] * goods + [True] * bads]
    ages = [age for age, goods, bads in counts for _ in range(goods + bads)]
    card, _ = fitted(table(outcome, {"age": pl.Series(ages, dtype=pl.Float64)}), plan("age"))
    everyone = card.segment(None)
    assert (card.rate_bp, everyone.base) == (1_818, 530)
    assert [round(item.woe, 4) for item in everyone.lines[0].all_bins] == [-0.4055, 0.7985, -0.8109]
    assert [item.points for item in everyone.lines[0].all_bins] == [-12, 23, -23]
    read = score(pl.DataFrame({"age": [0.0, 1.0, None]}), card)
    assert read.select("points", "points_low", "points_high", "coverage_bp", "probability_bp").rows() == [
        (518, 518, 518, 10_000, 2_554),
        (553, 553, 553, 10_000, 925),
        (507, 507, 553, 0, 3_343),
    ]
    assert read["reasons"].to_list() == [["age"], [], ["age"]]
