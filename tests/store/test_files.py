"""Folders of registers: which files are a register's, and what is said of those that cannot be used."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from kerong.store.files import Folder


def put(folder: Path, name: str, data: bytes) -> Folder:
    (folder / name).write_bytes(data)
    return Folder(folder)


def test_files_are_found_by_patterns_whatever_their_case_and_read_in_order(tmp_path: Path) -> None:
    put(tmp_path, "Tax_2024.CSV".lower(), b"a\n2\n")
    put(tmp_path, "TAX_2023.csv", b"a\n1\n")
    put(tmp_path, "~$tax_2025.xlsx", b"lock")
    put(tmp_path, "company.csv", b"a\n1\n")
    folder = put(tmp_path, "tax_2025.csv.gz", gzip.compress(b"a\n3\n"))
    table = folder.read("tax", ("tax_2*",))
    assert [part.file for part in table.parts] == ["TAX_2023.csv", "tax_2024.csv", "tax_2025.csv.gz"]
    assert [part.frame["a"].item() for part in table.parts] == ["1", "2", "3"]
    assert list(folder.hashes) == ["TAX_2023.csv", "tax_2024.csv", "tax_2025.csv.gz"]
    assert table.problems == []


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("tax.csv", b"", "file_empty"),
        ("tax.csv", b"a,a\n1,2\n", "header_twice"),
        ("tax.csv", b"a,\n1,2\n", "header_empty"),
        ("tax.csv", b'a,b\n1,"2\n', "quote_not_closed"),
        ("tax.csv", b"a,b\r1,2\r3,4\n", "line_ends_mixed"),
        ("tax.csv", b"a,b\n1,2\r3,4\r5,6\r", "line_ends_mixed"),
        ("tax.csv", bytes(500) + b"a", "file_is_not_text"),
        ("tax.csv.gz", b"no gzip at all", "file_is_no_gzip"),
        ("tax.parquet", b"PAR1 but not really", "parquet_unreadable"),
        ("tax.xls", b"\xd0\xcf\x11\xe0", "file_format_not_read"),
    ],
)
def test_an_unusable_file_is_refused_with_its_reason(tmp_path: Path, name: str, data: bytes, kind: str) -> None:
    table = put(tmp_path, name, data).read("tax", ("tax",))
    assert table.parts == []
    assert [(problem["kind"], problem["severity"], problem["file"]) for problem in table.problems] == [
        (kind, "refused", name)
    ]


def test_a_mark_before_the_first_header_is_no_part_of_it(tmp_path: Path) -> None:
    table = put(tmp_path, "tax.csv", "\ufeff名称,额\n苏州,1\n".encode()).read("tax", ("tax",))
    assert table.parts[0].frame.columns == ["名称", "额"]


def test_rows_that_do_not_fit_are_quarantined_and_empty_ones_are_counted(tmp_path: Path) -> None:
    table = put(tmp_path, "tax.csv", b"a,b\n1,2\n3\n,\n4,5\n").read("tax", ("tax",))
    assert [(p["kind"], p["severity"], p.get("line"), p["value"]) for p in table.problems] == [
        ("empty_rows", "noted", None, "1"),
        ("row_has_other_width", "quarantined", 3, "1 / 2"),
    ]
    assert table.parts[0].lines is not None
    assert table.parts[0].lines.to_list() == [2, 5]


def test_columns_without_header_and_content_fall_away(tmp_path: Path) -> None:
    table = put(tmp_path, "tax.csv", b"a,,\n1,,\n").read("tax", ("tax",))
    assert table.parts[0].frame.columns == ["a"]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1, 2], "b": [None, 0.5]}).write_parquet(tmp_path / "tax.parquet")
    part = Folder(tmp_path).read("tax", ("tax",)).parts[0]
    assert part.frame.schema == {"a": pl.Int64(), "b": pl.Float64()}


def test_the_venture_files_are_read_whole_and_their_bad_bytes_are_told(shared: Path) -> None:
    table = Folder(shared / "data" / "usa").read("round", ("crunchbase-rounds",))
    assert table.parts[0].frame.shape == (31_679, 13)
    assert [(p["kind"], p["line"]) for p in table.problems] == [("invalid_bytes", 989)]
