"""The reader of registers finds every error that was planted, at its line, and no other."""

from pathlib import Path

import polars as pl
import pytest

from kerong.engine.record.clean import clean
from kerong.lab import City, write_city
from kerong.lab.blemishes import BLEMISHES
from kerong.lab.sources import SOURCES
from kerong.lab.streams import stream
from kerong.store.files import Folder

WHOLE_ROWS = ("duplicate_row", "row_superseded", "row_in_conflict", "rows_in_conflict", "later_than_on")


@pytest.mark.parametrize("name", [source.register for source in SOURCES])
def test_cleaning_sets_aside_just_the_rows_with_planted_cells(city: City, folder: Path, name: str) -> None:
    register = city.world.places.registers[name]
    raw = Folder(folder).read(name, register.files)
    assert raw.problems == []
    _, problems = clean(raw, register, city.world.window.on)
    found = problems.filter(~pl.col("kind").is_in(WHOLE_ROWS) & (pl.col("severity") == "quarantined"))
    kinds = [blemish.kind for blemish in BLEMISHES if blemish.effect == "quarantined"]
    errors = city.truth["errors"].filter(pl.col("kind").is_in(kinds), pl.col("register") == name)
    assert set(found.select("file", "line").iter_rows()) == set(errors.select("file", "line").iter_rows())


def test_cleaning_reads_the_amounts_that_were_meant(clean_city: City, tmp_path: Path) -> None:
    write_city(clean_city, tmp_path)
    for source in SOURCES:
        register = clean_city.world.places.registers[source.register]
        amounts = [column.name for column in register.columns.values() if column.type in ("fen", "count", "bp")]
        if amounts and register.known is None:
            meant = source.build(clean_city.world, stream(clean_city.world.seed, source.register))
            table, _ = clean(
                Folder(tmp_path).read(source.register, register.files), register, clean_city.world.window.on
            )
            assert table.select(pl.sum(*amounts)).row(0) == meant.select(pl.sum(*amounts)).row(0), source.register
