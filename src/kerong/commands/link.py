"""`kerong link`: rows of one firm found without a code, and the proof of how well."""

import sys
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from kerong.commands.packs import console, stop
from kerong.engine.problems import sentence
from kerong.engine.record.linkage import (
    Linked,
    Model,
    PlanError,
    RowsError,
    deduplicated,
    fit,
    linked,
    review_queue,
    standard_plan,
)
from kerong.engine.record.linkage.grading import Grade, graded, graded_sample, pairs_of_groups
from kerong.lab.linking import spelled_rows
from kerong.lab.rates import Rates
from kerong.store.packs import read_pack

app = typer.Typer(help="Link rows of one firm where no code exists.", no_args_is_help=True)
FORMULAS = r"^([=+\-@\t\r])"  # cells that a spreadsheet would take for a formula
Table = Annotated[Path, typer.Argument(help="rows: .csv, .csv.gz or .parquet")]
Other = Annotated[
    Path | None, typer.Argument(help="rows of the other side; without it the rows are linked with each other")
]
Id = Annotated[
    str, typer.Option("--id", help="the column that tells rows apart; made of all columns where it is not there")
]
Columns = Annotated[str, typer.Option(help="our names for columns of the file: name=comp_name,address=comp_address")]


@app.command("fit")
def fit_model(
    rows: Table,
    other: Other = None,
    to: Annotated[Path, typer.Option(help="the model, as JSON")] = Path("linkage.json"),
    id_column: Id = "id",
    columns: Columns = "",
) -> None:
    """Learn a model from rows without labels; it is frozen in a file that people can read."""
    left = _read(rows, columns, id_column)
    right = None if other is None else _read(other, columns, id_column)
    model = _fitted(left, right, id_column)
    to.write_text(model.to_json(), encoding="utf-8")
    console.print(f"{to}: {len(model.plan.comparisons)} comparisons, {len(model.plan.keys)} keys")
    console.print(f"same from probability {model.upper:.4f} on, reviewed from {model.lower:.4f} on")


@app.command()
def apply(
    rows: Table,
    model: Annotated[Path, typer.Option(help="a model that `kerong link fit` wrote")],
    to: Annotated[Path, typer.Option(help="a folder for pairs.csv and queue.csv")],
    other: Other = None,
    decisions: Annotated[
        Path | None, typer.Option(help="what stewards decided: left_id,right_id,decision,by,at")
    ] = None,
    id_column: Id = "id",
    columns: Columns = "",
) -> None:
    """Link rows by a frozen model: what is the same, and the queue of what a steward has to look at."""
    left = _read(rows, columns, id_column)
    right = None if other is None else _read(other, columns, id_column)
    frozen = _model(model)
    known = None if decisions is None else pl.read_csv(decisions, try_parse_dates=True)
    try:
        found = _linked(left, right, frozen, id_column, known)
    except (RowsError, ValueError) as error:
        stop(f"kerong link: {error}")
    queue = review_queue(found, left, left if right is None else right, frozen, left_id=id_column, right_id=id_column)
    to.mkdir(parents=True, exist_ok=True)
    for name, table in (("pairs", found.pairs), ("queue", queue)):
        _harmless(table).write_csv(to / f"{name}.csv")
    for problem in found.problems.iter_rows(named=True):
        console.print(sentence(problem, "zh"), soft_wrap=True)
    _told(found)


@app.command()
def proof(
    rows: Table,
    truth: Annotated[str | None, typer.Option(help="the column that is equal in rows of one firm")] = None,
    labels: Annotated[Path | None, typer.Option(help="a labelled sample: stratum,of,same,left_…,right_…")] = None,
    id_column: Id = "id",
    columns: Columns = "",
) -> None:
    """Precision, recall and calibration on rows of which the truth is known; no threshold looks at it."""
    if (truth is None) == (labels is None):
        stop("kerong link proof: give --truth or --labels")
    left = _read(rows, columns, id_column)
    model = _fitted(left.drop(truth) if truth else left, None, id_column)
    found = _linked(left, None, model, id_column, None)
    _told(found)
    if truth:
        _show(graded(found.pairs, pairs_of_groups(left, id_column, truth)), model)
    elif labels:
        _show(graded_sample(found.pairs, labelled(pl.read_csv(labels, infer_schema=False))), model)


