"""`kerong model`: a declared model over one table, fitted to a readable card, reported on and used."""

from pathlib import Path
from typing import Annotated

import numpy as np
import polars as pl
import typer

from kerong.commands import model_city, model_table
from kerong.commands.packs import console, stop
from kerong.engine.problems import joined
from kerong.engine.score.card import drift
from kerong.engine.score.card.calibration import Method, with_prior
from kerong.engine.score.card.card import Card
from kerong.engine.score.card.report import model_card
from kerong.engine.score.card.report_words import markdown
from kerong.engine.score.card.score import score as scored
from kerong.engine.score.card.trained import trained

app = typer.Typer(help="Scorecards for any yes-or-no outcome: fit, report, score, drift.", no_args_is_help=True)
FORMULAS = r"^([=+\-@\t\r])"  # cells that a spreadsheet would take for a formula
LANGUAGES = (("zh", "中文"), ("en", "English"))
Table = Annotated[Path, typer.Argument(help="rows: .csv, .csv.gz, .txt or .parquet")]
SheetFile = Annotated[Path, typer.Option("--sheet", help="what the columns mean and when they were known (TOML)")]
CardFile = Annotated[Path, typer.Option("--card", help="a card that `kerong model fit` wrote")]
Without = Annotated[Path | None, typer.Option(help="another table: whoever stands there too is left out")]
Prior = Annotated[int | None, typer.Option(help="the share of bads in your world, in basis points: 500 is 5 %")]


@app.command("fit")
def fit_card(
    table: Table,
    sheet: SheetFile,
    out: Annotated[Path, typer.Option(help="the card, as JSON")] = Path("card.json"),
    without: Without = None,
    method: Annotated[str, typer.Option(help="calibration: isotonic or platt")] = "isotonic",
) -> None:
    """Fit a card on the rows that the sheet's test does not hold back; refused where a column knows the outcome."""
    if method not in ("isotonic", "platt"):
        stop("kerong model fit: --method is isotonic or platt")
    at = model_table.opened(table, sheet, without)
    rows = pl.Series(at.train)
    forbidden = {name: column.filter(rows) for name, column in at.read.forbidden.items()}
    outcome_on = at.read.sample.rows["outcome_on"].filter(rows)
    chosen: Method = "platt" if method == "platt" else "isotonic"
    card, problems = trained(at.read.part(rows), at.read.plan, forbidden, outcome_on, on=at.on, method=chosen)
    model_table.refused(problems)
    if card is None:
        stop("kerong model fit: no card")
    model_table.written(out, card.to_json())
    model_table.noted(at.read.problems)
    model_table.noted(problems)
    console.print(f"{out}: {card.rows:,} rows, {card.bads:,} bad, {len(card.line_names)} lines", soft_wrap=True)


@app.command()
def report(
    table: Table,
    sheet: SheetFile,
    card: CardFile,
    out: Annotated[Path, typer.Option(help="a folder for NAME.md, in both languages, and NAME.json")] = Path("."),
    prior: Prior = None,
    without: Without = None,
    draws: Annotated[int, typer.Option(min=20, help="samples of the bootstrap")] = 200,
    repeats: Annotated[int | None, typer.Option(min=1, help="of cross-validation, in place of the sheet's")] = None,
) -> None:
    """The model card: skill with intervals on rows that no model had seen, beside a logit and LightGBM; fairness."""
    at = model_table.opened(table, sheet, without)
    held = model_table.card_of(card, at.model)
    _moved(held, prior)  # a rate that no evidence could move is refused before anything is worked out
    leaks = model_table.guarded(at)
    model_table.folder_for(out)
    made = model_card(
        model_table.about(at.model),
        held,
        model_table.tested(at, held, repeats),
        joined([at.read.problems, leaks]),
        np.random.default_rng(at.model.seed),
        draws=draws,
        prior_bp=prior,
        approve_bp=at.model.approve_bp,
    )
    whole = []
    for lang, language in LANGUAGES:
        whole.append(f"<!-- {language} -->\n{markdown(made, lang)}")
    texts = {"md": "\n".join(whole), "json": made.to_json()}
    for kind, text in texts.items():
        model_table.written(out / f"{at.model.name}.{kind}", text)
    told = made.held["metrics"]["sample"]
    for name, figures in told.items():
        area = None if figures is None else figures["auc"]
        said = "not there"
        if area and area["value"] is not None:
            said = f"AUC {area['value']} ({area['low']} - {area['high']})"
        console.print(f"{name}: {said}", soft_wrap=True)


@app.command()
def score(
    table: Table,
    sheet: SheetFile,
    card: CardFile,
    out: Annotated[Path, typer.Option(help="a .csv or .parquet file")] = Path("scores.csv"),
    prior: Prior = None,
    without: Without = None,
) -> None:
    """Points, interval, coverage, probability and reasons of every row; new rows need no column of the outcome."""
    if out.suffix not in (".csv", ".parquet"):
        stop(f"kerong model score: {out} is neither a .csv nor a .parquet file")
    at = model_table.opened(table, sheet, without, judged=False)
    held = _moved(model_table.card_of(card, at.model), prior)
    found = scored(at.read.sample.rows, held)
    if out.suffix == ".parquet":
        model_table.written(out, found.write_parquet)
    else:
        flat = found.with_columns(pl.col("reasons").list.join(" "))
        texts = [name for name, kind in flat.schema.items() if kind == pl.String()]
        safe = flat.with_columns(pl.col(name).str.replace(FORMULAS, "'$1") for name in texts)
        model_table.written(out, safe.write_csv)
    console.print(f"{out}: {found.height:,} rows", soft_wrap=True)


@app.command("drift")
def drifted(table: Table, sheet: SheetFile, card: CardFile) -> None:
    """How far the rows have moved from those of the fit: every line, and the points by year of decision."""
    at = model_table.opened(table, sheet, None, judged=False)
    held = model_table.card_of(card, at.model)
    rows = at.read.sample.rows
    for name, shift in drift.by_line(held, rows).items():
        _shown(name, shift)
    within = rows.filter(pl.col("on").is_between(*held.window))
    if within.is_empty():
        console.print("no row of the table lies within the card's window: the points have nothing to be held against")
        return
    for year, count, shift in drift.by_period(held, within, rows):
        _shown(f"{year} ({count:,} rows)", shift)


def _moved(card: Card, prior: int | None) -> Card:
    try:
        return card if prior is None else with_prior(card, prior)
    except ValueError as error:
        stop(f"kerong model: --prior {prior}: {error}")


def _shown(name: str, shift: drift.Shift | None) -> None:
    said = "-" if shift is None else f"PSI {shift.value:.3f} (chance {shift.noise:.3f}) {shift.word}"
    console.print(f"{name}: {said}", soft_wrap=True)


for _name, _command in model_city.COMMANDS.items():
    app.command(_name)(_command)
