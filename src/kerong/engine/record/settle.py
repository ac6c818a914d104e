"""Several sources state one field of an enterprise: which value counts, and what the others said.

See docs/algorithms/settle.md. Nothing is dropped silently: every value that lost stands in the table of conflicts.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from kerong.engine.record.dates import known_on
from kerong.engine.record.decided import SETTLEMENTS
from kerong.engine.record.duplicates import BY, KNOWN, RELIABILITY, WON
from kerong.engine.record.tables import LINE, PART
from kerong.engine.record.windows import shifted
from kerong.rulebook.content import Register, Settlement
from kerong.rulebook.rows import row_key

ENTERPRISE = "enterprise_id"
Feeds = Sequence[tuple[str, int]]  # name and reliability of the feed of each source, by PART
CONFLICTS = pl.Schema(
    {
        ENTERPRISE: pl.String(),
        "field": pl.String(),
        "register": pl.String(),
        "feed": pl.String(),
        "column": pl.String(),
        "row_key": pl.String(),
        "value": pl.String(),
        "known": pl.Date(),
        "reliability": pl.Int64(),
        "won": pl.Boolean(),
        "by": pl.String(),
        "decided_by": pl.String(),
        "decided_at": pl.Datetime("us"),
    }
)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a register's column says of a field: `enterprise_id`, `value`, KNOWN and PART of its filled cells, in the
    order of `in_time_order`.
    """

    register: str
    column: str
    rows: pl.DataFrame
    feeds: Feeds


def in_time_order(table: pl.DataFrame, register: Register, contested: pl.DataFrame | None = None) -> pl.DataFrame:
    """A register's rows with KNOWN and PART, the latest known first, rows of one day by their content.

    Rows that lost against another of their key (`contested`) follow those of their day that count: each feed may state
    a field for itself, even where its row does not count.
    """
    known = known_on(register)
    day = (pl.lit(None, dtype=pl.Date) if known is None else known).alias(KNOWN)
    part = pl.col(PART) if PART in table.columns else pl.lit(0, dtype=pl.UInt32).alias(PART)
    content = [name for name in table.columns if name not in (PART, LINE, "row_key")]  # that is made of the others
    line = [LINE] if LINE in table.columns else []
    rows = table.select(*content, part, *line, day, pl.lit(value=False).alias("#lost"))
    if contested is not None and contested.height:
        lost = contested.filter(~pl.col(WON)).select(*content, PART, *line, KNOWN, pl.lit(value=True).alias("#lost"))
        rows = pl.concat([rows, lost])
    order = [KNOWN, "#lost", *content]
    return rows.sort(order, descending=[True] + [False] * (len(order) - 1), nulls_last=True).drop("#lost")


