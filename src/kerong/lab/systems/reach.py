"""Whom a system reaches: the rules by which systems are told apart, and what each firm has of them."""

from collections.abc import Collection, Mapping

import polars as pl

from kerong.engine.monitor.words import both
from kerong.lab.systems.seen import refuse_beyond
from kerong.lab.systems.side import Side, in_city
from kerong.rulebook.content import ALERT_KINDS, CHECK_KINDS, Rule, Rulebook
from kerong.rulebook.outcomes import MET, UNKNOWN

REACH = ("certain", "possible", "nothing")
SILENT = ("recognition", *ALERT_KINDS, *CHECK_KINDS)  # kinds of rules that bring a firm nothing by themselves
HELD = pl.Schema(
    {
        "enterprise_id": pl.String(),
        "system": pl.String(),
        "rule": pl.String(),
        "outcome": pl.Int8(),
        "clause": pl.Int16(),
        "awarded_fen": pl.Int64(),
    }
)


def rules_of(book: Rulebook, common: Mapping[str, str]) -> list[Rule]:
    """The rules by which a system is told apart from another.

    Left out are recognitions, warnings and checks, and the rules in files of `common` (the nation's pack, text by file)
    that the system holds as they stand there.
    """
    return [
        rule
        for rule in book.rules.values()
        if rule.kind not in SILENT and (text := book.texts.get(rule.place.file)) is not None
        if common.get(rule.place.file) != text
    ]


def rules_told(book: Rulebook, common: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """The words of `rules_of` by rule: `title`, `kind`, `is_policy`, `clauses`; ready for JSON."""
    return {
        rule.name: {
            "title": both(rule.title),
            "kind": rule.kind,
            "is_policy": rule.is_policy,
            "clauses": [both(clause.title) for clause in rule.clauses],
        }
        for rule in rules_of(book, common)
    }


def reached(side: Side, names: Collection[str], ids: pl.Series) -> pl.Series:
    """`reach` of every firm: certain where it meets one of the rules, possible where one is open, else nothing.

    `names`: the rules that are asked; `ids`: the firms, in whose order the answer stands.
    """
    told = side.verdicts.filter(pl.col("rule").is_in(list(names)) & pl.col("outcome").is_in([MET, UNKNOWN]))
    best = told.group_by("enterprise_id").agg((pl.col("outcome") == MET).any().alias("met"))
    reach = pl.when(pl.col("met")).then(pl.lit("certain")).when(~pl.col("met")).then(pl.lit("possible"))
    found = ids.to_frame("enterprise_id").join(best, on="enterprise_id", how="left", maintain_order="left")
    return found.select(reach.otherwise(pl.lit("nothing")).alias("reach")).to_series()


def held(side: Side, common: Mapping[str, str]) -> pl.DataFrame:
    """What each firm has under a system: the rows of HELD, sorted by firm and rule; money in the city's fen.

    One line for each firm and rule that is met or open: the best of its rows, and what all of them are awarded. Of an
    open rule `clause` is the first open one.
    """
    names = [rule.name for rule in rules_of(side.rulebook, common)]
    rows = side.verdicts.filter(pl.col("rule").is_in(names) & pl.col("outcome").is_in([MET, UNKNOWN]))
    best = rows.with_columns(is_open=pl.col("outcome") != MET).sort("is_open", "clause")
    firms = best.group_by("enterprise_id", "rule", maintain_order=True).agg(
        pl.col("outcome", "clause").first(), pl.col("awarded_fen").cast(pl.Int128).sum().alias("own")
    )
    whole = [in_city(own, side.rate) for own in firms["own"].fill_null(0)]
    refuse_beyond(max(map(abs, whole), default=0), side.rate)
    fen = pl.Series("awarded_fen", whole, dtype=pl.Int64)
    told = firms.with_columns(pl.lit(side.rulebook.region.name).alias("system"), fen)
    return told.select(list(HELD)).cast(HELD).sort("enterprise_id", "rule")
