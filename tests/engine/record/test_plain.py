"""Long columns: what compiled loops read is what the readers of types read, cell by cell."""

from collections.abc import Callable, Iterator

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.record.dates import read_dates, read_months
from kerong.engine.record.identify import read_credit_codes
from kerong.engine.record.money import read_whole
from kerong.engine.record.plain import plainly
from kerong.engine.record.plain import read as plain
from kerong.engine.record.values import Reading, read_codes, read_text, read_upper

CODES = {"out": ("销项", "开出", "out"), "in": ("进项", "取得", "一个很长的说法而已")}
Reader = Callable[[pl.Series], Reading]
# for each type: the loop, the reader whose meaning it has, and cells that are nearly what the loop calls plain
KINDS: dict[str, tuple[plain.Loop, Reader, list[str]]] = {
    "credit_code": (
        plain.credit_codes,
        read_credit_codes,
        ["91320505MA1MEAB35C", "91320505MA1MEAB35D", "9132O505MA1MEAB35C", "91320505ma1meab35c", "A1320505MA1MEAB35C"],
    ),
    "text": (
        plain.texts(),
        read_text,
        [
            "Ann",
            "a  b",
            " a",
            "a ",
            "9.14E+17",
            "1e10",
            "1e",
            "#REF!",
            "#1",
            "苏州",
            "鑻忓窞甯傜",
            "苏州鑻忓窞",
            "a鑻忓",
            "鑻忓 窞",
            "锟斤拷",
            "苏州（张家港）有限公司",
            "苏州  公司",
            "苏州　公司",
            "苏州ＡＢ-3 公司​",
            "苏 州",
            "𠮷",
            "é",
            "苏州" * 8000,
            "a\x00b",
            "a\tb",
            "\ufffd",
            "1.5",
            "abcdefgh i",
            "abcdefgh  i",
            "abcdefghi ",
            "abcdefghi\x7f",
            "abcdefghi苏州",
            "abcdefghijklmnopqrst",
        ],
    ),
    "district": (plain.texts(is_code=True), read_upper, ["320505", "E0600", "e06", "３２", "a" * 13]),
    "code": (
        plain.codes(CODES),
        lambda cells: read_codes(cells, CODES),
        ["销项", "进项", " 进项", "OUT", "out", "无", "销项x"],
    ),
    "date": (
        plain.days(),
        read_dates,
        [
            "2024-01-31",
            "2024/02/29",
            "2023-02-29",
            "2024-2-9",
            "20240131",
            "1899-12-31",
            "1900-02-29",
            "2199-12-31",
            "2200-01-01",
            "2024-13-01",
            "2024-00-10",
            "2024-01-00",
            "2024-01-31T",
            "2024-01/31",
            "２０２４-01-31",
            "2024:01-31",
            "2024-01:31",
            "2024-01-3/",
            "2024-01-:1",
            "202:-01-31",
            "2024-0:-31",
            "2024-0é-31",
        ],
    ),
    "month": (
        plain.days(with_day=False),
        read_months,
        ["2024-01", "2024/12", "2024-13", "2024-1", "202401", "2024-01-31"],
    ),
    "fen": (
        plain.wholes(2),
        lambda cells: read_whole(cells, 2),
        [
            "0",
            "-0",
            "-0.00",
            "1.5",
            "1.555",
            "1.550",
            ".5",
            "5.",
            "-",
            "",
            "1,000",
            "NaN",
            "1e5",
            "007",
            "-12.34",
            "+1",
            "9999999999999999",
            "99999999999999999.99",
            "92233720368547758.07",
            "92233720368547758.08",
            "1_0",
            "٣",
            "1.2.3",
        ],
    ),
    "count": (
        plain.wholes(0),
        lambda cells: read_whole(cells, 0),
        ["0", "12", "12.0", "-3", "999999999999999999", "1000000000000000000"],
    ),
    "wan": (
        plain.wholes(6),
        lambda cells: read_whole(cells, 6),
        ["1.234567", "1.2345678", "999999999999", "9999999999999.5"],
    ),
}


def equal(one: Reading, other: Reading) -> bool:
    faults = one.faults.cast(pl.String)  # without a fault the column may be of no type
    return one.values.equals(other.values, null_equal=True) and faults.equals(other.faults, null_equal=True)


@pytest.fixture(autouse=True, scope="module")
def _every_column_is_long() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "LONG", 1)
        yield


def in_chunks(cells: list[str | None]) -> pl.Series:
    """The cells in two chunks, behind an offset."""
    return pl.concat(
        [pl.Series(["0", "1", *cells[:2]], dtype=pl.String).slice(2), pl.Series(cells[2:], dtype=pl.String)]
    )


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
def test_a_loop_reads_what_the_reader_reads(kind: str, data: st.DataObject) -> None:
    loop, read, near = KINDS[kind]
    cell = st.one_of(
        st.none(),
        st.sampled_from(near),
        st.text(st.sampled_from("0123456789-/.,eE 元a"), max_size=12),
        st.text(st.sampled_from("鑻忓窞甯傜苏州（ a"), max_size=12),
        st.text(max_size=14),
        st.text(st.sampled_from("abcdefg-9 \x7f"), min_size=7, max_size=20),
    )
    cells = in_chunks(data.draw(st.lists(cell, min_size=1, max_size=8)))
    assert equal(plainly(cells, loop, read), read(cells))


@pytest.mark.parametrize("strange", ["\x7f", "  ", "\u00a0", "\t"])
def test_what_is_not_plain_is_seen_wherever_it_stands_in_a_text(strange: str) -> None:
    loop, read, _ = KINDS["text"]
    cells = in_chunks(["a" * before + strange + "b" * after for before in range(24) for after in range(24)])
    assert equal(plainly(cells, loop, read), read(cells))


@pytest.mark.parametrize("kind", KINDS)
def test_every_cell_that_is_nearly_plain_is_read_the_same(kind: str) -> None:
    loop, read, near = KINDS[kind]
    cells = in_chunks([*near, None])
    assert equal(plainly(cells, loop, read), read(cells))


def test_a_loop_that_calls_an_odd_cell_plain_is_found_out() -> None:
    """The comparison above can fail: a loop that forgets minus zero."""

    def forgetful(cells: pl.Series, odd: plain.Bytes) -> tuple[pl.Series, int]:
        odd[:] = 0
        return pl.Series([0] * len(cells), dtype=pl.Int64), 0

    cells = in_chunks(["0", "-0"])
    assert not equal(plainly(cells, forgetful, lambda some: read_whole(some, 2)), read_whole(cells, 2))


def test_a_short_column_asks_its_reader_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "LONG", 2)

    def never(cells: pl.Series, odd: plain.Bytes) -> tuple[pl.Series, int]:
        raise AssertionError

    assert plainly(pl.Series(["1"]), never, lambda some: read_whole(some, 0)).values.to_list() == [1]
