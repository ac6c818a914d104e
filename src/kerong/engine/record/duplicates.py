"""One row per fact: equal rows count once, and of rows that contradict each other the latest known speaks."""

import polars as pl

PART = "#part"  # which file of the register a row is from
LINE = "#line"  # its line there
KNOWN = "#known"
NEWEST = "#newest"


def without_duplicates(
    table: pl.DataFrame, key: list[str], known: pl.Expr | None, keep: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The table with one row per `key`, and the rows set aside with PART, LINE, `kind`, `severity` and `enterprise_id`.

    Rows whose key is not fully known are never taken for the same fact: of them only equal ones are duplicates.
    `known` is the day on which a row was known; of rows of one day the one whose content sorts last stays, the others
    are quarantined.
    """
    content = [name for name in table.columns if name not in (PART, LINE)]
    doubtful = _doubtful(table, key, content)
    if not doubtful.any():
        return table, _none()
    rows = table.filter(doubtful).with_columns((known if known is not None else pl.lit(None, pl.Date)).alias(KNOWN))
    order = [*content, PART, LINE]
    rows = rows.sort(order)
    repeated = ~_first_of(rows, content)
    once, set_aside = rows.filter(~repeated), [_aside(rows.filter(repeated), "duplicate_row", "noted")]
    if key:
        once, contradicted = _latest(once, key, content, keep)
        set_aside += contradicted
    return pl.concat([table.filter(~doubtful), once.drop(KNOWN)]), pl.concat(set_aside)


def _doubtful(table: pl.DataFrame, key: list[str], content: list[str]) -> pl.Series:
    """Rows that share their key, or, where the key is not fully known, all their content."""
    if not key:
        return table.select(content).is_duplicated()
    open_key = table.select(pl.any_horizontal(pl.col(key).is_null())).to_series()
    shared = table.select(key).is_duplicated() & ~open_key
    if open_key.any():
        equal = table.filter(open_key).select(content).is_duplicated()
        shared = shared.scatter(open_key.arg_true(), equal)
    return shared


def _latest(
    rows: pl.DataFrame, key: list[str], content: list[str], keep: str
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    open_key = pl.any_horizontal(pl.col(key).is_null())
    untouched, rows = rows.filter(open_key), rows.filter(~open_key)
    rows = rows.sort([KNOWN, *content], descending=True, nulls_last=True)
    rows = rows.with_columns(pl.col(KNOWN).first().over(key).alias(NEWEST))
    if keep == "none":
        several = rows.select(key).is_duplicated()
        kept, lost = rows.filter(~several), [_aside(rows.filter(several), "rows_in_conflict", "quarantined")]
    else:
        first = _first_of(rows, key)
        kept, losers = rows.filter(first), rows.filter(~first)
        older = pl.col(KNOWN).is_not_null() & (pl.col(KNOWN) < pl.col(NEWEST))
        lost = [
            _aside(losers.filter(older), "row_superseded", "noted"),
            _aside(losers.filter(~older), "row_in_conflict", "quarantined"),
        ]
    return pl.concat([untouched, kept.drop(NEWEST)]), lost


def _first_of(rows: pl.DataFrame, columns: list[str]) -> pl.Series:
    return rows.select(pl.struct(columns).is_first_distinct()).to_series()


def _aside(rows: pl.DataFrame, kind: str, severity: str) -> pl.DataFrame:
    enterprise = pl.col("enterprise_id") if "enterprise_id" in rows.columns else pl.lit(None, dtype=pl.String)
    nothing = pl.lit(None, dtype=pl.String)
    return rows.select(
        PART, LINE, severity=pl.lit(severity), value=nothing, kind=pl.lit(kind), enterprise_id=enterprise
    )


def _none() -> pl.DataFrame:
    names = ("severity", "value", "kind", "enterprise_id")
    return pl.DataFrame(schema={PART: pl.UInt32, LINE: pl.UInt32} | dict.fromkeys(names, pl.String))
