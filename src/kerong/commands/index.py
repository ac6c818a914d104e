"""`kerong index`: what raises the index of a run, how stable its ranking is, and what it predicts."""

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import polars as pl
import typer
from rich.table import Table

from kerong.commands.explain import firm_of
from kerong.commands.index_checks import checks_
from kerong.commands.index_places import rank_, trend_
from kerong.commands.index_proof import proof_
from kerong.commands.index_report import report_
from kerong.commands.packs import console, stop
from kerong.engine.problems import sentence as sentence_of
from kerong.engine.score import Scale, from_json, population, values
from kerong.engine.score.pace import reach_of
from kerong.engine.score.raising import Raising, raising
from kerong.engine.score.raising_words import sentences
from kerong.engine.score.sensitivity import Agreement, sensitivity, sentence
from kerong.rulebook import Rulebook, RulebookErrors, load
from kerong.store.runs import NotARun, Run, read_run

app = typer.Typer(help="What raises the index, how stable its ranking is, and what it predicts.", no_args_is_help=True)
Lang = Annotated[Literal["zh", "en"], typer.Option(help="language")]
app.command("rank")(rank_)
app.command("trend")(trend_)
app.command("proof")(proof_)
app.command("checks")(checks_)
app.command("report")(report_)
WEIGHTS = {
    "given": "给定 given",
    "entropy": "熵权 entropy",
    "critic": "CRITIC",
    "equal": "等权 equal",
    "drawn": "随机抽取 drawn",
}
PACE = "history/pace"
FEW = "stage_of_few_firms"
BARS = (
    "等级线属于给定权重：换用熵权等其他权重时等级线不变，等级变化只来自分数。要改用其他权重，应重新划定等级线。",
    "Bars of grades belong to the given weights: under others they stay, only points move. Then draw them anew.",
)
Folder = Annotated[Path, typer.Argument(help="folder of a run")]


@app.command("raise")
def raise_(
    run: Folder,
    enterprise: Annotated[str, typer.Argument(help="the enterprise's id, or its exact name")],
    lang: Lang = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """The cheapest set of changes that lifts a firm to the next grade, its effort, and what evidence could bring."""
    made, book, scale, on = opened(run)
    firm = firm_of(made, enterprise)
    found = raised(made, book, scale, on, str(firm["enterprise_id"]))
    if as_json:
        sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n")
        return
    console.print(f"{firm.get('name') or ''}  {firm['enterprise_id']}".strip(), style="bold")
    for line in sentences(found, book, lang):
        console.print(line, soft_wrap=True)


@app.command("sensitivity")
def sensitivity_(
    run: Folder,
    draws: Annotated[int, typer.Option(min=0, help="weightings drawn around the given ones")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="the same seed draws the same weights")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="as data")] = False,
) -> None:
    """How stable the ranking is under other weights, in a table and one sentence in both languages."""
    made, book, scale, on = opened(run)
    firms = made.table("enterprises")
    if firms.is_empty():
        stop(f"kerong: {run} has no enterprises to rank")
    found = sensitivity(
        values(firms, book, on)[0], population(firms, book), scale, book, draws, np.random.default_rng(seed)
    )
    told = [sentence(found, lang) for lang in ("zh", "en")]
    if as_json:
        rows = [asdict(item) for item in found.agreements]
        data = {"firms": found.firms, "draws": draws, "agreements": rows, "zh": told[0], "en": told[1]}
        sys.stdout.write(json.dumps(data | {"places": found.places.to_dicts()}, ensure_ascii=False, indent=1) + "\n")
        return
    table = Table("权重 weights", "Kendall τ", "Spearman ρ", "前一成留住 top tenth kept", "等级不变 same grade")
    for item in found.agreements:
        table.add_row(*agreement_cells(item))
    console.print(table)
    for line in (*told, *BARS, *few_firms(made)):
        console.print(line, soft_wrap=True)


def few_firms(made: Run) -> list[str]:
    """Stages whose objective weights are those of all firms, in both languages."""
    held = made.scan("problems").filter(pl.col("kind") == FEW).collect()
    return [sentence_of(row, lang) for row in held.iter_rows(named=True) for lang in ("zh", "en")]


def agreement_cells(item: Agreement) -> tuple[str, str, str, str, str]:
    """One weighting as cells; of draws the middle one and what 95 % of them reach."""

    def told(value: float | None, low: float | None, digits: str) -> str:
        if value is None:
            return "—"
        return f"{value:{digits}}" + ("" if low is None else f" (≥ {low:{digits}})")

    low = None if item.top_bp_low is None else item.top_bp_low / 10_000
    top = told(item.top_bp / 10_000, low, ".0%")
    return (
        WEIGHTS[item.weights],
        told(item.kendall, item.kendall_low, ".3f"),
        told(item.spearman, item.spearman_low, ".3f"),
        top,
        told(None if item.grade_bp is None else item.grade_bp / 10_000, None, ".0%"),
    )


def opened(run: Path) -> tuple[Run, Rulebook, Scale, date]:
    """A run with an index: its rulebook, scale and day; one line and the end where it is none."""
    try:
        made = read_run(run)
        book = load(made.rulebook())
        scale = from_json(made.document("scale.json"))
        on = date.fromisoformat(str(made.manifest["on"]))
    except (NotARun, RulebookErrors) as error:
        stop(f"kerong: {error}")
    except (KeyError, ValueError) as error:
        stop(f"kerong: {run} has no index that can be read: {error}")
    if not scale.yardsticks:
        stop(f"kerong: {book.region.name} has no indicators: there is no index")
    return made, book, scale, on


def raised(made: Run, book: Rulebook, scale: Scale, on: date, enterprise_id: str) -> Raising:
    """What raises one firm, read with the scale of the run."""
    own = made.scan("enterprises").filter(pl.col("enterprise_id") == enterprise_id).collect()
    row = values(own, book, on)[0].row(0, named=True)
    firm = population(own, book).row(0, named=True)
    reach = reach_of(made.table(PACE), firm["industry_group"]) if PACE in made.tables else {}
    return raising(row, scale, list(book.indicators.values()), firm["stage"], firm["industry_group"], reach)
