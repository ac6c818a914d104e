"""Quarantine of a batch: the rows set aside that no correction has taken out yet."""

import polars as pl

from kerong.intake.quarantine import spreadsheet
from kerong.intake.reading import ASIDE, QUARANTINED
from kerong.store.archive import Archive, Batch

LINE = "#line"


def in_quarantine(archive: Archive, batch_id: str) -> pl.DataFrame:
    """The faults (`line`, `column`, `kind`, `value`, `severity`, `raw`) of the rows that are still set aside.

    A row that was sent back and is still wrong stands as it was sent last.
    """
    family = [batch_id, *_corrections(archive, batch_id)]
    corrected: set[int] = set()
    latest: dict[int, int] = {}
    tables = []
    for place, name in enumerate(family):
        table = pl.concat([ASIDE.to_frame(), *(pl.read_parquet(path) for path in archive.set_aside_paths(name))])
        table = table.filter(pl.col("severity") == QUARANTINED).with_columns(place=pl.lit(place))
        latest |= dict.fromkeys(table["line"].to_list(), place)
        tables.append(table)
        if place:
            corrected |= set(_lines(archive, name))
    wanted = [(line, place) for line, place in latest.items() if line not in corrected]
    kept = pl.DataFrame(wanted, schema={"line": pl.Int64, "place": pl.Int32}, orient="row")
    return pl.concat(tables).join(kept, on=["line", "place"], how="semi").drop("place").sort("line", "column", "kind")


def open_lines(archive: Archive, batch_id: str) -> set[int]:
    """The lines of the batch's file that are still in quarantine."""
    return set(in_quarantine(archive, batch_id)["line"].to_list())


def exported(archive: Archive, batch_id: str) -> bytes:
    """The quarantine as CSV for a spreadsheet; send it back corrected and its rows join the batch."""
    return spreadsheet(batch_id, archive.batch(batch_id).file, in_quarantine(archive, batch_id))


def corrected_by_others(archive: Archive, correction: Batch) -> str:
    """The first correction of the same file, other than this one, that corrects one of its rows; empty where none does.

    Only those that stand and came before it, and all that stand where it stands no more itself.
    """
    own = set(_lines(archive, correction.id))
    gone = archive.state(correction.id) == "withdrawn"
    for name in _corrections(archive, correction.parent or ""):
        before = gone or archive.batch(name).sequence < correction.sequence
        if name != correction.id and before and own & set(_lines(archive, name)):
            return name
    return ""


def _corrections(archive: Archive, batch_id: str) -> list[str]:
    feed = archive.batch(batch_id).feed
    found = [batch.id for batch in archive.batches(feed) if batch.parent == batch_id]
    return [name for name in found if archive.state(name) in ("received", "published")]


def _lines(archive: Archive, batch_id: str) -> list[int]:
    return [
        line for path in archive.row_paths(batch_id) for line in pl.read_parquet(path, columns=[LINE])[LINE].to_list()
    ]
