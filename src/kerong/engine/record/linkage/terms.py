"""Terms: a column, and what is taken of it, one step after another: `name:core:first2`, `telephone:digits:last8`."""

import re

import polars as pl

from kerong.engine.record.linkage.firm_names import PARTS, name_parts
from kerong.engine.record.linkage.plan import PlanError
from kerong.engine.record.names import keys

_CUT = re.compile(r"(first|last|from)([1-9][0-9]?)")
NUMBERS = ("date", "number", "year")


class Terms:
    """The terms of a table, each step worked out once."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self._known: dict[str, pl.Series] = {}

    def of(self, text: str) -> pl.Series:
        """The values of a term in every row: texts, or Float64 (`date`: days since 1970; `year`; `number`).

        Null is no value; a column that is not there has none. Steps: `key` (linking key of a name), `place`, `core`,
        `trade`, `form` (parts of a Chinese firm's name), `digits`, `firstN`, `lastN` (characters), `fromN`
        (null where the
        text has fewer than N characters), and the numbers.

        Raises:
            PlanError: a step that is not known.
        """
        if text not in self._known:
            before, _, step = text.rpartition(":")
            self._known[text] = self._step(before, step, text) if before else self._column(step)
        found = self._known[text]
        if ":" in text or found.dtype != pl.String:
            return found
        return _filled(found.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"\s+", " "))

    def _column(self, name: str) -> pl.Series:
        if name not in self.frame.columns:
            return pl.Series(name, [None] * len(self.frame), dtype=pl.String)
        return _filled(self.frame[name].cast(pl.String).str.strip_chars())

    def _step(self, before: str, step: str, whole: str) -> pl.Series:
        if step in NUMBERS and ":" not in before:
            return _number(self.frame, before, step)
        if step in PARTS:
            found = name_parts(self._raw(before))
            self._known |= {f"{before}:{part}": found[part].alias(f"{before}:{part}") for part in PARTS}
            return self._known[whole]
        value = self._raw(before)
        if step == "key":
            return _filled(keys(value))
        if step == "digits":
            return _filled(value.str.normalize("NFKC").str.replace_all(r"[^0-9]", ""))
        cut = _CUT.fullmatch(step)
        if not cut:
            raise PlanError(f"{whole!r}: no step {step!r}")
        kind, count = cut[1], int(cut[2])
        part = value if kind == "from" else value.str.slice(0, count) if kind == "first" else value.str.slice(-count)
        return pl.select(pl.when(value.str.len_chars() >= count).then(part)).to_series()

    def _raw(self, text: str) -> pl.Series:
        """A column as it stands, or a term."""
        self.of(text)
        return self._known[text]


def _filled(values: pl.Series) -> pl.Series:
    return pl.select(pl.when(values != "").then(values)).to_series()


def _number(frame: pl.DataFrame, column: str, step: str) -> pl.Series:
    if column not in frame.columns:
        return pl.Series(column, [None] * len(frame), dtype=pl.Float64)
    is_date = frame.schema[column] in (pl.Date, pl.Datetime)
    is_text = frame.schema[column] == pl.String
    return frame.select(_as_number(pl.col(column), step, is_text=is_text, is_date=is_date)).to_series()


def _as_number(value: pl.Expr, step: str, *, is_text: bool, is_date: bool) -> pl.Expr:
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
