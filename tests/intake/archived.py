"""A folder of registers as an archive."""

from datetime import UTC, datetime
from pathlib import Path

from kerong.intake.receive import Receipt, publish_held, receive
from kerong.rulebook import Rulebook
from kerong.store.archive import Archive
from kerong.store.files import Folder

AT = datetime(2025, 7, 1, 8, tzinfo=UTC)


def sent(archive: Archive, rulebook: Rulebook, path: Path, feed: str, at: datetime = AT) -> Receipt:
    """The file received and published, whatever a gate says of it."""
    receipt = receive(archive, rulebook, path, feed, at, "tester", name=path.name)
    if receipt.state == "held" and receipt.batch is not None:
        publish_held(archive, receipt.batch.id, "tester", at, "it is a test")
    return receipt


def archived(folder: Path, rulebook: Rulebook, path: Path, at: datetime = AT) -> Archive:
    """Every file of the folder's registers, in an archive at `path`."""
    archive = Archive.create(path, rulebook.region.name)
    source = Folder(folder)
    for name, register in rulebook.registers.items():
        for file in source.names(register.files):
            sent(archive, rulebook, folder / file, name, at)
    return archive
