"""The synthetic city: registers as dirty as real ones, and the truth about every firm and every planted error."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from kerong.lab.dirt import PLANTED_SCHEMA, Sheet, soil, truth_of
from kerong.lab.files import write_sheet
from kerong.lab.lenders import lenders_truth
from kerong.lab.places import places_of
from kerong.lab.rates import Rates
from kerong.lab.registers.returns import planted_differences
from kerong.lab.registers.sureties import circles
from kerong.lab.registers.wants import wants
from kerong.lab.sources import SOURCES, Source
from kerong.lab.spelling import Edition, headed, spelled
from kerong.lab.stages import stage_changes
from kerong.lab.streams import stream
from kerong.lab.ties import draw_ties
from kerong.lab.troubles import distress
from kerong.lab.ways import DEFAULT, Ways
from kerong.lab.world import PLANTED, World, draw_world, table
from kerong.rulebook.content import Register

TRUTH = ("firms", "errors", "duplicates", "structures", "differences", "distress", "needs", "stages", "local_finance")
DUPLICATES = ("exact_duplicate", "conflicting_duplicate", "other_name")


@dataclass(frozen=True, slots=True)
class Page:
    """A finished file: register, file name, encoding, the table as the file holds it, what was planted in it."""

    register: str
    file: str
    encoding: str
    frame: pl.DataFrame
    planted: pl.DataFrame


@dataclass(frozen=True)
class City:
    """A city whose registers are drawn when asked for, each from its own stream: twice the same."""

    world: World

    def pages(self) -> Iterator[Page]:
        """All files, register by register, so that only one register is held at a time."""
        for source in SOURCES:
            if source.register in self.world.places.registers:
                yield from _pages(self.world, source, self.world.places.registers[source.register])

    @cached_property
    def registers(self) -> dict[str, pl.DataFrame]:
        """Every file by its name without extension, as it is written."""
        return {page.file.partition(".")[0]: page.frame for page in self._drawn}

    @cached_property
    def truth(self) -> dict[str, pl.DataFrame]:
        """What no register shows: see `truth_tables`."""
        return truth_tables(self.world, [page.planted for page in self._drawn])

    @cached_property
    def _drawn(self) -> list[Page]:
        return list(self.pages())


def make_city(
    firms: int,
    seed: int,
    on: date | None = None,
    *,
    texts: Mapping[str, str],
    rates: Rates | None = None,
    ways: Ways = DEFAULT,
) -> City:
    """A city of `firms` firms as of `on` (the region's own day), in the region whose pack is given as texts by path.

    `rates` says how dirty its registers are, `ways` how its firms behave.

    Raises:
        ValueError: `firms` below 1, `seed` below 0, or a region without districts.
        RulebookErrors: the region's sheet or a mapping file is wrong.
    """
    if firms < 1 or seed < 0:
        raise ValueError(f"a city needs at least one firm and a seed from 0, not {firms} and {seed}")
    places = places_of(texts)
    return City(draw_world(firms, seed, on or places.default_on, places, rates or Rates(), ways))


def write_city(city: City, folder: Path) -> pl.DataFrame:
    """Write registers into `folder`, the truth into its truth/; a row per register comes back: files, rows, planted."""
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    written, planted = [], []
    for page in city.pages():
        write_sheet(page.frame, folder / page.file, page.encoding)
        written.append({"register": page.register, "files": 1, "rows": len(page.frame), "planted": len(page.planted)})
        planted.append(page.planted)
    for name, frame in truth_tables(city.world, planted).items():
        frame.write_parquet(folder / "truth" / f"{name}.parquet", compression="zstd")
    schema = {"register": pl.String, "files": pl.Int64, "rows": pl.Int64, "planted": pl.Int64}
    return pl.DataFrame(written, schema=schema).group_by("register", maintain_order=True).sum()


def written_files(folder: Path) -> list[Path]:
    """Files of `folder` that have the names of a city's registers or truth, sorted."""
    names = "|".join(source.name for source in SOURCES)
    register = re.compile(rf"({names})(_\d{{4}})?\.(csv|csv\.gz|xlsx|parquet)")
    found = [path for path in folder.iterdir() if path.is_file() and register.fullmatch(path.name)]
    return sorted(found + [path for name in TRUTH if (path := folder / "truth" / f"{name}.parquet").is_file()])


def truth_tables(world: World, planted: list[pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """What no register shows, by name.

    `firms` sorted by credit code; `errors`: every planted error in the order of files and lines, `duplicates` those of
    them that repeat a fact; `structures`: kind, number and members of groups, cross holdings and circles of sureties;
    `differences`: where returns of institutions were made to differ from the files of contracts; `distress`: when and
    why firms fell into distress, from whom it came, and how it ended; `needs`: what firms wanted to borrow and
    raise, why, and whether they got it; `stages`: the stage of life of each firm from the day on which it changed;
    `local_finance`: which of these organisations failed, and when.
    """
    firms = world.firms
    truth = table(
        {
            "credit_code": firms.code,
            "name": firms.name,
            "district": firms.district,
            "established_on": firms.established,
            "closed_on": firms.closed,
            "quality": firms.quality,
            "risk": firms.risk,
            "default_probability": firms.default_probability,
            "distressed_on": firms.distressed,
            "growth": firms.growth,
            "merit": world.standing.merit,
        }
    )
    errors = pl.concat([pl.DataFrame(schema=PLANTED_SCHEMA), *planted])
    tied = pl.concat([draw_ties(world).structures, circles(world)])
    codes = pl.Series(firms.code.tolist(), dtype=pl.String)
    return {
        "firms": truth.sort("credit_code"),
        "errors": errors,
        "duplicates": errors.filter(pl.col("kind").is_in(DUPLICATES)),
        "structures": tied.select("kind", "structure", credit_code=codes.gather(tied["firm"])),
        "differences": planted_differences(world),
        "distress": distress(firms.code, world.troubles, world.window.day),
        "needs": wants(world),
        "local_finance": lenders_truth(world.lenders, world.window),
        "stages": stage_changes(firms.code, world.stages, world.window.panel_months),
    }


def _pages(world: World, source: Source, register: Register) -> Iterator[Page]:
    """The files of one register; building, gaps and dirt each have a stream of their own."""
    frame = source.build(world, stream(world.seed, source.name))
    if PLANTED not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(PLANTED))
    rng = stream(world.seed, f"dirt of {source.name}")
    if not source.split or frame.is_empty():
        yield _page(world, source, register, frame, rng, 0, source.name)
        return
    year = pl.col(source.split) if frame.schema[source.split].is_integer() else pl.col(source.split).dt.year()
    years = frame.select(year.alias("year")).to_series()
    for number, one in enumerate(sorted(years.unique().to_list())):
        yield _page(world, source, register, frame.filter(years == one), rng, number, f"{source.name}_{one}")


def _page(
    world: World,
    source: Source,
    register: Register,
    frame: pl.DataFrame,
    rng: np.random.Generator,
    number: int,
    name: str,
) -> Page:
    rates = world.rates.scaled(source.care)
    file = name + source.extension
    edition = Edition(number, source.units[number % len(source.units)], native=source.extension == ".parquet")
    codes = pl.Series(world.codes.tolist()).gather(frame["firm"])
    frame = frame.with_columns(codes.alias("credit_code"))
    gone = rng.random(len(frame)) < (rates.missing if source.gaps else 0.0)
    absent = _absent(register, file, frame.filter(pl.Series(gone)))
    frame = frame.filter(pl.Series(~gone))
    in_wan = pl.Series(rng.random(len(frame)) < (rates.in_wan if edition.unit == "column" else 0.0))
    sheet = Sheet(
        register, file, spelled(frame, register, edition, in_wan), frame["credit_code"], _keys(register, frame), []
    )
    for kind in frame[PLANTED].drop_nulls().unique().sort():
        sheet.mark((frame[PLANTED] == kind).fill_null(False).arg_true().to_numpy(), kind)
    sheet.mark((in_wan & frame[PLANTED].is_null()).arg_true().to_numpy(), "in_wan")
    spared = (frame[PLANTED].is_not_null() | in_wan).to_numpy()
    soil(sheet, rates, rng, spared, root=register.name in world.places.roots)
    planted = pl.concat([truth_of(sheet), absent])
    return Page(register.name, file, source.encoding, headed(sheet.frame, register, edition), planted)


def _keys(register: Register, frame: pl.DataFrame) -> pl.Series:
    """What makes each row the same fact, as one text."""
    names = ["credit_code" if name == "enterprise_id" else name for name in register.row]
    return frame.select(pl.concat_str([pl.col(name).cast(pl.String) for name in names], separator="|").alias("key"))[
        "key"
    ]


def _absent(register: Register, file: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Truth about rows that never came."""
    told = {"register": register.name, "file": file, "kind": "missing", "column": "", "value": "", "effect": "absent"}
    return frame.select(
        *(pl.lit(value).alias(name) for name, value in told.items()),
        pl.lit(None, dtype=pl.Int64).alias("line"),
        pl.col("credit_code"),
        _keys(register, frame).alias("key"),
    ).select(PLANTED_SCHEMA.names())
