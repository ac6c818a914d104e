"""A folder of registers as an archive."""

from datetime import UTC, date, datetime
from pathlib import Path

from kerong.intake.receive import Receipt, publish_held, receive
from kerong.intake.sending import feeds_for
from kerong.rulebook import Rulebook
from kerong.rulebook.feeds import feeds_of
from kerong.store.archive import Archive
from kerong.store.files import Folder

AT = datetime(2025, 7, 1, 8, tzinfo=UTC)


def sent(
    archive: Archive, rulebook: Rulebook, path: Path, feed: str, at: datetime = AT, as_of: date | None = None
) -> Receipt:
    """The file received and published, whatever a gate says of it."""
    receipt = receive(archive, rulebook, path, feed, at, "tester", as_of, name=path.name)
    if receipt.state == "held" and receipt.batch is not None:
        publish_held(archive, receipt.batch.id, "tester", at, "it is a test")
    return receipt


def archived(folder: Path, rulebook: Rulebook, path: Path, at: datetime = AT) -> Archive:
    """Every file of the folder's registers, in an archive at `path`."""
    archive = Archive.create(path, rulebook.region.name)
    source = Folder(folder)
    for name, register in rulebook.registers.items():
        for file in source.names(register.files):
            feeds = [feed for feed in feeds_for(rulebook, file) if feeds_of(rulebook)[feed] == name]
            sent(archive, rulebook, folder / file, feeds[0], at)
    return archive
