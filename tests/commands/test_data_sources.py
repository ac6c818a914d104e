"""Files that come by themselves and registers that lie in a database, on real command lines."""

import os
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kerong.cli import app

QUERY = "select 码 as 统一社会信用代码, 月 as 月份, 额 as 销售额 from tax where 月 = :month order by 码"
REGION = """
name = "north"
title = { zh = "北", en = "North" }
currency = "CNY"
default_on = 2025-07-31
[enterprise]
from = ["tax"]
[enterprise.provides]
"""
TAX = """
name = "tax"
title = { zh = "纳税申报", en = "Tax returns" }
files = ["tax*"]
row = ["enterprise_id", "month"]
period = "month"
delivery = { every = "month", extent = "period", due_days = 15 }
[column.credit_code]
title = { zh = "码", en = "Code" }
header = ["统一社会信用代码"]
type = "credit_code"
required = true
[column.month]
title = { zh = "月", en = "Month" }
header = ["月份"]
type = "month"
required = true
[column.sales_fen]
title = { zh = "销", en = "Sales" }
header = ["销售额"]
type = "fen"
unit = "yuan"
"""
CODES = ("9111000010000000MT", "9111000010000001MU")


@pytest.fixture
def archive(tmp_path: Path) -> tuple[str, str]:
    """An empty archive, and the pack of its region."""
    pack = tmp_path / "north"
    (pack / "registers").mkdir(parents=True)
    (pack / "region.toml").write_text(REGION, "utf-8")
    (pack / "registers" / "tax.toml").write_text(TAX, "utf-8")
    place = str(tmp_path / "archive")
    assert run("init", place, "--region", str(pack)).exit_code == 0
    return place, str(pack)


def run(*words: str, env: dict[str, str] | None = None):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(app, ["data", *words], env=env)


def dropped(folder: Path, name: str, amounts: tuple[str, ...], age_s: float = 60) -> None:
    rows = [f"{code},2025-06,{amount}" for code, amount in zip(CODES, amounts, strict=False)]
    path = folder / name
    path.write_text("\n".join(["统一社会信用代码,月份,销售额", *rows]) + "\n", "utf-8")
    old = path.stat().st_mtime - age_s
    os.utime(path, (old, old))


def test_a_watched_folder_is_received_and_left_as_it_is(archive: tuple[str, str], tmp_path: Path) -> None:
    place, pack = archive
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    dropped(inbox, "tax_202506.csv", ("100", "200"))
    dropped(inbox, "tax_202507.csv", ("100", "200"), age_s=0)  # still being written
    (inbox / "notes.txt").write_text("hello", "utf-8")
    before = sorted(inbox.iterdir())
    found = run("watch", place, str(inbox), "--once", "--region", pack, "--lang", "en")
    assert found.exit_code == 0, found.output
    assert "tax_202506.csv" in found.output
    assert "tax_202507.csv" not in found.output
    assert sorted(inbox.iterdir()) == before
    again = run("watch", place, str(inbox), "--once", "--region", pack, "--lang", "en")
    assert "byte for byte the same" in again.output, again.output
    assert run("watch", place, str(tmp_path / "nowhere"), "--once", "--region", pack).exit_code == 2


@pytest.fixture
def office(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "office.db") as connection:
        connection.execute("create table tax (码 text, 月 text, 额 numeric)")
        connection.executemany("insert into tax values (?, '2025-06', ?)", list(zip(CODES, (100, 200.5), strict=True)))
    connection.close()
    return f"sqlite:///{tmp_path / 'office.db'}"


def test_the_answer_of_a_database_becomes_a_batch_once(archive: tuple[str, str], office: str, tmp_path: Path) -> None:
    place, pack = archive
    query = tmp_path / "tax.sql"
    query.write_text(QUERY, "utf-8")
    words = ["pull", place, "--feed", "tax", "--query", str(query), "--ask", "month=2025-06", "--region", pack]
    first = run(*words, "--lang", "en", env={"KERONG_SOURCE": office})
    assert first.exit_code == 0, first.output
    assert "2 rows" in first.output
    second = run(*words, "--lang", "en", env={"KERONG_SOURCE": office})
    assert "byte for byte the same" in second.output


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("delete from tax", "not one query that only reads"),
        ("select nothing from tax", "the database refuses the query"),
    ],
)
def test_a_query_that_cannot_be_asked_is_told_in_both_languages_and_leaves_nothing(
    archive: tuple[str, str], office: str, tmp_path: Path, query: str, told: str
) -> None:
    place, pack = archive
    file = tmp_path / "tax.sql"
    file.write_text(query, "utf-8")
    words = ["pull", place, "--feed", "tax", "--query", str(file), "--region", pack]
    found = run(*words, env={"KERONG_SOURCE": office})
    assert found.exit_code == 2
    assert told in found.output
    assert "数据库" in found.output or "只读" in found.output
    assert "tax" not in run("log", place).output


def test_a_pull_without_an_address_or_of_an_unknown_feed_says_what_to_set(
    archive: tuple[str, str], tmp_path: Path
) -> None:
    place, pack = archive
    file = tmp_path / "tax.sql"
    file.write_text(QUERY, "utf-8")
    words = ["pull", place, "--query", str(file), "--region", pack]
    assert "KERONG_SOURCE is not set" in run(*words, "--feed", "tax").output
    assert "has no feed taxes" in run(*words, "--feed", "taxes").output


def test_an_act_in_the_past_is_refused_since_it_would_change_what_was_known(
    archive: tuple[str, str], tmp_path: Path
) -> None:
    place, pack = archive
    dropped(tmp_path, "tax_202506.csv", ("100", "200"))
    words = ["import", place, str(tmp_path / "tax_202506.csv"), "--region", pack]
    assert run(*words, "--at", "2025-07-10T09:00Z").exit_code == 0
    dropped(tmp_path, "tax_202506.csv", ("100", "300"))
    found = run(*words, "--at", "2025-07-09T09:00Z")
    assert found.exit_code == 2
    assert "2025-07-10T09:00Z" in found.output
    assert "过去某日所知的内容不可再改" in found.output
    assert len(run("log", place).output.splitlines()) == 2
