"""What a steward decides of the record: whose doubtful rows are, and which statement of a field counts."""

import json
import re
import sys
from datetime import date
from typing import Annotated, Literal

import polars as pl
import typer

from kerong.commands.data_opening import (
    AsJson,
    Pack,
    Place,
    Steward,
    When,
    Why,
    act_moment,
    actor,
    archive_at,
    book_of,
    refuse,
)
from kerong.commands.packs import console, day, stop
from kerong.engine.problems import escaped
from kerong.engine.record.identify import name_key
from kerong.intake.decisions import NotDecided, decide_identity, decide_settlement, decided_of
from kerong.intake.doubtful import doubtful as doubtful_rows
from kerong.intake.facts import facts_of
from kerong.rulebook import Rulebook
from kerong.rulebook.parse import nearest
from kerong.store.archive import Archive, ArchiveError, Event

What = Literal["same", "different", "value"]
NUMBER = r"[0-9A-Z]{9}|[0-9A-Z]{15}|[0-9A-Z]{18}"  # an organisation code, an old number, a credit code


def decide(
    archive: Place,
    what: Annotated[What, typer.Argument(help="same or different: whose rows are; value: what counts of a field")],
    first: Annotated[str, typer.Argument(metavar="NAME|ENTERPRISE", help="how rows name a firm; with value the firm")],
    second: Annotated[
        str, typer.Argument(metavar="ENTERPRISE|FIELD=VALUE", help="the firm; with value field and value")
    ],
    reason: Why,
    until: Annotated[str | None, typer.Option(help="of a value: the last day on which it counts")] = None,
    region: Pack = None,
    by: Steward = None,
    at: When = None,
) -> None:
    """Decide a doubtful identity or a contradiction; it goes before the rule from now on, and in no run of before."""
    place = archive_at(archive)
    book = book_of(place, region)
    try:
        if what == "value":
            event = _value(place, book, first, second, None if until is None else day(until, book), reason, by, at)
        else:
            event = decide_identity(place, _key(first, book), second, what, reason, actor(by), act_moment(at, place))
    except NotDecided as error:
        stop(f"kerong: {error}")
    except ArchiveError as error:
        refuse(error)
    told = " ".join(str(event.content[name]) for name in event.content if name != "reason" and event.content[name])
    console.print(escaped(f"{event.sequence}：已裁定 / decided: {told} ({event.by})"), soft_wrap=True)


def _value(
    place: Archive,
    book: Rulebook,
    firm: str,
    said: str,
    until: date | None,
    reason: str,
    by: str | None,
    at: str | None,
) -> Event:
    field, _, value = said.partition("=")
    field = field.removeprefix("enterprise.")
    if field not in book.region.provides:
        stop(f"kerong: registers state no field {field}; {nearest(field, list(book.region.provides))}")
    choice = {"enterprise_id": firm, "field": field, "value": value}
    return decide_settlement(place, choice, until, reason, actor(by), act_moment(at, place))


def _key(name: str, book: Rulebook) -> str:
    """How the rows' names are compared; ids of a queue, codes and numbers stay as they are."""
    states = any(register.identify == "name_state" for register in book.registers.values())
    if re.fullmatch(NUMBER, name) or (states and re.match(r"[A-Z]{2}-", name)):
        return name
    return str(pl.DataFrame({"name": [name]}).select(name_key(pl.col("name"))).item())


def doubtful(
    archive: Place,
    region: Pack = None,
    on: Annotated[str | None, typer.Option(help="day of the record")] = None,
    most: Annotated[int, typer.Option(min=1, help="how many names to show")] = 20,
    as_json: AsJson = False,
) -> None:
    """Rows that found no enterprise, and whom they may be: what `kerong data decide` would settle."""
    place = archive_at(archive)
    book = book_of(place, region)
    try:
        facts = facts_of(place, book)
        found = doubtful_rows(facts, book, day(on, book), decided_of(facts))
    except ArchiveError as error:
        refuse(error)
    if as_json:
        sys.stdout.write(json.dumps(found.to_dicts(), ensure_ascii=False, indent=1) + "\n")
        return
    names = found["left_id"].unique(maintain_order=True)
    for name in names[:most]:
        rows = found.filter(pl.col("left_id") == name).to_dicts()
        told = f"{name}：{rows[0]['registers']}，{rows[0]['rows']} 行 rows"
        console.print(escaped(told), style="bold", soft_wrap=True)
        for row in rows:
            if row["enterprise_id"] is None:
                console.print("  没有相近的企业 / no firm is like it", soft_wrap=True)
            else:
                console.print(
                    escaped(f"  {row['probability']:.2f} {row['enterprise_id']} {row['name']}"), soft_wrap=True
                )
    rest = len(names) - len(names[:most])
    console.print(
        f"共 {len(names)} 个名称，另有 {rest} 个未列出 / {len(names)} names, {rest} not shown", soft_wrap=True
    )
