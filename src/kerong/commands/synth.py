"""`kerong synth`: the registers of a synthetic city whose truth is known."""

import json
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from kerong.commands.packs import stop
from kerong.lab import make_city, write_city, written_files
from kerong.lab.ways import KNOWN, Ways, ways_of
from kerong.rulebook import RulebookErrors
from kerong.store.packs import PackError, read_pack


def synth(
    folder: Annotated[Path, typer.Argument(help="folder for the registers; it must be new or empty")],
    firms: Annotated[int, typer.Option(min=1, help="how many firms")] = 3_000,
    seed: Annotated[int, typer.Option(min=0, help="the same seed gives the same bytes")] = 1,
    region: Annotated[str, typer.Option(help="region whose districts, institutions and registers are used")] = "demo",
    on: Annotated[
        str | None, typer.Option(help="the day on which the registers end; default: the region's own")
    ] = None,
    ways: Annotated[
        str,
        typer.Option(help="how its firms behave: default, other, or a JSON file that says what differs from default"),
    ] = "default",
    force: Annotated[bool, typer.Option("--force", help="replace the registers of a folder that is not empty")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object instead of a table")] = False,
) -> None:
    """Write the registers of a synthetic city, dirty as real ones, and beside them in truth/ what was planted."""
    begun = perf_counter()
    try:
        city = make_city(firms, seed, _day(on), texts=read_pack(region), ways=_ways(ways))
    except (PackError, RulebookErrors, ValueError) as error:
        stop(f"kerong: {error}")
    try:
        _emptied(folder, force)
        summary = write_city(city, folder)
    except OSError as error:
        stop(f"kerong: {folder}: {error.strerror or error}")
    errors = pl.read_parquet(folder / "truth" / "errors.parquet")
    if as_json:
        typer.echo(
            json.dumps(_told(folder, firms, seed, city.world.window.on, summary, errors), ensure_ascii=False, indent=2)
        )
    else:
        _show(folder, summary, errors, perf_counter() - begun)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        stop(f"kerong: {text!r} is no date; write it as 2025-06-30")


def _ways(name: str) -> Ways:
    if name in KNOWN:
        return KNOWN[name]
    try:
        return ways_of(Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else "no text in UTF-8"
        stop(f"kerong: --ways {name}: {why}; name default, other or a JSON file")
    except ValueError as error:
        stop(f"kerong: --ways {name}: {error}")


def _emptied(folder: Path, force: bool) -> None:
    """Refuse a folder with something in it; with `force` remove what an earlier city left there, nothing else."""
    if folder.exists() and not folder.is_dir():
        stop(f"kerong: {folder} is a file")
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not force:
        stop(f"kerong: {folder} is not empty; name another folder, or replace its registers with --force")
    for path in written_files(folder):
        path.unlink()


def _told(
    folder: Path, firms: int, seed: int, on: date, summary: pl.DataFrame, errors: pl.DataFrame
) -> dict[str, object]:
    kinds = errors.group_by("kind").len().sort("kind")
    return {
        "folder": str(folder),
        "firms": firms,
        "seed": seed,
        "on": on.isoformat(),
        "registers": summary.to_dicts(),
        "planted": dict(kinds.iter_rows()),
    }


def _show(folder: Path, summary: pl.DataFrame, errors: pl.DataFrame, seconds: float) -> None:
    console = Console(highlight=False)
    table = Table("register", "files", "rows", "planted", "most frequent errors")
    for name in ("files", "rows", "planted"):
        table.columns[["register", "files", "rows", "planted"].index(name)].justify = "right"
    for row in summary.iter_rows(named=True):
        own = errors.filter(pl.col("register") == row["register"]).group_by("kind").len()
        common = own.sort(["len", "kind"], descending=[True, False]).head(3)
        told = ", ".join(f"{kind.replace('_', ' ')} {count:,}" for kind, count in common.iter_rows())
        table.add_row(row["register"], str(row["files"]), f"{row['rows']:,}", f"{row['planted']:,}", told)
    console.print(table)
    console.print(
        f"{summary['rows'].sum():,} rows, {len(errors):,} planted errors (truth/errors.parquet), "
        f"{seconds:.1f} s, in {folder}",
        markup=False,
        soft_wrap=True,
    )
