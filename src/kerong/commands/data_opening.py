"""What the commands of `kerong data` share: the archive, its region's pack, who acts and when."""

import getpass
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kerong.commands.packs import open_pack, stop
from kerong.engine.problems import sentence
from kerong.rulebook import Rulebook
from kerong.store.archive import Archive, ArchiveError, Batch, Refused
from kerong.store.archive.errors import problem

Place = Annotated[Path, typer.Argument(metavar="ARCHIVE", help="the archive's folder")]
Named = Annotated[str, typer.Argument(metavar="BATCH", help="the batch: its id, or the beginning of it")]
Pack = Annotated[
    str | None, typer.Option("--region", help="region's name or folder; default: the one that the archive names")
]
Steward = Annotated[str | None, typer.Option("--by", help="who acts; default: KERONG_BY, else the login name")]
When = Annotated[str | None, typer.Option("--at", help="moment of the act, as 2025-07-10T09:00Z; default: now")]
Why = Annotated[str, typer.Option("--reason", help="why; it is kept in the log")]
AsJson = Annotated[bool, typer.Option("--json", help="as data")]


def archive_at(path: Path) -> Archive:
    """The archive in a folder; a line and the end where there is none."""
    try:
        return Archive.opened(path)
    except ArchiveError as error:
        refuse(error)


def book_of(archive: Archive, region: str | None) -> Rulebook:
    """The rulebook of the archive's region."""
    rulebook, _ = open_pack(region or archive.region)
    if rulebook.region.name != archive.region:
        stop(f"kerong: {archive.path} is an archive of {archive.region}, not of {rulebook.region.name}")
    return rulebook


def actor(by: str | None) -> str:
    """Who acts."""
    return by or os.environ.get("KERONG_BY") or getpass.getuser()


def act_moment(text: str | None, archive: Archive) -> datetime:
    """The moment of an act, neither after now nor before what the archive's log tells last.

    What is logged in the future would hide from every view known by a day before it all that is logged later; what is
    logged in the past would change what was known on a day.
    """
    found, now = moment(text), datetime.now(UTC)
    if found > now:
        stop(
            f"kerong: --at {text} 尚未到来；现在是 {now:%Y-%m-%dT%H:%MZ}",
            f"kerong: --at {text} has not come yet; it is {now:%Y-%m-%dT%H:%MZ}",
        )
    last = max((event.at for event in archive.events()), default=found) if text else found
    if found < last:
        refuse(Refused(problem("moment_before_log", value=f"{last:%Y-%m-%dT%H:%MZ}")))
    return found


def moment(text: str | None) -> datetime:
    """A moment; without a zone it is UTC."""
    if text is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        stop(f"kerong: {text!r} is no moment; write it as 2025-07-10T09:00Z")
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        stop(f"kerong: {text!r} is no moment; write it as 2025-07-10T09:00Z")


def batch_named(archive: Archive, text: str) -> Batch:
    """The one batch whose id begins so."""
    found = [batch for batch in archive.batches() if batch.id.startswith(text)]
    if len(found) != 1:
        stop(f"kerong: {archive.path} has {len(found) or 'no'} batches {text}; see kerong data status {archive.path}")
    return found[0]


def refuse(error: ArchiveError) -> NoReturn:
    """Ends with what the archive refuses, in both languages."""
    stop(f"kerong: {sentence(error.problem, 'zh')}", f"kerong: {sentence(error.problem, 'en')}")
