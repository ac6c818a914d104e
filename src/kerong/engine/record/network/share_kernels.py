"""Loops over shares: who holds a firm in the end, and who controls it. See docs/algorithms/network.md.

Node v is held by holders[starts[v]:starts[v + 1]], each once and in ascending order. As in `kernels`, every function
stands by itself.
"""

import numpy as np
from numpy.typing import NDArray

from kerong.engine.record.network.kernels import NOBODY, Flags, Nodes, Whole

Real = NDArray[np.float64]


def followed(
    nodes: Nodes,
    held: tuple[Nodes, Nodes, Real],
    ends: Flags,
    spans: tuple[Whole, Whole],
    entries: tuple[Nodes, Real, int],
    rest: tuple[Real, Real, int],
) -> tuple[Nodes, Real, int]:
    """Effective shares of nodes that are in no loop, each after its holders; yields `entries`, perhaps in new arrays.

    held: starts, holders, shares. Chains end where `ends`. spans: first and last entry of each node. entries: who,
    value, how many. rest: what is accounted to nobody (of each node; filled here beyond what stands there), a row of
    zeros, the most holders that are followed; of more the smallest count as accounted to nobody.
    """
    starts, holders, shares = held
    first, last = spans
    who, value, free = entries
    nobody, total, most = rest
    touched = np.empty(len(total), np.int32)
    for node in nodes:
        count = 0
        for place in range(starts[node], starts[node + 1]):
            holder, share = holders[place], shares[place]
            if ends[holder]:
                if total[holder] == 0.0:
                    touched[count] = holder
                    count += 1
                total[holder] += share
                continue
            nobody[node] += share * nobody[holder]
            for entry in range(first[holder], last[holder]):
                if total[who[entry]] == 0.0:
                    touched[count] = who[entry]
                    count += 1
                total[who[entry]] += share * value[entry]
        there = np.sort(touched[:count])
        least, at_least = 0.0, 0
        if count > most:
            ranked = np.sort(total[there])
            least = ranked[count - most]
            at_least = most - (count - np.searchsorted(ranked, least, side="right"))
        if free + count > len(who):
            size = 2 * (free + count)
            wider, higher = np.empty(size, np.int32), np.empty(size, np.float64)
            wider[:free], higher[:free] = who[:free], value[:free]
            who, value = wider, higher
        first[node] = free
        for holder in there:
            share = total[holder]
            is_kept = share > least or (share == least and at_least > 0)
            if share == least:
                at_least -= 1
            if is_kept:
                who[free], value[free] = holder, share
                free += 1
            else:
                nobody[node] += share
            total[holder] = 0.0
        last[node] = free
    return who, value, free


def solved(inside: Real, outside: Real) -> Real:
    """X of X = inside X + outside by elimination, overwriting both.

    `inside` are the shares of a loop's nodes in one another; the matrix of what is left has a diagonal that outweighs
    its rows, so no pivoting is needed.
    """
    n = len(inside)
    for row in range(n):
        inside[row] = -inside[row]
        inside[row, row] += 1.0
    for row in range(n):
        for other in range(row + 1, n):
            if inside[other, row] != 0.0:
                factor = inside[other, row] / inside[row, row]
                inside[other, row:] -= factor * inside[row, row:]
                outside[other] -= factor * outside[row]
    for row in range(n - 1, -1, -1):
        for other in range(row + 1, n):
            if inside[row, other] != 0.0:
                outside[row] -= inside[row, other] * outside[other]
        outside[row] /= inside[row, row]
    return outside


def swept(starts: Nodes, others: Nodes, shares: Real, outside: Real, sweeps: int) -> Real:
    """The same for a large loop, by at most so many sweeps from below: what they do not reach is left out."""
    found = outside.copy()
    for _ in range(sweeps):
        change = 0.0
        for node in range(len(outside)):
            row = outside[node].copy()
            for place in range(starts[node], starts[node + 1]):
                row += shares[place] * found[others[place]]
            change = max(change, np.abs(row - found[node]).max())
            found[node] = row
        if change < 1e-13:
            break
    return found


