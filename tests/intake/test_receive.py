"""What becomes of a file: published, held, repeated, stale or refused, and what a steward reads of it."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from kerong.intake import publish_held, receive
from kerong.store.archive import Refused
from tests.intake.office import HEADER, NOW, Office, book, code, day, june, tax


def test_a_sound_file_is_published_and_its_rows_count(office: Office) -> None:
    receipt = office.send("tax_2025-06.csv", june())
    assert receipt.state == "published"
    assert receipt.batch is not None
    assert (receipt.batch.rows, receipt.batch.periods, receipt.batch.as_of) == (40, ("2025-06",), day("2025-07-05"))
    assert [row["sales_fen"] for row in office.rows()] == [100_000 * firm for firm in range(1, 41)]
    assert {row["#period"] for row in office.rows()} == {"2025-06"}
    assert "tax_2025-06.csv：已发布为批次" in office.words(receipt)
    assert "尚无已发布的批次可供比较" in office.words(receipt)


def test_the_raw_bytes_are_kept_as_evidence(office: Office) -> None:
    receipt = office.send("tax_2025-06.csv", june())
    assert receipt.batch is not None
    assert office.archive.raw(receipt.batch.id).read_text("utf-8") == june()


def test_a_file_sent_twice_changes_nothing_and_says_which_batch_has_it(office: Office) -> None:
    first = office.send("tax_2025-06.csv", june())
    events = office.archive.events()
    again = office.send("renamed tax.csv", june())
    assert again.state == "repeated"
    assert office.archive.events() == events
    assert first.batch is not None
    assert f"与批次 {first.batch.id}（已发布）完全相同，不作任何更改" in office.words(again)
    assert f"is byte for byte the same as batch {first.batch.id} (published); nothing is changed" in office.words(again)


def test_a_correction_replaces_its_period_and_no_other(office: Office) -> None:
    office.send("tax_2025-05.csv", june(month="2025-05", filed="2025-06-05"))
    wrong = office.send("tax_2025-06.csv", june())
    receipt = office.send("tax_2025-06_corrected.csv", june(factor=1.01))
    assert receipt.state == "published"
    assert wrong.batch is not None
    assert receipt.replaced == {wrong.batch.id: ("2025-06",)}
    assert f"取代批次 {wrong.batch.id} 的 2025-06" in office.words(receipt)
    counting = office.rows()
    assert len(counting) == 80
    assert {row["sales_fen"] for row in counting if row["#line"] == 2} == {100_000, 101_000}


def test_an_older_file_after_a_newer_one_is_kept_but_does_not_count_and_says_so(office: Office) -> None:
    newer = office.send("tax_2025-06.csv", june(factor=1.01), as_of=day("2025-07-09"))
    counting = office.rows()
    older = office.send("tax_2025-06_first.csv", june(), as_of=day("2025-07-01"))
    assert older.state == "stale"
    assert office.rows() == counting
    assert newer.batch is not None
    assert f"但不计入：批次 {newer.batch.id} 更新（截至 2025-07-09）" in office.words(older)
    assert f"does not count: {newer.batch.id} is newer (as of 2025-07-09)" in office.words(older)
    assert "kerong data withdraw ARCHIVE" in office.words(older)


def test_without_a_stated_day_the_latest_day_on_which_a_row_became_known_tells_which_file_is_older(
    office: Office,
) -> None:
    office.send("tax_a.csv", june(factor=1.01, filed="2025-07-08"))
    assert office.send("tax_b.csv", june(filed="2025-07-02")).state == "stale"


def test_a_file_of_two_months_of_which_one_is_older_counts_for_the_other(office: Office) -> None:
    office.send("tax_a.csv", june(filed="2025-07-08"))
    both = june(month="2025-05", filed="2025-07-01") + june(filed="2025-07-01").partition("\n")[2]
    receipt = office.send("tax_b.csv", both)
    assert receipt.state == "published"
    assert [row["#period"] for row in office.rows()].count("2025-06") == 40
    assert "其中 2025-06 不计入" in office.words(receipt)


def test_the_same_file_in_yuan_and_in_wan_is_held(office: Office) -> None:
    office.send("tax_2025-05.csv", june(month="2025-05", filed="2025-06-05"))
    receipt = office.send("tax_2025-06.csv", june(factor=0.0001))
    assert receipt.state == "held"
    assert office.kinds(receipt) == ["gate_unit"]
    assert "“销售额”的典型金额为 2 元，以往 20,000 元，相差约 10,000 倍" in office.words(receipt)
    assert len(office.rows()) == 40


def test_a_third_of_the_firms_in_another_unit_is_held_by_the_rows_that_came_before(office: Office) -> None:
    office.send("tax_2025-05.csv", june(month="2025-05", filed="2025-06-05"))
    mixed = tax((firm, "2025-06", 1000 * firm / (10_000 if firm <= 15 else 1)) for firm in range(1, 41))
    receipt = office.send("tax_2025-06.csv", mixed)
    assert office.kinds(receipt) == ["gate_unit_rows"]
    assert "15 of the 40 rows that came before differ by about 10,000 times" in office.words(receipt)


def test_a_header_that_says_another_unit_is_read_in_it_and_passes(office: Office) -> None:
    office.send("tax_2025-05.csv", june(month="2025-05", filed="2025-06-05"))
    receipt = office.send("tax_2025-06.csv", june(factor=0.0001).replace("销售额", "销售额（万元）"))
    assert receipt.state == "published"


def test_half_a_month_is_held_with_both_figures_and_the_threshold_and_published_with_a_reason(office: Office) -> None:
    office.send("tax_2025-05.csv", june(month="2025-05", filed="2025-06-05"))
    receipt = office.send("tax_2025-06.csv", june(firms=20))
    assert receipt.state == "held"
    assert receipt.batch is not None
    assert "行数（2025-06）：本批 20，以往 40，变化 -50 %，超过 30 %" in office.words(receipt)
    assert f"kerong data publish（或 reject）ARCHIVE {receipt.batch.id} --reason" in office.words(receipt)
    with pytest.raises(Refused):
        publish_held(office.archive, receipt.batch.id, "Wang", NOW, " ")
    published = publish_held(office.archive, receipt.batch.id, "Wang", NOW, "farms file in July")
    assert published.state == "published"
    assert len(office.rows()) == 60
    event = office.archive.events()[-1]
    assert (event.kind, event.by, event.reason) == ("published", "Wang", "farms file in July")


def test_control_totals_of_the_sender_are_checked_from_the_command_and_from_a_file_beside(office: Office) -> None:
    total = sum(100_000 * firm for firm in range(1, 41))
    assert office.send("tax_a.csv", june(), totals={"sales_fen": total, "rows": 40}).state == "published"
    (office.folder / "tax_b.csv.totals.json").write_text(json.dumps({"sales_fen": total - 1}), "utf-8")
    receipt = office.send("tax_b.csv", june() + "\n")
    assert office.kinds(receipt) == ["gate_total"]
    assert "“销售额”合计：文件中为 820,000 元，报送方所称 819,999.99 元，不符" in office.words(receipt)


def test_a_control_total_counts_the_rows_that_are_set_aside_too(office: Office) -> None:
    content = june().replace(code(3), "91330106MA00000030")
    receipt = office.send("tax_a.csv", content, totals={"sales_fen": 82_000_000, "rows": 40})
    assert receipt.state == "published"
    assert receipt.batch is not None
    assert receipt.batch.set_aside == 1


def test_a_file_of_another_month_than_its_name_says_is_held(office: Office) -> None:
    receipt = office.send("tax_202505.csv", june())
    assert office.kinds(receipt) == ["gate_period"]
    assert "文件称所属期为 2025-05，但 40 行中有 40 行不在其中（如 2025-06）" in office.words(receipt)


def test_one_row_outside_a_stated_period_is_held(office: Office) -> None:
    content = june() + june(1, month="2025-05").partition("\n")[2]
    assert office.send("tax_a.csv", content, period="2025-06").state == "held"
    assert office.send("tax_b.csv", content + "\n").state == "published"


def test_rows_of_a_month_that_has_not_begun_are_held(office: Office) -> None:
    assert office.kinds(office.send("tax_a.csv", june(month="2026-06"))) == ["gate_period_ahead"]


def test_a_header_without_rows_is_held_and_an_empty_file_is_refused(office: Office) -> None:
    assert office.kinds(office.send("tax_a.csv", HEADER + "\n")) == ["gate_empty"]
    receipt = office.send("tax_b.csv", "")
    assert (receipt.state, office.kinds(receipt)) == ("refused", ["file_empty"])
    assert "tax_b.csv：整份拒收，原有数据不变" in office.words(receipt)


def test_a_refused_file_leaves_nothing_in_the_archive(office: Office) -> None:
    office.send("tax_a.csv", june())
    events = office.archive.events()
    receipt = office.send("tax_b.csv", '信用代码,月份,销售额\n"open,1,2\n')
    assert receipt.state == "refused"
    assert office.archive.events() == events
    assert not list((office.archive.path / "staging").iterdir())


def test_rows_whose_time_nobody_knows_are_set_aside(office: Office) -> None:
    content = june() + f"{code(50)},2025-06,5,,\n"
    receipt = office.send("tax_a.csv", content)
    assert receipt.batch is not None
    assert (receipt.batch.rows, receipt.batch.set_aside) == (40, 1)


def test_one_firm_twice_with_different_amounts_is_kept_as_sent_and_counted_as_conflict(office: Office) -> None:
    receipt = office.send("tax_a.csv", june() + tax([(1, "2025-06", 7)]).partition("\n")[2])
    assert receipt.batch is not None
    assert receipt.batch.rows == 41
    assert receipt.batch.profile["conflicting"] == 1


def test_opening_balances_need_their_day_and_are_replaced_only_with_a_reason(office: Office) -> None:
    without = office.send("tax_a.csv", june(), kind="opening")
    assert office.kinds(without) == ["as_of_needed"]
    assert office.send("tax_a.csv", june(), kind="opening", as_of=day("2025-07-05")).state == "published"
    receipt = office.send("tax_b.csv", june(factor=1.01))
    assert office.kinds(receipt) == ["gate_opening"]
    assert receipt.batch is not None
    assert publish_held(office.archive, receipt.batch.id, "Wang", NOW, "first return").state == "published"


def test_a_day_in_the_future_is_no_day_as_of_which_a_file_holds(office: Office) -> None:
    assert office.kinds(office.send("tax_a.csv", june(), as_of=day("2025-08-01"))) == ["as_of_ahead"]


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ('{"profit": 1}', "total_of_no_amount"),
        ('{"note": 1}', "total_of_no_amount"),
        ('{"sales_fen": 1.5}', "total_not_whole"),
        ('{"sales_fen": "1e4"}', "total_not_whole"),
        ('{"sales_fen": true}', "total_not_whole"),
        ('{"as_of": "2025-06-31"}', "as_of_no_day"),
        ('{"period": "June"}', "period_unreadable"),
        ("[1]", "totals_unreadable"),
        ("{", "totals_unreadable"),
    ],
)
def test_a_statement_that_cannot_be_read_refuses_the_file_and_says_why(office: Office, told: str, kind: str) -> None:
    (office.folder / "tax_a.csv.totals.json").write_text(told, "utf-8")
    assert office.kinds(office.send("tax_a.csv", june())) == [kind]


def test_the_same_file_under_a_new_mapping_is_a_new_batch(office: Office, tmp_path: Path) -> None:
    office.send("tax_a.csv", june())
    register = book().registers["tax"]
    column = replace(register.columns["sales_fen"], unit="wan")
    other = replace(register, columns={**register.columns, "sales_fen": column})
    changed = replace(book(), registers={**book().registers, "tax": other})
    receipt = receive(office.archive, changed, tmp_path / "tax_a.csv", "tax", office.at, "Li")
    assert receipt.state == "held"
    assert office.kinds(receipt) == ["gate_unit"]


def test_a_gzipped_file_is_received_like_the_file_in_it(office: Office) -> None:
    assert office.send("tax_a.csv.gz", gzip.compress(june().encode(), mtime=0)).state == "published"
    assert len(office.rows()) == 40
