"""`python planted.py ARGUMENTS`: kerong with one planted fault, a floating mean that sums in an order of its own."""

import sys

import numpy as np

from kerong.engine.record import aggregates

ordered = aggregates._mean


def unordered(place: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.random.default_rng().permutation(len(place))
    return ordered(place[order], value[order])


aggregates._mean = unordered

if __name__ == "__main__":
    from kerong.cli import main

    sys.argv[0] = "kerong"
    main()