@app.command()
def city(
    firms: Annotated[int, typer.Option(min=50, help="firms of the synthetic city")] = 3_000,
    seed: Annotated[int, typer.Option(min=0, help="of the city")] = 20_261_121,
    dirt: Annotated[float, typer.Option(min=0, help="how many times as dirty as usual")] = 1.0,
    region: Annotated[str, typer.Option(help="the region whose registers it keeps")] = "suzhou",
) -> None:
    """How well rows of a synthetic city's company register find their firms by name, district and day alone."""
    rows, enterprises, true = spelled_rows(firms, seed, read_pack(region), Rates().scaled(dirt))
    model = fit(rows, enterprises, standard_plan(rows, enterprises))
    found = linked(rows, enterprises, model)
    _told(found)
    _show(graded(found.pairs, true), model)


def labelled(sample: pl.DataFrame) -> pl.DataFrame:
    """A labelled sample as pairs: each stands for as many pairs as its stratum has per label; the undecided
    are left out."""
    known = sample.filter(pl.col("same").is_in(["0", "1"]))
    ids = {
        side: pl.concat_str(f"{side}_name", f"{side}_address", separator="|", ignore_nulls=False)
        for side in ("left", "right")
    }
    return known.select(
        left_id=pl.min_horizontal(*ids.values()),
        right_id=pl.max_horizontal(*ids.values()),
        is_true=pl.col("same") == "1",
        weight=pl.col("of").cast(pl.Float64) / pl.len().over("stratum"),
    )


def _read(path: Path, columns: str, id_column: str) -> pl.DataFrame:
    """Rows of a file under our names, each once where they have no id of their own."""
    try:
        if path.suffix == ".parquet":
            table = pl.read_parquet(path)
        else:
            table = pl.read_csv(path, infer_schema=False, encoding="utf8-lossy")
    except (OSError, pl.exceptions.PolarsError) as error:
        stop(f"kerong link: {path}: {str(error).splitlines()[0]}")
    if columns:
        named = dict(part.split("=", 1)[::-1] for part in columns.split(",") if "=" in part)
        lacking = [name for name in named if name not in table.columns]
        if lacking:
            stop(f"kerong link: {path} has no column {', '.join(lacking)}")
        table = table.select(pl.col(old).alias(new) for old, new in named.items())
    if id_column not in table.columns:
        whole = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in table.columns], separator="|")
        table = table.unique(maintain_order=True).with_columns(whole.alias(id_column))
    return _placed(table)


def _placed(table: pl.DataFrame) -> pl.DataFrame:
    """An address that ends in “city, ST, 12345” is parted where the table has no columns of its own for them."""
    if "address" not in table.columns or {"city", "state", "zip"} & set(table.columns):
        return table
    end = r",\s*([^,]+),\s*([A-Za-z]{2}),\s*(\d{5})(?:-\d+)?\s*$"
    address = pl.col("address")
    if not table["address"].str.contains(end).any():
        return table
    parts = {name: address.str.extract(end, place) for place, name in enumerate(("city", "state", "zip"), 1)}
    return table.with_columns(**parts, address=address.str.replace(end, ""))


def _fitted(left: pl.DataFrame, right: pl.DataFrame | None, id_column: str) -> Model:
    try:
        return fit(left, right, standard_plan(left, right), id_column=id_column)
    except (PlanError, RowsError) as error:
        stop(f"kerong link: {error}")


def _linked(
    left: pl.DataFrame, right: pl.DataFrame | None, model: Model, id_column: str, decisions: pl.DataFrame | None
) -> Linked:
    if right is None:
        return deduplicated(left, model, decisions, id_column=id_column)
    return linked(left, right, model, decisions, left_id=id_column, right_id=id_column)


def _model(path: Path) -> Model:
    try:
        return Model.from_json(path.read_text(encoding="utf-8"))
    except PlanError as error:
        stop(f"kerong link: {path}: {error}")


def _harmless(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(
        pl.col(name).str.replace(FORMULAS, "'$1") for name, dtype in table.schema.items() if dtype == pl.String
    )


def _told(found: Linked) -> None:
    counts = dict(found.pairs["decided"].value_counts().iter_rows())
    said = {name: counts.get(name, 0) for name in ("same", "review")}
    console.print(
        f"{said['same']:,} pairs are the same, {said['review']:,} are under review; "
        f"compared {found.work['compared']:,}, not looked at in large blocks {found.work['not_looked_at']:,}",
        soft_wrap=True,
    )


def _show(grade: Grade, model: Model) -> None:
    console.print(f"thresholds without labels: same from {model.upper:.4f}, review from {model.lower:.4f}")
    for line in grade.lines():
        sys.stdout.write(line + "\n")