def ranked(
    nodes: Nodes, spans: tuple[Whole, Whole], entries: tuple[Nodes, Real], above: float
) -> tuple[Nodes, Real, Real, Whole, Real]:
    """Of each node its largest holder, that share, the next one, how many reach `above`, the largest of the others.

    Shares are in basis points, rounded to millionths; a node without entries has the holder -1.
    """
    first, last = spans
    who, value = entries
    n = len(nodes)
    best, most, second = np.full(n, NOBODY, np.int32), np.zeros(n), np.zeros(n)
    count, below = np.zeros(n, np.int64), np.zeros(n)
    for at in range(n):
        for entry in range(first[nodes[at]], last[nodes[at]]):
            share = np.rint(value[entry] * 1e10) / 1e6
            if share >= above:
                count[at] += 1
            else:
                below[at] = max(below[at], share)
            if share > most[at]:
                second[at] = most[at]
                best[at], most[at] = who[entry], share
            elif share > second[at]:
                second[at] = share
    return best, most, second, count, below


def controlled(
    starts: Nodes, holders: Nodes, shares: Whole, order: Nodes, bounds: Whole, half: int
) -> tuple[Nodes, Flags]:
    """(of each node who controls it in the end, itself where nobody does; nodes whose majority is their own).

    Somebody controls a node where it and what it controls hold more than `half` of it. order[bounds[c]:bounds[c + 1]]
    are the nodes of loop c, holders first. Nobody controls a node of which it is held by a majority.
    """
    n = len(starts) - 1
    top, total = np.arange(n).astype(np.int32), np.zeros(n, np.int64)
    own = np.zeros(n, np.bool_)
    for loop in range(len(bounds) - 1):
        is_changed = True
        while is_changed:
            is_changed = False
            for at in range(bounds[loop], bounds[loop + 1]):
                node = order[at]
                if top[node] != node:
                    continue
                master = NOBODY
                for place in range(starts[node], starts[node + 1]):
                    holder = holders[place]
                    while top[holder] != holder:
                        top[holder] = top[top[holder]]
                        holder = top[holder]
                    total[holder] += shares[place]
                    if total[holder] > half:
                        master = holder
                for place in range(starts[node], starts[node + 1]):
                    holder = holders[place]
                    while top[holder] != holder:
                        holder = top[holder]
                    total[holder] = 0
                if master == node:
                    own[node] = True
                elif master >= 0:
                    top[node], is_changed = master, bounds[loop + 1] - bounds[loop] > 1
    for node in order:  # holders come first, but in a loop
        while top[node] != top[top[node]]:
            top[node] = top[top[node]]
    return top, own


def undecided(
    held: tuple[Nodes, Nodes, Whole], missing: Whole, top: Nodes, ends: Flags, loops: tuple[Nodes, Whole], half: int
) -> Flags:
    """Nodes that nobody controls for certain, but somebody could: through what is missing, or whose own control is.

    held: starts, holders, shares; missing: the basis points whose holder is not known; loops: order and bounds as of
    `controlled`.
    """
    starts, holders, shares = held
    order, bounds = loops
    total, maybe = np.zeros(len(top), np.int64), np.zeros(len(top), np.bool_)
    for loop in range(len(bounds) - 1):
        is_changed = True
        while is_changed:
            is_changed = False
            for at in range(bounds[loop], bounds[loop + 1]):
                node = order[at]
                if top[node] != node or ends[node] or maybe[node]:
                    continue
                open_bp, largest = missing[node], np.int64(0)
                for place in range(starts[node], starts[node + 1]):
                    holder = top[holders[place]]
                    if maybe[holder]:
                        open_bp += shares[place]
                    elif holder != node:
                        total[holder] += shares[place]
                        largest = max(largest, total[holder])
                for place in range(starts[node], starts[node + 1]):
                    total[top[holders[place]]] = 0
                if open_bp > 0 and open_bp + largest > half:
                    maybe[node], is_changed = True, bounds[loop + 1] - bounds[loop] > 1
    return maybe
