"""A flat table of texts becomes a sample under a declared model: typed, dated, with its forbidden columns beside it.

A cell that cannot be read is refused with its line: nothing is guessed, and what means "not known" is declared.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import polars as pl

from kerong.engine.problems import joined, problems
from kerong.engine.score.card.plan import Characteristic, Plan, Scaling, Segment
from kerong.engine.score.card.sample import Sample
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.models import EVERYONE
from kerong.rulebook.table_models import AFTER, DECISION, TableColumn, TableModel
from kerong.rulebook.tree import Node, fields_of

Row = dict[str, object]
SHOWN = 5  # cells of a column that are told one by one
UNIX = date(1970, 1, 1)
NO_DAY = date.min  # no expression of a sheet over a table can name the day of a run


@dataclass(frozen=True, slots=True)
class Tabled:
    """`sample.rows` carries `outcome_on`, `held` (the column that the test splits by) and `forbidden.<name>` beside
    what a sample has; `problems` says what was left out. Nothing is to be used where one is "refused"."""

    sample: Sample
    plan: Plan
    problems: pl.DataFrame

    @property
    def forbidden(self) -> dict[str, pl.Series]:
        """The columns that know the outcome, by name."""
        names = [name for name in self.sample.rows.columns if name.startswith("forbidden.")]
        return {name.removeprefix("forbidden."): self.sample.rows[name] for name in names}

    def part(self, rows: pl.Series) -> Sample:
        """The sample of the rows where `rows` (Boolean, in the order of the sample) is true."""
        return Sample(
            self.sample.rows.filter(rows), {name: day.filter(rows) for name, day in self.sample.known.items()}
        )


def plan_of(model: TableModel) -> Plan:
    """What the sheet asks of a card."""
    points, odds, pdo = model.scaling
    return Plan(
        name=model.name,
        characteristics=tuple(
            Characteristic(one.name, one.kind, one.trend, one.title, one.believed) for one in model.characteristics
        ),
        segments=tuple(Segment(one.name, one.text) for one in model.segments),
        scaling=Scaling(points, odds, pdo),
        bins_most=model.bins_most,
        bin_least_bp=model.bin_least_bp,
        seed=model.seed,
    )


def tabled(
    table: pl.DataFrame, model: TableModel, file: str, without: Collection[str] = (), *, judged: bool = True
) -> Tabled:
    """The sample of a table whose columns are all texts. `without`: subjects that stand in another file as well.

    Rows that are not `judged` yet may lack the outcome and whatever is known after the decision only: it is empty then.
    Raises ValueError where another column that the sheet names is not there.
    """
    typed, told = _typed(table, model, file, frozenset() if judged else _later(model))
    lines = pl.Series([f"{at:07}" for at in range(1, table.height + 1)], dtype=pl.String)
    days = typed[model.day] if isinstance(model.day, str) else pl.repeat(model.day, table.height, eager=True)
    made, undefined = _worked_out(typed, model, file)
    known = {f"known.{one.name}": _known(one.value, model, typed, days) for one in model.characteristics}
    whole = made.select(pl.exclude("^when\\..*$")).with_columns(
        subject=typed[model.subject] if model.subject else lines,
        on=days,
        outcome=_outcome(typed, model),
        segment=made.with_columns(_segment(model))["segment"],
        outcome_on=typed[model.outcome.on] if model.outcome.on else pl.lit(None, pl.Date),
        held=typed[model.test.column] if model.test.column else pl.lit(None, pl.String),
        **{f"forbidden.{one.name}": typed[one.name] for one in model.forbidden},
        **known,
    )
    kept, dropped = _kept(whole, without)
    sample = Sample(
        kept.select(pl.exclude("^known\\..*$")), {name.removeprefix("known."): kept[name] for name in known}
    )
    rows = [{"file": file, "stage": "score", "severity": "noted", "rule": model.name, **row} for row in dropped]
    return Tabled(sample, plan_of(model), joined([problems([*told, *undefined, *rows])]))


def _later(model: TableModel) -> frozenset[str]:
    """Columns that a row has once its outcome is known: the outcome, its day, what is known after the decision."""
    outcome = {model.outcome.column, *filter(None, (model.outcome.on,))}
    return frozenset(outcome | {one.name for one in model.forbidden})


def _typed(table: pl.DataFrame, model: TableModel, file: str, later: frozenset[str]) -> tuple[pl.DataFrame, list[Row]]:
    columns, told = [], []
    for one in model.columns:
        header = next((name for name in one.headers if name in table.columns), None)
        if header is None and one.name in later:
            columns.append(_read(pl.repeat(None, table.height, dtype=pl.String, eager=True), one)[0].alias(one.name))
            continue
        if header is None:
            raise ValueError(f"{file} has no column {' / '.join(one.headers)} ({one.name} of model {model.name})")
        column, wrong = _read(table[header].cast(pl.String), one)
        columns.append(column.alias(one.name))
        told += [{"stage": "score", "file": file, "column": header, "rule": model.name, **row} for row in wrong]
    return pl.DataFrame(columns), told


def _read(cells: pl.Series, one: TableColumn) -> tuple[pl.Series, list[Row]]:
    """The typed column, and cells that cannot be read (whole numbers may be written with .0 behind them)."""
    text = cells.str.strip_chars()
    text = pl.select(pl.when(text.is_in(["", *one.missing])).then(None).otherwise(text)).to_series()
    if one.kind != "number":
        text = text.str.replace(r"^(\d+)\.0+$", "$1")
        text = pl.select(pl.when(text.is_in(["", *one.missing])).then(None).otherwise(text)).to_series()
    if one.codes:
        text = text.replace(dict(one.codes))
    if one.kind == "text":
        return text.str.slice(0, one.first) if one.first else text, []
    if one.kind == "number":
        found = text.cast(pl.Float64, strict=False)
        found = pl.select(pl.when(found.is_finite()).then(found)).to_series()
    elif one.zero_day is not None:
        number = text.cast(pl.Int64, strict=False)
        held = pl.select(pl.when(number.is_between(-100_000, 100_000)).then(number)).to_series()
        found = (held + (one.zero_day - UNIX).days).cast(pl.Int32).cast(pl.Date)
    else:
        found = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    bad = (text.is_not_null() & found.is_null()).arg_true()
    wrong: list[Row] = [
        {"kind": "table_cell_unread", "severity": "refused", "line": at + 2, "value": str(text[at])[:80]}
        for at in bad[:SHOWN].to_list()
    ]
    return found, wrong


def _worked_out(typed: pl.DataFrame, model: TableModel, file: str) -> tuple[pl.DataFrame, list[Row]]:
    """Characteristics as numbers and categories, groups as texts, conditions of segments as `when.<name>`."""
    nodes = {one.name: one.value for one in model.characteristics}
    groups = {f"group.{name}": node for name, node in model.groups.items()}
    when = {f"when.{one.name}": one.when for one in model.segments}
    rows = typed.rename({name: f"row.{name}" for name in typed.columns})
    found = evaluate(rows, {**nodes, **groups, **when}, NO_DAY)
    undefined: list[Row] = [
        {
            "kind": "table_value_undefined",
            "stage": "score",
            "severity": "noted",
            "rule": model.name,
            "file": file,
            "column": name,
            "value": str(rows),
        }
        for name, rows in found.errors.group_by("name").len().sort("name").iter_rows()
    ]
    numbers = [name for name in nodes if found.frame[name].dtype != pl.String()]
    return found.frame.with_columns(
        *(pl.col(name).cast(pl.Float64) for name in numbers), *(pl.col(name).cast(pl.String) for name in groups)
    ), undefined


def _known(value: Node, model: TableModel, typed: pl.DataFrame, days: pl.Series) -> pl.Series:
    """The day on which the last of the columns behind a value was known; null where one of them has none."""
    columns = {one.name: one.known for one in model.columns}
    read = sorted({columns[name] for _, name in fields_of(value)} - {DECISION})
    found = pl.DataFrame({"": days, **{name: typed[name] for name in read if name != AFTER}})
    nothing = pl.any_horizontal(pl.all().is_null())
    return found.select(pl.when(~nothing).then(pl.max_horizontal(pl.all()))).to_series().cast(pl.Date)


def _outcome(typed: pl.DataFrame, model: TableModel) -> pl.Series:
    named = {**dict.fromkeys(model.outcome.bad, True), **dict.fromkeys(model.outcome.good, False)}
    return typed[model.outcome.column].replace_strict(named, default=None, return_dtype=pl.Boolean)


def _segment(model: TableModel) -> pl.Expr:
    found = pl.lit(EVERYONE)
    for one in reversed(model.segments):
        found = pl.when(pl.col(f"when.{one.name}")).then(pl.lit(one.name)).otherwise(found)
    return found.alias("segment")


def _kept(whole: pl.DataFrame, without: Collection[str]) -> tuple[pl.DataFrame, list[Row]]:
    """The rows that have a subject and a day, are in no other file, and stand once; how many were left out."""
    keyed = whole.drop_nulls(["subject", "on"])
    own = keyed.filter(~pl.col("subject").is_in(sorted(without))) if without else keyed
    once = own.sort(own.columns).unique(["subject", "on"], keep="first", maintain_order=True)
    heights = whole.height, keyed.height, own.height, once.height
    kinds = ("table_row_without_key", "table_row_elsewhere", "table_row_repeated")
    lost = zip(kinds, heights[:-1], heights[1:], strict=True)
    return once, [{"kind": kind, "value": str(before - after)} for kind, before, after in lost if before > after]
