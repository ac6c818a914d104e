"""Reading people by a card: sums, intervals, reasons and probabilities hold for every row."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kerong.engine.score.card import Bin, Card, CardSegment, Line, score
from tests.engine.score.card.samples import crowd, fitted, plan

NUMBERS = st.none() | st.floats() | st.sampled_from([-0.0, 0.0, 1.7e308])
ROWS = st.lists(
    st.tuples(
        NUMBERS, NUMBERS, st.none() | st.sampled_from("abcdexyz"), st.sampled_from([None, "risky", "usual", "?"])
    ),
    max_size=30,
)


@pytest.fixture(scope="module")
def card() -> Card:
    rows = crowd(4_000).with_columns(
        pl.when(pl.col("trade").is_in(["a", "b"])).then(pl.lit("risky")).otherwise(pl.lit("usual")).alias("segment")
    )
    return fitted(rows, plan("age", "debt", "trade", segments=["risky", "usual"]))[0]


def people(rows: list[tuple[float | None, float | None, str | None, str | None]]) -> pl.DataFrame:
    schema = {"age": pl.Float64, "debt": pl.Float64, "trade": pl.String, "segment": pl.String}
    return pl.DataFrame(rows, schema, orient="row").with_row_index("subject").cast({"subject": pl.String})


def bin_of(line: Line, value: object) -> Bin:
    """The bin as the card's own definition says it."""
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return line.missing
    for item in line.bins:
        if line.kind == "category" and value in item.categories:
            return item
        if (
            isinstance(value, float)
            and (item.low is None or item.low <= value)
            and (item.high is None or value < item.high)
        ):
            return item
    assert line.other is not None
    return line.other


@settings(max_examples=200)
@given(ROWS)
def test_each_row_is_read_as_the_card_says(
    card: Card, rows: list[tuple[float | None, float | None, str | None, str | None]]
) -> None:
    table = people(rows)
    found = score(table, card)
    assert found["subject"].to_list() == table["subject"].to_list()
    for person, read in zip(table.to_dicts(), found.to_dicts(), strict=True):
        segment = card.segment(person["segment"])
        assert read["segment"] == segment.name
        bins = {line.name: bin_of(line, person[line.name]) for line in segment.lines}
        assert {name: read[f"points_{name}"] for name in bins} == {name: item.points for name, item in bins.items()}
        check(read, segment, bins)


def is_open(line: Line, held: Bin) -> bool:
    """Missing, or a category behind which too few rows of the fit stand."""
    return held is line.missing or (held is line.other and held.goods + held.bads < 20)


def check(read: dict[str, object], segment: CardSegment, bins: dict[str, Bin]) -> None:
    points = segment.base + sum(item.points for item in bins.values())
    assert read["points"] == points
    unknown = [line for line in segment.lines if is_open(line, bins[line.name])]
    rest = points - sum(bins[line.name].points for line in unknown)
    assert read["points_low"] == rest + sum(min(*line.known_points, bins[line.name].points) for line in unknown)
    assert read["points_high"] == rest + sum(max(*line.known_points, bins[line.name].points) for line in unknown)
    span = sum(line.span for line in segment.lines)
    assert read["coverage_bp"] == (span - sum(line.span for line in unknown)) * 10_000 // span
    assert read["probability_bp"] == [bp for least, bp in segment.calibration if least <= points][-1]
    cost = {line.name: line.best - bins[line.name].points for line in segment.lines}
    dearest = sorted((name for name in cost if cost[name]), key=lambda name: -cost[name])
    assert read["reasons"] == dearest[:4]
    assert sum(cost.values()) == segment.best - points


def test_more_points_never_mean_a_higher_probability(card: Card) -> None:
    found = score(crowd(3_000, seed=9), card).sort("points", "probability_bp", descending=[False, True])
    assert found["probability_bp"].is_sorted(descending=True)


def test_a_table_without_a_characteristic_is_read_as_missing_it(card: Card) -> None:
    rows = crowd(50)
    without = score(rows.drop("age"), card)
    assert_frame_equal(without, score(rows.with_columns(pl.lit(None, pl.Float64).alias("age")), card))
    assert (without["points_low"] < without["points_high"]).all()
    assert (without["coverage_bp"] < 10_000).all()


def test_a_category_that_the_fit_never_saw_leaves_open_what_it_gives(card: Card) -> None:
    rows = crowd(200).with_columns(pl.lit(None, pl.String).alias("segment"))
    line = next(item for item in card.segment(None).lines if item.name == "trade")
    assert line.other is not None
    assert line.other.goods + line.other.bads == 0
    strange = score(rows.with_columns(pl.lit("never seen").alias("trade")), card)
    seen = score(rows.with_columns(pl.lit(line.bins[0].categories[0]).alias("trade")), card)
    assert (strange["coverage_bp"] < seen["coverage_bp"]).all()
    width = strange["points_high"] - strange["points_low"] - (seen["points_high"] - seen["points_low"])
    assert (width == line.span).all()


def test_a_row_is_read_alone_as_among_others(card: Card) -> None:
    rows = crowd(40)
    together = score(rows, card)
    assert_frame_equal(pl.concat([score(rows[[at]], card) for at in range(40)]), together)


def test_an_empty_table_gives_an_empty_table_of_the_same_columns(card: Card) -> None:
    rows = crowd(10)
    assert score(rows.clear(), card).schema == score(rows, card).schema


def test_reasons_are_at_most_four_and_name_the_dearest_first() -> None:
    rows = crowd(4_000).with_columns(
        (pl.col("debt") + pl.col("noise") * scale).alias(f"d{scale}") for scale in range(1, 6)
    )
    names = [f"d{scale}" for scale in range(1, 6)]
    card = fitted(rows, plan("age", "debt", "trade", *names))[0]
    worst = pl.DataFrame({"subject": ["x"], "age": [-9.0], "debt": [9.0], "trade": ["a"], **{n: [99.0] for n in names}})
    told = score(worst, card)["reasons"].to_list()[0]
    assert len(told) == 4
    assert told[0] == "age"


def test_a_number_in_a_column_of_text_is_an_error_and_no_guess(card: Card) -> None:
    with pytest.raises(ValueError, match="age is no number"):
        score(pl.DataFrame({"subject": ["x"], "age": ["12"]}), card)
