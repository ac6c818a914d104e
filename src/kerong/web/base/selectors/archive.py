"""The city's archive of batches, as far as the portal has one, with the rulebook by which its feeds are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl
from django.conf import settings
from django.http import Http404

from kerong.intake import cards, in_quarantine
from kerong.rulebook.content import Register, Rulebook
from kerong.rulebook.feeds import feeds_of, mapping_of
from kerong.store.archive import Archive, ArchiveError, Batch, NotAnArchive
from kerong.web.base.pages import today
from kerong.web.base.selectors.published import Published, current

ARCHIVE = "archive.json"


@dataclass(frozen=True)
class City:
    """An archive and the run whose rulebook names its feeds. `day`: by which deliveries are late or missing."""

    archive: Archive
    published: Published
    day: date

    @property
    def book(self) -> Rulebook:
        """The rulebook of the run that is shown."""
        return self.published.rulebook

    @property
    def feeds(self) -> dict[str, str]:
        """Every feed and its register."""
        return feeds_of(self.book)

    def mapping(self, feed: str) -> Register | None:
        """The register as the feed sends it; None for a feed that the rulebook no longer has."""
        return mapping_of(self.book, feed) if feed in self.feeds else None

    def cards(self) -> pl.DataFrame:
        """The quality cards (`intake.cards`) as of `day`; worked out anew only when the archive's log has grown."""
        return _cards(self.archive, self.published, self.day, self._digest)

    def waiting(self) -> Mapping[str, int]:
        """Rows in quarantine by batch that counts and has some; worked out anew only when the log has grown."""
        return _waiting(self.archive, self._digest)

    @property
    def _digest(self) -> str:
        events = self.archive.events()
        return events[-1].digest if events else ""

    def batch(self, batch_id: str) -> Batch:
        """A batch. Raises Http404 where there is none of that id."""
        try:
            return self.archive.batch(batch_id)
        except ArchiveError as error:
            raise Http404 from error


def city() -> City | None:
    """The city's archive; None before a run is published, and where there is no archive of the run's region."""
    published, path = current(), Path(settings.ARCHIVE)
    if published is None or not (path / ARCHIVE).is_file():
        return None
    told = (path / ARCHIVE).stat()
    try:
        archive = _opened(path, told.st_ino, told.st_mtime_ns)
    except NotAnArchive:
        return None
    if archive.region != published.rulebook.region.name:
        return None
    return City(archive, published, settings.DAY or today())


def city_or_404() -> City:
    """The city's archive. Raises Http404 where there is none."""
    found = city()
    if found is None:
        raise Http404
    return found


@lru_cache(maxsize=2)
def _opened(path: Path, node: int, changed: int) -> Archive:
    """One archive for all requests: what it has read of its log and batches it does not read again."""
    return Archive.opened(path)


@lru_cache(maxsize=4)
def _waiting(archive: Archive, digest: str) -> Mapping[str, int]:
    counting = [batch for batch in archive.view().batches if batch.set_aside and batch.parent is None]
    rows = {batch.id: in_quarantine(archive, batch.id)["line"].n_unique() for batch in counting}
    return {batch: count for batch, count in rows.items() if count}


@lru_cache(maxsize=4)
def _cards(archive: Archive, published: Published, day: date, digest: str) -> pl.DataFrame:
    return cards(archive, published.rulebook, day)
