"""Effective shares inside a loop of firms that hold one another: a system of linear equations."""

from typing import NamedTuple

import numpy as np

from kerong.engine.record.network.kernels import Flags, Nodes, Whole, swift
from kerong.engine.record.network.share_kernels import Real, solved, swept

DENSE = 300  # nodes of a loop up to which it is solved by elimination
LARGEST = 4_000_000  # nodes of a loop times its holders: beyond, nothing in it is accounted to anybody
SWEPT = 400_000_000  # additions that a larger loop may take
LEAST_SWEEPS, MOST_SWEEPS = 20, 10_000
TINY = 1e-15  # of a firm: what is left of a zero by rounding


class Held(NamedTuple):
    """starts, holders and parts of each node; where chains end; the part that nobody known holds directly."""

    starts: Nodes
    holders: Nodes
    parts: Real
    ends: Flags
    missing: Real


class Entries(NamedTuple):
    """The first and last entry of each node, of each entry who and how much, of each node what nobody is known for."""

    first: Whole
    last: Whole
    who: Nodes
    value: Real
    nobody: Real


class Solution(NamedTuple):
    """`shares[i, j]`: how much of nodes[i] columns[j] has in the end; `nobody`: what is left of it."""

    nodes: Nodes
    columns: Nodes
    shares: Real
    nobody: Real


def loop_solved(loop: Nodes, held: Held, known: Entries) -> Solution | None:
    """The shares in the nodes of a loop, whose holders outside are `known`; None where that is too large."""
    nodes = np.sort(loop)
    spans = [np.arange(held.starts[node], held.starts[node + 1]) for node in nodes]
    places = np.concatenate(spans)
    row = np.repeat(np.arange(len(nodes)), [len(span) for span in spans])
    holder, part = held.holders[places], held.parts[places]
    at = np.minimum(np.searchsorted(nodes, holder), len(nodes) - 1)
    is_inside = nodes[at] == holder
    outside = _outside(row[~is_inside], holder[~is_inside], part[~is_inside], held.ends, known)
    columns = np.unique(outside[1])
    if len(nodes) * (len(columns) + 1) > LARGEST:
        return None
    given = np.zeros((len(nodes), len(columns) + 1))
    np.add.at(given, (outside[0], np.searchsorted(columns, outside[1])), outside[2])
    given[:, -1] = held.missing[nodes]
    np.add.at(given[:, -1], row[~is_inside], part[~is_inside] * known.nobody[holder[~is_inside]])
    if not given.any():
        return Solution(nodes, columns, given[:, :-1], np.ones(len(nodes)))
    row, at, part = row[is_inside], at[is_inside], part[is_inside]
    if len(nodes) <= DENSE:
        inside = np.zeros((len(nodes), len(nodes)))
        np.add.at(inside, (row, at), part)
        found = swift(solved, len(nodes) ** 2 * given.shape[1])(inside, given)
        return Solution(nodes, columns, found[:, :-1], np.clip(found[:, -1], 0, 1))
    starts = np.zeros(len(nodes) + 1, np.int32)
    np.cumsum(np.bincount(row, minlength=len(nodes)), out=starts[1:])
    sweeps = min(max(SWEPT // max(len(part) * given.shape[1], 1), LEAST_SWEEPS), MOST_SWEEPS)
    found = swift(swept, len(part) * given.shape[1])(starts, at.astype(np.int32), part, given, sweeps)[:, :-1]
    return Solution(nodes, columns, found, np.clip(1 - found.sum(axis=1), 0, 1))


def _outside(row: Whole, holder: Nodes, part: Real, ends: Flags, known: Entries) -> tuple[Whole, Nodes, Real]:
    """(row, who, share) of what is held from outside: by the ends of chains at once, by others as theirs are held."""
    is_end = ends[holder]
    rows, who, shares = [row[is_end]], [holder[is_end]], [part[is_end]]
    for at, middle, share in zip(row[~is_end], holder[~is_end], part[~is_end], strict=True):
        span = slice(known.first[middle], known.last[middle])
        rows.append(np.full(span.stop - span.start, at))
        who.append(known.who[span])
        shares.append(share * known.value[span])
    return np.concatenate(rows), np.concatenate(who).astype(np.int32), np.concatenate(shares)


def written(found: Solution, into: Entries, free: int, most: int) -> tuple[Entries, int]:
    """The entries with those of the solution behind `free`: of each node at most so many, the rest is nobody's."""
    who, value = into.who, into.value
    for node, shares, nobody in zip(found.nodes, found.shares, found.nobody, strict=True):
        there = np.flatnonzero(shares > TINY)
        if len(there) > most:
            kept = np.sort(there[np.argsort(-shares[there], kind="stable")[:most]])
            nobody += shares[there].sum() - shares[kept].sum()
            there = kept
        if free + len(there) > len(who):
            more = free + len(there)
            who, value = np.concatenate([who, np.empty(more, np.int32)]), np.concatenate([value, np.empty(more)])
        into.first[node], into.last[node] = free, free + len(there)
        who[free : free + len(there)], value[free : free + len(there)] = found.columns[there], shares[there]
        into.nobody[node] = nobody
        free += len(there)
    return into._replace(who=who, value=value), free
