"""`kerong outbox`: what waits to be delivered, and what was put aside."""

import json
import sys
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from kerong.commands.ledger import DATA, Data, opened
from kerong.commands.packs import console, stop

STATES = ("waiting", "aside", "delivered")
app = typer.Typer(help="The outbox: what is to be delivered, and what could not be.", no_args_is_help=True)


@app.command("list")
def list_(
    state: Annotated[str, typer.Option(help=f"one of {', '.join(STATES)}")] = "aside",
    most: Annotated[int, typer.Option(min=1, help="so many, the newest first")] = 50,
    data_dir: Data = DATA,
    as_json: Annotated[bool, typer.Option("--json", help="one object per row")] = False,
) -> None:
    """What is in the outbox in one state, and how many in each."""
    if state not in STATES:
        raise typer.BadParameter(f"--state is one of {', '.join(STATES)}")
    opened(data_dir)
    from kerong.web.base.selectors.running import outbox_counts, outbox_rows

    counts, rows = outbox_counts(), outbox_rows(state, most)
    if as_json:
        told = [{**row.plain(), "at": row.at.isoformat()} for row in rows]
        sys.stdout.write(json.dumps({"counts": counts, "rows": told}, ensure_ascii=False, indent=1) + "\n")
        return
    shown = Table("id", "类别 kind", "关于 about", "次数 attempts", "原因 error", box=SIMPLE)
    for row in rows:
        shown.add_row(str(row.pk), row.kind, row.about, str(row.attempts), row.error)
    if rows:
        console.print(shown)
    console.print(
        f"· 待送出 {counts['waiting']:,}、已送出 {counts['delivered']:,}、搁置 {counts['aside']:,}"
        f" / {counts['waiting']:,} waiting, {counts['delivered']:,} delivered, {counts['aside']:,} put aside"
    )


@app.command()
def retry(
    ids: Annotated[list[int] | None, typer.Argument(help="rows that were put aside; see `kerong outbox list`")] = None,
    everything: Annotated[bool, typer.Option("--all", help="all that was put aside")] = False,
    data_dir: Data = DATA,
) -> None:
    """Let the worker try again what was put aside."""
    if bool(ids) == everything:
        raise typer.BadParameter("name rows, or say --all")
    opened(data_dir)
    from django.utils import timezone

    from kerong.web.base.services.delivery import outbox_retry

    count = outbox_retry(list(ids or ()), now=timezone.now())
    if ids and count < len(set(ids)):
        stop(
            f"kerong: {count} 条重试，其余不在搁置之列", f"kerong: {count} to be tried again; the others are not aside"
        )
    console.print(f"· {count:,} 条将重试 / {count:,} will be tried again")
