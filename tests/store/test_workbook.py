"""Workbooks: what is in them is read as Excel shows it, what is dangerous is refused."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from kerong.store.workbook import Unsafe, read_workbook


def saved(*rows: Sequence[str | float | date], old_dates: bool = False, at_row: int = 1) -> bytes:
    book = openpyxl.Workbook()
    if old_dates:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    for number, row in enumerate(rows, start=at_row):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column, value)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_entry(data: bytes, name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("old_dates", [False, True])
def test_dates_are_right_in_both_date_systems(old_dates: bool) -> None:
    grid = read_workbook(saved(["d"], [date(2024, 1, 31)], [datetime(2024, 2, 29, 0, 0)], old_dates=old_dates))  # noqa: DTZ001
    assert grid.rows["0"].to_list() == ["d", "2024-01-31 00:00:00", "2024-02-29 00:00:00"]


def test_a_destroyed_credit_code_keeps_its_exponent_and_errors_stay_errors() -> None:
    data = saved(["code", "amount"], [914000000000000000, 1234.5], ["91320505MA1MEAB35C", 12345.670000000002])
    grid = read_workbook(data)
    assert grid.rows.row(1) == ("9.14e+17", "1234.5")
    assert grid.rows.row(2) == ("91320505MA1MEAB35C", "12345.67")


def test_lines_are_those_of_the_sheet() -> None:
    grid = read_workbook(saved(["a"], ["1"], at_row=3))
    assert (grid.first_line, grid.rows["0"].to_list()) == (3, ["a", "1"])


SHEET = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1"><v>1</v></c></row><row r="2">%s</row></sheetData></worksheet>"""


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("../../evil.xml", b"<a/>", "workbook_path"),
        ("xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "workbook_entities"),
        ("xl/media/bomb.bin", bytes((1 << 30) + 1), "workbook_inflates"),
        ("xl/worksheets/sheet1.xml", SHEET % b'<c r="XFD1048576"><v>2</v></c>', "workbook_sparse"),
        ("xl/worksheets/sheet1.xml", SHEET % b"<c t=\"n\" r = 'ZZZZZZZ2'><v>2</v></c>", "workbook_unreadable"),
        ("xl/worksheets/sheet1.xml", SHEET % b'<c r="A99999999999999999999999"><v>2</v></c>', "workbook_unreadable"),
        ("xl/worksheets/sheet1.xml", SHEET % b"<c " + b" " * (1 << 21) + b'r="B2"/>', "workbook_unreadable"),
        ("xl/worksheets/sheet1.xml", "<worksheet/>".encode("utf-16"), "workbook_unreadable"),
        ("xl/workbook.xml", b"", "workbook_unreadable"),
    ],
)
def test_a_dangerous_workbook_is_refused_with_its_reason(name: str, content: bytes, kind: str) -> None:
    with pytest.raises(Unsafe) as unsafe:
        read_workbook(with_entry(saved(["a"], ["1"]), name, content))
    assert unsafe.value.kind == kind


def test_a_long_text_beside_the_sheets_is_no_objection() -> None:
    data = with_entry(saved(["a"], ["1"]), "customXml/item1.xml", b"<note>" + b"x" * (5 << 20) + b"</note>")
    assert read_workbook(data).rows["0"].to_list() == ["a", "1"]


@pytest.mark.parametrize("cut", [10, 300])
def test_a_workbook_that_was_cut_or_damaged_is_refused(cut: int) -> None:
    data = saved(["a"], ["1"])
    for damaged in (data[:-cut], data[:-cut] + bytes(50) + data[-cut + 50 :]):
        with pytest.raises(Unsafe):
            read_workbook(damaged)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "workbook_encrypted_or_xls"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "workbook_is_something_else"),
    ],
)
def test_what_only_bears_the_name_of_a_workbook_is_refused(data: bytes, kind: str) -> None:
    with pytest.raises(Unsafe) as unsafe:
        read_workbook(data)
    assert unsafe.value.kind == kind
