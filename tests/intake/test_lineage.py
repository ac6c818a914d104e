"""What never reached a record is shown with the record: quarantine, replaced and withdrawn batches, later ones."""

from datetime import date

import pytest

from kerong.engine.problems import sentence
from kerong.engine.record.lineage import Tracer
from kerong.engine.record.lineage_rows import Row
from kerong.intake import exported, publish_held
from kerong.intake.facts import facts_of
from kerong.store.files import Folder
from kerong.store.registers import FolderRegisters
from tests.intake.office import Office, book, code, june, tax

ON = date(2025, 7, 31)
FIRMS = "代码,名称,片区,资金\n" + "".join(f"{code(number)},企业{number},,1\n" for number in range(1, 41))


@pytest.fixture
def filled(office: Office) -> Office:
    """An office that has a list of firms and the returns of June, in which firm 3 has a cell that is no amount."""
    office.send("firm.csv", FIRMS, "firm")
    office.send("tax_2025_06.csv", june().replace(f"{code(3)},2025-06,3000", f"{code(3)},2025-06,三千多"))
    return office


def rows(office: Office, firm: int, sequence: int | None = None) -> tuple[Row, ...]:
    return Tracer(code(firm), facts_of(office.archive, book(), sequence=sequence), book(), ON).rows("tax")


def whys(found: tuple[Row, ...]) -> list[tuple[int, str]]:
    return [(row.line, row.why) for row in found]


def test_a_row_in_quarantine_is_shown_with_its_cells_and_the_reason(filled: Office) -> None:
    (row,) = rows(filled, 3)
    assert (row.file, row.line, row.why, row.counts) == ("tax_2025_06.csv", 4, "set_aside", False)
    assert row.raw["sales_fen"] == "三千多"
    assert "三千多" in sentence({**row.faults[0], "stage": "record"}, "zh")
    assert whys(rows(filled, 4)) == [(5, "")]


def test_a_row_of_a_replaced_batch_is_marked_and_comes_back_with_a_withdrawal(filled: Office) -> None:
    before = len(filled.archive.events())
    late = filled.send("tax_2025_06_b.csv", june(factor=1.1), as_of=date(2025, 7, 10))
    assert late.state == "published", filled.kinds(late)
    assert late.batch is not None
    first = next(batch.id for batch in filled.archive.batches("tax"))
    found = rows(filled, 4)
    assert [(row.batch, row.why) for row in found] == [(late.batch.id, ""), (first, "batch_replaced")]
    assert [(row.batch, row.why) for row in rows(filled, 4, before)] == [(first, ""), (late.batch.id, "batch_later")]
    filled.archive.withdraw(late.batch.id, "Li", filled.at, "it was wrong")
    assert [(row.batch, row.why) for row in rows(filled, 4)] == [(first, ""), (late.batch.id, "batch_withdrawn")]


def test_a_row_that_was_corrected_is_no_longer_in_quarantine(filled: Office) -> None:
    batch = next(batch for batch in filled.archive.batches("tax"))
    sheet = filled.folder / "back.csv"
    sheet.write_bytes(exported(filled.archive, batch.id).decode("utf-8-sig").replace("三千多", "3000").encode())
    back = filled.send("back.csv", sheet.read_bytes(), None)
    assert back.state == "published", filled.words(back)
    assert whys(rows(filled, 3)) == [(4, "")]


def test_a_row_known_after_the_day_is_shown_as_such(filled: Office) -> None:
    receipt = filled.send("tax_2025_07.csv", tax([(4, "2025-07", 1)], filed="2025-08-05"))
    assert receipt.batch is not None
    assert whys(rows(filled, 4)) == [(5, ""), (2, "batch_held")]
    publish_held(filled.archive, receipt.batch.id, "Li", filled.at, "one firm is enough")
    assert (2, "later_than_on") in whys(rows(filled, 4))


def test_a_folder_shows_what_it_could_not_read_as_an_archive_does(filled: Office) -> None:
    patterns = {name: register.files for name, register in book().registers.items()}
    facts = FolderRegisters(Folder(filled.folder), patterns)
    (row,) = Tracer(code(3), facts, book(), ON).rows("tax")
    (archived,) = rows(filled, 3)
    assert (row.file, row.line, row.raw, row.why) == (archived.file, archived.line, archived.raw, archived.why)
