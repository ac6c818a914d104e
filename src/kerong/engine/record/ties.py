"""Who is tied to whom, by the channels of a region: one row for each pair of firms, whatever the order of the rows."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from kerong.engine.record.compact import as_texts
from kerong.engine.record.network.edges import as_firms
from kerong.rulebook.channels import Channel
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Rulebook
from kerong.rulebook.rows import prefixed
from kerong.rulebook.tree import Node, fields_of

# trouble of `begin` comes over to `end`; the sum of the rows' amounts, null where no row says one or they do not fit
TIES = pl.Schema({"channel": pl.String(), "begin": pl.String(), "end": pl.String(), "amount_fen": pl.Int64()})


def ties(registers: Mapping[str, pl.DataFrame], rulebook: Rulebook, on: date) -> pl.DataFrame:
    """The table TIES, sorted. Rows that `where` does not surely take tie nobody, nor does a firm with itself."""
    found = [TIES.to_frame()]
    found += [_of(one, registers[one.over], on) for one in rulebook.channels.values() if one.over in registers]
    return pl.concat(found).sort(TIES.names())


def _of(channel: Channel, rows: pl.DataFrame, on: date) -> pl.DataFrame:
    if channel.where is not None:  # first of all: the texts of a city's invoices are many
        rows = rows.filter(_told(channel, {"where": channel.where}, rows, on)["where"].fill_null(value=False))
    nodes = {"begin": channel.begin, "end": channel.end}
    nodes |= {"amount_fen": channel.amount} if channel.amount is not None else {}
    said = _told(channel, nodes, rows, on)
    ends = [as_firms(said[side].cast(pl.String)).alias(side) for side in ("begin", "end")]
    amounts = said["amount_fen"] if channel.amount is not None else pl.Series("amount_fen", [None] * said.height)
    edges = pl.DataFrame([*ends, amounts.cast(pl.Int128)]).drop_nulls(["begin", "end"])
    pairs = edges.filter(pl.col("begin") != pl.col("end")).group_by("begin", "end")
    sums = pl.when(pl.col("amount_fen").is_not_null().any()).then(pl.col("amount_fen").sum())
    summed = pairs.agg(sums.cast(pl.Int64, strict=False).alias("amount_fen"))
    return summed.with_columns(pl.lit(channel.name).alias("channel")).select(TIES.names()).cast(TIES)


def _told(channel: Channel, nodes: Mapping[str, Node], rows: pl.DataFrame, on: date) -> pl.DataFrame:
    read = sorted({column for node in nodes.values() for table, column in fields_of(node) if table == channel.over})
    facts = as_texts(prefixed(rows.select(read), channel.over), nodes.values())
    return evaluate(facts, nodes, on).frame
