"""The registers of a folder or of an archive as a mapping: each is read when it is asked for, so that only one is held
at a time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from kerong.store.archive import Archive, Batch, View, ViewPart
from kerong.store.archive.view import contents
from kerong.store.files import Folder, RawTable, fitting

PART, LINE, PERIOD = "#part", "#line", "#period"
QUARANTINED = "quarantined"
PIECE_FILES = 4  # of a batch that are read at a time: about a million rows
# state of a batch at the view's moment ("": not there yet) -> why its rows do not count
BESIDE = {
    "": "batch_later",
    "received": "batch_held",
    "rejected": "batch_rejected",
    "withdrawn": "batch_withdrawn",
    "published": "batch_replaced",
}
STAGES = ("read", "record")  # of the findings of a batch, those that a run shows among its problems
PROBLEMS = ("stage", "kind", "severity", "file", "line", "column", "value")
Again = Callable[[Batch], tuple[pl.DataFrame, pl.DataFrame]]


class FolderRegisters(Mapping[str, RawTable]):
    """`patterns`: the name patterns of each register's files. `feeds`: of each register the patterns of its feeds; a
    file that is of one of them is read as that feed sends it, every other as the register says.
    """

    def __init__(
        self,
        folder: Folder,
        patterns: Mapping[str, Sequence[str]],
        feeds: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    ) -> None:
        self.folder = folder
        self.patterns, self.feeds = dict(patterns), dict(feeds or {})

    def __getitem__(self, register: str) -> RawTable:
        found = self.folder.read(register, self.patterns[register])
        found.parts[:] = [replace(part, feed=self._sent_by(register, part.file)) for part in found.parts]
        return found

    def _sent_by(self, register: str, file: str) -> str:
        feeds = [feed for feed, patterns in self.feeds.get(register, {}).items() if fitting([file], patterns)]
        return feeds[0] if len(feeds) == 1 else ""

    def __iter__(self) -> Iterator[str]:
        return iter(self.patterns)

    def __len__(self) -> int:
        return len(self.patterns)


class ArchiveRegisters(Mapping[str, "ArchivedRows"]):
    """The registers as a view of an archive has them.

    `schemas`: the cleaned columns of each register. `mappings`: of every feed the hash of the mapping by which files
    are read now. `again`: reads a batch that was cleaned by another mapping once more from its raw bytes and gives its
    rows and what was set aside, as the archive keeps them; such rows are never used as they are.
    """

    def __init__(
        self,
        archive: Archive,
        view: View,
        schemas: Mapping[str, Mapping[str, pl.DataType]],
        mappings: Mapping[str, str],
        again: Again,
    ) -> None:
        self.archive, self.view, self.again = archive, view, again
        self.schemas, self.mappings = dict(schemas), dict(mappings)

    def __getitem__(self, register: str) -> "ArchivedRows":
        parts = sorted(self.view.parts(register), key=lambda part: (part.batch.file, part.batch.feed, part.batch.id))
        return ArchivedRows(register, tuple(parts), self)

    def __iter__(self) -> Iterator[str]:
        return iter(self.schemas)

    def __len__(self) -> int:
        return len(self.schemas)

    def is_stale(self, batch: Batch) -> bool:
        """Whether the feed's files are read otherwise today than when the batch came."""
        return self.mappings.get(batch.feed) != batch.mapping


@dataclass(frozen=True, slots=True)
class Source:
    """A batch in force: the sender's name of the file, the feed and the batch's id."""

    file: str
    feed: str
    batch: str


