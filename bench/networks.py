"""Made-up graphs of firms, the same for both sides: half of the edges go to hubs, half to neighbours in small rings."""

import numpy as np
import numpy.typing as npt
import polars as pl

Nodes = npt.NDArray[np.int32]
SEED = 8
RING = 8  # neighbours among whom half of the edges lie
FIRST = 10**17  # ids have eighteen digits, as credit codes have


def graph(nodes: int) -> tuple[Nodes, Nodes]:
    """(begin, end) of about two edges a node, none from a node to itself."""
    draw = np.random.default_rng(SEED)
    begin = np.concatenate([draw.integers(0, nodes, nodes), draw.integers(0, nodes, nodes)]).astype(np.int32)
    hubs = (nodes * draw.random(nodes) ** 3).astype(np.int32) % nodes
    ring = begin[nodes:] // RING * RING + draw.integers(0, RING, nodes).astype(np.int32)
    end = np.minimum(np.concatenate([hubs, ring]), nodes - 1).astype(np.int32)
    apart = begin != end
    return begin[apart], end[apart]


def ids(nodes: int) -> pl.Series:
    """Ids of the nodes, in no order."""
    return pl.Series("id", FIRST + np.random.default_rng(SEED).permutation(nodes)).cast(pl.String)
