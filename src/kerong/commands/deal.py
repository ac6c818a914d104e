"""`kerong deal moves`: what can be done with a deal, by whom, from where, and in what time."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from kerong.engine.deal.moves import Kind
from kerong.engine.deal.said import HEAD, table
from kerong.engine.deal.states import KINDS

app = typer.Typer(help="Deals: what can be done with each kind, by whom and by when.", no_args_is_help=True)


@app.callback()
def deal() -> None:
    """Deals: what can be done with each kind, by whom and by when."""


@app.command()
def moves(
    kind: Annotated[str, typer.Argument(help="The kind of deal, such as subsidy.")],
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="For machines: one object per move.")] = False,
) -> None:
    """The table of moves of one kind of deals: what is not in it is refused."""
    found = KINDS.get(kind)
    if found is None:
        raise typer.BadParameter(f"there is no kind {kind!r}; there are: {', '.join(KINDS)}")
    if lang not in ("zh", "en"):
        raise typer.BadParameter("--lang is zh or en")
    if as_json:
        typer.echo(json.dumps(_objects(found), ensure_ascii=False, indent=1))
        return
    shown = Table(*(title.in_(lang) for title in HEAD), title=found.title.in_(lang))
    for row in table(found, lang):
        shown.add_row(*row)
    Console().print(shown)


def _objects(kind: Kind) -> list[dict[str, object]]:
    return [
        {
            "begin": move.begin,
            "name": move.name,
            "end": move.end,
            "roles": sorted(move.roles),
            "duty": move.duty,
            "guards": list(move.guards),
            "effects": list(move.effects),
            "due_working_days": move.due_working_days,
            "needs": list(move.needs),
            "title": {"zh": move.title.zh, "en": move.title.en},
        }
        for move in kind.moves.values()
    ]
