"""Who stands for whose debts and who sells to whom in a city: the ways that trouble takes between firms."""

from dataclasses import dataclass

import numpy as np

from kerong.lab.population import Population
from kerong.lab.streams import stream
from kerong.lab.window import Flags, Floats, Whole

CIRCLED, BACKED = 0.02, 0.05  # firms in circles of sureties, and firms for whom one other firm stands
_LOCAL_CUSTOMER = 0.5  # firms whose largest customer is a firm of the city
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Bonds:
    """`guarantor` stands for `debtor` (circles first: `circle` is their number, -1 outside of any).

    `customer` is the firm of the city that buys most from each firm, -1 where that is somebody else, `customer_share`
    the largest customer's share of sales.
    """

    guarantor: Whole
    debtor: Whole
    circle: Whole
    customer: Whole
    customer_share: Floats


def draw_bonds(firms: Population, seed: int) -> Bonds:
    """Bonds of a population, from the stream "bonds" of `seed`.

    Outside of circles an older firm stands for a younger one, and nobody in a circle does: there are no other rings.
    """
    rng, count = stream(seed, "bonds"), len(firms)
    ringed = _rings(rng, firms)
    guarantor = np.concatenate([np.roll(ring, 1) for ring in ringed] + [np.empty(0, dtype=np.int64)])
    debtor = np.concatenate([*ringed, np.empty(0, dtype=np.int64)])
    circle = np.repeat(np.arange(len(ringed)), [len(ring) for ring in ringed])
    free: Flags = np.ones(count, dtype=np.bool_)
    free[debtor] = False
    young = np.flatnonzero(free & (rng.random(count) < BACKED) & _grown(firms))
    other = rng.integers(0, count, (8, len(young)))
    older = free[other] & (firms.established[other] < firms.established[young]) & _grown(firms)[other]
    other = other[np.argmax(older, axis=0), np.arange(len(young))]
    found = older.any(axis=0)
    local = rng.random(count) < _LOCAL_CUSTOMER
    share = np.clip(0.88 - 0.5 * rng.random(count), 0.1, 0.95)
    return Bonds(
        guarantor=np.concatenate([guarantor, other[found]]),
        debtor=np.concatenate([debtor, young[found]]),
        circle=np.concatenate([circle, np.full(int(found.sum()), _NOBODY)]),
        customer=np.where(local, _customers(rng, firms), _NOBODY),
        customer_share=share,
    )


def _grown(firms: Population) -> Flags:
    """Firms that have anything to stand for."""
    return np.asarray((firms.size > 6) & np.isnat(firms.closed))


def _rings(rng: np.random.Generator, firms: Population) -> list[Whole]:
    """Groups of three to five grown firms, each of which stands for the next."""
    free = rng.permutation(np.flatnonzero(_grown(firms)))
    rings, taken, wanted = [], 0, round(CIRCLED * len(firms))
    while taken < wanted:
        size = int(rng.integers(3, 6))
        if taken + size > len(free):
            break
        rings.append(free[taken : taken + size].astype(np.int64))
        taken += size
    return rings


def _customers(rng: np.random.Generator, firms: Population) -> Whole:
    """The larger a firm, the more of the others sell to it; nobody sells to itself."""
    weight = np.sqrt(firms.size)
    draw = np.searchsorted(np.cumsum(weight) / weight.sum(), rng.random(len(firms)))
    drawn = np.minimum(draw, len(firms) - 1).astype(np.int64)
    return np.where(drawn == np.arange(len(firms)), _NOBODY, drawn)
