"""Texts, codes and flags."""

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kerong.engine.record.money import read_ratios
from kerong.engine.record.values import as_text, mojibake
from tests.engine.record.registers import cleaned, column, one_cell, register


def misread(text: str) -> str:
    return text.encode().decode("gbk", "replace")


NAME = column("name", "text", "名称")
GRADE = column("grade", "code", "等级", codes={"A": ("A", "A级"), "B": ("B", "B级")})


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("坏\0名", "holds control characters: 坏\\x00名"),
        ("x" * 200_000, "has more than 32,767 characters"),
        (misread("苏州银行股份有限公司"), "UTF-8 that was read as GBK: 鑻忓窞閾"),
        ("锟斤拷锟斤拷", "UTF-8 that was read as GBK: 锟斤拷锟斤拷"),
        ("#NAME?", "#NAME? is an error of a spreadsheet"),
        ("2.02E+12", "a spreadsheet has turned an identifier into 2.02E+12"),
    ],
)
def test_a_text_that_was_damaged_is_a_problem(cell: str, words: str) -> None:
    value, sentences = one_cell(cell, NAME)
    assert value is None
    assert len(sentences) == 1
    assert sentences[0].startswith(f"tax.csv, line 2, “名称”: {words[:24]}")


def test_a_lost_character_is_noted_and_sets_a_row_aside_only_where_the_text_is_required() -> None:
    rows = [{"名称": "Cond\ufffd Nast"}]
    table, found = cleaned(rows, register(NAME))
    assert (table["name"].to_list(), found["severity"].to_list()) == (["Cond\ufffd Nast"], ["noted"])
    table, found = cleaned(rows, register(column("name", "text", "名称", required=True)))
    assert (table.height, found["severity"].to_list()) == (0, ["quarantined"])


@pytest.mark.parametrize("name", ["苏州银行", "软件开发", "北京", "常州市新北区", "(上海)机器人", "龑兴科技"])
def test_chinese_read_as_gbk_is_seen(name: str) -> None:
    spellings = [misread(name), misread(name).replace("\ufffd", "?"), name]
    assert mojibake(pl.Series(spellings)).to_list() == [True, True, False]


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12))
def test_chinese_that_was_read_right_is_not_taken_for_misread(name: str) -> None:
    assume("锟斤拷" not in name)  # what two lost characters become: three real signs, and no name
    assert mojibake(pl.Series([name])).to_list() == [False]


@pytest.mark.parametrize("name", ["苏州银行股份有限公司", "龑兴", "鑫鑫琪琪瑞祺", "联通", "Ångström", "북한", "Москва"])
def test_right_names_are_not_taken_for_misread_ones(name: str) -> None:
    assert mojibake(pl.Series([name])).to_list() == [False]


@pytest.mark.parametrize(("cell", "code"), [("A级", "A"), (" ａ级 ", "A"), ("B", "B"), ("", None)])
def test_a_declared_spelling_is_our_code(cell: str, code: str | None) -> None:
    assert one_cell(cell, GRADE) == (code, [])


def test_an_undeclared_spelling_is_a_problem() -> None:
    assert one_cell("优", GRADE) == (None, ["tax.csv, line 2, “等级”: “优” is not among the declared codes"])


@pytest.mark.parametrize(("cell", "flag"), [("是", True), ("否", False), ("1", True), ("N", False), ("True", True)])
def test_a_flag_is_read_in_either_language(cell: str, flag: bool) -> None:
    assert one_cell(cell, column("is_new", "flag")) == (flag, [])


def test_a_flag_that_is_neither_is_a_problem() -> None:
    value, sentences = one_cell("也许", column("is_new", "flag"))
    assert (value, sentences) == (None, ["tax.csv, line 2, “is_new”: “也许” is neither yes nor no"])


def test_a_pattern_takes_its_group_and_a_cell_without_a_match_is_a_problem() -> None:
    state = column("state", "district", "address", extract=r",\s*([A-Za-z]{2}),\s*\d")
    assert one_cell("1254 St. Alberts, Reno, nv, 89503", state) == ("NV", [])
    assert one_cell("", state) == (None, [])
    assert one_cell("nowhere", state)[0] is None


def test_values_out_of_range_are_set_aside() -> None:
    value, sentences = one_cell("11000", column("overdue_days", "days", range=(0, 10_000)))
    assert (value, sentences) == (None, ["tax.csv, line 2, “overdue_days”: 11000 is out of range"])


def test_a_small_number_of_a_parquet_file_is_read_though_its_text_would_have_an_exponent() -> None:
    frame = pl.DataFrame({"比": [-3e-7, 1e-5, 0.25, None]})
    assert as_text(frame["比"]).to_list() == ["-0.0000003", "0.00001", "0.25", None]  # type: ignore[union-attr]
    assert read_ratios(as_text(frame["比"])).values.to_list() == [-3e-7, 1e-5, 0.25, None]  # type: ignore[arg-type]
