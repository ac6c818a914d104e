"""Where the city's data come from and how good they are: every source on one page."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kerong.intake import delivered
from kerong.rulebook.content import Register, Rulebook, Text
from kerong.rulebook.feeds import feeds_of, mapping_of
from kerong.store.archive import days_of
from kerong.web.base import figures
from kerong.web.base.selectors.archive import City

STRIP = 12  # periods that a strip shows, and that are looked through for what is missing
STATES = ("fresh", "late", "missing", "held", "never")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """One period: "in_time", "came" (whether in time is not known), "late", "missing", "held" or "corrected"."""

    period: str
    state: str


@dataclass(frozen=True, slots=True)
class Source:
    """One feed. `state` is None where the city keeps no archive; `rows`, `aside`, `complete`: of the last batch."""

    feed: str
    title: Text
    register: Register
    every: str
    state: str | None = None
    received: date | None = None
    period: str = ""
    batch: str = ""
    rows: int | None = None
    set_aside: int | None = None
    aside: str = "—"
    complete: str = "—"
    strip: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Sources:
    """All feeds, those that need somebody first; `counts` by state."""

    sources: list[Source]
    counts: Mapping[str, int]

    @property
    def delivered(self) -> int:
        """How many sent something."""
        return len(self.sources) - self.counts["never"]


def declared(book: Rulebook) -> list[Source]:
    """The feeds of a rulebook, without anything of what they sent."""
    return [_declared(book, feed) for feed in sorted(feeds_of(book))]


def registers(city: City) -> Sources:
    """The feeds with what they sent: what is missing or waits first."""
    by_feed = _by_feed(city)
    sources = [source(city, feed, by_feed.get(feed, [])) for feed in sorted(city.feeds)]
    counts = Counter(found.state for found in sources)
    order = {state: place for place, state in enumerate(("missing", "held", "late", "fresh", "never"))}
    return Sources(
        sorted(sources, key=lambda found: (order[found.state or "never"], found.feed)),
        {state: counts[state] for state in STATES},
    )


def rows_of(city: City, feed: str) -> list[Row]:
    """The quality cards of one feed, oldest period first."""
    return _by_feed(city).get(feed, [])


def source(city: City, feed: str, rows: Sequence[Row]) -> Source:
    """One feed with its last batch and the strip of its last periods; `rows`: its quality cards, oldest first."""
    bare = _declared(city.book, feed)
    recent = rows[-STRIP:]
    strip = tuple(Mark(row["period"], mark(row)) for row in recent)
    counting = [row for row in rows if row["batch"]]
    if not counting:
        return Source(feed, bare.title, bare.register, bare.every, _state(recent), strip=strip)
    batch = city.archive.batch(counting[-1]["batch"])
    now = delivered(city.archive, batch)
    arrived = max(row["received_on"] for row in counting)
    return Source(
        feed=feed,
        title=bare.title,
        register=bare.register,
        every=bare.every,
        state=_state(recent),
        received=arrived,
        period=counting[-1]["period"],
        batch=batch.id,
        rows=now.rows,
        set_aside=now.set_aside,
        aside=figures.percent(now.set_aside, batch.rows + batch.set_aside),
        complete=completeness(batch.profile),
        strip=strip,
    )


def mark(row: Row) -> str:
    """What a strip shows of a period."""
    if row["state"] == "missing":
        return "missing"
    if row["held"]:
        return "held"
    if row["late_days"]:
        return "late"
    if row["corrections"]:
        return "corrected"
    return "came" if row["late_days"] is None else "in_time"


def completeness(profile: Mapping[str, Any]) -> str:
    """The share of cells that are filled, over all columns of the register."""
    columns = profile.get("columns", {})
    cells = len(columns) * int(profile.get("rows", 0))
    return figures.percent(cells - sum(int(column["empty"]) for column in columns.values()), cells)


def _state(recent: Sequence[Row]) -> str:
    """Of the periods shown: something is missing, something waits, the last came late, or all is well."""
    marks = [mark(row) for row in recent]
    if not marks:
        return "never"
    return next((state for state in ("missing", "held") if state in marks), "late" if marks[-1] == "late" else "fresh")


def _declared(book: Rulebook, feed: str) -> Source:
    register = mapping_of(book, feed)
    title = book.feeds[feed].title if feed in book.feeds else register.title
    return Source(feed, title, register, register.delivery.every)


def _by_feed(city: City) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in city.cards().iter_rows(named=True):
        found.setdefault(row["feed"], []).append(row)
    return {feed: sorted(rows, key=_place) for feed, rows in found.items()}


def _place(row: Row) -> tuple[date, date]:
    return (date.max, date.max) if row["period"] == "whole" else days_of(row["period"])
