"""Decimal texts to whole numbers, exactly: no float touches money.

A number is a sign, digits (with commas between groups of three or without) and a fraction. Anything else that Python
or a spreadsheet would take for a number is a named problem, and so is a fraction finer than the column's unit.
"""

from collections.abc import Mapping

import polars as pl

from kerong.engine.record.values import Reading, half_width, trimmed

NUMBER = r"^-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?$"
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
    scale = pl.lit(exponent) if isinstance(exponent, int) else pl.col("exponent")
    frame = pl.DataFrame({"text": text} | ({} if isinstance(exponent, int) else {"exponent": exponent}))
    parts = pl.col("text").str.replace_all(",", "", literal=True).str.split_exact(".", 1)
    fraction = parts.struct.field("field_1").str.strip_chars_end("0").fill_null("")
    digits = pl.concat_str(parts.struct.field("field_0"), fraction.str.pad_end(scale, "0"))
    read = (
        frame.lazy()
        .with_columns(is_number=pl.col("text").str.contains(NUMBER), finer=fraction.str.len_bytes() > scale)
        .with_columns(value=pl.when(pl.col("is_number") & ~pl.col("finer")).then(digits).cast(pl.Int64, strict=False))
        .with_columns(fault=_fault())
        .select(pl.when(pl.col("fault").is_null()).then("value").alias("value"), "fault", "text")
        .collect()
    )
    return Reading(read["value"], _named(read["text"], read["fault"]))


def _fault() -> pl.Expr:
    minus_nothing = (pl.col("value") == 0) & pl.col("text").str.starts_with("-")
    return (
        pl.when(pl.col("text").is_null())
        .then(None)
        .when(~pl.col("is_number"))
        .then(pl.lit("number_unreadable"))
        .when(pl.col("finer"))
        .then(pl.lit("number_too_fine"))
        .when(pl.col("finer").is_null())
        .then(pl.lit("unit_missing"))
        .when(pl.col("value").is_null())
        .then(pl.lit("number_too_large"))
        .when(minus_nothing)
        .then(pl.lit("number_minus_zero"))
    )


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
