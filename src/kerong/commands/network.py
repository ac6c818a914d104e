"""`kerong network`: who is tied to an enterprise, by shares, guarantees or persons, as a picture of it needs."""

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer
from rich.table import Table

from kerong.commands.explain import firm_of
from kerong.commands.facts import opened_facts
from kerong.commands.packs import console, day, open_pack, stop
from kerong.engine.problems import sentence
from kerong.engine.record import Refused, features, recorded
from kerong.engine.record.network import Around, around, network_edges
from kerong.engine.record.network.around import MOST
from kerong.rulebook import Rulebook, RulebookErrors, load
from kerong.rulebook.networks import Network
from kerong.rulebook.parse import nearest
from kerong.rulebook.types import BP, FEN
from kerong.rulebook.words import shown
from kerong.store.runs import NotARun, read_run

MANIFEST = "manifest.json"


def network(
    place: Annotated[Path, typer.Argument(metavar="RUN|FOLDER", help="folder of a run, of registers, or an archive")],
    enterprise: Annotated[str, typer.Argument(help="the enterprise's id; of a run also its exact name")],
    name: Annotated[str | None, typer.Option("--network", help="one network; default: all")] = None,
    region: Annotated[str | None, typer.Option(help="of registers: a region's name or folder")] = None,
    on: Annotated[str | None, typer.Option(help="of registers: the day")] = None,
    most: Annotated[int, typer.Option(min=1, help="nodes at most, the nearest first")] = MOST,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="as data: nodes and edges")] = False,
) -> None:
    """Show the networks around an enterprise: nodes by distance, and the ties between them."""
    try:
        if (place / MANIFEST).is_file():
            book, when, firms, edges, firm = _of_run(place, enterprise)
        else:
            book, when, firms, edges, firm = _of_registers(place, enterprise, region, on)
    except (NotARun, RulebookErrors) as error:
        stop(f"kerong: {error}")
    if name is not None and name not in book.networks:
        stop(f"kerong: there is no network {name}; {nearest(name, book.networks)}")
    wanted = [one for one in book.networks.values() if name in (None, one.name)]
    found = [(one, around(one, edges[one.name], firms, firm, when, most)) for one in wanted if one.name in edges]
    if as_json:
        told = [asdict(seen) for _, seen in found]
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        return
    for one, seen in found:
        _print(one, seen, book, lang)


Read = tuple[Rulebook, date, pl.DataFrame, dict[str, pl.DataFrame], str]


def _of_run(path: Path, enterprise: str) -> Read:
    """A run keeps the edges that it was made with."""
    run = read_run(path)
    book = load(run.rulebook())
    edges = {name: run.table(f"networks/{name}") for name in book.networks if f"networks/{name}" in run.tables}
    firm = str(firm_of(run, enterprise)["enterprise_id"])
    return book, date.fromisoformat(str(run.manifest["on"])), run.table("enterprises"), edges, firm


def _of_registers(path: Path, enterprise: str, region: str | None, on: str | None) -> Read:
    if region is None:
        stop(f"kerong: {path} is no run; of registers say which --region's they are")
    book, _ = open_pack(region)
    when = day(on, book)
    try:
        opened = opened_facts(path, book, None)
        found = recorded(opened.facts, book, when, decided=opened.decided)
    except Refused as refused:
        stop(*(sentence(row, "en") for row in refused.problems.iter_rows(named=True)), status=1)
    firms, registers, _ = features(found.enterprises, found.registers, book, when)
    if enterprise not in firms["enterprise_id"]:
        stop(f"kerong: there is no enterprise {enterprise} in the registers")
    return book, when, firms, network_edges(book, registers, when), enterprise


def _print(network: Network, seen: Around, book: Rulebook, lang: str) -> None:
    titles = {node.id: node.title for node in seen.nodes}
    troubled = {node.id for node in seen.nodes if node.in_trouble}
    heads = ("从", "到", "股权", "金额") if lang == "zh" else ("from", "to", "share", "amount")
    more = f" (+{seen.left_out})" if seen.left_out else ""
    table = Table(*heads, title=f"{network.title.in_(lang)}: {len(seen.nodes)}{more}", title_justify="left")
    for edge in seen.edges:
        ends = [f"{titles[one]}{' !' if one in troubled else ''}" for one in (edge.begin, edge.end)]
        table.add_row(
            *ends,
            "" if edge.share_bp is None else shown(edge.share_bp, BP, book.region.currency, lang),
            "" if edge.amount_fen is None else shown(edge.amount_fen, FEN, book.region.currency, lang),
        )
    console.print(table)
