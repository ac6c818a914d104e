"""Decimal texts to whole numbers, exactly: no float touches money.

A number is a sign, digits (with commas between groups of three or without) and a fraction. Anything else that Python
or a spreadsheet would take for a number is a named problem, and so is a fraction finer than the column's unit.
"""

from collections.abc import Callable, Mapping

import polars as pl

from kerong.engine.record.values import Reading, half_width, trimmed

FRACTION = r"\.[0-9]+"
NUMBER = rf"^-?(?:[0-9]+|[0-9]{{1,3}}(?:,[0-9]{{3}})+)(?:{FRACTION})?$"
FAULTS: tuple[tuple[str, str], ...] = (
    (r"^#", "spreadsheet_error"),
    (r"(?i)^[+-]?s?nan[0-9]*$|^[+-]?inf(?:inity)?$", "number_not_finite"),
    (r"(?i)^[+-]?[0-9.,]+e[+-]?[0-9]+$", "number_with_exponent"),
    (r"^[+-]?[0-9_.,]*_[0-9_.,]*$", "number_with_underscore"),
    (r"[^\P{Nd}0-9]", "number_in_foreign_digits"),
    (r"^-?[0-9.,]*,[0-9.,]*$", "number_in_odd_groups"),
)
# powers of ten from the unit to fen (cents); the first word of each is the name in register files
YUAN: Mapping[str, int] = {
    **dict.fromkeys(("fen", "分"), 0),
    **dict.fromkeys(("角",), 1),
    **dict.fromkeys(("yuan", "元", "人民币元", "元人民币", "人民币", "rmb", "cny"), 2),
    **dict.fromkeys(("千元",), 5),
    **dict.fromkeys(("wan", "万元", "万", "人民币万元", "万元人民币", "万人民币"), 6),
    **dict.fromkeys(("百万元",), 8),
    **dict.fromkeys(("千万元",), 9),
    **dict.fromkeys(("yi", "亿元", "亿", "人民币亿元", "亿元人民币"), 10),
}
DOLLARS: Mapping[str, int] = {
    **dict.fromkeys(("cent", "cents", "美分"), 0),
    **dict.fromkeys(("dollar", "dollars", "usd", "us$", "$", "美元"), 2),
    **dict.fromkeys(("万美元",), 6),
    **dict.fromkeys(("亿美元",), 10),
}


def units(declared: str | None) -> Mapping[str, int]:
    """Words for units that a column may meet: of the currency of its declared unit, yuan where none is declared."""
    return DOLLARS if declared in DOLLARS else YUAN


def read_whole(cells: pl.Series, exponent: int | pl.Series) -> Reading:
    """Each number times 10 ** `exponent` as Int64; one exponent (0 to 10) for all or one per cell, null: no unit."""
    text = half_width(trimmed(cells))
    scale = (
        pl.Series([exponent], dtype=pl.UInt32).new_from_index(0, len(text)) if isinstance(exponent, int) else exponent
    )
    frame = pl.DataFrame({"text": text, "scale": scale})
    # with_columns, not select: where no row has a unit the expression is a literal, and a table may have no rows
    frame = frame.with_columns(value=_per_scale(scale, _scaled, pl.Int64()))
    unread = pl.col("value").is_null() & pl.col("text").is_not_null()
    minus_nothing = (pl.col("value") == 0) & pl.col("text").str.starts_with("-")
    doubtful = frame.select((unread | minus_nothing).fill_null(value=False).arg_true()).to_series()
    value, faults = frame["value"], pl.Series([None], dtype=pl.String).new_from_index(0, len(text))
    if len(doubtful):
        told = _faults(frame[doubtful].with_columns(minus_nothing=minus_nothing))
        faults = faults.scatter(doubtful, told)
        value = value.set(faults.is_not_null(), None)
    return Reading(value, faults)


def _per_scale(scale: pl.Series, yields: Callable[[int], pl.Expr], dtype: pl.DataType) -> pl.Expr:
    """`yields` of each row's own scale."""
    cases = [int(case) for case in scale.unique().sort().drop_nulls()]
    if len(cases) == 1 and not scale.null_count():
        return yields(cases[0])
    return pl.coalesce(
        pl.lit(None, dtype=dtype), *(pl.when(pl.col("scale") == case).then(yields(case)) for case in cases)
    )


def _scaled(exponent: int) -> pl.Expr:
    """The number in `text` times 10 ** `exponent`; null where it is none, is finer, or does not fit into Int64."""
    plain = pl.col("text").str.replace_all(",", "", literal=True)
    whole = plain.cast(pl.Decimal(38, exponent), strict=False).to_physical().cast(pl.Int64, strict=False)
    return pl.when(pl.col("text").str.contains(_fitting(exponent))).then(whole)


def _fitting(exponent: int) -> str:
    """Numbers whose fraction has at most `exponent` digits, zeros after them aside."""
    fraction = rf"\.[0-9]{{1,{exponent}}}0*" if exponent else r"\.0+"
    return NUMBER.replace(FRACTION, fraction)


def _faults(frame: pl.DataFrame) -> pl.Series:
    """Why `text` at `scale` has no `value`."""
    fits = _per_scale(frame["scale"], lambda scale: pl.col("text").str.contains(_fitting(scale)), pl.Boolean())
    fault = (
        pl.when(pl.col("text").is_null())
        .then(None)
        .when(~pl.col("text").str.contains(NUMBER))
        .then(pl.lit("number_unreadable"))
        .when(pl.col("minus_nothing"))
        .then(pl.lit("number_minus_zero"))
        .when(pl.col("value").is_not_null())
        .then(None)
        .when(pl.col("scale").is_null())
        .then(pl.lit("unit_missing"))
        .when(fits)
        .then(pl.lit("number_too_large"))
        .otherwise(pl.lit("number_too_fine"))
    )
    return _named(frame["text"], frame.with_columns(fault=fault)["fault"])


def _named(text: pl.Series, fault: pl.Series) -> pl.Series:
    """The reason why a text is no number, in place of "number_unreadable"."""
    if not (fault == "number_unreadable").any():
        return fault
    reasons = [pl.when(pl.col("text").str.contains(pattern)).then(pl.lit(kind)) for pattern, kind in FAULTS]
    unreadable = pl.col("fault") == "number_unreadable"
    named = pl.when(unreadable).then(pl.coalesce(*reasons, "fault")).otherwise("fault")
    return pl.DataFrame({"text": text, "fault": fault}).select(fault=named).to_series()


def read_rates(cells: pl.Series, unit: str | None) -> Reading:
    """Basis points: per cent unless `unit` is "bp"; a cell that ends in % is per cent in any case."""
    text = half_width(trimmed(cells))
    per_cent = text.str.ends_with("%")
    plain = text.str.strip_suffix("%").str.strip_chars_end()
    exponent = pl.select(pl.when(per_cent).then(2).otherwise(0 if unit == "bp" else 2).cast(pl.UInt32)).to_series()
    return read_whole(plain, exponent)


def read_ratios(cells: pl.Series) -> Reading:
    """Float64 from plain decimals; other forms are the same faults as for whole numbers."""
    text = half_width(trimmed(cells))
    is_number = text.str.contains(NUMBER)
    plain = text.str.replace_all(",", "", literal=True)
    value = plain.set(~is_number, None).cast(pl.Float64, strict=False)
    fault = pl.select(pl.when(text.is_not_null() & value.is_null()).then(pl.lit("number_unreadable"))).to_series()
    return Reading(value, _named(text, fault))
