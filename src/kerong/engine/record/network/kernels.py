"""Loops over graphs, written so that Numba can compile each by itself; `swift` does so where a graph is large.

Nodes are whole numbers from 0. Edges are two arrays of int32, or `starts` and `others`: node v has the neighbours
others[starts[v]:starts[v + 1]]. All arrays are NumPy's; no result depends on the order in which edges are given, but
where a function says so.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Nodes = NDArray[np.int32]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
P = ParamSpec("P")
R = TypeVar("R")
MANY = 20_000  # nodes and edges from which compiling pays
NOBODY = -1


def swift(function: Callable[P, R], size: int) -> Callable[P, R]:
    """The function as it stands, or compiled for a graph of that many nodes and edges."""
    return function if size < MANY else cast("Callable[P, R]", _compiled(function))


@cache
def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    from kerong.compiled import compiled  # which imports Numba

    return compiled(function)


def adjacency(begin: Nodes, end: Nodes, n: int) -> tuple[Nodes, Nodes]:
    """(starts, others) of edges from begin to end; the neighbours of a node in the order of the edges."""
    starts = np.zeros(n + 1, np.int32)
    for node in begin:
        starts[node + 1] += 1
    for node in range(n):
        starts[node + 1] += starts[node]
    free = starts[:-1].copy()
    others = np.empty(len(begin), np.int32)
    for edge in range(len(begin)):
        others[free[begin[edge]]] = end[edge]
        free[begin[edge]] += 1
    return starts, others


def weak(begin: Nodes, end: Nodes, n: int) -> Nodes:
    """Weakly connected components: of each node the smallest node of its component. Union by the smaller root."""
    top = np.arange(n).astype(np.int32)
    for edge in range(len(begin)):
        a, b = begin[edge], end[edge]
        while top[a] != a:
            top[a] = top[top[a]]
            a = top[a]
        while top[b] != b:
            top[b] = top[top[b]]
            b = top[b]
        if a < b:
            top[b] = a
        elif b < a:
            top[a] = b
    for node in range(n):  # a root lies below its nodes, so it is final when they are reached
        top[node] = top[top[node]]
    return top


def strong(starts: Nodes, others: Nodes) -> Nodes:
    """Strongly connected components by Tarjan's method without recursion: their numbers from 0.

    A component has a larger number than all that can be reached from it. Numbers depend on the order of neighbours.
    """
    n = len(starts) - 1
    index, low, number = np.zeros(n, np.int32), np.empty(n, np.int32), np.full(n, NOBODY, np.int32)
    position, stack, path = starts[:-1].copy(), np.empty(n, np.int32), np.empty(n, np.int32)
    on_stack, on_path, seen, count = 0, 0, 0, 0
    for root in range(n):
        if index[root] != 0:
            continue
        path[0], on_path, following = root, 0, root
        while True:
            if following >= 0:
                seen += 1
                index[following] = low[following] = seen
                stack[on_stack] = path[on_path] = following
                on_stack, on_path, following = on_stack + 1, on_path + 1, NOBODY
            node = path[on_path - 1]
            if position[node] < starts[node + 1]:
                other = others[position[node]]
                position[node] += 1
                if index[other] == 0:
                    following = other
                elif number[other] < 0 and index[other] < low[node]:
                    low[node] = index[other]
                continue
            on_path -= 1
            if low[node] == index[node]:
                member = NOBODY
                while member != node:
                    on_stack -= 1
                    member = stack[on_stack]
                    number[member] = count
                count += 1
            if on_path == 0:
                break
            if low[node] < low[path[on_path - 1]]:
                low[path[on_path - 1]] = low[node]
    return number


def circle_lengths(starts: Nodes, others: Nodes, part: Nodes, sizes: Nodes, most: int) -> Nodes:
    """Of each node the edges of the shortest circle through it: 0 for none, -1 after `most` edges without one.

    `part` are strongly connected components, `sizes` how many nodes each has; no edge leads from a node to itself.
    """
    n = len(part)
    lengths = np.zeros(n, np.int32)
    reached, steps, queue = np.full(n, NOBODY, np.int32), np.zeros(n, np.int32), np.empty(n, np.int32)
    for node in range(n):
        if sizes[part[node]] < 2:
            continue
        queue[0], steps[node], looked = node, 0, 0
        at, end = 0, 1
        while at < end and lengths[node] == 0:
            here = queue[at]
            at += 1
            for place in range(starts[here], starts[here + 1]):
                other = others[place]
                looked += 1
                if other == node:
                    lengths[node] = steps[here] + 1
                    break
                if part[other] == part[node] and reached[other] != node:
                    reached[other], steps[other] = node, steps[here] + 1
                    queue[end] = other
                    end += 1
            if looked > most and lengths[node] == 0:
                lengths[node] = NOBODY
    return lengths


def nearest(starts: Nodes, others: Nodes, marked: Flags) -> Nodes:
    """Of each node the steps to the nearest marked node other than itself, -1 where none is reached.

    Edges are to stand in both directions. Every node belongs to the marked node that reaches it first; the nearest
    other of a marked node lies behind the first edge that leaves its own.
    """
    n = len(marked)
    steps, owner, queue = np.full(n, NOBODY, np.int32), np.full(n, NOBODY, np.int32), np.empty(n, np.int32)
    end = 0
    for node in range(n):
        if marked[node]:
            steps[node], owner[node], queue[end] = 0, node, node
            end += 1
    at = 0
    while at < end:
        here = queue[at]
        at += 1
        for place in range(starts[here], starts[here + 1]):
            other = others[place]
            if owner[other] < 0:
                steps[other], owner[other], queue[end] = steps[here] + 1, owner[here], other
                end += 1
    found = steps.copy()
    for node in range(n):
        if marked[node]:
            found[node] = NOBODY
    for node in range(n):
        for place in range(starts[node], starts[node + 1]):
            other = others[place]
            if owner[other] != owner[node]:
                own, way = owner[node], steps[node] + 1 + steps[other]
                if found[own] < 0 or way < found[own]:
                    found[own] = way
    return found
