"""Firms by the part of a network that they are in: who is in it, how many, what they add up to, who is in trouble."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from kerong.engine.record.network.kernels import NOBODY, Flags, Nodes
from kerong.rulebook.forms import SURE

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Firms:
    """The enterprises of the record in their order. `nodes`: the node of each, -1 for none.

    `covered`: whether the register says something of it, or says all; `trouble`: whether it is in trouble, null where
    that is unknown; `sums`: what fields add up, by field.
    """

    ids: pl.Series
    nodes: Nodes
    covered: Flags
    trouble: pl.Series | None
    sums: Mapping[str, pl.Series]


@dataclass(frozen=True, slots=True)
class Parts:
    """Each firm's part (null: none or unknown); `unknown`: whether it is unknown, else it is in none.

    `nodes`: of each part that is a node's number how many nodes it has; a firm that no edge names has one of its own.
    """

    of: pl.Series
    unknown: Flags
    nodes: pl.DataFrame


def parts_of(labels: Nodes, unknown: Flags, firms: Firms, alone: bool = True) -> Parts:
    """The parts by a label of every node, -1 for none; `unknown` are nodes whose part is not known.

    `alone`: whether a firm that no edge names is a part of its own, or in none.
    """
    label = len(labels) + np.arange(len(firms.nodes)) if alone else np.full(len(firms.nodes), NOBODY)
    is_unknown = ~firms.covered
    is_node = firms.nodes >= 0
    label[is_node] = labels[firms.nodes[is_node]]
    is_unknown[is_node] |= unknown[firms.nodes[is_node]]
    of = pl.select(pl.when(pl.lit(pl.Series(~is_unknown & (label >= 0)))).then(pl.lit(pl.Series(label)))).to_series()
    counted = pl.DataFrame({"part": labels.astype(np.int64)}).group_by("part").len("nodes")
    return Parts(of.alias("part"), is_unknown, counted)


def in_none(parts: Parts) -> pl.Series:
    """Whether a firm is known to be in no part."""
    return parts.of.is_null() & ~pl.Series(parts.unknown)


def names(parts: Parts, firms: Firms) -> pl.Series:
    """The part by its first member's id."""
    return _by_part(parts, firms.ids.to_frame("value"), pl.col("value").min())


def sizes(parts: Parts, firms: Firms) -> pl.Series:
    """How many enterprises of the record are in the part; 0 in none."""
    found = _by_part(parts, firms.ids.to_frame("value"), pl.len().cast(pl.Int64))
    return _or_zero(found, parts)


def others(parts: Parts, firms: Firms) -> pl.Series:
    """How many nodes of the part are no enterprises of the record; 0 in none."""
    there = pl.DataFrame({"part": parts.of}).join(parts.nodes, on="part", how="left", maintain_order="left")["nodes"]
    members = _by_part(parts, firms.ids.to_frame("value"), pl.len().cast(pl.Int64))
    return _or_zero(there.cast(pl.Int64).fill_null(1) - members, parts)


def summed(parts: Parts, values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """(exact sum over the members, unknown where one is; places at which it is too large). 0 in none."""
    value = pl.col("value")
    frame = values.to_frame("value")
    total = _by_part(parts, frame, pl.when(value.null_count() == 0).then(value.sum()))
    size = _by_part(parts, frame, value.cast(pl.Float64).abs().sum())
    too_large = (size > SURE).fill_null(False)
    total = pl.select(pl.when(~too_large).then(total)).to_series()
    return _or_zero(total, parts), too_large.arg_true().cast(pl.UInt32)


def troubled(parts: Parts, trouble: pl.Series) -> pl.Series:
    """How many members are in trouble, unknown where that is unknown of one; 0 in none."""
    return summed(parts, trouble.cast(pl.Int64))[0]


def troubled_bp(parts: Parts, firms: Firms, trouble: pl.Series) -> pl.Series:
    """The share of the members that are in trouble, in basis points, half up; 0 in none."""
    bad, size = troubled(parts, trouble), sizes(parts, firms)
    shares = pl.DataFrame({"bad": bad, "size": size}).select(
        pl.when(pl.col("size") > 0)
        .then((2 * WHOLE_BP * pl.col("bad") + pl.col("size")) // (2 * pl.col("size")).replace(0, 1))
        .otherwise(pl.col("size"))
    )
    return shares.to_series()


def _by_part(parts: Parts, frame: pl.DataFrame, of: pl.Expr) -> pl.Series:
    """What an expression yields for each firm's part; null where that is none or unknown."""
    members = frame.with_columns(parts.of).filter(pl.col("part").is_not_null())
    found = members.group_by("part").agg(of.alias("found"))
    return pl.DataFrame({"part": parts.of}).join(found, on="part", how="left", maintain_order="left")["found"]


def _or_zero(values: pl.Series, parts: Parts) -> pl.Series:
    return pl.select(pl.when(in_none(parts)).then(pl.lit(0, pl.Int64)).otherwise(values)).to_series()
