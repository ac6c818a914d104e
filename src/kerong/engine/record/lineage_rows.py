"""The rows of a register behind a value, and of each that does not count why: see docs/algorithms/lineage.md."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from kerong.engine.record.clean import Cleaned
from kerong.engine.record.dates import known_on
from kerong.engine.record.duplicates import BY, KNOWN, WON
from kerong.engine.record.facts import ENTERPRISE, Sources, identified, renumbered
from kerong.engine.record.neighbours import HeldTable
from kerong.engine.record.old_numbers import OldNumbers
from kerong.engine.record.tables import LINE, PART
from kerong.engine.record.windows import in_window
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Measure, Register
from kerong.rulebook.rows import prefixed, row_key
from kerong.rulebook.tree import fields_of

WHY = "#why"
COUNTS = ""  # of a row that counts there is nothing to say


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a register: where it stands, what it says, and why it does not count (`why`, empty where it does).

    `cells`: the columns that the value reads, as they were cleaned. `why` is a key of `lineage_words.WHY`.
    Of a row in quarantine the cells could not be read: `raw` has them as they stand, `faults` what is wrong (as rows of
    the table of problems).
    """

    register: str
    file: str
    feed: str
    batch: str
    line: int
    row_key: str
    period: object
    known: date | None
    cells: Mapping[str, object]
    why: str = COUNTS
    raw: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Mapping[str, object], ...] = ()

    @property
    def counts(self) -> bool:
        """Whether the value rests on it."""
        return self.why == COUNTS


def measured_rows(measure: Measure, rows: pl.DataFrame, register: Register, on: date) -> pl.DataFrame:
    """`rows` (of one enterprise, in the register's order) with WHY: what keeps each from counting."""
    wide = prefixed(rows, register.name)
    inside = pl.lit(value=True) if measure.window == "all" else in_window(measure, register, on).fill_null(value=False)
    reasons = [pl.when(~inside).then(pl.lit("outside_window"))]
    wanted = {name: getattr(measure, name) for name in ("where", "value", "by") if getattr(measure, name) is not None}
    if wanted and wide.height:
        told = evaluate(wide, wanted, on, measure.parameters)
        wide = wide.with_columns(told.frame.select(pl.all().name.prefix("#")))
        if "where" in wanted:
            reasons.append(pl.when(~pl.col("#where")).then(pl.lit("condition_failed")))
        unknown = pl.any_horizontal(pl.col(f"#{name}").is_null() for name in wanted)
        reasons.append(pl.when(unknown).then(pl.lit("unknown")))
    found = wide.with_columns(pl.coalesce(*reasons, pl.lit(COUNTS)).alias(WHY))[WHY]
    if measure.aggregate in ("latest", "earliest"):
        found = _one_in_time(measure, rows, register, found)
    return rows.with_columns(found)


def _one_in_time(measure: Measure, rows: pl.DataFrame, register: Register, why: pl.Series) -> pl.Series:
    """Of the rows that would count the latest (or earliest) alone does; an unknown one speaks all the same."""
    taken = why.is_in([COUNTS, "unknown"]) if measure.at_least is None else why == COUNTS
    order = [str(register.period), *([register.known or register.period] if register.known or register.period else [])]
    numbered = rows.with_row_index("#at").filter(taken)
    ordered = numbered.sort([name for name in dict.fromkeys(order) if name], maintain_order=True, nulls_last=False)
    if not ordered.height:
        return why
    chosen = ordered["#at"][-1 if measure.aggregate == "latest" else 0]
    other = "not_latest" if measure.aggregate == "latest" else "not_earliest"
    rest = taken & (pl.int_range(rows.height, eager=True) != chosen)
    return pl.select(pl.when(rest).then(pl.lit(other)).otherwise(why).alias(WHY)).to_series()


def dropped(
    near: HeldTable, clean: Cleaned, register: Register, on: date, enterprise_id: str, whose: OldNumbers
) -> pl.DataFrame:
    """The enterprise's rows that the record does not have, with WHY; of registers that know firms by a code or a name
    with its state (what is known by name alone has no owner before it is linked).
    """
    if register.identify in ("none", "name"):
        return near.held.clear().with_columns(pl.lit(COUNTS).alias(WHY))
    rows = renumbered(identified(near.held, register)[0], register, whose)[0]
    rows = rows.filter(pl.col(ENTERPRISE) == enterprise_id)
    rows = rows.join(clean.rows.select(PART, LINE), on=[PART, LINE], how="anti", maintain_order="left")
    known = known_on(register)
    day = pl.lit(None, dtype=pl.Date) if known is None else known
    lost = clean.contested.filter(~pl.col(WON)).select(PART, LINE, BY)
    rows = rows.join(lost, on=[PART, LINE], how="left", maintain_order="left")
    timeless = pl.lit(value=False) if known is None else day.is_null()
    why = (
        pl.when(timeless)
        .then(pl.lit("time_unknown"))
        .when(day > on)
        .then(pl.lit("later_than_on"))
        .when(pl.col(BY) == "latest")
        .then(pl.lit("row_superseded"))
        .when(pl.col(BY) == "none")
        .then(pl.lit("rows_in_conflict"))
        .when(pl.col(BY).is_not_null())
        .then(pl.lit("row_in_conflict"))
        .otherwise(pl.lit("duplicate_row"))
    )
    return rows.with_columns(why.alias(WHY)).drop(BY)


def provided_rows(table: pl.DataFrame, column: str, wins: bool, value: object) -> pl.DataFrame:
    """A source's rows, the latest known first, with WHY: the first that fills the column speaks for its source.

    `table`: from `settle.in_time_order`. `wins`: whether this source is the one that counts,
    with this value: a steward may have chosen what a row further down says.
    """
    filled = table[column].is_not_null()
    speaks = (table[column] == value).fill_null(value=False) if wins and value is not None else filled
    first = speaks & (speaks.cum_sum() == 1)
    other = "other_source" if not wins else "older"
    why = (
        pl.when(~pl.col("#filled"))
        .then(pl.lit("empty"))
        .when(pl.col("#first"))
        .then(pl.lit(COUNTS if wins else other))
        .otherwise(pl.lit("older"))
    )
    marks = pl.DataFrame({"#filled": filled, "#first": first})
    return table.with_columns(marks.select(why.alias(WHY)))


def rows_of(table: pl.DataFrame, register: Register, sources: Sources, columns: Iterable[str]) -> Iterator[Row]:
    """Rows of a table with PART, LINE and WHY as records, in their order."""
    known = known_on(register)
    wanted = [name for name in dict.fromkeys(columns) if name in table.columns]
    told = table.with_columns(
        row_key(register).alias("#key"), (pl.lit(None, dtype=pl.Date) if known is None else known).alias(KNOWN)
    )
    for row in told.iter_rows(named=True):
        source = sources[row[PART]]
        yield Row(
            register=register.name,
            file=source.file,
            feed=source.feed,
            batch=source.batch,
            line=row[LINE],
            row_key=row["#key"],
            period=None if register.period is None else row[register.period],
            known=row[KNOWN],
            cells={name: row[name] for name in wanted},
            why=row[WHY],
        )


def read_columns(measure: Measure) -> list[str]:
    """The register's columns that a measure reads, sorted."""
    nodes = [node for node in (measure.value, measure.by, measure.where) if node is not None]
    return sorted({column for node in nodes for table, column in fields_of(node) if table == measure.over})