def settled(
    field: str, stated: Sequence[Stated], settlement: Settlement, on: date, chosen: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Per enterprise the value that counts (`enterprise_id`, `value`, `known`, `from`), and the conflicts.

    A statement is what one feed of one source said last. "order": the first source wins; "latest": what was known last;
    "reliability": the most reliable. Ties are broken by the rules that are left, then by the order of rows. A statement
    of before `stale_months` wins only where all are as old; one that cannot say when it was known counts as old.
    `chosen` (see `decided`): values that stewards chose; they win where somebody states them.
    """
    said = pl.concat([_statements(one, place) for place, one in enumerate(stated)])
    said = _with_choices(said, chosen if chosen is not None else SETTLEMENTS.to_frame())
    months = settlement.stale_months
    old = pl.lit(value=False) if months is None else (pl.col(KNOWN) < months_before(on, months)).fill_null(value=True)
    ranks = {"place": False, KNOWN: True, RELIABILITY: True, "#chosen": True}
    first = {"order": "place", "latest": KNOWN, "reliability": RELIABILITY}[settlement.by]
    if settlement.by == "reliability":
        ranks = {KNOWN: True, "place": False, RELIABILITY: True, "#chosen": True}
    order = list(dict.fromkeys([ENTERPRISE, "#chosen", "#old", first, *ranks, "#row"]))
    down = [ranks.get(name, False) for name in order]
    said = said.with_columns(old.alias("#old")).sort(order, descending=down, nulls_last=True)
    winners = said.unique(ENTERPRISE, keep="first", maintain_order=True)
    sources = pl.Series("from", [f"{one.register}.{one.column}" for one in stated], dtype=pl.String)
    found = winners.select(ENTERPRISE, "value", pl.col(KNOWN).alias("known"), "place")
    found = found.with_columns(sources.gather(found["place"]).alias("from")).drop("place")
    return found, _conflicts(field, said, stated, settlement.by)


def _with_choices(said: pl.DataFrame, chosen: pl.DataFrame) -> pl.DataFrame:
    """Statements with "#chosen", and who chose when."""
    told = chosen.select(
        ENTERPRISE, "value", pl.col("by").alias("decided_by"), pl.col("at").alias("decided_at")
    ).rename({"value": "#choice"})
    wide = said.join(told, on=ENTERPRISE, how="left", maintain_order="left")
    same = (pl.col("value").cast(pl.String) == pl.col("#choice")).fill_null(value=False)
    return wide.with_columns(same.alias("#chosen")).drop("#choice")


def _statements(one: Stated, place: int) -> pl.DataFrame:
    """The first row of each enterprise and feed: its place among the sources, reliability and row."""
    feeds = pl.DataFrame(
        {
            PART: range(len(one.feeds)),
            "feed": [name for name, _ in one.feeds],
            RELIABILITY: [weight for _, weight in one.feeds],
        },
        schema={PART: pl.UInt32, "feed": pl.String, RELIABILITY: pl.Int64},
    )
    rows = one.rows.with_row_index("#row").join(feeds, on=PART, how="left", maintain_order="left").drop(PART)
    last = rows.unique([ENTERPRISE, "feed"], keep="first", maintain_order=True)
    return last.with_columns(pl.lit(place, dtype=pl.UInt32).alias("place"))


def _conflicts(field: str, said: pl.DataFrame, stated: Sequence[Stated], by: str) -> pl.DataFrame:
    """All statements of the enterprises whose sources are not of one mind; `said` begins with the one that counts."""
    of_firm = {
        "#values": pl.col("value").n_unique(),
        "#value": pl.col("value").first(),
        "#fresh": ~pl.col("#old").first(),
        "#decided": pl.col("#chosen").first(),
    }
    wide = said.with_columns(taken.over(ENTERPRISE).alias(name) for name, taken in of_firm.items())
    rows = wide.filter(pl.col("#values") > 1)
    place = rows["place"]
    registers = pl.Series("register", [one.register for one in stated], dtype=pl.String)
    columns = pl.Series("column", [one.column for one in stated], dtype=pl.String)
    return rows.select(
        ENTERPRISE,
        pl.lit(field).alias("field"),
        registers.gather(place),
        "feed",
        columns.gather(place),
        pl.lit("").alias("row_key"),
        pl.col("value").cast(pl.String),
        pl.col(KNOWN).alias("known"),
        pl.col(RELIABILITY).alias("reliability"),
        (pl.col("value") == pl.col("#value")).alias("won"),
        pl.when("#decided")
        .then(pl.lit("decision"))
        .when(pl.col("#old") & pl.col("#fresh"))
        .then(pl.lit("stale"))
        .otherwise(pl.lit(by))
        .alias("by"),
        *(pl.when("#decided").then(name).alias(name) for name in ("decided_by", "decided_at")),
    ).cast(CONFLICTS)


def contradictions(contested: pl.DataFrame, register: Register, feeds: Feeds) -> pl.DataFrame:
    """Cells in which rows of one key differ: what the row that counts says, and what the others said.

    `contested`: see `duplicates.Once`, with `enterprise_id`. `field` is "register.column". When a row was
    known is no contradiction.
    """
    if not contested.height:
        return CONFLICTS.to_frame()
    times = {register.known, *(column.known for column in register.columns.values())}
    cells = [name for name in register.columns if name not in {*register.row, *times}]
    enterprise = pl.col(ENTERPRISE) if ENTERPRISE in contested.columns else pl.lit(None, dtype=pl.String)
    rows = contested.with_columns(row_key(register).alias("row_key"), enterprise.alias(ENTERPRISE))
    runner_up = pl.col(BY).filter(~pl.col(WON)).first().over(ENTERPRISE, "row_key")
    rows = rows.with_columns(pl.when(WON).then(runner_up).otherwise(BY).alias(BY))
    names = pl.Series("feed", [name for name, _ in feeds], dtype=pl.String)
    rows = rows.with_columns(names.gather(rows[PART]))
    found = [CONFLICTS.to_frame()]
    differing = rows.select(
        (pl.col(name).cast(pl.String).n_unique().over(ENTERPRISE, "row_key") > 1).any().alias(name) for name in cells
    )
    for name in cells:
        if not differing[name].item():
            continue
        value = rows.select(
            ENTERPRISE, "row_key", "feed", WON, BY, KNOWN, RELIABILITY, pl.col(name).cast(pl.String).alias("value")
        )
        others = pl.col("value").n_unique().over(ENTERPRISE, "row_key") > 1
        is_said = pl.col("value").is_not_null()
        value = value.filter(others & (is_said | pl.col(WON)))
        value = value.unique([*value.columns], maintain_order=True)
        found.append(
            value.select(
                ENTERPRISE,
                pl.lit(f"{register.name}.{name}").alias("field"),
                pl.lit(register.name).alias("register"),
                "feed",
                pl.lit(name).alias("column"),
                "row_key",
                "value",
                pl.col(KNOWN).alias("known"),
                pl.col(RELIABILITY).alias("reliability"),
                pl.col(WON).alias("won"),
                pl.col(BY).alias("by"),
                pl.lit(None).alias("decided_by"),
                pl.lit(None).alias("decided_at"),
            ).cast(CONFLICTS)
        )
    return pl.concat(found)


def months_before(on: date, months: int) -> date:
    """The same day that many months earlier, or the last day of that month."""
    first = shifted(on, -months)
    return first.replace(day=min(on.day, calendar.monthrange(first.year, first.month)[1]))
