"""`kerong bench`: every speed that we claim, measured on this machine beside its peer."""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import kerong

PIPE_COLUMNS = 160
ROOT = Path(kerong.__file__).resolve().parents[2]


def bench(
    name: Annotated[str, typer.Argument(help="a group of claims, or all")] = "all",
    as_json: Annotated[bool, typer.Option("--json", help="a list of objects instead of a table")] = False,
    rounds: Annotated[int, typer.Option(min=1, help="rounds of each side; five or more count as a claim")] = 5,
    scratch: Annotated[
        Path | None,
        typer.Option(help="folder where made-up cities are kept for the next time; empty it when they change"),
    ] = None,
    gb: Annotated[float | None, typer.Option(min=0.05, help="gigabytes that “reading” reads; 2 is the claim")] = None,
) -> None:
    """Measure claims of speed, ours and the peer's in turns."""
    if not (ROOT / "bench" / "harness.py").is_file():
        sys.exit("kerong bench: the benchmarks are not part of the installed package; run it in a clone")
    sys.path.insert(0, str(ROOT))
    if gb is not None:
        os.environ["KERONG_BENCH_GB"] = str(gb)
    groups, harness = importlib.import_module("bench.groups"), importlib.import_module("bench.harness")
    if name != "all" and name not in groups.GROUPS:
        sys.exit(f"kerong bench: no claims called “{name}”; there are: {', '.join(groups.GROUPS)}, all")
    errors = Console(stderr=True)
    table = Table("claim", "ours s", "peer", "peer s", "times as fast", "peak MB", "target", "holds")
    rows: list[dict[str, object]] = []
    try:
        with errors.status("measuring") as status:
            for row in harness.run(groups.claims_of(name), status.update, rounds, scratch):
                rows.append(row.as_json())
                table.add_row(*(_cell(value) for value in rows[-1].values()))
    except harness.BenchError as failure:
        sys.exit(f"kerong bench: {failure}")
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))  # noqa: T201
    else:
        # a pipe has no width of its own; a narrow one would break every cell
        Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS).print(table)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "[red]no[/red]"
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
