"""The archive of a demo city: its files are received as if the bureaus had sent them on the city's own day."""

import json
import os
import sys
from datetime import UTC, datetime, time
from pathlib import Path

from kerong.commands.data_import import Load
from kerong.commands.facts import is_archive
from kerong.commands.packs import open_pack
from kerong.intake import files_of, publish_held
from kerong.store.archive import Archive, ArchiveError

BY = "kerong up"
MORNING = time(1, tzinfo=UTC)  # nine o'clock in China
REASON = "示范城市的合成数据，期初整体核对通过 / synthetic city, checked as a whole when it was made"


def received(folder: Path, registers: Path, region: str) -> Path:
    """The archive in the data folder with all files of a synthetic city; what a start that broke off left out is added.

    A batch that a gate held is published with a reason: what is not whole is no city to begin with.
    """
    book, _ = open_pack(region)
    at = datetime.combine(book.region.default_on, MORNING)
    try:
        archive = Archive.create(folder / "archive", book.region.name)
        load = Load(archive, book, None, {}, "regular", at, BY, 0)
        receipts = [load.receipt(path, name, given=False) for path, name in files_of([registers])]
        for batch in archive.batches():
            if archive.state(batch.id) == "received" and batch.by == BY:
                publish_held(archive, batch.id, BY, at, REASON)
    except ArchiveError as error:
        sys.exit(f"kerong up: {error}")
    refused = [receipt.file for receipt in receipts if receipt is not None and receipt.state == "refused"]
    if refused:
        sys.exit(f"kerong up: the archive refuses {', '.join(refused)}")
    return archive.path


def told_archive(folder: Path, own: Path | None) -> dict[str, str]:
    """What city.json keeps: where the archive is, and the day of a synthetic city; nothing where there is none."""
    if own is not None:
        return {"archive": str(own.resolve())} if is_archive(own) else {}
    events = Archive.opened(folder / "archive").events()
    return {"archive": str(folder / "archive"), "day": events[0].at.date().isoformat()}


def open_archive(folder: Path) -> None:
    """Tells the portal's settings where the city's archive is and by which day its deliveries are judged."""
    told = folder / "city.json"
    kept = json.loads(told.read_text(encoding="utf-8")) if told.exists() else {}
    # absolute paths go stale where the data folder was moved: its own archive is found beside city.json
    own = folder / "archive"
    place = own if is_archive(own) else Path(kept.get("archive", own))
    os.environ.setdefault("KERONG_ARCHIVE", str(place))
    if kept.get("day"):
        os.environ.setdefault("KERONG_DAY", kept["day"])
