"""The hostile inputs 1 to 17 of the trust page: each ends in the right value or in words that a steward can act on.

The path is that of an import: a file, its blocks, cleaned cells, the sentence. Of input 16 only what one file shows.
"""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from kerong.engine.problems import sentence
from kerong.engine.record.clean import cleaned_part
from kerong.rulebook import load
from kerong.rulebook.content import Register
from kerong.store import delimited, encoding, workbook
from kerong.store.packs import read_pack
from kerong.store.parts import RawPart, Unusable
from kerong.store.stream import blocks, source

HEADER = "信用代码,发票号码,开票方向,对方信用代码,开票日期,金额,发票状态"
CODE = "91320505MA1MEAB357"
ROW = f"{CODE},24001,销项,甲,2024-01-31,12.50,正常"
Words = list[tuple[str, str]]
Import = Callable[..., tuple[pl.DataFrame, Words]]


@cache
def invoice() -> Register:
    return load(read_pack("china")).registers["invoice"]


@pytest.fixture
def imported(tmp_path: Path) -> Import:
    """What an import keeps of a file, and what it tells in Chinese and in English."""

    def read(data: bytes, name: str = "发票.csv", register: Register | None = None) -> tuple[pl.DataFrame, Words]:
        (tmp_path / name).write_bytes(data)
        kept: list[pl.DataFrame] = []
        problems: list[dict[str, object]] = []
        try:
            for found in blocks(tmp_path / name, name):
                if isinstance(found, RawPart):
                    rows, wrong = cleaned_part(found, 0, register or invoice())
                    kept.append(rows)
                    problems += wrong.to_dicts()
                else:
                    problems.append(found)
        except Unusable as error:
            kept, problems = [], [{"file": name, **error.found}]
        told = list(dict.fromkeys((sentence(one, "zh"), sentence(one, "en")) for one in problems))
        return pl.concat(kept) if kept else pl.DataFrame(), told

    return read


