"""A city's files on the command line: the manual's own commands, a whole city, and inputs that are not guessed."""

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kerong.cli import app
from tests.intake.office import code

ROOT = Path(__file__).resolve().parent.parent.parent
cli = CliRunner()
HEADER = "统一社会信用代码,所属月份,销售额,实缴税额,申报日期"
AT = ["--at", "2025-07-21T09:00Z", "--by", "Li"]


def month(text: str, filed: str, factor: float = 1, firms: int = 24) -> str:
    rows = [f"{code(n)},{text},{1000 * n * factor:g},{10 * n * factor:g},{filed}" for n in range(1, firms + 1)]
    return "\n".join([HEADER, *rows]) + "\n"


def run(*arguments: str | Path) -> Result:
    return cli.invoke(app, ["data", *map(str, arguments)])


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An empty archive of the demo city."""
    done = run("init", tmp_path / "archive", "--region", "demo")
    assert done.exit_code == 0, done.output
    return tmp_path / "archive"


def sent(archive: Path, name: str, content: str | bytes, *more: str) -> Result:
    path = archive.parent / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return run("import", archive, path, *AT, *more)


def test_every_command_of_the_manual_does_what_the_manual_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = month("2025-05", "2025-06-10").replace(code(3), code(3)[:-1] + ("1" if code(3)[-1] != "1" else "2"))
    files = {
        "tax_2025-04.csv": month("2025-04", "2025-05-10"),
        "tax_2025-05.csv": wrong,
        "tax_2025-06.csv": month("2025-06", "2025-07-10", 0.0001),
        "tax_2025-06_yuan.csv": month("2025-06", "2025-07-10"),
        "tax_2025-05_old.csv": month("2025-05", "2025-06-01", 0.99),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERONG_BY", "Li")
    said: list[str] = []
    for arguments in _commands((ROOT / "docs/data.md").read_text("utf-8")):
        done = cli.invoke(app, arguments)
        said.append(done.output)
        expected = 1 if "tax_2025-06.csv" in arguments else 0
        assert done.exit_code == expected, (arguments, done.output)
        if "quarantine" in arguments:
            text = Path("aside.csv").read_text("utf-8-sig")
            assert "校验码不符" in text
            Path("aside.csv").write_text(_with_code(text, code(3)), "utf-8-sig")
    told = "\n".join(said)
    for words in (
        "相差约 10,000 倍",
        "1 行并入，仍隔离 0 行",
        "已撤回",
        "但不计入",
        "个批次与日志一致",
        "完整 complete",
    ):
        assert words in told


def _commands(manual: str) -> list[list[str]]:
    blocks = re.findall(r"```console\n(.*?)```", manual, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert all(line.startswith("kerong ") for line in lines)
    return [next(csv.reader([line], delimiter=" "))[1:] for line in lines]


def _with_code(text: str, right: str) -> str:
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:
        row["统一社会信用代码"] = right
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_a_folder_of_all_registers_fills_an_archive_and_a_second_import_changes_nothing(
    registers: Path, archive: Path
) -> None:
    done = run("import", archive, registers, "--json", *AT)
    receipts = json.loads(done.output)
    states = {receipt["file"]: receipt["state"] for receipt in receipts}
    assert not any(state == "refused" for state in states.values()), states
    held = [receipt for receipt in receipts if receipt["state"] == "held"]
    assert len(held) * 5 < len(receipts), [receipt["findings"] for receipt in held]
    companies = {"company_of_market_regulator", "company_of_fund_desk"}
    assert {receipt["feed"] for receipt in receipts} >= companies | {"tax", "invoice", "patent", "loan"}
    before = run("log", archive, "--json").output
    again = json.loads(run("import", archive, registers, "--json", *AT).output)
    assert {receipt["state"] for receipt in again} == {"repeated"}
    assert run("log", archive, "--json").output == before
    assert run("verify", archive).exit_code == 0
    standing = {row["feed"]: row for row in json.loads(run("status", archive, "--json").output)}
    assert standing["tax"]["batches"] == 6
    cards = json.loads(run("quality", archive, "--json", "--at", "2025-07-21").output)
    assert {card["state"] for card in cards} <= {"complete", "partial", "held", "missing"}
    assert sum(card["rows"] or 0 for card in cards if card["feed"] == "tax") == standing["tax"]["rows"]


CELLS = [
    ("销售额", "NaN", "“NaN”不是有限的数", "no finite number"),
    ("销售额", "sNaN", "“sNaN”", "“sNaN”"),
    ("销售额", "Infinity", "“Infinity”不是有限的数", "no finite number"),
    ("销售额", "1e400000", "不读科学计数法：1e400000", "exponents are not read: 1e400000"),
    ("销售额", "-0", "-0 是负零", "-0 is minus zero"),
    ("销售额", "٣", "不是 0-9 的数字：٣", "digits other than 0-9: ٣"),
    ("销售额", "1_000", "数字中有下划线：1_000", "underscores among digits: 1_000"),
    (
        "统一社会信用代码",
        "9.14E+17",
        "被电子表格改成了 9.14E+17",
        "a spreadsheet has turned the credit code into 9.14E+17",
    ),
    ("统一社会信用代码", code(1)[:-2] + "O" + code(1)[-1], "含 I、O、S、V 或 Z", "has an I, O, S, V or Z"),
    ("统一社会信用代码", code(1)[:-1] + ("1" if code(1)[-1] != "1" else "2"), "校验码不符", "check digit"),
    ("申报日期", "20260230", "没有 20260230 这一天", "there is no day 20260230"),
    ("申报日期", "45000", "45000 是数，不是写明的日期", "45000 is a number, not a written date"),
    ("申报日期", "114/07/10", "114/07/10 的年份不是四位", "the year of 114/07/10 has not four digits"),
]


@pytest.mark.parametrize(("column", "cell", "zh", "en"), CELLS)
def test_a_cell_that_cannot_be_read_goes_to_quarantine_with_its_place_and_reason(
    archive: Path, column: str, cell: str, zh: str, en: str
) -> None:
    lines = month("2025-06", "2025-07-10").splitlines()
    cells = lines[5].split(",")
    cells[HEADER.split(",").index(column)] = cell
    lines[5] = ",".join(cells)
    done = sent(archive, "tax_2025-06.csv", "\n".join(lines) + "\n")
    assert done.exit_code == 0, done.output
    assert "隔离 1 行" in done.output
    assert run("quarantine", archive, "000001", "--out", archive.parent / "q.csv").exit_code == 0
    (row,) = csv.DictReader(io.StringIO((archive.parent / "q.csv").read_text("utf-8-sig")))
    assert row["#line"] == "6"
    assert f"tax_2025-06.csv 第 6 行“{column}”" in row["#reason"]
    assert f"tax_2025-06.csv, line 6, “{column}”" in row["#reason"]
    assert zh in row["#reason"]
    assert en in row["#reason"]


@pytest.mark.parametrize("cell", ["１２３", " 12 ", "1,234.50"])
def test_a_number_in_full_width_with_blanks_or_in_groups_is_read_as_what_it_says(archive: Path, cell: str) -> None:
    text = month("2025-06", "2025-07-10").replace(",1000,", f',"{cell}",')
    total = {"１２３": 123, " 12 ": 12, "1,234.50": 1234.5}[cell] - 1000 + 300_000
    done = sent(archive, "tax_2025-06.csv", text, "--total", f"sales_fen={int(total * 100)}")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("spelled", [code(1).lower(), "".join(chr(ord(c) + 0xFEE0) for c in code(1))])
def test_a_credit_code_in_lower_case_or_full_width_is_that_code(archive: Path, spelled: str) -> None:
    done = sent(archive, "tax_2025-06.csv", month("2025-06", "2025-07-10").replace(code(1), spelled))
    assert "隔离 0 行" in done.output


def test_the_same_file_in_yuan_and_in_wan_is_held_in_words_of_both_languages(archive: Path) -> None:
    sent(archive, "tax_2025a.csv", month("2025-06", "2025-07-10"))
    done = sent(archive, "tax_2025b.csv", month("2025-06", "2025-07-10", 0.0001))
    assert done.exit_code == 1
    assert "相差约 10,000 倍：单位是否换了（元、万元……）？" in done.output
    assert "about 10,000 times apart: has the unit changed (元, 万元 …)?" in done.output


def test_a_firm_twice_with_different_amounts_is_counted_and_shown_on_the_quality_card(archive: Path) -> None:
    sent(archive, "tax_2025-06.csv", month("2025-06", "2025-07-10") + f"{code(1)},2025-06,1,1,2025-07-10\n")
    (card,) = json.loads(run("quality", archive, "--json", "--at", "2025-07-21").output)
    assert (card["conflicting"], card["state"]) == (1, "complete")


def test_a_month_that_was_due_and_did_not_come_is_missing_and_one_that_came_late_says_how_late(archive: Path) -> None:
    for text, filed, at in (("2025-06", "2025-07-10", "2025-08-20"), ("2025-08", "2025-09-10", "2025-12-01")):
        path = archive.parent / f"tax_{text}.csv"
        path.write_text(month(text, filed), "utf-8")
        assert run("import", archive, path, "--at", at, "--by", "Li").exit_code == 0
    listed = json.loads(run("quality", archive, "--json", "--at", "2026-01-31").output)
    cards = {card["period"]: card for card in listed}
    assert cards["2025-07"]["state"] == "missing"
    assert cards["2025-08"]["late_days"] > 60
    # 2025-06 was due before the feed began
    assert cards["2025-06"]["late_days"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--feed", "taxes"], "has no feed taxes; did you mean tax?"),
        (["--as-of", "soon"], "“soon” is no day as of which it holds"),
        (["--period", "June"], "“June” is no period"),
        (["--total", "sales_fen"], "write it as amount_fen=1250000"),
        (["--total", "profit=1"], "“profit” is no column of amounts or counts"),
        (["--at", "noon"], "'noon' is no moment"),
    ],
)
def test_what_the_command_line_says_wrongly_ends_in_a_line_and_changes_nothing(
    archive: Path, arguments: Sequence[str], said: str
) -> None:
    path = archive.parent / "tax_2025a.csv"
    path.write_text(month("2025-06", "2025-07-10"), "utf-8")
    done = run("import", archive, path, *arguments)
    assert done.exit_code != 0
    assert said in done.output
    assert json.loads(run("log", archive, "--json").output) == []


def test_a_file_of_no_feed_or_of_several_is_not_guessed(archive: Path) -> None:
    done = sent(archive, "july.csv", month("2025-06", "2025-07-10"))
    assert "its name fits no feed; say which with --feed" in done.output
    assert sent(archive, "july.csv", month("2025-06", "2025-07-10"), "--feed", "tax").exit_code == 0


def test_opening_balances_need_their_day_and_are_not_replaced_without_a_reason(archive: Path) -> None:
    text = month("2025-06", "2025-07-10")
    assert "opening balances need the day" in sent(archive, "tax_2025.csv", text, "--opening").output
    done = sent(archive, "tax_2025.csv", text, "--opening", "--as-of", "2025-07-01")
    assert done.exit_code == 0, done.output
    done = sent(archive, "tax_2025-06.csv", month("2025-06", "2025-07-10", 1.01))
    assert done.exit_code == 1
    assert "会取代期初数据（批次 000001" in done.output
    (waiting,) = json.loads(run("held", archive, "--json").output)
    done = run("publish", archive, waiting["batch"], "--reason", "the first return of the bureau itself", *AT)
    assert done.exit_code == 0, done.output
    assert run("log", archive).output.rstrip().endswith("(Li) the first return of the bureau itself")


def test_the_archive_itself_is_not_received_where_it_lies_in_the_folder_that_is(archive: Path) -> None:
    (archive.parent / "tax_2025-06.csv").write_text(month("2025-06", "2025-07-10"), "utf-8")
    assert len(json.loads(run("import", archive, archive.parent, "--json", *AT).output)) == 1
    again = run("import", archive, archive.parent, *AT)
    assert again.exit_code == 0
    assert "archive/" not in again.output


def test_a_folder_that_is_no_archive_is_neither_read_nor_written(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")
    for command, more in (("init", ["--region", "demo"]), ("status", []), ("verify", [])):
        done = run(command, tmp_path, *more)
        assert done.exit_code == 2
        assert "Traceback" not in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_byte_that_was_changed_in_the_archive_is_found(archive: Path) -> None:
    sent(archive, "tax_2025a.csv", month("2025-06", "2025-07-10"))
    raw = next(archive.glob("batches/*/raw/file"))
    raw.write_bytes(raw.read_bytes().replace(b"1000", b"9000", 1))
    done = run("verify", archive)
    assert done.exit_code == 1
    assert "tax_2025a.csv" in done.output


def test_status_counts_only_rows_that_no_newer_file_replaced(archive: Path) -> None:
    wrong = month("2025-06", "2025-07-10").replace(code(3), f"{code(3)[:-1]}?")
    sent(archive, "tax_2025-06.csv", wrong)
    sent(archive, "tax_2025-06b.csv", month("2025-06", "2025-07-12"))
    (told,) = (row for row in json.loads(run("status", archive, "--json").output) if row["feed"] == "tax")
    assert (told["batches"], told["rows"], told["set_aside"]) == (1, 24, 0)
