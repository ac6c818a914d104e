"""One column of one file, through the reader of its type: values, and for every bad cell the kind of its problem."""

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from kerong.engine.record.codes import read_districts, read_industries
from kerong.engine.record.dates import read_dates, read_months
from kerong.engine.record.headers import Match
from kerong.engine.record.identify import read_credit_codes
from kerong.engine.record.money import read_rates, read_ratios, read_whole, units
from kerong.engine.record.old_numbers import read_registration_numbers
from kerong.engine.record.plain import plainly
from kerong.engine.record.plain import read as plain
from kerong.engine.record.values import (
    Reading,
    as_text,
    extracted,
    read_codes,
    read_flags,
    read_text,
    read_upper,
    spelling,
    through_distinct,
    trimmed,
)
from kerong.rulebook.content import Column
from kerong.rulebook.forms import dtype_of
from kerong.rulebook.types import COLUMN_TYPES

STACKED = 1 << 16  # rows; from here on a column is long enough to be read for itself


def column_dtype(column: Column) -> pl.DataType:
    """The Polars type of a cleaned column."""
    return dtype_of(COLUMN_TYPES[column.type])


def read_column(frame: pl.DataFrame, match: Match, column: Column) -> tuple[pl.Series, pl.Series]:
    """Values and faults of one column; a column that the file does not have is unknown."""
    dtype = column_dtype(column)
    if column.name not in match.columns:
        return _alike(None, dtype, frame.height), _alike(None, pl.String(), frame.height)
    cells = as_text(frame[match.columns[column.name].header])
    if cells is None:
        return _alike(None, dtype, frame.height), _alike("cell_of_other_type", pl.String(), frame.height)
    return _checked(_reading(cells, _unit_cells(frame, match, column), match, column), column)


def read_columns(
    frame: pl.DataFrame, match: Match, columns: Iterable[Column]
) -> dict[str, tuple[pl.Series, pl.Series]]:
    """Values and faults of each column by its name, as `read_column` finds them.

    A reading costs something whatever the number of cells: short columns that are read alike are read as one.
    """
    alike: dict[object, list[Column]] = {}
    for number, column in enumerate(columns):
        way = _way(column, match) if frame.height < STACKED else None
        alike.setdefault(number if way is None else way, []).append(column)
    return {name: found for together in alike.values() for name, found in _read_together(frame, match, together)}


def _way(column: Column, match: Match) -> tuple[object, ...] | None:
    """All that the reading of a column depends on beside its cells; None where the file does not have it."""
    if column.name not in match.columns:
        return None
    asked = (column.type, column.format, column.extract, column.unit, tuple(column.codes.items()), id(column.code_list))
    return (*asked, match.columns[column.name].unit, match.unit_columns.get(column.name))


def _read_together(
    frame: pl.DataFrame, match: Match, together: list[Column]
) -> Iterator[tuple[str, tuple[pl.Series, pl.Series]]]:
    """Columns of one way of reading, one below the other."""
    texts = [as_text(frame[match.columns[column.name].header]) for column in together if column.name in match.columns]
    cells = [text for text in texts if text is not None]
    if len(together) == 1 or len(cells) < len(together):
        yield from ((column.name, read_column(frame, match, column)) for column in together)
        return
    unit_cells = _unit_cells(frame, match, together[0])
    unit_cells = None if unit_cells is None else pl.concat([unit_cells] * len(together))
    reading = _reading(pl.concat(cells), unit_cells, match, together[0])
    for number, column in enumerate(together):
        own = slice(number * frame.height, (number + 1) * frame.height)
        yield column.name, _checked(Reading(reading.values[own], reading.faults[own]), column)


def _unit_cells(frame: pl.DataFrame, match: Match, column: Column) -> pl.Series | None:
    """The cells that tell the unit of the column's cells, row by row."""
    header = match.unit_columns.get(column.name)
    return None if header is None or column.type != "fen" else as_text(frame[header])


def _checked(reading: Reading, column: Column) -> tuple[pl.Series, pl.Series]:
    """Values and faults, values outside the column's range and missing ones that it requires among these."""
    values, faults = reading.values.cast(column_dtype(column)), reading.faults
    if column.range is not None:
        outside = ~values.is_between(*column.range)
        faults = _first(faults, outside, "value_out_of_range")
    if column.required and values.null_count():
        faults = _first(faults, values.is_null(), "required_cell_empty")
    return values, faults


def _alike(value: str | None, dtype: pl.DataType, height: int) -> pl.Series:
    """One value in all rows."""
    return pl.Series([value], dtype=dtype).new_from_index(0, height)


def _first(faults: pl.Series, where: pl.Series, kind: str) -> pl.Series:
    """The kind at the places of `where`, unless something else was wrong there."""
    if not where.any():
        return faults
    faults = faults.cast(pl.String)
    at = where.arg_true()
    return faults.clone().scatter(at.filter(faults.gather(at).is_null()), kind)