def csv(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def with_cell(column: int, cell: str) -> str:
    cells = ROW.split(",")
    cells[column] = cell
    return ",".join(cells)


def told_of(imported: Import, column: int, cells: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The one sentence (Chinese, English) that each cell leads to, alone on line 2; the row is set aside."""
    for cell in cells:
        rows, words = imported(csv(with_cell(column, cell)))
        assert (rows.height, len(words)) == (0, 1), (cell, words)
        yield words[0]


def test_1_amounts_that_are_no_numbers_or_too_great_are_named(imported: Import) -> None:
    cells = ["NaN", "sNaN", "Infinity", "1e400000", "-0"]
    where = ("发票.csv 第 2 行“金额”：", "发票.csv, line 2, “金额”: ")
    assert list(told_of(imported, 5, cells)) == [
        (f"{where[0]}“NaN”不是有限的数", f"{where[1]}“NaN” is no finite number"),
        (f"{where[0]}“sNaN”不是有限的数", f"{where[1]}“sNaN” is no finite number"),
        (f"{where[0]}“Infinity”不是有限的数", f"{where[1]}“Infinity” is no finite number"),
        (f"{where[0]}不读科学计数法：1e400000", f"{where[1]}exponents are not read: 1e400000"),
        (f"{where[0]}-0 是负零", f"{where[1]}-0 is minus zero"),
    ]


def test_2_full_width_and_padded_digits_are_read_and_foreign_ones_are_named(imported: Import) -> None:
    rows, words = imported(csv(with_cell(5, "１２３"), with_cell(5, " 12 ")))
    assert (rows["amount_fen"].to_list(), words) == ([12_300, 1_200], [])
    assert [zh for zh, _ in told_of(imported, 5, ["٣", "1_000"])] == [
        "发票.csv 第 2 行“金额”：不是 0-9 的数字：٣",
        "发票.csv 第 2 行“金额”：数字中有下划线：1_000",
    ]


def test_3_the_same_file_in_yuan_and_in_wan_is_the_same_money_and_an_unknown_unit_is_refused(imported: Import) -> None:
    in_wan = csv(with_cell(5, "0.00125"), header=HEADER.replace("金额", "金额（万元）"))
    assert imported(in_wan)[0]["amount_fen"].to_list() == imported(csv(ROW))[0]["amount_fen"].to_list() == [1_250]
    rows, words = imported(csv(ROW, header=HEADER.replace("金额", "金额（斤）")))
    assert rows.height == 0
    assert words[0] == (
        "发票.csv：列“金额（斤）”的单位“斤”不认识",
        "发票.csv: the unit “斤” of column “金额（斤）” is unknown",
    )


def test_4_rare_characters_of_gb18030_are_right(imported: Import) -> None:
    rows, words = imported("\n".join([HEADER, with_cell(3, "龑䶮㛃有限公司"), ""]).encode("gb18030"))
    assert (rows["counterparty"].to_list(), words) == (["龑䶮㛃有限公司"], [])


def test_5_utf8_that_was_read_as_gbk_is_seen(imported: Import) -> None:
    spoilt = "苏州工业园区".encode().decode("gbk", "replace")
    assert list(told_of(imported, 3, [spoilt])) == [
        (
            f"发票.csv 第 2 行“对方信用代码”：UTF-8 被误读为 GBK：{spoilt}",
            f"发票.csv, line 2, “对方信用代码”: UTF-8 that was read as GBK: {spoilt}",
        )
    ]


def test_6_a_mark_before_the_first_header_is_no_part_of_it(imported: Import) -> None:
    rows, words = imported(b"\xef\xbb\xbf" + csv(ROW))
    assert (rows["credit_code"].to_list(), words) == ([CODE], [])


def test_7_an_unterminated_quote_is_named_where_it_began(imported: Import) -> None:
    rows, words = imported(csv(ROW, with_cell(3, '"甲'), *[ROW] * 50))
    assert rows.height == 0
    assert words[0][0].startswith("发票.csv 第 3 行第 4 列：引号未闭合，会吞掉其后的行：")
    assert words[0][1].startswith("发票.csv, line 3, column 4: a quote is not closed and swallows the rows after it: ")


def test_8_a_nul_in_a_name_is_shown_as_what_it_is(imported: Import) -> None:
    rows, words = imported(csv(*[ROW] * 30, with_cell(3, "甲\0乙")))
    assert rows.height == 30
    assert words == [
        (
            "发票.csv 第 32 行“对方信用代码”：含控制字符：甲\\x00乙",
            "发票.csv, line 32, “对方信用代码”: holds control characters: 甲\\x00乙",
        )
    ]


def test_9_a_cell_of_200_000_characters_is_set_aside_and_its_neighbours_are_not(imported: Import) -> None:
    rows, words = imported(csv(ROW, with_cell(3, "甲" * 200_000), with_cell(1, "24002")))
    assert rows["number"].to_list() == ["24001", "24002"]
    assert words == [
        (
            "发票.csv 第 3 行“对方信用代码”：超过 32,767 个字符",
            "发票.csv, line 3, “对方信用代码”: has more than 32,767 characters",
        )
    ]


def a_workbook(**parts: bytes) -> bytes:
    """A workbook with the row, and further parts of its archive."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    for line in (HEADER, ROW):
        book.worksheets[0].append(line.split(","))
    book.save(file)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_10_workbooks_and_archives_that_inflate_are_refused(imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "INFLATED_BYTES", 1 << 21)
    assert imported(a_workbook(**{"xl/media/bomb.bin": bytes(1 << 22)}), "发票.xlsx")[1] == [
        (
            "发票.xlsx：解压后超过 1 GB（xl/media/bomb.bin），未读取",
            "发票.xlsx inflates beyond 1 GB (xl/media/bomb.bin) and is not read",
        )
    ]
    monkeypatch.setattr(source, "INFLATED_BYTES", 1 << 21)
    assert imported(gzip.compress(csv(*[ROW] * 40_000)), "发票.csv.gz")[1] == [
        ("发票.csv.gz：解压后过大，未读取", "发票.csv.gz inflates beyond the limit and is not read")
    ]


def test_11_entities_in_a_workbook_are_refused(imported: Import) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert imported(a_workbook(**{"xl/evil.xml": bomb}), "发票.xlsx")[1] == [
        (
            "发票.xlsx：xl/evil.xml 声明了文档类型或实体，未读取",
            "发票.xlsx: xl/evil.xml declares a document type or entities; it is not read",
        )
    ]


def test_12_paths_passwords_old_workbooks_and_html_are_refused_by_their_names(imported: Import) -> None:
    told = [
        imported(a_workbook(**{"../evil.xml": b"<a/>"}), "发票.xlsx")[1][0][0],
        imported(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "发票.xlsx")[1][0][0],
        imported(b"<html><table></table></html>", "发票.xlsx")[1][0][0],
        imported(b"macros", "发票.xlsm")[1][0][0],
    ]
    assert told == [
        "发票.xlsx：压缩包内有越界路径：../evil.xml",
        "发票.xlsx：工作簿有密码，或是改名的旧版 .xls",
        "发票.xlsx：不是 .xlsx 工作簿：<html><table></table></html>",
        "发票.xlsm：不读取 .xlsm 格式，请另存为 .csv、.jsonl、.xlsx 或 .parquet",
    ]


def test_13_credit_codes_are_read_where_that_is_certain_and_named_where_not(imported: Import) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in CODE)
    rows, words = imported(csv(with_cell(0, CODE.lower()), with_cell(0, wide)))
    assert (rows["credit_code"].to_list(), words) == ([CODE, CODE], [])
    told = [zh for zh, _ in told_of(imported, 0, ["9.14E+17", CODE.replace("0", "O", 1), f"{CODE[:-1]}X"])]
    assert told == [
        "发票.csv 第 2 行“信用代码”：信用代码被电子表格改成了 9.14E+17",
        f"发票.csv 第 2 行“信用代码”：信用代码 {CODE.replace('0', 'O', 1)} 含 I、O、S、V 或 Z",
        f"发票.csv 第 2 行“信用代码”：信用代码 {CODE[:-1]}X 校验码不符",
    ]


def test_14_days_that_do_not_exist_or_need_a_guess_are_named_and_declared_forms_are_read(imported: Import) -> None:
    told = [zh for zh, _ in told_of(imported, 4, ["20260230", "45322", "113/01/31"])]
    assert told[0] == "发票.csv 第 2 行“开票日期”：没有 20260230 这一天"
    assert told[1] == "发票.csv 第 2 行“开票日期”：45322 是数，不是写明的日期"
    assert told[2] == "发票.csv 第 2 行“开票日期”：113/01/31 的年份不是四位"
    for form, cell in (("excel_1900", "45322"), ("excel_1904", "43860"), ("minguo", "113/01/31")):
        column = replace(invoice().columns["issued_on"], format=form)
        register = replace(invoice(), columns={**invoice().columns, "issued_on": column})
        rows, words = imported(csv(with_cell(4, cell)), register=register)
        assert (rows["issued_on"].cast(pl.String).to_list(), words) == (["2024-01-31"], []), form


def test_15_a_cell_that_begins_like_a_formula_is_kept_as_it_is_written(imported: Import) -> None:
    """It is harmful in a spreadsheet only: the export of set-aside rows makes it harmless there."""
    rows, words = imported(csv(*(with_cell(3, f"{sign}cmd|' /C calc'!A0") for sign in "=+-@")))
    assert ([cell[0] for cell in rows["counterparty"]], words) == (["=", "+", "-", "@"], [])


def test_16_one_firm_twice_with_other_amounts_stays_two_rows_with_their_lines(imported: Import) -> None:
    rows, words = imported(csv(ROW, with_cell(5, "99.00")))
    assert (rows.select("amount_fen", "#line").rows(), words) == ([(1_250, 2), (9_900, 3)], [])


def test_17_rows_without_end_and_files_of_20_000_columns_are_refused_and_returns_alone_are_line_ends(
    imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, words = imported(csv(ROW, ROW).replace(b"\n", b"\r"))
    assert (rows.height, words) == (2, [])
    assert imported(csv(ROW, header=",".join(f"c{number}" for number in range(20_000))))[1] == [
        ("发票.csv：列数过多（20000）", "发票.csv has too many columns (20000)")
    ]
    for module, name in ((delimited, "RECORD_BYTES"), (encoding, "LINE_BYTES")):
        monkeypatch.setattr(module, name, 1 << 16)
    monkeypatch.setattr(source, "CHUNK_BYTES", 1 << 12)
    assert imported(csv(ROW, with_cell(3, "甲" * 200_000), ROW))[1] == [
        (
            "发票.csv 第 3 行超过 64 MB 仍未结束：换行符缺失或文件已损坏，未读取",
            "发票.csv, line 3: the row has no end within 64 MB; line ends are missing or the file is damaged",
        )
    ]
