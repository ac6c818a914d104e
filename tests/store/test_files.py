"""Folders of registers: which files are a register's, and what is said of those that cannot be used."""

import gzip
import os
from pathlib import Path

import polars as pl
import pytest

from kerong.store.files import Folder
from kerong.store.stream import source


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


def test_a_file_that_cannot_be_opened_or_named_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put(tmp_path, "tax.csv", b"a\n1\n")
    odd = tmp_path / os.fsdecode(b"tax_\xff.csv")
    try:
        odd.write_bytes(b"a\n1\n")
    except OSError:  # this file system has names in Unicode only
        odd = tmp_path / "tax.csv"
    opens = Path.open
    denied = PermissionError(13, "Permission denied")
    monkeypatch.setattr(
        Path, "open", lambda path, *how: opens(path, *how) if path.name != "tax.csv" else _raise(denied)
    )
    found = {str(problem["file"]): problem["kind"] for problem in folder.read("tax", ("tax*",)).problems}
    assert found.pop("tax.csv") == "file_not_opened"
    assert found == ({} if odd.name == "tax.csv" else {"tax_\\udcff.csv": "file_name_not_text"})


def test_what_is_named_like_a_register_and_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tax_1.parquet").mkdir()
    (tmp_path / "tax_2.csv").symlink_to("nowhere.csv")
    (tmp_path / "tax_3").mkdir()
    problems = Folder(tmp_path).read("tax", ("tax*",)).problems
    assert [(problem["kind"], problem["file"]) for problem in problems] == [
        ("file_not_plain", "tax_1.parquet"),
        ("file_not_plain", "tax_2.csv"),
    ]


def _raise(error: BaseException) -> bytes:
    raise error


def test_every_member_of_a_large_gzip_is_read_and_a_cut_one_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "INFLATED_BYTES", 1000)
    two = gzip.compress(b"a\n1\n") + gzip.compress(b"2\n")
    read = put(tmp_path, "tax.csv.gz", two).read("tax", ("tax",))
    assert read.parts[0].frame["a"].to_list() == ["1", "2"]
    for data, kind in ((two[:-4], "file_is_no_gzip"), (gzip.compress(b"a\n" * 501), "file_inflates")):
        problems = put(tmp_path, "tax.csv.gz", data).read("tax", ("tax",)).problems
        assert [problem["kind"] for problem in problems] == [kind]


def test_a_mark_before_the_first_header_is_no_part_of_it(tmp_path: Path) -> None:
    table = put(tmp_path, "tax.csv", "\ufeff名称,额\n苏州,1\n".encode()).read("tax", ("tax",))
    assert table.parts[0].frame.columns == ["名称", "额"]


def test_rows_that_do_not_fit_are_quarantined_and_empty_ones_are_counted(tmp_path: Path) -> None:
    table = put(tmp_path, "tax.csv", b"a,b\n1,2\n3\n,\n4,5\n").read("tax", ("tax",))
    assert [(p["kind"], p["severity"], p.get("line"), p["value"]) for p in table.problems] == [
        ("row_has_other_width", "quarantined", 3, "1 / 2"),
        ("empty_rows", "noted", None, "1"),
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


def test_a_parquet_on_which_its_reader_panics_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Damaged bytes make the reader panic now and then; no fixed bytes do so in every version."""
    panic = pl.exceptions.PanicException("Invalid argument")
    folder = put(tmp_path, "tax.parquet", b"PAR1 damaged PAR1")
    monkeypatch.setattr(pl, "scan_parquet", lambda _: _raise(panic))
    assert [problem["kind"] for problem in folder.read("tax", ("tax",)).problems] == ["parquet_unreadable"]


def test_a_parquet_with_too_many_columns_is_refused(tmp_path: Path) -> None:
    pl.DataFrame({f"c{number}": [1] for number in range(5000)}).write_parquet(tmp_path / "tax.parquet")
    problems = Folder(tmp_path).read("tax", ("tax",)).problems
    assert [(problem["kind"], problem["value"]) for problem in problems] == [("too_many_columns", "5000")]


def test_the_venture_files_are_read_whole_and_their_bad_bytes_are_told(shared: Path) -> None:
    table = Folder(shared / "data" / "usa").read("round", ("crunchbase-rounds",))
    assert table.parts[0].frame.shape == (31_679, 13)
    assert [(p["kind"], p["line"]) for p in table.problems] == [("invalid_bytes", 989)]
