"""`kerong region compare`: the systems of several regions side by side on one city."""

import hashlib
import json
import re
import sys
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
import typer
from rich.box import SIMPLE
from rich.table import Table

from kerong.commands.packs import console, day, open_pack, stop
from kerong.commands.reports import check_target, echarts, raw_registers, stop_refused
from kerong.engine.monitor.amounts import money
from kerong.engine.problems import escaped
from kerong.engine.record import Refused
from kerong.lab.systems import (
    COMMAND,
    AmountTooLarge,
    CurrencyMissing,
    ViewMissing,
    Views,
    city,
    figures,
    is_read_alike,
    rate_of,
    report,
    rules_told,
    side,
    system,
    views_of,
)
from kerong.rulebook import Rulebook, RulebookErrors
from kerong.rulebook.feeds import patterns_of
from kerong.store.files import Folder
from kerong.store.packs import SHEET, read_pack, region_names
from kerong.store.registers import FolderRegisters
from kerong.store.runs import MANIFEST, NotARun, parquet_bytes, read_run, write_run
from kerong.store.runs import check_target as check_run_target

DEMO = "demo"
KIND = "systems"  # by which a kept comparison is told from a run
RATE = re.compile(r"([A-Z]{3})=(\d{1,9}(?:\.\d{1,9})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A city's rulebook, the systems to be laid on it, their views, and the files of the nation's pack."""

    home: Rulebook
    books: Sequence[Rulebook]
    views: Mapping[str, Views]
    common: Mapping[str, str]


def compare(
    region: Annotated[
        list[str] | None, typer.Argument(help="names or folders of regions; default: all that are shipped but demo")
    ] = None,
    *,
    data: Annotated[
        Path, typer.Option("--data", help="folder of the city's raw registers, as kerong assess reads them")
    ],
    of: Annotated[str, typer.Option("--city", help="region whose registers the files are")] = DEMO,
    on: Annotated[str | None, typer.Option(help="day of the comparison; default: the city's own")] = None,
    rate: Annotated[
        list[str] | None, typer.Option(help="what a unit of another currency is worth, as USD=7.10; once for each")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="the report, one HTML file")] = None,
    into: Annotated[Path | None, typer.Option(help="folder that keeps the comparison, for the portal")] = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language that is shown first")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="print the figures as JSON")] = False,
) -> None:
    """Whom each region's system would reach in one city, what it costs, what stops the others: a table and a report."""
    begun = time.perf_counter()
    if out is not None:
        check_target(out, COMMAND)
    if into is not None:
        _check_folder(into)
    asked = _asked(region, of)
    when = day(on, asked.home)
    rates = _rates(rate or [], asked)
    _check_comparable(asked, rates)
    told, held = _told(asked, raw_registers(data), when, rates)
    if into is not None:
        _keep(into, asked, told, held)
    if out is not None:
        out.write_text(report(told, echarts(), lang), encoding="utf-8")
    if as_json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        return
    _show(told, lang)
    console.print(f"{time.perf_counter() - begun:.1f} s" + (f"; report: {out}" if out else "; --out FILE: a report"))


def _asked(names: Sequence[str] | None, of: str) -> Asked:
    """The rulebooks, each region once."""
    home, texts = open_pack(of)
    base = tomllib.loads(texts[SHEET]).get("extends")
    chosen = list(names or [name for name in region_names() if name != DEMO])
    books = [home if name == of else open_pack(name)[0] for name in chosen]
    seen: set[str] = set()
    for book in books:
        if book.region.name in seen:
            stop(f"kerong: the region {book.region.name} is named twice")
        seen.add(book.region.name)
    views = {}
    for book in books:
        try:
            found = views_of(book, home, base if isinstance(base, str) else home.region.name)
        except RulebookErrors as error:
            stop(*map(str, error.errors), f"kerong: the view of {book.region.name} is wrong; nothing was compared")
        if found is not None:
            views[book.region.name] = found
    return Asked(home, books, views, read_pack(base) if isinstance(base, str) else {})


