"""Does the index predict? The index of a past day against what registers learned after it, beside simple baselines.

Out of time: scale and points rest on what was known on the day alone; nothing is fitted to the outcome.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from kerong.engine import record, score
from kerong.engine.score.validity import Validity, validity
from kerong.rulebook import Rulebook
from kerong.rulebook.tree import fields_of

INDEX = "index"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row of `register` after the day, by its `date` (a Date column, or a year), where `codes` of a column hold.

    `without`: a field that, where it is true or above 0 on the day, takes the firm out of those at risk.
    """

    name: str
    register: str
    date: str
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    without: str | None = None


@dataclass(frozen=True, slots=True)
class Design:
    """What is held against what. `baselines`: name -> fields of the day whose sum is the figure (flags count 1).

    `among`: a field that is true or above 0 for those that are looked at at all; None: every firm of the record.
    `recent`: a field with a year, and the years back from the day within which it must lie; None: whenever.
    """

    outcomes: tuple[Outcome, ...]
    baselines: Mapping[str, tuple[str, ...]]
    among: str | None = None
    recent: tuple[str, int] | None = None


CITY = Design(
    outcomes=(
        Outcome("equity round", "equity_round", "closed_on"),
        Outcome("public project", "project", "granted_on"),
        Outcome("high-tech title", "qualification", "issued_on", {"kind": ("high_tech",)}, without="is_high_tech"),
        Outcome("listing step", "listing", "done_on"),
    ),
    baselines={
        "age": ("age_years",),
        "head-count": ("headcount",),
        "patents": ("inventions_in_force",),
        "revenue": ("turnover_fen",),
        "qualifications": ("is_high_tech", "is_tech_sme", "specialised_level", "institute_level", "high_growth_level"),
    },
    among="is_in_business",
)
USA = Design(
    outcomes=(
        Outcome("SBIR phase II", "award_list", "award_year", {"phase": ("two",)}),
        Outcome("venture round", "round", "funded_on"),
        Outcome("acquired", "acquisition", "acquired_on", without="exits"),
    ),
    baselines={
        "age": ("age_years",),
        "awards": ("awards",),
        "phase II awards": ("phase2",),
        "awards, 5 years": ("listed_awards_5y",),
        "latest award year": ("last_award_year",),
        "venture rounds": ("rounds",),
    },
    among="awards",
)


@dataclass(frozen=True, slots=True)
class Proof:
    """`firms` of the record of `on` that were looked at; `found`: every outcome with the index and every baseline.

    `coverage_bp`: the middle firm's coverage of the index on that day.
    """

    on: date
    until: date
    firms: int
    coverage_bp: int
    found: tuple[Validity, ...]


def proof(
    facts: Mapping[str, record.FactTable],
    rulebook: Rulebook,
    design: Design,
    on: date,
    until: date,
    rng: np.random.Generator,
    spared: Mapping[str, pl.DataFrame] | None = None,
) -> Proof:
    """The index of `on` and the baselines of that day, against what is known by `until` to have come after it.

    `spared`: misfortunes by name, tables of `enterprise_id` and `came` (Date): the outcome is to be spared it by
    `until`; who had it by `on` is not at risk.
    """
    past = _past(facts, rulebook, design, on)
    scores = score.index(past, rulebook, on).scores
    scored = scores.select("enterprise_id", pl.col("points").alias(INDEX), "coverage_bp")
    firms = past.join(scored, on="enterprise_id", how="left", maintain_order="left")
    if design.among is not None:
        firms = firms.filter(_holds(design.among))
    if design.recent is not None:
        firms = firms.filter(pl.col(design.recent[0]) > on.year - design.recent[1])
    later = record.recorded(facts, rulebook, until, whole=[item.register for item in design.outcomes]).registers
    outcomes = {item.name: _came(firms, later, item, on) for item in design.outcomes}
    outcomes |= {name: _spared(firms, table, on, until) for name, table in (spared or {}).items()}
    figures = {INDEX: firms[INDEX], **{name: _figure(firms, parts) for name, parts in design.baselines.items()}}
    middle = int(firms.select(pl.col("coverage_bp").median()).item() or 0)
    return Proof(on, until, firms.height, middle, tuple(validity(outcomes, figures, rng)))


def _past(facts: Mapping[str, record.FactTable], rulebook: Rulebook, design: Design, on: date) -> pl.DataFrame:
    """The fields that the index, the baselines and the risk set read, as the record of the day has them."""
    wanted = {name for item in rulebook.indicators.values() for _, name in fields_of(item.value)}
    wanted |= {name for parts in design.baselines.values() for name in parts} | {"district"}
    wanted |= {name.removeprefix("enterprise.") for name in (rulebook.region.stage, rulebook.region.group) if name}
    wanted |= {name for name in (design.among, *(item.without for item in design.outcomes)) if name}
    return record.panel(facts, rulebook, [on], sorted(wanted)).select("enterprise_id", *sorted(wanted))


def _came(firms: pl.DataFrame, later: Mapping[str, pl.DataFrame], outcome: Outcome, on: date) -> pl.Series:
    """Whether a row of the outcome came after the day; null for who is not at risk."""
    rows = later[outcome.register]
    day = pl.col(outcome.date)
    after = day > on if rows.schema[outcome.date] == pl.Date else day.cast(pl.Int64) > on.year
    for column, codes in outcome.codes.items():
        after = after & pl.col(column).cast(pl.String).is_in(list(codes))
    ids = rows.filter(after)["enterprise_id"].unique()
    came = pl.col("enterprise_id").is_in(ids.implode())
    at_risk = pl.lit(True) if outcome.without is None else ~_holds(outcome.without)
    return firms.select(pl.when(at_risk).then(came)).to_series()


def _spared(firms: pl.DataFrame, table: pl.DataFrame, on: date, until: date) -> pl.Series:
    told = table.select("enterprise_id", "came").unique("enterprise_id", keep="first", maintain_order=True)
    dated = firms.select("enterprise_id").join(told, on="enterprise_id", how="left", maintain_order="left")
    came = pl.col("came").is_not_null() & (pl.col("came") <= until)
    return dated.select(pl.when(pl.col("came").is_null() | (pl.col("came") > on)).then(~came)).to_series()


def _holds(name: str) -> pl.Expr:
    """Whether a flag is true or a number above 0; the unknown is not."""
    return (pl.col(name).cast(pl.Float64) > 0).fill_null(False)


def _figure(firms: pl.DataFrame, parts: Sequence[str]) -> pl.Series:
    """The sum of fields as a figure; unknown as soon as a part is."""
    sums = sum((pl.col(name).cast(pl.Float64) for name in parts), pl.lit(0.0))
    return firms.select(sums).to_series()