def _reading(cells: pl.Series, unit_cells: pl.Series | None, match: Match, column: Column) -> Reading:
    """Through the reader of the column's type, after its extraction."""
    taken: Reading | None = None
    if column.extract is not None:
        pattern = column.extract
        taken = through_distinct(cells, lambda distinct: extracted(distinct, pattern))
        cells = taken.values
    if column.type == "fen":
        reading = _amounts(cells, unit_cells, match, column)
    elif column.type in ("count", "days", "months", "year"):
        reading = plainly(cells, plain.wholes(0), lambda some: read_whole(some, 0))
    elif column.type == "ratio":
        reading = read_ratios(cells)
    else:
        few = _plain_loop(column)
        reading = plainly(cells, few, lambda some: through_distinct(some, lambda each: _few(each, match, column)))
    if taken is None:
        return reading
    return Reading(reading.values, pl.select(pl.coalesce(taken.faults, reading.faults)).to_series())


def _plain_loop(column: Column) -> plain.Loop | None:
    """The compiled loop for the plain cells of a column of few texts."""
    if column.codes and column.type in ("code", "industry", "district"):
        return plain.codes(column.codes)
    match column.type:
        case "credit_code":
            return plain.credit_codes
        case "date" | "month" if column.format is None:
            return plain.days(column.type == "date")
        case "text" | "code" | "industry":
            return plain.texts()
        case "district":
            return plain.texts(is_code=True)
        case _:
            return None


def _few(cells: pl.Series, match: Match, column: Column) -> Reading:
    """Types whose cells repeat much: read once per distinct text."""
    match column.type:
        case "credit_code":
            return read_credit_codes(cells)
        case "registration_number":
            return read_registration_numbers(cells)
        case "industry" if column.code_list is not None and not column.codes:
            return read_industries(cells, column.code_list)
        case "code" | "industry":
            return read_codes(cells, column.codes)
        case "district" if column.code_list is not None and not column.codes:
            return read_districts(cells, column.code_list)
        case "district":
            return read_codes(cells, column.codes) if column.codes else read_upper(cells)
        case "flag":
            return read_flags(cells, column.codes)
        case "date":
            return read_dates(cells, column.format)
        case "month":
            return read_months(cells, column.format)
        case "bp":
            stated = match.columns[column.name].unit
            unit = "bp" if stated in ("bp", "基点") else None if stated else column.unit
            return read_rates(cells, unit)
        case _:
            return read_text(cells)


def _amounts(cells: pl.Series, unit_cells: pl.Series | None, match: Match, column: Column) -> Reading:
    """Money in fen: the unit of the row, else of the header, else of the register; two that differ are a fault."""
    words = units(column.unit)
    stated = match.columns[column.name].unit
    unit = stated or column.unit
    default = words[unit] if unit else None
    if unit_cells is None:
        exponent = default or 0
        return plainly(cells, plain.wholes(exponent), lambda some: read_whole(some, exponent))
    per_row = through_distinct(unit_cells, lambda distinct: _exponents(distinct, words))
    filled = trimmed(cells).is_not_null()
    exponents = per_row.values if default is None else per_row.values.fill_null(default)
    reading = _by_exponent(cells, exponents)
    other = (per_row.values != words[stated]) if stated else pl.repeat(value=False, n=len(cells), eager=True)
    conflict = pl.when(filled & other).then(pl.lit("unit_in_conflict"))
    unknown = pl.when(filled).then(per_row.faults)
    return Reading(reading.values, pl.select(pl.coalesce(unknown, conflict, reading.faults)).to_series())


def _by_exponent(cells: pl.Series, exponents: pl.Series) -> Reading:
    """Whole numbers, each cell times 10 ** its own exponent; few rows of a file have another unit than the others."""
    several = exponents.unique().to_list()
    if len(several) == 1 and several[0] is not None:
        return plainly(cells, plain.wholes(several[0]), lambda some: read_whole(some, several[0]))
    values, faults = _alike(None, pl.Int64(), len(cells)), _alike(None, pl.String(), len(cells))
    for exponent in several:
        at = exponents.eq_missing(pl.Series([exponent], dtype=exponents.dtype)).arg_true()
        some = cells.gather(at)
        one = (
            _by_exponent(some, exponents.gather(at)) if exponent is not None else read_whole(some, exponents.gather(at))
        )
        values, faults = values.scatter(at, one.values), faults.scatter(at, one.faults)
    return Reading(values, faults)


def _exponents(cells: pl.Series, words: Mapping[str, int]) -> Reading:
    text = trimmed(cells).to_list()
    value = pl.Series([None if cell is None else words.get(spelling(cell)) for cell in text], dtype=pl.UInt32)
    unknown = [cell is not None and spelling(cell) not in words for cell in text]
    return Reading(value, pl.Series(["unit_unknown_in_row" if is_odd else None for is_odd in unknown], dtype=pl.String))
