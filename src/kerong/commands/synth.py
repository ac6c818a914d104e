"""`kerong synth`: the registers of a synthetic city whose truth is known."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from kerong.lab import make_city, write_city
from kerong.rulebook import RulebookErrors
from kerong.store.packs import PackError, read_pack

LEFTOVERS = (".csv", ".csv.gz", ".xlsx", ".parquet")


def synth(
    folder: Annotated[Path, typer.Argument(help="folder for the registers; it must be new or empty")],
    firms: Annotated[int, typer.Option(min=1, help="how many firms")] = 3_000,
    seed: Annotated[int, typer.Option(min=0, help="the same seed gives the same bytes")] = 1,
    region: Annotated[str, typer.Option(help="region whose districts, institutions and registers are used")] = "demo",
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="the day on which the registers end")] = datetime(  # noqa: DTZ001
        2025, 6, 30
    ),
    force: Annotated[bool, typer.Option("--force", help="replace the registers of a folder that is not empty")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object instead of a table")] = False,
) -> None:
    """Write the registers of a synthetic city, dirty as real ones, and beside them in truth/ what was planted."""
    begun = perf_counter()
    _emptied(folder, force)
    try:
        city = make_city(firms, seed, on.date(), texts=read_pack(region))
        summary = write_city(city, folder)
    except (PackError, RulebookErrors, ValueError) as error:
        sys.exit(f"kerong synth: {error}")
    except OSError as error:
        sys.exit(f"kerong synth: {folder}: {error.strerror or error}")
    errors = pl.read_parquet(folder / "truth" / "errors.parquet")
    if as_json:
        typer.echo(json.dumps(_told(folder, firms, seed, on.date(), summary, errors), ensure_ascii=False, indent=2))
    else:
        _show(folder, summary, errors, perf_counter() - begun)


def _emptied(folder: Path, force: bool) -> None:
    """Refuse a folder with something in it; with `force` remove registers that an earlier city left there."""
    if folder.exists() and not folder.is_dir():
        sys.exit(f"kerong synth: {folder} is a file")
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not force:
        sys.exit(f"kerong synth: {folder} is not empty; name another folder, or replace its registers with --force")
    for path in [*folder.iterdir(), *folder.glob("truth/*.parquet")]:
        if path.is_file() and path.name.endswith(LEFTOVERS):
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
    )
