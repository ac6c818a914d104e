"""What a sender or a steward who means harm, or is careless in an odd way, cannot do to what counts."""

import json
import os
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from kerong.engine.record.clean import clean
from kerong.intake import Receipt, cards, publish_held, receive
from kerong.intake.facts import facts_of
from kerong.rulebook import Rulebook, load
from kerong.store.archive import Archive, Refused
from tests.intake.office import Office, book, code, day, june, tax, texts

WRONG = june().replace(f"{code(3)},", "XX,")


def with_tax(old: str, new: str) -> Rulebook:
    """The office's pack with another mapping of its tax register."""
    found = texts()
    name = next(name for name in found if name.endswith("registers/tax.toml"))
    assert old in found[name]
    return load(found | {name: found[name].replace(old, new)})


def counted(office: Office, rulebook: Rulebook) -> Counter[str]:
    """Rows of a run by month."""
    rows, _ = clean(facts_of(office.archive, rulebook)["tax"], rulebook.registers["tax"], day("2025-12-31"))
    return Counter(month.isoformat()[:7] for month in rows["month"])


def ident(receipt: Receipt) -> str:
    """The id of the receipt's batch."""
    assert receipt.batch is not None
    return receipt.batch.id


@pytest.mark.parametrize(
    ("old", "new"),
    [('every = "month", extent', 'every = "quarter", extent'), ('of = "month"', 'of = "filed_on"')],
)
def test_a_register_that_parts_its_files_otherwise_from_now_on_loses_no_row_of_before(
    office: Office, old: str, new: str
) -> None:
    office.send("tax_a.csv", june(month="2025-05", filed="2025-06-05"))
    office.send("tax_b.csv", june(month="2025-05", filed="2025-06-06") + june().partition("\n")[2])
    office.send("tax_c.csv", june(factor=1.01))
    assert counted(office, with_tax(old, new)) == counted(office, book()) == {"2025-05": 40, "2025-06": 40}


def test_a_mapping_that_refuses_files_of_before_is_told_and_is_no_crash(office: Office) -> None:
    office.send("tax_a.csv", june())
    changed = with_tax('header = ["信用代码"]', 'header = ["新代码"]')
    rows, found = clean(facts_of(office.archive, changed)["tax"], changed.registers["tax"], day("2025-12-31"))
    assert rows.height == 0
    assert (found["kind"].to_list(), found["severity"].to_list()) == (["column_missing"], ["refused"])


def test_a_correction_whose_lines_a_spreadsheet_wrote_with_commas_is_read_again_under_a_new_mapping(
    office: Office,
) -> None:
    rows = tax((firm, "2025-06", 1000 * firm) for firm in range(1, 1201)).replace(f"{code(1100)},", "XX,")
    sheet = office.export(office.send("tax_a.csv", rows))
    assert office.send("fixed.csv", sheet.replace("XX", code(1100)).replace(",1101,", ',"1,101",'), None).state
    assert counted(office, with_tax('header = ["备注"]', 'header = ["备注", "注"]')) == {"2025-06": 1200}


def test_a_correction_that_was_withdrawn_does_not_come_back_beside_the_one_after_it(office: Office) -> None:
    sheet = office.export(office.send("tax_a.csv", WRONG))
    first = office.send("fixed.csv", sheet.replace("XX", code(3)), None)
    office.archive.withdraw(ident(first), "Li", office.at, "the amount is wrong")
    second = office.send("fixed_again.csv", sheet.replace("XX", code(3)).replace("3000,", "3333,"), None)
    with pytest.raises(Refused) as refused:
        publish_held(office.archive, ident(first), "Li", office.at, "by mistake")
    assert refused.value.problem["kind"] == "corrected_since"
    assert refused.value.problem["value"] == ident(second)
    assert [row["sales_fen"] for row in office.rows() if row["#line"] == 4] == [333_300]


def test_a_correction_of_a_correction_is_one_of_the_first_file_and_corrects_no_row_twice(office: Office) -> None:
    first = office.send("tax_a.csv", WRONG)
    sheet = office.export(first)
    still = office.send("fixed.csv", sheet.replace("XX", "YY"), None)
    again = office.send("b.csv", sheet.replace(ident(first), ident(still)).replace("XX", code(3)), None)
    assert again.state == "published"
    assert again.batch is not None
    assert again.batch.parent == ident(first)
    twice = office.send("c.csv", sheet.replace("XX", code(3)).replace("3000,", "3333,"), None)
    assert office.kinds(twice) == ["line_not_in_quarantine"]
    assert [row["sales_fen"] for row in office.rows() if row["#line"] == 4] == [300_000]


