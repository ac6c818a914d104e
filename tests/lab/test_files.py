import csv
import gzip
import io
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from kerong.lab.files import write_sheet
from kerong.lab.workbook import ROWS_PER_SHEET, workbook

FRAME = pl.DataFrame({"名称": ["龑䶮㛃科技", '=A1, "引号"', None], "金额": ["12.5", "00123", "123456789012345678"]})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_keeps_rare_characters_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "firms.csv"
    write_sheet(FRAME, path, encoding)
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline="")))
    assert rows == [FRAME.columns, *([cell or "" for cell in row] for row in FRAME.iter_rows())]


@pytest.mark.parametrize("name", ["firms.csv.gz", "firms.xlsx", "firms.parquet", "firms.csv"])
def test_the_same_sheet_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    (tmp_path / "again").mkdir()
    write_sheet(FRAME, tmp_path / name, "utf-8")
    write_sheet(FRAME, tmp_path / "again" / name, "utf-8")
    assert (tmp_path / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_gzipped_csv_opens_as_the_csv_that_it_is(tmp_path: Path) -> None:
    write_sheet(FRAME, tmp_path / "firms.csv.gz", "utf-8")
    assert gzip.decompress((tmp_path / "firms.csv.gz").read_bytes()).decode() == FRAME.write_csv()


def test_a_workbook_opens_in_a_spreadsheet_with_numbers_as_numbers_and_codes_as_texts() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(FRAME))).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows == [
        ["名称", "金额"],
        ["龑䶮㛃科技", 12.5],
        ['=A1, "引号"', "00123"],
        [None, "123456789012345678"],
    ]


def test_more_rows_than_a_spreadsheet_holds_are_refused() -> None:
    with pytest.raises(ValueError, match="1048576"):
        workbook(pl.DataFrame({"金额": pl.Series(["1"]).gather([0] * ROWS_PER_SHEET)}))
