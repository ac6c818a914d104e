"""Which batches count, and with which of their periods: the fold of what was published.

The outcome depends on the set of published batches alone. Batches of a feed are ranked by (`as_of`, order of arrival);
a supplement shares the rank of its parent and counts as if its rows had stood in the parent's file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kerong.store.archive.batch import Batch
from kerong.store.archive.periods import in_order

# batch id -> its periods that count; None: all of its rows
Counting = dict[str, tuple[str, ...] | None]


@dataclass(slots=True)
class _Group:
    """A batch and its supplements."""

    first: Batch
    supplements: list[Batch] = field(default_factory=list)

    def members(self) -> list[Batch]:
        return [self.first, *_latest(self.supplements)] if self.supplements else [self.first]

    def periods(self) -> set[str]:
        return {period for batch in self.members() for period in batch.periods}


def counting(published: Iterable[Batch]) -> Counting:
    """What counts of published batches; those that do not count at all are left out.

    Per feed: the "whole" batch of the highest rank supersedes all of lower rank. Of the rest, each period counts in the
    batch of the highest rank that states it ("period" and "whole"); "added" batches count with all rows, but the same
    bytes only once (in the batch that arrived last).
    """
    feeds: dict[str, list[_Group]] = {}
    for group in _groups(published):
        feeds.setdefault(group.first.feed, []).append(group)
    found: Counting = {}
    for feed in sorted(feeds):
        found |= _counting_of_feed(feeds[feed])
    return found


def replaced(published: Iterable[Batch], added: Batch) -> dict[str, tuple[str, ...]]:
    """What publishing one more batch takes away: batch id -> periods that it loses ("whole" where it states none)."""
    standing = [batch for batch in published if batch.id != added.id]
    before, after = counting(standing), counting([*standing, added])
    stated = {batch.id: _stated(batch) for batch in standing}
    found = {}
    for name, counted in before.items():
        had = stated[name] if counted is None else counted
        kept = () if name not in after else (stated[name] if after[name] is None else after[name] or ())
        lost = set(had) - set(kept)
        if lost:
            found[name] = in_order(lost)
    return found


def _stated(batch: Batch) -> tuple[str, ...]:
    return batch.periods or ("whole",)


def _groups(published: Iterable[Batch]) -> list[_Group]:
    by_id = {batch.id: batch for batch in published}
    groups = {batch.id: _Group(batch) for batch in by_id.values() if batch.parent is None}
    for batch in by_id.values():
        first = _first(batch, by_id)
        if batch.parent is not None and first is not None:
            groups[first.id].supplements.append(batch)
    return list(groups.values())


def _first(batch: Batch, by_id: Mapping[str, Batch]) -> Batch | None:
    """The batch that a chain of supplements completes; None where a link of the chain is not published."""
    found: Batch | None = batch
    while found is not None and found.parent is not None:  # a parent arrived earlier: the chain ends
        found = by_id.get(found.parent)
    return found


def _counting_of_feed(groups: list[_Group]) -> Counting:
    wholes = [group.first.rank for group in groups if group.first.extent == "whole"]
    newest = max(wholes) if wholes else None
    left = [group for group in groups if newest is None or group.first.rank >= newest]
    once = {batch.id for batch in _latest(group.first for group in left if group.first.extent == "added")}
    winners: dict[str, _Group] = {}
    for group in left:
        if group.first.extent != "added":
            for period in group.periods():
                best = winners.get(period)
                if best is None or group.first.rank > best.first.rank:
                    winners[period] = group
    found: Counting = {}
    for group in left:
        if group.first.extent == "added":
            counted: tuple[str, ...] | None = None if group.first.id in once else ()
        else:
            stated = group.periods()
            won = [period for period in stated if winners[period] is group]
            counted = None if len(won) == len(stated) else in_order(won)
        if counted != ():
            found |= dict.fromkeys((batch.id for batch in group.members()), counted)
    return found


def _latest(batches: Iterable[Batch]) -> list[Batch]:
    """Of batches with the same bytes the one that arrived last, in the order of arrival."""
    latest: dict[str, Batch] = {}
    for batch in sorted(batches, key=lambda batch: batch.sequence):
        latest[batch.sha256] = batch
    return sorted(latest.values(), key=lambda batch: batch.sequence)
