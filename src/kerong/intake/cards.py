"""Quality cards: what each feed delivered over time, how complete, how late, how often corrected, what is held."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from kerong.intake.in_force import Delivered, delivered
from kerong.intake.periods import periods_from
from kerong.rulebook import Rulebook
from kerong.rulebook.content import Register
from kerong.rulebook.feeds import feeds_of, mapping_of
from kerong.store.archive import Archive, Batch, days_of, in_order, period_of

SCHEMA = pl.Schema(
    {
        "feed": pl.String(),
        "register": pl.String(),
        "period": pl.String(),
        "state": pl.String(),
        "batch": pl.String(),
        "rows": pl.Int64(),
        "set_aside": pl.Int64(),
        "conflicting": pl.Int64(),
        "corrections": pl.Int64(),
        "held": pl.Int64(),
        "received_on": pl.Date(),
        "due_on": pl.Date(),
        "late_days": pl.Int64(),
        "nothing_new": pl.Boolean(),
    }
)

FIRST_YEAR = 1900  # a period before it is a slip of the pen: nothing is missing since then


@dataclass(slots=True)
class _Sent:
    """What was sent of one period: published files, lowest rank first, and batches that wait."""

    published: list[Batch] = field(default_factory=list)
    waiting: list[Batch] = field(default_factory=list)


def cards(archive: Archive, rulebook: Rulebook, on: date) -> pl.DataFrame:
    """One row per feed and period, sorted, of all that was received and all that was due by `on`.

    `state`: "complete" (nothing set aside any more), "partial" (the file has rows set aside or a correction waits),
    "held" (waits for a steward), "missing" (was due and is not there). `rows` of the period in the file that counts,
    with the corrected ones (of the whole file where files do not part by periods; of all of them where they add to one
    another). `set_aside` and `conflicting` are of a file; rows set aside are of no known period: they stand once, at
    the last period in which the file counts, and are unknown (null) at its other ones, so that sums are right.
    `corrections`: how often the period was sent again. `late_days`: from the day it was due to the first batch (or to
    `on`); unknown of what was due before the feed began. `nothing_new`: the file came, but its latest row is of an
    earlier period.
    """
    rows: list[dict[str, object]] = []
    for feed in sorted(feeds_of(rulebook)):
        batches = [batch for batch in archive.batches(feed) if batch.parent is None]
        if batches:
            rows += _of_feed(archive, feed, mapping_of(rulebook, feed), batches, on)
    return pl.DataFrame(rows, schema=SCHEMA).sort("feed", "period")


def _of_feed(
    archive: Archive, feed: str, register: Register, batches: list[Batch], on: date
) -> Iterator[dict[str, object]]:
    begun = min(batch.received_at.date() for batch in batches)
    held = {batch.id: delivered(archive, batch) for batch in batches if archive.state(batch.id) == "published"}
    sent, every = _by_period(archive, register, batches, held), register.delivery.every
    stated = [period for period in sent if period != "whole" and days_of(period)[0].year >= FIRST_YEAR]
    if stated and every != "once":
        for period in periods_from(min(stated, key=days_of), on, every):
            due = _due(period, register)
            if due is not None and due < on and (register.delivery.extent == "period" or due >= begun):
                sent.setdefault(period, _Sent())
    last = _last(sent)
    for period, each in sorted(sent.items()):
        row = {"feed": feed, "register": register.name, "period": period}
        yield row | _figures(period, each, held, last) | _times(period, each, register, begun, on)


def _by_period(
    archive: Archive, register: Register, batches: list[Batch], held: Mapping[str, Delivered]
) -> dict[str, _Sent]:
    found: dict[str, _Sent] = {}
    begun = min(batch.received_at.date() for batch in batches)
    days = _Days(register, begun)
    for batch in sorted(batches, key=lambda batch: (batch.received_at, batch.sequence)):
        state = archive.state(batch.id)
        if state not in ("published", "received"):
            continue
        if batch.extent == "period":
            periods = held[batch.id].periods if batch.id in held else batch.periods
        else:
            periods = (days.period(batch),)
        for period in periods:
            each = found.setdefault(period, _Sent())
            (each.published if state == "published" else each.waiting).append(batch)
    for each in found.values():
        each.published.sort(key=lambda batch: batch.rank)
    return found


class _Days:
    """Of which period a file is that does not say its periods; files are asked for in the order of arrival."""

    def __init__(self, register: Register, begun: date) -> None:
        self.register, self.begun = register, begun
        self.taken: set[str] = set()

    def period(self, batch: Batch) -> str:
        """Of the day as of which it was said to hold; else of the period that was due when it came, if nothing of that
        had come, or of the day on which it came. The latest of its rows does not say when it was delivered.
        """
        every, came = self.register.delivery.every, batch.received_at.date()
        if every == "once":
            return "whole"
        if batch.as_of is not None and batch.profile.get("as_of_stated") != 0:  # older records do not say
            found = period_of(batch.as_of, every)
        else:
            found = period_of(came, every)
            before = _before(found, every)
            due = _due(before, self.register)
            if due is not None and due >= self.begun and before not in self.taken:
                found = before
        self.taken.add(found)
        return found


def _before(period: str, every: str) -> str:
    return period_of(days_of(period)[0] - timedelta(days=1), every)


def _last(sent: Mapping[str, _Sent]) -> dict[str, str]:
    """By file: the last period in which it counts."""
    found: dict[str, str] = {}
    for period in in_order(sent):
        found |= {batch.id: period for batch in _counting(sent[period])}
    return found


def _counting(sent: _Sent) -> list[Batch]:
    """The files of a period that count: the last, with those that it adds to."""
    if sent.published and sent.published[-1].extent == "added":
        return list({batch.sha256: batch for batch in sent.published if batch.extent == "added"}.values())
    return sent.published[-1:]


def _figures(period: str, sent: _Sent, held: Mapping[str, Delivered], last: Mapping[str, str]) -> dict[str, object]:
    if not sent.published:
        return {"state": "held" if sent.waiting else "missing", "held": len(sent.waiting), "corrections": 0}
    files = _counting(sent)
    batch, told = files[-1], [held[each.id] for each in files]
    is_period = batch.extent == "period"
    waiting = len(sent.waiting) + sum(len(each.held) for each in told)
    is_open = any(each.set_aside or each.held for each in told)
    first = days_of(period)[0]
    return {
        "state": "partial" if is_open else "complete",
        "batch": batch.id,
        "rows": sum(each.by_period.get(period, 0) if is_period else each.rows for each in told),
        "set_aside": _once([each.set_aside for each in told], last[batch.id] == period),
        "conflicting": _once([each.conflicting for each in told], last[batch.id] == period),
        "corrections": len(sent.published) - 1 if is_period else 0,
        "held": waiting,
        "nothing_new": None if is_period or batch.as_of is None else max(b.as_of or first for b in files) < first,
    }


def _once(figures: list[int], is_last: bool) -> int | None:
    """The figure of a file at its last period; unknown at another one, unless there is nothing to tell."""
    return sum(figures) if is_last or not any(figures) else None


def _times(period: str, sent: _Sent, register: Register, begun: date, on: date) -> dict[str, object]:
    received = min((batch.received_at.date() for batch in sent.published), default=None)
    due = _due(period, register)
    known = due is not None and due >= begun
    late = max(0, ((received or on) - due).days) if due is not None and known else None
    return {"received_on": received, "due_on": due, "late_days": late}


def _due(period: str, register: Register) -> date | None:
    days = register.delivery.due_days
    if days is None or period == "whole":
        return None
    last = days_of(period)[1]
    return last + timedelta(days) if last < date.max - timedelta(days) else date.max
