"""Rows of a register as edges, and edges as a graph of whole numbers: the same whatever the order of the rows."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from kerong.engine.record.identify import SHAPE, read_credit_codes
from kerong.engine.record.network.kernels import Flags, Nodes, Whole
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.networks import Network
from kerong.rulebook.rows import prefixed

# an edge as a row of the register says it; `sure`: it counts for certain, and not only perhaps
EDGES = pl.Schema(
    {
        "begin": pl.String(),
        "end": pl.String(),
        "share_bp": pl.Int64(),
        "amount_fen": pl.Int64(),
        "kind": pl.String(),
        "called": pl.String(),
        "sure": pl.Boolean(),
    }
)
FROM = {"share": "share_bp", "amount": "amount_fen", "begin": "begin", "end": "end", "kind": "kind", "called": "called"}


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by their ids, sorted; one edge for each pair of nodes, sorted, a node's tie to itself among them.

    `share` sums what the rows of a pair say in basis points; `open`: nodes of which a row does not say who is at the
    other end.
    """

    nodes: pl.Series
    begin: Nodes
    end: Nodes
    share: Whole
    open: Flags

    @property
    def size(self) -> int:
        """Nodes and edges."""
        return len(self.nodes) + len(self.begin)

    def ties(self) -> tuple[Nodes, Nodes]:
        """The edges between two nodes: (begin, end)."""
        between = self.begin != self.end
        return (self.begin, self.end) if between.all() else (self.begin[between], self.end[between])


def edges_of(network: Network, rows: pl.DataFrame, on: date) -> tuple[pl.DataFrame, int]:
    """The edges that rows of the register say, in canonical order, and how many rows cannot be worked out."""
    table = prefixed(rows, network.over)
    found = evaluate(table, network.columns, on, network.parameters)
    said = found.frame
    where = pl.col("where") if network.where is not None else pl.lit(True)
    missing = [pl.lit(None, EDGES[to]).alias(to) for of, to in FROM.items() if of not in said.columns]
    columns = [pl.col(of).alias(to) for of, to in FROM.items() if of in said.columns]
    edges = said.filter(where.fill_null(True)).select(*columns, *missing, where.is_not_null().alias("sure"))
    edges = edges.with_columns(as_firms(edges[side]) for side in ("begin", "end"))
    return edges.select(*EDGES).sort(*EDGES, nulls_last=True), found.errors["row"].n_unique()


def as_firms(ids: pl.Series) -> pl.Series:
    """Ids with credit codes as enterprises have them: upper case, half width, without blanks; others as they stand."""
    others = ids.filter(~ids.str.contains(SHAPE)).unique().drop_nulls()
    read = read_credit_codes(others).values
    codes = others.filter(read.is_not_null())
    return ids.replace(codes, read.drop_nulls()) if len(codes) else ids


def nodes_of(edges: pl.DataFrame) -> pl.Series:
    """The ids at both ends, sorted."""
    return pl.concat([edges["begin"].alias("id"), edges["end"].alias("id")]).drop_nulls().unique().sort()


def places_of(ids: pl.Series, nodes: pl.Series) -> pl.Series:
    """The place of each id among the nodes (Int32), null where it is none of them."""
    places = pl.DataFrame({"id": nodes, "place": pl.int_range(len(nodes), dtype=pl.Int32, eager=True)})
    return pl.DataFrame({"id": ids}).join(places, on="id", how="left", maintain_order="left")["place"]


def graph_of(edges: pl.DataFrame, nodes: pl.Series) -> Graph:
    """The graph of these edges over `nodes`, which has all their ends."""
    placed = edges.select("share_bp", begin=places_of(edges["begin"], nodes), end=places_of(edges["end"], nodes))
    whole = pl.col("begin").is_not_null() & pl.col("end").is_not_null()
    half = placed.filter(~whole).select(pl.coalesce("begin", "end")).to_series().drop_nulls()
    is_open = np.zeros(len(nodes), np.bool_)
    is_open[half.to_numpy()] = True
    pairs = placed.filter(whole).group_by("begin", "end").agg(pl.col("share_bp").sum()).sort("begin", "end")
    return Graph(
        nodes=nodes,
        begin=pairs["begin"].to_numpy(),
        end=pairs["end"].to_numpy(),
        share=pairs["share_bp"].to_numpy(),
        open=is_open,
    )