@dataclass(frozen=True)
class ArchivedRows:
    """A register in a view: `engine.record.tables.ArchivedTable`."""

    register: str
    parts: tuple[ViewPart, ...]
    of: ArchiveRegisters

    @property
    def sources(self) -> tuple[Source, ...]:
        """The batches in force, sorted by file name, feed and arrival: what PART counts."""
        return tuple(Source(part.batch.file, part.batch.feed, part.batch.id) for part in self.parts)

    def rows(
        self,
        columns: Sequence[str] | None = None,
        places: pl.DataFrame | None = None,
        where: pl.Expr | None = None,
    ) -> pl.DataFrame:
        """The rows in force with PART, LINE and the columns asked for; only these columns are read."""
        schema = self.of.schemas[self.register]
        wanted = list(schema) if columns is None else list(columns)
        empty = pl.DataFrame(schema={name: schema[name] for name in wanted} | {PART: pl.UInt32, LINE: pl.UInt32})
        found = [empty]
        for place, part in enumerate(self.parts):
            lazy = self._lazy(part)
            if places is not None:
                lines = places.filter(pl.col(PART) == place)[LINE]
                if lines.is_empty():
                    continue
                lazy = lazy.filter(pl.col(LINE).is_in(lines.cast(pl.UInt64).implode()))
            if where is not None:
                lazy = lazy.filter(where)
            found.append(self._collected(lazy, place, wanted))
        return pl.concat(found)

    def pieces(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """The rows of `rows`, some files of a batch at a time."""
        for place, part in enumerate(self.parts):
            for begun in range(0, max(1, len(part.paths)), PIECE_FILES):
                paths = part.paths[begun : begun + PIECE_FILES]
                yield self._collected(self._lazy(replace(part, paths=paths)), place, columns)
                if self.of.is_stale(part.batch):  # it is held whole
                    break

    def _collected(self, lazy: pl.LazyFrame, place: int, columns: Sequence[str]) -> pl.DataFrame:
        own = pl.lit(place, dtype=pl.UInt32).alias(PART)
        return lazy.select(*columns, own, pl.col(LINE).cast(pl.UInt32)).collect()

    def beside(self) -> list[tuple[str, "ArchivedRows"]]:
        """What is not in force, by why: a key of `engine.record.lineage_words.WHY`; batches in the order of arrival."""
        events = self.of.archive.events()
        then, now = contents(events[: self.of.view.sequence]), contents(events)
        counted = {part.batch.id: part.periods for part in self.parts}
        found: dict[str, list[ViewPart]] = {}
        for name, batch in now.batches.items():
            periods: tuple[str, ...] | None = None
            if name in counted:
                if counted[name] is None:
                    continue
                periods = tuple(period for period in batch.periods if period not in (counted[name] or ()))
            why = BESIDE[then.states.get(name, "")]
            if why == BESIDE["received"] and now.states[name] == "published":
                why = BESIDE[""]
            if batch.register == self.register:
                part = ViewPart(batch, periods, self.of.archive.row_paths(name))
                found.setdefault(why, []).append(part)
        return [(why, ArchivedRows(self.register, tuple(parts), self.of)) for why, parts in sorted(found.items())]

    def in_quarantine(self) -> pl.DataFrame:
        """The rows that are set aside: PART, LINE, `column`, `kind`, `value`, `raw`, a line per fault."""
        own = ("column", "kind", "value", "raw")
        found = [pl.DataFrame(schema={PART: pl.UInt32, LINE: pl.UInt32} | dict.fromkeys(own, pl.String))]
        for place, part in enumerate(self.parts):
            rows = self._uncorrected(part).filter((pl.col("severity") == QUARANTINED) & pl.col("line").is_not_null())
            at = (pl.lit(place, dtype=pl.UInt32).alias(PART), pl.col("line").cast(pl.UInt32).alias(LINE))
            found.append(rows.select(*at, *own))
        return pl.concat(found)

    def _uncorrected(self, part: ViewPart) -> pl.DataFrame:
        aside = self._aside(part.batch)
        others = [other for other in self.parts if other.batch.parent == part.batch.id]
        corrected = [self._stored(other).select(LINE) for other in others]
        if not corrected:
            return aside
        lines = pl.concat(corrected).collect()[LINE].cast(pl.Int64)
        return aside.filter((pl.col("severity") != QUARANTINED) | ~pl.col("line").is_in(lines.implode()))

    def set_aside(self) -> pl.DataFrame:
        """What reading and cleaning found in the batches in force, less the rows that were corrected since."""
        found = [pl.DataFrame(schema=dict.fromkeys(PROBLEMS, pl.String) | {"line": pl.Int64})]
        for part in self.parts:
            aside = self._uncorrected(part)
            own = {"stage": pl.lit("record"), "file": pl.lit(part.batch.file)}
            found.append(aside.with_columns(**own).select(PROBLEMS))
            told = [dict(finding) for finding in self.of.archive.batch(part.batch.id).findings]
            rows = [{name: one.get(name) for name in PROBLEMS} for one in told if one.get("stage") in STAGES]
            found.append(pl.DataFrame(rows, schema=found[0].schema))
        return pl.concat(found)

    def _lazy(self, part: ViewPart) -> pl.LazyFrame:
        """The rows of a part that are in force."""
        found = self._stored(part)
        if part.periods is None:
            return found
        return found.filter(pl.col(PERIOD).cast(pl.String).is_in(part.periods))

    def _stored(self, part: ViewPart) -> pl.LazyFrame:
        if self.of.is_stale(part.batch):
            return self._again[part.batch.id][0].lazy()
        if not part.paths:
            schema = dict(self.of.schemas[self.register])
            return pl.LazyFrame(schema=schema | {LINE: pl.UInt64(), PERIOD: pl.String()})
        return pl.scan_parquet(list(part.paths), glob=False)

    def _aside(self, batch: Batch) -> pl.DataFrame:
        if self.of.is_stale(batch):
            return self._again[batch.id][1]
        tables = [pl.read_parquet(path) for path in self.of.archive.set_aside_paths(batch.id)]
        schema = {"line": pl.Int64, **dict.fromkeys(("column", "kind", "value", "severity", "raw"), pl.String)}
        return pl.concat([pl.DataFrame(schema=schema), *tables])

    @cached_property
    def _again(self) -> dict[str, tuple[pl.DataFrame, pl.DataFrame]]:
        """Batches that were cleaned by another mapping, cleaned by today's."""
        return {part.batch.id: self.of.again(part.batch) for part in self.parts if self.of.is_stale(part.batch)}
