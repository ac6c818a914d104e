"""Effective shares are those of an exact solver with fractions; control is what its definition says."""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.record.network import holdings as module
from kerong.engine.record.network.edges import EDGES, graph_of, nodes_of
from kerong.engine.record.network.holdings import Holdings
from kerong.engine.record.network.kernels import MANY

FIRMS, PERSONS = "ABCDE", "vwxyz"
Shares = dict[tuple[str, str], int]  # (holder, firm) -> basis points
UNIT = 500


@st.composite
def shares(draw: st.DrawFn, whole: bool = False) -> Shares:
    """Up to five holders of each firm, of whom some are firms: at most the whole, or exactly."""
    found: Shares = {}
    for firm in FIRMS:
        left = 10_000
        holders = draw(st.lists(st.sampled_from(FIRMS + PERSONS), unique=True, max_size=4))
        for holder in holders:
            part = draw(st.integers(0, left // UNIT)) * UNIT
            left -= part
            if part:
                found[holder, firm] = part
        if whole and left:
            found["v", firm] = found.get(("v", firm), 0) + left
    return found


def held(found: Shares, slack: int = 0) -> tuple[Holdings, pl.Series]:
    rows = [(holder, firm, share, None, None, None, True) for (holder, firm), share in sorted(found.items())]
    edges = pl.DataFrame(rows, EDGES, orient="row")
    everybody = pl.concat([nodes_of(edges), pl.Series("id", list(FIRMS))]).unique().sort()
    graph = graph_of(edges, everybody)
    return Holdings(graph, np.array([node in PERSONS for node in everybody], np.bool_), slack), everybody


def exact(found: Shares, person: str) -> dict[str, Fraction] | None:
    """x_firm = sum over holders of share * (1 for the person, 0 for others, x of firms), by elimination."""
    rows = [
        [Fraction(int(i == j)) - Fraction(found.get((other, firm), 0), 10_000) for j, other in enumerate(FIRMS)]
        + [Fraction(found.get((person, firm), 0), 10_000)]
        for i, firm in enumerate(FIRMS)
    ]
    for i in range(len(rows)):
        pivot = next((k for k in range(i, len(rows)) if rows[k][i]), None)
        if pivot is None:
            return None  # a loop that belongs wholly to itself
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for k in range(len(rows)):
            if k != i:
                rows[k] = [a - rows[k][i] * b for a, b in zip(rows[k], rows[i], strict=True)]
    return {firm: row[-1] for firm, row in zip(FIRMS, rows, strict=True)}


def effective(found: Holdings, nodes: pl.Series) -> dict[tuple[str, str], float]:
    known, _ = found.accounted
    return {
        (nodes[int(known.who[entry])], nodes[node]): float(known.value[entry])
        for node in range(len(nodes))
        for entry in range(known.first[node], known.last[node])
    }


def assert_exact(found: Shares) -> None:
    mine, nodes = held(found)
    told = effective(mine, nodes)
    nobody = dict(zip(nodes, mine.accounted[0].nobody, strict=True))
    for person in PERSONS:
        expected = exact(found, person)
        for firm in FIRMS if expected is not None else ():
            assert expected is not None
            assert abs(told.get((person, firm), 0.0) - float(expected[firm])) < 1e-10
    for firm in FIRMS:
        accounted = sum(share for (_, of), share in told.items() if of == firm)
        assert accounted + nobody[firm] == pytest.approx(1, abs=1e-10)


@given(shares())
def test_effective_shares_are_exact_through_chains_and_loops(found: Shares) -> None:
    assert_exact(found)


@given(shares(whole=True))
def test_effective_shares_are_exact_where_every_firm_is_wholly_held(found: Shares) -> None:
    assert_exact(found)


@given(shares(), st.randoms(use_true_random=False))
def test_holdings_do_not_depend_on_the_order_of_rows(found: Shares, random: object) -> None:
    items = list(found.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    one, nodes = held(found)
    other, _ = held(dict(items))
    assert effective(one, nodes) == effective(other, nodes)


def spheres(found: Shares) -> dict[str, str]:
    """Who controls whom by the definition: somebody holds, with what it controls, more than half; no closed sphere."""
    controls: dict[str, set[str]] = {one: set() for one in FIRMS + PERSONS}
    for master, mine in controls.items():
        while True:
            sphere = mine | {master}
            more = {
                firm
                for firm in FIRMS
                if firm not in sphere and sum(found.get((holder, firm), 0) for holder in sphere) > 5_000
            }
            if not more:
                break
            mine |= more
    held_by = {firm: {m for m, mine in controls.items() if firm in mine} for firm in FIRMS}
    tops = {}
    for firm in FIRMS:
        last = [m for m in held_by[firm] if m in PERSONS or not held_by[m]]
        if last:
            (tops[firm],) = last
    return tops


@given(shares())
def test_control_is_what_its_definition_says(found: Shares) -> None:
    mine, nodes = held(found)
    top, maybe, own = mine.control
    expected = spheres(found)
    for node, name in enumerate(nodes):
        if name in FIRMS and not own[node]:
            assert (nodes[int(top[node])] if top[node] != node else None) == expected.get(name)
        if maybe[node]:
            assert top[node] == node or maybe[top[node]]


def worlds(found: Shares, missing: Iterable[tuple[str, int]], to: str) -> Shares:
    """The shares with what is missing given to one holder."""
    more = dict(found)
    for firm, part in missing:
        if part:
            more[to, firm] = more.get((to, firm), 0) + part
    return more


@given(shares(), st.sampled_from([*PERSONS, "t"]))
def test_what_is_certain_stays_so_whoever_has_what_is_missing(found: Shares, to: str) -> None:
    mine, nodes = held(found)
    every = np.arange(len(nodes), dtype=np.int32)
    largest = mine.largest(every, 2_500)
    top, maybe, own = mine.control
    missing = [(nodes[node], int(mine.missing[node])) for node in range(len(nodes)) if nodes[node] in FIRMS]
    whole = worlds(found, missing, to)
    rows = [(holder, firm, share, None, None, None, True) for (holder, firm), share in sorted(whole.items())]
    edges = pl.DataFrame(rows, EDGES, orient="row")
    names = pl.concat([nodes, nodes_of(edges)]).unique().sort()
    other = Holdings(graph_of(edges, names), np.array([name not in FIRMS for name in names], np.bool_))
    place = {name: node for node, name in enumerate(names)}
    at = np.array([place[name] for name in nodes], np.int32)
    truth = other.largest(at, 2_500)
    true_top, _, true_own = other.control
    certain, (share, is_known) = largest.is_certain, largest.whole_bp()
    for node, name in enumerate(nodes):
        if name not in FIRMS:
            continue
        if certain[node] and truth.nobody[node] < 1e-6:
            assert names[int(truth.holder[node])] == nodes[int(largest.holder[node])]
        if is_known[node]:
            assert truth.whole_bp()[0][node] == share[node]
        if not largest.more[node]:
            assert truth.count[node] == largest.count[node]
        if not maybe[node] and not own[node] and not true_own[at[node]]:
            assert names[int(true_top[at[node]])] == nodes[int(top[node])]


def test_a_share_at_the_threshold_counts_though_it_is_a_product() -> None:
    found, nodes = held({("v", "A"): 7_000, ("w", "A"): 3_000, ("A", "B"): 10_000, ("B", "C"): 10_000})
    at = nodes.index_of("C")
    assert at is not None
    assert found.largest(np.array([at], np.int32), 7_000).count.tolist() == [1]
    assert found.largest(np.array([at], np.int32), 7_001).count.tolist() == [0]


def test_a_large_loop_is_swept_to_the_same_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        ("A", "B"): 4_000,
        ("B", "C"): 9_000,
        ("C", "A"): 9_500,
        ("v", "A"): 500,
        ("w", "B"): 6_000,
        ("x", "C"): 1_000,
    }
    solved = effective(*held(found))
    monkeypatch.setattr("kerong.engine.record.network.loops.DENSE", 2)
    assert effective(*held(found)) == pytest.approx(solved, abs=1e-9)


def test_a_loop_too_large_to_be_solved_is_accounted_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kerong.engine.record.network.loops.LARGEST", 1)
    mine, nodes = held({("A", "B"): 4_000, ("B", "A"): 9_000, ("v", "A"): 1_000, ("w", "B"): 6_000})
    known, tangled = mine.accounted
    assert [nodes[int(node)] for node in np.flatnonzero(tangled)] == ["A", "B"]
    assert known.nobody[tangled].tolist() == [1.0, 1.0]


def test_the_smallest_of_very_many_holders_are_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FOLLOWED", 2)
    mine, nodes = held({("v", "A"): 5_000, ("w", "A"): 3_000, ("x", "A"): 1_000, ("y", "A"): 1_000, ("A", "B"): 10_000})
    assert effective(mine, nodes) == {("v", "A"): 0.5, ("w", "A"): 0.3, ("v", "B"): 0.5, ("w", "B"): 0.3}
    assert mine.accounted[0].nobody[[nodes.index_of("A") or 0, nodes.index_of("B") or 0]].tolist() == pytest.approx(
        [0.2, 0.2]
    )


def test_shares_that_miss_the_whole_by_rounding_alone_miss_nothing() -> None:
    found = {("v", "A"): 3_333, ("w", "A"): 3_333, ("x", "A"): 3_333, ("v", "B"): 5_001, ("w", "B"): 5_000}
    exactly, nodes = held(found)
    assert dict(zip(nodes, exactly.missing, strict=True))["A"] == 1
    assert dict(zip(nodes, exactly.excess, strict=True))["B"]
    rounded, _ = held(found, slack=2)
    assert not rounded.excess.any()
    assert rounded.missing[[nodes.index_of("A") or 0, nodes.index_of("B") or 0]].tolist() == [0, 0]
    assert effective(rounded, nodes)["v", "B"] == pytest.approx(5_001 / 10_001)


@pytest.mark.slow
@settings(max_examples=1, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_compiled_holdings_are_the_plain_ones(seed: int) -> None:
    draw = np.random.default_rng(seed)
    n = 2_000
    ids = pl.Series("id", [f"F{number:05d}" for number in range(n)])
    pairs = {(int(a), int(b)) for a, b in draw.integers(0, n, (3 * n, 2))}
    rows = [(ids[a], ids[b], int(draw.integers(1, 2_400)), None, None, None, True) for a, b in sorted(pairs)]
    graph = graph_of(pl.DataFrame(rows, EDGES, orient="row"), ids)
    ends = draw.random(n) < 0.3
    found = []
    for many in (MANY, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("kerong.engine.record.network.kernels.MANY", many)
            mine = Holdings(graph, ends, 0)
            known, _ = mine.accounted
            largest = mine.largest(np.arange(n, dtype=np.int32), 2_500)
            found.append((known.nobody, largest.holder, largest.share, largest.count, *mine.control))
    for plain, swift in zip(*found, strict=True):
        assert np.allclose(plain, swift, rtol=0, atol=1e-12)
