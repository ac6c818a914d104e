"""`kerong index report`: the index of one firm of a run as PDF, as the portal gives it to the firm."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer

from kerong.commands.explain import firm_of
from kerong.commands.packs import console, stop
from kerong.engine.score import Scale, from_json
from kerong.engine.score.report import NOTED, Told, index_report
from kerong.paper.index_content import index_content
from kerong.paper.index_pdf import index_pdf
from kerong.paper.typeset import FontMissing
from kerong.rulebook import RulebookErrors, load
from kerong.store.runs import NotARun, Run, read_run

TREND, PACE = "history/index", "history/pace"


def report_(
    run: Annotated[Path, typer.Argument(help="folder of a run")],
    enterprise: Annotated[str, typer.Argument(help="the enterprise's id, or its exact name")],
    out: Annotated[Path, typer.Option(help="the PDF to write")],
    lang: Annotated[Literal["zh", "en"], typer.Option(help="language")] = "zh",
) -> None:
    """The index of one firm as PDF: points with what is open, places, what raises it, every indicator."""
    try:
        made = read_run(run)
        book = load(made.rulebook())
        scale = from_json(made.document("scale.json"))
        on = date.fromisoformat(str(made.manifest["on"]))
    except (NotARun, RulebookErrors, KeyError, ValueError) as error:
        stop(f"kerong: {run}: {error}")
    if not scale.yardsticks:
        stop(f"kerong: {book.region.name} has no indicators: there is no index")
    firm = firm_of(made, enterprise)
    told = told_of(made, scale, str(firm["enterprise_id"]))
    content = index_content(index_report(told, book, scale, on), book, scale, lang)
    name = firm.get("name")
    try:
        written = index_pdf(content, str(name) if name else None, book.region, str(made.manifest["run_id"])[:12])
        out.write_bytes(written)
    except (FontMissing, OSError) as error:
        stop(f"kerong: {error}")
    console.print(f"{out}: {len(written):,} bytes", soft_wrap=True)


def told_of(made: Run, scale: Scale, enterprise_id: str) -> Told:
    """What a run holds of one firm."""
    mine = pl.col("enterprise_id") == enterprise_id
    score = made.scan("scores").filter(mine).collect().row(0, named=True)
    stage = pl.col("stage").eq_missing(pl.lit(score["stage"], pl.String))
    medians = [pl.col(f"points_{name}").median().alias(name) for name in scale.dimensions]
    return Told(
        firm=made.scan("enterprises").filter(mine).collect(),
        score=score,
        size=made.scan("scores").select(pl.len()).collect().item(),
        verdicts=made.scan("verdicts").filter(mine).select("rule", "outcome").collect().to_dicts(),
        coverage=made.scan("coverage").filter(mine).collect().to_dicts(),
        trend=made.scan(TREND).filter(mine).sort("on").collect().to_dicts() if TREND in made.tables else None,
        pace=made.table(PACE) if PACE in made.tables else None,
        noted=made.scan("problems").filter(pl.col("kind").is_in(NOTED)).collect().to_dicts(),
        typical=made.scan("scores").filter(stage).select(medians).collect().row(0, named=True),
    )
