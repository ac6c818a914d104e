"""Rows that found no enterprise: who they may be, for a steward to decide."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from kerong.engine.record import Decided, FactTable, recorded
from kerong.rulebook import Rulebook

KINDS = ("enterprise_not_registered", "name_in_several_states")
BY_NAME = ("name", "name_state")
QUEUE = pl.Schema(
    {
        "left_id": pl.String(),
        "registers": pl.String(),
        "rows": pl.Int64(),
        "enterprise_id": pl.String(),
        "name": pl.String(),
        "probability": pl.Float64(),
    }
)


def doubtful(facts: Mapping[str, FactTable], rulebook: Rulebook, on: date, decided: Decided) -> pl.DataFrame:
    """Columns of QUEUE: how rows name a firm that nobody is sure of, the registers and number of these rows, and a firm
    that it may be (null: none is near enough), a line per candidate; what finds most rows their firm stands first.

    What was decided is not asked again.
    """
    made = recorded(facts, rulebook, on, compact=True, decided=decided)
    named = [name for name, register in rulebook.registers.items() if register.identify in BY_NAME]
    open_rows = made.problems.filter(pl.col("kind").is_in(KINDS) & pl.col("register").is_in(named))
    asked = open_rows.group_by(pl.col("enterprise_id").alias("left_id")).agg(
        pl.col("register").unique().sort().str.join("、").alias("registers"),
        pl.col("value").cast(pl.Int64).sum().alias("rows"),
    )
    if not asked.height:
        return QUEUE.to_frame()
    near = _near(asked, made.enterprises, rulebook, decided)
    firms = made.enterprises.select("enterprise_id", _name(made.enterprises).alias("name"))
    wide = asked.join(near, on="left_id", how="left").join(firms, on="enterprise_id", how="left")
    good = (pl.col("probability").fill_null(0.0) * pl.col("rows")).round(6)
    order = wide.with_columns(good.max().over("left_id").alias("#good"))
    order = order.sort(["#good", "left_id", "probability", "enterprise_id"], descending=[True, False, True, False])
    return order.select(list(QUEUE)).cast(QUEUE)


def _near(asked: pl.DataFrame, enterprises: pl.DataFrame, rulebook: Rulebook, decided: Decided) -> pl.DataFrame:
    """left_id, enterprise_id, probability of pairs that are likely enough to be looked at, decided ones left out."""
    nobody = pl.DataFrame(schema={name: QUEUE[name] for name in ("left_id", "enterprise_id", "probability")})
    if not enterprises.height or "name" not in enterprises.columns:
        return nobody
    from kerong.engine.record.linkage import fit, linked, standard_plan  # compiled loops: only where needed

    states = any(register.identify == "name_state" for register in rulebook.registers.values())
    key = pl.col("left_id").str.replace_all("-", " ", literal=True)
    left = asked.select(pl.col("left_id").alias("id"), key.alias("name"))
    right = enterprises.select("enterprise_id", "name")
    if states:
        state = r"^([A-Z]{2})-(.+)$"
        bare = pl.col("id").str.extract(state, 2).str.replace_all("-", " ", literal=True)
        left = left.with_columns(
            pl.coalesce(bare, "name").alias("name"), pl.col("id").str.extract(state, 1).alias("state")
        )
        right = right.with_columns(pl.col("enterprise_id").str.extract(state, 1).alias("state"))
    model = fit(left, right.rename({"enterprise_id": "id"}), standard_plan(left, right))
    found = linked(left, right, model, decided.identity, right_id="enterprise_id").pairs
    open_pairs = found.filter(pl.col("decided").is_in(["same", "review"]) & (pl.col("by") != "steward"))
    return open_pairs.select("left_id", pl.col("right_id").alias("enterprise_id"), "probability")


def _name(enterprises: pl.DataFrame) -> pl.Expr:
    return pl.col("name") if "name" in enterprises.columns else pl.lit(None, dtype=pl.String)
