"""The same components by scipy.sparse.csgraph; ids are numbered by Polars, which SciPy cannot."""

from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from bench.claims import Work
from bench.networks import Nodes, graph, ids


def components(scratch: Path, nodes: str) -> Work:
    """Work that finds both kinds of components of numbered nodes; answers with how many there are."""
    n = int(nodes)
    begin, end = graph(n)
    return lambda: _counted(begin, end, n)


def from_ids(scratch: Path, nodes: str) -> Work:
    """The same from ids."""
    n = int(nodes)
    begin, end = graph(n)
    names = ids(n)
    both = pl.concat([names.gather(pl.Series(begin)), names.gather(pl.Series(end))])

    def work() -> float:
        places = (both.rank("dense") - 1).cast(pl.Int32).to_numpy()
        half = len(places) // 2
        return _counted(places[:half], places[half:], int(places.max()) + 1)

    return work


def _counted(begin: Nodes, end: Nodes, n: int) -> float:
    matrix = csr_matrix((np.ones(len(begin)), (begin, end)), shape=(n, n))
    groups = connected_components(matrix, directed=True, connection="weak")[0]
    circles = connected_components(matrix, directed=True, connection="strong")[0]
    return float(groups * n + circles)
