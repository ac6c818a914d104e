"""Blocks of a file to sound rows and rows set aside, and what there is to say of the file as a whole."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date

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


class Reader:
    """Takes the blocks of one file in their order. `totals`: columns whose sum over all readable cells is asked for."""

    def __init__(self, register: Register, totals: Mapping[str, int], until: date) -> None:
        self.register = register
        self.totals = dict(totals)
        self.until = until
        self.noted: list[Problem] = []
        self.headers: list[str] = []
        self._misfits: list[Problem] = []
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
            self._misfits.append(problem)
            self._aside += 1
            self._faults[str(problem["kind"])] += 1
        elif problem not in self.noted:
            self.noted.append(problem)

    @property
    def misfits(self) -> set[int]:
        """Lines of rows that do not fit the header."""
        return {int(str(problem["line"])) for problem in self._misfits}

    def misfitting(self, cells: Mapping[int, Mapping[str, str | None]]) -> pl.DataFrame:
        """These rows as rows set aside; `cells` by line, header to cell."""
        return pl.DataFrame([_misfit(problem, cells, self.headers) for problem in self._misfits], schema=ASIDE)

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
        rows = (rows.drop(ENTERPRISE) if ENTERPRISE in rows.columns else rows).with_columns(
            period_column(self.register)
        )
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


def _misfit(problem: Problem, cells: Mapping[int, Mapping[str, str | None]], headers: list[str]) -> dict[str, object]:
    found = cells.get(int(str(problem["line"])), dict.fromkeys(headers))
    return {name: problem.get(name) for name in ASIDE} | {"raw": json.dumps(found, ensure_ascii=False)}


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
