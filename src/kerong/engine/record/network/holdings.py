"""Who holds whom: effective shares through chains and loops, and control by majorities."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kerong.engine.record.network.edges import Graph
from kerong.engine.record.network.kernels import Flags, Nodes, Whole, strong, swift
from kerong.engine.record.network.loops import Entries, Held, loop_solved, written
from kerong.engine.record.network.share_kernels import Real, controlled, followed, ranked, undecided

WHOLE_BP = 10_000
MAJORITY_BP = 5_000  # more than this controls
FOLLOWED = 64  # holders of one firm that are followed; the smallest beyond them count as nobody's
EXACT = 1e-6  # basis points: what is nearer than this is the same


@dataclass(frozen=True, slots=True)
class Largest:
    """Of each node the largest holder (a node, -1: none), its share and the next one's, what nobody is known for (bp).

    `count`: how many hold at least what was asked; `more`: whether a further one could.
    """

    holder: Nodes
    share: Real
    next: Real
    nobody: Real
    count: Whole
    more: Flags

    @property
    def is_certain(self) -> Flags:
        """Whether nobody else can hold more; of equal ones the first is named."""
        clear = self.next + self.nobody < self.share - EXACT
        return np.asarray((self.holder >= 0) & (clear | (self.nobody < EXACT)))

    def whole_bp(self) -> tuple[Whole, Flags]:
        """The largest share in whole basis points, half up, and whether it is certain."""
        least = np.floor(self.share + 0.5 + EXACT)
        most = np.floor(np.minimum(self.share + self.nobody, WHOLE_BP) + 0.5 + EXACT)
        return least.astype(np.int64), np.asarray((least == most) & (self.holder >= 0))


class Holdings:
    """The certain and known shares of a graph, over nodes at which chains end (`ends`).

    `excess`: nodes whose shares are more than the whole, whose holders are then not known; `missing`: basis points of
    a node that no known holder has, 0 within the slack.
    """

    def __init__(self, graph: Graph, ends: Flags, slack_bp: int = 0) -> None:
        n = len(graph.nodes)
        self.ends = ends
        size = np.bincount(graph.end, np.clip(graph.share, 0, 2 * WHOLE_BP), minlength=n).astype(np.int64)
        self.excess = size > WHOLE_BP + slack_bp
        self.excess[graph.end[graph.share < 0]] = True
        counts = np.flatnonzero((graph.share > 0) & ~ends[graph.end] & ~self.excess[graph.end])
        order = counts[np.argsort(graph.end[counts], kind="stable")]
        self.holders, self.shares = graph.begin[order], graph.share[order]
        self.held = graph.end[order]
        self.starts = np.zeros(n + 1, np.int32)
        np.cumsum(np.bincount(self.held, minlength=n), out=self.starts[1:])
        size[self.excess | ends] = 0
        self.missing = np.maximum(WHOLE_BP - size, 0)
        self.missing[(self.missing <= slack_bp) | ends] = 0
        # what rounding makes of more than the whole is taken from all alike
        self.parts = self.shares / np.maximum(size[self.held], WHOLE_BP)

    @property
    def size(self) -> int:
        """Nodes and shares."""
        return len(self.ends) + len(self.holders)

    @cached_property
    def loops(self) -> tuple[Nodes, Whole, Nodes]:
        """(order, bounds, number): nodes by strongly connected component, holders before what they hold."""
        number = swift(strong, self.size)(self.starts, self.holders)
        sizes = np.bincount(number, minlength=int(number.max(initial=-1)) + 1)
        bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
        return np.argsort(number, kind="stable").astype(np.int32), bounds, number

    @cached_property
    def closed(self) -> Flags:
        """Nodes that belong wholly to one another: no chain of holders leads out."""
        _, bounds, number = self.loops
        has_outside = np.zeros(len(bounds) - 1, np.bool_)
        has_outside[number[self.held[number[self.held] != number[self.holders]]]] = True
        has_outside[number[(self.missing > 0) | self.ends]] = True
        return np.asarray(~has_outside[number])

    @cached_property
    def accounted(self) -> tuple[Entries, Flags]:
        """Effective shares of every node, and the nodes of loops that are too large to be solved."""
        n = len(self.ends)
        order, bounds, number = self.loops
        is_loop = np.diff(bounds) > 1
        is_loop[number[self.held[self.held == self.holders]]] = True
        held = Held(self.starts, self.holders, self.parts, self.ends, self.missing / WHOLE_BP)
        nobody = held.missing.copy()
        known = Entries(np.zeros(n, np.int64), np.zeros(n, np.int64), np.empty(n, np.int32), np.empty(n), nobody)
        tangled, free, after, row = np.zeros(n, np.bool_), 0, 0, np.zeros(n)
        follow = swift(followed, self.size)
        for loop in [*np.flatnonzero(is_loop).tolist(), len(is_loop)]:
            plain = order[bounds[after] : bounds[loop]]
            who, value, free = follow(
                plain[~self.ends[plain]],
                held[:3],
                self.ends,
                (known.first, known.last),
                (known.who, known.value, free),
                (nobody, row, FOLLOWED),
            )
            known, after = known._replace(who=who, value=value), loop + 1
            if loop < len(is_loop):
                nodes = order[bounds[loop] : bounds[loop + 1]]
                found = loop_solved(nodes, held, known)
                if found is None:
                    tangled[nodes], nobody[nodes] = True, 1.0
                else:
                    known, free = written(found, known, free, FOLLOWED)
        return known, tangled

    def largest(self, nodes: Nodes, above_bp: int) -> Largest:
        """The largest holders of these nodes, and how many hold at least `above_bp`."""
        known, _ = self.accounted
        function = swift(ranked, self.size)
        spans, entries = (known.first, known.last), (known.who, known.value)
        holder, share, second, reach, below = function(nodes, spans, entries, above_bp - EXACT / 2)
        nobody = np.rint(known.nobody[nodes] * 1e10) / 1e6
        more = np.maximum(below, 0) + nobody >= above_bp - EXACT / 2
        return Largest(holder, share, second, nobody, reach, more & (nobody > EXACT))

    @cached_property
    def control(self) -> tuple[Nodes, Flags, Flags]:
        """(who controls each node in the end, itself where nobody does; where that is not certain; where it is itself).

        The last are nodes of which a majority is held by what they control themselves.
        """
        order, bounds, _ = self.loops
        top, own = swift(controlled, self.size)(self.starts, self.holders, self.shares, order, bounds, MAJORITY_BP)
        held = (self.starts, self.holders, self.shares)
        maybe = swift(undecided, self.size)(held, self.missing, top, self.ends, (order, bounds), MAJORITY_BP)
        return top, maybe | maybe[top], own[top]
