"""Quality cards: what each feed delivered over time, how complete, how late, how often corrected, what is held."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from kerong.intake.periods import periods_from
from kerong.intake.setting_aside import open_lines
from kerong.rulebook import Rulebook
from kerong.rulebook.content import Register
from kerong.rulebook.feeds import feeds_of, mapping_of
from kerong.store.archive import Archive, Batch, days_of, period_of

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
    }
)

FIRST_YEAR = 1900  # a period before it is a slip of the pen: nothing is missing since then


@dataclass(slots=True)
class _Sent:
    """What was sent of one period: published batches, lowest rank first, and those that wait."""

    published: list[Batch] = field(default_factory=list)
    waiting: list[Batch] = field(default_factory=list)


def cards(archive: Archive, rulebook: Rulebook, on: date) -> pl.DataFrame:
    """One row per feed and period, sorted, of all that was received and all that was due by `on`.

    `state`: "complete" (nothing set aside any more), "partial" (rows set aside), "held" (waits for a steward),
    "missing" (was due and is not there). `rows` of the period in the batch that counts (of the whole batch where files
    do not part by periods); `set_aside` and `conflicting` of that batch; `corrections`: how often it was sent again.
    `late_days`: from the day it was due to the first batch (or to `on`); unknown of what was due before the feed began.
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
    sent = _by_period(archive, register, batches)
    every = register.delivery.every
    stated = [period for period in sent if period != "whole" and days_of(period)[0].year >= FIRST_YEAR]
    if stated and every != "once":
        for period in periods_from(min(stated, key=days_of), on, every):
            due = _due(period, register)
            if due is not None and due < on and (register.delivery.extent == "period" or due >= begun):
                sent.setdefault(period, _Sent())
    for period, each in sorted(sent.items()):
        row = {"feed": feed, "register": register.name, "period": period, **_figures(archive, period, each)}
        yield row | _times(period, each, register, begun, on)


def _by_period(archive: Archive, register: Register, batches: list[Batch]) -> dict[str, _Sent]:
    found: dict[str, _Sent] = {}
    for batch in sorted(batches, key=lambda batch: batch.rank):
        state = archive.state(batch.id)
        for period in _periods(batch, register):
            each = found.setdefault(period, _Sent())
            if state in ("published", "received"):
                (each.published if state == "published" else each.waiting).append(batch)
    return {period: each for period, each in found.items() if each.published or each.waiting}


def _periods(batch: Batch, register: Register) -> tuple[str, ...]:
    """The periods that a batch is a delivery of: of its rows, or (what is not sent by periods) of its day."""
    if batch.extent == "period":
        return batch.periods
    every = register.delivery.every
    return (period_of(batch.as_of, every) if batch.as_of and every != "once" else "whole",)


def _figures(archive: Archive, period: str, sent: _Sent) -> dict[str, object]:
    if not sent.published:
        return {"state": "held" if sent.waiting else "missing", "held": len(sent.waiting), "corrections": 0}
    batch = sent.published[-1]
    profile = batch.profile
    periods, aside = profile.get("periods"), len(open_lines(archive, batch.id)) if batch.set_aside else 0
    own = periods.get(period) if isinstance(periods, dict) and batch.extent == "period" else None
    return {
        "state": "partial" if aside else "complete",
        "batch": batch.id,
        "rows": batch.rows if own is None else own,
        "set_aside": aside,
        "conflicting": profile.get("conflicting"),
        "corrections": len(sent.published) - 1 if batch.extent == "period" else 0,
        "held": len(sent.waiting),
    }


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
