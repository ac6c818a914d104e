"""Return files: read strictly, refused whole with line and column."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.deal.payment import OUTCOMES, TOTAL, ReturnLine, returns_read

HEADER = "指令号,流水号,结果,金额,日期"
NUMBERS = st.from_regex(r"[0-9A-Za-z._/-]{1,20}", fullmatch=True)
LINES = st.lists(
    st.builds(
        ReturnLine,
        NUMBERS.filter(lambda text: text not in TOTAL),
        NUMBERS,
        st.sampled_from(["paid", "failed", "partial"]),
        st.integers(1, 10**15 - 1),
        st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    ),
    max_size=8,
)


def written(lines: list[ReturnLine], header: str = HEADER, ends: str = "\n") -> str:
    rows = [f"{x.instruction},{x.serial},{x.outcome},{x.fen // 100}.{x.fen % 100:02d},{x.paid_on}" for x in lines]
    total = sum(line.fen for line in lines)
    return ends.join([header, *rows, f"合计,{len(lines)},,{total // 100}.{total % 100:02d},", ""])


@given(LINES, st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_a_bank_writes_is_read_whatever_its_encoding_and_line_ends(
    lines: list[ReturnLine], encoding: str, ends: str
) -> None:
    if sum(line.fen for line in lines) >= 10**15:
        lines = lines[:1]
    assert returns_read(written(lines, ends=ends).encode(encoding)) == (tuple(lines), ())


@given(st.binary(max_size=200))
def test_whatever_bytes_come_are_lines_or_faults_never_both_and_never_an_exception(data: bytes) -> None:
    lines, faults = returns_read(data)
    assert bool(faults) != bool(lines) or (not faults and not lines)


@given(LINES.filter(bool), st.integers(0, 10_000), st.characters())
def test_a_character_changed_in_a_file_never_gives_other_amounts_in_all(
    lines: list[ReturnLine], place: int, char: str
) -> None:
    text = written(lines)
    place %= len(text)
    found, faults = returns_read((text[:place] + char + text[place + 1 :]).encode("utf-8", "surrogatepass"))
    assert faults or sum(line.fen for line in found) == sum(line.fen for line in lines)


GOOD = "1-1-1,S1,支付成功,1.00,2025-03-12"


@pytest.mark.parametrize(
    ("rows", "key", "line", "column"),
    [
        (["1-1-1,S1,支付成功,1.0,2025-03-12"], "amount", 2, "amount"),
        ([GOOD, "1-1-1,S1,支付成功,１.00,2025-03-12"], "amount", 3, "amount"),
        (["1-1-1,S1,支付成功,NaN,2025-03-12"], "amount", 2, "amount"),
        (["1-1-1,S1,支付成功,1e3,2025-03-12"], "amount", 2, "amount"),
        (["1-1-1,S1,支付成功,-1.00,2025-03-12"], "amount", 2, "amount"),
        (["1-1-1,S1,支付成功,0.00,2025-03-12"], "amount", 2, "amount"),
        (["1-1-1,S1,支付成功,1_000.00,2025-03-12"], "amount", 2, "amount"),
        (["1-1-1,S1,支付成功, 1.00,2025-03-12"], "amount", 2, "amount"),
        (["1-1-1,S1,支付成功,12345678901234.00,2025-03-12"], "amount", 2, "amount"),
        (["1-1-1,S1,成功,1.00,2025-03-12"], "outcome", 2, "outcome"),
        (["1-1-1,S1,支付成功,1.00,20250312"], "paid_on", 2, "paid_on"),
        (["1-1-1,S1,支付成功,1.00,2025-02-30"], "paid_on", 2, "paid_on"),
        (["=1+1,S1,支付成功,1.00,2025-03-12"], "instruction", 2, "instruction"),
        (["1-1-1,,支付成功,1.00,2025-03-12"], "serial", 2, "serial"),
        (["1-1-1,S\x00,支付成功,1.00,2025-03-12"], "serial", 2, "serial"),
        (["1-1-1,S1,支付成功,1.00"], "cells", 2, ""),
    ],
)
def test_a_bad_cell_refuses_the_file_with_its_line_and_column(
    rows: list[str], key: str, line: int, column: str
) -> None:
    lines, faults = returns_read("\n".join([HEADER, *rows, "合计,1,,1.00,"]).encode())
    assert lines == ()
    assert (faults[0].key, faults[0].line, faults[0].column) == (f"return.refused.{key}", line, column)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "header"),
        (b"a,b\n", "header"),
        (HEADER.encode(), "no_total"),
        (f"{HEADER}\n{GOOD}\n".encode(), "no_total"),
        (f"{HEADER}\n{GOOD}\n合计,2,,1.00,\n".encode(), "total"),
        (f"{HEADER}\n{GOOD}\n合计,1,,1.01,\n".encode(), "total"),
        (f'{HEADER}\n"{GOOD}\n合计,1,,1.00,\n'.encode(), "quote"),
        (b"\xff\xff\xff", "encoding"),
        (b"x" * ((20 << 20) + 1), "size"),
    ],
)
def test_a_file_that_is_none_is_refused_by_name(data: bytes, key: str) -> None:
    assert returns_read(data)[1][0].key == f"return.refused.{key}"


def test_outcomes_are_said_in_both_languages() -> None:
    assert set(OUTCOMES.values()) == {"paid", "failed", "partial"}
