"""`kerong rules compare`: what a reform would change, over the registers of a region."""

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.box import SIMPLE
from rich.table import Table

from kerong.commands.packs import console, day, open_pack, stop
from kerong.commands.reports import check_target, echarts, raw_registers, stop_refused
from kerong.engine import award
from kerong.engine.monitor.amounts import money
from kerong.engine.record import Refused
from kerong.lab.compare import CAUSES, COMMAND, Reform, compared, differences, figures, first_day, reform_of, report
from kerong.rulebook import Rulebook, RulebookErrors
from kerong.rulebook.feeds import patterns_of
from kerong.store.files import Folder
from kerong.store.packs import PackError
from kerong.store.reforms import read_reform
from kerong.store.registers import FolderRegisters


def compare(
    base: Annotated[str, typer.Argument(help="a region's name or folder: what is in force")],
    reform: Annotated[Path, typer.Argument(help="folder of the reform: reform.toml and the files that it changes")],
    data: Annotated[Path, typer.Option("--data", help="folder of raw registers, as kerong assess reads them")],
    on: Annotated[str | None, typer.Option(help="day of the comparison; default: the region's own")] = None,
    out: Annotated[Path | None, typer.Option(help="the report; default: beside the folder of the reform")] = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language that is shown first")] = "zh",
    firms: Annotated[bool, typer.Option("--firms", help="name the firms that gain and lose most")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="print the figures as JSON; a report only with --out")
    ] = False,
) -> None:
    """What a reform costs, who gains and loses, who crosses a line: a table, and a report with charts."""
    begun = time.perf_counter()
    rulebook, _ = open_pack(base)
    when = day(on, rulebook)
    proposed = _reform(rulebook, reform)
    _check_effect(rulebook, proposed, when)
    target = out or (None if as_json else reform.absolute().parent / f"{reform.absolute().name}.html")
    if target is not None:
        check_target(target, COMMAND)
    source = Folder(raw_registers(data))
    (files, feeds), (own_files, own_feeds) = patterns_of(proposed.rulebook), patterns_of(rulebook)
    registers = FolderRegisters(source, {**files, **own_files}, {**feeds, **own_feeds})
    try:
        found = compared(registers, rulebook, proposed.rulebook, award.nothing_used(), when)
    except Refused as refused:
        stop_refused(refused)
    told = figures(found, proposed, firms)
    if target is not None:
        target.write_text(report(told, echarts(), lang), encoding="utf-8")
    if as_json:
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    else:
        _show(told, lang)
        console.print(f"{time.perf_counter() - begun:.1f} s; report: {target}", markup=False, soft_wrap=True)


def _reform(rulebook: Rulebook, path: Path) -> Reform:
    try:
        return reform_of(rulebook, read_reform(path), path.name or "reform")
    except PackError as error:
        stop(f"kerong: {error}")
    except RulebookErrors as error:
        count = f"{len(error.errors)} error{'s' if len(error.errors) > 1 else ''}"
        stop(*map(str, error.errors), f"kerong: the reform {path.name} has {count}; nothing was compared")


def _check_effect(rulebook: Rulebook, proposed: Reform, when: date) -> None:
    """Says before the work begins that nothing would differ, and on which day it would."""
    if differences(rulebook, proposed.rulebook, when):
        return
    starts = first_day(rulebook, proposed.rulebook, when)
    if starts is not None:
        stop(f"kerong: the reform {proposed.name} changes nothing on {when}: it begins on {starts}; use --on {starts}")
    stop(
        f"kerong: the reform {proposed.name} changes nothing on {when} or later:"
        " no condition, amount, limit, measure or register differs"
    )


def _show(told: dict[str, Any], lang: str) -> None:
    """The headline, a line per rule, and what cannot be told."""
    currency = told["currency"]
    console.print(told["headline"][lang], markup=False, style="bold", soft_wrap=True)
    table = Table(box=SIMPLE, pad_edge=False)
    table.add_column("rule", no_wrap=True)
    table.add_column("changed by", no_wrap=True)
    for heading in ("before", "after", "met", "more", "less"):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in told["rules"]:
        sides = (line["before"], line["after"])
        spent = [
            money(side["awarded_fen"], currency, "en").removeprefix(currency).strip() if line["pays"] else ""
            for side in sides
        ]
        met = " > ".join(f"{side['enterprises'].get('met', 0):,}" for side in sides)
        moved = [f"{line['moved'][name]:,}" for name in ("more", "less")]
        table.add_row(line["name"], CAUSES[line["cause"]][1], *spent, met, *moved)
    console.print(table)
    open_ones = told["unknown"]["after"]["firms"]
    console.print(f"{open_ones:,} of {told['enterprises']:,} firms cannot be told yet", markup=False, soft_wrap=True)
