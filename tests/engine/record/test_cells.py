"""Columns of one way of reading are read as one: what is read, and what is wrong with it, is what each alone gives."""

from types import MappingProxyType

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.record import cells
from kerong.engine.record.cells import read_column, read_columns
from kerong.engine.record.headers import matched
from kerong.engine.record.plain import read as plain
from tests.engine.record.registers import column, register

CODES = MappingProxyType({"out": ("销项", "开出"), "in": ("进项",)})


COLUMNS = (
    column("sales", "fen", unit="yuan", unit_column="unit"),
    column("wages", "fen", unit="yuan", unit_column="unit", required=True),
    column("tax", "fen", unit="wan"),
    column("fee", "fen", unit="yuan"),
    column("heads", "count", range=(0, 100)),
    column("posts", "count"),
    column("begun", "date"),
    column("ended", "date", required=True),
    column("born", "date", format="minguo"),
    column("side", "code", codes=CODES),
    column("other_side", "code", codes=CODES),
    column("name", "text"),
    column("place", "text"),
    column("absent", "text"),
)
CELLS = [
    None,
    "",
    " ",
    "1",
    "-0",
    "1,234.50",
    "x",
    "101",
    "2024-01-31",
    "2024-02-30",
    "113/01/31",
    "销项",
    "苏\ufffd州",
    "#REF!",
]
UNITS = [None, "", "元", "万元", "斤"]


rows = st.fixed_dictionaries(
    {each.name: st.sampled_from(CELLS) for each in COLUMNS if each.name != "absent"} | {"unit": st.sampled_from(UNITS)}
)


@settings(max_examples=25)
@given(st.lists(rows, min_size=1, max_size=12))
def test_columns_read_together_are_read_as_each_alone(told: list[dict[str, str | None]]) -> None:
    frame = pl.DataFrame(told, schema=dict.fromkeys(told[0], pl.String))
    match = matched(frame.columns, register(*COLUMNS))
    together = read_columns(frame, match, COLUMNS)
    for each in COLUMNS:
        values, faults = read_column(frame, match, each)
        assert together[each.name][0].equals(values, check_dtypes=True)
        assert together[each.name][1].cast(pl.String).equals(faults.cast(pl.String))


@pytest.mark.parametrize(("height", "read_at_a_time"), [(1, [2]), (2, [2, 2])])
def test_long_columns_are_read_one_by_one(
    height: int, read_at_a_time: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "STACKED", 2)
    seen: list[int] = []
    read = plain.wholes(0)

    def watched(some: pl.Series, odd: plain.Bytes) -> tuple[pl.Series, int] | None:
        seen.append(len(some))
        return read(some, odd)

    monkeypatch.setattr(plain, "wholes", lambda _: watched)
    monkeypatch.setattr(plain, "LONG", 1)
    frame = pl.DataFrame({"posts": ["1"] * height, "seats": ["2"] * height})
    columns = [column("posts", "count"), column("seats", "count")]
    found = read_columns(frame, matched(frame.columns, register(*columns)), columns)
    assert seen == read_at_a_time
    assert found["seats"][0].to_list() == [2] * height
