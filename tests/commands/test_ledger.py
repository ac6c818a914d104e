"""`kerong ledger`: what is exported can be verified by anybody, and what somebody changed is found."""

import json
import os
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection
from typer.testing import CliRunner, Result

from kerong.cli import app
from kerong.engine.money.ledger import Act, Book, movements
from kerong.engine.money.ledger.exported import file_of
from kerong.web.base.models import Role, User
from kerong.web.base.services.ledger import book_open, ledger_post
from kerong.web.base.services.sealing import books_seal

BUDGET, POOL = Book("budget/2025", "budget"), Book("pool", "pool")
ON = date(2025, 3, 1)
pytestmark = pytest.mark.database
NAME = file_of(BUDGET.code)


def said(result: Result) -> str:
    """All that a command printed, on one line."""
    return " ".join(result.output.split())


def ledger(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["ledger", *arguments])


@pytest.fixture
def portal(db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    """A keeper with a budget of CNY 10, of which 6 are paid, and an empty pool; the commands see that database."""
    monkeypatch.setattr("kerong.commands.ledger.opened", lambda data_dir: None)
    keeper = User.objects.create_user(username="keeper", password="a long enough password", role=Role.OFFICIAL)
    User.objects.create_user(username="analyst", password="a long enough password", role=Role.ANALYST)
    for book in (BUDGET, POOL):
        book_open(keeper, book, "账簿")
    grant = movements.reserve_grant(Act("reserve", ON), BUDGET, "甲", 700)
    whole = [
        *movements.appropriate(Act("give", ON), BUDGET, 1_000),
        *grant,
        *movements.pay_grant(Act("pay", ON), grant[0], 600),
    ]
    ledger_post(keeper, "key", "grant", {}, whole)
    return keeper


@pytest.fixture
def export(portal: User, tmp_path: Path) -> Path:
    """The sealed ledger, exported."""
    books_seal(now=datetime(2025, 4, 1, tzinfo=UTC))
    assert ledger("export", str(tmp_path / "out")).exit_code == 0
    return tmp_path / "out"


def test_what_was_exported_is_verified_without_a_portal(export: Path) -> None:
    result = ledger("verify", str(export))
    assert (result.exit_code, "全部相符 / everything agrees" in said(result)) == (0, True)
    assert sorted(path.name for path in export.iterdir()) == [NAME, "heads.json", "pool.jsonl"]
    told = json.loads(ledger("verify", str(export), "--json").output)
    assert {book["book"]: book["sequence"] for book in told["books"]} == {BUDGET.code: 3, POOL.code: 0}
    assert told["problems"] == []


def test_a_changed_amount_is_named_in_both_languages_with_file_and_line(export: Path) -> None:
    file = export / NAME
    file.write_bytes(file.read_bytes().replace(b'"fen":600', b'"fen":601'))
    result = ledger("verify", str(export))
    assert result.exit_code == 1
    assert f"{NAME} 第 4 行“hash”：与封存时不符" in said(result)
    assert f"{NAME} line 4, column hash: not what was sealed" in said(result)


@pytest.mark.parametrize("name", [NAME, "heads.json", "pool.jsonl"])
def test_a_file_that_is_missing_is_a_problem(export: Path, name: str) -> None:
    (export / name).unlink()
    assert ledger("verify", str(export)).exit_code == 1


def test_a_line_of_a_hundred_megabytes_is_one_problem_and_little_memory(export: Path) -> None:
    with (export / NAME).open("r+b") as file:
        file.seek(100_000_000, os.SEEK_END)
        file.write(b"\n")
    tracemalloc.start()
    result = ledger("verify", str(export))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.exit_code == 1
    assert f"{NAME} line 5: it is longer than 65536 bytes and was not read" in said(result)
    assert peak < 20_000_000


def test_heads_kept_elsewhere_show_that_a_whole_chain_was_made_anew(export: Path, tmp_path: Path, portal: User) -> None:
    kept = tmp_path / "kept.json"
    kept.write_bytes((export / "heads.json").read_bytes().replace(b'"hash":"', b'"hash":"0', 1))
    assert ledger("verify", str(export), "--heads", str(export / "heads.json")).exit_code == 0
    assert ledger("verify", str(export), "--heads", str(kept)).exit_code == 1
    assert ledger("verify", str(export), "--heads", str(tmp_path / "none.json")).exit_code == 2


def test_the_stored_ledger_is_verified_where_it_lies(export: Path) -> None:
    result = ledger("verify")
    assert (result.exit_code, "everything agrees" in said(result)) == (0, True)


def test_a_balance_that_somebody_changed_in_the_database_is_found(export: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE base_account SET credits_posted = credits_posted + 1 WHERE code = 'payee:甲'")
    result = ledger("verify")
    assert result.exit_code == 1
    assert "budget/2025: the account payee:甲 is not as replayed (replayed / stored): credits_posted 600 / 601" in said(
        result
    )


def test_a_changed_balance_is_found_although_something_is_not_sealed_yet(export: Path, portal: User) -> None:
    ledger_post(portal, "more", "grant", {}, movements.appropriate(Act("more", ON), BUDGET, 5))
    assert ledger("verify").exit_code == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE base_account SET credits_posted = credits_posted + 1 WHERE code = 'payee:甲'")
    result = ledger("verify")
    assert (result.exit_code, "credits_posted 600 / 601" in said(result)) == (1, True)


def test_what_is_not_sealed_yet_is_told_and_sealed_on_request(portal: User) -> None:
    assert "3 transfers are not sealed yet" in said(ledger("verify"))
    result = ledger("seal")
    assert (result.exit_code, "budget/2025 3 3 " in said(result)) == (0, True)
    assert "not sealed" not in said(ledger("verify"))


def test_an_official_closes_a_period_and_nobody_else_does(portal: User) -> None:
    assert ledger("close", BUDGET.code, "2025-12-31", "--by", "analyst").exit_code == 1
    assert ledger("close", BUDGET.code, "2025-12-31", "--by", "nobody").exit_code == 2
    assert ledger("close", BUDGET.code, "31.12.2025", "--by", "keeper").exit_code == 2
    result = ledger("close", BUDGET.code, "2025-12-31", "--by", "keeper")
    assert (result.exit_code, "is closed through 2025-12-31: 4 " in said(result)) == (0, True)
    assert ledger("close", BUDGET.code, "2025-12-31", "--by", "keeper").exit_code == 1
    assert ledger("close", "nowhere", "2025-12-31", "--by", "keeper").exit_code == 1


def test_beancount_text_is_written_beside_on_request(export: Path, tmp_path: Path) -> None:
    assert ledger("export", str(tmp_path / "more"), "--beancount").exit_code == 0
    text = (tmp_path / "more" / "ledger.beancount").read_text(encoding="utf-8")
    assert "2025-03-02 balance Assets:Bbudget-2F2025:Appropriation  4.00 ~ 0 CNY\n" in text


def test_an_export_overwrites_nothing(export: Path) -> None:
    before = (export / NAME).read_bytes()
    assert ledger("export", str(export)).exit_code == 2
    assert (export / NAME).read_bytes() == before


def test_a_folder_that_is_none_is_refused_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KERONG_DATABASE", raising=False)
    assert ledger("verify", str(tmp_path / "none")).exit_code == 2
    result = ledger("seal", "--data-dir", str(tmp_path))
    assert (result.exit_code, "holds no portal" in said(result)) == (2, True)


def test_an_empty_folder_is_no_export(tmp_path: Path) -> None:
    result = ledger("verify", str(tmp_path))
    assert (result.exit_code, "heads.json" in said(result)) == (1, True)
