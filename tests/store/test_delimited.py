"""The structure of delimited text: lines, widths and quotes."""

import csv
import io

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.store.delimited import BrokenQuote, Sheet, form_of, sheets

CELL = st.text(st.sampled_from('ab,"\n ;龑1.\t'), max_size=6)


def names_and_sheet(data: bytes) -> tuple[tuple[str, ...], Sheet]:
    """All of a text, read in one piece."""
    form = form_of([data], b'"' in data)
    found = list(sheets([data], form))
    ragged = tuple(row for sheet in found for row in sheet.ragged)
    return form.names, Sheet(
        pl.concat(sheet.frame for sheet in found), pl.concat(sheet.lines for sheet in found), ragged
    )


def read_delimited(data: bytes) -> Sheet:
    """The rows of a text, read in one piece."""
    return names_and_sheet(data)[1]


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_what_a_csv_writer_writes_is_read_back_with_its_lines(rows: list[list[str]], line_end: str) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(["first", "second"])
    lines = []
    for row in rows:
        lines.append(file.getvalue().count("\n") + 1)
        writer.writerow(row)
    names, sheet = names_and_sheet(file.getvalue().encode())
    assert names == ("first", "second")
    assert [list(row) for row in sheet.frame.fill_null("").rows()] == rows
    assert sheet.lines.to_list() == lines


def test_a_quote_that_swallows_rows_is_found_at_the_line_where_it_opens() -> None:
    text = 'id,name,city\n1,"Ann",x\n2,"Bob,x\n3,"Cy",x\n4,"Di",x\n'
    with pytest.raises(BrokenQuote) as broken:
        read_delimited(text.encode())
    assert (broken.value.line, broken.value.index) == (3, 1)


def test_a_quote_that_swallows_the_rest_of_the_file_is_found_too() -> None:
    with pytest.raises(BrokenQuote) as broken:
        read_delimited(b'id,name\n1,Ann\n2,"Bob\n3,Cy\n')
    assert (broken.value.line, broken.value.index) == (3, 1)


def test_a_quote_inside_an_unquoted_cell_is_a_character() -> None:
    sheet = read_delimited(b'id,name\n1,5" disk drives\n2,the "best" firm\n')
    assert sheet.frame["1"].to_list() == ['5" disk drives', 'the "best" firm']


@pytest.mark.parametrize("text", ["a,{}\n1,2\n", 'a,"{}"\n1,2\n', 'a,b\n1,x "{}" y\n'])
def test_a_cell_may_be_as_long_as_a_book(text: str) -> None:
    sheet = read_delimited(text.format("x" * 200_000).encode())
    assert sheet.frame.height == 1
    assert sheet.ragged == ()


def test_rows_of_another_width_are_told_with_line_and_number_of_cells() -> None:
    sheet = read_delimited(b'a,b\n1,2\n3\n\n4,5,6\n"7\n8",9\n10,11')
    assert sheet.ragged == ((3, 1), (5, 3))
    assert sheet.frame.rows() == [("1", "2"), ("7\n8", "9"), ("10", "11")]
    assert sheet.lines.to_list() == [2, 6, 8]


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_the_header_shows_the_separator(separator: str) -> None:
    assert read_delimited(f"a{separator}b\n1{separator}2\n".encode()).frame.rows() == [("1", "2")]


def test_a_long_and_a_short_line_that_make_up_for_each_other_are_both_named() -> None:
    sheet = read_delimited(b"a,b\n1,2\n1,2,3\n4\n5,6\n")
    assert sheet.ragged == ((3, 3), (4, 1))
    assert sheet.frame.rows() == [("1", "2"), ("5", "6")]
