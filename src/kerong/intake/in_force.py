"""What a file holds with its corrections, and what of a feed is in force now."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kerong.intake.setting_aside import in_quarantine
from kerong.store.archive import Archive, Batch, in_order


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file and the published corrections of its rows.

    `rows` and `by_period` (rows by period) count both, and so does `conflicting`. `set_aside`: rows of the file that
    are in quarantine still; `faults`: these rows' faults by kind. `held`: corrections that wait for a steward; their
    rows are neither counted nor set aside.
    """

    rows: int
    by_period: Mapping[str, int]
    periods: tuple[str, ...]
    conflicting: int
    set_aside: int
    faults: Mapping[str, int]
    held: tuple[Batch, ...]


def delivered(archive: Archive, batch: Batch) -> Delivered:
    """What a batch that is no correction holds now."""
    batch = archive.batch(batch.id)
    corrections = [each for each in archive.batches(batch.feed) if each.parent == batch.id]
    joined = [each for each in corrections if archive.state(each.id) == "published"]
    held = tuple(each for each in corrections if archive.state(each.id) == "received")
    by_period: Counter[str] = Counter()
    for each in [batch, *joined]:
        by_period.update(_figures(each, "periods"))
    set_aside, faults = batch.set_aside, _figures(batch, "faults")
    if corrections and set_aside:
        left = in_quarantine(archive, batch.id)
        set_aside, faults = left["line"].n_unique(), Counter(left["kind"].to_list())
    return Delivered(
        rows=sum(each.rows for each in [batch, *joined]),
        by_period=dict(by_period),
        periods=in_order(period for each in [batch, *joined] for period in each.periods),
        conflicting=sum(_whole(each, "conflicting") for each in [batch, *joined]),
        set_aside=set_aside,
        faults=faults,
        held=held,
    )


@dataclass(frozen=True, slots=True)
class InForce:
    """What of a feed counts now.

    `batches`: with a row or a period that counts, corrections too. `rows`: those of them that no newer file has
    replaced. `set_aside`: rows in quarantine of files that count, each file once. `latest`: the last day whose state a
    file tells. `held`: batches that wait for a steward.
    """

    batches: int
    rows: int
    latest: date | None
    set_aside: int
    held: int


def in_force(archive: Archive, feed: str) -> InForce:
    """What of the feed counts after the last event of the log."""
    view = archive.view()
    parts = [part for parts in view.registers.values() for part in parts if part.batch.feed == feed]
    rows = 0
    for part in parts:
        by_period = {} if part.periods is None else _figures(archive.batch(part.batch.id), "periods")
        rows += part.batch.rows if part.periods is None else sum(by_period.get(name, 0) for name in part.periods)
    files = [part.batch for part in parts if part.batch.parent is None]
    return InForce(
        batches=len(parts),
        rows=rows,
        latest=max((part.batch.as_of for part in parts if part.batch.as_of), default=None),
        set_aside=sum(delivered(archive, batch).set_aside for batch in files),
        held=sum(archive.state(batch.id) == "received" for batch in archive.batches(feed)),
    )


def _figures(batch: Batch, name: str) -> dict[str, int]:
    """Figures by name of the batch's profile; none where it does not tell them."""
    told = batch.profile.get(name)
    return {str(key): int(figure) for key, figure in told.items()} if isinstance(told, dict) else {}


def _whole(batch: Batch, name: str) -> int:
    told = batch.profile.get(name)
    return told if isinstance(told, int) else 0
