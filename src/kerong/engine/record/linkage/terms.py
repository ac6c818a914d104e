"""Terms: a column, and what is taken of it, one step after another: `name:core:first2`, `telephone:digits:last8`."""

import re

import polars as pl

from kerong.engine.record.linkage.firm_names import PARTS, name_part
from kerong.engine.record.linkage.plan import PlanError
from kerong.engine.record.names import normalised

_CUT = re.compile(r"(first|last|from)([1-9][0-9]?)")
NUMBERS = ("date", "number", "year")


def term(frame: pl.DataFrame, text: str) -> pl.Series:
    """The values of a term in every row: texts, or Float64 (`date`: days since 1970; `year`; `number`); null = no value.

    Steps: `key` (linking key of a name), `place`, `core`, `trade`, `form` (parts of a Chinese firm's name), `digits`,
    `firstN`, `lastN` (characters), `fromN` (null where the text has fewer than N characters), and the numbers.

    Raises:
        PlanError: a step that is not known.
    """
    column, *steps = text.split(":")
    if column not in frame.columns:
        return pl.Series(text, [None] * len(frame), dtype=pl.Float64 if steps and steps[-1] in NUMBERS else pl.String)
    value = pl.col(column)
    is_date = frame.schema[column] in (pl.Date, pl.Datetime)
    if steps and steps[0] in NUMBERS:
        found = _number(value, steps[0], is_text=frame.schema[column] == pl.String, is_date=is_date)
        return frame.select(found.alias(text)).to_series()
    found = value.cast(pl.String).str.strip_chars()
    for step in steps:
        found = _step(found, step, text)
    if not steps:
        found = found.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"\s+", " ")
    return frame.select(pl.when(found != "").then(found).alias(text)).to_series()


def _number(value: pl.Expr, step: str, *, is_text: bool, is_date: bool) -> pl.Expr:
    if step == "number":
        return value.cast(pl.Float64, strict=False)
    if not is_text and not is_date:
        return value.cast(pl.Float64) if step == "year" else value.cast(pl.Int32).cast(pl.Float64)
    day = value.str.replace_all(r"[/.年月]", "-").str.extract(r"(\d{4}-\d{1,2}-\d{1,2})") if is_text else value
    day = day.str.to_date("%Y-%m-%d", strict=False) if is_text else day.cast(pl.Date)
    if step == "date":
        return day.cast(pl.Int32).cast(pl.Float64)
    year = value.str.extract(r"(\d{4})").cast(pl.Float64, strict=False) if is_text else None
    return day.dt.year().cast(pl.Float64) if year is None else year


def _step(value: pl.Expr, step: str, whole: str) -> pl.Expr:
    if step in PARTS:
        return name_part(value, step)
    if step == "key":
        return normalised(value)
    if step == "digits":
        return value.str.normalize("NFKC").str.replace_all(r"[^0-9]", "")
    cut = _CUT.fullmatch(step)
    if not cut:
        raise PlanError(f"{whole!r}: no step {step!r}")
    kind, count = cut[1], int(cut[2])
    long = value.str.len_chars() >= count
    if kind == "from":
        return pl.when(long).then(value)
    return pl.when(long).then(value.str.slice(0, count) if kind == "first" else value.str.slice(-count))
