"""Trouble that comes over from others: along sureties and supply, at most some steps, in whole parts of a million.

Integers alone, so that the sums are exact and the same in any order. Chances are added, which is an upper bound of the
chance that at least one of them comes true.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from kerong.rulebook.channels import Channel
from kerong.rulebook.content import Rulebook

CERTAIN = 1_000_000  # parts of a million: of firms that are in trouble already
MOST_STEPS = 6
STEPS = 2  # of a run
HAZARD = "hazard"  # the kind of model
OWN = pl.Schema({"subject": pl.String(), "own_ppm": pl.Int64()})
# `begin` in trouble puts `end` in trouble in weight_bp of 10,000 cases, and costs it up to exposure_fen
TIES = pl.Schema(
    {
        "begin": pl.String(),
        "end": pl.String(),
        "channel": pl.String(),
        "weight_bp": pl.Int64(),
        "exposure_fen": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Spread:
    """`firms`: `subject`, `own_ppm`, `total_ppm`, `received_ppm`, `at_risk_fen`, `unknown` (ties to firms of which
    nothing is known: what is said is then the least), sorted by subject. `ties`: TIES with `passed_ppm`, `at_risk_fen`.

    `total_ppm` = `own_ppm` + the sum of `passed_ppm` over a firm's ties, at most CERTAIN; the sums of `at_risk_fen`
    over firms and over ties are the same.
    """

    firms: pl.DataFrame
    ties: pl.DataFrame


def spread(own: pl.DataFrame, ties: pl.DataFrame, steps: int) -> Spread:
    """What comes over in at most `steps` steps.

    `own`: OWN, one row per firm; null where nothing is known of it. `ties`: TIES; a tie to oneself passes nothing; ends
    that are no firm of `own` are left out.

    Raises:
        ValueError: steps, a weight, a chance or an exposure out of its range, or a firm that stands twice.
    """
    _check(own, ties, steps)
    firms = own.select(OWN.names()).cast(OWN).sort("subject")
    inside = ties.filter((pl.col("begin") != pl.col("end")) & pl.col("end").is_in(firms["subject"].implode()))
    inside = inside.select(TIES.names()).cast(TIES).sort(TIES.names())
    total = firms.select("subject", pl.col("own_ppm").alias("total_ppm"))
    told = _passed(inside, total)
    for _ in range(steps):
        told = _passed(inside, total)
        sums = told.group_by("end").agg(pl.col("passed_ppm").sum())
        wide = firms.join(sums, left_on="subject", right_on="end", how="left").sort("subject")
        grown = pl.min_horizontal(pl.col("own_ppm").fill_null(0) + pl.col("passed_ppm").fill_null(0), pl.lit(CERTAIN))
        total = wide.select("subject", pl.when(_is_known()).then(grown).alias("total_ppm"))
    by_firm = told.group_by("end").agg(pl.col("at_risk_fen").sum(), pl.col("unknown").sum().cast(pl.Int64))
    table = firms.join(total, on="subject").join(by_firm, left_on="subject", right_on="end", how="left")
    received = pl.col("total_ppm").fill_null(0) - pl.col("own_ppm").fill_null(0)
    table = table.with_columns(received.alias("received_ppm"), pl.col("at_risk_fen", "unknown").fill_null(0))
    names = ["subject", "own_ppm", "total_ppm", "received_ppm", "at_risk_fen", "unknown"]
    return Spread(table.select(names).sort("subject"), told.drop("unknown"))


def weighed_ties(ties: pl.DataFrame, channels: Mapping[str, Channel]) -> pl.DataFrame:
    """TIES by what channels say. `ties`: `channel`, `begin`, `end`, `amount_fen`; those of other channels are left out.

    A share is one of all known amounts above 0 that end at the firm by the channel: an end with a small known part of
    its ties has a larger share by the others. An amount that is not known, or not above 0, is 0 at risk.
    """
    found = [TIES.to_frame()]
    for name, channel in sorted(channels.items()):
        rows = ties.filter(pl.col("channel") == name)
        amount = pl.max_horizontal(pl.col("amount_fen").fill_null(0), pl.lit(0, pl.Int64))
        weight = pl.lit(channel.weight_bp, pl.Int64)
        if channel.by_share:
            rows = rows.filter(amount > 0)
            whole = amount.cast(pl.Int128).sum().over("end")
            weight = (amount.cast(pl.Int128) * channel.weight_bp // whole).cast(pl.Int64)
        exposure = amount if channel.exposes else pl.lit(0, pl.Int64)
        told = rows.select("begin", "end", "channel", weight.alias("weight_bp"), exposure.alias("exposure_fen"))
        found.append(told.cast(TIES))
    return pl.concat(found).sort(TIES.names())


def large_ties(ties: pl.DataFrame, channels: Mapping[str, Channel], least_bp: int) -> pl.DataFrame:
    """TIES of which a firm has at least this share of what ends at it, of channels by share; all of the others.

    Weights are shares here, in basis points.
    """
    whole = {name: replace(channel, weight_bp=10_000) for name, channel in channels.items()}
    return weighed_ties(ties, whole).filter(pl.col("weight_bp") >= least_bp)


def card_of_contagion(rulebook: Rulebook) -> str | None:
    """The card whose probabilities are the firms' own: of hazards that warn the soonest ahead, first by name."""
    hazards = [
        (model.outcome.horizon, name)
        for name, rules in rulebook.cards.items()
        if (model := rulebook.models[rules.model]).kind == HAZARD and model.alert is not None and model.outcome
        if not model.alert.is_on_trial
    ]
    return min(hazards)[1] if hazards else None


