"""`kerong rules`: check a pack, run its cases, show a rule."""

import json
import sys
from typing import Annotated, Literal

import typer
from rich.table import Table

from kerong.commands.compare import compare
from kerong.commands.fields import fields
from kerong.commands.lint import lint
from kerong.commands.mutate import mutate
from kerong.commands.packs import console, open_pack, stop
from kerong.engine.entitle.words import money, shown
from kerong.lab.cases import CaseResult, run_cases, run_group_cases
from kerong.rulebook import Rule, Rulebook
from kerong.rulebook.parse import nearest
from kerong.store.packs import region_names

app = typer.Typer(help="Check, prove and show the rules of a region.", no_args_is_help=True)
app.command("fields")(fields)
app.command("lint")(lint)
app.command("mutate")(mutate)
app.command("compare")(compare)
Region = Annotated[str | None, typer.Argument(help="a region's name or folder; default: every region")]

Name = Annotated[str | None, typer.Argument(help="one rule of the region; default: all")]


@app.command()
def check(region: Region = None, name: Name = None) -> None:
    """Load packs: every error with file, line and the nearest known name."""
    for one in [region] if region else region_names():
        book, _ = open_pack(one)
        if name is not None:
            rule = _named(book, one, name)
            said = f"{rule.place.file}: {len(rule.clauses)} clauses, {len(rule.limits)} limits, {len(rule.cases)} cases"
        else:
            kinds = ("registers", "measures", "formulas", "indicators", "rules", "statistics")
            said = f"{one}: " + ", ".join(f"{len(getattr(book, kind))} {kind}" for kind in kinds)
        console.print(f"{said}: no errors", markup=False, soft_wrap=True)


@app.command("test")
def prove(region: Region = None, name: Name = None) -> None:
    """Run the cases in the rule files by both evaluators."""
    wrong = total = 0
    for one in [region] if region else region_names():
        book, _ = open_pack(one)
        for result in _worked(book, one, name):
            total += 1
            wrong += bool(result.differences)
            for difference in result.differences:
                place = f"{result.case.place.file}:{result.case.place.line}"
                said = f"{place}: {result.case.title}: {difference}"
                console.print(said, markup=False, style="red", soft_wrap=True)
    console.print(f"{total} cases, {wrong} fail", markup=False)
    if wrong:
        sys.exit(1)


def _worked(book: Rulebook, region: str, name: str | None) -> list[CaseResult]:
    """The cases of one rule or group, or of all."""
    if name is not None and name in book.groups:
        return run_group_cases(book.groups[name], book)
    rules = list(book.rules.values()) if name is None else [_named(book, region, name)]
    groups = book.groups.values() if name is None else ()
    found = [result for rule in rules for result in run_cases(rule, book)]
    return found + [result for group in groups for result in run_group_cases(group, book)]


def _named(book: Rulebook, region: str, name: str) -> Rule:
    if name not in book.rules:
        stop(f"kerong: {region} has no rule {name}; {nearest(name, book.rules)}")
    return book.rules[name]


@app.command()
def show(
    region: Region = None,
    name: Name = None,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """Show the regions, the rules of one, or one rule with its clauses, parameters and limits."""
    if region is None:
        console.print("\n".join(region_names()), markup=False)
        return
    book, _ = open_pack(region)
    if name is None:
        _list(book, lang, as_json)
    else:
        _one(_named(book, region, name), book, lang, as_json)


def _list(book: Rulebook, lang: str, as_json: bool) -> None:
    if as_json:
        rows = [{"name": r.name, "kind": r.kind, "zh": r.title.zh, "en": r.title.en} for r in book.rules.values()]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    table = Table("name", "kind", "title", "per", "cases")
    for rule in sorted(book.rules.values(), key=lambda r: (r.kind, r.name)):
        table.add_row(rule.name, rule.kind, rule.title.in_(lang), rule.per, str(len(rule.cases)))
    console.print(table)


def _one(rule: Rule, book: Rulebook, lang: str, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(
            json.dumps(
                {"name": rule.name, "file": rule.place.file, "text": book.texts[rule.place.file]},
                ensure_ascii=False,
                indent=1,
            )
            + "\n"
        )
        return
    console.print(f"{rule.title.in_(lang)} [{rule.name}] {rule.kind}, per {rule.per}", markup=False, style="bold")
    console.print(rule.text, markup=False)
    console.print(f"{rule.source.document} {rule.source.clause} ({rule.source.status})", markup=False, style="dim")
    for number, clause in enumerate(rule.clauses, 1):
        console.print(f"  {number}. {clause.title.in_(lang)}", markup=False)
        console.print(f"     {clause.text}", markup=False, style="dim")
    currency = book.region.currency
    for parameter in rule.parameters.values():
        for start, value, source in parameter.values:
            title = parameter.title.in_(lang) if parameter.title else parameter.name
            text = f"  {title} [{parameter.name}] = {shown(value, parameter.type, currency, lang)} ({start}, {source})"
            console.print(text, markup=False)
    for limit in rule.limits:
        given = limit.fen.value
        fixed = money(given, currency, lang) if limit.fen.kind == "literal" and isinstance(given, int) else str(given)
        console.print(f"  {limit.scope}: {fixed}", markup=False)
