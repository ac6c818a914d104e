"""`kerong rules`: check a pack and run its cases; the other commands have modules of their own."""

import sys
from typing import Annotated

import typer

from kerong.commands.compare import compare
from kerong.commands.fields import fields
from kerong.commands.lint import lint
from kerong.commands.mutate import mutate
from kerong.commands.packs import console, open_pack, stop
from kerong.commands.show import show
from kerong.lab.cases import CaseResult, run_cases, run_group_cases, run_pool_cases, run_waterfall_cases
from kerong.rulebook import Rule, Rulebook
from kerong.rulebook.parse import nearest
from kerong.store.packs import region_names

app = typer.Typer(help="Check, prove and show the rules of a region.", no_args_is_help=True)
app.command("fields")(fields)
app.command("lint")(lint)
app.command("mutate")(mutate)
app.command("compare")(compare)
app.command("show")(show)
Region = Annotated[str | None, typer.Argument(help="a region's name or folder; default: every region")]

Name = Annotated[str | None, typer.Argument(help="one rule of the region; default: all")]


@app.command()
def check(region: Region = None, name: Name = None) -> None:
    """Load packs: every error with file, line and the nearest known name."""
    for one in [region] if region else region_names():
        book, _ = open_pack(one)
        if name is not None:
            said = _counted(book, one, name)
        else:
            kinds = (
                "registers",
                "measures",
                "formulas",
                "indicators",
                "rules",
                "groups",
                "waterfalls",
                "pools",
                "statistics",
            )
            said = f"{one}: " + ", ".join(f"{len(getattr(book, kind))} {kind}" for kind in kinds)
        console.print(f"{said}: no errors", markup=False, soft_wrap=True)


def _counted(book: Rulebook, region: str, name: str) -> str:
    if name in book.waterfalls:
        found = book.waterfalls[name]
        return f"{found.place.file}: {len(found.parties)} parties, {len(found.layers)} layers, {len(found.cases)} cases"
    if name in book.pools:
        pool = book.pools[name]
        said = (f"{len(pool.instruments)} instruments", f"{len(pool.parameters)} bounds", f"{len(pool.cases)} cases")
        return f"{pool.place.file}: {', '.join(said)}"
    rule = _named(book, region, name)
    return f"{rule.place.file}: {len(rule.clauses)} clauses, {len(rule.limits)} limits, {len(rule.cases)} cases"


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
    """The cases of one rule, group, waterfall or pool, or of all."""
    if name is not None and name in book.groups:
        return run_group_cases(book.groups[name], book)
    if name is not None and name in book.waterfalls:
        return run_waterfall_cases(book.waterfalls[name])
    if name is not None and name in book.pools:
        return run_pool_cases(book.pools[name], book)
    rules = list(book.rules.values()) if name is None else [_named(book, region, name)]
    groups = book.groups.values() if name is None else ()
    found = [result for rule in rules for result in run_cases(rule, book)]
    found += [result for group in groups for result in run_group_cases(group, book)]
    waterfalls = book.waterfalls.values() if name is None else ()
    found += [result for waterfall in waterfalls for result in run_waterfall_cases(waterfall)]
    pools = book.pools.values() if name is None else ()
    return found + [result for pool in pools for result in run_pool_cases(pool, book)]


def _named(book: Rulebook, region: str, name: str) -> Rule:
    if name not in book.rules:
        known = [*book.rules, *book.groups, *book.waterfalls, *book.pools]
        stop(f"kerong: {region} has no rule {name}; {nearest(name, known)}")
    return book.rules[name]
