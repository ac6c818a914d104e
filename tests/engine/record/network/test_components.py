"""Components, circles and distances are those of SciPy, and the same compiled as plain."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, shortest_path

from kerong.engine.record.network.kernels import (
    MANY,
    adjacency,
    circle_lengths,
    nearest,
    strong,
    swift,
    weak,
)

Edges = tuple[int, npt.NDArray[np.int32], npt.NDArray[np.int32]]


@st.composite
def graphs(draw: st.DrawFn) -> Edges:
    n = draw(st.integers(1, 12))
    node = st.integers(0, n - 1)
    pairs = [pair for pair in draw(st.lists(st.tuples(node, node), max_size=30)) if pair[0] != pair[1]]
    found = np.array(pairs, np.int32).reshape(-1, 2)
    return n, found[:, 0].copy(), found[:, 1].copy()


def matrix(graph: Edges) -> csr_matrix:
    n, begin, end = graph
    return csr_matrix((np.ones(len(begin)), (begin, end)), shape=(n, n))


def same_parts(one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]) -> bool:
    """Whether two labellings part the nodes alike."""
    return bool(((one[:, None] == one) == (other[:, None] == other)).all())


@given(graphs())
def test_weak_components_are_those_of_scipy_and_named_by_their_smallest_node(graph: Edges) -> None:
    n, begin, end = graph
    found = weak(begin, end, n)
    assert same_parts(found, connected_components(matrix(graph), True, "weak")[1])
    assert all(found[node] == np.flatnonzero(found == found[node])[0] for node in range(n))


@given(graphs())
def test_strong_components_are_those_of_scipy_and_numbered_behind_what_they_reach(graph: Edges) -> None:
    n, begin, end = graph
    found = strong(*adjacency(begin, end, n))
    assert same_parts(found, connected_components(matrix(graph), True, "strong")[1])
    assert (found[begin] >= found[end]).all()


@given(graphs())
def test_the_shortest_circle_through_a_firm_is_the_shortest_way_back(graph: Edges) -> None:
    n, begin, end = graph
    part = strong(*adjacency(begin, end, n))
    sizes = np.bincount(part).astype(np.int32)
    found = circle_lengths(*adjacency(begin, end, n), part, sizes, 1000)
    ways = shortest_path(matrix(graph), unweighted=True)
    for node in range(n):
        back = [1 + ways[other, node] for other in end[begin == node]]
        expected = min((way for way in back if np.isfinite(way)), default=0)
        assert found[node] == expected


@given(graphs(), st.data())
def test_the_nearest_in_trouble_is_another_than_the_firm_itself(graph: Edges, data: st.DataObject) -> None:
    n, begin, end = graph
    marked = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    both = np.concatenate([begin, end]), np.concatenate([end, begin])
    found = nearest(*adjacency(*both, n), marked)
    ways = shortest_path(matrix(graph), directed=False, unweighted=True)
    for node in range(n):
        others = [ways[node, other] for other in range(n) if marked[other] and other != node]
        assert found[node] == min((way for way in others if np.isfinite(way)), default=-1)


def test_a_circle_that_would_take_too_long_to_find_is_unknown() -> None:
    n = 50
    begin = np.arange(n, dtype=np.int32)
    end = np.roll(begin, -1)
    starts, others = adjacency(begin, end, n)
    part, sizes = np.zeros(n, np.int32), np.full(1, n, np.int32)
    assert set(circle_lengths(starts, others, part, sizes, 48)) == {-1}
    assert set(circle_lengths(starts, others, part, sizes, 50)) == {50}


@pytest.mark.slow
@settings(max_examples=1, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_compiled_loops_yield_what_the_plain_ones_do(seed: int) -> None:
    draw = np.random.default_rng(seed)
    n = 3_000
    begin = draw.integers(0, n, 2 * n).astype(np.int32)
    end = draw.integers(0, n, 2 * n).astype(np.int32)
    keep = begin != end
    begin, end = begin[keep], end[keep]
    links = adjacency(begin, end, n)
    for mine, theirs in zip(links, swift(adjacency, MANY)(begin, end, n), strict=True):
        assert (mine == theirs).all()
    assert (weak(begin, end, n) == swift(weak, MANY)(begin, end, n)).all()
    part = strong(*links)
    assert (part == swift(strong, MANY)(*links)).all()
    sizes = np.bincount(part).astype(np.int32)
    lengths = circle_lengths(*links, part, sizes, 40)
    assert (lengths == swift(circle_lengths, MANY)(*links, part, sizes, 40)).all()
    marked = draw.random(n) < 0.01
    assert (nearest(*links, marked) == swift(nearest, MANY)(*links, marked)).all()


def test_a_long_chain_is_no_matter_of_recursion() -> None:
    n = 5_000
    chain = np.array(list(pairwise(range(n))), np.int32)
    assert set(weak(chain[:, 0], chain[:, 1], n)) == {0}
    assert len(set(strong(*adjacency(chain[:, 0], chain[:, 1], n)))) == n