def test_of_corrections_of_one_row_that_come_at_the_same_moment_one_counts(office: Office) -> None:
    sheet = office.export(office.send("tax_a.csv", WRONG))
    paths = []
    for number in range(4):
        paths.append(office.folder / f"fixed{number}.csv")
        paths[-1].write_text(sheet.replace("XX", code(3)).replace("3000,", f"300{number},"), "utf-8")
    ready, found = Barrier(len(paths)), []

    def send(path: Path) -> None:
        archive = Archive.opened(office.archive.path)
        ready.wait()
        found.append(receive(archive, book(), path, None, office.at, "Li").state)

    threads = [Thread(target=send, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["published", "refused", "refused", "refused"]
    assert len([row for row in office.rows() if row["#line"] == 4]) == 1


def test_a_stray_row_does_not_replace_a_month_that_came_with_the_same_delivery(office: Office) -> None:
    office.send("tax_2024.csv", june(month="2024-05", filed="2024-06-05"), load_from=0)
    stray = tax([(41, "2024-05", 5000)]).partition("\n")[2]
    assert office.kinds(office.send("tax_2025.csv", june() + stray, load_from=0)) == ["gate_rows"]
    assert [row["#period"] for row in office.rows()] == ["2024-05"] * 40


def test_months_that_come_again_in_order_hide_no_new_month_in_another_unit(office: Office) -> None:
    months = [f"2025-0{number}" for number in range(1, 6)]
    for number, month in enumerate(months, start=2):
        office.send(f"tax_{month}.csv", june(month=month, filed=f"2025-0{number}-05"))
    before = "".join(june(month=month).partition("\n")[2] for month in months)
    half = tax((firm, "2025-06", 1000 * firm / (10_000 if firm % 2 else 1)) for firm in range(1, 41))
    assert office.kinds(office.send("tax_2025.csv", half + before)) == ["gate_unit_rows"]
    assert office.send("tax_2025_right.csv", june() + before).state == "published"


@pytest.mark.parametrize("month", ["9999-12", "0001-01", "0202-05"])
def test_a_slip_in_the_year_breaks_no_quality_card_and_invents_no_missing_months(office: Office, month: str) -> None:
    office.send("tax_odd.csv", june(month=month))
    office.send("tax_2025-06.csv", june())
    found = cards(office.archive, book(), date(2025, 8, 20))
    assert set(found["period"]) <= {month, "2025-06", "2025-07"}
    assert cards(office.archive, book(), date.max - timedelta(days=1)).height


def test_a_pipe_a_device_and_a_folder_are_refused_and_not_read(office: Office) -> None:
    pipe = office.folder / "tax_pipe.csv"
    os.mkfifo(pipe)
    (office.folder / "tax_zero.csv").symlink_to("/dev/zero")
    (office.folder / "tax_folder.csv").mkdir()
    for name in ("tax_pipe.csv", "tax_zero.csv", "tax_folder.csv"):
        receipt = receive(office.archive, book(), office.folder / name, "tax", office.at, "Li")
        assert office.kinds(receipt) == ["file_not_plain"]


def test_a_file_with_the_longest_name_that_a_disk_takes_is_received(office: Office) -> None:
    assert office.send(f"tax_{'长' * 82}a.csv", june()).state == "published"


@pytest.mark.parametrize("told", ["[" * 200_000, json.dumps({"rows": "--5"}), json.dumps({"rows": "9" * 5000})])
def test_a_statement_that_nobody_can_read_is_no_crash(office: Office, told: str) -> None:
    (office.folder / "tax_a.csv.totals.json").write_text(told)
    assert office.kinds(office.send("tax_a.csv", june()))[0] in ("totals_unreadable", "total_not_whole")


def test_a_row_with_a_cell_too_many_keeps_the_cells_after_a_line_break(office: Office) -> None:
    ragged = f'{code(77)},2025-06,5,"a\nb",2025-07-05,EXTRA\n{code(78)},2025-06,5\n'
    sheet = office.export(office.send("tax_a.csv", june() + ragged))
    assert f'{code(77)},2025-06,5,"a\nb","2025-07-05,EXTRA"' in sheet
    assert f"{code(78)},2025-06,5,," in sheet


def test_a_file_whose_rows_all_have_a_cell_too_many_is_set_aside_in_parts_with_every_cell(office: Office) -> None:
    rows = tax((firm, "2025-06", firm) for firm in range(1, 20_001)).splitlines()
    receipt = office.send("tax_a.csv", "\n".join([rows[0], *(f"{row},x" for row in rows[1:])]))
    assert office.kinds(receipt) == ["gate_empty", "gate_aside"]
    assert len(office.archive.set_aside_paths(ident(receipt))) == 2
    lines = office.export(receipt).splitlines()
    assert len(lines) == 20_001
    assert all(f'{code(firm)},2025-06,{firm},,"2025-07-05,x"' in lines[firm] for firm in (1, 16_384, 16_385, 20_000))


def test_a_name_that_is_no_text_is_refused_in_words_that_can_be_shown(office: Office) -> None:
    path = office.folder / os.fsdecode(b"tax_\xff\xfe.csv")
    path.write_text(june(), "utf-8")
    receipt = receive(office.archive, book(), path, "tax", office.at, "Li")
    assert office.kinds(receipt) == ["file_name_not_text"]
    assert office.words(receipt).encode()
