"""What the record is made from: raw files of a register, or rows of an archive that were cleaned when they came."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

import polars as pl

PART = "#part"  # which source of the register a row is from: its place in `sources`
LINE = "#line"  # its line there


class RawPart(Protocol):
    """One file of a register; see ARCHITECTURE.md."""

    @property
    def file(self) -> str: ...
    @property
    def frame(self) -> pl.DataFrame: ...
    @property
    def lines(self) -> pl.Series | None: ...
    @property
    def feed(self) -> str: ...


class RawTable(Protocol):
    """What `store` read of a register."""

    @property
    def register(self) -> str: ...
    @property
    def parts(self) -> Sequence[RawPart]: ...
    @property
    def problems(self) -> Sequence[Mapping[str, object]]: ...


class Source(Protocol):
    """Where rows are from: a file, the feed that sent it, and the batch as which an archive keeps it."""

    @property
    def file(self) -> str: ...
    @property
    def feed(self) -> str: ...
    @property
    def batch(self) -> str: ...


@runtime_checkable
class ArchivedTable(Protocol):
    """A register in an archive's view: its batches in force, whose cells were read when they came.

    `sources` are named by PART. `rows` gives PART (UInt32), LINE (UInt32) and the columns asked for (None: all of the
    register); with `places` (PART, LINE) those rows alone, and those of which `where` holds. `pieces` gives
    the same rows of all sources, some at a time. `set_aside` gives what
    reading and cleaning found, with columns of the table of problems.
    """

    @property
    def register(self) -> str: ...
    @property
    def sources(self) -> Sequence[Source]: ...
    def rows(
        self, columns: Sequence[str] | None = None, places: pl.DataFrame | None = None, where: pl.Expr | None = None
    ) -> pl.DataFrame: ...
    def pieces(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]: ...
    def set_aside(self) -> pl.DataFrame: ...


@runtime_checkable
class RememberingTable(ArchivedTable, Protocol):
    """A register that also knows what does not count.

    `beside`: batches (or periods of them) that are not in force, each with why (a key of `lineage_words.WHY`).
    `in_quarantine`: rows of sources whose cells could not be read: PART, LINE, `column`, `kind`, `value` and `raw`
    (JSON: header to cell), a line per fault.
    """

    def beside(self) -> Sequence[tuple[str, ArchivedTable]]: ...
    def in_quarantine(self) -> pl.DataFrame: ...


FactTable = RawTable | ArchivedTable
