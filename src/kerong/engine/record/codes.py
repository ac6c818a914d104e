"""Cells of districts and industries through the code lists of a pack: one code of today for every spelling.

What is only written otherwise is right; an earlier code becomes the one that it has become, which is noted and counted;
a code that was parted, or that names no more than a city, is unknown and says so; a code that no list has is a problem.
"""

from collections.abc import Mapping

import polars as pl

from kerong.engine.record.values import Reading, half_width, spelling, trimmed
from kerong.rulebook.code_lists import CodeList
from kerong.rulebook.facts import Column

# faults that leave the row in place; they are told once per file and value, with the number of rows
NOTED = (
    "district_succeeded",
    "district_parted",
    "district_abolished",
    "district_too_coarse",
    "district_code_of_another_time",
)
SECTION, DIVISION_DIGITS, CLASS_DIGITS = r"([A-T])", 2, 4
INDUSTRY = rf"^{SECTION}?[ -]?([0-9]{{{DIVISION_DIGITS},{CLASS_DIGITS}}})?(?:\.0+)?[^\p{{L}}0-9]*((?:\p{{L}}.*)?)$"
DISTRICT = r"^([0-9]{6})(?:\.0+|[0-9]{3}|[0-9]{6})?$"  # of a street or a community the first six digits


def read_districts(cells: pl.Series, held: CodeList) -> Reading:
    """Codes of districts in force; an earlier one is read as its successor, where it has one."""
    text = half_width(trimmed(cells)).str.to_uppercase()
    code = pl.select(pl.coalesce(text.str.extract(DISTRICT, 1), text)).to_series().alias("code")
    became = {old: held.successors(old) for old in held.former if old not in held.codes}
    single = {old: found[0] for old, found in became.items() if len(found) == 1}
    parted = [old for old, found in became.items() if len(found) > 1]
    lost = [old for old, found in became.items() if not found]
    reused = [old for old in held.former if old in held.codes]
    in_force = pl.col("code").is_in(list(held.codes))
    value = pl.when(in_force).then("code").otherwise(pl.col("code").replace_strict(single, default=None))
    fault = (
        pl.when(pl.col("code").is_null())
        .then(None)
        .when(pl.col("code").is_in(reused))
        .then(pl.lit("district_code_of_another_time"))
        .when(in_force)
        .then(None)
        .when(pl.col("code").is_in(list(single)))
        .then(pl.lit("district_succeeded"))
        .when(pl.col("code").is_in(parted))
        .then(pl.lit("district_parted"))
        .when(pl.col("code").is_in(lost))
        .then(pl.lit("district_abolished"))
        .when(_is_wider(held))
        .then(pl.lit("district_too_coarse"))
        .otherwise(pl.lit("district_unknown"))
    )
    table = code.to_frame().select(value=value, fault=fault)
    return Reading(table["value"], table["fault"])


def _is_wider(held: CodeList) -> pl.Expr:
    """Codes of provinces and prefectures, earlier ones too, and a prefecture's 市辖区 (01), which is no place."""
    code = pl.col("code")
    above = pl.concat_str(code.str.slice(0, 2), pl.lit("0000")).is_in(list(held.wider))
    city = pl.concat_str(code.str.slice(0, 4), pl.lit("00")).is_in(list(held.wider))
    six = code.str.contains("^[0-9]{6}$")
    return six & (code.is_in(list(held.wider)) | above & code.str.ends_with("00") | city & code.str.ends_with("01"))


def read_industries(cells: pl.Series, held: CodeList) -> Reading:
    """Codes with their section (C3921, C392, C39, C), from a code with or without it, from a code and its title, or
    from a title that belongs to one code alone.
    """
    by_number = {code[1:]: code for code in held.codes if len(code) > 1}
    by_title = _by_title(held.codes)
    told = {code: _plain(title) for code, title in held.codes.items()}
    text = half_width(trimmed(cells)).str.to_uppercase()
    parts = (
        text.alias("text")
        .to_frame()
        .with_columns(
            section=pl.col("text").str.extract(INDUSTRY, 1),
            number=pl.col("text").str.extract(INDUSTRY, 2),
            title=pl.col("text").str.extract(INDUSTRY, 3).str.replace_all(r"[^\p{L}\p{N}]", ""),
        )
    )
    numbered = pl.col("number").replace_strict(by_number, default=None)
    numbered = pl.when(pl.col("section").is_null() | (pl.col("section") == numbered.str.slice(0, 1))).then(numbered)
    whole = pl.col("text").str.replace_all(r"[^\p{L}\p{N}]", "")
    titled = whole.replace_strict({t: c for t, c in by_title.items() if c}, default=None)
    section = pl.when(pl.col("section").is_in([code for code in held.codes if len(code) == 1])).then("section")
    own_title = section.replace_strict(told, default=None)
    alone = pl.when((pl.col("title") == "") | (pl.col("title") == own_title)).then(section)
    code = pl.when(pl.col("number").is_not_null()).then(numbered).otherwise(pl.coalesce(titled, alone))
    parts = parts.with_columns(code=code)
    stated, right = pl.col("title"), pl.col("code").replace_strict(told, default=None)
    differs = pl.col("number").is_not_null() & stated.is_in(list(by_title)) & (stated != right)
    fault = (
        pl.when(pl.col("text").is_null())
        .then(None)
        .when(pl.col("code").is_null())
        .then(pl.lit("industry_unknown"))
        .when(differs)
        .then(pl.lit("industry_title_differs"))
    )
    parts = parts.with_columns(fault=fault)
    return Reading(parts.select(pl.when(pl.col("fault").is_null()).then("code").alias("v")).to_series(), parts["fault"])


def _plain(title: str) -> str:
    return "".join(character for character in spelling(title).upper() if character.isalnum())


def _by_title(codes: Mapping[str, str]) -> dict[str, str]:
    """By title the code that has it; of a group with one class of its name, the group; "" where several have it."""
    found: dict[str, str] = {}
    for code in sorted(codes, key=lambda code: (len(code), code)):
        title = _plain(codes[code])
        if title not in found:
            found[title] = code
        elif not (found[title] and code.startswith(found[title])):
            found[title] = ""
    return found


def counted(faults: pl.DataFrame, column: Column) -> pl.DataFrame:
    """Faulty cells (`kind`, `line`, `value`, …): those of NOTED once per value, at its first line, in words."""
    held = column.code_list
    noted = pl.col("kind").is_in(NOTED)
    if held is None or not faults.select(noted.any()).item():
        return faults
    each = faults.with_columns(pl.col("value").str.extract(r"([0-9]{6})", 1).fill_null(pl.col("value")))
    once = (
        each.filter(noted)
        .group_by("kind", "value")
        .agg(pl.exclude("line").first(), pl.col("line").min(), rows=pl.len())
    )
    words = {value: _told(value, held) for value in once["value"].unique().to_list() if value is not None}
    text = pl.col("value").replace(words) + pl.format(" ×{}", "rows")
    return pl.concat([faults.filter(~noted), once.sort("line").with_columns(value=text).select(faults.columns)])


def _told(code: str, held: CodeList) -> str:
    """320584 吴江市 → 320509 吴江区"""
    former = held.former.get(code)
    if former is None:
        return f"{code} {held.wider.get(code, '')}".rstrip()
    became = former.successors if code in held.codes else held.successors(code)
    after = "、".join(f"{code} {held.codes.get(code, '')}".rstrip() for code in became)
    return f"{code} {former.title} → {after or '?'}"