def own_of(enterprises: pl.Series, credit: pl.DataFrame, card: str | None) -> pl.DataFrame:
    """OWN by the readings of a card: who is not at risk any more is in trouble for certain; not known stays unknown."""
    read = credit.filter(pl.col("card") == (card or ""))
    chance = pl.col("probability_bp").cast(pl.Int64) * (CERTAIN // 10_000)
    own = pl.when(pl.col("at_risk")).then(chance).when(~pl.col("at_risk")).then(pl.lit(CERTAIN, pl.Int64))
    told = read.select("subject", own.alias("own_ppm"))
    return enterprises.alias("subject").to_frame().join(told, on="subject", how="left").select(OWN.names()).cast(OWN)


def contagion(enterprises: pl.DataFrame, ties: pl.DataFrame, credit: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """The table `contagion` of a run: `firms` of `Spread` in STEPS steps. `ties`: as the record gives them."""
    own = own_of(enterprises["enterprise_id"], credit, card_of_contagion(rulebook))
    return spread(own, weighed_ties(ties, rulebook.channels), STEPS).firms


def _is_known() -> pl.Expr:
    """Of a firm nothing is known where neither it nor anybody tied to it says anything."""
    return pl.col("own_ppm").is_not_null() | (pl.col("passed_ppm").fill_null(0) > 0)


def _passed(ties: pl.DataFrame, total: pl.DataFrame) -> pl.DataFrame:
    """The ties with what they pass of the chances of `total`, rounded down, and whether their beginning is unknown."""
    wide = ties.join(total.rename({"subject": "begin"}), on="begin", how="left")
    chance = pl.col("total_ppm").fill_null(0)
    high, low = pl.col("exposure_fen") // CERTAIN, pl.col("exposure_fen") % CERTAIN  # a product of both would not fit
    return wide.select(
        *TIES.names(),
        (chance * pl.col("weight_bp") // 10_000).alias("passed_ppm"),
        (high * chance + low * chance // CERTAIN).alias("at_risk_fen"),
        pl.col("total_ppm").is_null().alias("unknown"),
    ).sort(TIES.names())


def _check(own: pl.DataFrame, ties: pl.DataFrame, steps: int) -> None:
    if not 1 <= steps <= MOST_STEPS:
        raise ValueError(f"trouble is followed over 1 to {MOST_STEPS} steps, not {steps}")
    if own["subject"].is_duplicated().any():
        raise ValueError(f"{own.filter(own['subject'].is_duplicated())['subject'][0]} stands twice")
    within = (
        own["own_ppm"].drop_nulls().is_between(0, CERTAIN).all(),
        ties["weight_bp"].is_between(0, 10_000).all() and not ties["weight_bp"].null_count(),
        (ties["exposure_fen"] >= 0).all() and not ties["exposure_fen"].null_count(),
    )
    for name, is_well in zip(("own_ppm", "weight_bp", "exposure_fen"), within, strict=True):
        if not is_well:
            raise ValueError(f"{name}: a value is out of its range")
