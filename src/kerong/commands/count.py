"""`kerong region count`: how much every pack holds, and how many of its numbers nobody published."""

import json
import sys
import tomllib
from dataclasses import asdict
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from kerong.commands.packs import console, open_pack
from kerong.rulebook.counts import Counts, counted
from kerong.store.packs import read_pack, region_names

COLUMNS = {
    "rules": "rules",
    "limits": "limits",
    "waterfalls": "waterfalls",
    "pools": "pools",
    "cases": "cases",
    "numbers": "numbers",
    "assumed": "of them assumed",
    "figures": "figures",
    "cells": "in lists",
    "agrees": "checks agree",
    "differs": "differ",
    "cannot_be_derived": "not derivable",
    "errors": "source errors",
    "arrangements": "arrangements",
    "not_expressed": "not expressed",
}
ABREAST = 5  # regions in one table: more would cut their names on a terminal of 80 characters


def count(
    region: Annotated[str | None, typer.Argument(help="a region's name or folder; default: every region")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """Count what each pack holds, and its assumed numbers; what it has from its base is left out."""
    found = {name: _own(name) for name in ([region] if region else region_names())}
    if as_json:
        sys.stdout.write(json.dumps({name: asdict(one) for name, one in found.items()}, indent=1) + "\n")
        return
    console.print("without what comes from the base")
    names = list(found)
    for begin in range(0, len(names), ABREAST):
        table = Table("", *names[begin : begin + ABREAST], box=SIMPLE)
        for key, said in COLUMNS.items():
            table.add_row(said, *(f"{getattr(found[name], key):,}" for name in names[begin : begin + ABREAST]))
        for column in table.columns[1:]:
            column.justify = "right"
        console.print(table)


def _own(name: str) -> Counts:
    """The counts of the files that a pack does not share with the one that it extends."""
    book, texts = open_pack(name)
    base = tomllib.loads(texts["region.toml"]).get("extends")
    inherited = read_pack(base) if isinstance(base, str) else {}
    return counted(book, {file for file, text in texts.items() if inherited.get(file) != text})
