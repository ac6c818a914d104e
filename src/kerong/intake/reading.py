"""Blocks of a file to sound rows and rows set aside, and what there is to say of the file as a whole."""

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import polars as pl

from kerong.engine.record.cells import read_column
from kerong.engine.record.clean import cleaned_part
from kerong.engine.record.dates import known_on
from kerong.engine.record.duplicates import LINE, PART
from kerong.engine.record.facts import ENTERPRISE, identified, located
from kerong.engine.record.gates import Stated
from kerong.engine.record.headers import Match, matched
from kerong.engine.record.profile import PERIOD, Profile, Profiler, identity_columns
from kerong.engine.record.values import as_text
from kerong.intake.periods import ahead, outside, period_column
from kerong.rulebook.content import Register
from kerong.store.files import Problem, RawPart

ASIDE = pl.Schema(
    {
        "line": pl.Int64(),
        "column": pl.String(),
        "kind": pl.String(),
        "value": pl.String(),
        "severity": pl.String(),
        "raw": pl.String(),
    }
)
WITHOUT_IDENTITY = ("identity_missing", "not_a_name", "state_missing")
QUARANTINED = "quarantined"
MISFITS = 1 << 14  # rows whose cells are held at a time


class Reader:
    """Takes the blocks of one file in their order. `totals`: columns whose sum over all readable cells is asked for."""

    def __init__(self, register: Register, totals: Mapping[str, int], until: date) -> None:
        self.register = register
        self.totals = dict(totals)
        self.until = until
        self.noted: list[Problem] = []
        self.headers: list[str] = []
        self._misfits: defaultdict[tuple[str, str], array[int]] = defaultdict(lambda: array("Q"))
        self.latest: date | None = None
        self._profiler = Profiler(register)
        self._aside = 0
        self._without_identity = 0
        self._faults: Counter[str] = Counter()
        self._found: Counter[str] = Counter()
        self._unread: Counter[str] = Counter()

    @property
    def refused(self) -> list[Problem]:
        """Why the file cannot be used; empty where it can."""
        return [problem for problem in self.noted if problem["severity"] == "refused"]

    def note(self, problem: Problem) -> None:
        """A problem that the reading of the file told: of the file, or of a row that does not fit the header."""
        if problem["severity"] == QUARANTINED:
            self._misfits[str(problem["kind"]), str(problem["value"])].append(int(str(problem["line"])))
            self._aside += 1
            self._faults[str(problem["kind"])] += 1
        elif problem not in self.noted:
            self.noted.append(problem)

    @property
    def misfits(self) -> pl.DataFrame:
        """Rows that do not fit the header, as rows set aside (ASIDE) whose cells are not known; sorted by line."""
        raw = json.dumps(dict.fromkeys(self.headers), ensure_ascii=False)
        tables = [
            pl.DataFrame({"line": np.asarray(lines, dtype=np.int64)}).select(
                "line",
                pl.lit(None, pl.String).alias("column"),
                pl.lit(kind).alias("kind"),
                pl.lit(value).alias("value"),
                pl.lit(QUARANTINED).alias("severity"),
                pl.lit(raw).alias("raw"),
            )
            for (kind, value), lines in self._misfits.items()
        ]
        return pl.concat([ASIDE.to_frame(), *tables]).sort("line")

    def misfitting(self, cells: Iterator[tuple[int, Mapping[str, str | None]]]) -> Iterator[pl.DataFrame]:
        """The same with their cells (`cells`: line and header to cell, by line), a part at a time."""
        line, told = next(cells, (0, {}))
        for rows in self.misfits.iter_slices(MISFITS):
            raw = rows["raw"].to_list()
            for place, wanted in enumerate(rows["line"].to_list()):
                while line and line < wanted:
                    line, told = next(cells, (0, {}))
                if line == wanted:
                    raw[place] = json.dumps(told, ensure_ascii=False)
            yield rows.with_columns(pl.Series("raw", raw, dtype=pl.String))

    def take(self, part: RawPart) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The block's rows (the register's columns, LINE as UInt64, PERIOD), and its rows set aside (ASIDE)."""
        lines = part.lines
        if lines is None:
            lines = pl.int_range(2, part.frame.height + 2, dtype=pl.UInt32, eager=True)
        self.headers = part.frame.columns
        match = matched(part.frame.columns, self.register)
        rows, found = cleaned_part(RawPart(part.file, part.frame, lines), 0, self.register)
        of_header = pl.col("kind").is_in([str(problem["kind"]) for problem in match.problems])
        of_file = found.filter(of_header)
        for problem in of_file.iter_rows(named=True):
            self.note({name: value for name, value in problem.items() if value is not None})
        if match.is_refused:
            return rows.clear(), ASIDE.to_frame()
        rows, of_rows = self._sound(rows, part.file)
        found = pl.concat([found.filter(~of_header), of_rows])
        aside = _with_raw(found, part.frame, lines)
        self._count(aside, match)
        self._sum(part.frame, match)
        self._profiler.add(rows)
        known = known_on(self.register)
        if known is not None and rows.height:
            days = rows.select(known.alias("day"))["day"]
            self._see(days.filter(days <= self.until).max())
        return rows.drop(PART).with_columns(pl.col(LINE).cast(pl.UInt64)), aside

    def _sound(self, rows: pl.DataFrame, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Without rows of which nobody can say whom they are about or when they hold; and these as problems."""
        rows, nameless = identified(rows, self.register, self.until)
        rows = rows.drop(ENTERPRISE) if ENTERPRISE in rows.columns else rows
        rows = rows.with_columns(period_column(rows, self.register))
        delivery, known = self.register.delivery, known_on(self.register)
        open_time = pl.lit(value=False) if known is None else known.is_null()
        column = self.register.known or self.register.period or ""
        if delivery.extent == "period":
            open_time |= pl.col(PERIOD).is_null()
            column = delivery.of or column
        timeless = rows.filter(open_time)
        told = timeless.select(
            PART, LINE, severity=pl.lit(QUARANTINED), value=pl.lit(None, pl.String), kind=pl.lit("time_unknown")
        ).with_columns(column=pl.lit(column))
        found = pl.concat([located(nameless, [file]), located(told, [file])])
        return (rows.filter(~open_time) if timeless.height else rows), found

    def _count(self, aside: pl.DataFrame, match: Match) -> None:
        taken = aside.filter(pl.col("severity") == QUARANTINED)
        self._aside += taken["line"].n_unique() if taken.height else 0
        for kind, count in taken["kind"].value_counts(sort=False).iter_rows():
            self._faults[kind] += count
        headers = [match.columns[name].header for name in identity_columns(self.register) if name in match.columns]
        without = taken.filter(pl.col("kind").is_in(WITHOUT_IDENTITY) | pl.col("column").is_in(headers))
        self._without_identity += without["line"].n_unique() if without.height else 0

    def _sum(self, frame: pl.DataFrame, match: Match) -> None:
        """Sums for control totals: of every cell that can be read, whatever became of its row."""
        for name in self.totals:
            if name in self.register.columns:
                values, faults = read_column(frame, match, self.register.columns[name])
                self._found[name] += int(values.cast(pl.Int128).sum() or 0)
                self._unread[name] += int((values.is_null() & faults.is_not_null()).sum())

    def _see(self, day: object) -> None:
        if isinstance(day, date) and (self.latest is None or day > self.latest):
            self.latest = day

    def profile(self) -> Profile:
        """Of all blocks taken."""
        return self._profiler.told(self._aside, self._without_identity, self._faults)

    def stated(self, period: str | None, surely: bool) -> Stated:
        """What the sender says, beside what the file holds."""
        periods = self._profiler.periods
        return Stated(
            totals=self.totals,
            found=self._found,
            unread=self._unread,
            period=period,
            surely=surely,
            outside=outside(periods, period),
            until=self.until.isoformat(),
            ahead=ahead(periods, self.until),
        )


def _with_raw(found: pl.DataFrame, frame: pl.DataFrame, lines: pl.Series) -> pl.DataFrame:
    """Problems of lines with the line's cells as they stood in the file: JSON, header to text."""
    if not found.height:
        return ASIDE.to_frame()
    bad = lines.cast(pl.Int64).is_in(found["line"].implode())
    rows = frame.filter(bad)
    texts = [as_text(rows[name]) for name in rows.columns]
    cells = pl.DataFrame(
        [
            pl.repeat(None, rows.height, dtype=pl.String, eager=True).alias(name) if text is None else text.alias(name)
            for name, text in zip(rows.columns, texts, strict=True)
        ]
    )
    raw = cells.select(pl.struct(pl.all()).struct.json_encode().alias("raw"))["raw"]
    told = pl.DataFrame({"line": lines.cast(pl.Int64).filter(bad), "raw": raw})
    return found.join(told, on="line", how="left", maintain_order="left").select(ASIDE.names())
