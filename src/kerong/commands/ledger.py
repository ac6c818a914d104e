"""`kerong ledger`: export what is sealed, verify it off line, seal what was posted, close a period."""

import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.box import SIMPLE
from rich.table import Table

from kerong.commands.ledger_report import report
from kerong.commands.packs import console, stop
from kerong.commands.portal import environment, migrate
from kerong.engine.money.ledger import NoSM3
from kerong.engine.money.ledger.beancount import beancount
from kerong.engine.money.ledger.checks import balances_agree, checked
from kerong.engine.money.ledger.exported import HEADS, SUFFIX, exported, file_of, heads_text
from kerong.engine.money.ledger.lines import MOST_BYTES, MOST_HEADS_BYTES
from kerong.engine.money.ledger.replay import replayed
from kerong.engine.money.ledger.verified import verify
from kerong.engine.problems import joined, problems

BEANCOUNT = "ledger.beancount"
app = typer.Typer(help="The ledger: export, verify, seal, close.", no_args_is_help=True)
Data = Annotated[Path, typer.Option("--data-dir", help="folder of the portal's data, as `kerong up` made it")]
DATA = Path("data")


@app.command("export")
def export_(
    folder: Annotated[Path, typer.Argument(help="a new folder for the files")],
    data_dir: Data = DATA,
    with_beancount: Annotated[bool, typer.Option("--beancount", help="also as beancount text, for bean-check")] = False,
) -> None:
    """Write what is sealed: a file of lines for each book, and the heads of all chains."""
    opened(data_dir)
    from kerong.web.base.selectors import ledger

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        stop(
            f"kerong: {folder} 已存在且非空；请另指一个文件夹",
            f"kerong: {folder} exists and is not empty; name another",
        )
    beside = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(beside, ignore_errors=True)  # what an export that broke off left
    beside.mkdir(parents=True)
    books, heads = ledger.books(), ledger.heads()
    for book in books:
        rows = islice(ledger.sealed(book.code), heads[book.code].sequence)  # what is sealed meanwhile comes next time
        with (beside / file_of(book.code)).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(exported(book, rows))
    (beside / HEADS).write_text(heads_text(heads), encoding="utf-8", newline="\n")
    if with_beancount:
        entries = ledger.entries(heads).filter(
            pl.col("sequence") <= pl.col("book").replace_strict({code: head.sequence for code, head in heads.items()})
        )
        found = replayed(entries, books)
        if found.problems.height:
            report(found.problems)
            stop(
                "kerong: 账簿有问题，不导出 beancount",
                "kerong: the ledger has problems; nothing was exported",
                status=1,
            )
        with (beside / BEANCOUNT).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in beancount(books, entries, found.accounts))
    if folder.exists():
        folder.rmdir()
    beside.rename(folder)
    count = sum(head.sequence for head in heads.values())
    console.print(f"· {folder}: {len(books)} 个账簿、{count:,} 条 / {len(books)} books, {count:,} entries")
    _tell_unsealed()


@app.command("verify")
def verify_(
    folder: Annotated[Path | None, typer.Argument(help="an export; without it the stored ledger is verified")] = None,
    heads: Annotated[Path | None, typer.Option(help="heads that were published or kept elsewhere")] = None,
    data_dir: Data = DATA,
    as_json: Annotated[bool, typer.Option("--json", help="books and problems as data")] = False,
) -> None:
    """Check every line, every link and every amount; status 1 where anything is wrong. No network, no portal needed."""
    published = _bytes(heads) if heads else None
    try:
        if folder is not None:
            found = verify(*_files(folder), published)
            told = joined([found.problems, checked(found.replay.accounts, found.replay.steps)])
        else:
            opened(data_dir)
            found = verify(*_stored(), published)
            told = joined([found.problems, _against_stored(found.replay.accounts, found.replay.steps)])
    except NoSM3 as error:
        stop(f"kerong: {error}")
    bad = report(told, found, as_json)
    if folder is None and not as_json:
        _tell_unsealed()
    if bad:
        raise typer.Exit(1)


@app.command("seal")
def seal_(data_dir: Data = DATA) -> None:
    """Chain what was posted since the last seal, each book for itself."""
    opened(data_dir)
    from kerong.web.base.selectors import ledger
    from kerong.web.base.services.sealing import books_seal

    try:
        counts = books_seal(now=datetime.now(UTC))
    except NoSM3 as error:
        stop(f"kerong: {error}")
    table = Table("账簿 book", "新封存 sealed", "链头 head", box=SIMPLE)
    table.columns[2].overflow = "fold"  # a head is copied whole
    heads = ledger.heads()
    for code, count in sorted(counts.items()):
        table.add_row(code, f"{count:,}", f"{heads[code].sequence:,} {heads[code].hash}")
    console.print(table)


