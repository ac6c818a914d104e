"""Cells as texts to values: what all readers share, and the readers of texts, codes and flags.

A reader yields a `Reading`: values, and for every cell that it cannot read the kind of the problem. Nothing is
guessed: a spelling that the register's file does not declare is a problem.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import polars as pl

CELL_CHARACTERS = 32_767
CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\x{202A}-\x{202E}\x{2066}-\x{2069}]"
BLANKS = " \t\r\n\v\f\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200C)))
SPREADSHEET_ERROR = r"^#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)$"
EXPONENT_FORM = r"(?i)^[0-9](?:\.[0-9]+)?e\+?[0-9]{2,3}$"
FIRST_DAY, LAST_DAY = -719_162, 2_932_896  # 0001-01-01 and 9999-12-31, in days since 1970-01-01
TICKS_PER_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
FLAGS: Mapping[str, tuple[str, ...]] = {
    "true": ("是", "有", "1", "1.0", "true", "yes", "y"),
    "false": ("否", "无", "0", "0.0", "false", "no", "n"),
}
REPLACED = "锟斤拷"  # U+FFFD twice in UTF-8, read as GBK
WIDE = [chr(code) for code in range(0xFF01, 0xFF5F)]
NARROW = [chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)]


@dataclass(frozen=True, slots=True)
class Reading:
    """`values` of a column, and `faults`: the kind of problem per cell (String), null where the cell is read."""

    values: pl.Series
    faults: pl.Series


def as_text(cells: pl.Series) -> pl.Series | None:
    """The cells as texts, exactly: dates as ISO, floats in their shortest form; None for types that are no cells."""
    if cells.dtype == pl.String:
        return cells
    if cells.dtype == pl.Date or isinstance(cells.dtype, pl.Datetime):
        return _days_as_text(cells)
    if cells.dtype.is_float():
        return _plain(cells.cast(pl.String))
    if (
        cells.dtype.is_numeric()
        or cells.dtype in (pl.Boolean, pl.Null)
        or isinstance(cells.dtype, pl.Categorical | pl.Enum)
    ):
        return cells.cast(pl.String)
    return None


def _plain(numbers: pl.Series) -> pl.Series:
    """Small numbers without their exponent: -3e-7 is -0.0000003. Great ones keep it: they are not exact."""
    small = numbers.str.contains("e-", literal=True).fill_null(value=False)
    plain = [format(Decimal(number), "f") for number in numbers.filter(small).to_list()]
    return numbers.scatter(small.arg_true(), plain) if plain else numbers


def _days_as_text(cells: pl.Series) -> pl.Series:
    """ISO texts; what lies beyond the years 1 to 9999 is no written date: its plain number is shown."""
    held = cells.to_physical()
    days = held // TICKS_PER_DAY.get(getattr(cells.dtype, "time_unit", ""), 1)
    beyond = (~days.is_between(FIRST_DAY, LAST_DAY)).fill_null(value=False)
    told = cells.set(beyond, None).dt.strftime("%Y-%m-%d" if cells.dtype == pl.Date else "%Y-%m-%d %H:%M:%S")
    return told.scatter(beyond.arg_true(), held.filter(beyond).cast(pl.String)) if beyond.any() else told


def trimmed(cells: pl.Series) -> pl.Series:
    """Without blanks around; an empty cell is null, that is unknown."""
    text = cells.str.strip_chars(BLANKS)
    return text.set(text == "", None)


def half_width(cells: pl.Series) -> pl.Series:
    """Full-width digits, letters and signs as half-width ones; other characters stay (no ² becomes a 2)."""
    if is_ascii(cells):
        return cells
    wide = cells.str.len_bytes() != cells.str.len_chars()
    return cells.scatter(wide.arg_true(), cells.filter(wide).str.replace_many(WIDE, NARROW))


def is_ascii(cells: pl.Series) -> bool:
    """Whether no cell needs folding: every character is one byte."""
    return bool(cells.str.len_bytes().sum() == cells.str.len_chars().sum())


def through_distinct(cells: pl.Series, read: Callable[[pl.Series], Reading]) -> Reading:
    """The reading of all cells by reading each distinct text once; where most differ, of each cell."""
    distinct = cells.unique()
    if len(distinct) * 2 > len(cells):
        return read(cells)
    reading = read(distinct)
    table = pl.DataFrame({"cell": distinct, "value": reading.values, "fault": reading.faults})
    wide = cells.alias("cell").to_frame().join(table, on="cell", how="left", nulls_equal=True, maintain_order="left")
    return Reading(wide["value"], wide["fault"])


def read_text(cells: pl.Series) -> Reading:
    """Texts with single blanks; control characters, mojibake, spreadsheets' errors and exponent forms are faults.

    `text_damaged` (a character that an earlier reader lost, U+FFFD) leaves the value in place.
    """
    text = trimmed(cells).str.replace_all(r"\s+", " ")
    fault = (
        pl.when(pl.col("text").str.len_chars() > CELL_CHARACTERS)
        .then(pl.lit("cell_too_long"))
        .when(pl.col("text").str.contains(CONTROL))
        .then(pl.lit("control_characters"))
        .when(pl.col("text").str.contains(SPREADSHEET_ERROR))
        .then(pl.lit("spreadsheet_error"))
        .when(pl.col("text").str.contains(EXPONENT_FORM))
        .then(pl.lit("identifier_in_exponent"))
        .when("misread")
        .then(pl.lit("mojibake"))
        .when(pl.col("text").str.contains("\ufffd", literal=True))
        .then(pl.lit("text_damaged"))
    )
    misread = pl.repeat(value=False, n=len(text), eager=True) if is_ascii(text) else mojibake(text)
    frame = pl.DataFrame({"text": text, "misread": misread}).with_columns(fault=fault)
    kept = pl.when(pl.col("fault").is_null() | (pl.col("fault") == "text_damaged")).then("text")
    return Reading(frame.select(value=kept).to_series(), frame["fault"])


def mojibake(cells: pl.Series) -> pl.Series:
    """Whether a text is UTF-8 that was read as GBK, as 鑻忓窞 for 苏州: three such characters in a row decode back."""
    suspects = cells.filter(cells.str.contains(_mojibake_pattern())).unique()
    seen = [text for text in suspects.to_list() if text is not None and _decodes_back(text)]
    return cells.is_in(pl.Series([seen], dtype=pl.List(pl.String)))


@cache
def _mojibake_pattern() -> str:
    return f"{REPLACED}|{''.join(f'[{characters}]' for characters in mojibake_classes())}"


def mojibake_classes() -> tuple[str, str, str]:
    """Characters that stand first, second and third in such a row: two of three bytes are three of two bytes."""
    high = [*range(0x80, 0xC0)]
    return _gbk(range(0xE4, 0xEA), high), _gbk(high, range(0xE3, 0xF0)), _gbk(high, high)


def _gbk(leads: range | list[int], trails: range | list[int]) -> str:
    found = [bytes((lead, trail)).decode("gbk", "ignore") for lead in leads for trail in trails]
    return "".join(sorted({text for text in found if len(text) == 1 and text.isprintable() and ord(text) > 127}))


def _decodes_back(text: str) -> bool:
    """Whether its bytes are Chinese in UTF-8; single bytes that the wrong reading lost are no objection."""
    if REPLACED in text:
        return True
    decoded = text.replace("?", "").encode("gbk", "ignore").decode("utf-8", "replace")
    lost = decoded.count("\ufffd")
    decoded = decoded.replace("\ufffd", "")
    wide = [character for character in decoded if ord(character) > 127]
    known = all("\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef" for character in wide)
    return len(wide) >= max(2, lost) and known


def spelling(text: str) -> str:
    """A spelling as codes and headers are compared: Unicode's compatible form, lower case, without blanks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if not character.isspace() and character not in BLANKS)


