"""Dirt: a clean sheet in, the sheet as it arrives out, and the truth about every error that was planted."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from kerong.lab.blemishes import BLEMISHES, Blemish, other_number
from kerong.lab.credit_codes import credit_codes
from kerong.lab.rates import Rates
from kerong.lab.window import Flags, Whole
from kerong.rulebook.content import Column, Register

PLANTED_SCHEMA = pl.Schema(
    {
        "register": pl.String(),
        "file": pl.String(),
        "line": pl.Int64(),  # in the file, its header is line 1; null where no row came
        "kind": pl.String(),
        "column": pl.String(),
        "value": pl.String(),  # as the file shows it
        "credit_code": pl.String(),  # the true one
        "key": pl.String(),  # the register's row columns, true values joined by |
        "effect": pl.String(),  # kept, noted, quarantined, set_aside, left_out, absent
    }
)
_ROW_KINDS = ("exact_duplicate", "conflicting_duplicate", "not_registered")
_EFFECTS = {
    "exact_duplicate": "noted",
    "conflicting_duplicate": "quarantined",  # it or its twin: both where the register keeps none
    "not_registered": "set_aside",
    "missing": "absent",
    "filed_late": "kept",
    "filed_after_on": "left_out",
    "in_wan": "kept",
    "other_name": "noted",
}


@dataclass(slots=True)
class Sheet:
    """One file on its way: texts under our column names, and the errors so far by row (position in `frame`)."""

    register: Register
    file: str
    frame: pl.DataFrame
    codes: pl.Series
    keys: pl.Series
    errors: list[tuple[int, str, str, str, str]]  # row, kind, column, value, effect

    def mark(self, rows: Whole, kind: str, column: str = "", value: str = "") -> None:
        """Record an error that the rows carry already."""
        self.errors.extend((int(row), kind, column, value, _EFFECTS[kind]) for row in rows)


def soil(sheet: Sheet, rates: Rates, rng: np.random.Generator, spared: Flags, *, root: bool) -> None:
    """Plant errors into `sheet`, at most one per row; `spared` rows stay as they are, a root gets no strangers."""
    rows_of = _drawn(rates, rng, len(sheet.frame), spared, root)
    changes: dict[str, dict[int, str | None]] = {}
    for blemish in BLEMISHES:
        _spoil(sheet, blemish, rows_of[blemish.kind], rng, changes)
    for column, changed in changes.items():
        sheet.frame = sheet.frame.with_columns(sheet.frame[column].scatter(list(changed), list(changed.values())))
    copies = [_copied(sheet, rows_of[kind], kind, rng) for kind in _ROW_KINDS]
    _insert(sheet, copies, rng)


def truth_of(sheet: Sheet) -> pl.DataFrame:
    """The errors of a finished sheet, in the order of its lines."""
    rows = [row for row, *_ in sheet.errors]
    _, kinds, columns, values, effects = zip(*sheet.errors, strict=True) if rows else ((), (), (), (), ())
    return pl.DataFrame(
        {
            "register": [sheet.register.name] * len(rows),
            "file": [sheet.file] * len(rows),
            "line": [row + 2 for row in rows],
            "kind": kinds,
            "column": columns,
            "value": values,
            "credit_code": sheet.codes.gather(rows),
            "key": sheet.keys.gather(rows),
            "effect": effects,
        },
        schema=PLANTED_SCHEMA,
    ).sort("line", "kind", "column")


def _drawn(rates: Rates, rng: np.random.Generator, count: int, spared: Flags, root: bool) -> dict[str, Whole]:
    """Rows per kind: one draw per row, so that no row has two errors."""
    kinds = [*(blemish.kind for blemish in BLEMISHES), *_ROW_KINDS]
    shares = [0.0 if root and kind == "not_registered" else getattr(rates, kind) for kind in kinds]
    bounds = np.cumsum([0.0, *shares])
    draw = np.where(spared, 2.0, rng.random(count))
    place = np.searchsorted(bounds, draw, side="right") - 1
    return {kind: np.flatnonzero(place == index) for index, kind in enumerate(kinds)}


def _targets(sheet: Sheet, blemish: Blemish) -> list[Column]:
    columns = [column for column in sheet.register.columns.values() if column.name in sheet.frame.columns]
    texts = [column for column in columns if sheet.frame.schema[column.name] == pl.String]
    if blemish.kind == "blank_required":
        return [column for column in texts if column.required]
    # a number that names something is no text that a spreadsheet takes for a formula
    names = {"institution", *sheet.register.row} if blemish.kind == "formula_cell" else set()
    return [c for c in texts if c.type in blemish.types and c.name not in names and not c.name.endswith("_id")]


def _spoil(
    sheet: Sheet, blemish: Blemish, rows: Whole, rng: np.random.Generator, changes: dict[str, dict[int, str | None]]
) -> None:
    targets = _targets(sheet, blemish)
    if not targets:
        return
    choice = rng.integers(0, len(targets), len(rows))
    for place, column in enumerate(targets):
        struck = rows[choice == place]
        for row, before in zip(struck.tolist(), sheet.frame[column.name].gather(struck).to_list(), strict=True):
            after = blemish.spoil(before) if before else before
            if after != before:
                changes.setdefault(column.name, {})[row] = after or None
                sheet.errors.append((row, blemish.kind, column.name, after or "", blemish.effect))


def _copied(sheet: Sheet, rows: Whole, kind: str, rng: np.random.Generator) -> tuple[str, Whole, pl.DataFrame]:
    """A second row for each of `rows`: the same, with another number, or of a firm that no register knows."""
    copy = sheet.frame[rows]
    if kind == "not_registered":
        strangers = credit_codes(rng, np.full(len(rows), "110000"))
        own = [name for name in sheet.register.row if name in copy.columns and copy.schema[name] == pl.String]
        own = [name for name in own if sheet.register.columns[name].type == "text"]
        copy = copy.with_columns(
            pl.Series("credit_code", strangers.tolist(), dtype=pl.String), *(pl.col(name) + "-9" for name in own)
        )
    if kind == "conflicting_duplicate":
        copy, rows = _contradicting(sheet, copy, rows)
    return kind, rows, copy


def _contradicting(sheet: Sheet, copy: pl.DataFrame, rows: Whole) -> tuple[pl.DataFrame, Whole]:
    columns = sheet.register.columns
    numbers = [n for kind in ("fen", "count") for n in copy.columns if n in columns and columns[n].type == kind]
    if not numbers:
        return copy.clear(), rows[:0]
    name = numbers[0]
    before = copy[name]
    after = (
        before + 1
        if before.dtype.is_integer()
        else pl.Series([other_number(text or "") for text in before], dtype=pl.String)
    )
    differs = (before != after).fill_null(False)
    return copy.with_columns(after.alias(name)).filter(differs), rows[differs.to_numpy()]


def _insert(sheet: Sheet, copies: list[tuple[str, Whole, pl.DataFrame]], rng: np.random.Generator) -> None:
    """Put the copies anywhere among the rows, and follow every error to its new place."""
    count, parts, sources = len(sheet.frame), [sheet.frame], [np.arange(len(sheet.frame))]
    for kind, rows, copy in copies:
        start = sum(len(part) for part in parts)
        sheet.mark(np.arange(start, start + len(copy)), kind)
        parts.append(copy)
        sources.append(rows)
    source = np.concatenate(sources)
    order = np.argsort(np.concatenate([np.arange(count), rng.uniform(0, count, len(source) - count)]), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    stranger = {row for row, kind, *_ in sheet.errors if kind == "not_registered"}
    codes = sheet.codes.gather(source)
    frame = pl.concat(parts)
    if stranger:
        places = sorted(stranger)
        codes = codes.scatter(places, frame["credit_code"].gather(places))
    sheet.frame, sheet.codes, sheet.keys = frame[order], codes.gather(order), sheet.keys.gather(source[order])
    sheet.errors = [(int(place[row]), kind, column, value, effect) for row, kind, column, value, effect in sheet.errors]
