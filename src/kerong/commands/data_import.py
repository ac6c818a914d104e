"""`kerong data import`: files and folders into an archive, each with a receipt."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from kerong.commands.data_opening import (
    AsJson,
    Pack,
    Place,
    Steward,
    When,
    act_moment,
    actor,
    archive_at,
    book_of,
    refuse,
)
from kerong.commands.packs import console, stop
from kerong.engine.problems import escaped, sentence
from kerong.engine.record.gate_words import found
from kerong.intake import Receipt, Statement, feed_by_name, files_of, receive, refused, statement, told
from kerong.rulebook import Rulebook
from kerong.rulebook.feeds import feeds_of, mapping_of
from kerong.rulebook.parse import nearest
from kerong.store.archive import Archive, ArchiveError
from kerong.store.files import Unusable

Lang = Literal["zh", "en", "both"]


def import_(
    archive: Place,
    files: Annotated[list[Path], typer.Argument(metavar="FILES|FOLDER", help="files, or folders with all in them")],
    feed: Annotated[str | None, typer.Option(help="whose files these are; default: by their names")] = None,
    as_of: Annotated[str | None, typer.Option(help="the day whose state the files tell, as 2025-06-30")] = None,
    period: Annotated[str | None, typer.Option(help="the period that they are of, as 2025-06 or 2025-Q2")] = None,
    total: Annotated[
        list[str] | None, typer.Option(help="what the sender states, as amount_fen=1250000 or rows=400; once for each")
    ] = None,
    opening: Annotated[bool, typer.Option("--opening", help="opening balances of a city that starts")] = False,
    lang: Annotated[Lang, typer.Option(help="language of the receipts")] = "both",
    region: Pack = None,
    by: Steward = None,
    at: When = None,
    as_json: AsJson = False,
) -> None:
    """Receive files: each is kept, cleaned and judged, and published unless a gate stops it."""
    place, who = archive_at(archive), actor(by)
    when = act_moment(at, place)
    book = book_of(place, region)
    if feed is not None and feed not in feeds_of(book):
        stop(f"kerong: {book.region.name} has no feed {feed}; {nearest(feed, feeds_of(book))}")
    missing = next((path for path in files if not path.exists()), None)
    if missing is not None:
        stop(f"kerong: {missing} is not there")
    said = {**_totals(total or []), "as_of": as_of, "period": period}
    receipts: list[Receipt] = []
    own = place.path.resolve()
    listed = [(path, name) for path, name in files_of(files) if own not in path.resolve().parents]
    given = {path for path in files if path.is_file()}
    try:
        load = Load(place, book, feed, said, "opening" if opening else "regular", when, who, len(place.events()))
        for path, name in listed:
            receipt = load.receipt(path, name, path in given)
            if receipt is None:
                if not as_json:
                    told = escaped(name.encode("utf-8", "backslashreplace").decode())
                    console.print(f"{told}: 不属于任何数据源，未导入 / of no feed, not imported", soft_wrap=True)
                continue
            receipts.append(receipt)
            if not as_json:
                show(receipt, place, book, lang, str(archive))
    except ArchiveError as error:
        refuse(error)
    if as_json:
        told_ = [as_data(receipt, book) for receipt in receipts]
        sys.stdout.write(json.dumps(told_, ensure_ascii=False, indent=1) + "\n")
    elif len(receipts) > 1:
        summary(receipts, len(listed))
    if any(receipt.state in ("held", "refused") for receipt in receipts):
        sys.exit(1)


def _totals(given: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            stop(f"kerong: --total {text!r}: write it as amount_fen=1250000")
        found[name.strip()] = value.strip()
    return found


@dataclass(frozen=True, slots=True)
class Load:
    """One delivery: where its files go, what it says of all of them, and who acts when."""

    archive: Archive
    book: Rulebook
    feed: str | None
    said: Mapping[str, object]
    kind: str
    at: datetime
    by: str
    begun: int

    def receipt(self, path: Path, name: str, given: bool) -> Receipt | None:
        """The receipt of one file; None for a file of a folder that no feed takes."""
        feed = self.feed
        try:
            feed = feed or feed_by_name(self.book, path, name)
            stated = statement(self.said, mapping_of(self.book, feed)) if feed else Statement()
        except Unusable as error:
            if error.found["kind"] == "feed_unknown" and not given:
                return None
            return refused(name, feed, [{"severity": "refused", **error.found}])
        return receive(
            self.archive,
            self.book,
            path,
            feed,
            self.at,
            self.by,
            as_of=stated.as_of,
            kind=self.kind,
            totals=stated.totals,
            period=stated.period,
            name=name,
            load_from=self.begun,
        )


def show(receipt: Receipt, archive: Archive, book: Rulebook, lang: Lang, place: str) -> None:
    """A receipt in words, in one language or both."""
    for each in ("zh", "en") if lang == "both" else (lang,):
        for line in told(receipt, archive, book, each, place):
            console.print(escaped(line), markup=False, soft_wrap=True)


def summary(receipts: list[Receipt], files: int) -> None:
    """How many files of a delivery became what."""
    counted = {
        state: sum(receipt.state == state for receipt in receipts)
        for state in ("published", "held", "repeated", "stale", "refused")
    }
    zh = dict(zip(counted, ("已发布", "待发布", "重复", "已过时", "拒收"), strict=True))
    console.print("、".join(f"{zh[state]} {count}" for state, count in counted.items()), style="bold")
    told_ = ", ".join(f"{state} {count}" for state, count in counted.items())
    console.print(f"{told_} (of {files} files)", style="bold")


def as_data(receipt: Receipt, book: Rulebook) -> dict[str, object]:
    """A receipt as JSON values, with its sentences."""
    register = mapping_of(book, receipt.feed) if receipt.feed else None
    currency = book.region.currency
    problems = [{**row, "zh": sentence(row, "zh"), "en": sentence(row, "en")} for row in receipt.problems]
    findings = [
        {**row, "zh": found(row, register, "zh", currency), "en": found(row, register, "en", currency)}
        for row in receipt.findings
    ]
    batch = receipt.batch
    return {
        "file": receipt.file,
        "state": receipt.state,
        "feed": receipt.feed,
        "batch": batch.id if batch else None,
        "rows": batch.rows if batch else 0,
        "set_aside": batch.set_aside if batch else 0,
        "findings": findings,
        "problems": problems,
        "other": receipt.other.id if receipt.other else None,
        "replaced": {name: list(periods) for name, periods in receipt.replaced.items()},
    }