@app.command("close")
def close_(
    book: Annotated[str, typer.Argument(help="code of the book")],
    through: Annotated[str, typer.Argument(help="the last day that is closed, as 2025-12-31")],
    by: Annotated[str, typer.Option(help="log-in of the official who closes it")],
    data_dir: Data = DATA,
) -> None:
    """Close a book through a day: from then on it takes nothing dated then or before."""
    day = day_of(through)
    opened(data_dir)
    from django.contrib.auth import get_user_model
    from django.core.exceptions import PermissionDenied
    from django.utils import timezone

    from kerong.web.base.services.ledger_refusals import LedgerBusy, LedgerRefused
    from kerong.web.base.services.sealing import book_close

    person = get_user_model().objects.filter(username=by).first()
    if person is None:
        stop(f"kerong: 没有用户 {by}", f"kerong: there is no log-in {by}")
    try:
        seal = book_close(person, book, day, now=datetime.now(UTC), today=timezone.localdate())
    except PermissionDenied:
        stop(f"kerong: {by} 无权管理账簿", f"kerong: {by} keeps no books", status=1)
    except LedgerRefused as refused:
        stop(f"kerong: {refused.sentence('zh')}", f"kerong: {refused.sentence('en')}", status=1)
    except (LedgerBusy, NoSM3) as error:
        stop(f"kerong: {error}", status=1)
    console.print(f"· {book} 已关账至 {day} / is closed through {day}: {seal.sequence:,} {seal.hash}")


def opened(data_dir: Path) -> None:
    """The portal's database, brought to this version."""
    folder = data_dir.resolve()
    if not os.environ.get("KERONG_DATABASE") and not (folder / "kerong.sqlite3").is_file():
        stop(f"kerong: {data_dir} 中没有门户", f"kerong: {data_dir} holds no portal; `kerong up` makes one")
    environment(folder)
    migrate()


def day_of(text: str) -> date:
    """A day written as 2025-12-31; anything else ends the command."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if found.isoformat() != text:
        stop(f"kerong: “{text}”不是日期，应写作 2025-12-31", f"kerong: “{text}” is no date; write it as 2025-12-31")
    return found


def _stored() -> tuple[dict[str, Iterator[bytes]], bytes]:
    """The stored ledger as the files of an export."""
    from kerong.web.base.selectors import ledger

    heads = ledger.heads()
    lines: dict[str, Iterator[bytes]] = {
        file_of(book.code): (
            line.encode() for line in exported(book, islice(ledger.sealed(book.code), heads[book.code].sequence))
        )
        for book in ledger.books()
    }
    return lines, heads_text(heads).encode()


def _against_stored(accounts: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Whole books, and stored balances against all that was posted: also what is in no chain yet; and the triggers."""
    from kerong.web.base.selectors import ledger
    from kerong.web.base.selectors.walls import walls_missing

    codes = [book.code for book in ledger.books()]
    stored = ledger.balances(codes)
    found, loose = checked(accounts, steps), ledger.entries_unsealed()
    if loose.height:
        accounts = replayed(pl.concat([ledger.entries(codes), loose]), ledger.books()).accounts
    lost = {"stage": "ledger", "kind": "ledger_wall_missing", "severity": "refused"}
    walls = problems({**lost, "column": wall.table, "value": wall.name} for wall in walls_missing())
    other = {"stage": "ledger", "kind": "ledger_closed_differs", "severity": "refused"}
    days = problems(
        {**other, "register": code, "value": f"{kept or '-'} / {sealed or '-'}"}
        for code, kept, sealed in ledger.closings()
        if kept != sealed
    )
    return joined([found, balances_agree(accounts, stored), days, walls])


def _tell_unsealed() -> None:
    from kerong.web.base.selectors import ledger

    count = ledger.unsealed([book.code for book in ledger.books()])
    if count:
        console.print(f"· {count:,} 笔尚未封存（kerong ledger seal）/ {count:,} transfers are not sealed yet")


def _files(folder: Path) -> tuple[Mapping[str, Iterator[bytes]], bytes | None]:
    """The books and the heads of an export; what else lies in the folder is not looked at."""
    if not folder.is_dir():
        stop(f"kerong: {folder} 不是文件夹", f"kerong: {folder} is no folder; it should hold an export")
    paths = sorted(path for path in folder.iterdir() if path.suffix == SUFFIX and path.is_file())
    heads = folder / HEADS
    return {path.name: _lines(path) for path in paths}, _bytes(heads) if heads.is_file() else None


def _lines(path: Path) -> Iterator[bytes]:
    """The lines with their ends; of one that is too long to be read only its beginning."""
    with path.open("rb") as file:
        while line := file.readline(MOST_BYTES + 1):
            yield line
            while len(line) > MOST_BYTES and not line.endswith(b"\n"):
                line = file.readline(MOST_BYTES + 1)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # so many bytes are made room for as are asked for
            return file.read(min(path.stat().st_size, MOST_HEADS_BYTES) + 1)
    except OSError as error:
        stop(f"kerong: {path}: {error.strerror}")
