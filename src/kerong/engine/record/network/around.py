"""The part of a network around one firm, as a picture of it needs: nodes by distance, and the edges between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from kerong.engine.record.network.edges import edges_of
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Rulebook
from kerong.rulebook.networks import Network
from kerong.rulebook.rows import with_errors
from kerong.rulebook.tree import fields_of

MOST = 60  # nodes that a picture holds
FIRM = "enterprise"


@dataclass(frozen=True, slots=True)
class Node:
    """Somebody in a network: `steps` from the firm asked for; `in_trouble`: None where that is unknown or not asked."""

    id: str
    title: str
    kind: str
    steps: int
    in_trouble: bool | None


@dataclass(frozen=True, slots=True)
class Edge:
    """A tie: `share_bp` and `amount_fen` sum the rows between the two, None where one does not say it.

    `sure`: whether a row counts for certain.
    """

    begin: str
    end: str
    share_bp: int | None
    amount_fen: int | None
    sure: bool


@dataclass(frozen=True, slots=True)
class Around:
    """Nodes by (steps, id), the firm first; edges by their ends; `left_out`: neighbours that there was no room for."""

    network: str
    firm: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: int


def network_edges(rulebook: Rulebook, registers: Mapping[str, pl.DataFrame], on: date) -> dict[str, pl.DataFrame]:
    """The edges of every network whose register is there, as a run keeps them."""
    networks = rulebook.networks.items()
    return {name: edges_of(one, registers[one.over], on)[0] for name, one in networks if one.over in registers}


def around(
    network: Network, edges: pl.DataFrame, enterprises: pl.DataFrame, firm: str, on: date, most: int = MOST
) -> Around:
    """At most `most` nodes around a firm (at least itself), the nearest first, of equally near ones the first by id.

    `edges` as `network_edges` gives them; `enterprises` are the record's, with the columns that `trouble` reads.
    """
    whole = edges.drop_nulls(["begin", "end"])
    steps = {firm: 0}
    left_out, at, frontier = 0, 0, [firm]
    while frontier and not left_out:
        at += 1
        near = whole.filter(pl.col("begin").is_in(frontier) | pl.col("end").is_in(frontier))
        found = pl.concat([near["begin"], near["end"].alias("begin")]).unique().sort().to_list()
        new = [one for one in found if one not in steps]
        frontier = new[: max(most - len(steps), 0)]
        left_out = len(new) - len(frontier)
        steps |= dict.fromkeys(frontier, at)
    ids = list(steps)
    between = whole.filter(pl.col("begin").is_in(ids) & pl.col("end").is_in(ids))
    return Around(network.name, firm, _nodes(network, between, enterprises, steps, on), _edges(between), left_out)


def _nodes(
    network: Network, edges: pl.DataFrame, enterprises: pl.DataFrame, steps: Mapping[str, int], on: date
) -> tuple[Node, ...]:
    firms = enterprises.filter(pl.col("enterprise_id").is_in(list(steps)))
    name = pl.col("name") if "name" in firms.columns else pl.lit(None, pl.String)
    titles = dict(firms.select("enterprise_id", name.alias("name")).iter_rows())
    trouble = _trouble(network, firms, on)
    said = edges.group_by("begin").agg(pl.col("called", "kind").drop_nulls().min()).sort("begin")
    told = {begin: (called, kind) for begin, called, kind in said.iter_rows()}
    nodes = []
    for one, step in sorted(steps.items(), key=lambda item: (item[1], item[0])):
        called, kind = told.get(one, (None, None))
        title = titles.get(one) or called or one
        nodes.append(Node(one, title, FIRM if one in titles else kind or "", step, trouble.get(one)))
    return tuple(nodes)


def _trouble(network: Network, firms: pl.DataFrame, on: date) -> dict[str, bool | None]:
    if network.trouble is None:
        return {}
    read = {column for _, column in fields_of(network.trouble)} - {"enterprise_id"}
    frame = firms.select("enterprise_id", *with_errors(read, firms))
    found = evaluate(frame, {"trouble": network.trouble}, on, network.parameters).frame["trouble"]
    return dict(zip(firms["enterprise_id"], found, strict=True))


def _edges(edges: pl.DataFrame) -> tuple[Edge, ...]:
    known = [pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()) for name in ("share_bp", "amount_fen")]
    found = edges.group_by("begin", "end").agg(*known, pl.col("sure").any()).sort("begin", "end")
    return tuple(Edge(*row) for row in found.select("begin", "end", "share_bp", "amount_fen", "sure").iter_rows())
