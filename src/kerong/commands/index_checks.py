"""`kerong index checks`: how many firms of a run each cross-check asks to explain something."""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer
from rich.table import Table

from kerong.commands.packs import console, stop
from kerong.engine.problems import escaped
from kerong.rulebook import Rulebook, RulebookErrors, load
from kerong.rulebook.outcomes import MET, UNKNOWN
from kerong.store.runs import NotARun, Run, read_run


def checks_(
    run: Annotated[Path, typer.Argument(help="folder of a run")],
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
    firms: Annotated[bool, typer.Option("--firms", help="name the firms that are to explain something")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """How many firms each cross-check asks to explain something; `explain RUN FIRM --rule CHECK` shows one."""
    try:
        made = read_run(run)
        book = load(made.rulebook())
    except (NotARun, RulebookErrors) as error:
        stop(f"kerong: {error}")
    rows = counted(made, book)
    if as_json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    table = Table("check", "请说明" if lang == "zh" else "to be explained", "未知" if lang == "zh" else "unknown", "of")
    for row in rows:
        title = f"{book.rules[str(row['rule'])].title.in_(lang)} [{row['rule']}]"
        table.add_row(title, *(f"{row[name]:,}" for name in ("met", "unknown", "firms")))
    console.print(table)
    if firms:
        for title, enterprise_id, name in asked(made, book, lang):
            console.print(escaped(f"{enterprise_id} {name}: {title}"), markup=False, soft_wrap=True)


def asked(made: Run, book: Rulebook, lang: Literal["zh", "en"]) -> list[tuple[str, str, str]]:
    """Title of a check, id and name of a firm that is to explain something; by firm, then by check."""
    titles = {rule.name: rule.title.in_(lang) for rule in book.rules.values() if rule.is_check}
    met = made.scan("verdicts").filter(pl.col("rule").is_in(list(titles)) & (pl.col("outcome") == MET))
    named = met.join(made.scan("enterprises").select("enterprise_id", "name"), on="enterprise_id", how="left")
    rows = named.select("enterprise_id", "rule", "name").unique().sort("enterprise_id", "rule").collect()
    return [(titles[rule], firm, name or "") for firm, rule, name in rows.iter_rows()]


def counted(made: Run, book: Rulebook) -> list[dict[str, str | int]]:
    """Per check, by name: `firms` that were asked about, `met` (to be explained) and `unknown`."""
    names = [rule.name for rule in book.rules.values() if rule.is_check]
    verdicts = made.scan("verdicts").filter(pl.col("rule").is_in(names)).select("rule", "outcome").collect()
    sums = verdicts.group_by("rule").agg(
        pl.len().alias("firms"),
        (pl.col("outcome") == MET).sum().alias("met"),
        (pl.col("outcome") == UNKNOWN).sum().alias("unknown"),
    )
    return list(sums.sort("rule").iter_rows(named=True))