def read_codes(cells: pl.Series, codes: Mapping[str, tuple[str, ...]]) -> Reading:
    """Our codes for the spellings that `codes` declares; without `codes` the text itself."""
    if not codes:
        return read_text(cells)
    known = {spelling(text): code for code, texts in codes.items() for text in texts}
    text = trimmed(cells)
    values = [None if cell is None else known.get(spelling(cell)) for cell in text.to_list()]
    value = pl.Series(values, dtype=pl.String)
    return _with_fault(value, text, "code_unknown")


def read_flags(cells: pl.Series, codes: Mapping[str, tuple[str, ...]]) -> Reading:
    """Yes or no; `codes` with keys true and false replaces the usual spellings."""
    reading = read_codes(cells, codes or FLAGS)
    flag = (reading.values == "true").set(reading.values.is_null(), None)
    return Reading(flag, reading.faults.set(reading.faults.is_not_null(), "flag_unreadable"))


def read_upper(cells: pl.Series) -> Reading:
    """A text in upper case and half width, such as the code of a district."""
    reading = read_text(cells)
    return Reading(half_width(reading.values).str.to_uppercase(), reading.faults)


def extracted(cells: pl.Series, pattern: str) -> Reading:
    """What the pattern's one group holds, unknown where the group takes no part; a cell without a match is a fault."""
    text = trimmed(cells)
    fault = pl.select(pl.when(~text.str.contains(pattern)).then(pl.lit("pattern_not_found"))).to_series()
    return Reading(text.str.extract(pattern, 1), fault)


def _with_fault(value: pl.Series, text: pl.Series, kind: str) -> Reading:
    fault = pl.select(pl.when(value.is_null() & text.is_not_null()).then(pl.lit(kind))).to_series()
    return Reading(value, fault)
