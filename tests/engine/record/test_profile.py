"""What a batch looks like in figures, whatever the blocks that it came in."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.record.profile import PERIOD, Profile, Profiler
from kerong.rulebook.content import Column, Place, Register, Text

TYPES = {"credit_code": "credit_code", "month": "text", "amount_fen": "fen", "heads": "count"}
COLUMNS = {name: Column(name, Text(name, name), (name,), kind) for name, kind in TYPES.items()}
REGISTER = Register(
    name="tax",
    title=Text("税", "tax"),
    files=("tax*",),
    row=("enterprise_id", "month"),
    columns=COLUMNS,
    place=Place("registers/tax.toml", 1),
)
SCHEMA = {"credit_code": pl.String, "month": pl.String, "amount_fen": pl.Int64, "heads": pl.Int64, PERIOD: pl.String}
AMOUNTS = st.none() | st.integers(-(10**17), 10**17)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", None]),
        st.sampled_from(["2025-01", "2025-02"]),
        AMOUNTS,
        st.none() | st.integers(0, 9),
    )
)
Row = tuple[str | None, str, int | None, int | None]


def profiled(blocks: Sequence[Sequence[Row]]) -> Any:
    profiler = Profiler(REGISTER)
    for block in blocks:
        profiler.add(pl.DataFrame([(*row, row[1]) for row in block], schema=SCHEMA, orient="row"))
    profile: Profile = profiler.told()
    return profile


@given(ROWS, st.randoms(), st.integers(1, 5))
def test_blocks_of_any_size_in_any_order_give_the_same_profile(rows: list[Row], chance: Any, size: int) -> None:
    whole = profiled([rows])
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert profiled([shuffled[at : at + size] for at in range(0, len(rows), size)]) == whole


@given(ROWS)
def test_sums_empty_cells_periods_and_keys_are_those_that_plain_counting_finds(rows: list[Row]) -> None:
    profile = profiled([rows])
    assert profile["rows"] == len(rows)
    assert profile["columns"]["amount_fen"]["sum"] == sum(row[2] or 0 for row in rows)
    assert profile["columns"]["heads"]["empty"] == sum(row[3] is None for row in rows)
    assert profile["periods"] == {p: n for p in ("2025-01", "2025-02") if (n := sum(row[1] == p for row in rows))}
    known = {row[:2] for row in rows if row[0] is not None}
    assert profile["keys"] == len(known) + len({row for row in rows if row[0] is None})
    assert profile["conflicting"] == len({row for row in rows if row[0] is not None}) - len(known)


def test_a_sum_beyond_what_eight_bytes_hold_is_exact() -> None:
    row: Row = ("A", "2025-01", 9 * 10**18, None)
    assert profiled([[row] * 5])["columns"]["amount_fen"]["sum"] == 45 * 10**18


@given(st.lists(st.integers(1, 10**12), min_size=1))
def test_amounts_ten_thousand_times_as_large_have_a_magnitude_of_four_powers_more(amounts: list[int]) -> None:
    rows: list[Row] = [("A", "2025-01", amount, None) for amount in amounts]
    larger: list[Row] = [("A", "2025-01", amount * 10_000, None) for amount in amounts]
    moved = (
        profiled([larger])["columns"]["amount_fen"]["magnitude"]
        - profiled([rows])["columns"]["amount_fen"]["magnitude"]
    )
    assert 399 <= moved <= 401


def test_zeros_and_empty_cells_have_no_magnitude() -> None:
    column = profiled([[("A", "2025-01", 0, None), ("B", "2025-01", None, None)]])["columns"]["amount_fen"]
    assert (column["valued"], column["magnitude"]) == (0, None)
