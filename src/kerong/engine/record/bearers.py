"""Who bears a name, and when: the names that firms go by, and the former ones that a register of changes tells.

A row by name alone is its firm's who bore the name at the time of the row; where nobody did, his who bears it at any
other time, if that is one firm. Several are nobody.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from kerong.engine.record.dates import period_end
from kerong.engine.record.decided import Pairs
from kerong.engine.record.identify import name_key
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Register
from kerong.rulebook.rows import prefixed

ENTERPRISE = "enterprise_id"
KEY, SINCE, UNTIL, BEARER, BEARERS = "#key", "#since", "#until", "#bearer", "#bearers"
FIRST, LAST = "#first", "#last"
SCHEMA = pl.Schema({ENTERPRISE: pl.String(), KEY: pl.String(), SINCE: pl.Date(), UNTIL: pl.Date()})


def former_names(tables: Mapping[str, pl.DataFrame], registers: Mapping[str, Register], on: date) -> pl.DataFrame:
    """Columns of SCHEMA: every former name of a firm, since the change before (null: ever) until its own change."""
    found = [pl.DataFrame(schema=SCHEMA)]
    for name, table in tables.items():
        former = registers[name].former_name
        if former is None or former.column not in table.columns:
            continue
        rows = table
        if former.where is not None:
            told = evaluate(prefixed(table, name), {"is": former.where}, on).frame["is"]
            rows = table.filter(told.fill_null(value=False))
        changes = rows.select(
            ENTERPRISE, name_key(pl.col(former.column)).alias(KEY), pl.col(former.until).alias(UNTIL)
        ).drop_nulls()
        changes = changes.unique().sort(ENTERPRISE, UNTIL, KEY)
        found.append(changes.with_columns(pl.col(UNTIL).shift(1).over(ENTERPRISE).alias(SINCE)).select(SCHEMA.names()))
    return pl.concat(found).unique().sort(SCHEMA.names())


def bearers(names: pl.DataFrame, ids: pl.Series, former: pl.DataFrame) -> pl.DataFrame:
    """Columns of SCHEMA: which enterprise of `ids` bears which name, and when.

    `names`: `enterprise_id`, `value`, every spelling that registers have of a firm: one that is among its former names
    counts for that time, the others since the last change.
    """
    known = names.filter(pl.col(ENTERPRISE).is_in(ids.implode()))
    known = known.select(ENTERPRISE, name_key(pl.col("value")).alias(KEY)).drop_nulls().unique()
    former = former.filter(pl.col(ENTERPRISE).is_in(ids.implode()))
    since = former.group_by(ENTERPRISE).agg(pl.col(UNTIL).max().alias(SINCE))
    current = known.join(former, on=[ENTERPRISE, KEY], how="anti").join(since, on=ENTERPRISE, how="left")
    current = current.with_columns(pl.lit(None, dtype=pl.Date).alias(UNTIL))
    return pl.concat([former, current.select(SCHEMA.names())]).sort(SCHEMA.names())


def as_decided(borne_by: pl.DataFrame, ids: pl.Series, decided: Pairs) -> pl.DataFrame:
    """Columns of SCHEMA: a name that a steward gave to an enterprise is its alone, a refused pair is none."""
    if not decided.same and not decided.different:
        return borne_by
    refused = pl.DataFrame(sorted(decided.different), schema=[KEY, ENTERPRISE], orient="row")
    refused = refused.cast({KEY: pl.String, ENTERPRISE: pl.String})
    given = pl.DataFrame(
        {KEY: list(decided.same), ENTERPRISE: list(decided.same.values())},
        schema_overrides={KEY: pl.String, ENTERPRISE: pl.String},
    )
    theirs = given.filter(pl.col(ENTERPRISE).is_in(ids.implode()))
    never = pl.lit(None, dtype=pl.Date)
    theirs = theirs.with_columns(never.alias(SINCE), never.alias(UNTIL)).select(SCHEMA.names())
    others = borne_by.join(refused, on=[KEY, ENTERPRISE], how="anti").join(given, on=KEY, how="anti")
    return pl.concat([others, theirs]).sort(SCHEMA.names())


def span(register: Register, columns: list[str]) -> tuple[pl.Expr, pl.Expr]:
    """First and last day of the time that a row of the register is about: its period, else the day it was known."""
    column = next((name for name in (register.period, register.known) if name is not None and name in columns), None)
    if column is None:
        never = pl.lit(None, dtype=pl.Date)
        return never, never
    kind = register.columns[column].type if column in register.columns else "date"
    first = pl.date(pl.col(column).cast(pl.Int32), 1, 1) if kind == "year" else pl.col(column)
    return first, period_end(pl.col(column), kind)


def borne(rows: pl.DataFrame, names: pl.DataFrame, first: pl.Expr, last: pl.Expr) -> pl.DataFrame:
    """The rows, whose `enterprise_id` is the key of a name, with BEARER and BEARERS: whose they are, of how many.

    BEARERS is null where nobody bears the name; BEARER is null unless BEARERS is 1.
    """
    rows = rows.with_columns(first.alias(FIRST), last.alias(LAST))
    wanted = rows.select(pl.col(ENTERPRISE).alias(KEY), FIRST, LAST).unique()
    met = wanted.join(names, on=KEY, how="inner")
    begun = pl.col(SINCE).is_null() | (pl.col(LAST) >= pl.col(SINCE))
    lasting = pl.col(UNTIL).is_null() | (pl.col(FIRST) <= pl.col(UNTIL))
    in_time = (pl.col(LAST).is_not_null() & begun & lasting).fill_null(value=False)
    firm = pl.col(ENTERPRISE)
    counted = met.group_by(KEY, FIRST, LAST).agg(
        firm.filter(in_time).n_unique().alias("#then"),
        firm.filter(in_time).min().alias("#bearer_then"),
        firm.n_unique().alias("#ever"),
        firm.min().alias("#bearer_ever"),
    )
    then = pl.col("#then") > 0
    several = pl.when(then).then("#then").otherwise("#ever")
    counted = counted.select(
        KEY,
        FIRST,
        LAST,
        pl.when(several == 1).then(pl.when(then).then("#bearer_then").otherwise("#bearer_ever")).alias(BEARER),
        several.alias(BEARERS),
    )
    wide = rows.join(
        counted,
        left_on=[ENTERPRISE, FIRST, LAST],
        right_on=[KEY, FIRST, LAST],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return wide.drop(FIRST, LAST)
