"""The registers of an archive as facts of a run: batches in force at a moment, read by today's mappings."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain

import polars as pl

from kerong.engine.record.cells import column_dtype
from kerong.engine.record.profile import PERIOD
from kerong.intake.quarantine import LINE, is_sent_back, lines_in, sent_back
from kerong.intake.reading import ASIDE, Reader
from kerong.intake.receive import mapping_hash
from kerong.rulebook import Rulebook
from kerong.rulebook.content import Register
from kerong.rulebook.feeds import feeds_of, mapping_of
from kerong.store.archive import Archive, Batch
from kerong.store.files import Problem, RawPart
from kerong.store.registers import ArchiveRegisters
from kerong.store.stream import blocks


def facts_of(
    archive: Archive, rulebook: Rulebook, known_by: date | datetime | None = None, sequence: int | None = None
) -> ArchiveRegisters:
    """What the archive had in force at `known_by` (None: now), or after event `sequence`, for `engine.record.recorded`.

    Raises:
        Damaged: the archive's log was cut or edited.
    """
    schemas = {
        name: {column.name: column_dtype(column) for column in register.columns.values()}
        for name, register in rulebook.registers.items()
    }
    mappings = {feed: mapping_hash(mapping_of(rulebook, feed)) for feed in feeds_of(rulebook)}
    return ArchiveRegisters(
        archive,
        archive.view(known_by, sequence),
        schemas,
        mappings,
        lambda batch: cleaned_again(archive, rulebook, batch),
    )


def cleaned_again(archive: Archive, rulebook: Rulebook, batch: Batch) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows and the rows set aside of a batch, from its raw bytes by today's mapping of its feed.

    A feed that the rulebook no longer names is read as its register. A file that today's mapping refuses gives no row,
    and its refusal among the rows set aside: the run ends with it. A row that counted stays in the period by which it
    was published, whatever periods files part by today: what replaced what was decided by these.
    """
    register = mapping_of(rulebook, batch.feed if batch.feed in feeds_of(rulebook) else batch.register)
    reader = Reader(register, {}, batch.received_at.date())
    rows, aside = [_nothing(register)], [ASIDE.to_frame()]
    for item in _items(archive, batch, register):
        if isinstance(item, RawPart):
            taken, left = reader.take(item)
            if not reader.refused:
                rows.append(taken)
                aside.append(left)
        else:
            reader.note(item)
    aside.append(reader.misfits)
    aside += [pl.DataFrame([{name: one.get(name) for name in ASIDE}], schema=ASIDE) for one in reader.noted]
    return _in_their_periods(pl.concat(rows), archive, batch), pl.concat(aside)


def _in_their_periods(rows: pl.DataFrame, archive: Archive, batch: Batch) -> pl.DataFrame:
    held = [pl.read_parquet(path, columns=[LINE, PERIOD]) for path in archive.row_paths(batch.id)]
    if not held:
        return rows
    before = pl.concat(held).select(LINE, pl.col(PERIOD).cast(pl.String).alias("#before"))
    wide = rows.join(before, on=LINE, how="left", maintain_order="left")
    return wide.with_columns(pl.coalesce("#before", PERIOD).alias(PERIOD)).drop("#before")


def _items(archive: Archive, batch: Batch, register: Register) -> Iterator[RawPart | Problem]:
    """The blocks of a batch's file; a quarantine that came back under the lines of the batch that it corrects."""
    encoding = None if batch.kind == "supplement" else register.encoding
    items = iter(blocks(archive.raw(batch.id), batch.file, encoding))
    first = next(items, None)
    if first is None:
        return
    if not isinstance(first, RawPart) or not is_sent_back(first.frame.columns):
        yield from (item if isinstance(item, RawPart) else dict(item) for item in chain([first], items))
        return
    parts = [first, *(item for item in items if isinstance(item, RawPart))]
    lines = {line for part in parts for line in lines_in(part) if line is not None}
    corrected, problems = sent_back(parts, batch.file, lines)
    yield from problems
    if corrected is not None:
        yield corrected


def _nothing(register: Register) -> pl.DataFrame:
    own = {LINE: pl.UInt64(), PERIOD: pl.String()}
    return pl.DataFrame(schema={name: column_dtype(column) for name, column in register.columns.items()} | own)
