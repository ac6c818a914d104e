"""One network looked at once: its graphs, parts, holdings and distances, each worked out when it is first asked for."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl

from kerong.engine.record.network.edges import Graph, graph_of, nodes_of
from kerong.engine.record.network.holdings import Holdings
from kerong.engine.record.network.kernels import (
    NOBODY,
    Flags,
    Nodes,
    adjacency,
    circle_lengths,
    nearest,
    strong,
    swift,
    weak,
)
from kerong.engine.record.network.parts import Firms, Parts, parts_of
from kerong.rulebook.networks import Network

LOOKED_AT = 4_000  # edges that the shortest circle of one firm is sought among


@dataclass(frozen=True)
class Subject:
    """A network's edges, the firms of which its register has a row of their own, whether it has all that there are."""

    network: Network
    edges: pl.DataFrame
    own: pl.Series
    is_complete: bool

    @cached_property
    def nodes(self) -> pl.Series:
        """The ids of all nodes, sorted."""
        return nodes_of(self.edges)


class Strong(NamedTuple):
    """Of each node the smallest node of its circle, -1 where it is in none; the nodes of the circle; the adjacency."""

    label: Nodes
    sizes: Nodes
    starts: Nodes
    others: Nodes


class Looked:
    """`sure` is the graph of the edges that count for certain, `all` that of those that may count too."""

    def __init__(self, subject: Subject, firms: Firms) -> None:
        self.subject, self.firms, self.network = subject, firms, subject.network
        edges = subject.edges
        is_sure = bool(edges["sure"].all())
        self.sure = graph_of(edges if is_sure else edges.filter("sure"), subject.nodes)
        self.all = self.sure if is_sure else graph_of(edges, subject.nodes)

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """The graphs that a field may be worked out on: where they differ in it, it is unknown."""
        return (self.sure,) if self.all is self.sure else (self.sure, self.all)

    @cached_property
    def weak(self) -> tuple[Nodes, ...]:
        """Of each graph the smallest node of each node's weakly connected component."""
        return tuple(swift(weak, graph.size)(*graph.ties(), len(graph.nodes)) for graph in self.graphs)

    @cached_property
    def open(self) -> Flags:
        """Nodes whose group may go on behind a tie of which one end is not known."""
        label = self.weak[-1]
        is_open = np.zeros(len(label), np.bool_)
        is_open[label[self.all.open]] = True
        return is_open[label]

    @cached_property
    def strong(self) -> tuple[Strong, ...]:
        """Of each graph its strongly connected components of two nodes or more."""
        return tuple(_strong(graph) for graph in self.graphs)

    @cached_property
    def group(self) -> Parts:
        """The firms by weakly connected component."""
        return parts_of(self.weak[0], self.open | _differ(self.weak), self.firms)

    @cached_property
    def circle(self) -> Parts:
        """The firms by strongly connected component of two nodes or more."""
        return parts_of(self.strong[0].label, self.circle_is_open, self.firms, alone=False)

    @cached_property
    def circle_is_open(self) -> Flags:
        """Nodes of which it is not certain in which circle they are."""
        return self.open | _differ(tuple(found.label for found in self.strong))

    @cached_property
    def circle_lengths(self) -> tuple[Nodes, ...]:
        """Of each graph the edges of the shortest circle through each node: 0 in none, -1 unknown."""
        found = []
        for graph, part in zip(self.graphs, self.strong, strict=True):
            label = np.where(part.label < 0, np.arange(len(part.label)), part.label).astype(np.int32)
            sizes = np.bincount(label, minlength=len(label)).astype(np.int32)
            function = swift(circle_lengths, graph.size)
            found.append(function(part.starts, part.others, label, sizes, LOOKED_AT))
        return tuple(found)

    @cached_property
    def holdings(self) -> Holdings:
        """Shares that are certain and known: everything else is nobody's."""
        return Holdings(self.sure, self._ends(), self.network.slack_bp)

    @cached_property
    def control(self) -> Parts:
        """The firms by who controls them in the end; one that nobody controls is its own.

        Whoever holds of a firm of which it is not certain who controls it may control it: the part is unknown.
        """
        top, maybe, own = self.holdings.control
        may_grow = np.zeros(len(top), np.bool_)
        may_grow[top[self.all.begin[maybe[self.all.end]]]] = True
        is_end = np.full(len(self.firms.nodes), self.subject.is_complete and not self.network.ultimate)
        known = self.firms.covered & ((self.firms.nodes >= 0) | is_end)
        firms = Firms(self.firms.ids, self.firms.nodes, known, self.firms.trouble, self.firms.sums)
        return parts_of(top, maybe | own | may_grow[top], firms)

    @cached_property
    def distances(self) -> tuple[Nodes, Nodes]:
        """Of each node the steps to the nearest other in trouble, -1 for none: at most, and at least."""
        trouble = self.firms.trouble
        if trouble is None:
            raise ValueError(f"network {self.network.name} does not say who is in trouble")
        return (
            _nearest(self.sure, self._marked(trouble.fill_null(False))),
            _nearest(self.all, self._marked(trouble.fill_null(True))),
        )

    def _marked(self, firms: pl.Series) -> Flags:
        marked = np.zeros(len(self.subject.nodes), np.bool_)
        marked[self.firms.nodes[firms.to_numpy() & (self.firms.nodes >= 0)]] = True
        return marked

    def _ends(self) -> Flags:
        """Nodes at which a chain of holders ends.

        They are of the declared kinds; without such, whoever has no row as held and whose holders the register would
        not know otherwise: no enterprise of the record, unless the register is complete.
        """
        nodes, edges = self.subject.nodes, self.subject.edges
        if self.network.ultimate:
            kinds = edges.drop_nulls(["begin", "kind"]).group_by("begin").agg(pl.col("kind").min())
            of = kinds.filter(pl.col("kind").is_in(self.network.ultimate))["begin"]
            return nodes.is_in(of.implode()).to_numpy()
        is_held = nodes.is_in(edges["end"].drop_nulls().unique().implode()).to_numpy()
        is_firm = np.zeros(len(nodes), np.bool_)
        if not self.subject.is_complete:
            is_firm[self.firms.nodes[self.firms.nodes >= 0]] = True
        return np.asarray(~is_held & ~is_firm)


def _strong(graph: Graph) -> Strong:
    n = len(graph.nodes)
    starts, others = swift(adjacency, graph.size)(*graph.ties(), n)
    number = swift(strong, graph.size)(starts, others)
    count = int(number.max(initial=-1)) + 1
    sizes = np.bincount(number, minlength=count)
    first = np.zeros(count, np.int32)
    first[number[::-1]] = np.arange(n, dtype=np.int32)[::-1]  # of repeated places the last value stays: the smallest
    label = np.where(sizes[number] > 1, first[number], NOBODY).astype(np.int32)
    return Strong(label, sizes[number].astype(np.int32), starts, others)


def _differ(labels: tuple[Nodes, ...]) -> Flags:
    """Nodes whose part is not the same in both graphs: its smallest node or its size is another."""
    first, last = labels[0], labels[-1]
    if first is last:
        return np.zeros(len(first), np.bool_)
    sizes = [np.bincount(label + 1, minlength=len(label) + 1)[label + 1] for label in (first, last)]
    return np.asarray((first != last) | (sizes[0] != sizes[1]) & (first >= 0))


def _nearest(graph: Graph, marked: Flags) -> Nodes:
    begin, end = graph.ties()
    both = np.concatenate([begin, end]), np.concatenate([end, begin])
    starts, others = swift(adjacency, graph.size)(*both, len(graph.nodes))
    return swift(nearest, graph.size)(starts, others, marked)
