"""How good each kind of warning has been on held-out months, as the run's table of grades says."""

from dataclasses import dataclass

import polars as pl

from kerong.web.base.selectors.published import Published

TABLE = "grades"
JUDGED = ("useful", "worthless")
FIGURES = ("precision", "base", "recall", "lead_days", "false_per_100")
NEEDED = frozenset({"kind", "verdict", *(f"{name}_{part}" for name in FIGURES for part in ("value", "low", "high"))})


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval; all None where there is nothing to say."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def percent(self) -> str:
        """A share as per cent with its interval."""
        return _written(self, 100, "%")

    @property
    def plain(self) -> str:
        """A number with its interval."""
        return _written(self, 1, "")


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade of one kind; `verdict` is useful, worthless, never_fired, no_event or not_judged."""

    verdict: str
    warned: int
    precision: Interval
    base: Interval
    recall: Interval
    lead_days: Interval
    false_per_100: Interval

    @property
    def is_judged(self) -> bool:
        """Are there figures to show?"""
        return self.verdict in JUDGED


def grades(published: Published) -> dict[str, Grade]:
    """The grades by kind; none where the run has no such table, or one of another shape."""
    if TABLE not in published.tables:
        return {}
    scanned = published.table(TABLE)
    if not scanned.collect_schema().names() or not set(scanned.collect_schema().names()) >= NEEDED:
        return {}
    rows = scanned.filter(pl.col("kind").is_not_null()).collect().iter_rows(named=True)
    return {row["kind"]: _grade(row) for row in rows}


def _grade(row: dict[str, object]) -> Grade:
    def interval(name: str) -> Interval:
        value, low, high = (row[f"{name}_{part}"] for part in ("value", "low", "high"))
        return Interval(*(float(part) if isinstance(part, int | float) else None for part in (value, low, high)))

    warned = row.get("warned")
    told = {name: interval(name) for name in FIGURES}
    return Grade(verdict=str(row["verdict"]), warned=warned if isinstance(warned, int) else 0, **told)


def _written(held: Interval, times: int, unit: str) -> str:
    if held.value is None:
        return "—"
    shown = f"{held.value * times:.3g}{unit}"
    if held.low is None or held.high is None:
        return shown
    return f"{shown} ({held.low * times:.3g}–{held.high * times:.3g})"
