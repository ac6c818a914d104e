"""What stewards decided about pairs: it goes before the model, survives every new run, and contradictions
are named."""

from dataclasses import dataclass

import polars as pl

from kerong.engine.problems import problems

DECISIONS = pl.Schema(
    {
        "left_id": pl.String(),
        "right_id": pl.String(),
        "decision": pl.String(),  # "same" or "different"
        "by": pl.String(),
        "at": pl.Datetime("us"),
    }
)
PAIR = ("left_id", "right_id")
SAME, DIFFERENT, REVIEW = "same", "different", "review"


@dataclass(frozen=True, slots=True)
class Settled:
    """`verdicts`: left_id, right_id, verdict (a contradiction is "review"); `problems` name what contradicts."""

    verdicts: pl.DataFrame
    problems: pl.DataFrame


def settled(decisions: pl.DataFrame | None, *, one_left: bool, one_right: bool, one_table: bool) -> Settled:
    """What holds of every pair that was decided.

    Of one steward the latest decision on a pair counts; two stewards of different opinion contradict each
    other. Where a
    row may be the same as one row only (`one_left`: each left row; `one_right`: each right row), being the
    same as two is
    a contradiction. In one table (`one_table`) a pair has no sides, and being the same is handed on: A = B,
    B = C and A != C
    contradict each other.

    Raises:
        ValueError: a decision that is neither "same" nor "different".
    """
    if decisions is None or not len(decisions):
        return Settled(pl.DataFrame(schema={**dict.fromkeys(PAIR, pl.String()), "verdict": pl.String()}), problems())
    known = decisions.select(pl.col(name).cast(dtype) for name, dtype in DECISIONS.items())
    strange = known.filter(~pl.col("decision").is_in([SAME, DIFFERENT]).fill_null(value=False))
    if len(strange):
        raise ValueError(f"a decision is “same” or “different”, not {strange['decision'][0]!r}")
    if one_table:
        low, high = pl.min_horizontal(PAIR), pl.max_horizontal(PAIR)
        known = known.with_columns(low.alias("left_id"), high.alias("right_id"))
    latest = known.sort([*PAIR, "by", "at", "decision"]).unique([*PAIR, "by"], keep="last", maintain_order=True)
    said = latest.group_by(PAIR).agg(
        pl.col("decision").unique().sort().alias("said"),
        pl.concat_str("by", pl.lit(": "), "decision").sort().str.join("; ").alias("who"),
    )
    found = said.with_columns(
        verdict=pl.when(pl.col("said").list.len() > 1).then(pl.lit(REVIEW)).otherwise(pl.col("said").list.first())
    ).sort(PAIR)
    clash = [_named(found.filter(pl.col("verdict") == REVIEW), "decisions_contradict")]
    for side, alone in (("left_id", one_left), ("right_id", one_right)):
        if alone:
            several = (pl.col("verdict") == SAME) & ((pl.col("verdict") == SAME).sum().over(side) > 1)
            clash.append(_named(found.filter(several), "decisions_name_two"))
            found = found.with_columns(verdict=pl.when(several).then(pl.lit(REVIEW)).otherwise("verdict"))
    if one_table:
        found, broken = _handed_on(found)
        clash.append(_named(broken, "decisions_close_a_circle"))
    return Settled(found.select(*PAIR, "verdict"), pl.concat(clash))


def _handed_on(found: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Groups of rows that are the same by decision and hold a pair that is different by decision: to be reviewed."""
    group: dict[str, str] = {}

    def root(row: str) -> str:
        while group.get(row, row) != row:
            row = group[row]
        return row

    for a, b in found.filter(pl.col("verdict") == SAME).select(PAIR).iter_rows():
        low, high = sorted((root(a), root(b)))
        group[high] = low
    roots = [(root(a), root(b)) for a, b in found.select(PAIR).iter_rows()]
    found = found.with_columns(
        pl.Series("of_left", [a for a, _ in roots], pl.String), pl.Series("of_right", [b for _, b in roots], pl.String)
    )
    broken = found.filter((pl.col("verdict") == DIFFERENT) & (pl.col("of_left") == pl.col("of_right")))
    inside = (pl.col("verdict") == SAME) & pl.col("of_left").is_in(broken["of_left"].implode())
    found = found.with_columns(verdict=pl.when(inside).then(pl.lit(REVIEW)).otherwise("verdict"))
    return found.drop("of_left", "of_right"), broken


def _named(pairs: pl.DataFrame, kind: str) -> pl.DataFrame:
    rows = pairs.select(*PAIR, "who").iter_rows()
    return problems(
        {"stage": "record", "kind": kind, "severity": "noted", "value": f"{a} = {b} ({who})"[:80], "enterprise_id": b}
        for a, b, who in rows
    )
