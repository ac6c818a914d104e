"""READ FIRST: the order of the stages.

Facts flow one way through pure functions to decisions. A person stands in the middle: `assess` ends with what each
enterprise may have; what people do with it becomes new facts for the next run.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from kerong.engine import award, entitle, match, monitor, record, score
from kerong.engine.problems import joined
from kerong.engine.score import Scale
from kerong.rulebook import Rulebook
from kerong.rulebook.pruning import looked_at

Watch = Callable[[str], None]  # told the name of each stage when it begins


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a run yields; the tables are described in ARCHITECTURE.md. `rows` counts every register's cleaned rows."""

    enterprises: pl.DataFrame
    scores: pl.DataFrame
    verdicts: pl.DataFrame
    cuts: pl.DataFrame
    offers: pl.DataFrame
    problems: pl.DataFrame
    conflicts: pl.DataFrame
    provenance: pl.DataFrame
    coverage: pl.DataFrame
    credit: pl.DataFrame
    warnings: pl.DataFrame
    ties: pl.DataFrame
    contagion: pl.DataFrame
    statistics: Mapping[str, pl.DataFrame]
    registers: Mapping[str, pl.DataFrame]
    rows: Mapping[str, int]
    scale: Scale
    summary: Mapping[str, object]


def assess(
    facts: Mapping[str, record.FactTable],
    rulebook: Rulebook,
    used: pl.DataFrame,
    on: date,
    watch: Watch = lambda stage: None,
    decided: record.Decided = record.NOTHING_DECIDED,
) -> Assessment:
    """Record, score, entitle, award, match: from raw registers to ranked, payable offers.

    `facts` gives one register by name (it may read it when asked, so that only one is held at a time); `used` is
    what has been granted before (`award.nothing_used()`); `on` is the day of the run: what was known later is left out;
    `decided` is what stewards decided of doubtful rows and of contradictions.
    """
    watch("record")
    made = record.recorded(facts, rulebook, on, compact=True, decided=decided)
    enterprises, registers, not_measured = record.features(made.enterprises, made.registers, rulebook, on)
    ties = record.ties(registers, rulebook, on)
    made.registers.clear()  # a city's registers are large: from here those are held that somebody looks at
    rows = {name: table.height for name, table in registers.items()}
    registers = {name: table for name, table in registers.items() if name in looked_at(rulebook)}
    watch("score")
    index = score.index(enterprises, rulebook, on)
    scores = score.steady(index.scores, enterprises, rulebook, index.scale, on)
    credit, not_read = score.credit(enterprises, rulebook, on)
    watch("entitle")
    entitled, not_entitled = entitle.entitlements(enterprises, registers, rulebook, on)
    watch("award")
    amounts_at = entitle.amounts_at(rulebook, enterprises, registers, on)
    verdicts, cuts = award.awarded(entitled, award.terms_on(rulebook, on), used, amounts_at)
    watch("match")
    offers, not_matched = match.offers(verdicts, rulebook, enterprises, registers, on)
    watch("monitor")
    statistics, not_counted = monitor.statistics(registers, enterprises, rulebook, on)
    warnings = score.warnings(verdicts, credit, statistics, rulebook, enterprises, registers, on)
    spread = score.contagion(enterprises, ties, credit, rulebook)
    problems = joined([made.problems, not_measured, index.problems, not_read, not_entitled, not_matched, not_counted])
    summary = monitor.summary(enterprises, scores, verdicts, offers, problems, made.conflicts, rulebook, on)
    tables = (enterprises, scores, verdicts, cuts, offers, problems, made.conflicts, made.provenance)
    return Assessment(
        *tables, made.coverage, credit, warnings, ties, spread, statistics, registers, rows, index.scale, summary
    )


def history(
    facts: Mapping[str, record.FactTable],
    rulebook: Rulebook,
    days: Iterable[date],
    fields: Sequence[str],
    watch: Watch = lambda day: None,
    decided: record.Decided = record.NOTHING_DECIDED,
) -> pl.DataFrame:
    """One row per enterprise and day: the fields as the record of that day has them, and when each was known."""
    return record.panel(facts, rulebook, days, fields, watch, decided)
