"""Weak and strong components of a large graph, from whole numbers and from ids."""

from pathlib import Path

import numpy as np
import polars as pl

from bench.claims import Work
from bench.networks import Nodes, graph, ids
from kerong.engine.record.network.edges import nodes_of, places_of
from kerong.engine.record.network.kernels import adjacency, strong, swift, weak


def components(scratch: Path, nodes: str) -> Work:
    """Work that finds both kinds of components of numbered nodes; answers with how many there are."""
    n = int(nodes)
    begin, end = graph(n)
    return lambda: _counted(begin, end, n)


def from_ids(scratch: Path, nodes: str) -> Work:
    """The same from ids: they are numbered in their order first."""
    n = int(nodes)
    begin, end = graph(n)
    names = ids(n)
    edges = pl.DataFrame({"begin": names.gather(pl.Series(begin)), "end": names.gather(pl.Series(end))})

    def work() -> float:
        known = nodes_of(edges)
        places = [places_of(edges[side], known).to_numpy() for side in ("begin", "end")]
        return _counted(places[0], places[1], len(known))

    return work


def _counted(begin: Nodes, end: Nodes, n: int) -> float:
    size = n + len(begin)
    groups = swift(weak, size)(begin, end, n)
    circles = swift(strong, size)(*swift(adjacency, size)(begin, end, n))
    return float(np.count_nonzero(groups == np.arange(n)) * n + circles.max() + 1)
