"""Rows set aside: what the spreadsheet holds, what comes back, and what is refused."""

import csv
import io
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from kerong.intake import receive
from kerong.intake.quarantine import BATCH, LINE, REASON, neutralised, restored
from kerong.rulebook import load
from tests.intake.office import TAX, Office, code, june, tax, texts

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["=1+1", "+1", "-1", "@a", "\t=1", "\r", "'=1", "''", "'", "'-5", "=HYPERLINK(1)"]
)


@given(CELLS)
def test_a_neutralised_cell_begins_no_formula_and_is_restored_exactly(cell: str) -> None:
    assert neutralised(cell)[:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert pl.Series([neutralised(cell)]).to_frame("cell").select(restored(pl.col("cell")))["cell"].to_list() == [cell]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def written(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def broken(*lines: int) -> str:
    """A month of returns whose rows of these firms have a wrong check digit."""
    text = june()
    for firm in lines:
        text = text.replace(code(firm), code(firm)[:-1] + ("1" if code(firm)[-1] != "1" else "2"))
    return text


def corrected(office: Office, text: str, *firms: int) -> str:
    """The quarantine with the right codes of these firms."""
    rows = table(text)
    for row in rows:
        firm = int(row[LINE]) - 1
        if firm in firms:
            row["信用代码"] = code(firm)
    return written(rows)


def test_a_quarantine_has_batch_line_reason_and_the_cells_as_they_came(office: Office) -> None:
    receipt = office.send("tax_a.csv", broken(3, 7))
    assert receipt.batch is not None
    rows = table(office.export(receipt))
    assert [(row[BATCH], row[LINE], row["月份"], row["销售额"]) for row in rows] == [
        (receipt.batch.id, "4", "2025-06", "3000"),
        (receipt.batch.id, "8", "2025-06", "7000"),
    ]
    assert "tax_a.csv 第 4 行“信用代码”：信用代码" in rows[0][REASON]
    assert "tax_a.csv, line 4, “信用代码”: the check digit of credit code" in rows[0][REASON]


def test_a_quarantine_opens_in_a_spreadsheet_as_utf8_and_calculates_nothing(office: Office) -> None:
    receipt = office.send("tax_a.csv", broken(3).replace("3000,,", "3000,=HYPERLINK(1),"))
    assert receipt.batch is not None
    text = office.export(receipt)
    assert table(text)[0]["备注"] == "'=HYPERLINK(1)"
    office.send("back.csv", corrected(office, text, 3), None)
    assert [row["note"] for row in office.rows() if row["#line"] == 4] == ["=HYPERLINK(1)"]


def test_corrected_rows_join_their_batch_and_count_as_if_they_had_been_right(office: Office) -> None:
    receipt = office.send("tax_a.csv", broken(3, 7))
    back = office.send("back.csv", corrected(office, office.export(receipt), 3, 7), None)
    assert back.state == "published"
    assert len(office.rows()) == 40
    assert receipt.batch is not None
    assert f"已作为批次 {receipt.batch.id} 的更正发布" in office.words(back)
    assert "（批次" in office.words(back)
    assert "2 行并入，仍隔离 0 行" in office.words(back)


def test_rows_that_are_still_wrong_stay_in_quarantine_as_they_were_sent_last(office: Office) -> None:
    receipt = office.send("tax_a.csv", broken(3, 7))
    rows = table(office.export(receipt))
    rows[0]["信用代码"], rows[1]["备注"] = code(3), "asked the firm"
    back = office.send("back.csv", written(rows), None)
    assert "仍隔离 1 行" in office.words(back)
    assert [(row[LINE], row["备注"]) for row in table(office.export(receipt))] == [("8", "asked the firm")]
    again = office.send("again.csv", corrected(office, office.export(receipt), 7), None)
    assert again.state == "published"
    assert len(office.rows()) == 40


def test_a_part_of_the_quarantine_may_come_back_before_the_rest(office: Office) -> None:
    receipt = office.send("tax_a.csv", broken(3, 7))
    rows = table(corrected(office, office.export(receipt), 3, 7))
    assert office.send("one.csv", written(rows[:1]), None).state == "published"
    assert office.send("two.csv", written(rows[1:]), None).state == "published"
    assert len(office.rows()) == 40


@pytest.mark.parametrize(
    ("line", "kind", "said"),
    [
        ("5", "line_not_in_quarantine", "第 3 行：原第 5 行不在隔离区"),
        ("999", "line_not_in_quarantine", "line 3: the row of line 999 is not in quarantine"),
        ("4", "line_sent_back_twice", "第 3 行：原第 4 行在文件中出现两次"),
        ("four", "line_sent_back_unreadable", "“four” in “#line” is no number of a line"),
        ("", "line_sent_back_unreadable", "“”不是行号"),
        ("4.5", "line_sent_back_unreadable", "4.5"),
    ],
)
def test_a_line_that_was_not_in_quarantine_refuses_the_file_by_name(
    office: Office, line: str, kind: str, said: str
) -> None:
    receipt = office.send("tax_a.csv", broken(3, 7))
    rows = table(corrected(office, office.export(receipt), 3, 7))
    rows[1][LINE] = line
    counting = office.rows()
    back = office.send("back.csv", written(rows), None)
    assert back.state == "refused"
    assert office.kinds(back) == [kind]
    assert said in office.words(back)
    assert office.rows() == counting


def test_a_line_that_was_corrected_before_is_refused(office: Office) -> None:
    receipt = office.send("tax_a.csv", broken(3))
    text = corrected(office, office.export(receipt), 3)
    office.send("back.csv", text, None)
    assert office.kinds(office.send("later.csv", text.replace("3000", "3001"), None)) == ["line_not_in_quarantine"]
    assert office.send("same.csv", text, None).state == "repeated"


def test_rows_of_an_unknown_batch_or_of_several_or_of_one_that_was_rejected_are_refused(office: Office) -> None:
    receipt = office.send("tax_a.csv", broken(3, 7))
    assert receipt.batch is not None
    text = corrected(office, office.export(receipt), 3, 7)
    assert office.kinds(office.send("a.csv", text.replace(receipt.batch.id, "999999-none"), None)) == ["batch_unknown"]
    assert office.kinds(office.send("b.csv", text.replace(receipt.batch.id, "x", 1), None)) == ["batches_sent_back"]
    office.archive.withdraw(receipt.batch.id, "Wang", office.at, "sent by mistake")
    assert office.kinds(office.send("c.csv", text, None)) == ["batch_is_gone"]


def test_a_correction_that_would_replace_a_month_of_another_batch_is_held(office: Office) -> None:
    office.send("tax_2025-05.csv", june(month="2025-05", filed="2025-06-05"))
    receipt = office.send("tax_2025-06.csv", broken(3))
    rows = table(corrected(office, office.export(receipt), 3))
    rows[0]["月份"] = "2025-05"
    back = office.send("back.csv", written(rows), None)
    assert back.state == "held"
    assert "rows of 2025-05: 1 now, 40 before" in office.words(back)


def test_a_correction_of_a_held_batch_counts_once_the_batch_is_published(office: Office) -> None:
    office.send("tax_2025-05.csv", june(month="2025-05", filed="2025-06-05"))
    held = office.send("tax_2025-06.csv", june(20).replace(code(3), "91330106MA00000030"))
    assert held.state == "held"
    back = office.send("back.csv", corrected(office, office.export(held), 3), None)
    assert len(office.rows()) == 40
    assert held.batch is not None
    assert f"batch {held.batch.id}, which it corrects, does not count now" in office.words(back)
    office.archive.publish(held.batch.id, "Wang", office.at, "summer")
    assert len(office.rows()) == 60


def test_a_row_with_a_comma_too_many_is_set_aside_with_all_of_its_cells_and_comes_back(office: Office) -> None:
    text = (
        june()
        .replace(f"{code(3)},2025-06,3000,,", f"{code(3)},2025-06,3000,one, two,")
        .replace(f"{code(5)},2025-06,5000,,", f"{code(5)},2025-06,5000,")
    )
    receipt = office.send("tax_a.csv", text)
    rows = table(office.export(receipt))
    assert [(row[LINE], row["信用代码"], row["销售额"]) for row in rows] == [
        ("4", code(3), "3000"),
        ("6", code(5), "5000"),
    ]
    assert (rows[0]["备注"], rows[0]["申报日期"]) == ("one", " two,2025-07-05")
    for row in rows:
        row["备注"], row["申报日期"] = "", "2025-07-05"
    assert office.send("back.csv", written(rows), None).state == "published"
    assert [row["sales_fen"] for row in office.rows()] == [100_000 * firm for firm in range(1, 41)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_spreadsheet_may_save_the_quarantine_in_any_encoding_whatever_the_feed_declares(
    office: Office, encoding: str
) -> None:
    column = 'encoding = "gb18030"\n'
    declared = load(texts() | {"registers/tax.toml": TAX.replace("identify =", column + "identify =")})
    path = office.folder / "tax_a.csv"
    path.write_bytes(broken(3).replace("3000,,", "3000,张三,").encode("gb18030"))
    receipt = receive(office.archive, declared, path, "tax", office.at, "Li")
    back = office.folder / "tax_back.csv"
    back.write_bytes(corrected(office, office.export(receipt), 3).encode(encoding))
    assert receive(office.archive, declared, back, "tax", office.at, "Li").state == "published"
    assert [row["note"] for row in office.rows() if row["#line"] == 4] == ["张三"]


def test_a_quarantine_may_come_back_as_a_workbook(office: Office) -> None:
    receipt = office.send("tax_a.csv", broken(3, 7))
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    rows = table(corrected(office, office.export(receipt), 3, 7))
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append([int(cell) if name == LINE else cell for name, cell in row.items()])
    book.save(out)
    assert office.send("back.xlsx", out.getvalue(), None).state == "published"
    assert len(office.rows()) == 40


FAULTS = {
    "信用代码": ["91330106MA00000030", "9.13E+17", "", "=CMD()"],
    "月份": ["2025-13", "", "-1"],
    "销售额": ["NaN", "1e3", "-0", "@sum", "１２,３"],
    "申报日期": ["20260230", "", "\t"],
}


@settings(max_examples=12)
@given(st.lists(st.dictionaries(st.sampled_from(list(FAULTS)), st.integers(0, 9), max_size=2), min_size=1, max_size=8))
def test_export_correct_and_send_again_gives_the_rows_of_the_correct_file(faults: list[dict[str, int]]) -> None:
    right = table(tax(((firm, "2025-06", 1000 * firm) for firm in range(1, len(faults) + 1)), note="-a 'b'"))
    dirty = [dict(row) for row in right]
    for row, wrong in zip(dirty, faults, strict=True):
        for column, choice in wrong.items():
            row[column] = FAULTS[column][choice % len(FAULTS[column])]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        direct, mended = Office(Path(one)), Office(Path(other))
        direct.send("tax_a.csv", written(right))
        receipt = mended.send("tax_a.csv", written(dirty))
        assert receipt.batch is not None
        if receipt.state == "held":  # so much was wrong
            mended.archive.publish(receipt.batch.id, "Wang", mended.at, "looked into")
        if receipt.batch.set_aside:
            rows = table(mended.export(receipt))
            for row in rows:
                row |= right[int(row[LINE]) - 2]
            assert mended.send("back.csv", written(rows), None).state == "published"
        assert mended.rows() == direct.rows()
