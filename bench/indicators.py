"""Made-up indicator values of many firms, the same for both sides."""

import numpy as np
import numpy.typing as npt

GROUPS = 20


def values(firms: int, indicators: int, seed: int = 1) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """(matrix of firms x indicators, all known and above zero; industry group of each firm)."""
    draw = np.random.default_rng(seed)
    return draw.gamma(2.0, 1.0, (firms, indicators)) + 1e-6, draw.integers(0, GROUPS, firms)
