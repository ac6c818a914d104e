"""`kerong data watch` and `kerong data pull`: files that come by themselves, and registers that lie in a database."""

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from kerong.commands.data_import import Lang, Load, show
from kerong.commands.data_opening import (
    Pack,
    Place,
    Steward,
    When,
    act_moment,
    actor,
    archive_at,
    book_of,
    moment,
    refuse,
)
from kerong.commands.packs import folder, stop
from kerong.engine.problems import escaped, sentence
from kerong.intake import files_of
from kerong.rulebook.feeds import feeds_of
from kerong.rulebook.parse import nearest
from kerong.store.archive import ArchiveError
from kerong.store.sql import QueryRefused, written
from kerong.store.watched import Watched

REST_S = 0.2  # between two looks at whether to stop


def watch(
    archive: Place,
    inbox: Annotated[Path, typer.Argument(metavar="FOLDER", help="the folder into which offices put their files")],
    every: Annotated[float, typer.Option(help="seconds between two looks")] = 10.0,
    quiet: Annotated[float, typer.Option(help="seconds without a change after which a file is whole")] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="look once and stop, as for cron")] = False,
    lang: Annotated[Lang, typer.Option(help="language of the receipts")] = "both",
    region: Pack = None,
    by: Steward = None,
) -> None:
    """Receive every file that is put into a folder, as `kerong data import` does; the folder is left as it is."""
    place, who = archive_at(archive), actor(by)
    book, source, watched = book_of(place, region), folder(inbox, "it should receive the files"), Watched(quiet)
    while True:
        listed = dict(files_of([source]))
        fresh = watched.at_rest(sorted(listed, key=lambda path: listed[path]), time.time())
        try:
            load = Load(place, book, None, {}, "regular", moment(None), who, len(place.events()))
            for path in fresh:
                receipt = load.receipt(path, listed[path], False)
                if receipt is not None and (receipt.state != "repeated" or once):
                    show(receipt, place, book, lang, str(archive))
        except ArchiveError as error:
            refuse(error)
        if once:
            return
        time.sleep(max(every, REST_S))


def pull(
    archive: Place,
    query: Annotated[Path, typer.Option(help="file with one SELECT; its columns are named as the mapping file says")],
    feed: Annotated[str, typer.Option(help="whose data these are")],
    address: Annotated[
        str, typer.Option("--address-in", help="environment variable with the database's address (SQLAlchemy URL)")
    ] = "KERONG_SOURCE",
    ask: Annotated[list[str] | None, typer.Option(help="a parameter of the query, as month=2025-06")] = None,
    as_of: Annotated[str | None, typer.Option(help="the day whose state the rows tell, as 2025-06-30")] = None,
    period: Annotated[str | None, typer.Option(help="the period that they are of, as 2025-06")] = None,
    lang: Annotated[Lang, typer.Option(help="language of the receipt")] = "both",
    region: Pack = None,
    by: Steward = None,
    at: When = None,
) -> None:
    """Ask a database of another office once, and receive its answer as a batch."""
    place, who = archive_at(archive), actor(by)
    when = act_moment(at, place)
    book = book_of(place, region)
    if feed not in feeds_of(book):
        stop(f"kerong: {book.region.name} has no feed {feed}; {nearest(feed, feeds_of(book))}")
    url = os.environ.get(address)
    if not url:
        stop(f"kerong: {address} is not set; it holds the database's address, as postgresql+psycopg://reader@host/name")
    try:
        words = query.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        stop(f"kerong: {query} cannot be read: {error}")
    asked = dict(_pair(text) for text in ask or [])
    with tempfile.TemporaryDirectory(prefix="kerong-") as held:
        answer = Path(held) / f"{feed}.parquet"
        try:
            written(url, words, answer, asked)
        except QueryRefused as error:
            row = {"kind": error.kind, "file": query.name, "value": error.value, "severity": "refused"}
            stop(f"kerong: {escaped(sentence(row, 'zh'))}", f"kerong: {escaped(sentence(row, 'en'))}")
        try:
            said = {"as_of": as_of, "period": period}
            receipt = Load(place, book, feed, said, "regular", when, who, len(place.events())).receipt(
                answer, answer.name, True
            )
        except ArchiveError as error:
            refuse(error)
    assert receipt is not None  # the feed is named
    show(receipt, place, book, lang, str(archive))
    if receipt.state in ("held", "refused"):
        sys.exit(1)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        stop(f"kerong: --ask {text!r}: write it as month=2025-06")
    return name.strip(), value.strip()
