"""What the feed said before: profiles of its published batches, and rows that come again."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from kerong.engine.record.gates import RETURNING, Returning, returned
from kerong.engine.record.profile import SCALED, row_key_columns
from kerong.rulebook.content import Register
from kerong.store.archive import Archive, Batch

SAMPLE = 50_000  # rows on either side whose keys are compared; the same keys on both


def published_before(archive: Archive, feed: str) -> list[Batch]:
    """The feed's published batches that were sent as such (no corrections, no opening balances), lowest rank first."""
    found = [batch for batch in archive.batches(feed) if batch.kind == "regular"]
    return sorted((b for b in found if archive.state(b.id) == "published"), key=lambda batch: batch.rank)


def profiles(batches: Sequence[Batch]) -> list[Mapping[str, Any]]:
    """The profiles of batches."""
    return [batch.profile for batch in batches]


def coming_again(archive: Archive, feed: str, register: Register, staged: Sequence[Path]) -> dict[str, Returning]:
    """By amount column: rows just received whose key counts already, and how many moved by a power of ten.

    By the row's whole key, and those that are new by the key without its time: the same firm, other month; whichever
    moved more, so that old months that come again in order hide no new one that does not. Of large tables the same
    sample of firms is taken on both sides.
    """
    amounts = [name for name, column in register.columns.items() if column.type in SCALED]
    parts = [part for part in archive.view().parts(register.name) if part.batch.feed == feed]
    standing = [path for part in parts for path in part.paths if _holds(path, [*register.columns])]
    empty = pl.DataFrame(schema=dict.fromkeys(register.columns, pl.Null))
    key = row_key_columns(register, empty)
    timeless = [name for name in key if name not in (register.delivery.of, register.period, register.known)]
    if not (amounts and standing and staged):
        return {}
    rows = max(sum(part.batch.rows for part in parts), sum(_height(path) for path in staged))
    sample, one_in = timeless or key, 1 + rows // SAMPLE
    before, now = (_sampled(paths, sample, [*key, *amounts], one_in) for paths in (standing, staged))
    found = [returned(before, now, key, amounts)]
    if timeless and timeless != key:
        found.append(returned(before, now.join(before, on=key, how="anti"), timeless, amounts))
    return {name: max((each[name] for each in found if name in each), key=_moved) for name in amounts if found[0]}


def _moved(rows: Returning) -> tuple[bool, float]:
    return rows.rows >= RETURNING, rows.moved / max(1, rows.rows)


def _holds(path: Path, columns: Sequence[str]) -> bool:
    return set(columns) <= set(pl.read_parquet_schema(path))


def _height(path: Path) -> int:
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def _sampled(paths: Sequence[Path], key: Sequence[str], amounts: Sequence[str], one_in: int) -> pl.DataFrame:
    """The rows whose key is in the sample: one key in `one_in`."""
    rows = pl.scan_parquet(list(paths)).select([*dict.fromkeys([*key, *amounts])])
    if one_in > 1:
        rows = rows.filter(pl.struct(pl.col(key)).hash() % one_in == 0)
    return rows.collect()
