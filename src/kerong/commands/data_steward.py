"""What a data steward decides: held batches published or rejected, published ones withdrawn, quarantine exported."""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from kerong.commands.data_opening import (
    AsJson,
    Named,
    Pack,
    Place,
    Steward,
    When,
    Why,
    act_moment,
    actor,
    archive_at,
    batch_named,
    book_of,
    refuse,
)
from kerong.commands.packs import console, stop
from kerong.engine.problems import escaped
from kerong.engine.record.gate_words import found
from kerong.intake import exported, in_quarantine, publish_held, told
from kerong.rulebook.feeds import feeds_of, mapping_of
from kerong.store.archive import ArchiveError

LANGS: tuple[Literal["zh", "en"], ...] = ("zh", "en")


def held(archive: Place, region: Pack = None, as_json: AsJson = False) -> None:
    """What waits for a steward: batches that a gate stopped, and why."""
    place = archive_at(archive)
    book = book_of(place, region)
    waiting = [batch for batch in place.batches() if place.state(batch.id) == "received"]
    listed: list[dict[str, object]] = []
    for batch in waiting:
        register = mapping_of(book, batch.feed) if batch.feed in feeds_of(book) else None
        reasons = [finding for finding in batch.findings if finding["severity"] == "held"]
        currency = book.region.currency
        words = {lang: [found(each, register, lang, currency) for each in reasons] for lang in LANGS}
        listed.append(
            {
                "batch": batch.id,
                "feed": batch.feed,
                "file": batch.file,
                "rows": batch.rows,
                "zh": words["zh"],
                "en": words["en"],
            }
        )
        if not as_json:
            console.print(escaped(f"{batch.id}  {batch.feed}  {batch.file}  {batch.rows:,}"), style="bold")
            for line in (line for lang in LANGS for line in words[lang]):
                console.print(f"  - {line}", soft_wrap=True)
    if as_json:
        sys.stdout.write(json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
    elif not listed:
        console.print("没有待发布的批次 / nothing waits")


def publish(
    archive: Place, batch: Named, reason: Why, region: Pack = None, by: Steward = None, at: When = None
) -> None:
    """Publish a batch that a gate held (or that was withdrawn); the reason is kept in the log."""
    place = archive_at(archive)
    book = book_of(place, region)
    try:
        receipt = publish_held(place, batch_named(place, batch).id, actor(by), act_moment(at, place), reason)
    except ArchiveError as error:
        refuse(error)
    for lang in LANGS:
        for line in told(receipt, place, book, lang, str(archive)):
            console.print(line, soft_wrap=True)


def reject(archive: Place, batch: Named, reason: Why, by: Steward = None, at: When = None) -> None:
    """Reject a held batch: it never counts, and stays as evidence."""
    place = archive_at(archive)
    try:
        event = place.reject(batch_named(place, batch).id, actor(by), act_moment(at, place), reason)
    except ArchiveError as error:
        refuse(error)
    console.print(f"{event.batch}：已退回，留作证据 / rejected, kept as evidence")


def withdraw(archive: Place, batch: Named, reason: Why, by: Steward = None, at: When = None) -> None:
    """Withdraw a published batch: what it had replaced counts again."""
    place = archive_at(archive)
    try:
        event = place.withdraw(batch_named(place, batch).id, actor(by), act_moment(at, place), reason)
    except ArchiveError as error:
        refuse(error)
    console.print(f"{event.batch}：已撤回，被其取代的数据重新计入 / withdrawn, what it had replaced counts again")


def quarantine(
    archive: Place,
    batch: Named,
    out: Annotated[Path, typer.Option(help="the spreadsheet to write (.csv)")],
    force: Annotated[bool, typer.Option("--force", help="write over a file that is there")] = False,
) -> None:
    """Export the rows of a batch that are set aside, with their reasons, to be corrected and imported again."""
    place = archive_at(archive)
    found_ = batch_named(place, batch)
    name = found_.parent or found_.id
    rows = in_quarantine(place, name)["line"].n_unique()
    if not rows:
        stop(f"kerong: {name}：隔离区没有行 / nothing of it is set aside", status=1)
    if out.exists() and not force:
        stop(f"kerong: {out} is there already; name another file, or write over it with --force")
    out.write_bytes(exported(place, name))
    console.print(escaped(f"{out}：{rows} 行；改正后 kerong data import {archive} {out}"), soft_wrap=True)
    console.print(escaped(f"{out}: {rows} rows; correct them, then kerong data import {archive} {out}"), soft_wrap=True)
