"""A composite index with pymcdm: weights by entropy, ranking by TOPSIS on min-max values."""

from pathlib import Path

import numpy as np
from pymcdm import normalizations, weights
from pymcdm.methods import TOPSIS

from bench.claims import Work
from bench.indicators import values


def topsis(scratch: Path, firms: str, indicators: str) -> Work:
    """Work that weighs the indicators and scores every firm; answers with the number of scored firms."""
    matrix, _ = values(int(firms), int(indicators))
    better = np.ones(int(indicators))

    def work() -> float:
        found = TOPSIS(normalizations.minmax_normalization)(matrix, weights.entropy_weights(matrix), better)
        return float(len(found))

    return work
