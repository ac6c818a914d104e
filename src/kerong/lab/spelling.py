"""Typed tables as files spell them: headers, units, dates and codes differ from edition to edition.

The mapping file of a register is the only list of spellings: what it understands is what the city writes.
"""

from dataclasses import dataclass

import polars as pl

from kerong.rulebook.content import Column, Register

_DATES = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日")
_MONTHS = ("%Y-%m", "%Y%m", "%Y年%m月")
_UNIT_NAMES = {"yuan": ("（元）", "(元)"), "wan": ("（万元）", "(万元)")}
_UNIT_WORDS = pl.Series(["元", "万元"])


@dataclass(frozen=True, slots=True)
class Edition:
    """How one file is written.

    `number` turns through spellings; `unit` is where money says its unit: in the header ("yuan", "wan"), per row
    ("column"), or nowhere ("plain", the mapping's own default); `native` keeps types, as Parquet does.
    """

    number: int
    unit: str = "plain"
    native: bool = False


def spelled(frame: pl.DataFrame, register: Register, edition: Edition, in_wan: pl.Series) -> pl.DataFrame:
    """The mapped columns of `frame` as texts, still under our names; `in_wan` marks rows in 万元 ("column" only)."""
    columns = [column for column in register.columns.values() if column.name in frame.columns]
    texts = [_spelled(column, edition) for column in columns]
    if edition.unit == "column":
        texts = [_by_row(column, text, in_wan) for column, text in zip(columns, texts, strict=True)]
        for header in _unit_columns(register):
            texts.append(pl.lit(_UNIT_WORDS.gather(in_wan.cast(pl.UInt32)).alias(header)))
    return frame.select(texts)


def headed(frame: pl.DataFrame, register: Register, edition: Edition) -> pl.DataFrame:
    """The table under the file's own headers."""
    return frame.rename(
        {name: header(register.columns[name], edition) for name in frame.columns if name in register.columns}
    )


def header(column: Column, edition: Edition) -> str:
    """The header of `column` in this edition, with its unit where the edition says units there."""
    spelling = column.header[edition.number % len(column.header)]
    if column.type == "fen" and edition.unit in _UNIT_NAMES:
        names = _UNIT_NAMES[edition.unit]
        return spelling + names[edition.number % len(names)]
    return spelling


def money(amount: pl.Expr, unit: str) -> pl.Expr:
    """Fen as exact text: yuan with two decimals, 万元 with as many as it takes."""
    sign = pl.when(amount < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    size = amount.abs()
    if unit == "wan":
        rest = (size % 1_000_000).cast(pl.String).str.zfill(6).str.strip_chars_end("0")
        point = pl.when(rest == "").then(pl.lit("")).otherwise(pl.lit("."))
        return sign + (size // 1_000_000).cast(pl.String) + point + rest
    return sign + (size // 100).cast(pl.String) + pl.lit(".") + (size % 100).cast(pl.String).str.zfill(2)


def _unit_columns(register: Register) -> list[str]:
    found = [column.unit_column for column in register.columns.values() if column.type == "fen" and column.unit_column]
    return list(dict.fromkeys(found))


def _by_row(column: Column, text: pl.Expr, in_wan: pl.Series) -> pl.Expr:
    if column.type != "fen":
        return text
    return pl.when(pl.lit(in_wan)).then(money(pl.col(column.name), "wan")).otherwise(text).alias(column.name)


def _spelled(column: Column, edition: Edition) -> pl.Expr:
    value = pl.col(column.name)
    if column.type == "code":
        spellings = {code: known[edition.number % len(known)] for code, known in column.codes.items()}
        return value.replace_strict(spellings, return_dtype=pl.String)
    if edition.native:
        return value
    match column.type:
        case "fen":
            unit = column.unit if edition.unit == "plain" and column.unit else edition.unit
            text = money(value, "wan" if unit == "wan" else "yuan")
        case "bp":
            text = money(value, "yuan")
        case "date":
            text = value.dt.strftime(_DATES[edition.number % len(_DATES)])
        case "month":
            text = value.dt.strftime(_MONTHS[edition.number % len(_MONTHS)])
        case "flag":
            text = pl.when(value).then(pl.lit("是")).when(~value).then(pl.lit("否"))
        case _:
            text = value.cast(pl.String)
    return text.alias(column.name)
