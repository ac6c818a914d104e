"""The digest of a sample tells its content: no order of rows moves it, and any value, day or outcome does."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.score.card import Sample

START = date(2024, 1, 1)
ROW = st.fixed_dictionaries(
    {
        "subject": st.sampled_from("abc"),
        "on": st.integers(0, 3).map(lambda days: START + timedelta(days=days)),
        "outcome": st.booleans() | st.none(),
        "debt": st.none() | st.sampled_from([float("nan"), -0.0, 0.0, 1.5]),
        "trade": st.none() | st.sampled_from(["", "-", "1:a", "a"]),
        "known": st.integers(0, 3).map(lambda days: START + timedelta(days=days)),
    }
)
SCHEMA = {"subject": pl.String, "on": pl.Date, "outcome": pl.Boolean, "debt": pl.Float64, "trade": pl.String}
Row = dict[str, object]


def digest(rows: list[Row], **groups: str) -> str:
    table = pl.DataFrame([{name: row[name] for name in SCHEMA} for row in rows], schema=SCHEMA)
    known = pl.Series("known", [row["known"] for row in rows], dtype=pl.Date)
    return Sample(table.with_columns(**{name: pl.lit(text) for name, text in groups.items()}), {"debt": known}).digest()


@given(st.lists(ROW, min_size=1, max_size=6, unique_by=lambda row: (row["subject"], row["on"])), st.randoms())
def test_no_order_of_rows_moves_the_digest_and_groups_do_not_either(rows: list[Row], random: "object") -> None:
    shuffled = sorted(rows, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert digest(shuffled) == digest(rows)
    assert digest(rows, **{"group.size": "micro"}) == digest(rows)


@given(st.lists(ROW, min_size=1, max_size=4, unique_by=lambda row: (row["subject"], row["on"])), ROW, st.data())
def test_another_value_day_or_outcome_is_another_digest(rows: list[Row], other: Row, data: st.DataObject) -> None:
    at, name = (
        data.draw(st.integers(0, len(rows) - 1)),
        data.draw(st.sampled_from(["outcome", "debt", "trade", "known"])),
    )
    changed = [{**row, name: other[name]} if place == at else row for place, row in enumerate(rows)]
    assert (digest(changed) == digest(rows)) == (_plain(other[name]) == _plain(rows[at][name]))


def _plain(value: object) -> object:
    """All that is missing is one, and so are both zeros."""
    return None if value != value else value
