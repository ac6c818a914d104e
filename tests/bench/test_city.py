"""The city of the large claim: every month of its invoices is drawn for itself, the same bytes always."""

from pathlib import Path

import polars as pl

from bench.city import MONTHS, write_month
from bench.reading import HEADER

CODES = ["91320505MA1MEAB35C", "91990105MA1MEAB35P", "91990101799655058T"]


def month(folder: Path, number: int, count: int = 2_000) -> bytes:
    folder.mkdir(exist_ok=True)
    (folder / "company.csv").write_bytes("\n".join(["统一社会信用代码", *CODES, "911"]).encode("gb18030"))
    write_month(folder, number, count)
    return (folder / f"invoice_{MONTHS[number]}.csv").read_bytes()


def test_a_month_has_the_same_bytes_whichever_was_written_before(tmp_path: Path) -> None:
    later = [month(tmp_path / "one", number) for number in (0, 3)][1]
    assert month(tmp_path / "two", 3) == later
    assert month(tmp_path / "two", 4) != later


def test_a_month_holds_its_own_numbers_days_and_firms(tmp_path: Path) -> None:
    rows = pl.read_csv(month(tmp_path, 3, 10_000), infer_schema=False)
    assert rows.columns == HEADER.strip().split(",")
    assert set(rows["信用代码"]) == set(CODES)
    assert rows["开票日期"].str.starts_with("2024-09-").all()
    numbers = rows["发票号码"].str.slice(2).cast(pl.Int64)
    assert numbers.min() == 30_000
    assert numbers.max() == 39_999
    assert rows.height > numbers.n_unique() == 10_000