def _rates(given: Sequence[str], asked: Asked) -> dict[str, Fraction]:
    """`--rate USD=7.10` …: exact, above zero, each of a currency that some system counts in."""
    own, used = asked.home.region.currency, {book.region.currency for book in asked.books}
    rates: dict[str, Fraction] = {}
    for text in given:
        found = RATE.fullmatch(text.strip())
        if found is None or not Fraction(found[2]):
            stop(f"kerong: --rate {text!r}: write a currency and what one unit is worth, above zero, as USD=7.10")
        currency, worth = found[1], Fraction(found[2])
        if currency == own:
            stop(f"kerong: --rate {text!r}: {own} is the city's own currency")
        if currency in rates:
            stop(f"kerong: --rate: {currency} is given twice")
        if currency not in used:
            stop(f"kerong: --rate {text!r}: no region that is compared counts in {currency}")
        rates[currency] = worth
    return rates


def _check_comparable(asked: Asked, rates: Mapping[str, Fraction]) -> None:
    """Says before any work which region cannot be laid on the city."""
    try:
        for book in asked.books:
            rate_of(asked.home.region.currency, book, rates)
            if not is_read_alike(book, asked.home) and book.region.name not in asked.views:
                raise ViewMissing(f"{book.region.name} reads registers of its own, and has no view of the city's")
    except (CurrencyMissing, ViewMissing) as error:
        stop(f"kerong: {error}")


def _told(asked: Asked, data: Path, when: date, rates: Mapping[str, Fraction]) -> tuple[dict[str, Any], pl.DataFrame]:
    """The figures, and what each firm holds; one system after the other, so that one is held at a time."""
    try:
        registers = FolderRegisters(Folder(data), *patterns_of(asked.home))
        read = city(registers, asked.home, asked.books, asked.views.values(), when)
    except Refused as refused:
        stop_refused(refused)
    try:
        measured = [
            system(read, side(read, book, asked.views.get(book.region.name), rates), asked.common)
            for book in asked.books
        ]
    except AmountTooLarge as error:
        stop(f"kerong: {error}")
    held = pl.concat([one.held for one in measured]).sort("enterprise_id", "system", "rule")
    return figures(read, measured, asked.common), held


def _check_folder(path: Path) -> None:
    """A kept comparison takes the place of another, and of nothing else."""
    try:
        check_run_target(path)
        manifest = read_run(path).manifest if path.is_dir() and any(path.iterdir()) else {"kind": KIND}
    except NotARun as error:
        stop(f"kerong: {error}")
    if manifest.get("kind") != KIND:
        stop(f"kerong: {path} holds a run, and no comparison of systems; choose another folder")


def _keep(path: Path, asked: Asked, told: Mapping[str, Any], held: pl.DataFrame) -> None:
    """Writes the folder: figures, the words of the rules, what each firm holds; the id is of all three."""
    texts = {
        "figures.json": json.dumps(told, ensure_ascii=False, sort_keys=True),
        "rules.json": json.dumps(
            {book.region.name: rules_told(book, asked.common) for book in asked.books},
            ensure_ascii=False,
            sort_keys=True,
        ),
    }
    told_of = hashlib.sha256("".join(texts.values()).encode() + parquet_bytes(held)).hexdigest()
    manifest = {"kind": KIND, "run_id": told_of, "region": told["city"]["name"], "on": told["on"]}
    write_run(path, {"held": held}, {**texts, MANIFEST: json.dumps(manifest)})


def _show(told: Mapping[str, Any], lang: str) -> None:
    """The headline and a line for each system."""
    currency = told["currency"]
    console.print(escaped(told["headline"][lang]), style="bold", soft_wrap=True)
    table = Table(box=SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("system", no_wrap=True)
    for heading in ("certain", "possible", "nothing", "spent", "placed", "rules", "assumed"):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in told["systems"]:
        public = (money(line["public"][key], currency, "en") for key in ("spent_fen", "placed_fen"))
        table.add_row(
            line["name"],
            *(f"{count:,}" for count in line["reached"].values()),
            *(text.removeprefix(currency).strip() for text in public),
            f"{line['rules']:,}",
            f"{line['assumed']:,}/{line['numbers']:,}",
        )
    console.print(table)
    console.print(f"{told['city']['firms']:,} firms on {told['on']}; amounts in {currency}", soft_wrap=True)
    if told["left_out"]:
        console.print(f"left out: the {told['left_out']} rules that every system has from its base", soft_wrap=True)
    for line in told["systems"]:
        if line["not_in_force"]:
            titles = escaped(", ".join(title[lang] for title in line["not_in_force"]))
            console.print(f"{line['name']}: no number in force on {told['on']}: {titles}", soft_wrap=True)
