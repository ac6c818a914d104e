"""Headers of a file to columns of a register: any declared spelling, whatever width and case, and its unit."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from kerong.engine.record.money import units
from kerong.engine.record.values import mojibake, spelling
from kerong.rulebook.content import Column, Register

SUFFIX = re.compile(r"^(.+?)(?:[(\[【〔{](?:单位[::]?)?([^()\[\]【】〔〕{}]+)[)\]】〕}]|[_:/,,-]([^_:/,-]+))$")
COUNTED = {
    "count": ("个", "人", "件", "项", "次", "家", "笔", "户", "名", "份"),
    "days": ("天", "日", "days"),
    "months": ("月", "个月", "months"),
    "year": ("年", "年度"),
    "bp": ("%", "bp", "基点", "percent"),
}

Problem = dict[str, object]


@dataclass(frozen=True, slots=True)
class Found:
    """The file's header for a column, and the unit that it states."""

    header: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Headers by column, headers of unit columns by column, and what was wrong."""

    columns: dict[str, Found] = field(default_factory=dict)
    unit_columns: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return any(problem["severity"] == "refused" for problem in self.problems)


def matched(headers: Sequence[str], register: Register) -> Match:
    """Which header is which column. Problems have `severity`, `kind`, `column` and `value`; all stand on line 1."""
    match = Match()
    written = [(header, spelling(header)) for header in headers]
    by_spelling = {folded: header for header, folded in written}
    for column in register.columns.values():
        wanted = {spelling(text) for text in column.header or (column.name,)}
        fitting = [_fits(header, folded, wanted, column) for header, folded in written]
        candidates = [found for found in fitting if found is not None]
        if len(candidates) > 1:
            seen = ", ".join(found.header for found in candidates)
            match.problems.append(_refused("columns_for_one_field", column.name, seen))
        elif candidates:
            match.columns[column.name] = candidates[0]
            _match_unit(match, column, candidates[0], by_spelling)
        else:
            match.problems.append(_missing(column, headers))
    return match


def _fits(header: str, written: str, wanted: Collection[str], column: Column) -> Found | None:
    """The header, as compared `written`, when it is one of the column's `wanted` spellings, its stated unit aside."""
    suffix = SUFFIX.match(written)
    unit = (suffix.group(2) or suffix.group(3)) if suffix else None
    if written in wanted:
        return Found(header, unit if unit in _known_units(column) else None)
    if suffix is None or suffix.group(1) not in wanted:
        return None
    if unit in _known_units(column) or (column.type in ("fen", "bp") and suffix.group(2)):
        return Found(header, unit)
    return None


def _known_units(column: Column) -> Mapping[str, int] | tuple[str, ...]:
    return units(column.unit) if column.type == "fen" else COUNTED.get(column.type, ())


def _match_unit(match: Match, column: Column, found: Found, by_spelling: Mapping[str, str]) -> None:
    """Where the unit of the cells stands; without any the file is refused, for a guess may be 10,000 times off."""
    if column.unit_column and spelling(column.unit_column) in by_spelling:
        match.unit_columns[column.name] = by_spelling[spelling(column.unit_column)]
    known = found.unit is None or found.unit in _known_units(column)
    if not known:
        match.problems.append(_refused("unit_unknown", found.header, found.unit or ""))
    elif column.type == "fen" and not (found.unit or column.unit or column.name in match.unit_columns):
        match.problems.append(_refused("unit_not_stated", found.header, ""))


def _missing(column: Column, headers: Sequence[str]) -> Problem:
    name = column.header[0] if column.header else column.name
    if not column.required:
        return {"severity": "noted", "kind": "optional_column_missing", "line": 1, "column": name}
    if mojibake(pl.Series(list(headers), dtype=pl.String)).any():
        return _refused("header_mojibake", name, ", ".join(headers))
    return _refused("column_missing", name, ", ".join(headers))


def _refused(kind: str, column: str, value: str) -> Problem:
    return {"severity": "refused", "kind": kind, "line": 1, "column": column, "value": value}
