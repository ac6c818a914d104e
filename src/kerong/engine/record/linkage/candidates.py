"""Rows of a register that know their enterprise by no code: who they are, who they might be, and what a
steward must look at."""

from dataclasses import dataclass

import polars as pl

from kerong.engine.record.linkage.decisions import SAME
from kerong.engine.record.linkage.fit import fit
from kerong.engine.record.linkage.linking import Linked, linked
from kerong.engine.record.linkage.model import Model
from kerong.engine.record.linkage.queue import review_queue
from kerong.engine.record.linkage.standard import standard_plan

ENTERPRISE = "enterprise_id"


@dataclass(frozen=True, slots=True)
class Candidates:
    """`by_row`: for every given row, in its order, link_id, enterprise_id (null where nobody is sure), probability.

    `link_id` are the row's compared values joined by "|": the same values have the same id in every run, so
    that what a
    steward decides of them (left_id = link_id, right_id = enterprise_id) survives. `queue` is the review queue.
    """

    by_row: pl.DataFrame
    queue: pl.DataFrame
    problems: pl.DataFrame
    linked: Linked


def model_for(rows: pl.DataFrame, enterprises: pl.DataFrame, *, seed: int = 0) -> Model:
    """A model for the columns that a register and the enterprises share, learned from both without labels."""
    plan = standard_plan(rows, enterprises)
    shared = [name for name in plan.columns if name in rows.columns]
    return fit(_distinct(rows, shared), enterprises.rename({ENTERPRISE: "id"}), plan, seed=seed)


def candidates(
    rows: pl.DataFrame, enterprises: pl.DataFrame, model: Model, decisions: pl.DataFrame | None = None
) -> Candidates:
    """Who the rows of a register are among `enterprises` (with `enterprise_id`); only the sure and clear
    ones are said.

    Rows whose compared values are alike are one question. Many rows may be of one enterprise.
    """
    columns = [name for name in model.plan.columns if name in rows.columns]
    asked = _distinct(rows, columns)
    found = linked(asked, enterprises, model, decisions, right_id=ENTERPRISE)
    queue = review_queue(found, asked, enterprises, model, right_id=ENTERPRISE, rows="rows")
    sure = found.pairs.filter(pl.col("decided") == SAME)
    sure = sure.select(pl.col("left_id").alias("link_id"), pl.col("right_id").alias(ENTERPRISE), "probability")
    by_row = rows.select(_link_id(columns)).join(sure, on="link_id", how="left", maintain_order="left")
    return Candidates(by_row, queue, found.problems, found)


def _link_id(columns: list[str]) -> pl.Expr:
    return pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in columns], separator="|").alias(
        "link_id"
    )


def _distinct(rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Every combination of compared values once, with the number of rows that have it."""
    keyed = rows.select(_link_id(columns).alias("id"), *columns)
    return keyed.group_by("id").agg(*(pl.col(name).first() for name in columns), pl.len().alias("rows")).sort("id")
