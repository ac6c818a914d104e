"""The archive: atomic batches, a hash-chained log of what counts, views of any moment (docs/algorithms/batches.md)."""

from kerong.store.archive.archive import Archive
from kerong.store.archive.batch import Batch
from kerong.store.archive.errors import (
    ArchiveError,
    Damaged,
    NotAnArchive,
    OpeningStands,
    Problem,
    Refused,
    Repeated,
)
from kerong.store.archive.log import Event
from kerong.store.archive.periods import days_of, in_order, overlap, period_expression, period_of
from kerong.store.archive.staging import Staging
from kerong.store.archive.view import View, ViewPart

__all__ = [
    "Archive",
    "ArchiveError",
    "Batch",
    "Damaged",
    "Event",
    "NotAnArchive",
    "OpeningStands",
    "Problem",
    "Refused",
    "Repeated",
    "Staging",
    "View",
    "ViewPart",
    "days_of",
    "in_order",
    "overlap",
    "period_expression",
    "period_of",
]
